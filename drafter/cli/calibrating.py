"""``drafter calibrate``."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from drafter.abstaining import Threshold

_NAMES = {"en": "English", "zh": "Chinese"}


def calibrate(
    refuse: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of answerable questions that may get no draft.")
    ] = 0.05,
    limit: Annotated[
        int, typer.Option(min=100, help="So many questions of a language, at random but the same each time.")
    ] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Find from your own archive how near past replies must be for a draft.

    Held-out questions are searched without the replies to their own words; nothing is sent to a language model.
    What is found is kept in DRAFTER_HOME/calibration.json, and drafts go by it from then on.
    """
    from datetime import UTC, datetime

    from pydantic import TypeAdapter
    from rich.console import Console

    from drafter.abstaining import Calibration
    from drafter.abstaining.calibrating import calibrate as find_out
    from drafter.cli.progress import counting
    from drafter.opening import archive_of, embedder_of, retriever_of
    from drafter.settings import read_settings

    settings = read_settings()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with archive_of(settings) as archive, counting("Searching", console) as count:
        embedder = embedder_of(settings, progress=console.print)
        found = find_out(
            archive,
            retriever_of(settings, archive, embedder),
            embedder.embed,
            limit=limit,
            sources=settings.sources,
            refuse=refuse,
            now=datetime.now(UTC),
            progress=count,
        )
    said = TypeAdapter(Calibration).dump_json(found, indent=1)
    settings.calibration_file.write_bytes(said)
    if as_json:
        print(json.dumps(json.loads(said) | {"file": str(settings.calibration_file)}, indent=2))
        return
    for group, threshold in found.thresholds.items():
        _show(_NAMES[group], threshold)
    for name in (name for group, name in _NAMES.items() if group not in found.thresholds):
        print(f"{name}: too few questions in the archive; none is refused for distance.")
    print(f"Kept in {settings.calibration_file}; drafts go by it from now on.")


def _show(name: str, found: "Threshold") -> None:
    from drafter.cli.printing import print_table
    from drafter.evaluation import Table
    from drafter.evaluation.statistics import wilson

    refused = wilson(found.refused, found.questions)
    print(
        f"{name}: at least {found.least:.4f} by {found.scale}.\n"
        f"Refused of {found.questions:,} held-out questions, by the other half's threshold: {found.refused} "
        f"({refused.estimate:.1%} [{refused.low:.1%}, {refused.high:.1%}]).\n"
        f"Refused of {found.off_topic} invented questions about other matters: {found.off_topic_refused}."
    )
    rows = tuple((f"{kept.coverage:.0%}", f"{kept.least:.3f}", f"{kept.likeness:.3f}") for kept in found.curve)
    print_table(Table(("of the questions", "nearness at least", "nearest reply like the doctor's own"), rows))
