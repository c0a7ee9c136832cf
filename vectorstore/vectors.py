"""Vectors from the cache where it has them, from the embedder where not."""

from collections.abc import Sequence

import numpy as np

from vectorstore.values import Embedder, VectorCache, Vectors, text_hash

_AT_A_TIME = 1_024
"""What a killed process may have embedded in vain; long enough for batches of like length."""


def vectors_of(texts: Sequence[str], embedder: Embedder, cache: VectorCache | None) -> Vectors:
    """n x d in the order of ``texts``; each text is embedded once, and what was embedded goes into the cache.

    Raises:
        EmbedderUnavailable: the embedder cannot answer.
    """
    if not texts:
        return np.empty((0, 0), np.float32)
    by_hash = {text_hash(text): text for text in texts}
    known = dict(cache.get(embedder.identity, list(by_hash))) if cache is not None else {}
    missing = [key for key in by_hash if key not in known]
    for start in range(0, len(missing), _AT_A_TIME):
        keys = missing[start : start + _AT_A_TIME]
        vectors = embedder.embed([by_hash[key] for key in keys])
        fresh = {key: row.astype("<f4").tobytes() for key, row in zip(keys, vectors, strict=True)}
        if cache is not None:
            cache.put(embedder.identity, fresh)
        known |= fresh
    return np.stack([np.frombuffer(known[text_hash(text)], "<f4") for text in texts]).astype(np.float32)
