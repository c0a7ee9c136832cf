"""The language model seam: a ``ChatModel`` turns a ``Request`` into growing partial values and one ``Outcome``.

Chosen by name: ``PREFIX:MODEL`` for a language model, where the prefix is a profile (``openai``, ``ollama``, ...:
any server that speaks the OpenAI protocol) or a provider that LangChain knows; ``offline`` (composes from the
sources, needs no network) and ``replay:FILE`` (answers from recordings).
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel

from drafter.chat.profiles import Profile, Report, Result, no_such_model, profile_of
from drafter.chat.shape import DraftShape, QueryShape, SignsShape, partial_texts, to_more_info, to_reply
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
    "Profile",
    "QueryShape",
    "Report",
    "Request",
    "Result",
    "SignsShape",
    "Status",
    "effective_profile",
    "examine_model",
    "messages_hash",
    "open_model",
    "partial_texts",
    "to_more_info",
    "to_reply",
]

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""n texts -> n unit vectors."""
Status = Literal["ok", "truncated", "refused", "filtered", "invalid", "unavailable"]


def messages_hash(messages: Sequence[Message], fence: str = "") -> str:
    """SHA-256 (hex) of roles and contents without the random ``fence``: the same for the same messages on every
    machine."""
    pairs = [[m.role, m.content.replace(fence, "") if fence else m.content] for m in messages]
    return hashlib.sha256(json.dumps(pairs, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Request:
    """One draft to write, or whatever ``schema`` asks for. Language models are sent ``messages``;
    ``offline``, which only drafts, reads ``question`` and ``sources`` and begins its reply with ``safety``, the
    sentence that an urgent sign asks for, if there is one. ``fence`` is a random code in ``messages``."""

    messages: tuple[Message, ...]
    question: Deidentified
    sources: tuple[Source, ...]
    language: Language = "en"
    schema: type[BaseModel] = DraftShape
    fence: str = ""
    safety: str = ""

    @cached_property
    def messages_hash(self) -> str:
        return messages_hash(self.messages, self.fence)


@dataclass(frozen=True)
class Partial:
    """The draft as far as it has been written: a growing part of the schema's JSON object, for display only.

    ``notice``, if any, is a sentence on what became of the words before it, which hold no longer.
    """

    value: dict[str, Any] = field(default_factory=dict)
    notice: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a request ended. Only ``ok`` is a draft; ``text`` is then JSON that the request's schema accepts,
    otherwise whatever the model said. ``detail`` is one sentence that says what to do, without key or prompt.
    ``seconds`` is wall time, ``attempts`` the calls made (the repair of invalid output included). ``model`` is who
    wrote it where several could have, ``fallbacks`` a sentence for each that was asked before and did not."""

    status: Status
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    seconds: float = 0.0
    attempts: int = 1
    detail: str = ""
    model: str = ""
    fallbacks: tuple[str, ...] = ()


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
    base_url: str | None = None,
    api_key: str | None = None,
    temperature: float = 0.2,
    max_output_tokens: int = 3000,
    timeout: float | None = None,
    longest: float | None = None,
    max_retries: int = 3,
    seed: int | None = None,
    profiles: Path | None = None,
    tracing: bool = False,
    embed: Embed | None = None,
) -> ChatModel:
    """The model of this name; nothing is sent by opening it. ``embed`` is for ``offline``, which without it goes by
    words alone.

    ``base_url``, ``timeout`` and ``longest`` win over the profile's; ``profiles`` is the file of the user's own.
    With ``tracing``, LangSmith's own variables decide whether LangChain posts whole prompts there.

    Raises:
        BadSettings: an unknown name, a key or package that is missing, or a bad recording or profile.
    """
    kind, _, rest = name.partition(":")
    if name == "offline":
        from drafter.chat.offline import Offline

        return Offline(embed)
    if kind == "replay" and rest:
        from drafter.chat.replay import open_replay

        return open_replay(Path(rest))
    profile = effective_profile(name, base_url=base_url, timeout=timeout, longest=longest, profiles=profiles)
    if profile.needs_key and not api_key:
        raise BadSettings(
            f"The model {name} at {profile.base_url} needs a key: set DRAFTER_API_KEY, point DRAFTER_BASE_URL at "
            "another server, or use the model offline."
        )
    _keep_prompts_here(tracing=tracing)
    from drafter.chat.openai import LanguageModel

    return LanguageModel(
        name,
        profile,
        api_key=api_key,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        max_retries=max_retries,
        seed=seed,
    )


def examine_model(
    name: str, profile: Profile, *, api_key: str | None = None, temperature: float = 0.2, tracing: bool = False
) -> Report:
    """Try what the server of this model takes, by about ten small calls with invented words."""
    if profile.needs_key and not api_key:
        return Report((Result(False, f"The model {name} needs a key.", "Set DRAFTER_API_KEY."),), None)
    _keep_prompts_here(tracing=tracing)
    from drafter.chat.probing import probe

    return probe(name, profile, api_key=api_key, temperature=temperature)


def effective_profile(
    name: str,
    *,
    base_url: str | None = None,
    timeout: float | None = None,
    longest: float | None = None,
    profiles: Path | None = None,
) -> Profile:
    """The profile of a language model's name, with what is given in place of its own.

    Raises:
        BadSettings: no language model can have this name, or its profile cannot be used.
    """
    prefix, _, rest = name.partition(":")
    if not rest or not re.fullmatch(r"[a-z][\w-]*", prefix):
        raise BadSettings(no_such_model(name))
    profile = profile_of(prefix, base_url=base_url, own=profiles) or Profile(provider=prefix, base_url=base_url)
    given = {"timeout": timeout, "longest": longest}
    profile = profile.model_copy(update={key: value for key, value in given.items() if value is not None})
    if not profile.provider and not profile.base_url:
        raise BadSettings(f"The model {name} has no address: set DRAFTER_BASE_URL. {profile.notes}".strip())
    return profile


def _keep_prompts_here(*, tracing: bool) -> None:
    """Must run before LangChain is imported anywhere.

    With one of these variables set to true in a shell, LangChain posts every prompt to smith.langchain.com, or
    sends a provider's calls through LangSmith's gateway.
    """
    os.environ["LANGSMITH_GATEWAY"] = "false"
    if not tracing:
        for variable in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
            os.environ[variable] = "false"
