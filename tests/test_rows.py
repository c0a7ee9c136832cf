"""Files of rows: any encoding, columns in English or Chinese, and no bad line ends the file."""

import codecs
import json
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from drafter.domain import Asker, Question
from drafter.errors import BadInput
from drafter.rows.columns import field_of, named_fields
from drafter.rows.encodings import encoding_of
from drafter.rows.fields import QuestionFields, flaw_in, read_fields
from drafter.rows.files import BadLine, Record, beginning_of, read_csv, read_json_lines

KNEE = "上楼梯时膝盖疼，怎么办？"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> list[Record | BadLine]:
    beginning = beginning_of(path)
    return list((read_json_lines if beginning.is_json_lines else read_csv)(path, beginning.encoding))


def fields(path: Path) -> list[Any]:
    return [record.fields for record in read(path) if isinstance(record, Record)]


def question(**row: Any) -> Question:
    return read_fields(QuestionFields, named_fields(row)).as_question()


# Encodings


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_a_table_and_json_lines_are_read_in_any_encoding(tmp_path: Path, codec: str) -> None:
    asked = "我的膝蓋痛了三天，應該看哪一科？"
    table = written(tmp_path / "a.csv", f"編號,問題\n1,{asked}\n".encode(codec))
    objects = written(tmp_path / "a.jsonl", f'{{"編號": "1", "問題": "{asked}"}}\n'.encode(codec))
    assert fields(table) == fields(objects) == [{"編號": "1", "問題": asked}]


def test_one_line_of_another_encoding_does_not_decide_for_the_others(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", f"问题\n{KNEE}\n{KNEE}\n".encode() + KNEE.encode("gb18030") + b"\n")
    assert encoding_of(path) == "utf-8-sig"


def test_plain_letters_say_nothing_about_the_encoding_however_many_come_first(tmp_path: Path) -> None:
    plain = b"question\n" + b"Why does my knee click?\n" * 200_000
    path = written(tmp_path / "a.csv", plain + f"{KNEE}\n{KNEE}\n".encode("gb18030"))
    assert encoding_of(path) == "gb18030"


def test_a_line_that_is_not_in_the_files_encoding_says_so(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", f'{{"question": "{KNEE}"}}\n'.encode() + b'{"question": "\xff\n')
    assert [found.reason for found in read(path) if isinstance(found, BadLine)] == [
        "The line is not UTF-8: save the file as UTF-8."
    ]


# JSON Lines


def test_each_bad_line_is_told_of_with_its_number_and_text(tmp_path: Path) -> None:
    good = '{"question": "Knee?"}'
    bad = ['{"question":', "[1]", "[" * 100_000, '{"n": ' + "1" * 5000 + "}"]
    found = read(written(tmp_path / "a.jsonl", "\r\n".join([good, "", *bad, good])))
    assert [record.line for record in found] == [1, 3, 4, 5, 6, 7]
    assert [type(record) for record in found] == [Record, *[BadLine] * 4, Record]
    assert [record.raw.strip() for record in found[1:-1]] == bad


def test_a_line_without_an_end_is_told_of_in_little_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", b'{"question": "' + b"a" * 40_000_000 + b'"}\n{"question": "Knee?"}\n')
    tracemalloc.start()
    bad, good = read_json_lines(path, "utf-8-sig")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(bad, BadLine)
    assert "too long" in bad.reason
    assert isinstance(good, Record)
    assert good.line == 2
    assert peak < 80_000_000


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_table_is_read_with_its_own_delimiter_and_line_ends(tmp_path: Path, delimiter: str, newline: str) -> None:
    rows = (("ID ", "Question", "colour, or none"), ("1", "Knee?", ""))
    text = newline.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert fields(written(tmp_path / "a.csv", text)) == [{"ID": "1", "Question": "Knee?"}]


def test_a_header_may_begin_late_and_hold_line_breaks(tmp_path: Path) -> None:
    (record,) = read(written(tmp_path / "a.csv", '\n\nquestion,"what\nhelps"\nKnee?,Rest\n'))
    assert isinstance(record, Record)
    assert (record.line, record.fields) == (5, {"question": "Knee?", "what\nhelps": "Rest"})


def test_a_row_with_too_many_cells_and_one_too_long_leave_the_others_alone(tmp_path: Path) -> None:
    huge = "x" * (8 * 1024 * 1024 + 1)
    found = read(written(tmp_path / "a.csv", f'question\n"two\nlines"\na,b\n"{huge}"\nKnee?\n'))
    assert [(record.line, type(record)) for record in found] == [
        (2, Record),
        (4, BadLine),
        (5, BadLine),
        (6, Record),
    ]
    assert [record.reason.split(":")[0] for record in found if isinstance(record, BadLine)] == [
        "The row has 2 cells and the header 1",
        "The row is not CSV",
    ]


# The beginning


def test_the_beginning_tells_json_lines_by_name_or_by_content(tmp_path: Path) -> None:
    assert beginning_of(written(tmp_path / "a.jsonl", "broken")).is_json_lines
    assert beginning_of(written(tmp_path / "a.txt", codecs.BOM_UTF8 + b'\n{"question": "Knee?"}')).is_json_lines
    assert not beginning_of(written(tmp_path / "a.csv", "question\nKnee?\n")).is_json_lines


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        beginning_of(tmp_path / "nothing.csv")
    with pytest.raises(BadInput, match="is not text"):
        beginning_of(written(tmp_path / "a.csv", codecs.BOM_UTF16_LE + b"\0"))


# Columns


def test_columns_are_known_in_english_and_chinese() -> None:
    assert [field_of(name) for name in (" Gender", "性別", "提问日期", "dept", "回覆", "colour")] == [
        "sex",
        "sex",
        "asked_on",
        "department",
        "reply",
        None,
    ]


def test_a_fields_own_name_wins_over_another_word_for_it() -> None:
    for row in ({"question": "Knee?", "body": "Ear?"}, {"body": "Ear?", "question": "Knee?"}):
        assert named_fields(row) == {"question": "Knee?"}


# Questions


def test_a_question_has_everything_its_row_says() -> None:
    asked = question(
        问题=" Knee? ", 标题=7, 科室="骨科", 日期="2024年3月9日", asker={"name": "Robin", "sex": "女", "age": 41}
    )
    assert asked == Question("Knee?", "7", "骨科", date(2024, 3, 9), Asker("Robin", "female", "41"))


def test_a_headline_is_kept_once() -> None:
    assert question(question="Knee?", title="knee?") == Question("Knee?")
    assert question(question="无。", title="膝盖疼") == Question("膝盖疼")


@pytest.mark.parametrize("day", ["2024-03-09", "2024/3/9", "2024.3.9", "2024年3月9日", "2024-03-09T10:00:00Z"])
def test_a_date_is_read_as_people_write_it(day: str) -> None:
    assert question(question="Knee?", asked_on=day).asked_on == date(2024, 3, 9)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "There is no question: each row needs one."),
        ({"question": " "}, "The question is empty."),
        ({"question": 5}, "The question cannot be used: it is a number, not text."),
        ({"question": "a\0"}, "The question holds a NUL character, which no text has."),
        ({"question": "\udcff"}, "The question holds bytes that are not text in the file's encoding."),
        ({"question": "\ud800"}, "The question cannot be used: it holds half a character, which no text has."),
        ({"question": "Knee?", "asker": "Robin"}, "The asker cannot be used: it is not an object."),
        ({"question": "Knee?", "asker": {"age": []}}, "The asker.age cannot be used: it is a list, not text."),
        (
            {"question": "Knee?", "asked_on": "2024-02-31"},
            "The asked_on cannot be used: '2024-02-31' is not a date: expected year-month-day.",
        ),
    ],
)
def test_a_row_that_asks_nothing_usable_says_why(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        question(**json.loads(json.dumps(row)))
    assert str(refused.value) == reason


def test_the_longest_text_is_the_readers_to_say() -> None:
    assert read_fields(QuestionFields, {"question": "a" * 20}, longest=20).as_question()
    with pytest.raises(BadInput, match=r"The question has 21 characters, and 20 is the most\."):
        read_fields(QuestionFields, {"question": "a" * 21}, longest=20)
    assert flaw_in("a" * 200_000) is None
    assert flaw_in("a" * 200_001) == "has 200,001 characters, and 200,000 is the most"
