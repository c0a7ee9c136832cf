"""The red-flag pack (redflags.yaml), read once: what may be said and in which ways, and the categories' rules."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from drafter.domain import Disposition
from drafter.screening.folding import fold
from drafter.screening.measurements import READERS
from drafter.screening.phrases import Phrases, expression

Term = tuple[str, ...]
"""Names of concepts of which one is enough."""


@dataclass(frozen=True)
class Rule:
    """All terms of ``near`` near each other, the first being the sign itself; the others in its context."""

    near: tuple[Term, ...]
    anywhere: tuple[Term, ...]
    anywhere_now: tuple[Term, ...]
    unless: Term

    @property
    def names(self) -> set[str]:
        return {name for term in (*self.near, *self.anywhere, *self.anywhere_now, self.unless) for name in term}


@dataclass(frozen=True)
class Category:
    """One kind of emergency. ``means`` says what counts; ``shown_denied`` are concepts whose denial the reviewer
    should see, ``ordinary`` numbers that speak against it."""

    name: str
    label: str
    means: str
    disposition: Disposition
    rules: tuple[Rule, ...]
    shown_denied: tuple[str, ...]
    ordinary: Term = ()

    @property
    def gravest(self) -> bool:
        """An ambulance or a life is at stake: what takes a sign back may only make it less, never hide it."""
        return self.disposition in ("E0", "S")


@dataclass(frozen=True)
class Pack:
    """``readers`` are readers of numbers by the concept that they belong to."""

    phrases: Phrases
    readers: dict[str, tuple[str, ...]]
    categories: dict[str, Category]


@cache
def pack() -> Pack:
    """Raises ValueError when a rule names a concept that is not defined."""
    raw = yaml.load(files(__package__).joinpath("redflags.yaml").read_bytes(), yaml.CSafeLoader)
    concepts: dict[str, list[str]] = raw["concepts"]
    ways = [
        (name, expression(way, raw["words"], fold))
        for name, ways in concepts.items()
        for way in ways
        if way not in READERS
    ]
    readers = {name: tuple(way for way in ways if way in READERS) for name, ways in concepts.items()}
    readers |= {name: (name,) for name in READERS}
    categories = {name: _category(name, entry) for name, entry in raw["categories"].items()}
    unknown = {name for one in categories.values() for rule in one.rules for name in rule.names} - readers.keys()
    if unknown:
        raise ValueError(f"the red-flag pack names unknown concepts: {', '.join(sorted(unknown))}")
    return Pack(Phrases(ways), readers, categories)


def _category(name: str, entry: dict[str, Any]) -> Category:
    return Category(
        name,
        entry["label"],
        entry["means"],
        entry["disposition"],
        tuple(_rule(line) for line in entry["rules"]),
        tuple(entry["shown_denied"]),
        tuple(entry.get("ordinary", ())),
    )


def _rule(line: str) -> Rule:
    parts: dict[str, list[Term]] = {"+": [], "@": [], "&": [], "!": []}
    kind = "+"
    for word in line.split():
        if word in parts:
            kind = word
        else:
            parts[kind].append(tuple(word.split("|")))
    unless = tuple(name for term in parts["!"] for name in term)
    return Rule(tuple(parts["+"]), tuple(parts["@"]), tuple(parts["&"]), unless)
