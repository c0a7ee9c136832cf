"""What decides whether a draft is withheld: what the operator set, and what ``drafter calibrate`` found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from drafter.abstaining.nearness import Group, Scale, group_of
from drafter.abstaining.safety import safety_version
from drafter.domain import Language


@dataclass(frozen=True)
class Kept:
    """Of the held-out questions the ``coverage`` share (0 to 1) with the nearest past replies: from which nearness
    on, and how like the nearest reply is to the doctor's own in the mean (a cosine on the threshold's scale)."""

    coverage: float
    least: float
    likeness: float


@dataclass(frozen=True)
class Threshold:
    """``least`` is the nearness below which the past replies are too far. ``refused`` of the ``questions`` held out
    fall below the threshold that the other half of them gives; ``off_topic_refused`` of ``off_topic`` invented
    questions about other matters fall below it."""

    scale: Scale
    least: float
    questions: int
    refused: int
    off_topic: int
    off_topic_refused: int
    curve: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class Calibration:
    """What ``drafter calibrate`` found in one archive with one embedder. ``refuse`` is the share of held-out
    questions, 0 to 1, that may fall below a threshold."""

    embedder: str
    index_build: str
    created_at: datetime
    exchanges: int
    refuse: float
    thresholds: Mapping[Group, Threshold] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """When nothing is drafted. Without a calibration, or with one of another embedder, no past reply is too far."""

    languages: frozenset[Language] = frozenset(get_args(Language))
    emergency_number: str | None = None
    crisis_line: str | None = None
    calibration: Calibration | None = None

    def threshold(self, language: Language, embedder: str) -> Threshold | None:
        """Of this language, where it was found with this embedder."""
        if self.calibration is None or self.calibration.embedder != embedder:
            return None
        return self.calibration.thresholds.get(group_of(language))

    def parameters(self, embedder: str) -> dict[str, Any]:
        """What decides which questions get no draft, for a draft's provenance."""
        thresholds = self.calibration.thresholds if self.calibration else {}
        used = self.calibration is not None and self.calibration.embedder == embedder
        return {
            "languages": sorted(self.languages),
            "emergency_number": self.emergency_number,
            "crisis_line": self.crisis_line,
            "safety_text": safety_version(),
            "least_nearness": {group: one.least for group, one in sorted(thresholds.items())} if used else {},
        }
