"""The entry: page set-up, navigation, and who reviews."""

from pathlib import Path

import streamlit as st

from drafter.errors import BadSettings
from drafter.ui import desk, markup, state
from drafter.ui.boxes import errors_boxed
from drafter.ui.screens import new_question, own_reply, past_replies, practice, published, review, worklist

_FOLDER = Path(__file__).parent


def show(*, first: str = "worklist") -> None:
    """Render the desk; ``first`` is the page at "/"."""
    # A material or emoji icon would be fetched from another server.
    st.set_page_config(page_title="Drafter", page_icon=str(_FOLDER / "icon.svg"), layout="wide")
    st.html(_FOLDER / "style.css")
    screens = [
        ("worklist", "Worklist", worklist.show),
        ("review", "Review", review.show),
        ("new", "New question", new_question.show),
        ("check", "Check my reply", own_reply.show),
        ("past", "Past replies", past_replies.show),
        ("published", "Published", published.show),
    ]
    if _training():
        screens.append(("practice", "Practice", practice.show))
    pages = {
        name: st.Page(screen, title=title, url_path=name, default=name == first) for name, title, screen in screens
    }
    state.remember_pages(pages)
    page = st.navigation(list(pages.values()), position="top")
    with errors_boxed():
        _who_and_what()
        if notice := state.take_notice():
            st.html(markup.box("good", notice))
        page.run()
        desk.jobs()  # now that the page is drawn, so that the first draft finds everything open


def _training() -> bool:
    try:
        return desk.settings().training
    except BadSettings:
        return False  # what is wrong with them is said in a box, where every page begins


def _who_and_what() -> None:
    """Who reviews and what writes the drafts, on every page."""
    default = desk.settings().clinician
    with st.container(key="who", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        model = desk.settings().model
        words = "No language model" if model == "offline" else f"Model: {model}"
        if model != "offline" and (others := desk.settings().fallback_names):
            words += f", else {', else '.join(others)}"
        st.html(markup.facts_html(words), width="content")
        with st.popover(markup.plain(state.clinician(default).name), width="content"):
            st.text_input("Name that signs", key=state.CLINICIAN, placeholder=default.name, persist_state="session")
            st.text("Kept for this browser tab. DRAFTER_CLINICIAN_NAME sets it for good.")
