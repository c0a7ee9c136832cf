"""Search of the past replies, as a draft would search them."""

from datetime import UTC, datetime

import streamlit as st

from drafter.screening import deidentify
from drafter.ui import desk, markup

_LIMIT = 20


def show() -> None:
    st.title("Past replies")
    text = st.text_input("Search", key="past", bind="query-params", placeholder="A question, or some words of it")
    held = desk.archive().count_exchanges()
    if not text.strip():
        st.html(markup.box("note", f"{held:,} past replies", *_hint(held)))
        return
    today = datetime.now(UTC).date()
    found = desk.drafter().retriever.find(deidentify(text), limit=_LIMIT, today=today)
    cards = "".join(markup.source_html(source, (), today) for source in found)
    st.html(cards or markup.box("note", "Nothing alike was found", *_hint(held)))


def _hint(held: int) -> tuple[str, ...]:
    if held:
        return ("The search looks at meaning and at words, in questions and replies. The first is the most alike.",)
    return ("Import some first: drafter import FILE, or drafter import --sample for an invented archive.",)
