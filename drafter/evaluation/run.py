"""An evaluation run: every item through every arm, each the real Drafter, resumed from the archive."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from itertools import product
from typing import Any, Literal
from uuid import uuid4

from pydantic import TypeAdapter

import drafter as package
from drafter.archive import Archive
from drafter.batch import DOWN_AFTER, Clock, Progress, draft_or_failure, fingerprint, utc_now, work_off
from drafter.chat import ChatModel
from drafter.domain import Draft, Failure, PromptVersion, content_hash
from drafter.drafting import Drafter
from drafter.errors import BadInput, ModelUnavailable
from drafter.evaluation.eval_set import EvalItem, EvalSet
from drafter.evaluation.scorers import SCORERS, Measure, Score
from drafter.text import excerpt


@dataclass(frozen=True)
class Arm:
    """One way of drafting under test."""

    label: str
    drafter: Drafter


@dataclass(frozen=True)
class ItemResult:
    """One item in one arm. A failed one has ``failure`` and no scores. ``question`` is an excerpt with identifiers
    masked, empty for a failure; ``concerns`` are the codes of the draft's."""

    item_id: str
    question: str = ""
    reply: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)
    concerns: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True)
class ArmRun:
    """What one arm did. ``prompts`` are ``name/version@hash``."""

    label: str
    model: str
    prompts: tuple[str, ...]
    parameters: Mapping[str, Any]
    offline: bool
    results: tuple[ItemResult, ...]

    @property
    def failed(self) -> int:
        return sum(bool(result.failure) for result in self.results)

    def values(self, scorer: str) -> dict[str, float]:
        """The scorer's numbers by item; failed and unscored items are not among them."""
        found = ((r.item_id, r.scores[scorer].value) for r in self.results if scorer in r.scores)
        return {item_id: value for item_id, value in found if value is not None}


@dataclass(frozen=True)
class EvalRun:
    """One pass over a set. ``reused`` of the drafts were made by an earlier, stopped or equal run."""

    run_id: str
    set_name: str
    set_hash: str
    created_at: datetime
    seconds: float
    reused: int
    measures: tuple[Measure, ...]
    arms: tuple[ArmRun, ...]


def make_arms(
    drafter: Drafter, *, prompts: Sequence[PromptVersion] = (), models: Sequence[ChatModel] = ()
) -> tuple[Arm, ...]:
    """Every prompt version with every model; ``drafter`` as it is for what is not given. The same one twice makes
    two arms, which tells how much chance alone does."""
    pairs = product(prompts or (None,), models or (drafter.model,))
    named: list[Arm] = []
    for version, model in pairs:
        words = drafter.prompts.with_version(version) if version else drafter.prompts
        parts = [str(version)] if version else []
        if len(models) > 1 or not parts:
            parts.append(model.name)
        label = " ".join(parts)
        again = sum(arm.label.partition(" #")[0] == label for arm in named)
        named.append(Arm(f"{label} #{again + 1}" if again else label, replace(drafter, prompts=words, model=model)))
    return tuple(named)


def run_evaluation(
    archive: Archive,
    eval_set: EvalSet,
    arms: Sequence[Arm],
    *,
    concurrency: int = 8,
    clock: Clock = utc_now,
    progress: Callable[[Progress], None] | None = None,
) -> EvalRun:
    """Draft every item in every arm, score the drafts, and keep the run in ``archive``.

    Replies to an item's very own question are left out of its sources. A draft made before for the same item,
    prompts, model, parameters, archive and version of Drafter is scored again instead of made again, so that a
    stopped run goes on where it stopped. The arms take turns, so that a slow hour of a server hits them alike.

    Raises:
        BadInput: no items, no arms, or two arms of the same label.
        ModelUnavailable: the model's server could not be reached several times in a row; what is done is kept.
        DrafterError: what would fail every item (archive, index).
    """
    _check(eval_set, arms)
    begun, created_at, run_id = time.monotonic(), clock(), f"e-{uuid4().hex[:16]}"
    keys = _arm_keys(arms, archive)
    jobs = (
        partial(
            _result,
            archive,
            arm,
            item,
            key=content_hash(key, item.id, item.question.id),
            run_id=run_id,
            clock=clock,
        )
        for item in eval_set.items
        for arm, key in zip(arms, keys, strict=True)
    )
    total, tally = len(eval_set.items) * len(arms), Counter[str]()
    found: dict[tuple[str, str], ItemResult] = {}
    for label, result, kind in _until_unreachable(work_off(jobs, concurrency=concurrency)):
        found[label, result.item_id] = result
        tally[kind] += 1
        if progress:
            seconds = time.monotonic() - begun
            progress(Progress(total, tally["done"], tally["reused"], tally["failed"], seconds))
    run = EvalRun(
        run_id=run_id,
        set_name=eval_set.name,
        set_hash=eval_set.hash,
        created_at=created_at,
        seconds=time.monotonic() - begun,
        reused=tally["reused"],
        measures=tuple(scorer.measure for scorer in SCORERS),
        arms=tuple(_arm_run(arm, [found[arm.label, item.id] for item in eval_set.items]) for arm in arms),
    )
    archive.save_evaluation(run_id, label=eval_set.name, created_at=created_at, report=run_data(run))
    return run


def run_data(run: EvalRun) -> dict[str, Any]:
    """``run`` in JSON values."""
    data: dict[str, Any] = _runs().dump_python(run, mode="json")
    return data


def read_run(data: Any) -> EvalRun:
    """The run that ``run_data`` or a JSON report holds. Raises ``pydantic.ValidationError``."""
    return _runs().validate_python(data)


@cache
def _runs() -> TypeAdapter[EvalRun]:
    return TypeAdapter(EvalRun)


@cache
def _drafts() -> TypeAdapter[Draft]:
    return TypeAdapter(Draft)


def _check(eval_set: EvalSet, arms: Sequence[Arm]) -> None:
    if not eval_set.items:
        raise BadInput(f"The evaluation set {eval_set.name} has no items.")
    labels = Counter(arm.label for arm in arms)
    if not arms or max(labels.values()) > 1:
        raise BadInput("An evaluation needs at least one arm, each with a label of its own.")


def _arm_keys(arms: Sequence[Arm], archive: Archive) -> list[str]:
    """What decides an arm's drafts beside the item. Equal arms get keys of their own: repeats are real ones."""
    marks = [fingerprint(arm.drafter) for arm in arms]
    held = content_hash(archive.last_sequence(), *archive.superseded_ids())
    return [content_hash(mark, marks[:n].count(mark), held, package.__version__) for n, mark in enumerate(marks)]


_Kind = Literal["done", "reused", "failed"]
_Finished = tuple[str, ItemResult, _Kind]


def _result(archive: Archive, arm: Arm, item: EvalItem, *, key: str, run_id: str, clock: Clock) -> _Finished:
    kept = archive.evaluation_result(key)
    if kept is not None:
        return arm.label, _scored(item, _drafts().validate_python(kept["draft"])), "reused"
    drafter = replace(arm.drafter, leave_out_own_thread=True, keep=False)
    draft = draft_or_failure(drafter, item.question, clock)
    if isinstance(draft, Failure):
        return arm.label, ItemResult(item.id, failure=f"{draft.kind}: {draft.message}"), "failed"
    archive.record_evaluation_result(key, run_id, {"draft": _drafts().dump_python(draft, mode="json")})
    return arm.label, _scored(item, draft), "done"


def _scored(item: EvalItem, draft: Draft) -> ItemResult:
    return ItemResult(
        item.id,
        excerpt(draft.screening.text),
        draft.reply.text,
        {scorer.name: scorer.score(item, draft) for scorer in SCORERS},
        tuple(concern.code for concern in draft.concerns),
    )


def _until_unreachable(results: Iterator[_Finished]) -> Iterator[_Finished]:
    unanswered = 0
    for finished in results:
        down = finished[1].failure.startswith(f"{ModelUnavailable.__name__}: ")
        unanswered = unanswered + 1 if down else 0
        if unanswered >= DOWN_AFTER:
            raise ModelUnavailable(
                f"The model's server could not be reached {DOWN_AFTER} times in a row, so the evaluation stopped: "
                f"{finished[1].failure.partition(': ')[2]} The same command again goes on where it stopped."
            )
        yield finished


def _arm_run(arm: Arm, results: Sequence[ItemResult]) -> ArmRun:
    model = arm.drafter.model
    return ArmRun(
        arm.label,
        model.name,
        arm.drafter.prompts.names,
        arm.drafter.parameters,
        model.name == "offline",
        tuple(results),
    )
