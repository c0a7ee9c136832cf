"""What the sources say of each sentence of a draft: supported, contradicted, only the patient's words, or nobody's.

Likeness is the share of a sentence's terms (stems, pairs of Chinese characters) that one or two sentences of a
source hold. It never decides alone: medicines, doses, figures, sides and negation must be there too. A
contradiction outweighs any likeness.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from drafter.checking.contradiction import differ_in_negation, disagreement
from drafter.checking.doses import doses_in
from drafter.checking.medicines import medicines_in
from drafter.checking.passages import Passage, is_fixed, kind_of, passages, terms
from drafter.checking.plan import plan_items_in
from drafter.checking.statements import Said, read
from drafter.domain import Draft, Source, StatementKind, Support, Verdict
from drafter.text import is_chinese, quote_span, sentences

_ALIKE = 0.65
"""Share of a sentence's terms that one sentence of a source must hold."""
_ALIKE_IN_TWO = 0.85
"""The same for two sentences of a source that follow each other."""
_ALIKE_QUOTED = 0.35
"""The same for words that the model itself gave as a quotation and that stand in the source."""
_FEW_TERMS = 4
_ALIKE_OF_FEW = 0.75
"""The least share for a sentence of fewer than ``_FEW_TERMS`` terms, which meet by chance."""
_DICE_OF_FEW = 0.4
_SAID_BY_PATIENT = 0.7

_NOT_CHECKABLE: frozenset[StatementKind] = frozenset(("courtesy", "restatement", "logistics"))
_COUNTED: frozenset[StatementKind] = frozenset(("claim", "recommendation"))


@dataclass(frozen=True)
class _Stretch:
    """A sentence of a text, or two that follow each other, with its terms."""

    text: str
    terms: frozenset[str]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    text: str
    source: int
    share: float


class _Judged(NamedTuple):
    verdict: Verdict
    source: int | None = None
    quote: str = ""
    reason: str = ""


def supports(draft: Draft) -> tuple[Support, ...]:
    """The verdict on every sentence of the reply, then of More Info, in reading order.

    The sources that a passage cites are asked first; another source that was shown counts as well, and ``reason``
    says so.
    """
    return tuple(support for _, support in by_passage(draft))


def by_passage(draft: Draft) -> Iterator[tuple[Passage, Support]]:
    """``supports``, each with the passage that the sentence stands in."""
    for passage in passages(draft):
        for text in sentences(passage.text):
            if is_fixed(draft, passage.kind):
                yield passage, Support(text, passage.place, "safety_net", "not_checkable")
                continue
            kind = _kind(text, passage)
            yield passage, Support(text, passage.place, kind, *_judged(text, kind, passage, draft))


def support_rate(found: Iterable[Support]) -> float | None:
    """Supported claims and recommendations over all of them, 0 to 1; None when there are none."""
    counted = [one.verdict for one in found if one.kind in _COUNTED and one.verdict != "not_checkable"]
    return counted.count("supported") / len(counted) if counted else None


def _judged(text: str, kind: StatementKind, passage: Passage, draft: Draft) -> _Judged:
    asked = str(draft.screening.text)
    cited = [s for s in draft.sources if s.number in passage.sources]
    others = [s for s in draft.sources if s.number not in passage.sources]
    return (
        _not_checkable(text, kind, asked)
        or _against(text, (*cited, *others))
        or _in_favour(text, passage, cited, others, asked)
        or _empty(text)
        or _by_patient(text, asked)
        or _Judged("model_only", reason=_why_not(text, cited or others))
    )


def _not_checkable(text: str, kind: StatementKind, asked: str) -> _Judged | None:
    if kind == "restatement" and (stray := _not_asked(text, asked)):
        return _Judged("model_only", reason=f"The question does not say {stray}.")
    return _Judged("not_checkable") if kind in _NOT_CHECKABLE else None


def _empty(text: str) -> _Judged | None:
    """Nothing but words that every text has ("That is so.")."""
    return None if terms(text) or read(text).quantities else _Judged("not_checkable")


def _against(text: str, sources: Sequence[Source]) -> _Judged | None:
    for source in sources:
        # A reply that says the very sentence is not turned against it by another of its sentences.
        if not _stands_in(text, source.reply) and (found := _contradicted(text, source.reply)):
            return _Judged(
                "contradicted", source.number, found[0], f"[{source.number}] says otherwise: {found[1]}."
            )
    return None


def _in_favour(
    text: str, passage: Passage, cited: Sequence[Source], others: Sequence[Source], asked: str
) -> _Judged | None:
    if found := _carried(text, passage.quotes, cited, asked):
        return _Judged("supported", found.source, found.text)
    if found := _carried(text, (), others, asked):
        instead = f"though {_listed(passage.sources)} is cited" if cited else "which is not cited"
        return _Judged("supported", found.source, found.text, f"[{found.source}] says this, {instead}.")
    return None


def _by_patient(text: str, asked: str) -> _Judged | None:
    said = _patients_words(text, asked)
    return (
        _Judged("patient_said", quote=said, reason="Only the question says this, no past reply.") if said else None
    )


def _kind(text: str, passage: Passage) -> StatementKind:
    kind = kind_of(text)
    return "recommendation" if kind == "claim" and passage.kind == "plan" else kind


def _listed(numbers: Sequence[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _stands_in(text: str, reply: str) -> bool:
    return _folded(text) in _folded(reply)


def _found_in(reply: str, text: str) -> str:
    """``text`` as it stands in ``reply``; the search that forgives white space and marks compiles a pattern."""
    span = None if text in reply else quote_span(reply, text)
    return text if text in reply else span.text if span else ""


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").split()).strip(" .。").casefold()


# -- likeness


@lru_cache(maxsize=512)
def _stretches(text: str) -> tuple[_Stretch, ...]:
    """The sentences of ``text``, then its pairs of neighbours."""
    said = sentences(text)
    single = tuple(_Stretch(one, terms(one), (one,)) for one in said)
    return (*single, *(_Stretch("", a.terms | b.terms, (a.text, b.text)) for a, b in pairwise(single)))


@lru_cache(maxsize=4096)
def _nearest(text: str, reply: str) -> tuple[tuple[float, _Stretch], ...]:
    """The stretches of ``reply`` that share enough terms with ``text``, most alike first."""
    wanted = terms(text)
    near = [(len(wanted & s.terms) / len(wanted), s) for s in _stretches(reply)] if wanted else []
    enough = [(share, stretch) for share, stretch in near if _alike(wanted, share, stretch)]
    return tuple(sorted(enough, key=lambda pair: (-pair[0], len(pair[1].parts))))


def _alike(wanted: frozenset[str], share: float, stretch: _Stretch) -> bool:
    if len(wanted) >= _FEW_TERMS:
        return share >= (_ALIKE if len(stretch.parts) == 1 else _ALIKE_IN_TWO)
    # A word or two meet by chance in a long sentence: a short one must be like a short one (Dice's coefficient).
    common = share * len(wanted)
    return share >= _ALIKE_OF_FEW and 2 * common / (len(wanted) + len(stretch.terms)) >= _DICE_OF_FEW


def _carried(text: str, quotes: Sequence[str], sources: Sequence[Source], asked: str) -> _Found | None:
    """The source that says ``text``, with the words that say it; the model's own quotation is tried first."""
    for source in sources:
        if _stands_in(text, source.reply) and (whole := _found_in(source.reply, text)):
            return _Found(whole, source.number, 1.0)
        for quote in quotes:
            span = quote_span(source.reply, quote)
            if (
                span
                and _share(text, span.text) >= _ALIKE_QUOTED
                and _agrees(text, (span.text,), source.reply, asked)
            ):
                return _Found(span.text, source.number, 1.0)
    found = [best for source in sources if (best := _best(text, source, asked))]
    return max(found, key=lambda one: (one.share, -sources.index(_of(sources, one.source)))) if found else None


def _of(sources: Sequence[Source], number: int) -> Source:
    return next(source for source in sources if source.number == number)


def _best(text: str, source: Source, asked: str) -> _Found | None:
    for share, stretch in _nearest(text, source.reply):
        if _agrees(text, stretch.parts, source.reply, asked):
            return _Found(_verbatim(stretch, source.reply), source.number, share)
    return None


def _verbatim(stretch: _Stretch, reply: str) -> str:
    first, last = stretch.parts[0], stretch.parts[-1]
    start = reply.index(first)
    return reply[start : reply.index(last, start) + len(last)]


def _share(text: str, other: str) -> float:
    wanted = terms(text)
    return len(wanted & terms(other)) / len(wanted) if wanted else 0.0


# -- what likeness cannot override


def _agrees(text: str, parts: Sequence[str], reply: str, asked: str) -> bool:
    """True when medicines, figures, sides and negation of ``text`` are those of ``parts``, sentences of ``reply``.

    A dose may stand elsewhere in the reply, beside the same medicine. A side and a time may be the asker's own.
    """
    return _same_things(text, " ".join(parts), reply, asked) and not differ_in_negation(text, parts)


def _same_things(text: str, evidence: str, reply: str, asked: str) -> bool:
    named = {medicine.name for medicine in medicines_in(text)}
    if _names_more(text, evidence):
        return False
    if named - {medicine.name for medicine in medicines_in(evidence)}:
        return False
    if not all(dose.held_by(doses_in(reply)) for dose in doses_in(text)):
        return False
    said, there, own = read(text), [read(one) for one in sentences(evidence)], _reads(asked)
    if _sides((said,)) - _sides(there) - _sides(own):
        return False
    held = {_figure(q) for one in (*there, *own) for q in one.quantities}
    doses = {dose.words for dose in doses_in(text)}
    return all(_figure(q) in held for q in said.quantities if q.words not in doses)


# An illness by its ending, in English stems; in pairs of Chinese characters.
_ILLNESS = re.compile(
    r"\w(?:iti|osi|oma|emia|pathi|algia|plegia)$|itis$|osis$|^(?:gout|cancer|tumou?r|fractur|diabet|stroke|virus"
    r"|bacteri\w*"
    r"|infect|allergi|syndrom|diseas|hernia|clot|ulcer|polyp|cyst|sprain|arthrit\w*|shingl|scabi|asthma|anxieti"
    r"|depress)$"
    r"|[炎癌瘤病症疹瘡疮疝]|痛風|痛风|中風|中风|骨折|糖尿|結石|结石|感染|過敏|过敏|潰瘍|溃疡|氣喘|哮喘|憂鬱|抑郁"
    r"|焦慮|焦虑"
)


@lru_cache(maxsize=4096)
def _names_more(text: str, evidence: str) -> bool:
    """True when words of ``text`` that ``evidence`` lacks name an illness, an examination, a treatment or whom to
    see: no synonym carries those."""
    missing = terms(text) - terms(evidence)
    if any(_ILLNESS.search(term) for term in missing):
        return True
    own = (
        " ".join(word for word in text.split() if terms(word) & missing) if missing and not is_chinese(text) else ""
    )
    return bool(own) and bool(set(plan_items_in(own)) - set(plan_items_in(evidence)))


def _figure(quantity: tuple[object, ...]) -> tuple[object, ...]:
    kind, _, low, high, *_ = quantity
    return kind, low, high


def _sides(said: Iterable[Said]) -> frozenset[str]:
    return frozenset(side for one in said for clause in one.clauses for side in clause.sides)


@lru_cache(maxsize=64)
def _reads(text: str) -> tuple[Said, ...]:
    return tuple(read(one) for one in sentences(text))


@lru_cache(maxsize=4096)
def _contradicted(text: str, reply: str) -> tuple[str, str] | None:
    """The sentence of ``reply`` that contradicts ``text``, and how."""
    wanted = terms(text)
    for stretch in _stretches(reply):
        # Without a third of its terms it is about another matter.
        near = (
            len(stretch.parts) == 1 and 3 * len(wanted & stretch.terms) >= min(len(wanted), len(stretch.terms)) > 0
        )
        if near and (reason := disagreement(read(text), read(stretch.text))):
            return stretch.text, reason
    return None


# -- the asker's words


def _patients_words(text: str, asked: str) -> str:
    """The sentence of the question that says ``text``, or nothing."""
    wanted = terms(text)
    for stretch in _stretches(asked) if wanted else ():
        alike = len(stretch.parts) == 1 and len(wanted & stretch.terms) >= _SAID_BY_PATIENT * len(wanted)
        if alike and _same_things(text, stretch.text, asked, ""):
            return stretch.text
    return ""


def _not_asked(text: str, asked: str) -> str:
    """A medicine or a dose that a restatement puts in the asker's mouth; empty when there is none."""
    known = {medicine.name for medicine in medicines_in(asked)}
    stray = [medicine.name for medicine in medicines_in(text) if medicine.name not in known]
    stray += [dose.words for dose in doses_in(text) if not dose.held_by(doses_in(asked))]
    return stray[0] if stray else ""


def _why_not(text: str, sources: Sequence[Source]) -> str:
    """Why no source counts, where one comes near."""
    for source in sources:
        if is_chinese(text) != is_chinese(source.reply):
            return f"[{source.number}] is in another language: compare it yourself."
        if near := _nearest(text, source.reply):
            return f"[{source.number}] comes near, but not in {_difference(text, near[0][1], source.reply)}."
    return "No past reply says this."


def _difference(text: str, stretch: _Stretch, reply: str) -> str:
    held = {medicine.name for medicine in medicines_in(" ".join(stretch.parts))}
    if missing := sorted({medicine.name for medicine in medicines_in(text)} - held):
        return f"the medicine ({missing[0]})"
    if missing := [dose.words for dose in doses_in(text) if not dose.held_by(doses_in(reply))]:
        return f"the dose ({missing[0]})"
    if differ_in_negation(text, stretch.parts):
        return "yes or no"
    return "what it names" if _names_more(text, " ".join(stretch.parts)) else "a figure or a side"
