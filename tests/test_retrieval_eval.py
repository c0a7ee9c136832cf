"""Measuring retrieval: measures, sets, tasks, and the whole command beside the peer."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from math import log, log2
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drafter.domain import Exchange, Question
from drafter.errors import BadInput, BadSettings
from drafter.evaluation.retrieval import (
    CONFIGURATIONS,
    Item,
    chosen,
    judged_task,
    load_items,
    load_qrels,
    own_reply_task,
    sampled,
    tag_task,
    train,
)
from drafter.evaluation.retrieval.metrics import MEASURES, Judgements, condensed, measures
from drafter.opening import fitted_ranking
from drafter.settings import Settings
from tests.test_vectorstore import HashedWords
from vectorstore import Ranking
from vectorstore.values import Vectors, text_hash

KNEE = "My knee clicks on every stair and swells by the evening."
ROWS: list[dict[str, Any]] = [
    {
        "id": "a",
        "question": KNEE,
        "reply": "Rest the knee and cool it for two days.",
        "tags": ["Knee-Pain", "sport"],
    },
    {"id": "b", "question": KNEE, "reply": "A clicking knee without pain is harmless.", "tags": ["knee pain"]},
    {
        "id": "c",
        "title": "Jogging with a sore knee",
        "question": "May I run a marathon with a sore knee?",
        "reply": "Let the knee heal before you run far again.",
        "tags": ["knee pain", "sport"],
    },
    {
        "id": "d",
        "title": "Rash from a new cream",
        "question": "Since I use a new cream my arm itches.",
        "reply": "Stop the cream; the itch should go within a week.",
        "tags": ["rash"],
        "extra": {"qid": "Q4"},
    },
    {"id": "e", "question": "Which tea helps me sleep?", "reply": "Try going to bed at the same hour.", "tags": []},
]


def written(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "exchanges.jsonl", ROWS)


@pytest.fixture
def items(file: Path) -> tuple[Item, ...]:
    return load_items(file)


# Measures


def test_measures_agree_with_values_computed_by_hand() -> None:
    known = Judgements({"a": 3.0, "b": 1.0, "c": 0.0, "d": 2.0}, frozenset("ad"))
    found = measures(["x", "a", "c", "b"], known)
    ideal = 3 + 2 / log2(3) + 1 / 2
    assert found == pytest.approx(
        {
            "ndcg@10": (3 / log2(3) + 1 / log2(5)) / ideal,
            "map@10": (1 / 2) / 2,
            "mrr@10": 1 / 2,
            "recall@1": 0.0,
            "recall@5": 1 / 2,
            "recall@10": 1 / 2,
            "judged@10": 3 / 4,
        }
    )
    assert condensed(["x", "a", "c", "b"], known) == ["a", "c", "b"]


def test_a_ranking_of_nothing_scores_nothing() -> None:
    assert set(measures([], Judgements({"a": 1.0}, frozenset("a"))).values()) == {0.0}


def test_where_everything_is_judged_a_condensed_list_is_the_list() -> None:
    known = Judgements({"a": 1.0}, frozenset("a"), complete=True)
    assert condensed(["x", "a"], known) == ["x", "a"]
    assert measures(["x", "a"], known)["judged@10"] == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_measures_agree_with_trec_eval(seed: int) -> None:
    ir = pytest.importorskip("ir_measures")
    rng = random.Random(seed)
    documents = [f"d{n}" for n in range(60)]
    grades = {document: rng.randrange(4) for document in rng.sample(documents, rng.randrange(5, 40))} | {"d0": 2}
    ranking = rng.sample(documents, rng.randrange(3, 60))
    known = Judgements({d: float(g) for d, g in grades.items()}, frozenset(d for d, g in grades.items() if g >= 2))
    names = {
        "ndcg@10": "nDCG@10",
        "map@10": "AP(rel=2)@10",
        "mrr@10": "RR(rel=2)@10",
        "recall@1": "R(rel=2)@1",
        "recall@5": "R(rel=2)@5",
        "recall@10": "R(rel=2)@10",
        "judged@10": "Judged@10",
    }
    for order in (ranking, condensed(ranking, known)):
        run = [ir.ScoredDoc("q", d, float(-n)) for n, d in enumerate(order)]
        qrels = [ir.Qrel("q", d, g) for d, g in grades.items()]
        expected = ir.calc_aggregate([ir.parse_measure(name) for name in names.values()], qrels, run)
        by_name = {str(measure): value for measure, value in expected.items()}
        assert tuple(names) == MEASURES
        assert measures(order, known) == pytest.approx({m: by_name[name] for m, name in names.items()}, abs=1e-6)


# Sets


def test_a_record_keeps_its_names_and_its_tags_are_folded(items: tuple[Item, ...]) -> None:
    assert [(item.id, item.qid) for item in items[2:4]] == [("c", "c"), ("d", "Q4")]
    assert items[0].tags == {"knee pain", "sport"}
    assert items[0].thread == items[1].thread != items[2].thread
    assert items[2].query("title") == "Jogging with a sore knee"
    assert items[2].query("both") == "Jogging with a sore knee\nMay I run a marathon with a sore knee?"
    assert items[2].query("question") == "May I run a marathon with a sore knee?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["is empty"]),
        ('{"id": "a", "question": "Why?"}\n{"id": "b"\n', ["line 2", "not JSON"]),
        ('{"id": "a", "reply": "Because."}\n', ["line 1", "no question"]),
        ('{"id": "a", "question": "Why?"}\n{"id": "a", "question": "How?"}\n', ["line 2", "'a'", "earlier line"]),
    ],
)
def test_a_bad_line_is_named_with_its_file(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as raised:
        load_items(path)
    for word in [str(path), *words]:
        assert word in str(raised.value)


def test_the_higher_grade_of_a_pair_that_was_judged_twice_counts(tmp_path: Path) -> None:
    path = tmp_path / "qrels"
    path.write_text("Q1 0 a 2\n\nQ1 0 a 1\nQ2 0 b 0\n", encoding="utf-8")
    assert load_qrels(path) == {"Q1": {"a": 2}, "Q2": {"b": 0}}


@pytest.mark.parametrize("line", ["Q1 0 a", "Q1 0 a high", "Q1 0 a 1 2"])
def test_a_malformed_judgement_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "qrels"
    path.write_text(f"Q1 0 b 1\n{line}\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 2: expected `query 0 document grade`"):
        load_qrels(path)


def test_the_shared_sets_can_be_read(shared: Path) -> None:
    folder = shared / "data" / "dev" / "eval"
    documents, queries = load_items(folder / "liveqa_docs.jsonl"), load_items(folder / "liveqa_queries.jsonl")
    task = judged_task(documents, queries, load_qrels(folder / "liveqa.qrels"), "question", relevant_from=2)
    assert task.queries
    assert all(query.text for query in task.queries)


# Tasks


def test_a_query_must_find_its_own_reply_and_its_threads_other_replies_are_not_returned(
    items: tuple[Item, ...],
) -> None:
    task = own_reply_task(items, items, "question")
    assert task.replies_only
    assert task.complete
    assert [query.id for query in task.queries] == list("abcde")
    first, _, third, *_ = task.queries
    assert first.known.relevant == {"a"}
    assert first.excluded == {"b"}
    assert not third.excluded


def test_a_query_that_is_not_among_the_exchanges_is_added_to_them(items: tuple[Item, ...]) -> None:
    task = own_reply_task(items[:2], items[2:], "question")
    assert [item.id for item in task.items] == list("abcde")
    assert [query.id for query in task.queries] == list("cde")


def test_queries_without_the_text_that_is_searched_for_are_left_out_and_counted(items: tuple[Item, ...]) -> None:
    task = own_reply_task(items, items, "title")
    assert [query.typed for query in task.queries] == ["Jogging with a sore knee", "Rash from a new cream"]
    assert task.notes == ("3 of 5 queries have no reply or no title: they are left out.",)


def test_judgements_are_found_by_either_name_and_the_own_thread_is_not_returned(items: tuple[Item, ...]) -> None:
    qrels = {"Q4": {"a": 2, "e": 0, "z": 3}, "a": {"b": 3, "c": 1}, "c": {"a": -1}}
    task = judged_task(items, items, qrels, "question")
    assert not task.replies_only
    assert not task.complete
    rash, knee = sorted(task.queries, key=lambda query: query.id, reverse=True)
    assert rash.known == Judgements({"a": 2.0, "e": 0.0, "z": 3.0}, frozenset({"a", "z"}))
    assert knee.known == Judgements({"c": 1.0}, frozenset({"c"}))
    assert (rash.id, knee.id, set(knee.excluded)) == ("d", "a", {"a", "b"})
    assert "3 of 5 queries" in task.notes[0]
    assert task.notes[1] == "1 judged documents are not among the exchanges and count as not found."


def test_grades_below_the_least_relevant_one_are_gains_only(items: tuple[Item, ...]) -> None:
    (query,) = judged_task(items, items, {"d": {"a": 1, "b": 2}}, "question", relevant_from=2).queries
    assert query.known.gains == {"a": 1.0, "b": 2.0}
    assert query.known.relevant == {"b"}


@pytest.mark.parametrize(
    ("qrels", "words"), [({"Q9": {"a": 1}}, "none of the queries"), ({"Q4": {"z": 1}}, "no relevant document")]
)
def test_judgements_about_something_else_are_told(
    items: tuple[Item, ...], qrels: dict[str, dict[str, int]], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        judged_task(items, items, qrels, "question")


def test_the_gain_of_a_neighbour_is_the_weighted_share_of_the_querys_tags(items: tuple[Item, ...]) -> None:
    task = tag_task(items, items, "question")
    gains = {query.id: dict(query.known.gains) for query in task.queries}
    knee, sport = log(5 / 3), log(5 / 2)
    assert gains["a"] == pytest.approx({"c": 1.0})
    assert gains["b"] == pytest.approx({"c": 1.0})
    assert gains["c"] == pytest.approx({"a": 1.0, "b": knee / (knee + sport)})
    assert set(gains) == set("abc")  # nobody shares a tag with the others
    assert task.complete


def test_sets_without_anything_to_find_are_told(items: tuple[Item, ...]) -> None:
    with pytest.raises(BadInput, match="tag in common"):
        tag_task(items[3:], items[3:], "question")
    with pytest.raises(BadInput, match="nothing that it could find"):
        own_reply_task(items, items[:2], "title")


def test_a_sample_of_queries_is_the_same_each_time_and_leaves_the_index_whole(items: tuple[Item, ...]) -> None:
    task = own_reply_task(items, items, "question")
    once, again = sampled(task, 3), sampled(task, 3)
    assert [query.id for query in once.queries] == [query.id for query in again.queries]
    assert len(once.queries) == 3
    assert once.items == task.items
    assert sampled(task, 50) is task


def test_what_is_searched_for_is_masked(items: tuple[Item, ...], tmp_path: Path) -> None:
    row = {"id": "f", "question": "My number is 138 0013 8000, may I take two tablets?", "reply": "One is enough."}
    (query,) = own_reply_task(items, load_items(written(tmp_path / "q.jsonl", [row])), "question").queries
    assert "8000" in query.typed
    assert "8000" not in query.text


def test_an_unknown_configuration_is_refused_with_the_known_ones() -> None:
    assert list(chosen(None)) == ["default"]
    assert list(chosen(["default", "default"])) == ["default"]
    with pytest.raises(BadInput, match=f"'fastest': choose from {', '.join(CONFIGURATIONS)}"):
        chosen(["fastest"])
    with pytest.raises(BadInput, match="retrieval train"):
        chosen(["fitted"])
    assert chosen(["fitted"], Ranking(lexical=2.0)) == {"fitted": Ranking(lexical=2.0)}


# Weights of one's own


class Blind(HashedWords):
    """Sees no likeness: a direction by chance for each text."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [np.random.default_rng(int(text_hash(text), 16)).normal(size=64) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32)


PARTS = ("knee", "elbow", "shin", "thumb", "heel", "wrist", "chin", "scalp", "ankle", "collarbone")
SIGNS = ("itches", "swells", "clicks", "burns", "tingles", "bruises", "cramps", "peels", "throbs", "stiffens")
PAST = [
    Exchange(Question(f"My {part} {sign} since Monday."), f"When a {part} {sign}, cool it and wait.")
    for part in PARTS
    for sign in SIGNS
]


def no_progress(done: int) -> None:
    """Nobody watches."""


def test_weights_are_fitted_to_an_archive_where_meaning_misleads() -> None:
    made = train(PAST, Blind(), limit=80, progress=no_progress)
    assert (made.fitted_to, made.judged_by) == (40, 40)
    assert made.ranking.lexical > Ranking().lexical
    assert made.ranking.lexical_foreign == Ranking().lexical_foreign, "no question was Chinese"
    assert made.better


def test_weights_are_not_fitted_to_a_handful_of_replies() -> None:
    with pytest.raises(BadInput, match="at least 40"):
        train(PAST[:39], HashedWords(), limit=100, progress=no_progress)


def trained(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drafter", "retrieval", "train", *options],
        capture_output=True, text=True, timeout=240, check=False, env=dict(os.environ),
    )  # fmt: skip


def test_the_weights_that_come_along_stay_where_others_are_not_clearly_better(sample_home: Path) -> None:
    done = trained(sample_home, "--limit", "60")
    assert done.returncode == 0, done.stderr
    assert "Fitted to 30 questions" in done.stdout
    kept = (sample_home / "ranking.json").exists()
    assert kept == ("Kept in" in done.stdout)
    assert kept != ("nothing was changed" in done.stdout)


def test_fitted_weights_are_used_and_broken_ones_refused(home: Path, file: Path) -> None:
    settings = Settings(home=home)
    assert fitted_ranking(settings) is None
    (home / "ranking.json").write_text('{"lexical": 2.0}')
    assert fitted_ranking(settings) == Ranking(lexical=2.0)
    done = evaluated("--exchanges", file, "--queries", file, "--json", "--config", "fitted")
    assert list(json.loads(done.stdout)["configurations"]) == ["fitted"]
    (home / "ranking.json").write_text('{"lexical": "much"}')
    with pytest.raises(BadSettings, match="remove it"):
        fitted_ranking(settings)


# The network of the peer


def test_chromas_own_embedding_runs_on_the_published_form(tmp_path: Path, shared: Path) -> None:
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    from vectorstore.embedders.minilm import write_as_published

    class Local(ONNXMiniLM_L6_V2):
        DOWNLOAD_PATH = tmp_path

    write_as_published(tmp_path / "onnx")
    references = json.loads((shared / "design" / "reference" / "minilm.json").read_text())["items"][:8]
    found = np.array(Local()([item["text"] for item in references]))
    assert ((found * np.array([item["vector"] for item in references])).sum(axis=1) >= 0.999).all()


# The command


def evaluated(*arguments: str | Path, before: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import sys; {before}\nfrom drafter.cli import run\nrun()"
    return subprocess.run(
        [sys.executable, "-c", code, "retrieval", "eval", *map(str, arguments)],
        capture_output=True, text=True, timeout=240, check=False, env=dict(os.environ),
    )  # fmt: skip


def fails_with_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr.strip().splitlines()[-1]


def test_the_command_prints_one_object_and_leaves_nothing_behind(file: Path, home: Path) -> None:
    done = evaluated("--exchanges", file, "--queries", file, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["exchanges"], report["queries"]) == (5, 5)
    assert report["embedder"].startswith("minilm/")
    figures = report["configurations"]["default"]
    assert set(figures) == {*MEASURES, "condensed", "index_seconds", "query_ms"}
    assert figures["condensed"] == {measure: figures[measure] for measure in MEASURES}
    assert figures["recall@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert figures["ndcg@10"]["low"] <= figures["ndcg@10"]["mean"] <= figures["ndcg@10"]["high"]
    assert 0 < figures["query_ms"]["p50"] <= figures["query_ms"]["p95"]
    assert report["comparisons"] == []
    assert [path.name for path in home.iterdir()] == ["models"]


def test_the_tables_say_what_was_measured(file: Path, home: Path, tmp_path: Path) -> None:
    qrels = tmp_path / "qrels"
    qrels.write_text("Q4 0 e 1\nc 0 a 2\n", encoding="utf-8")
    done = evaluated("--exchanges", file, "--queries", file, "--qrels", qrels)
    assert done.returncode == 0, done.stderr
    assert "2 queries over 5 exchanges" in done.stdout
    for word in (*MEASURES, "condensed ndcg@10", "query p50, ms", "3 of 5 queries"):
        assert word in done.stdout
    assert evaluated("--exchanges", file, "--queries", file, "--by-tags", "--limit", "2").returncode == 0


def test_the_peer_is_measured_on_the_same_data_and_compared(file: Path, home: Path) -> None:
    pytest.importorskip("langchain_chroma")
    pytest.importorskip("langchain_text_splitters")
    done = evaluated("--exchanges", file, "--queries", file, "--by-tags", "--peer", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert list(report["configurations"]) == ["default", "peer"]
    assert [one["metric"] for one in report["comparisons"]] == list(MEASURES)
    for one in report["comparisons"]:
        assert (one["first"], one["second"]) == ("peer", "default")
        ours, theirs = (report["configurations"][name][one["metric"]]["mean"] for name in ("default", "peer"))
        assert one["difference"] == pytest.approx(ours - theirs, abs=2e-4)
    assert report["configurations"]["peer"]["recall@10"]["mean"] == 1.0
    assert [path.name for path in home.iterdir()] == ["models"]


def test_without_the_peers_packages_the_command_says_what_to_install(file: Path, home: Path) -> None:
    hidden = "sys.modules['langchain_chroma'] = None"
    done = evaluated("--exchanges", file, "--queries", file, "--peer", before=hidden)
    fails_with_one_sentence(done, 'pip install "drafter[peer]"')


def test_what_cannot_be_measured_is_one_sentence(file: Path, home: Path, tmp_path: Path) -> None:
    both: list[str | Path] = ["--exchanges", file, "--queries", file]
    qrels = tmp_path / "qrels"
    qrels.write_text("Q9 0 a 1\n", encoding="utf-8")
    fails_with_one_sentence(evaluated(*both, "--config", "fastest"), "no configuration named 'fastest'", "default")
    fails_with_one_sentence(evaluated(*both, "--qrels", qrels), "none of the queries")
    fails_with_one_sentence(evaluated(*both, "--qrels", qrels, "--by-tags"), "leave one of them out")
    fails_with_one_sentence(evaluated(*both, "--relevant-from", "2"), "--relevant-from")
    fails_with_one_sentence(evaluated("--exchanges", tmp_path / "none.jsonl", "--queries", file), "none.jsonl")
