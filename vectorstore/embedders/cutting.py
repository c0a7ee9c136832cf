"""Texts cut to what an embedder reads."""

from bisect import bisect_right
from itertools import accumulate


def first_characters(text: str, limit: int) -> str:
    """At most ``limit`` characters, each of which can be encoded."""
    # A lone surrogate (half a character, from a broken export) would stop the whole batch.
    return text[:limit].encode("utf-8", "replace").decode()


def first_tokens(text: str, limit: int) -> str:
    """As many characters as surely fit into ``limit`` tokens, where the tokenizer is not known.

    Counted as one token: three ASCII letters or spaces, a digit, a sign, a letter of another alphabet; as two:
    a Chinese, Japanese or Korean character or an emoji. Real text mostly has fewer, seldom more.
    """
    costs = list(accumulate(map(_thirds, text[: 3 * limit])))
    return first_characters(text, bisect_right(costs, 3 * limit))


def _thirds(character: str) -> int:
    if character.isascii():
        return 1 if character.isalpha() or character == " " else 3
    return 3 if character < "\u2e80" else 6
