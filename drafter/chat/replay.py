"""A model that answers from recordings: the same request gets the same words, without a server.

A recording is JSON Lines of ``{"messages_hash", "text", "status", "usage"}``; status and usage may be left out.
The same request recorded again replaces what was recorded before.
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pydantic_core
from pydantic import BaseModel, ConfigDict, ValidationError

from drafter.chat import Outcome, Partial, Request, Status
from drafter.domain import Usage
from drafter.errors import BadSettings

_PIECES = 8


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="forbid")

    messages_hash: str
    text: str
    status: Status = "ok"
    usage: dict[str, int] = {}
    detail: str = ""


class Replay:
    """Answers from recordings, in a few growing pieces as a server would."""

    def __init__(self, name: str, recorded: Mapping[str, _Recorded]) -> None:
        self.name = name
        self.parameters: Mapping[str, Any] = {"recordings": len(recorded)}
        self._recorded = recorded

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        started = time.monotonic()
        found = self._recorded.get(request.messages_hash)
        if found is None:
            yield Outcome("unavailable", attempts=0, detail=self._unknown())
            return
        yield from _partials(found.text)
        outcome = _judged(found, request.schema)
        yield Outcome(
            outcome.status,
            found.text,
            Usage(found.usage.get("input_tokens", 0), found.usage.get("output_tokens", 0)),
            seconds=time.monotonic() - started,
            detail=outcome.detail,
        )

    def _unknown(self) -> str:
        return (
            f"The recording {self.name.removeprefix('replay:')} has no answer to this question with these sources "
            "and prompts: record it, or use the model it was recorded from."
        )


def open_replay(path: Path) -> Replay:
    """Raises BadSettings when the file cannot be read or a line is not a recording."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"The recording {path} cannot be read: {error}.") from error
    recorded: dict[str, _Recorded] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = _Recorded.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise BadSettings(f"The recording {path} has a bad line {number}: {problem}.") from error
        recorded[found.messages_hash] = found
    return Replay(f"replay:{path}", recorded)


def recording(request: Request, outcome: Outcome) -> str:
    """The line (without line end) that makes ``replay`` give this outcome for this request."""
    usage = {"input_tokens": outcome.usage.input_tokens, "output_tokens": outcome.usage.output_tokens}
    line = {"messages_hash": request.messages_hash, "text": outcome.text, "status": outcome.status, "usage": usage}
    return json.dumps(line | ({"detail": outcome.detail} if outcome.detail else {}), ensure_ascii=False)


def _judged(found: _Recorded, schema: type[BaseModel]) -> Outcome:
    """The recorded status, unless text that was a draft is none in today's shape."""
    if found.status != "ok":
        detail = found.detail or f"The recorded answer was {found.status}: write this reply yourself."
        return Outcome(found.status, detail=detail)
    try:
        schema.model_validate_json(found.text)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]["msg"]
        return Outcome("invalid", detail=f"The recorded answer is not a draft ({problem}): record it again.")
    return Outcome("ok")


def _partials(text: str) -> Iterator[Partial]:
    for piece in range(1, _PIECES + 1):
        try:
            value = pydantic_core.from_json(text[: len(text) * piece // _PIECES], allow_partial="trailing-strings")
        except ValueError:
            continue
        if isinstance(value, dict) and value:
            yield Partial(value)
