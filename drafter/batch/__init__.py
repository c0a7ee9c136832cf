"""Many drafts: rows read from a file, drafted a few at a time, resumed from the archive's ledger."""

from drafter.batch.ledger import fingerprint
from drafter.batch.pool import Clock, draft_many, draft_or_failure, utc_now, work_off
from drafter.batch.records import NO_MODEL, draft_row, notice
from drafter.batch.rows import BadRow, Row, read_rows
from drafter.batch.run import DOWN_AFTER, BatchReport, Progress, failures_file, run_batch

__all__ = [
    "DOWN_AFTER",
    "NO_MODEL",
    "BadRow",
    "BatchReport",
    "Clock",
    "Progress",
    "Row",
    "draft_many",
    "draft_or_failure",
    "draft_row",
    "failures_file",
    "fingerprint",
    "notice",
    "read_rows",
    "run_batch",
    "utc_now",
    "work_off",
]
