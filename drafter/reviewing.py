"""What a clinician may do with a question: approve, reject, escalate. The rules are here, never in a view."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from drafter.archive import Archive, QuestionState
from drafter.checking import own_words, with_texts
from drafter.domain import (
    Clinician,
    Concern,
    Decision,
    Draft,
    Exchange,
    Question,
    QuestionStatus,
    Review,
    content_hash,
)
from drafter.drills import is_practice
from drafter.errors import Conflict, NotAllowed
from drafter.publishing import split_signature
from drafter.screening import screen
from drafter.text import advice_of, editing_load, language_of, words

RejectReason = Literal[
    "Wrong content", "Unsafe", 'Needlessly says "visit"', "Too long", "Tone", "Not medical", "Other"
]
REJECT_REASONS: tuple[RejectReason, ...] = get_args(RejectReason)

UNDECIDED: frozenset[QuestionStatus] = frozenset({"waiting", "escalated"})
"""An escalated question still needs somebody's reply, so it can be decided; the other two are final."""

_COLLECTION = "drafter"
_TOPICS = 5
_TITLES = frozenset(words("Dr Prof Doctor Professor MD 主治醫師医师醫生医生大夫主任敬上"))
# Also without a number, as they stand in past replies; "[ECG]" is a doctor's own.
_PLACEHOLDER = re.compile(
    r"\[(?:[A-Z]{2,10}_\d+|NAME|ORG|EMAIL|URL|HANDLE|RECORD|ID|IP|DATE|PHONE|ADDRESS|AGE|CARD|ACCOUNT)"
    r"(?:: [\d+]+)?\]"
)


@dataclass(frozen=True)
class ReviewItem:
    """A question with its latest draft, if there is one, and what was decided so far, oldest first."""

    state: QuestionState
    draft: Draft | None
    reviews: tuple[Review, ...]

    @property
    def undecided(self) -> bool:
        return self.state.status in UNDECIDED


def open_review(archive: Archive, question_id: str) -> ReviewItem:
    """Raises ArchiveError when there is no such question."""
    return ReviewItem(
        archive.question_state(question_id), archive.latest_draft(question_id), archive.reviews(question_id)
    )


def edited(question: Question, draft: Draft | None, reply: str, more_info: str, *, now: datetime) -> Draft:
    """The texts as they stand, with the concerns that ``approve`` goes by. A reply that was started blank is looked
    at as well, by the checks that need no source."""
    if draft:
        return with_texts(draft, reply, more_info)
    return own_words(question, screen(question), reply, more_info, now=now)


def approve(
    archive: Archive,
    *,
    state: QuestionState,
    draft: Draft | None,
    reply: str,
    more_info: str,
    clinician: Clinician,
    seen: frozenset[str],
    now: datetime,
) -> tuple[Review, Exchange]:
    """Keep the reply as the clinician edited it: the review and the finished exchange, in one transaction.

    ``state`` and ``draft`` are what the clinician looked at (no draft: started blank), ``seen`` the keys of the
    concerns that were ticked. The clinician's signature is added here, and nowhere else.

    Raises:
        NotAllowed: the reply is empty, signed by somebody else or not fit to send, a blocking concern of the
            edited texts was not seen, or the question is a practice case.
        Conflict: the question was decided or changed by somebody else.
        ArchiveError: the archive cannot be written; nothing was changed.
    """
    _refuse_decided(archive, state)
    exchange = finished(state=state, draft=draft, reply=reply, more_info=more_info, clinician=clinician, now=now)
    blocking = _seen_or_refused(edited(state.question, draft, reply, more_info, now=now), seen)
    review = Review(
        id=_review_id(state),
        question_id=state.question.id,
        draft_id=draft.id if draft else None,
        clinician=clinician,
        decision="approved",
        decided_at=now,
        reply=exchange.reply,
        more_info=exchange.more_info,
        seen=tuple(concern.key for concern in blocking),
        editing_load=_editing_load(draft, exchange),
    )
    archive.record_review(review, version=state.version, approved=exchange)
    return review, exchange


def hindrance(
    *,
    state: QuestionState,
    draft: Draft | None,
    reply: str,
    more_info: str,
    clinician: Clinician,
    seen: frozenset[str],
    now: datetime,
) -> str | None:
    """Why ``approve`` would refuse these texts, in one sentence; None when it would not. Changes nothing."""
    try:
        finished(state=state, draft=draft, reply=reply, more_info=more_info, clinician=clinician, now=now)
        _seen_or_refused(edited(state.question, draft, reply, more_info, now=now), seen)
    except NotAllowed as error:
        return str(error)
    return None


def reject(
    archive: Archive,
    *,
    state: QuestionState,
    draft: Draft | None,
    clinician: Clinician,
    reason: RejectReason,
    note: str = "",
    now: datetime,
) -> Review:
    """Decide that no reply goes out. ``reason`` is one of REJECT_REASONS; "Other" needs a ``note``.

    The review keeps "reason: note". Raises as ``approve`` does.
    """
    if reason not in REJECT_REASONS:
        raise NotAllowed(f"Choose why it is rejected: {', '.join(REJECT_REASONS)}.")
    if reason == "Other" and not note.strip():
        raise NotAllowed("Write in a few words why it is rejected.")
    said = f"{reason}: {note.strip()}" if note.strip() else reason
    return _decide(archive, "rejected", state=state, draft=draft, clinician=clinician, reason=said, now=now)


def escalate(
    archive: Archive,
    *,
    state: QuestionState,
    draft: Draft | None,
    clinician: Clinician,
    reason: str,
    now: datetime,
) -> Review:
    """Hand the question to somebody else; ``reason`` says to whom and why. Raises as ``approve`` does."""
    if not reason.strip():
        raise NotAllowed("Write to whom the question goes and why.")
    return _decide(
        archive, "escalated", state=state, draft=draft, clinician=clinician, reason=reason.strip(), now=now
    )


def finished(
    *, state: QuestionState, draft: Draft | None, reply: str, more_info: str, clinician: Clinician, now: datetime
) -> Exchange:
    """The exchange that approving these texts keeps, signed; nothing is stored.

    Raises:
        NotAllowed: the reply is empty, signed by somebody else or not fit to send, or the question is a practice
            case.
    """
    _refuse_mistaken(state, draft, clinician)
    _refuse_practice(state.question)
    question = state.question
    return Exchange(
        question=question,
        reply=_unsigned(_restored(draft, reply), clinician),
        doctor=clinician.name.strip(),
        department=clinician.department or (draft.department if draft else None) or question.department,
        hospital=clinician.hospital,
        replied_on=now.date(),
        signature=signature_of(clinician),
        more_info=_restored(draft, more_info),
        topics=_topics(draft),
        origin="approved",
        collection=_COLLECTION,
        language=language_of(reply),
        drafted_by=draft.provenance.model if draft and not _wrote_nothing(draft) else None,
    )


def signature_of(clinician: Clinician) -> str:
    """How a reply is signed: "Dr. Name, Hospital."."""
    name = clinician.name.strip(" .。")
    chinese = not name.isascii() and language_of(name) != "en"
    if not chinese and not re.match(r"(?:dr|prof)\b", name, re.IGNORECASE):
        name = f"Dr. {name}"
    place = (clinician.hospital or "").strip(" .。")
    return ("，" if chinese else ", ").join(part for part in (name, place) if part) + ("。" if chinese else ".")


def _decide(
    archive: Archive,
    decision: Decision,
    *,
    state: QuestionState,
    draft: Draft | None,
    clinician: Clinician,
    reason: str,
    now: datetime,
) -> Review:
    _refuse_decided(archive, state)
    _refuse_mistaken(state, draft, clinician)
    review = Review(
        id=_review_id(state),
        question_id=state.question.id,
        draft_id=draft.id if draft else None,
        clinician=clinician,
        decision=decision,
        decided_at=now,
        reason=reason,
    )
    archive.record_review(review, version=state.version, approved=None)
    return review


def _seen_or_refused(written: Draft, seen: frozenset[str]) -> list[Concern]:
    blocking = [concern for concern in written.concerns if concern.severity == "block"]
    for concern in blocking:
        if concern.key not in seen:
            raise NotAllowed(f"Tick that you have seen this before you approve: {concern.message}")
    return blocking


def _review_id(state: QuestionState) -> str:
    # One review for each version of a question: not even two that race can both be kept.
    return "r-" + content_hash(state.question.id, state.version)


def _refuse_mistaken(state: QuestionState, draft: Draft | None, clinician: Clinician) -> None:
    if draft and draft.question.id != state.question.id:
        raise NotAllowed("This draft was written for another question: open the question again.")
    if not clinician.name.strip():
        raise NotAllowed("Nobody's name is given: enter the name of the clinician who decides.")


def _refuse_practice(question: Question) -> None:
    if is_practice(question):
        raise NotAllowed(
            "This question is an invented case for practice: no reply to it can be approved, reject it."
        )


def _refuse_decided(archive: Archive, state: QuestionState) -> None:
    if state.status not in UNDECIDED:
        earlier = archive.reviews(state.question.id)
        who = f"{earlier[-1].clinician.name} has already" if earlier else "Somebody has already"
        raise Conflict(f"{who} {state.status} this question: nothing was changed.")


def _restored(draft: Draft | None, text: str) -> str:
    """The text with the asker's own words in place of what was masked for the model."""
    restored = (draft.screening.restore(text) if draft else text).strip()
    if left := _PLACEHOLDER.search(restored):
        raise NotAllowed(f"{left[0]} is a placeholder with nothing behind it: write what the asker should read.")
    return restored


def _unsigned(reply: str, clinician: Clinician) -> str:
    """The reply without the clinician's own signature, which code adds once."""
    own = _TITLES.union(*(words(part or "") for part in (clinician.name, clinician.department, clinician.hospital)))
    signed = split_signature(reply, clinician.name)
    while signed.signature:
        if not own.issuperset(words(signed.doctor or "")):
            raise NotAllowed(
                f"The reply ends with the signature of {signed.doctor}: remove it, yours is added when you approve."
            )
        signed = split_signature(signed.reply, clinician.name)
    if own.issuperset(words(advice_of(signed.reply))):
        raise NotAllowed("The reply is empty but for a greeting: write what the asker should read.")
    return signed.reply


def _topics(draft: Draft | None) -> tuple[str, ...]:
    """The draft's topics, or else those of the sources it cites."""
    if draft is None or draft.topics:
        return draft.topics if draft else ()
    cited = (topic for s in draft.sources if s.number in draft.cited for topic in s.exchange.topics)
    return tuple(dict.fromkeys(cited))[:_TOPICS]


def _wrote_nothing(draft: Draft) -> bool:
    """Whether the draft was withheld and the clinician started from an empty page."""
    return bool(draft.abstained) and not draft.reply.sentences


def _editing_load(draft: Draft | None, exchange: Exchange) -> float | None:
    if draft is None or _wrote_nothing(draft):
        return None
    drafted = draft.screening.restore(f"{draft.reply.text}\n\n{draft.more_info.text}")
    return editing_load(drafted, f"{exchange.reply}\n\n{exchange.more_info}")
