"""A pasted question: put on the worklist, then drafted on its Review page while the page is open or not."""

from datetime import UTC, datetime

import streamlit as st

from drafter.domain import Asker, Question, Sex
from drafter.ui import desk, state

_SEXES: tuple[Sex, ...] = ("female", "male")


def show() -> None:
    st.title("New question")
    with st.form("new", border=False, width=760):
        title = st.text_input("Title", key="new:title", persist_state="session")
        body = st.text_area("Question", key="new:body", height=260, persist_state="session")
        with st.container(horizontal=True):
            department = st.text_input("Department (optional)", key="new:department", persist_state="session")
            name = st.text_input("Asker's name (optional)", key="new:name", persist_state="session")
        with st.container(horizontal=True):
            age = st.text_input("Age (optional)", key="new:age", placeholder="34 or 30~39", persist_state="session")
            sex = st.selectbox(
                "Sex (optional)",
                _SEXES,
                index=None,
                key="new:sex",
                placeholder="Not stated",
                persist_state="session",
            )
        sent = st.form_submit_button("Put on the worklist and draft", type="primary")
    if not sent:
        return
    now = datetime.now(UTC)
    question = Question(
        body=body.strip(),
        title=title.strip(),
        department=department.strip() or None,
        asked_on=now.date(),
        asker=Asker(name.strip() or None, sex, age.strip() or None),
    )
    desk.receive(question, now)
    for field in ("title", "body", "department", "name", "age", "sex"):
        st.session_state.pop(f"new:{field}", None)
    state.go("review", question=question.id)
