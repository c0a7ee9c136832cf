"""The review desk: what its pages show and do, without a browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from drafter.archive import Archive
from drafter.domain import Deidentified, Exchange, Patient, Question, RedFlag, Screening, Sentence, Source
from drafter.screening import screen
from drafter.ui import markup

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KNEE = Question(
    title="Knee pain on stairs?",
    body="My knee has hurt for two months when I go down stairs. Should I have an X-ray?",
    department="Orthopedics",
    asked_on=date(2026, 2, 20),
)
HOSTILE = (
    "![x](http://127.0.0.1:9/leak.png) <img src=http://127.0.0.1:9/leak2.png> <script>alert(1)</script> $5 ~20~"
)


def source(reply: str, *, number: int = 1, replied_on: date | None = date(2007, 2, 12)) -> Source:
    exchange = Exchange(KNEE, reply, doctor="Dr. Invented", department="Orthopedics", replied_on=replied_on)
    return Source(number, exchange, 0.5, Deidentified(KNEE.text), Deidentified(reply))


def test_marked_words_are_escaped_and_overlapping_marks_are_joined() -> None:
    assert markup.marked("a <b> c", [(2, 4), (3, 5)]) == "a <mark>&lt;b&gt;</mark> c"
    assert markup.marked("plain", []) == "plain"
    assert markup.marked("", [(0, 3)]) == ""


def test_a_noticed_phrase_is_marked_in_the_body_also_when_the_title_stands_before_it() -> None:
    start = KNEE.text.index("two months")
    flag = RedFlag("x", "Long pain", "E1", "two months", start, start + len("two months"))
    shown = markup.question_html(KNEE, Screening(Deidentified(KNEE.text), "en", red_flags=(flag,)))
    assert "<mark>two months</mark>" in shown
    assert "<h1>Knee pain on stairs?</h1>" in shown


def test_a_possible_sign_is_shown_as_possible_and_a_denied_one_is_no_alarm() -> None:
    present = RedFlag("chest", "Chest pain", "E0", "pressure <here>", 0, 15)
    denied = replace(present, assertion="denied")
    assert "The asker says there is none of: Chest pain." in markup.flags_html([denied])
    assert "dr-urgent" not in markup.flags_html([denied])
    assert "dr-urgent" in markup.flags_html([present, denied])
    shown = markup.flags_html([replace(present, assertion="possible")])
    assert "In doubt: Chest pain" in shown
    assert "dr-urgent" not in shown
    assert "<q>pressure &lt;here&gt;</q>" in shown
    assert "Call an ambulance" in shown


def test_who_is_who_is_said_when_the_asker_is_not_the_patient() -> None:
    own = markup.people_html(KNEE, Screening(Deidentified(""), "en"))
    assert "not the patient" not in own
    other = Screening(Deidentified(""), "en", patient=Patient("mother", "female", "70"))
    assert "The asker is not the patient" in markup.people_html(KNEE, other)
    assert "mother (70, female)" in markup.people_html(KNEE, other)


def test_a_past_reply_shows_its_age_and_the_sentence_that_the_draft_took_from_it() -> None:
    said = [Sentence("Go down the stairs slowly, one step at a time.", (1,))]
    found = source("Rest the knee. Go down the stairs slowly, one step at a time.")
    shown = markup.source_html(found, said, date(2026, 3, 1))
    assert "<mark>Go down the stairs slowly, one step at a time.</mark>" in shown
    assert "<mark>Rest" not in shown
    assert "2007, 19 years old" in shown
    assert "Dr. Invented" in shown


def test_of_a_past_reply_that_is_quoted_only_the_quotation_is_marked() -> None:
    said = [Sentence("Take each stair slowly.", (1,), ("go down the stairs  slowly",), "plan")]
    shown = markup.source_html(
        source("Rest the knee. Go down the stairs slowly, one by one."), said, date(2026, 3, 1)
    )
    assert "<mark>Go down the stairs slowly</mark>, one by one." in shown
    assert ">plan</span>" in markup.support_html(said, frozenset({1}))


def test_an_approved_reply_is_marked_as_such_among_the_past_replies() -> None:
    own = source("Rest.")
    approved = replace(own, exchange=replace(own.exchange, origin="approved"))
    assert "approved on this desk" not in markup.source_html(own, [], date(2026, 3, 1))
    assert "approved on this desk" in markup.source_html(approved, [], date(2026, 3, 1))


@pytest.mark.parametrize(
    ("replied_on", "said"),
    [
        (None, "date unknown"),
        (date(2025, 3, 2), "2025, less than a year old"),
        (date(2025, 3, 1), "2025, 1 year old"),
        (date(2020, 12, 31), "2020, 5 years old"),
    ],
)
def test_the_age_of_a_reply_counts_whole_years(replied_on: date | None, said: str) -> None:
    assert markup.age_note(replied_on, date(2026, 3, 1)) == said


def test_a_sentence_without_a_known_source_says_so() -> None:
    shown = markup.support_html(
        [Sentence("Held.", (1,)), Sentence("Bare."), Sentence("Wrong.", (9,))], frozenset({1})
    )
    assert 'Held. <a href="#source-1">[1]</a>' in shown
    assert shown.count("no source") == 2
    assert "[9]" not in shown


def test_the_changes_show_what_was_deleted_and_inserted() -> None:
    shown = markup.diff_html("Take two tablets.", "Take one tablet <daily>.")
    assert "<del>two</del>" in shown
    assert "<ins>one</ins>" in shown
    assert "<daily>" not in shown


def test_labels_lose_every_markdown_meaning() -> None:
    label = markup.plain(HOSTILE)
    assert "![" not in label
    assert "](" not in label
    assert r"\$5" in label


def test_what_patients_write_is_only_ever_text_in_the_desks_html() -> None:
    question = Question(body=HOSTILE, title=HOSTILE)
    flag = RedFlag(HOSTILE, HOSTILE, "E0", HOSTILE, 0, 5)
    screening = Screening(
        Deidentified(HOSTILE), "en", Patient(HOSTILE), (flag,), instructions=(HOSTILE,), hidden_characters=2
    )
    shown = (
        markup.question_html(question, screening)
        + markup.noticed_html(screening)
        + markup.people_html(question, screening)
        + markup.source_html(source(HOSTILE), [Sentence(HOSTILE, (1,))], NOW.date())
        + markup.support_html([Sentence(HOSTILE)], frozenset())
        + markup.diff_html(HOSTILE, HOSTILE + HOSTILE)
        + markup.growing_html(HOSTILE, HOSTILE, prepared=True)
        + markup.box("error", HOSTILE, HOSTILE)
    )
    assert "<script" not in shown
    assert "<img" not in shown


# The pages, with the sample archive and no browser.


def _desk(first: str) -> None:
    from drafter.ui.main import show

    show(first=first)


@pytest.fixture
def archive(sample_home: Path) -> Iterator[Archive]:
    """The archive that the pages under test use; what they share is opened anew for each test."""
    import streamlit as st

    from drafter.ui import desk

    st.cache_resource.clear()
    yield desk.archive()
    desk.archive().close()
    st.cache_resource.clear()


def page(first: str, **query: str) -> AppTest:
    at = AppTest.from_function(_desk, kwargs={"first": first}, default_timeout=30)
    for name, value in query.items():
        at.query_params[name] = value
    return run(at)


def run(what: Any) -> AppTest:
    """Runs the page, or the page after something was done to one of its widgets."""
    at: AppTest = what.run()
    assert not at.exception, at.exception
    return at


def html(at: AppTest) -> str:
    return "\n".join(element.value for element in at.html)


def listed(at: AppTest) -> list[dict[str, Any]]:
    import json

    return list(json.loads(at.get("bidi_component")[0].proto.json)["rows"])


def waiting(archive: Archive, **choice: Any) -> str:
    """The first question that matches, or else the first that asks for an emergency department: it has a draft."""
    return next(one for one in archive.worklist(**choice) if choice or one.urgency == 2).question.id


def drafted(at: AppTest) -> Any:
    """The editor of the draft, once it is written: a page waits for that a moment only."""
    while not (found := [area for area in at.text_area if str(area.key).startswith("text:reply:d-")]):
        run(at)
    return found[0]


def test_the_worklist_counts_by_urgency_and_lists_urgent_questions_first(archive: Archive) -> None:
    at = page("worklist")
    levels = [row["level"] for row in listed(at)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == 3
    assert f"Emergency {levels.count(3)}" in html(at)
    assert f"{len(levels)} waiting" in html(at)


def test_the_worklist_is_narrowed_by_department_and_by_words(archive: Archive) -> None:
    at = page("worklist")
    department = listed(at)[0]["facts"][0]
    run(at.selectbox(key="department").select(department))
    assert {row["facts"][0] for row in listed(at)} == {department}
    run(at.text_input(key="q").set_value("nowhere-to-be-found"))
    assert "No question matches" in html(at)


def test_opening_a_question_drafts_it_and_says_what_made_it(archive: Archive) -> None:
    question = waiting(archive, search="Pressure on my chest")
    at = page("review", question=question)
    assert archive.latest_draft(question) is not None
    assert markup.SAFETY_TEXT in html(at)
    assert "Check before answering" in html(at)
    assert 'id="source-1"' in html(at)
    plain = next(one.question.id for one in archive.worklist() if not one.urgency)
    assert markup.NO_MODEL in html(page("review", question=plain))


def test_a_withheld_draft_says_why_and_is_written_only_when_it_is_asked_for(archive: Archive) -> None:
    asked = Question("Could you write me a sick note for my cold until Friday?", asked_on=date(2026, 2, 20))
    archive.add_question(asked, urgency=0, added_at=NOW)
    at = page("review", question=asked.id)
    assert markup.NOT_DRAFTED in html(at)
    assert "asks for a certificate" in html(at)
    assert not next(area for area in at.text_area if str(area.key).startswith("text:reply:")).value
    assert at.button(key="approve").disabled
    run(at.button(key="again").click())
    while (draft := archive.latest_draft(asked.id)) is None or draft.abstained:
        run(at)
    assert markup.NOT_DRAFTED not in html(run(at))
    assert draft.provenance.offline


def unticked(at: AppTest) -> list[Any]:
    return [box for box in at.checkbox if str(box.key).startswith("seen:") and not box.value]


def test_approving_needs_every_tick_and_keeps_the_reply_as_edited(archive: Archive) -> None:
    question = waiting(archive)
    at = page("review", question=question)
    while left := unticked(at):
        assert at.button(key="approve").disabled
        assert "Tick that you have seen this" in html(at)
        run(left[0].check())
    reply = next(area for area in at.text_area if str(area.key).startswith("text:reply:"))
    run(reply.set_value(f"{reply.value}\nPlease call the emergency number now."))
    while left := unticked(at):
        run(left[0].check())
    run(at.button(key="approve").click())
    assert archive.question_state(question).status == "approved"
    kept = archive.approved_exchange(question)
    assert "Please call the emergency number now." in kept.reply
    assert kept.origin == "approved"
    assert "Approved by Dr. Demo Clinician" in html(at)


def test_a_blocking_concern_goes_when_the_reply_answers_it(archive: Archive) -> None:
    question = waiting(archive, search="numb left arm")
    at = page("review", question=question)
    reply = next(area for area in at.text_area if str(area.key).startswith("text:reply:"))
    run(reply.set_value("Take some rest and drink a glass of water."))
    alarmed = len(unticked(at))
    assert alarmed
    run(reply.set_value("Call an ambulance now. Do not lie down and wait, and do not drive yourself."))
    assert len(unticked(at)) < alarmed


def test_the_name_typed_at_the_top_is_the_one_that_signs(archive: Archive) -> None:
    question = waiting(archive)
    at = page("review", question=question)
    run(at.text_input(key="clinician").set_value("Dr. Somebody Else"))
    for box in unticked(at):
        box.check()
    run(run(at).button(key="approve").click())
    assert archive.approved_exchange(question).doctor == "Dr. Somebody Else"


def test_typed_text_stays_with_its_sheet_when_starting_blank_and_going_back(archive: Archive) -> None:
    question = waiting(archive)
    at = page("review", question=question)
    run(drafted(at).set_value("My own words."))
    run(at.button(key="sheet:Start blank").click())
    blank = next(area for area in at.text_area if str(area.key).startswith("text:reply:blank-"))
    assert blank.value == ""
    assert at.button(key="approve").disabled
    run(at.button(key="sheet:Use the draft").click())
    reply = next(area for area in at.text_area if str(area.key).startswith("text:reply:d-"))
    assert reply.value == "My own words."


def test_a_new_draft_never_replaces_what_was_typed(archive: Archive) -> None:
    question = waiting(archive)
    at = page("review", question=question)
    run(drafted(at).set_value("My own words."))
    run(at.button(key="again").click())
    assert "A newer draft is ready" in html(at)
    assert next(a for a in at.text_area if str(a.key).startswith("text:reply:")).value == "My own words."


def test_rejecting_keeps_the_reason_and_shows_it(archive: Archive) -> None:
    question = waiting(archive)
    at = page("review", question=question)
    run(next(s for s in at.selectbox if str(s.key).startswith("reason:")).select("Not medical"))
    run(at.button(key="reject").click())
    assert archive.reviews(question)[-1].reason == "Not medical"
    assert "Rejected by Dr. Demo Clinician" in html(at)


def test_an_escalation_without_a_reason_is_refused_in_one_box(archive: Archive) -> None:
    question = waiting(archive)
    at = page("review", question=question)
    run(at.button(key="escalate").click())
    assert "Write to whom the question goes and why." in html(at)
    assert archive.question_state(question).status == "waiting"


def by_somebody_else(archive: Archive, question: str) -> dict[str, Any]:
    from drafter.domain import Clinician

    state = archive.question_state(question)
    return {"state": state, "draft": None, "clinician": Clinician("Dr. Quick"), "now": NOW}


def test_a_question_decided_by_somebody_else_says_so_and_keeps_the_own_text(archive: Archive) -> None:
    from drafter import reviewing

    question = waiting(archive)
    at = page("review", question=question)
    run(next(a for a in at.text_area if str(a.key).startswith("text:reply:")).set_value("My own words."))
    reviewing.reject(archive, **by_somebody_else(archive, question), reason="Not medical")
    run(at)
    assert "Rejected by Dr. Quick" in html(at)
    assert "My own words." in html(at)


def test_a_question_escalated_meanwhile_is_approved_only_after_reading_that(archive: Archive) -> None:
    from drafter import reviewing

    question = waiting(archive)
    at = page("review", question=question)
    for box in unticked(at):
        box.check()
    run(at)
    reviewing.escalate(archive, **by_somebody_else(archive, question), reason="To the heart clinic")
    run(at.button(key="approve").click())
    assert archive.question_state(question).status == "escalated"
    assert "in the meantime" in html(at)
    assert "Dr. Quick has escalated this question since you opened it" in html(at)
    run(at.button(key="read").click())
    run(at.button(key="approve").click())
    assert archive.question_state(question).status == "approved"


def test_an_unknown_question_is_one_box(archive: Archive) -> None:
    at = page("review", question="q-unknown")
    assert "There is no question q-unknown" in html(at)


def test_a_new_question_is_put_on_the_worklist_and_an_empty_one_is_refused(archive: Archive) -> None:
    at = page("new")
    run(at.form_submit_button[0].click())
    assert "This did not work" in html(at)
    at.text_input(key="new:title").set_value(KNEE.title)
    at.text_area(key="new:body").set_value(KNEE.body)
    run(at.form_submit_button[0].click())
    found = archive.worklist(search="two months when I go down stairs")
    assert [state.question.title for state in found] == [KNEE.title]


def test_past_replies_are_searched_with_their_scores(archive: Archive) -> None:
    at = page("past")
    run(at.text_input(key="past").set_value("knee hurts going down stairs"))
    assert 'id="source-1"' in html(at)
    assert "score " in html(at)


def test_an_approved_question_is_listed_under_published(archive: Archive) -> None:
    assert "Nothing has been approved yet" in html(page("published"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DRAFTER_MODEL", "nonsense", "There is no model 'nonsense'"),
        ("DRAFTER_MODEL", "openai:any", "needs a key"),
        ("DRAFTER_SOURCES", "many", "DRAFTER_SOURCES is set to 'many'"),
        ("DRAFTER_HOME", "/dev/null/nowhere", "DRAFTER_HOME"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_box(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    import streamlit as st

    monkeypatch.setenv(name, value)
    st.cache_resource.clear()
    assert said in unescape(html(page("worklist")))


def test_a_hostile_title_reaches_no_markdown(archive: Archive) -> None:
    question = Question(body=HOSTILE + " My chest hurts and I cannot breathe.", title=HOSTILE, department=HOSTILE)
    archive.add_question(question, urgency=screen(question).urgency, added_at=NOW)
    at = page("review", question=question.id)
    for element in [*at.markdown, *at.checkbox, *at.button, *at.title, *at.header, *at.subheader]:
        text = getattr(element, "label", None) or str(element.value)
        assert "![x](" not in text
    assert "<script" not in html(at)


def test_ones_own_reply_is_checked_without_a_draft_and_kept_nowhere(archive: Archive) -> None:
    before = archive.count_exchanges(), len(archive.worklist(status=None))
    at = page("check")
    assert "Nothing to check yet" in html(at)
    run(at.text_area(key="own:question").set_value("My wrist clicks. Is it a sprain or a fracture?"))
    run(at.text_area(key="own:reply").set_value("Hello, I hope that you get well soon."))
    shown = html(at)
    assert ">open</span> Is it a sprain or a fracture?" in shown
    assert (archive.count_exchanges(), len(archive.worklist(status=None))) == before
