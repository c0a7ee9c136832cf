"""Questions that wait for a reply, and the worklist."""

from datetime import datetime
from typing import get_args

import sqlalchemy as sa

from drafter.archive.codec import question_values, read_state
from drafter.archive.connecting import Store
from drafter.archive.tables import questions
from drafter.archive.upserting import insert_or_ignore
from drafter.archive.values import QuestionState
from drafter.domain import Question, QuestionStatus
from drafter.errors import ArchiveError


class Questions(Store):
    def add_question(self, question: Question, *, urgency: int, added_at: datetime) -> bool:
        """Put a question on the worklist; False when it is known already, whatever became of it."""
        with self.writing() as connection:
            row = question_values(question) | {
                "id": question.id,
                "department": question.department,
                "status": "waiting",
                "urgency": urgency,
                "version": 1,
                "waiting_since": question.asked_on or added_at.date(),
                "added_at": added_at,
            }
            return insert_or_ignore(connection, questions, row)

    def question(self, question_id: str) -> Question:
        """Raises ArchiveError when there is none of this id."""
        return self.question_state(question_id).question

    def question_state(self, question_id: str) -> QuestionState:
        """Raises ArchiveError when there is none of this id."""
        with self.reading() as connection:
            row = connection.execute(sa.select(questions).where(questions.c.id == question_id)).one_or_none()
        if row is None:
            raise ArchiveError(f"There is no question {question_id} in the archive.")
        return read_state(row)

    def worklist(
        self,
        *,
        status: QuestionStatus | None = "waiting",
        department: str | None = None,
        search: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[QuestionState, ...]:
        """Urgent ones first, then by the day asked (or added, where unknown), oldest first.

        ``status`` None means all. ``search``: each of its words must occur in title, body, department or id;
        letter case does not matter.
        """
        page = sa.select(questions).where(*_chosen(status, department, search))
        page = page.order_by(
            questions.c.urgency.desc(), questions.c.waiting_since, questions.c.added_at, questions.c.id
        )
        with self.reading() as connection:
            return tuple(read_state(row) for row in connection.execute(page.limit(limit).offset(offset)))

    def count_by_urgency(
        self, *, status: QuestionStatus | None = "waiting", department: str | None = None, search: str = ""
    ) -> dict[int, int]:
        """How many of each urgency that occurs, among what ``worklist`` with the same choice would list."""
        count = (
            sa.select(questions.c.urgency, sa.func.count())
            .where(*_chosen(status, department, search))
            .group_by(questions.c.urgency)
        )
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(count)}

    def departments(self) -> tuple[str, ...]:
        """The departments that questions were asked in, by name."""
        names = sa.select(questions.c.department).where(questions.c.department.is_not(None)).distinct()
        with self.reading() as connection:
            return tuple(sorted(connection.scalars(names)))

    def count_questions(self) -> dict[QuestionStatus, int]:
        """How many of each status, zeros too."""
        count = sa.select(questions.c.status, sa.func.count()).group_by(questions.c.status)
        with self.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(count)}
        return {status: found.get(status, 0) for status in get_args(QuestionStatus)}


def _chosen(status: QuestionStatus | None, department: str | None, search: str) -> list[sa.ColumnElement[bool]]:
    chosen = [_contains(word) for word in search.split()]
    if status is not None:
        chosen.append(questions.c.status == status)
    if department is not None:
        chosen.append(questions.c.department == department)
    return chosen


def _contains(word: str) -> sa.ColumnElement[bool]:
    searched = (questions.c.title, questions.c.body, questions.c.department, questions.c.id)
    return sa.or_(*(column.icontains(word, autoescape=True) for column in searched))
