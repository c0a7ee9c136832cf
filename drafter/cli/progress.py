"""Progress bars on stderr; silent where nobody looks at a terminal."""

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


class Counter(Protocol):
    """Takes how many are done so far, and the total where it is known by now."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


@contextmanager
def counting(label: str, console: Console, total: int | None = None) -> Iterator[Counter]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total)

        def count(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield count
