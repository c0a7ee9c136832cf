"""The archive: what goes in comes out, from many threads and processes, and what goes wrong is one sentence."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from drafter.archive import AddedCount, Archive, BatchResult, open_archive
from drafter.archive.codec import exchange_values
from drafter.archive.connecting import Store, make_engine, read_url
from drafter.archive.exchanges import exchange_rows, insert_exchanges
from drafter.archive.migrating import VERSION_TABLE, revisions
from drafter.archive.tables import metadata
from drafter.domain import (
    Asker,
    Clinician,
    Concern,
    Deidentified,
    Draft,
    Exchange,
    Failure,
    MoreInfo,
    Patient,
    Placeholder,
    Point,
    Provenance,
    Question,
    RedFlag,
    Reply,
    Review,
    Screening,
    Section,
    Sentence,
    Source,
    Usage,
)
from drafter.errors import ArchiveError, BadInput, Conflict, NotAllowed
from tests.postgresql import PostgreSQL

NOW = datetime(2026, 3, 1, 9, 30, 15, 250_000, tzinfo=UTC)
DOCTOR = Clinician("Dr. Ines Invented", "Neurology", "Sample Hospital")
FULL = Exchange(
    question=Question(
        body="My foot’s been numb since Monday.\n\nIs it serious? 50% of the time, yes_no \\ maybe?",
        title="Numb foot?",
        department="Neurology",
        asked_on=date(2026, 2, 27),
        asker=Asker("Inventa", "female", "30~39"),
    ),
    reply="Hello,\n請先休息 😀.\tSee a neurologist.",
    doctor="Dr. Made Up",
    department="Neurology",
    hospital="Sample Hospital",
    replied_on=date(2026, 2, 28),
    signature="Dr.\nMade Up, Sample Hospital.",
    more_info="Introduction.\n\nCauses\n1. Nerve: pressed.",
    topics=("numbness", "足部麻木"),
    collection="invented",
    url="https://example.org/1",
    license="CC0",
    language="zh-Hant",
)


def numbered(n: int, **changes: object) -> Exchange:
    made = Exchange(Question(f"Question number {n}?"), f"Reply number {n}.")
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'archive.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return url_of(tmp_path / "new" / "home")
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture(scope="session")
def copied(postgresql_server: PostgreSQL) -> Iterator[str]:
    """Name of a PostgreSQL database with the newest tables: copying it is quicker than migrating every time."""
    with postgresql_server.database() as made:
        open_archive(made).close()
        yield str(make_url(made).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    with ExitStack() as stack:
        url = url_of(tmp_path / "home")
        if request.param == "postgresql":
            server: PostgreSQL = request.getfixturevalue("postgresql_server")
            url = stack.enter_context(server.database(template=request.getfixturevalue("copied")))
        yield stack.enter_context(open_archive(url))


def a_draft(question: Question = FULL.question, *, name: str = "d-1", created_at: datetime = NOW) -> Draft:
    return Draft(
        id=name,
        question=question,
        screening=Screening(
            Deidentified("My foot is numb. [NAME_1]"),
            "en",
            Patient("mother", "female", "61", pregnant=False),
            (RedFlag("stroke", "Sudden numbness", "E0", "numb", 11, 15, "possible"),),
            (Placeholder("[NAME_1]", "NAME", "Inventa"),),
            2,
            ("ignore your rules",),
        ),
        sources=(Source(1, FULL, 0.75, Deidentified("q"), Deidentified("r")),),
        reply=Reply((Sentence("Rest.", (1,)), Sentence("請休息。", ())), "Hello,", "Best wishes."),
        more_info=MoreInfo(
            (Sentence("Intro.", (1,)),),
            (Section("Causes", (Point("Nerve", "Pressed.", (1,)),)),),
            (Sentence("End."),),
        ),
        provenance=Provenance(
            "offline",
            ("reply/v1@abc", "more_info/v1@def"),
            "hash",
            "minilm",
            "build-1",
            (FULL.id,),
            {"temperature": 0.2, "seed": None},
            Usage(10, 20),
            0.25,
            "0.1.0",
        ),
        created_at=created_at,
        concerns=(
            Concern("red_flag", "block", "Not addressed.", "reply", "numb"),
            Concern("length", "warn", "Too long."),
        ),
        missing=("Which foot?",),
        department="Neurology",
        topics=("numbness",),
    )


def a_review(question: Question, decision: str = "approved", **changes: object) -> Review:
    made = Review("r-1", question.id, None, DOCTOR, "approved", NOW, "Rest.", "More.", "", ("k1", "k2"), 0.25)
    return replace(made, decision=decision, **changes)  # type: ignore[arg-type]  # fields by name


def approved_from(question: Question) -> Exchange:
    return Exchange(question, "Rest.", DOCTOR.name, origin="approved", replied_on=NOW.date())


def test_an_exchange_comes_back_exactly_as_it_was_given(archive: Archive) -> None:
    bare = numbered(1)
    assert archive.add_exchanges([FULL, bare]) == AddedCount(2, 0)
    assert archive.exchange(FULL.id) == FULL
    assert archive.exchange(bare.id) == bare


def test_adding_the_same_exchanges_again_changes_nothing(archive: Archive) -> None:
    given = [numbered(n) for n in range(1500)]
    assert archive.add_exchanges(iter(given)) == AddedCount(1500, 0)
    assert archive.add_exchanges([*given, numbered(1500), numbered(1500)]) == AddedCount(1, 1501)
    assert archive.count_exchanges() == 1501


def test_exchanges_are_walked_in_the_order_they_came_and_from_any_point(archive: Archive) -> None:
    given = [numbered(n) for n in range(2500)]
    archive.add_exchanges(given)
    walked = list(archive.iter_exchanges())
    assert [exchange for _, exchange in walked] == given
    assert archive.last_sequence() == walked[-1][0]
    assert [exchange for _, exchange in archive.iter_exchanges(after=walked[-3][0])] == given[-2:]
    assert list(archive.iter_exchanges(after=archive.last_sequence())) == []


def test_truncated_exchanges_are_kept_but_are_no_sources(archive: Archive) -> None:
    excerpt = numbered(2, truncated=True)
    archive.add_exchanges([numbered(1), excerpt, numbered(3)])
    assert [x.reply for _, x in archive.iter_exchanges()] == ["Reply number 1.", "Reply number 3."]
    assert len(list(archive.iter_exchanges(sources_only=False))) == 3
    assert archive.exchange(excerpt.id).truncated


def test_exchanges_are_found_by_ids_in_the_order_asked(archive: Archive) -> None:
    given = [numbered(n) for n in range(1200)]
    archive.add_exchanges(given)
    wanted = [x.id for x in reversed(given)]
    assert list(archive.exchanges([*wanted, "x-unknown"])) == wanted


def test_a_thread_holds_all_replies_to_the_same_words(archive: Archive) -> None:
    other = replace(FULL, reply="Another reply.", doctor="Dr. Else")
    archive.add_exchanges([FULL, other, numbered(1)])
    assert archive.thread_ids(FULL.question.thread) == {FULL.id, other.id}
    assert archive.thread_ids("unknown") == frozenset()


def test_a_source_of_exchanges_that_fails_midway_leaves_what_was_read_before(archive: Archive) -> None:
    def failing() -> Iterator[Exchange]:
        yield from (numbered(n) for n in range(1000))
        raise OSError("the file ended")

    with pytest.raises(OSError, match="the file ended"):
        archive.add_exchanges(failing())
    assert archive.count_exchanges() == 1000


def test_a_question_waits_once_and_keeps_its_urgency(archive: Archive) -> None:
    assert archive.add_question(FULL.question, urgency=3, added_at=NOW)
    assert not archive.add_question(FULL.question, urgency=0, added_at=NOW + timedelta(days=1))
    state = archive.question_state(FULL.question.id)
    assert (state.question, state.status, state.urgency, state.version) == (FULL.question, "waiting", 3, 1)
    assert state.added_at == NOW
    assert archive.question(FULL.question.id) == FULL.question


def test_an_instant_comes_back_in_utc_and_one_without_a_zone_is_refused(archive: Archive) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    archive.add_question(Question("In Taipei?"), urgency=0, added_at=local)
    found = archive.question_state(Question("In Taipei?").id).added_at
    assert (found, found.tzinfo) == (NOW, UTC)
    with pytest.raises(ArchiveError, match="time zone"):
        archive.add_question(Question("Where?"), urgency=0, added_at=NOW.replace(tzinfo=None))


def test_the_worklist_shows_urgent_questions_first_then_the_oldest(archive: Archive) -> None:
    day = date(2026, 1, 1)
    asked = {
        "old": (Question("old", asked_on=day), 0, NOW),
        "new": (Question("new", asked_on=day + timedelta(days=9)), 0, NOW),
        "urgent": (Question("urgent"), 3, NOW),
        "soon": (Question("soon"), 2, NOW),
        "undated": (Question("undated"), 0, NOW + timedelta(hours=1)),
    }
    for question, urgency, added_at in asked.values():
        archive.add_question(question, urgency=urgency, added_at=added_at)
    listed = [state.question.body for state in archive.worklist()]
    assert listed == ["urgent", "soon", "old", "new", "undated"]
    assert [s.question.body for s in archive.worklist(limit=2, offset=1)] == ["soon", "old"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("HEADACHE", ["Headache after 50% less sleep"]),
        ("sleep headache", ["Headache after 50% less sleep"]),
        ("50%", ["Headache after 50% less sleep"]),
        ("%", ["Headache after 50% less sleep"]),
        ("_", ["snake_case rash"]),
        ("/", []),
        ("頭痛", ["頭痛三天"]),
        ("dermatology", ["snake_case rash"]),
        ("headache rash", []),
        ("  ", ["Headache after 50% less sleep", "snake_case rash", "頭痛三天"]),
    ],
)
def test_searching_the_worklist_takes_every_word_as_it_is(archive: Archive, search: str, found: list[str]) -> None:
    for body, department in (
        ("Headache after 50% less sleep", "Neurology"),
        ("snake_case rash", "Dermatology"),
        ("頭痛三天", None),
    ):
        archive.add_question(Question(body, department=department), urgency=0, added_at=NOW)
    assert sorted(state.question.body for state in archive.worklist(search=search)) == sorted(found)
    assert sum(archive.count_by_urgency(search=search).values()) == len(found)


def test_the_worklist_can_be_limited_to_a_department_and_a_status(archive: Archive) -> None:
    for n, department in enumerate(["Neurology", "Neurology", "Urology", None]):
        archive.add_question(Question(f"Question {n}?", department=department), urgency=n, added_at=NOW)
    assert len(archive.worklist(department="Neurology")) == 2
    assert archive.departments() == ("Neurology", "Urology")
    assert archive.count_by_urgency(department="Neurology") == {0: 1, 1: 1}
    archive.record_review(
        a_review(Question("Question 2?", department="Urology"), "rejected"), version=1, approved=None
    )
    assert [s.question.department for s in archive.worklist(status="rejected")] == ["Urology"]
    assert len(archive.worklist(status=None)) == 4
    assert archive.count_questions() == {"waiting": 3, "approved": 0, "rejected": 1, "escalated": 0}


def test_a_draft_comes_back_exactly_as_it_was_saved(archive: Archive) -> None:
    draft = a_draft()
    archive.save_draft(draft)
    archive.save_draft(draft)
    assert archive.draft("d-1") == draft
    with archive.reading() as connection:
        kept = connection.execute(sa.text("SELECT code, severity FROM concerns ORDER BY position")).all()
    assert [tuple(row) for row in kept] == [("red_flag", "block"), ("length", "warn")]


def test_the_latest_draft_is_the_one_made_last(archive: Archive) -> None:
    assert archive.latest_draft(FULL.question.id) is None
    for draft in (
        a_draft(name="d-2", created_at=NOW + timedelta(hours=1)),
        a_draft(name="d-1"),
        a_draft(name="d-3", created_at=NOW + timedelta(hours=1)),
        a_draft(Question("Another?"), name="d-4", created_at=NOW + timedelta(hours=2)),
    ):
        archive.save_draft(draft)
    latest = archive.latest_draft(FULL.question.id)
    assert latest is not None
    assert latest.id == "d-3"


def test_an_approval_keeps_review_status_and_exchange_together(archive: Archive) -> None:
    question = FULL.question
    archive.add_question(question, urgency=0, added_at=NOW)
    archive.save_draft(a_draft())
    review, exchange = a_review(question, draft_id="d-1"), approved_from(question)
    archive.record_review(review, version=1, approved=exchange)
    state = archive.question_state(question.id)
    assert (state.status, state.version) == ("approved", 2)
    assert archive.reviews(question.id) == (review,)
    assert archive.exchange(exchange.id) == exchange
    assert archive.approved_exchange(question.id) == exchange
    assert archive.approved_exchanges() == ((review, exchange),)
    assert archive.worklist() == ()


def test_approvals_are_listed_newest_first(archive: Archive) -> None:
    for n in range(3):
        question = Question(f"Question {n}?")
        archive.add_question(question, urgency=0, added_at=NOW)
        review = a_review(question, id=f"r-{n}", decided_at=NOW + timedelta(hours=n))
        archive.record_review(review, version=1, approved=approved_from(question))
    assert [review.id for review, _ in archive.approved_exchanges(limit=2)] == ["r-2", "r-1"]
    with pytest.raises(ArchiveError, match="no approved reply"):
        archive.approved_exchange("q-unknown")


def test_of_two_who_decide_at_once_the_second_learns_who_was_first(archive: Archive) -> None:
    archive.add_question(FULL.question, urgency=0, added_at=NOW)
    archive.record_review(a_review(FULL.question), version=1, approved=approved_from(FULL.question))
    late = a_review(FULL.question, "rejected", id="r-2", clinician=Clinician("Dr. Late"))
    with pytest.raises(Conflict, match=r"Dr\. Ines Invented approved this question in the meantime"):
        archive.record_review(late, version=1, approved=None)
    assert len(archive.reviews(FULL.question.id)) == 1


def test_a_review_that_cannot_be_kept_leaves_nothing_behind(archive: Archive) -> None:
    question = FULL.question
    archive.add_question(question, urgency=0, added_at=NOW)
    with pytest.raises(ArchiveError, match="refers to something that is not in the archive"):
        archive.record_review(a_review(question, draft_id="d-none"), version=1, approved=approved_from(question))
    with pytest.raises(ArchiveError, match="There is no question q-none"):
        archive.record_review(a_review(question, "rejected", question_id="q-none"), version=1, approved=None)
    with pytest.raises(NotAllowed):
        archive.record_review(a_review(question), version=1, approved=None)
    assert archive.question_state(question.id).version == 1
    assert archive.reviews(question.id) == ()
    assert archive.count_exchanges() == 0


def test_vectors_are_kept_by_embedder_and_hash(archive: Archive) -> None:
    given = {f"h{n}": bytes([n % 256] * 8) for n in range(2500)}
    archive.add_vectors("minilm/384", given)
    archive.add_vectors("minilm/384", {"h0": b"other"})
    archive.add_vectors("other/8", {"h0": b"other"})
    assert archive.vectors("minilm/384", [*given, "unknown"]) == given
    assert archive.vectors("other/8", ["h0", "h1"]) == {"h0": b"other"}


def test_a_batch_keeps_the_first_draft_of_a_row_and_replaces_a_failure(archive: Archive) -> None:
    archive.save_draft(a_draft())
    archive.save_draft(a_draft(name="d-2"))
    archive.start_batch("b-1", label="night", started_at=NOW, total=2)
    failed = BatchResult("k1", "row 1", failure=Failure(FULL.question, "BadModelOutput", "Not a draft.", "said"))
    archive.record_batch_result("b-1", failed)
    assert archive.batch_results(["k1", "k2"]) == {"k1": failed}
    done = BatchResult("k1", "row 1", draft_id="d-1")
    archive.record_batch_result("b-1", done)
    archive.record_batch_result("b-1", BatchResult("k1", "row 1", draft_id="d-2"))
    archive.record_batch_result("b-1", failed)
    assert archive.batch_results(["k1"]) == {"k1": done}


def test_batch_runs_count_what_they_recorded(archive: Archive) -> None:
    archive.save_draft(a_draft())
    archive.start_batch("b-1", label="night", started_at=NOW, total=3)
    archive.start_batch("b-2", label="day", started_at=NOW + timedelta(hours=1), total=1)
    archive.record_batch_result("b-1", BatchResult("k1", "1", draft_id="d-1"))
    archive.record_batch_result("b-1", BatchResult("k2", "2", failure=Failure(FULL.question, "X", "No.")))
    archive.finish_batch("b-1", NOW + timedelta(minutes=5))
    newest, oldest = archive.batch_runs()
    assert (newest.id, newest.finished_at, newest.done, newest.failed) == ("b-2", None, 0, 0)
    assert (oldest.total, oldest.done, oldest.failed) == (3, 1, 1)
    assert oldest.finished_at == NOW + timedelta(minutes=5)


def test_evaluations_and_their_results_can_be_read_again(archive: Archive) -> None:
    report = {"scores": {"rougeL": [0.5, None]}, "名": "評估"}
    archive.save_evaluation("e-1", label="v1", created_at=NOW, report={})
    archive.save_evaluation("e-1", label="v1 again", created_at=NOW, report=report)
    archive.save_evaluation("e-2", label="v2", created_at=NOW + timedelta(days=1), report={})
    assert archive.evaluation("e-1") == report
    assert [(run.id, run.label) for run in archive.evaluations()] == [("e-2", "v2"), ("e-1", "v1 again")]
    assert archive.evaluation_result("key") is None
    archive.record_evaluation_result("key", "e-1", {"score": 0.5})
    archive.record_evaluation_result("key", "e-1", {"score": 0.75})
    assert archive.evaluation_result("key") == {"score": 0.75}


@pytest.mark.parametrize("what", ["exchange", "question", "question_state", "draft", "evaluation"])
def test_an_unknown_id_is_named(archive: Archive, what: str) -> None:
    with pytest.raises(ArchiveError, match=r"There is no \w+ x-9 in the archive\."):
        getattr(archive, what)("x-9")


def test_a_text_that_is_not_unicode_is_refused_and_nothing_of_its_batch_is_kept(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="not valid Unicode"):
        archive.add_exchanges([numbered(1), numbered(2, reply="broken \ud83d emoji")])
    with pytest.raises(ArchiveError, match="not valid Unicode"):
        archive.add_question(Question("broken \ud83d emoji"), urgency=0, added_at=NOW)
    assert archive.count_exchanges() == 0


def test_many_threads_read_and_write_at_once(archive: Archive) -> None:
    questions = [Question(f"Question {n}?") for n in range(40)]

    def work(worker: int) -> int:
        added = archive.add_exchanges(numbered(n) for n in range(worker * 20, worker * 20 + 40)).added
        new = [q for q in questions if archive.add_question(q, urgency=0, added_at=NOW)]
        archive.worklist()
        return added + len(new)

    with ThreadPoolExecutor(8) as pool:
        counted = sum(pool.map(work, range(8)))
    assert counted == archive.count_exchanges() + len(questions)
    assert archive.count_exchanges() == 180


def test_a_reader_that_follows_many_writers_misses_nothing_and_sees_nothing_twice(archive: Archive) -> None:
    questions = [Question(f"Approved {n}?") for n in range(20)]
    for question in questions:
        archive.add_question(question, urgency=0, added_at=NOW)

    def add(writer: int) -> None:
        for n in range(20):
            archive.add_exchanges(numbered(100 * writer + 3 * n + k) for k in range(3))

    def approve() -> None:
        for question in questions:
            review = a_review(question, id=f"r-{question.id}")
            archive.record_review(review, version=1, approved=approved_from(question))

    followed: list[Exchange] = []
    after, ended = 0, False
    with ThreadPoolExecutor(5) as pool:
        writing = [*(pool.submit(add, writer) for writer in range(4)), pool.submit(approve)]
        while not ended:
            ended = all(writer.done() for writer in writing)  # before reading: what came last is read too
            for number, exchange in archive.iter_exchanges(after=after):
                followed.append(exchange)
                after = number
    assert [writer.result() for writer in writing] == [None] * 5
    assert followed == [exchange for _, exchange in archive.iter_exchanges()]
    assert len(followed) == 4 * 60 + 20
    assert after == archive.last_sequence()


def test_on_postgresql_a_later_number_waits_for_an_earlier_one(postgresql: str) -> None:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with open_archive(postgresql) as archive, ThreadPoolExecutor(1) as pool:
        with archive.writing() as connection:
            insert_exchanges(connection, exchange_rows([numbered(1)]))
            later = pool.submit(archive.add_exchanges, [numbered(2)])
            while not (later.done() or connection.scalar(waiting)):
                time.sleep(0.01)
            seen = list(archive.iter_exchanges()), archive.last_sequence()
        assert seen == ([], 0), "a reader would go on after the later one and never see the earlier"
        assert later.result() == AddedCount(1, 0)
        assert [exchange for _, exchange in archive.iter_exchanges()] == [numbered(1), numbered(2)]


def test_only_one_of_many_clinicians_decides(archive: Archive) -> None:
    archive.add_question(FULL.question, urgency=0, added_at=NOW)
    numbers = count()

    def decide(_: int) -> str:
        review = a_review(FULL.question, "rejected", id=f"r-{next(numbers)}")
        try:
            archive.record_review(review, version=1, approved=None)
        except Conflict:
            return "late"
        return "first"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(decide, range(16)))
    assert said.count("first") == 1
    assert len(archive.reviews(FULL.question.id)) == 1


def test_several_processes_may_open_a_new_archive_at_once(url: str) -> None:
    program = (
        "import sys; from drafter.archive import open_archive; "
        "from drafter.domain import Exchange, Question; "
        "print(open_archive(sys.argv[1]).add_exchanges([Exchange(Question(sys.argv[2]), 'Reply.')]).added)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, url, f"Question {n}?"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(3)
    ]
    said = [process.communicate(timeout=60) for process in started]
    assert [out.strip() for out, _ in said] == ["1"] * 3, said
    with open_archive(url) as archive:
        assert archive.count_exchanges() == 3


def test_an_archive_survives_being_closed_and_opened(url: str) -> None:
    with open_archive(url) as archive:
        archive.add_exchanges([FULL])
    with open_archive(url) as archive:
        assert archive.exchange(FULL.id) == FULL


def test_opening_an_archive_that_is_up_to_date_needs_no_alembic(url: str) -> None:
    open_archive(url).close()
    program = "import sys, drafter.archive as room; room.open_archive(sys.argv[1]); print('alembic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_the_migrations_make_exactly_the_tables(archive: Archive) -> None:
    with archive.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_newest_version_is_the_one_that_alembic_would_reach() -> None:
    config = Config()
    folder = Path(sys.modules["drafter.archive.migrating"].__file__ or "").parent / "migrations"
    config.set_main_option("script_location", str(folder))
    script = ScriptDirectory.from_config(config)
    assert [s.revision for s in reversed(list(script.walk_revisions()))] == list(revisions())


def test_an_archive_of_the_first_version_is_brought_up_without_loss(tmp_path: Path) -> None:
    config = Config()
    folder = Path(sys.modules["drafter.archive.migrating"].__file__ or "").parent / "migrations"
    config.set_main_option("script_location", str(folder))
    store = Store(make_engine(read_url(url_of(tmp_path)), busy_timeout=1))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        first = sa.MetaData()
        first.reflect(connection)
        rows = [exchange_values(e) | {"topics": list(e.topics)} for e in (FULL, approved_from(FULL.question))]
        for row in rows:
            days = {key: row[key] and row[key].isoformat() for key in ("asked_on", "replied_on")}
            text = sa.text(
                f"INSERT INTO exchanges ({', '.join(row)}) VALUES ({', '.join(':' + key for key in row)})"
            )
            connection.execute(text, row | days | {"topics": json.dumps(row["topics"])})
        assert "superseded_by" not in first.tables["exchanges"].columns
    store.engine.dispose()
    with open_archive(url_of(tmp_path)) as archive:
        assert [exchange for _, exchange in archive.iter_exchanges()] == [FULL, approved_from(FULL.question)]
        assert archive.superseded_by(FULL.id) is None
        assert archive.add_exchanges([FULL, numbered(1)]) == AddedCount(1, 1)
        archive.supersede(FULL.id, numbered(1).id)
        assert archive.last_sequence() == 3


def test_only_one_of_two_marks_that_would_make_a_circle_is_kept(archive: Archive) -> None:
    given = [numbered(n) for n in range(6)]
    archive.add_exchanges(given)

    def mark(n: int) -> bool:
        try:
            archive.supersede(given[n].id, given[(n + 1) % 6].id)
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(mark, range(6))) == 5


def test_sqlite_keeps_a_write_ahead_log_and_checks_references(tmp_path: Path) -> None:
    with open_archive(url_of(tmp_path)) as archive:
        with archive.writing() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
        with archive.writing(durable=True) as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_an_archive_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_archive(url_of(tmp_path)).close()
    with sqlite3.connect(tmp_path / "archive.db") as database:
        database.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    database.close()
    with pytest.raises(ArchiveError, match=r"written by a newer Drafter .*update Drafter or point DRAFTER_HOME"):
        open_archive(url_of(tmp_path))


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "archive.db") as database:
        database.execute("CREATE TABLE songs (title TEXT)")
    database.close()
    with pytest.raises(ArchiveError, match="another program"):
        open_archive(url_of(tmp_path))


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_text("Dear diary, " * 1000)
    with pytest.raises(ArchiveError, match="is not a Drafter archive"):
        open_archive(url_of(tmp_path))
    assert (tmp_path / "archive.db").read_text().startswith("Dear diary")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match=r"archive's folder .*/file/home cannot be made .*DRAFTER_HOME"):
        open_archive(url_of(tmp_path / "file" / "home"))
    (tmp_path / "archive.db").mkdir()
    with pytest.raises(ArchiveError, match="cannot be opened"):
        open_archive(url_of(tmp_path))


def test_a_read_only_archive_can_be_read_and_says_so_when_written(tmp_path: Path) -> None:
    with open_archive(url_of(tmp_path)) as archive:
        archive.add_exchanges([FULL])
        # Root writes to any file, so the file's mode would not show it.
        with archive.engine.connect().execution_options(outside_transaction=True) as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(ArchiveError, match="read-only"):
            archive.add_exchanges([numbered(1)])
        assert archive.exchange(FULL.id) == FULL


def test_a_full_disk_is_one_sentence_and_what_was_there_stays(tmp_path: Path) -> None:
    with open_archive(url_of(tmp_path)) as archive:
        archive.add_exchanges([FULL])
        with archive.engine.connect().execution_options(outside_transaction=True) as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=60")
        with pytest.raises(ArchiveError, match=r"The disk of the archive .* is full, so nothing was written"):
            archive.add_exchanges(numbered(n, reply="long " * 1000) for n in range(1000))
        assert archive.count_exchanges() == 1
        assert archive.exchange(FULL.id) == FULL


def test_an_archive_that_stays_locked_is_one_sentence(tmp_path: Path) -> None:
    with open_archive(url_of(tmp_path), busy_timeout=0.2) as archive:
        other = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match="held by another task"):
            archive.add_question(FULL.question, urgency=0, added_at=NOW)
        assert archive.worklist() == ()
        other.execute("ROLLBACK")
        other.close()
        assert archive.add_question(FULL.question, urgency=0, added_at=NOW)


def test_a_short_wait_for_another_writer_is_not_an_error(tmp_path: Path) -> None:
    with open_archive(url_of(tmp_path)) as archive:
        other = sqlite3.connect(tmp_path / "archive.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, other.execute, ["COMMIT"])
        timer.start()
        assert archive.add_question(FULL.question, urgency=0, added_at=NOW)
        timer.join()
        other.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("archive.db", "cannot be read as a database URL"),
        ("", "cannot be read as a database URL"),
        ("postgresql://user:s3cret@host:port/name", "cannot be read as a database URL"),
        ("mysql://host/name", "cannot be kept in mysql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_url_that_cannot_be_used_is_one_sentence_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(ArchiveError, match=sentence) as caught:
        open_archive(url)
    assert "s3cret" not in str(caught.value)


def test_a_postgresql_server_that_is_not_there_is_one_sentence_without_its_password() -> None:
    with pytest.raises(ArchiveError, match=r"127\.0\.0\.1") as caught:
        open_archive("postgresql://user:s3cret@127.0.0.1:9/name")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_postgresql_without_its_driver_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ArchiveError, match=r"pip install 'drafter\[postgresql\]'"):
        open_archive("postgresql://user:s3cret@127.0.0.1:9/name")


def test_a_connection_that_postgresql_closes_is_one_sentence_and_the_next_works(postgresql: str) -> None:
    with open_archive(postgresql) as archive:

        def lose_connection() -> None:
            with archive.writing() as connection:
                insert_exchanges(connection, exchange_rows([FULL]))
                connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

        with pytest.raises(ArchiveError, match="closed the connection"):
            lose_connection()
        assert archive.add_exchanges([FULL]) == AddedCount(1, 0)


def test_a_postgresql_database_may_be_shared_with_another_program(postgresql: str) -> None:
    engine = sa.create_engine(postgresql)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num text)"))
    engine.dispose()
    with open_archive(postgresql) as archive:
        assert archive.add_exchanges([FULL]) == AddedCount(1, 0)


def test_a_text_that_postgresql_cannot_hold_is_one_sentence_and_nothing_is_kept(postgresql: str) -> None:
    with open_archive(postgresql) as archive:
        with pytest.raises(ArchiveError, match="NUL"):
            archive.add_exchanges([numbered(1), numbered(2, reply="a \x00 b")])
        assert archive.count_exchanges() == 0
