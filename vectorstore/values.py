"""What goes into the store and what comes out of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""n x d, rows of unit length."""


@dataclass(frozen=True)
class Document:
    """A text in named fields: "question" and "reply"; either may be absent. Ids are unique within an index."""

    id: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """What one ranking said of a document: its own ``score`` (cosine or BM25) and ``rank`` from 1, None where the
    document was not among its best. ``share`` is what it gave to the fused score; the shares add up to that."""

    score: float
    rank: int | None
    share: float


@dataclass(frozen=True)
class Match:
    """``score`` is the fused score, 0 to 1, comparable within one search only.

    ``dense`` is the cosine between the query and the document's fields together, ``lexical`` the BM25 score;
    each is 0 when the document was not among the best of that ranking. ``parts`` holds each ranking by its name.
    """

    id: str
    score: float
    dense: float
    lexical: float
    parts: Mapping[str, Part] = field(default_factory=dict)


class Embedder(Protocol):
    """Turns texts into unit vectors. ``identity`` changes whenever the vectors would."""

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class VectorCache(Protocol):
    """Vectors by the embedder's identity and the text's hash, as little-endian float32 bytes."""

    def get(self, embedder: str, hashes: Sequence[str]) -> Mapping[str, bytes]: ...

    def put(self, embedder: str, vectors: Mapping[str, bytes]) -> None: ...


def text_hash(text: str) -> str:
    """First 32 hex digits of the SHA-256 of the text as it is."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
