"""The mixture of faults of the loopback server's model ``faults-SEED``: how every second call of a bad day goes."""

import random

MIXTURE = {
    "ok": 40, "fenced": 4, "no-usage": 2,
    "429": 5, "500": 5, "drop": 4, "error-midway": 4, "unfinished": 4, "html": 3, "context": 3,
    "hang": 3, "hang-midway": 3, "truncated": 4, "badjson": 4, "wrongtype": 4,
    "interrupted": 3, "no-events": 2, "refusal": 3, "prose": 3, "filter": 3, "azure-filter": 3, "empty": 3,
}  # fmt: skip
"""How often each behaviour comes, in relation to the others."""
COMPLETE = frozenset({"ok", "fenced", "no-usage"})
"""The behaviours that end with a whole draft."""


def drawn(model: str, question: str, calls: int) -> str:
    """The behaviour for a question that was asked ``calls`` times before: the same in every run, in any order. For
    one question in four it is the same for every call, so that no retry helps."""
    stubborn = random.Random(f"{model} {question}").random() < 0.25
    rng = random.Random(f"{model} {question} {0 if stubborn else calls}")
    return rng.choices(list(MIXTURE), list(MIXTURE.values()))[0]
