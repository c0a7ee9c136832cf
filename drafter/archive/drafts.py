"""Drafts and their concerns."""

import sqlalchemy as sa

from drafter.archive.codec import draft_json, read_draft
from drafter.archive.connecting import Store
from drafter.archive.tables import concerns, drafts
from drafter.archive.upserting import insert_or_ignore
from drafter.domain import Draft
from drafter.errors import ArchiveError


class Drafts(Store):
    def save_draft(self, draft: Draft) -> None:
        """Keep a draft. A draft never changes: saving one of a known id again does nothing."""
        row = {
            "id": draft.id,
            "question_id": draft.question.id,
            "created_at": draft.created_at,
            "model": draft.provenance.model,
            "prompts": draft.provenance.prompts,
            "payload": draft_json(draft),
        }
        noticed = [
            {
                "draft_id": draft.id,
                "position": position,
                "key": concern.key,
                "code": concern.code,
                "severity": concern.severity,
                "message": concern.message,
                "place": concern.place,
                "quote": concern.quote,
            }
            for position, concern in enumerate(draft.concerns)
        ]
        with self.writing() as connection:
            if insert_or_ignore(connection, drafts, row) and noticed:
                connection.execute(concerns.insert(), noticed)

    def draft(self, draft_id: str) -> Draft:
        """Raises ArchiveError when there is none of this id."""
        with self.reading() as connection:
            payload = connection.scalar(sa.select(drafts.c.payload).where(drafts.c.id == draft_id))
        if payload is None:
            raise ArchiveError(f"There is no draft {draft_id} in the archive.")
        return read_draft(payload)

    def latest_draft(self, question_id: str) -> Draft | None:
        newest = (
            sa.select(drafts.c.payload)
            .where(drafts.c.question_id == question_id)
            .order_by(drafts.c.created_at.desc(), drafts.c.sequence.desc())
            .limit(1)
        )
        with self.reading() as connection:
            payload = connection.scalar(newest)
        return None if payload is None else read_draft(payload)
