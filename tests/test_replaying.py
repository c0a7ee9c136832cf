"""What a model was told, rebuilt from what is kept."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from drafter.chat import open_model
from drafter.chat.shape import DraftShape, shape_of, to_more_info, to_reply
from drafter.domain import Deidentified, Draft, Exchange, Question
from drafter.drafting import Drafter
from drafter.errors import BadInput, BadSettings
from drafter.opening import bundled
from drafter.prompting import load_prompt, style_of
from drafter.replaying import rebuild, record
from tests.openai_server import OpenAIServer

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PROMPTS = bundled("prompts")
KNEE = Question(
    title="Knee pain on stairs?",
    body="My knee hurts when I go down stairs. My name is Testa Invented. Should I have an X-ray?",
    department="Orthopedics",
    asked_on=date(2026, 2, 27),
)
OWN = (
    "Rest the joint for a week. Then walk a little more each day, on flat ground, and come to see us if it swells. "
)


@pytest.fixture
def served(small_drafter: Drafter, openai_server: OpenAIServer) -> Drafter:
    small_drafter.archive.add_exchanges(
        Exchange(Question(f"Question {n} of another person?"), f"{OWN}That was reply {n}.", "Vale", "Orthopedics")
        for n in range(6)
    )
    model = open_model("openai:ok", base_url=openai_server.url, timeout=2, max_retries=0)
    return replace(small_drafter, model=model, doctor="Vale")


def test_the_messages_of_a_kept_draft_are_rebuilt_letter_for_letter(
    served: Drafter, openai_server: OpenAIServer
) -> None:
    draft = served.draft(KNEE, NOW)
    rebuilt = rebuild(served.archive.draft(draft.id), PROMPTS)
    assert rebuilt.exact
    sent = openai_server.requests[-1].body["messages"]
    assert [m.content for m in rebuilt.request.messages] == [m["content"] for m in sent]


def test_the_doctors_own_replies_and_the_departments_length_are_told_and_kept(
    served: Drafter, openai_server: OpenAIServer
) -> None:
    draft = served.draft(KNEE, NOW)
    sent = str(openai_server.requests[-1].body["messages"][1]["content"])
    assert sent.count("<own_reply>") == 2
    assert "That was reply 5." in sent
    assert "That was reply 3." not in sent.split("</how_we_write>", maxsplit=1)[0]
    assert draft.provenance.style.length is not None
    assert f"about {draft.provenance.style.length} words" in sent
    assert len(draft.provenance.style.examples) == 2
    assert draft.provenance.source_hashes
    assert draft.provenance.packages["openai"]


def test_a_replys_length_is_what_people_wrote_not_what_models_drafted(small_drafter: Drafter) -> None:
    written = [
        Exchange(
            Question(f"{drafted} {n}?"),
            "Rest it. " * (20 if drafted else 30),
            doctor="Moor",
            department="Feet",
            drafted_by=drafted,
        )
        for n in range(8)
        for drafted in (None, "openai:x")
    ]
    small_drafter.archive.add_exchanges(written)
    of = {"language": "en", "department": "Feet", "doctor": "Moor", "examples": 1}
    style = style_of(small_drafter.archive, **of)  # type: ignore[arg-type]  # as above
    assert style.length == 60
    assert style.examples == (Deidentified(("Rest it. " * 30).strip()),)
    assert style_of(small_drafter.archive, **(of | {"department": "Hands", "doctor": None})).length is None  # type: ignore[arg-type]
    ids = frozenset(exchange.id for exchange in written)
    assert style_of(small_drafter.archive, **of, leave_out=ids).examples == ()  # type: ignore[arg-type]


def test_past_replies_are_left_out_to_fit_the_models_context(served: Drafter, openai_server: OpenAIServer) -> None:
    whole = served.prepare(KNEE, NOW)
    tight = replace(served, input_tokens=4200).prepare(KNEE, NOW)
    assert 0 < len(tight.sources) < len(whole.sources)
    assert tight.sources[0] == whole.sources[0]
    assert f'number="{len(tight.sources) + 1}"' not in tight.request.messages[1].content
    with pytest.raises(BadInput, match="DRAFTER_CONTEXT_TOKENS"):
        replace(served, input_tokens=1000).prepare(KNEE, NOW)


def test_a_recorded_draft_is_given_again_by_the_replay_model(served: Drafter, tmp_path: Path) -> None:
    draft = served.draft(KNEE, NOW)
    file = tmp_path / "recorded.jsonl"
    file.write_text(record(draft, rebuild(draft, PROMPTS).request) + "\n", encoding="utf-8")
    again = replace(served, model=open_model(f"replay:{file}")).draft(KNEE, NOW)
    assert (again.reply, again.more_info, again.to_ask) == (draft.reply, draft.more_info, draft.to_ask)


def test_a_draft_and_its_shape_are_the_same_thing(served: Drafter) -> None:
    draft = served.draft(KNEE, NOW)
    shape = DraftShape.model_validate_json(shape_of(draft).model_dump_json())
    assert (to_reply(shape), to_more_info(shape)) == (draft.reply, draft.more_info)


def test_a_prompt_that_was_another_then_is_named(served: Drafter, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))
    working = folder / "reply" / "v7"
    shutil.copytree(folder / "reply" / "v3", working)
    prompts = served.prompts.with_version(load_prompt(folder, "reply", "v7"))
    draft = replace(served, prompts=prompts).draft(KNEE, NOW)
    assert rebuild(draft, folder).exact
    (working / "system.md").write_text("Reply in verse.", encoding="utf-8")
    changed = rebuild(draft, folder)
    assert not changed.exact
    assert "reply/v7 had other words then" in changed.differences[0]
    shutil.rmtree(working)
    with pytest.raises(BadSettings, match="There is no prompt reply/v7"):
        rebuild(draft, folder)


def test_a_source_that_is_not_as_it_was_shown_is_named(served: Drafter) -> None:
    draft = served.draft(KNEE, NOW)
    first, *others = draft.sources
    other: Draft = replace(draft, sources=(replace(first, reply=Deidentified("Other words.")), *others))
    assert rebuild(other, PROMPTS).differences == ("Source 1 is not as it was shown to the model.",)


def test_another_layout_of_messages_is_put_down_to_the_version(served: Drafter) -> None:
    draft = served.draft(KNEE, NOW)
    old = replace(draft, provenance=replace(draft.provenance, messages_hash="0" * 64, drafter_version="0.0.1"))
    assert "Drafter 0.0.1, which made the draft" in rebuild(old, PROMPTS).differences[0]
