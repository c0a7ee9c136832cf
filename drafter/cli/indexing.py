"""``drafter index`` and ``drafter search``."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from drafter.archive import Archive
    from drafter.domain import Ranked, Source, Why
    from drafter.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Build the index over the archive, or say how it stands.")


@app.command()
def build() -> None:
    """Add to the index what the archive gained; the old one serves until the new one is ready."""
    from drafter.settings import read_settings

    _build(read_settings(), anew=False)


@app.command()
def rebuild() -> None:
    """Build the index from nothing; the old one serves until the new one is ready."""
    from drafter.settings import read_settings

    _build(read_settings(), anew=True)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what the index was built from, by which embedder, and what came after it."""
    from drafter.opening import archive_of, retriever_of
    from drafter.settings import read_settings

    settings = read_settings()
    with archive_of(settings) as archive:
        standing = retriever_of(settings, archive).status()
    if as_json:
        print(json.dumps({name.replace(" ", "_"): value for name, value in standing.items()}, indent=2))
        return
    for name, value in standing.items():
        shown = "none yet" if value is None else f"{value:,}" if isinstance(value, int) else value
        print(f"{name:<24}{shown}")


@app.command()
def verify() -> None:
    """Read the whole index and say what is wrong with it. Exit code 1 if something is."""
    from drafter.opening import archive_of, embedder_of, server_of
    from drafter.retrieval import verify_index
    from drafter.settings import read_settings

    settings = read_settings()
    with archive_of(settings) as archive:
        faults = verify_index(archive, embedder_of(settings), settings.index_folder, server=server_of(settings))
    for fault in faults:
        print(fault)
    if faults:
        print("Run `drafter index rebuild` to build it anew.")
        raise typer.Exit(1)
    print("The index is whole.")


def _build(settings: "Settings", *, anew: bool) -> None:
    from rich.console import Console

    from drafter.opening import archive_of

    with archive_of(settings) as archive:
        bring_up_to_date(settings, archive, Console(stderr=True, highlight=False, soft_wrap=True), anew=anew)


def bring_up_to_date(settings: "Settings", archive: "Archive", console: "Console", *, anew: bool = False) -> None:
    """Build the index with a progress bar."""
    from drafter.cli.progress import counting
    from drafter.opening import embedder_of, server_of
    from drafter.retrieval import build_index

    embedder = embedder_of(settings, progress=console.print)
    with counting("Indexing", console) as progress:
        report = build_index(
            archive, embedder, settings.index_folder, server=server_of(settings), anew=anew, progress=progress
        )
    console.print(report.sentence)


def search(
    text: Annotated[str, typer.Argument(help="A question, or some words.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show.")] = 5,
    department: Annotated[str | None, typer.Option(help="Its replies count a little more.")] = None,
    only_department: Annotated[
        bool, typer.Option("--only-department", help="Look at no other department's replies.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find similar past replies, and say why each was found.

    With each its score (0 to 1, comparable within one search), doctor, department and year. The line below adds up
    the score: what its meaning (the likeness of the embedder's vectors) and its words (BM25) gave, each with its
    own figure and rank, then what its age left of that and what its department added.
    """
    from datetime import UTC, datetime

    from drafter.domain import Question
    from drafter.opening import open_drafter
    from drafter.screening import screen

    drafter = open_drafter()
    sources = drafter.retriever.find(
        screen(Question(body=text)).text,
        limit=limit,
        department=department,
        only_department=only_department,
        today=datetime.now(UTC).date(),
    )
    if as_json:
        print(json.dumps([_row(source) for source in sources], ensure_ascii=False, indent=2))
        return
    if not sources:
        print("Nothing similar was found.")
    print("\n\n".join(_entry(source) for source in sources))


def _entry(source: "Source") -> str:
    from drafter.text import excerpt, is_chinese

    row = _row(source)
    said = excerpt(source.reply, 140 if is_chinese(source.reply) else 280)
    origin = "approved in Drafter" if row["origin"] == "approved" else "imported"
    about = [row["doctor"], row["department"], row["year"], origin, row["id"]]
    below = [", ".join(str(part) for part in about if part), _why(source.why) if source.why else "", said]
    head = f"{f'[{source.number}]':<4} {source.score:.2f}  {row['title']}"
    return "\n".join([head, *(_indented(line) for line in below if line)])


def _indented(line: str) -> str:
    """Wrapped to a terminal's width, in which a Chinese character takes two columns; whole in a pipe."""
    import sys

    from rich.console import Console
    from rich.text import Text

    margin = " " * 5
    if not sys.stdout.isatty():
        return margin + line
    console = Console()
    wrapped = Text(line).wrap(console, max(20, console.width - len(margin)))
    return "\n".join(margin + piece.plain.rstrip() for piece in wrapped)


def _why(why: "Why") -> str:
    """One line: what gave the score, and what age and department made of it."""
    parts = [f"{' + '.join(_ranked(one) for one in why.rankings)} = {why.fused:.3f}"] if why.rankings else []
    if why.age is not None:
        counts = f", which leaves {why.decay:.0%}" if why.decay < 1 else ""
        parts.append(f"{why.age:.1f} years old{counts}")
    if why.boost:
        parts.append(f"same department +{why.boost:.2f}")
    return "; ".join(parts)


def _ranked(one: "Ranked") -> str:
    dense = one.name.startswith("dense")
    measured = f"cosine {one.score:.2f}" if dense else f"BM25 {one.score:.1f}"
    return f"{'meaning' if dense else 'words'} {one.share:.3f} ({measured}, rank {one.rank})"


def _row(source: "Source") -> dict[str, object]:
    from drafter.text import excerpt

    exchange = source.exchange
    return {
        "number": source.number,
        "id": exchange.id,
        "score": round(source.score, 4),
        "title": exchange.question.title or excerpt(exchange.question.body, 80),
        "doctor": exchange.doctor,
        "department": exchange.department,
        "year": source.year,
        "origin": exchange.origin,
        "excerpt": excerpt(source.reply),
        "why": _why_row(source.why) if source.why else None,
    }


def _why_row(why: "Why") -> dict[str, object]:
    rankings = {
        one.name: {"score": round(one.score, 4), "rank": one.rank, "share": round(one.share, 4)}
        for one in why.rankings
    }
    return {
        "fused": round(why.fused, 4),
        "rankings": rankings,
        "age_years": None if why.age is None else round(why.age, 2),
        "decay": round(why.decay, 4),
        "department_boost": why.boost,
    }
