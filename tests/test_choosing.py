"""From ranked matches to numbered sources: age, department, diversity, and what may not be a source."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from drafter.archive import Archive, open_archive
from drafter.domain import Exchange, Question, Ranked, Why
from drafter.drafting import Drafter
from drafter.errors import ArchiveError, BadInput, BadSettings
from drafter.opening import preferences_of
from drafter.publishing import page_of, page_text, related_topics, similar_exchanges
from drafter.retrieval import Preferences, Retriever, build_index, find_sources
from drafter.retrieval.choosing import Candidate, Chosen, Vector, choose, decay
from drafter.screening import deidentify
from drafter.settings import read_settings
from tests.test_vectorstore import HashedWords
from vectorstore import Match, Part, open_index

TODAY = date(2026, 3, 1)
AGED = Preferences(source_half_life=4.0)


def candidate(
    reply: str,
    score: float,
    *,
    vector: Vector | None = None,
    parts: dict[str, Part] | None = None,
    **more: object,
) -> Candidate:
    made = Exchange(Question(f"What about {reply}?"), f"{reply}: {reply} is what helps here.", **more)  # type: ignore[arg-type]  # as given
    return Candidate(made, Match(made.id, score, parts or {}), vector)


def direction(degrees: float) -> Vector:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], np.float32)


def names(chosen: tuple[Chosen, ...]) -> list[str]:
    return [one.exchange.reply.partition(":")[0] for one in chosen]


REST = candidate("rest", 0.9, replied_on=date(2016, 3, 1), department="Orthopedics")
HEAT = candidate("heat", 0.8, replied_on=date(2025, 3, 1), department="Neurology")
WALK = candidate("walk", 0.78)


# Age


def test_without_a_setting_age_counts_nothing_and_the_order_is_the_search_s_own() -> None:
    chosen = choose([REST, HEAT, WALK], limit=3, today=TODAY)
    assert names(chosen) == ["rest", "heat", "walk"]
    assert [one.score for one in chosen] == [0.9, 0.8, 0.78]
    assert chosen[0].why.age == pytest.approx(10.0, abs=0.01)


@pytest.mark.parametrize(
    ("age", "half_life", "left"),
    [(None, 4.0, 1.0), (9.0, None, 1.0), (0.0, 4.0, 1.0), (4.0, 4.0, 0.5), (2.0, 4.0, 0.5**0.5), (80.0, 4.0, 0.25)],
)
def test_a_reply_counts_half_after_the_half_life_and_never_less_than_a_quarter(
    age: float | None, half_life: float | None, left: float
) -> None:
    assert decay(age, half_life) == pytest.approx(left)


def test_a_newer_reply_passes_an_older_one_that_is_more_alike_and_an_undated_one_stays() -> None:
    chosen = choose([REST, HEAT, WALK], limit=3, preferences=AGED, today=TODAY)
    assert names(chosen) == ["walk", "heat", "rest"]
    assert [one.why.decay for one in chosen] == [1.0, pytest.approx(0.5**0.25, abs=1e-3), 0.25]


def test_an_old_reply_without_a_rival_is_still_found() -> None:
    [only] = choose([REST], limit=3, preferences=Preferences(source_half_life=0.5), today=TODAY)
    assert only.score == pytest.approx(0.9 * 0.25)


def test_age_counts_from_the_day_of_the_question_and_a_later_reply_is_new() -> None:
    chosen = choose([REST, HEAT], limit=2, preferences=AGED, today=date(2016, 3, 1))
    assert [one.why.decay for one in chosen] == [1.0, 1.0]
    assert [one.why.age for one in choose([REST], limit=1, preferences=AGED)] == [None]


def test_of_the_same_reply_given_twice_the_newer_one_is_kept_when_age_counts() -> None:
    again = replace(REST.exchange, replied_on=TODAY, doctor="Dr. Newer")
    newer = Candidate(again, Match(again.id, 0.85, {}))
    assert [one.exchange for one in choose([REST, newer], limit=2, today=TODAY)] == [REST.exchange]
    assert [one.exchange for one in choose([REST, newer], limit=2, preferences=AGED, today=TODAY)] == [again]


# Department


def test_the_question_s_department_gives_a_little_and_takes_nothing_from_the_others() -> None:
    chosen = choose([REST, HEAT, WALK], limit=3, department=" neurology ", preferences=Preferences(None, 0.15, 0))
    assert names(chosen) == ["heat", "rest", "walk"]
    assert [one.why.boost for one in chosen] == [0.15, 0.0, 0.0]
    assert [one.score for one in chosen] == [pytest.approx(0.95), 0.9, 0.78]


def test_a_boosted_score_stays_below_1_and_still_counts() -> None:
    best = candidate("best", 1.0)
    same = candidate("same", 0.99, department="Urology")
    chosen = choose([best, same], limit=2, department="Urology")
    assert names(chosen) == ["same", "best"]
    assert [one.score for one in chosen] == [1.0, 1.0]


def test_an_exchange_without_a_department_is_of_its_question_s() -> None:
    one = candidate("one", 0.5)
    asked = replace(one.exchange, question=replace(one.exchange.question, department="Urology"))
    [chosen] = choose([replace(one, exchange=asked)], limit=1, department="UROLOGY")
    assert chosen.why.boost == 0.05
    assert choose([one], limit=1, department=" ")[0].why.boost == 0.0


# Diversity

ALIKE = [
    candidate("first", 1.0, vector=direction(0)),
    candidate("echo", 0.95, vector=direction(5)),
    candidate("copy", 0.94, vector=direction(8)),
    candidate("other", 0.80, vector=direction(80)),
]


def test_diversity_takes_another_view_before_an_echo_and_keeps_the_order_of_scores() -> None:
    assert names(choose(ALIKE, limit=2, preferences=Preferences(diversity=0))) == ["first", "echo"]
    assert names(choose(ALIKE, limit=2, preferences=Preferences(diversity=0.5))) == ["first", "other"]
    assert names(choose(ALIKE, limit=3, preferences=Preferences(diversity=0.5))) == ["first", "echo", "other"]


@pytest.mark.parametrize("diversity", [0.0, 0.3, 0.9, 1.0])
def test_the_best_stays_first_however_much_diversity_is_wanted(diversity: float) -> None:
    for limit in (1, 2, 3, 4, 9):
        chosen = choose(ALIKE, limit=limit, preferences=Preferences(diversity=diversity))
        assert names(chosen)[0] == "first"
        assert len(chosen) == min(limit, 4)


def test_without_every_vector_the_score_alone_decides() -> None:
    given = [*ALIKE[:3], replace(ALIKE[3], vector=None)]
    assert names(choose(given, limit=2, preferences=Preferences(diversity=0.9))) == ["first", "echo"]


def test_of_nothing_nothing_is_chosen() -> None:
    assert choose([], limit=3, preferences=Preferences(diversity=0.5)) == ()


# Why


def test_a_source_says_how_it_was_found() -> None:
    parts = {"dense": Part(0.61, 1, 0.6), "lexical": Part(7.5, 2, 0.3)}
    found = candidate("found", 0.9, parts=parts, replied_on=date(2022, 3, 1), department="Urology")
    [one] = choose([found], limit=1, preferences=AGED, department="Urology", today=TODAY)
    rankings = (Ranked("dense", 0.61, 1, 0.6), Ranked("lexical", 7.5, 2, 0.3))
    assert one.why == Why(0.9, rankings, one.why.age, one.why.decay, 0.05)
    assert one.why.age == pytest.approx(4.0, abs=0.01)
    assert one.why.decay == pytest.approx(0.5, abs=0.001)
    assert one.score == pytest.approx(0.9 * one.why.decay + 0.05)


# In an archive


def exchange(body: str, reply: str, **more: object) -> Exchange:
    return Exchange(Question(body), reply, **more)  # type: ignore[arg-type]  # as given


ICE = exchange("My ankle is swollen after a twist.", "Put ice on the ankle.", department="Orthopedics")
PEACE = exchange("My ankle is swollen after a twist.", "Protect and load it gently.", department="Orthopedics")
CRAMP = exchange("My calf cramps at night.", "Stretch the calf before bed.", department="Neurology")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(f"sqlite:///{tmp_path / 'archive.db'}") as opened:
        opened.add_exchanges([ICE, PEACE, CRAMP])
        yield opened


@pytest.fixture
def retriever(archive: Archive, tmp_path: Path) -> Retriever:
    return Retriever(tmp_path / "index", HashedWords(), archive)


ANKLE = deidentify("my ankle is swollen")


def found(retriever: Retriever, **more: object) -> list[Exchange]:
    return [s.exchange for s in retriever.find(ANKLE, limit=5, **more)]  # type: ignore[arg-type]  # as given


def test_a_superseded_reply_is_gone_at_once_in_every_process_and_without_a_rebuild(
    archive: Archive, retriever: Retriever, tmp_path: Path
) -> None:
    build_index(archive, HashedWords(), tmp_path / "index")
    assert ICE in found(retriever)
    with open_archive(f"sqlite:///{tmp_path / 'archive.db'}") as another:
        another.supersede(ICE.id, PEACE.id)
    assert found(retriever) == [PEACE, CRAMP]
    assert archive.exchange(ICE.id) == ICE, "the record keeps it"
    archive.supersede(ICE.id, None)
    assert ICE in found(retriever)


def test_a_superseded_reply_is_neither_similar_nor_related_on_a_page(
    archive: Archive, retriever: Retriever
) -> None:
    old = exchange("My ankle clicks when swollen.", "Tape the ankle.", topics=("Taping",))
    new = exchange("Does a swollen ankle that clicks need tape?", "No tape is needed.", topics=("Ankle",))
    archive.add_exchanges([old, new])
    archive.supersede(old.id, new.id)
    near = similar_exchanges(retriever.find, CRAMP)
    page = page_text(page_of(CRAMP, similar=near, related=related_topics((CRAMP, *near))))
    assert "No tape is needed." in page
    assert "Tape the ankle." not in page
    assert "Taping" not in page


def test_only_one_department_is_searched_when_that_is_asked(retriever: Retriever) -> None:
    assert found(retriever, department="neurology")[0] != CRAMP
    assert found(retriever, department="neurology", only_department=True) == [CRAMP]
    assert found(retriever, department="Urology", only_department=True) == []
    with pytest.raises(BadInput, match="Name the department"):
        found(retriever, department=" ", only_department=True)


def test_one_department_is_found_behind_many_nearer_replies_of_another(
    archive: Archive, retriever: Retriever
) -> None:
    archive.add_exchanges(
        exchange(f"My ankle is swollen, {n} days.", f"Wait {n} days.", department="Orthopedics") for n in range(150)
    )
    assert found(retriever, department="Neurology", only_department=True) == [CRAMP]


def test_sources_are_chosen_to_differ_when_that_is_asked(archive: Archive, tmp_path: Path) -> None:
    build_index(archive, HashedWords(), tmp_path / "index")
    index = open_index(tmp_path / "index", HashedWords())
    replies = [
        [
            source.exchange.reply
            for source in find_sources(ANKLE, index, archive, limit=2, preferences=Preferences(diversity=d))
        ]
        for d in (0.0, 0.9)
    ]
    assert CRAMP.reply not in replies[0]
    assert CRAMP.reply in replies[1]
    assert replies[0][0] == replies[1][0]
    index.close()


def test_a_draft_goes_by_the_question_s_department_and_day_and_keeps_what_was_in_force(
    small_drafter: Drafter,
) -> None:
    preferences = Preferences(3.0, 0.2, 0.0)
    small_drafter.retriever.preferences = preferences
    question = Question("My knee hurts on the stairs.", department="Orthopedics", asked_on=date(2024, 1, 1))
    draft = small_drafter.draft(question, datetime(2026, 3, 1, tzinfo=UTC))
    kept = draft.provenance.parameters
    assert {"source_half_life": 3.0, "department_boost": 0.2, "diversity": 0.0}.items() <= kept.items()
    assert small_drafter.archive.draft(draft.id) == draft
    for source in draft.sources:
        assert source.why is not None
        assert source.why.boost == (0.2 if source.exchange.department == "Orthopedics" else 0.0)
        assert source.exchange.replied_on
        years = (date(2024, 1, 1) - source.exchange.replied_on).days / 365.25
        assert source.why.age == pytest.approx(max(0.0, years))
    undated = small_drafter.draft(replace(question, asked_on=None), datetime(2026, 3, 1, tzinfo=UTC))
    assert min(s.why.age or 0.0 for s in undated.sources if s.why) > 1


# Settings


def test_the_preferences_come_from_the_settings() -> None:
    assert preferences_of(read_settings()) == Preferences()
    given = read_settings(source_half_life=2.5, department_boost=0, diversity=1)
    assert preferences_of(given) == Preferences(2.5, 0.0, 1.0)


@pytest.mark.parametrize(
    "given", [{"source_half_life": 0}, {"department_boost": 1.1}, {"diversity": -0.1}, {"source_half_life": "old"}]
)
def test_a_preference_out_of_range_is_named(given: dict[str, object]) -> None:
    with pytest.raises(BadSettings, match=f"DRAFTER_{next(iter(given)).upper()}"):
        read_settings(**given)


# Superseding


def test_what_cannot_supersede_is_one_sentence_and_nothing_is_changed(archive: Archive) -> None:
    excerpt = exchange("My ankle?", "Put ice on...", truncated=True)
    archive.add_exchanges([excerpt])
    archive.supersede(ICE.id, PEACE.id)
    archive.supersede(PEACE.id, CRAMP.id)
    for old, new, said in (
        (CRAMP.id, ICE.id, f"{ICE.id} is itself superseded by {CRAMP.id}"),
        (CRAMP.id, CRAMP.id, "cannot supersede itself"),
        (CRAMP.id, excerpt.id, "is an excerpt"),
    ):
        with pytest.raises(BadInput, match=said):
            archive.supersede(old, new)
    unknown: list[tuple[str, str | None]] = [("x-none", ICE.id), (CRAMP.id, "x-none"), ("x-none", None)]
    for old, successor in unknown:
        with pytest.raises(ArchiveError, match=r"There is no exchange x-none in the archive\."):
            archive.supersede(old, successor)
    assert [archive.superseded_by(e.id) for e in (ICE, PEACE, CRAMP)] == [PEACE.id, CRAMP.id, None]


def test_the_last_mark_holds_and_sources_leave_out_excerpts_and_what_was_superseded(archive: Archive) -> None:
    excerpt = exchange("My ankle?", "Put ice on...", truncated=True)
    archive.add_exchanges([excerpt])
    archive.supersede(ICE.id, PEACE.id)
    archive.supersede(ICE.id, CRAMP.id)
    assert archive.superseded_by(ICE.id) == CRAMP.id
    assert archive.superseded_ids() == (ICE.id,)
    ids = [CRAMP.id, excerpt.id, ICE.id, PEACE.id, "x-none"]
    assert list(archive.sources(ids)) == [CRAMP.id, PEACE.id]
    assert list(archive.exchanges(ids)) == ids[:-1]
