"""Servers that nobody here wrote: llama.cpp's own and the one of llama-cpp-python, with any model.

They run where DRAFTER_REAL_SERVER (llama-server) and DRAFTER_REAL_SERVER_PYTHON (llama_cpp.server) name one by its
URL, which ends in /v1. A small model with random weights is enough: it is not the words that are looked at. Where
its tokens are characters, a prompt with one source needs a context of 32,768.
"""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen

import pytest

from drafter.chat import ChatModel, DraftShape, Outcome, Partial, Request, open_model, partial_texts
from drafter.domain import Draft, Message, Question
from drafter.drafting import Prepared
from drafter.opening import open_drafter
from drafter.screening import screen
from drafter.settings import Settings

VARIABLES = {"llama-server": "DRAFTER_REAL_SERVER", "llama-cpp-python": "DRAFTER_REAL_SERVER_PYTHON"}
# Read here, because no test sees a setting of the shell.
URLS = {name: os.environ.get(variable) for name, variable in VARIABLES.items()}
PROFILES = [(server, profile) for server in VARIABLES for profile in (server, "openai")]
QUESTION = "My knee hurts when I climb stairs. Do I need a scan?"

pytestmark = pytest.mark.realserver


@dataclass(frozen=True)
class RealServer:
    """``model`` is a name of its only model, by its own profile or by the plain one."""

    kind: str
    url: str
    model: str

    @property
    def counts(self) -> bool:
        """Whether it says how many tokens a stream had."""
        return self.kind == "llama-server"

    def open(self, **options: Any) -> ChatModel:
        return open_model(self.model, base_url=self.url, **{"timeout": 30.0, "seed": 3} | options)


@pytest.fixture(params=PROFILES, ids=" by ".join)
def real(request: pytest.FixtureRequest) -> RealServer:
    kind, profile = request.param
    url = URLS[kind]
    if not url:
        pytest.skip(f"Set {VARIABLES[kind]} to the URL of a running {kind}.")
    return RealServer(kind, url, f"{profile}:tiny")


def request(text: str = QUESTION) -> Request:
    messages = (Message("system", "Answer with one JSON object."), Message("user", text))
    return Request(messages, screen(Question(QUESTION)).text, ())


def ask(model: ChatModel, asked: Request | None = None) -> tuple[list[Partial], Outcome]:
    steps = list(model.complete(asked or request()))
    assert isinstance(steps[-1], Outcome)
    return [step for step in steps if isinstance(step, Partial)], steps[-1]


def follows_the_schema(model: ChatModel) -> bool:
    """Random weights give a draft only where the server enforces the schema."""
    return model.parameters["response_format"] in ("json_schema", "json_object_schema")


def test_a_draft_arrives_in_growing_parts_and_follows_the_schema(real: RealServer) -> None:
    model = real.open()
    partials, outcome = ask(model)
    assert partials
    assert outcome.finish_reason == "stop"
    assert (outcome.usage.output_tokens > 0) == real.counts
    assert outcome.status == "ok" if follows_the_schema(model) else outcome.status in ("ok", "invalid")
    if outcome.status == "ok":
        DraftShape.model_validate_json(outcome.text)
    sizes = [len(str(partial.value)) for partial in partials]
    assert outcome.attempts > 1 or sizes == sorted(sizes)


def test_what_a_server_accepts_is_remembered(real: RealServer) -> None:
    model = real.open()
    first, second = ask(model)[1], ask(model)[1]
    assert second.attempts <= first.attempts
    assert first.text == second.text, "the same seed says the same"


def test_a_question_becomes_a_stored_draft(real: RealServer, sample_home: Path) -> None:
    settings = Settings(
        home=sample_home, model=real.model, base_url=real.url, seed=3, timeout=60, sources=1, temperature=1.2
    )
    drafter = open_drafter(settings)
    ask(drafter.model)
    if not follows_the_schema(drafter.model):
        pytest.skip("this server enforces no schema that Drafter can send it yet")
    with closing(drafter.archive):
        *steps, draft = drafter.stream(Question(QUESTION))
        assert isinstance(steps[0], Prepared)
        assert isinstance(draft, Draft)
        assert drafter.archive.draft(draft.id).reply == draft.reply
        assert draft.provenance.model == real.model
        shown = [partial_texts(step.value) for step in steps if isinstance(step, Partial)]
        assert shown
        assert all(len(earlier[0]) <= len(draft.reply.text) for earlier in shown)


def test_a_prompt_longer_than_the_context_is_named_and_the_setting_too(real: RealServer) -> None:
    _, outcome = ask(real.open(), request(f"{QUESTION} " * 4000))
    assert (outcome.status, outcome.text) == ("unavailable", "")
    assert "too long" in outcome.detail
    assert "DRAFTER_SOURCES" in outcome.detail
    assert "knee" not in outcome.detail


def test_the_token_limit_holds(real: RealServer) -> None:
    _, outcome = ask(real.open(max_output_tokens=5))
    assert (outcome.status, outcome.finish_reason) == ("truncated", "length")
    assert outcome.usage.output_tokens == (5 if real.counts else 0)
    assert "DRAFTER_MAX_OUTPUT_TOKENS" in outcome.detail


def test_drafts_at_a_time_do_not_disturb_each_other(real: RealServer) -> None:
    """A server with one place makes the others wait; llama_cpp.server only with --interrupt_requests false."""
    model = real.open()
    alone = ask(model)[1]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: ask(model)[1], range(8)))
    assert {outcome.status for outcome in outcomes} == {alone.status}


def test_closing_a_draft_frees_the_server(real: RealServer) -> None:
    model = real.open()
    with closing(cast("Any", model.complete(request()))) as steps:
        assert isinstance(next(steps), Partial)
    if real.kind == "llama-server":
        assert any(_idle(real) for _ in _tries(3.0))
    assert ask(model)[1].finish_reason == "stop"


def test_a_server_that_is_asked_for_another_model_is_not_blamed(real: RealServer) -> None:
    """Both answer to any name, so that a wrong DRAFTER_MODEL is not noticed there."""
    _, outcome = ask(open_model("openai:another", base_url=real.url, timeout=30))
    assert outcome.status in ("ok", "invalid")


def test_a_wrong_path_is_named(real: RealServer) -> None:
    model = open_model("openai:tiny", base_url=real.url.removesuffix("/v1") + "/nothing/v1", timeout=30)
    _, outcome = ask(model)
    assert outcome.status == "unavailable"
    assert "DRAFTER_BASE_URL" in outcome.detail


def _idle(real: RealServer) -> bool:
    with urlopen(real.url.removesuffix("/v1") + "/slots") as answer:
        return not any(slot["is_processing"] for slot in json.load(answer))


def _tries(seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
        time.sleep(0.02)
