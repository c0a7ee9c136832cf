"""Numbers that are urgent signs: temperature, blood pressure, sugar, oxygen, a young baby's age; both scales.

Each reader yields the spans (start, end) in a folded text (see folding.fold) where the number stands.
"""

import re
from collections.abc import Callable, Iterator

Span = tuple[int, int]
Reader = Callable[[str], Iterator[Span]]

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_HAN = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}

_TEMPERATURE = re.compile(
    r"(?P<c>3[5-9]|4[0-3])(?P<dec>[.,]\d{1,2})?(?!\d|[.,]\d|\s*(?:kg|cm|mm|%|mg|kilo|weeks?|wks?|years?|yrs?|yo"
    r"|y/o|days?"
    r"|months?|mins?|minutes|hours?|mmol|g/|bpm|units|岁|周|公斤|公分|天|个|小时|分))"
    r"|(?P<f>9[7-9]|10[0-9])(?P<fdec>[.,]\d)?(?=\s*(?:°|degrees|deg|f\b|fahrenheit))"
    r"|(?P<bare>10[0-7][.,]\d)(?![\d/])"
)
_TEMPERATURE_CUE = re.compile(r"temp|fever|thermometer|degrees|°|celsius|burning|烧|热|体温|耳温|额温|肛温|腋温|度")
_PRESSURE = re.compile(r"(?<![\d/.])([12]\d{2})\s?(?:/|over|\\)\s?(\d{2,3})(?![\d/])")
_SUGAR_CUE = re.compile(
    r"sugar|gluco[sz]e|\bbgl?\b|\bbm\b|blood level|hypo|血糖|dexcom|libre|\bcgm\b|(?<!thermo)meter"
)
_SUGAR = re.compile(
    r"(?<![\d./:])(\d{1,3}(?:[.,]\d)?)(?![\d/]|[.,]\d{2})\s*(mg|mmol|毫克)?(?!\s*(?:kg|%|years?|weeks?|days?"
    r"|hours?|hrs?|mins?|minutes|units|岁|天|周|小时|分钟|times))"
)
_KETONES = re.compile(r"(?:ketones?|酮)[^\d\n.!?。]{0,24}(\d{1,2}(?:[.,]\d)?)(?!\d)")
_OXYGEN = re.compile(
    r"(?:\bspo2\b|\bsp02\b|\bo2\b|oxygen|\bsats?\b|saturations?|oximeter|\box\b"
    r"|血氧)[^\d\n!?。;]{0,28}(?<![\d.])([5-9]\d)(?![\d/]|\.\d)\s*%?"
    r"|(?<![\d.])([5-9]\d)\s*%?\s*(?:oxygen|sats?\b|on the oximeter|血氧)"
)
_SMALL_AGE = re.compile(
    rf"(?<![\d.])(?P<n>\d{{1,2}}|{'|'.join(_WORDS)}|[一二两三四五六七八九十]{{1,2}})[\s-]*(?P<u>days?|weeks?"
    rf"|wks?|wk|months?|mths?|mos?)(?:[\s-]*old|\s+of\s+age|\s+baby|\s+infant)"
    rf"|(?<![\d.])(?P<n6>\d{{1,2}})[\s-]*(?P<u6>wk|week|day)s?\s?old\b"
    rf"|(?:newborn|baby|babies|infant|neonate|bub|little one|boy|girl|son|daughter)\W{{1,4}}(?:is |he's |she's "
    rf"|only |just |about |at |born )*(?P<n2>\d{{1,2}}|{'|'.join(_WORDS)})[\s-]*(?P<u2>days?|weeks?|wks?|wk"
    rf"|months?|mths?)\b"
    rf"|born (?P<n3>\d{{1,2}}|{'|'.join(_WORDS)}) (?P<u3>days?|weeks?|wks?|months?) ago|(?:he|she|baby)(?:'s"
    rf"| is) (?:only |just |about )?(?P<n5>\d{{1,2}}|{'|'.join(_WORDS)}) (?P<u5>days?|weeks?"
    rf"|wks?)\b(?! (?:pregnan|along|gone))"
    r"|(?:宝宝|婴儿|新生儿|女儿|儿子)[^，。]{0,4}?(?P<n7>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*个?\s*(?P<u7>天|周|星期)(?!前|后)|(?P<n4>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*个?\s*(?P<u4>天|周|星期|月)大(?!便)"
)
_INFANT_HINT = re.compile(
    "宝宝|婴儿|女儿|儿子|old|baby|babies|infant|newborn|neonate|born|bub|大|of age|(?:boy|girl|son|daughter)\\b"
    "|(?:he|she)(?:'s| is) "
)
_DAYS = {"d": 1, "w": 7, "m": 30.4, "天": 1, "周": 7, "星": 7, "月": 30.4}
_THREE_MONTHS = 91
_WEEKS_PREGNANT = re.compile(
    r"(?<!for )(?<!last )(?<!past )(?<!every )(?<!after )(?<!in )(?<!within )(?<!about )(?<!over "
    r")(?<![\d.])(?:1[2-9]|2\d|3\d|4[0-2])(?:\s?\+\s?\d)?[\s-]*(?:weeks?|wks?|w)\b"
    r"(?!\s*(?:ago|old|later|post|after|since|of (?!preg)|now|on (?:the|my)|in a|off))|(?:(?:怀孕"
    r"|孕)\s*)?(?<!\d)(?:1[2-9]|2\d|3\d|4[0-2])\s*周(?!大|前|后|岁)"
)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _temperatures(text: str, least: float) -> Iterator[Span]:
    for match in _TEMPERATURE.finditer(text):
        if match.start() and text[match.start() - 1] in "0123456789./:":
            continue
        around = text[max(0, match.start() - 40) : match.end() + 24]
        if match["c"]:
            told = match["dec"] or _TEMPERATURE_CUE.search(around)
            celsius = _number(match["c"] + (match["dec"] or ""))
        else:
            told = match["f"] or _TEMPERATURE_CUE.search(around) or match["bare"]
            celsius = (_number(match["bare"] or match["f"] + (match["fdec"] or "")) - 32) / 1.8
        if told and celsius >= least - 0.01:
            yield match.span()


def fever(text: str) -> Iterator[Span]:
    """At least 38.0 °C (100.4 °F)."""
    return _temperatures(text, 38.0)


def raised(text: str) -> Iterator[Span]:
    """At least 37.5 °C (99.5 °F), which counts where immunity is low."""
    return _temperatures(text, 37.5)


def _pressures(text: str, systolic: int, diastolic: int) -> Iterator[Span]:
    for match in _PRESSURE.finditer(text):
        upper, lower = int(match[1]), int(match[2])
        if upper > lower and 30 < lower < 160 and upper < 280 and (upper >= systolic or lower >= diastolic):
            yield match.span()


def no_fever(text: str) -> Iterator[Span]:
    """36.0 to 37.4 °C (96.8 to 99.4 °F)."""
    high = set(_temperatures(text, 37.5))
    yield from (span for span in _temperatures(text, 36.0) if span not in high)


def chilled(text: str) -> Iterator[Span]:
    """35.0 to 35.9 °C (95 to 96.6 °F): a young baby's infection may show so."""
    higher = set(_temperatures(text, 36.0))
    yield from (span for span in _temperatures(text, 35.0) if span not in higher)


def pressure_in_pregnancy(text: str) -> Iterator[Span]:
    """At least 160 over 110 mmHg, either."""
    return _pressures(text, 160, 110)


def pressure_crisis(text: str) -> Iterator[Span]:
    """At least 180 over 120 mmHg, either."""
    return _pressures(text, 180, 120)


def pressure_ordinary(text: str) -> Iterator[Span]:
    """Below 140 over 90 mmHg."""
    high = set(_pressures(text, 140, 90))
    yield from (span for span in _pressures(text, 0, 0) if span not in high)


def _sugars(text: str) -> Iterator[tuple[re.Match[str], float, bool]]:
    """Sugars in mmol/L with whether the words say that it is below the number."""
    for match in _SUGAR.finditer(text):
        before = text[max(0, match.start() - 32) : match.start()]
        if not match[2] and not _SUGAR_CUE.search(before):
            continue
        if match[2] and not _SUGAR_CUE.search(before + text[match.end() : match.end() + 24]):
            continue
        value, unit = _number(match[1]), match[2] or ""
        below = bool(re.search(r"(?:under|below|less than|低于|不到)\s*$", before))
        if not unit and not below and value < 10 and value.is_integer():
            continue  # "type 1", "2 hours after food"
        mmol = value / 18 if unit in ("mg", "毫克") or (not unit and value > 35) else value
        yield match, mmol, below


def sugar_low(text: str) -> Iterator[Span]:
    """Below 3.0 mmol/L (54 mg/dL)."""
    for match, mmol, below in _sugars(text):
        if 0.8 < mmol < 3.0 or (below and 0.8 < mmol <= 4.0):
            yield match.span()


def sugar_high(text: str) -> Iterator[Span]:
    """At least 15 mmol/L (270 mg/dL)."""
    for match, mmol, below in _sugars(text):
        if mmol >= 15 and not below:
            yield match.span()


def sugar_ordinary(text: str) -> Iterator[Span]:
    """4.0 to 11 mmol/L (72 to 198 mg/dL)."""
    for match, mmol, below in _sugars(text):
        if 4.0 <= mmol <= 11 and not below:
            yield match.span()


def ketones(text: str) -> Iterator[Span]:
    """At least 3.0 mmol/L."""
    for match in _KETONES.finditer(text):
        if _number(match[1]) >= 3:
            yield match.span()


def ketones_ordinary(text: str) -> Iterator[Span]:
    """Below 1.5 mmol/L."""
    for match in _KETONES.finditer(text):
        if _number(match[1]) < 1.5:
            yield match.span()


def oxygen_low(text: str) -> Iterator[Span]:
    """Saturation below 92 %."""
    for match in _OXYGEN.finditer(text):
        if int(match[1] or match[2]) < 92:
            yield match.span()


def oxygen_ordinary(text: str) -> Iterator[Span]:
    """Saturation of at least 94 %."""
    for match in _OXYGEN.finditer(text):
        if int(match[1] or match[2]) >= 94:
            yield match.span()


def young_infant(text: str) -> Iterator[Span]:
    """A patient younger than three months."""
    for match in _SMALL_AGE.finditer(text) if _INFANT_HINT.search(text) else ():
        groups = {name[0]: value for name, value in match.groupdict().items() if value}
        if _count(groups["n"]) * _DAYS[groups["u"][0]] < _THREE_MONTHS:
            yield match.span()


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word in _WORDS:
        return _WORDS[word]
    tens, ten, ones = word.rpartition("十")
    return (_HAN.get(tens, 1) * 10 if ten else 0) + _HAN.get(ones, 0)


def weeks_pregnant(text: str) -> Iterator[Span]:
    """Twelve to 42 weeks, which among other signs reads as the length of a pregnancy."""
    for match in _WEEKS_PREGNANT.finditer(text):
        yield match.span()


READERS: dict[str, Reader] = {
    "is_fever": fever,
    "is_fever_low": raised,
    "is_no_fever": no_fever,
    "is_chilled": chilled,
    "is_bp_ordinary": pressure_ordinary,
    "is_glucose_ordinary": sugar_ordinary,
    "is_ketones_ordinary": ketones_ordinary,
    "is_spo2_ordinary": oxygen_ordinary,
    "is_bp_pregnancy": pressure_in_pregnancy,
    "is_bp_crisis": pressure_crisis,
    "is_glucose_low": sugar_low,
    "is_glucose_high": sugar_high,
    "is_ketones": ketones,
    "is_spo2_low": oxygen_low,
    "is_young_infant": young_infant,
    "is_weeks_pregnant": weeks_pregnant,
}
