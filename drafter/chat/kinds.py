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


def nearest_kind(vector: Vector, cue: Kind | None, centres: Mapping[Kind, Vector]) -> Kind:
    """``vector`` and ``centres`` are of unit length; ``cue`` is what the sentence's words say."""
    near = {kind: round(float(centre @ vector), 2) + _CUE * (kind == cue) for kind, centre in centres.items()}
    return max(near, key=lambda kind: near[kind])


@cache
def fitted_centres() -> Mapping[Kind, Vector]:
    """The centroid of each kind's sentences, of unit length."""
    read = json.loads(files("drafter.chat").joinpath("kinds.json").read_text(encoding="utf-8"))
    return {kind: np.array(values, np.float32) for kind, values in read.items()}


def centre(vectors: Vector) -> Vector:
    """The mean of n x d vectors, of unit length."""
    mean = vectors.mean(axis=0)
    unit: Vector = mean / (np.linalg.norm(mean) or 1.0)
    return unit
