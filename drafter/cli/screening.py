"""``drafter screen``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from drafter.batch import BadRow, Row
    from drafter.domain import Screening


def screen(
    source: Annotated[Path, typer.Argument(help="Questions: JSON Lines or CSV, one a row.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a row.")] = False,
) -> None:
    """Show what is noticed in every question of a file; nothing is kept, sent or drafted.

    Urgent signs, who asks and whom it is about, the masked text, and words that read like orders to a model. Exit
    code 1 if a row could not be screened.
    """
    from drafter.batch import BadRow, read_rows

    failed = 0
    for row in read_rows(source):
        found = _screened(row)
        if isinstance(row, BadRow) or isinstance(found, str):
            failed += 1
            print(
                json.dumps({"id": row.id, "error": found}, ensure_ascii=False)
                if as_json
                else f"{row.id}\n  {found}"
            )
        elif as_json:
            print(json.dumps({"id": row.id} | screening_row(found), ensure_ascii=False))
        else:
            print("\n  ".join([row.id, *_lines(found)]))
    if failed:
        raise typer.Exit(1)


def _screened(row: "Row | BadRow") -> "Screening | str":
    from drafter.batch import BadRow
    from drafter.errors import DrafterError
    from drafter.screening import screen as screened

    if isinstance(row, BadRow):
        return row.reason
    try:
        return screened(row.question)
    except DrafterError as error:
        return str(error)


def screening_row(found: "Screening") -> dict[str, Any]:
    """What was noticed, as ``--json`` prints it. Spans are indices into the question, end exclusive. There is a
    banner where a sign is present, not where one is only possible or denied."""
    asker, patient = found.asker, found.patient
    return {
        "language": found.language,
        "urgency": found.urgency,
        "banner": any(flag.assertion == "present" for flag in found.red_flags),
        "red_flags": [
            {
                "category": flag.category,
                "label": flag.label,
                "disposition": flag.disposition,
                "span": [flag.start, flag.end],
                "phrase": flag.phrase,
                "layer": flag.layer,
                "state": flag.assertion,
            }
            for flag in found.red_flags
        ],
        "who": {
            "asker": {"pseudonym": asker.name, "sex": asker.sex, "age": asker.age},
            "patient": {
                "relation": patient.relation,
                "sex": patient.sex,
                "age": patient.age,
                "pregnant": patient.pregnant,
            },
            "doctor": found.doctor,
            "hospital": found.hospital,
        },
        "masked": found.text,
        "placeholders": [{"token": one.token, "kind": one.kind} for one in found.placeholders],
        "instructions": list(found.instructions),
        "hidden_characters": found.hidden_characters,
    }


def _lines(found: "Screening") -> list[str]:
    flags = [
        f"{flag.assertion}: {flag.label} ({flag.disposition}, {flag.layer}): “{flag.phrase}”"
        for flag in found.red_flags
    ]
    patient = found.patient
    about = [patient.relation, patient.age, patient.sex, "pregnant" if patient.pregnant else None]
    lines = flags or ["no urgent sign noticed"]
    lines.append(f"about: {', '.join(part for part in about if part)}")
    lines += [f"reads like an order to a model: “{phrase}”" for phrase in found.instructions]
    if found.hidden_characters:
        lines.append(f"{found.hidden_characters} invisible characters were taken out")
    return [*lines, f"masked: {' '.join(found.text.split())}"]
