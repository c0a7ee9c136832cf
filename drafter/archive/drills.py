"""What clinicians marked in practice. Answers are added and read, never changed."""

import sqlalchemy as sa

from drafter.archive.connecting import Store
from drafter.archive.tables import drill_answers
from drafter.archive.upserting import insert_or_ignore
from drafter.archive.values import DrillAnswer
from drafter.errors import Conflict


class Drills(Store):
    def record_drill_answer(self, answer: DrillAnswer) -> None:
        """Keep a clinician's answer to a round.

        Raises:
            Conflict: this clinician has answered this round before; that answer stays.
        """
        row = {
            "clinician_name": answer.clinician,
            "round": answer.round,
            "drill_id": answer.drill_id,
            "case_name": answer.case,
            "kind": answer.kind,
            "caught": answer.caught,
            "false_alarms": answer.false_alarms,
            "marked": answer.marked,
            "missing": answer.missing,
            "answered_at": answer.answered_at,
        }
        with self.writing() as connection:
            if not insert_or_ignore(connection, drill_answers, row):
                raise Conflict(f"{answer.clinician} has answered round {answer.round} before: that answer stays.")

    def drill_answers(self, clinician: str | None = None) -> tuple[DrillAnswer, ...]:
        """All answers, or this clinician's, in the order they were given."""
        chosen = sa.select(drill_answers).order_by(drill_answers.c.sequence)
        if clinician is not None:
            chosen = chosen.where(drill_answers.c.clinician_name == clinician)
        with self.reading() as connection:
            return tuple(
                DrillAnswer(
                    clinician=row.clinician_name,
                    round=row.round,
                    drill_id=row.drill_id,
                    case=row.case_name,
                    kind=row.kind,
                    caught=row.caught,
                    false_alarms=row.false_alarms,
                    marked=tuple(row.marked),
                    missing=row.missing,
                    answered_at=row.answered_at,
                )
                for row in connection.execute(chosen)
            )
