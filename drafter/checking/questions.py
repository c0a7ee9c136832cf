"""The things that a question asks: split where one sentence asks two, and of what kind each is."""

import re
from functools import lru_cache
from typing import Literal

from drafter.checking.passages import terms
from drafter.text import sentences, words

Kind = Literal[
    "choice", "yes_no", "advice", "treatment", "cause", "time", "rate", "amount", "whom", "test", "told", "other"
]

_ASKS = re.compile(
    r"[?？]\W*$|^\W*(?:(?:and|or|also|so|then|but|furthermore|plus),?\s+)*(?:what|which|why|how|who|whom|is|are|can"
    r"|could|should|does|do i|will|would|may|am i)\b(?!\s(?:i|he|she|we)\s(?:was|had|took|went))"
    r"|(?:請問|请问|嗎|吗|呢[？?。！!]*$|怎麼|怎么|如何|什麼|什么|哪[一個个種种些科裡里位]|多久|為何|为何|是不是"
    r"|會不會|会不会|可不可以"
    r"|能不能|要不要|該不該|该不该|有沒有(?!.{0,6}[了過过])|是否|可否|能否|想知道|想了解)",
    re.IGNORECASE,
)
_NO_QUESTION = re.compile(
    r"^\W*(?:when|while|if|since|as|because|after|before)\b[^?？]*$|^\W*what (?:i|he|she|we|it)\b[^?？]*$"
    r"|^\W*(?:may|will|can) (?:god|you (?:be|have))\b|不知道(?:該|该)?怎麼(?:說|说)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"\b(?:(?:i|we)(?:['’]d| would| just| really| also| only)* (?:like|want|need|wish|love) (?:to|some)"
    r" (?:know|ask|find out|understand|hear|learn|advice|check)"
    r"|(?:i|we)(?:['’]m| am|['’]re| are)? (?:also |just )?(?:wonder(?:ing)?|not sure|unsure|curious|asking"
    r"|confused)"
    r"|(?:i|we) (?:do not|don['’]t) (?:know|understand)|wondering"
    r"|(?:please|kindly|(?:can|could|would|will) you(?: please| kindly)?)(?: (?:also|just))? (?:tell|advise"
    r"|explain|say"
    r"|suggest|inform|clarify|let)(?: (?:me|us))?(?: know)?"
    r"|my (?:main |first |second |other |next )?(?:question|concern|doubt|query)s? (?:is|are|was)|do you (?:know"
    r"|think))"
    r"\b[\s,:]*(?:about |as to |you )?(?P<asked>(?:if|whether|what|which|why|how|when|where|who|whom)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERED = re.compile(r"(?:^|(?<=[\s:：;；,，.?？]))\(?[1-9](?:[).:、]|：)\s*(?=\D)")
_QUESTIONS_FOLLOW = re.compile(
    r"\b(?:my|the|some|few|two|three|four|several|following|these) (?:[\w-]+ )?questions?\b[^?]*$"
    r"|\bquestions?\s*[:：]\s*$"
    r"|(?:問題|问题|想問|想问|請問|请问)[^？?。]{0,8}[:：]?\s*$",
    re.IGNORECASE,
)
_NEXT_QUESTION = re.compile(
    r"(?:,|;|\band\b|\balso\b|\bfurthermore,?)\s+(?=(?:also |furthermore,? |and |or |if so,? )*(?:what|which|why"
    r"|how"
    r"|when (?:can|should|will|do|may)|where|who|(?:whether|if) (?:i|it|he|she|we|they|this|that|there) (?:can"
    r"|should"
    r"|is|are|may|need|will|could|must)|is (?:it|there|this|he|she|that)|are (?:there|these|they)"
    r"|can (?:i|we|he|she|it|they)|could (?:i|it|this|he|she)|should (?:i|we|he|she|they)|do (?:i|we|you)"
    r"|does (?:it"
    r"|this|he|she)|will (?:it|i|he|she|this)|may i|am i)\b)"
    r"|(?<=[\u4e00-\u9fff])[，,；](?!\s*(?:還是|还是|或))",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"^\W*(?:(?:and|or|also|furthermore|then|so|but|if so|plus),?\s+)+|^(?:還有|还有|另外|以及|而且|並且|并且"
    r"|那麼|那么)+",
    re.IGNORECASE,
)


def sub_questions(text: str) -> list[str]:
    """The questions within a text, split where one sentence asks two; the last wording of each."""
    parts: list[str] = []
    listed = False
    for sentence in sentences(text):
        items = [item for item in _NUMBERED.split(sentence) if item.strip(" ,;.")]
        numbered = bool(_NUMBERED.match(sentence)) or len(items) > 1
        for item in items:
            asks = (listed and numbered and item is not items[0]) or (listed and bool(_NUMBERED.match(sentence)))
            parts += _pieces(item, asks=asks)
            listed = bool(_QUESTIONS_FOLLOW.search(item.rstrip(" ,"))) or (listed and numbered)
    return list({" ".join(words(part)): part for part in reversed(parts)}.values())[::-1]


def _pieces(sentence: str, *, asks: bool) -> list[str]:
    """The questions of one sentence; with ``asks`` it is one of a list of questions, whatever its wording."""
    indirect = _INDIRECT.search(sentence)
    said = indirect["asked"] if indirect else sentence
    if not indirect and not asks and (not _ASKS.search(sentence) or _NO_QUESTION.search(sentence)):
        return []
    pieces = [_LINK.sub("", piece).strip(" ,;，；、") for piece in _NEXT_QUESTION.split(said)]
    if len(pieces) == 1:
        return pieces if pieces[0] and not _QUESTIONS_FOLLOW.search(pieces[0]) else []
    # What stands before the first question word of a sentence only leads up to it.
    return [p for n, p in enumerate(pieces) if p and (_ASKS.search(p) or _WHETHER.match(p) or (indirect and not n))]


# -- what is asked

_WHETHER = re.compile(r"^\W*(?:if|whether)\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"^\W*(?:if|whether|is|are|am|was|were|can|could|should|do|does|did|will|would|may|might|must|has|have|need"
    r"|shall"
    r"|any (?:chance|risk|danger|harm))\b"
    r"|嗎|吗|是否|是不是|可否|能否|有沒有|有没有|(?P<v>[\u4e00-\u9fff])不(?P=v)|要緊|要紧|正常\s*[?？]",
    re.IGNORECASE,
)
_OR_NOT = re.compile(r"\bor (?:not|no)\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b|(?:還是|还是|或是)", re.IGNORECASE)
CHOICE = re.compile(
    r"\bwhich (?:one|of (?:these|them|those|the (?:two|three|above|following))|(?:interpretation|opinion|diagnosis"
    r"|explanation|doctor|view|result|version)\b[^?]*\b(?:is|are|was|should i (?:believe|trust|follow)|correct"
    r"|right"
    r"|accurate|true|reliable))\b|\bwho is (?:right|correct)\b|\bwh(?:om|o|ich) (?:should|can|do) (?:i"
    r"|we) (?:believe|trust)\b"
    r"|哪(?:一)?(?:個|个|種|种|位)(?:[^科]{0,8})(?:對|对|正確|正确|準|准|才是|比較|比较|說法|说法)|何者"
    r"|誰(?:說的)?對|谁(?:说的)?对"
    r"|哪(?:一)?(?:種|种)(?:說法|说法)",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))  # type: ignore[misc]  # mypy widens the names of a tuple's pairs
    for kind, pattern in (
        (
            "advice",
            r"\b(?:thanks?|please help|help me|(?:could|can|would|will) (?:you|anyone|someone"
            r"|somebody) (?:please )?(?:help"
            r"|advise|assist|guide|suggest)|any (?:\w+ )?(?:advice|help|ideas?|suggestions?|thoughts)"
            r"|what do you think"
            r"|what (?:should|can|could|must|do|shall|would) (?:i|we|he|she|they|you (?:recommend|suggest"
            r"|advise))\b"
            r"(?: (?:be )?(?:do|done|try|now|next)|\W*$|\s+(?:about|to (?:help|treat|get|make|stop|reduce|avoid"
            r"|prevent)))"
            r"|what (?:else )?(?:helps?|works|can (?:help|be done)|to do|(?:is|are) the (?:best|next) (?:thing"
            r"|step|way)s?)"
            r"|what (?:do|would) you (?:recommend|suggest|advise)|how (?:to|(?:can|do|should|could|shall"
            r"|would) (?:i|we|he|she|one|they))(?! (?:know|tell|long|often|much|many)))\b"
            r"|謝謝|谢谢|感謝|怎麼辦|怎么办|該怎麼(?:做|處理)?|该怎么(?:做|处理)?|(?:如何|怎麼|怎么)(?:處理|处理"
            r"|改善|調理|调理|調養|调养|做|預防|预防|緩解|缓解|照顧|照顾)"
            r"|(?:什麼|什么|何)建議|建议吗|給.{0,4}建議",
        ),
        (
            "treatment",
            r"\b(?:treatments?|cures?|remed(?:y|ies)|therap(?:y|ies)|medicines?|medications?|drugs?|tablets?"
            r"|creams?|ointments?)\b"
            r"|治療|治疗|怎麼治|怎么治|如何治|(?:吃|用|擦|服用)(?:什麼|什么|哪)",
        ),
        (
            "cause",
            r"\b(?:why|caus(?:e[sd]?|ing)|reasons?|what (?:is|could|can|might|may|are) (?:it|this|that|these|they"
            r"|wrong|the"
            r" (?:problem|matter|diagnosis)|be (?:the )?(?:wrong|problem|matter))|diagnosis|what (?:do"
            r"|have) i have|what['’]?s"
            r" (?:wrong|going on|happening))\b|原因|為什麼|为什么|為何|为何|怎麼會|怎么会|是什麼(?:病|問題|情況)"
            r"|什么(?:病|问题|情况)"
            r"|怎麼回事|怎么回事|引起",
        ),
        (
            "rate",
            r"\bhow (?:often|many times|frequently)\b|幾次|几次|多常",
        ),
        (
            "time",
            r"\b(?:how (?:long|soon|quickly|fast|old|late|early|many (?:days|weeks|months|years))|when"
            r"|what (?:time|age))\b"
            r"|多久|幾[天週周個月年歲]|几[天周个月年岁]|何時|何时|(?:什麼|什么)時?时?候|多大|多快",
        ),
        (
            "amount",
            r"\b(?:how (?:much|many|big|high|low|far|strong)|what (?:dose|dosage|amount|level|strength"
            r"|percentage))\b|多少"
            r"|劑量|剂量|機率|几率",
        ),
        (
            "whom",
            r"\b(?:wh(?:o|om) (?:should|can|do|to)|(?:which|what) (?:kind of |type of |sort of )?(?:doctor"
            r"|specialist|department"
            r"|clinic|physician|hospital)|where (?:should|can|do|to))\b|(?:哪|什麼|什么)(?:一|個|个)?(?:科|門診"
            r"|门诊|醫|医)",
        ),
        (
            "test",
            r"\b(?:which|what|any) (?:\w+ )?(?:tests?|scans?|examinations?|investigations?|checks?|imaging)\b"
            r"|(?:什麼|什么|哪些|哪種|哪种)(?:樣|样)?(?:的)?檢?检?查|做什麼檢查",
        ),
    )
)


@lru_cache(maxsize=1024)
def kind_asked(part: str) -> Kind:
    if CHOICE.search(part):
        return "choice"
    if _HELP.search(part):
        return "advice"
    if _YES_NO.search(part) and not _ASKS_WHAT.match(part):
        return "choice" if _OR.search(part) and not _OR_NOT.search(part) and all(sides_of(part)) else "yes_no"
    if _OR.search(part) and re.search("還是|还是", part) and all(sides_of(part)):
        return "choice"
    return next((kind for kind, pattern in _KINDS if pattern.search(part)), _rest(part))


def _rest(part: str) -> Kind:
    """A statement that only ends in a question mark asks what anybody makes of it."""
    if not terms(part):
        return "advice"
    return "other" if _ASKS_ANYTHING.search(part) else "told"


_ASKS_ANYTHING = re.compile(
    r"\b(?:what|which|why|how|who|whom|where|when|whether|if)\b|[什甚怎哪誰谁嗎吗呢何多幾几]|是否", re.IGNORECASE
)
_ASKS_WHAT = re.compile(r"^\W*(?:what|which|why|how|who|whom|where|when)\b", re.IGNORECASE)
_HELP = re.compile(
    r"^\W*(?:could|can|would|will|is|are) (?:you|anyone|someone|somebody|there)\b[^?]{0,30}\b(?:help|advise"
    r"|assist|guide|suggest"
    r"|anything|do about|something)\b",
    re.IGNORECASE,
)


def sides_of(part: str) -> tuple[frozenset[str], frozenset[str]]:
    """The terms of the two alternatives of "A or B" that the other one does not have."""
    first, _, second = part.replace("還是", "|").replace("还是", "|").replace(" or ", "|").partition("|")
    near = " ".join(first.split()[-4:]) if first.isascii() else first[-8:]
    return terms(near) - terms(second), terms(second) - terms(first)
