"""Numbers as people write them: figures, words, Chinese numerals, fractions; English and Chinese."""

import re

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS: dict[str, float] = {
    **{word: float(n) for n, word in enumerate((*_ONES, *_TEENS))},
    **{word: 10.0 * n for n, word in enumerate(_TENS, start=2)},
    "half": 0.5,
    "quarter": 0.25,
    "couple": 2.0,
    "once": 1.0,
    "twice": 2.0,
    "thrice": 3.0,
}
_SCALES = {"hundred": 100.0, "thousand": 1000.0, "million": 1e6}
_HAN_DIGITS = {**dict(zip("零一二三四五六七八九", range(10), strict=True)), "兩": 2, "两": 2, "〇": 0}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}

_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
NUMBER = (
    r"(?:\d+\s+)?\d/\d(?![\d/])|\d*[½¼¾]|\d+(?:\.\d+)?\s?[萬万千](?=\D)"
    r"|\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
    rf"|(?<![a-z])(?:{_WORD})(?:(?:\s+and\s+(?:an?\s+)?|[\s-]+)(?:{_WORD}))*(?![a-z]|-(?:{_WORD}))"
    r"|[零〇一二兩两三四五六七八九十百千萬万半]+(?:[點点][零一二三四五六七八九]+)?"
)
"""A regular expression for a number in figures or words, to be read by ``number``; without regard to case."""


def number(written: str) -> float:
    """The value of what ``NUMBER`` matched: "1,000", "0,5", "1 1/2", "two and a half", "二十五", "50萬"."""
    text = written.strip().lower()
    if text[0].isdigit() or text[0] in _FRACTIONS:
        return _in_figures(text)
    return _in_words(text) if text[0].isascii() else _in_han(text)


def _in_figures(text: str) -> float:
    if scale := {"萬": 1e4, "万": 1e4, "千": 1e3}.get(text[-1]):
        return float(text[:-1]) * scale
    if text[-1] in _FRACTIONS:
        return float(text[:-1] or 0) + _FRACTIONS[text[-1]]
    if "/" in text:
        *whole, fraction = text.split()
        above, below = fraction.split("/")
        return float(whole[0] if whole else 0) + int(above) / (int(below) or 1)
    if re.fullmatch(r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+", text):
        return float(re.sub(r"\D", "", text))
    return float(text.replace(",", "."))


def _in_words(text: str) -> float:
    total = current = 0.0
    for word in re.findall(_WORD, text):
        if word == "hundred":
            current = (current or 1) * _SCALES[word]
        elif word in _SCALES:
            total, current = total + (current or 1) * _SCALES[word], 0.0
        else:
            current += _WORDS[word]
    return total + current


def _in_han(text: str) -> float:
    whole, _, decimals = text.replace("点", "點").partition("點")
    half = 0.5 if whole.endswith("半") else 0.0
    total = current = digit = 0
    for sign in whole.removesuffix("半"):
        if sign in "萬万":
            total, current, digit = (total + current + digit or 1) * 10_000, 0, 0
        elif sign in _HAN_SCALES:
            current, digit = current + (digit or 1) * _HAN_SCALES[sign], 0
        else:
            digit = _HAN_DIGITS.get(sign, 0)
    after = "".join(str(_HAN_DIGITS[sign]) for sign in decimals)
    return total + current + digit + half + (float(f"0.{after}") if after else 0.0)


HAS_NUMBER = re.compile(
    rf"[\d½¼¾半隔零一二兩两三四五六七八九十百]|\b(?:{_WORD}|tablet|pill|capsule|every|an? (?:minute|hour|day|week"
    rf"|month|year)|alternate|weekly"
    rf"|[btq]\.?[it]?\.?d)\b",
    re.IGNORECASE,
)
"""Without a match a text holds neither a dose nor a frequency nor another quantity."""
