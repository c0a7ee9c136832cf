"""Documents that were added after the build: few, in memory, searched exactly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vectorstore.lexical import Statistics, bm25, terms
from vectorstore.values import Document, Embedder, VectorCache, Vectors
from vectorstore.vectors import vectors_of
from vectorstore.views import VIEWS, views_of

Rows = tuple[Sequence[str], Vectors]


@dataclass(frozen=True)
class Tail:
    """``vectors`` holds ids and their rows for each view, ``counts`` each document's terms."""

    vectors: Mapping[str, Rows]
    counts: Mapping[str, Counter[str]]

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def statistics(self) -> Statistics:
        frequencies = Counter(term for found in self.counts.values() for term in found)
        length = sum(found.total() for found in self.counts.values())
        return Statistics(len(self.counts), length, lambda term: frequencies[term])

    def joined(self, other: "Tail") -> "Tail":
        """Both; where an id is in both, ``other`` counts."""
        vectors = {view: _joined_rows(self.vectors[view], other.vectors[view]) for view in VIEWS}
        return Tail(vectors, {**self.counts, **other.counts})

    def best_dense(self, view: str, vector: NDArray[np.float32]) -> dict[str, float]:
        """Cosines of all by id."""
        ids, rows = self.vectors[view]
        return dict(zip(ids, (rows @ vector).tolist(), strict=True)) if ids else {}

    def best_lexical(self, weights: Mapping[str, float], mean_length: float) -> dict[str, float]:
        """BM25 scores of those that hold a term of the query, by id."""
        scores = {i: bm25(counts, counts.total(), weights, mean_length) for i, counts in self.counts.items()}
        return {i: score for i, score in scores.items() if score > 0}


def make_tail(documents: Sequence[Document], embedder: Embedder, vectors: VectorCache | None = None) -> Tail:
    """Raises EmbedderUnavailable when vectors are missing and the embedder cannot answer."""
    texts = {document.id: views_of(document) for document in documents}
    counts = {i: Counter(terms(views.get("together", ""))) for i, views in texts.items()}
    rows: dict[str, Rows] = {}
    for view in VIEWS:
        ids = [i for i, views in texts.items() if view in views]
        rows[view] = ids, vectors_of([texts[i][view] for i in ids], embedder, vectors)
    return Tail(rows, counts)


def _joined_rows(first: Rows, second: Rows) -> Rows:
    if not first[0] or not second[0]:
        return first if first[0] else second
    return [*first[0], *second[0]], np.vstack([first[1], second[1]])
