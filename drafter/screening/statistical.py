"""The statistical layer: a linear model over words, letters and the pack's concepts, for paraphrases.

Fitted by ``python -m tests.fit_redflags`` to the invented lines in tests/redflag_lines.

A message is read in windows of a few sentences, because a sign in the last line of a long letter counts as much as
one that stands alone. The features of a window are those that stand in it, each counted once, weighted by how rare
they are and scaled to unit length; the score is the logistic function of their weights' sum.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drafter.screening.pack import pack
from drafter.screening.reading import Reading

SIZE = 1 << 18
"""Features are known by a hash below this (Weinberger and others 2009)."""
_LONGEST = 60
"""Words that one window may hold; two Chinese characters count as one."""
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,/:]\d+)*|[\u4e00-\u9fff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_WHOLE = re.compile(r"\d+")

Ids = NDArray[np.int64]
Span = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A stretch of the text with the hashes of its features, sorted, each once."""

    start: int
    end: int
    features: Ids


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
    tokens = _tokens(reading)
    concepts = _concepts(reading)
    return [
        Window(start, end, _features([t for t in tokens if start <= t[0] < end], concepts, start, end))
        for start, end in _stretches(reading, tokens)
    ]


def _stretches(reading: Reading, tokens: list[tuple[int, int, str, str]]) -> Iterator[Span]:
    """From each sentence on as many as fit; those that lie within an earlier stretch are left out."""
    sentences: list[tuple[int, int, float]] = []
    for start, end in reading.assertions.sentences():
        size = sum(0.5 if _HAN.match(t[2]) else 1.0 for t in tokens if start <= t[0] < end)
        if size:
            sentences.append((start, end, size))
    reached = 0
    for first, (start, _, _) in enumerate(sentences):
        held, last = 0.0, first
        while last < len(sentences) and (last == first or held + sentences[last][2] <= _LONGEST):
            held += sentences[last][2]
            last += 1
        if last > reached:
            reached = last
            yield start, sentences[last - 1][1]


def _tokens(reading: Reading) -> list[tuple[int, int, str, str]]:
    """Start, end, word and state of every word."""
    return [(m.start(), m.end(), m[0], reading.state(m.span())) for m in _TOKEN.finditer(reading.text)]


def _concepts(reading: Reading) -> list[tuple[int, int, int]]:
    """Start, end and feature of everything of the pack that is said."""
    return [
        (*span, _hash(f"k:{name}:{reading.state(span)}")) for name in pack().readers for span in reading.found(name)
    ]


def _features(
    tokens: list[tuple[int, int, str, str]], concepts: list[tuple[int, int, int]], start: int, end: int
) -> Ids:
    found = {feature for s, e, feature in concepts if start <= s and e <= end}
    written = [_written(token[2]) for token in tokens]
    for at, (_, _, word, state) in enumerate(tokens):
        found.update(_of_word(word, state))
        found.update(_of_neighbours(*written[at : at + 3]))
    found.update(_of_characters("".join(t[2] if _HAN.match(t[2]) else " " for t in tokens)))
    return np.array(sorted(found), np.int64)


def _hash(feature: str) -> int:
    return crc32(feature.encode()) % SIZE


def _written(word: str) -> str:
    """Numbers by their size: "38.4" and "38.9" are one word."""
    whole = _WHOLE.match(word)
    return f"#{whole[0]}" if whole and int(whole[0]) < 300 else "#many" if whole else word


@lru_cache(maxsize=65536)
def _of_word(word: str, state: str) -> tuple[int, ...]:
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
