"""Which rows are done: the archive's record, by a key that holds all that decides what a draft says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from drafter.archive import Archive, BatchResult
from drafter.batch.rows import BadRow, Row
from drafter.domain import Draft, Failure, Question, content_hash
from drafter.drafting import Drafter

_AT_A_TIME = 200


def fingerprint(drafter: Drafter) -> str:
    """Hash of what decides a draft beside the question and the archive's content: prompts, model, parameters
    (number and choice of sources among them) and embedder."""
    return content_hash(
        *drafter.prompts.names,
        drafter.model.name,
        json.dumps(drafter.parameters, sort_keys=True, default=str),
        drafter.retriever.embedder_identity,
    )


@dataclass(frozen=True)
class Ledger:
    """Results of one run and of those before it. ``mark`` is the Drafter's fingerprint."""

    archive: Archive
    run_id: str
    mark: str

    def key(self, question: Question) -> str:
        return content_hash(question.id, self.mark)

    def record(self, row_id: str, result: Draft | Failure) -> None:
        """Commits before it returns. The key comes from the result's own question, never from its position."""
        draft_id, failure = (None, result) if isinstance(result, Failure) else (result.id, None)
        self.archive.record_batch_result(
            self.run_id, BatchResult(self.key(result.question), row_id, draft_id, failure)
        )

    def read(self, rows: Iterable[Row | BadRow]) -> Iterator[tuple[Row | BadRow, BatchResult | None]]:
        """Each row with what the ledger holds for its question, looked up a few hundred at a time."""
        rows = iter(rows)
        while chunk := list(islice(rows, _AT_A_TIME)):
            keys = [self.key(row.question) for row in chunk if isinstance(row, Row)]
            known = self.archive.batch_results(keys)
            for row in chunk:
                yield row, known.get(self.key(row.question)) if isinstance(row, Row) else None

    def missing(self, rows: Iterable[Row | BadRow]) -> Iterator[tuple[str, Question]]:
        """The questions without a draft, each once however many rows ask it; failures are tried again."""
        asked: set[str] = set()
        for row, result in self.read(rows):
            if isinstance(row, BadRow) or (result and result.draft_id) or self.key(row.question) in asked:
                continue
            asked.add(self.key(row.question))
            yield row.id, row.question
