"""``drafter check``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from drafter.domain import Draft, Part, Question


def check(
    page: Annotated[
        Path | None, typer.Argument(help="A question-and-answer page as text, with reply and More Info.")
    ] = None,
    question: Annotated[Path | None, typer.Option(help="A text file with the question alone.")] = None,
    reply: Annotated[Path | None, typer.Option(help="A text file with the reply to it.")] = None,
    more_info: Annotated[Path | None, typer.Option("--more-info", help="A text file with its More Info.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a reply that somebody wrote without a draft.

    The checks are those of the review desk that need no past reply. Nothing is kept, sent or drafted.
    """
    asked, said, told = _texts(page, question, reply, more_info)
    draft = _as_draft(asked, said, told)
    if as_json:
        print(json.dumps(check_row(draft), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(draft)))


def _texts(
    page: Path | None, question: Path | None, reply: Path | None, more_info: Path | None
) -> "tuple[Question, str, str]":
    from drafter.domain import Question
    from drafter.errors import BadInput
    from drafter.rows.files import text_of

    if page and not (question or reply or more_info):
        return _of_page(page)
    if page or not (question and reply):
        raise BadInput("Give one page, or --question FILE and --reply FILE with --more-info FILE if there is any.")
    return Question(text_of(question)), text_of(reply), text_of(more_info) if more_info else ""


def _of_page(path: Path) -> "tuple[Question, str, str]":
    """Question, first reply and More Info; the title is left out where it only repeats the heading."""
    from drafter.domain import Question
    from drafter.errors import BadInput
    from drafter.publishing import looks_like_page, parse_page
    from drafter.rows.files import text_of

    text = text_of(path)
    if not looks_like_page(text):
        raise BadInput(f"{path} is no question-and-answer page: give --question FILE and --reply FILE instead.")
    page = parse_page(text)
    if not page.replies:
        raise BadInput(f"{path} holds no reply to check.")
    asked = Question(page.body, page.title, page.department or None, page.asked_on, page.asker)
    return asked, page.replies[0].reply, page.more_info


def _as_draft(asked: "Question", reply: str, more_info: str) -> "Draft":
    from datetime import UTC, datetime

    from drafter.checking import own_words
    from drafter.screening import screen

    return own_words(asked, screen(asked), reply, more_info, now=datetime.now(UTC))


def check_row(draft: "Draft") -> dict[str, Any]:
    """Everything that the checks found, as ``--json`` prints it. ``reading_grade`` is in years of schooling."""
    from drafter.checking import parts, plan_items_in, slots
    from drafter.cli.screening import screening_row
    from drafter.text import reading_grade, word_count

    texts = {"reply": draft.reply.text, "more_info": draft.more_info.text}
    net = slots("\n".join(texts.values()))
    return {
        "concerns": [
            {"code": c.code, "severity": c.severity, "place": c.place, "message": c.message, "quote": c.quote}
            for c in draft.concerns
        ],
        "parts": [
            {"text": part.text, "state": _state(part), "answered_by": part.answered_by} for part in parts(draft)
        ],
        "plan": {name: [item.name for item in plan_items_in(text)] for name, text in texts.items()},
        "safety_net": {"watch": net.watch, "fast": net.fast, "where": net.where},
        "words": {name: word_count(text) for name, text in texts.items()},
        "reading_grade": {name: reading_grade(text) for name, text in texts.items()},
        "screening": screening_row(draft.screening),
    }


def _state(part: "Part") -> str:
    return "answered" if part.answered_by else "told missing" if part.told_missing else "open"


def _lines(draft: "Draft") -> list[str]:
    from drafter.checking import parts
    from drafter.text import excerpt

    lines = []
    for flag in draft.screening.red_flags:
        lines.append(f"urgent sign, {flag.assertion}: {flag.label} (“{excerpt(flag.phrase, 60)}”)")
    for part in parts(draft):
        by = f" by “{excerpt(part.answered_by, 80)}”" if part.answered_by else ""
        lines.append(f"asked, {_state(part)}{by}: {part.text}")
    for concern in draft.concerns:
        lines.append(f"{'MUST BE SEEN' if concern.severity == 'block' else 'look at'}: {concern.message}")
    return lines or ["Nothing was noticed. That does not mean that nothing is wrong."]
