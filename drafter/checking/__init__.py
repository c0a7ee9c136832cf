"""What a careful colleague would notice in a draft: each check is a function from a draft to concerns."""

from drafter.checking.checks import CHECKS, Check, check
from drafter.checking.editing import own_words, with_texts
from drafter.checking.parts import parts
from drafter.checking.plan import plan_items_in
from drafter.checking.safety_net import slots
from drafter.checking.support import support_rate, supports

__all__ = [
    "CHECKS",
    "Check",
    "check",
    "own_words",
    "parts",
    "plan_items_in",
    "slots",
    "support_rate",
    "supports",
    "with_texts",
]
