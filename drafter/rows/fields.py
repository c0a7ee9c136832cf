"""Named fields become a question, or a reason why not."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo

from drafter.domain import Asker, Question, Sex
from drafter.errors import BadInput
from drafter.rows.encodings import UNDECODED

LONGEST = 200_000  # characters of one text; no letter is that long, so something else was caught in it

_WOMEN, _MEN = {"female", "f", "woman", "女", "女性"}, {"male", "m", "man", "男", "男性"}
_NOTHING = {"无", "無", "無內容", "无内容"}  # typed into a form that asks for more than a headline
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$")
_HALF = re.compile("[\ud800-\udfff]")  # half a character, as JSON can spell it
_KINDS = {"int": "a number", "float": "a number", "bool": "true or false", "list": "a list", "dict": "an object"}


def flaw_in(text: str, longest: int = LONGEST) -> str | None:
    """Why a text cannot be kept, as the end of a sentence that begins with its name."""
    if len(text) > longest:
        return f"has {len(text):,} characters, and {longest:,} is the most"
    if "\0" in text:
        return "holds a NUL character, which no text has"
    if UNDECODED.search(text):
        return "holds bytes that are not text in the file's encoding"
    return "cannot be used: it holds half a character, which no text has" if _HALF.search(text) else None


def _stripped(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    if flaw := flaw_in(value, info.context or LONGEST):
        raise ValueError(flaw)
    return value.strip()


def _words(value: object, info: ValidationInfo) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    stripped = _stripped(value, info)
    return None if stripped == "" else stripped


def _day(value: object, info: ValidationInfo) -> object:
    words = _stripped(value, info)
    if not isinstance(words, str) or not words:
        return words or None
    if match := _DATE.match(words):
        with suppress(ValueError):  # the 31st of February
            return date(*map(int, match.groups()))
    raise ValueError(f"cannot be used: {words[:40]!r} is not a date: expected year-month-day")


Text = Annotated[str, BeforeValidator(_stripped)]
Words = Annotated[str | None, BeforeValidator(_words)]
Day = Annotated[date | None, BeforeValidator(_day)]


class _AskerFields(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: Words = None
    sex: Words = None
    age: Words = None


class ExtraFields(BaseModel):
    """What is read of a row's ``extra``."""

    model_config = ConfigDict(extra="ignore")
    asker_name: Words = None


class QuestionFields(BaseModel):
    """What is read of a row that asks; everything else in it is left alone."""

    model_config = ConfigDict(extra="ignore")
    question: Text
    title: Words = None
    department: Words = None
    asked_on: Day = None
    asker_name: Words = None
    sex: Words = None
    age: Words = None
    asker: _AskerFields | None = None
    extra: ExtraFields | None = None

    def as_question(self) -> Question:
        """Raises BadInput when there are no words in it."""
        title, body = (self.title or ""), self.question
        if not body:
            raise BadInput("The question is empty.")
        if body.rstrip("。.") in _NOTHING and title:
            body = title
        if title.casefold() == body.casefold():
            title = ""  # sites repeat the question as its headline; the same question must not have two ids
        return Question(body, title, self.department, self.asked_on, self._asker())

    def _asker(self) -> Asker:
        asker, extra = self.asker or _AskerFields(), self.extra or ExtraFields()
        said = (asker.sex or self.sex or "").casefold()
        sex: Sex | None = "female" if said in _WOMEN else "male" if said in _MEN else None
        return Asker(asker.name or self.asker_name or extra.asker_name, sex, asker.age or self.age)


_Fields = TypeVar("_Fields", bound=QuestionFields)


def read_fields(kind: type[_Fields], fields: Mapping[str, Any], *, longest: int = LONGEST) -> _Fields:
    """The fields of one row; ``longest`` is the limit of a text, in characters.

    Raises:
        BadInput: with the reason as a sentence.
    """
    try:
        return kind.model_validate(fields, context=longest)
    except ValidationError as error:
        raise BadInput(_reason(error)) from error


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(part for part in first["loc"] if isinstance(part, str)) or "row"
    match first["type"]:
        case "missing":
            return f"There is no {name}: each row needs one."
        case "value_error":
            return f"The {name} {first['ctx']['error']}."
        case "string_type":
            kind = _KINDS.get(type(first["input"]).__name__, "nothing")
            return f"The {name} cannot be used: it is {kind}, not text."
        case "model_type":
            return f"The {name} cannot be used: it is not an object."
    return f"The {name} cannot be used: {first['msg'][0].lower()}{first['msg'][1:]}."
