"""Check my reply: the desk's checks on a reply that was written without a draft. Nothing of it is kept."""

from datetime import UTC, datetime

import streamlit as st

from drafter import reviewing
from drafter.checking import parts
from drafter.domain import Draft, Question
from drafter.ui import markup


def show() -> None:
    st.title("Check my reply")
    st.text("Paste a question and your own answer. Nothing is kept, sent or drafted.")
    with st.container(key="own", horizontal=True):
        asked = st.text_area("The question", key="own:question", height=300, persist_state="session")
        with st.container():
            reply = st.text_area("Your reply", key="own:reply", height=180, persist_state="session")
            more_info = st.text_area(
                "More Info (optional)", key="own:more_info", height=90, persist_state="session"
            )
    if asked.strip() and reply.strip():
        question = Question(body=asked.strip())
        _findings(question, reviewing.edited(question, None, reply, more_info, now=datetime.now(UTC)))
    else:
        st.html(
            markup.box("note", "Nothing to check yet", "The checks run as soon as there is a question and a reply.")
        )


def _findings(question: Question, written: Draft) -> None:
    noticed = markup.noticed_html(written.screening)
    st.html(noticed + markup.people_html(question, written.screening))
    st.subheader("What was asked", anchor=False)
    st.html(markup.parts_html(parts(written)))
    for severity, title in (("block", "To be seen before it goes out"), ("warn", "To look at")):
        # What is open stands above.
        found = [one for one in written.concerns if one.severity == severity and one.code != "open_question"]
        lines = [markup.concern_text(concern) for concern in found]
        if lines:
            st.subheader(title, anchor=False)
            st.html(markup.list_html(lines))
    if not written.concerns:
        st.html(markup.box("note", "The checks noticed nothing", "That does not mean that nothing is wrong."))
