"""What a draft says, passage by passage, and what kind of saying it is. Shared by the checks."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from drafter.chat.cues import terms as terms_of
from drafter.domain import Draft, Place, SentenceKind, Source

Kind = Literal["courtesy", "restatement", "advice", "safety_net", "claim"]
"""Courtesy asks no source, a restatement gives back what the asker wrote, a safety net says when and where to
seek help at once; advice and claims are what a source must hold."""


class Passage(NamedTuple):
    """A stretch of a draft with the numbers of its sources."""

    text: str
    sources: tuple[int, ...]
    place: Place
    quotes: tuple[str, ...] = ()
    kind: SentenceKind = "answer"


def passages(draft: Draft) -> Iterator[Passage]:
    """Every stretch that carries content, the reply's first."""
    for sentence in draft.reply.sentences:
        yield Passage(sentence.text, sentence.sources, "reply", sentence.quotes, sentence.kind)
    for sentence in draft.more_info.passages():
        yield Passage(sentence.text, sentence.sources, "more_info")


def is_fixed(draft: Draft, kind: SentenceKind) -> bool:
    """Whether a sentence of this kind is of the fixed text for an emergency: nobody wrote anything else as a safety
    net into a draft that was withheld."""
    return bool(draft.abstained) and kind == "safety_net"


def cited(draft: Draft, passage: Passage) -> tuple[Source, ...]:
    return tuple(source for source in draft.sources if source.number in passage.sources)


@lru_cache(maxsize=4096)
def terms(text: str) -> frozenset[str]:
    """What a text is about: stems of its English words, pairs of Chinese characters, without common words."""
    return frozenset(terms_of(text))


def shared(part: str, whole: str) -> float:
    """Share of the terms of ``part`` that stand in ``whole``, 0 to 1; 1 when ``part`` has none."""
    wanted = terms(part)
    return len(wanted & terms(whole)) / len(wanted) if wanted else 1.0


URGENT = re.compile(
    r"\b(?:ambulance|emergency (?:department|room|services?|number|care|help|unit|call)|(?:call|dial|ring"
    r"|phone) (?:119|911|999|112|000|111|113|988|1925)"
    r"|a&e|casualty|\ber\b|(?:go|come|get|taken|seen|attend\w*|assess\w*)\b[^.;!?]{0,40}\b(?:now|immediately"
    r"|at once|right away|straight away|urgently|today|without delay|emergency)"
    r"|urgent(?:ly)?|immediate(?:ly)? (?:medical|help|care|attention|see|seek|go)|seek (?:urgent|immediate"
    r"|emergency|medical (?:help|attention) (?:now|immediately|at once))|nearest hospital|same[- ]day"
    r"|within (?:the next )?(?:a few |\d+ )?hours)\b"
    r"|救護車|救护车|急診|急诊|(?:打|撥|拨)\s*(?:119|120|112|110|113|1925)|立(?:即|刻)(?:就醫|就医|送醫|送医|到"
    r"|前往|去)|馬上(?:就醫|送醫|到|去)|马上(?:就医|送医|到|去)|儘?尽?[速快](?:就醫|就医|送醫|送医|前往|到)|當天就醫|当天就医",
    re.IGNORECASE,
)
"""Words that send somebody to help at once."""

_COURTESY = re.compile(
    r"^\W*(?:hello|hi|dear|good (?:morning|afternoon|evening)|thank|thanks|i hope|we hope|hope (?:this|that|you"
    r"|your)|best (?:wishes|regards)|kind regards|take care|wishing|i (?:wish|understand|can see|appreciate"
    r"|am sorry|'m sorry)|sorry to hear"
    r"|it is understandable|it's understandable|understandably|please (?:feel free|do not hesitate"
    r"|don't hesitate|let (?:me|us) know|write)|if you have (?:any )?(?:more|further|other) questions|feel free"
    r"|no language model|this (?:text|reply|information|answer) (?:was|is|has been|does)"
    r"|your (?:question|concern|worry) is|you (?:asked|ask) |here(?:'s| is| are) |below (?:is|are)"
    r"|the following|in summary[,:]?$|您好|你好|親愛|亲爱|謝謝|谢谢|感謝|感谢|祝|敬祝|希望(?:以上|能|我的|對"
    r"|对)|本文未使用|以上(?:資訊|信息|說明|说明|僅|仅)|若有其他|如有其他|不用客氣|很理解|我理解)",
    re.IGNORECASE,
)
_RESTATEMENT = re.compile(
    r"\b(?:you|your (?:\w+ )?(?:mother|father|son|daughter|wife|husband|colleague|friend|child|partner"
    r"|baby)) (?:have |has |also |had )?(?:mention\w*|describ\w*|sa(?:y|id)|writ\w*|wrote|report\w*|ask\w*|told"
    r"|tell|note[ds]?|were told|was told)\b|\bas you (?:describe|mention|say|write)|\b(?:from|based on"
    r"|according to) (?:your|what you|the) (?:description|message|question|words|write|describe|letter)"
    r"|(?:您|你)(?:提到|描述|說|说|詢問|询问|寫道|问到)|根據您|根据您|依您(?:的)?描述",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:recommend\w*|suggest\w*|advis\w*|should|shouldn't|must|need(?:s|ed)? to|have to|ought to|had better"
    r"|consider\w*|try|avoid\w*|make sure|ensure|please|it is (?:best|important|advisable|essential|crucial"
    r"|safe|fine|ok|okay)|you (?:can|could|may|might) (?:also )?(?:take|use|try|apply|continue|stop|see|visit"
    r"|consult|ask|start)|can be (?:treated|used|taken|managed|relieved)|safe to|do not|don't|never)\b"
    r"|^\W*(?:take|use|apply|see|visit|consult|go|keep|drink|eat|rest|stop|start|continue|contact|call|ask"
    r"|check|get|have|do|try|avoid|follow|monitor|reduce|increase|wear|wash|put|return|book|arrange|undergo"
    r"|seek|talk|speak|tell|bring|limit|maintain|engage|practice|practise|perform|stretch|remove|cover|clean"
    r"|elevate|ice)\b"
    r"|建議|建议|應該|应该|應|应(?=當|当|該|该|立|避|盡|尽)|請|请|需要|必須|必须|可以(?:服用|使用|試|试|吃|擦|先|考慮|到|去|做)|避免|不要|不可|切勿|宜|務必|务必|最好|考慮|考虑|到.{1,10}科|就診|就诊|就醫|就医|看診|看诊",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def kind_of(text: str) -> Kind:
    text = text.replace("’", "'")
    if URGENT.search(text):
        return "safety_net"
    if _COURTESY.match(text) and not re.search(r"\d\s*(?:mg|mcg|ml|g)\b|毫克", text):
        return "courtesy"
    if _RESTATEMENT.search(text) and not _ADVICE.search(text):
        return "restatement"
    return "advice" if _ADVICE.search(text) else "claim"
