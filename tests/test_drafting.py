"""The one way, in Python: from a question to a stored draft."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drafter.batch import run_batch
from drafter.chat import Outcome, Partial, open_model
from drafter.chat.replay import recording
from drafter.domain import Draft, Question
from drafter.drafting import Drafter, Prepared
from drafter.errors import BadInput, BadModelOutput, DrafterError, ModelUnavailable
from drafter.evaluation import EvalItem, EvalSet, make_arms, run_evaluation
from drafter.opening import bundled, open_drafter
from drafter.prompting import load_prompt
from drafter.settings import Settings
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


def test_warming_opens_the_index_and_asks_no_model(small_drafter: Drafter, openai_server: OpenAIServer) -> None:
    drafter = with_model(small_drafter, openai_server, "ok")
    drafter.warm()
    assert drafter.retriever.build != "none"
    assert openai_server.requests == []


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


def rewriting(drafter: Drafter, server: OpenAIServer, behaviour: str) -> Drafter:
    version = load_prompt(bundled("prompts"), "query", "v1")
    return replace(with_model(drafter, server, behaviour), prompts=drafter.prompts.with_version(version))


def test_the_models_line_is_searched_by_and_kept_with_the_draft(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    drafter = rewriting(small_drafter, openai_server, "ok")
    draft = drafter.draft(KNEE, NOW)
    asked, drafted = openai_server.requests
    assert asked.body["response_format"]["json_schema"]["name"] == "query"
    assert "Knee pain on stairs?" in asked.body["messages"][1]["content"]
    assert "<past_reply " in drafted.body["messages"][1]["content"]
    kept = draft.provenance
    assert kept.rewrite is not None
    assert kept.rewrite.text == "Knee pain on stairs?"
    assert kept.rewrite.problem == ""
    assert any("rewrite" in one.name for source in draft.sources if source.why for one in source.why.rankings)
    assert kept.parameters["query_rewrite"] is True
    assert [name.split("@")[0] for name in kept.prompts] == ["reply/v4", "more_info/v2", "query/v1"]
    assert drafter.archive.draft(draft.id) == draft


def test_the_tokens_of_the_line_are_counted_with_those_of_the_draft(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    kept = rewriting(small_drafter, openai_server, "ok").draft(KNEE, NOW).provenance
    sent = [sum(len(m["content"]) for m in request.body["messages"]) // 4 for request in openai_server.requests]
    assert kept.rewrite is not None
    assert kept.rewrite.usage.input_tokens == sent[0]
    assert kept.usage.input_tokens == sum(sent)
    assert kept.usage.output_tokens > kept.rewrite.usage.output_tokens > 0
    assert kept.seconds > kept.rewrite.seconds > 0


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        ("refusal", "refused"),
        ("empty", "refused"),
        ("truncated", "truncated"),
        ("filter", "filtered"),
        ("badjson", "invalid"),
        ("500", "unavailable"),
        ("html", "unavailable"),
        ("drop", "unavailable"),
        ("blank", "empty"),
        ("endless", "too long"),
    ],
)
def test_without_a_usable_line_the_message_alone_is_searched_and_the_draft_says_so(
    small_drafter: Drafter, openai_server: OpenAIServer, behaviour: str, problem: str
) -> None:
    draft = rewriting(small_drafter, openai_server, f"query-{behaviour}").draft(KNEE, NOW)
    kept = draft.provenance.rewrite
    assert kept is not None
    assert (kept.text, kept.problem) == ("", problem)
    assert problem in kept.sentence
    assert draft.sources == with_model(small_drafter, openai_server, "ok").prepare(KNEE, NOW).sources


def test_only_the_masked_question_is_summed_up_and_the_line_is_masked_again(
    small_drafter: Drafter, openai_server: OpenAIServer
) -> None:
    body = "Call 0912-345-678, my name is Testa Invented, testa@example.org, about my knee. It hurts."
    draft = rewriting(small_drafter, openai_server, "ok").draft(Question(body=body), NOW)
    kept = draft.provenance.rewrite
    assert kept is not None
    assert "knee" in kept.text
    sent = json.dumps([request.body for request in openai_server.requests], ensure_ascii=False)
    for private in ("Testa", "0912", "testa@example.org"):
        assert private not in sent + kept.text


def test_a_question_in_chinese_is_summed_up_in_chinese(small_drafter: Drafter, openai_server: OpenAIServer) -> None:
    question = Question(body="我上下樓梯時膝蓋會痛。需要照X光嗎？謝謝醫師。")
    kept = rewriting(small_drafter, openai_server, "ok").draft(question, NOW).provenance.rewrite
    assert kept is not None
    assert kept.text == "我上下樓梯時膝蓋會痛。"
    assert "Traditional Chinese" in openai_server.requests[0].body["messages"][1]["content"]


def test_without_a_language_model_no_line_is_asked_for(sample_home: Path, openai_server: OpenAIServer) -> None:
    settings = Settings(home=sample_home, query_rewrite=True, base_url=openai_server.url)
    drafter = open_drafter(settings)
    with drafter.archive:
        draft = drafter.draft(KNEE, NOW)
    assert openai_server.requests == []
    assert draft.provenance.rewrite is None
    assert draft.provenance.parameters["query_rewrite"] is False
    assert len(draft.provenance.prompts) == 2


def test_the_setting_off_asks_the_model_once(sample_home: Path, openai_server: OpenAIServer) -> None:
    for on, calls in ((False, 1), (True, 2)):
        openai_server.requests.clear()
        settings = Settings(home=sample_home, model="openai:ok", base_url=openai_server.url, query_rewrite=on)
        drafter = open_drafter(settings)
        with drafter.archive:
            draft = drafter.draft(KNEE, NOW)
        assert len(openai_server.requests) == calls
        assert (draft.provenance.rewrite is not None) is on


def test_a_recording_without_the_line_still_drafts_from_the_message(
    small_drafter: Drafter, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    served = with_model(small_drafter, openai_server, "ok")
    prepared = served.prepare(KNEE, NOW)
    *_, outcome = served.model.complete(prepared.request)
    assert isinstance(outcome, Outcome)
    file = tmp_path / "recorded.jsonl"
    file.write_text(recording(prepared.request, outcome), encoding="utf-8")
    version = load_prompt(bundled("prompts"), "query", "v1")
    replayed = replace(
        small_drafter, model=open_model(f"replay:{file}"), prompts=served.prompts.with_version(version)
    )
    kept = replayed.draft(KNEE, NOW).provenance.rewrite
    assert kept is not None
    assert kept.problem == "unavailable"


def test_a_batch_and_an_evaluation_tell_drafts_with_and_without_the_line_apart(
    small_drafter: Drafter, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    plain = with_model(small_drafter, openai_server, "ok")
    version = load_prompt(bundled("prompts"), "query", "v1")
    source, out = tmp_path / "rows.jsonl", tmp_path / "drafts.jsonl"
    source.write_text(json.dumps({"question": KNEE.body}), encoding="utf-8")
    for drafter in (plain, rewriting(small_drafter, openai_server, "ok")):
        assert run_batch(drafter, drafter.archive, source, out).done == 1
    assert len(openai_server.requests) == 1 + 2
    assert "query/v1" in out.read_text(encoding="utf-8")
    openai_server.requests.clear()
    arms = make_arms(plain, prompts=[plain.prompts.reply, version])
    run = run_evaluation(plain.archive, EvalSet("knees", (EvalItem("k", KNEE),)), arms)
    assert [arm.label for arm in run.arms] == ["reply/v4", "query/v1"]
    assert [arm.parameters["query_rewrite"] for arm in run.arms] == [False, True]
    assert len(openai_server.requests) == 1 + 2


def test_what_an_offline_draft_says_of_itself_blocks_nothing(small_drafter: Drafter) -> None:
    """A tick that every draft needs is one that nobody reads."""
    asked = [state.question for state in small_drafter.archive.worklist() if state.urgency == 0]
    drafts = [draft for question in asked if not (draft := small_drafter.draft(question)).abstained]
    assert len(drafts) >= 5
    assert [c.message for d in drafts for c in d.concerns if c.code == "obeyed"] == []
    assert sum(any(c.severity == "block" for c in d.concerns) for d in drafts) <= len(drafts) // 3
