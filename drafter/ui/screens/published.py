"""What was approved on this desk, newest first."""

import streamlit as st

from drafter.ui import desk, markup, state
from drafter.ui.widgets.question_list import Row, question_list

_LIMIT = 50


def show() -> None:
    st.title("Published")
    kept = desk.archive().approved_exchanges(limit=_LIMIT)
    if not kept:
        st.html(markup.box("note", "Nothing has been approved yet", "An approved reply stands here as its page."))
        return
    rows = [
        Row(
            id=review.question_id,
            title=exchange.question.title.strip() or markup.excerpt(exchange.question.body, 90),
            excerpt=markup.excerpt(exchange.reply, 160),
            facts=(exchange.department or "No department", review.clinician.name, f"{review.decided_at:%Y-%m-%d}"),
        )
        for review, exchange in kept
    ]
    if opened := question_list(rows, label="Published pages", path="review", key="published"):
        state.go("review", question=opened)
