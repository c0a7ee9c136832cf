"""What of an exchange is embedded and indexed, and the archive as the store of its vectors."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from drafter.archive import Archive
from drafter.domain import Exchange
from drafter.screening import deidentify
from drafter.text import advice_of
from vectorstore import Document


def document_of(exchange: Exchange) -> Document:
    """Masked; the reply without greeting, thanks and signature."""
    reply = advice_of(exchange.reply) or exchange.reply
    return Document(exchange.id, {"question": deidentify(exchange.question.text), "reply": deidentify(reply)})


def documents(archive: Archive, *, after: int, last: int) -> Iterator[Document]:
    """Of the exchanges with sequence numbers above ``after``, up to ``last``, that may be sources."""
    return (document_of(exchange) for _, exchange in added_exchanges(archive, after=after, last=last))


def added_exchanges(archive: Archive, *, after: int, last: int) -> Iterator[tuple[int, Exchange]]:
    """The same, with their sequence numbers."""
    return takewhile(lambda row: row[0] <= last, archive.iter_exchanges(after=after))


class ArchivedVectors:
    """The archive's vectors as the cache that ``vectorstore`` wants; ``added`` counts new ones."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.added = 0

    def get(self, embedder: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        return self._archive.vectors(embedder, hashes)

    def put(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        self._archive.add_vectors(embedder, vectors)
        self.added += len(vectors)
