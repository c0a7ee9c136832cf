"""Red flags: conjunctive patterns with spans, from the pack in redflags.toml.

A layer is a function from a folded text to flags; the union of all layers counts, and the highest disposition
wins. The pack overfits: it finds all of the sentences that it was written with, and found 56 to 77 % of fresh
ones before they were looked at. So other layers may be added, and none may take a flag away.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from drafter.domain import Assertion, Disposition, RedFlag
from drafter.screening.assertion import Assertions, State
from drafter.screening.hidden import Visible
from drafter.screening.measurements import READERS
from drafter.screening.phrases import Occurrence, Phrases, expression

_TRADITIONAL = (
    "亂來個倫側傷兒內兩別剛剝劇動區啞喚喪單嗆嘔噁噴嚕嚥嚨嚴堅塊壓夾婦孫學寶導島幣幾廁張強彎後從悶惡憂應懷慘撐擊擋擴攣斷時暈曬會東樂樓標"
    "機歲殘殺毆氣沒洩減滿潔潰煩熱燒燙爛爾現產瘡療癇癢癱癲發盤盪睜睪禍穩窩節簾糞紅紙級紺組結絞經維綠綿緊線織繼義聲聽脅脈脹腎腦腫腳膚膽"
    "膿臉臍臟臥舉華著蒼蓋藍藥蘋處蝦蟲術衛複褻見視覺記認語誤說講識譫護變費車軟輕轉辦農過遲遺還邊針鈕錠鎖鐘鐵長門閃閉開間關陰陽隻雙難電"
    "靜頸頻頭顆顎願顛顫風飛餓馬驗驟體髖鬱鮮鳴鹽麼黃點齒無嬰運連適邁乾痠週脣爺樣這給請問醫診號讓嗎進遠達溫濕條種狀塞淚勁壞場報嘗話書痙脫蕁尋"
)
_SIMPLIFIED = (
    "乱来个伦侧伤儿内两别刚剥剧动区哑唤丧单呛呕恶喷噜咽咙严坚块压夹妇孙学宝导岛币几厕张强弯后从闷恶忧应怀惨撑击挡扩挛断时晕晒会东乐楼标"
    "机岁残杀殴气没泄减满洁溃烦热烧烫烂尔现产疮疗痫痒瘫癫发盘荡睁睾祸稳窝节帘粪红纸级绀组结绞经维绿绵紧线织继义声听胁脉胀肾脑肿脚肤胆"
    "脓脸脐脏卧举华着苍盖蓝药苹处虾虫术卫复亵见视觉记认语误说讲识谵护变费车软轻转办农过迟遗还边针钮锭锁钟铁长门闪闭开间关阴阳只双难电"
    "静颈频头颗颚愿颠颤风飞饿马验骤体髋郁鲜鸣盐么黄点齿无婴运连适迈干酸周唇爷样这给请问医诊号让吗进远达温湿条种状塞泪劲坏场报尝话书痉脱荨寻"
)
_FOLD = str.maketrans(
    _TRADITIONAL + "’‘`´“”，？！：；（）０１２３４５６７８９．％、",
    _SIMPLIFIED + "''''\"\"，？！：；（）0123456789.%、",
)
_HAN = re.compile("[\u4e00-\u9fff]")
_NEAR, _NEAR_HAN = 150, 60
"""How far two signs of one rule may stand apart, in characters."""
_RANK = {"present": 0, "possible": 1, "denied": 2}


def fold(text: str) -> str:
    """``text`` as the patterns read it: lower case, simplified characters, one apostrophe; length kept."""
    folded = text.lower()
    return (
        folded if len(folded) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    ).translate(_FOLD)


@dataclass(frozen=True)
class _Rule:
    """Terms are tuples of concept names of which one is enough."""

    near: tuple[tuple[str, ...], ...]
    anywhere: tuple[tuple[str, ...], ...]
    anywhere_now: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        return {name for term in (*self.near, *self.anywhere, *self.anywhere_now, self.unless) for name in term}


@dataclass(frozen=True)
class _Category:
    name: str
    label: str
    disposition: Disposition
    rules: tuple[_Rule, ...]
    shown_denied: tuple[str, ...]


@dataclass(frozen=True)
class _Pack:
    phrases: Phrases
    readers: dict[str, tuple[str, ...]]
    """Readers of numbers by the concept that they belong to."""
    categories: tuple[_Category, ...]


@cache
def _pack() -> _Pack:
    raw = tomllib.loads(files("drafter.screening").joinpath("redflags.toml").read_text("utf-8"))
    concepts: dict[str, list[str]] = raw["concepts"]
    ways = [
        (name, expression(way, raw["words"], fold))
        for name, ways in concepts.items()
        for way in ways
        if way not in READERS
    ]
    readers = {name: tuple(way for way in ways if way in READERS) for name, ways in concepts.items()}
    readers |= {name: (name,) for name in READERS}
    categories = tuple(_category(name, entry) for name, entry in raw["categories"].items())
    unknown = {name for category in categories for rule in category.rules for name in rule.names} - readers.keys()
    if unknown:
        raise ValueError(f"the red-flag pack names unknown concepts: {', '.join(sorted(unknown))}")
    return _Pack(Phrases(ways), readers, categories)


def _category(name: str, entry: dict[str, Any]) -> _Category:
    rules = tuple(_rule(line) for line in entry["rules"])
    return _Category(name, entry["label"], entry["disposition"], rules, tuple(entry["shown_denied"]))


def _rule(line: str) -> _Rule:
    parts: dict[str, list[tuple[str, ...]]] = {"+": [], "@": [], "&": [], "!": []}
    kind = "+"
    for word in line.split():
        if word in parts:
            kind = word
        else:
            parts[kind].append(tuple(word.split("|")))
    unless = tuple(name for term in parts["!"] for name in term)
    return _Rule(tuple(parts["+"]), tuple(parts["@"]), tuple(parts["&"]), unless)


class _Reading:
    """One folded text: finds each concept once, and asks for each occurrence's state once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.assertions = Assertions(text)
        self.window = _NEAR_HAN if len(_HAN.findall(text)) > len(text) / 4 else _NEAR
        self._said = _pack().phrases.find(text)
        self._found: dict[str, list[Occurrence]] = {}
        self._states: dict[tuple[Occurrence, bool, Occurrence | None], State] = {}

    def found(self, name: str) -> list[Occurrence]:
        if name not in self._found:
            spans = [span for reader in _pack().readers[name] for span in READERS[reader](self.text)]
            self._found[name] = sorted(self._said.get(name, []) + spans)
        return self._found[name]

    def any_of(self, names: tuple[str, ...]) -> list[Occurrence]:
        return sorted({span for name in names for span in self.found(name)})

    def state(self, span: Occurrence, *, about_now_only: bool = True, beside: Occurrence | None = None) -> State:
        key = (span, about_now_only, beside)
        if key not in self._states:
            self._states[key] = self.assertions.of(*span, about_now_only=about_now_only, beside=beside)
        return self._states[key]


def red_flags_in(seen: Visible, typed: str) -> tuple[RedFlag, ...]:
    """The urgent signs in a question, most urgent first, one for each category and as it is best supported.

    Offsets are into ``typed``, the text as it was typed; ``seen`` is the same text without hidden characters.
    """
    reading = _Reading(fold(seen.text))
    flags = []
    for category in _pack().categories:
        found = _best(category, reading)
        if found:
            start, end, assertion = found
            a, b = seen.origin(start), seen.origin_end(end)
            flags.append(RedFlag(category.name, category.label, category.disposition, typed[a:b], a, b, assertion))
    order = {"E0": 0, "S": 0, "E1": 1}
    return tuple(sorted(flags, key=lambda flag: (_RANK[flag.assertion], order[flag.disposition], flag.start)))


def _best(category: _Category, reading: _Reading) -> tuple[int, int, Assertion] | None:
    best: tuple[int, int, Assertion] | None = None
    for rule in category.rules:
        for found in _matches(rule, category, reading):
            if best is None or _RANK[found[2]] < _RANK[best[2]]:
                best = found
            if best[2] == "present":
                return best
    return best or _denial(category, reading)


def _denial(category: _Category, reading: _Reading) -> tuple[int, int, Assertion] | None:
    for name in category.shown_denied:
        for span in reading.found(name):
            if reading.state(span) == "denied":
                return (*span, "denied")
    return None


def _matches(rule: _Rule, category: _Category, reading: _Reading) -> Iterator[tuple[int, int, Assertion]]:
    signs = reading.any_of(rule.near[0])
    others = [reading.any_of(term) for term in rule.near[1:]]
    if not all(others):
        return
    for sign in signs:
        assertion = _assertion(reading.state(sign), category)
        if assertion is None or _excepted(rule, reading, sign) or not _in_context(rule, reading, sign):
            continue
        companions = [_near(sign, spans, reading) for spans in others]
        if all(companions):
            spans = [sign, *(c for c in companions if c)]
            yield min(s for s, _ in spans), max(e for _, e in spans), assertion


def _assertion(state: State, category: _Category) -> Assertion | None:
    """Where an ambulance or a life is at stake, a denial that is in doubt still shows."""
    if state == "doubtful":
        return "possible" if category.disposition in ("E0", "S") else "denied"
    return None if state in ("elsewhere", "denied") else "present"


def _in_context(rule: _Rule, reading: _Reading, sign: Occurrence) -> bool:
    return all(_stands(term, reading, sign, about_now_only=False) for term in rule.anywhere) and all(
        _stands(term, reading, sign, about_now_only=True) for term in rule.anywhere_now
    )


def _stands(term: tuple[str, ...], reading: _Reading, sign: Occurrence, *, about_now_only: bool) -> bool:
    spans = reading.any_of(term)
    return any(reading.state(s, about_now_only=about_now_only, beside=sign) == "present" for s in spans)


def _excepted(rule: _Rule, reading: _Reading, sign: Occurrence) -> bool:
    """Whether the sign's own sentence says one of the rule's exceptions."""
    start, end = reading.assertions.sentence_span(*sign)
    return any(start <= s and e <= end for s, e in reading.any_of(rule.unless))


def _near(sign: Occurrence, spans: list[Occurrence], reading: _Reading) -> Occurrence | None:
    """The nearest present one that does not lie within the sign itself."""
    close = [
        s for s in spans if s != sign and s[0] - sign[1] <= reading.window and sign[0] - s[1] <= reading.window
    ]
    close.sort(key=lambda s: max(s[0] - sign[1], sign[0] - s[1]))
    return next((s for s in close if reading.state(s, beside=sign) in ("present", "doubtful")), None)
