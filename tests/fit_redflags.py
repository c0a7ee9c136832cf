"""Fits the statistical layer of the red flags and writes drafter/screening/redflags.npz.

    python -m tests.fit_redflags            fit to all lines, thresholds by cross-validation, write
    python -m tests.fit_redflags --figures  print the cross-validated figures only

tests/redflag_lines holds invented messages, a file for each voice ("author"), every line with its category, whether
it is an emergency (label 1) and its language. Logistic regression (L2) on binary TF-IDF features; of a long
emergency only the window that reads most like one is learnt from, of every other message all windows
(multiple-instance learning, Andrews and others 2003). Thresholds come from leaving one author out at a time.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from drafter.screening.folding import fold
from drafter.screening.hidden import visible
from drafter.screening.pack import pack
from drafter.screening.patterns import by_patterns
from drafter.screening.reading import Reading
from drafter.screening.statistical import SIZE, Ids, Model, windows

LINES = Path(__file__).with_name("redflag_lines")
WEIGHTS = Path(__file__).parent.parent / "drafter" / "screening" / "redflags.npz"
_FEWEST = 2
"""Lines in which a feature must stand."""
_FEWEST_OF_CATEGORY = 4
_STRENGTH, _STRENGTH_OF_CATEGORY = 10.0, 10.0
"""Inverse of the regularisation, chosen by cross-validation."""
_BANNERS, _HINTS, _MISSED = 0.10, 0.15, 0.01
"""Shares: of harmless messages that may raise a banner by any layer, or a hint by this one; of emergencies that
may read like another time."""
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Line:
    """A message with what the layers made of it: the features of its windows, and what the patterns noticed."""

    author: str
    category: str
    urgent: bool
    english: bool
    windows: tuple[Ids, ...]
    patterns: bool
    text: str


def read_lines(files: Iterable[Path]) -> list[Line]:
    return [_line(path.stem, json.loads(row)) for path in files for row in path.read_text("utf-8").splitlines()]


def _line(author: str, row: dict[str, str]) -> Line:
    reading = Reading(fold(visible(row["text"]).text))
    noticed = any(found.assertion != "denied" for found in by_patterns(reading))
    parts = tuple(window.features for window in windows(reading))
    urgent = row["label"] in (1, "red_flag")
    language = row.get("lang") or row["language"]
    return Line(author, row.get("category") or "none", urgent, language == "en", parts, noticed, row["text"])


def fitted(lines: Sequence[Line]) -> Model:
    """A model whose thresholds are not set yet."""
    rarity = _rarity(lines)
    harmless = [part for line in lines if not line.urgent for part in line.windows]
    urgent = [line for line in lines if line.urgent and line.windows]
    chosen = [line.windows[0] for line in urgent if len(line.windows) == 1]
    model = _binary(chosen, harmless, rarity)
    for _ in range(2):
        chosen = [max(line.windows, key=model.score) for line in urgent]
        model = _binary(chosen, harmless, rarity)
    return _with_categories(model, chosen, [line.category for line in urgent])


def _rarity(lines: Sequence[Line]) -> NDArray[np.float32]:
    counts = np.zeros(SIZE)
    for line in lines:
        if line.windows:
            counts[np.unique(np.concatenate(line.windows))] += 1
    rare = np.log((1 + len(lines)) / (1 + counts)) + 1
    return np.where(counts >= _FEWEST, rare, 0).astype(np.float32)


def _matrix(parts: Sequence[Ids], rarity: NDArray[np.float32]) -> csr_matrix:
    ends = np.cumsum([0, *(len(part) for part in parts)])
    columns = np.concatenate(parts)
    rows = np.repeat(np.arange(len(parts)), np.diff(ends))
    values = rarity[columns].astype(np.float64)
    lengths = np.sqrt(np.bincount(rows, values**2, len(parts))) + 1e-9
    return csr_matrix((values / lengths[rows], columns, ends), shape=(len(parts), SIZE))


def _binary(urgent: Sequence[Ids], harmless: Sequence[Ids], rarity: NDArray[np.float32]) -> Model:
    matrix = _matrix([*urgent, *harmless], rarity)
    used = np.flatnonzero(rarity)
    labels = np.repeat([1, 0], [len(urgent), len(harmless)])
    regression = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=3000)
    regression.fit(matrix[:, used], labels)
    weights = np.zeros(SIZE, np.float32)
    weights[used] = regression.coef_[0]
    nothing = np.zeros((0, 0), np.float32)
    return Model(weights, float(regression.intercept_[0]), rarity, (), used[:0], nothing, 1.0, 1.0, 0.0)


def _with_categories(model: Model, parts: Sequence[Ids], names: Sequence[str]) -> Model:
    counts = np.bincount(np.concatenate(parts), minlength=SIZE)
    kept = np.flatnonzero((counts >= _FEWEST_OF_CATEGORY) & (model.rarity > 0))
    regression = LogisticRegression(C=_STRENGTH_OF_CATEGORY, max_iter=300)
    regression.fit(_matrix(parts, model.rarity)[:, kept], names)
    of_category = regression.coef_.astype(np.float32)
    return Model(
        model.weights, model.bias, model.rarity, tuple(regression.classes_), kept.astype(np.int64), of_category,
        1.0, 1.0, 0.0,
    )  # fmt: skip


def score(model: Model, line: Line) -> float:
    return max((model.score(part) for part in line.windows), default=0.0)


def by_author(line: Line) -> str:
    return line.author


def by_categories(line: Line) -> str:
    """One of seven: about five categories, and a seventh of the lines without one."""
    names = list(pack().categories)
    return str((names.index(line.category) if line.category in names else crc32(line.text.encode())) % 7)


@dataclass(frozen=True)
class Held:
    """Lines with the scores of models that had not seen them."""

    lines: tuple[Line, ...]
    scores: NDArray[np.float64]

    def where(self, kept: Sequence[bool]) -> "Held":
        keep = np.array(kept, bool)
        return Held(tuple(line for line, k in zip(self.lines, keep, strict=True) if k), self.scores[keep])

    @property
    def urgent(self) -> Truth:
        return np.array([line.urgent for line in self.lines], bool)

    @property
    def patterns(self) -> Truth:
        return np.array([line.patterns for line in self.lines], bool)


def left_out(lines: Sequence[Line], group_of: Callable[[Line], str]) -> Held:
    """Every line scored by a model that was fitted without its group."""
    groups = [group_of(line) for line in lines]
    scores = np.zeros(len(lines))
    for group in sorted(set(groups)):
        model = fitted([line for line, other in zip(lines, groups, strict=True) if other != group])
        for at, line in enumerate(lines):
            if groups[at] == group:
                scores[at] = score(model, line)
    return Held(tuple(lines), scores)


def thresholds(held: Held) -> tuple[float, float, float]:
    """Alarm, hint, elsewhere: see the shares above."""
    harmless, urgent = held.scores[~held.urgent], held.scores[held.urgent]
    elsewhere = float(np.quantile(urgent, _MISSED))
    by_patterns_alone = held.patterns[~held.urgent] & (harmless >= elsewhere)
    others = np.sort(harmless[~by_patterns_alone])[::-1]
    alarm = others[max(0, int(_BANNERS * len(harmless)) - int(by_patterns_alone.sum()))]
    return float(alarm), float(np.quantile(harmless, 1 - _HINTS)), elsewhere


def report(title: str, held: Held, alarm: float, hint: float, elsewhere: float) -> None:
    """Recall and false alarms of banners (alarms, and patterns that do not read like another time) and of marks."""
    print(f"\n{title}")
    gravest = {name for name, one in pack().categories.items() if one.gravest}
    for name, part in (
        ("all", held),
        ("English", held.where([line.english for line in held.lines])),
        ("Chinese", held.where([not line.english for line in held.lines])),
        ("ambulance and safety", held.where([line.category in gravest for line in held.lines])),
    ):
        banner = (part.patterns & (part.scores >= elsewhere)) | (part.scores >= alarm)
        mark = part.patterns | (part.scores >= hint)
        found = {"patterns": part.patterns, "alarm": part.scores >= alarm, "banner": banner, "mark": mark}
        shares = [
            f"{what} {_share(of[part.urgent])} false {_share(of[~part.urgent])}" for what, of in found.items()
        ]
        print(f"{name:22}", "  ".join(shares))


def _share(found: Truth) -> str:
    return f"{found.sum()}/{len(found)}" + (f" {found.mean():.3f}" if len(found) else "")


def write(model: Model, marks: tuple[float, float, float]) -> None:
    seen = np.flatnonzero(model.rarity)
    np.savez_compressed(
        WEIGHTS,
        seen=seen.astype(np.int32),
        weights=model.weights[seen].astype(np.float16),
        rarity=model.rarity[seen].astype(np.float16),
        kept=model.kept.astype(np.int32),
        of_category=model.of_category.astype(np.float16),
        names=np.array(model.names),
        numbers=np.array([model.bias, *marks], np.float32),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", action="store_true", help="only print the figures")
    parser.add_argument("--lines", type=Path, default=LINES, help="another folder of lines")
    parser.add_argument("--test", type=Path, nargs="*", default=[], help="other files, scored by the final model")
    given = parser.parse_args()
    lines = read_lines(sorted(given.lines.glob("*.jsonl")))
    held = left_out(lines, by_author)
    marks = thresholds(held)
    print("alarm {:.3f}, hint {:.3f}, elsewhere {:.3f}".format(*marks))
    for author in sorted({line.author for line in lines}):
        report(f"author {author} left out", held.where([line.author == author for line in lines]), *marks)
    report("each author left out", held, *marks)
    model = fitted(lines)
    for path in given.test:
        others = read_lines([path])
        report(f"{path.name}", Held(tuple(others), np.array([score(model, line) for line in others])), *marks)
    if not given.figures:
        write(model, marks)


if __name__ == "__main__":
    main()
