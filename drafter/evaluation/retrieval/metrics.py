"""Measures of one ranking, each 0 to 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

MEASURES = ("ndcg@10", "map@10", "mrr@10", "recall@1", "recall@5", "recall@10", "judged@10")
_CUT = 10


@dataclass(frozen=True)
class Judgements:
    """What is known about one query's documents.

    ``gains`` holds the judged ones, 0 for a useless one; ``relevant`` those that count in the measures that know
    only relevant or not. ``complete``: a document without a gain is known to be useless.
    """

    gains: Mapping[str, float]
    relevant: frozenset[str]
    complete: bool = False

    def judged(self, document: str) -> bool:
        return self.complete or document in self.gains


def measures(ranking: Sequence[str], known: Judgements) -> dict[str, float]:
    """Every one of ``MEASURES`` for the documents of ``ranking``, best first, none twice.

    * ndcg@10: discounted gain over that of the best order of all judged documents (Järvelin and Kekäläinen 2002;
      linear gain, discount log2(rank + 1), as trec_eval has it).
    * map@10: sum of the precision at each relevant document of the first ten, over the number of all relevant
      documents (trec_eval's map_cut_10; with more than ten of them it cannot reach 1).
    * mrr@10: one over the rank of the first relevant document, 0 below the tenth.
    * recall@k: share of all relevant documents among the first k.
    * judged@10: share of the first ten that were judged.

    An unjudged document counts as a useless one.
    """
    top = ranking[:_CUT]
    hits = [document in known.relevant for document in top]
    ranks = [rank for rank, hit in enumerate(hits, start=1) if hit]
    all_relevant = len(known.relevant) or 1
    ideal = _discounted(sorted(known.gains.values(), reverse=True)[:_CUT])
    return {
        "ndcg@10": _discounted([known.gains.get(document, 0.0) for document in top]) / ideal if ideal else 0.0,
        "map@10": sum(n / rank for n, rank in enumerate(ranks, start=1)) / all_relevant,
        "mrr@10": 1 / ranks[0] if ranks else 0.0,
        **{f"recall@{k}": sum(hits[:k]) / all_relevant for k in (1, 5, 10)},
        "judged@10": sum(map(known.judged, top)) / len(top) if top else 0.0,
    }


def condensed(ranking: Sequence[str], known: Judgements) -> list[str]:
    """The ranking without its unjudged documents (Sakai 2007): fairer to a system that was not in the pool when
    documents were judged. Cut only afterwards, so the ranking must be deep."""
    return [document for document in ranking if known.judged(document)]


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
