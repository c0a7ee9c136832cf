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
        print(json.dumps(standing, indent=2))
        return
    for name, value in standing.items():
        print(f"{name:<24}{f'{value:,}' if isinstance(value, int) else value or 'never'}")


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
    limit: Annotated[int, typer.Option(min=1, max=100)] = 5,
    department: Annotated[str | None, typer.Option(help="Its replies count a little more.")] = None,
    only_department: Annotated[
        bool, typer.Option("--only-department", help="Look at no other department's replies.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find similar past replies, and say why each was found.

    With each its score (0 to 1, comparable within one search), doctor, department and year; its rank and score
    among question, reply and words; and what its age and department did to the score.
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
    for source in sources:
        row = _row(source)
        who = ", ".join(str(part) for part in (row["doctor"], row["department"], row["year"]) if part)
        origin = "approved in Drafter" if row["origin"] == "approved" else "imported"
        print(f"[{source.number}] {source.score:.2f}  {row['title']}\n     {row['id']}: {who}, {origin}")
        print(f"     {_why(source)}\n     {row['excerpt']}")


def _why(source: "Source") -> str:
    """One line: what gave the score, and what age and department made of it."""
    why = source.why
    if why is None:
        return "nothing is known of how it was found"
    shares = [_ranked(one) for one in why.rankings]
    parts = [f"found with {why.fused:.3f}" + (f" = {' + '.join(shares)}" if shares else "")]
    if why.age is not None:
        counts = f", which leaves {why.decay:.0%}" if why.decay < 1 else ""
        parts.append(f"{why.age:.1f} years old{counts}")
    if why.boost:
        parts.append(f"same department +{why.boost:.2f}")
    return "; ".join(parts)


def _ranked(one: "Ranked") -> str:
    return f"{one.share:.3f} ({one.name} {one.score:.3f}, rank {one.rank})"


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
