"""Who is meant and who speaks: other doctors, other people, the patient who is not the asker."""

import re
from collections.abc import Iterator

from drafter.checking.passages import passages
from drafter.domain import Concern, Draft, Exchange
from drafter.screening.names import name_spans
from drafter.text import sentences

_DOCTOR = re.compile(
    r"\b(?:Dr|Doctor|Prof|Professor)\.?\s+(?P<latin>[A-Z][\w'’-]+(?:[\s-][A-Z][\w'’-]+){0,2})"
    r"|(?P<han>[\u4e00-\u9fff]{1,4})(?:醫師|医师|主任醫師|主任医师)\s*(?:敬上|敬啟|敬启|謹上|謹覆|回覆|回复|$)",
    re.MULTILINE,
)
_AS_DOCTOR = re.compile(
    r"\b(?:as (?:a|your) (?:doctor|physician|surgeon|gp|specialist)|i am (?:a|your|dr)\b[^.]{0,20}\b(?:doctor"
    r"|physician|surgeon)|in my (?:clinic|practice|hospital)|my patients)\b|身為(?:一名)?醫師|我是.{0,6}(?:醫師"
    r"|医师|醫生|医生)|我的門診|我的门诊", re.IGNORECASE)  # fmt: skip


def signs_for_nobody_else(draft: Draft) -> Iterator[Concern]:
    """No name or hospital of a doctor whose past reply was a source; the reviewer signs at approval."""
    text = f"{draft.reply.text}\n{draft.more_info.text}"
    asked = draft.question.text
    told: set[str] = set()
    for source in draft.sources:
        for name in _names_of(source.exchange):
            if name not in told and _says(text, name) and not _says(asked, name):
                told.add(name)
                message = f"The draft names {name}, who signed or stands in past reply [{source.number}]."
                yield Concern("other_doctor", "block", message, quote=name)
    for match in _DOCTOR.finditer(text):
        name = match["latin"] or match["han"]
        if not any(_says(other, name) for other in told) and not _says(asked, name):
            said = match[0].strip()
            yield Concern("other_doctor", "block", f"The draft names another doctor: {said}.", quote=said)
    for match in _AS_DOCTOR.finditer(text):
        yield Concern(
            "speaks_as_doctor", "warn", "The draft speaks as a doctor; only the reviewer may.", quote=match[0]
        )


def _names_of(exchange: Exchange) -> Iterator[str]:
    for name in (exchange.doctor, exchange.hospital):
        if name and len(_flat(name)) > 1:
            yield name
    for part in re.split(r"[\n,，。;；/]+", exchange.signature):
        name = re.sub(r"^\s*(?:Dr|Doctor|Prof)\.?\s*|(?:醫師|医师|敬上|主任)", "", part).strip(" .")
        if len(_flat(name)) > (3 if name.isascii() else 1):
            yield name


def _flat(text: str) -> str:
    return re.sub(r"[\s\-‐·.]+", "", text).casefold()


def _says(text: str, name: str) -> bool:
    """Whether ``name`` stands in ``text``, case, hyphens and spaces aside: "Oddy Ma-Ren" is "Oddy Maren"."""
    flat = _flat(name)
    edges = ("(?<![a-z])", "(?![a-z])") if flat.isascii() else ("", "")
    pattern = edges[0] + r"[\s\-‐·.]*".join(map(re.escape, flat)) + edges[1]
    return bool(flat) and bool(re.search(pattern, text.casefold()))


def names_nobody(draft: Draft) -> Iterator[Concern]:
    """A named person in a draft comes from a past reply's anecdote, or from nowhere."""
    asked = draft.question.text
    for place, text in (("reply", draft.reply.text), ("more_info", draft.more_info.text)):
        for start, end, kind in sorted(set(name_spans(text))):
            name = text[start:end]
            if (
                kind == "NAME"
                and name not in asked
                and " " in name
                and not _DOCTOR.search(text[max(0, start - 5) : end])
            ):
                yield Concern("named_person", "warn", f"The draft names a person, {name}.", place, name)  # type: ignore[arg-type]  # a place
                break


_BODY = (
    r"(?:own )?(?:left |right |lower |upper )?(?:buttocks?|leg|legs|arm|arms|hand|hands|foot|feet|knees?"
    r"|hips?|back|neck|head|chest|heart|lungs?|stomach|tummy|belly|abdomen|bowels?|bladder|kidneys?|liver"
    r"|skin|eyes?|ears?|nose|throat|mouth|teeth|face|spine|muscles?|nerves?|joints?|breasts?"
    r"|uterus|ovar\w+|testicles?|prostate|blood(?: pressure| sugar| test)?|symptoms?|condition|pain|illness"
    r"|disease|weight|periods?|pregnancy|baby|injury|wound|fever|rash|medication|medicines?|treatment"
    r"|recovery|speedy recovery|full recovery|results?|x-?ray|scan)"
)
_YOUR_BODY = re.compile(
    rf"\byour {_BODY}\b|\byou (?:have|are (?:having|experiencing|suffering)|may have|might have|should (?:rest"
    rf"|undergo|avoid))\b(?! (?:mention|describ|any|question|writ|ask|said|told|not))|(?:您|你)的(?:症狀|症状"
    rf"|病情|身體|身体|腳|腿|手|頭|头|胸|腰|背|膝|眼|耳|皮膚|皮肤|疼痛|傷|伤)", re.IGNORECASE)  # fmt: skip
_RECOVER = re.compile(
    r"\b(?:your (?:speedy |quick |full |complete )?recovery|(?:you|hope you) (?:get well|recover|feel better)"
    r"|get well soon)\b|祝(?:您|你)?(?:早日|盡快|尽快)(?:康復|康复|痊癒|痊愈)", re.IGNORECASE)  # fmt: skip


def means_the_patient(draft: Draft) -> Iterator[Concern]:
    """Where the asker writes about somebody else, the draft does not speak of the asker's body or recovery."""
    patient = draft.screening.patient
    if patient.relation == "self":
        return
    whom = "somebody else" if patient.relation == "other" else f"a {patient.relation}"
    for passage in passages(draft):
        if (match := _YOUR_BODY.search(passage.text)) and patient.relation.split("-")[0] not in match[0].lower():
            yield Concern(
                "wrong_person",
                "warn",
                f"“{match[0]}”: the question is about {whom}, not the asker.",
                passage.place,
                passage.text,
            )
            break
    for sentence in sentences(f"{draft.reply.text}"):
        if match := _RECOVER.search(sentence):
            message = f"The reply wishes the asker a recovery; the question is about {whom}."
            yield Concern("wrong_person", "warn", message, "reply", match[0])
            break
