"""The weights of the two rankings, fitted to an archive of one's own.

A larger ranker (LightGBM on ten scores) was worse than these weights on kinds of questions it was not trained on:
docs/decisions.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

from drafter.domain import Exchange
from drafter.errors import BadInput
from drafter.evaluation.retrieval.measuring import DEFAULT, Progress, drafter_system
from drafter.evaluation.retrieval.running import Run, run_system
from drafter.evaluation.retrieval.sets import Item
from drafter.evaluation.retrieval.tasks import own_reply_task, sampled
from drafter.evaluation.statistics import Interval, bootstrap_mean
from vectorstore import Embedder, Ranking, chinese_share

LEXICAL_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 4.0, 8.0)
MEASURE = "ndcg@10"
FEWEST = 40
"""Questions without which nothing is fitted: half of them judge, and fewer cannot."""


@dataclass(frozen=True)
class Training:
    """``gain`` is how much nDCG@10 the fitted ranking gains on the default one, on the ``judged_by`` questions it
    was not fitted to, with its 95 % paired bootstrap interval."""

    ranking: Ranking
    fitted_to: int
    judged_by: int
    gain: Interval

    @property
    def better(self) -> bool:
        return self.gain.low > 0


def train(exchanges: Sequence[Exchange], embedder: Embedder, *, limit: int, progress: Progress) -> Training:
    """Fits the lexical weights so that held-out questions find their own replies, at most ``limit`` of them; every
    second question is kept to judge by. ``progress`` is told how many exchanges are indexed, then how many
    questions a weight is done with.

    Raises:
        BadInput: there are fewer than 40 questions.
        IndexUnusable: the index cannot be built or searched.
    """
    items = [_item(exchange) for exchange in exchanges if exchange.reply]
    if len(items) < FEWEST:
        raise BadInput(f"The archive has {len(items)} past replies: at least {FEWEST} are needed to fit weights.")
    task = sampled(own_reply_task(items, items, "both"), limit)
    rankings = {str(weight): _weighted(weight) for weight in LEXICAL_WEIGHTS} | {DEFAULT: Ranking()}
    runs = run_system(drafter_system(embedder, rankings), task, indexing=progress, searching=progress)
    foreign = [not embedder.reads_chinese and chinese_share(query.text) > 0.5 for query in task.queries]
    fits = [n % 2 == 0 for n in range(len(task.queries))]
    english = _best(runs, [fit and not of for fit, of in zip(fits, foreign, strict=True)], Ranking().lexical)
    chinese = _best(runs, [fit and of for fit, of in zip(fits, foreign, strict=True)], Ranking().lexical_foreign)
    values = {run.name: run.values[MEASURE] for run in runs}
    fitted = [values[str(chinese if of else english)][n] for n, of in enumerate(foreign)]
    gains = [new - old for new, old in zip(fitted, values[DEFAULT], strict=True)]
    judged = [gain for gain, fit in zip(gains, fits, strict=True) if not fit]
    ranking = replace(Ranking(), lexical=english, lexical_foreign=chinese)
    return Training(ranking, len(fits) - len(judged), len(judged), bootstrap_mean(judged))


def _weighted(weight: float) -> Ranking:
    return replace(Ranking(), lexical=weight, lexical_foreign=weight)


def _best(runs: Sequence[Run], these: Sequence[bool], default: float) -> float:
    """The weight with the highest mean over some questions, the smallest of equal ones; ``default`` without any."""
    if not any(these):
        return default
    means = {run.name: sum(compress(run.values[MEASURE], these)) for run in runs if run.name != DEFAULT}
    return float(max(means, key=lambda name: means[name]))


def _item(exchange: Exchange) -> Item:
    question = exchange.question
    return Item(exchange.id, exchange.id, question.title, question.body, exchange.reply, frozenset(), exchange)
