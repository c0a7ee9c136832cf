"""De-identification."""

import re

from drafter.domain import Deidentified, Placeholder

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def mask(text: str) -> tuple[Deidentified, tuple[Placeholder, ...]]:
    """``text`` with its identifiers masked, and what stands behind each token."""
    tokens: dict[str, str] = {}

    def token(match: re.Match[str]) -> str:
        return tokens.setdefault(match[0], f"[EMAIL_{len(tokens) + 1}]")

    masked = _EMAIL.sub(token, text)
    return Deidentified(masked), tuple(Placeholder(t, "EMAIL", original) for original, t in tokens.items())


def deidentify(text: str) -> Deidentified:
    """``text`` with its identifiers masked, for texts that are never restored (past replies)."""
    return mask(text)[0]
