"""De-identification: identifiers become placeholders such as ``[NAME_1]``; the year of a date stays."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from drafter.domain import Deidentified, Placeholder
from drafter.screening.failing import fail_closed
from drafter.screening.hidden import visible
from drafter.screening.identifiers import DETECTORS, Detector, Found

TOKEN = re.compile(r"\[[A-Z]{2,10}(?:_\d+)?(?:: [\d+]+)?\]")
"""What a placeholder looks like, numbered (in a question) or not (in a past reply)."""


class Masked(NamedTuple):
    text: Deidentified
    placeholders: tuple[Placeholder, ...]


def mask(text: str, known: Sequence[str] = (), detectors: Sequence[Detector] = DETECTORS) -> Masked:
    """``text`` with its identifiers as numbered placeholders; the same original always has the same token.

    ``known`` are names that are known to belong to the asker, e.g. the pseudonym that the site shows.
    """
    pieces: list[str] = []
    tokens: dict[tuple[str, str], Placeholder] = {}
    taken = set(TOKEN.findall(text))
    last = 0
    for found in _found(text, known, detectors):
        original = text[found.start : found.end]
        key = (found.kind, " ".join(original.casefold().split()))
        if key not in tokens:
            tokens[key] = Placeholder(_token(found, tokens.values(), taken), found.kind, original)
        pieces += [text[last : found.start], tokens[key].token]
        last = found.end
    return Masked(Deidentified("".join([*pieces, text[last:]])), tuple(tokens.values()))


def _token(found: Found, given: Iterable[Placeholder], taken: set[str]) -> str:
    """The next free token; one that somebody typed into the text is never given out."""
    number = 1 + sum(placeholder.kind == found.kind for placeholder in given)
    while (token := f"[{found.kind}_{number}{found.kept and f': {found.kept}'}]") in taken:
        number += 1
    taken.add(token)
    return token


def deidentify(text: str, detectors: Sequence[Detector] = DETECTORS) -> Deidentified:
    """``text`` as ``mask`` has it, with tokens that bear no number (``[NAME]``), and without hidden characters.

    For past replies: they are never restored, and a number would let another person's token meet the asker's.

    Raises:
        ScreeningFailed: a detector failed; the text must not be used.
    """
    shown = visible(text).text
    pieces: list[str] = []
    last = 0
    with fail_closed("A text was not used because it could not be masked"):
        identifiers = _found(shown, (), detectors)
    for found in identifiers:
        pieces += [shown[last : found.start], f"[{found.kind}{found.kept and f': {found.kept}'}]"]
        last = found.end
    return Deidentified("".join([*pieces, shown[last:]]))


def _found(text: str, known: Sequence[str], detectors: Sequence[Detector]) -> list[Found]:
    """All identifiers in reading order, none overlapping another: of two that touch, the whole goes."""
    spans = [found for detector in detectors for found in detector(text)]
    for name in known:
        if len(name.strip()) > 1:
            spans += [
                Found(*m.span(), "NAME") for m in re.finditer(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text)
            ]
    tokens = [match.span() for match in TOKEN.finditer(text)]
    ranks = {found: rank for rank, found in reversed(list(enumerate(spans)))}
    chosen: list[Found] = []
    for found in sorted(spans, key=lambda f: f.start):
        if any(found.start < end and start < found.end for start, end in tokens):
            continue
        if chosen and found.start < chosen[-1].end:
            first = min(chosen[-1], found, key=ranks.__getitem__)
            chosen[-1] = first._replace(start=chosen[-1].start, end=max(chosen[-1].end, found.end))
            ranks.setdefault(chosen[-1], ranks[first])
        else:
            chosen.append(found)
    return chosen
