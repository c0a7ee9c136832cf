"""Red flags: the union of layers. The highest disposition wins, and no layer takes away what another noticed.

Patterns explain themselves by their spans, and overfit: they find all of the sentences that they were written
with, and far fewer fresh ones. The statistical layer finds paraphrases. Figures of both: docs/safety.md.
"""

from drafter.domain import Disposition, RedFlag
from drafter.screening.folding import fold
from drafter.screening.hidden import Visible
from drafter.screening.pack import pack
from drafter.screening.patterns import RANK, Noticed, by_patterns
from drafter.screening.reading import Reading

_ORDER: dict[Disposition, int] = {"E0": 0, "S": 0, "E1": 1}


def red_flags_in(seen: Visible, typed: str) -> tuple[RedFlag, ...]:
    """The urgent signs in a question, most urgent first, one for each category and as it is best supported.

    Offsets are into ``typed``, the text as it was typed; ``seen`` is the same text without hidden characters.
    """
    reading = Reading(fold(seen.text))
    best: dict[str, Noticed] = {}
    for found in by_patterns(reading):
        if found.category not in best or RANK[found.assertion] < RANK[best[found.category].assertion]:
            best[found.category] = found
    flags = [_flag(found, seen, typed) for found in best.values()]
    return tuple(sorted(flags, key=lambda flag: (RANK[flag.assertion], _ORDER[flag.disposition], flag.start)))


def _flag(found: Noticed, seen: Visible, typed: str) -> RedFlag:
    category = pack().categories[found.category]
    start, end = seen.origin(found.start), seen.origin_end(found.end)
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
