"""Does a source say so? Citations, support, doses, changes of medicine, figures, age."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby

from drafter.checking.passages import Passage, cited, is_fixed, kind_of, passages, shared, terms
from drafter.checking.plan import drugs_in
from drafter.domain import Concern, Draft, Place, Source
from drafter.screening.instructions import instructions_in
from drafter.text import excerpt, quote_span

MOST_OF_A_KIND = 6
"""Concerns of one kind in one text that are named one by one; more are counted in one."""
_SUPPORT = 0.3
"""Share of a passage's terms that its sources must hold; chosen by hand."""
_FEW_TERMS = 4
_OLD = 10
"""Years."""

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
    """Advice and claims have a source, and the source shares their words; courtesy and the safety net need none."""
    found: list[Concern] = []
    for passage in passages(draft):
        kind = kind_of(passage.text)
        if kind in ("courtesy", "restatement", "safety_net") or not terms(passage.text):
            continue
        if is_fixed(draft, passage.kind):
            continue
        if not passage.sources:
            found.append(_without_source(passage, advice=kind == "advice" or passage.kind == "plan"))
        elif not _supported(draft, passage):
            numbers = "".join(f"[{number}]" for number in passage.sources)
            found.append(
                Concern(
                    "not_supported",
                    "block" if kind == "advice" else "warn",
                    f"{numbers} is cited, but says hardly any of these words.",
                    passage.place,
                    passage.text,
                )
            )
    yield from _at_most(found)


def _without_source(passage: Passage, *, advice: bool) -> Concern:
    clinical = advice or _CLINICAL.search(passage.text)
    said = "Advice that no past reply gives." if advice else "No past reply is named for this."
    return Concern("no_source", "block" if clinical else "warn", said, passage.place, passage.text)


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


def _supported(draft: Draft, passage: Passage) -> bool:
    sources = cited(draft, passage)
    if not sources:
        return True  # an unknown citation is another check's concern
    held = " ".join(f"{source.reply} {source.exchange.more_info}" for source in sources)
    if len(terms(passage.text)) < _FEW_TERMS:
        return shared(passage.text, held) > 0
    return shared(passage.text, held) >= _SUPPORT


def _at_most(found: Iterable[Concern]) -> Iterator[Concern]:
    """The first few of each kind and place, and one that counts the rest: a wall of alarms is read by nobody."""
    in_order = sorted(found, key=lambda c: (c.place, c.code, c.severity))
    for _, group in groupby(in_order, key=lambda c: (c.place, c.code, c.severity)):
        concerns = list(group)
        yield from concerns[:MOST_OF_A_KIND]
        if rest := concerns[MOST_OF_A_KIND:]:
            message = f"{len(rest)} more passages of {_PLACES[rest[0].place]}: {excerpt(rest[0].message, 80)}"
            yield Concern(rest[0].code, rest[0].severity, message, rest[0].place)


_NUMBER_WORDS = {
    "half": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0, "nine": 9.0, "ten": 10.0, "once": 1.0, "twice": 2.0,
    "半": 0.5, "一": 1.0, "兩": 2.0, "两": 2.0, "二": 2.0, "三": 3.0, "四": 4.0, "五": 5.0, "六": 6.0,
}  # fmt: skip
_NUMBER = (
    r"\d{1,3}(?:,\d{3})+|\d+(?:[.,]\d+)?"
    r"|(?<![a-z])(?:half|one|two|three|four|five|six|seven|eight|nine|ten)(?![a-z])|[半一兩两二三四五六]"
)
_MASS = {
    "g": 1000.0, "gram": 1000.0, "公克": 1000.0, "克": 1000.0, "mg": 1.0, "milligram": 1.0, "毫克": 1.0,
    "mcg": 0.001, "µg": 0.001, "μg": 0.001, "ug": 0.001, "microgram": 0.001, "微克": 0.001,
}  # fmt: skip
"""Units of mass in mg."""
_COUNTED = {
    **dict.fromkeys(("tablet", "tab", "pill", "capsule", "cap", "caplet"), "tablet"),
    **dict.fromkeys(("顆", "颗", "錠", "锭", "粒", "片"), "tablet"),
    **dict.fromkeys(("unit", "iu", "單位", "单位"), "unit"),
    **dict.fromkeys(("ml", "毫升", "cc"), "ml"),
    **dict.fromkeys(("drop", "滴"), "drop"),
    **dict.fromkeys(("sachet", "包"), "sachet"),
    "puff": "puff",
}
_UNIT = "|".join(sorted((re.escape(u) for u in (*_MASS, *_COUNTED)), key=len, reverse=True))
_DOSE = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<low>{_NUMBER})(?:\s*(?:-|–|—|to|~|or|至|到)\s*(?P<high>{_NUMBER}))?\s*(?:a "
    rf"|of a )?(?P<unit>{_UNIT})(?:e?s)?(?![a-z])(?!\s*/\s*(?:d?l|ml|min|hour)\b)(?:\s*(?:/|per)\s*(?P<per>kg"
    rf"|公斤))?",
    re.IGNORECASE,
)
_STRENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*%\s*(?=\w*\s?(?:cream|gel|ointment|lotion|solution|spray|乳膏|軟膏|软膏|凝膠|溶液))",
    re.IGNORECASE,
)
_TIMES_A_DAY = re.compile(
    r"\b(?:(?P<n>once|twice|(?:one|two|three|four|five|six|\d+)\s*(?:x|times))\s*(?:a|per|each|every"
    r"|/)?\s*(?:day|daily)|every\s+(?P<hours>\d+|four|six|eight|twelve)\s*(?:-\s*\d+\s*)?h(?:ours?)?\b"
    r"|(?P<latin>bid|tid|qid|qd)\b)"
    r"|[每一]\s*[天日]\s*(?P<han>[一兩两二三四\d])\s*次|每\s*(?P<hanhours>\d+|[四六八])\s*(?:個|个)?小時",
    re.IGNORECASE,
)
_LATIN = {"qd": 1.0, "bid": 2.0, "tid": 3.0, "qid": 4.0}


def _value(number: str) -> float:
    word = number.lower()
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS[word]
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+", word)
    return float(word.replace(",", "") if thousands else word.replace(",", "."))


@lru_cache(maxsize=1024)
def doses_in(text: str) -> Mapping[tuple[str, float], str]:
    """Doses and frequencies, normalised (masses in mg, frequencies in times a day), each with its words."""
    found: dict[tuple[str, float], str] = {}
    for match in _DOSE.finditer(text):
        unit = match["unit"].lower()
        per = "/kg" if match["per"] else ""
        for number in (match["low"], match["high"]):
            if number and unit in _MASS:
                found[f"mg{per}", round(_value(number) * _MASS[unit], 6)] = match[0].strip()
            elif number:
                found[f"{_COUNTED[unit]}{per}", _value(number)] = match[0].strip()
    for match in _STRENGTH.finditer(text):
        found["%", float(match[1])] = match[0].strip()
    for match in _TIMES_A_DAY.finditer(text):
        found["a day", _times(match)] = match[0].strip()
    return found


def _times(match: re.Match[str]) -> float:
    if hours := match["hours"] or match["hanhours"]:
        words = {"four": 4, "six": 6, "eight": 8, "twelve": 12, "四": 4, "六": 6, "八": 8}
        return round(24 / max(1, words.get(hours.lower()) or int(hours)), 3)
    if match["latin"]:
        return _LATIN[match["latin"].lower()]
    return _value((match["han"] or match["n"]).lower().removesuffix("times").removesuffix("x").strip())


def doses_stand_in_a_source(draft: Draft) -> Iterator[Concern]:
    """Every dose of the draft stands, normalised, in a reply that its own passage cites."""
    found = []
    for passage in passages(draft):
        held = {dose for source in cited(draft, passage) for dose in _doses_of(source)}
        for dose, said in doses_in(passage.text).items():
            if dose not in held and not (dose[0] == "a day" and not _has_medicine(passage.text)):
                message = f"No cited past reply holds this dose: {said}."
                found.append(Concern("dose_without_source", "block", message, passage.place, passage.text))
    yield from _at_most(dict.fromkeys(found))


def _doses_of(source: Source) -> Mapping[tuple[str, float], str]:
    return doses_in(f"{source.reply} {source.exchange.more_info}")


_MEDICINE = re.compile(
    r"\b(?:take|taken|tak(?:es|ing)|dose|dosage|apply|tablets?|capsules?|mg|ml|drops|cream|medicine"
    r"|medication)\b|服用|吃|擦|藥|药|顆|毫克",
    re.IGNORECASE,
)


def _has_medicine(text: str) -> bool:
    return bool(_MEDICINE.search(text) or drugs_in(text))


_CHANGE = re.compile(
    r"\b(?P<verb>stop|stopping|start|starting|increase|increasing|reduce|reducing|decrease|decreasing|double"
    r"|doubling|halve|halving|switch|skip|discontinue|resume|taper|withhold|come off"
    r"|coming off)\b(?P<object>[^.;,!?]{3,60})"
    r"|(?P<han>停用|停藥|停药|停掉|停止服用|開始服用|开始服用|增加劑量|增加剂量|減少劑量|减少剂量|加倍|減量"
    r"|减量|加量|換藥|换药|改吃)(?P<hanobject>[^。；，！？]{0,20})",
    re.IGNORECASE,
)
_SOME_MEDICINE = re.compile(
    r"\b(?:medicines?|medications?|tablets?|pills?|drugs?|dose|dosage|treatment|injections?)\b|藥"
    r"|药",
    re.IGNORECASE,
)


def changes_of_medicine_stand_in_a_source(draft: Draft) -> Iterator[Concern]:
    """To start, stop or change a medicine is said only where a cited reply speaks of changing that medicine."""
    for passage in passages(draft):
        for match in _CHANGE.finditer(passage.text):
            said = match["object"] or match[0]
            drugs = drugs_in(said)
            if not drugs and not _SOME_MEDICINE.search(said):
                continue
            if not any(_holds_change(source, drugs) for source in cited(draft, passage)):
                message = f"No cited past reply speaks of this change of medicine: {excerpt(match[0].strip(), 60)}."
                yield Concern("medicine_change", "block", message, passage.place, passage.text)
                break


def _holds_change(source: Source, drugs: frozenset[str]) -> bool:
    text = f"{source.reply} {source.exchange.more_info}"
    return any(
        (not drugs and _SOME_MEDICINE.search(m[0])) or drugs & drugs_in(m[0]) for m in _CHANGE.finditer(text)
    )


_FIGURE = re.compile(
    r"\b(?P<a>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:in|out of|of every"
    r"|in every)\s*(?P<b>\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|hundred"
    r"|thousand)\b(?!\s*(?:days?|weeks?|months?|years?|hours?|minutes?|doses?|times))"
    r"|(?P<percent>\d+(?:\.\d+)?)\s*(?:%|percent|per cent|％)(?!\s*(?:cream|gel|ointment|lotion|solution))"
    r"|(?P<d>[\d一二三四五六七八九十百]+)\s*分之\s*(?P<c>[\d一二三四五六七八九十百]+)"
    r"|(?P<tenths>[\d一二三四五六七八九])\s*成(?=[的左病患會会人以機机])",
    re.IGNORECASE,
)  # fmt: skip


@lru_cache(maxsize=1024)
def figures_in(text: str) -> Mapping[str, str]:
    """Shares such as "1 in 6" or "30%", normalised, each with its words."""
    return {
        "/".join(word.lower() for word in match.groups() if word) + ("%" if match["percent"] else ""): match[0]
        for match in _FIGURE.finditer(text)
    }


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
        if source.number in draft.cited and source.year and draft.created_at.year - source.year > _OLD:
            yield Concern(
                "old_source",
                "warn",
                f"[{source.number}] is a reply of {source.year}: see whether its advice still holds.",
            )


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
