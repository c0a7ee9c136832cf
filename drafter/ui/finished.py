"""A finished page as readers will see it, and what became of a question."""

import streamlit as st

from drafter.domain import Exchange, Review
from drafter.publishing import page_html, page_of, page_text, related_topics, similar_exchanges
from drafter.reviewing import ReviewItem
from drafter.ui import desk, markup, state

_SIMILAR = 4
_LOOK_AROUND = 20  # exchanges whose topics become Related FAQ


def html_and_text(exchange: Exchange) -> tuple[str, str]:
    """The page as one HTML file and in the site's own layout."""
    near = similar_exchanges(desk.drafter().retriever.find, exchange, limit=_LOOK_AROUND)
    page = page_of(exchange, similar=near[:_SIMILAR], related=related_topics((exchange, *near)))
    return page_html(page), page_text(page)


def show_page(html: str) -> None:
    """The page in a frame of its own: its looks and the desk's cannot touch each other."""
    with st.container(key="finished"):
        st.iframe(html, alt="The finished page")


def show_decided(item: ReviewItem) -> None:
    """An approved question as its page, a rejected one with the reason."""
    review, question = item.reviews[-1], item.state.question
    when = f"{review.decided_at:%Y-%m-%d %H:%M} UTC"
    kind = "good" if review.decision == "approved" else "note"
    said = f"{review.decision.capitalize()} by {review.clinician.name}, {when}"
    st.html(markup.box(kind, said, review.reason, _load(review)))
    if review.decision != "approved":
        st.html(markup.question_html(question, None))
        _next()
        return
    html, text = html_and_text(desk.archive().approved_exchange(question.id))
    with st.container(horizontal=True):
        st.download_button("Download HTML", html, f"{question.id}.html", "text/html", on_click="ignore")
        st.download_button("Download text", text, f"{question.id}.txt", "text/plain", on_click="ignore")
        _next()
    show_page(html)


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
