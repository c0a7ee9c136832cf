"""How near the shown past replies are to a question, on a scale that is comparable between questions.

The search's own score is not: it is scaled within one search. Which of nine scales parts held-out questions from
questions about other matters best, was measured: docs/decisions.md.
"""

from collections.abc import Sequence
from typing import Literal

from drafter.domain import Language, Screening, Source
from drafter.retrieval import Retriever

Scale = Literal["meaning", "words"]
Group = Literal["en", "zh"]
"""The two kinds of questions that have a threshold of their own."""


def group_of(language: Language) -> Group:
    return "en" if language == "en" else "zh"


def scale_of(screening: Screening, retriever: Retriever) -> Scale:
    """By words where the embedder does not read the language."""
    return "meaning" if screening.language == "en" or retriever.reads_chinese else "words"


def nearness(screening: Screening, sources: Sequence[Source], retriever: Retriever) -> float | None:
    """0 to 1, higher is nearer; None when it is not known, because the vectors are not made yet.

    By meaning the greatest cosine of a source; by words the mean over the sources of the cosine between the terms
    of the question and those of the source, each term weighted by its inverse document frequency.

    Raises:
        IndexUnusable: the index cannot be read.
    """
    if not sources:
        return 0.0
    if scale_of(screening, retriever) == "meaning":
        return max((cosine for source in sources if (cosine := _cosine(source)) is not None), default=None)
    likeness = retriever.likeness(screening.text, [f"{source.question}\n{source.reply}" for source in sources])
    return sum(likeness) / len(likeness)


def _cosine(source: Source) -> float | None:
    rankings = source.why.rankings if source.why else ()
    return next((ranked.score for ranked in rankings if ranked.name == "dense"), None)
