"""Batch runs and what became of each row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from drafter.archive.chunking import chunks
from drafter.archive.codec import failure_json, read_failure
from drafter.archive.connecting import Store
from drafter.archive.tables import batch_rows, batch_runs
from drafter.archive.upserting import insert_or_replace
from drafter.archive.values import BatchResult, BatchRun


class Batches(Store):
    def start_batch(self, run_id: str, *, label: str, started_at: datetime, total: int) -> None:
        """Note a run and its number of rows; one that is started again keeps its results."""
        row = {"id": run_id, "label": label, "started_at": started_at, "finished_at": None, "total": total}
        with self.writing() as connection:
            insert_or_replace(connection, batch_runs, row)

    def finish_batch(self, run_id: str, finished_at: datetime) -> None:
        with self.writing() as connection:
            connection.execute(batch_runs.update().where(batch_runs.c.id == run_id).values(finished_at=finished_at))

    def record_batch_result(self, run_id: str, result: BatchResult) -> None:
        """Keep what became of a row, by its key; a draft is never replaced, a failure by what came later."""
        row = {
            "key": result.key,
            "run_id": run_id,
            "row_id": result.row_id,
            "draft_id": result.draft_id,
            "failure": failure_json(result.failure) if result.failure else None,
        }
        with self.writing() as connection:
            insert_or_replace(connection, batch_rows, row, where=batch_rows.c.draft_id.is_(None))

    def batch_results(self, keys: Sequence[str]) -> dict[str, BatchResult]:
        """What is known of these keys, from whichever run."""
        found: dict[str, BatchResult] = {}
        with self.reading() as connection:
            for chunk in chunks(keys):
                rows = connection.execute(sa.select(batch_rows).where(batch_rows.c.key.in_(chunk)))
                found |= {row.key: _result(row) for row in rows}
        return found

    def batch_runs(self) -> tuple[BatchRun, ...]:
        """All runs, the newest first."""
        counted = (
            sa.select(
                batch_runs,
                sa.func.count(batch_rows.c.draft_id).label("done"),
                sa.func.count(batch_rows.c.failure).label("failed"),
            )
            .outerjoin(batch_rows, batch_rows.c.run_id == batch_runs.c.id)
            .group_by(*batch_runs.c)
            .order_by(batch_runs.c.started_at.desc(), batch_runs.c.id)
        )
        with self.reading() as connection:
            return tuple(BatchRun(*row) for row in connection.execute(counted))


def _result(row: Row[Any]) -> BatchResult:
    failure = read_failure(row.failure) if row.failure is not None else None
    return BatchResult(row.key, row.row_id, row.draft_id, failure)
