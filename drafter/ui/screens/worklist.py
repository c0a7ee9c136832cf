"""Waiting questions, urgent ones first."""

from datetime import UTC, datetime
from math import ceil

import streamlit as st

from drafter.archive import QuestionState
from drafter.domain import QuestionStatus
from drafter.text import excerpt
from drafter.ui import desk, markup, state
from drafter.ui.widgets.question_list import Row, question_list

_PAGE = 50
_STATUSES: tuple[QuestionStatus, ...] = ("waiting", "escalated", "rejected", "approved")
_ANY = "All departments"


def show() -> None:
    archive = desk.archive()
    st.title("Worklist")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        status: QuestionStatus = st.selectbox(
            "Status", _STATUSES, key="status", bind="query-params", format_func=str.capitalize, width=160
        )
        chosen = st.selectbox(
            "Department", [_ANY, *archive.departments()], key="department", bind="query-params", width=240
        )
        search = st.text_input(
            "Search", key="q", bind="query-params", placeholder="Words of title or question", live=True, width=280
        )
    department = None if chosen == _ANY else chosen
    counts = archive.count_by_urgency(status=status, department=department, search=search)
    total = sum(counts.values())
    if not total:
        _nothing(filtered=bool(department or search), status=status)
        return
    st.html(_counts_html(counts, total, status))
    pages = ceil(total / _PAGE)
    page = st.session_state.get("page", 1) if pages > 1 else 1
    found = archive.worklist(
        status=status, department=department, search=search, limit=_PAGE, offset=(min(page, pages) - 1) * _PAGE
    )
    now = datetime.now(UTC)
    if opened := question_list([row(one, now) for one in found], label="Questions", path="review", key="list"):
        state.go("review", question=opened)
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")


def row(found: QuestionState, now: datetime) -> Row:
    question = found.question
    asked = question.asked_on or found.added_at.date()
    days = max(0, (now.date() - asked).days)
    since = f"waiting {days} day{'s' * (days > 1)}" if days else "asked today"
    return Row(
        id=question.id,
        title=question.title.strip() or excerpt(question.body, 90),
        excerpt=excerpt(question.body, 160),
        facts=(question.department or "No department", since if found.status == "waiting" else f"asked {asked}"),
        badge=markup.URGENCIES[found.urgency] if found.urgency else "",
        level=found.urgency,
    )


def _counts_html(counts: dict[int, int], total: int, status: QuestionStatus) -> str:
    badges = "".join(
        f'<span class="dr-badge dr-u{level}">{name} {counts[level]}</span>'
        for level, name in sorted(markup.URGENCIES.items(), reverse=True)
        if counts.get(level)
    )
    return f'<p class="dr-line" id="counts"><span>{total} {status}</span>{badges}</p>'


def _nothing(*, filtered: bool, status: QuestionStatus) -> None:
    if filtered:
        st.html(markup.box("note", "No question matches", "Choose another department or clear the search."))
        return
    st.html(
        markup.box(
            "note",
            f"No question is {status}",
            "Paste one under New question, or import a file of questions: drafter import FILE."
            if status == "waiting"
            else "",
        )
    )
    if status == "waiting":
        st.page_link(state.page("new"), label="New question")
