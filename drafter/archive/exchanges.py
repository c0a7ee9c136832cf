"""Past exchanges."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from drafter.archive.chunking import CHUNK, chunks
from drafter.archive.codec import exchange_values, read_exchange
from drafter.archive.connecting import Store, translated
from drafter.archive.migrating import lock_writers
from drafter.archive.tables import exchanges
from drafter.archive.values import AddedCount
from drafter.domain import Exchange, Language
from drafter.errors import ArchiveError, BadInput


class Exchanges(Store):
    def add_exchanges(self, given: Iterable[Exchange]) -> AddedCount:
        """Keep what is not yet there, by id. ``given`` may be endless or slow: it is written by the thousand,
        and what was written stays when it fails later."""
        added = total = 0
        for chunk in chunks(given):
            with translated(self.engine.url):
                rows = exchange_rows(chunk)
            with self.writing() as connection:
                added += insert_exchanges(connection, rows)
            total += len(chunk)
        return AddedCount(added, total - added)

    def exchange(self, exchange_id: str) -> Exchange:
        """Raises ArchiveError when there is none of this id."""
        found = self.exchanges([exchange_id])
        if not found:
            raise ArchiveError(f"There is no exchange {exchange_id} in the archive.")
        return found[exchange_id]

    def exchanges(self, ids: Sequence[str]) -> dict[str, Exchange]:
        """Those of ``ids`` that the archive holds, in the order of ``ids``."""
        return self._exchanges(ids, sa.true())

    def sources(self, ids: Sequence[str]) -> dict[str, Exchange]:
        """Those of ``ids`` that may be sources now, in the order of ``ids``: neither truncated nor superseded."""
        return self._exchanges(ids, exchanges.c.truncated.is_(False) & exchanges.c.superseded_by.is_(None))

    def _exchanges(self, ids: Sequence[str], condition: sa.ColumnElement[bool]) -> dict[str, Exchange]:
        found: dict[str, Exchange] = {}
        with self.reading() as connection:
            for chunk in chunks(ids):
                rows = connection.execute(sa.select(exchanges).where(exchanges.c.id.in_(chunk), condition))
                found |= {row.id: read_exchange(row) for row in rows}
        return {i: found[i] for i in ids if i in found}

    def supersede(self, old_id: str, new_id: str | None) -> None:
        """Mark an exchange as superseded by a newer one: it stays on the record and is no source any more.

        It takes effect at once in every process, without a new index. Given again, the last mark holds; None
        takes it away.

        Raises:
            ArchiveError: there is no exchange of one of the ids.
            BadInput: the newer one is the same, is an excerpt, or is itself superseded by the older one.
        """
        # A clinician's decision, so it outlives a power cut; locked, so that two marks cannot make a circle.
        with self.writing(durable=True) as connection:
            lock_writers(connection)
            _known(connection, old_id)
            if new_id is not None:
                _refuse_successor(connection, old_id, new_id)
            marked = exchanges.update().where(exchanges.c.id == old_id).values(superseded_by=new_id)
            connection.execute(marked)

    def superseded_by(self, exchange_id: str) -> str | None:
        """The id of the newer exchange, if there is one. Raises ArchiveError for an unknown ``exchange_id``."""
        with self.reading() as connection:
            successor: str | None = _known(connection, exchange_id)["superseded_by"]
        return successor

    def superseded_ids(self) -> tuple[str, ...]:
        """Ids of all superseded exchanges, sorted."""
        marked = sa.select(exchanges.c.id).where(exchanges.c.superseded_by.is_not(None))
        with self.reading() as connection:
            return tuple(sorted(connection.scalars(marked)))

    def iter_exchanges(self, *, after: int = 0, sources_only: bool = True) -> Iterator[tuple[int, Exchange]]:
        """Sequence number and exchange, in the order they were added, from the first number above ``after``.

        ``sources_only`` leaves out truncated ones, which may never be a source. Superseded ones are among them:
        which those are is asked when they are found (``sources``), because it changes without a new index.
        """
        page = sa.select(exchanges).order_by(exchanges.c.sequence).limit(CHUNK)
        if sources_only:
            page = page.where(exchanges.c.truncated.is_(False))
        while True:
            # A page at a time, because a long read would keep SQLite's log from being folded in.
            with self.reading() as connection:
                rows = connection.execute(page.where(exchanges.c.sequence > after)).all()
            if not rows:
                return
            after = rows[-1].sequence
            yield from ((row.sequence, read_exchange(row)) for row in rows)

    def count_exchanges(self, *, up_to: int | None = None, sources_only: bool = False) -> int:
        """All, or those with sequence numbers up to ``up_to``; ``sources_only`` as in ``iter_exchanges``."""
        count = sa.select(sa.func.count()).select_from(exchanges)
        if up_to is not None:
            count = count.where(exchanges.c.sequence <= up_to)
        if sources_only:
            count = count.where(exchanges.c.truncated.is_(False))
        with self.reading() as connection:
            return connection.scalar(count) or 0

    def exchange_id_at(self, sequence: int) -> str | None:
        """The id of the exchange with this sequence number."""
        with self.reading() as connection:
            return connection.scalar(sa.select(exchanges.c.id).where(exchanges.c.sequence == sequence))

    def written_by_hand(
        self, language: Language, *, department: str | None = None, doctor: str | None = None, limit: int
    ) -> tuple[Exchange, ...]:
        """The newest replies in this language that no model drafted, of the department, the doctor, or both; none
        without either."""
        whose = [
            column == value
            for column, value in ((exchanges.c.department, department), (exchanges.c.doctor, doctor))
            if value
        ]
        if not whose:
            return ()
        wanted = (
            sa.select(exchanges)
            .where(
                *whose,
                exchanges.c.language == language,
                exchanges.c.drafted_by.is_(None),
                exchanges.c.truncated.is_(False),
                exchanges.c.superseded_by.is_(None),
            )
            .order_by(exchanges.c.sequence.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            return tuple(read_exchange(row) for row in connection.execute(wanted))

    def last_sequence(self) -> int:
        """The number of the exchange added last, 0 when there is none."""
        with self.reading() as connection:
            return connection.scalar(sa.select(sa.func.max(exchanges.c.sequence))) or 0

    def thread_ids(self, thread: str) -> frozenset[str]:
        """Ids of all exchanges whose question has these words (``Question.thread``)."""
        with self.reading() as connection:
            return frozenset(connection.scalars(sa.select(exchanges.c.id).where(exchanges.c.thread == thread)))


def _known(connection: Connection, exchange_id: str) -> RowMapping:
    wanted = sa.select(exchanges.c.superseded_by, exchanges.c.truncated).where(exchanges.c.id == exchange_id)
    row = connection.execute(wanted).mappings().one_or_none()
    if row is None:
        raise ArchiveError(f"There is no exchange {exchange_id} in the archive.")
    return row


def _refuse_successor(connection: Connection, old_id: str, new_id: str) -> None:
    if _known(connection, new_id)["truncated"]:
        raise BadInput(f"{new_id} is an excerpt, which can never be a source: name a whole reply instead.")
    successor: str | None = new_id
    while successor is not None:
        if successor == old_id:
            what = "cannot supersede itself" if new_id == old_id else f"is itself superseded by {old_id}"
            raise BadInput(f"{new_id} {what}: name another newer exchange.")
        successor = _known(connection, successor)["superseded_by"]


def exchange_rows(given: Iterable[Exchange]) -> dict[str, Mapping[str, Any]]:
    """Table rows by id, the first of each id."""
    rows: dict[str, Mapping[str, Any]] = {}
    for exchange in given:
        if exchange.id not in rows:
            rows[exchange.id] = exchange_values(exchange)
    return rows


def insert_exchanges(connection: Connection, rows: Mapping[str, Mapping[str, Any]]) -> int:
    """Insert the rows whose id is new; how many were."""
    # Without the lock PostgreSQL could show a higher sequence number before a lower one, and whoever reads
    # "everything after this number" would miss the lower one for good.
    lock_writers(connection)
    known = set(connection.scalars(sa.select(exchanges.c.id).where(exchanges.c.id.in_(list(rows)))))
    new = [row for exchange_id, row in rows.items() if exchange_id not in known]
    if new:
        connection.execute(exchanges.insert(), new)
    return len(new)
