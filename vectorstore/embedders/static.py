"""Static word vectors, for bulk work: wordllama's l2_supercat, 256 dimensions, no network.

A text's vector is the mean of its tokens' vectors, so it is fast, but blind to order and negation and poor at
Chinese. Only the package's files are read: its code sets up logging on import, may download what it does not
find, and pads a batch to its longest text.
"""

import hashlib
import importlib.metadata
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.embedders.cutting import first_characters
from vectorstore.errors import EmbedderUnavailable
from vectorstore.values import Vectors

WEIGHTS_SHA256 = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
DIMENSION = 256
MAX_CHARACTERS = 4_000
"""The tokenizer's time grows faster than the text."""
_TEXTS_AT_A_TIME = 1024
_PACKAGE = "wordllama==0.4.0.post1"


def open_static() -> "Static":
    """Raises: EmbedderUnavailable: when the package is not installed or holds other weights."""
    folder = _package_folder()
    weights = folder / "weights" / "l2_supercat_256.safetensors"
    tokenizer = folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
    if not weights.exists() or not tokenizer.exists() or _sha256(weights) != WEIGHTS_SHA256:
        raise EmbedderUnavailable(
            f"The static embedder's files in {folder} are not those it was made for: "
            f"run `pip install --no-deps --force-reinstall {_PACKAGE}`."
        )
    return Static(weights, tokenizer)


class Static:
    """Holds the token vectors, 32 MB; any number of threads may call ``embed``."""

    dimension = DIMENSION
    window = MAX_CHARACTERS
    reads_chinese = False

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        from safetensors.numpy import load_file

        self._token_vectors = load_file(weights)["embedding.weight"].astype(np.float32)
        self._tokenizer = _tokenizer(tokenizer)
        version = importlib.metadata.version("wordllama")
        self.identity = f"static/wordllama-{version}/{DIMENSION}/{WEIGHTS_SHA256[:12]}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n x 256, unit length, of the first 4,000 characters; an empty text has a vector too, and no text's
        vector depends on the others."""
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_A_TIME):
            cut = [first_characters(text, MAX_CHARACTERS) for text in texts[start : start + _TEXTS_AT_A_TIME]]
            tokens = self._tokenizer.encode_batch_fast(cut, add_special_tokens=False)
            for place, encoding in enumerate(tokens, start):
                vectors[place] = self._token_vectors.take(encoding.ids, axis=0).sum(axis=0)
        return _unit(vectors)


def _unit(vectors: Vectors) -> Vectors:
    # A text without tokens has no direction: any one will do, but NaN would break the index.
    vectors[~vectors.any(axis=1), 0] = 1
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _package_folder() -> Path:
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise EmbedderUnavailable(
            f"The static embedder is not installed: run `pip install {_PACKAGE}`, or choose another embedder, "
            "for example DRAFTER_EMBEDDER=minilm."
        )
    return Path(spec.origin).parent


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
