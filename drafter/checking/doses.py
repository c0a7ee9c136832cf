"""Doses and changes of medicine in a text, normalised, each with its medicine where that can be read.

English and Chinese, both scripts. Nothing here computes a dose: what is written is compared with what is written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from drafter.checking.medicines import medicines_in
from drafter.checking.numbers import HAS_NUMBER, NUMBER, number
from drafter.text import sentences


@dataclass(frozen=True)
class Dose:
    """``low`` to ``high`` (equal unless a range is given) of ``unit``.

    Units: "mg", "ml", "unit", "tablet" and what else is counted; the same with "/kg", "/m2" or "/ml" (a
    concentration); "%" (strength of a cream); "a day" and "a week" (how often). ``words`` is as found. ``medicine``
    is empty where none can be read beside it. ``total``: the amount is that of a whole day, divided or as a limit,
    not what is taken at once.
    """

    unit: str
    low: float
    high: float
    words: str
    medicine: str = ""
    total: bool = False

    def held_by(self, others: Iterable["Dose"]) -> bool:
        """True when ``others`` give this amount, each end of a range, of the same medicine as far as one can"
        " read."""
        ends = [end for other in others if self._is_of(other) for end in (other.low, other.high)]
        return self.low in ends and self.high in ends

    def _is_of(self, other: "Dose") -> bool:
        same = not self.medicine or not other.medicine or self.medicine == other.medicine
        return same and self.unit == other.unit and (self.total or not other.total)


_MASS = {
    **dict.fromkeys(("g", "gm", "gram", "gramme", "公克", "克"), 1000.0),
    **dict.fromkeys(("mg", "milligram", "milligramme", "毫克"), 1.0),
    **dict.fromkeys(("mcg", "µg", "μg", "ug", "microgram", "microgramme", "微克"), 0.001),
}
"""Units of mass in mg."""
_VOLUME = {
    **dict.fromkeys(("ml", "millilitre", "milliliter", "毫升", "cc", "c.c."), 1.0),
    **dict.fromkeys(("teaspoon", "teaspoonful", "tsp", "茶匙"), 5.0),
    **dict.fromkeys(("tablespoon", "tablespoonful", "tbsp", "湯匙", "汤匙"), 15.0),
}
"""Units of volume in ml."""
_COUNTED = {
    **dict.fromkeys(
        ("tablet", "tab", "pill", "capsule", "cap", "caplet", "顆", "颗", "錠", "锭", "粒", "片"), "tablet"
    ),
    **dict.fromkeys(("unit", "iu", "i.u.", "國際單位", "国际单位", "單位", "单位"), "unit"),
    **dict.fromkeys(("drop", "滴"), "drop"),
    **dict.fromkeys(("sachet", "包"), "sachet"),
    **dict.fromkeys(("puff", "spray", "噴", "喷", "吸"), "puff"),
    **dict.fromkeys(("suppository", "suppositorie", "塞劑", "塞剂"), "suppository"),
    **dict.fromkeys(("ampoule", "vial", "lozenge"), "piece"),
}
_UNITS = {
    **{unit: ("mg", scale) for unit, scale in _MASS.items()},
    **{unit: ("ml", scale) for unit, scale in _VOLUME.items()},
    **{unit: (name, 1.0) for unit, name in _COUNTED.items()},
}
# A counted thing that is no medicine: a rash, a tooth, bread, cigarettes, a breath.
_NO_MEDICINE = r"(?<=[片包粒顆颗吸])[的紅红空白菸烟土吐肉麵面米飯饭蛋蘋苹痣牙腫肿硬疹水糖心氣气入到]"
_ONE_UNIT = rf"(?:{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?:e?s)?(?![a-z])"
_DOSE = re.compile(
    rf"(?<![A-Za-z0-9.,/])(?:(?P<low>{NUMBER})(?:[\s-]*(?P<lowunit>{_ONE_UNIT}))?\s*(?:-|–|—|to|~|～|or|and|至|到"
    rf"|或)"
    rf"\s*(?P<high>{NUMBER})|(?P<only>{NUMBER}|(?<=take )an?(?= )|(?<=taking )an?(?= )|several))"
    rf"[\s-]*(?:(?:(?:of )?an? )|of )?[個个]?(?P<unit>{_ONE_UNIT})(?P<half>半)?(?!{_NO_MEDICINE})"
    r"(?!\s*/\s*(?:d?l|min|h|hr|hour)\b)"
    rf"(?:\s*(?:/|\bper\b|每)\s*(?P<volume>\d+(?:\.\d+)?)?\s*(?P<per>kg|公斤|千克|ml|毫升|m2|m²)(?![a-z]))?",
    re.IGNORECASE,
)
_PER = {"公斤": "kg", "千克": "kg", "毫升": "ml", "m²": "m2"}
_CONCENTRATION = re.compile(r"\bU-?(?P<units>100|200|300|500)\b")
_STRENGTH = re.compile(
    r"(?P<strength>\d+(?:\.\d+)?)\s*[%％]\s*(?:的)?(?=(?:[\w-]+\s+){0,2}(?:cream|gel|ointment|lotion|solution|spray"
    r"|shampoo|drops)|\w{0,6}(?:乳膏|軟膏|软膏|凝膠|凝胶|溶液|藥膏|药膏|藥水|药水))",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    rf"\b(?P<n>once|twice|thrice|(?:{NUMBER})\s*(?:x|times))\s*(?:a|per|each|every|/|in a)?\s*(?:(?P<day>day|daily"
    r"|24 hours)|(?P<week>week|weekly))\b"
    rf"|\bevery\s+(?P<hours>{NUMBER})(?:\s*(?:-|–|to|or)\s*(?P<upto>{NUMBER}))?\s*(?:h|hrs?|hours?)\b"
    r"|\b(?P<latin>b\.?i\.?d|t\.?i\.?d|t\.?d\.?s|q\.?i\.?d|q\.?d)\b|(?P<alternate>\b(?:every (?:other|second)"
    r" day|alternate days)\b|[隔][天日]一次)|(?P<weekly>\b(?:once )?weekly\b|\bonce a week\b)"
    r"|(?:(?P<handay>[每一][天日]|日)|(?P<hanweek>[每一](?:週|周|星期"
    r"|個禮拜)))[^，。；,;\d]{0,12}?(?P<han>[一兩两二三四五六七八\d]+)\s*次"
    r"|每\s*(?:隔)?\s*(?P<hanhours>\d+|[一二兩两三四五六八十]+)(?:\s*(?:-|至|到)\s*(?P<hanupto>\d+"
    r"|[二兩两三四五六八十]+))?"
    r"\s*(?:個|个)?(?:小時|小时|鐘頭)",
    re.IGNORECASE,
)
_LATIN = {"qd": 1.0, "bid": 2.0, "tid": 3.0, "tds": 3.0, "qid": 4.0}
_LIMIT = re.compile(
    r"\b(?:max\w*|(?:no|not|never)\b[^,;]{0,12}\b(?:more than|exceed\w*|over)|limit|at most|up to)\b"
    r"|最多|不超過|不超过|上限|(?:不可|不得|不要|勿)超[過过]",
    re.IGNORECASE,
)
_WHOLE_DAY = re.compile(r"\b(?:days?|daily|24 ?h(?:ours)?)\b|[每一][天日]|24\s*小[時时]", re.IGNORECASE)
_DIVIDED = re.compile(
    r"\b(?:divided|split into|in total|total (?:daily|of))\b|分[成為为]?.{0,3}次|總共|总共", re.IGNORECASE
)
_FURTHEST = 60
"""Characters between a dose and the medicine before it."""


@lru_cache(maxsize=8192)
def doses_in(text: str) -> tuple[Dose, ...]:
    """Doses, concentrations, strengths and frequencies in reading order.

    A dose whose sentence names no medicine is of the one that the sentence before it names, if that is one alone.
    """
    found: list[Dose] = []
    before = ""
    for sentence in sentences(text):
        found += _doses(sentence, before)
        named = {medicine.name for medicine in medicines_in(sentence) if not medicine.general}
        before = named.pop() if len(named) == 1 else ""
    return tuple(found)


@lru_cache(maxsize=8192)
def _doses(sentence: str, before: str) -> tuple[Dose, ...]:
    if not HAS_NUMBER.search(sentence):
        return ()
    found = [*_amounts(sentence), *_frequencies(sentence)]
    found += [(m, "%", float(m["strength"]), float(m["strength"])) for m in _STRENGTH.finditer(sentence)]
    found += [(m, "unit/ml", float(m["units"]), float(m["units"])) for m in _CONCENTRATION.finditer(sentence)]
    total = _is_total(sentence)
    return tuple(
        Dose(
            unit,
            low,
            high,
            match[0].strip(),
            _medicine_of(match, sentence) or before,
            total and unit not in _OFTENS,
        )
        for match, unit, low, high in found
    )


_OFTENS = ("a day", "a week", "%", "unit/ml")
_Read = tuple[re.Match[str], str, float, float]


def _is_total(sentence: str) -> bool:
    limited = _LIMIT.search(sentence) and _WHOLE_DAY.search(sentence)
    return bool(limited or _DIVIDED.search(sentence))


def _amounts(sentence: str) -> Iterator[_Read]:
    for match in _DOSE.finditer(sentence):
        name, scale = _unit(match["unit"])
        written = match["unit"].lower()
        per = _PER.get(match["per"] or "", (match["per"] or "").lower())
        if per == "ml" and written.startswith(("mcg", "µ", "μ", "ug", "micro")):
            continue  # a laboratory's value
        scale /= float(match["volume"] or 1)
        unit = f"{name}/{per}" if per else name
        only = match["only"]
        if only == "several":
            continue
        if only:
            value = _scaled(only, scale, half=match["half"])
            yield match, unit, value, value
            continue
        low_name, low_scale = _unit(match["lowunit"]) if match["lowunit"] else (name, scale)
        low, high = _scaled(match["low"], low_scale), _scaled(match["high"], scale, half=match["half"])
        if low_name != name:
            yield match, low_name, low, low
            yield match, unit, high, high
        else:
            yield match, unit, min(low, high), max(low, high)


def _unit(written: str) -> tuple[str, float]:
    unit = written.lower()
    ways = (unit, unit.removesuffix("s"), unit.removesuffix("es"))
    return next(_UNITS[way] for way in ways if way in _UNITS)


def _scaled(written: str, scale: float, *, half: str | None = None) -> float:
    value = 1.0 if written.lower() in ("a", "an") else number(written)
    return round((value + (0.5 if half else 0.0)) * scale, 6)


def _frequencies(sentence: str) -> Iterator[_Read]:
    for match in _OFTEN.finditer(sentence):
        if hours := match["hours"] or match["hanhours"]:
            upto = match["upto"] or match["hanupto"] or hours
            rates = sorted(round(24 / max(1.0, number(h)), 3) for h in (hours, upto))
            yield match, "a day", rates[0], rates[1]
            continue
        if match["alternate"] or match["weekly"]:
            times, unit = (0.5, "a day") if match["alternate"] else (1.0, "a week")
        elif match["latin"]:
            times, unit = _LATIN[match["latin"].lower().replace(".", "")], "a day"
        else:
            written = (match["han"] or match["n"]).lower().removesuffix("times").removesuffix("x")
            times, unit = number(written), "a week" if match["week"] or match["hanweek"] else "a day"
        yield match, unit, times, times


def _medicine_of(match: re.Match[str], sentence: str) -> str:
    """The medicine right after ("500 mg of paracetamol"), else the nearest before, else the first after."""
    medicines = [medicine for medicine in medicines_in(sentence) if not medicine.general]
    start, end = match.span()
    after = [m for m in medicines if m.start >= end]
    before = [m for m in medicines if m.end <= start and start - m.end <= _FURTHEST]
    if after and re.fullmatch(
        r"\s*(?:of |的|tablets? (?:of )?|oral )?\s*", sentence[end : after[0].start], re.IGNORECASE
    ):
        return after[0].name
    nearest = before[-1:] or after[:1]
    return nearest[0].name if nearest else ""


# -- changes

Action = Literal["start", "stop", "less", "more", "switch", "keep", "do not start"]


@dataclass(frozen=True)
class Change:
    """A medicine started, stopped or changed. ``medicines`` is empty for "your tablets"; ``words`` as found."""

    action: Action
    medicines: frozenset[str]
    words: str

    def held_by(self, other: "Change") -> bool:
        """True when ``other`` tells the same of one of these medicines, or of no named one where none is named."""
        same = self.action == other.action or ({self.action, other.action} == _GRADUAL and _slowly(self, other))
        return same and (bool(self.medicines & other.medicines) or not self.medicines)


_GRADUAL = {"stop", "less"}


def _slowly(*changes: Change) -> bool:
    return all(
        re.search(r"taper|wean|gradual|slowly|慢慢|逐漸|逐渐|逐步|漸漸", c.words, re.IGNORECASE) for c in changes
    )


_VERBS: dict[Action, str] = {
    "stop": r"stop(?:s|ped|ping)?|discontinu\w+|withhold\w*|com(?:e|ing) off|ceas\w+|quit(?:ting)?|skip(?:ping)?"
    r"|omit\w*|停用|停藥|停药|停掉|停止服用|停止使用|停吃|不要再吃|停服",
    "less": r"reduc(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|lower(?:ing)?|halv(?:e|ing)|taper\w*|wean\w*"
    r"|cut(?:ting)? down"
    r"|減少劑量|减少剂量|減量|减量|減半|减半|降低劑量|降低剂量|減藥|减药",
    "more": r"increas(?:e|es|ed|ing)|doubl(?:e|es|ed|ing)|rais(?:e|ing)|增加劑量|增加剂量|加倍|加量|加藥|加药",
    "switch": r"switch\w*|chang(?:e|ing)|replac(?:e|ing)|substitut\w+|換藥|换药|換成|换成|改吃|改用|改服",
    "start": r"start(?:s|ed|ing)?|begin(?:ning)?|began|restart\w*|resum(?:e|es|ed|ing)|initiat\w+|開始服用"
    r"|开始服用|開始吃|开始吃"
    r"|開始用|开始用|開始使用|开始使用",
    "keep": r"continu(?:e|es|ing)|keep (?:on )?(?:taking|using)|carry on (?:taking|with)|繼續服用|继续服用|繼續吃"
    r"|继续吃|繼續使用|继续使用",
}
_CHANGE = re.compile(
    "|".join(
        rf"(?:\b(?:{'|'.join(w for w in ways.split('|') if w[0].isascii())})\b"
        rf"|{'|'.join(w for w in ways.split('|') if not w[0].isascii())})"
        for ways in _VERBS.values()
    ),
    re.IGNORECASE,
)
_OBJECT_END = re.compile(r"[.;,!?。；，！？]|\b(?:but|because|if|when|unless|until|before|after)\b", re.IGNORECASE)
_SOME_MEDICINE = re.compile(
    r"\b(?:medicines?|medications?|tablets?|pills?|drugs?|dose|dosage|treatment|injections?|antibiotics?"
    r"|steroids?|blood thinners?|antidepressants?|contracepti\w+|inhalers?|painkillers?|statins?)\b|藥|药",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\b(?:not|never|n't|without|avoid|cannot)|n['’]t)\s+(?:\w+\s+){0,2}$|(?:不要|不可|不能|勿|別|别|切勿|不應"
    r"|不应|不得|不宜|避免)"
    r"[^，。；]{0,8}$",
    re.IGNORECASE,
)
_NEGATED: dict[Action, Action] = {"start": "do not start", "keep": "stop"}


@lru_cache(maxsize=8192)
def changes_in(text: str) -> tuple[Change, ...]:
    """To start, stop or change a medicine; "do not stop" and "continue" are "keep"."""
    return tuple(change for sentence in sentences(text) for change in _changes(sentence))


def _changes(sentence: str) -> Iterator[Change]:
    for match in _CHANGE.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        if end := _OBJECT_END.search(after):
            after = after[: end.start()]
        said = match[0] + after[:60]
        medicines = frozenset(m.name for m in medicines_in(said))
        if not medicines and match[0][0].isascii() and not _SOME_MEDICINE.search(said):
            continue
        if not medicines and not match[0][0].isascii():
            clause = re.split(r"[，。；]", before)[-1]
            medicines = frozenset(m.name for m in medicines_in(clause))
            if not medicines and not _SOME_MEDICINE.search(f"{clause}{said}"):
                continue
        action = _action(match[0])
        negated = _NOT.search(before)
        yield Change(_NEGATED.get(action, "keep") if negated else action, medicines, said.strip())


def _action(verb: str) -> Action:
    return next(action for action, ways in _VERBS.items() if re.fullmatch(ways, verb, re.IGNORECASE))
