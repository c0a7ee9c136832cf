"""The invented cases (cases.yaml), read once: question, past replies, a good draft, and errors to plant in it."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from drafter.domain import (
    Asker,
    Exchange,
    MoreInfo,
    Point,
    Question,
    Reply,
    Section,
    Sentence,
    SentenceKind,
    Sex,
    Source,
)
from drafter.screening import deidentify
from drafter.text import language_of

Kind = Literal[
    "dose", "drug", "side", "negation", "safety_net", "plan", "person", "hearsay", "unsupported", "signature"
]
KINDS: dict[Kind, str] = {
    "dose": "wrong dose",
    "drug": "wrong medicine",
    "side": "wrong side",
    "negation": "turned into its opposite",
    "safety_net": "safety net gone or spoilt",
    "plan": "plan left out",
    "person": "wrong person",
    "hearsay": "hearsay told as a fact",
    "unsupported": "no past reply says so",
    "signature": "another doctor's signature",
}
"""The kinds of planted errors in their order, with what the reviewer reads."""


@dataclass(frozen=True)
class Planting:
    """One error. ``at`` is the place of the passage in reading order (reply, then More Info), from 0; ``says``
    stands there instead, None when the passage is left out. ``why`` says in a sentence what it would do."""

    kind: Kind
    at: int
    says: str | None
    why: str


@dataclass(frozen=True)
class Case:
    """An invented question with the good draft of a reply to it."""

    name: str
    question: Question
    sources: tuple[Source, ...]
    reply: Reply
    more_info: MoreInfo
    plantings: tuple[Planting, ...]


@cache
def cases() -> tuple[Case, ...]:
    """All cases, in the order of the file."""
    import yaml

    raw = yaml.load(files(__package__).joinpath("cases.yaml").read_bytes(), yaml.CSafeLoader)
    return tuple(_CaseRow.model_validate(row).case for row in raw)


def is_practice(question: Question) -> bool:
    """Whether these are the words of a practice case, however the question came about."""
    return question.thread in _threads()


@cache
def _threads() -> frozenset[str]:
    return frozenset(case.question.thread for case in cases())


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _AskerRow(_Row):
    sex: Sex | None = None
    age: str | None = None


class _QuestionRow(_Row):
    title: str
    body: str
    department: str
    asked_on: date
    asker: _AskerRow


class _SourceRow(_Row):
    question: str
    reply: str
    doctor: str
    department: str
    hospital: str
    replied_on: date

    def source(self, number: int) -> Source:
        exchange = Exchange(
            Question(self.question, self.question, self.department),
            self.reply,
            doctor=self.doctor,
            department=self.department,
            hospital=self.hospital,
            replied_on=self.replied_on,
            language=language_of(self.reply),
        )
        score = max(0.1, 0.9 - 0.1 * number)  # invented, like the rest
        return Source(number, exchange, score, deidentify(self.question), deidentify(self.reply))


class _SentenceRow(_Row):
    text: str
    sources: tuple[int, ...]
    kind: SentenceKind = "answer"


class _PointRow(_Row):
    label: str
    text: str
    sources: tuple[int, ...]


class _MoreInfoRow(_Row):
    heading: str
    points: tuple[_PointRow, ...]


class _PlantingRow(_Row):
    kind: Kind
    sentence: Annotated[int, Field(ge=1)] | None = None
    point: Annotated[int, Field(ge=1)] | None = None
    says: str | None = None
    why: str

    @model_validator(mode="after")
    def _names_one_place(self) -> "_PlantingRow":
        if (self.sentence is None) == (self.point is None):
            raise ValueError("a planting names a sentence of the reply or a point of More Info")
        return self


class _CaseRow(_Row):
    name: str
    question: _QuestionRow
    sources: tuple[_SourceRow, ...]
    reply: tuple[_SentenceRow, ...]
    more_info: _MoreInfoRow
    plantings: tuple[_PlantingRow, ...]

    @property
    def case(self) -> Case:
        asked = self.question
        points = tuple(Point(p.label, p.text, p.sources) for p in self.more_info.points)
        return Case(
            self.name,
            Question(
                asked.body,
                asked.title,
                asked.department,
                asked.asked_on,
                Asker(None, asked.asker.sex, asked.asker.age),
            ),
            tuple(row.source(number) for number, row in enumerate(self.sources, start=1)),
            Reply(tuple(Sentence(s.text, s.sources, kind=s.kind) for s in self.reply)),
            MoreInfo(sections=(Section(self.more_info.heading, points),)),
            tuple(Planting(p.kind, self._at(p), p.says, p.why) for p in self.plantings),
        )

    def _at(self, row: _PlantingRow) -> int:
        at = row.sentence - 1 if row.sentence else len(self.reply) + (row.point or 1) - 1
        last = len(self.reply) if row.sentence else len(self.reply) + len(self.more_info.points)
        if at >= last:
            raise ValueError(f"{self.name}: a planting names a passage that is not there")
        return at
