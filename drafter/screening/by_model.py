"""The layer of a language model, which is optional: it may add urgent signs and take none away.

The pack is its protocol: a sign counts only under one of the pack's names, with the disposition that the pack gives
it, and only with words that stand in the question.
"""

from collections.abc import Iterator
from dataclasses import replace

from drafter.chat import SignsShape
from drafter.domain import Question, RedFlag, Screening
from drafter.screening.pack import pack
from drafter.screening.patterns import RANK
from drafter.screening.redflags import in_order
from drafter.text import quote_span


def protocol() -> dict[str, str]:
    """What counts as a sign of each category."""
    return {name: f"{category.label}. {category.means}" for name, category in pack().categories.items()}


def with_signs(screening: Screening, question: Question, said: SignsShape) -> Screening:
    """``screening`` with what a model noticed in its masked text as well."""
    best = {flag.category: flag for flag in screening.red_flags}
    for flag in _flags(screening, question, said):
        if flag.category not in best or RANK[flag.assertion] < RANK[best[flag.category].assertion]:
            best[flag.category] = flag
    return replace(screening, red_flags=in_order(best.values()))


def _flags(screening: Screening, question: Question, said: SignsShape) -> Iterator[RedFlag]:
    for sign in said.signs:
        category = pack().categories.get(sign.category)
        span = quote_span(question.text, screening.restore(sign.quote))
        if category and span:
            yield RedFlag(
                category.name,
                category.label,
                category.disposition,
                span.text,
                span.start,
                span.end,
                "present" if sign.certain else "possible",
                "model",
            )
