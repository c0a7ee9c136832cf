"""Wording that a reply without an examination must not have."""

import re
from collections.abc import Iterator

from drafter.checking.passages import kind_of, passages, terms
from drafter.domain import Concern, Draft

_CERTAIN = re.compile(
    r"\b(?:you|he|she|your (?:\w+)) (?:clearly |definitely |certainly )?(?:have|has|are suffering from"
    r"|is suffering from|suffers? from) (?!over|been|had|done|to |taken|used|already|got|also|never|ever|more|less"
    r"|enough|time|given|started|tried|this (?:problem|issue))(?:a |an |the )?(?P<what>[a-z][\w' -]{3,40})"
    r"|\b(?:this|it) is (?:definitely|certainly|clearly|undoubtedly|obviously|without doubt)"
    r" (?:a|an|the|your|due|caused)\b"
    r"|\bthe diagnosis is\b"
    r"|(?:您|你|他|她)(?:得了|患有|罹患了?|確定是|确定是"
    r"|一定是|就是得)|(?:這|这)(?:一定|絕對|绝对|確定|确定|肯定)是",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|can|possibl\w*|probabl\w*|perhaps|likely|suspect\w*|appears?|seems?|if|whether"
    r"|unless|suggest\w*|consistent with|would|think|mention\w*|described?|describe|say|said|told|already|been"
    r"|had|to|questions?|concerns?|any|no|not|when|once)\b|可能|也許|也许|或許|或许|疑似|如果|若|是否|似乎"
    r"|看起來|提到|不(?:一定|確定|确定|是)",
    re.IGNORECASE,
)


def states_no_diagnosis_as_certain(draft: Draft) -> Iterator[Concern]:
    asked = terms(draft.screening.text)
    for passage in passages(draft):
        match = _CERTAIN.search(passage.text)
        if (
            not match
            or passage.text.rstrip().endswith(("?", "？"))
            or _HEDGED.search(passage.text[: match.end()])
            or kind_of(passage.text) == "restatement"
        ):
            continue
        what = match["what"] or ""
        if what and (not terms(what) or terms(what) <= asked):
            continue  # the asker's own words given back
        yield Concern(
            "certain_diagnosis",
            "warn",
            "A diagnosis as certain, without an examination.",
            passage.place,
            passage.text,
        )


_PRESCRIBES = re.compile(
    r"\bi (?:will |shall |can |hereby )?(?:prescribe|certify|order|refer you)\b|\b(?:prescription (?:for|is"
    r"|attached|below)|medical certificate|sick note|fit (?:note|to (?:work|fly|dive|drive|travel|play))"
    r"|certif(?:y|ied) (?:that|as|fit))\b|開立處方|开处方|處方如下|診斷證明|诊断证明|茲證明|兹证明|病假單",
    re.IGNORECASE,
)


def neither_prescribes_nor_certifies(draft: Draft) -> Iterator[Concern]:
    for passage in passages(draft):
        if match := _PRESCRIBES.search(passage.text):
            message = f"“{match[0]}”: a prescription or certificate needs an examination."
            yield Concern("prescribes", "warn", message, passage.place, passage.text)


_RULED_OUT = re.compile(
    r"\b(?:nothing (?:serious|to worry about|dangerous)|(?:is|are|can be) (?:safely )?(?:ruled out|excluded)"
    r"|(?:completely|perfectly|totally|absolutely) (?:safe|harmless|normal|fine)|no (?:risk|danger"
    r"|cause for concern|need to worry)|don't worry|do not worry|not (?:serious|dangerous))\b|不用擔心|不用担心"
    r"|不必擔心|不必担心|沒有危險|没有危险|完全(?:正常|安全|無害)|不嚴重|不严重|可以排除",
    re.IGNORECASE,
)


def reassures_carefully(draft: Draft) -> Iterator[Concern]:
    """With an urgent sign in the question, words that call everything harmless need a second look."""
    if not draft.screening.urgent:
        return
    for passage in passages(draft):
        if match := _RULED_OUT.search(passage.text):
            message = f"“{match[0]}”, although the question holds an urgent sign."
            yield Concern("reassurance", "warn", message, passage.place, passage.text)


_SEE_SOMEBODY = re.compile(
    r"\b(?:see|visit|consult|contact|go to|speak to|talk to|ask) (?:with )?(?:a|an|your|the"
    r"|to)? ?(?:\w+ )?(?:doctor|gp|physician|specialist|hospital|clinic|healthcare \w+|professional)\b|(?:去|到"
    r"|看|找)(?:醫院|医院|醫師|医师|醫生|医生|門診|门诊)|就醫|就医|就診|就诊",
    re.IGNORECASE,
)


def says_more_than_see_a_doctor(draft: Draft) -> Iterator[Concern]:
    """A reply whose only advice is to see somebody helps nobody; asked of the reply's advice alone."""
    advice = [s.text for s in draft.reply.sentences if kind_of(s.text) in ("recommendation", "safety_net")]
    claims = [s.text for s in draft.reply.sentences if kind_of(s.text) == "claim"]
    if advice and not claims and all(_SEE_SOMEBODY.search(text) and len(terms(text)) < 8 for text in advice):
        yield Concern("only_see_a_doctor", "warn", "The only advice is to see a doctor.", "reply")
