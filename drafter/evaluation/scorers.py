"""What is measured of a draft: each scorer is a function from an item and its draft to a number with a reason,
or to "unscored" with a reason. Unscored never becomes a number."""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from drafter.checking.plan import plan_items_in
from drafter.domain import Draft, join_sentences
from drafter.evaluation.eval_set import EvalItem
from drafter.text import advice_of, reading_grade, words


@dataclass(frozen=True)
class Score:
    """``value`` is None where the scorer cannot tell; ``reason`` says why, or what was counted."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True)
class Measure:
    """What a scorer's numbers mean. ``higher_is_better`` is None where neither direction is; a ``rate`` is 0 or 1
    for each item."""

    name: str
    higher_is_better: bool | None
    explanation: str
    rate: bool = False


@dataclass(frozen=True)
class Scorer:
    """A measure and the function that takes it."""

    measure: Measure
    function: Callable[[EvalItem, Draft], Score]
    of_writing: bool = True
    """Whether it measures what was written, so that a draft that was withheld is unscored."""

    @property
    def name(self) -> str:
        return self.measure.name

    def score(self, item: EvalItem, draft: Draft) -> Score:
        if self.of_writing and draft.abstained:
            return Score(None, f"No draft was written: {draft.abstained[0].message}")
        return self.function(item, draft)


def rouge_l(item: EvalItem, draft: Draft) -> Score:
    """F1 of the longest common subsequence of words (Lin 2004), 0 to 1; a Chinese character is a word.

    Both sides are without greeting, thanks and signature, which would be matched for nothing.
    """
    reference, written = words(advice_of(item.reply or "")), words(_advice(draft))
    if not reference:
        return Score(None, _NO_REPLY)
    if not written:
        return Score(0.0, "The reply has no words.")
    common = LCSseq.similarity(reference, written)
    return Score(2 * common / (len(reference) + len(written)), f"{common} words in common order")


def citation_validity(item: EvalItem, draft: Draft) -> Score:
    """Share of the citations that name one of the draft's sources."""
    known = {source.number for source in draft.sources}
    cited = [number for passage in draft.passages() for number in passage.sources]
    if not cited:
        return Score(None, "The draft cites nothing.")
    valid = sum(number in known for number in cited)
    return Score(valid / len(cited), f"{valid} of {len(cited)} citations")


def supported_share(item: EvalItem, draft: Draft) -> Score:
    """Share of the passages that name at least one of the draft's sources; it does not read whether the source
    says so."""
    known = {source.number for source in draft.sources}
    passages = list(draft.passages())
    if not passages:
        return Score(None, "The draft has no passages.")
    supported = sum(bool(known & set(passage.sources)) for passage in passages)
    return Score(supported / len(passages), f"{supported} of {len(passages)} passages")


def red_flags_addressed(item: EvalItem, draft: Draft) -> Score:
    """1 when the checks find every red flag of the question addressed in the draft, 0 when they don't."""
    if not draft.screening.urgent:
        return Score(None, "No red flag was noticed in the question.")
    missed = sum(concern.code == "red_flag" for concern in draft.concerns)
    return Score(float(not missed), f"{missed} not addressed" if missed else "addressed")


def plan_carry_over(item: EvalItem, draft: Draft) -> Score:
    """Share of the referrals, examinations, treatments and medicines in the doctor's reply that the draft names,
    in the reply or in More Info. It finds words of a list, so it does not see that a draft advises against one."""
    plan = set(plan_items_in(item.reply or ""))
    if not plan:
        return Score(None, "The doctor's reply names no part of a plan." if item.reply else _NO_REPLY)
    lost = plan - set(plan_items_in(f"{draft.reply.text}\n{draft.more_info.text}"))
    names = ", ".join(sorted(part.name for part in lost))
    return Score(1 - len(lost) / len(plan), f"lost: {names}" if lost else f"all {len(plan)} kept")


def length_ratio(item: EvalItem, draft: Draft) -> Score:
    """Words of the reply over words of the doctor's."""
    reference = len(words(advice_of(item.reply or "")))
    if not reference:
        return Score(None, _NO_REPLY)
    written = len(words(_advice(draft)))
    return Score(written / reference, f"{written} words to {reference}")


def grade(item: EvalItem, draft: Draft) -> Score:
    """Flesch-Kincaid grade of the reply; unscored for Chinese."""
    value = reading_grade(_advice(draft))
    return Score(value, "" if value is not None else "No reading grade for this language or an empty reply.")


def blocking_concerns(item: EvalItem, draft: Draft) -> Score:
    return Score(float(sum(concern.severity == "block" for concern in draft.concerns)))


def abstained(item: EvalItem, draft: Draft) -> Score:
    """1 when no draft was written, 0 when one was."""
    return Score(float(bool(draft.abstained)), "; ".join(reason.message for reason in draft.abstained))


def seconds(item: EvalItem, draft: Draft) -> Score:
    return Score(draft.provenance.seconds)


def _advice(draft: Draft) -> str:
    return join_sentences(tuple(sentence.text for sentence in draft.reply.sentences))


_NO_REPLY = "The item has no doctor's reply."

SCORERS: tuple[Scorer, ...] = (
    Scorer(Measure("rouge_l", True, "likeness to the doctor's reply, 0 to 1 (ROUGE-L)"), rouge_l),
    Scorer(Measure("citation_validity", True, "citations that name one of the sources, 0 to 1"), citation_validity),
    Scorer(Measure("supported_share", True, "passages that name one of the sources, 0 to 1"), supported_share),
    Scorer(
        Measure("plan_carry_over", True, "parts of the doctor's plan that the draft names, 0 to 1"), plan_carry_over
    ),
    Scorer(
        Measure("red_flags_addressed", True, "urgent questions whose every red flag is addressed", rate=True),
        red_flags_addressed,
        of_writing=False,
    ),
    Scorer(
        Measure("abstained", None, "questions for which no draft was written", rate=True),
        abstained,
        of_writing=False,
    ),
    Scorer(Measure("length_ratio", None, "words of the reply for each word of the doctor's"), length_ratio),
    Scorer(Measure("reading_grade", False, "school grade needed to read the reply (Flesch-Kincaid)"), grade),
    Scorer(
        Measure("blocking_concerns", False, "concerns that the reviewer must tick"),
        blocking_concerns,
    ),
    Scorer(Measure("seconds", False, "seconds that the model took"), seconds),
)
"""Adding one is one function and one line here."""
