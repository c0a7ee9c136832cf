"""One question: read on the left, write on the right, decide at the bottom."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypedDict

import streamlit as st

from drafter import reviewing
from drafter.archive import QuestionState
from drafter.checking import parts, supports
from drafter.domain import Clinician, Draft, Question, Screening, Sentence, Source
from drafter.errors import DrafterError, NotAllowed
from drafter.reviewing import REJECT_REASONS, ReviewItem
from drafter.screening import screen
from drafter.text import editing_load, is_chinese, word_count
from drafter.ui import desk, markup, state
from drafter.ui.finished import finished_page, show_decided, show_page
from drafter.ui.state import Field

_FIELDS: dict[Field, str] = {"reply": "Reply", "more_info": "More Info"}
_PREVIEW = "Page preview"
_PATIENCE = 0.8  # seconds a page waits for a draft before it shows the text as it grows


@dataclass(frozen=True)
class Sheet:
    """What is being written on: a draft, or a blank page (``draft`` is None), under the id that keeps its text."""

    id: str
    draft: Draft | None = None
    reply: str = ""
    more_info: str = ""

    def original(self, field: Field) -> str:
        return self.reply if field == "reply" else self.more_info

    def typed(self, field: Field) -> str:
        return state.text_of(field, self.id, self.original(field))

    @property
    def edited(self) -> bool:
        return any(self.typed(field) != self.original(field) for field in _FIELDS)


class Written(TypedDict):
    """What ``reviewing`` is asked about: the texts as they stand and who wrote them."""

    state: QuestionState
    draft: Draft | None
    reply: str
    more_info: str
    clinician: Clinician
    now: datetime


def show() -> None:
    archive = desk.archive()
    question_id = st.query_params.get("question")
    if question_id is None:
        waiting = archive.worklist(limit=1)
        if not waiting:
            st.title("Review")
            st.html(markup.box("note", "No question is waiting", "All of them have been decided."))
            return
        question_id = st.query_params["question"] = waiting[0].question.id
    item = reviewing.open_review(archive, question_id)
    if item.undecided:
        _desk(item)
    else:
        st.title("Decided")
        st.html(_heading(item.state))
        _unused_text(item)
        show_decided(item)


def _heading(found: QuestionState) -> str:
    question = found.question
    asked = question.asked_on or found.added_at.date()
    facts = (question.department or "No department", f"asked {asked:%Y-%m-%d}", found.status)
    words = "".join(f"<span>{markup.escape(fact)}</span>" for fact in facts)
    return f'<div class="dr-line">{markup.badge(found.urgency)}{words}</div>'


def _unused_text(item: ReviewItem) -> None:
    """What was typed here when somebody else decided first."""
    sheet = _sheet(item) if state.chosen_sheet(item.state.question.id) else None
    if sheet and sheet.edited:
        st.html(markup.kept_html("Your own text was not used", sheet.typed("reply"), sheet.typed("more_info")))


def _desk(item: ReviewItem) -> None:
    """An undecided question, with its draft or with the draft that is being written."""
    question, jobs = item.state.question, desk.jobs()
    sheet, job = _sheet(item), jobs.of(item.state.question.id)
    if sheet is None and job is None:
        job = jobs.start(question)
        job.wait(_PATIENCE)
    problem = jobs.problem(question.id)
    if job and not job.running and not problem:
        jobs.forget(question.id)
        item, job = reviewing.open_review(desk.archive(), question.id), None
        sheet = _sheet(item)
    seen = (sheet.draft if sheet else None) or item.draft or (job.prepared if job else None)
    _news(item)
    with st.container(key="panes"):
        with st.container(key="pane_q"):
            _read(item, seen.screening if seen else _noticed(question))
        with st.container(key="pane_r"):
            if job and job.running:
                _writing(question.id, prepared=seen is not None, blank_after=sheet is None)
            elif problem:
                st.html(markup.box("error", "No draft could be made", str(problem)))
                if sheet is None:
                    _ways_out(question)
            said = _write(item, sheet) if sheet else ()
        with st.container(key="pane_e"):
            if seen:
                _sources(seen.sources, said)
    if sheet:
        _bar(item, sheet)


def _news(item: ReviewItem) -> None:
    """What somebody else did to the question since it was opened here."""
    if _looked_at(item).version == item.state.version:
        return
    latest = item.reviews[-1]
    title = f"{latest.clinician.name} has {latest.decision} this question since you opened it"
    st.html(markup.box("warn", title, latest.reason, "Your text is kept."))
    if st.button("I have read this", key="read"):
        state.look_again(item.state.question.id)
        st.rerun()


def _looked_at(item: ReviewItem) -> QuestionState:
    """The question as this tab first showed it: a decision on it fails when it has changed since."""
    return replace(item.state, version=state.looked_at(item.state.question.id, item.state.version))


def _sheet(item: ReviewItem) -> Sheet | None:
    """What this tab writes on. A newer draft takes the place of an older one only where nothing was typed."""
    question_id, latest = item.state.question.id, item.draft
    chosen = state.chosen_sheet(question_id)
    if chosen == state.blank_sheet(question_id):
        return Sheet(chosen)
    if latest is None:
        return None
    if chosen and chosen != latest.id and (kept := _sheet_of(desk.archive().draft(chosen))).edited:
        return kept
    state.choose_sheet(question_id, latest.id)
    return _sheet_of(latest)


def _sheet_of(draft: Draft) -> Sheet:
    """The draft's texts with the asker's own words where they were masked for the model."""
    restore = draft.screening.restore
    return Sheet(draft.id, draft, restore(draft.reply.text), restore(draft.more_info.text))


def _read(item: ReviewItem, screening: Screening | None) -> None:
    st.html(_heading(item.state))
    for review in item.reviews:
        said = f"{review.decision.capitalize()} by {review.clinician.name}, {review.decided_at:%Y-%m-%d}"
        st.html(markup.box("note", said, review.reason))
    question = item.state.question
    noticed = markup.noticed_html(screening) if screening else ""
    st.html(noticed + markup.people_html(question, screening) + markup.question_html(question, screening))


def _noticed(question: Question) -> Screening | None:
    """Danger signs do not wait for a draft; what stops a screening is said where the draft would be."""
    try:
        return screen(question)
    except DrafterError:
        return None


def _sources(sources: tuple[Source, ...], said: tuple[Sentence, ...]) -> None:
    st.header("Similar past replies", anchor=False)
    if not sources:
        st.html(markup.box("note", "None was found", "A reply has to be written without them."))
        return
    today = datetime.now(UTC).date()
    st.html("".join(markup.source_html(source, said, today) for source in sources))


@st.fragment(run_every=0.3)
def _writing(question_id: str, *, prepared: bool, blank_after: bool) -> None:
    """The draft as it grows. Looks again on its own, so that nothing else on the page is drawn anew."""
    job = desk.jobs().of(question_id)
    if job is None or not job.running or (job.prepared is not None and not prepared):
        st.rerun()
    st.html(markup.growing_html(job.reply, job.more_info, prepared=job.prepared is not None, notice=job.notice))
    if st.button("Stop", key="stop"):
        job.stop()
        if blank_after:
            state.choose_sheet(question_id, state.blank_sheet(question_id))
        st.rerun()


def _ways_out(question: Question) -> None:
    """After a draft that could not be made, with nothing to write on."""
    with st.container(horizontal=True):
        if st.button("Try again", type="primary", key="again"):
            desk.jobs().start(question)
            st.rerun()
        if st.button("Start blank", key="blank"):
            state.choose_sheet(question.id, state.blank_sheet(question.id))
            st.rerun()


def _write(item: ReviewItem, sheet: Sheet) -> tuple[Sentence, ...]:
    """The right pane; gives the sentences that are open in it, with their sources."""
    _made_by(item, sheet)
    reply, more_info, preview = st.tabs([*_FIELDS.values(), _PREVIEW], key=f"tab:{sheet.id}", on_change="rerun")
    with reply:
        _editor(sheet, "reply")
    with more_info:
        _editor(sheet, "more_info")
    if preview.open:
        with preview:
            _preview(item, sheet)
    if not sheet.edited and not sheet.reply:
        _nothing_yet(sheet)
        return ()
    current = reviewing.edited(
        item.state.question, sheet.draft, sheet.typed("reply"), sheet.typed("more_info"), now=datetime.now(UTC)
    )
    _concerns(sheet, current)
    if sheet.draft is None:
        return ()
    if preview.open:
        return tuple(current.passages())
    field: Field = "more_info" if more_info.open else "reply"
    _compare(sheet, field, current)
    return tuple(current.more_info.passages()) if more_info.open else current.reply.sentences


def _made_by(item: ReviewItem, sheet: Sheet) -> None:
    """What the text came from, and the ways to start over; none loses what was typed."""
    question, newest = item.state.question, item.draft
    if sheet.draft:
        st.html(markup.made_by_html(sheet.draft))
        if newest and newest.id != sheet.id:
            st.html(markup.box("note", "A newer draft is ready", "Your text stays until you choose the new draft."))
    with st.container(horizontal=True):
        if newest and newest.id != sheet.id:
            _sheet_button("Use the new draft" if sheet.draft else "Use the draft", question, newest.id)
        withheld = bool(newest and newest.abstained)
        anyway = withheld or bool(newest and newest.provenance.parameters.get("anyway"))
        label = "Draft anyway" if withheld else "Draft again"
        if not desk.jobs().writing(question.id) and st.button(label, key="again"):
            desk.jobs().start(question, anyway=anyway).wait(_PATIENCE)
            st.rerun()
        if sheet.draft:
            _sheet_button("Start blank", question, state.blank_sheet(question.id))
        earlier = _left(question)
        if earlier and earlier.edited and earlier.id not in (sheet.id, newest and newest.id):
            _sheet_button("Back to my earlier text", question, earlier.id)


def _sheet_button(label: str, question: Question, sheet_id: str) -> None:
    if st.button(label, key=f"sheet:{label}"):
        state.choose_sheet(question.id, sheet_id)
        st.rerun()


def _left(question: Question) -> Sheet | None:
    """The sheet that was written on before this one."""
    left = state.left_sheet(question.id)
    if left is None or left == state.blank_sheet(question.id):
        return Sheet(left) if left else None
    return _sheet_of(desk.archive().draft(left))


def _editor(sheet: Sheet, field: Field) -> None:
    key, label = state.text_key(field, sheet.id), _FIELDS[field]
    st.session_state.setdefault(key, sheet.original(field))
    st.text_area(
        label,
        key=key,
        height=240 if field == "reply" else 420,
        persist_state="session",
        label_visibility="collapsed",
        placeholder=f"{label}: write here",
    )
    typed = sheet.typed(field)
    facts = [f"{word_count(typed)} {'characters' if is_chinese(typed) else 'words'}"]
    if sheet.original(field):
        facts.append(f"{editing_load(sheet.original(field), typed):.0%} of the draft changed")
    st.html(markup.facts_html(*facts))


def _preview(item: ReviewItem, sheet: Sheet) -> None:
    try:
        exchange = reviewing.finished(**_written(item, sheet))
    except NotAllowed as error:
        st.html(markup.box("note", "No page yet", str(error)))
    else:
        show_page(finished_page(exchange), key=f"preview:{sheet.id}")


def _written(item: ReviewItem, sheet: Sheet) -> Written:
    return {
        "state": _looked_at(item),
        "draft": sheet.draft,
        "reply": sheet.typed("reply"),
        "more_info": sheet.typed("more_info"),
        "clinician": _clinician(),
        "now": datetime.now(UTC),
    }


def _nothing_yet(sheet: Sheet) -> None:
    """An empty page raises no concerns; what to ask back is of use before anything is written."""
    if sheet.draft and sheet.draft.to_ask:
        st.subheader("To ask back", anchor=False)
        st.html(markup.list_html(sheet.draft.to_ask))


def _concerns(sheet: Sheet, current: Draft) -> None:
    """Each blocking concern with its own tick; there is no way to tick them all."""
    blocking = [concern for concern in current.concerns if concern.severity == "block"]
    if blocking:
        st.subheader("To be seen before approving", anchor=False)
    for concern in blocking:
        words = markup.plain(f"Seen: {markup.concern_text(concern)}")
        st.checkbox(words, key=state.tick_key(sheet.id, concern.key), persist_state="session")
    others = [markup.concern_text(concern) for concern in current.concerns if concern.severity == "warn"]
    if lines := [*others, *current.missing]:
        st.subheader("To look at", anchor=False)
        st.html(markup.list_html(lines))
    if current.to_ask:
        st.subheader("To ask back", anchor=False)
        st.html(markup.list_html(current.to_ask))


def _compare(sheet: Sheet, field: Field, current: Draft) -> None:
    """What the sources say of each sentence, what of the question is answered, or what was changed."""
    view = st.segmented_control(
        "View",
        ["Support", "Asked", "Changes"],
        default="Support",
        key="view",
        required=True,
        label_visibility="collapsed",
    )
    if view == "Changes":
        st.html(markup.diff_html(sheet.original(field), sheet.typed(field)))
    elif view == "Asked":
        st.html(markup.parts_html(parts(current)))
    elif sheet.draft:
        st.html(markup.verdicts_html(one for one in supports(current) if one.place == field))


def _bar(item: ReviewItem, sheet: Sheet) -> None:
    """The three decisions; why approving is not possible yet stands beside them."""
    seen = state.seen(sheet.id)
    hindrance = reviewing.hindrance(**_written(item, sheet), seen=seen)
    with (
        st.bottom,
        st.container(key="bar", horizontal=True, horizontal_alignment="right", vertical_alignment="center"),
    ):
        if hindrance:
            st.html(f'<p class="dr-why dr-soft dr-small" role="status">{markup.escape(hindrance)}</p>')
        with st.popover("Escalate", key="escalating"):
            _escalate(item, sheet)
        with st.popover("Reject", key="rejecting"):
            _reject(item, sheet)
        if st.button("Approve", type="primary", key="approve", disabled=hindrance is not None):
            reviewing.approve(desk.archive(), **_written(item, sheet), seen=seen)
            state.leave(item.state.question.id)
            st.rerun()


def _escalate(item: ReviewItem, sheet: Sheet) -> None:
    reason = st.text_area("To whom, and why?", key=f"escalate:{sheet.id}")
    if st.button("Escalate the question", key="escalate"):
        reviewing.escalate(
            desk.archive(),
            state=_looked_at(item),
            draft=sheet.draft,
            clinician=_clinician(),
            reason=reason,
            now=datetime.now(UTC),
        )
        state.look_again(item.state.question.id)
        state.notify("Escalated: the question stands in the worklist under the status Escalated.")
        state.go("worklist")


def _reject(item: ReviewItem, sheet: Sheet) -> None:
    reason = st.selectbox("Why does no reply go out?", REJECT_REASONS, key=f"reason:{sheet.id}")
    note = st.text_area("In a few words", key=f"note:{sheet.id}", help="Needed for Other.")
    if st.button("Reject the question", key="reject"):
        reviewing.reject(
            desk.archive(),
            state=_looked_at(item),
            draft=sheet.draft,
            clinician=_clinician(),
            reason=reason,
            note=note,
            now=datetime.now(UTC),
        )
        state.leave(item.state.question.id)
        st.rerun()


def _clinician() -> Clinician:
    return state.clinician(desk.settings().clinician)
