"""The parts of a plan that a text names: referrals, examinations, treatments, medicines."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class PlanItem:
    """``name`` is how the reviewer is told; ``kind`` is referral, examination, treatment or drug."""

    kind: str
    name: str


@cache
def _items() -> tuple[tuple[PlanItem, re.Pattern[str]], ...]:
    raw = tomllib.loads(files("drafter.checking").joinpath("plan.toml").read_text("utf-8"))
    return tuple(
        (PlanItem(kind, name), re.compile(rf"(?<![a-z])(?:{ways})", re.IGNORECASE))
        for kind, items in raw.items()
        for name, ways in items.items()
    )


@lru_cache(maxsize=4096)
def plan_items_in(text: str) -> tuple[PlanItem, ...]:
    """In the order of the list, each once."""
    return tuple(item for item, pattern in _items() if pattern.search(text))


def drugs_in(text: str) -> frozenset[str]:
    return frozenset(item.name for item in plan_items_in(text) if item.kind == "drug")
