"""Models that stand in for each other: who is asked, who wrote it, and that everybody is told."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drafter.batch import run_batch
from drafter.chat import ChatModel, Outcome, Partial, QueryShape, open_model
from drafter.chat.chain import Chain
from drafter.domain import Draft
from drafter.drafting import Drafter
from drafter.errors import BadModelOutput
from drafter.ui.jobs import Jobs
from drafter.ui.markup import growing_html
from tests.conftest import ROOT
from tests.openai_server import OpenAIServer
from tests.test_chat import _ask, _request
from tests.test_drafting import KNEE

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def _chain(server: OpenAIServer, *behaviours: str) -> Chain:
    return Chain([_model(server, behaviour) for behaviour in behaviours])


def _model(server: OpenAIServer, behaviour: str) -> ChatModel:
    if behaviour == "offline":
        return open_model("offline")
    return open_model(f"openai:{behaviour}", base_url=server.url, timeout=2, max_retries=0)


def _asked(server: OpenAIServer) -> list[str]:
    return list(dict.fromkeys(str(request.body["model"]) for request in server.requests))


BROKEN = ["500", "drop", "truncated", "badjson", "404", "context"]
JUDGED = ["refusal", "filter", "azure-filter", "empty"]


@pytest.mark.parametrize("behaviour", BROKEN)
def test_what_broke_is_followed_by_the_next_model(openai_server: OpenAIServer, behaviour: str) -> None:
    _, outcome = _ask(_chain(openai_server, behaviour, "ok", "offline"))
    assert (outcome.status, outcome.model) == ("ok", "openai:ok")
    (why,) = outcome.fallbacks
    assert why.startswith(f"openai:{behaviour} did not write this draft: ")
    assert outcome.detail == ""


@pytest.mark.parametrize("behaviour", JUDGED)
def test_what_one_model_refuses_no_other_is_asked_to_write(openai_server: OpenAIServer, behaviour: str) -> None:
    _, outcome = _ask(_chain(openai_server, behaviour, "ok", "offline"))
    assert (outcome.status, outcome.model) == ("ok", "offline")
    assert _asked(openai_server) == [behaviour]
    _, alone = _ask(_chain(openai_server, behaviour, "ok"))
    assert alone.status in ("refused", "filtered")
    assert _asked(openai_server) == [behaviour]


def test_a_model_that_writes_leaves_the_others_alone(openai_server: OpenAIServer) -> None:
    _, outcome = _ask(_chain(openai_server, "ok", "500"))
    assert (outcome.status, outcome.model, outcome.fallbacks) == ("ok", "openai:ok", ())
    assert _asked(openai_server) == ["ok"]


def test_when_nobody_writes_the_last_ones_outcome_tells_of_all(openai_server: OpenAIServer) -> None:
    _, outcome = _ask(_chain(openai_server, "404", "500"))
    assert (outcome.status, outcome.model, outcome.attempts) == ("unavailable", "openai:500", 2)
    assert "HTTP 500" in outcome.detail
    assert "openai:404 did not write" in outcome.detail


def test_the_words_of_a_model_that_failed_are_withdrawn(openai_server: OpenAIServer) -> None:
    partials, outcome = _ask(_chain(openai_server, "drop", "ok"))
    withdrawn = [number for number, partial in enumerate(partials) if partial.notice]
    assert len(withdrawn) == 1
    assert partials[withdrawn[0]].value == {}
    assert any(partial.value for partial in partials[: withdrawn[0]])
    assert "broke off" in partials[withdrawn[0]].notice
    assert "openai:ok is asked now" in partials[withdrawn[0]].notice
    assert outcome.status == "ok"


def test_tokens_and_calls_of_those_that_failed_are_counted(openai_server: OpenAIServer) -> None:
    _, alone = _ask(_model(openai_server, "ok"))
    _, outcome = _ask(_chain(openai_server, "truncated", "ok"))
    assert outcome.usage.output_tokens > alone.usage.output_tokens
    assert outcome.attempts == 2


def test_a_line_to_search_by_is_not_asked_of_offline(openai_server: OpenAIServer) -> None:
    request = replace(_request(), schema=QueryShape)
    *_, outcome = _chain(openai_server, "500", "offline").complete(request)
    assert isinstance(outcome, Outcome)
    assert (outcome.status, outcome.model) == ("unavailable", "openai:500")


def test_closing_a_chain_stops_the_server_that_is_at_work(openai_server: OpenAIServer) -> None:
    steps: Any = _chain(openai_server, "404", "slow").complete(_request())
    assert any(isinstance(step, Partial) and step.value for step in [next(steps), next(steps)])
    steps.close()


def _drafter(drafter: Drafter, server: OpenAIServer, *behaviours: str) -> Drafter:
    return replace(drafter, model=_chain(server, *behaviours))


def test_a_draft_says_who_wrote_it_and_why_not_the_one_that_was_asked(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    draft = _drafter(small_drafter, openai_server, "500", "ok", "offline").draft(KNEE, NOW)
    assert draft.provenance.model == "openai:ok"
    assert [concern.code for concern in draft.concerns].count("fell_back") == 1
    assert small_drafter.archive.draft(draft.id) == draft
    assert draft.provenance.parameters["models"]["openai:ok"]["response_format"] == "json_schema"


def test_a_fallback_to_offline_is_an_offline_draft(small_drafter: Drafter, openai_server: OpenAIServer) -> None:
    draft = _drafter(small_drafter, openai_server, "refusal", "ok", "offline").draft(KNEE, NOW)
    assert draft.provenance.offline
    (why,) = draft.provenance.fallbacks
    assert "refused" in why
    with pytest.raises(BadModelOutput, match="refused"):
        _drafter(small_drafter, openai_server, "refusal", "ok").draft(KNEE, NOW)


def test_the_desk_shows_the_second_models_words_under_a_notice(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    job = Jobs(_drafter(small_drafter, openai_server, "drop", "ok"), at_once=1).start(KNEE)
    job.wait(30)
    assert job.error is None
    assert "openai:drop did not write this draft" in job.notice
    assert "openai:drop" in growing_html(job.reply, "", prepared=True, notice=job.notice)


def test_rows_of_a_batch_say_who_wrote_them_and_the_report_counts_them(
    small_drafter: Drafter, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    source, out = tmp_path / "questions.jsonl", tmp_path / "drafts.jsonl"
    source.write_text('{"id": "a", "question": "My knee hurts on the stairs. Do I need an X-ray?"}\n')
    drafter = _drafter(small_drafter, openai_server, "500", "offline")
    report = run_batch(drafter, drafter.archive, source, out)
    assert report.fell_back == 1
    assert "1 were written by a fallback" in report.sentence
    row = out.read_text()
    assert '"offline": true' in row
    assert "No language model was used" in row
    assert "openai:500 did not write this draft" in row


def test_a_terminal_says_that_the_words_above_hold_no_longer(
    sample_home: Path, openai_server: OpenAIServer
) -> None:
    models = {"DRAFTER_MODEL": "openai:drop", "DRAFTER_FALLBACKS": "offline", "DRAFTER_BASE_URL": openai_server.url}
    done = subprocess.run(
        [sys.executable, "-m", "drafter", "draft", KNEE.body],
        env={**os.environ, "PYTHONPATH": str(ROOT), **models},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    before, _, after = done.stdout.partition("-- What stands above holds no longer. openai:drop did not write this")
    assert before.strip()
    assert "offline is asked now." in after
    assert "look at: openai:drop did not write this draft: The model's server" in after
    assert after.strip().endswith("no language model was used.")


def test_a_stream_ends_with_the_draft_of_the_one_that_wrote_it(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    *_, draft = _drafter(small_drafter, openai_server, "badjson", "ok").stream(KNEE, NOW)
    assert isinstance(draft, Draft)
    assert draft.provenance.model == "openai:ok"
