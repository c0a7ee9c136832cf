"""The recognisers of identifiers: patterns only, no model, so a name that nothing gives away is missed.

When in doubt they recognise: a word too few costs a reader little, an identifier too many cannot be taken back.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from drafter.screening.names import name_spans


class Found(NamedTuple):
    """An identifier at ``text[start:end]``; ``kept`` is what may be told of it (a year, "90+")."""

    start: int
    end: int
    kind: str
    kept: str = ""


Detector = Callable[[str], Iterator[Found]]


_EMAIL = re.compile(
    r"[A-Za-zÀ-ɏ\d_.+%-]+@[A-Za-zÀ-ɏ\d_-]+(?:\.[A-Za-zÀ-ɏ\d_-]+)+|"
    r"[A-Za-zÀ-ɏ\d_.+%-]+\s?(?:[(\[{<]\s?(?:at|@)\s?[)\]}>]|\s@\s?)\s?[A-Za-zÀ-ɏ\d_-]+"
    r"(?:\s?(?:\.|[(\[{<]\s?(?:dot|\.)\s?[)\]}>]|\sdot\s)\s?[a-z][A-Za-zÀ-ɏ\d_-]*)+|"
    r"[A-Za-zÀ-ɏ\d_.+%-]+(?:\sdot\s[A-Za-zÀ-ɏ\d_-]+)*\sat\s[A-Za-zÀ-ɏ\d_-]+(?:\sdot\s[a-z]+)+",
    re.IGNORECASE,
)
_DOMAIN = (
    "com|org|net|edu|gov|info|io|co\\.uk|uk|tw|cn|hk|de|fr|me|app|dev|xyz|jp|kr|au|ca|nl|eu|ch|se|ru|br|biz|ly|gg"
    "|online|site|shop|sg|my(?=[/:])"
)
_URL = re.compile(
    r"(?:h(?:tt|xx)ps?://|ftp://|www\.)[^\s<>\"'，。；（）]+[^\s<>\"'，。；（）.,;:!?)\]]|"
    rf"(?<![A-Za-zÀ-ɏ\d_@.])(?:[a-z\d-]+\.)+(?:{_DOMAIN})(?![A-Za-zÀ-ɏ\d_.-]*\w)(?:/[^\s，。]*)?|"
    r"\b[a-z\d-]+(?:\s?[(\[]dot[)\]]\s?|\sdot\s)(?:com|org|net|tw|cn|uk)\b",
    re.IGNORECASE,
)
_URL_HINT = re.compile(rf"\.(?:{_DOMAIN})(?!\w)|://|www\.|\bdot\b")
_HANDLE_HINT = re.compile(
    "@|insta|twitter|telegram|we ?chat|weixin|line id|snapchat|facebook|skype|tiktok|ig (?=[a-z@:])|fb|微信|賴|帳號"
)
_HANDLE = re.compile(
    r"(?:\b(?:insta(?:gram)?|ig|twitter|telegram|we ?chat(?: id)?|weixin|line id|snapchat|facebook|fb|skype"
    r"|tiktok)"
    r"|微信號?|微信号|賴|賴的?ID|LINE ?(?:ID|帳號))\s*(?:is|id|name|handle|是|號|号|帳號)?\s*[:：@]?\s*"
    r"(@?(?=[A-Za-zÀ-ɏ\d_.-]*[\d._-])[A-Za-z][\w.-]{2,}\w|@[A-Za-z][\w.]+\w)"
    r"|(?<![A-Za-zÀ-ɏ\d_.@])@(?=[A-Za-z])[\w.]{3,}\w",
    re.IGNORECASE,
)
_IP = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![A-Za-zÀ-ɏ\d_:])(?:[\da-f]{1,4}:){5,7}[\da-f]{1,4}\b",
    re.IGNORECASE,
)
_IP_HINT = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d|:[\da-f]{1,4}:[\da-f]")

# Toll-free and crisis lines belong to organisations and are worth keeping in a past reply.
_ORGANISATION_LINE = re.compile(
    r"\+?1?[\s.-]?\(?8(?:00|88|77|66|55|44|33)\)?[\s.-]?|0800[\s-]?|116[\s-]?\d{3}$|400[\s-]?\d"
)
_PHONE = re.compile(
    r"(?<![A-Za-zÀ-ɏ\d_.+-])(?:"
    r"\+\d{1,3}(?:[\s.-]?\(?\d{1,5}\)?){2,6}"  # international
    r"|(?:(?:1|001)[\s.-])?(?:\([2-9]\d{2}\)[\s.-]{0,2}|[2-9]\d{2}[\s.-])\d{3}[\s.-]\d{4}"  # North America
    r"|\(?0\d{1,4}\)?[\s-]?\d{3,4}[\s-]?\d{3,4}"  # with trunk 0: Taiwan, United Kingdom and most others
    r"|\(?0\d{1,3}\)?(?:[\s./-]\d{2,4}){3,4}"  # the same in shorter groups: France, Germany, Sweden
    r"|\(0?\d{2,4}\)\s?\d{3,4}[\s.-]?\d{3,4}"  # area in brackets
    r"|[679]\d{2}[\s.]\d{3}[\s.]\d{3}"  # Spain, Poland, Portugal
    r"|[6-9]\d{4}[\s-]\d{5}"  # India
    r"|1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}"  # mobile, China
    r"|(?:\d[.\s-]){6,}\d"  # digit by digit
    r")(?![A-Za-zÀ-ɏ\d_-]|\.\d)"
)
_PHONE_CUE = re.compile(
    r"(?:\b(?:tel(?:ephone)?|phone|mobile|cell|cellphone|handphone|landline|fax|whatsapp|viber|signal|sms|dial"
    r"|(?:call|text|ring|reach(?:able)?|contact|message|answer(?:ing)?)(?: (?:me|us|him|her))?(?: back)?(?: "
    r"on| at| by)?"
    r"|(?:my|contact|his|her|our|home|work|emergency|registered) (?:number|no|line)|registered)\b"
    r"|電話|電话|电话|手機|手机|聯絡|聯繫|联系|联络|傳真|传真|行動|門號|撥打|拨打|打給我|打给我)[^\d\n.!?。]"
    r"{0,20}\(?\+?$",
    re.IGNORECASE,
)
# A number that says behind it what it is: "781 1704 office".
_PHONE_THEN = re.compile(r"\(?\d[\d\s().-]{5,15}\d(?=\s\(?(?:office|fax|mobile|cell|home|work)\b)", re.IGNORECASE)
_SPELT_PHONE = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)[\s,-]+){6,}"
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b|[零〇○一二三四五六七八九]{8,15}",
    re.IGNORECASE,
)
_TAIWAN_ID = re.compile(r"(?<![A-Za-z\d])[A-Za-z][1289A-Da-d]\d{8}(?!\d)")
_CHINA_ID = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
_SSN = re.compile(r"(?<![A-Za-zÀ-ɏ\d_-])\d{3}-\d{2}-\d{4}(?![A-Za-zÀ-ɏ\d_-])")
_NHS = re.compile(r"(?<![\d.-])\d{3}[\s-]?\d{3}[\s-]?\d{4}(?![\d-]|\.\d)")
_NATIONAL_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D](?![A-Za-z\d])")
_HONG_KONG_ID = re.compile(r"(?<![A-Za-z\d])[A-Z]{1,2}\d{6}\([\dA]\)")
_OTHER_ID = re.compile(
    r"(?<![A-Za-zÀ-ɏ\d_-])(?:\d{6}-[1-4]\d{6}|\d{3}\.\d{3}\.\d{3}-\d{2}|[STFGM]\d{7}[A-Z]|[A-Z]{6}\d{2}"
    r"[A-EHLMPR-T]\d"
    r"{2}[A-Z]\d{3}[A-Z]"
    r"|[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?\d{2}\s?\d{3}\s?\d{3}\s\d{2}|\d{6}-\d{2}-\d{4})(?![A-Za-zÀ-ɏ\d_-])"
)
"""Korea, Brazil, Singapore, Italy, France, Malaysia."""
_SPAIN_ID = re.compile(r"(?<![A-Za-zÀ-ɏ\d_-])[XYZ\d]\d{7}-?[A-HJ-NP-TV-Z](?![A-Za-zÀ-ɏ\d_-])")
_AADHAAR = re.compile(r"(?<![\d-])[2-9]\d{3}[\s-]\d{4}[\s-]\d{4}(?![\d-]|[\s-]\d)")
_CANADA_ID = re.compile(r"(?<![\d-])\d{3}[\s-]\d{3}[\s-]\d{3}(?![\d-]|[\s-]\d|\.\d)")
_SWEDEN_ID = re.compile(r"(?<![\d-])\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d{4}(?![\d-])")
_PLATE = re.compile(
    r"(?:\b(?:(?:number|licen[cs]e|car) ?plates?|plate number|registration|reg|my (?:car|scooter|motorbike|van))"
    r"|車牌(?:號碼|號)?|车牌(?:号码|号)?)(?:\s(?:no|number))?\W{0,3}(?:is|was|是|為|为)?\W{0,3}"
    r"((?:[\u4e00-\u9fff][A-Z]\W?)?(?=[A-Z\d -]*\d)(?=[A-Z\d -]*[A-Z])[A-Z\d]{2,4}[\s·-]?[A-Z\d]{2,5}(?:"
    r"[\s-][A-Z\d]{1,4})?)"
    r"(?![A-Za-zÀ-ɏ\d_-])"
)
_PLATE_HINT = re.compile("plate|regist|\\breg\\b|my (?:car|scooter|motorbike|van)|車牌|车牌")
_CARD = re.compile(r"(?<![\d.-])(?:\d[\s-]?){12,18}\d(?![\d-]|\.\d)")
_IBAN = re.compile(r"(?<![A-Za-z\d])[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?(?![A-Za-z\d])")
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){7}|[A-Z]{2}\d\d\s?[A-Z\d]{4}")
_ID_CUE = re.compile(
    r"(?:\b(?:ssn|arc|social security|nhs|national insurance|passport|driv(?:er['’]?s|ing) licen[cs]e"
    r"|licen[cs]e plate|licen[cs]e"
    r"|policy|insurance|member(?:ship)?|account|iban|claim|national id|tax|pension|visa|permit|resident|resi"
    r"dence|student|id card|medicare|medicaid|vin|plate"
    r"|(?:credit |debit |bank )?card|cc)"
    r"(?:\s(?:id|card|file))?(?:\s*(?:no|number|num|nr|id|card)\b|\s*#)?|身分證(?:字號)?|身份[證证](?:號碼|"
    r"号码|號|号|字號)?|居留證(?:號碼"
    r"|號)?|健保卡(?:號|卡號)?"
    r"|護照(?:號碼|號)?|护照(?:号码|号)?|社保[卡號号]*|帳號|账号|車牌)(?:\s(?:is|was))?[\s.:：#是為为]*$",
    re.IGNORECASE,
)
_RECORD_CUE = re.compile(
    r"(?:\bmrn|\b(?:medical |health |hospital |patient |clinic )?(?:record|chart|patient|hospital|case|file"
    r"|unit|lab|sample|specimen|admission|encounter|episode|visit|barcode|registration|"
    r"accession|appointment|booking|prescription|rx|ref(?:erence)?)(?:\s*(?:no|number|num|nr|id)\b|\s*#)"
    r"|病歷(?:號碼|號|編號)|病历(?:号码|号|编号)|病歷|(?:就診|住院|門診|挂号|掛號|檢體|体检|檢驗)(?:號碼|號|号"
    r"|編號|编号))"
    r"(?:\s(?:is|was))?[\s.:：#是為为]*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d\s().-]*\d|\d")
_LETTERS_BEFORE = re.compile(r"[A-Za-z]{0,4}[-/]?$")
_CODE = re.compile(r"[A-Z]{0,4}[-/]?\d[A-Z\d/-]*[A-Z\d]|\d{3}[\d -]{5,}\d", re.IGNORECASE)

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NUMERIC_DATE = re.compile(
    r"(?<![A-Za-zÀ-ɏ\d_./-])(?:(?P<y1>(?:19|20)\d{2})(?P<s1>[-/.])(?:0?[1-9]|1[0-2])(?P=s1)(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])(?P<s2>[-/.])(?:0?[1-9]|[12]\d|3[01])(?P=s2)(?P<y2>(?:19|20)\d{2})"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?P<y3>\d{2})"
    r"|(?P<roc>1[01]\d)(?P<s3>[/.])(?:0?[1-9]|1[0-2])(?P=s3)(?:0?[1-9]|[12]\d|3[01])"
    r"|(?P<y4>(?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
    r"|3[01]))(?:[T ]\d{1,2}:\d{2}(?::\d{2})?Z?)?(?![A-Za-zÀ-ɏ\d_/-]|\.\d)"
)
_WORD_DATE = re.compile(
    rf"(?<![A-Za-zÀ-ɏ\d_./-])(?:(?:(?P<y3>(?:19|20)\d{{2}})[\s,-]+(?:{_MONTHS})\.?[\s,-]+(?:0?[1-9]|[12]\d|3"
    rf"[01])(?:st"
    rf"|nd|rd|th)?"
    rf"|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[\s.-]+(?:(?:day\s)?of\s+)?(?:{_MONTHS})\b"
    rf"(?:\.?[\s,'’-]+(?P<y1>(?:19|20)\d{{2}})|\.?[\s,'’-]+(?:in|of)\s(?P<y4>(?:19|20)\d{{2}})|-\d{{2}}\b)?)"
    rf"|(?:{_MONTHS})\b\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s*(?:mg|mcg|ml|g|%|kg|times|days?|weeks?"
    rf"|hours?|tablets?|pills?|x|[:.]\d))"
    r"(?:[\s,'’]+(?:(?:in|of)\s)?(?P<y2>(?:19|20)\d{2}))?)(?!\d)",
    re.IGNORECASE,
)
_CHINESE_DATE = re.compile(
    r"(?:(?P<y1>(?:19|20)\d{2})\s*年\s*|(?:民國|民国)\s*(?P<roc>\d{2,3})\s*年\s*"
    r"|(?<!\d)(?P<roc2>[3-9]\d|1[01]\d)\s*年\s*)?(?<![\d.])(?:0?[1-9]"
    r"|1[0-2])\s*月\s*(?:0?[1-9]|[12]\d|3[01])\s*[日號号]"
    r"|民[國国]\s*(?P<roc3>\d{2,3})[./-](?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:[一二][九〇零○][〇零○一二三四五六七八九]{2}年|民[國国][一二三四五六七八九十百〇零○]{1,4}年)?"
    r"(?:十[一二]?|[一二三四五六七八九])月(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日號号]"
)
_BORN_ON = re.compile(
    r"(?:\b(?:dob|d\.o\.b\.?|date of birth|birth ?da(?:te|y)|born(?: on)?)(?:\sis|\swas)?|生日|出生(?:日期|"
    r"年月日)?|生於|生于)"
    r"\s?[:：是為为]?\s?(\d{6,8}|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2})?)(?![\d/.-]*\d)",
    re.IGNORECASE,
)
_ON_THE = re.compile(
    r"\b(?:on|since|until|from|dated|by) ((?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01]))(?![/\d]|\.\d| ?"
    r"(?:of|a|an|tab|pill|dose"
    r"|mg|ml|cup|tea|days?|full|the|each|mm))",
    re.IGNORECASE,
)
# "In chapter 5 may be": a verb.
_ONLY_MAY = re.compile(r"(?<!on )(?<!on the )(?<!since )(?<!until )(?<!by )(?<!from )\b\d{1,2}\s+may$")
_MONTH_START = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATES = (
    (re.compile(r"\d[-/.]\d{1,2}[-/.]\d|(?:19|20)\d{6}"), _NUMERIC_DATE),
    (
        re.compile(
            rf"\d(?:st|nd|rd|th)?[\s,.-]+(?:(?:day\s)?of\s+)?{_MONTH_START}|{_MONTH_START}[a-z]*\.?\s+(?:the\s+)?\d"
        ),
        _WORD_DATE,
    ),
    (re.compile("月|民[國国]|[年月]\\s*\\d"), _CHINESE_DATE),
)
_AGE = re.compile(
    r"(?:9\d(?<![\d.]\d\d)|1[01]\d(?<![\d.]\d{3}))(?=[\s-]*(?:years?|yrs?|y/?o|yo)\b(?!\s+ago)|\s*[歲岁])"
    r"|(?:9\d|1[01]\d)\b(?:(?<=\baged \d\d)|(?<=\bage \d\d)|(?<=\bage \d{3}))",
    re.IGNORECASE,
)
_SOMEBODY_IS = re.compile(
    r"\b(?:he|she|who|grand\w+|gran|nan|nana|mother|father|mum|mom|dad|aunt|uncle)(?:['’]s| is| turned)"
    r" (?:now |about |nearly |almost )?(9\d|1[01]\d)\b(?=\s*(?:[,.;!?]|$|(?:and|with|has|now|but|who)\b))",
    re.IGNORECASE,
)

_STREET = (
    "St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Way|Terrace|Crescent|Close|"
    "Square|Sq|Highway|Hwy|Parkway|Pkwy|Gardens|Grove|Mews|Hill|Row|Walk|Loop|Trail|Circle|Cir|Alley"
)
_ADDRESS = re.compile(
    rf"(?<![\w.])\d{{1,6}}[A-Za-z]?,?\s+(?:(?:[NSEW]|North|South|East"
    rf"|West)\.?\s+)?(?:[A-Z\d][\w'’.-]*\s+){{1,4}}?(?:{_STREET})\b\.?"
    r"(?:,?\s*(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Room|No)\.?\s*#?\w+)?"
    r"(?:,?\s+[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+){0,2}(?=,|\s+[A-Z]{2}\b|\s+\d{5})){0,2}"
    r"(?:,?\s*[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?|,?\s*\d{5}(?:-\d{4})?"
    r"|,?\s*[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2})?"
)
_STREET_FIRST = re.compile(
    r"(?<![\w.])\d{1,5},?\s(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Pp]lace|[Vv]ia|[Vv]iale|[Pp]iazza|"
    r"[Cc]alle|[Pp]laza|[Aa]venida|[Rr]ua)"
    r"\s(?:(?:de|du|des|della|del|di|la|le|los|da|do)\s){0,2}[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+){0,2}"
    r"|(?<!\w)[A-Z][a-zäöüß-]+(?:straße|strasse|str\.|weg|platz|gasse|allee)\s\d{1,4}[a-z]?\b"
)
_LOWER_STREET = re.compile(
    r"(?<![\w.])\d{1,5}[a-z]? (?!lane|way|mile|minute|hour|day|min\b|km\b|m\b)[a-z]{3,}(?: [a-z]{3,})? "
    r"(?:street|avenue|road|lane|boulevard|crescent)\b"
)
_MILITARY = re.compile(
    r"\b(?:PSC|Unit|CMR)\s\d{1,5},?\s(?:Box\s\d+)(?:\s+[AFD]PO,?\s(?:A[AEP]\s\d{5}))?|\b[AFD]PO,?\s(?:A[AEP]"
    r"\s\d{5})",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"(?<!\w)(?:Flat|Apt|Apartment|Unit|Room|Suite)\.?\s+\w{1,5},\s*\d{1,5}\s+[A-Z][\w'’ -]{2,40}(?=[,.;\n]|$)|"
    r"\bP\.?\s?O\.?\s+Box\s+\d+",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"(?<![A-Za-zÀ-ɏ\d_-])[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-zÀ-ɏ\d_-])|"
    r"(?<![A-Za-zÀ-ɏ\d_])(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA"
    r"|RI|S[CD]|T[NX]"
    r"|UT|V[AT]|W[AIVY])"
    r"\s+\d{5}(?:-\d{4})?(?![A-Za-zÀ-ɏ\d_-])"
)
_LIVES = re.compile(
    r"\b(?:(?:live|lives|living|reside|resides)(?: at| on(?=\s(?-i:[A-Z\d])))|stay(?:ing)? at"
    r"|(?:moved?|deliver(?:ed)?|sen[dt]|ship(?:ped)?|mail(?:ed)?)(?: (?:it|them|me))? to(?=\s\d{1,6}[A-Za-z]"
    r"?\s[A-Z]))\s+([^.;\n!?]{4,60})|\b(?:home |my |our )?address(?: is"
    r"|:)\s*([^;\n!?]{4,70}?)(?=[.;\n!?]|$)",
    re.IGNORECASE,
)
_FLAT_HINT = re.compile("flat|apt|apartment|unit|room|suite|box")
_LIVES_HINT = re.compile(
    "(?:live|lives|living|resides?|stay|staying|moved?|delivere?d?|sen[dt]|shippe?d?|maile?d?) |address"
)
_HAN = "\u4e00-\u9fff"
_CHINESE_STREET = re.compile("[路街道巷村里區区][一二三四五六七八九十]{0,2}段?\\d")
_CHINESE_ADDRESS = re.compile(
    rf"(?:(?:(?:[台臺][北中南東东]|新北|桃[園园]|高雄|基隆|新竹|嘉[義义]|苗栗|彰化|南投|[雲云]林|屏[東东]"
    rf"|宜[蘭兰]|花[蓮莲]|澎湖|金[門门]|[連连]江|北京|上海|天津|重[慶庆])[市縣县]?"
    rf"|(?:(?![住在家於于址是到去])[{_HAN}]){{2,3}}[省市縣县])\s*)*"
    rf"(?:(?:(?![住在家於于址是到去])[{_HAN}]){{1,3}}[區区鄉乡鎮镇市縣县]\s*)?"
    rf"(?:(?![住在家於于址是到去走過过])[{_HAN}]){{1,5}}(?:路|街|大道|巷|村|里|小區|小区|社區"
    rf"|社区)(?:[一二三四五六七八九十\d]{{1,3}}段)?"
    rf"(?:\d+鄰)?(?:\d+巷)?(?:\d+弄)?\d+(?:[-之]\d+)?(?:[號号]|[棟栋幢]|單元|单元"
    rf"|室)(?:[-之]?\d+[樓楼室層层棟栋]|院|[之-]\d+|\d+(?:單元|单元)|[A-Z]室)*"
)


def _plain(kind: str, pattern: re.Pattern[str], hint: re.Pattern[str] | None = None) -> Detector:
    """Every match, or its first group that took part, is an identifier of this kind.

    Without a match of ``hint`` in the lower-case text there can be none, which is faster to see.
    """

    def detector(text: str) -> Iterator[Found]:
        if hint and not hint.search(text.lower()):
            return
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            yield Found(match.start(group), match.end(group), kind)

    return detector


def _phones(text: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        digits = sum(c.isdigit() for c in match[0])
        long_enough = match[0][0] in "+(" or digits >= 9 or match[0].count(" ") + match[0].count(".") >= 6
        if 7 <= digits <= 15 and long_enough and not _ORGANISATION_LINE.match(match[0]) and not _is_date(match[0]):
            yield Found(match.start(), match.end(), "PHONE")


def _numbers_with_cue(text: str) -> Iterator[Found]:
    """Numbers that the words before them make an identifier: "MRN 4471", "call me on 555 0133"."""
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - 48) : match.start()]
        digits = sum(c.isdigit() for c in match[0])
        if 7 <= digits <= 15 and _PHONE_CUE.search(before) and not _ORGANISATION_LINE.match(match[0]):
            yield Found(match.start(), match.end(), "PHONE")
            continue
        start = match.start() - len(_LETTERS_BEFORE.search(before)[0])  # type: ignore[index]  # matches nothing too
        code = _CODE.match(text, start)
        before = text[max(0, start - 48) : start]
        if code is None or sum(c.isdigit() for c in code[0]) < 3:
            continue
        if _RECORD_CUE.search(before):
            yield Found(start, code.end(), "RECORD")
        elif len(code[0]) > 4 and _ID_CUE.search(before):
            yield Found(start, code.end(), "ID")


def _is_date(text: str) -> bool:
    return bool(_NUMERIC_DATE.fullmatch(text))


def _numbers_with_check(text: str) -> Iterator[Found]:
    if not _LONG_NUMBER.search(text):
        return
    for pattern, kind, holds in (
        (_TAIWAN_ID, "ID", taiwan_id_holds),
        (_CHINA_ID, "ID", _china_id_holds),
        (_SPAIN_ID, "ID", _spain_id_holds),
        (_AADHAAR, "ID", _verhoeff_holds),
        (_CANADA_ID, "ID", _luhn_holds),
        (_SWEDEN_ID, "ID", lambda number: _luhn_holds(number.replace("+", ""))),
        (_NHS, "ID", _nhs_holds),
        (_CARD, "CARD", _luhn_holds),
        (_IBAN, "ACCOUNT", _iban_holds),
    ):
        for match in pattern.finditer(text):
            if holds(re.sub(r"[\s-]", "", match[0]).upper()):
                yield Found(match.start(), match.end(), kind)


def taiwan_id_holds(number: str) -> bool:
    """Checksum of a Taiwanese identity or residence number (letter, then 1, 2, 8 or 9, then 8 digits).

    Residence numbers of before 2021 have a second letter A to D, whose value's last digit counts.
    """
    letters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
    if number[0] not in letters:
        return False
    first = letters.index(number[0]) + 10
    second = str((letters.index(number[1]) + 10) % 10) if number[1].isalpha() else number[1]
    digits = [first // 10, first % 10, int(second), *map(int, number[2:])]
    return sum(d * w for d, w in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def _china_id_holds(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11] == number[17]


def _spain_id_holds(number: str) -> bool:
    return (
        "TRWAGMYFPDXBNJZSQVHLCKE"[
            int(str("XYZ".find(number[0]) if number[0] in "XYZ" else number[0]) + number[1:8]) % 23
        ]
        == number[-1]
    )


def _verhoeff_holds(number: str) -> bool:
    """Verhoeff's check digit (1969), by the dihedral group of order 10."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[moved]
        check = _turned(check, moved)
    return check == 0


def _turned(a: int, b: int) -> int:
    """The product in the dihedral group of order 10: 0 to 4 turn, 5 to 9 mirror."""
    if a < 5:
        return (a + b) % 5 + (5 if b >= 5 else 0)
    return (a - b) % 5 + (5 if b < 5 else 0)


def _nhs_holds(number: str) -> bool:
    check = 11 - sum(int(d) * w for d, w in zip(number[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == int(number[9]) and check != 10


def _luhn_holds(number: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _iban_holds(number: str) -> bool:
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1


def _dates(text: str) -> Iterator[Found]:
    lower = text.lower()
    for hint, pattern in _DATES:
        for match in pattern.finditer(text) if hint.search(lower) else ():
            if not _ONLY_MAY.search(text, max(0, match.start() - 10), match.end()):
                yield Found(match.start(), match.end(), "DATE", _year(match))
    for pattern in (_BORN_ON, _ON_THE):
        for match in pattern.finditer(text):
            yield Found(match.start(1), match.end(1), "DATE")


def _year(match: re.Match[str]) -> str:
    """The year of a date in four digits, those of Taiwan's calendar as the common era's; "" where it has none."""
    name, year = next(
        ((name, part) for name, part in match.groupdict().items() if part and name[0] in "yr"), ("", "")
    )
    year = str(int(year) + 1911) if name.startswith("roc") else year
    return year if len(year) == 4 else ""


def _ages(text: str) -> Iterator[Found]:
    for match in _AGE.finditer(text):
        yield Found(match.start(), match.end(), "AGE", "90+")
    for match in _SOMEBODY_IS.finditer(text):
        yield Found(match.start(1), match.end(1), "AGE", "90+")


def _addresses(text: str) -> Iterator[Found]:
    for detector in (
        _plain("ADDRESS", _ADDRESS),
        _plain("ADDRESS", _STREET_FIRST),
        _plain("ADDRESS", _LOWER_STREET, re.compile("street|avenue|road|lane|boulevard|crescent")),
        _plain("ADDRESS", _MILITARY, re.compile("box|po")),
        _plain("ADDRESS", _FLAT, _FLAT_HINT),
        _plain("ADDRESS", _POSTCODE),
    ):
        yield from detector(text)
    for hint in _CHINESE_STREET.finditer(text):
        for match in _CHINESE_ADDRESS.finditer(text, max(0, hint.start() - 24), hint.end() + 32):
            yield Found(match.start(), match.end(), "ADDRESS")
    for found in _plain("ADDRESS", _LIVES, _LIVES_HINT)(text):
        if any(c.isdigit() for c in text[found.start : found.end]):
            yield found


def _ips(text: str) -> Iterator[Found]:
    for found in _plain("IP", _IP, _IP_HINT)(text):
        parts = text[found.start : found.end].split(".")
        # A run of laboratory values such as 5.64.52.9 has small parts only.
        if len(parts) == 1 or (all(int(p) < 256 for p in parts) and max(int(p) for p in parts) > 99):
            yield found


def _names(text: str) -> Iterator[Found]:
    for start, end, kind in name_spans(text):
        yield Found(start, end, kind)


_DIGIT = re.compile(r"\d")


def _with_digits(detector: Detector) -> Detector:
    """The same, asked only of texts that have a digit: without one it finds nothing."""

    def detect(text: str) -> Iterator[Found]:
        return detector(text) if _DIGIT.search(text) else iter(())

    return detect


# Where two overlap, the earlier detector names the kind.
DETECTORS: tuple[Detector, ...] = (
    _plain("EMAIL", _EMAIL, re.compile("@|[(\\[{<] ?at ?[)\\]}>]| at .* dot ")),
    _plain("URL", _URL, _URL_HINT),
    _plain("HANDLE", _HANDLE, _HANDLE_HINT),
    _with_digits(_numbers_with_check),
    _dates,
    _plain("PHONE", _SPELT_PHONE),
    *map(
        _with_digits,
        (
            _numbers_with_cue,
            _plain("ID", _SSN),
            _plain("ID", _NATIONAL_INSURANCE),
            _plain("ID", _HONG_KONG_ID),
            _plain("ID", _OTHER_ID),
            _plain("PLATE", _PLATE, _PLATE_HINT),
            _ips,
            _phones,
            _plain("PHONE", _PHONE_THEN, re.compile("office|fax|mobile|cell|home|work")),
            _addresses,
            _ages,
        ),
    ),
    _names,
)
