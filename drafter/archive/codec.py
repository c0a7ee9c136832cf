"""Between rows and the nouns of ``drafter.domain``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy.engine import Row

from drafter.archive.values import QuestionState
from drafter.domain import Asker, Clinician, Draft, Exchange, Failure, Question, Review


@cache
def _drafts() -> TypeAdapter[Draft]:
    return TypeAdapter(Draft)


@cache
def _failures() -> TypeAdapter[Failure]:
    return TypeAdapter(Failure)


def draft_json(draft: Draft) -> str:
    return _drafts().dump_json(draft).decode()


def read_draft(text: str) -> Draft:
    return _drafts().validate_json(text)


def failure_json(failure: Failure) -> str:
    return _failures().dump_json(failure).decode()


def read_failure(text: str) -> Failure:
    return _failures().validate_json(text)


def mapping_json(value: Mapping[str, Any]) -> str:
    return to_json(value).decode()


def read_mapping(text: str) -> dict[str, Any]:
    found: dict[str, Any] = from_json(text)
    return found


def question_values(question: Question) -> dict[str, Any]:
    asker = question.asker
    return {
        "thread": question.thread,
        "title": question.title,
        "body": question.body,
        "asked_on": question.asked_on,
        "asker_name": asker.name,
        "asker_sex": asker.sex,
        "asker_age": asker.age,
    }


def exchange_values(exchange: Exchange) -> dict[str, Any]:
    return question_values(exchange.question) | {
        "id": exchange.id,
        "question_department": exchange.question.department,
        "reply": exchange.reply,
        "doctor": exchange.doctor,
        "department": exchange.department,
        "hospital": exchange.hospital,
        "replied_on": exchange.replied_on,
        "signature": exchange.signature,
        "more_info": exchange.more_info,
        "topics": exchange.topics,
        "origin": exchange.origin,
        "collection": exchange.collection,
        "url": exchange.url,
        "license": exchange.license,
        "language": exchange.language,
        "truncated": exchange.truncated,
        "drafted_by": exchange.drafted_by,
    }


def read_exchange(row: Row[Any]) -> Exchange:
    return Exchange(
        question=_question(row, row.question_department),
        reply=row.reply,
        doctor=row.doctor,
        department=row.department,
        hospital=row.hospital,
        replied_on=row.replied_on,
        signature=row.signature,
        more_info=row.more_info,
        topics=tuple(row.topics),
        origin=row.origin,
        collection=row.collection,
        url=row.url,
        license=row.license,
        language=row.language,
        truncated=row.truncated,
        drafted_by=row.drafted_by,
    )


def _question(row: Row[Any], department: str | None) -> Question:
    asker = Asker(row.asker_name, row.asker_sex, row.asker_age)
    return Question(row.body, row.title, department, row.asked_on, asker)


def read_state(row: Row[Any]) -> QuestionState:
    return QuestionState(_question(row, row.department), row.status, row.urgency, row.version, row.added_at)


def review_values(review: Review) -> dict[str, Any]:
    return {
        "id": review.id,
        "question_id": review.question_id,
        "draft_id": review.draft_id,
        "clinician_name": review.clinician.name,
        "clinician_department": review.clinician.department,
        "clinician_hospital": review.clinician.hospital,
        "decision": review.decision,
        "decided_at": review.decided_at,
        "reply": review.reply,
        "more_info": review.more_info,
        "reason": review.reason,
        "seen": review.seen,
        "editing_load": review.editing_load,
    }


def read_review(row: Row[Any]) -> Review:
    return Review(
        id=row.id,
        question_id=row.question_id,
        draft_id=row.draft_id,
        clinician=Clinician(row.clinician_name, row.clinician_department, row.clinician_hospital),
        decision=row.decision,
        decided_at=row.decided_at,
        reply=row.reply,
        more_info=row.more_info,
        reason=row.reason,
        seen=tuple(row.seen),
        editing_load=row.editing_load,
    )
