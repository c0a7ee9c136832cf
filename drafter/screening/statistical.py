"""The statistical layer: a linear model over words, letters and the pack's concepts, for paraphrases.

Fitted by ``python -m tests.fit_redflags`` to the invented lines in tests/redflag_lines.

A message is read in windows of a few sentences, because a sign in the last line of a long letter counts as much as
one that stands alone. The features of a window are those that stand in it, each counted once, weighted by how rare
they are and scaled to unit length; the score is the logistic function of their weights' sum.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drafter.screening.assertion import State
from drafter.screening.reading import Reading

SIZE = 1 << 18
"""Features are known by a hash below this (Weinberger and others 2009)."""
_LONGEST = 60
"""Words that one window may hold; two Chinese characters count as one."""
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,/:]\d+)*|[\u4e00-\u9fff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_WHOLE = re.compile(r"\d+")

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """A stretch of the text with the hashes of its features, sorted, each once, and its sentences likewise."""

    start: int
    end: int
    features: Ids
    sentences: tuple["Window", ...] = ()


@dataclass(frozen=True)
class Model:
    """``weights`` (SIZE,) and ``bias`` tell emergencies; ``rarity`` (SIZE,) is the inverse document frequency, 0
    for what was never seen; ``of_category`` (len(names), len(kept)) has weights of the features ``kept``, sorted.

    From ``alarm`` on a window is a sign, from ``hint`` on a possible one; below ``elsewhere`` what a pattern
    noticed in it reads like history, a film or a joke, and is a possible sign only.
    """

    weights: NDArray[np.float32]
    bias: float
    rarity: NDArray[np.float32]
    names: tuple[str, ...]
    kept: Ids
    of_category: NDArray[np.float32]
    alarm: float
    hint: float
    elsewhere: float

    def score(self, features: Ids) -> float:
        """Between 0 and 1."""
        rarity = self.rarity[features]
        length = math.sqrt(float(rarity @ rarity)) or 1.0
        return 1 / (1 + math.exp(-(float(self.weights[features] @ rarity) / length + self.bias)))

    def category(self, features: Ids) -> str:
        """The one that the features speak for most."""
        at = np.searchsorted(self.kept, features)
        at = at[(at < len(self.kept))]
        known = at[np.isin(self.kept[at], features)]
        return self.names[int(np.argmax(self.of_category[:, known] @ self.rarity[self.kept[known]]))]


@cache
def model() -> Model:
    """The fitted model that comes with Drafter."""
    with np.load(BytesIO(files(__package__).joinpath("redflags.npz").read_bytes()), allow_pickle=False) as file:
        return read_model(dict(file))


def read_model(arrays: dict[str, NDArray[np.float32]]) -> Model:
    """From the arrays of redflags.npz: those of ``Model``, sparse, by the hashes ``seen``."""
    weights, rarity = np.zeros(SIZE, np.float32), np.zeros(SIZE, np.float32)
    weights[arrays["seen"]], rarity[arrays["seen"]] = arrays["weights"], arrays["rarity"]
    bias, alarm, hint, elsewhere = (float(value) for value in arrays["numbers"])
    names = tuple(str(name) for name in arrays["names"])
    return Model(
        weights, bias, rarity, names, arrays["kept"].astype(np.int64), arrays["of_category"].astype(np.float32),
        alarm, hint, elsewhere,
    )  # fmt: skip


def windows(reading: Reading) -> list[Window]:
    """Stretches of whole sentences that overlap, in reading order; a short message is one."""
    sentences = [one for one in _sentences(reading) if one.size]
    found: list[Window] = []
    reached = 0
    for first, sentence in enumerate(sentences):
        held, last = sentence.size, first + 1
        while last < len(sentences) and held + sentences[last].size <= _LONGEST:
            held += sentences[last].size
            last += 1
        if last > reached:  # else it lies within an earlier window
            reached = last
            held_here = sentences[first:last]
            features = set().union(*(one.features for one in held_here))
            parts = tuple(Window(one.start, one.end, one.hashes) for one in held_here)
            found.append(Window(sentence.start, held_here[-1].end, _sorted(features), parts))
    return found


def _sorted(features: set[int]) -> Ids:
    return np.sort(np.fromiter(features, np.int64, len(features)))


class _Sentence(NamedTuple):
    start: int
    end: int
    size: float
    features: set[int]
    hashes: Ids


def _sentences(reading: Reading) -> Iterator[_Sentence]:
    spans = reading.assertions.sentences()
    starts = [start for start, _ in spans]
    words: list[list[tuple[str, State]]] = [[] for _ in spans]
    said: list[set[int]] = [set() for _ in spans]
    for match in _TOKEN.finditer(reading.text):
        words[bisect_right(starts, match.start()) - 1].append((match[0], reading.state(match.span())))
    for name in reading.said:
        for span in reading.found(name):
            said[bisect_right(starts, span[0]) - 1].add(_hash(f"k:{name}:{reading.state(span)}"))
    for (start, end), inside, features in zip(spans, words, said, strict=True):
        size = sum(0.5 if _HAN.match(word) else 1.0 for word, _ in inside)
        every = features | _of_sentence(inside)
        yield _Sentence(start, end, size, every, _sorted(every))


def _of_sentence(words: list[tuple[str, State]]) -> set[int]:
    found: set[int] = set()
    written = [_written(word) for word, _ in words]
    for at, (word, state) in enumerate(words):
        found.update(_of_word(word, state))
        found.update(_of_neighbours(*written[at : at + 3]))
    found.update(_of_characters("".join(word if _HAN.match(word) else " " for word, _ in words)))
    return found


def _hash(feature: str) -> int:
    return crc32(feature.encode()) % SIZE


def _written(word: str) -> str:
    """Numbers by their size: "38.4" and "38.9" are one word."""
    whole = _WHOLE.match(word)
    if not whole:
        return word
    return f"#{whole[0]}" if len(whole[0]) < 4 and int(whole[0]) < 300 else "#many"


@lru_cache(maxsize=65536)
def _of_word(word: str, state: State) -> tuple[int, ...]:
    """The word, whether it is denied or about another time, and its runs of three to five letters."""
    features = [f"w:{_written(word)}", f"st:{state}"]
    if state != "present":
        features.append(f"n:{state}:{_written(word)}")
    if word[0].isdigit():
        features.append(f"digits:{len(_WHOLE.findall(word)[0])}")
    elif word.isascii():
        edged = f"<{word}>"
        features += [f"c:{edged[i : i + n]}" for n in (3, 4, 5) for i in range(len(edged) - n + 1)]
    return tuple(_hash(feature) for feature in features)


@lru_cache(maxsize=65536)
def _of_neighbours(word: str, following: str = "", second: str = "") -> tuple[int, ...]:
    pairs = [f"b:{word} {following}"] if following else []
    return tuple(_hash(feature) for feature in (*pairs, *([f"s:{word} {second}"] if second else [])))


def _of_characters(text: str) -> Iterator[int]:
    """Runs of two to four Chinese characters."""
    for run in text.split():
        for n in (2, 3, 4):
            yield from (_hash(f"h:{run[i : i + n]}") for i in range(len(run) - n + 1))
