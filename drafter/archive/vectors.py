"""Embeddings by content hash, so that a rebuild of the index costs nothing twice."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from drafter.archive.chunking import chunks
from drafter.archive.connecting import Store
from drafter.archive.tables import vectors
from drafter.archive.upserting import insert_all_or_ignore


class Vectors(Store):
    def vectors(self, embedder: str, hashes: Sequence[str]) -> dict[str, bytes]:
        """The known ones of ``hashes``, as they were given: float32 little-endian."""
        found: dict[str, bytes] = {}
        with self.reading() as connection:
            for chunk in chunks(hashes):
                known = sa.select(vectors.c.hash, vectors.c.vector).where(
                    vectors.c.embedder == embedder, vectors.c.hash.in_(chunk)
                )
                found |= {row.hash: bytes(row.vector) for row in connection.execute(known)}
        return found

    def add_vectors(self, embedder: str, given: Mapping[str, bytes]) -> None:
        """Keep embeddings by content hash; ``embedder`` is its identity. Known ones stay as they are."""
        for chunk in chunks(given.items()):
            rows = [{"embedder": embedder, "hash": key, "vector": vector} for key, vector in chunk]
            with self.writing() as connection:
                insert_all_or_ignore(connection, vectors, rows)
