"""What a sentence of a past reply is about, and whether it may be said to somebody else. English and Chinese.

The words themselves stand in ``cues.toml``. They are cautious: a sentence that may be about the person in the
past reply is left out, because a missing sentence is noticed and a foreign detail is easily overlooked.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import Stemmer

from drafter.text import sentences, word_count, words

Kind = Literal["cause", "examination", "treatment", "care"]
"""What a sentence speaks of: possible causes, examinations, treatment and self-care, when to seek care."""

_CJK = re.compile("[㐀-鿿]+")
_LONGEST_QUESTION = 20
_CLAUSE_END = re.compile("[,;:，；：]")
_PRONOUNS = frozenset(("he", "him", "his", "himself", "she", "her", "hers", "herself"))


@dataclass(frozen=True)
class _Cues:
    stop_words: frozenset[str]
    stop_pairs: frozenset[str]
    male: frozenset[str]
    female: frozenset[str]
    children: frozenset[str]
    plan: re.Pattern[str]
    leans_back: re.Pattern[str]
    asks: re.Pattern[str]
    asks_for: re.Pattern[str]
    names_care: re.Pattern[str]
    greeting: re.Pattern[str]
    thanks: re.Pattern[str]
    kinds: dict[Kind, re.Pattern[str]]
    unfit: dict[str, re.Pattern[str]]
    past: dict[str, re.Pattern[str]]
    states: dict[str, re.Pattern[str]]


@cache
def _cues() -> _Cues:
    raw = tomllib.loads(files("drafter.chat").joinpath("cues.toml").read_text(encoding="utf-8"))
    return _Cues(**{name: _compiled(value) for name, value in raw.items()})


def _compiled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _compiled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return re.compile("|".join(f"(?:{alternative})" for alternative in value), re.IGNORECASE)
    return frozenset(value.split())


def terms(text: str) -> list[str]:
    """What a text is about: stems of its English words and pairs of adjacent Chinese characters, in order,
    without the words that every question has."""
    cues = _cues()
    found = [w for w in words(text) if len(w) > 1 and w not in cues.stop_words]
    # A stemmer for each call: a shared one is not safe between threads.
    stems: list[str] = Stemmer.Stemmer("english").stemWords(found)
    pairs = [run[i : i + 2] for run in _CJK.findall(text) for i in range(len(run) - 1)]
    return stems + [pair for pair in pairs if pair not in cues.stop_pairs]


def bare(sentence: str) -> str:
    """The sentence without a list number, greeting or thanks that run into it; what is left is unchanged."""
    cues = _cues()
    start = found.end() if (found := cues.greeting.match(sentence)) else 0
    end = found.start() if (found := cues.thanks.search(sentence, start)) else len(sentence)
    return sentence[start:end]


def kind_of(sentence: str) -> Kind | None:
    """The first kind whose cue words the sentence has. Whom to see, and nothing more, is "care"."""
    for kind, pattern in _cues().kinds.items():
        if pattern.search(sentence):
            return kind
    return "care" if is_plan(sentence) else None


def is_plan(sentence: str) -> bool:
    """True for advice: what to do, whom to see, which examination."""
    return bool(_cues().plan.search(sentence))


def is_warning(sentence: str) -> bool:
    """True when it says what would be urgent, or where to go then."""
    return bool(_cues().kinds["care"].search(sentence))


def names_care(sentence: str) -> bool:
    """True when it names a condition or help, without which it cannot say when to seek care."""
    return is_warning(sentence) or bool(_cues().names_care.search(sentence))


def leans_back(sentence: str) -> bool:
    """True when the sentence cannot be understood without the one before it ("This will help ...")."""
    return bool(_cues().leans_back.search(sentence))


def is_asked(sentence: str) -> bool:
    """True for a patient's sentence that asks something."""
    return bool(_cues().asks.search(sentence))


def questions_back(reply: str, question: str) -> Iterator[str]:
    """What a doctor asked back that anybody who asks ``question`` may be asked: short, about a matter of the
    question, about nobody's person or past."""
    asked = set(terms(question))
    for sentence in map(bare, sentences(reply)):
        if word_count(sentence) > _LONGEST_QUESTION or not _cues().asks_for.search(sentence):
            continue
        if asked.intersection(terms(sentence)) and unfit(sentence.rstrip(" ?"), question) in (None, "asks_back"):
            yield sentence


def unfit(sentence: str, question: str) -> str | None:
    """Why a sentence of a past reply must not be said to whoever asks ``question``; None when it may.

    It must be whole, a statement, no courtesy or signature, without links, doses, dates and figures, and without
    anything of the past asker's person, history or results.
    """
    for reason, pattern in _cues().unfit.items():
        if pattern.search(sentence):
            return reason
    if _asserts(sentence):
        return "history"
    return "person" if _of_others(sentence, question) else None


def _asserts(sentence: str) -> bool:
    """True when the sentence says what the past asker is, has or did, outside a clause with "if"."""
    past = _cues().past
    clauses = (_CLAUSE_END.split(sentence[: m.start()])[-1] for m in past["asserts"].finditer(sentence))
    return any(not past["condition"].search(clause) for clause in clauses)


def _of_others(sentence: str, question: str) -> bool:
    """True when the sentence names or points at a person, or a state of life, of whom the question does not
    speak."""
    cues = _cues()
    if cues.past["name"].search(sentence):
        return True
    if any(state.search(sentence) and not state.search(question) for state in cues.states.values()):
        return True
    asked = _asked_words(question)
    own = cues.past["professional"].split(cues.past["either_sex"].sub("", sentence))[0]
    said = _PRONOUNS & set(words(own))
    if (said & cues.male and not asked & cues.male) or (said & cues.female and not asked & cues.female):
        return True
    kin = {match[0].casefold() for match in cues.past["kin"].finditer(sentence)}
    known = {word for word in kin if word in question.casefold()}
    # Whoever asks about a son may be told about "your child".
    if asked & cues.children:
        known |= kin & {"child", "kid", "baby"}
    return bool(kin - known)


@lru_cache(maxsize=32)
def _asked_words(question: str) -> frozenset[str]:
    return frozenset(words(question))
