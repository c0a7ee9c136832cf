"""The section of More Info that a sentence belongs to, by meaning: the nearest centroid of labelled sentences."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from drafter.chat import Embed
from drafter.chat.cues import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CUE = 0.05
"""Cosine that a sentence's cue words are worth: they know emergencies better."""


@cache
def labelled() -> Mapping[Kind, Sequence[str]]:
    """Invented sentences of each kind."""
    text = files("drafter.chat").joinpath("kinds.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[Kind, list[str]]).validate_python(tomllib.loads(text))


def nearest_kind(
    vector: "NDArray[np.float32]", cue: Kind | None, centres: "Mapping[Kind, NDArray[np.float32]]"
) -> Kind:
    """``vector`` and ``centres`` are of unit length; ``cue`` is what the sentence's words say."""
    near = {kind: round(float(centre @ vector), 2) + _CUE * (kind == cue) for kind, centre in centres.items()}
    return max(near, key=lambda kind: near[kind])


@lru_cache(maxsize=4)
def centres_of(embed: Embed) -> "Mapping[Kind, NDArray[np.float32]]":
    """The centroid of each kind's sentences; embeds them the first time, a quarter of a second of work."""
    return {kind: centre(embed(examples)) for kind, examples in labelled().items()}


def centre(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The mean of n x d vectors, of unit length."""
    mean = vectors.mean(axis=0)
    unit: NDArray[np.float32] = mean / ((mean @ mean) ** 0.5 or 1.0)
    return unit
