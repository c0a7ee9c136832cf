"""What to ask back when nothing is drafted: by rule, what the question does not say and its topic needs."""

import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from drafter.abstaining.scope import Reason
from drafter.domain import Screening
from drafter.screening.folding import fold

MOST_TO_ASK = 3
_ORDER = ("since", "age", "pregnancy", "fever", "results", "medicines", "illness")
_FIRST: dict[Reason, str] = {"image": "shown", "values": "why", "not_medical": "health"}
_NOTHING: frozenset[Reason] = frozenset(("certificate", "legal", "record", "lethal", "language"))
"""Reasons that no answer of the asker's would take away."""
_CHILDBEARING = range(12, 56)
"""Years of age."""


@cache
def _asking() -> dict[str, Any]:
    raw = tomllib.loads(files(__package__).joinpath("asking.toml").read_text(encoding="utf-8"))
    compiled = {
        table: {name: re.compile("|".join(ways)) for name, ways in raw[table].items()}
        for table in ("known", "topics")
    }
    return raw | compiled


def to_ask(screening: Screening, reasons: Collection[Reason] = ()) -> tuple[str, ...]:
    """At most three questions to the asker, in the question's language, the most useful first. ``reasons`` are the
    ways in which it is out of scope."""
    if _NOTHING & set(reasons):
        return ()
    first = [_FIRST[reason] for reason in reasons if reason in _FIRST]
    names = ["health"] if "health" in first else [*first, *_open(screening)]
    whom = "self" if screening.patient.relation == "self" else "other"
    return tuple(_asking()[screening.language][name][whom] for name in names[:MOST_TO_ASK])


def _open(screening: Screening) -> Iterator[str]:
    asking, text = _asking(), fold(screening.text)
    for name in _ORDER:
        known, topic = asking["known"].get(name), asking["topics"].get(name)
        said = known.search(text) if known else screening.patient.age and screening.patient.sex
        fits = name != "pregnancy" or _may_be_pregnant(screening)
        if not said and fits and (topic is None or topic.search(text)):
            yield name


def _may_be_pregnant(screening: Screening) -> bool:
    """Whether it is worth asking: a woman who is not known to be too young or too old."""
    patient = screening.patient
    if patient.sex != "female" or patient.pregnant:
        return False
    number = re.search(r"\d+", patient.age or "")
    in_years = number is not None and not (patient.age or "").endswith(("days", "weeks", "months"))
    return patient.age is None or (in_years and number is not None and int(number[0]) in _CHILDBEARING)
