"""One row of named fields, from JSON or CSV, becomes an exchange, a waiting question or a reason why not."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from drafter.domain import Asker, Exchange, Language, Question, Sex
from drafter.errors import BadInput
from drafter.publishing import split_signature
from drafter.text import language_of

LONGEST = 200_000  # characters of one text; no letter is that long, so something else was caught in it

_NAMES = {
    "question": "question body ask message 问题 問題 提问 提問 内容 內容 问题描述 問題描述",
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
_WOMEN, _MEN = {"female", "f", "woman", "女", "女性"}, {"male", "m", "man", "男", "男性"}
_NOTHING = {"无", "無", "無內容", "无内容"}  # typed into a form that asks for more than a headline
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$")
# iCliniq's pages end in a link to another doctor; the scraper left its arrow and "<link>" in place of it.
_LOST_LINK = "<link>"
_ARROW = re.compile(r"-{2,}>$")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_CUT_OFF = re.compile(r"(?:\.{3,}|…)\s*[\"'”’)\]]*$")


def field_of(name: str) -> str | None:
    """The field a column or key stands for, in English or Chinese; None for one that is not read."""
    return _FIELD_OF.get(name.strip().casefold())


def has_question(names: Mapping[str, Any] | list[str]) -> bool:
    """Whether any of these columns or keys holds a question."""
    return any(field_of(str(name)) == "question" or name in {"question_text", "input"} for name in names)


def no_reply_published(row: Mapping[str, Any]) -> bool:
    """True when the row has a place for the reply and nothing in it."""
    fields = _fields(row)
    return "reply" in fields and not fields["reply"]


def read_row(row: Mapping[str, Any], *, collection: str) -> Exchange | Question:
    """The exchange in ``row``, or the question when there is no reply; ``collection`` if the row names none.

    Raises:
        BadInput: with the reason as a sentence.
    """
    fields = _fields(row)
    for name, value in fields.items():
        _refuse(name, value)
    try:
        read = _Row.model_validate(fields)
    except ValidationError as error:
        raise BadInput(_reason(error)) from error
    question = _question(read)
    return _exchange(read, question, collection) if read.reply else question


def clean_reply(reply: str) -> tuple[str, bool]:
    """The reply without the marker of a lost link, and whether its end was cut off."""
    text = reply.strip()
    if text.endswith(_LOST_LINK):
        text = _ARROW.sub("", text.removesuffix(_LOST_LINK).rstrip()).rstrip()
    return text, bool(_CUT_OFF.search(text, max(0, len(text) - 10)))


def refuse_text(name: str, text: str) -> None:
    """Raises BadInput for a text that cannot be kept: too long, with NUL, or with bytes of another encoding."""
    if len(text) > LONGEST:
        raise BadInput(f"The {name} has {len(text):,} characters; {LONGEST:,} is the most that is read.")
    if "\0" in text:
        raise BadInput(f"The {name} holds a NUL character, which no text has.")
    if _HALF_CHARACTER.search(text):
        raise BadInput(f"The {name} holds bytes that are not text in the file's encoding.")


def _refuse(name: str, value: object) -> None:
    if isinstance(value, str):
        refuse_text(name, value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _refuse(str(key), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse(name, inner)


def _blank(value: object) -> object:
    return None if value is None or (isinstance(value, str) and not value.strip()) else value


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) and value.strip() else _blank(value)


def _a_date(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return _blank(value)
    match = _DATE.match(value.strip())
    if not match:
        raise ValueError(f"{value.strip()[:40]!r} is not a date: expected year-month-day")
    return date(*map(int, match.groups()))


def _some_topics(value: object) -> object:
    if isinstance(value, str):
        value = re.split(r"[;；、|,，]", value)
    if isinstance(value, list):
        # Order and spelling as found, each once.
        return tuple(dict.fromkeys(topic.strip() for topic in value if isinstance(topic, str) and topic.strip()))
    return value or ()


def _some_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _stripped(value)


_Words = Annotated[str | None, BeforeValidator(_stripped)]
_WordsOrNumber = Annotated[str | None, BeforeValidator(_some_text)]
_Day = Annotated[date | None, BeforeValidator(_a_date)]


class _AskerRow(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: _Words = None
    sex: _Words = None
    age: _WordsOrNumber = None


class _ExtraRow(BaseModel):
    model_config = ConfigDict(extra="ignore")
    asker_name: _Words = None
    reply_ends_in_ellipsis: bool | None = None


class _Row(BaseModel):
    """What is read of a row; everything else in it is left alone."""

    model_config = ConfigDict(extra="ignore")
    question: str
    title: _Words = None
    reply: _Words = None
    department: _Words = None
    doctor: _Words = None
    hospital: _Words = None
    signature: _Words = None
    asked_on: _Day = None
    replied_on: _Day = None
    more_info: _Words = None
    topics: Annotated[tuple[str, ...], BeforeValidator(_some_topics)] = ()
    collection: _Words = None
    url: _Words = None
    license: _Words = None
    language: _Words = None
    asker_name: _Words = None
    sex: _Words = None
    age: _WordsOrNumber = None
    asker: _AskerRow | None = None
    extra: _ExtraRow | None = Field(default=None)
    truncated: bool | None = None


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in row.items():
        field = field_of(name)
        # A field's own name wins over another word for it.
        if field and (name == field or field not in named):
            named[field] = value
    if _blank(row.get("question_text")) is not None:
        # The scraped sites' rows: "question" is the headline, "question_text" what the asker wrote.
        named |= {"title": row.get("question"), "question": row["question_text"]}
    if "instruction" in row and "output" in row:
        named["question"] = _blank(row.get("input")) or row["instruction"]
    if not isinstance(named.get("extra"), Mapping):
        named.pop("extra", None)
    return named


def _question(read: _Row) -> Question:
    title, body = (read.title or ""), read.question.strip()
    if not body:
        raise BadInput("The question is empty.")
    if body.rstrip("。.") in _NOTHING and title:
        body = title
    if title.casefold() == body.casefold():
        title = ""  # sites repeat the question as its headline; the same question must not have two ids
    asker, extra = read.asker or _AskerRow(), read.extra or _ExtraRow()
    return Question(
        body=body,
        title=title,
        department=read.department,
        asked_on=read.asked_on,
        asker=Asker(
            asker.name or read.asker_name or extra.asker_name,
            _sex(asker.sex or read.sex or ""),
            asker.age or read.age,
        ),
    )


def _sex(said: str) -> Sex | None:
    word = said.casefold()
    return "female" if word in _WOMEN else "male" if word in _MEN else None


def _exchange(read: _Row, question: Question, collection: str) -> Exchange:
    extra = read.extra or _ExtraRow()
    reply, cut_off = clean_reply(read.reply or "")
    if not reply:
        raise BadInput("The reply holds nothing but the marker of a lost link.")
    signed = split_signature(reply, read.doctor)
    stated = next((language for language in get_args(Language) if language == read.language), None)
    return Exchange(
        question=question,
        reply=signed.reply,
        doctor=read.doctor or signed.doctor,
        department=read.department,
        hospital=read.hospital or signed.hospital,
        replied_on=read.replied_on,
        signature=read.signature or signed.signature,
        more_info=read.more_info or "",
        topics=read.topics,
        collection=read.collection or collection,
        url=read.url,
        license=read.license,
        language=stated or language_of(f"{question.text}\n{signed.reply}"[:2000]),
        truncated=bool(read.truncated or extra.reply_ends_in_ellipsis or cut_off),
    )


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "row"
    kinds = {"int": "a number", "float": "a number", "bool": "true or false", "list": "a list", "dict": "an object"}
    if first["type"] == "missing":
        return f"There is no {name}."
    if first["type"] == "string_type":
        kind = kinds.get(type(first["input"]).__name__, "nothing")
        return f"The {name} is {kind}, not text."
    return f"The {name} cannot be used: {first['msg'].removeprefix('Value error, ')}."
