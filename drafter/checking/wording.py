"""Wording that a reply without an examination must not have."""

import re
from collections.abc import Iterator

from drafter.checking.passages import kind_of, passages, terms
from drafter.checking.plan import plan_items_in, time_frames_in
from drafter.domain import Concern, Draft

_DISEASE = (
    r"\w+(?:itis|osis|oma|aemia|emia|algia|pathy)|gout|(?:stress )?fractures?|sprain|hernia|tear|rupture|ulcers?"
    r"|infection"
    r"|cancer|tumou?r|migraines?|asthma|diabetes|eczema|shingles|flu|stroke|heart attack|depression|spur|cyst"
    r"|syndrome"
    r"|abscess|clot|angina|scabies|measles|a cold"
)
_HAN_DISEASE = (
    "(?:炎|癌|瘤|症候群|综合征|骨折|扭傷|扭伤|拉傷|拉伤|潰瘍|溃疡|中風|中风|結石|结石|痛風|痛风|氣喘|哮喘|糖尿病"
    "|囊腫|囊肿|骨刺|感染)"
)
_CERTAIN = re.compile(
    r"\b(?:you|he|she|your (?:\w+)) (?:clearly |definitely |certainly )?(?:have|has|are suffering from"
    r"|is suffering from|suffers? from) (?!over|been|had|done|to |taken|used|already|got|also|never|ever|more|less"
    r"|enough|time|given|started|tried|this (?:problem|issue)|(?:several|many|some|two|three|every|good|options"
    r"|questions"
    r"|the (?:right|choice|option|chance)|a (?:choice|chance|good|right|few)|all|both|no)\b)(?:a |an "
    r"|the )?(?P<what>[a-z][\w' -]{3,40})"
    r"|\b(?:this|it) is (?:definitely|certainly|clearly|undoubtedly|obviously|without doubt) \w"
    r"|\b(?:the|your) diagnosis is\b"
    rf"|(?:^|[,;:] )(?:this|it|that)(?: is|['’]s) (?:an? |the )?(?:(?!(?:not|of|in|for|like|about|how|why|what"
    rf"|called|common|or)\b)[\w-]+ )"
    rf"{{0,2}}?(?:{_DISEASE})\b"
    rf"|(?:^|[，。；])(?:這|这|此)(?:就)?(?:是|為|为)(?:[^，。；可像常見见不問问]{{0,6}}){_HAN_DISEASE}"
    r"|(?:您|你|他|她)(?:(?:得了|患有|患了|罹患了?)(?P<han>[^，。；]{2,12})|確定是|确定是"
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


_CONFIRMS = re.compile(
    r"(?<!not )(?<!cannot )(?<!n't )\b(?:can confirm|confirms?|am (?:certain|sure|confident)|there is no doubt"
    r"|without (?:a|any) doubt)"
    r"(?:,| that)? (?:this|it|you|he|she|that)\b|(?<!不)(?<!無法)(?<!无法)(?:可以確定|可以确定|確定就是|确定就是)",
    re.IGNORECASE,
)


def states_no_diagnosis_as_certain(draft: Draft) -> Iterator[Concern]:
    asked = terms(draft.screening.text)
    for passage in passages(draft):
        if not _CONFIRMS.search(passage.text) and not _states(passage.text, asked):
            continue
        yield Concern(
            "certain_diagnosis",
            "warn",
            "A diagnosis as certain, without an examination.",
            passage.place,
            passage.text,
        )


def _states(text: str, asked: frozenset[str]) -> bool:
    """Whether a statement that nothing hedges names a diagnosis that is not the asker's own word."""
    match = _CERTAIN.search(text)
    if not match or text.rstrip().endswith(("?", "？")) or _HEDGED.search(text[: match.end()]):
        return False
    if kind_of(text) == "restatement":
        return False
    what = match["what"] or match["han"] or ""
    return not what or bool(terms(what) - asked)


_PRESCRIBES = re.compile(
    r"\b(?:i|we)(?: will| shall| can| hereby|['’]ll| am| are|['’]m)*\s(?:prescrib(?:e|ing)|certify|order(?:ing)?"
    r"|refer you)\b"
    r"|\b(?:i|we)(?: will| shall| can| hereby|['’]ll| am| are|['’]m)*\s(?:writ(?:e|ing)|issu(?:e|ing)|giv(?:e"
    r"|ing)|provid(?:e|ing)"
    r"|sign(?:ing)?|attach(?:ing)?)\b[^.;]{0,40}\b(?:prescription|certificate|(?:sick|fit) note)"
    r"|\b(?:your|the following|this) prescription\b|\bprescription (?:is )?(?:attached|below|[:：])|(?:^"
    r"|\s)rx\b\s*[:：]?"
    r"|\b(?:this|it) (?:letter |reply |note )?(?:is|serves|counts)\b[^.;]{0,20}\b(?:certificate|sick note|fit note)"
    r"|(?<!whether )(?<!if )(?<!that )\b(?:you|he|she) (?:are|is) (?:medically )?fit (?:to|for)\b|\bcertif(?:y"
    r"|ied) (?:that|as|fit)\b"
    r"|我(?:會|会|可以|幫您|帮您|幫你|帮你|為您|为您|先)*開(?:立|給|给)?(?:您|你)?[^，。；]{0,8}(?:藥|药|處方"
    r"|处方|診斷書|证明|證明|假單)"
    r"|我(?:会|可以|帮您|帮你|为您|先)*开(?:立|给)?(?:您|你)?[^，。；]{0,8}(?:药|处方|诊断书|证明)"
    r"|處方如下|处方如下|茲證明|兹证明|特此證明|特此证明",
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
    r"|to)? ?(?:[\w-]+ ){0,2}(?:doctor|gp|physician|specialist|\w+ologist|hospital|clinic|healthcare \w+"
    r"|professional)\b|(?:去|到"
    r"|看|找)(?:醫院|医院|醫師|医师|醫生|医生|門診|门诊)|就醫|就医|就診|就诊",
    re.IGNORECASE,
)


def says_more_than_see_a_doctor(draft: Draft) -> Iterator[Concern]:
    """A reply whose only advice is to see somebody helps nobody; asked of the reply's advice alone."""
    advice = [s.text for s in draft.reply.sentences if kind_of(s.text) in ("recommendation", "safety_net")]
    claims = [s.text for s in draft.reply.sentences if kind_of(s.text) == "claim"]
    if advice and not claims and all(_only_sends(text, urgent=draft.screening.urgent) for text in advice):
        yield Concern("only_see_a_doctor", "warn", "The only advice is to see a doctor.", "reply")


def _only_sends(text: str, *, urgent: bool) -> bool:
    """Names somebody to see, and neither what to examine or do nor by when; "now" is enough where it is urgent."""
    if not _SEE_SOMEBODY.search(text) or len(terms(text)) >= _MANY_TERMS:
        return False
    frames = [days for days in time_frames_in(text) if days or urgent]
    return not frames and all(item.kind == "referral" for item in plan_items_in(text))


_MANY_TERMS = 12
