"""What all browser tabs share: settings, the Drafter and the drafts in work. Opened at the first use."""

from datetime import datetime

import streamlit as st

from drafter.archive import Archive
from drafter.domain import Question
from drafter.drafting import Drafter
from drafter.opening import concurrency_of, open_drafter
from drafter.screening import screen
from drafter.settings import Settings, read_settings
from drafter.ui.jobs import Jobs


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    return read_settings()


@st.cache_resource(show_spinner="Opening the archive …")
def drafter() -> Drafter:
    return open_drafter(settings())


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    return Jobs(drafter(), at_once=concurrency_of(settings()))


def archive() -> Archive:
    return drafter().archive


def receive(question: Question, now: datetime) -> None:
    """Put a question on the worklist; nothing happens when it is there already.

    Raises:
        BadInput: the question is empty or too long.
    """
    archive().add_question(question, urgency=screen(question).urgency, added_at=now)
