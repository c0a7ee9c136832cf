"""The safety net of a reply: what to watch for, how fast to act, where to go.

The three belong together: a place is part of it only in a sentence that also says when or in which case, otherwise
it is the plan ("see a neurologist").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from drafter.checking.passages import URGENT
from drafter.domain import Concern, Draft
from drafter.text import sentences, word_count


@dataclass(frozen=True)
class SafetyNet:
    """The words found for each slot; empty where nothing is said."""

    watch: str = ""
    fast: str = ""
    where: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        named = (
            ("what to watch for", self.watch),
            ("how fast to act", self.fast),
            ("where to go then", self.where),
        )
        return tuple(name for name, words in named if not words)


_IN_CASE = re.compile(
    r"\b(?:if|should (?:you|he|she|it|there|the|your|any)|unless|in case|as soon as|watch (?:out )?for|look out for"
    r"|look for|be alert|warning signs?|red flags?|signs? (?:of|such as)|whenever|once)\b"
    r"|\bwhen\b(?=[^.;]{0,40}\b(?:worse\w*|gets?|becomes?|starts?|appears?|turns?|comes?|develops?))"
    r"|如果|如有|如(?=出現|出现|症狀|症状|持續|持续|果)|若|倘若|假如|要是|一旦|萬一|万一|留意是否|注意是否"
    r"|觀察是否|观察是否|當(?=出現|您|你)",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"\b(?:new|sudden\w*|severe\w*|wors\w+|numb\w*|weak\w*|bladder|bowel|bleed\w*|breath\w*|fever\w*|confus\w*"
    r"|chest"
    r"|vision|swell\w*|swollen|vomit\w*|unable|can['’]?t|cannot|blood\w*|faint\w*|drows\w*|loss of|loses?|spread\w*"
    r"|dehydrat\w*|discharge|pus|sensitivity|weight|rash|pain\w*|hurts?|headaches?|dizz\w*|red(?:ness)?|hot|cold"
    r"|pale"
    r"|blue|stiff\w*|symptoms?|persist\w*|continu\w*|lasts?|recur\w*|returns?|(?:not|n['’]t) (?:improv\w*"
    r"|get better"
    r"|settle|go(?:ne)? away|better|resolv\w*|help\w*)|seizures?|lumps?|grows?|changes?|itch\w*|tired\w*"
    r"|palpitation\w*"
    r"|walk|speak|swallow|paralys\w*|jaundice|yellow)\b"
    r"|突然|劇|剧|惡化|恶化|加重|加劇|麻|無力|无力|失禁|出血|流血|呼吸|喘|燒|烧|意識|意识|痛|疼|視力|视力|吐|腫"
    r"|肿|暈|晕|持續|持续|改善"
    r"|好轉|好转|緩解|缓解|復發|复发|不適|不适|症狀|症状|異常|异常|發紅|紅腫|變大|变大",
    re.IGNORECASE,
)
_FAST = re.compile(
    r"\b(?:now|immediate\w*|at once|right away|straight ?away|urgent\w*|without delay|promptly|asap"
    r"|as soon as possible"
    r"|soon(?:er)?|today|tonight|tomorrow|same[- ]day|this week|within (?:the (?:next|hour|day)|an?|one|two|three"
    r"|four|five"
    r"|six|seven|ten|\d+|a few|hours|days|24)(?: ?(?:-|to|or) ?\w+)?(?: hours?| days?| weeks?| months?| minutes?)?"
    r"|(?:after|for|than|lasts?) (?:more than |over )?(?:an?|one|two|three|four|five|six|seven|ten|\d+"
    r"|a few) (?:hours?|days?"
    r"|weeks?|months?)"
    r"|in (?:an?|one|two|three|four|five|six|\d+|a few) (?:hours?|days?|weeks?|months?)|(?:call|dial|ring"
    r"|phone) (?:\d{3}|an ambulance"
    r"|emergency)|emergency)\b"
    r"|立即|立刻|馬上|马上|儘?尽?[速快](?=就|到|前|回|看|送|去|至)|盡快|尽快|儘快|當天|当天|今天|急診|急诊|(?:\d+"
    r"|[一二兩两三四五六七八九十幾几數数])\s*(?:個|个)?(?:小時|小时"
    r"|天|日|週|周|星期|月)(?:內|内|後|后|以上|左右)?|隨時|随时",
    re.IGNORECASE,
)
_TOWARDS = (
    r"(?:see|seeing|consult|contact|visit|call|ring|phone|ask|attend|go (?:back )?to|return to|speak (?:to|with)"
    r"|talk (?:to|with)"
    r"|come to|get to|taken? (?:\w+ )?to|refer\w* to|(?:seen|examined|checked|assessed|reviewed) (?:by|in|at)"
    r"|turn to|head to|in"
    r"|at|reach)"
)
_WHERE = re.compile(
    r"\b(?:emergency (?:department|room|services?|unit|care)|\ber\b|a&e|casualty|ambulance|nearest hospital"
    rf"|{_TOWARDS} (?:an?|the|your|her|his|their|our|my|any)?\s?(?:[\w-]+ ){{0,3}}?(?:hospitals?|clinics?"
    rf"|doctors?|gp|physicians?"
    r"|specialists?|surgeons?|\w+ologists?|p(?:a)?ediatricians?|midwife|dentist|pharmacist|psychiatrist)"
    r"|(?:call|dial|ring|phone) \d{3}|(?:seek|get|need) (?:\w+ ){0,2}(?:help|care|attention|advice|review"
    r"|assessment)|helpline"
    r"|hotline|crisis line|be (?:seen|examined|checked|assessed)|come back|see (?:somebody|someone)|visit (?:us|me)"
    r"|consult (?:us|me))\b"
    r"|就醫|就医|就診|就诊|急診|急诊|回診|回诊|複診|复诊|到.{0,4}醫院|到.{0,4}医院|送醫|送医|門診|门诊|看醫|看医"
    r"|看[一-鿿]{1,4}科|到[一-鿿]{1,4}科|找醫師|找医生"
    r"|諮詢醫|咨询医|救護車|救护车|119|120|專線|热线",
    re.IGNORECASE,
)


def slots(text: str) -> SafetyNet:
    """What ``text`` gives of the three, over all its sentences; the first words that fill each slot."""
    watch = fast = where = ""
    for sentence in sentences(text):
        case = _IN_CASE.search(sentence)
        sign = _SIGN.search(sentence) if case else None
        time, place = _FAST.search(sentence), _WHERE.search(sentence)
        if not (place and (sign or time)) and not (sign and time) and not URGENT.search(sentence):
            continue
        watch = watch or (sign[0] if sign else "")
        fast = fast or (time[0] if time else "")
        where = where or (place[0] if place else "")
    return SafetyNet(watch, fast, where)


_COMPLAINT = re.compile(
    r"\b(?:pain(?:s|ful)?(?! ?killers?)|ach(?:es?|ing)|hurts?(?! (?:me|my feelings|by))|numb(?:ness)?|weakness"
    r"|swell(?:s|ing)|swollen|bleed(?:s"
    r"|ing)?"
    r"|fever(?:ish)?|dizz\w*|vomit\w*|headaches?|breathless\w*|short(?:ness)? of breath|faint(?:ed|ing)?|atroph\w*"
    r"|palpitations?|seizures?|lumps?|injur(?:y|ed)|fell (?:down|off|on|over))\b"
    r"|[痛疼腫肿喘]|發燒|发烧|發熱|发热|頭暈|头晕|暈倒|晕倒|嘔吐|呕吐|麻(?!煩|烦|醉|將|疹)|流血|出血|便血|咳血"
    r"|無力|无力|萎縮|萎缩|胸悶|胸闷|心悸"
    r"|受傷|受伤|跌倒|抽搐|硬塊|硬块",
    re.IGNORECASE,
)
"""Complaints that can turn urgent; an itch or a spot rarely does."""
_NOT_NOW = re.compile(
    r"\b(?:no|not|without|never|\w+n['’]t|denies|any|if|nor|less|risk of|cause[sd]?|history of|ago|used to|had"
    r"|avoid|against|reliev\w+"
    r"|prevent)\b(?:\W+\w+){0,4}\W*$|(?:沒有?|没有?|無|无|不(?:會|会)?|未|預防|预防|避免|會不會|会不会|曾|以前"
    r"|是否)[^，。；]{0,3}$",
    re.IGNORECASE,
)
_LONG_LETTER = 120
"""Words, or Chinese characters."""
_BEFORE = 45
"""Characters in which a complaint is denied or told of the past."""


def safety_net_is_there(draft: Draft) -> Iterator[Concern]:
    """A complaint that can turn urgent is answered with at least one slot of the safety net.

    With an urgent sign in the question the reader learns where to go and how fast. A question about papers, prices
    or what is usual needs no safety net, nor does a reply that only asks back or the fixed text of an emergency.
    """
    if draft.abstained or not _tells_something(draft) or not _complains(draft):
        return
    net = slots(f"{draft.reply.text}\n{draft.more_info.text}")
    enough = net.fast and net.where if draft.screening.urgency > 1 else len(net.missing) < len(SafetyNet().missing)
    if not enough:
        yield Concern(
            "no_safety_net", "warn", f"The safety net is incomplete: nothing says {_listed(net.missing)}."
        )


def _tells_something(draft: Draft) -> bool:
    return any(not sentence.text.rstrip().endswith(("?", "？")) for sentence in draft.reply.sentences)


def _complains(draft: Draft) -> bool:
    """Of something present that can turn urgent; named once in a long letter it is beside the matter."""
    text = draft.screening.text
    if draft.screening.urgency > 1:
        return True
    present = [
        m for m in _COMPLAINT.finditer(text) if not _NOT_NOW.search(text[max(0, m.start() - _BEFORE) : m.start()])
    ]
    return bool(present) and (len(present) > 1 or word_count(text) <= _LONG_LETTER)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
