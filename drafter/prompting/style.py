"""How a department and a doctor write, read from what they have written."""

from statistics import median

from drafter.archive import Archive
from drafter.domain import Language, Style
from drafter.screening import deidentify
from drafter.text import advice_of, sentences, word_count

_NEWEST = 50
"""Replies of a department whose median length is taken."""
_FEWEST = 5
"""Replies below which a department has no usual length."""
_LENGTHS: dict[Language, tuple[int, int]] = {"en": (40, 150), "zh-Hant": (80, 300), "zh-Hans": (80, 300)}
"""Words (characters in Chinese) that a reply with a plan and a safety net needs at least, and that are read."""
_EXAMPLE = (20, 160)
"""Words of a reply that shows how somebody writes and does not fill the prompt; in Chinese twice as many."""


def style_of(
    archive: Archive,
    *,
    language: Language,
    department: str | None,
    doctor: str | None,
    examples: int,
    leave_out: frozenset[str] = frozenset(),
) -> Style:
    """The median length of the department's newest replies, and the doctor's newest replies as examples.

    Only replies that no model drafted count: otherwise drafts would learn from drafts. ``leave_out`` holds ids of
    exchanges that are not looked at.
    """
    lengths = [
        word_count(advice_of(exchange.reply))
        for exchange in archive.written_by_hand(language, department=department, limit=_NEWEST)
        if exchange.id not in leave_out
    ]
    least, most = _LENGTHS[language]
    usual = round(min(max(median(lengths), least), most)) if len(lengths) >= _FEWEST else None
    own = archive.written_by_hand(language, doctor=doctor, limit=_NEWEST) if doctor and examples else ()
    wide = 1 if language == "en" else 2
    shown = [
        deidentify(said)
        for exchange in own
        if exchange.id not in leave_out
        and _EXAMPLE[0] * wide <= word_count(said := advice_of(exchange.reply)) <= _EXAMPLE[1] * wide
        and len(sentences(said)) > 1
    ]
    return Style(usual, tuple(shown[:examples]))
