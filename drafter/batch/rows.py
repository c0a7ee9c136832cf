"""Rows of a batch or evaluation file: JSON Lines, or CSV with a header in UTF-8, GB18030 or Big5."""

import codecs
import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from charset_normalizer import from_bytes
from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError, field_validator

from drafter.domain import Asker, Question, Sex
from drafter.errors import BadInput

_NAMES = {
    "id": ("id", "case_id", "question_id", "row_id", "编号", "編號", "序号", "序號"),
    "question": ("question", "body", "text", "message", "ask", "问题", "問題", "提问", "提問", "内容", "內容"),
    "title": ("title", "subject", "标题", "標題", "主题", "主題"),
    "department": ("department", "specialty", "科室", "科别", "科別", "部门", "部門"),
    "asked_on": ("asked_on", "date", "asked", "日期", "提问日期", "提問日期"),
    "sex": ("sex", "gender", "性别", "性別"),
    "age": ("age", "年龄", "年齡"),
}
_FIELD_OF = {name: field_ for field_, names in _NAMES.items() for name in names}
_SEXES: Mapping[str, Sex] = {
    **dict.fromkeys(("female", "f", "女", "女性"), "female"),
    **dict.fromkeys(("male", "m", "男", "男性"), "male"),
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # NUL, and half a character as JSON can spell it
_LONGEST_CELL = 16 * 1024 * 1024
_LONGEST_QUESTION = 20_000  # characters; where screening stops, as a test says


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


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of ``path`` in order, read as they are asked for; a row without an id is called "line-N".

    Raises:
        BadInput: the file cannot be read as a whole: missing, binary, empty, or without a question column.
    """
    seen: set[str] = set()
    found = False
    for line, record in _records(path):
        found = True
        row = record if isinstance(record, BadRow) else _read_row(line, record)
        if isinstance(row, Row) and row.id in seen:
            row = BadRow(row.id, line, f"The id {row.id!r} stands on an earlier line as well: give each its own.")
        seen.add(row.id)
        yield row
    if not found:
        raise BadInput(f"{path} has no rows: expected one question a line.")


class _Asker(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    name: str | None = None
    sex: str | None = None
    age: str | None = None


class _Fields(BaseModel):
    """What is read of a row; other columns are left alone."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    id: Annotated[str | None, Field(max_length=500)] = None
    question: StrictStr
    title: str | None = None
    department: str | None = None
    asked_on: date | None = None
    asker: _Asker | None = None
    sex: str | None = None
    age: str | None = None

    @field_validator("asked_on", mode="before")
    @classmethod
    def _any_order_of_signs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        match = _DATE.match(value.strip())
        return date(*map(int, match.groups())) if match else value.strip() or None

    @field_validator("question")
    @classmethod
    def _can_be_drafted(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("the question is empty")
        if match := _NO_TEXT.search(value):
            raise ValueError(f"the question holds {match[0]!r}, which no text has")
        if len(value) > _LONGEST_QUESTION:
            raise ValueError(f"the question has {len(value):,} characters, and {_LONGEST_QUESTION:,} is the most")
        return value.strip()


def _read_row(line: int, record: Mapping[str, Any]) -> Row | BadRow:
    named = {_FIELD_OF.get(str(name).strip().casefold(), str(name)): value for name, value in record.items()}
    # A name of its own wins over another word for it: {"question": ..., "text": ...}.
    named |= {name: record[name] for name in _NAMES if name in record}
    id_ = str(named.get("id") if named.get("id") not in (None, "") else f"line-{line}").strip()
    id_ = id_.encode("utf-8", "replace").decode()  # half a character can be read from JSON, and never be written
    try:
        fields = _Fields.model_validate(named)
    except ValidationError as error:
        return BadRow(id_, line, _reason(error))
    asker = fields.asker or _Asker()
    sex = _SEXES.get((asker.sex or fields.sex or "").strip().casefold())
    question = Question(
        body=fields.question,
        title=(fields.title or "").strip(),
        department=(fields.department or "").strip() or None,
        asked_on=fields.asked_on,
        asker=Asker(asker.name or None, sex, (asker.age or fields.age or "").strip() or None),
    )
    return Row(id_, line, question, record)


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"There is no {name}: each row needs one."
    if first["type"] == "value_error" and name == "question":
        said = str(first["ctx"]["error"])
        return f"{said[0].upper()}{said[1:]}."
    return f"{name} cannot be used: {first['msg'][0].lower()}{first['msg'][1:]}."


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    try:
        with path.open("rb") as file:
            start = file.read(65536)
        if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise BadInput(f"{path} is a binary file: expected JSON Lines or CSV.")
        yield from _json_lines(path) if _is_json(path, start) else _csv_records(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error


def _is_json(path: Path, start: bytes) -> bool:
    if path.suffix.lower() in {".csv", ".tsv"}:
        return False
    first = start.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if first == b"[":
        raise BadInput(f"{path} is a JSON list: expected one JSON object a line (JSON Lines).")
    return first == b"{" or path.suffix.lower() in {".jsonl", ".ndjson", ".json"}


def _json_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
            if line.strip():
                yield number, _json_object(number, line)


def _json_object(number: int, line: bytes) -> Mapping[str, Any] | BadRow:
    id_ = f"line-{number}"
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return BadRow(id_, number, "The line is not UTF-8: save the file as UTF-8.")
    except (json.JSONDecodeError, RecursionError) as error:
        detail = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else "too deep"
        return BadRow(id_, number, f"The line is not JSON: {detail}.")
    return value if isinstance(value, dict) else BadRow(id_, number, "The line is not a JSON object.")


def _csv_records(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | BadRow]]:
    csv.field_size_limit(_LONGEST_CELL)  # the default of 128 KiB would end the file at one long question
    with path.open(encoding=_encoding(path), newline="", errors="replace") as file:
        first = file.readline()
        if not first.strip():
            return
        file.seek(0)
        reader = csv.reader(file, delimiter=max(",;\t", key=first.count))
        header = [name.strip() for name in next(reader)]
        if not any(_FIELD_OF.get(name.casefold()) == "question" for name in header):
            columns = ", ".join(name[:40] for name in header[:8])
            raise BadInput(f"{path} has no column named question (or 问题, 問題): its columns are {columns}.")
        line = reader.line_num + 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, _csv_record(line, header, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            yield line, BadRow(f"line-{line}", line, f"The rest of the file cannot be read as CSV: {error}.")


def _csv_record(line: int, header: list[str], cells: list[str]) -> Mapping[str, Any] | BadRow:
    if len(cells) > len(header):
        reason = f"The row has {len(cells)} cells and the header {len(header)}: put quotes around text with commas."
        return BadRow(f"line-{line}", line, reason)
    if any("�" in cell for cell in cells):
        return BadRow(f"line-{line}", line, "The row holds bytes of another encoding: save the file as UTF-8.")
    return {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}


def _encoding(path: Path) -> str:
    """UTF-8 if the whole file is, else what its first 256 KiB look like among the encodings of Chinese."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as file:
        start = file.read(256 * 1024)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            decoder.decode(start)
            while chunk := file.read(1024 * 1024):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            best = from_bytes(start[: start.rfind(b"\n") + 1 or None], cp_isolation=["gb18030", "big5"]).best()
            return best.encoding if best else "utf-8-sig"
    return "utf-8-sig"
