"""When no model is asked: sources too far, a question out of scope, orders to a model, an emergency.

Every reason is a sentence for the clinician, with the nearest past replies and what to ask back beside it; for an
emergency a fixed text stands in place of a draft. "Draft anyway" skips all of it.
"""

from drafter.abstaining.policy import Calibration, Kept, Policy, Threshold
from drafter.abstaining.reasons import Withheld, at_sight, by_sources
from drafter.abstaining.safety import first_sentence, safety_reply, safety_version

__all__ = [
    "Calibration",
    "Kept",
    "Policy",
    "Threshold",
    "Withheld",
    "at_sight",
    "by_sources",
    "first_sentence",
    "safety_reply",
    "safety_version",
]
