"""The one place where an error becomes a box."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from drafter.errors import DrafterError
from drafter.ui import markup


@contextmanager
def errors_boxed() -> Iterator[None]:
    """Turns a deliberate error into one box that says what to do; nothing typed is lost by it."""
    try:
        yield
    except DrafterError as error:
        st.html(markup.box("error", "This did not work", str(error)))
