"""Is an urgent sign of the question met by the reply?"""

import re
from collections.abc import Iterator
from dataclasses import replace

from drafter.checking.passages import URGENT, terms
from drafter.domain import Concern, Disposition, Draft, RedFlag, Severity
from drafter.text import excerpt, sentences

_AMBULANCE = re.compile(
    r"\b(?:ambulance|emergency (?:department|room|services?|number|unit)|(?:call|dial|ring|phone) (?:119|911"
    r"|999|112|000)\b|a&e|\ber\b|casualty|nearest hospital)"
    r"|救護車|救护车|急診|急诊|(?:打|撥|拨)\s*(?:119|120|112)|立(?:即|刻)送[醫医]|馬上送醫|马上送医",
    re.IGNORECASE,
)
_CRISIS = re.compile(
    r"\b(?:crisis|hot ?line|help ?line|life ?line|samaritans|988|1925|116 ?123|113|110|police|shelter"
    r"|safe place|safeguarding|social services|ambulance|emergency|a&e|\ber\b|(?:call|dial) (?:119|911|999|112)"
    r"|not (?:be )?(?:left )?alone|stay with (?:him|her|them|someone))\b|安心專線|生命線|生命线|張老師|自殺防治"
    r"|自杀|專線|专线|热线|熱線|急診|急诊|1925|1995|1980|113|119|110|120|報警|报警|警察|庇護|陪伴|陪著",
    re.IGNORECASE,
)
_MEETS: dict[Disposition, re.Pattern[str]] = {"E0": _AMBULANCE, "E1": URGENT, "S": _CRISIS}
_TOLD: dict[Disposition, str] = {
    "E0": "to call an ambulance or go to an emergency department now",
    "E1": "to go to an emergency department, or to be seen within hours",
    "S": "where to find help at once (crisis line, emergency services)",
}
_TAKEN_BACK = re.compile(
    r"\b(?:no need|not (?:necessary|needed|an emergency|urgent)|don't need|do not need|needn't|need not"
    r"|unnecessary|rather than|instead of|isn't (?:an emergency|urgent|necessary)|not have to|don't have to"
    r"|before going|without going)\b"
    r"|不需|不用|不必|無需|无需|沒有必要|没有必要|不急",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"\b(?:if|should|when|unless)\b[^.;:]{0,60}\b(?:worsen\w*|worse|persist\w*|continu\w*|(?:not"
    r"|n't) (?:improv\w*|get better|settle|go away)|lasts?)\b"
    r"|(?:如果|若|假如|要是)[^。；]{0,20}(?:惡化|恶化|加重|持續|持续|沒有改善|没有改善|未改善|更嚴重|更严重)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|should|when|unless|in case)\b[^.;:]{4,}|(?:如果|若|假如|要是|一旦|萬一|万一)[^。；]{2,}",
    re.IGNORECASE,
)


def red_flags_are_met(draft: Draft) -> Iterator[Concern]:
    """For every urgent sign that is not denied, the reply itself says plainly what to do at once."""
    told = sentences(draft.reply.text)
    for flag in draft.screening.red_flags:
        if flag.assertion != "denied" and not any(_meets(flag, sentence) for sentence in told):
            severity: Severity = "block" if flag.assertion == "present" else "warn"
            shown = replace(flag, phrase=draft.screening.masked(flag.phrase, cut=True))
            yield Concern("red_flag", severity, _unmet(shown, told), "reply", shown.phrase)


def was_looked_at_again(draft: Draft) -> Iterator[Concern]:
    """The model that was to look for urgent signs as well did so."""
    look = draft.provenance.second_look
    if look and look.problem:
        message = (
            f"The model gave no list of urgent signs ({look.problem}): only Drafter itself has looked for them."
        )
        yield Concern("no_second_look", "warn", message, "question")


def _meets(flag: RedFlag, sentence: str) -> bool:
    """Help named without a condition, or on the condition of the very sign; "if it gets worse" is too late."""
    found = _MEETS[flag.disposition].search(sentence)
    if not found or _TAKEN_BACK.search(sentence):
        return False
    if _WORSE.search(sentence):
        return False
    return not _CONDITION.search(sentence) or bool(terms(flag.phrase) & terms(sentence))


def _unmet(flag: RedFlag, told: list[str]) -> str:
    sign = flag.label[0].lower() + flag.label[1:] if flag.label[1:2].islower() else flag.label
    only_if = any(_MEETS[flag.disposition].search(s) and _CONDITION.search(s) for s in told)
    how = "names help only for another case" if only_if else f"does not say {_TOLD[flag.disposition]}"
    speaks = "reads like" if flag.layer == "statistical" else "speaks of"
    return f"The question {speaks} {sign} (“{excerpt(flag.phrase, 60)}”), and the reply {how}."
