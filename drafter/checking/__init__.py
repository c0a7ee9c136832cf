"""What a careful colleague would notice in a draft: each check is a function from a draft to concerns."""

from drafter.checking.checks import CHECKS, Check, check
from drafter.checking.editing import own_words, with_texts

__all__ = ["CHECKS", "Check", "check", "own_words", "with_texts"]
