"""Batches: rows are validated, results are kept once, and a stop at any moment costs nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from drafter.batch import BadRow, Progress, Row, draft_many, failures_file, read_rows, run_batch, utc_now, work_off
from drafter.chat import ChatModel, Outcome, Partial, Request, open_model
from drafter.domain import Draft, Failure, Question
from drafter.drafting import Drafter
from drafter.errors import BadInput
from drafter.opening import open_drafter
from drafter.screening import screen
from drafter.settings import Settings
from tests.openai_server import OpenAIServer

COMPLAINTS = (
    "My left knee clicks when I climb stairs.",
    "I get heartburn after coffee. Which tablets may I take?",
    "My ears ring at night. Should I see somebody?",
    "I sleep badly since I work in shifts. What helps?",
    "My heel hurts in the morning when I get up.",
    "A mole on my arm has grown. Who looks at it?",
    "I sneeze all spring. Is there something that does not make me tired?",
    "My hands tingle when I ride my bicycle.",
)


def write_jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def questions(path: Path, n: int = 4) -> Path:
    rows = [{"id": f"r{i}", "question": f"{COMPLAINTS[i % len(COMPLAINTS)]} ({i})"} for i in range(n)]
    return write_jsonl(path / "questions.jsonl", rows)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def good(path: Path) -> list[Row]:
    return [row for row in read_rows(path) if isinstance(row, Row)]


def bad(path: Path) -> list[BadRow]:
    return [row for row in read_rows(path) if isinstance(row, BadRow)]


# Rows


def test_a_json_row_becomes_a_question_with_everything_it_says(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "question": " My knee hurts. ",
        "title": "Knee",
        "department": "Orthopedics",
        "asked_on": "2024-3-9",
        "asker": {"sex": "female", "age": 41},
        "colour": "blue",
    }
    (read,) = good(write_jsonl(tmp_path / "q.jsonl", [row]))
    asked = read.question
    assert (read.id, read.line, asked.body, asked.title) == ("7", 1, "My knee hurts.", "Knee")
    assert (str(asked.asked_on), asked.department) == ("2024-03-09", "Orthopedics")
    assert (asked.asker.sex, asked.asker.age) == ("female", "41")
    assert read.fields["colour"] == "blue"


def test_a_row_without_an_id_is_named_after_its_line(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "My knee hurts."}\n\n{"question": "My ear hurts.", "id": null}\n')
    assert [row.id for row in good(path)] == ["line-1", "line-3"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "  "}', "empty"),
        ('{"title": "Knee"}', "no question"),
        ('{"question": 5}', "question cannot be used"),
        ('{"question": "Knee?", "asked_on": "yesterday"}', "asked_on cannot be used"),
        ('{"question": "Knee?", "asked_on": "2024-13-45"}', "asked_on cannot be used"),
        ('["question"]', "not a JSON object"),
        ('{"question": "Knee', "not JSON"),
        ('{"question": "' + "a" * 20_001 + '"}', "20,001 characters"),
        ("[" * 100_000, "not JSON"),
        (r'{"question": "Knee \ud800?"}', "which no text has"),
        (r'{"question": "Knee \u0000?"}', "which no text has"),
        (r'{"question": "", "id": "\ud800"}', "id cannot be used"),
    ],
)
def test_a_bad_line_is_reported_with_its_reason_and_the_rest_goes_on(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "My knee hurts."}\n' + line + '\n{"question": "My ear hurts."}\n')
    (found,) = bad(path)
    assert found.line == 2
    assert reason in found.reason
    assert found.reason.endswith(".")
    assert found.id.encode()
    assert len(good(path)) == 2


def test_rows_allow_exactly_what_screening_allows(tmp_path: Path) -> None:
    longest = "a " * 10_000
    (row,) = good(write_jsonl(tmp_path / "q.jsonl", [{"question": longest[:-1] + "b"}]))
    assert screen(row.question).text
    with pytest.raises(BadInput):
        screen(Question(row.question.body + "b"))


def test_a_line_of_another_encoding_is_bad_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes('\ufeff{"question": "膝蓋痛"}\n'.encode() + '{"question": "膝蓋痛了"}\n'.encode("big5"))
    assert [row.question.body for row in good(path)] == ["膝蓋痛"]
    assert "not UTF-8" in bad(path)[0].reason


def test_an_id_that_stands_twice_is_bad_the_second_time(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "q.jsonl", [{"id": "a", "question": "Knee?"}, {"id": "a", "question": "Ear?"}])
    assert [row.question.body for row in good(path)] == ["Knee?"]
    assert bad(path) == [BadRow("a", 2, "The id 'a' stands on an earlier line as well: give each its own.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_chinese_spreadsheets(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "q.csv"
    rows = (
        "编号,标题,问题,科室,性别",
        "1,膝盖,上楼梯时膝盖疼，怎么办？,骨科,女",
        '2,胃,"喝咖啡后胃疼，\n应该吃什么药？",消化科,男',
    )
    path.write_bytes("\r\n".join(rows).encode(encoding))
    first, second = good(path)
    assert (first.id, first.question.title, first.question.department) == ("1", "膝盖", "骨科")
    assert (first.question.asker.sex, second.question.body) == ("female", "喝咖啡后胃疼，\n应该吃什么药？")


def test_what_an_import_reads_a_batch_reads_too(tmp_path: Path) -> None:
    asked = "我的膝蓋痛了三天，應該看哪一科？"
    table, objects, plain = (tmp_path / name for name in ("q.csv", "q.jsonl", "q.txt"))
    table.write_bytes(f"編號|問題\n1|{asked}\n".encode("big5"))
    objects.write_bytes(f'{{"id": 1, "問題": "{asked}"}}\n'.encode("gb18030"))
    plain.write_bytes(f"id,text\n1,{asked}\n".encode())
    assert [(row.id, row.question.body) for path in (table, objects, plain) for row in good(path)] == [
        ("1", asked)
    ] * 3


def test_a_row_with_bytes_of_another_encoding_is_bad_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes("question,note\n膝蓋痛,好\n膝蓋痛,".encode() + b"\xff\nKnee?,x\n")
    assert [row.line for row in good(path)] == [2, 4]
    assert "another encoding" in bad(path)[0].reason


def test_csv_rows_keep_their_line_numbers_over_quoted_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text('question;case_id\n"two\nlines";a\n;b\nKnee?;c;too many\n"He said ""ouch""";d\n')
    assert [(row.id, row.line) for row in good(path)] == [("a", 2), ("d", 6)]
    assert good(path)[1].question.body == 'He said "ouch"'
    assert [(row.line, row.reason.split(":")[0]) for row in bad(path)] == [
        (4, "There is no question"),
        (5, "The row has 3 cells and the header 2"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("q.jsonl", b"\x7fELF\0\0\0", "binary"),
        ("q.jsonl", b"", "no rows"),
        ("q.csv", b"", "no rows"),
        ("q.csv", b"name,colour\nAnn,blue\n", "its columns are name, colour"),
        ("q.json", b'[{"question": "Knee?"}]', "JSON list"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=message):
        list(read_rows(path))


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        list(read_rows(tmp_path / "nothing.jsonl"))


def test_real_batch_files_are_read_whole(shared: Path) -> None:
    folder = shared / "data" / "dev" / "raw" / "batch"
    expected = json.loads((folder / "MANIFEST.json").read_text())
    for name, about in expected.items():
        rows = list(read_rows(folder / name))
        assert len(rows) == about.get("rows", about.get("good_lines"))
        assert all(isinstance(row, Row) for row in rows)


# The pool


def test_no_more_than_the_given_number_are_in_work() -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def job(n: int) -> int:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.01)
        with lock:
            at_once -= 1
        return n

    assert sorted(work_off([partial(job, n) for n in range(20)], concurrency=3)) == list(range(20))
    assert most == 3


def test_jobs_are_taken_only_as_places_become_free() -> None:
    taken = 0

    def endless() -> Iterator[Callable[[], int]]:
        nonlocal taken
        while True:
            taken += 1
            yield lambda: 1

    results = work_off(endless(), concurrency=4)
    assert sum(next(results) for _ in range(10)) == 10
    results.close()
    assert taken <= 14


def test_an_error_ends_the_pool_after_the_running_jobs() -> None:
    finished = threading.Event()

    def slow() -> None:
        time.sleep(0.05)
        finished.set()

    with pytest.raises(ZeroDivisionError):
        list(work_off([slow, lambda: 1 / 0], concurrency=2))
    assert finished.is_set()


# Batches


@dataclass(frozen=True)
class Scripted:
    """The offline model, except where the question holds a word that ``on`` knows; counts its calls."""

    inner: ChatModel
    on: Mapping[str, Callable[[], Outcome]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    name: str = "scripted"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        self.calls.append(request.question)
        for word, act in self.on.items():
            if word in request.question:
                yield act()
                return
        yield from self.inner.complete(request)


def scripted(drafter: Drafter, **on: Callable[[], Outcome]) -> tuple[Drafter, list[str]]:
    model = Scripted(drafter.model, on)
    return replace(drafter, model=model), model.calls


def unavailable() -> Outcome:
    return Outcome("unavailable", detail="The server does not answer: check DRAFTER_BASE_URL.")


def nonsense() -> Outcome:
    return Outcome("invalid", text="I like turtles", detail="The model's words are not a draft.")


def test_every_row_becomes_a_draft_in_the_inputs_order(small_drafter: Drafter, tmp_path: Path) -> None:
    out = tmp_path / "drafts" / "out.jsonl"
    report = run_batch(small_drafter, small_drafter.archive, questions(tmp_path, 6), out, concurrency=4)
    assert (report.rows, report.done, report.reused, report.failed, report.missing) == (6, 6, 0, 0, 0)
    assert (report.ending, report.stopped, report.offline) == ("complete", False, True)
    assert "no language model was used" in report.sentence
    drafts = lines(out)
    assert [draft["id"] for draft in drafts] == [f"r{i}" for i in range(6)]
    assert not failures_file(out).exists()
    assert list(out.parent.iterdir()) == [out]
    for draft in drafts:
        assert draft["reply"]
        assert draft["notice"].startswith("Draft, not reviewed by a clinician. No language model was used")
        assert (draft["ai_generated"], draft["reviewed"], draft["offline"]) == (True, False, True)
        stored = small_drafter.archive.draft(draft["draft_id"])
        assert stored.question.id == draft["question_id"]
        assert {n for s in draft["sentences"] for n in s["sources"]} <= {s["number"] for s in draft["sources"]}


def test_each_draft_belongs_to_its_own_question(small_drafter: Drafter, tmp_path: Path) -> None:
    source, out = questions(tmp_path, 12), tmp_path / "out.jsonl"
    run_batch(small_drafter, small_drafter.archive, source, out, concurrency=8)
    asked = {row.id: row.question for row in good(source)}
    for draft in lines(out):
        assert draft["question_id"] == asked[draft["id"]].id


def test_a_second_call_over_the_same_input_calls_nothing(small_drafter: Drafter, tmp_path: Path) -> None:
    drafter, calls = scripted(small_drafter)
    source, out = questions(tmp_path), tmp_path / "out.jsonl"
    run_batch(drafter, drafter.archive, source, out)
    first, called = out.read_bytes(), len(calls)
    report = run_batch(drafter, drafter.archive, source, out)
    assert (report.done, report.reused, len(calls)) == (0, 4, called)
    assert out.read_bytes() == first


def test_other_prompts_or_parameters_are_drafted_anew(small_drafter: Drafter, tmp_path: Path) -> None:
    drafter, calls = scripted(small_drafter)
    source, out = questions(tmp_path), tmp_path / "out.jsonl"
    run_batch(drafter, drafter.archive, source, out)
    run_batch(replace(drafter, source_limit=2), drafter.archive, source, out)
    prompts = replace(drafter.prompts, reply=replace(drafter.prompts.reply, version="v99", hash="0" * 16))
    run_batch(replace(drafter, prompts=prompts), drafter.archive, source, out)
    assert len(calls) == 12


def test_the_same_question_under_two_ids_is_drafted_once(small_drafter: Drafter, tmp_path: Path) -> None:
    drafter, calls = scripted(small_drafter)
    rows = [{"id": name, "question": COMPLAINTS[0]} for name in "abc"]
    source, out = write_jsonl(tmp_path / "q.jsonl", rows), tmp_path / "out.jsonl"
    report = run_batch(drafter, drafter.archive, source, out)
    assert (report.rows, report.done, report.reused, len(calls)) == (3, 3, 0, 1)
    assert [draft["id"] for draft in lines(out)] == ["a", "b", "c"]
    assert len({draft["draft_id"] for draft in lines(out)}) == 1


def test_one_failed_call_leaves_the_other_drafts_alone(small_drafter: Drafter, tmp_path: Path) -> None:
    drafter, calls = scripted(small_drafter, heel=nonsense)
    source, out = questions(tmp_path, 6), tmp_path / "out.jsonl"
    with source.open("a") as file:
        file.write('{"id": "empty", "question": ""}\n')
    report = run_batch(drafter, drafter.archive, source, out, concurrency=2)
    assert (report.rows, report.done, report.failed) == (7, 5, 2)
    failed, empty = lines(failures_file(out))
    assert (failed["id"], failed["line"], failed["kind"], failed["said"]) == (
        "r4",
        5,
        "BadModelOutput",
        "I like turtles",
    )
    assert (empty["id"], empty["line"], empty["kind"]) == ("empty", 7, "BadRow")
    assert "2 failed" in report.sentence

    again, calls = scripted(small_drafter)
    report = run_batch(again, again.archive, source, out)
    assert (report.done, report.reused, report.failed, len(calls)) == (1, 5, 1, 1)
    assert [draft["id"] for draft in lines(out)] == [f"r{i}" for i in range(6)]
    assert [failure["id"] for failure in lines(failures_file(out))] == ["empty"]


def test_a_stop_lets_running_drafts_finish_and_the_next_call_does_the_rest(
    small_drafter: Drafter, tmp_path: Path
) -> None:
    drafter, calls = scripted(small_drafter)
    source, out, stop = questions(tmp_path, 10), tmp_path / "out.jsonl", threading.Event()

    def stop_after_three(progress: Progress) -> None:
        if progress.done >= 3:
            stop.set()

    report = run_batch(drafter, drafter.archive, source, out, concurrency=2, progress=stop_after_three, stop=stop)
    assert report.stopped
    assert report.done + report.missing == 10
    assert 3 <= report.done <= 5
    assert "not started; the same command again" in report.sentence
    assert len(lines(out)) == report.done
    report = run_batch(drafter, drafter.archive, source, out)
    assert (report.done + report.reused, report.ending, len(calls)) == (10, "complete", 10)


def test_ctrl_c_keeps_what_is_done(small_drafter: Drafter, tmp_path: Path) -> None:
    source, out = questions(tmp_path, 10), tmp_path / "out.jsonl"

    def interrupt(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    report = run_batch(small_drafter, small_drafter.archive, source, out, concurrency=2, progress=interrupt)
    assert report.ending == "interrupted"
    assert len(lines(out)) == report.done >= 3


def test_a_server_that_is_down_stops_the_batch(small_drafter: Drafter, tmp_path: Path) -> None:
    model = open_model("openai:ok", base_url="http://127.0.0.1:9/v1", api_key="none", max_retries=0, timeout=2)
    source, out = questions(tmp_path, 30), tmp_path / "out.jsonl"
    report = run_batch(replace(small_drafter, model=model), small_drafter.archive, source, out, concurrency=2)
    assert report.ending == "unavailable"
    assert 10 <= report.failed <= 12
    assert report.missing == 30 - report.failed
    assert "could not be reached 10 times in a row" in report.sentence
    assert {failure["kind"] for failure in lines(failures_file(out))} == {"ModelUnavailable"}


def test_a_few_unanswered_calls_do_not_stop_the_batch(small_drafter: Drafter, tmp_path: Path) -> None:
    drafter, _ = scripted(small_drafter, ears=unavailable)
    source, out = questions(tmp_path, 40), tmp_path / "out.jsonl"
    report = run_batch(drafter, drafter.archive, source, out, concurrency=1)
    assert (report.ending, report.failed, report.done) == ("complete", 5, 35)


def test_an_error_of_ours_ends_the_batch_and_keeps_what_is_done(small_drafter: Drafter, tmp_path: Path) -> None:
    def broken() -> Outcome:
        raise ZeroDivisionError

    drafter, _ = scripted(small_drafter, heel=broken)
    source, out = questions(tmp_path, 8), tmp_path / "out.jsonl"
    with pytest.raises(ZeroDivisionError):
        run_batch(drafter, drafter.archive, source, out, concurrency=1)
    assert not out.exists()
    report = run_batch(scripted(small_drafter)[0], drafter.archive, source, out)
    assert (report.reused, report.done) == (4, 4)


def test_a_draft_of_another_question_is_never_kept(small_drafter: Drafter) -> None:
    @dataclass(frozen=True)
    class Confused(Drafter):
        def draft(self, question: Question, now: Any = None) -> Draft:
            return super().draft(Question(body="Something else entirely?"), now)

    confused = Confused(
        small_drafter.archive, small_drafter.retriever, small_drafter.prompts, small_drafter.model, keep=False
    )
    with pytest.raises(Exception, match="belongs to another question"):
        list(draft_many(confused, [("a", Question(COMPLAINTS[0]))], clock=utc_now, concurrency=1))


def test_an_output_that_cannot_be_written_is_told_before_the_first_call(
    small_drafter: Drafter, tmp_path: Path
) -> None:
    drafter, calls = scripted(small_drafter)
    source = questions(tmp_path)
    for out in (tmp_path, source, source / "inside.jsonl"):
        with pytest.raises(BadInput):
            run_batch(drafter, drafter.archive, source, out)
    assert not calls


def test_drafts_of_a_real_server_arrive_under_their_own_ids(
    small_drafter: Drafter, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    model = open_model("openai:ok", base_url=openai_server.url, api_key="none")
    source, out = questions(tmp_path, 12), tmp_path / "out.jsonl"
    report = run_batch(replace(small_drafter, model=model), small_drafter.archive, source, out, concurrency=6)
    assert (report.done, report.offline, len(openai_server.requests)) == (12, False, 12)
    drafts = lines(out)
    assert [draft["id"] for draft in drafts] == [f"r{i}" for i in range(12)]
    assert {draft["notice"] for draft in drafts} == {"Draft, not reviewed by a clinician."}


# Whoever starts the tests may have SIGINT ignored, which a child would inherit.
_AS_IN_A_TERMINAL = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from drafter.cli import run; run()"
)


@contextmanager
def batch_process(
    server: OpenAIServer, home: Path, source: Path, out: Path, *, after: int
) -> Iterator[subprocess.Popen[str]]:
    """``drafter batch`` in a process of its own, once the server has seen ``after`` requests."""
    environment = os.environ | {
        "DRAFTER_HOME": str(home),
        "DRAFTER_BASE_URL": server.url,
        "DRAFTER_API_KEY": "none",
        "DRAFTER_MODEL": "openai:patient",
    }
    command = [
        sys.executable,
        "-c",
        _AS_IN_A_TERMINAL,
        "batch",
        str(source),
        "--out",
        str(out),
        "--concurrency",
        "2",
    ]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while len(server.requests) < after and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        yield process


def test_a_stopped_or_killed_batch_goes_on_where_it_was(
    sample_home: Path, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    source, out = questions(tmp_path, 20), tmp_path / "out.jsonl"
    with batch_process(openai_server, sample_home, source, out, after=7) as killed:
        killed.kill()
    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()

    with batch_process(openai_server, sample_home, source, out, after=12) as stopped:
        stopped.send_signal(signal.SIGINT)
        said = stopped.communicate(timeout=60)[1]
    assert stopped.returncode == 130, said
    assert "not started; the same command again" in said
    written = len(lines(out))
    assert 5 <= written < 20

    settings = Settings(
        home=sample_home, base_url=openai_server.url, api_key=SecretStr("none"), model="openai:patient"
    )
    with (drafter := open_drafter(settings)).archive:
        report = run_batch(drafter, drafter.archive, source, out)
    assert (report.reused, report.done) == (written, 20 - written)
    assert [draft["id"] for draft in lines(out)] == [f"r{i}" for i in range(20)]
    assert len(openai_server.requests) <= 20 + 2  # paid twice: at most what was in flight at the kill


def test_results_of_many_drafts_are_drafts_or_failures(small_drafter: Drafter) -> None:
    asked = [("good", Question(COMPLAINTS[0])), ("empty", Question(" "))]
    found = dict(draft_many(small_drafter, asked, clock=utc_now, concurrency=2))
    assert isinstance(found["good"], Draft)
    assert isinstance(found["empty"], Failure)
    assert found["empty"].kind == "BadInput"
