"""Readers of files that are taken a line or a row at a time, in constant memory."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from drafter.errors import BadInput
from drafter.importing.records import BadRecord, Found
from drafter.importing.rows import read_row
from drafter.rows.encodings import KEEP_BYTES
from drafter.rows.files import BadLine, Record, read_csv, read_json_lines
from drafter.text import is_chinese

_EXCERPT = 200


def excerpt_of(raw: str) -> str:
    """The beginning of a bad record on one line, fit for any file and terminal."""
    line = " ".join(raw[: 2 * _EXCERPT].split())[:_EXCERPT]
    return line.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def read_object_lines(path: Path, encoding: str) -> Iterator[Found]:
    """JSON Lines in the record schema, or simpler rows; a row without a reply is a waiting question."""
    return _found(path, read_json_lines(path, encoding))


def read_table(path: Path, encoding: str) -> Iterator[Found]:
    """CSV with a header."""
    return _found(path, read_csv(path, encoding))


def read_blocks(path: Path, encoding: str) -> Iterator[Found]:
    """Plain text: a question line, an answer line, two blank lines.

    In the Chinese set of this form the question line is "headline,what was asked".
    """
    with path.open(encoding=encoding, errors=KEEP_BYTES) as file:
        yield from _found(path, _block_records(file))


def _found(path: Path, records: Iterable[Record | BadLine]) -> Iterator[Found]:
    for record in records:
        try:
            if isinstance(record, BadLine):
                raise BadInput(record.reason)
            yield read_row(record.fields, collection=path.stem)
        except BadInput as error:
            yield BadRecord(path, str(error), record.line, excerpt=excerpt_of(record.raw))


def _block_records(lines: TextIO) -> Iterator[Record | BadLine]:
    for first, block in _blocks(lines):
        raw = "\n".join(block)
        if len(block) == 2:
            yield Record(first, _block_row(*block), raw)
        else:
            yield BadLine(first, f"The block has {len(block)} lines: expected a question and an answer line.", raw)


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
