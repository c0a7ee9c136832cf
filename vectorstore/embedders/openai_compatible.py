"""Embeddings from any server that speaks OpenAI's ``/v1/embeddings``."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from vectorstore.errors import EmbedderUnavailable
from vectorstore.values import Vectors

_MAX_CHARACTERS = 2_000
"""About 500 tokens of English: the common local models read 512 and answer a longer input with an error."""
_AT_A_TIME = 64


class OpenAICompatible:
    """A model on a server; ``base_url`` ends in ``/v1``. Thread-safe."""

    def __init__(self, model: str, *, base_url: str, api_key: str | None, timeout: float) -> None:
        self._model = model
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self.window = _MAX_CHARACTERS
        self.reads_chinese = True
        self.identity = f"openai/{model}@{urlsplit(base_url).netloc}"

    @cached_property
    def dimension(self) -> int:
        """Asked of the server once. Raises EmbedderUnavailable as ``embed`` does."""
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n x d, unit length, of the first 2,000 characters of each text.

        Raises:
            EmbedderUnavailable: the server cannot be reached, refuses, or answers something else.
        """
        # Some servers refuse an empty input.
        cut = [text[:_MAX_CHARACTERS].encode("utf-8", "replace").decode().strip() or "." for text in texts]
        vectors = self._ask(cut)
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EmbedderUnavailable(f"{self._place} did not answer with one vector for each text.")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or not norms.all():
            raise EmbedderUnavailable(f"{self._place} answered with a vector that has no direction.")
        return np.asarray(vectors / norms, np.float32)

    @property
    def _place(self) -> str:
        return f"The embedding model {self._model!r} at {self._base_url}"

    def _ask(self, texts: list[str]) -> Vectors:
        import openai

        try:
            return np.asarray(self._client.embed_documents(texts), np.float32)
        except openai.APIStatusError as error:
            raise EmbedderUnavailable(f"{self._place} refused: {_reason(error)}.") from error
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise EmbedderUnavailable(f"{self._place} could not be used: {_reason(error)}.") from error

    @cached_property
    def _client(self) -> Any:
        from langchain_openai import OpenAIEmbeddings

        options: dict[str, Any] = {
            "model": self._model,
            "base_url": self._base_url,
            "api_key": self._api_key or "none",
            "timeout": self._timeout,
            "chunk_size": _AT_A_TIME,
            # Otherwise it counts tokens with a file that it downloads.
            "check_embedding_ctx_length": False,
            # The SDK's default, base64, is not known to every server.
            "model_kwargs": {"encoding_format": "float"},
        }
        return OpenAIEmbeddings(**options)


def _reason(error: Exception) -> str:
    return (" ".join(str(error).split())[:300] or type(error).__name__).rstrip(".")
