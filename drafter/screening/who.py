"""Who-is-who: who asks, whom a question is about and whom it is addressed to, from its words.

The asker's own fields are not the patient's.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from drafter.domain import Asker, Patient, Sex
from drafter.screening.lists import NOT_A_NAME, SURNAMES

# Words for a relation, each with the term it is told by and the sex it implies.
_RELATIONS: tuple[tuple[str, str, Sex | None], ...] = (
    ("mum|mom|mommy|mummy|mother|媽媽|妈妈|母親|母亲|我媽|我妈|家母", "mother", "female"),
    ("dad|daddy|father|爸爸|父親|父亲|我爸|家父", "father", "male"),
    ("mother-in-law|mum-in-law|婆婆|岳母", "mother-in-law", "female"),
    ("father-in-law|dad-in-law|公公|岳父", "father-in-law", "male"),
    ("son|stepson|兒子|儿子", "son", "male"),
    ("daughter|stepdaughter|女兒|女儿", "daughter", "female"),
    ("wife|太太|老婆|妻子|我內人", "wife", "female"),
    ("husband|hubby|老公|丈夫|我先生", "husband", "male"),
    ("grandma|grandmother|granny|gran|nan|nana|阿嬤|奶奶|外婆|祖母|姥姥", "grandmother", "female"),
    ("grandpa|grandfather|grandad|granddad|阿公|爺爺|爷爷|外公|祖父", "grandfather", "male"),
    ("sister-in-law|嫂嫂|嫂子|大嫂|小姑|小姨子", "sister-in-law", "female"),
    ("brother-in-law|姊夫|姐夫|妹夫|大舅子|小舅子", "brother-in-law", "male"),
    ("daughter-in-law|媳婦|媳妇", "daughter-in-law", "female"),
    ("son-in-law|女婿", "son-in-law", "male"),
    ("sister|姊姊|姐姐|妹妹", "sister", "female"),
    ("brother|哥哥|弟弟", "brother", "male"),
    ("aunt|auntie|阿姨|姑姑|姑媽|伯母|舅媽", "aunt", "female"),
    ("uncle|叔叔|伯伯|舅舅", "uncle", "male"),
    ("niece|姪女|外甥女", "niece", "female"),
    ("nephew|姪子|外甥", "nephew", "male"),
    ("granddaughter|孫女|孙女", "granddaughter", "female"),
    ("grandson|孫子|孙子", "grandson", "male"),
    ("girlfriend|女友|女朋友", "girlfriend", "female"),
    ("boyfriend|男友|男朋友", "boyfriend", "male"),
    ("colleague|co-worker|coworker|workmate|同事", "colleague", None),
    ("friend|roommate|flatmate|housemate|mate|朋友|室友|同學|同学", "friend", None),
    ("partner|spouse|fiance|fiancee|伴侶|伴侣", "partner", None),
    ("neighbour|neighbor|鄰居|邻居", "neighbour", None),
    ("cousin|表哥|表弟|表姊|表姐|表妹|堂哥|堂弟|堂姊|堂姐|堂妹", "cousin", None),
    (
        "baby|infant|newborn|toddler|child|kid|kiddo|twin|grandchild|grandbaby|"
        "寶寶|宝宝|嬰兒|婴儿|新生兒|新生儿|小孩|孩子|小朋友|幼兒",
        "child",
        None,
    ),
    ("boy", "child", "male"),
    ("girl", "child", "female"),
    ("relative|家人|親戚|亲戚|長輩", "relative", None),
    ("student|pupil|學生|学生", "student", None),
)
_TERMS = {word: (term, sex) for words, term, sex in _RELATIONS for word in words.split("|")}
_LATIN = "|".join(word for word in _TERMS if word.isascii())
_HAN = re.compile("|".join(word for word in _TERMS if not word.isascii()))
_WORD = re.compile(r"[a-zé]+(?:-[a-z]+)*")
_POINTED_AT = re.compile(
    r"(?:\b(?:my|our|a|an|the|his|her|this|for)\s+(?:(?!my\b)[\w-]+\s){0,3}|(?:^|[.!?,;:\n]\s*))$"
)
_SOMEBODYS_CHILD = re.compile(r"\b(?:my|our|of an?)\s(?:[\w-]+\s){0,2}$")
"""Before "boy" and "girl", which are as often the asker's own words for a sex or an age."""
# "I am a mother", "drops from my flatmate": somebody named, not asked about.
_ONLY_NAMED = re.compile(
    r"\b(?:i am|i['’]m|as|from|by|than|like|with) (?:an?|my|our|the|his|her) (?:[\w-]+ ){0,2}$"
    r"|\b(?:i am|i['’]m|as) an? (?:(?!(?:whose|with|and|my|of|for|asking|writing)\b)[\w-]+ ){3,6}$"
    r"|\b(?:i am|i['’]m|as) (?:his|her|their) $"
)
_I_AM_HAN = re.compile(r"(?:我(?:本人)?是|身為|身为|作為|作为)(?:他的?|她的?|一?[位個个名]|患者的?|孩子的?)?$")
_SOMEBODY_ELSES = re.compile(rf"['’]s\s+(?:{_LATIN})\b|\s+(?:{_LATIN})\b")
_UNBORN = re.compile(r"\b(?:pregnan|\d{2} ?(?:weeks|wks)|trimester)|胎動|胎动|懷孕|怀孕")
_PETS = re.compile(r"\b(?:cat|dog|puppy|kitten|rabbit|hamster|horse)(?:['’]s|s)?\b|貓|狗")
# What they only say, had or died of is not the question's subject.
_NOT_THE_SUBJECT = re.compile(
    r"[^.?!,;]{0,25}\b(?:me|us)\b|\W{0,2}(?:also |both )?(?:says?|said|told|tells|thinks?|thought|suggest\w*"
    r"|recommend\w*|advis\w*|died|passed|is worried|are worried|"
    r"works|drove|took me|brought me|noticed|found me|mentioned|insists|keeps telling|wants me|asked me"
    r"|ha[sd] (?:a history|the same|it too)|"
    r"had (?:an? |the )?(?:\w+ ){0,2}(?:at|in|when|years|last year|before)|and i\b|were|used to)|"
    r"\shad (?:\w+ ){0,3}\w+[.;] (?:i am|i['’]?m) \d|"
    r"[^，。]{0,4}(?:說|说|叫我|建議|建议|過世|过世|去世|勸|劝|帶我|带我|擔心我|担心我|也有|曾)"
)
_ABOUT_ME = re.compile(
    r"\b(?:i(?:['’]m|['’]ve| am| have| had| feel| felt| get| got| woke| was| can['’]?t| cannot| noticed| suffer"
    r"| experience\w*| took| take| started| keep| bleed)"
    r"(?! (?:a |an |two |three |\d )?(?:[\w-]+ ){0,2}(?:asking|worried|writing|wondering|concerned|sorry"
    r"|not sure|sure|afraid|scared|given|give|tried|told|called|colleague|friend|question))|"
    r"my (?:own |left |right |upper |lower |whole )?(?:head|chest|back|neck|leg|legs|arm|arms|stomach|tummy"
    r"|belly|heart|skin|eyes?|ears?|throat|knee|hip|foot|feet|hands?|face|period|breasts?|"
    r"blood|body|testicles?|vagina|penis|teeth|tooth|mouth|nose|shoulders?|bladder|bowels?|symptoms?|doctor|gp"
    r"|results?|weight|sugar|pain))\b"
    r"|(?<![朋親亲])我(?!(?:的)?(?:"
    + _HAN.pattern
    + r"))[^，。]{0,3}(?:有|是|最近|今年|痛|覺得|觉得|吃|感|懷|怀|想|會|会|頭|头|胸|肚|腰|手|腳|脚)"
)
_ABOUT_THEM = re.compile(r"\b(?:he|she|him|her|his|hers|they|their)\b|[他她]")
_DOCTOR_AND_HE = re.compile(
    r"(?:\bdr\.? \w+|\b(?:doctor|gp|nurse|dentist|surgeon|specialist)\b)[^!?\n]{0,40}?[.,;] (?:he|she|they)\b"
    r"|(?:醫師|医师|醫生|医生|大夫|護理師|护士)[^。！？]{0,6}[，。]?[他她]"
    r"|\b(?:drops|tablets|pills|creams?) [^!?\n]{0,40}?[.,;] they\b"
)
"""A doctor or a medicine and the pronoun that stands for it."""

_NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"兩": 2, "两": 2}
_DIGITS = re.compile(r"(?<![\d.])\d{1,3}(?![\d%])")
_SPELT = re.compile(
    rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b(?=[\s-]+(?:year|yr|month|week|day)s?[\s-]+old|[\s-]+years? of age)"
)
_OLD = re.compile(r"(?:\s*[-–~]\s*(?P<to>\d{1,3}))?[\s-]*(?:years?|yrs?|yr|y)[\s-]*(?:old|/o|o\b|of age)|\s?yo\b")
_SMALL = re.compile(r"[\s-]*(?P<unit>days?|weeks?|wks?|months?|mo|mths?)[\s-]*(?:old|of age)")
_SMALL_AFTER_BABY = re.compile(r"\s*(?P<unit>days?|weeks?|wks?|months?|mo)\b")
_BABY = re.compile(r"\b(?:newborn|baby|infant)[\s,:(]+$")
_AGED = re.compile(r"\b(?:aged?|age is|age ?[:=]|(?:man|woman|male|female|lady|gentleman|guy) of)\s*$")
_NOW = re.compile(r"\bnow $")
_HE_IS = re.compile(r"\b(?:i['’]?m|i am|he['’]?s|she['’]?s|he is|she is|just turned|who is)\s(?:a\s)?(?:only\s)?$")
_THEY_ARE = re.compile(
    rf"\b(?:{_LATIN})s?\s(?:is|are|turned|will be|has turned)\s(?:(?:now|only|just|about|almost|already)\s)?$"
)
_MEASURED = re.compile(
    r"\s*(?:%|\+|weeks?|wks?|months?|days?|kg|lbs?|st\b|cm|mg|ft|/|feet|hours?|minutes?|times|pounds|stone|,\d"
    r"|\.\d|-\d|degrees)"
)
_WHO_BEFORE = re.compile(rf"\b(?:{_LATIN}|female|male|woman|man),?\s\(?$")
_WHO_AFTER = re.compile(r"[,).]|\s(?:has|is|had|with|and|yrs?|years|yo|y/o|male|female)\b|\s[a-z]+ing\b")
_SEX_AFTER = re.compile(r"\s?(?:yo|y/o|yrs?|years?)?[\s,/-]?(?:m|f|male|female|man|woman)\b")
_SPAN_OF_TIME = re.compile(r"\b(?:for|in|over|after|since|about|nearly|almost|past|last|these)\s+$")
_NAMED_AFTER = re.compile(r"\s(?:yrs?|years|yo)\b")
_HAN_AGE = re.compile(
    r"(?<![\d~-])(?P<age>\d{1,3}(?:\s?[~～\-到至]\s?\d{1,3})?|[一二兩两三四五六七八九十]{1,3})\s*(?:(?P<more>多|幾|几)?\s*[歲岁]|個?个?(?P<unit>天|週"
    r"|周|月|星期)大(?!便))"
)
_DECADE = re.compile(
    r"\bin (?:my|his|her|their) (?:early |mid |late |mid-)?(?P<decade>[2-9]0|twent|thirt|fort|fift|sixt|sevent"
    r"|eight|ninet)(?:['’]?s|ies)\b"
)
_ABOUT = re.compile(r"\b(?:around|about|approximately|nearly|almost|roughly|over)\s+$")
_HAN_ABOUT = re.compile(r"(?:大約|大约|約|约|大概|差不多|將近|将近|近)\s*$")
_EARLIER = re.compile(
    r"(?:when (?:i|he|she) (?:was|were)|at(?: the)? age(?: of)?|since(?: the age of| age| i was)?|diagnosed at"
    r"|from age|小時候|年輕時)\s*$"
)

_FEMALE = re.compile(
    r"\b(?:female|woman|girl|lady|women)\b|\d\s?f\b|\b(?:sex|gender)\s?[:=]\s?f\b|女性|女生|女士|女孩|女，|女,|我是女|月經|月经|\b(?:my"
    r"|her) (?:period|vagina|uterus|ovar\w+|cervix|menopause)\b|\bmenopaus"
)
_MALE = re.compile(
    r"\b(?:male|man|boy|guy|gentleman)\b|\d\s?m\b|\b(?:sex|gender)\s?[:=]\s?m\b"
    r"|男性|男生|男士|男孩|男，|男,|我是男|\b(?:my|his) (?:testic\w+"
    r"|penis|prostate|scrotum)\b|睪丸|攝護腺|前列腺|包皮"
)
_PREGNANT = re.compile(r"\bpregnant\b(?! (?:before|in the past|last year|or not|women|woman\?))")
_NOT_PREGNANT_NOW = re.compile(
    r"(?:\b(?:not|n't|get|become|getting|becoming|be|been|was|were|conceive|if|fall|got|when|ever|every|some"
    r"|for|are) |non-?)$"
)
_PREGNANCY = re.compile(
    r"\d{1,2}\s?(?:\+\s?\d)?\s?(?:weeks?|wks?)\s(?:along|gone|gestation)\b|positive (?:pregnancy )?test\b"
    r"|pregnancy test (?:is|was|came back) positive|\bmy (?:current )?pregnancy\b|(?:first|second"
    r"|third) trimester\b"
    r"|[懷怀]孕(?=\s*\d|[一二三四五六七八九十]|中|了|期間|期间|初期|後期)|(?:我|太太|老婆)(?:目前"
    r"|現在)?(?:[懷怀]孕|是孕[婦妇])|孕\s*\d{1,2}\s*[週周]"
)


_CAN_WRITE = 13
"""Years; a younger patient is written about by somebody else."""


class Who(NamedTuple):
    """Who stands in a question. ``doctor`` and ``hospital`` are those it is addressed to, without titles."""

    asker: Asker
    patient: Patient
    doctor: str | None
    hospital: str | None


def who_is_who(text: str, site: Asker) -> Who:
    """Of ``text``; where the site states something of the asker, that holds."""
    signed, body = _signed(text)
    stated = _first_known(site, signed)
    patient = patient_in(body, stated)
    doctor, hospital = addressed_to(text)
    return Who(_first_known(stated, _self_described(body, patient)), patient, doctor, hospital)


def patient_in(text: str, asker: Asker) -> Patient:
    """Whom ``text`` is about. The asker's age and sex are taken over only where the asker is the patient."""
    lower = text.lower()
    relation, sex, start = _relation(lower)
    age = _age(lower, start)
    if relation in ("self", "other") and age and _too_young_to_write(age):
        relation = "child"
    pregnant = _pregnant(lower) and sex != "male"
    sex = sex or _sex(lower, relation, pregnant=pregnant)
    if relation == "self":
        sex, age = sex or asker.sex, age or asker.age
        pregnant = pregnant and sex != "male"
    return Patient(relation, sex, age, pregnant, _weeks(lower) if pregnant else None)


def _too_young_to_write(age: str) -> bool:
    return age.endswith(("days", "weeks", "months")) or int(re.findall(r"\d+", age)[-1]) < _CAN_WRITE


def _first_known(first: Asker, second: Asker) -> Asker:
    return Asker(first.name or second.name, first.sex or second.sex, first.age or second.age)


# The line under a message: "Xiao Lin, 30~39 year old female." or "小林，30~39歲女性".
_SIGNED = re.compile(
    r"(?:(?<=\n)|(?<=[.!?。！？]\s)|(?<=[。！？])|^)(?P<name>[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){0,3})\s*[,，]\s*"
    r"(?P<age>\d{1,2}\s?[~～-]\s?\d{1,2}|\d{2})\s*(?:-?\s?(?:years?|yrs?)[\s-]*old\s*|[歲岁]\s*(?:的)?)[,，]?\s*"
    r"(?P<sex>female|male|woman|man|女性?|男性?)\b\s*[.。]?",
    re.IGNORECASE,
)


def _signed(text: str) -> tuple[Asker, str]:
    """The asker as the line under the message has it, and the text without that line."""
    for match in _SIGNED.finditer(text):
        name = match["name"]
        if (name[0].isupper() or not name.isascii()) and not _no_name(name):
            sex: Sex = "female" if match["sex"].lower() in ("female", "woman", "女", "女性") else "male"
            age = re.sub(r"\s?[~～-]\s?", "~", match["age"])
            return Asker(name, sex, age), text[: match.start()] + text[match.end() :]
    return Asker(), text


def _no_name(words: str) -> bool:
    """Whether the words before an age are a person's relation, a greeting or part of a sentence."""
    lower = words.lower()
    return (
        any(word in NOT_A_NAME or word in _TERMS for word in re.split(r"[ '’.-]+", lower))
        or bool(_HAN.search(words))
        or bool(re.search(r"[我您你是的好有們们]|醫|医", words))
    )


_I_AM = re.compile(
    r"\b(?:i['’]?m|i am|as|being|speaking as)\s(?:(?:a|an|the|his|her|their)\s)?"
    r"(?P<said>(?:[\w~-]+[\s,]+){0,5}?(?P<who>mother|mum|mom|wife|daughter|sister|grandmother|aunt|girlfriend"
    r"|woman|female|lady|girl|father|dad|husband|son|brother|grandfather|uncle|boyfriend|man|male|guy|boy))\b"
    r"|(?:我(?:本人)?是|身為|身为|作為|作为)(?:一?[位個个名]|他的?|她的?|孩子的?|患者的?)?(?P<said_han>[^，。；！？]{0,8}?"
    r"(?P<who_han>媽媽|妈妈|母親|母亲|太太|妻子|女兒|女儿|姊姊|姐姐|妹妹|女性|女生|女|爸爸|父親|父亲|先生|丈夫|兒子|儿子"
    r"|哥哥|弟弟|男性|男生|男))"
)
_WOMEN = ("woman", "female", "lady", "女性", "女生", "女")
_MY_AGE = re.compile(
    r"\b(?:i['’]?m|i am|myself,?(?: i am)?|as an?)\s(?:an?\s)?(?:only\s|now\s)?(?P<age>\d{2})"
    r"(?=[\s-]*(?:years?|yrs?|yo|y/o)\b|\s*(?:[,.;]|$|and\b)|\s?[mf]\b)"
    r"|(?:我|本人)(?:今年|自己|本人|是)?\s*(?P<han>\d{2})\s*[歲岁]"
)


def _self_described(text: str, patient: Patient) -> Asker:
    """What the asker says of their own age and sex; all of the patient's where they are the same person."""
    if patient.relation == "self":
        return Asker(None, patient.sex, patient.age)
    lower = text.lower()
    role, aged = _I_AM.search(lower), _MY_AGE.search(lower)
    sex: Sex | None = None
    if role:
        word = role["who"] or role["who_han"]
        sex = _TERMS[word][1] if word in _TERMS else "female" if word in _WOMEN else "male"
    told = re.match(r"(\d{2})\b", role["said"]) if role and role["said"] else None
    age = (aged["age"] or aged["han"]) if aged else told[1] if told else None
    return Asker(None, sex, age)


_NAME = r"[A-Z][\w'’]+(?:-[A-Z]?[\w'’]+)?(?:[ \t]+(?:[A-Z]\.[ \t]?)?[A-Z][\w'’]+(?:-[A-Z]?[\w'’]+)?){0,2}"
_PLACE = (
    r"(?:the\s)?(?P<hospital>(?:[A-Z][\w'’.-]+\s(?:of\s|and\s|&\s)?){1,5}(?:Hospital|Clinic|Medical Cent(?:er|re)"
    r"|Health Cent(?:er|re)|Infirmary))"
)
_TITLED = r"(?:[Dd]r|DR|[Dd]octor|[Pp]rof|[Pp]rofessor)\b\.?[ \t]*"
_GREETS = (
    r"(?:(?:^|[\n.!?,]\s*)(?:[Dd]ear|[Hh]ello|[Hh]i|[Hh]ey|[Gg]ood (?:morning|afternoon|evening|day)|[Gg]reetings"
    r"|[Tt]o|[Aa]ttn\.?|[Aa]ttention|[Ff]or|[Rr]espected)(?: there| again)?[\s,:]+(?:the\s)?"
)
_ADDRESSED = (
    re.compile(
        rf"{_GREETS}|(?:[Tt]hank you|[Tt]hanks)(?: (?:so|very) much| again)?,?\s+){_TITLED}(?P<name>{_NAME})"
    ),
    # "Dr. Lin, I have ..." at the start; "Dr. Lin, my cardiologist, ..." is about him.
    re.compile(
        rf"^\W*{_TITLED}(?P<name>{_NAME})\s*(?:[:!\n]|[,.–-]+\s+(?!(?:my|our|a|an|the|who|whom|his|her)\s[\w\s-]{{3,30}},))"
    ),
    re.compile(
        rf"(?<!doctor)(?<!gp)(?<!GP)(?<!surgeon)(?<!specialist)(?<!ologist)(?<!dentist)(?<!physician),\s{_TITLED}"
        rf"(?P<name>{_NAME})\s*\?"
    ),
    re.compile(r"(?:^|\n)\s*(?:[Dd]ear|[Hh]ello|[Hh]i)\s+[Dd]r\.?\s+(?P<name>[a-z]{2,})\s*[,.:!\n]"),
)
_THEIR_PLACE = re.compile(rf"\s*(?:,?\s*(?:at|of|from|in)\s|,\s*)(?:[^,.:\n]{{0,30}},\s*)?{_PLACE}")
_PLACE_ADDRESSED = re.compile(rf"{_GREETS}){_PLACE}\s*(?:[,:!.\n]|[Tt]eam|[Ss]taff)")
_HAN_TITLE = r"(?:醫師|医师|醫生|医生|大夫|主任|院長|院长|教授)"
_HAN_PLACE = r"[\u4e00-\u9fff]{2,10}?(?:醫院|医院|診所|诊所)"
_HAN_LEAD = (
    r"(?:^|(?<=[\n。！!？?]))\s*(?:請問|请问|敬愛的|敬爱的|尊敬的|親愛的|亲爱的|致|給|给|您好|你好|哈囉|嗨|請教|请教|想請問"
    r"|想请问)?[，,：:！!\s]*"
)
_HAN_ADDRESSED = (
    re.compile(
        rf"{_HAN_LEAD}(?:(?P<hospital>{_HAN_PLACE})(?:[\u4e00-\u9fff]{{1,5}}科)?的?)?"
        rf"(?!謝謝|谢谢)(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{0,2}}?){_HAN_TITLE}\s*(?:您|你|好|早|晚|午|[，,：:！!、\n]|$)"
    ),
    re.compile(
        rf"(?:您好|你好|謝謝|谢谢|感謝|感谢|麻煩|麻烦|拜託)[，,！!\s]*(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{0,2}}?){_HAN_TITLE}"
        r"\s*(?:[，,。！!？?：:\n]|$)"
    ),
)


def addressed_to(text: str) -> tuple[str | None, str | None]:
    """The doctor and the hospital that ``text`` is addressed to, without title; not those it only speaks of."""
    # Without empty lines and indents: the patterns below would try every way of sharing long white space out.
    text = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    for pattern in _ADDRESSED:
        for match in pattern.finditer(text):
            name = _without_words(match["name"])
            if name:
                place = _THEIR_PLACE.match(text, match.start("name") + len(name))
                return name, place["hospital"] if place else None
    for pattern in _HAN_ADDRESSED:
        if found := pattern.search(text):
            return found["name"], found.groupdict().get("hospital")
    hospital = _PLACE_ADDRESSED.search(text)
    return None, hospital["hospital"] if hospital else None


def _without_words(name: str) -> str:
    """A name up to the first word that begins a sentence: "Okafor My ..."."""
    kept: list[str] = []
    for part in name.split():
        if part.lower() in NOT_A_NAME or part.lower() in _TERMS:
            break
        kept.append(part)
    return " ".join(kept)


def _relation(text: str) -> tuple[str, Sex | None, int]:
    """The relation, the sex it implies, and where it is named first (0 for "self")."""
    about_me, about_them = len(_ABOUT_ME.findall(text)), len(_ABOUT_THEM.findall(text))
    for start, end, word in _somebody(text):
        if (start < 4 or about_me <= about_them + 1) and _is_subject(text, start, end, word):
            return *_TERMS[word], start
    if about_them and not about_me and not _PETS.search(text) and _ABOUT_THEM.search(_DOCTOR_AND_HE.sub("", text)):
        return "other", None, 0
    return "self", None, 0


def _somebody(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _WORD.finditer(text):
        word = match[0] if match[0] in _TERMS else match[0].removesuffix("s")
        if word in _TERMS:
            yield match.start(), match.start() + len(word), word
    if "\u4e00" <= max(text, default="") <= "\uffef":
        for match in _HAN.finditer(text):
            yield match.start(), match.end(), match[0]


def _is_subject(text: str, start: int, end: int, word: str) -> bool:
    if _NOT_THE_SUBJECT.match(text, end):
        return False
    if _TERMS[word][0] == "child" and word not in ("newborn", "toddler", "kid") and _UNBORN.search(text):
        return False
    if not word.isascii():
        return not _I_AM_HAN.search(text[max(0, start - 8) : start])
    before = text[max(0, start - 40) : start]
    if word in ("boy", "girl") and not _SOMEBODYS_CHILD.search(before):
        return False
    if _ONLY_NAMED.search(before) or _SOMEBODY_ELSES.match(text, end):
        return False
    return bool(_POINTED_AT.search(before))


def _sex(text: str, relation: str, *, pregnant: bool) -> Sex | None:
    if pregnant:
        return "female"
    female, male = len(_FEMALE.findall(text)), len(_MALE.findall(text))
    if relation != "self" and not (female or male):
        female, male = (
            len(re.findall(r"\b(?:she|her)\b|她", text)),
            len(re.findall(r"\b(?:he|his|him)\b|他", text)),
        )
    if female == male:
        return None
    return "female" if female > male else "male"


def _pregnant(text: str) -> bool:
    told = any(
        not _NOT_PREGNANT_NOW.search(text[max(0, m.start() - 12) : m.start()]) for m in _PREGNANT.finditer(text)
    )
    return told or bool(_PREGNANCY.search(text))


_COUNT = (
    rf"(?P<weeks>\d{{1,2}}|(?:{'|'.join(_NUMBER_WORDS)})(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_WEEKS = (
    re.compile(
        rf"\b{_COUNT}(?:\s?\+\s?\d|\.5)?[\s-]?(?:weeks?|wks?|w)[\s-](?:and \d days? )?"
        r"(?:pregnant|along|gone|gestation"
        rf"|into|in my pregnancy|of (?:my |her |the )?pregnancy)\b"
    ),
    re.compile(rf"\b(?:weeks?|wk) {_COUNT} of (?:(?:my|her|the|this|a) )?(?:\w+ )?pregnancy\b"),
    re.compile(rf"\b(?:pregnant|pregnancy|expecting)\b[^.;!?]{{0,25}}?\b{_COUNT}\s?(?:weeks?|wks?)\b(?! ago)"),
    re.compile(
        r"孕(?:已經|已经|已|目前|現在|现在|第|到|約|约|大約|大约|滿|满|\s|期|，|,)*(?P<weeks>\d{1,2}|[一二三四五六七八九十]{1,3})"
        r"(?:\s?\+\s?\d)?\s?(?:個|个)?(?:週|周|星期|禮拜|礼拜)(?!前)"
    ),
)
_LONGEST_PREGNANCY = 44


def _weeks(text: str) -> int | None:
    """The week of pregnancy as told; None where only months or nothing is."""
    for pattern in _WEEKS:
        if match := pattern.search(text):
            weeks = _count(match["weeks"])
            return weeks if 1 <= weeks <= _LONGEST_PREGNANCY else None
    return None


def _count(number: str) -> int:
    return (
        sum(_NUMBER_WORDS[part] for part in number.split("-"))
        if number[0].isascii() and number[0].isalpha()
        else _value(number)
    )


def _age(text: str, start: int) -> str | None:
    """The first age after ``start`` (else anywhere) that is today's, e.g. "34", "6 weeks", "about 30", "40s"."""
    found = sorted(_ages(text), key=lambda age: (not age[2], age[0] < start, age[0]))
    return found[0][1] if found else None


def _ages(text: str) -> Iterator[tuple[int, str, bool]]:
    """Ages in lower-case ``text``: where, in words, and whether it says that this is the age now."""
    for match in _DIGITS.finditer(text):
        before, number = text[max(0, match.start() - 24) : match.start()], match[0]
        if _EARLIER.search(before):
            continue
        if small := _SMALL.match(text, match.end()) or (
            _BABY.search(before) and _SMALL_AFTER_BABY.match(text, match.end())
        ):
            yield match.start(), f"{number} {_unit(small['unit'])}", False
        elif old := _OLD.match(text, match.end()):
            yield match.start(), _about(before) + (f"{number}~{old['to']}" if old["to"] else number), False
        elif _is_age(text, match, before):
            yield match.start(), number, bool(_NOW.search(before))
    for match in _SPELT.finditer(text):
        unit = text[match.end() :].lstrip(" -")
        number = str(_NUMBER_WORDS[match[0]])
        years = unit.startswith("y")
        yield match.start(), _about(text[: match.start()]) + number if years else f"{number} {_unit(unit)}", False
    for match in _HAN_AGE.finditer(text):
        number = "~".join(str(_value(part)) for part in re.split(r"\s?[~～\-到至]\s?", match["age"]))
        before = text[max(0, match.start() - 6) : match.start()]
        about = "about " if match["more"] or _HAN_ABOUT.search(before) else ""
        if not _EARLIER.search(before):
            yield match.start(), f"{number} {_unit(match['unit'])}" if match["unit"] else about + number, False
    for match in _DECADE.finditer(text):
        yield match.start(), f"{_tens(match['decade'])}s", False


def _about(before: str) -> str:
    return "about " if _ABOUT.search(before[-16:]) else ""


def _is_age(text: str, match: re.Match[str], before: str) -> bool:
    """Whether a bare number is an age, by the words around it."""
    end = match.end()
    if (
        _AGED.search(before)
        or _SEX_AFTER.match(text, end)
        or (_WHO_BEFORE.search(before) and _WHO_AFTER.match(text, end))
    ):
        return True
    if len(match[0]) > 1 and _NOW.search(before) and text[end : end + 1] in (",", "."):
        return not _MEASURED.match(text, end)
    if _HE_IS.search(before) or _THEY_ARE.search(before):
        return not _MEASURED.match(text, end)
    alone = before.endswith((". ", "\n")) or match.start() == 0
    if alone and len(match[0]) > 1:
        return text[end : end + 1] in (",", ".") and not text[end + 1 : end + 2].isdigit()
    return len(before.split()) == 1 and not _SPAN_OF_TIME.search(before) and bool(_NAMED_AFTER.match(text, end))


def _tens(stem: str) -> int:
    return (
        int(stem)
        if stem.isdigit()
        else next(n for word, n in _NUMBER_WORDS.items() if n >= 20 and word.startswith(stem.lower()[:4]))
    )


def _unit(word: str) -> str:
    for unit, starts in (("days", ("d", "天")), ("weeks", ("w", "週", "周", "星")), ("months", ("m", "月"))):
        if word.lower().startswith(starts):
            return unit
    raise ValueError(word)


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    return (_HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + _HAN_DIGITS.get(ones, 0)
