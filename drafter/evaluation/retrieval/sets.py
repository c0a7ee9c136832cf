"""Files of exchanges, queries and judgements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from drafter.domain import Exchange, Question, content_hash
from drafter.errors import BadInput
from drafter.importing.rows import clean_reply, read_row
from drafter.rows.columns import named_fields
from drafter.rows.files import BadLine, Record, beginning_of, read_json_lines, text_of

QueryText = Literal["question", "title", "both"]
Qrels = Mapping[str, Mapping[str, int]]
"""Grades by document, by query."""


@dataclass(frozen=True)
class Item:
    """A record of a set. ``exchange`` is what an import would keep of it, None without a reply.

    ``qid`` is the name that judgements may use in place of ``id``; ``title``, ``body`` and ``reply`` are as found.
    """

    id: str
    qid: str
    title: str
    body: str
    reply: str
    tags: frozenset[str]
    exchange: Exchange | None

    @property
    def thread(self) -> str:
        """Hash of the question's words: the records that share it answer the same question."""
        return content_hash(self.body)

    @property
    def question(self) -> str:
        """Title and body, the title only where the body does not repeat it."""
        return Question(self.body, self.title).text

    def query(self, kind: QueryText) -> str:
        """What is searched for; empty where the record has no title and that is what is asked for."""
        return {"question": self.body, "title": self.title, "both": self.question}[kind]


def load_items(path: Path) -> tuple[Item, ...]:
    """The records of a JSON Lines file, in its order.

    Raises:
        BadInput: the file cannot be read or holds nothing, or a line cannot be used or repeats an id: with holes,
            two runs would be over different sets.
    """
    items: dict[str, Item] = {}
    for line, item in _items(path):
        if item.id in items:
            raise BadInput(f"{path}, line {line}: the id {item.id!r} stands in an earlier line too.")
        items[item.id] = item
    if not items:
        raise BadInput(f"{path} is empty: expected JSON Lines with id, question and reply.")
    return tuple(items.values())


def _items(path: Path) -> Iterator[tuple[int, Item]]:
    for record in read_json_lines(path, beginning_of(path).encoding):
        try:
            if isinstance(record, BadLine):
                raise BadInput(record.reason)
            yield record.line, _item(record, path.stem)
        except BadInput as error:
            raise BadInput(f"{path}, line {record.line}: {error}") from error


def _item(record: Record, collection: str) -> Item:
    fields = named_fields(record.fields)
    if isinstance(fields.get("reply"), str) and not clean_reply(fields["reply"])[0]:
        fields["reply"] = None  # the marker of a lost link and nothing else
    read = read_row(fields, collection=collection)
    question, exchange = (read.question, read) if isinstance(read, Exchange) else (read, None)
    own = str(fields.get("id") or read.id)
    return Item(
        id=own,
        qid=str((fields.get("extra") or {}).get("qid") or own),
        title=_text(fields, "title"),
        body=question.body,
        reply=_text(fields, "reply"),
        tags=_tags(fields.get("topics")),
        exchange=exchange,
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    return str(fields.get(name) or "").strip()


def _tags(value: object) -> frozenset[str]:
    """Tags with case folded and hyphens as spaces: sites write "Missed-Period" and "missed period"."""
    words = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else ()
    folded = (" ".join(str(word).casefold().replace("-", " ").replace("_", " ").split()) for word in words)
    return frozenset(tag for tag in folded if tag)


def load_qrels(path: Path) -> Qrels:
    """Judgements in TREC's format, ``query 0 document grade``: whole grades by document, by query.

    A pair judged twice has its higher grade.

    Raises:
        BadInput: the file cannot be read, holds nothing, or a line is of another form.
    """
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        if line.strip():
            query, document, grade = _judgement(path, number, line)
            known = grades.setdefault(query, {})
            known[document] = max(grade, known.get(document, grade))
    if not grades:
        raise BadInput(f"{path} is empty: expected lines such as `Q1 0 D7 2`.")
    return grades


def _judgement(path: Path, number: int, line: str) -> tuple[str, str, int]:
    parts = line.split()
    try:
        query, _, document, grade = parts
        return query, document, int(grade)
    except ValueError as error:
        raise BadInput(
            f"{path}, line {number}: expected `query 0 document grade` with a whole grade, "
            f"found {' '.join(parts)[:60]!r}."
        ) from error
