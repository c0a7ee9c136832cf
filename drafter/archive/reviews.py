"""What clinicians decided."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from drafter.archive.codec import read_exchange, read_review, review_values
from drafter.archive.connecting import Store
from drafter.archive.exchanges import exchange_rows, insert_exchanges
from drafter.archive.tables import approvals, exchanges, questions, reviews
from drafter.domain import Exchange, Review
from drafter.errors import ArchiveError, Conflict, NotAllowed


class Reviews(Store):
    def record_review(self, review: Review, *, version: int, approved: Exchange | None) -> None:
        """Keep a decision, the question's new status and, for an approval, the exchange: all or nothing.

        ``version`` is that of the ``QuestionState`` the clinician decided on.

        Raises:
            Conflict: the question changed since; the sentence says who decided what.
            NotAllowed: an approval without an exchange, or another decision with one.
            ArchiveError: the question or the draft is not in the archive.
        """
        if (review.decision == "approved") != (approved is not None):
            raise NotAllowed("An approval needs the finished exchange, and no other decision has one.")
        rows = exchange_rows([approved] if approved else [])
        with self.writing(durable=True) as connection:
            _take(connection, review, version)
            connection.execute(reviews.insert(), review_values(review))
            for exchange_id in rows:
                insert_exchanges(connection, rows)
                connection.execute(approvals.insert(), _approval(review, exchange_id))

    def reviews(self, question_id: str) -> tuple[Review, ...]:
        """All decisions on a question, oldest first."""
        with self.reading() as connection:
            return _reviews(connection, question_id)

    def approved_exchange(self, question_id: str) -> Exchange:
        """What became of an approved question. Raises ArchiveError when it was not approved."""
        latest = (
            sa.select(exchanges)
            .join(approvals, approvals.c.exchange_id == exchanges.c.id)
            .where(approvals.c.question_id == question_id)
            .order_by(approvals.c.approved_at.desc())
            .limit(1)
        )
        with self.reading() as connection:
            row = connection.execute(latest).one_or_none()
        if row is None:
            raise ArchiveError(f"The question {question_id} has no approved reply.")
        return read_exchange(row)

    def approved_exchanges(self, limit: int = 50) -> tuple[tuple[Review, Exchange], ...]:
        """The latest approvals, newest first."""
        newest = (
            sa.select(reviews, approvals.c.exchange_id)
            .join(approvals, approvals.c.review_id == reviews.c.id)
            .order_by(approvals.c.approved_at.desc(), reviews.c.sequence.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            found = connection.execute(newest).all()
            ids = sa.select(exchanges).where(exchanges.c.id.in_([row.exchange_id for row in found]))
            kept = {row.id: read_exchange(row) for row in connection.execute(ids)}
        return tuple((read_review(row), kept[row.exchange_id]) for row in found)


def _take(connection: Connection, review: Review, version: int) -> None:
    """Move the question to its new status, if it is still as the clinician saw it."""
    taken = connection.execute(
        questions.update()
        .where(questions.c.id == review.question_id, questions.c.version == version)
        .values(status=review.decision, version=version + 1)
    )
    if taken.rowcount:
        return
    if not connection.scalar(sa.select(sa.func.count()).where(questions.c.id == review.question_id)):
        raise ArchiveError(f"There is no question {review.question_id} in the archive.")
    earlier = _reviews(connection, review.question_id)
    who = f"{earlier[-1].clinician.name} {earlier[-1].decision}" if earlier else "Somebody else changed"
    raise Conflict(
        f"{who} this question in the meantime: nothing was changed, open it again to see where it stands."
    )


def _reviews(connection: Connection, question_id: str) -> tuple[Review, ...]:
    found = sa.select(reviews).where(reviews.c.question_id == question_id).order_by(reviews.c.sequence)
    return tuple(read_review(row) for row in connection.execute(found))


def _approval(review: Review, exchange_id: str) -> dict[str, Any]:
    return {
        "review_id": review.id,
        "exchange_id": exchange_id,
        "question_id": review.question_id,
        "approved_at": review.decided_at,
    }
