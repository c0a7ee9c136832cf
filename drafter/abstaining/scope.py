"""What a draft from past replies cannot answer, by the question's own words (scope.toml).

High precision: in doubt a question is in scope, because a clinician reads every draft anyway, and a draft that is
withheld without need teaches to press "Draft anyway". Figures: docs/safety.md.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from drafter.domain import Language, Screening
from drafter.screening.folding import fold
from drafter.text import excerpt, is_chinese, words

Reason = Literal["certificate", "legal", "record", "lethal", "image", "values", "language", "not_medical"]

_SENTENCES: dict[Reason, str] = {
    "certificate": "It asks for a certificate or sick note (“{}”), which no past reply can give: decide yourself.",
    "legal": "It is about a legal dispute (“{}”), where no draft may take sides: answer its medical part, or none.",
    "record": "It asks for somebody else's record (“{}”): find out who may see it before anything is answered.",
    "lethal": "It asks by what means somebody can die (“{}”): a fixed safety text is there instead of a draft.",
    "image": "It only points to a picture or a file, which Drafter cannot read: look at it, or ask what it shows.",
    "values": "It lists laboratory values without a complaint: ask why they were taken first.",
    "language": "It is in {}, which is not enabled: pass it to somebody who reads it (DRAFTER_LANGUAGES).",
    "not_medical": "Nothing in it is about health: reject it, or ask what the health question is.",
}
_LANGUAGES: dict[Language, str] = {
    "en": "English",
    "zh-Hant": "Traditional Chinese",
    "zh-Hans": "Simplified Chinese",
}
_SCRIPTS = {
    "Japanese": re.compile("[\u3040-\u30ff]"),
    "Korean": re.compile("[\uac00-\ud7a3]"),
    "Arabic script": re.compile("[\u0600-\u06ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Cyrillic script": re.compile("[\u0400-\u04ff]"),
    "Greek": re.compile("[\u0370-\u03ff]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "an Indian script": re.compile("[\u0900-\u0dff]"),
}
_OF_A_SCRIPT = re.compile("[\u0370-\u0fff\u3040-\u30ff\uac00-\ud7a3]")
_LEAST_OF_A_SCRIPT = 0.2
"""Share of the letters: a name or a symbol is not a language."""
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile("[\u4e00-\u9fff]")
_FEWEST_WORDS = 5
_LEAST_FUNCTION_WORDS = 0.18
"""Share of the words."""
_LONGEST_POINTER, _LONGEST_LIST = 600, 3_000
"""Characters beyond which a text says more than where a picture is, or than a list of values."""
_NUMBER = re.compile(r"(?<![\w.])[<>≤≥]?\s?\d+(?:[.,]\d+)?(?:\s?[-–~/]\s?\d+(?:[.,]\d+)?)?")


class OutOfScope(NamedTuple):
    """``message`` is a sentence for the clinician."""

    reason: Reason
    message: str


@dataclass(frozen=True)
class _Scope:
    asked: dict[Reason, re.Pattern[str]]
    hints: dict[Reason, tuple[str, ...]]
    image: re.Pattern[str]
    beside_image: frozenset[str]
    value_names: re.Pattern[str]
    beside_values: frozenset[str]
    complaint_zh: re.Pattern[str]
    other_matter: re.Pattern[str]
    medical: tuple[str, ...]
    medical_zh: re.Pattern[str]
    languages: dict[str, frozenset[str]]


@cache
def _scope() -> _Scope:
    raw = tomllib.loads(files(__package__).joinpath("scope.toml").read_text(encoding="utf-8"))
    asked = {
        reason: re.compile("|".join(_expanded(one, raw["macros"]) for one in ways))
        for reason, ways in raw["asked"].items()
    }
    pointing, values, topic = raw["pointing"], raw["values"], raw["topic"]
    beside_image = frozenset(pointing["words"].split())
    return _Scope(
        asked=asked,
        hints={reason: tuple(listed.split()) for reason, listed in raw["hints"].items()},
        image=re.compile(pointing["image"]),
        beside_image=beside_image,
        value_names=re.compile(values["names"]),
        beside_values=beside_image | frozenset(values["words"].split()),
        complaint_zh=re.compile(values["complaint_zh"]),
        other_matter=re.compile(topic["other"]),
        medical=tuple(topic["medical"].split()),
        medical_zh=re.compile(topic["medical_zh"]),
        languages={name: frozenset(listed.split()) for name, listed in raw["languages"].items()},
    )


def _expanded(pattern: str, macros: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda name: macros[name[1]], pattern)


def out_of_scope(screening: Screening, languages: frozenset[Language]) -> Iterator[OutOfScope]:
    """Each way in which the question is out of scope. ``languages`` are those that are enabled."""
    text = fold(screening.text)
    scope = _scope()
    for reason, pattern in scope.asked.items():
        hinted = any(hint in text for hint in scope.hints[reason])
        if hinted and (match := pattern.search(text)):
            said = excerpt(screening.text[match.start() : match.end()], 80)
            yield OutOfScope(reason, _SENTENCES[reason].format(said))
    if foreign := foreign_language(screening, languages):
        yield OutOfScope("language", _SENTENCES["language"].format(foreign))
    elif little := _says_too_little(text):
        yield OutOfScope(little, _SENTENCES[little])


def _says_too_little(text: str) -> Reason | None:
    if len(text) <= _LONGEST_POINTER and only_an_image(text):
        return "image"
    if len(text) <= _LONGEST_LIST and only_values(text):
        return "values"
    return "not_medical" if is_about_another_matter(text) else None


def foreign_language(screening: Screening, languages: frozenset[Language]) -> str | None:
    """The name of the question's language when it is not enabled; None for one that is, or for too little text."""
    if _OF_A_SCRIPT.search(screening.text):
        letters = len(_LETTER.findall(screening.text))
        for name, script in _SCRIPTS.items():
            if len(script.findall(screening.text)) >= _LEAST_OF_A_SCRIPT * letters:
                return name
    if screening.language == "en" and (name := _latin(words(screening.text))) != "English":
        return name
    return None if screening.language in languages else _LANGUAGES[screening.language]


def _latin(found: list[str]) -> str:
    """The language of the Latin script whose function words are most; another than English needs twice as many."""
    times = Counter(found)
    counts = {name: sum(times[word] for word in known & times.keys()) for name, known in _scope().languages.items()}
    best = max(counts, key=lambda name: counts[name])
    clear = counts[best] > 2 * counts["English"] and counts[best] >= max(3, _LEAST_FUNCTION_WORDS * len(found))
    return best if clear and len(found) >= _FEWEST_WORDS else "English"


def only_an_image(text: str) -> bool:
    """Whether folded ``text`` points to a picture or a file and says nothing else that could be answered."""
    scope = _scope()
    if not scope.image.search(text):
        return False
    if is_chinese(text):
        return len(_HAN.findall(scope.image.sub("", text))) <= 20 and not scope.complaint_zh.search(text)
    return len([word for word in words(text) if word not in scope.beside_image and not word.isdigit()]) <= 2


def only_values(text: str) -> bool:
    """Whether folded ``text`` is a list of laboratory values with at most a request to explain them."""
    scope = _scope()
    numbers = _NUMBER.findall(text)
    if len(text) > 60 * len(numbers):
        return False
    names = scope.value_names.findall(text)
    # In Chinese one value's name may be two of them: "谷丙" and "转氨酶".
    if not names or len(numbers) < len(names) / (2 if is_chinese(text) else 1):
        return False
    rest = scope.value_names.sub(" ", _NUMBER.sub(" ", text))
    if is_chinese(text):
        return len(_HAN.findall(rest)) <= 6 + 2 * len(names) and not scope.complaint_zh.search(rest)
    told = [w for w in words(rest) if w not in scope.beside_values and len(w) > 1 and not w[0].isdigit()]
    return len(told) <= (2 if len(names) > 1 else 0)


def is_about_another_matter(text: str) -> bool:
    """Whether folded ``text`` speaks of a matter that is none of medicine's, and has no word of body, complaint,
    illness or care."""
    scope = _scope()
    if is_chinese(text):
        rest, times = scope.other_matter.subn(" ", text)  # a tyre is written with the character of an embryo
        return bool(times) and not scope.medical_zh.search(rest)
    medical = any(word.startswith(scope.medical) for word in words(text))
    return not medical and bool(scope.other_matter.search(text))
