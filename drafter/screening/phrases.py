"""Finds very many ways of saying things in one pass over a text.

Each way is a regular expression in the small notation of redflags.yaml. Trying some two thousand of them at every
character would take a tenth of a second, so each is filed under the letters it can begin with, tried only
where a word begins so, and compiled when that happens first.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

Occurrence = tuple[int, int]
_LENGTH = 4
"""Letters of a beginning."""
_HAN = re.compile("[\u4e00-\u9fff]")
_WORD_START = re.compile("(?<![a-z])[a-z]|(?<![0-9])[0-9]|[\u4e00-\u9fff]")
_GAP = r"(?:[\s,-]+(?!(?:no|not|never|without|nor|but)\b|\w+n't\b)[\w'%/]++(?:-[\w'%/]++)*+){0,5}?"
_HAN_GAP = "(?:(?!没有|并无|不会|未)[^，。；！？\\n]){0,6}?"


def expression(way: str, words: Mapping[str, str], fold: Callable[[str], str]) -> str:
    """The regular expression of one way of saying something; ``words`` are the macros."""
    for name, value in words.items():
        way = way.replace(f"{{{name}}}", value)
    way = fold(way)
    if _HAN.search(way):
        return re.sub("_\\??", lambda _: _HAN_GAP, way)
    way = re.sub(r"(?<=[a-z])(?<!\\[a-z])\*", "[a-z]*", way).replace("'", "'?")
    # Gaps and spaces become one character each here, so that "optional space" and the like can be told apart.
    way = re.sub(r"(?: \?| )?_\?(?: \?| )?", "\1", way).replace(" _ ", "\2").replace(" ?", "\3").replace(" ", "\4")
    way = way.replace("\1", rf"{_GAP}[\s,-]*").replace("\2", rf"{_GAP}[\s,-]+").replace("\3", r"[\s-]*")
    return "(?:" + way.replace("\4", r"[\s-]+") + ")(?![a-z])"


def beginnings(pattern: str) -> frozenset[str]:
    """The letters, at most four, with which a match of ``pattern`` can begin."""
    return frozenset(start for start, _ in _Beginnings(pattern).alternatives())


_Starts = set[tuple[str, bool]]
"""Beginnings, each with whether more letters may follow."""


_SHAPE = re.compile(r"\\.|\[[^\]]*\]|[()|]")
_LOOKS = re.compile(r"\?<?[=!]")
_QUANTIFIER = re.compile(r"[*?+][?+]?|\{(\d*),?\d*\}\??")


class _Beginnings:
    """Reads as much of a regular expression as its first letters need."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def alternatives(self) -> _Starts:
        starts = self._sequence()
        while self._next() == "|":
            self._at += 1
            starts |= self._sequence()
        return starts

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _sequence(self) -> _Starts:
        starts: _Starts = {("", True)}
        while self._next() not in ("", "|", ")"):
            if not any(goes_on for _, goes_on in starts):
                self._skip()
                break
            item = self._item()
            if self._optional():
                item = item | {("", True)}
            starts = {s for start in starts for s in _followed(start, item)}
        return starts

    def _skip(self) -> None:
        """On to the end of this alternative, whose beginning is known."""
        depth = 0
        for token in _SHAPE.finditer(self._pattern, self._at):
            if depth == 0 and token[0] in "|)":
                self._at = token.start()
                return
            depth += (token[0] == "(") - (token[0] == ")")
        self._at = len(self._pattern)

    def _item(self) -> _Starts:
        char = self._next()
        self._at += 1
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            escaped = self._next()
            self._at += 1
            if escaped == "b":
                return {("", True)}
            return {(d, True) for d in "0123456789"} if escaped == "d" else {("", False)}
        return {("", False)} if char in ".^$" else {(char, True)}

    def _group(self) -> _Starts:
        looks = _LOOKS.match(self._pattern, self._at)
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif looks:
            self._at = looks.end()
        starts = self.alternatives()
        self._at += 1
        return {("", True)} if looks else starts

    def _class(self) -> _Starts:
        end = self._pattern.index("]", self._at + 1)
        inside, self._at = self._pattern[self._at : end], end + 1
        if inside.startswith("^") or "\\" in inside or "-" in inside.strip("-").replace("1-9", ""):
            return {("", False)}
        return {(c, True) for c in inside.replace("1-9", "123456789")}

    def _optional(self) -> bool:
        """Skips a quantifier; whether it allows none."""
        match = _QUANTIFIER.match(self._pattern, self._at)
        if not match:
            return False
        self._at = match.end()
        return match[0][0] in "*?" or match[1] == "0"


def _followed(start: tuple[str, bool], item: _Starts) -> Iterator[tuple[str, bool]]:
    letters, goes_on = start
    if not goes_on:
        yield start
        return
    for more, more_goes_on in item:
        joined = letters + more
        yield joined[:_LENGTH], more_goes_on and len(joined) < _LENGTH


class Phrases:
    """All ways of saying all things, by the name of the thing."""

    def __init__(self, ways: Iterable[tuple[str, str]]) -> None:
        """``ways`` are pairs of a thing's name and a regular expression for one way of saying it."""
        self._filed: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._collected: dict[str, tuple[tuple[str, str], ...]] = {}
        for name, pattern in ways:
            for start in beginnings(pattern):
                self._filed[start].append((name, pattern))

    def find(self, text: str) -> dict[str, list[Occurrence]]:
        """Where in the folded ``text`` each thing is said, in reading order; things not said are left out."""
        found: dict[str, set[Occurrence]] = defaultdict(set)
        for word in _WORD_START.finditer(text):
            start = word.start()
            for name, pattern in self._beginning_with(text[start : start + _LENGTH]):
                match = (self._compiled.get(pattern) or self._compile(pattern)).match(text, start)
                if match and match.end() > start:
                    found[name].add(match.span())
        return {name: sorted(spans) for name, spans in found.items()}

    def _beginning_with(self, letters: str) -> tuple[tuple[str, str], ...]:
        """Names and patterns of all that can begin so; collected once for each beginning."""
        known = self._collected.get(letters)
        if known is None:
            shorter = (letters[:length] for length in range(len(letters) + 1))
            known = tuple(way for beginning in shorter for way in self._filed.get(beginning, ()))
            self._collected[letters] = known
        return known

    def _compile(self, pattern: str) -> re.Pattern[str]:
        return self._compiled.setdefault(pattern, re.compile(pattern))
