"""Reviewing: what a clinician may do, what is refused, and what is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from drafter.archive import Archive, open_archive
from drafter.domain import (
    Clinician,
    Deidentified,
    Draft,
    Exchange,
    MoreInfo,
    Placeholder,
    Provenance,
    Question,
    Reply,
    Review,
    Screening,
    Sentence,
    Source,
)
from drafter.errors import ArchiveError, Conflict, NotAllowed
from drafter.reviewing import (
    REJECT_REASONS,
    approve,
    edited,
    escalate,
    finished,
    hindrance,
    open_review,
    reject,
    signature_of,
)

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DOCTOR = Clinician("Dr. Ines Invented", "Orthopedics", "Sample Hospital")
OTHER = Clinician("Dr. Otto Other", "Neurology", "Other Hospital")
QUESTION = Question(
    title="Sore knee?",
    body="I am Inventa Sample. My knee has been sore for two weeks after running. Should I stop running?",
    department="Rehabilitation",
    asked_on=date(2026, 2, 27),
)
ADVICE = "Rest the knee for one week, Inventa Sample."
PAST = Exchange(
    Question("My knee is sore after running."),
    "Rest the knee for one week.",
    "Dr. Made Up",
    "Orthopedics",
    replied_on=date(2025, 5, 1),
    topics=("knee pain", "running"),
)


def a_draft(**changes: object) -> Draft:
    masked = Deidentified(QUESTION.text.replace("Inventa Sample", "[NAME_1]"))
    made = Draft(
        id="d-1",
        question=QUESTION,
        screening=Screening(masked, "en", placeholders=(Placeholder("[NAME_1]", "NAME", "Inventa Sample"),)),
        sources=(Source(1, PAST, 0.9, Deidentified(PAST.question.body), Deidentified(PAST.reply)),),
        reply=Reply((Sentence("Rest the knee for one week, [NAME_1].", (1,)),), "Hello,", "Best wishes."),
        more_info=MoreInfo((Sentence("Rest the knee for one week.", (1,)),)),
        provenance=Provenance("offline", ("reply/v1@a", "more_info/v1@b"), "hash", "minilm", "build", (PAST.id,)),
        created_at=NOW,
        department="Orthopedics",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


# A citation of a source that was never given always blocks.
BLOCKED = a_draft(id="d-2", reply=Reply((Sentence("Rest the knee for one week.", (9,)),)))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(f"sqlite:///{tmp_path / 'archive.db'}") as opened:
        opened.add_question(QUESTION, urgency=0, added_at=NOW)
        opened.save_draft(BLOCKED)
        opened.save_draft(a_draft())
        yield opened


def approve_it(
    archive: Archive,
    *,
    draft: Draft | None = None,
    reply: str | None = None,
    more_info: str | None = None,
    clinician: Clinician = DOCTOR,
    seen: frozenset[str] | None = None,
) -> tuple[Review, Exchange]:
    """Approve the question as it stands, the draft's texts where none are given, all concerns ticked."""
    if reply is None:
        reply = draft.reply.text if draft else "Rest the knee for one week."
    if more_info is None:
        more_info = draft.more_info.text if draft else ""
    if seen is None:
        seen = frozenset(concern.key for concern in edited(QUESTION, draft, reply, more_info, now=NOW).concerns)
    return approve(
        archive,
        state=archive.question_state(QUESTION.id),
        draft=draft,
        reply=reply,
        more_info=more_info,
        clinician=clinician,
        seen=seen,
        now=NOW,
    )


def nothing_was_decided(archive: Archive) -> bool:
    state = archive.question_state(QUESTION.id)
    return (state.status, state.version, archive.reviews(QUESTION.id)) == ("waiting", 1, ())


def test_a_review_opens_with_the_question_its_latest_draft_and_what_was_decided(archive: Archive) -> None:
    item = open_review(archive, QUESTION.id)
    assert item.state.question == QUESTION
    assert item.draft is not None
    assert item.draft.id == "d-1"
    assert item.reviews == ()
    assert item.undecided
    review, _ = approve_it(archive)
    assert open_review(archive, QUESTION.id).reviews == (review,)
    assert not open_review(archive, QUESTION.id).undecided
    with pytest.raises(ArchiveError, match="There is no question q-none"):
        open_review(archive, "q-none")


def test_an_approved_draft_becomes_a_marked_exchange_of_the_clinician(archive: Archive) -> None:
    review, exchange = approve_it(archive, draft=a_draft())
    assert (exchange.origin, exchange.collection, exchange.truncated) == ("approved", "drafter", False)
    assert (exchange.doctor, exchange.department, exchange.hospital) == (
        "Dr. Ines Invented",
        "Orthopedics",
        "Sample Hospital",
    )
    assert (exchange.question, exchange.replied_on, exchange.language) == (QUESTION, NOW.date(), "en")
    assert exchange.topics == ("knee pain", "running")
    assert (review.decision, review.draft_id, review.decided_at) == ("approved", "d-1", NOW)
    assert archive.approved_exchanges() == ((review, exchange),)
    assert archive.question_state(QUESTION.id).status == "approved"


def test_what_was_masked_for_the_model_is_put_back_in_what_is_sent(archive: Archive) -> None:
    review, exchange = approve_it(archive, draft=a_draft(), more_info="For [NAME_1].")
    assert exchange.reply == review.reply == f"Hello,\n{ADVICE}\nBest wishes."
    assert exchange.more_info == review.more_info == "For Inventa Sample."


@pytest.mark.parametrize("token", ["[NAME_2]", "[NAME]", "[DATE_3: 2007]"])
def test_a_placeholder_that_nothing_stands_behind_is_never_sent(archive: Archive, token: str) -> None:
    with pytest.raises(NotAllowed, match="is a placeholder"):
        approve_it(archive, draft=a_draft(), reply=f"Dear {token}, rest the knee.")
    with pytest.raises(NotAllowed, match="is a placeholder"):
        approve_it(archive, more_info=f"Dear {token}, rest the knee.")
    assert nothing_was_decided(archive)


def test_a_doctors_own_brackets_are_no_placeholder(archive: Archive) -> None:
    assert (
        approve_it(archive, reply="An exercise test [ECG] is next.")[1].reply == "An exercise test [ECG] is next."
    )


def test_an_untouched_draft_has_no_editing_load_and_a_rewritten_one_has(archive: Archive) -> None:
    review, _ = approve_it(archive, draft=a_draft())
    assert review.editing_load == 0


def test_the_editing_load_is_the_share_that_was_changed(archive: Archive) -> None:
    review, _ = approve_it(archive, draft=a_draft(), reply="Please run less for a month.", more_info="")
    assert review.editing_load is not None
    assert 0.5 < review.editing_load <= 1


def test_a_reply_started_blank_is_kept_without_a_draft(archive: Archive) -> None:
    review, exchange = approve_it(archive, reply="  Rest the knee.  ")
    assert (review.draft_id, review.editing_load, review.seen) == (None, None, ())
    assert exchange.reply == "Rest the knee."
    assert exchange.topics == ()
    assert exchange.department == "Orthopedics"


def test_an_urgent_sign_must_be_met_or_seen_in_a_reply_started_blank_too(archive: Archive) -> None:
    question = Question("For an hour I have had crushing pressure in my chest and my left arm is numb.")
    archive.add_question(question, urgency=3, added_at=NOW)
    state = archive.question_state(question.id)

    def approved(reply: str) -> Review:
        return approve(
            archive,
            state=state,
            draft=None,
            reply=reply,
            more_info="",
            clinician=DOCTOR,
            seen=frozenset(),
            now=NOW,
        )[0]

    with pytest.raises(NotAllowed, match="heart attack"):
        approved("Rest for a week and drink more water.")
    assert approved("Call an ambulance now; do not drive yourself.").decision == "approved"


def test_the_department_comes_from_the_clinician_then_the_draft_then_the_question(archive: Archive) -> None:
    nowhere = replace(DOCTOR, department=None)
    _, exchange = approve_it(archive, draft=a_draft(), clinician=nowhere)
    assert exchange.department == "Orthopedics"


def test_without_any_other_the_department_is_the_questions(archive: Archive) -> None:
    assert approve_it(archive, clinician=replace(DOCTOR, department=None))[1].department == "Rehabilitation"


def test_a_chinese_reply_is_kept_as_chinese(archive: Archive) -> None:
    assert approve_it(archive, reply="請讓膝蓋休息一週，不要跑步。")[1].language == "zh-Hant"


def test_a_blocking_concern_that_was_not_seen_stops_the_approval(archive: Archive) -> None:
    with pytest.raises(NotAllowed, match=r"Tick that you have seen this before you approve: .*\[9\]"):
        approve_it(archive, draft=BLOCKED, seen=frozenset())
    with pytest.raises(NotAllowed):
        approve_it(archive, draft=BLOCKED, seen=frozenset({"another key"}))
    assert nothing_was_decided(archive)


def test_a_blocking_concern_that_was_seen_is_noted_in_the_review(archive: Archive) -> None:
    concerns = edited(QUESTION, BLOCKED, BLOCKED.reply.text, BLOCKED.more_info.text, now=NOW).concerns
    blocking = [concern.key for concern in concerns if concern.severity == "block"]
    review, _ = approve_it(archive, draft=BLOCKED, seen=frozenset(blocking))
    assert list(review.seen) == blocking != []


def test_a_concern_that_the_edit_removed_needs_no_tick(archive: Archive) -> None:
    reply = "Please walk for half an hour each day."
    codes = {concern.code for concern in edited(QUESTION, BLOCKED, reply, "", now=NOW).concerns}
    assert "unknown_citation" not in codes
    assert "unknown_citation" in {
        c.code for c in edited(QUESTION, BLOCKED, BLOCKED.reply.text, "", now=NOW).concerns
    }


def test_why_it_cannot_be_approved_yet_can_be_asked_without_deciding(archive: Archive) -> None:
    def asked(draft: Draft | None = None, reply: str = "Rest.", seen: frozenset[str] = frozenset()) -> str | None:
        state = archive.question_state(QUESTION.id)
        return hindrance(state=state, draft=draft, reply=reply, more_info="", clinician=DOCTOR, seen=seen, now=NOW)

    assert asked() is None
    assert "empty" in str(asked(reply=" "))
    assert "another question" in str(asked(a_draft(question=Question("Somebody else's?"))))
    assert "[9]" in str(asked(BLOCKED, BLOCKED.reply.text))
    seen = frozenset(concern.key for concern in edited(QUESTION, BLOCKED, BLOCKED.reply.text, "", now=NOW).concerns)
    assert asked(BLOCKED, BLOCKED.reply.text, seen) is None
    assert nothing_was_decided(archive)


def test_the_finished_exchange_can_be_looked_at_before_it_is_approved(archive: Archive) -> None:
    draft = a_draft()
    shown = finished(
        state=archive.question_state(QUESTION.id),
        draft=draft,
        reply=draft.reply.text,
        more_info=draft.more_info.text,
        clinician=DOCTOR,
        now=NOW,
    )
    assert nothing_was_decided(archive)
    assert approve_it(archive, draft=draft)[1] == shown


@pytest.mark.parametrize(
    "reply",
    ["", "  \n ", "...", "Hello,\nThank you for writing, and best wishes.", "Dr. Ines Invented, Sample Hospital."],
)
@pytest.mark.parametrize("draft", [None, a_draft()])
def test_an_empty_reply_is_never_approved(archive: Archive, reply: str, draft: Draft | None) -> None:
    with pytest.raises(NotAllowed, match="empty"):
        approve_it(archive, draft=draft, reply=reply)
    assert nothing_was_decided(archive)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "\nDr. Ines Invented, Sample Hospital.",
        "\nDr. Ines Invented",
        "\nDr.\nInes Invented, Sample Hospital.",
        "\n\nDr. Invented\nDr. Ines Invented, Sample Hospital.",
    ],
)
def test_the_reviewers_signature_stands_once(archive: Archive, typed: str) -> None:
    _, exchange = approve_it(archive, reply=f"Rest the knee for one week.{typed}")
    assert exchange.signature == "Dr. Ines Invented, Sample Hospital."
    assert exchange.reply == "Rest the knee for one week."


@pytest.mark.parametrize(
    "typed", ["Dr. Otto Other, Other Hospital.", "Dr.\nMade Up, Sample Hospital.", "Dr. Made Up"]
)
@pytest.mark.parametrize("draft", [None, a_draft()])
def test_another_doctors_signature_is_never_kept(archive: Archive, typed: str, draft: Draft | None) -> None:
    with pytest.raises(NotAllowed, match="signature of Dr"):
        approve_it(archive, draft=draft, reply=f"Rest the knee for one week.\n{typed}")
    assert nothing_was_decided(archive)


def test_a_sentence_about_a_doctor_is_no_signature(archive: Archive) -> None:
    reply = "Rest the knee.\nDr. Otto Other can examine it on Monday."
    assert approve_it(archive, reply=reply)[1].reply == reply


@pytest.mark.parametrize(
    ("clinician", "signature"),
    [
        (DOCTOR, "Dr. Ines Invented, Sample Hospital."),
        (Clinician("Ines Invented"), "Dr. Ines Invented."),
        (Clinician("Prof. I. Invented", hospital="Sample Hospital."), "Prof. I. Invented, Sample Hospital."),
        (Clinician("王範例醫師", hospital="範例醫院"), "王範例醫師，範例醫院。"),
        (Clinician("José Inventado"), "Dr. José Inventado."),
    ],
)
def test_a_signature_is_the_name_with_its_title_and_the_hospital(clinician: Clinician, signature: str) -> None:
    assert signature_of(clinician) == signature


def test_nobody_approves_without_a_name(archive: Archive) -> None:
    with pytest.raises(NotAllowed, match="name"):
        approve_it(archive, clinician=Clinician("  "))


def test_a_draft_for_another_question_is_never_approved(archive: Archive) -> None:
    foreign = a_draft(question=Question("Somebody else's question?"))
    with pytest.raises(NotAllowed, match="another question"):
        approve_it(archive, draft=foreign)
    assert nothing_was_decided(archive)


def test_the_second_of_two_reviewers_is_told_and_changes_nothing(archive: Archive) -> None:
    state = archive.question_state(QUESTION.id)
    first, _ = approve_it(archive)
    with pytest.raises(Conflict, match=r"Dr\. Ines Invented approved this question in the meantime"):
        reject(archive, state=state, draft=None, clinician=OTHER, reason="Unsafe", now=NOW)
    with pytest.raises(Conflict, match=r"Dr\. Ines Invented has already approved this question"):
        approve_it(archive, clinician=OTHER)
    assert archive.reviews(QUESTION.id) == (first,)


def test_only_an_approval_makes_a_past_reply_of_a_draft(archive: Archive) -> None:
    archive.save_draft(a_draft())
    state = archive.question_state(QUESTION.id)
    escalate(archive, state=state, draft=a_draft(), clinician=DOCTOR, reason="To the ward", now=NOW)
    assert archive.count_exchanges() == 0
    approve_it(archive)
    assert [exchange.origin for _, exchange in archive.iter_exchanges()] == ["approved"]


def test_a_rejection_keeps_its_reason(archive: Archive) -> None:
    state = archive.question_state(QUESTION.id)
    review = reject(
        archive, state=state, draft=a_draft(), clinician=DOCTOR, reason="Unsafe", note=" misses the fever ", now=NOW
    )
    assert (review.decision, review.reason, review.draft_id) == ("rejected", "Unsafe: misses the fever", "d-1")
    assert archive.reviews(QUESTION.id) == (review,)
    assert archive.question_state(QUESTION.id).status == "rejected"
    assert archive.count_exchanges() == 0


@pytest.mark.parametrize("reason", REJECT_REASONS)
def test_each_reason_but_other_may_stand_alone(archive: Archive, reason: str) -> None:
    state = archive.question_state(QUESTION.id)
    if reason == "Other":
        with pytest.raises(NotAllowed, match="in a few words"):
            reject(archive, state=state, draft=None, clinician=DOCTOR, reason="Other", note=" ", now=NOW)
        return
    review = reject(archive, state=state, draft=None, clinician=DOCTOR, reason=reason, now=NOW)  # type: ignore[arg-type]  # one of them
    assert review.reason == reason


def test_a_reason_that_is_not_on_the_list_is_refused(archive: Archive) -> None:
    state = archive.question_state(QUESTION.id)
    with pytest.raises(NotAllowed, match="Choose why it is rejected: Wrong content"):
        reject(archive, state=state, draft=None, clinician=DOCTOR, reason="Dull", now=NOW)  # type: ignore[arg-type]  # on purpose
    assert nothing_was_decided(archive)


def test_an_escalation_says_to_whom_and_why_and_leaves_the_question_to_be_decided(archive: Archive) -> None:
    state = archive.question_state(QUESTION.id)
    with pytest.raises(NotAllowed, match="to whom"):
        escalate(archive, state=state, draft=None, clinician=DOCTOR, reason=" ", now=NOW)
    assert nothing_was_decided(archive)
    escalated = escalate(archive, state=state, draft=None, clinician=DOCTOR, reason="Dr. Other: unsure", now=NOW)
    assert (escalated.decision, escalated.reason) == ("escalated", "Dr. Other: unsure")
    assert archive.question_state(QUESTION.id).status == "escalated"
    approved, _ = approve_it(archive, clinician=OTHER)
    assert archive.reviews(QUESTION.id) == (escalated, approved)
