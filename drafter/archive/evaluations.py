"""Evaluation runs, and the results they can be resumed from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from drafter.archive.codec import mapping_json, read_mapping
from drafter.archive.connecting import Store
from drafter.archive.tables import evaluation_results, evaluation_runs
from drafter.archive.upserting import insert_or_replace
from drafter.archive.values import EvaluationRun
from drafter.errors import ArchiveError


class Evaluations(Store):
    def save_evaluation(self, run_id: str, *, label: str, created_at: datetime, report: Mapping[str, Any]) -> None:
        """Keep a run's report, in place of an earlier one of the same id. It must be made of JSON values."""
        row = {"id": run_id, "label": label, "created_at": created_at, "report": mapping_json(report)}
        with self.writing() as connection:
            insert_or_replace(connection, evaluation_runs, row)

    def evaluation(self, run_id: str) -> dict[str, Any]:
        """A run's report. Raises ArchiveError when there is none of this id."""
        with self.reading() as connection:
            report = connection.scalar(sa.select(evaluation_runs.c.report).where(evaluation_runs.c.id == run_id))
        if report is None:
            raise ArchiveError(f"There is no evaluation {run_id} in the archive.")
        return read_mapping(report)

    def evaluations(self) -> tuple[EvaluationRun, ...]:
        """All runs without their reports, the newest first."""
        newest = sa.select(evaluation_runs.c.id, evaluation_runs.c.label, evaluation_runs.c.created_at).order_by(
            evaluation_runs.c.created_at.desc(), evaluation_runs.c.id
        )
        with self.reading() as connection:
            return tuple(EvaluationRun(*row) for row in connection.execute(newest))

    def evaluation_result(self, key: str) -> dict[str, Any] | None:
        """What was kept under this key, from whichever run."""
        kept = sa.select(evaluation_results.c.payload).where(evaluation_results.c.key == key)
        with self.reading() as connection:
            payload = connection.scalar(kept)
        return None if payload is None else read_mapping(payload)

    def record_evaluation_result(self, key: str, run_id: str, payload: Mapping[str, Any]) -> None:
        """Keep one item's result, in place of an earlier one of the same key. It must be made of JSON values."""
        row = {"key": key, "run_id": run_id, "payload": mapping_json(payload)}
        with self.writing() as connection:
            insert_or_replace(connection, evaluation_results, row)
