"""Drafter: drafts replies to patients' written questions from what doctors have answered before.

>>> from drafter import Question, open_drafter
>>> draft = open_drafter().draft(Question(body="..."))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drafter.domain import Draft, Question
    from drafter.errors import DrafterError
    from drafter.opening import open_drafter
    from drafter.settings import Settings

__version__ = "0.1.0"
__all__ = ["Draft", "DrafterError", "Question", "Settings", "open_drafter"]

_HOMES = {
    "Draft": "drafter.domain",
    "DrafterError": "drafter.errors",
    "Question": "drafter.domain",
    "Settings": "drafter.settings",
    "open_drafter": "drafter.opening",
}


def __getattr__(name: str) -> Any:
    # Lazy, so that `import drafter.cli` does not pay for what only a draft needs.
    if name not in _HOMES:
        raise AttributeError(f"module 'drafter' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
