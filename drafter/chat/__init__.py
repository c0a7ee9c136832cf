"""The language model seam: a ``ChatModel`` turns a ``Request`` into growing partial values and one ``Outcome``.

Three kinds, chosen by name: ``openai:MODEL`` (any server that speaks the OpenAI protocol), ``offline``
(composes from the sources, needs no network) and ``replay:FILE`` (answers from recordings).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel

from drafter.chat.shape import DraftShape, QueryShape, partial_texts, to_more_info, to_reply
from drafter.domain import Deidentified, Language, Message, Source, Usage
from drafter.errors import BadSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ChatModel",
    "DraftShape",
    "Embed",
    "Outcome",
    "Partial",
    "QueryShape",
    "Request",
    "Status",
    "messages_hash",
    "open_model",
    "partial_texts",
    "to_more_info",
    "to_reply",
]

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""n texts -> n unit vectors."""
Status = Literal["ok", "truncated", "refused", "filtered", "invalid", "unavailable"]


def messages_hash(messages: Sequence[Message]) -> str:
    """SHA-256 (hex) of roles and contents: the same for the same messages on every machine."""
    pairs = [[message.role, message.content] for message in messages]
    return hashlib.sha256(json.dumps(pairs, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Request:
    """One draft to write, or whatever ``schema`` asks for. Language models are sent ``messages``;
    ``offline``, which only drafts, reads ``question`` and ``sources``."""

    messages: tuple[Message, ...]
    question: Deidentified
    sources: tuple[Source, ...]
    language: Language = "en"
    schema: type[BaseModel] = DraftShape

    @cached_property
    def messages_hash(self) -> str:
        return messages_hash(self.messages)


@dataclass(frozen=True)
class Partial:
    """The draft as far as it has been written: a growing part of the schema's JSON object, for display only."""

    value: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a request ended. Only ``ok`` is a draft; ``text`` is then JSON that the request's schema accepts,
    otherwise whatever the model said. ``detail`` is one sentence that says what to do, without key or prompt.
    ``seconds`` is wall time, ``attempts`` the calls made (the repair of invalid output included)."""

    status: Status
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    seconds: float = 0.0
    attempts: int = 1
    detail: str = ""


class ChatModel(Protocol):
    """``name`` is as the user chose it, ``parameters`` what provenance keeps. Safe to share between threads."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, Any]: ...

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        """Growing partial values, then exactly one outcome, last. Never raises for what a server does or says;
        closing the iterator early stops the server's work."""
        ...


def open_model(
    name: str,
    *,
    base_url: str = "https://api.openai.com/v1",
    api_key: str | None = None,
    temperature: float = 0.2,
    max_output_tokens: int = 3000,
    timeout: float = 60.0,
    max_retries: int = 3,
    seed: int | None = None,
    embed: Embed | None = None,
) -> ChatModel:
    """The model of this name; nothing is sent by opening it. ``embed`` is for ``offline``, which without it goes by
    words alone.

    Raises:
        BadSettings: an unknown name, a key missing for the default endpoint, or a bad recording.
    """
    kind, _, rest = name.partition(":")
    if name == "offline":
        from drafter.chat.offline import Offline

        return Offline(embed)
    if kind == "replay" and rest:
        from drafter.chat.replay import open_replay

        return open_replay(Path(rest))
    if kind != "openai" or not rest:
        raise BadSettings(f"There is no model {name!r}: set DRAFTER_MODEL to offline, openai:NAME or replay:FILE.")
    if not api_key and urlsplit(base_url).hostname == "api.openai.com":
        raise BadSettings(
            f"The model {name} at {base_url} needs a key: set DRAFTER_API_KEY, point DRAFTER_BASE_URL at another "
            "server, or use the model offline."
        )
    from drafter.chat.openai import OpenAIChat

    return OpenAIChat(
        model=rest,
        base_url=base_url,
        api_key=api_key,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        max_retries=max_retries,
        seed=seed,
    )
