"""Putting rankings together by their scores.

Weighted score fusion after min-max scaling; reciprocal rank fusion, which throws the distances between scores
away, was worse on every set it was tried on.
"""

from collections.abc import Mapping, Sequence

Scores = Mapping[str, float]


def best(scores: Scores, count: int) -> dict[str, float]:
    """The ``count`` highest; equal scores in the order of their ids, so that runs agree."""
    order = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return dict(order[:count])


def scaled(scores: Scores) -> dict[str, float]:
    """Scores on 0 to 1, lowest to highest; all 1 where they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {i: (score - low) / (high - low) if high > low else 1.0 for i, score in scores.items()}


def fused(rankings: Sequence[tuple[float, Scores]]) -> dict[str, float]:
    """Weighted mean of the scaled scores, 0 to 1; absent from a ranking counts as its lowest score."""
    total: dict[str, float] = {}
    for weight, scores in rankings:
        for i, score in scaled(scores).items():
            total[i] = total.get(i, 0.0) + weight * score
    whole = sum(weight for weight, scores in rankings if scores)
    return {i: score / whole for i, score in total.items()}
