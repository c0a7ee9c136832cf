"""What a batch writes for one row: a draft that says it is one, or why there is none."""

from typing import Any

from drafter.batch.rows import BadRow, Row
from drafter.domain import Draft, Failure, Sentence

NOT_REVIEWED = "Draft, not reviewed by a clinician."
NO_MODEL = "No language model was used: the text is put together from past replies."


NO_DRAFT = "No draft: a clinician has to reply, for the reasons given."
SAFETY_TEXT = "No draft: a fixed safety text for an emergency, not reviewed by a clinician."


def notice(*, offline: bool) -> str:
    """What stands beside every unreviewed draft that leaves Drafter."""
    return f"{NOT_REVIEWED} {NO_MODEL}" if offline else NOT_REVIEWED


def _notice(draft: Draft) -> str:
    if draft.abstained:
        return SAFETY_TEXT if draft.reply.sentences else NO_DRAFT
    return notice(offline=draft.provenance.offline)


def draft_row(row_id: str, draft: Draft) -> dict[str, Any]:
    """A draft as one line of the output. Identifiers stay masked, and past replies' texts are left out."""
    return {
        "id": row_id,
        "question_id": draft.question.id,
        "draft_id": draft.id,
        "reply": draft.reply.text,
        "more_info": draft.more_info.text,
        "sentences": [
            *(_sentence("reply", s) for s in draft.reply.sentences),
            *(_sentence("more_info", s) for s in draft.more_info.passages()),
        ],
        "sources": [
            {
                "number": source.number,
                "id": source.exchange.id,
                "doctor": source.exchange.doctor,
                "department": source.exchange.department,
                "year": source.year,
            }
            for source in draft.sources
        ],
        "concerns": [
            {"code": c.code, "severity": c.severity, "message": c.message, "place": c.place, "quote": c.quote}
            for c in draft.concerns
        ],
        "red_flags": [
            {"category": f.category, "label": f.label, "disposition": f.disposition, "assertion": f.assertion}
            for f in draft.screening.red_flags
        ],
        "abstained": [{"code": reason.code, "message": reason.message} for reason in draft.abstained],
        "missing": list(draft.missing),
        "to_ask": list(draft.to_ask),
        "department": draft.department,
        "topics": list(draft.topics),
        "prompts": list(draft.provenance.prompts),
        "model": draft.provenance.model,
        "fallbacks": list(draft.provenance.fallbacks),
        "offline": draft.provenance.offline,
        "created_at": draft.created_at.isoformat(),
        "ai_generated": not draft.abstained,
        "reviewed": False,
        "notice": _notice(draft),
    }


def failure_record(row: Row | BadRow, failure: Failure | None) -> dict[str, Any]:
    """Why a row has no draft: what the drafting said, or what is wrong with the row itself."""
    if isinstance(row, BadRow):
        kind, message, said = "BadRow", row.reason, ""
    else:
        assert failure is not None, "a good row without a draft has a failure"
        kind, message, said = failure.kind, failure.message, failure.said
    return {"id": row.id, "line": row.line, "kind": kind, "message": message, "said": said}


def _sentence(part: str, sentence: Sentence) -> dict[str, Any]:
    return {
        "part": part,
        "kind": sentence.kind,
        "text": sentence.text,
        "sources": list(sentence.sources),
        "quotes": list(sentence.quotes),
    }
