"""What the processes are to do, what they share, and the texts they are given: all of it invented."""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drafter.domain import Clinician

DRAFTER = [sys.executable, "-m", "drafter"]
SECOND = 1.0
"""An approval may be stale so long."""
SOURCES = 5
IMPORTED = 50
"""Exchanges in a file."""
DOCTOR = Clinician("Dr. Ines Invented", "Orthopedics", "Sample Hospital")
SYLLABLES = [first + second for first in "bdfgklmnprtvz" for second in "aiou"]
PLACES = (
    "knee",
    "heel",
    "shoulder",
    "wrist",
    "neck",
    "lower back",
    "ear",
    "elbow",
    "hip",
    "left ankle",
    "jaw",
    "thumb",
)
TROUBLES = ("hurts", "is stiff", "tingles", "feels numb", "is swollen", "itches", "burns", "clicks", "is tender")
WHEN = (
    "when I climb stairs",
    "after a long walk",
    "in the morning",
    "at night",
    "since I moved house",
    "after work",
)
ASKED = ("Should I rest it?", "Is it worth a visit?", "Which exercise is good?", "May I go on running?")
ADVICE = (
    "Rest it for a week and then begin again slowly.",
    "Cold packs of ten minutes are enough at first.",
    "A scan is rarely needed so early.",
    "Stretch it gently, three times a day.",
    "Good shoes with a soft sole take the load off.",
    "If it has not settled within six weeks, see your family doctor.",
    "Swimming is kinder to it than running.",
    "Raise it in the evening so that the swelling can go down.",
    "A bandage does no harm but does not heal it either.",
    "Change the height of your chair and your screen.",
    "Such complaints mostly pass by themselves.",
    "Sleep on the other side for some nights.",
)


def rare_word(kind: str, number: int) -> str:
    """One that stands in no other text."""
    rng = random.Random(f"{kind} {number}")
    return "".join(rng.choices(SYLLABLES, k=5)) + SYLLABLES[number % len(SYLLABLES)]


def invented(kind: str, number: int) -> tuple[str, str]:
    """A question and its reply."""
    rng = random.Random(f"text {kind} {number}")
    word = rare_word(kind, number)
    place, trouble, when, asked = (rng.choice(of) for of in (PLACES, TROUBLES, WHEN, ASKED))
    question = f"My {place} {trouble} {when}, and a neighbour calls that {word}. {asked}"
    return question, f"Against {word}: {' '.join(rng.sample(ADVICE, rng.randint(2, 5)))}"


@dataclass(frozen=True)
class Plan:
    """All but ``pause`` that is in seconds is varied by a third. ``command_every`` is each reader's own."""

    minutes: float = 10.0
    readers: int = 8
    kills: int = 50
    seed: int = 1
    import_every: float = 5.0
    approve_every: float = 1.0
    build_every: float = 2.0
    command_every: float = 60.0
    pause: float = 0.0
    start_with: int = 500


@dataclass(frozen=True)
class Place:
    """What the processes share outside of DRAFTER_HOME."""

    folder: Path

    @property
    def approvals(self) -> Path:
        return self.folder / "approvals.jsonl"

    @property
    def stop(self) -> Path:
        return self.folder / "stop"

    def notes(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """What each reader process wrote, by its name, and how it ended."""
        for path in sorted(self.folder.glob("reader-*.jsonl")):
            end = path.with_suffix(".ended")
            yield path.stem, rows(path.read_text()) + rows(end.read_text() if end.exists() else "")


def rows(text: str) -> list[dict[str, Any]]:
    """Of JSON Lines; a last line cut off by a kill is left out."""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def varied(rng: random.Random, seconds: float) -> float:
    return rng.uniform(2 / 3, 4 / 3) * seconds
