"""The one way, in Python: from a question to a stored draft."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from drafter.chat import Partial, open_model
from drafter.domain import Draft, Question
from drafter.drafting import Drafter, Prepared
from drafter.errors import BadInput, BadModelOutput, DrafterError, ModelUnavailable
from tests.openai_server import OpenAIServer

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KNEE = Question(
    title="Knee pain on stairs?",
    body="My knee has hurt for two months when I go down stairs. Should I have an X-ray?",
    department="Orthopedics",
)


def with_model(drafter: Drafter, server: OpenAIServer, behaviour: str) -> Drafter:
    model = open_model(f"openai:{behaviour}", base_url=server.url, timeout=2, max_retries=1)
    return replace(drafter, model=model)


def test_an_offline_draft_rests_on_numbered_sources_and_is_stored(small_drafter: Drafter) -> None:
    draft = small_drafter.draft(KNEE, NOW)
    assert draft.reply.sentences
    assert all(passage.sources for passage in draft.reply.sentences)
    assert draft.cited <= {source.number for source in draft.sources}
    assert draft.provenance.offline
    assert small_drafter.archive.draft(draft.id) == draft


def test_a_stream_shows_what_was_prepared_then_growing_text_then_the_draft(small_drafter: Drafter) -> None:
    steps = list(small_drafter.stream(KNEE, NOW))
    assert isinstance(steps[0], Prepared)
    assert isinstance(steps[-1], Draft)
    assert steps[1:-1]
    assert all(isinstance(step, Partial) for step in steps[1:-1])


def test_the_same_way_with_a_server_gives_a_draft_with_its_usage(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    draft = with_model(small_drafter, openai_server, "ok").draft(KNEE, NOW)
    assert draft.reply.sentences
    assert not draft.provenance.offline
    assert draft.provenance.usage.output_tokens > 0


def test_nothing_that_identifies_the_asker_is_sent(small_drafter: Drafter, openai_server: OpenAIServer) -> None:
    question = replace(KNEE, body=f"{KNEE.body} My name is Testa Invented, call 0912-345-678, testa@example.org.")
    draft = with_model(small_drafter, openai_server, "ok").draft(question, NOW)
    sent = json.dumps([request.body for request in openai_server.requests], ensure_ascii=False)
    assert "Testa" not in sent
    assert "0912" not in sent
    assert "testa@example.org" not in sent
    assert draft.screening.placeholders


@pytest.mark.parametrize("behaviour", ["truncated", "refusal", "empty", "filter", "badjson", "wrongtype"])
def test_what_is_not_a_draft_is_never_stored_as_one(
    small_drafter: Drafter, openai_server: OpenAIServer, behaviour: str
) -> None:
    with pytest.raises(BadModelOutput):
        with_model(small_drafter, openai_server, behaviour).draft(KNEE, NOW)
    assert small_drafter.archive.latest_draft(KNEE.id) is None


@pytest.mark.parametrize("behaviour", ["401", "404", "500", "html"])
def test_a_server_that_refuses_is_named_as_unavailable(
    small_drafter: Drafter, openai_server: OpenAIServer, behaviour: str
) -> None:
    with pytest.raises(ModelUnavailable):
        with_model(small_drafter, openai_server, behaviour).draft(KNEE, NOW)


def test_evaluation_leaves_replies_to_the_very_same_question_out(small_drafter: Drafter) -> None:
    _, exchange = next(iter(small_drafter.archive.iter_exchanges()))
    held_out = replace(small_drafter, leave_out_own_thread=True).prepare(exchange.question)
    assert exchange.question.thread not in {s.exchange.question.thread for s in held_out.sources}
    usual = small_drafter.prepare(exchange.question)
    assert exchange.question.thread in {s.exchange.question.thread for s in usual.sources}


def test_an_arm_that_does_not_keep_its_drafts_leaves_no_trace(small_drafter: Drafter) -> None:
    draft = replace(small_drafter, keep=False).draft(KNEE, NOW)
    with pytest.raises(DrafterError):
        small_drafter.archive.draft(draft.id)


@pytest.mark.parametrize("body", ["", "   \n ", "word " * 50_000])
def test_an_empty_or_endless_question_is_refused(small_drafter: Drafter, body: str) -> None:
    with pytest.raises(BadInput):
        small_drafter.draft(Question(body=body), NOW)
