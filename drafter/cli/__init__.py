"""The command line. Every command imports what it needs when it runs, so that ``drafter --help`` is quick."""

import errno
import sys
from typing import Annotated

import typer

from drafter import __version__
from drafter.cli import (
    batching,
    calibrating,
    checking,
    doctoring,
    drafting,
    drilling,
    evaluating,
    importing,
    indexing,
    replaying,
    retrieving,
    screening,
    serving,
    superseding,
)
from drafter.errors import DrafterError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Drafts replies to patients' questions from what doctors have answered before.",
)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        print(f"drafter {__version__}")
        raise typer.Exit


app.command("import")(importing.import_)
app.command("search")(indexing.search)
app.command("supersede")(superseding.supersede)
app.command("draft")(drafting.draft)
app.command("check")(checking.check)
app.command("screen")(screening.screen)
app.command("replay")(replaying.replay)
app.command("batch")(batching.batch)
app.command("calibrate")(calibrating.calibrate)
app.add_typer(evaluating.app, name="eval")
app.command("drills")(drilling.drills)
app.add_typer(indexing.app, name="index")
app.add_typer(retrieving.app, name="retrieval")
app.command("app")(serving.app)
app.command("settings")(serving.settings)
app.command("doctor")(doctoring.doctor)

_DISK = {
    errno.ENOSPC: "The disk is full: free some space, or set DRAFTER_HOME to a folder on another disk",
    errno.EDQUOT: "The disk quota is used up: free some space, or set DRAFTER_HOME to another folder",
    errno.EROFS: "The folder is read-only: set DRAFTER_HOME to one that can be written",
    errno.EACCES: "The folder or file may not be used: change its permissions, or set DRAFTER_HOME to another",
    errno.EPERM: "The folder or file may not be used: change its permissions, or set DRAFTER_HOME to another",
    errno.ENOTDIR: "A part of the path is a file, not a folder: set DRAFTER_HOME to a folder",
}


def run() -> None:
    """The ``drafter`` command: an error is one sentence on stderr and exit code 1."""
    try:
        app()
    except DrafterError as error:
        sys.exit(f"drafter: {error}")
    except OSError as error:
        if error.errno not in _DISK:
            raise
        sys.exit(f"drafter: {_DISK[error.errno]} ({error.filename or 'while writing'}).")
