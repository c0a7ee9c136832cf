"""Names of people and of those they work for, by the words around them; English and Chinese."""

import re
from collections.abc import Iterator

from drafter.screening.lists import (
    ALSO_WORDS,
    CITY,
    GENERAL_HOSPITAL,
    GIVEN,
    GIVEN_HAN,
    KIN,
    NOT_A_NAME,
    SURNAMES,
    WORD_LIKE,
)

Span = tuple[int, int, str]

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚ"
_CAP = rf"(?:[Dd][e'’]|[Vv][ao]n|[Mm]a?c|[Oo]['’]|al-|bin )?[{_UPPER}](?:[^\W\d_]|['’](?!s\b)|-(?=[^\W\d_]))+"
_FULL = rf"{_CAP}(?:\s(?:[{_UPPER}]\.?\s)?(?:(?:de|da|del|van|von|der|bin|al|la|di)\s)*{_CAP}){{0,3}}"

_EPONYM = re.compile(
    r"(?:['’]s?)?\s+(?:disease|syndrome|sign|test|palsy|lymphoma|thyroiditis|contracture|tumou?r|phenomenon"
    r"|esophagus|"
    r"oesophagus|fracture|virus|score|scale|criteria|manoeuvre|maneuver|cyst|neuroma|sarcoma|catheter|procedure"
    r"|reflex|chorea|"
    r"ulcer|gland|tube|duct|node|patch|law|anaemia|anemia|stain|classification)\b",
    re.IGNORECASE,
)

_BEFORE = re.compile(
    rf"(?:\b(?:(?:my|his|her|the|patient(?:['’]s)?|full|first|last|real) name(?:\sis|['’]s|\s?[:：])"
    rf"|name\s?[:：]|(?:patient|attn|from|signed|by)\s?[:：]"
    r"|(?:call|calls|called) (?:me|him|her)|named|nickname is|known as|(?:is|was|am|i['’]m) called"
    r"|signed(?: by)?,?|on behalf of|ask(?:ed)? for|speak(?:ing)? (?:to|with)|spoke (?:to|with)"
    r"|(?:dr|mr|mrs|ms|miss|mx|prof|professor|doctor|mme|sister|nurse|sra?|herr|frau|capt|rev)\b\.?"
    rf"|(?:my|our|his|her|the|a) (?:[a-z-]+ ){{0,2}}?(?:{KIN})s?(?:,| \(| is| is called| named|['’]s name is)?"
    r"|(?:aunt|auntie|uncle|grandma|grandpa|granny|nana|nan|gran|grandad|baby|little))|^\s*[-–—~])\s*$",
    re.IGNORECASE,
)
_KINSHIP = re.compile(rf"(?:{KIN}|grandad|nana)s?", re.IGNORECASE)
_INITIALS = re.compile(rf"(?:[{_UPPER}]\.\s?){{1,3}}$")
_SIGN_OFF = re.compile(
    r"(?:\b(?:thanks?(?: you)?(?: so much| very much| a lot| in advance)?|regards|best(?: wishes)?|sincerely"
    r"|yours(?: \w+)?|cheers|love)"
    r"\s*[,.!\n~-]+\s*|\n\s*[-–—~]\s?)$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:^|\n)\s*(?:dear|hello|hi|hey|good (?:morning|afternoon|evening))[,\s]\s*$", re.IGNORECASE
)
_I_AM = re.compile(r"\b(?:i['’]?m|i am|this is|it['’]?s|here is)\s$", re.IGNORECASE)
_ITS_NAME = re.compile(r"\s+(?:is|was) (?:my|his|her|our|the)(?: \w+)? name\b|\s+here\b(?! (?:is|are))")
_NAME_IS = re.compile(rf"(?<!\w)({_FULL})\s(?:is|was)\s(?:my|his|her|our)(?:\s\w+)?\sname\b")
_THEN = re.compile(r"\s*[,.;(]|\s+(?:and|from|here|aged?|a)\b|\s*$")
_OWNS = re.compile(r"['’]s\s")
_BORN = re.compile(r",?\s\(?(?:born\b|dob\b|d\.o\.b|date of birth|\d{2}\s?[~-]\s?\d{2}\syear)", re.IGNORECASE)
_AGED = re.compile(
    r",?\s\(?(?:is\s|aged?\s)?\d{1,3}(?:\s?(?:yrs?|years?|yo|y/o|months?|mo|weeks?|wks?|[mf])\b|[,)])",
    re.IGNORECASE,
)
_ALONE_BEFORE = re.compile(r"(?:^|[\n.;:,!?(])\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:[,;)\n]|\.(?:\s|$)|$)")
_LINE_END = re.compile(r"[.!]?\s*(?:\n|$)")
_LOWER_NAME = re.compile(
    r"\bmy name(?: is|['’]?s)\s+([a-z]+(?:\s(?!and\b|i\b|i'm\b|im\b|my\b|from\b|a\b)[a-z]+)?)(?=\s*[,.;!\n]"
    r"|\s+(?:and|i|i'm|im|my|from)\b|$)"
)
_LOWER_CUE = re.compile(
    rf"\b(?:i['’]?m|i am|this is|my (?:{KIN})(?: is called| named|,)?|called|named|mr|mrs|ms|miss"
    rf"|dr)\.? ([a-z]{{3,}})\b(?! (?:me|to|be)\b)"
)
_TOKEN = re.compile(rf"{_CAP}")
_BETWEEN = re.compile(rf"[ \t](?:[{_UPPER}]\.?\s)?(?:(?:de|da|del|van|von|der|den|bin|al|la|di)\s)*")
_MEDICAL = re.compile(
    r"(?:itis|osis|emia|aemia|pathy|oma|algia|ectomy|scopy|gram|graphy|plasty|pril|olol|statin|mycin|cillin"
    r"|azole|sartan|prazole|"
    r"pine|zine|mide|oxacin|cycline|vir|mab|nib|tide|gliptin|flozin|formin|sone|olone|lone|phen|profen|caine"
    r"|pam|lam|zolam|barbital|"
    r"coccus|virus|bacter|ine|ide|ate|ium|one|ol|ism|ics?|al|ary|tion|sion|ness|ment|ing|ed|ly|ity|ous|able|ive"
    r"|ure|gy|phy|cy|ency|ance|ence)$"
)
_EMPLOYER = re.compile(
    rf"\b(?:[Mm]y (?:employer|company|workplace|firm|school|university|insurer)(?: is|,)?|[Ii] work (?:at|for)|"
    rf"(?:[Ee]mployed|[Ww]ork(?:s|ing)?|[Tt]each(?:es)?) (?:at|for|by))\s((?:the\s)?{_CAP}(?:\s(?:&\s|and\s"
    rf"|of\s)?{_CAP}){{0,4}})"
)
_HOSPITAL = re.compile(
    rf"(?<![\w])({_CAP}(?:\s(?:of\s|and\s|&\s)?{_CAP}){{0,4}}\s(?:Hospital|Clinic|Medical Cent|Health Cent"
    rf"|Infirmary|Surgery|Pharmacy))"
)
_INSTITUTION = re.compile("Hospital|Clinic|Medical Cent|Health Cent|Infirmary|Surgery|Pharmacy")

_HAN = "\u4e00-\u9fff"
_STOP_HAN = r"[^\w]|$"
_CHINESE_CUES = (
    re.compile(rf"(?:我(?:的名字)?(?:叫做?|名叫)|我名字(?:是|叫)|我的名字是|本名|姓名\s*[:：]?\s*(?:是|為|为)?"
        rf"|(?:患者|病人)叫)\s*([{_HAN}]{{2,4}}?)(?=[^{_HAN}]|$|今年|現年|现年|是)"),
    re.compile(rf"(?:我是|這是|这是|您好我是)([{SURNAMES}][{GIVEN_HAN}]{{1,2}})(?=[，,。；;！!\s]|今年|$)"),
    re.compile(rf"(?:兒子|儿子|女兒|女儿|先生|丈夫|太太|妻子|老婆|老公|媽媽|妈妈|爸爸|母親|母亲|父親|父亲|朋友"
        rf"|同事|弟弟|妹妹|哥哥|姊姊|姐姐|孩子|寶寶|宝宝|小孩|男友|女友)(?:叫"
        rf"|名叫)([{_HAN}]{{2,3}})(?=[^{_HAN}]|$|今年|最近)"),
    re.compile(
        rf"(?:兒子|儿子|女兒|女儿|孩子|寶寶|宝宝|小孩|弟弟|妹妹|哥哥|姊姊|姐姐|同事|朋友|太太|老婆|老公|先生)"
        rf"((?:小|阿)[{GIVEN_HAN}]|[{SURNAMES}][{GIVEN_HAN}]{{2}})"
    ),
    re.compile(rf"(?<![{_HAN}])([{SURNAMES}][{GIVEN_HAN}]{{2}})(?![{_HAN}])"),
    re.compile(rf"([{SURNAMES}][{GIVEN_HAN}]{{1,2}})(?=醫師|医师|醫生|医生|大夫|先生|小姐|女士|太太|老師|老师"
        rf"|教授|主任|院長|院长|護理師|护士)"),
    re.compile(r"(?<![也或允不如任對对西東东後后地最基主]"
        r")([陳林黃黄张張李王吳吴劉刘蔡楊杨許许鄭郑郭洪邱曾廖賴赖徐周葉叶蘇苏莊庄呂吕江何蕭萧羅罗潘簡简朱鍾钟彭詹胡施沈盧卢梁趙赵顏颜柯翁魏孫孙戴范宋鄧邓杜傅侯曹薛董蔣蒋姚馮冯姜汪鄒邹])(?=醫師|医师|醫生|医生|大夫|先生|小姐|女士|太太|老師|老师|教授|主任)"),
    re.compile(rf"(?<![{_HAN}])([{SURNAMES}][{GIVEN_HAN}]{{1,2}})(?=[,，]\s*\d{{2}}\s?[~-]?\s?\d{{0,2}}\s?[歲岁])"),
)  # fmt: skip
_CHINESE_EMPLOYER = re.compile(
    rf"(?:我在|任職於|任职于|就職於|服務於|上班於|公司是)([{_HAN}]{{2,10}}(?:公司|銀行|银行|集團|集团|大學|大学"
    rf"|國小|國中|高中|小學|小学|中学|工廠|工厂))"
)
_CHINESE_HOSPITAL = re.compile(
    rf"(?:{CITY})[市省縣县]?[{_HAN}]{{0,10}}?(?:醫院|医院|診所|诊所|分院|衛生所)"
    rf"|(?:(?![住在去到給给])[{_HAN}]){{2}}(?:市|縣|县)(?:立|第[一二三四五六七八九十]|中心|人民"
    rf"|中[醫医])[{_HAN}]{{0,4}}?(?:醫院|医院)"
)


def name_spans(text: str) -> Iterator[Span]:
    """Names (NAME), employers and hospitals (ORG) in ``text``; spans may overlap.

    A full name that was read once is found wherever its parts stand again.
    """
    found = [*_english(text), *(_chinese(text) if any("\u4e00" <= c <= "\u9fff" for c in text) else ())]
    yield from found
    yield from _again(text, {text[start:end] for start, end, kind in found if kind == "NAME"})


def _english(text: str) -> Iterator[Span]:
    for start, end in _candidates(text):
        if not _EPONYM.match(text, end) and _reads_as_name(text, start, end):
            yield start, end, "NAME"
    for match in _NAME_IS.finditer(text) if " name" in text else ():
        yield match.start(1), match.end(1), "NAME"
    yield from _in_lower_case(text)
    yield from _organisations(text)


def _in_lower_case(text: str) -> Iterator[Span]:
    for match in _LOWER_NAME.finditer(text) if "my name" in text else ():
        if match[1].split()[0] not in NOT_A_NAME:
            yield match.start(1), match.end(1), "NAME"
    for match in _LOWER_CUE.finditer(text):
        if match[1] in GIVEN - ALSO_WORDS:
            yield match.start(1), match.end(1), "NAME"


def _organisations(text: str) -> Iterator[Span]:
    for match in _EMPLOYER.finditer(text):
        yield match.start(1), match.end(1), "ORG"
    for place in _INSTITUTION.finditer(text):
        named = _HOSPITAL.search(text, max(0, place.start() - 60), place.end())
        if named and named[1].split()[0].lower() not in GENERAL_HOSPITAL:
            yield named.start(1), named.end(1), "ORG"


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words that are not among those that are never names."""
    start = end = 0
    for match in _TOKEN.finditer(text):
        if match.start() and (text[match.start() - 1].isalnum() or text[match.start() - 1] in "[_"):
            continue
        if re.split("['’]", match[0].lower())[0] in NOT_A_NAME or _KINSHIP.fullmatch(match[0]):
            continue
        if end and _BETWEEN.fullmatch(text, end, match.start()):
            end = match.end()
            continue
        if end:
            yield start, end
        start, end = match.span()
    if end:
        yield start, end


def _reads_as_name(text: str, start: int, end: int) -> bool:
    before, after, parts = text[max(0, start - 48) : start], text[end : end + 40], text[start:end].split()
    before = _INITIALS.sub("", before)
    given = any(part.lower() in GIVEN for part in parts)
    if _BEFORE.search(before) or _ITS_NAME.match(after):
        return True
    if _I_AM.search(before):
        return given or len(parts) > 1 or bool(_THEN.match(after) and not _like_a_word(parts[0]))
    if (_SIGN_OFF.search(before) and _LINE_END.match(after)) or (_GREETING.search(before) and _THEN.match(after)):
        return True
    if len(parts) == 1:
        return parts[0].lower() in GIVEN - ALSO_WORDS and bool(_AGED.match(after) or _BORN.match(after))
    if parts[0].lower() in GIVEN - ALSO_WORDS or _BORN.match(after):
        return True
    return not any(map(_like_a_word, parts)) and bool(
        _OWNS.match(after) or (_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after)) or _AGED.match(after)
    )


def _like_a_word(part: str) -> bool:
    """True for what is rather a word of medicine or geography than a name."""
    lower = part.lower()
    return lower in WORD_LIKE or part.isupper() or bool(_MEDICAL.search(lower) and lower not in GIVEN)


def _again(text: str, names: set[str]) -> Iterator[Span]:
    parts = {part for name in names for part in [name, *name.split()] if len(part) > 2 or not part.isascii()}
    for part in sorted(parts, key=len, reverse=True):
        if part.lower() in NOT_A_NAME or (part.isascii() and re.search(rf"\b{re.escape(part.lower())}\b", text)):
            continue  # also a word of its own here ("Hope ... I hope")
        edge = r"(?<!\w)" if part.isascii() else ""
        for match in re.finditer(edge + re.escape(part) + (r"(?!\w)" if edge else ""), text):
            if not _EPONYM.match(text, match.end()):
                yield match.start(), match.end(), "NAME"


def _chinese(text: str) -> Iterator[Span]:
    for cue in _CHINESE_CUES:
        for match in cue.finditer(text):
            yield match.start(1), match.end(1), "NAME"
    for match in _CHINESE_EMPLOYER.finditer(text):
        yield match.start(1), match.end(1), "ORG"
    for match in _CHINESE_HOSPITAL.finditer(text):
        yield *match.span(), "ORG"
