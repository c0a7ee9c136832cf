"""Embeddings from any server that speaks OpenAI's ``/v1/embeddings``."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from vectorstore.embedders.cutting import first_tokens
from vectorstore.errors import EmbedderUnavailable
from vectorstore.values import Vectors

_TOKENS = {"text-embedding-3-small": 8_191, "text-embedding-3-large": 8_191, "text-embedding-ada-002": 8_191}
_FEWEST_TOKENS = 510
"""For every other model: the common local ones read 512, two of them marks, and refuse a longer input."""
_TOKENS_A_REQUEST = 300_000
"""OpenAI refuses more in one request, whatever its inputs."""
_AT_A_TIME = 64


class OpenAICompatible:
    """A model on a server; ``base_url`` ends in ``/v1``. Thread-safe."""

    def __init__(self, model: str, *, base_url: str, api_key: str | None, timeout: float) -> None:
        self._model = model
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._tokens = _TOKENS.get(model, _FEWEST_TOKENS)
        self.window = 3 * self._tokens
        self.reads_chinese = True
        self.identity = f"openai/{model}@{urlsplit(base_url).netloc}/{self._tokens}"

    @cached_property
    def dimension(self) -> int:
        """Asked of the server once. Raises EmbedderUnavailable as ``embed`` does."""
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n x d, unit length, of what surely fits into the model's limit: 8,191 tokens for OpenAI's own, 510 for
        others.

        Raises:
            EmbedderUnavailable: the server cannot be reached, refuses, or answers something else.
        """
        # Some servers refuse an empty input.
        cut = [first_tokens(text, self._tokens).strip() or "." for text in texts]
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
            "chunk_size": min(_AT_A_TIME, _TOKENS_A_REQUEST // self._tokens),
            # Otherwise it counts tokens with a file that it downloads.
            "check_embedding_ctx_length": False,
            # The SDK's default, base64, is not known to every server.
            "model_kwargs": {"encoding_format": "float"},
        }
        return OpenAIEmbeddings(**options)


def _reason(error: Exception) -> str:
    return (" ".join(str(error).split())[:300] or type(error).__name__).rstrip(".")
