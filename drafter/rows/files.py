"""JSON Lines and CSV as numbered rows, in constant memory; one bad line never ends the file."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from drafter.errors import BadInput
from drafter.rows.columns import field_of
from drafter.rows.encodings import KEEP_BYTES, UNDECODED, encoding_of

_HEAD = 256 * 1024  # characters looked at
_JSON_LINES = {".jsonl", ".ndjson"}
_LONGEST_LINE = 8 * 1024 * 1024  # characters


def text_of(path: Path) -> str:
    """A whole text file. Raises BadInput when it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not a UTF-8 text file; save it as UTF-8 and try again.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error


@dataclass(frozen=True)
class Record:
    """A row as found, with the line where it begins, from 1; ``raw`` is its text."""

    line: int
    fields: Mapping[str, Any]
    raw: str


@dataclass(frozen=True)
class BadLine:
    """A line or row that cannot be read, with the reason as a sentence."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Beginning:
    """How a file starts, in its encoding."""

    encoding: str
    text: str
    is_json_lines: bool


def beginning_of(path: Path) -> Beginning:
    """The first 256 Ki characters of ``path``, without white space before them.

    Raises:
        BadInput: it cannot be opened or is not text.
    """
    try:
        encoding = encoding_of(path)
        text = _head(path, encoding)
        is_json_lines = path.suffix.lower() in _JSON_LINES or text.startswith("{")
        if is_json_lines and encoding != "utf-16":
            encoding = encoding_of(path, ascii_counts=True)
            text = _head(path, encoding)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeError as error:
        raise BadInput(f"{path} is not text.") from error
    return Beginning(encoding, text, is_json_lines)


def read_json_lines(path: Path, encoding: str) -> Iterator[Record | BadLine]:
    """One JSON object a line; empty lines are nothing."""
    with path.open(encoding=encoding, errors=KEEP_BYTES, newline="\n") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith("\n"):
                _skip_to_end_of_line(file)
                yield BadLine(number, "The line is too long to be a record.", line)
            elif line.strip():
                try:
                    yield Record(number, _json_object(line, encoding), line)
                except BadInput as error:
                    yield BadLine(number, str(error), line)


def read_csv(path: Path, encoding: str) -> Iterator[Record | BadLine]:
    """The rows below a header, without their empty cells."""
    # The module's limit of 128 KiB would end the file at one long text.
    csv.field_size_limit(_LONGEST_LINE)
    with path.open(encoding=encoding, errors=KEEP_BYTES, newline="") as file:
        delimiter, header = csv_header(file.read(_HEAD))
        file.seek(0)
        rows = _csv_rows(file, delimiter)
        next(rows, None)
        for line, cells in rows:
            if isinstance(cells, csv.Error):
                yield BadLine(line, f"The row is not CSV: {cells}.", "")
            elif len(cells) > len(header):
                many = f"The row has {len(cells)} cells and the header {len(header)}"
                yield BadLine(line, f"{many}: put quotes around text with commas.", delimiter.join(cells))
            else:
                named = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
                yield Record(line, named, delimiter.join(cells))


def csv_header(text: str) -> tuple[str, list[str]]:
    """The delimiter and the column names of a table that begins with ``text``.

    The delimiter is the one that gives the most known columns.
    """

    def columns(delimiter: str) -> list[str]:
        _, cells = next(_csv_rows(io.StringIO(text, newline=""), delimiter), (0, []))
        return [] if isinstance(cells, csv.Error) else [name.strip().removeprefix("\ufeff") for name in cells]

    found = {delimiter: columns(delimiter) for delimiter in ",\t;|"}
    delimiter = max(found, key=lambda d: sum(field_of(name) is not None for name in found[d]))
    return delimiter, found[delimiter]


def _head(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors=KEEP_BYTES, newline="") as file:
        return file.read(_HEAD).lstrip()


def _json_object(line: str, encoding: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        if UNDECODED.search(line):
            name = "UTF-8" if encoding == "utf-8-sig" else encoding
            raise BadInput(f"The line is not {name}: save the file as UTF-8.") from error
        raise BadInput(f"The line is not JSON: {error.msg} at column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput("The line is not JSON: it is nested too deep or holds a number too long.") from error
    if not isinstance(value, dict):
        raise BadInput("The line is not a JSON object.")
    return value


def _skip_to_end_of_line(file: TextIO) -> None:
    while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
        pass


def _csv_rows(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Rows with anything in them, and the line where each begins."""
    reader = csv.reader(file, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error
        else:
            if any(cell.strip() for cell in cells):
                yield line, cells
