"""Which of the known formats a file is, by what it holds."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from drafter.errors import BadInput
from drafter.importing.encodings import encoding_of
from drafter.importing.records import Found
from drafter.importing.rows import field_of, has_question
from drafter.importing.text_files import csv_header, read_blocks, read_csv, read_json_lines
from drafter.importing.whole_files import read_json_list, read_medquad, read_site_page
from drafter.publishing import looks_like_page

_HEAD = 256 * 1024  # characters looked at
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
    try:
        head = _head(path, encoding := encoding_of(path))
        if _is_json_lines(path, head) and encoding != "utf-16":
            encoding = encoding_of(path, ascii_counts=True)
            head = _head(path, encoding)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeError as error:
        raise BadInput(f"{path} is not text.") from error
    if not head.strip():
        raise BadInput(f"{path} is empty.")
    return Format(_reader(path, head), encoding)


def _head(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        return file.read(_HEAD)


def _is_json_lines(path: Path, head: str) -> bool:
    return path.suffix.lower() in _JSON_LINES or head.lstrip().startswith("{")


def _reader(path: Path, head: str) -> Reader:
    start = head.lstrip()
    if _is_json_lines(path, head):
        return _json_lines_reader(path, start)
    if re.match(r"\[\s*\{", start):
        return read_json_list
    if start.startswith("<"):
        if re.search(r"<Document\b", start):
            return read_medquad
        raise BadInput(f"{path} is XML or HTML of an unknown kind: expected MedQuAD's <Document>.")
    if looks_like_page(head):
        return read_site_page
    if _is_table(path, start):
        return read_csv
    if _is_blocks(head):
        return read_blocks
    kind = "a binary file" if "\0" in head else "of no known format"
    raise BadInput(
        f"{path} is {kind}: expected a page of the site, JSON Lines, a JSON list, CSV with a header or MedQuAD XML."
    )


def _json_lines_reader(path: Path, start: str) -> Reader:
    rows = [row for row in map(_object, start.split("\n")[:_FIRST_ROWS]) if row is not None]
    if any(has_question(row) for row in rows):
        return read_json_lines
    if rows:
        raise BadInput(f"{path} has no rows with a field named question.")
    if "\0" in start:
        raise BadInput(f"{path} is a binary file.")
    if path.suffix.lower() in _JSON_LINES:
        return read_json_lines  # every line so far is broken: each is told of, the rest may be sound
    raise BadInput(f"{path} is one JSON object: expected a list of records or one record a line.")


def _object(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_table(path: Path, start: str) -> bool:
    _, header = csv_header(start.split("\n", 1)[0].rstrip("\r"))
    if has_question(header):
        # A lone word may begin any text; only a table's suffix makes it a header.
        return path.suffix.lower() in _TABLES or sum(field_of(name) is not None for name in header) >= 2
    if path.suffix.lower() in _TABLES and "\0" not in start:
        columns = ", ".join(name[:40] for name in header[:8])
        raise BadInput(f"{path} has no column named question (or 问题, 問題): its columns are {columns}.")
    return False


def _is_blocks(head: str) -> bool:
    """Mostly pairs of lines with exactly two blank lines between them, and at least two such pairs."""
    text = head.replace("\r\n", "\n").strip("\n")
    blocks = re.split(r"\n(?:[ \t]*\n){2}", text)
    pairs = sum(bool(re.fullmatch(r"[^\n]*\S[^\n]*\n[^\n]*\S[^\n]*", block)) for block in blocks)
    return pairs >= 2 and pairs >= 0.8 * len(blocks)
