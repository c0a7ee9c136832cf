"""What a careful colleague would notice in a draft: each check is a function from a draft to concerns."""

from drafter.checking.checks import CHECKS, Check, check
from drafter.checking.editing import with_texts

__all__ = ["CHECKS", "Check", "check", "with_texts"]
