"""Tables on stdout."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drafter.evaluation import Table


def print_table(table: "Table") -> None:
    """The first column to the left, the others, which are figures, to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable

    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(table.columns):
        shown.add_column(column, justify="right" if number else "left", no_wrap=not number)
    for row in table.rows:
        shown.add_row(*row)
    # A pipe or file has no width: give a table all it needs instead of Rich's 80 columns.
    Console(highlight=False, width=None if sys.stdout.isatty() else 200).print(shown)
