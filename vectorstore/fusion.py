"""Putting rankings together by their scores.

Weighted score fusion after min-max scaling; reciprocal rank fusion, which throws the distances between scores
away, was worse on every set it was tried on.
"""

from collections.abc import Mapping

from vectorstore.values import Match, Part

Scores = Mapping[str, float]


def best(scores: Scores, count: int) -> dict[str, float]:
    """The ``count`` highest, best first; equal scores in the order of their ids, so that runs agree."""
    order = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return dict(order[:count])


def scaled(scores: Scores) -> dict[str, float]:
    """Scores on 0 to 1, lowest to highest; all 1 where they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {i: (score - low) / (high - low) if high > low else 1.0 for i, score in scores.items()}


def fused(rankings: Mapping[str, tuple[float, Scores]], count: int) -> tuple[Match, ...]:
    """The ``count`` best by the weighted mean of the scaled scores, from rankings by name as (weight, scores),
    each in order, best first; absent from a ranking counts as its lowest score. One of no weight finds nothing."""
    counting = {name: of for name, of in rankings.items() if of[0] and of[1]}
    whole = sum(weight for weight, _ in counting.values())
    parts: dict[str, dict[str, Part]] = {}
    for name, (weight, scores) in counting.items():
        shares = scaled(scores)
        for rank, (i, score) in enumerate(scores.items(), start=1):
            parts.setdefault(i, {})[name] = Part(score, rank, weight * shares[i] / whole)
    total = {i: sum(part.share for part in of.values()) for i, of in parts.items()}
    return tuple(Match(i, score, parts[i]) for i, score in best(total, count).items())
