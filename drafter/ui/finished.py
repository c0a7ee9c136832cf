"""A finished page as readers will see it, and what became of a question."""

import streamlit as st

from drafter.domain import Exchange, Review
from drafter.publishing import Page, page_html, page_of, page_text, related_topics, similar_exchanges
from drafter.reviewing import ReviewItem
from drafter.ui import desk, markup, state
from drafter.ui.widgets.framed_page import framed_page

_SIMILAR = 4
_LOOK_AROUND = 20  # exchanges whose topics become Related FAQ


def finished_page(exchange: Exchange) -> Page:
    near = similar_exchanges(desk.drafter().retriever.find, exchange, limit=_LOOK_AROUND)
    return page_of(exchange, similar=near[:_SIMILAR], related=related_topics((exchange, *near)))


def show_page(page: Page, *, key: str) -> None:
    framed_page(page_html(page, script=False), title="The finished page", key=key)


def show_decided(item: ReviewItem) -> None:
    """An approved question as its page, a rejected one with the reason."""
    review, question = item.reviews[-1], item.state.question
    when = f"{review.decided_at:%Y-%m-%d %H:%M} UTC"
    said = f"{review.decision.capitalize()} by {review.clinician.name}, {when}"
    if review.decision != "approved":
        st.html(markup.box("note", said, review.reason) + markup.question_html(question, None))
        _next()
        return
    found_again = "It stands under Published, and the next search of past replies finds it."
    st.html(markup.box("good", said, _load(review), found_again))
    if review.draft_id:
        st.html(markup.made_by_html(desk.archive().draft(review.draft_id)))
    page = finished_page(desk.archive().approved_exchange(question.id))
    with st.container(horizontal=True):
        _download("Download HTML", page_html(page), f"{question.id}.html", "text/html")
        _download("Download text", page_text(page), f"{question.id}.txt", "text/plain")
        _next()
    show_page(page, key=f"page:{question.id}")


def _download(label: str, text: str, name: str, kind: str) -> None:
    st.download_button(label, text, name, kind, on_click="ignore")


def _load(review: Review) -> str:
    if review.draft_id is None:
        return "Written without a draft."
    return f"{review.editing_load:.0%} of the draft was changed." if review.editing_load is not None else ""


def _next() -> None:
    if st.button("Next question", key="next"):
        waiting = desk.archive().worklist(limit=1)
        if waiting:
            state.go("review", question=waiting[0].question.id)
        state.go("worklist")
