"""What goes into the store and what comes out of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """What one ranking said of a document.

    ``score`` is its own (a cosine, or a BM25 score), ``rank`` counts from 1, ``share`` is what of the fused score
    came from it; the shares of a match add up to its score.
    """

    score: float
    rank: int
    share: float


@dataclass(frozen=True)
class Match:
    """``score`` is the fused score, 0 to 1, comparable within one search only.

    ``parts`` holds the rankings that had the document among their best, by name: "dense", "lexical", and of a
    query's rewrite "dense of the rewrite", "lexical of the rewrite".
    """

    id: str
    score: float
    parts: Mapping[str, Part]


@dataclass(frozen=True)
class Ranking:
    """How much each ranking counts. The values are measured: "Fusion" in docs/decisions.md.

    ``lexical_foreign`` takes the place of ``lexical`` for a query in a script that the embedder does not read;
    between the two scripts it is proportionate. ``pool`` is how many of each ranking's best are fused.
    """

    dense: float = 1.0
    lexical: float = 0.5
    lexical_foreign: float = 4.0
    pool: int = 100


class Embedder(Protocol):
    """Turns texts into unit vectors. ``identity`` changes whenever the vectors would.

    ``window`` is how many characters of an English text it reads at least, and ``reads_chinese`` says whether it
    was trained on Chinese too.
    """

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def window(self) -> int: ...

    @property
    def reads_chinese(self) -> bool: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class VectorCache(Protocol):
    """Vectors by the embedder's identity and the text's hash, as little-endian float32 bytes."""

    def get(self, embedder: str, hashes: Sequence[str]) -> Mapping[str, bytes]: ...

    def put(self, embedder: str, vectors: Mapping[str, bytes]) -> None: ...


def text_hash(text: str) -> str:
    """First 32 hex digits of the SHA-256 of the text as it is."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
