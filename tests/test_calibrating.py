"""How near past replies must be, found from an archive's own questions. All texts are invented."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drafter.abstaining.calibrating import FEWEST, Asked, calibrate, cross_refused, curve, sampled, threshold
from drafter.cli import app
from drafter.domain import Exchange, Question
from drafter.drafting import Drafter
from drafter.errors import BadInput
from drafter.opening import embedder_of, open_drafter
from drafter.settings import Settings

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
_PARTS = ("knee", "hip", "ankle", "wrist", "elbow", "shoulder", "neck", "jaw", "heel", "thumb")
_WHEN = ("on stairs", "at night", "after running", "in the cold", "when I sit", "after work", "since a fall")
_HOW = ("hurts", "feels stiff", "clicks", "swells")


def exchanges() -> Iterator[Exchange]:
    for part in _PARTS:
        for when in _WHEN:
            for how in _HOW:
                question = Question(f"My {part} {how} {when}. What can I do about my {part}?")
                yield Exchange(question, f"When the {part} {how} {when}, rest the {part} and move it gently.")


@pytest.fixture
def joints(home: Path) -> Iterator[Drafter]:
    """A Drafter over 280 questions about joints."""
    drafter = open_drafter(Settings(home=home))
    with drafter.archive:
        drafter.archive.add_exchanges(exchanges())
        yield drafter


def test_at_most_the_given_share_lies_below_the_threshold() -> None:
    values = [n / 100 for n in range(100)]
    for refuse in (0.0, 0.01, 0.05, 0.5):
        least = threshold(values, refuse)
        assert sum(value < least for value in values) <= refuse * len(values)
    assert threshold(values, 0.05) == 0.05
    assert threshold([0.123456], 0.05) == 0.1234
    assert threshold([], 0.05) == 0.0


def test_what_is_to_be_expected_is_counted_on_the_half_that_did_not_decide() -> None:
    assert cross_refused([0.5] * 40, 0.05) == 0
    assert cross_refused([n / 40 for n in range(40)], 0.1) in range(2, 7)


def test_the_curve_goes_from_all_questions_to_the_nearest_ones() -> None:
    found = list(curve([Asked(n / 10, n / 10) for n in range(10)]))
    assert found[0].coverage == 1.0
    assert found[0].least == 0.0
    assert found[-1].likeness > found[0].likeness


def test_each_question_counts_once_and_every_language_for_itself() -> None:
    asked = Question("My knee hurts on stairs.")
    chinese = Question("膝蓋痛了兩個月，需要照X光嗎？")
    held = sampled([Exchange(asked, "Rest."), Exchange(asked, "Walk."), Exchange(chinese, "多休息。")], 5)
    assert [len(held["en"]), len(held["zh"])] == [1, 1]
    assert len(sampled(exchanges(), 50)["en"]) == 50
    assert sampled(exchanges(), 50) == sampled(exchanges(), 50)


def test_a_calibration_names_what_it_was_made_with_and_refuses_other_matters(joints: Drafter) -> None:
    embedder = embedder_of(Settings())
    found = calibrate(joints.archive, joints.retriever, embedder.embed, limit=120, sources=5, refuse=0.05, now=NOW)
    assert found.embedder == joints.retriever.embedder_identity
    assert found.exchanges == 280
    assert list(found.thresholds) == ["en"]
    english = found.thresholds["en"]
    assert (english.scale, english.questions) == ("meaning", 120)
    assert english.refused <= 20
    assert english.off_topic_refused == english.off_topic == 30


def test_too_few_questions_are_one_sentence(home: Path) -> None:
    drafter = open_drafter(Settings(home=home))
    with drafter.archive:
        drafter.archive.add_exchanges(list(exchanges())[: FEWEST - 1])
        with pytest.raises(BadInput, match=rf"99 different questions .* at least {FEWEST}"):
            calibrate(
                drafter.archive, drafter.retriever, embedder_of(Settings()).embed,
                limit=500, sources=5, refuse=0.05, now=NOW,
            )  # fmt: skip


def test_the_command_keeps_what_it_found_and_doctor_says_so(joints: Drafter, home: Path) -> None:
    doctor = CliRunner().invoke(app, ["doctor"])
    assert "not calibrated. Run `drafter calibrate`." in doctor.stdout
    printed = CliRunner().invoke(app, ["calibrate", "--limit", "100"])
    assert printed.exit_code == 0
    assert "invented questions about other matters: 30" in printed.stdout
    assert "nearest reply like the doctor's own" in printed.stdout
    found = json.loads(CliRunner().invoke(app, ["calibrate", "--limit", "100", "--json"]).stdout)
    kept = json.loads((home / "calibration.json").read_text())
    assert kept["thresholds"] == found["thresholds"]
    assert "Nothing is drafted below a nearness of English" in CliRunner().invoke(app, ["doctor"]).stdout
    drafter = open_drafter(Settings())
    draft = drafter.draft(Question("Which stars can be seen from the southern islands in winter?"), NOW)
    assert [reason.code for reason in draft.abstained] == ["too_far"]
    assert not drafter.draft(Question("My knee clicks after running, what helps?"), NOW).abstained
    (home / "calibration.json").write_text(json.dumps(kept | {"embedder": "another"}))
    assert "is of another embedder and is not used" in CliRunner().invoke(app, ["doctor"]).stdout
    (home / "calibration.json").write_text("{")
    assert "drafter calibrate" in str(CliRunner().invoke(app, ["draft", "My knee hurts."]).exception)
