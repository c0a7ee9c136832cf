"""Rows of a batch or evaluation file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drafter.domain import Question
from drafter.errors import BadInput
from drafter.rows.columns import field_of, has_question, named_fields, no_question_column
from drafter.rows.encodings import UNDECODED
from drafter.rows.fields import QuestionFields, Words, flaw_in, read_fields
from drafter.rows.files import BadLine, Beginning, Record, beginning_of, csv_header, read_csv, read_json_lines

_LONGEST_QUESTION = 20_000  # characters; where screening stops, as a test says
_LONGEST_ID = 500


@dataclass(frozen=True)
class Row:
    """One question of a file. ``line`` is where it begins, from 1; ``fields`` is the row as found."""

    id: str
    line: int
    question: Question
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be drafted, with the reason as a sentence."""

    id: str
    line: int
    reason: str


class _RowFields(QuestionFields):
    id: Words = None


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of ``path`` in order, read as they are asked for; a row without an id is called "line-N".

    Raises:
        BadInput: the file cannot be read as a whole: missing, binary, empty, or without a question column.
    """
    seen: set[str] = set()
    try:
        for record in _records(path, beginning_of(path)):
            row = _read_row(record)
            if isinstance(row, Row) and row.id in seen:
                reason = f"The id {row.id!r} stands on an earlier line as well: give each its own."
                row = BadRow(row.id, row.line, reason)
            seen.add(row.id)
            yield row
    except (OSError, UnicodeError) as error:
        raise BadInput(f"{path} cannot be read to its end: {error}.") from error
    if not seen:
        raise BadInput(f"{path} has no rows: expected one question a line.")


def _records(path: Path, beginning: Beginning) -> Iterator[Record | BadLine]:
    if "\0" in beginning.text:
        raise BadInput(f"{path} is a binary file: expected JSON Lines or CSV.")
    suffix = path.suffix.lower()
    if beginning.text.startswith("[") and suffix not in {".csv", ".tsv"}:
        raise BadInput(f"{path} is a JSON list: expected one JSON object a line (JSON Lines).")
    if beginning.is_json_lines or suffix == ".json":
        return read_json_lines(path, beginning.encoding)
    _, header = csv_header(beginning.text)
    if header and not has_question(header) and "text" not in map(field_of, header):
        raise no_question_column(path, header)
    return read_csv(path, beginning.encoding)


def _read_row(record: Record | BadLine) -> Row | BadRow:
    name = f"line-{record.line}"
    if isinstance(record, BadLine):
        return BadRow(name, record.line, record.reason)
    if UNDECODED.search(record.raw):  # ``Row.fields`` is handed on as found, and must be text
        return BadRow(name, record.line, "The row holds bytes of another encoding: save the file as UTF-8.")
    fields = named_fields(record.fields)
    if fields.get("id") not in (None, ""):
        # Half a character can be read from JSON, and never be written.
        name = str(fields["id"]).strip().encode("utf-8", "replace").decode()
    if "text" in fields:
        fields.setdefault("question", fields["text"])
    try:
        if flaw := flaw_in(name, _LONGEST_ID):
            raise BadInput(f"The id {flaw}.")
        question = read_fields(_RowFields, fields, longest=_LONGEST_QUESTION).as_question()
    except BadInput as error:
        return BadRow(name, record.line, str(error))
    return Row(name, record.line, question, record.fields)
