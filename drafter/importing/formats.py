"""Which of the known formats a file is, by what it holds."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from drafter.errors import BadInput
from drafter.importing.records import Found
from drafter.importing.text_files import read_blocks, read_object_lines, read_table
from drafter.importing.whole_files import read_json_list, read_medquad, read_site_page
from drafter.publishing import looks_like_page
from drafter.rows.columns import field_of, has_question, no_question_column
from drafter.rows.files import Beginning, beginning_of, csv_header

_FIRST_ROWS = 20
_JSON_LINES = {".jsonl", ".ndjson"}
_TABLES = {".csv", ".tsv"}

Reader = Callable[[Path, str], Iterator[Found]]


@dataclass(frozen=True)
class Format:
    """How to read one file."""

    reader: Reader
    encoding: str

    def read(self, path: Path) -> Iterator[Found]:
        return self.reader(path, self.encoding)


def format_of(path: Path) -> Format:
    """The format of ``path``.

    Raises:
        BadInput: it cannot be opened or is of no known format, with the reason.
    """
    if not path.is_file():
        raise BadInput(f"{path} is not a file.")
    beginning = beginning_of(path)
    if not beginning.text:
        raise BadInput(f"{path} is empty.")
    return Format(_reader(path, beginning), beginning.encoding)


def _reader(path: Path, beginning: Beginning) -> Reader:
    start = beginning.text
    if beginning.is_json_lines:
        return _json_lines_reader(path, start)
    if re.match(r"\[\s*\{", start):
        return read_json_list
    if start.startswith("<"):
        if re.search(r"<Document\b", start):
            return read_medquad
        raise BadInput(f"{path} is XML or HTML of an unknown kind: expected MedQuAD's <Document>.")
    if looks_like_page(start):
        return read_site_page
    if _is_table(path, start):
        return read_table
    if _is_blocks(start):
        return read_blocks
    kind = "a binary file" if "\0" in start else "of no known format"
    raise BadInput(
        f"{path} is {kind}: expected a page of the site, JSON Lines, a JSON list, CSV with a header or MedQuAD XML."
    )


def _json_lines_reader(path: Path, start: str) -> Reader:
    rows = [row for row in map(_object, start.split("\n")[:_FIRST_ROWS]) if row is not None]
    if any(has_question(row) for row in rows):
        return read_object_lines
    if rows:
        raise BadInput(f"{path} has no rows with a field named question.")
    if "\0" in start:
        raise BadInput(f"{path} is a binary file.")
    if path.suffix.lower() in _JSON_LINES:
        return read_object_lines  # every line so far is broken: each is told of, the rest may be sound
    raise BadInput(f"{path} is one JSON object: expected a list of records or one record a line.")


def _object(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_table(path: Path, start: str) -> bool:
    _, header = csv_header(start)
    if has_question(header):
        # A lone word may begin any text; only a table's suffix makes it a header.
        return path.suffix.lower() in _TABLES or sum(field_of(name) is not None for name in header) >= 2
    if path.suffix.lower() in _TABLES and "\0" not in start:
        raise no_question_column(path, header)
    return False


def _is_blocks(head: str) -> bool:
    """Mostly pairs of lines with exactly two blank lines between them, and at least two such pairs."""
    text = head.replace("\r\n", "\n").strip("\n")
    blocks = re.split(r"\n(?:[ \t]*\n){2}", text)
    pairs = sum(bool(re.fullmatch(r"[^\n]*\S[^\n]*\n[^\n]*\S[^\n]*", block)) for block in blocks)
    return pairs >= 2 and pairs >= 0.8 * len(blocks)
