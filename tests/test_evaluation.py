"""Evaluation: scorers against values counted by hand, runs that resume, comparisons that know their limits."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drafter.archive import open_archive
from drafter.chat import ChatModel, Outcome, Partial, Request, open_model
from drafter.checking import check
from drafter.domain import (
    Concern,
    Deidentified,
    Draft,
    Exchange,
    MoreInfo,
    Point,
    Provenance,
    Question,
    RedFlag,
    Reply,
    Screening,
    Section,
    Sentence,
    Source,
)
from drafter.drafting import Drafter
from drafter.errors import ArchiveError, BadInput, ModelUnavailable
from drafter.evaluation import (
    SCORERS,
    Arm,
    ArmRun,
    EvalItem,
    EvalRun,
    EvalSet,
    ItemResult,
    Score,
    compare,
    compare_named,
    comparison_table,
    load_eval_set,
    make_arms,
    notices,
    open_run,
    report_data,
    report_html,
    run_evaluation,
    summary_table,
    write_html,
    write_json,
)
from drafter.evaluation.charts import WIDTH, bars, strip
from drafter.evaluation.scorers import Measure
from drafter.evaluation.statistics import Interval
from tests.openai_server import OpenAIServer

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)

PAIRS = (
    ("My left knee clicks when I climb stairs.", "Rest the knee and put ice on it. A scan is rarely needed."),
    (
        "I get heartburn after coffee. Which tablets may I take?",
        "Leave out coffee for two weeks before any tablet.",
    ),
    ("My ears ring at night. Should I see somebody?", "A hearing test shows whether more has to be done."),
    ("I sleep badly since I work in shifts. What helps?", "Keep the room dark and go to bed at the same hour."),
    ("My heel hurts in the morning when I get up.", "Stretch the calf each morning and wear a soft sole."),
    ("A mole on my arm has grown. Who looks at it?", "A dermatologist should look at it within a fortnight."),
    ("I sneeze all spring. What does not make me tired?", "A nasal spray works and does not make you sleepy."),
    ("My hands tingle when I ride my bicycle.", "Raise the handlebar and wear padded gloves."),
)
EVAL_SET = EvalSet("knees", tuple(EvalItem(f"i{n}", Question(q), r) for n, (q, r) in enumerate(PAIRS)))


def scorer(name: str, item: EvalItem, draft: Draft) -> Score:
    (function,) = (s.function for s in SCORERS if s.name == name)
    return function(item, draft)


def item(reply: str | None = None) -> EvalItem:
    return EvalItem("i", Question("My knee hurts."), reply)


def draft(
    *sentences: tuple[str, tuple[int, ...]],
    sources: int = 2,
    more_info: MoreInfo | None = None,
    concerns: tuple[Concern, ...] = (),
    red_flags: tuple[RedFlag, ...] = (),
) -> Draft:
    text = Deidentified("My knee hurts.")
    return Draft(
        "d-1",
        Question("My knee hurts."),
        Screening(text, "en", red_flags=red_flags),
        tuple(Source(n, Exchange(Question("q"), "r"), 0.5, text, text) for n in range(1, sources + 1)),
        Reply(tuple(Sentence(*s) for s in sentences), "Hello,", "Thank you."),
        more_info or MoreInfo(),
        Provenance("offline", (), "", "", "", (), seconds=0.25),
        NOW,
        concerns,
    )


# Scorers


def test_rouge_l_agrees_with_the_longest_common_subsequence_counted_by_hand() -> None:
    # "rest the knee" is the longest common subsequence: 3 of 6 and 3 of 6 words.
    found = scorer("rouge_l", item("Use ice and rest the knee."), draft(("Rest the knee and use ice.", (1,))))
    assert found.value == pytest.approx(2 * 3 / 12)
    # "see a doctor soon" is 4 of 6 words, and 4 of the draft's 7.
    found = scorer(
        "rouge_l", item("Please see a good doctor soon."), draft(("You should see a doctor very soon.", ()))
    )
    assert found.value == pytest.approx(2 * 4 / 13)


def test_rouge_l_counts_chinese_characters_as_words() -> None:
    # 多休息 is common: 3 of the 6 and of the 5 characters.
    found = scorer("rouge_l", item("請多喝水休息"), draft(("多休息就好", ())))
    assert found.value == pytest.approx(2 * 3 / 11)


def test_rouge_l_leaves_out_greetings_and_thanks() -> None:
    reply = "Hello, Rest the knee. Thank you for writing."
    assert scorer("rouge_l", item(reply), draft(("Rest the knee.", ()))).value == 1.0


def test_without_a_doctors_reply_the_reference_scorers_are_unscored() -> None:
    for name in ("rouge_l", "length_ratio"):
        found = scorer(name, item(None), draft(("Rest the knee.", ())))
        assert found == Score(None, "The item has no doctor's reply.")


def test_citations_are_valid_when_the_draft_has_that_source() -> None:
    info = MoreInfo(sections=(Section("What to do", (Point("Ice", "Cool the knee.", (2, 3)),)),))
    written = draft(("Rest.", (1,)), ("Walk.", ()), more_info=info)
    assert scorer("citation_validity", item(), written).value == pytest.approx(2 / 3)
    assert scorer("supported_share", item(), written).value == pytest.approx(2 / 3)


def test_a_citation_of_no_source_supports_nothing() -> None:
    written = draft(("Rest.", (7,)), ("Walk.", (1,)))
    assert scorer("supported_share", item(), written).value == 0.5
    assert scorer("citation_validity", item(), draft(("Rest.", ()))).value is None
    assert scorer("supported_share", item(), draft(("Rest.", ()))).value == 0.0
    assert scorer("supported_share", item(), draft()).value is None


def test_red_flags_are_scored_only_where_there_are_any() -> None:
    flag = RedFlag("chest_pain", "chest pain", "E0", "My knee", 0, 7)
    assert scorer("red_flags_addressed", item(), draft(("Rest.", ()))).value is None
    unmet = Concern("red_flag", "block", "The reply does not say to call an ambulance.", "reply", "My knee")
    assert scorer("red_flags_addressed", item(), draft(("Rest.", ()), red_flags=(flag,))).value == 1
    assert (
        scorer("red_flags_addressed", item(), draft(("Rest.", ()), red_flags=(flag,), concerns=(unmet,))).value == 0
    )
    denied = replace(flag, assertion="denied")
    assert scorer("red_flags_addressed", item(), draft(("Rest.", ()), red_flags=(denied,))).value is None


def test_the_share_of_the_doctors_plan_that_a_draft_names_is_counted() -> None:
    doctor = item("A neurologist should look at an MRI.")
    assert scorer("plan_carry_over", doctor, draft(("Ask a neurologist.", (1,)))).value == 0.5
    info = MoreInfo(introduction=(Sentence("An MRI is done lying down."),))
    assert scorer("plan_carry_over", doctor, draft(("Ask a neurologist.", (1,)), more_info=info)).value == 1
    assert scorer("plan_carry_over", item("All is well."), draft(("Ask a neurologist.", (1,)))).value is None


def test_a_draft_that_ignores_an_urgent_question_is_scored_so_by_the_real_checks(small_drafter: Drafter) -> None:
    urgent = Question("I have crushing chest pain that spreads to my left arm and I am sweating. What can I take?")
    made = small_drafter.draft(urgent)
    assert made.screening.urgent
    answered = scorer("red_flags_addressed", EvalItem("i", urgent), made)
    ignored = replace(made, reply=Reply((Sentence("Rest and drink water."),)))
    ignored = replace(ignored, concerns=check(ignored))
    assert scorer("red_flags_addressed", EvalItem("i", urgent), ignored).value == 0
    assert answered.value in {0.0, 1.0}


def test_length_grade_and_concerns_are_counted() -> None:
    written = draft(
        ("Rest the knee. ", (1,)),
        ("Put ice on it.", (1,)),
        concerns=(Concern("a", "block", "One."), Concern("b", "warn", "Two."), Concern("c", "block", "Three.")),
    )
    assert scorer("length_ratio", item("Rest it."), written).value == 7 / 2
    assert scorer("blocking_concerns", item(), written).value == 2
    assert scorer("seconds", item(), written).value == 0.25
    # 7 words of one syllable in 2 sentences: 0.39 * 3.5 + 11.8 - 15.59
    assert scorer("reading_grade", item(), written).value == pytest.approx(0.39 * 3.5 + 11.8 - 15.59)
    assert scorer("reading_grade", item(), draft(("多休息就好。", ()))).value is None


# Sets


def test_a_set_is_read_with_replies_and_tags(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    rows = [
        {"id": "a", "question": "Knee?", "reply": " Rest. ", "tags": ["knee", "adult"]},
        {"id": "b", "question": "Ear?", "reply": None},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = load_eval_set(path)
    assert (found.name, [i.id for i in found.items], [i.reply for i in found.items]) == (
        "set",
        ["a", "b"],
        ["Rest.", None],
    )
    assert found.items[0].tags == ("knee", "adult")
    assert found.hash == load_eval_set(path).hash != replace(found, items=found.items[:1]).hash


def test_a_sample_is_the_same_for_the_same_seed_and_in_the_files_order(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps({"id": n, "question": f"Knee {n}?"}) + "\n" for n in range(50)))
    first = [int(i.id) for i in load_eval_set(path, limit=10, seed=1).items]
    assert first == [int(i.id) for i in load_eval_set(path, limit=10, seed=1).items] == sorted(first)
    assert first != [int(i.id) for i in load_eval_set(path, limit=10, seed=2).items]
    assert len(load_eval_set(path, limit=100).items) == 50


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question": ""}, "line 2: The question is empty"),
        ({"question": "Knee?", "reply": 3}, "line 2: reply must"),
    ],
)
def test_a_set_with_a_bad_row_is_refused(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps({"question": "Ear?"}) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(BadInput, match=message):
        load_eval_set(path)


# Comparisons

MEASURES = (
    Measure("likeness", True, "more is better"),
    Measure("grade", False, "less is better"),
    Measure("length", None, "neither"),
    Measure("flags", True, "a rate", rate=True),
)


def arm(label: str, failed: int = 0, **values: list[float | None]) -> ArmRun:
    names = list(values)
    results = [
        ItemResult(f"i{n}", scores={name: Score(value) for name, value in zip(names, row, strict=True)})
        for n, row in enumerate(zip(*values.values(), strict=True))
    ]
    broken = [ItemResult(f"f{n}", failure="BadModelOutput: no") for n in range(failed)]
    return ArmRun(label, "offline", ("reply/v1@0",), {}, True, (*results, *broken))


def verdicts(first: ArmRun, second: ArmRun) -> dict[str, str]:
    return {line.measure.name: line.verdict for line in compare(first, second, MEASURES).lines}


def test_a_verdict_follows_the_measures_own_direction() -> None:
    low, high = [0.1, 0.2, 0.3, 0.2, 0.1, 0.3, 0.2, 0.1], [0.5, 0.6, 0.6, 0.4, 0.5, 0.7, 0.5, 0.6]
    one = arm("one", likeness=[*low], grade=[*high], length=[*low], flags=[0.0] * 8)
    two = arm("two", likeness=[*high], grade=[*low], length=[*high], flags=[1.0] * 8)
    assert verdicts(one, two) == {"likeness": "better", "grade": "better", "length": "different", "flags": "better"}
    assert verdicts(two, one) == {"likeness": "worse", "grade": "worse", "length": "different", "flags": "worse"}
    found = compare(one, two, MEASURES)
    line = found.lines[0]
    assert line.interval is not None
    assert line.interval.estimate == pytest.approx(sum(high) / 8 - sum(low) / 8)
    assert (
        found.sentence
        == "two against one: better on likeness, better on grade, different on length, better on flags."
    )
    assert comparison_table(found).rows[0][-1] == "better"


def test_an_arm_against_itself_shows_no_difference() -> None:
    values: list[float | None] = [0.1, 0.9, 0.4, 0.3, 0.8, 0.2, 0.6]
    one = arm("one", likeness=values, grade=values, length=values, flags=[1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    found = compare(one, replace(one, label="again"), MEASURES)
    assert {line.verdict for line in found.lines} == {"no clear difference"}
    assert found.sentence == "again against one: no clear difference."


def test_a_rate_is_called_only_when_the_exact_test_agrees() -> None:
    # Five of five discordant pairs: the bootstrap interval excludes zero, McNemar's p is 2/32.
    one = arm("one", flags=[*[0.0] * 5, *[1.0] * 5])
    two = arm("two", flags=[1.0] * 10)
    (line,) = compare(one, two, MEASURES[3:]).lines
    assert line.interval is not None
    assert (line.interval.p, line.interval.excludes_zero, line.verdict) == (2 / 32, True, "no clear difference")


def test_few_pairs_are_never_called_a_difference() -> None:
    one, two = arm("one", likeness=[0.1] * 5), arm("two", likeness=[0.9] * 5)
    assert compare(one, two, MEASURES[:1]).lines[0].verdict == "too few pairs"


def test_what_could_not_be_paired_is_said() -> None:
    one = arm("one", likeness=[0.1, None, 0.2, 0.3, 0.2, 0.1, 0.2, 0.4])
    two = arm("two", failed=2, likeness=[0.2, 0.5, None, 0.4, 0.1, 0.3, 0.2, 0.6])
    found = compare(one, two, MEASURES[:2])
    assert (found.lines[0].n, found.lines[0].unpaired) == (6, 2)
    assert (found.lines[1].n, found.lines[1].interval, found.lines[1].verdict) == (0, None, "too few pairs")
    assert found.notes == (
        "2 items stand in one arm only and were not paired.",
        "2 of 10 items failed in two and were not paired.",
    )


# Runs


@dataclass(frozen=True)
class Watched:
    """A model that passes everything on and keeps the requests; on a word of ``fails`` it says nonsense."""

    inner: ChatModel
    fails: str = "\0"
    requests: list[Request] = field(default_factory=list)
    name: str = "watched"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def complete(self, request: Request) -> Iterator[Partial | Outcome]:
        self.requests.append(request)
        if self.fails in request.question:
            yield Outcome("invalid", text="turtles", detail="The model's words are not a draft.")
        else:
            yield from self.inner.complete(request)


def watched(drafter: Drafter, fails: str = "\0") -> tuple[Drafter, list[Request]]:
    model = Watched(drafter.model, fails)
    return replace(drafter, model=model), model.requests


def evaluate(drafter: Drafter, *arms: Arm, eval_set: EvalSet = EVAL_SET) -> EvalRun:
    return run_evaluation(drafter.archive, eval_set, arms or make_arms(drafter), concurrency=4)


def test_every_item_is_drafted_and_scored_in_every_arm(small_drafter: Drafter) -> None:
    found = evaluate(small_drafter, Arm("five", small_drafter), Arm("two", replace(small_drafter, source_limit=2)))
    assert [a.label for a in found.arms] == ["five", "two"]
    for one in found.arms:
        assert [r.item_id for r in one.results] == [i.id for i in EVAL_SET.items]
        assert (one.failed, one.offline) == (0, True)
        assert all(set(r.scores) == {s.name for s in SCORERS} for r in one.results)
        assert all(r.question for r in one.results)
        # Without its own thread one question has no like among the sample's replies, and offline abstains.
        assert sum(not r.reply for r in one.results) <= 1
    assert found.arms[1].parameters["source_limit"] == 2
    assert found.set_hash == EVAL_SET.hash
    assert read_back(small_drafter, found.run_id) == found


def read_back(drafter: Drafter, run_id: str) -> EvalRun:
    return open_run(drafter.archive, run_id)


def test_the_same_arm_twice_is_drafted_twice_and_shows_no_difference(small_drafter: Drafter) -> None:
    drafter, requests = watched(small_drafter)
    arms = make_arms(drafter, prompts=[drafter.prompts.reply, drafter.prompts.reply])
    assert [a.label for a in arms] == [str(drafter.prompts.reply), f"{drafter.prompts.reply} #2"]
    found = evaluate(drafter, *arms)
    assert len(requests) == 2 * len(PAIRS)
    called = [
        line.measure.name
        for line in compare(found.arms[0], found.arms[1], found.measures).lines
        if line.verdict in {"better", "worse"}
    ]
    assert set(called) <= {"seconds"}


def test_a_run_that_failed_half_way_calls_only_for_what_is_missing(small_drafter: Drafter) -> None:
    drafter, requests = watched(small_drafter, fails="heel")
    found = evaluate(drafter)
    assert found.arms[0].failed == 1
    failed = found.arms[0].results[4]
    assert failed.failure == "BadModelOutput: The model's words are not a draft."
    assert not failed.scores
    assert len(found.arms[0].values("blocking_concerns")) == len(PAIRS) - 1

    again, requests = watched(small_drafter)
    found = evaluate(again)
    assert (len(requests), found.reused, found.arms[0].failed) == (1, len(PAIRS) - 1, 0)


def test_an_archive_that_has_grown_is_drafted_from_anew(small_drafter: Drafter) -> None:
    drafter, requests = watched(small_drafter)
    evaluate(drafter)
    new = Exchange(Question("My knee clicks and locks."), "A locked knee should be seen this week.")
    drafter.archive.add_exchanges([new])
    evaluate(drafter)
    assert len(requests) == 2 * len(PAIRS)


def test_the_doctors_own_reply_is_never_among_the_sources(small_drafter: Drafter) -> None:
    known = [exchange for _, exchange in small_drafter.archive.iter_exchanges()][:5]
    drafter, requests = watched(small_drafter)
    items = tuple(EvalItem(x.id, x.question, x.reply) for x in known)
    evaluate(drafter, eval_set=EvalSet("known", items))
    shown = {source.exchange.question.thread for request in requests for source in request.sources}
    asked = {x.question.thread for x in known}
    for request in requests:
        (own,) = (x.question.thread for x in known if x.question.body[:40] in request.question)
        assert own not in {source.exchange.question.thread for source in request.sources}
    assert shown - asked


def test_drafts_of_an_evaluation_do_not_reach_reviewers(small_drafter: Drafter) -> None:
    evaluate(small_drafter)
    assert all(small_drafter.archive.latest_draft(i.question.id) is None for i in EVAL_SET.items)


def test_prompts_and_models_make_arms_by_every_pair(small_drafter: Drafter, openai_server: OpenAIServer) -> None:
    other = replace(small_drafter.prompts.reply, version="v99", hash="f" * 16)
    served = open_model("openai:ok", base_url=openai_server.url, api_key="none")
    arms = make_arms(
        small_drafter, prompts=[small_drafter.prompts.reply, other], models=[small_drafter.model, served]
    )
    first = str(small_drafter.prompts.reply)
    assert [a.label for a in arms] == [
        f"{first} offline",
        f"{first} openai:ok",
        "reply/v99 offline",
        "reply/v99 openai:ok",
    ]
    assert arms[3].drafter.prompts.reply is other
    assert [a.label for a in make_arms(small_drafter)] == ["offline"]


def test_a_report_says_that_nothing_reads_the_prompts_without_a_model(small_drafter: Drafter) -> None:
    other = replace(small_drafter.prompts.reply, version="v99", hash="f" * 16)
    found = evaluate(small_drafter, *make_arms(small_drafter, prompts=[small_drafter.prompts.reply, other]))
    assert any("nothing reads the prompts" in sentence for sentence in notices(found))


def test_a_language_model_over_http_is_compared_with_none(
    small_drafter: Drafter, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    served = open_model("openai:ok", base_url=openai_server.url, api_key="none")
    found = evaluate(small_drafter, *make_arms(small_drafter, models=[small_drafter.model, served]))
    assert len(openai_server.requests) == len(PAIRS)
    assert [a.offline for a in found.arms] == [True, False]
    assert report_data(found)["notices"][0].startswith("No language model was used (offline)")
    write_html(found, tmp_path / "report.html")
    assert "No language model was used (offline)" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_an_unreachable_server_stops_the_run(small_drafter: Drafter) -> None:
    down = open_model("openai:ok", base_url="http://127.0.0.1:9/v1", api_key="none", max_retries=0, timeout=2)
    many = EvalSet("many", tuple(EvalItem(f"i{n}", Question(f"{PAIRS[0][0]} ({n})")) for n in range(30)))
    with pytest.raises(ModelUnavailable, match="10 times in a row"):
        evaluate(small_drafter, *make_arms(small_drafter, models=[down]), eval_set=many)


def test_arms_need_labels_of_their_own_and_a_set_needs_items(small_drafter: Drafter) -> None:
    with pytest.raises(BadInput, match="label of its own"):
        evaluate(small_drafter, Arm("a", small_drafter), Arm("a", small_drafter))
    with pytest.raises(BadInput, match="no items"):
        evaluate(small_drafter, eval_set=EvalSet("empty", ()))


def test_runs_are_compared_by_id_and_by_report_file(small_drafter: Drafter, tmp_path: Path) -> None:
    archive = small_drafter.archive
    both = evaluate(small_drafter, Arm("five", small_drafter), Arm("two", replace(small_drafter, source_limit=2)))
    single = evaluate(small_drafter, Arm("three", replace(small_drafter, source_limit=3)))
    report = tmp_path / "report #1.json"
    write_json(single, report)

    assert compare_named(archive, both.run_id).second == "two"
    assert compare_named(archive, f"{both.run_id}#two", str(report)).second == "three"
    other = evaluate(small_drafter, eval_set=EvalSet("fewer", EVAL_SET.items[:7]))
    assert "The sets differ" in compare_named(archive, single.run_id, other.run_id).notes[0]
    for first, second, message in (
        (both.run_id, single.run_id, r"has 2 arms \(five, two\): name one as"),
        (f"{both.run_id}#six", single.run_id, "name one as"),
        (single.run_id, None, "has 1 arms"),
    ):
        with pytest.raises(BadInput, match=message):
            compare_named(archive, first, second)
    with pytest.raises(ArchiveError):
        compare_named(archive, "e-unknown", single.run_id)
    report.write_text('{"hello": 1}')
    with pytest.raises(BadInput, match="not an evaluation report"):
        compare_named(archive, str(report), single.run_id)


# Reports


def some_run() -> EvalRun:
    one = arm("reply/v1", failed=1, likeness=[0.1, 0.2, 0.3, 0.2, 0.1, 0.3, 0.2])
    two = arm("reply/v2 <script>", failed=1, likeness=[0.4, 0.5, 0.3, 0.6, 0.4, 0.5, 0.7])
    first = replace(
        two.results[0], question="<img src=x onerror=alert(1)>", reply="<b>Rest</b>", concerns=("dose",)
    )
    two = replace(two, results=(first, *two.results[1:]))
    return EvalRun("e-1", "knees & ears", "abc", NOW, 1.5, 0, MEASURES[:2], (one, two))


def test_the_json_report_is_read_back_as_the_same_run(tmp_path: Path) -> None:
    write_json(some_run(), tmp_path / "report.json")
    with open_archive(f"sqlite:///{tmp_path / 'archive.db'}") as archive:
        assert open_run(archive, str(tmp_path / "report.json")) == some_run()
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["schema"] == "drafter-evaluation/1"
    assert data["comparisons"][0]["lines"][0]["verdict"] == "better"
    assert data["comparisons"][0]["lines"][1]["difference"] is None
    assert data["arms"][1]["concern_rates"][0]["code"] == "dose"
    assert data["arms"][0]["summaries"][1] == {
        "name": "grade",
        "n": 0,
        "unscored": 8,
        "mean": None,
        "low": None,
        "high": None,
    }


def test_the_html_report_escapes_every_text_and_asks_nothing_of_the_network() -> None:
    page = report_html(some_run())
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;b&gt;Rest&lt;/b&gt;" in page
    assert not re.search(r"""(?:src|href|url|@import)\s*[=(]""", page)
    assert "Better on likeness." in page
    assert "No language model was used" in page


def test_the_summary_table_counts_failures_and_says_unscored() -> None:
    table = summary_table(some_run())
    assert table.columns == ("", "reply/v1", "reply/v2 <script>")
    assert table.rows[0][0] == "likeness"
    assert table.rows[0][1].startswith("0.2 (0.1")
    assert table.rows[1][1:] == ("unscored", "unscored")
    assert table.rows[-1] == ("failed", "1 of 8", "1 of 8")


def test_marks_of_charts_stay_inside_the_picture() -> None:
    drawn = [b for b in bars([Interval(0.5, 0.2, 0.9), None, Interval(-0.5, -0.7, 0.1)]) if b]
    assert len(drawn) == 2
    assert all(0 <= x <= WIDTH for b in drawn for x in (b.start, b.end, b.low, b.high))
    assert drawn[0].start == drawn[1].start
    found = strip([n / 1000 - 0.3 for n in range(1000)], Interval(0.2, 0.18, 0.22))
    assert len(found.dots) + found.left_out == 1000
    assert all(0 <= x <= WIDTH for x, _ in found.dots)
    assert found.zero < found.low < found.mean < found.high
    flat = strip([0.0, 0.0], Interval(0.0, 0.0, 0.0))
    assert flat.zero == flat.low == flat.mean == flat.high == WIDTH / 2
