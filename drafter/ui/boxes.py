"""The one place where an error becomes a box."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from drafter.errors import DrafterError
from drafter.ui import markup

_TITLE = "This did not work"
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR)


@contextmanager
def errors_boxed() -> Iterator[None]:
    """Turns a deliberate error into one box that says what to do; nothing typed is lost by it."""
    try:
        yield
    except DrafterError as error:
        st.html(markup.box("error", _TITLE, str(error)))
    except OSError as error:
        if error.errno not in _DISK:
            raise
        what = f"{error.strerror}: {error.filename or 'while writing'}."
        st.html(
            markup.box("error", _TITLE, what, "Free some space, or set DRAFTER_HOME to a folder you may write to.")
        )
