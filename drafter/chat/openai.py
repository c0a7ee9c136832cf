"""Language models through LangChain: any server that speaks the OpenAI protocol, and other providers by name.

Structured output is asked for through ``extra_body`` and read here: LangChain's and the SDK's own helpers
raise on truncated or malformed output and throw text and usage away, or accept broken JSON silently.
Importing this module loads LangChain, which takes seconds: import it inside functions only.
"""

import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from urllib.parse import urlsplit

import httpx
import httpx2
import openai
import pydantic_core
from langchain_core.exceptions import ModelError
from pydantic import BaseModel, ValidationError

from drafter.chat import Outcome, Partial, Request, Status
from drafter.chat.clients import provider_client, server_client
from drafter.chat.connection import ENDS_AT
from drafter.chat.profiles import Mode, Profile
from drafter.chat.server_errors import (
    PLAIN,
    BrokenOff,
    about,
    could_not_connect,
    is_filtered,
    is_overflow,
    is_quota,
    of_provider,
    rejects_format,
    seconds_to_wait,
)
from drafter.chat.shape import strict_schema
from drafter.domain import Message, Usage

_FAULTS = (openai.OpenAIError, ModelError, httpx.HTTPError, httpx2.HTTPError, OSError, ValueError)
"""What a call can end with: the SDK's errors, those that LangChain's providers share, and of the connection."""
# As OpenAI, Anthropic, Google, Mistral and Amazon call them.
_TRUNCATED = frozenset({"length", "max_tokens", "model_length", "max_output_tokens"})
_FILTERED = frozenset(
    {"content_filter", "safety", "prohibited_content", "blocklist", "spii", "guardrail_intervened"}
)
_THINKING = re.compile(r"^\s*+(?!\{).*?</think>", re.DOTALL)
"""A template may have written the opening tag for the model."""
# The only words to a model outside prompts/: they repair the protocol and are the same for every prompt.
_REPAIR = (
    "That could not be read: {error}. Return the whole answer again as one JSON object with exactly the keys that "
    "were asked for, and nothing before or after it."
)


@dataclass
class _Said:
    """What a server has said so far in one call."""

    text: str = ""
    refusal: str = ""
    finish_reason: str | None = None
    usage: Usage = field(default_factory=Usage)


class LanguageModel:
    """One model of one server. Thread-safe; connections are kept and shared.

    Retries are made here and not by the SDK, which would also repeat the 500 of a server that only rejects the
    response format, and does not say how many calls it made.
    """

    def __init__(
        self,
        name: str,
        profile: Profile,
        *,
        api_key: str | None,
        temperature: float,
        max_output_tokens: int,
        max_retries: int,
        seed: int | None,
    ) -> None:
        self.name = name
        self._profile, self._model = profile, name.partition(":")[2]
        self._has_key, self._limit, self._max_retries = bool(api_key), max_output_tokens, max_retries
        self._server = _server(profile)
        self._mode: Mode = "none" if profile.provider else profile.response_format
        self._lock = threading.Lock()
        self._temperature = temperature if profile.temperature else None
        self._seed = seed if profile.seed and not profile.provider else None
        limits: dict[str, Any] = {"temperature": self._temperature, "max_output_tokens": max_output_tokens}
        self._llm = (
            provider_client(name, profile, api_key, **limits)
            if profile.provider
            else server_client(self._model, profile, api_key, seed=self._seed, **limits)
        )

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {
            "temperature": self._temperature,
            "seed": self._seed,
            "server": self._server,
            "max_output_tokens": self._limit,
            "response_format": self._mode,
        }

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        """As ``ChatModel.complete``; output that is not a draft is asked for once more, with the error."""
        started = time.monotonic()
        ends_at = started + self._profile.longest
        first = yield from self._ask(request.messages, request.schema, ends_at)
        outcome = first
        if first.status == "invalid":
            repair = Message("user", _REPAIR.format(error=first.detail))
            messages = (*request.messages, Message("assistant", first.text), repair)
            second = replace(first, usage=Usage(), attempts=0)
            if time.monotonic() < ends_at:
                second = yield from self._ask(messages, request.schema, ends_at)
            outcome = self._settled(first, second)
        yield replace(outcome, seconds=time.monotonic() - started)

    def _settled(self, first: Outcome, second: Outcome) -> Outcome:
        usage = first.usage + second.usage
        attempts = first.attempts + second.attempts
        if second.status == "ok":
            return replace(second, usage=usage, attempts=attempts)
        detail = (
            f"The words of {self.name} are not a draft, also when asked again ({first.detail}): try again, or use "
            "a model that follows a JSON schema."
        )
        return replace(first, usage=usage, attempts=attempts, detail=detail)

    def _ask(
        self, messages: Sequence[Message], schema: type[BaseModel], ends_at: float
    ) -> Generator[Partial | Outcome, None, Outcome]:
        """One answer, by as many calls as retries, response formats and the time until ``ends_at`` allow."""
        calls = retries = 0
        while True:
            calls += 1
            mode, said = self._mode, _Said()
            try:
                yield from self._stream(messages, schema, mode, said, ends_at)
            except _FAULTS as error:
                if rejects_format(error) and self._lower(mode):
                    continue
                wait = None if said.text else seconds_to_wait(error, retries)
                late = time.monotonic() + (wait or 0) >= ends_at
                if wait is None or late or retries >= self._max_retries:
                    return self._unavailable(error, said, calls, late=late)
                retries += 1
                time.sleep(wait)
            else:
                return self._judged(said, schema, calls)

    def _stream(
        self, messages: Sequence[Message], schema: type[BaseModel], mode: Mode, said: _Said, ends_at: float
    ) -> Iterator[Partial]:
        """Fills ``said`` and gives a partial value whenever the text grew by a fiftieth.

        Parsing the whole text again for every token would cost more than everything else in a draft.
        """
        sent = [{"role": message.role, "content": message.content} for message in messages]
        parsed, last = 0, None
        ENDS_AT.set(ends_at)
        # Closed explicitly: an abandoned stream must end the server's work now, not at some later collection.
        with closing(_closable(self._llm.stream(sent, **self._body(schema, mode)))) as chunks:
            for chunk in chunks:
                if time.monotonic() > ends_at:
                    raise TimeoutError
                said.text += chunk.text
                said.refusal += chunk.additional_kwargs.get("refusal") or ""
                said.finish_reason = _finish_reason(chunk.response_metadata) or said.finish_reason
                if counted := chunk.usage_metadata:
                    said.usage = Usage(counted["input_tokens"], counted["output_tokens"])
                if len(said.text) - parsed < max(16, len(said.text) // 50):
                    continue
                parsed = len(said.text)
                value = _partial(said.text)
                if value and value != last:
                    last = value
                    yield Partial(value)
        if not said.text and not said.refusal and said.finish_reason is None:
            raise BrokenOff

    def _body(self, schema: type[BaseModel], mode: Mode) -> dict[str, Any]:
        """What only servers of the OpenAI protocol understand."""
        if self._profile.provider:
            return {}
        limit = {} if self._profile.limit_parameter == "max_completion_tokens" else {"max_tokens": self._limit}
        return {"extra_body": limit | _response_format(schema, mode)}

    def _lower(self, rejected: Mode) -> bool:
        """Asks for less from now on; False when there is nothing less to ask for. Another thread may have been
        quicker, then its choice stands."""
        modes = get_args(Mode)
        with self._lock:
            if self._mode == rejected and rejected != modes[-1]:
                self._mode = modes[modes.index(rejected) + 1]
            return self._mode != rejected

    def _judged(self, said: _Said, schema: type[BaseModel], calls: int) -> Outcome:
        text = _json_text(said.text)
        status, detail = self._status(said, text, schema)
        return Outcome(
            status,
            text if status == "ok" else said.text or said.refusal,
            said.usage,
            said.finish_reason,
            attempts=calls,
            detail=detail,
        )

    def _stopped(self, said: _Said) -> tuple[Status, str] | None:
        """Why there can be no draft, whatever the words are; None when they are to be read."""
        if said.finish_reason in _TRUNCATED:
            return "truncated", (
                f"{self.name} stopped at its limit of {self._limit} tokens before the draft was finished: raise "
                "DRAFTER_MAX_OUTPUT_TOKENS, or use a model with a longer context."
            )
        if said.finish_reason in _FILTERED:
            return "filtered", self._filtered()
        if said.refusal or said.finish_reason == "refusal":
            return "refused", f"{self.name} refused to write this draft: write this reply yourself."
        if not said.text.strip():
            return "refused", f"{self.name} said nothing at all: write this reply yourself, or try another model."
        return None

    def _status(self, said: _Said, text: str, schema: type[BaseModel]) -> tuple[Status, str]:
        if stopped := self._stopped(said):
            return stopped
        try:
            schema.model_validate_json(text)
        except ValidationError as error:
            if said.finish_reason is None:
                return "unavailable", self._broken_off()
            return "invalid", _first_error(error)
        return "ok", ""

    def _unavailable(self, error: Exception, said: _Said, calls: int, *, late: bool) -> Outcome:
        if is_filtered(error):
            return Outcome("filtered", said.text, said.usage, attempts=calls, detail=self._filtered())
        broken_off = isinstance(error, BrokenOff) or (said.text and not isinstance(error, openai.APITimeoutError))
        if late:
            detail = self._took_too_long()
        else:
            detail = self._broken_off() if broken_off else self._sentence(error, calls)
        return Outcome("unavailable", said.text, said.usage, said.finish_reason, attempts=calls, detail=detail)

    def _filtered(self) -> str:
        return (
            f"A content filter at {self._server} stopped the draft: write this reply yourself, or use another "
            "model."
        )

    def _took_too_long(self) -> str:
        return (
            f"The model's server at {self._server} was not done after {self._profile.longest:g} s: try again, use "
            "a faster model, or raise DRAFTER_LONGEST."
        )

    def _broken_off(self) -> str:
        return (
            f"The model's server at {self._server} broke off before the draft was finished: try again, or lower "
            "DRAFTER_CONCURRENCY if it can do only one thing at a time."
        )

    def _sentence(self, error: Exception, calls: int) -> str:
        server = f"The model's server at {self._server}"
        if could_not_connect(error):
            return f"{server} cannot be reached: start it, or correct DRAFTER_BASE_URL."
        if isinstance(error, openai.APITimeoutError):
            return f"{server} said nothing for {self._profile.timeout:g} s: try again, or raise DRAFTER_TIMEOUT."
        if isinstance(error, openai.APIStatusError):
            return f"{server} {self._refusal(error, calls)}"
        if isinstance(error, openai.APIError):
            return f"{server} reported an error: try again, or look at its log."
        if self._profile.provider:
            return f"{server} {of_provider(error)}"
        # A page of another program, or a server that fails before its first word: llama-cpp-python does so when the
        # prompt is too long.
        return (
            f"What answers at {self._server} gave no answer of the OpenAI protocol: correct DRAFTER_BASE_URL, "
            "which usually ends in /v1, or lower DRAFTER_SOURCES if its log says that the prompt is too long."
        )

    def _refusal(self, error: openai.APIStatusError, calls: int) -> str:
        """What an HTTP status means and what to do. The server's own message is left out: it may repeat the key
        or the prompt."""
        status = error.status_code
        key = "does not accept the key" if self._has_key else "wants a key"
        times = "once" if calls == 1 else f"{calls} times"
        meanings = (
            (status in (401, 403), f"{key} (HTTP {status}): set DRAFTER_API_KEY."),
            (status == 404, f"does not know the model {self._model}: correct DRAFTER_MODEL or DRAFTER_BASE_URL."),
            (is_quota(error), "says that the account's quota is used up: raise it, or use another model."),
            (status == 429, f"limits requests (asked {times}): wait, or lower DRAFTER_CONCURRENCY."),
            (is_overflow(error), "finds question and sources too long for the model: lower DRAFTER_SOURCES."),
            (error.param == "temperature", "does not take this temperature: set DRAFTER_TEMPERATURE=1."),
            (status >= 500, f"failed {times} (HTTP {status}): try again later, or look at its log."),
            (True, f"refused the request ({about(error)}): check the model's name and the settings."),
        )
        return next(meaning for holds, meaning in meanings if holds)


def _response_format(schema: type[BaseModel], mode: Mode) -> dict[str, Any]:
    if mode == "none":
        return {}
    if mode == "json_object":
        return {"response_format": {"type": "json_object"}}
    if mode == "json_object_schema":
        return {"response_format": {"type": "json_object", "schema": strict_schema(schema)}}
    name = schema.__name__.removesuffix("Shape").lower()
    named = {"name": name, "strict": True, "schema": strict_schema(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _closable(stream: Iterator[Any]) -> Generator[Any, None, None]:
    """LangChain promises an iterator; it is a generator, and delegating to it closes it with this one."""
    yield from stream


def _json_text(text: str) -> str:
    """The JSON object in what a model said: servers without schemas add fences, prefaces or thinking aloud."""
    text = _THINKING.sub("", text)
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text.strip()


def _partial(text: str) -> dict[str, Any] | None:
    text = _THINKING.sub("", text)
    start = text.find("{")
    if start < 0 or text.lstrip().startswith("<think>"):
        return None
    try:
        value = pydantic_core.from_json(text[start:], allow_partial="trailing-strings")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _first_error(error: ValidationError) -> str:
    """Where and what, without the words themselves: "reply: Input should be a valid list"."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or PLAIN.fullmatch(part))
    return f"{place}: {first['msg']}" if place else first["msg"]


def _server(profile: Profile) -> str:
    """Host and port only, because a URL may carry a password; else the provider's name."""
    if not profile.base_url:
        return str(profile.provider)
    parts = urlsplit(profile.base_url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _finish_reason(metadata: Mapping[str, Any]) -> str | None:
    """By whichever name a provider says it, in the protocol's small letters."""
    found = next(
        (metadata[key] for key in ("finish_reason", "stop_reason", "stopReason") if metadata.get(key)), None
    )
    return str(found).lower() if found else None
