"""Vigilance drills: what is planted, what counts as caught, and that nothing of it ever becomes a reply."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from drafter import reviewing
from drafter.archive import Archive, DrillAnswer, open_archive
from drafter.archive.tables import drill_answers, metadata
from drafter.checking import check
from drafter.domain import Clinician, Concern, Draft, Provenance, Question
from drafter.drills import (
    KINDS,
    Drill,
    Marks,
    Rate,
    by_clinician,
    by_kind,
    cases,
    desk_sees,
    draw,
    is_practice,
    next_round,
    seen_by_the_desk,
    shown,
    submit,
    tally,
)
from drafter.errors import Conflict, NotAllowed
from drafter.text import is_chinese
from tests.test_ui import archive as desk_archive
from tests.test_ui import html, page, run

__all__ = ["desk_archive"]

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ANNA = Clinician("Dr. Anna Drill")
BERT = Clinician("Dr. Bert Drill")


def drilled() -> list[Drill]:
    """Every version of every case, the untouched one first."""
    return [shown(case, planting) for case in cases() for planting in (None, *case.plantings)]


def right(drill: Drill) -> Marks:
    """What somebody marks who sees everything."""
    if drill.planting is None:
        return Marks(nothing=True)
    if drill.planting.says is None:
        return Marks(missing=True)
    return Marks(frozenset({drill.planting.at}))


def round_with(*, planted: bool, clinician: Clinician = ANNA, after: int = 0) -> int:
    return next(n for n in range(after + 1, 99) if (draw(clinician, n).planting is not None) == planted)


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'archive.db'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgresql")
        yield stack.enter_context(open_archive(url))


# The cases.


def test_there_are_a_dozen_cases_in_two_languages_and_every_kind_of_error_is_planted() -> None:
    chinese = [case for case in cases() if is_chinese(case.question.body)]
    assert (len(cases()) - len(chinese), len(chinese)) >= (8, 4)
    assert {planting.kind for case in cases() for planting in case.plantings} == set(KINDS)
    assert len({case.name for case in cases()}) == len({drill.question.id for drill in drilled()}) == len(cases())


def test_every_case_has_past_replies_and_several_errors_each_with_its_danger() -> None:
    for case in cases():
        assert 2 <= len(case.sources) <= 3
        assert 2 <= len(case.plantings) <= 4
        cited = {n for sentence in shown(case, None).passages for n in sentence.sources}
        assert cited == {source.number for source in case.sources}, case.name
        for planting in case.plantings:
            assert planting.why.endswith((".", "。"))
            assert planting.says != shown(case, None).passages[planting.at].text


@pytest.mark.parametrize("drill", drilled(), ids=lambda d: f"{d.case.name}-{d.planting and d.planting.kind}")
def test_a_planting_changes_or_takes_away_one_passage_and_nothing_else(drill: Drill) -> None:
    good = shown(drill.case, None)
    if drill.planting is None:
        assert drill.id == good.id
        return
    before, after = Counter(p.text for p in good.passages), Counter(p.text for p in drill.passages)
    assert list(before - after) == [good.passages[drill.planting.at].text]
    assert list(after - before) == ([drill.planting.says] if drill.planting.says else [])
    assert drill.id != good.id
    assert drill.sources == good.sources


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_good_draft_of_a_case_has_nothing_that_blocks(case: Any) -> None:
    assert [concern for concern in _checked(shown(case, None)) if concern.severity == "block"] == []


def _checked(drill: Drill) -> tuple[Concern, ...]:
    nobody = Provenance("", (), "", "", "", ())
    made = Draft("", drill.question, drill.screening, drill.sources, drill.reply, drill.more_info, nobody, NOW)
    return check(made)


# What is drawn.


def test_a_reload_shows_the_same_and_another_clinician_another_order() -> None:
    first = [draw(ANNA, n).id for n in range(1, 13)]
    assert first == [draw(Clinician("  Dr. Anna   Drill "), n).id for n in range(1, 13)]
    assert first != [draw(BERT, n).id for n in range(1, 13)]


def test_each_walk_shows_every_case_once_and_in_time_every_version() -> None:
    count = len(cases())
    walks = [[draw(ANNA, walk * count + n) for n in range(1, count + 1)] for walk in range(5)]
    for walk in walks:
        assert len({drill.case.name for drill in walk}) == count
    assert {drill.id for walk in walks for drill in walk} == {drill.id for drill in drilled()}


def test_about_every_fourth_draft_is_untouched() -> None:
    names = [f"Dr. Number {n}" for n in range(40)]
    untouched = [draw(Clinician(name), n).planting is None for name in names for n in range(1, 13)]
    assert 0.18 < sum(untouched) / len(untouched) < 0.32


def test_nobody_without_a_name_practises() -> None:
    with pytest.raises(NotAllowed, match="name"):
        draw(Clinician(" "), 1)


# What counts.


def test_marking_the_planted_sentence_is_a_catch_and_marking_another_is_a_false_alarm(archive: Archive) -> None:
    number = next(n for n in range(1, 99) if (p := draw(ANNA, n).planting) and p.says)
    _answer_until(archive, number)
    drill = draw(ANNA, number)
    assert drill.planting is not None
    at = drill.planting.at
    other = (at + 1) % len(drill.passages)
    answer = submit(archive, Marks(frozenset({at, other})), clinician=ANNA, number=number, now=NOW)
    assert (answer.caught, answer.false_alarms, answer.kind) == (True, 1, drill.planting.kind)


def _answer_until(archive: Archive, number: int, clinician: Clinician = ANNA) -> None:
    for n in range(next_round(archive, clinician), number):
        submit(archive, right(draw(clinician, n)), clinician=clinician, number=n, now=NOW)


def test_what_is_left_out_is_caught_by_saying_that_something_is_missing(archive: Archive) -> None:
    number = next(n for n in range(1, 99) if (p := draw(ANNA, n).planting) and p.says is None)
    _answer_until(archive, number)
    answer = submit(archive, Marks(missing=True), clinician=ANNA, number=number, now=NOW)
    assert (answer.caught, answer.false_alarms) == (True, 0)


def test_in_an_untouched_draft_everything_marked_is_a_false_alarm(archive: Archive) -> None:
    number = round_with(planted=False)
    _answer_until(archive, number)
    answer = submit(archive, Marks(frozenset({0, 1}), missing=True), clinician=ANNA, number=number, now=NOW)
    assert (answer.caught, answer.kind, answer.false_alarms) == (None, None, 3)


def test_saying_that_nothing_is_wrong_misses_what_is_planted(archive: Archive) -> None:
    number = round_with(planted=True)
    _answer_until(archive, number)
    answer = submit(archive, Marks(nothing=True), clinician=ANNA, number=number, now=NOW)
    assert (answer.caught, answer.false_alarms) == (False, 0)


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        (Marks(), "Mark what is wrong"),
        (Marks(frozenset({0}), nothing=True), "take one of them back"),
        (Marks(missing=True, nothing=True), "take one of them back"),
        (Marks(frozenset({99})), "reload the page"),
    ],
)
def test_an_answer_that_says_nothing_or_two_things_is_refused(
    archive: Archive, marks: Marks, sentence: str
) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        submit(archive, marks, clinician=ANNA, number=1, now=NOW)
    assert archive.drill_answers() == ()


def test_a_round_is_answered_once(archive: Archive) -> None:
    kept = submit(archive, right(draw(ANNA, 1)), clinician=ANNA, number=1, now=NOW)
    with pytest.raises(Conflict, match="Round 1 is not open"):
        submit(archive, Marks(nothing=True), clinician=ANNA, number=1, now=NOW)
    with pytest.raises(Conflict, match="that answer stays"):  # what a second process would meet
        archive.record_drill_answer(replace(kept, false_alarms=9))
    assert archive.drill_answers() == (kept,)
    assert archive.drill_answers(BERT.name) == ()


def test_an_answer_comes_back_exactly_as_it_was_given(archive: Archive) -> None:
    given = DrillAnswer("林醫師 Ω", 3, "t-1", "糖尿病藥", None, None, 2, (0, 4), True, NOW)
    archive.record_drill_answer(given)
    assert archive.drill_answers("林醫師 Ω") == (given,)


# The figures.


def answers(
    kind: str | None, caught: bool | None, times: int, *, who: str = "A", false: int = 0
) -> list[DrillAnswer]:
    return [DrillAnswer(who, n, "t", "c", kind, caught, false, (), False, NOW) for n in range(times)]


def test_rates_are_told_by_kind_and_by_clinician_with_false_alarms() -> None:
    given = [
        *answers("dose", True, 3),
        *answers("dose", False, 1, who="B"),
        *answers("side", False, 2, false=1),
        *answers(None, None, 4),
        *answers(None, None, 1, who="B", false=2),
    ]
    assert tally(given).caught == Rate(3, 6)
    assert tally(given).alarmed == Rate(1, 5)
    assert tally(given).false_alarms == 4
    assert by_kind(given)["dose"] == Rate(3, 4)
    assert by_kind(given)["plan"] == Rate(0, 0)
    assert by_clinician(given)["A"].caught == Rate(3, 5)
    assert by_clinician(given)["B"].alarmed == Rate(1, 1)


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        (Rate(0, 0), "none yet"),
        (Rate(3, 4), "3 of 4; with so few this could be anywhere from 30 to 95 %"),
        (Rate(0, 1), "0 of 1; with so few this could be anywhere from 0 to 79 %"),
        (Rate(30, 40), "30 of 40, 75% (95 % interval 60 to 86 %)"),
    ],
)
def test_a_rate_is_told_in_plain_words_also_when_there_are_few(rate: Rate, sentence: str) -> None:
    assert rate.sentence == sentence


def test_the_desks_checks_see_some_planted_errors_and_the_rest_only_a_reader_can() -> None:
    found = seen_by_the_desk()
    assert sum(rate.n for rate in found.values()) == sum(len(case.plantings) for case in cases())
    assert found["signature"].hits == found["signature"].n
    assert 0 < sum(rate.hits for rate in found.values()) < sum(rate.n for rate in found.values())
    assert [desk_sees(drill) for drill in drilled() if drill.planting is None] == [()] * len(cases())


def test_the_command_prints_the_figures(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from drafter.cli.drilling import drills
    from drafter.opening import archive_of
    from drafter.settings import Settings

    drills()
    assert "Nobody has practised yet" in capsys.readouterr().out
    with archive_of(Settings(home=home)) as kept:
        _answer_until(kept, 6)
    drills()
    assert ANNA.name in capsys.readouterr().out
    drills(as_json=True)
    found = json.loads(capsys.readouterr().out)
    planted = sum(draw(ANNA, n).planting is not None for n in range(1, 6))
    assert (found["all"]["caught"]["hits"], found["all"]["caught"]["n"]) == (planted, planted)
    assert found["by_clinician"][ANNA.name]["caught"]["high"] == 1.0
    assert set(found["by_kind"]) == set(KINDS)


# The page, and that nothing of it becomes a reply.


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_TRAINING", "true")


def practice_page(**query: str) -> AppTest:
    return page("practice", **query)


def mark(at: AppTest, *endings: str) -> AppTest:
    for box in at.checkbox:
        if str(box.key).rsplit(":", 1)[-1] in endings:
            box.check()
    return run(next(b for b in at.button if b.label == "Answer").click())


def keys(marks: Marks) -> list[str]:
    said = {"missing": marks.missing, "nothing": marks.nothing}
    return [*map(str, marks.wrong), *(name for name, on in said.items() if on)]


def test_without_training_there_is_no_such_page(desk_archive: Archive) -> None:
    at = page("practice")
    assert "Practice" not in [title.value for title in at.title]
    assert at.title[0].value == "Worklist"


def test_a_caught_error_is_explained_at_once_with_the_rate_so_far(training: None, desk_archive: Archive) -> None:
    me = Clinician("Dr. Demo Clinician")
    number = round_with(planted=True, clinician=me)
    _answer_until(desk_archive, number, me)
    drill = draw(me, number)
    assert drill.planting is not None
    at = practice_page()
    assert f"Round {number}" in html(at)
    assert drill.planting.why not in html(at)
    mark(at, *keys(right(drill)))
    assert "You caught it" in html(at)
    assert drill.planting.why in html(at)
    assert "1 of 1; with so few" in html(at)
    assert ("The desk would have shown" in html(at)) == bool(desk_sees(drill))
    assert at.query_params["round"] in (str(number), [str(number)])
    again = practice_page(round=str(number))  # a reload shows the same once more, and takes no second answer
    assert "You caught it" in html(again)
    assert len(again.checkbox) == 0
    run(at.button(key="next").click())
    assert f"Round {number + 1}" in html(at)


def test_a_missed_error_and_a_false_alarm_are_said_plainly(training: None, desk_archive: Archive) -> None:
    me = Clinician("Dr. Demo Clinician")
    planted = round_with(planted=True, clinician=me)
    untouched = round_with(planted=False, clinician=me, after=planted)
    _answer_until(desk_archive, planted, me)
    assert "You missed it" in html(mark(practice_page(), "nothing"))
    _answer_until(desk_archive, untouched, me)
    at = mark(practice_page(), "0")
    assert "Nothing was planted here" in html(at)
    assert "You marked one thing that was in order" in html(at)
    assert "The desk" not in html(at)


def test_an_empty_answer_is_one_box_and_counts_nothing(training: None, desk_archive: Archive) -> None:
    at = mark(practice_page())
    assert "Mark what is wrong, or say that nothing is wrong." in html(at)
    assert desk_archive.drill_answers() == ()


def everything_else(archive: Archive, home: Path) -> tuple[dict[str, list[Any]], dict[str, bytes]]:
    """All rows of all tables but practice's own, and all files of the index but those that reading it writes."""
    with archive.reading() as connection:
        rows = {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
            if table is not drill_answers
        }
    files = [path for path in (home / "index").rglob("*") if path.is_file() and "sqlite3" not in path.name]
    return rows, {str(path): path.read_bytes() for path in files}


def test_a_whole_practice_leaves_everything_else_untouched(
    training: None, desk_archive: Archive, sample_home: Path
) -> None:
    me = Clinician("Dr. Demo Clinician")
    before = everything_else(desk_archive, sample_home)
    at = practice_page()
    for number in range(1, 14):
        mark(at, *keys(right(draw(me, number))))
        run(at.button(key="next").click())
    assert len(desk_archive.drill_answers(me.name)) == 13
    assert everything_else(desk_archive, sample_home) == before
    assert tally(desk_archive.drill_answers()).false_alarms == 0


@pytest.mark.parametrize("drill", drilled()[::5], ids=lambda drill: drill.case.name)
def test_a_drills_question_is_never_approved_however_it_came_to_the_desk(archive: Archive, drill: Drill) -> None:
    typed = Question(drill.question.body, drill.question.title)  # pasted by hand: another id, the same words
    assert is_practice(typed)
    archive.add_question(typed, urgency=0, added_at=NOW)
    state = archive.question_state(typed.id)
    text: dict[str, Any] = {"reply": drill.reply.text, "more_info": "", "clinician": ANNA, "now": NOW}
    with pytest.raises(NotAllowed, match="invented case for practice"):
        reviewing.approve(archive, state=state, draft=None, seen=frozenset(), **text)
    hindered = reviewing.hindrance(state=state, draft=None, seen=frozenset(), **text)
    assert hindered is not None
    assert "invented case for practice" in hindered
    assert archive.approved_exchanges() == ()
    reviewing.reject(archive, state=state, draft=None, clinician=ANNA, reason="Not medical", now=NOW)


def test_an_ordinary_question_is_no_practice() -> None:
    assert not is_practice(Question("My knee hurts on the stairs.", "Knee?"))


def test_the_desk_without_training_does_not_read_the_cases_to_start() -> None:
    code = "import sys, drafter.ui.main; from drafter.drills import cases; sys.exit(cases.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
