"""Embedders by name."""

from collections.abc import Callable
from pathlib import Path

from vectorstore.errors import EmbedderUnavailable
from vectorstore.values import Embedder


def open_embedder(
    name: str,
    *,
    models_folder: Path,
    base_url: str,
    api_key: str | None = None,
    timeout: float = 60.0,
    progress: Callable[[str], None] | None = None,
) -> Embedder:
    """``minilm``, ``static``, or ``openai:MODEL`` at any server that speaks OpenAI's ``/v1/embeddings``.

    ``minilm`` prepares its files in ``models_folder`` on first use, which takes seconds; ``progress`` is told so
    in a sentence. ``timeout`` is in seconds, per request.

    Raises:
        EmbedderUnavailable: for another name, or when its weights are not installed.
    """
    kind, _, model = name.partition(":")
    if name == "minilm":
        from vectorstore.embedders.minilm import open_minilm

        return open_minilm(models_folder, progress=progress)
    if name == "static":
        from vectorstore.embedders.static import open_static

        return open_static()
    if kind == "openai" and model:
        from vectorstore.embedders.openai_compatible import OpenAICompatible

        return OpenAICompatible(model, base_url=base_url, api_key=api_key, timeout=timeout)
    raise EmbedderUnavailable(f"There is no embedder named {name!r}: choose minilm, static or openai:MODEL.")
