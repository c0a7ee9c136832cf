"""Readers of files that are taken a line or a row at a time, in constant memory."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from drafter.errors import BadInput
from drafter.importing.records import BadRecord, Found
from drafter.importing.rows import field_of, read_row
from drafter.text import is_chinese

_LONGEST_LINE = 8 * 1024 * 1024  # characters
_EXCERPT = 200
# Undecodable bytes come through as lone surrogates, so one bad line does not end the file.
_KEEP_BYTES = "surrogateescape"


def excerpt_of(raw: str) -> str:
    """The beginning of a bad record on one line, fit for any file and terminal."""
    line = " ".join(raw[: 2 * _EXCERPT].split())[:_EXCERPT]
    return line.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def read_json_lines(path: Path, encoding: str) -> Iterator[Found]:
    """JSON Lines in the record schema, or simpler rows; a row without a reply is a waiting question."""
    with path.open(encoding=encoding, errors=_KEEP_BYTES, newline="\n") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith("\n"):
                _skip_to_end_of_line(file)
                yield BadRecord(path, "The line is too long to be a record.", number, excerpt=excerpt_of(line))
            elif line.strip():
                try:
                    yield read_row(_json_object(line), collection=path.stem)
                except BadInput as error:
                    yield BadRecord(path, str(error), number, excerpt=excerpt_of(line))


def read_csv(path: Path, encoding: str) -> Iterator[Found]:
    """CSV with a header; ``line`` of a bad record is where it begins."""
    # The module's limit of 128 KiB would end the file at one long text.
    csv.field_size_limit(_LONGEST_LINE)
    with path.open(encoding=encoding, errors=_KEEP_BYTES, newline="") as file:
        delimiter, header = csv_header(file.readline())
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        next(reader)
        while True:
            line = reader.line_num + 1
            cells: list[str] = []
            try:
                cells = next(reader)
                if any(cell.strip() for cell in cells):
                    yield read_row(_csv_row(header, cells), collection=path.stem)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRecord(path, f"The row is not CSV: {error}.", line)
            except BadInput as error:
                yield BadRecord(path, str(error), line, excerpt=excerpt_of(delimiter.join(cells)))


def csv_header(line: str) -> tuple[str, list[str]]:
    """The delimiter and the column names of a header: the delimiter that gives the most known columns."""

    def columns(delimiter: str) -> list[str]:
        return [name.strip().removeprefix("\ufeff") for name in next(csv.reader([line], delimiter=delimiter), [])]

    found = {delimiter: columns(delimiter) for delimiter in ",\t;|"}
    delimiter = max(found, key=lambda d: sum(field_of(name) is not None for name in found[d]))
    return delimiter, found[delimiter]


def read_blocks(path: Path, encoding: str) -> Iterator[Found]:
    """Plain text: a question line, an answer line, two blank lines.

    In the Chinese set of this form the question line is "headline,what was asked".
    """
    with path.open(encoding=encoding, errors=_KEEP_BYTES) as file:
        for first, block in _blocks(file):
            raw = "\n".join(block)
            try:
                if len(block) != 2:
                    raise BadInput(f"The block has {len(block)} lines: expected a question and an answer line.")
                yield read_row(_block_row(*block), collection=path.stem)
            except BadInput as error:
                yield BadRecord(path, str(error), first, excerpt=excerpt_of(raw))


def _json_object(line: str) -> Mapping[str, Any]:
    refuse = "The line is not JSON"
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        if any("\udc80" <= character <= "\udcff" for character in line):
            raise BadInput("The line holds bytes that are not text in the file's encoding.") from error
        raise BadInput(f"{refuse}: {error.msg} at column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{refuse}: it is nested too deep or holds a number too long.") from error
    if not isinstance(value, dict):
        raise BadInput("The line is not a JSON object.")
    return value


def _skip_to_end_of_line(file: TextIO) -> None:
    while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
        pass


def _csv_row(header: list[str], cells: list[str]) -> Mapping[str, str]:
    if len(cells) > len(header):
        raise BadInput(
            f"The row has {len(cells)} cells and the header {len(header)}: put quotes around text with commas."
        )
    return {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}


def _blocks(lines: TextIO) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    number = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block


def _block_row(asked: str, answered: str) -> Mapping[str, str]:
    title, comma, body = asked.partition(",")
    if not (comma and body.strip() and is_chinese(asked)):
        title, body = "", asked
    return {"title": title, "question": body, "reply": answered}
