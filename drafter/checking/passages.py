"""What a draft says, passage by passage, and what kind of saying it is. Shared by the checks."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from drafter.chat.cues import terms as terms_of
from drafter.checking.doses import doses_in
from drafter.checking.medicines import medicines_in
from drafter.domain import Draft, Place, SentenceKind, Source, StatementKind


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
    r"|前往|去)|馬上(?:就醫|送醫|到|去)|马上(?:就医|送医|到|去)|儘?尽?[速快](?:就醫|就医|送醫|送医|前往|到)"
    r"|當天就醫|当天就医",
    re.IGNORECASE,
)
"""Words that send somebody to help at once."""

_COURTESY = re.compile(
    r"^\W*(?:hello|hi|dear|good (?:morning|afternoon|evening|luck)|thank|thanks|(?:i|we) (?:really "
    r"|sincerely )?hope"
    r"|hope (?:this|that|you|your|it)|best (?:wishes|regards)|(?:kind|warm) regards|take care|get well|wishing"
    r"|i (?:wish|(?:can |fully |do )?(?:understand|see|imagine|appreciate)|am (?:very |so |really )?(?:sorry|glad"
    r"|happy)"
    r"|'m (?:very |so |really )?(?:sorry|glad|happy))|(?:so |very )?sorry (?:to hear|that|for)|you are not alone"
    r"|(?:it|that|this) (?:is|must be|sounds|can be|must have been) (?:\w+ )?(?:understandable|worrying|frightening"
    r"|stressful|hard|difficult|frustrating|distressing|scary|upsetting|tough)(?: for you)?[.!,]|understandably"
    r"|it is understandable|it's understandable"
    r"|please (?:feel free|do not hesitate|don't hesitate|write|ask (?:again|if))|if you have (?:any )?(?:more"
    r"|further|other) questions"
    r"|feel free|don't hesitate"
    r"|no language model|this (?:text|reply|information|answer) (?:was|is|has been|does)"
    r"|your (?:question|concern|worry) is|you (?:asked|ask) |here(?:'s| is| are) |below (?:is|are)"
    r"|the following|in summary[,:]?$|you're welcome|you are welcome"
    r"|您好|你好|親愛|亲爱|謝謝|谢谢|感謝|感谢|祝|敬祝|希望(?:以上|能|我的|對|对|您|你|這|这)"
    r"|本文未使用|以上(?:資訊|信息|說明|说明|僅|仅)|若有其他|如有其他|不用客氣|不客氣|很?(?:能)?理解|我(?:能|很能"
    r"|可以)?(?:理解|了解|明白)"
    r"|辛苦|很抱歉|很遺憾|很遗憾|請放心|请放心|別難過|保重|早日(?:康復|康复))",
    re.IGNORECASE,
)
_RESTATEMENT = re.compile(
    r"\b(?:you|your (?:\w+ )?(?:mother|father|son|daughter|wife|husband|colleague|friend|child|partner"
    r"|baby)) (?:have |has |also |had )?(?:mention\w*|describ\w*|sa(?:y|id)|writ\w*|wrote|report\w*|ask\w*|told"
    r"|tell|note[ds]?|were told|was told|wonder\w*|want(?:ed)? to know|would like to know)\b"
    r"|\bas you (?:describe|mention|say|write)|\b(?:from|based on"
    r"|according to) (?:your|what you|the) (?:description|message|question|words|write|describe|letter)"
    r"|(?:您|你)(?:有)?(?:提到|描述|說|说|詢問|询问|問|问|寫道|问到|想知道|擔心|担心)|根[據据](?:您"
    r"|你)(?:的)?(?:描述|敘述|叙述|說明|说明)"
    r"|依您(?:的)?描述",
    re.IGNORECASE,
)
_LOGISTICS = re.compile(
    r"\b(?:send|upload|attach|forward|share|scan|e-?mail|post)\b[^.;]{0,40}\b(?:reports?|results?|images?|pictures?"
    r"|photo\w*|scans?|films?|copy|copies|documents?|files?|x-?rays?|list|letter)\b"
    r"|\b(?:write|come|get|report) back (?:to (?:me|us)|with)|\b(?:let (?:me|us) know|revert (?:back )?(?:to"
    r"|with)|reply to"
    r" (?:me|this)|message (?:me|us)|contact (?:me|us)|write to (?:me|us)|tell (?:me|us) (?:more|how|whether|if))\b"
    r"|\b(?:i|we) (?:will|can|shall|could) (?:then )?(?:reply|answer|advise|guide|help|look at|review|get back"
    r"|tell you more)\b"
    r"|\b(?:opening hours|office hours|registration|appointment (?:line|system|desk)|insurance card"
    r"|referral letter)\b"
    r"|(?:上傳|上传|附上|寄|傳送|传送|提供|貼上)[^，。；]{0,10}(?:報告|报告|照片|片子|影像|資料|资料|病歷|病历"
    r"|檔案|结果|結果)"
    r"|(?:再)?(?:回信|來信|来信|回覆|回复|告知我|告訴我|告诉我|與我聯絡|和我聯絡)|網路掛號|网上挂号|預約掛號"
    r"|健保卡|轉診單",
    re.IGNORECASE,
)
_RECOMMENDATION = re.compile(
    r"\b(?:recommend\w*|suggest (?!that (?:the|this|it)\b|an? )|suggest an? (?:visit|test|scan|check)\w*|advis\w*"
    r"|should|shouldn't|must|need(?:s|ed)? to|have to|ought to|had better"
    r"|consider\w*|try|avoid\w*|make sure|ensure|please|it is (?:best|important|advisable|essential|crucial"
    r"|safe|fine|ok|okay|wise|worth\w*|better)|you (?:can|could|may|might) (?:also |safely |then )?(?:take|use"
    r"|try|apply|continue"
    r"|stop|see|visit|consult|ask|start|go|do|eat|drink|have|get|give|exercise|swim|rest|keep)"
    r"|can be (?:treated|used|taken|managed|relieved)|safe to|do not|don't|never)\b"
    r"|^\W*(?:(?:then|also|first|next|and|so|instead|otherwise|meanwhile|in the meantime|until then|twice a day"
    r"|at night),? )?"
    r"(?:take|use|apply|see|visit|consult|go|keep|drink|eat|rest|stop|start|continue|contact|call|ask"
    r"|check|get|have|do|try|avoid|follow|monitor|reduce|increase|wear|wash|put|return|book|arrange|undergo"
    r"|seek|talk|speak|tell|bring|limit|maintain|engage|practice|practise|perform|stretch|remove|cover|clean"
    r"|elevate|ice|give|rub|massage|swallow|inject|breathe|sleep|walk|swim|exercise|lie|sit|stay|hold|measure|test"
    r"|discuss|report|watch|note|record|cut|quit|lose|switch|change|let|add|replace|place|soak|rinse|gargle"
    r"|inhale)\b"
    r"|建議|建议|應該|应该|應|应(?=當|当|該|该|立|避|盡|尽)|請(?!問)|请(?!问)|需要|必須|必须|可以(?:服用|使用|試"
    r"|试|吃|擦|先|考慮|到|去|做|用|喝|改|多|在|每)"
    r"|避免|不要|不可|切勿|宜|務必|务必|最好|考慮|考虑|(?<![不一])要(?=多|少|先|注意|避|去|到|做|看|每|休)|記得"
    r"|记得|別(?=再|吃|用|自)|[多少](?=喝|吃|休|運|运|走)"
    r"|到.{1,10}科|就診|就诊|就醫|就医|看診|看诊|[掛挂].{0,6}科",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|when|should|unless|in case|as soon as|once)\b|如果|若|要是|一旦|萬一|万一"
    r"|[時时](?=[，,請请])",
    re.IGNORECASE,
)
_TURNS_BAD = re.compile(
    r"\b(?:worse\w*|persist\w*|(?:does|do|not|n't) (?:improv\w*|get better|settle|go away|heal)|fails? to"
    r"|new symptoms?|spread\w*"
    r"|severe\w*|sudden\w*|bleed\w*|numb\w*|weakness|faint\w*|confus\w*|breathless\w*|short(?:ness)? of breath"
    r"|high fever|fever"
    r"|redness|swell\w*|swollen|vomit\w*|blood in|lose|loss of|cannot|can't|unable|warning signs?|red flags?)\b"
    r"|惡化|恶化|加重|持續|持续|沒有改善|没有改善|未改善|不見好轉|不见好转|突然|劇烈|剧烈|出血|發燒|发烧|麻木"
    r"|無力|无力|呼吸困難|呼吸困难|意識|意识|更嚴重|更严重",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"\b(?:doctors?|gp|physicians?|specialists?|clinics?|hospitals?|medical (?:help|care|attention|advice|review)"
    r"|seen|see (?:a|your|an)"
    r"|come back|return|consult\w*|emergency|surgery|nurse|pharmacist|midwife|care)\b|就醫|就医|就診|就诊|回診"
    r"|回诊|急診|急诊|醫院|医院|醫師|医师|醫生|医生|看診|门诊|門診",
    re.IGNORECASE,
)
_LATER_CLAUSE = re.compile(
    r"[,;:，；：]|\s[-–—]\s|\b(?:but|and|so|however|because)\b|但是?|不過|不过|所以"
    r"|因此",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def kind_of(text: str) -> StatementKind:
    """What a sentence does, the first that fits. A medicine or a dose is no mere courtesy or logistics, and words
    that follow a courtesy or a restatement count for themselves."""
    text = text.replace("’", "'")
    if URGENT.search(text) or _warns(text):
        return "safety_net"
    named = bool(medicines_in(text) or doses_in(text))
    if (_COURTESY.match(text) and not named) or (_RESTATEMENT.search(text) and not _RECOMMENDATION.search(text)):
        mere: StatementKind = "courtesy" if _COURTESY.match(text) and not named else "restatement"
        return _said_after(text) or mere
    if _LOGISTICS.search(text) and not named:
        return "logistics"
    advises = _RECOMMENDATION.search(text) or (_OPENS.match(text) and _said_after(text) == "recommendation")
    return "recommendation" if advises else "claim"


def _warns(text: str) -> bool:
    """A condition that turns bad and whom to go to then, without a medicine to take."""
    bad = _IF.search(text) and _TURNS_BAD.search(text) and _HELP.search(text)
    return bool(bad) and not (medicines_in(text) or doses_in(text))


def _said_after(text: str) -> StatementKind | None:
    """Advice, or a verdict on it, in a later clause of a sentence that begins as courtesy or restatement."""
    for clause in _LATER_CLAUSE.split(text)[1:]:
        if _COURTESY.match(clause) or _LOGISTICS.search(clause):
            continue
        if _RECOMMENDATION.search(clause) and not re.match(r"\W*please\W*$", clause, re.IGNORECASE):
            return "recommendation"
        if _VERDICT.search(clause):
            return "claim"
    return None


_OPENS = re.compile(rf"\W*(?:if|when|once|after|before|for)\b|如果|若|{_COURTESY.pattern}", re.IGNORECASE)
_VERDICT = re.compile(
    r"^\s*(?:this|that|it|these|which|there)\b[^,;]{0,12}\b(?:is|are|means?|suggests?|points?|fits|sounds?|looks?"
    r"|can|may|could|will|indicates?)\b"
    r"|^\s*(?:這|这|此|那)(?:是|表示|代表|可能|應|应|比較|比较|種|种)",
    re.IGNORECASE,
)
