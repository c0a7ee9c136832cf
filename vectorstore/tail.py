"""Documents that were added after the build: few, in memory, searched exactly."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vectorstore.fusion import best
from vectorstore.lexical import Statistics, bm25, terms
from vectorstore.values import Document, Embedder, VectorCache, Vectors
from vectorstore.vectors import document_vectors, stacked


@dataclass(frozen=True)
class Tail:
    """``ids`` and ``rows`` (n x d) are the documents that have a vector, ``counts`` each document's terms.

    ``waiting`` are those whose vectors nobody has made yet: until then they are found by their words alone.
    """

    ids: Sequence[str]
    rows: Vectors
    counts: Mapping[str, Counter[str]]
    frequencies: Counter[str]
    waiting: tuple[Document, ...] = ()

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def statistics(self) -> Statistics:
        length = sum(found.total() for found in self.counts.values())
        return Statistics(len(self.counts), length, lambda term: self.frequencies[term])

    def joined(self, other: "Tail") -> "Tail":
        """Both; ``other`` came later and has none of these documents."""
        return Tail(
            [*self.ids, *other.ids],
            np.vstack([self.rows, other.rows]),
            {**self.counts, **other.counts},
            self.frequencies + other.frequencies,
            (*self.waiting, *other.waiting),
        )

    def without(self, gone: Set[str]) -> "Tail":
        """Without these documents, all of which are here."""
        places = [place for place, i in enumerate(self.ids) if i not in gone]
        return Tail(
            [self.ids[place] for place in places],
            self.rows[places],
            {i: counts for i, counts in self.counts.items() if i not in gone},
            self.frequencies - Counter(term for i in gone for term in self.counts[i]),
            tuple(document for document in self.waiting if document.id not in gone),
        )

    def with_vectors(self, embedder: Embedder, cache: VectorCache | None, *, embed_at_most: int) -> "Tail":
        """The same with the vectors that others have made since, and up to ``embed_at_most`` texts' own."""
        made = document_vectors(self.waiting, embedder, cache, embed_at_most=embed_at_most)
        ids, rows = stacked(made, embedder.dimension)
        still = tuple(document for document in self.waiting if document.id not in made)
        return replace(self, ids=[*self.ids, *ids], rows=np.vstack([self.rows, rows]), waiting=still)

    def best_dense(self, vector: NDArray[np.float32], count: int) -> dict[str, float]:
        """Cosines of the ``count`` nearest by id."""
        return best(dict(zip(self.ids, (self.rows @ vector).tolist(), strict=True)), count)

    def best_lexical(self, weights: Mapping[str, float], mean_length: float, count: int) -> dict[str, float]:
        """BM25 scores by id of the ``count`` best of those that hold a term of the query."""
        holding = {i: counts for i, counts in self.counts.items() if not counts.keys().isdisjoint(weights)}
        scores = {i: bm25(counts, counts.total(), weights, mean_length) for i, counts in holding.items()}
        return best(scores, count)


def make_tail(
    documents: Sequence[Document],
    embedder: Embedder,
    vectors: VectorCache | None = None,
    *,
    embed_at_most: int | None = None,
) -> Tail:
    """With ``embed_at_most`` no more texts are embedded, the last documents' first; the others wait.

    Raises EmbedderUnavailable when vectors are missing and the embedder cannot answer.
    """
    with_text = [document for document in documents if any(document.texts.values())]
    made = document_vectors(with_text, embedder, vectors, embed_at_most=embed_at_most)
    counts = {document.id: Counter(terms(" ".join(document.texts.values()))) for document in documents}
    waiting = tuple(document for document in with_text if document.id not in made)
    return Tail(
        *stacked(made, embedder.dimension), counts, Counter(term for of in counts.values() for term in of), waiting
    )
