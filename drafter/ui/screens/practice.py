"""Practice, in training mode only: invented cases with a planted error or none, judged at once."""

from datetime import UTC, datetime

import streamlit as st

from drafter.archive import DrillAnswer
from drafter.domain import Clinician
from drafter.drills import (
    KINDS,
    Drill,
    Marks,
    Planting,
    Tally,
    desk_sees,
    draw,
    name_of,
    next_round,
    shown,
    submit,
    tally,
)
from drafter.ui import desk, markup, state

_ROUND = "round"
_WHAT = "Which sentences are wrong?"


def show() -> None:
    clinician = state.clinician(desk.settings().clinician)
    answer = _answered(clinician)
    number = answer.round if answer else next_round(desk.archive(), clinician)
    drill = draw(clinician, number)
    st.title("Practice")
    st.html(
        markup.box(
            "note",
            f"Round {number}: an invented case",
            "One error may be planted in the draft, or none. What you mark is kept as practice, under your name; "
            "nothing here can be approved or sent.",
        )
    )
    with st.container(key="panes"):
        with st.container(key="pane_q"):
            _read(drill)
        with st.container(key="pane_r"):
            if answer:
                _learn(drill, answer)
            else:
                _judge(drill, clinician, number)
        with st.container(key="pane_e"):
            _sources(drill)


def _answered(clinician: Clinician) -> DrillAnswer | None:
    """The answer that this address shows again; None when there is none, or the cases were changed since."""
    asked_for = st.query_params.get(_ROUND, "")
    for answer in desk.archive().drill_answers(name_of(clinician)):
        if str(answer.round) == asked_for and answer.drill_id == draw(clinician, answer.round).id:
            return answer
    return None


def _read(drill: Drill) -> None:
    question, screening = drill.question, drill.screening
    st.html(
        markup.noticed_html(screening)
        + markup.people_html(question, screening)
        + markup.question_html(question, screening)
    )


def _sources(drill: Drill) -> None:
    st.header("Similar past replies", anchor=False)
    today = datetime.now(UTC).date()
    st.html("".join(markup.source_html(source, drill.passages, today) for source in drill.sources))


def _judge(drill: Drill, clinician: Clinician, number: int) -> None:
    with st.form(f"practice:{drill.id}", border=False):
        st.header(_WHAT, anchor=False)
        key = f"practice:{number}:{drill.id}"
        wrong = _ticks(key, drill)
        st.subheader("Or", anchor=False)
        missing = _tick(f"{key}:missing", "A needed sentence is missing")
        nothing = _tick(f"{key}:nothing", "Nothing is wrong")
        if not st.form_submit_button("Answer", type="primary"):
            return
    marks = Marks(wrong, missing=missing, nothing=nothing)
    submit(desk.archive(), marks, clinician=clinician, number=number, now=datetime.now(UTC))
    st.query_params[_ROUND] = str(number)
    st.rerun()


def _ticks(key: str, drill: Drill) -> frozenset[int]:
    """The reply and More Info, a tick before each sentence; gives the places of the ticked ones."""
    st.subheader("Reply", anchor=False)
    said = [(sentence.text, sentence.sources) for sentence in drill.reply.sentences]
    ticked = [place for place, (text, sources) in enumerate(said) if _sentence(f"{key}:{place}", text, sources)]
    for section in drill.more_info.sections:
        st.subheader(markup.plain(f"More Info: {section.heading}"), anchor=False)
        for place, point in enumerate(section.points, start=len(said)):
            if _sentence(f"{key}:{place}", f"{point.label}: {point.text}", point.sources):
                ticked.append(place)
    return frozenset(ticked)


def _sentence(key: str, text: str, sources: tuple[int, ...]) -> bool:
    numbers = "".join(f"[{number}]" for number in sources) or "(no source)"
    return _tick(key, f"{text} {numbers}")


def _tick(key: str, words: str) -> bool:
    return st.checkbox(markup.plain(words), key=key, persist_state="session")


def _learn(drill: Drill, answer: DrillAnswer) -> None:
    """What was planted, where, why it matters, and whether it was caught; by the reviewer and by the desk."""
    st.html(_verdict_html(drill, answer))
    if drill.planting:
        st.html(_where_html(drill, drill.planting))
        st.html(_desk_html(drill))
    if st.button("Next case", type="primary", key="next"):
        del st.query_params[_ROUND]
        st.rerun()
    st.header("Your practice so far", anchor=False)
    st.html(markup.list_html(_so_far(tally(desk.archive().drill_answers(answer.clinician)))))
    st.header("The draft you read", anchor=False)
    st.html(markup.support_html(drill.passages, frozenset(source.number for source in drill.sources)))


def _verdict_html(drill: Drill, answer: DrillAnswer) -> str:
    also = _false_alarms(answer)
    if drill.planting is None:
        title = "Nothing was planted here" if answer.false_alarms else "Right: nothing was planted here"
        return markup.box("warn" if answer.false_alarms else "good", title, also)
    kind = KINDS[drill.planting.kind]
    if answer.caught:
        return markup.box("good", f"You caught it: {kind}", drill.planting.why, also)
    return markup.box("error", f"You missed it: {kind}", drill.planting.why, also)


def _false_alarms(answer: DrillAnswer) -> str:
    good = answer.false_alarms
    if not good:
        return ""
    what = "one thing that was" if good == 1 else f"{good} things that were"
    return f"You marked {what} in order." if answer.kind is None else f"You also marked {what} in order."


def _where_html(drill: Drill, planting: Planting) -> str:
    good = shown(drill.case, None).passages[planting.at].text
    place = "the reply" if planting.at < len(drill.case.reply.sentences) else "More Info"
    title = f"Left out of {place}" if planting.says is None else f"Changed in {place}"
    return f"<h3>{title}</h3>{markup.diff_html(good, planting.says or '')}"


def _desk_html(drill: Drill) -> str:
    seen = [markup.concern_text(concern) for concern in desk_sees(drill)]
    if not seen:
        return markup.box("note", "The desk's own checks do not see this one", "Only a reader can.")
    return markup.box("note", "The desk would have shown", *seen)


def _so_far(found: Tally) -> list[str]:
    return [
        f"Planted errors you caught: {found.caught.sentence}.",
        f"Drafts without an error in which you marked something: {found.alarmed.sentence}.",
        f"Good sentences you marked in all: {found.false_alarms}.",
    ]
