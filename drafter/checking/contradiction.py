"""Do two sentences about the same matter disagree? By number, negation, side, unit or medicine; else they do not.

Two clauses are about the same matter when one holds everything that the other says besides what can differ. What
limits a statement (a condition, "only", "not always") silences it: a wrong alarm about a good sentence costs more
trust than a missed one, which still is not counted as supported.
"""

from collections.abc import Sequence

from drafter.chat.cues import terms as terms_of
from drafter.checking.medicines import classes_of
from drafter.checking.numbers import number
from drafter.checking.statements import ANY_QUANTITY, FACES, Clause, Mood, Quantity, Said, read
from drafter.text import sentences

_OPPOSITE: dict[Mood, frozenset[Mood]] = {
    "forbids": frozenset(("allows", "demands")),
    "needless": frozenset(("demands",)),
    "denies": frozenset(("states",)),
}


_SHOWN = {"up": "more", "down": "less"}
_AGAINST = {
    side: f"{_SHOWN.get(side, side)} against {_SHOWN.get(facing, facing)}" for side, facing in FACES.items()
}


def contradiction(said: str, source: str) -> str | None:
    """Why ``said`` and ``source`` cannot both hold, in a few words for the reviewer; None when in doubt."""
    for one in sentences(said):
        for other in sentences(source):
            if reason := disagreement(read(one), read(other)):
                return reason
    return None


def disagreement(said: Said, source: Said) -> str | None:
    """``contradiction`` of two sentences that are read already."""
    if not said.terms & source.terms:
        return None
    return _by_quantity(said, source) or _by_clause(said, source)


def differ_in_negation(said: str, evidence: Sequence[str]) -> bool:
    """True when a clause of the sentence ``said`` and the clause most like it of the sentences ``evidence`` differ
    in their negators, an even number of which is none: less sure than a contradiction, but enough that the one
    does not support the other."""
    mine, there = read(said), [read(sentence) for sentence in evidence]
    if len(there) == 1 and mine.terms == there[0].terms and (mine.negators - there[0].negators) % 2:
        return True
    clauses = [clause for one in there for clause in one.clauses]
    return any(_differs(clause, clauses) for clause in mine.clauses if clause.terms)


def _differs(clause: Clause, there: Sequence[Clause]) -> bool:
    most = max((len(clause.terms & other.terms) for other in there), default=0)
    if 2 * most < len(clause.terms):
        return False
    alike = [other for other in there if len(clause.terms & other.terms) == most]
    return all((other.negators - clause.negators) % 2 for other in alike)


def _by_quantity(said: Said, source: Said) -> str | None:
    for one in said.quantities:
        others = [q for q in source.quantities if q.kind == one.kind and _same_medicine(one, q)]
        mine = [q for q in said.quantities if q.kind == one.kind and _same_medicine(one, q)]
        if len(others) == 1 and len(mine) == 1 and not _elsewhere(one, source) and not _elsewhere(others[0], said):
            if _differ(one, others[0]) and _same_matter(
                said, source, dose=bool(one.medicine and others[0].medicine)
            ):
                return f"{one.words} against {others[0].words}"
        elif not others and (other := _other_unit(one, source)) and _same_matter(said, source, dose=True):
            return f"{one.words} against {other.words}"
    return None


def _elsewhere(one: Quantity, other: Said) -> bool:
    return any(number(match[0]) in other.strays for match in ANY_QUANTITY.finditer(one.words))


def _same_medicine(one: Quantity, other: Quantity) -> bool:
    return one.medicine == other.medicine or not one.medicine or not other.medicine


_TAKEN = ("mg", "ml", "unit", "drop", "mg/kg")


def _other_unit(one: Quantity, source: Said) -> Quantity | None:
    """The same figure of the same medicine in a unit that measures something else ("5 mg" against "5 ml")."""
    if one.kind not in _TAKEN or not one.medicine:
        return None
    kinds = {q.kind for q in source.quantities}
    same = [q for q in source.quantities if q.kind in _TAKEN and q.low == one.low and q.medicine == one.medicine]
    return same[0] if len(same) == 1 and len(kinds & set(_TAKEN)) == 1 else None


def _differ(one: Quantity, other: Quantity) -> bool:
    if one.kind == "days" and one.role != other.role:
        return False
    if one.role != other.role and {one.role, other.role} & {">", "<", "total"}:
        return False
    if one.low == other.low == 0:
        return False
    # A month is not just 30 days, and a degree is rounded when the scale changes.
    slack = 0.3 if one.kind == "°C" else 0.08 * max(one.high, other.high) if one.kind == "days" else 0.01 * one.high
    return one.low > other.high + slack or other.low > one.high + slack


def _same_matter(said: Said, source: Said, *, dose: bool) -> bool:
    """One says everything that the other says, besides the figure. Two terms make a matter, or one medicine."""
    one_sided = said.conditions is None or source.conditions is None
    if said.conditions != source.conditions and not (dose and one_sided):
        return False
    fewer, more = sorted((said.terms, source.terms), key=len)
    common = fewer & more
    return fewer <= more and len(common) >= (1 if dose else min(2, len(more))) and 2 * len(common) >= len(more)


# -- clauses


def _by_clause(said: Said, source: Said) -> str | None:
    if said.conditions != source.conditions:
        return None
    for one in said.clauses:
        for other in source.clauses:
            about_the_same = one.terms & other.terms or (one.medicines and other.medicines)
            if about_the_same and (reason := _by_mood(one, other) or _by_side(one, other)):
                return None if reason in _AGAINST.values() and _speaks_of_both(said, source) else reason
    return None


def _speaks_of_both(*sentences_: Said) -> bool:
    return any(FACES[side] in said.sides for said in sentences_ for side in said.sides)


def _by_side(one: Clause, other: Clause) -> str | None:
    for side in one.sides:
        facing = FACES[side]
        if facing in other.sides and facing not in one.sides and side not in other.sides:
            rest = one.sides - {side} == other.sides - {facing}
            fewer, more = sorted((one.terms, other.terms), key=len)
            if rest and fewer <= more and 2 * len(fewer) >= len(more) and one.mood == other.mood:
                return _AGAINST[side]
    return None


def _by_mood(one: Clause, other: Clause) -> str | None:
    within = one.terms <= other.terms or other.terms <= one.terms or (one.medicines and other.medicines)
    if not within or one.sides != other.sides or one.mood is None or other.mood is None:
        return None
    if other.mood in _OPPOSITE.get(one.mood, ()):
        return "not against yes" if _denied(one, other) else None
    if one.mood in _OPPOSITE.get(other.mood, ()) and (medicine := _denied(other, one)):
        return (
            f"{medicine} is told to be avoided there"
            if medicine in other.medicines and other.mood == "forbids"
            else "yes against not"
        )
    return None


_FORMS = frozenset(("tablet", "pill", "capsul", "medicin", "drug", "painkil", "cream", "medic"))


def _denied(negative: Clause, positive: Clause) -> str | None:
    """What the negative clause denies of the positive one: a medicine by name, or "it"; None when it is another
    matter, or when the positive clause says much more."""
    for medicine in sorted(positive.medicines):
        if not negative.medicines & {medicine, *classes_of(medicine)}:
            continue
        # "Avoid ibuprofen and aspirin" is two orders, and a class is of its members.
        others = frozenset(t for name in negative.medicines - {medicine} for t in terms_of(name))
        if negative.terms - others - _FORMS <= positive.terms:
            return medicine
    if negative.medicines or not negative.terms or not negative.terms <= positive.terms:
        return None
    # "Is not" denies a statement of the same words only; what is forbidden may be a part of what is advised.
    least = 0.66 if negative.mood == "denies" else 0.5
    return "it" if len(negative.terms) >= least * len(positive.terms) else None
