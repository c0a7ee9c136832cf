"""Characters that a reader cannot see but a model reads: taken out and counted."""

import re
import unicodedata
from dataclasses import dataclass

# Zero-width, bidirectional, invisible operators, fillers, blanks, interlinear, shorthand, music and tag characters,
# variation selectors. What belongs to a picture is not hidden: see _joins_pictures and _shapes_a_picture.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?=\n)")
_UNWANTED = re.compile(f"(?:{_HIDDEN.pattern})|(?:{_CONTROL.pattern})")
# Letters that only look different: full width, circled, and the mathematical alphabets; and the full-width signs of
# addresses and tags. Chinese punctuation stays as typed.
_DISGUISED = re.compile(
    "[\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\uff3a\uff3f\uff41-\uff5b\uff5d\u24b6-\u24e9\u2102\u210a-\u2113\u2115"
    "\u2119-\u211d\u2124\u212c-\u2134\U0001d400-\U0001d7ff]"
)


@dataclass(frozen=True)
class Visible:
    """A text as a reader sees it. ``origins[i]`` is where character ``i`` stands in the text as typed."""

    text: str
    hidden: int = 0
    origins: tuple[int, ...] | None = None

    def origin(self, offset: int) -> int:
        """Where a start offset into ``text`` stands in the text as typed."""
        return offset if self.origins is None else self.origins[offset]

    def origin_end(self, offset: int) -> int:
        """The same for an end offset (exclusive)."""
        return self.origin(offset - 1) + 1


def visible(typed: str) -> Visible:
    """``typed`` without hidden and control characters; look-alike letters as plain ones, length kept."""
    hidden = 0
    kept: list[int] = []
    last = 0
    for match in _UNWANTED.finditer(typed):
        if _joins_pictures(typed, match) or _shapes_a_picture(typed, match):
            continue
        hidden += bool(_HIDDEN.match(match[0]))
        kept.extend(range(last, match.start()))
        last = match.end()
    if not last:
        return Visible(_undisguised(typed))
    kept.extend(range(last, len(typed)))
    return Visible(_undisguised("".join(typed[i] for i in kept)), hidden, tuple(kept))


def _undisguised(text: str) -> str:
    return _DISGUISED.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _joins_pictures(typed: str, match: re.Match[str]) -> bool:
    """A joiner between two pictures makes one picture of them; it hides nothing."""
    before = typed[max(0, match.start() - 2) : match.start()].rstrip("\ufe0f")[-1:]
    return match[0] == "\u200d" and _picture(before) and _picture(typed[match.end() : match.end() + 1])


def _shapes_a_picture(typed: str, match: re.Match[str]) -> bool:
    """A single selector behind a picture, or in the picture of a key, says how it is drawn."""
    before = typed[max(0, match.start() - 1) : match.start()]
    keyed = before in _KEYS and typed.startswith("\u20e3", match.end())
    return match[0] in "\ufe0e\ufe0f" and bool(before) and (_picture(before) or keyed)


_KEYS = tuple("0123456789#*")


def _picture(character: str) -> bool:
    return bool(character) and (unicodedata.category(character) in ("So", "Sk") or character in "↔↕©®‼⁉")
