"""Names of people and of those they work for, by the words around them; English and Chinese."""

import re
from collections.abc import Iterator

from drafter.screening.lists import (
    ALSO_WORDS,
    CITY,
    COMPOUND_SURNAMES,
    GENERAL_HOSPITAL,
    GIVEN,
    GIVEN_HAN,
    KIN,
    NOT_A_NAME,
    NOT_ALONE,
    PINYIN,
    SURNAMES,
    WORD_LIKE,
    given_names,
    surnames,
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
    r"anomaly|apple|sequence|aneurysm|sulcus|(?:i+ )?malformation|paralysis|technique|"
    r"ulcer|gland|tube|duct|node|patch|law|anaemia|anemia|stain|classification)\b",
    re.IGNORECASE,
)

_BEFORE = re.compile(
    rf"(?:\b(?:(?:my|his|her|the|patient(?:['’]s)?|full|first|last|real|maiden|middle|family|nick) ?name(?:"
    rf"\sis|\swas"
    rf"|['’]s|\s?[:：])"
    rf"|(?:nick|sur)?name\s?[:：]|(?:patient|attn|from|signed|by|contact|sender|pseudonym)\s?[:：]"
    r"|(?:call|calls|called) (?:me|him|her)|named|(?:nick|sur)name is|known as|goes by|(?:is|was|am|i['’]m) called"
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
# "Fern, 30~39 year old female": the line that sites put over a question.
_PSEUDONYM = re.compile(
    r"\s?[,/(|]\s?(?:(?:fe)?male\b|(?:aged?\s)?\d{1,3}(?:\s?[~–-]\s?\d{1,3})?[\s-]?(?:years?|yrs?|y/?o)\b)",
    re.IGNORECASE,
)
_PERSON_DOES = re.compile(
    rf"\s(?:said|told|asked|shouted|lives (?:at|on)|and I\b|is (?:my|our) (?:{KIN})\b)|['’]s\s(?:{KIN})\b"
)
_NOUN_OF_EPONYM = re.compile(
    r"(?:disease|syndrome|sign|test|palsy|lymphoma|tumou?r|virus|score|scale|criteria|cyst|sarcoma|hospital|clinic"
    r"|university|college|foundation|institute|center|centre|association|society|journal|medical|health|law|"
    r"act|river"
    r"|lake|island|county|city|beach|park|street|road|avenue|fever|infection|therapy|method|diet|cells?|plan"
    r"|tube)s?",
    re.IGNORECASE,
)
_ALONE_BEFORE = re.compile(r"(?:^|[\n.;:,!?(])\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:[,;)\n]|\.(?:\s|$)|$)")
_LINE_END = re.compile(r"[.!]?\s*(?:\n|$)")
_LOWER_NAME = re.compile(
    rf"\b(?:(?:my|his|her|their|(?:{KIN})['’]s) name(?: is|['’]?s)|(?:{KIN}) (?:is (?:called|named)|named))"
    rf"\s+([a-z]+(?:\s(?!and\b|i\b|i'm\b|im\b|my\b|from\b|a\b|has\b|who\b|is\b)[a-z]+)?)(?=\s*[,.;!\n]"
    r"|\s+(?:and|i|i'm|im|my|from)\b|$)"
)
_LOWER_CUE = re.compile(
    rf"\b(?:i['’]?m|i am|this is|my (?:{KIN})(?: is called| named|,)?|call(?:s|ed)? (?:me|him|her)|called|na"
    rf"med|mr|mrs"
    rf"|ms|miss|dr)\.? ([a-z]{{3,}})\b(?! (?:me|to|be)\b)"
)
_TOKEN = re.compile(rf"{_CAP}")
# What one does with people: a pair of capitalised words behind it is one of them.
_MEETS = re.compile(r"\b(?:to|met|meet|told|asked|thanks to|saw|cc|contact) $")
_PLACE_BEFORE = re.compile(r"\b(?:San|Santa|Santo|St\.?|Saint|Los|Las|El|Puerto|Mount|Fort|Port|New) $")
_LOWER_PAIR = re.compile(r"\b(?=([a-z]{3,}) (?:[a-z]\. )?([a-z]{3,})\b)")
_BETWEEN_ANY = re.compile(r"[ \t]+")
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
    rf"\b(?:(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur) (?:employer|company|workplace|firm|school|university|college|insu"
    rf"rer)(?: is|,)?"
    rf"|(?:[Ii]|[Hh]e|[Ss]he|to|who) (?:works?|worked) (?:at|for)|(?:[Jj]ob|[Ee]nrolled|[Ss]tud(?:y|ies|ied|ying)"
    rf"|[Aa]ttend(?:s|ing)?|[Gg]oes to school|[Tt]eacher|[Ss]tudent|[Pp]upil|[Nn]urse|[Cc]lerk|[Mm]anager|"
    rf"[Ee]ngineer"
    rf"|[Dd]river|[Cc]ashier|[Aa]ccountant|[Ii]ntern|[Ee]mployee) (?:at|of|with|in)"
    rf"|(?:[Ee]mployed|[Ww]ork(?:s|ing)?|[Tt]each(?:es)?) (?:at|for|by))\s"
    rf"((?:the\s)?(?:\d+\s)?{_CAP}(?:\s(?:&\s|and\s|of\s)?{_CAP}){{0,4}})"
)
_FIRM = re.compile(
    rf"(?<!\w)({_CAP}(?:,?\s(?:&\s|and\s|of\s)?{_CAP}){{0,3}},?\s(?:Ltd|Limited|Inc|LLC|LLP|GmbH|PLC|Corp"
    rf"(?:oration)?"
    rf"|Elementary|Primary School|High School|Middle School|Grammar School|Academy|Preschool|Kindergarten)\b\.?)"
)
_FIRM_HINT = re.compile("Ltd|Limited|Inc|LLC|LLP|GmbH|PLC|Corp|Elementary|School|Academy|Preschool|Kindergarten")
_HOSPITAL = re.compile(
    rf"(?<![\w])({_CAP}(?:\s(?:of\s|and\s|&\s)?{_CAP}){{0,4}}\s(?:Hospital|Clinic|Medical Cent|Health Cent"
    rf"|Infirmary|Surgery|Pharmacy))"
)
_INSTITUTION = re.compile("Hospital|Clinic|Medical Cent|Health Cent|Infirmary|Surgery|Pharmacy")

_HAN = "\u4e00-\u9fff"
_STOP_HAN = r"[^\w]|$"
_FAMILY = rf"(?:{COMPOUND_SURNAMES}|[{SURNAMES}])"
_KIN_HAN = (
    "兒子|儿子|女兒|女儿|先生|丈夫|太太|妻子|老婆|老公|媽媽|妈妈|爸爸|母親|母亲|父親|父亲|朋友|同事|弟弟|妹"
    "妹|哥哥|姊姊|姐姐|孩子|寶寶"
    "|宝宝|小孩|男友|女友|奶奶|爺爺|爷爷|外婆|外公|阿嬤|阿公|姪子|侄子|外甥|表哥|表姊|表姐|室友|鄰居|邻居"
)
_TITLE_HAN = (
    "醫師|医师|醫生|医生|大夫|先生|小姐|女士|太太|老師|老师|教授|主任|院長|院长|護理師|护理师|護士|护士|同學|同学"
)
_NOT_HAN_NAME = (
    "(?!任何|白內|白内|高血|金黃|金黄|安全|平常|平時|平时|全部|和你|和您|于是|項目|项目|成人|單"
    "純|单纯|明顯|明显|何種)"
)
_CHINESE_CUES = (
    re.compile(rf"(?:我(?:的名字)?(?:叫做?|名叫)|我名字(?:是|叫)|我的名字是|本名|真名(?:是|叫)?|姓名\s*[:：]"
        rf"?\s*(?:是|為|为)?"
        rf"|(?:患者|病人)叫|(?:[他她]的?名字|綽號|绰号|小名|暱稱|昵称)(?:叫做?|是)|(?:大家|朋友|同事|家人)都"
        rf"?叫我)\s*"
        rf"({_FAMILY}[{_HAN}]{{1,2}}|[{_HAN}]{{2,4}}?)(?=[^{_HAN}]|$|今年|現年|现年|是)"),
    re.compile(rf"(?:我是|這是|这是|您好我是|本人){_NOT_HAN_NAME}({_FAMILY}[{GIVEN_HAN}][{_HAN}]?|{_FAMILY}"
        rf"[{_HAN}][{GIVEN_HAN}])"
        rf"(?=[，,。；;！!\s（(]|今年|$)"),
    re.compile(rf"(?:{_KIN_HAN})(?:叫做?|名叫)([{_HAN}]{{2,3}})(?=[^{_HAN}]|$|今年|最近)"),
    re.compile(rf"(?:{_KIN_HAN})((?:小|阿)(?!小)[{GIVEN_HAN}]|{_FAMILY}[{GIVEN_HAN}]{{2}})"),
    re.compile(rf"(?<![{_HAN}])({_FAMILY}[{GIVEN_HAN}]{{2}})(?![{_HAN}])"),
    re.compile(rf"(?<![{_HAN}])((?:{COMPOUND_SURNAMES})[{_HAN}]{{1,2}})(?![{_HAN}])"),
    re.compile(rf"(?:^|[\n，,。；;！!、：:\s]){_NOT_HAN_NAME}({_FAMILY}[{_HAN}]{{2}})"
        rf"(?=[，,、\s（(]\s*(?:[男女](?!方|友|朋)|今?年?\s?\d{{1,3}}\s?[歲岁]|民國|出生|身分|身份|電話|电话"
        rf"|手機|手机))"),
    re.compile(rf"({_FAMILY}[{GIVEN_HAN}]{{1,2}})(?={_TITLE_HAN})"),
    re.compile(rf"(?:請問|请问|謝謝|谢谢|感謝|感谢|您好|你好|掛|挂|看過|看过|給|给|^|[，,。；;！!？?\n\s])"
        rf"{_NOT_HAN_NAME}({_FAMILY}[{_HAN}]{{2}})(?={_TITLE_HAN})"),
    re.compile(r"(?<![上下每本一這这週周也或允不如任對对西東东後后地最基主])"
        r"("
        r""
        r""
        r"[陳林黃黄張张李王吳吴劉刘蔡楊杨許许鄭郑郭洪邱曾廖賴赖徐周葉叶蘇苏莊庄呂吕江何蕭萧羅罗潘簡简朱鍾钟彭詹胡施沈盧卢梁趙赵顏颜柯翁魏孫孙戴范宋鄧邓杜傅侯曹薛董蔣蒋姚馮冯姜汪鄒邹]"
        r")(?=醫師|医师|醫生|医生|大夫|先生|小姐|女士|太太|老師|老师|教授|主任)"),
    re.compile(
        rf"(?<![{_HAN}])(?!患|病|本人|性|你好|您好|醫|医|我|他|她|請|请|年|姓|{_KIN_HAN})([{_HAN}]{{3,4}})"
        rf"(?=[，,、]\s*[男女]\s*[，,、]\s*\d)"
    ),
    re.compile(rf"(?:請問|请问|謝謝|谢谢|感謝|感谢|您好|你好)[，,\s]?([{SURNAMES}])(?={_TITLE_HAN})"),
    re.compile(rf"(?<![{_HAN}])([{_HAN}]{{2,3}})(?=[,，]\s*\d{{2}}\s?[~～-]\s?\d{{2}}\s?[歲岁])"),
    re.compile(rf"(?<![{_HAN}])((?:小|阿)[{GIVEN_HAN}{SURNAMES}]{{1,2}})(?=[,，、\s]\s*(?:[男女]|\d{{1,2}}\s"
        rf"?[歲岁]))"),
    re.compile(rf"(?:患者|病人|病患|聯絡人|联系人|家屬|家属|署名|簽名|签名|醫師|医师|主治)\s*[:：]\s*("
        rf"{_FAMILY}[{_HAN}]{{1,2}})(?![{_HAN}])"),
    re.compile(rf"(?:^|[\n，,。！!\s])((?:{_FAMILY})?[{_HAN}]{{2}})(?=敬上|謹上|谨上|拜上|敬啟|敬启)"),
)  # fmt: skip
_CHINESE_EMPLOYER = re.compile(
    rf"(?:我在|任職於|任职于|就職於|就职于|服務於|服务于|上班於|公司是|就讀於?|就读于?|任教於?|任教于?|[他她]在)"
    rf"(?!一家|一間|我們|我们|這|这|某|本|外[商地面]|[大小別别](?:公司|學|学)|家|公司|醫|医)"
    rf"([{_HAN}]{{2,10}}?(?:公司|銀行|银行|集團|集团|大學|大学|國小|国小|國中|国中|高中|小學|小学|中学|幼兒"
    rf"園|幼儿园|工廠|工厂|科技))"
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
        span = _name_in(text, start, end)
        if span:
            yield *span, "NAME"
    for match in _NAME_IS.finditer(text) if " name" in text else ():
        yield match.start(1), match.end(1), "NAME"
    yield from _in_lower_case(text)
    yield from _organisations(text)


def _name_in(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The whole run of capitalised words, or what is left of it behind a word that only begins a sentence."""
    if _EPONYM.match(text, end) or _PLACE_BEFORE.search(text, max(0, start - 8), start):
        return None
    if _reads_as_name(text, start, end):
        return start, end
    first = _BETWEEN_ANY.search(text, start, end)
    return _name_in(text, first.end(), end) if first else None


def _in_lower_case(text: str) -> Iterator[Span]:
    for match in _LOWER_NAME.finditer(text) if "name" in text or "is called" in text else ():
        if match[1].split()[0] not in NOT_A_NAME:
            yield match.start(1), match.end(1), "NAME"
    for match in _LOWER_CUE.finditer(text):
        if match[1] in given_names() and (match[1] in GIVEN or match[1] not in NOT_ALONE | NOT_A_NAME):
            yield match.start(1), match.end(1), "NAME"
    given, families = given_names(), surnames()
    for match in _LOWER_PAIR.finditer(text):
        known = match[1] in given and match[2] in families and not {match[1], match[2]} & NOT_A_NAME
        if known and not _EPONYM.match(text, match.end(2)):
            yield match.start(1), match.end(2), "NAME"


def _organisations(text: str) -> Iterator[Span]:
    for match in _EMPLOYER.finditer(text):
        yield match.start(1), match.end(1), "ORG"
    for match in _FIRM.finditer(text) if _FIRM_HINT.search(text) else ():
        if match[1].split()[0].lower() not in GENERAL_HOSPITAL:
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
    if _I_AM.search(before):
        given = any(part.lower() in GIVEN for part in parts)
        return given or len(parts) > 1 or bool(_THEN.match(after) and not _like_a_word(parts[0]))
    return _told_by_cue(before, after) or _told_by_words(parts, before, after)


def _told_by_cue(before: str, after: str) -> bool:
    """Whether "my name is", "Dr.", a greeting or a signature stands there."""
    return bool(
        _BEFORE.search(before)
        or _ITS_NAME.match(after)
        or (_SIGN_OFF.search(before) and _LINE_END.match(after))
        or (_GREETING.search(before) and _THEN.match(after))
    )


def _told_by_words(parts: list[str], before: str, after: str) -> bool:
    """By the words themselves, and by what people do and own."""
    likely = not any(map(_like_a_word, parts))
    if likely and (_PERSON_DOES.match(after) or (_ALONE_BEFORE.search(before) and _PSEUDONYM.match(after))):
        return True
    if likely and len(parts) == 2 and _MEETS.search(before):
        return not any(_NOUN_OF_EPONYM.fullmatch(part) for part in parts)
    if len(parts) == 1:
        return _is_given(parts[0])
    known = parts[0].lower() in GIVEN and parts[0].lower() not in ALSO_WORDS
    if known or _BORN.match(after) or _known_pair(parts):
        return not any(_NOUN_OF_EPONYM.fullmatch(part) for part in parts)
    alone = _ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after)
    return likely and bool(_OWNS.match(after) or alone or _AGED.match(after))


def _is_given(part: str) -> bool:
    lower = part.lower()
    return lower in given_names() and lower not in NOT_ALONE | WORD_LIKE and not part.isupper()


def _known_pair(parts: list[str]) -> bool:
    """Whether the words are a given name and a surname, by either of them or by their letters."""
    first, last = parts[0].lower(), parts[-1].lower()
    if first in given_names() and not ({first, last} & WORD_LIKE or parts[-1].isupper()):
        return True
    if {first, last} & PINYIN and not {first, last} & WORD_LIKE:
        return True
    if any(map(_like_a_word, parts)):
        return False
    return last in surnames() or not (first + last).isascii()


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
