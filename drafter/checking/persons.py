"""Who is meant and who speaks: other doctors, other people, the patient who is not the asker, somebody else's
details."""

import re
from collections.abc import Iterator
from functools import lru_cache

from drafter.checking.passages import passages, terms
from drafter.domain import Concern, Draft, Exchange, Patient, Place
from drafter.screening.lists import GIVEN_HAN, NOT_A_NAME, SURNAMES
from drafter.screening.names import Span, name_spans
from drafter.text import sentences

_DOCTOR = re.compile(
    r"\b(?:Dr|Doctor|Prof|Professor)\.?\s+(?P<latin>[A-Z][\w'’-]+(?:[\s-][A-Z][\w'’-]+){0,2})"
    r"|(?P<degree>[A-Z][\w'’-]+(?:\s[A-Z][\w'’.-]*){1,2}),?\s(?:MD|M\.D\.|MBBS|MBChB|FRCS|FRCP|MRCP)\b"
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
        name = match["latin"] or match["degree"] or match["han"]
        if not any(_says(other, name) for other in told) and not _says(asked, name):
            said = match[0].strip()
            yield Concern("other_doctor", "block", f"The draft names another doctor: {said}.", quote=said)
    for name in (*_hospitals(draft.reply.text), *_hospitals(draft.more_info.text)):
        if not any(_says(name, other) or _says(other, name) for other in told) and not _known(asked, name):
            yield Concern("other_doctor", "block", f"The draft names a hospital: {name}.", quote=name)
    for match in _AS_DOCTOR.finditer(text):
        yield Concern(
            "speaks_as_doctor", "warn", "The draft speaks as a doctor; only the reviewer may.", quote=match[0]
        )


@lru_cache(maxsize=256)
def _spans(text: str) -> tuple[Span, ...]:
    """Names and places in one text of a draft, read once for all checks."""
    return tuple(sorted(set(name_spans(text))))


_HAN_HOSPITAL = re.compile(
    r"(?<=[在到去於由])(?P<name>(?!.{0,4}(?:附近|大型|教學|教学|專科|专科|綜合|综合|區域|区域|地區|地区|公立|私立"
    r"|當地|当地|鄰近|邻近|任何"
    r"|其他|正規|正规|三甲|合格|市立|市級|市级|[骨眼牙婦妇]科|婦幼|妇幼|兒童|儿童|精神|中醫|中医|著名|知名|有名))"
    r"[^\W\da-zA-Z去到在於有是議议查要以好個个的您你大各該该某這这那家每往住看急院]{2,4}(?:醫院|医院|榮總|荣总))"
)


def _hospitals(text: str) -> Iterator[str]:
    """Hospitals and clinics by their own names."""
    for start, end, kind in _spans(text):
        if kind == "ORG" and re.search(
            r"(?:Hospital|Clinic|Infirmary|Cent(?:er|re)?|醫院|医院|診所"
            r"|诊所)$",
            text[start:end],
        ):
            yield text[start:end]
    for match in _HAN_HOSPITAL.finditer(text):
        yield match["name"]


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


_NAMED = re.compile(
    r"\b(?:[Ss]inger|[Aa]ctor|[Aa]ctress|[Pp]layer|[Ff]ootballer|[Pp]resident|[Pp]olitician|[Cc]elebrity|[Ss]tar"
    r"|[Pp]atient"
    r"|[Rr]unner|[Aa]thlete|[Aa]uthor)\s(?P<famous>[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?)"
    r"|(?:^|[.!?]\s|[,;:]\s|\b[a-z]+\s)(?P<both>[A-Z][a-z'’-]+\s[A-Z][a-z'’-]+)\s(?:had|has|was|suffered|healed"
    r"|recovered|died|told"
    r"|also|who)\b"
    rf"|(?:像|如同|跟|和)(?P<han>[{SURNAMES}][{GIVEN_HAN}]{{2}})(?=的|一樣|一样|也)"
    r"|(?:歌手|演員|演员|明星|藝人|艺人|球星|球員|球员|總統|总统|主持人|名人)(?P<star>[\u4e00-\u9fff]{2,3})(?=的"
    r"|也|一樣|一样|，|。)"
)


def _known(asked: str, hospital: str) -> bool:
    """Whether the question names it; a word that only begins the sentence ("Ask") may stand before the name."""
    parts = hospital.split()
    return any(_says(asked, " ".join(parts[n:])) for n in range(max(1, len(parts) - 1)))


def names_nobody(draft: Draft) -> Iterator[Concern]:
    """A named person in a draft comes from a past reply's anecdote, or from nowhere."""
    asked = draft.question.text
    places: tuple[tuple[Place, str], ...] = (("reply", draft.reply.text), ("more_info", draft.more_info.text))
    for place, text in places:
        name = next((name for name in _persons_in(text) if name not in asked), None)
        if name:
            yield Concern("named_person", "warn", f"The draft names a person, {name}.", place, name)


def _persons_in(text: str) -> Iterator[str]:
    for start, end, kind in _spans(text):
        name = text[start:end]
        if kind == "NAME" and " " in name and not _DOCTOR.search(text[max(0, start - 5) : end]):
            yield name
    for match in _NAMED.finditer(text):
        name = match["famous"] or match["both"] or match["han"] or match["star"]
        if not any(part.lower() in NOT_A_NAME for part in name.split()):
            yield name


_BODY = (
    r"(?:own )?(?:left |right |lower |upper )?(?:buttocks?|leg|legs|arm|arms|hand|hands|foot|feet|knees?"
    r"|hips?|back|neck|head|chest|heart|lungs?|stomach|tummy|belly|abdomen|bowels?|bladder|kidneys?|liver"
    r"|skin|eyes?|ears?|nose|throat|mouth|teeth|face|spine|muscles?|nerves?|joints?|breasts?"
    r"|uterus|ovar\w+|testicles?|prostate|blood(?: pressure| sugar| test)?|symptoms?|condition|pain|illness"
    r"|disease|weight|periods?|pregnancy|baby|injury|wound|fever|rash|medication|medicines?|treatment"
    r"|recovery|speedy recovery|full recovery|results?|x-?ray|scan|cough|swelling|bruise|operation|surgery|voice)"
)
_YOUR_BODY = re.compile(
    rf"\byour {_BODY}\b|\byou (?:have|are (?:having|experiencing|suffering)|may have|might have|should (?:rest"
    rf"|undergo|avoid))\b(?! (?:mention|describ|any|question|writ|ask|said|told|not))|(?:您|你)的(?:症狀|症状"
    rf"|病情|身體|身体|腳|脚|腿|手|頭|头|胸|腰|背|膝|眼|耳|皮膚|皮肤|疼痛|傷|伤|屁股|臀|咳|治療|治疗|肩|胃|腸|肠"
    rf"|心臟|心脏|血壓|血压|血糖|發燒|发烧)", re.IGNORECASE)  # fmt: skip
_RECOVER = re.compile(
    r"\b(?:your (?:speedy |quick |full |complete )?recovery|(?:you|hope you) (?:get well|recover|feel better)"
    r"|(?:wish|wishing) you (?:a |an )?(?:\w+ ){0,2}recovery|get well soon)\b"
    r"|祝(?:您|你)?(?:早日|盡快|尽快)(?:康復|康复|痊癒|痊愈)",
    re.IGNORECASE,
)


def means_the_patient(draft: Draft) -> Iterator[Concern]:
    """Where the asker writes about somebody else, the draft means that person: body, recovery, sex and age."""
    patient = draft.screening.patient
    if patient.relation == "self":
        return
    for passage in passages(draft):
        match = _YOUR_BODY.search(passage.text)
        if match and patient.relation.split("-")[0] not in match[0].lower():
            message = f"“{match[0]}”: the question is about {_whom(patient)}, not the asker."
            yield Concern("wrong_person", "warn", message, passage.place, passage.text)
            break
    for sentence in sentences(draft.reply.text):
        if match := _RECOVER.search(sentence):
            message = f"The reply wishes the asker a recovery; the question is about {_whom(patient)}."
            yield Concern("wrong_person", "warn", message, "reply", match[0])
            break
    yield from _wrong_pronouns(draft)
    yield from _grown_up_advice(draft)


def _whom(patient: Patient) -> str:
    return "somebody else" if patient.relation == "other" else f"a {patient.relation}"


_HE = re.compile(r"\b(?:he|him|his)\b|(?<![其吉])他(?![們们人日國国])", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|hers)\b|她(?![們们])", re.IGNORECASE)
_OTHER_PERSON = re.compile(
    r"\b(?:doctors?|gp|physician|specialist|therapist|nurse|surgeon|\w+ologist|husband|wife|partner|mother|father"
    r"|parents?"
    r"|teacher|baby|child|somebody|someone|person)\b|醫|医|師|师|家人|先生|太太|父|母|老師",
    re.IGNORECASE,
)


def _wrong_pronouns(draft: Draft) -> Iterator[Concern]:
    """ "He" for a woman, where neither question nor sentence speaks of a man or of anybody else."""
    sex, asked = draft.screening.patient.sex, draft.screening.text
    if not sex:
        return
    wrong, right = (_HE, _SHE) if sex == "female" else (_SHE, _HE)
    if wrong.search(asked) or (draft.screening.language != "en" and not right.search(asked)):
        return
    for passage in passages(draft):
        match = wrong.search(passage.text)
        if match and not right.search(passage.text) and not _OTHER_PERSON.search(passage.text):
            message = f"“{match[0]}”: the patient, {_whom(draft.screening.patient)}, is {sex}."
            yield Concern("wrong_person", "warn", message, passage.place, passage.text)
            return


_GROWN_UP = re.compile(
    r"\b(?:(?:avoid|limit|reduce|stop|quit|no|drink(?:ing)? (?:less|no)) (?:\w+ )?(?:alcohol|smoking|cigarettes)"
    r"|(?:do not|don['’]t"
    r"|stop) (?:smok\w+|driv\w+|drink alcohol)|do not drive|your (?:job|work|partner)|sexual(?:ly)? \w+"
    r"|contracepti\w+|sex)\b"
    r"|(?:不要|避免|少|戒|勿)(?:再)?(?:抽[菸煙烟]|喝酒|飲酒|饮酒|吸[菸煙烟]|開車|开车|熬夜加班|[菸煙烟]酒)|性行為"
    r"|性行为|避孕",
    re.IGNORECASE,
)
_ROUND_THE_CHILD = re.compile(
    r"\b(?:near|around|nobody|no one|family|parents?|household|at home|from (?:him|her|them)|second[- ]?hand"
    r"|passive)\b|旁|身邊|身边|家人|二手|周圍",
    re.IGNORECASE,
)
_CHILD = 13
"""Years; as young as that a patient is advised as a child."""


def _grown_up_advice(draft: Draft) -> Iterator[Concern]:
    if not _is_child(draft.screening.patient):
        return
    for passage in passages(draft):
        match = _GROWN_UP.search(passage.text)
        if match and not _ROUND_THE_CHILD.search(passage.text):
            message = f"“{match[0]}”: advice for grown-ups; the patient is {draft.screening.patient.age} old."
            yield Concern("wrong_person", "warn", message, passage.place, passage.text)
            return


def _is_child(patient: Patient) -> bool:
    years = re.fullmatch(r"(?:about )?(\d+)(?:~\d+)?", patient.age or "")
    small = (patient.age or "").endswith(("days", "weeks", "months"))
    return small or bool(years and int(years[1]) < _CHILD)


# Details that one person has and another does not, each with the ways in which a question may speak of it.
_DETAILS: tuple[tuple[str, str], ...] = (
    (r"husband|hubby|先生|老公|丈夫", r"husband|hubby|married|先生|老公|丈夫|spouse|partner"),
    (r"wife|太太|老婆|妻子", r"wife|married|太太|老婆|妻子|spouse|partner"),
    (r"mother|mum|mom|媽媽|妈妈|母親|母亲", r"mother|mum|mom|媽|妈|母|parents"),
    (r"father|dad|爸爸|父親|父亲", r"father|dad|爸|父|parents"),
    (
        r"sons?|daughters?|children|kids?|兒子|儿子|女兒|女儿|孩子",
        r"son|daughter|child|kid|baby|boy|girl|toddler"
        r"|兒|儿|女|孩|寶|宝",
    ),
    (r"sister|brother|siblings?|姊姊|姐姐|妹妹|哥哥|弟弟", r"sister|brother|sibling|姊|姐|妹|哥|弟"),
    (r"girlfriend|女友|女朋友", r"girlfriend|partner|女友|女朋友|she"),
    (r"boyfriend|男友|男朋友", r"boyfriend|partner|男友|男朋友|he"),
    (
        r"operations?|surger(?:y|ies)|手術|手术|開刀|开刀",
        r"operat|surg|手術|手术|開刀|开刀|remov|transplant"
        r"|implant|scope|section|ectomy|切除",
    ),
    (r"massages?(?: sessions?)?|按摩", r"massag|按摩|推拿"),
    (r"accident|車禍|车祸", r"accident|crash|fell|fall|hit|injur|車禍|车祸|撞|跌|摔"),
    (r"pregnancy|懷孕|怀孕|胎兒|胎儿", r"pregnan|weeks|expecting|trimester|孕|胎"),
    (r"chemotherapy|化療|化疗", r"chemo|cancer|化療|化疗|癌"),
    (
        r"(?:mri|ct)(?: scan| results?)?|核磁共振|電腦斷層",
        r"\bmri\b|\bct\b|scan|imaging|magnetic|核磁|斷層|断层"
        r"|影像",
    ),
    (r"x-?rays?(?: results?)?|X光", r"x-?ray|radiograph|film|x光|照光|片子"),
    (r"biopsy(?: results?)?|切片", r"biops|sample|切片|活檢|活检"),
    (r"pacemaker|stent|支架|節律器", r"pacemaker|stent|device|心臟|支架|節律"),
    (r"diabetes|糖尿病", r"diabet|sugar|insulin|metformin|glucose|糖"),
    (r"divorce|wedding|離婚|离婚|婚禮", r"divorc|wedding|marr|husband|wife|separat|離婚|离婚|婚"),
    (
        r"marathon|flight|holiday|vacation|馬拉松|飛行",
        r"marathon|run|race|flight|fl[yew]|holiday|vacation|trip"
        r"|travel|plane|馬拉松|跑|飛|旅|機",
    ),
)
_YOUR = re.compile(
    r"(?:\byour (?:own |recent |last |first |knee |hip |heart |back |planned |previous |current |\w+ed )?(?:"
    + "|".join(f"(?P<en{n}>{said})" for n, (said, _) in enumerate(_DETAILS))
    + r")\b(?!['’]s)|(?:您|你)(?:的)?(?:"
    + "|".join(f"(?P<zh{n}>{said})" for n, (said, _) in enumerate(_DETAILS))
    + r"))",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:if|unless|whether|in case|any|should you|before|once|when)\b|若|如果|假如|是否"
    r"|之前",
    re.IGNORECASE,
)
_MENTIONED = re.compile(
    r"\bthe (?:[\w-]+ )?(?P<what>[\w-]+) (?:that |which )?you (?:have |had |also )?(?:mention|describ|report"
    r"|not(?:e|ic)|shar|sent|wr[oi])\w*"
    r"|(?:您|你)(?:所)?(?:提到|描述|提及|說到|说到)的(?P<han>[一-鿿]{2,4}?)(?=可能|是|和|與|也|，|。|會|会)",
    re.IGNORECASE,
)
_ANYTHING = re.compile(
    r"persons?|people|symptoms?|problems?|issues?|conditions?|details?|situations?|history|concerns?|complaints?|things?"
    r"|information|points?"
    r"|signs?|way|case|changes?|feelings?|sensations?|pattern|pains?|discomfort|questions?|findings?|results?"
    r"|medicines?"
    r"|medications?|picture|events?|facts?|areas?|places?|spots?|kind|type|description"
    r"|症狀|症状|情況|情况|問題|问题|狀況|状况|不適|不适|現象|现象|疼痛|病情|內容|资料|資料",
    re.IGNORECASE,
)


def says_no_foreign_detail(draft: Draft) -> Iterator[Concern]:
    """ "Your operation", "the swelling you mentioned": a detail of which the question knows nothing."""
    asked = draft.screening.text
    for passage in passages(draft):
        said = _foreign_detail(passage.text, asked)
        if said:
            message = f"“{said}”: the question says nothing of it."
            yield Concern("foreign_detail", "warn", message, passage.place, passage.text)


def _foreign_detail(text: str, asked: str) -> str | None:
    for match in _YOUR.finditer(text):
        known = next(known for n, (_, known) in enumerate(_DETAILS) if match[f"en{n}"] or match[f"zh{n}"])
        if not _HYPOTHETICAL.search(text[: match.start()]) and not re.search(known, asked, re.IGNORECASE):
            return match[0]
    for match in _MENTIONED.finditer(text):
        what = match["what"] or match["han"]
        if not _ANYTHING.fullmatch(what) and terms(what) and not terms(what) & terms(asked):
            return match[0]
    return None
