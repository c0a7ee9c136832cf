"""Red flags: the union of layers. The highest disposition wins, and no layer takes away what another noticed.

Patterns explain themselves by their spans, and overfit: they find all of the sentences that they were written
with, and far fewer fresh ones. The statistical layer finds paraphrases, and knows the sound of history, films,
jokes and of what a hospital has already looked into, which no list of cues holds: what a pattern noticed there
stays, as a possible sign. Figures of both: docs/safety.md.
"""

from collections.abc import Iterable, Iterator, Sequence

from drafter.domain import Disposition, RedFlag
from drafter.screening.folding import fold
from drafter.screening.hidden import Visible
from drafter.screening.pack import pack
from drafter.screening.patterns import RANK, Noticed, by_patterns
from drafter.screening.reading import Reading
from drafter.screening.statistical import Model, Window, model, windows

_SURE = 0.8
"""From this score on neither a denial nor, of the gravest, an ordinary number of the same danger makes a sign
doubtful."""
Scored = Sequence[tuple[float, Window]]
_ORDER: dict[Disposition, int] = {"E0": 0, "S": 0, "E1": 1}


def red_flags_in(seen: Visible, typed: str) -> tuple[RedFlag, ...]:
    """The urgent signs in a question, most urgent first, one for each category and as it is best supported.

    Offsets are into ``typed``, the text as it was typed; ``seen`` is the same text without hidden characters.
    """
    reading, fitted = Reading(fold(seen.text)), model()
    scored = [(fitted.score(window.features), window) for window in windows(reading)]
    patterns = [_in_its_time(found, scored, fitted) for found in by_patterns(reading)]
    best: dict[str, Noticed] = {}
    for found in (*patterns, *_by_statistics(reading, scored, fitted, patterns)):
        if found.category not in best or RANK[found.assertion] < RANK[best[found.category].assertion]:
            best[found.category] = found
    return in_order(_flag(found, seen, typed) for found in best.values())


def in_order(flags: Iterable[RedFlag]) -> tuple[RedFlag, ...]:
    """Most urgent first: present before possible before denied, ambulance and life before emergency department."""
    return tuple(sorted(flags, key=lambda flag: (RANK[flag.assertion], _ORDER[flag.disposition], flag.start)))


def _in_its_time(found: Noticed, scored: Scored, fitted: Model) -> Noticed:
    """What a pattern noticed, as a possible sign only where its surroundings read like another time."""
    around = [score for score, window in scored if window.start < found.end and found.start < window.end]
    if found.assertion == "present" and max(around, default=1.0) < fitted.elsewhere:
        return found._replace(assertion="possible")
    return found


def _by_statistics(
    reading: Reading, scored: Scored, fitted: Model, patterns: Sequence[Noticed]
) -> Iterator[Noticed]:
    """All windows that count as a sign; a possible one only where nothing else is noticed."""
    denied = {found.category for found in patterns if found.assertion == "denied"}
    hints = [(score, window, _noticed(window, fitted)) for score, window in scored if score >= fitted.hint]
    signs = [hint for hint in hints if hint[0] >= fitted.alarm]
    for score, window, one in signs:
        ordinary = _ordinary(one, window, reading)
        sure = score >= _SURE and (pack().categories[one.category].gravest or not ordinary)
        in_doubt = not sure and (one.category in denied or ordinary)
        yield one._replace(assertion="possible") if in_doubt else one
    if hints and not signs and len(denied) == len(patterns):
        likeliest = max(hints, key=lambda hint: hint[0])[2]
        if likeliest.category not in denied:
            yield likeliest._replace(assertion="possible")


def _noticed(window: Window, fitted: Model) -> Noticed:
    """The window's category, at its sentence that reads most like an emergency."""
    sentence = max(window.sentences, key=lambda one: fitted.score(one.features))
    return Noticed(fitted.category(window.features), sentence.start, sentence.end, "present", "statistical")


def _ordinary(found: Noticed, window: Window, reading: Reading) -> bool:
    """Whether a number that is measured for this very danger is as it should be."""
    numbers = reading.any_of(pack().categories[found.category].ordinary)
    return any(window.start <= start < window.end for start, _ in numbers)


def _flag(found: Noticed, seen: Visible, typed: str) -> RedFlag:
    category = pack().categories[found.category]
    words = seen.text[found.start : found.end]
    first, last = found.start + len(words) - len(words.lstrip()), found.end - len(words) + len(words.rstrip())
    start, end = seen.origin(first), seen.origin_end(last)
    return RedFlag(
        category.name,
        category.label,
        category.disposition,
        typed[start:end],
        start,
        end,
        found.assertion,
        found.layer,
    )
