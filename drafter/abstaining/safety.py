"""The fixed texts for emergencies (safety.toml): which one, to whom, with which numbers."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from drafter.domain import Disposition, RedFlag, Reply, Screening, Sentence

_ABUSE = "abuse"
"""The category of the red-flag pack whose safety path has words of its own."""
_MOST_OF_THREE = 2
"""Sentences of each text when all three are due: the first ones name the help, and a long reply is not read."""
_GRAVEST: tuple[Disposition, ...] = ("E0", "S")


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("safety.toml").read_text(encoding="utf-8"))


def safety_version() -> str:
    """The version of the fixed texts, for a draft's provenance."""
    return str(_texts()["version"])


def gravest_flags(screening: Screening) -> tuple[RedFlag, ...]:
    """The present signs for which an ambulance or a crisis line is due. What the statistical layer alone noticed is
    a reason to look, not to withhold a draft."""
    return tuple(flag for flag in _certain(screening) if flag.disposition in _GRAVEST)


def safety_reply(screening: Screening, *, number: str | None = None, line: str | None = None) -> Reply:
    """The fixed reply to a question with such signs; "call an ambulance" stands before the safety path's words.

    ``number`` is the ambulance's, ``line`` a crisis line's; without them help is named and not its number. Signs of
    lesser urgency and lethal means need no words of their own: each text names an emergency department.
    """
    flags = gravest_flags(screening)
    kinds = dict.fromkeys("E0" if flag.disposition == "E0" else _path(flag) for flag in flags) or {"S": None}
    most = None if len(kinds) < 3 else _MOST_OF_THREE
    said = [text for kind in sorted(kinds) for text in _sentences(screening, kind, number, line)[:most]]
    sentences = tuple(Sentence(text, kind="safety_net") for text in dict.fromkeys(said))
    return Reply(sentences, salutation=_texts()[screening.language]["salutation"])


def first_sentence(screening: Screening) -> str:
    """What a draft without a language model begins with because of a present sign for the emergency department;
    empty without one."""
    due = any(flag.disposition == "E1" for flag in _certain(screening))
    return _sentences(screening, "E1", None, None)[0] if due else ""


def _certain(screening: Screening) -> Sequence[RedFlag]:
    return [flag for flag in screening.red_flags if flag.assertion == "present" and flag.layer != "statistical"]


def _path(flag: RedFlag) -> str:
    return _ABUSE if flag.category == _ABUSE else "S"


def _sentences(screening: Screening, kind: str, number: str | None, line: str | None) -> list[str]:
    words = _texts()[screening.language]
    whom = "self" if screening.patient.relation == "self" else "other"
    filled = {
        "number": words["number"].format(number=number) if number else "",
        "line": words["line"].format(line=line) if line else "",
    }
    return [text.format(**filled) for text in words[kind][whom]]
