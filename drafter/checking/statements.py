"""What a sentence says, read without grammar: clauses, their mood, sides and negators, and quantities.

A sentence is cut into clauses, and each clause is its terms without the words that can differ (negators, modal
verbs, sides, quantities).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from drafter.chat.cues import terms as terms_of
from drafter.checking.doses import doses_in
from drafter.checking.medicines import medicines_in
from drafter.checking.numbers import HAS_NUMBER, NUMBER, number

Mood = Literal["forbids", "needless", "denies", "allows", "demands", "states"]
"""What a clause does with its matter: "do not take", "is not needed", "is not", "you can", "you should", "is"."""


class Quantity(NamedTuple):
    """``low`` to ``high`` of ``kind`` (a unit of a dose, "days", "°C", "% of"), in the ``role`` that the word
    before gives it ("for", "after", ">"); ``words`` as found."""

    kind: str
    role: str
    low: float
    high: float
    words: str
    medicine: str = ""


@dataclass(frozen=True)
class Clause:
    """``terms`` are without what can differ: negators, modal verbs, sides. ``negators`` is how many there are."""

    text: str
    terms: frozenset[str]
    medicines: frozenset[str]
    sides: frozenset[str]
    negators: int

    @cached_property
    def mood(self) -> Mood | None:
        """None when something limits the clause, so that it neither affirms nor denies."""
        if self.negators > 1 or _LIMITED.search(self.text):
            return None
        return _mood(_NO_NEGATOR.sub(" ", self.text), negated=self.negators == 1)


@dataclass(frozen=True)
class Said:
    """What one sentence says. ``terms`` are those of all its clauses, ``conditions`` those of its conditions."""

    clauses: tuple[Clause, ...]
    terms: frozenset[str]
    conditions: frozenset[str] | None
    quantities: tuple[Quantity, ...]
    strays: frozenset[float] = frozenset()
    """Numbers beside no unit ("after seven days on the face and after fourteen on the knee")."""

    @property
    def negators(self) -> int:
        return sum(clause.negators for clause in self.clauses)

    @property
    def sides(self) -> frozenset[str]:
        return frozenset(side for clause in self.clauses for side in clause.sides)


_NOT_A_STATEMENT = re.compile(r"[?？]\W*$|[嗎吗呢][。！]?$")
_BOUNDARY = re.compile(
    r"[,:;，：；]|\s[-–—]+\s|\b(?:but|although|though|however|whereas|yet|because|since|so that|which|instead)\b"
    r"|\b(?:and|or|so|then)\b\s+(?=(?:also |then |please |you |it |this |they |there )?(?:do|does|did|is|are|was"
    r"|were|can|cannot"
    r"|can['’]t|don['’]t|doesn['’]t|isn['’]t|aren['’]t|should\w*|must\w*|may|will|won['’]t|not|never|avoid|no)\b)"
    r"|但是?|不過|不过|然而|因為|因为|所以|而且|而是|而(?=不)|並且|并且|並(?=不)|并(?=不)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:aged?|younger than|older than|(?:m[ae]n|wom[ae]n|boys?|girls?|child(?:ren)?|bab(?:y|ies)|infants?"
    r"|adults?"
    r"|people|patients?|anyone|those) (?:is |are )?(?:of|aged|under|over|above|below|at)) (?:the age of )?\d+"
    r"|\d+[- ](?:year|month|week)s?[- ]old\b|(?:\d+|[一二三四五六七八九十]+)\s*(?:歲|岁)"
    r"|(?:\d+|[一二三四五六七八九十]+)\s*[個个]?(?:月|週|周)大?(?:以下|以上|以內)",
    re.IGNORECASE,
)
"""Whom it is said of; what is right for one age is not for another."""
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|until|till|in case|whether"
    r"|once(?! (?:a|an|daily|weekly|every|per|more))|while"
    r"|during|except|only|without|as long as"
    r"|provided"
    r"|otherwise|(?:before|after) (?=\w+ing\b)|for (?:those|people|patients|anyone|women|men|children) (?:who"
    r"|with))\b"
    r"|如果|若是?|要是|假如|假使|倘若|除非|直到|一旦|萬一|万一|只有|只能|只要|只在|除了|期間|期间|的話|的话"
    r"|[時时]候?(?=[，,])"
    r"|之前|之後|之后|(?:患|有)[^，。]{1,8}(?:者|的人|病人|患者)",
    re.IGNORECASE,
)
# "Not" that denies less than the whole clause, or that is no denial at all.
_LIMITED = re.compile(
    r"\b(?:not|never|cannot|avoid)\b[^,;]*\b(?:too|more than|longer than|less than|over|beyond|at the same time"
    r"|together|alone"
    r"|daily|every day|suddenly|abruptly|until|unless)\b|n['’]t\b[^,;]*\b(?:too|more than|longer than|over"
    r"|together|alone)\b"
    r"|不[^，。；]*(?:超過|超过|太|過度|过度|同時|同时|突然|自行|過量|过量|空腹|長期|长期|只)|(?:避免"
    r"|勿)[^，。；]*(?:超過|超过|太|過度|过度|同時|同时|突然|過量|过量|空腹|長期|长期)"
    r"|(?:\b(?:not|never)|n['’]t) (?:only|just|merely|always|usually|generally|normally|often|necessarily|all"
    r"|every\w*"
    r"|enough|too|very"
    r"|so|that|quite|yet|until|unless|sure|certain|clear|known|more than|less than|exceed\w*|as|exactly|entirely"
    r"|completely|fully"
    r"|really|mean|worry|hesitate|forget|fail|be (?:afraid|alarmed|surprised)|un\w+|in(?:frequent|significant)\w*"
    r"|impossible|alone"
    r"|immediately|rarely|infrequently)\b"
    r"|\bno (?:longer|more than|less than|doubt|matter|later|sooner|one|other|specific|single|evidence|idea"
    r"|wonder)\b|\bnot\b[^,;]*\bany ?more\b"
    r"|\b(?:may|might|could|would) not\b|\b(?:whether|if|or|why) not\b|\bcannot (?:be )?(?:exclud\w+|rule\w*"
    r"|sa(?:y|id)|tell|know|judge|see)\b"
    r"|\b(?:rarely|seldom|hardly|scarcely|barely|unlikely|unusual|uncommon|sometimes|occasionally|some|most|many"
    r"|few)\b"
    r"|\bcan['’]t (?:be )?(?:exclud\w+|rule\w*|say|tell|know|judge|see)\b|\b(?:nothing|none|neither|nor"
    r"|nobody) \w+ (?:but|than|except)\b"
    r"|不一定|不見得|不见得|未必|不完全|不全是?|不只|不僅|不仅|不但|不單|不单|不光|不太|不是很|不再|不必然|不排除"
    r"|不確定|不确定|不知|不清楚|不常|不超過"
    r"|不超过|不到|不宜過|不要太|不要過|不要过|不可過|不可过|不用太|不能排除|無法|无法|是不是|能不能|會不會"
    r"|会不会|要不要|可不可以|該不該|该不该|有沒有"
    r"|有没有|不得不|不能不|不可不|不會不|很少|不少|部分|有些|有時|有时|多數|多数|不論|不论|不管|無論|无论|除非",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|would|possibl\w*|probabl\w*|perhaps|likely|seems?|appears?|suspect\w*|often|usually)\b"
    r"|可能|也許|也许|或許|或许|大概|似乎|應該是|应该是|恐怕|通常",
    re.IGNORECASE,
)
# Words with "不" inside that are no negation: "discomfort", "insufficient" and the like.
_NO_NEGATOR = re.compile(
    r"不(?:適|适|舒服|足|良|穩|稳|安|佳|明|孕|整|同|斷|断|久|錯|错|妨|如|過敏|振|全|當|当|潔|洁|順|顺|寧|宁|平衡"
    r"|正常)|非常|無力|无力|沒事|没事|無論|无论"
)
_START = r"^(?:please|and|so|but|then|also|therefore|just|first|instead|at home|\W)*\s*"
_FORBIDS = re.compile(
    rf"(?:{_START}|\b(?:please|you|to|should|best|better|advise\w*|recommend\w*) )(?:do not|don['’]t|never|not to"
    rf"|not)\b(?! (?:need|have to|require|know|think|believe|see"
    r"|find|seem|appear|get|suffer|feel|want|like))"
    r"|\b(?:do|does|would)(?: not|n['’]t) (?:recommend|advise|suggest)\b"
    r"|\b(?:must|should|shall|ought|can)(?: not|n['’]t)\b|\bcan['’]t\b|\bcannot\b|\bbetter not\b|\bnot (?:to be"
    r"|be|allowed"
    r"|permitted|recommended|advised|advisable"
    r"|safe|suitable|a good idea|appropriate|ok|okay|fine)\b|\bavoid\w*|\brefrain\w*|\b(?:keep|stay) (?:away"
    r"|off)\b|\bcontra-?indicated\b|\bunsafe\b"
    r"|\b(?:advise|recommend|suggest)\w* against\b|\bforbidden\b|\bisn['’]t (?:safe|recommended|advisable|allowed"
    r"|suitable)\b"
    r"|不可以?|不能|不要|不宜|不得|不應該?|不应该?|不該|不该|切勿|勿|禁止|禁忌|禁用|避免|忌|不建議|不建议|不適合"
    r"|不适合|不推薦|不推荐|(?:請|请)?[別别](?=[再吃用服喝做去自把讓让碰擦抓洗])",
    re.IGNORECASE,
)
_NEEDLESS = re.compile(
    r"\bno (?:\w+ ){1,3}(?:is|are) (?:needed|necessary|required)\b|\b(?:need not|needn['’]t|(?:do|does|did"
    r"|will)(?: not|n['’]t) (?:need|have to|require)|no need"
    r"|not (?:be )?(?:\w+ )?(?:necessary|needed|required|essential"
    r"|mandatory|compulsory|obligatory)|unnecessary|isn['’]t (?:necessary|needed|required)|aren['’]t (?:necessary"
    r"|needed|required))\b"
    r"|不需要?|不必|不用|無需|无需|無須|无须|毋須|毋须|(?:沒有?|没有?|無)必要",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|none|nor|neither|non(?=-))\b|n['’]t\b|\bnon(?=contagious|infectious|cancerous|toxic"
    r"|malignant)|不|沒有?|没有?|並非|并非|非(?!常)|無|无(?!论)|未",
    re.IGNORECASE,
)
_FORBIDDING = re.compile(
    r"\bavoid\w*|\brefrain\w*|\bcannot\b|\bwithout\b|\bunnecessary|\bunsafe|\bforbidden|contra-?indicated"
    r"|(?:stay|keep) (?:away|off)|(?:advis|recommend)\w* against\b|避免|勿|禁|忌",
    re.IGNORECASE,
)
"""Negators that hold no "not"."""
_ALLOWS = re.compile(
    r"\bmay (?:use|take|have|be (?:given|taken|used)|eat|drink|drive|swim|fly|go)\b|\b(?:can|able to|safe(?:ly)?"
    r"|fine|ok|okay|all right|alright|allowed|permitted|suitable|free to"
    r"|no (?:problem|harm)|(?:you|he|she|they|patients) may)\b"
    r"|可以?(?!能)|能夠?|安全|適合|适合|沒問題|没问题|無妨|无妨|不妨",
    re.IGNORECASE,
)
_DEMANDS = re.compile(
    r"\b(?:should|must|need(?:s|ed)?|ha(?:ve|s) to|ought|require[sd]?|necessary|essential|important|advis\w+"
    r"|recommend\w*|suggest\w*|please|better|try|make sure"
    r"|crucial|mandatory|compulsory)\b"
    rf"|{_START}(?:take|use|apply|see|visit|consult|go|keep|drink|eat|rest|stop|start|continue|get|have|do|wear"
    rf"|wash|put|rub|give|swim|exercise|walk|return"
    r"|remove|cover|clean|stretch|massage|squeeze|pop|add|reduce|increase|begin)\b"
    r"(?! (?:is|are|can|may|will|does|has|helps?|works?|eases?|relieves?|causes?|makes?|prevents?|improves?)\b)"
    r"|要|應該?|应该?|該|该|必須|必须|需要?|務必|务必|請|请|建議|建议|最好|宜|得(?=去|先|要)",
    re.IGNORECASE,
)
_NEGATIVE: tuple[tuple[Mood, re.Pattern[str]], ...] = (("needless", _NEEDLESS), ("forbids", _FORBIDS))
_AFFIRMATIVE: tuple[tuple[Mood, re.Pattern[str]], ...] = (("demands", _DEMANDS), ("allows", _ALLOWS))
_LIGHT = re.compile(
    r"\b(?:do|does|did|is|are|was|were|be|been|can|could|cannot|may|might|should|must|shall|will|would|ought|have"
    r"|has|need(?:s|ed)?|not|never|no|none|n['’]t|don['’]t"
    r"|doesn['’]t|isn['’]t|aren['’]t|avoid\w*|refrain\w*|safe(?:ly)?|unsafe|fine|ok|okay|allowed|permitted"
    r"|suitable|necessary|unnecessary|needed|required?|requires"
    r"|essential|important|advis\w+|recommend\w*|suggest\w*|please|better|take|taken|taking|takes|use|used|using"
    r"|contra-?indicated|forbidden|stay away|against|also|non"
    r"|currently|simply|always|generally|definitely|certainly|absolutely)\b|\bnon-?(?=\w)|n['’]t\b"
    r"|不可以?|不能夠?|不要|不宜|不得|不應該?|不应该?|不該|不该|切勿|勿|禁止|禁忌|禁用|避免|不建議|不建议|不適合"
    r"|不适合|不需要?|不必|不用|無需|无需|無須|无须|毋須|沒有必要|没有必要"
    r"|不會|不会|不是|沒有|没有|並非|并非|可以|能夠|應該|应该|必須|必须|需要|務必|务必|建議|建议|最好|適合|适合"
    r"|請|请|安全|會|会|是|要|能|可|應|应|該|该|需|宜|不|沒|没|別|别|具有|具"
    r"|服用|使用|吃|用|您|你|的",
    re.IGNORECASE,
)

_MEAL = r"(?:the |your |each )?(?:meals?|food|eating|breakfast|lunch|dinner|bed|sleep\w*|exercise)\b"
_LIMB = r"(?:肢|腹|背|半身|臂|眼瞼|眼皮|呼吸道|消化道)"
_PLACE = (
    r"(?:\w+ )?(?:sides?|arms?|legs?|knees?|eyes?|ears?|hands?|foot|feet|heels?|toes?|fingers?|thumbs?|calf"
    r"|shins?|thighs?"
    r"|shoulders?|hips?|lungs?|kidneys?|breasts?|ankles?|wrists?|elbows?|forearms?|ovary|testicles?|abdomen|belly"
    r"|chest"
    r"|buttocks?|groin|flank|cheeks?|temples?|jaw|nostrils?|tonsils?|ureters?|ventricles?|atrium|ribs?|armpits?"
    r"|loin"
    r"|lobe|lower|upper|half|ones?)\b"
)
_SIDES: dict[str, re.Pattern[str]] = {
    "left": re.compile(
        rf"\bleft(?=[ -]{_PLACE})|(?<=(?:on|to|in) the )left\b|\bleft-sided|(?<=the )left(?=\s+(?:is|was|has)\b)"
        rf"|左",
        re.IGNORECASE,
    ),
    "right": re.compile(
        rf"\bright(?=[ -]{_PLACE})|(?<=(?:on|to) the )right\b(?! \w)|\bright-sided|(?<=the )right(?=\s+(?:is|was"
        rf"|has)\b)|右",
        re.IGNORECASE,
    ),
    "upper": re.compile(rf"\bupper\b|上(?={_LIMB})", re.IGNORECASE),
    "lower": re.compile(
        r"\blower (?=back|limb|leg|abdom|belly|lip|jaw|arm|body|half|eyelid|respiratory|part|lobe|quadrant|left"
        rf"|right)|下(?={_LIMB})",
        re.IGNORECASE,
    ),
    "before": re.compile(rf"\bbefore (?={_MEAL})|[飯饭餐睡]前", re.IGNORECASE),
    "after": re.compile(rf"\bafter (?={_MEAL})|[飯饭餐睡][後后]", re.IGNORECASE),
    "up": re.compile(r"\b(?:increas(?:es?|ed)|raises?)\b|增加|升高|提高", re.IGNORECASE),
    "down": re.compile(r"\b(?:decreas(?:es?|ed)|reduces?|lowers)\b|減少|减少|降低", re.IGNORECASE),
}
_ANY_SIDE = re.compile(
    r"left|right|upper|lower|before|after|increas|rais|decreas|reduce|[左右上下前後后增升提減减降]", re.IGNORECASE
)
_FACING = {"left": "right", "upper": "lower", "before": "after", "up": "down"}
FACES = {**_FACING, **{b: a for a, b in _FACING.items()}}
_BOTH = re.compile(r"\b(?:both|either|bilateral\w*)\b|[雙双两兩](?:側|侧|邊|边)", re.IGNORECASE)


@lru_cache(maxsize=8192)
def read(sentence: str) -> Said:
    """``sentence`` as its clauses and quantities; nothing for a question."""
    if _NOT_A_STATEMENT.search(sentence):
        return Said((), frozenset(), None, ())
    quantities = tuple(_quantities(sentence))
    rest = _without(sentence, quantities)
    strays = frozenset(number(match[0]) for match in ANY_QUANTITY.finditer(rest))
    bare = ANY_QUANTITY.sub(" ", rest)
    cut = [piece for piece in _BOUNDARY.split(bare) if piece and piece.strip()]
    ages = frozenset(match[0].lower() for match in _AGE.finditer(sentence))
    conditional = ages or _CONDITION.search(sentence)
    clauses = tuple(_clause(piece) for piece in cut)
    if cut and len(cut[0].split()) < 3 and (_LIMITED.search(cut[0]) or _HEDGED.search(cut[0])):
        # "Rarely, it ..." limits all that follows.
        clauses = tuple(replace(clause, text=f"{cut[0]} {clause.text}") for clause in clauses)
    terms = frozenset(term for clause in clauses for term in clause.terms)
    conditions = None
    if conditional:
        held = (c.terms for piece, c in zip(cut, clauses, strict=True) if _CONDITION.search(piece))
        conditions = frozenset(term for some in held for term in some) | ages
    return Said(clauses, terms, conditions, quantities, strays)


def _without(sentence: str, quantities: tuple[Quantity, ...]) -> str:
    for quantity in quantities:
        sentence = sentence.replace(quantity.words, " ")
    return sentence


def _clause(text: str) -> Clause:
    sides = (
        frozenset(side for side, pattern in _SIDES.items() if pattern.search(text))
        if _ANY_SIDE.search(text)
        else frozenset()
    )
    if sides and _BOTH.search(text):
        sides = frozenset()
    plain = text
    for side in sides:
        plain = _SIDES[side].sub(" ", plain)
    terms = frozenset(terms_of(_LIGHT.sub(" ", _NO_NEGATOR.sub(_kept, plain))))
    medicines = frozenset(medicine.name for medicine in medicines_in(text))
    affirmed = _NO_NEGATOR.sub(" ", text)
    negators = len(_DENIES.findall(affirmed)) + len(_FORBIDDING.findall(affirmed))
    return Clause(text, terms, medicines, sides, negators)


def _kept(match: re.Match[str]) -> str:
    """A word with "不" inside as one that nothing strips: only its second character tells."""
    return match[0].replace("不", "〇").replace("非", "〇")


def _mood(text: str, *, negated: bool) -> Mood | None:
    ways = _NEGATIVE if negated else _AFFIRMATIVE
    mood = next((mood for mood, pattern in ways if pattern.search(text)), None)
    if mood in (None, "demands") and _HEDGED.search(text):
        return None
    return mood or ("denies" if negated else "states")


# -- quantities

_TIMES = {
    **dict.fromkeys(("minute", "min", "分鐘", "分钟"), 1 / 1440),
    **dict.fromkeys(("hour", "hr", "小時", "小时", "鐘頭"), 1 / 24),
    **dict.fromkeys(("day", "天", "日"), 1.0),
    **dict.fromkeys(("week", "週", "周", "星期", "禮拜", "礼拜"), 7.0),
    **dict.fromkeys(("month", "個月", "个月"), 30.0),
    **dict.fromkeys(("year", "年"), 365.0),
}
"""Units of time in days."""
_TIME = "|".join(sorted(_TIMES, key=len, reverse=True))
_RANGE = rf"(?P<low>{NUMBER})(?:\s*(?:-|–|—|to|~|～|or|and|至|到|或)\s*(?P<high>{NUMBER}))?"
_ROLE = (
    r"(?P<role>\b(?:at least|not? more than|more than|less than|over|under|above|below|up to|within|for|after"
    r"|every|in|lasts?|lasting"
    r"|between|about|around|approximately|of)\s+(?:about |around |at least |up to |another |the next |the first )?"
    r"|至少|超過|超过|不超過|高於|高于|低於|低于|大於|小於|每|約|约|持續|持续)?\s*"
)
_SPANS = re.compile(
    rf"{_ROLE}(?:(?<![A-Za-z0-9.第月]){_RANGE}|(?P<one>(?(role)an?(?=\s)"
    rf"|(?!))))[\s-]*(?:more )?(?P<unit>{_TIME})s?(?![a-z])"
    r"(?P<after>[\s-]*(?:old|of age|ago|earlier|later|以上|以下|以內|以内|內|内|後|后|前|大)?)",
    re.IGNORECASE,
)
_OF_SOMEBODY = re.compile(
    r"\b(?:aged?|bab(?:y|ies)|infants?|child(?:ren)?|toddlers?|boys?|girls?|adults?|people|patients?|women|men"
    r"|those|anyone"
    r"|born)\s+(?:is |are |who are |aged |of |under |over |above |below |younger than |older than |from )*$",
    re.IGNORECASE,
)
"""An age follows."""
_DEGREES = re.compile(
    rf"{_ROLE}(?<![A-Za-z0-9.])(?P<low>\d{{1,3}}(?:\.\d)?)(?:\s*(?:-|–|to|至"
    rf"|到)\s*(?P<high>\d{{2,3}}(?:\.\d)?))?\s*(?:°\s*(?P<scale>[CF])?"
    r"|degrees?(?:\s*(?P<name>celsius|centigrade|fahrenheit|[CF]\b))?|(?P<letter>[CF])\b|[度℃])(?P<after>以上"
    r"|以下)?",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"{_ROLE}(?<![A-Za-z0-9.])(?P<low>\d+(?:\.\d+)?)(?:\s*(?:-|–|to|至|到)\s*(?P<high>\d+(?:\.\d+)?))?\s*(?:[%％]"
    rf"|per ?cent\b)(?P<after>)",
    re.IGNORECASE,
)
ANY_QUANTITY = re.compile(rf"(?<![A-Za-z0-9.]){NUMBER}(?![\w.])", re.IGNORECASE)
_BOUND = {
    **dict.fromkeys(
        ("at least", "more than", "over", "above", "至少", "超過", "超过", "高於", "高于", "大於"), ">"
    ),
    **dict.fromkeys(("less than", "under", "below", "up to", "no more than", "not more than", "within"), "<"),
    **dict.fromkeys(("不超過", "不超过", "低於", "低于", "小於"), "<"),
}
_AFTER = {
    **dict.fromkeys(("以上",), ">"),
    **dict.fromkeys(("以下", "以內", "以内", "內", "内"), "<"),
    **dict.fromkeys(("後", "后", "later"), "after"),
}
_ROLES = {
    **dict.fromkeys(("lasts", "last", "lasting", "持續", "持续"), "for"),
    **dict.fromkeys(("about", "around", "approximately", "約", "约", "of", "between"), ""),
    "每": "every",
    "in": "after",
}


def _quantities(sentence: str) -> Iterator[Quantity]:
    if not HAS_NUMBER.search(sentence):
        return
    for dose in doses_in(sentence):
        role = "total" if dose.total else ""
        yield Quantity(dose.unit, role, dose.low, dose.high, dose.words, dose.medicine)
    yield from _spans(sentence)
    for match in _DEGREES.finditer(sentence):
        scale_of_it = (match["scale"] or match["letter"] or match["name"] or "").lower()[:1]
        fahrenheit = scale_of_it == "f" or float(match["low"]) > 80
        read_ = _quantity(match, "°C", 1.0)
        yield read_._replace(low=_celsius(read_.low), high=_celsius(read_.high)) if fahrenheit else read_
    for match in _SHARE.finditer(sentence):
        yield _quantity(match, "% of", 1.0)


def _spans(sentence: str) -> Iterator[Quantity]:
    """Spans of time. An age and a time in the past belong to a person, not to the matter; 2007年 is a date."""
    for match in _SPANS.finditer(sentence):
        past = re.search(r"old|age|ago|earlier|大|前", match["after"])
        date = match["low"] and number(match["low"]) >= 1900
        of_somebody = match["low"] and _OF_SOMEBODY.search(sentence[: match.start("low")])
        if not (past or date or of_somebody):
            yield _quantity(match, "days", _TIMES[match["unit"].lower()])


def _celsius(fahrenheit: float) -> float:
    return round((fahrenheit - 32) / 1.8, 1)


def _quantity(match: re.Match[str], kind: str, scale: float) -> Quantity:
    low = round((number(match["low"]) if match["low"] else 1.0) * scale, 4)
    high = round(number(match["high"]) * scale, 4) if match["high"] else low
    said = re.sub(r"\s+", " ", (match["role"] or "").lower()).strip()
    bound = next((sign for word, sign in _BOUND.items() if word in said), None)
    role = _AFTER.get((match["after"] or "").strip(" -")) or bound or _ROLES.get(said.split(" ")[0], said)
    words = match[0][len(match["role"] or "") :].strip()
    return Quantity(kind, role, min(low, high), max(low, high), words)
