"""What the archive gained since the build, as a tail that a process keeps between its searches."""

import time

from drafter.archive import Archive
from drafter.domain import Exchange
from drafter.retrieval.documents import ArchivedVectors, added_exchanges, document_of
from vectorstore import Embedder, Tail, make_tail

_EMBED_AT_ONCE = 4
"""Texts of an import that a search embeds before it goes on, the newest first. Few, because every process sees an
import at the same moment and would embed the same texts."""
_APPROVED_AT_ONCE = 64
"""Texts of approved replies that it embeds besides: found by their words alone, they can be outranked."""
_EMBED_LATER = 16
"""Texts that a later search embeds, when nobody has yet. Until then an exchange is found by its words."""
_LOOK_AGAIN = 1.0
"""Seconds between two looks for vectors that others have made."""


class Recent:
    """The newest exchanges of those that came since the build.

    Masking an exchange and counting its words take a millisecond, so nothing is read twice: what a new build took
    over is dropped, the rest is kept. Not thread-safe.
    """

    def __init__(self, archive: Archive, embedder: Embedder, vectors: ArchivedVectors) -> None:
        self._archive = archive
        self._embedder = embedder
        self._vectors = vectors
        self._first = self._last = 0
        """Sequence numbers: the tail holds what is above the one, up to the other."""
        self._tail: Tail | None = None
        self._numbers: dict[str, int] = {}
        self._looked = 0.0

    def tail(self, base: int, last: int, *, most: int, embed_all: bool) -> Tail | None:
        """The exchanges with sequence numbers above ``base``, up to ``last``, or the ``most`` newest of them; None
        when there are none.

        Raises EmbedderUnavailable when vectors are missing and the embedder cannot answer.
        """
        # Another thread may have come with a newer number.
        last = max(last, base, self._last)
        first = max(base, last - most)
        if not self._first <= first <= self._last:
            self._first = self._last = first
            self._tail, self._numbers = None, {}
        if first > self._first:
            self._drop_to(first)
        if last > self._last:
            self._extend(last, embed_all=embed_all)
        elif self._tail and self._tail.waiting and time.monotonic() - self._looked > _LOOK_AGAIN:
            self._tail = self._tail.with_vectors(self._embedder, self._vectors, embed_at_most=_EMBED_LATER)
            self._looked = time.monotonic()
        return self._tail

    def _drop_to(self, first: int) -> None:
        self._first = first
        gone = {i for i, number in self._numbers.items() if number <= first}
        if self._tail and gone:
            self._numbers = {i: number for i, number in self._numbers.items() if i not in gone}
            self._tail = self._tail.without(gone) if self._numbers else None

    def _extend(self, last: int, *, embed_all: bool) -> None:
        added = list(added_exchanges(self._archive, after=self._last, last=last))
        if added:
            # The last are embedded first: an approved reply must not wait behind an import.
            ordered = sorted((exchange for _, exchange in added), key=_approved)
            most = _EMBED_AT_ONCE + min(2 * sum(map(_approved, ordered)), _APPROVED_AT_ONCE)
            documents = [document_of(exchange) for exchange in ordered]
            made = make_tail(documents, self._embedder, self._vectors, embed_at_most=None if embed_all else most)
            self._tail = self._tail.joined(made) if self._tail else made
            self._numbers |= {exchange.id: number for number, exchange in added}
        self._last = last
        self._looked = time.monotonic()


def _approved(exchange: Exchange) -> bool:
    return exchange.origin == "approved"
