"""What columns and keys are called, in English and Chinese."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from drafter.errors import BadInput

_NAMES = {
    "id": "id case_id question_id row_id 编号 編號 序号 序號",
    "question": "question body ask message 问题 問題 提问 提問 内容 內容 问题描述 問題描述",
    "text": "text",  # a question to a batch; in any other file it may be anything
    "title": "title subject 标题 標題 主题 主題",
    "reply": "reply answer response output 回答 回复 回覆 回復 答复 答覆 解答 答案",
    "department": "department dept specialty speciality 科室 科别 科別 部门 部門",
    "doctor": "doctor replied_by answer_author physician 医生 医师 醫師 醫生 回答者",
    "hospital": "hospital 医院 醫院",
    "signature": "signature 签名 簽名",
    "asked_on": "asked_on ask_date asked date 日期 提问日期 提問日期 提问时间 提問時間",
    "replied_on": "replied_on reply_date answer_date 回复日期 回覆日期 回答日期 回复时间",
    "more_info": "more_info",
    "topics": "topics tags 标签 標籤 主题词",
    "collection": "collection source 来源 來源",
    "url": "url link 链接 連結",
    "license": "license licence",
    "language": "language lang",
    "asker_name": "asker_name 姓名",
    "sex": "sex gender 性别 性別",
    "age": "age 年龄 年齡",
    "asker": "asker",
    "extra": "extra",
    "truncated": "truncated",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}


def field_of(name: str) -> str | None:
    """The field a column or key stands for, in English or Chinese; None for one that is not read."""
    return _FIELD_OF.get(name.strip().casefold())


def has_question(names: Iterable[str]) -> bool:
    """Whether any of these columns or keys holds a question."""
    return any(field_of(name) == "question" or name in {"question_text", "input"} for name in names)


def no_question_column(path: Path, header: list[str]) -> BadInput:
    columns = ", ".join(name[:40] for name in header[:8])
    return BadInput(f"{path} has no column named question (or 问题, 問題): its columns are {columns}.")


def named_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row under their fields' names; what is not read is left out."""
    named: dict[str, Any] = {}
    for name, value in row.items():
        field = field_of(name)
        # A field's own name wins over another word for it.
        if field and (name == field or field not in named):
            named[field] = value
    if _says_something(row.get("question_text")):
        # The scraped sites' rows: "question" is the headline, "question_text" what the asker wrote.
        named |= {"title": row.get("question"), "question": row["question_text"]}
    if "instruction" in row and "output" in row:
        named["question"] = row["input"] if _says_something(row.get("input")) else row["instruction"]
    if not isinstance(named.get("extra"), Mapping):
        named.pop("extra", None)
    return named


def _says_something(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())
