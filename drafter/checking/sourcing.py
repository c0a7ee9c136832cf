"""Does a source say so? Citations, support, doses, changes of medicine, figures, age."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby

from drafter.checking.doses import Change, changes_in, doses_in
from drafter.checking.medicines import medicines_in
from drafter.checking.numbers import number as value_of
from drafter.checking.passages import Passage, cited, passages
from drafter.checking.support import by_passage
from drafter.domain import Concern, Draft, Place, Source, Support
from drafter.screening.instructions import instructions_in
from drafter.text import excerpt, quote_span

MOST_OF_A_KIND = 6
"""Concerns of one kind in one text that are named one by one; more are counted in one."""
_OLD = 10
"""Years, for any advice."""
_OLD_FOR_MEDICINES = 5
"""Years, where a passage that rests on the source names a medicine: doses and warnings change sooner."""

_PLACES: dict[Place, str] = {"reply": "the reply", "more_info": "More Info"}


def cites_only_its_sources(draft: Draft) -> Iterator[Concern]:
    known = {source.number for source in draft.sources}
    for number in sorted(draft.cited - known):
        yield Concern("unknown_citation", "block", f"The draft cites [{number}], which is not among its sources.")


def quotes_stand_in_their_sources(draft: Draft) -> Iterator[Concern]:
    """Words given as a quotation stand in a reply that the passage cites, but for white space and case."""
    found = []
    for passage in passages(draft):
        replies = [source.reply for source in cited(draft, passage)]
        for quote in passage.quotes:
            if not any(quote_span(reply, quote) for reply in replies):
                message = f"No cited past reply holds the words given as its own: “{excerpt(quote, 80)}”."
                found.append(Concern("quote_not_found", "block", message, passage.place, passage.text))
    yield from _at_most(found)


def says_only_what_a_source_says(draft: Draft) -> Iterator[Concern]:
    """Advice and claims have a source that says them and none that says otherwise; courtesy and the safety net need
    none. What only the asker said is no fact."""
    known = {source.number for source in draft.sources}
    concerns = (_concern_of(passage, support, known) for passage, support in by_passage(draft))
    yield from _at_most(concern for concern in concerns if concern)


def _concern_of(passage: Passage, support: Support, known: set[int]) -> Concern | None:
    match support.verdict:
        case "contradicted":
            message = f"{support.reason} “{excerpt(support.quote, 80)}”"
            return Concern("contradicts_source", "block", message, passage.place, support.text)
        case "patient_said" if support.kind == "claim":
            return Concern("patient_said", "warn", support.reason, passage.place, support.text)
        case "model_only" if support.kind == "restatement":
            return Concern("no_source", "warn", support.reason, passage.place, support.text)
        case "model_only" | "patient_said" if support.kind != "safety_net":
            return _by_model_alone(passage, support, known)
        case "supported" if support.reason and known.intersection(passage.sources):
            return Concern("not_supported", "warn", support.reason, passage.place, support.text)
    return None


def _by_model_alone(passage: Passage, support: Support, known: set[int]) -> Concern | None:
    advice = support.kind == "recommendation"
    if not passage.sources:
        clinical = advice or _CLINICAL.search(support.text)
        said = "Advice that no past reply gives." if advice else "No past reply is named for this."
        return Concern("no_source", "block" if clinical else "warn", said, passage.place, support.text)
    if not known.intersection(passage.sources):
        return None  # an unknown citation is another check's concern
    numbers = "".join(f"[{number}]" for number in passage.sources)
    message = f"{numbers} is cited, but does not say this. {support.reason}".strip()
    return Concern("not_supported", "block" if advice else "warn", message, passage.place, support.text)


_CLINICAL = re.compile(
    r"\b(?:caus\w*|due to|indicat\w*|suggests?|symptom\w*|sign of|treat\w*|cur(?:e|es|ed|able)|diagnos\w*"
    r"|disease|syndrome|disorder|infect\w*|inflam\w*|cancer|tumou?r|pain\w*|fever|blood|nerve|muscle|heart|lung"
    r"|liver"
    r"|kidney|brain|bone|joint|skin|medic\w*|drugs?|dos(?:e|es|age)|tablets?|therap\w*|surg\w*|scan|test\w*"
    r"|risk\w*|side effects?|complicat\w*|chronic|acute|condition\w*|patients?|recover\w*|heal\w*|harmless"
    r"|normal|benign|serious)\b"
    r"|引起|造成|導致|导致|症狀|症状|治療|治疗|診斷|诊断|疾病|感染|發炎|发炎|癌|腫瘤|痛|發燒|发烧|藥|药|手術"
    r"|手术|檢查|检查|風險|风险|副作用|正常|嚴重|严重",
    re.IGNORECASE,
)


def _at_most(found: Iterable[Concern]) -> Iterator[Concern]:
    """The first few of each kind and place, and one that counts the rest: a wall of alarms is read by nobody."""
    in_order = sorted(found, key=lambda c: (c.place, c.code, c.severity))
    for _, group in groupby(in_order, key=lambda c: (c.place, c.code, c.severity)):
        concerns = list(group)
        yield from concerns[:MOST_OF_A_KIND]
        if rest := concerns[MOST_OF_A_KIND:]:
            message = f"{len(rest)} more passages of {_PLACES[rest[0].place]}: {excerpt(rest[0].message, 80)}"
            yield Concern(rest[0].code, rest[0].severity, message, rest[0].place)


def doses_stand_in_a_source(draft: Draft) -> Iterator[Concern]:
    """Every dose of the draft stands, beside the same medicine, in a reply that its passage cites."""
    found = []
    for passage in passages(draft):
        held = [dose for source in cited(draft, passage) for dose in doses_in(source.reply)]
        for dose in doses_in(passage.text):
            if not dose.held_by(held) and (dose.unit not in ("a day", "a week") or _has_medicine(passage.text)):
                message = f"No cited past reply holds this dose: {dose.words}."
                found.append(Concern("dose_without_source", "block", message, passage.place, passage.text))
    yield from _at_most(dict.fromkeys(found))


_MEDICINE = re.compile(
    r"\b(?:take|taken|tak(?:es|ing)|dose|dosage|apply|tablets?|capsules?|mg|ml|drops|cream|medicine"
    r"|medication)\b|服用|吃|擦|藥|药|顆|毫克",
    re.IGNORECASE,
)


def _has_medicine(text: str) -> bool:
    return bool(_MEDICINE.search(text) or medicines_in(text))


def changes_of_medicine_stand_in_a_source(draft: Draft) -> Iterator[Concern]:
    """To start, stop or change a medicine is said only where a cited reply says the same of that medicine."""
    found = []
    for passage in passages(draft):
        held = [change for source in cited(draft, passage) for change in changes_in(source.reply)]
        for change in changes_in(passage.text):
            if not any(change.held_by(other) for other in held):
                found.append(_unheld(change, passage))
    yield from _at_most(dict.fromkeys(found))


def _unheld(change: Change, passage: Passage) -> Concern:
    message = f"No cited past reply speaks of this change of medicine: {excerpt(change.words, 60)}."
    return Concern("medicine_change", "block", message, passage.place, passage.text)


_FIGURE = re.compile(
    r"\b(?P<a>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:in|out of|of every"
    r"|in every)\s*(?P<b>\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred"
    r"|thousand)\b(?!\s*(?:days?|weeks?|months?|years?|hours?|minutes?|doses?|times))"
    r"|(?P<percent>\d+(?:\.\d+)?)\s*(?:%|percent|per cent|％)(?!\s*(?:cream|gel|ointment|lotion|solution))"
    r"|(?P<d>[\d一二三四五六七八九十百]+)\s*分之\s*(?P<c>[\d一二三四五六七八九十百]+)"
    r"|(?P<of>[\d一二三四五六七八九十百]+)\s*(?:個|个)?人(?:之?中|裡|里)(?:有"
    r"|就有)\s*(?P<some>[\d一二兩两三四五六七八九十]+)\s*(?:個|个|位|人)"
    r"|(?P<tenths>[\d一二三四五六七八九])\s*成(?=[的左病患會会人以機机])",
    re.IGNORECASE,
)  # fmt: skip


@lru_cache(maxsize=1024)
def figures_in(text: str) -> Mapping[str, str]:
    """Shares such as "1 in 6" or "30%", as numbers, each with its words."""
    return {f"{_share(match):.4g}": match[0] for match in _FIGURE.finditer(text)}


def _share(match: re.Match[str]) -> float:
    """ "One in six" is "1 in 6" and 六分之一, "30%" is 三成."""
    if match["percent"]:
        return float(match["percent"]) / 100
    if match["tenths"]:
        return value_of(match["tenths"]) / 10
    part, whole = match["a"] or match["c"] or match["some"], match["b"] or match["d"] or match["of"]
    return value_of(part) / (value_of(whole) or 1)


def figures_stand_in_a_source(draft: Draft) -> Iterator[Concern]:
    asked = figures_in(draft.screening.text)
    for passage in passages(draft):
        held = {figure for source in cited(draft, passage) for figure in figures_in(source.reply)}
        for figure, said in figures_in(passage.text).items():
            if figure not in held:
                whose = "It is the asker's own hearsay." if figure in asked else "No cited past reply holds it."
                yield Concern(
                    "figure_without_source", "warn", f"A figure, “{said}”. {whose}", passage.place, passage.text
                )


def sources_are_not_old(draft: Draft) -> Iterator[Concern]:
    for source in draft.sources:
        if source.number not in draft.cited or not source.year:
            continue
        age = draft.created_at.year - source.year
        medicine = _medicine_from(source, draft)
        if age > _OLD:
            message = f"[{source.number}] is a reply of {source.year}: see whether its advice still holds."
            yield Concern("old_source", "warn", message)
        elif age > _OLD_FOR_MEDICINES and medicine:
            message = f"[{source.number}] is a reply of {source.year} and speaks of {medicine}: advice on medicines"
            yield Concern("old_source", "warn", f"{message} changes sooner, see whether it still holds.")


def _medicine_from(source: Source, draft: Draft) -> str:
    """The first medicine that a passage resting on ``source`` names, as there; empty without one."""
    resting = (passage for passage in passages(draft) if source.number in passage.sources)
    return next((medicine.name for passage in resting for medicine in medicines_in(passage.text)), "")


def nothing_gives_orders(draft: Draft) -> Iterator[Concern]:
    """Words that read like orders to a model: in a past reply they block, in the question they warn."""
    for source in draft.sources:
        for phrase in instructions_in(f"{source.question}\n{source.reply}")[:1]:
            message = f"[{source.number}] carries words that read like orders to a model: “{excerpt(phrase, 80)}”."
            yield Concern("instructions_in_source", "block", message)
    for phrase in draft.screening.instructions[:1]:
        message = f"The question carries words that read like orders to a model: “{excerpt(phrase, 80)}”."
        yield Concern("instructions_in_question", "warn", message, "question", phrase)


def something_answers(draft: Draft) -> Iterator[Concern]:
    if draft.provenance.offline and not draft.reply.sentences:
        yield Concern(
            "no_source_answers", "warn", "No past reply answers this question, so nothing was drafted.", "reply"
        )
