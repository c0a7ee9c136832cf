"""What one browser tab remembers between reruns: every session key has its name here.

Typed text and ticks are kept under the sheet they belong to (a draft's id, or a question's blank sheet), so that
switching tabs, ticking or a new draft loses nothing. A reload of the page starts a new session.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NoReturn

import streamlit as st
from streamlit.navigation.page import Page

from drafter.domain import Clinician

Field = Literal["reply", "more_info"]

_PAGES = "pages"
_NOTICE = "notice"
CLINICIAN = "clinician"


def remember_pages(pages: Mapping[str, Page]) -> None:
    st.session_state[_PAGES] = dict(pages)


def page(name: str) -> Page:
    found: Page = st.session_state[_PAGES][name]
    return found


def go(name: str, **query: str) -> NoReturn:
    """Open another page of the desk, with these query parameters."""
    st.switch_page(page(name), query_params=query)


def clinician(default: Clinician) -> Clinician:
    """Who reviews in this tab: the one from the settings, under the name typed here."""
    return replace(default, name=(st.session_state.get(CLINICIAN) or default.name).strip())


def notify(text: str) -> None:
    """Say this on the next page that is shown."""
    st.session_state[_NOTICE] = text


def take_notice() -> str:
    return str(st.session_state.pop(_NOTICE, ""))


def looked_at(question_id: str, version: int) -> int:
    """The version of the question that this tab first showed, and so the one that is decided on."""
    found: int = st.session_state.setdefault(f"version:{question_id}", version)
    return found


def leave(question_id: str) -> None:
    """This tab is done with the question as it stood: what comes next is looked at anew."""
    for name in ("version", "sheet", "left"):
        st.session_state.pop(f"{name}:{question_id}", None)


def look_again(question_id: str) -> None:
    st.session_state.pop(f"version:{question_id}", None)


def blank_sheet(question_id: str) -> str:
    return f"blank-{question_id}"


def text_key(field: Field, sheet: str) -> str:
    return f"text:{field}:{sheet}"


def text_of(field: Field, sheet: str, default: str) -> str:
    """What was typed on this sheet, or ``default`` where nothing was."""
    return str(st.session_state.get(text_key(field, sheet), default))


def tick_key(sheet: str, concern: str) -> str:
    return f"seen:{sheet}:{concern}"


def seen(sheet: str) -> frozenset[str]:
    """Keys of the concerns that are ticked on this sheet."""
    start = tick_key(sheet, "")
    ticked = (key for key, value in st.session_state.items() if str(key).startswith(start) and value)
    return frozenset(str(key).removeprefix(start) for key in ticked)


def choose_sheet(question_id: str, sheet: str) -> None:
    """Write on this sheet from now on; the one before it is kept."""
    before = chosen_sheet(question_id)
    if before != sheet:
        st.session_state[f"left:{question_id}"] = before
        st.session_state[f"sheet:{question_id}"] = sheet


def chosen_sheet(question_id: str) -> str | None:
    found: str | None = st.session_state.get(f"sheet:{question_id}")
    return found


def left_sheet(question_id: str) -> str | None:
    found: str | None = st.session_state.get(f"left:{question_id}")
    return found
