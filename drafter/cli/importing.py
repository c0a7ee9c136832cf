"""``drafter import``."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from drafter.importing import ImportReport
    from drafter.settings import Settings


def import_(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files, or folders to walk through.")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Import the invented sample archive.")] = False,
    quarantine: Annotated[
        Path | None, typer.Option(help="Where bad records go; by default quarantine.jsonl in DRAFTER_HOME.")
    ] = None,
    index: Annotated[bool, typer.Option(help="Also index what is new.")] = True,
) -> None:
    """Import past exchanges and waiting questions.

    Reads pages as text, JSON Lines, CSV, JSON lists and MedQuAD XML. Importing the same file again adds nothing.
    Exit code 1 if a record went to quarantine, 2 if nothing could be read.
    """
    from drafter.errors import BadInput
    from drafter.settings import read_settings

    chosen = [*(paths or []), *(_sample() if sample else [])]
    if not chosen:
        raise BadInput("Name a file or a folder to import, or --sample for the invented sample archive.")
    try:
        report = bring_in(read_settings(), chosen, quarantine=quarantine, index=index)
    except BadInput as error:
        print(f"drafter: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    if not report.read:
        raise typer.Exit(2)
    if report.quarantined or report.unreadable:
        raise typer.Exit(1)


def import_sample(settings: "Settings") -> None:
    """Bring the invented sample archive into ``settings.home`` and index it."""
    bring_in(settings, _sample())


def _sample() -> list[Path]:
    from drafter.importing import sample_path

    return sorted(sample_path().glob("*.jsonl"))


def bring_in(
    settings: "Settings", paths: Sequence[Path], *, quarantine: Path | None = None, index: bool = True
) -> "ImportReport":
    """Import, then index what is new; says both in a closing line each."""
    from rich.console import Console

    from drafter.cli.progress import counting
    from drafter.errors import IndexBusy
    from drafter.importing import import_paths
    from drafter.opening import archive_of
    from drafter.screening import screen

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    quarantine = quarantine or settings.home / "quarantine.jsonl"
    with archive_of(settings) as archive:
        with counting("Importing", console) as progress:
            report = import_paths(
                paths,
                archive,
                quarantine=quarantine,
                progress=progress,
                urgency=lambda question: screen(question).urgency,
                now=datetime.now(UTC),
            )
        _say(console, report, quarantine)
        if index and report.read:
            from drafter.cli.indexing import bring_up_to_date

            try:
                bring_up_to_date(settings, archive, console)
            except IndexBusy as busy:
                console.print(f"{busy} What was imported is searched meanwhile; the next build takes it in.")
    return report


def _say(console: "Console", report: "ImportReport", quarantine: Path) -> None:
    console.print(report.sentence)
    if report.quarantined:
        console.print(f"Bad records, each with file, line and reason: {quarantine}")
