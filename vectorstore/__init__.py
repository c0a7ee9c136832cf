"""Texts, vectors and terms: dense and lexical search over immutable builds, many readers and one builder.

Importing this package loads neither Chroma nor tantivy nor an embedder; opening an index does.
"""

from vectorstore.building import build_index, open_builder
from vectorstore.errors import StoreError
from vectorstore.index import Index, open_index
from vectorstore.lexical import chinese_share
from vectorstore.server import ChromaServer
from vectorstore.tail import Tail, make_tail
from vectorstore.values import Document, Embedder, Match, Part, Ranking, VectorCache

__all__ = [
    "ChromaServer",
    "Document",
    "Embedder",
    "Index",
    "Match",
    "Part",
    "Ranking",
    "StoreError",
    "Tail",
    "VectorCache",
    "build_index",
    "chinese_share",
    "make_tail",
    "open_builder",
    "open_index",
]
