"""``drafter eval``."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Decide whether one prompt version or model drafts better.")


@app.command()
def run(
    eval_set: Annotated[Path, typer.Option("--set", help="Held-out questions with the doctors' own replies.")],
    prompt: Annotated[
        list[str] | None, typer.Option(metavar="NAME/VERSION", help="A prompt version; repeat it to compare.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A model; repeat it to compare.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many items, at random but the same each time.")
    ] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=512, help="Drafts in work at a time.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the report as one HTML file.")] = None,
) -> None:
    """Draft and score a set with each prompt version and model.

    Replies to an item's own question are left out of its sources. A stopped run goes on where it stopped.
    """
    from rich.console import Console

    from drafter.batch import Progress
    from drafter.cli.printing import print_table
    from drafter.cli.progress import counting
    from drafter.evaluation import (
        load_eval_set,
        make_arms,
        notices,
        run_evaluation,
        summary_table,
        write_html,
        write_json,
    )
    from drafter.opening import concurrency_of, model_of, open_drafter, prompt_of
    from drafter.settings import read_settings

    # An arm is one model: a figure of several that stand in for each other would say nothing of any.
    settings = read_settings(concurrency=concurrency, model=model[0] if model else None, fallbacks="")
    items = load_eval_set(eval_set, limit=limit)
    drafter = open_drafter(settings)
    arms = make_arms(
        drafter,
        prompts=[prompt_of(settings, name) for name in prompt or []],
        models=[model_of(settings, name) for name in model or []],
    )
    with counting("Evaluating", Console(stderr=True)) as count:

        def show(progress: Progress) -> None:
            count(progress.done + progress.reused + progress.failed, progress.rows)

        made = run_evaluation(drafter.archive, items, arms, concurrency=concurrency_of(settings), progress=show)
    print_table(summary_table(made))
    for sentence in notices(made):
        print(sentence)
    if json_file:
        write_json(made, json_file)
    if html_file:
        write_html(made, html_file)
    print(f"Run {made.run_id}: {len(items.items)} items of {made.set_name} in {made.seconds:.1f} s.")
    if any(arm.failed for arm in made.arms):
        raise typer.Exit(1)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="RUN or RUN#ARM; RUN is a run's id or its JSON report.")],
    second: Annotated[str | None, typer.Argument(help="The other; without it the two arms of the first.")] = None,
) -> None:
    """Compare two arms, question by question.

    Prints each measure's mean difference with its 95 % paired bootstrap interval.
    """
    from drafter.cli.printing import print_table
    from drafter.evaluation import compare_named, comparison_table
    from drafter.opening import archive_of
    from drafter.settings import read_settings

    with archive_of(read_settings()) as archive:
        found = compare_named(archive, first, second)
    print_table(comparison_table(found))
    for note in (*found.notes, found.sentence):
        print(note)
