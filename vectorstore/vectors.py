"""The vector of a document and of a query.

A document has one vector: two parts question and reply together, one part the question alone. Its cosine with a
query is, up to its length, the same mean of the two cosines; searching the two apart and adding was no better
(docs/decisions.md) and costs twice the memory and time.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from vectorstore.values import Document, Embedder, VectorCache, Vectors, text_hash

QUESTION_SHARE = 1 / 3
_AT_A_TIME = 1_024
"""Texts that a killed process may have embedded in vain; long enough for batches of like length."""
_PIECE = re.compile(r"\S.{0,499}(?:(?<=[.!?。！？])|(?=\s)|$)|\S.{0,499}", re.DOTALL)
"""At most 500 characters, ending with a sentence or a word where there is such an end."""
_MOST_PIECES = 16


def document_vectors(
    documents: Sequence[Document],
    embedder: Embedder,
    cache: VectorCache | None,
    *,
    embed_at_most: int | None = None,
) -> dict[str, NDArray[np.float32]]:
    """A unit vector by document id; what was embedded goes into the cache.

    Documents without any text have none. With ``embed_at_most``, so many texts that the cache does not hold are
    embedded, of the last documents; the other documents whose texts are missing have none either.

    Raises:
        EmbedderUnavailable: the embedder cannot answer.
    """
    wanted = {document.id: _texts(document) for document in reversed(documents)}
    known = _vectors([text for texts in wanted.values() for text, _ in texts], embedder, cache, embed_at_most)
    made: dict[str, NDArray[np.float32]] = {}
    for document in documents:
        weighted = [(text_hash(text), weight) for text, weight in wanted[document.id]]
        if weighted and all(key in known for key, _ in weighted):
            made[document.id] = _unit(_sum([(known[key], weight) for key, weight in weighted]))
    return made


def _texts(document: Document) -> list[tuple[str, float]]:
    """What of a document is embedded, with weights."""
    question, reply = (document.texts.get(field, "") for field in ("question", "reply"))
    together = "\n".join(text for text in (question, reply) if text)
    if question and reply:
        return [(together, 1 - QUESTION_SHARE), (question, QUESTION_SHARE)]
    return [(together, 1.0)] if together else []


def _vectors(
    texts: Sequence[str], embedder: Embedder, cache: VectorCache | None, embed_at_most: int | None
) -> dict[str, NDArray[np.float32]]:
    """Vectors by text hash; of those the cache does not hold, the first ``embed_at_most``."""
    by_hash = {text_hash(text): text for text in texts}
    known = dict(cache.get(embedder.identity, list(by_hash))) if cache is not None else {}
    missing = [key for key in by_hash if key not in known][:embed_at_most]
    for start in range(0, len(missing), _AT_A_TIME):
        keys = missing[start : start + _AT_A_TIME]
        rows = embedder.embed([by_hash[key] for key in keys])
        fresh = {key: row.astype("<f4").tobytes() for key, row in zip(keys, rows, strict=True)}
        if cache is not None:
            cache.put(embedder.identity, fresh)
        known |= fresh
    return {key: np.frombuffer(vector, "<f4").astype(np.float32) for key, vector in known.items()}


def query_vectors(texts: Sequence[str], embedder: Embedder) -> Vectors:
    """n x d. A text longer than the embedder reads is half itself, half the mean of its pieces, so that what
    stands at its end counts too.

    Raises:
        EmbedderUnavailable: the embedder cannot answer.
    """
    pieces = [_pieces(text) if len(text) > embedder.window else [] for text in texts]
    rows = embedder.embed([*texts, *(piece for of in pieces for piece in of)])
    made: Vectors = rows[: len(texts)].copy()
    start = len(texts)
    for place, of in enumerate(pieces):
        if of:
            made[place] = _unit(made[place] + _unit(rows[start : start + len(of)].mean(axis=0)))
        start += len(of)
    return made


def _pieces(text: str) -> list[str]:
    """At most 16 pieces of a text, spread over the whole of it."""
    found = _PIECE.findall(text)
    step = max(1.0, len(found) / _MOST_PIECES)
    return [found[int(n * step)] for n in range(min(len(found), _MOST_PIECES))]


def _sum(weighted: Sequence[tuple[NDArray[np.float32], float]]) -> NDArray[np.float32]:
    return np.asarray(sum(weight * vector for vector, weight in weighted), np.float32)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length, np.float32) if length else vector


def stacked(vectors: Mapping[str, NDArray[np.float32]], dimension: int) -> tuple[list[str], Vectors]:
    """Ids and their rows, n x d."""
    if not vectors:
        return [], np.empty((0, dimension), np.float32)
    return list(vectors), np.stack(list(vectors.values()))
