"""Any server that speaks the OpenAI protocol, through LangChain's ``ChatOpenAI``.

Structured output is asked for through ``extra_body`` and read here: LangChain's and the SDK's own helpers
raise on truncated or malformed output and throw text and usage away, or accept broken JSON silently.
Importing this module loads LangChain, which takes seconds: import it inside functions only.
"""

import os
import re
import threading
import time
import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

# Not settings: with one of these set to true in a shell, LangChain posts every prompt to smith.langchain.com.
# They must be off before its first import, wherever that happens, so they are switched off here.
for _variable in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
    os.environ[_variable] = "false"

import openai  # noqa: E402
import pydantic_core  # noqa: E402
from langchain_openai import ChatOpenAI  # noqa: E402
from pydantic import BaseModel, SecretStr, ValidationError  # noqa: E402

from drafter.chat import Outcome, Partial, Request, Status  # noqa: E402
from drafter.chat.connection import http_client  # noqa: E402
from drafter.chat.server_errors import (  # noqa: E402
    PLAIN,
    about,
    is_filtered,
    is_overflow,
    is_quota,
    rejects_format,
    seconds_to_wait,
)
from drafter.chat.shape import strict_schema  # noqa: E402
from drafter.domain import Message, Usage  # noqa: E402

Mode = Literal["json_schema", "json_object", "none"]
"""How a server is asked for JSON: by schema, as any object, or by the prompt alone."""

_THINKING = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
# The only words to a model outside prompts/: they repair the protocol and are the same for every prompt.
_REPAIR = (
    "That could not be read: {error}. Return the whole answer again as one JSON object with exactly the keys that "
    "were asked for, and nothing before or after it."
)


@dataclass
class _Said:
    """What a server has said so far in one call."""

    text: str = ""
    finish_reason: str | None = None
    usage: Usage = field(default_factory=Usage)


class OpenAIChat:
    """One model of one server. Thread-safe; connections are kept and shared.

    Retries are made here and not by the SDK, which would also repeat the 500 of a server that only rejects the
    response format, and does not say how many calls it made.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str,
        api_key: str | None,
        temperature: float,
        max_output_tokens: int,
        timeout: float,
        max_retries: int,
        seed: int | None,
    ) -> None:
        self.name = f"openai:{model}"
        self._model, self._has_key = model, bool(api_key)
        self._server = _server(base_url)
        self._timeout, self._max_retries = timeout, max_retries
        self._limit = max_output_tokens
        self._mode: Mode = "json_schema"
        self._lock = threading.Lock()
        self._extra = {} if _is_openai(base_url) else {"max_tokens": max_output_tokens}
        self._sampling = {"temperature": temperature, "seed": seed}
        http = http_client(timeout)
        weakref.finalize(self, http.close)
        self._llm = ChatOpenAI(
            model=model,
            base_url=base_url,  # always given: without it a gateway variable would send prompts elsewhere
            api_key=SecretStr(api_key or "none"),
            temperature=temperature,
            max_completion_tokens=max_output_tokens,
            seed=seed,
            timeout=timeout,
            max_retries=0,
            stream_usage=True,
            use_responses_api=False,
            http_client=http,
        )

    @property
    def parameters(self) -> Mapping[str, Any]:
        return self._sampling | {
            "server": self._server,
            "max_output_tokens": self._limit,
            "response_format": self._mode,
        }

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        """As ``ChatModel.complete``; output that is not a draft is asked for once more, with the error."""
        started = time.monotonic()
        first = yield from self._ask(request.messages, request.schema)
        outcome = first
        if first.status == "invalid":
            repair = Message("user", _REPAIR.format(error=first.detail))
            messages = (*request.messages, Message("assistant", first.text), repair)
            second = yield from self._ask(messages, request.schema)
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
        self, messages: Sequence[Message], schema: type[BaseModel]
    ) -> Generator[Partial | Outcome, None, Outcome]:
        """One answer, by as many calls as retries and response formats allow."""
        calls = retries = 0
        while True:
            calls += 1
            mode, said = self._mode, _Said()
            try:
                yield from self._stream(messages, schema, mode, said)
            except (openai.OpenAIError, ValueError) as error:
                if rejects_format(error) and self._lower(mode):
                    continue
                wait = None if said.text else seconds_to_wait(error, retries)
                if wait is None or retries >= self._max_retries:
                    return self._unavailable(error, said, calls)
                retries += 1
                time.sleep(wait)
            else:
                return self._judged(said, schema, calls)

    def _stream(
        self, messages: Sequence[Message], schema: type[BaseModel], mode: Mode, said: _Said
    ) -> Iterator[Partial]:
        """Fills ``said`` and gives a partial value whenever the text grew by a fiftieth.

        Parsing the whole text again for every token would cost more than everything else in a draft.
        """
        sent = [{"role": message.role, "content": message.content} for message in messages]
        body = self._extra | _response_format(schema, mode)
        parsed, last = 0, None
        # Closed explicitly: an abandoned stream must end the server's work now, not at some later collection.
        with closing(_closable(self._llm.stream(sent, extra_body=body))) as chunks:
            for chunk in chunks:
                said.text += chunk.text
                said.finish_reason = chunk.response_metadata.get("finish_reason") or said.finish_reason
                if counted := chunk.usage_metadata:
                    said.usage = Usage(counted["input_tokens"], counted["output_tokens"])
                if len(said.text) - parsed < max(16, len(said.text) // 50):
                    continue
                parsed = len(said.text)
                value = _partial(said.text)
                if value and value != last:
                    last = value
                    yield Partial(value)

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
            text if status == "ok" else said.text,
            said.usage,
            said.finish_reason,
            attempts=calls,
            detail=detail,
        )

    def _status(self, said: _Said, text: str, schema: type[BaseModel]) -> tuple[Status, str]:
        if said.finish_reason == "length":
            return "truncated", (
                f"{self.name} stopped at its limit of {self._limit} tokens before the draft was finished: raise "
                "DRAFTER_MAX_OUTPUT_TOKENS, or use a model with a longer context."
            )
        if said.finish_reason == "content_filter":
            return "filtered", self._filtered()
        # LangChain drops the refusal field of a stream, so that a refusal arrives as no text at all.
        if not said.text.strip():
            return "refused", (
                f"{self.name} refused or said nothing: write this reply yourself, or try another model."
            )
        try:
            schema.model_validate_json(text)
        except ValidationError as error:
            if said.finish_reason is None:
                return "unavailable", self._broken_off()
            return "invalid", _first_error(error)
        return "ok", ""

    def _unavailable(self, error: Exception, said: _Said, calls: int) -> Outcome:
        if is_filtered(error):
            return Outcome("filtered", said.text, said.usage, attempts=calls, detail=self._filtered())
        broken_off = said.text and not isinstance(error, openai.APITimeoutError)
        detail = self._broken_off() if broken_off else self._sentence(error, calls)
        return Outcome("unavailable", said.text, said.usage, said.finish_reason, attempts=calls, detail=detail)

    def _filtered(self) -> str:
        return f"A content filter at {self._server} stopped the draft: write this reply yourself, or use another model."

    def _broken_off(self) -> str:
        return f"The model's server at {self._server} broke off before the draft was finished: try again."

    def _sentence(self, error: Exception, calls: int) -> str:
        server = f"The model's server at {self._server}"
        if isinstance(error, openai.APITimeoutError):
            return f"{server} said nothing for {self._timeout:g} s: try again, or raise DRAFTER_TIMEOUT."
        if isinstance(error, openai.APIStatusError):
            return f"{server} {self._refusal(error, calls)}"
        if isinstance(error, openai.APIConnectionError):
            return f"{server} cannot be reached: start it, or correct DRAFTER_BASE_URL."
        if isinstance(error, openai.APIError):
            return f"{server} reported an error: try again, or look at its log."
        return (
            f"What answers at {self._server} does not speak the OpenAI protocol: correct DRAFTER_BASE_URL, which "
            "usually ends in /v1."
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


def _server(base_url: str) -> str:
    """Host and port only: a URL may carry a password."""
    parts = urlsplit(base_url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _is_openai(base_url: str) -> bool:
    """OpenAI's own models refuse the old name of the token limit; many other servers know no other."""
    host = urlsplit(base_url).hostname or ""
    return host == "api.openai.com" or host.endswith(".openai.azure.com")
