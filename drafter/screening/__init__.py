"""What a careful colleague would notice in a question before anything leaves the machine."""

from drafter.screening.masking import deidentify
from drafter.screening.question import screen

__all__ = ["deidentify", "screen"]
