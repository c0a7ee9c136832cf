"""Evaluation sets: fixed questions with the replies that doctors gave."""

import random
from dataclasses import dataclass
from pathlib import Path

from drafter.batch import BadRow, Row, read_rows
from drafter.domain import Question, content_hash
from drafter.errors import BadInput


@dataclass(frozen=True)
class EvalItem:
    """One question. ``reply`` is the doctor's own, None where the set has none."""

    id: str
    question: Question
    reply: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvalSet:
    """Fixed questions. ``hash`` is over ids, questions and replies, so that two runs can say whether they were
    over the same ones."""

    name: str
    items: tuple[EvalItem, ...]

    @property
    def hash(self) -> str:
        return content_hash(*((item.id, item.question.id, item.reply) for item in self.items))


def load_eval_set(path: Path, *, limit: int | None = None, seed: int = 0) -> EvalSet:
    """The items of a JSON Lines or CSV file: ``question`` and ``reply``, else the columns of a batch.

    ``limit`` takes that many items at random, the same ones for the same ``seed``, in the file's order.

    Raises:
        BadInput: the file cannot be read, or a row cannot be used: a set with holes would compare unequal things.
    """
    items = tuple(_item(path, row) for row in read_rows(path))
    if limit is not None and limit < len(items):
        chosen = sorted(random.Random(seed).sample(range(len(items)), limit))  # noqa: S311  # a sample, not a secret
        items = tuple(items[n] for n in chosen)
    return EvalSet(path.stem, items)


def _item(path: Path, row: Row | BadRow) -> EvalItem:
    if isinstance(row, BadRow):
        raise BadInput(f"{path}, line {row.line}: {row.reason} An evaluation set must be whole.")
    reply, tags = row.fields.get("reply"), row.fields.get("tags")
    if reply is not None and not isinstance(reply, str):
        raise BadInput(f"{path}, line {row.line}: reply must be text or null.")
    words = tags.split(";") if isinstance(tags, str) else tags if isinstance(tags, list) else ()
    return EvalItem(row.id, row.question, (reply or "").strip() or None, tuple(str(w).strip() for w in words))
