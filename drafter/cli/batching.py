"""``drafter batch``."""

from pathlib import Path
from typing import Annotated

import typer


def batch(
    source: Annotated[Path, typer.Argument(help="Questions: JSON Lines or CSV, one a row.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where the drafts go, as JSON Lines.")],
    model: Annotated[str | None, typer.Option(help="offline, openai:NAME or replay:FILE.")] = None,
    prompt: Annotated[str | None, typer.Option(help="A prompt version such as reply/v2.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=512, help="Drafts in work at a time.")] = None,
) -> None:
    """Draft a reply to every question of a file. Run it again after a stop: only what is missing is done.

    Failures stand beside the drafts in OUT.failures.jsonl, each with its reason; exit code 1 if there are any,
    130 after Ctrl-C.
    """
    from rich.console import Console

    from drafter.opening import open_drafter, with_prompt
    from drafter.settings import read_settings

    settings = read_settings(model=model, concurrency=concurrency)
    drafter = open_drafter(settings)
    if prompt:
        drafter = with_prompt(drafter, settings, prompt)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    report = _run(drafter, source, out, concurrency=settings.concurrency, console=console)
    console.print(report.sentence)
    if report.stopped:
        raise typer.Exit(130)
    if report.failed:
        raise typer.Exit(1)
