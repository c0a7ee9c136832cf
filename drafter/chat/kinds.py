"""The section of More Info that a sentence belongs to, by meaning: the nearest centroid of labelled sentences.

The centroids are of the default embedder, fitted to tests/kinds.toml: ``python -m tests.fit_offline --kinds``.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from drafter.chat.cues import Kind

Vector = NDArray[np.float32]
_CUE = 0.05
"""Cosine that a sentence's cue words are worth: they know emergencies better."""
_CLEAR = 0.05
"""Cosine below which a sentence sounds like no section; it then explains, unless its words say otherwise."""


def nearest_kind(vector: Vector, cue: Kind | None, centres: Mapping[Kind, Vector], *, may_be_care: bool) -> Kind:
    """``vector`` and ``centres`` are of unit length; ``cue`` is what the sentence's words say. What names neither a
    condition nor help cannot say when to seek care, however near it comes."""
    near = {kind: round(float(centre @ vector), 2) + _CUE * (kind == cue) for kind, centre in centres.items()}
    if not may_be_care:
        del near["care"]
    best = max(near, key=lambda kind: near[kind])
    return best if near[best] >= _CLEAR else cue or "cause"


@cache
def fitted_centres() -> Mapping[Kind, Vector]:
    """The centroid of each kind's sentences, less what all kinds share, of unit length."""
    read = json.loads(files("drafter.chat").joinpath("kinds.json").read_text(encoding="utf-8"))
    return apart({kind: np.array(values, np.float32) for kind, values in read.items()})


def apart(centres: Mapping[Kind, Vector]) -> Mapping[Kind, Vector]:
    """Each centroid less the mean of all: what is left tells one kind from the others."""
    shared = np.mean(list(centres.values()), axis=0)
    return {kind: centre((one - shared)[None]) for kind, one in centres.items()}


def centre(vectors: Vector) -> Vector:
    """The mean of n x d vectors, of unit length."""
    mean = vectors.mean(axis=0)
    unit: Vector = mean / (np.linalg.norm(mean) or 1.0)
    return unit
