"""``drafter batch``."""

from pathlib import Path
from typing import Annotated

import typer


def batch(
    source: Annotated[Path, typer.Argument(help="Questions: JSON Lines or CSV, one a row.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where the drafts go, as JSON Lines.")],
    model: Annotated[str | None, typer.Option(help="offline, PREFIX:NAME or replay:FILE.")] = None,
    prompt: Annotated[str | None, typer.Option(help="A prompt version such as reply/v2.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=512, help="Drafts in work at a time.")] = None,
) -> None:
    """Draft a reply to every question of a file.

    Run it again after a stop: only what is missing is done. Failures stand beside the drafts in
    OUT.failures.jsonl, each with its reason. Exit code 1 if a row has no draft, 130 after Ctrl-C.
    """
    from rich.console import Console

    from drafter.batch import Progress, run_batch
    from drafter.cli.progress import counting
    from drafter.opening import concurrency_of, open_drafter, with_prompt
    from drafter.settings import read_settings

    settings = read_settings(model=model, concurrency=concurrency)
    drafter = open_drafter(settings)
    if prompt:
        drafter = with_prompt(drafter, settings, prompt)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with counting("Drafting", console) as count:

        def show(progress: Progress) -> None:
            count(progress.done + progress.reused + progress.failed, progress.rows)

        report = run_batch(
            drafter, drafter.archive, source, out, concurrency=concurrency_of(settings), progress=show
        )
    console.print(report.sentence)
    if report.stopped:
        raise typer.Exit(130)
    if report.failed or report.missing:
        raise typer.Exit(1)
