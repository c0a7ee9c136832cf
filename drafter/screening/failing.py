"""Failing closed: a detector that crashed has noticed nothing, which must not read as "nothing there"."""

from collections.abc import Iterator
from contextlib import contextmanager

from drafter.errors import DrafterError, ScreeningFailed


@contextmanager
def fail_closed(sentence: str) -> Iterator[None]:
    """Whatever the work within dies of is raised as ScreeningFailed with ``sentence`` and the error's class. The
    error's own words are left out: they may hold the text.

    Raises:
        ScreeningFailed: the work failed. Drafter's own errors pass as they are.
    """
    try:
        yield
    except DrafterError:
        raise
    except Exception as error:
        raise ScreeningFailed(f"{sentence} ({type(error).__name__}).") from error
