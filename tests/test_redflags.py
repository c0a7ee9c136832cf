"""The layers of the red flags: they join, none takes anything away, and held-out lines keep to the bars."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drafter.chat import SignsShape
from drafter.chat.shape import SignShape
from drafter.domain import Question, RedFlag
from drafter.drafting import Drafter
from drafter.opening import open_drafter
from drafter.screening import screen
from drafter.screening.by_model import protocol, with_signs
from drafter.screening.folding import fold
from drafter.screening.pack import pack
from drafter.screening.patterns import by_patterns
from drafter.screening.reading import Reading
from drafter.screening.statistical import model, windows
from drafter.settings import Settings
from tests.openai_server import OpenAIServer
from tests.rewordings import REWORDINGS, spaced_out, with_hidden_characters

HERE = Path(__file__).parent
HELD_OUT = sorted((HERE / "redflag_lines_held_out").glob("*.jsonl"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in path.read_text("utf-8").splitlines()]


LINES = [row for path in sorted((HERE / "redflag_lines").glob("*.jsonl")) for row in rows_of(path)]
LONG = (
    "Hello doctor, I am 58 and a bus driver, and I have had a stiff lower back since we moved two summers ago. "
    "My own doctor took an X-ray, said that it is wear, and gave me exercises which I do when I think of it. "
    "The physiotherapist wants me to swim, but the pool opens only when I work. I take a tablet for my blood "
    "pressure and one for cholesterol, and at the last check both were fine. My wife says that I should ask for "
    "a new mattress, because ours is as old as our eldest, who is getting married in May. "
)


def flags(text: str) -> dict[str, RedFlag]:
    return {flag.category: flag for flag in screen(Question(text)).red_flags}


def banner(text: str) -> bool:
    return any(flag.assertion == "present" for flag in flags(text).values())


# -- the lines themselves


def test_every_line_names_a_category_of_the_pack_and_stands_once() -> None:
    texts = [line["text"] for line in LINES]
    assert len(set(texts)) == len(texts)
    assert {line["category"] for line in LINES} == {*pack().categories, "none"}
    assert not {row["text"] for path in HELD_OUT for row in rows_of(path)} & set(texts)


def test_every_category_has_both_kinds_of_lines_in_both_languages() -> None:
    seen = {(line["category"], line["label"], line["lang"] == "en") for line in LINES}
    assert all(
        (name, label, english) in seen for name in pack().categories for label in (0, 1) for english in (0, 1)
    )


# -- what is noticed


@pytest.mark.parametrize("path", HELD_OUT, ids=lambda path: path.stem)
def test_held_out_lines_keep_to_the_bars(path: Path) -> None:
    """Written for this and never fitted to, but in the same voice of a language model: docs/safety.md."""
    rows = rows_of(path)
    urgent = [banner(row["text"]) for row in rows if row["label"]]
    harmless = [banner(row["text"]) for row in rows if not row["label"]]
    assert sum(urgent) >= 0.95 * len(urgent)
    assert sum(harmless) <= 0.10 * len(harmless)


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("My wife is 33 weeks pregnant and the machine says 172/114.", "number"),
        ("Our baby is five weeks old and has 38.4 under the arm.", "number"),
        ("Our baby is five weeks old and has 101.3 F under the arm.", "number"),
        ("Crushing pain in the middle of my chest for an hour, and my left arm is numb.", "pattern"),
    ],
)
def test_the_layer_is_told(text: str, layer: str) -> None:
    assert layer in {flag.layer for flag in flags(text).values() if flag.assertion == "present"}


def test_a_sign_in_the_last_line_of_a_long_message_is_noticed_where_it_stands() -> None:
    last = "Since this morning his words come out as soup and the cup slides from his right hand."
    found = [flag for flag in flags(f"{LONG}{last}").values() if flag.assertion == "present"]
    assert found
    assert {flag.phrase for flag in found if flag.layer == "statistical"} <= {last}
    assert all(flag.start >= len(LONG) for flag in found)


def test_a_long_harmless_message_raises_no_banner() -> None:
    assert not banner(f"{LONG}My heel hurts in the mornings since summer. Are insoles worth it?")


def test_spans_are_those_of_the_text_as_typed() -> None:
    text = "\u200bHello.\u200b My husband is grey and sweating, an elephant sits on his chest."
    for flag in screen(Question(text)).red_flags:
        assert text[flag.start : flag.end] == flag.phrase


# -- nothing is taken away


@pytest.mark.parametrize("line", LINES[::61], ids=lambda line: line["text"][:30])
def test_no_layer_takes_away_what_a_pattern_noticed(line: dict[str, str]) -> None:
    alone = [one for one in by_patterns(Reading(fold(line["text"]))) if one.assertion != "denied"]
    together = flags(line["text"])
    assert all(together[one.category].assertion != "denied" for one in alone)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("I do not want to kill myself, I am just tired of the job.", "suicide"),
        ("我沒有想要自殺，只是工作很累。", "suicide"),
        ("No crushing chest pain, only a cough.", "acs"),
    ],
)
def test_a_denial_of_the_gravest_signs_is_shown_and_never_hidden(text: str, category: str) -> None:
    assert flags(text)[category].assertion in ("denied", "possible")


def test_a_denied_sign_is_shown_as_denied() -> None:
    assert flags("Sciatica for a week, but no numbness between the legs.")["cauda_equina"].assertion == "denied"


def test_a_symptom_that_is_itself_a_negation_is_present() -> None:
    assert flags("I can't pee since last night and my belly is bursting.")["urology"].assertion == "present"


# -- the statistical layer by itself


def test_scores_are_probabilities_and_categories_those_of_the_pack() -> None:
    for line in LINES[::40]:
        for window in windows(Reading(fold(line["text"]))):
            assert 0 <= model().score(window.features) <= 1
            assert model().category(window.features) in pack().categories


def test_thresholds_are_in_order() -> None:
    assert 0 < model().elsewhere < model().hint < model().alarm < 1


def test_a_text_of_nothing_known_is_no_sign() -> None:
    assert not flags("zzqx 9a9a qqq")


# -- a language model as a further layer


def _said(*signs: tuple[str, str, bool]) -> SignsShape:
    return SignsShape(signs=[SignShape(category=c, quote=q, certain=s) for c, q, s in signs])


def test_a_model_adds_signs_of_the_pack_with_words_of_the_question() -> None:
    question = Question("My nephew Milo Wexstock is the colour of candle wax. Which vitamin?")
    screening = screen(question)
    assert "Wexstock" not in screening.text
    more = with_signs(screening, question, _said(("acs", str(screening.text).split(".")[0], True)))
    added = {flag.category: flag for flag in more.red_flags}["acs"]
    assert (added.layer, added.disposition, added.assertion) == ("model", "E0", "present")
    assert added.phrase == "My nephew Milo Wexstock is the colour of candle wax"


@pytest.mark.parametrize(
    "sign",
    [("weather", "Which vitamin", True), ("acs", "words that nobody wrote", True), ("acs", "", True)],
    ids=["no category", "no words of the question", "no words"],
)
def test_what_a_model_makes_up_is_thrown_away(sign: tuple[str, str, bool]) -> None:
    question = Question("He is tired. Which vitamin?")
    screening = screen(question)
    assert with_signs(screening, question, _said(sign)) == screening


def test_a_model_lowers_nothing() -> None:
    question = Question("Crushing pain in the middle of my chest for an hour, and my left arm is numb.")
    screening = screen(question)
    assert with_signs(screening, question, _said(("acs", "my left arm is numb", False))) == screening
    assert with_signs(screening, question, _said()) == screening


def test_the_protocol_is_the_whole_pack() -> None:
    assert protocol().keys() == pack().categories.keys()


QUESTION = Question("My aunt looks like candle wax. Which vitamin should she take?")


def _drafter(home: Path, server: OpenAIServer, name: str) -> Drafter:
    return open_drafter(Settings(home=home, model=f"openai:{name}", base_url=server.url, second_look=True))


def test_a_second_look_is_one_call_more_and_its_sign_withholds_the_draft(
    sample_home: Path, openai_server: OpenAIServer
) -> None:
    drafter = _drafter(sample_home, openai_server, "sees-acs")
    with drafter.archive:
        draft = drafter.draft(QUESTION)
    assert len(openai_server.requests) == 1
    assert [one.code for one in draft.abstained] == ["urgent"]
    assert draft.provenance.second_look is not None
    assert draft.provenance.second_look.added == 1
    assert {flag.layer for flag in draft.screening.red_flags} >= {"model"}


def test_a_second_look_that_sees_nothing_leaves_the_draft_as_it_is(
    sample_home: Path, openai_server: OpenAIServer
) -> None:
    drafter = _drafter(sample_home, openai_server, "ok")
    with drafter.archive:
        draft = drafter.draft(Question("My knee hurts when I climb stairs. Do I need a scan?"))
    assert not draft.abstained
    assert draft.provenance.second_look is not None
    assert (draft.provenance.second_look.added, draft.provenance.second_look.problem) == (0, "")
    assert any(name.startswith("red_flags/") for name in draft.provenance.prompts)


def test_a_second_look_that_failed_is_told_to_the_reviewer(sample_home: Path, openai_server: OpenAIServer) -> None:
    drafter = _drafter(sample_home, openai_server, "signs-badjson")
    with drafter.archive:
        draft = drafter.draft(Question("My knee hurts when I climb stairs. Do I need a scan?"))
    assert "no_second_look" in {concern.code for concern in draft.concerns}


def test_the_offline_model_is_asked_for_no_signs(sample_home: Path) -> None:
    drafter = open_drafter(Settings(home=sample_home, second_look=True))
    with drafter.archive:
        assert drafter.draft(QUESTION).provenance.second_look is None


# -- the same message in other dress


ENGLISH = [line["text"] for line in LINES if line["lang"] == "en" and line["label"]][::12]


@pytest.mark.parametrize("reword", [spaced_out, with_hidden_characters], ids=lambda f: f.__name__)
def test_white_space_and_hidden_characters_change_nothing(reword: Callable[[str], str]) -> None:
    assert [text for text in ENGLISH if banner(reword(text)) != banner(text)] == []


@pytest.mark.parametrize("reword", REWORDINGS, ids=lambda f: f.__name__)
def test_sex_name_case_and_means_hide_hardly_any_emergency(reword: Callable[[str], str]) -> None:
    """A dangerous flip is a banner that goes; docs/risks.md."""
    noticed = [text for text in ENGLISH if banner(text)]
    assert sum(not banner(reword(text)) for text in noticed) <= 0.02 * len(noticed)
