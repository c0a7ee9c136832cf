"""``drafter draft``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drafter.domain import Draft, Question
    from drafter.drafting import Drafter


def draft(
    text: Annotated[str | None, typer.Argument(help="The question; - reads it from standard input.")] = None,
    file: Annotated[Path | None, typer.Option(help="Read the question from a text file.")] = None,
    title: Annotated[str, typer.Option(help="The question's title.")] = "",
    department: Annotated[str | None, typer.Option(help="The department asked.")] = None,
    model: Annotated[str | None, typer.Option(help="offline, PREFIX:NAME or replay:FILE.")] = None,
    prompt: Annotated[str | None, typer.Option(help="A prompt version such as reply/v2.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Draft also where a draft would be withheld, an emergency included.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, once, at the end.")] = False,
) -> None:
    """Draft one reply.

    It is printed as it is written, then its sources, the concerns, and what no source answers. Where none should be
    written, it says why and what to ask back.
    """
    from dataclasses import replace

    from drafter.domain import Question
    from drafter.opening import open_drafter, with_prompt
    from drafter.settings import read_settings

    question = Question(body=_words(text, file), title=title, department=department)
    settings = read_settings(model=model)
    drafter = replace(open_drafter(settings), anyway=anyway)
    if prompt:
        drafter = with_prompt(drafter, settings, prompt)
    if as_json:
        from drafter.batch import draft_row

        made = drafter.draft(question)
        print(json.dumps(draft_row(made.question.id, made), ensure_ascii=False, indent=2))
    else:
        _show(_stream(drafter, question))


def _words(text: str | None, file: Path | None) -> str:
    from drafter.errors import BadInput
    from drafter.rows.files import text_of

    if (text is None) == (file is None):
        raise BadInput("Give the question as an argument, as - for standard input, or with --file.")
    if file is None:
        return sys.stdin.read() if text == "-" else str(text)
    return text_of(file)


def _stream(drafter: "Drafter", question: "Question") -> "Draft":
    """Print the draft as it grows; what is already printed stays, but may be said to hold no longer."""
    from drafter.chat import Partial
    from drafter.chat.shape import partial_texts
    from drafter.domain import Draft

    printed = ""
    for step in drafter.stream(question):
        if isinstance(step, Draft):
            whole = "\n\n".join(part for part in (step.reply.text, step.more_info.text) if part)
            print(whole[len(printed) :] if whole.startswith(printed) else f"\n\n{whole}")
            return step
        if isinstance(step, Partial) and step.notice:
            withdrawn = "\n\n-- What stands above holds no longer. " if printed else "-- "
            print(f"{withdrawn}{step.notice}\n")
            printed = ""
        elif isinstance(step, Partial):
            grown = "\n\n".join(part for part in partial_texts(step.value) if part)
            if grown.startswith(printed):
                print(grown[len(printed) :], end="", flush=True)
                printed = grown
    raise AssertionError("a stream ends with a draft or an error")


def _show(draft: "Draft") -> None:
    if draft.abstained:
        instead = ": a fixed safety text stands in its place" if draft.reply.sentences else ""
        _list(f"No draft was written{instead}", [reason.message for reason in draft.abstained])
    print("\nSimilar past replies")
    for source in draft.sources:
        exchange = source.exchange
        who = ", ".join(str(part) for part in (exchange.doctor, exchange.department, source.year) if part)
        print(f"  [{source.number}] {exchange.question.title or exchange.id} ({who})")
    if draft.provenance.rewrite:
        print(f"  {draft.provenance.rewrite.sentence}")
    levels = {"block": "MUST BE SEEN", "warn": "look at"}
    _list("Concerns", [f"{levels[concern.severity]}: {concern.message}" for concern in draft.concerns])
    _list("Not answered by any past reply", draft.missing)
    _list("To ask back", draft.to_ask)
    print(f"\nDraft {draft.id}, not reviewed by a clinician; {_made_by(draft)}.")


def _list(heading: str, lines: "Sequence[str]") -> None:
    if lines:
        print("", heading, *(f"  {line}" for line in lines), sep="\n")


def _made_by(draft: "Draft") -> str:
    if draft.abstained:
        return "no model was asked (--anyway asks it)"
    return "no language model was used" if draft.provenance.offline else f"written by {draft.provenance.model}"
