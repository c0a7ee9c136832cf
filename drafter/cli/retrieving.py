"""``drafter retrieval``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from drafter.evaluation.retrieval import QueryText, Run, System, Task

app = typer.Typer(no_args_is_help=True, help="Measure how well past replies are found.")


@app.command("eval")
def eval_(
    exchanges: Annotated[Path, typer.Option(help="JSON Lines: id, question, reply, title, tags.")],
    queries: Annotated[Path, typer.Option(help="JSON Lines of the same form; may be the same file.")],
    qrels: Annotated[Path | None, typer.Option(help="Judgements in TREC's form: query 0 document grade.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A way to rank; repeat it to compare.")
    ] = None,
    peer: Annotated[bool, typer.Option("--peer", help="Measure plain LangChain with Chroma beside it.")] = False,
    by_tags: Annotated[bool, typer.Option("--by-tags", help="Find exchanges of other threads that share tags.")] = (
        False
    ),
    query_text: Annotated[
        Literal["question", "title", "both"], typer.Option(help="What of a query is searched for.")
    ] = "question",
    relevant_from: Annotated[
        int | None, typer.Option(min=1, help="The least grade that is relevant; 1 if not given.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many queries, at random but the same each time.")
    ] = None,
) -> None:
    """Measure how well past replies are found.

    Without judgements or tags each query must find its own reply among replies alone.
    """
    from rich.console import Console

    from drafter.cli.printing import print_table
    from drafter.evaluation.retrieval import (
        chosen,
        comparison_table,
        drafter_system,
        peer_system,
        quality_table,
        report_data,
        sampled,
        speed_table,
    )
    from drafter.opening import embedder_of, fitted_ranking
    from drafter.settings import read_settings

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    settings = read_settings()
    rankings, others = chosen(config, fitted_ranking(settings)), [peer_system()] if peer else []
    task = sampled(_task(exchanges, queries, qrels, by_tags, query_text, relevant_from), limit)
    embedder = embedder_of(settings, progress=console.print)
    runs = [run for system in (drafter_system(embedder, rankings), *others) for run in _runs(system, task, console)]
    if as_json:
        print(json.dumps(report_data(task, runs, embedder.identity), indent=2))
        return
    print(f"{len(task.queries):,} queries over {len(task.items):,} exchanges; embedder {embedder.identity}.")
    print_table(quality_table(task, runs))
    if len(runs) > 1:
        print_table(comparison_table(runs))
    print_table(speed_table(task, runs))
    for note in task.notes:
        print(note)


@app.command("train")
def train_(
    limit: Annotated[
        int, typer.Option(min=40, help="So many questions, at random but the same each time.")
    ] = 1_000,
    among: Annotated[int, typer.Option(min=40, help="So many past replies to find them among.")] = 20_000,
) -> None:
    """Fit how much wording counts against meaning to your own archive.

    Half of the questions choose the weights, the other half judge them; they are kept, in
    DRAFTER_HOME/ranking.json, only where they are clearly better than the ones that come with Drafter.
    """
    from dataclasses import asdict
    from itertools import islice

    from rich.console import Console

    from drafter.cli.progress import counting
    from drafter.evaluation.retrieval import train
    from drafter.opening import archive_of, embedder_of
    from drafter.settings import read_settings

    settings = read_settings()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with archive_of(settings) as archive, counting("Indexing, then searching", console) as count:
        exchanges = [exchange for _, exchange in islice(archive.iter_exchanges(), among)]
        made = train(exchanges, embedder_of(settings, progress=console.print), limit=limit, progress=count)
    gain = made.gain
    print(
        f"Fitted to {made.fitted_to:,} questions: lexical {made.ranking.lexical:g}, "
        f"lexical_foreign {made.ranking.lexical_foreign:g}.\n"
        f"nDCG@10 on {made.judged_by:,} other questions: {gain.estimate:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}] "
        "against the weights that come with Drafter."
    )
    if made.better:
        settings.ranking_file.write_text(json.dumps(asdict(made.ranking), indent=1))
        print(f"Kept in {settings.ranking_file}; searches use them from now on.")
    else:
        print("That is not clearly better: nothing was changed.")


def _task(
    exchanges: Path,
    queries: Path,
    qrels: Path | None,
    by_tags: bool,
    query_text: "QueryText",
    relevant_from: int | None,
) -> "Task":
    from drafter.errors import BadInput
    from drafter.evaluation.retrieval import judged_task, load_items, load_qrels, own_reply_task, tag_task

    if qrels and by_tags:
        raise BadInput("Judgements come from --qrels or from --by-tags: leave one of them out.")
    if relevant_from and not qrels:
        raise BadInput("--relevant-from is about the grades of --qrels: leave it out, or name a file of grades.")
    past = load_items(exchanges)
    asked = past if queries == exchanges else load_items(queries)
    if qrels:
        return judged_task(past, asked, load_qrels(qrels), query_text, relevant_from=relevant_from or 1)
    return tag_task(past, asked, query_text) if by_tags else own_reply_task(past, asked, query_text)


def _runs(system: "System", task: "Task", console: "Console") -> "tuple[Run, ...]":
    from drafter.cli.progress import counting
    from drafter.evaluation.retrieval import run_system

    items, queries = len(task.items), len(task.queries)
    with counting(f"{system.name}: indexing, then searching", console) as count:
        return run_system(
            system, task, indexing=lambda done: count(done, items), searching=lambda done: count(done, queries)
        )
