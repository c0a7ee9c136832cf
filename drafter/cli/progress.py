"""Progress on stderr: a bar in a terminal, a line now and then in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_SECONDS_BETWEEN_LINES = 30.0


class Counter(Protocol):
    """Takes how many are done so far, and the total where it is known by now."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


@contextmanager
def counting(label: str, console: Console, total: int | None = None) -> Iterator[Counter]:
    if not console.is_terminal:
        yield _lines(label, console, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)

        def count(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield count


def _lines(label: str, console: Console, whole: int | None) -> Counter:
    last = time.monotonic()

    def count(done: int, total: int | None = None) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            of = f" of {total or whole:,}" if total or whole else ""
            console.print(f"{label}: {done:,}{of}")

    return count
