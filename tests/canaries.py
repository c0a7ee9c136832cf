"""Invented identifiers in invented sentences, for tests that look for them where they must not be.

Each belongs to nobody: syllables, numbers drawn by lot with valid check digits, and reserved domains.
"""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPLAINTS = (
    "My left knee clicks on the stairs. Should I see somebody?",
    "I have coughed for two weeks. Is a syrup enough?",
    "The rash on my arm itches at night. Which cream may I use?",
    "I get heartburn after coffee. Which tablets may I take?",
    "My blood pressure was 138/86 this morning. Is that too high?",
)
COMPLAINTS_HAN = (
    "最近膝蓋常常痛，需要照X光嗎？",
    "咳嗽兩週了，要看哪一科？",
    "血壓一直在138/86左右，需要吃藥嗎？",
    "晚上皮膚很癢，可以擦什麼藥膏？",
    "喝咖啡後胃食道逆流，該怎麼辦？",
)


@dataclass(frozen=True)
class Canary:
    """``text`` carries ``identifier``; ``tells`` are its pieces, in lower case, that give it away."""

    kind: str
    identifier: str
    text: str

    @property
    def tells(self) -> tuple[str, ...]:
        squeezed = "".join(c for c in self.identifier if c.isalnum()).lower()
        longest = max(self.identifier.lower().split(), key=len)
        telling = longest if self.kind in ("name", "handle") else ""
        pieces = (self.identifier.lower(), squeezed if squeezed.isdigit() and len(squeezed) > 7 else "", telling)
        return tuple(dict.fromkeys(piece for piece in pieces if piece))


def canaries(count: int = 500, seed: int = 5) -> tuple[Canary, ...]:
    """The same for the same seed; every kind as often as the others."""
    rng = random.Random(seed)
    kinds = [_each(rng, kind, make, carriers) for kind, make, carriers in _KINDS]
    found: dict[str, Canary] = {}
    while len(found) < count:
        for kind in kinds:
            canary = next(kind)
            found.setdefault(canary.identifier, canary)
    return tuple(found.values())[:count]


def _each(rng: random.Random, kind: str, make: "Maker", carriers: tuple[str, ...]) -> Iterator[Canary]:
    while True:
        for carrier in carriers:
            identifier = make(rng)
            complaints = COMPLAINTS_HAN if any("\u4e00" <= c <= "\u9fff" for c in carrier) else COMPLAINTS
            yield Canary(kind, identifier, f"{carrier.format(identifier)} {rng.choice(complaints)}")


Maker = Callable[[random.Random], str]


def _words(text: str) -> list[str]:
    return text.split()


_SYLLABLES = _words("bran vel tor quil dra fen mor wex lin hol gar pet sul ark nim ros tav wil")
_ENDINGS = _words("feather grove stock mere dale wick ling ford combe worth")
_GIVEN = _words("Maria Thomas Anna Robert Elena David Sofia Peter Karen Daniel Laura Michael Susan Kevin Rachel")
_FAMILY = _words(
    "Gonzalez Thompson Novak Kowalski Ramirez Mitchell Henderson Fitzgerald Sullivan Patterson Nguyen Hernandez"
)
_SURNAMES_HAN = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾賴徐周葉蘇莊呂江何蕭羅簡鍾游詹沈盧趙顏柯翁魏孫歐褚諸"
_GIVEN_HAN = "雅婷怡君志明家豪淑芬美玲俊傑宜蓁佳穎冠宇承恩詩涵子晴品睿柏翰"


def _invented(rng: random.Random) -> str:
    return (rng.choice(_SYLLABLES) + rng.choice(_SYLLABLES) + rng.choice(_ENDINGS)).capitalize()


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _shaped(*shapes: str) -> Maker:
    """Shapes in which every # is a digit from 2 to 9 and every ? a capital letter."""

    def make(rng: random.Random) -> str:
        drawn = {"#": lambda: rng.choice("23456789"), "?": lambda: rng.choice("ABCDEHJKLMNPRSTWXYZ")}
        return "".join(drawn[c]() if c in drawn else c for c in rng.choice(shapes))

    return make


def _full_name(rng: random.Random) -> str:
    return f"{_invented(rng)} {_invented(rng)}"


def _common_name(rng: random.Random) -> str:
    return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"


def _name_han(rng: random.Random) -> str:
    return rng.choice(_SURNAMES_HAN) + rng.choice(_GIVEN_HAN) + rng.choice(_GIVEN_HAN)


def _email(rng: random.Random) -> str:
    name = _invented(rng).lower()
    domain = rng.choice(("example.org", "mail.example.com", "post.example.net"))
    plain = f"{name}.{_digits(rng, 2)}@{domain}"
    written = (plain, plain.replace("@", " (at) "), plain.replace("@", "[at]").replace(".", "[dot]"))
    return rng.choice((plain, *written))


def _url(rng: random.Random) -> str:
    return rng.choice(("https://{}.example.org/me?id={}", "www.{}{}.com", "{}-{}.example.net/photo")).format(
        _invented(rng).lower(), _digits(rng, 3)
    )


def _taiwan_id(rng: random.Random) -> str:
    from drafter.screening.identifiers import taiwan_id_holds

    while True:
        number = rng.choice("ABDEFHJKNPQRT") + rng.choice("1289") + _digits(rng, 8)
        if taiwan_id_holds(number):
            return number


def _china_id(rng: random.Random) -> str:
    front = (
        rng.choice(("110101", "310115", "440305"))
        + f"19{rng.randint(50, 99)}1{rng.randint(0, 2)}1{_digits(rng, 4)}"
    )
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return front + "10X98765432"[sum(int(d) * w for d, w in zip(front, weights, strict=True)) % 11]


def _nhs(rng: random.Random) -> str:
    while True:
        front = rng.choice("456") + _digits(rng, 8)
        check = 11 - sum(int(d) * w for d, w in zip(front, range(10, 1, -1), strict=True)) % 11
        if check < 10:
            return f"{front[:3]} {front[3:6]} {front[6:]}{check}"


def _card(rng: random.Random) -> str:
    front = "4" + _digits(rng, 14)
    total = sum(sum(divmod(int(d) * (2 - n % 2), 10)) for n, d in enumerate(front))
    number = f"{front}{-total % 10}"
    return " ".join(number[n : n + 4] for n in range(0, 16, 4))


def _iban(rng: random.Random) -> str:
    account = _digits(rng, 18)
    check = 98 - int(account + str(int("D", 36)) + str(int("E", 36)) + "00") % 97
    number = f"DE{check:02}{account}"
    return rng.choice((number, " ".join(number[n : n + 4] for n in range(0, 22, 4))))


_MONTHS = _words("January February March April May June July August September October November December")


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(13, 28), rng.randint(1, 12), rng.randint(1950, 2023)
    name = _MONTHS[month - 1]
    return rng.choice((
        f"{year}-{month:02}-{day}", f"{day}/{month:02}/{year}", f"{day}.{month}.{year}", f"{month}/{day}/{year}",
        f"{day} {name} {year}", f"{name} {day}, {year}", f"{day}-{name[:3]}-{year}", f"{name} {day}th",
        f"the {day}th of {name} {year}",
    ))  # fmt: skip


def _date_han(rng: random.Random) -> str:
    day, month, year = rng.randint(13, 28), rng.randint(1, 12), rng.randint(1950, 2023)
    return rng.choice((
        f"{year}年{month}月{day}日", f"民國{year - 1911}年{month}月{day}日", f"{month}月{day}號",
        f"{year - 1911}年{month}月{day}日", f"{year}/{month}/{day}",
    ))  # fmt: skip


def _address(rng: random.Random) -> str:
    number, street = rng.randint(2, 1999), _invented(rng)
    kind = rng.choice(("Street", "Road", "Avenue", "Lane", "Drive", "Court"))
    town = rng.choice(("", f", {_invented(rng)}", f", Springfield, IL {rng.randint(60000, 62999)}"))
    return f"{number} {street} {kind}{town}"


def _address_han(rng: random.Random) -> str:
    city = rng.choice(
        ("台北市大安區", "台中市西區", "高雄市左營區", "新北市板橋區", "上海市浦东新区", "广州市天河区")
    )
    road = rng.choice(("仁愛路", "復興路", "向上路", "文化路", "世纪大道", "建国路"))
    return (
        f"{city}{road}{rng.choice(('', '一段', '二段'))}{rng.randint(2, 600)}號{rng.choice(('', '3樓', '12樓之2'))}"
    )


_KINDS: tuple[tuple[str, Maker, tuple[str, ...]], ...] = (
    ("name", _full_name, (
        "My name is {}.", "I'm {}, 41.", "Thanks to Dr. {}.", "My sister {} asks this.", "Patient: {}\n",
        "I wrote for {}, born 1980, before.", "My neighbour, named {}, told me to ask.",
    )),
    ("name", lambda rng: _full_name(rng).lower(), (
        "hi, my name is {}, i cough.", "my name is {} and i am worried.",
    )),
    ("name", _common_name, (
        "{} has the same trouble.", "I asked {} about it.", "We live with {} in one flat.", "Yesterday {} fainted.",
    )),
    ("name", _name_han, (
        "我叫{}，", "您好，我是{}，", "我的名字是{}。", "姓名：{}，", "{}，女，34歲。", "謝謝{}醫師。",
    )),
    ("phone", _shaped("09##-###-###", "09## ### ###", "09########", "(02) ####-####", "+886 9## ### ###"),
        ("請打{}找我。", "電話：{}，", "Call me on {}.", "I can be reached at {}.")),
    ("phone", _shaped("+1 202-555-01##", "(202) 555-01##", "202.555.01##", "07700 900###", "+44 7700 900###",
        "020 7946 0###", "+49 30 #######", "06 ## ## ## ##", "+81 90-####-####", "6## ### ###", "9#### #####"),
        ("My number is {}.", "Text me: {}", "{} is my mobile.", "Ring {} after six.")),
    ("phone", _shaped("139 #### ####", "138########", "+86 137 #### ####"), ("我的手机是{}。", "微信同号{}，")),
    ("email", _email, ("Write to {} please.", "My address is {}", "請寄到 {} 謝謝。")),
    ("url", _url, ("My page: {} shows a photo.", "I put the picture on {} for you.", "照片在 {} 。")),
    ("handle", lambda rng: f"{_invented(rng).lower()}_{_digits(rng, 2)}",
        ("My insta is {}.", "Telegram: @{}", "line id: {}", "我的微信號是{}，")),
    ("id", _taiwan_id, ("身分證字號{}，", "My ID is {}.", "居留證 {}，", "For the form: {}.")),
    ("id", _china_id, ("身份证号{}，", "我的证件是{}。")),
    ("id", _shaped("###-45-####", "AB ## ## ## C", "A######(3)", "6#0#2#-1######", "###.###.###-##", "S#######D"),
        ("My number there is {}.", "I am registered as {}.")),
    ("id", _nhs, ("NHS number {}.", "They know me under {}.")),
    ("id", _shaped("3########", "?########", "C##??####"), (
        "My passport number is {}.", "護照號碼{}，", "insurance no. {},",
    )),
    ("card", _card, ("I paid with {}.", "信用卡{}，")),
    ("iban", _iban, ("My account is {}.", "Please refund to {}.")),
    ("record", _shaped("00#####", "P-######", "HX#####", "#######"),
        ("MRN: {}.", "Chart no. {},", "Patient number {}.", "病歷號{}，", "Record # {},")),
    ("plate", _shaped("???-####", "##-????", "??## ???"), ("My license plate is {}.", "The plate number was {}.")),
    ("date", _date, ("I was born on {}.", "The scan was on {}.", "DOB {}.", "Operated {}, since then it hurts.")),
    ("date", _date_han, ("我{}開刀，", "生日{}，", "{}照過X光，")),
    ("address", _address, ("I live at {}.", "My address is {}.", "Send the form to {}.")),
    ("address", _address_han, ("我住{}，", "地址：{}，")),
    ("org", lambda rng: f"{_invented(rng)} {rng.choice(('Freight', 'Logistics', 'Bakery', 'Textiles'))}",
        ("I work for {}.", "My employer {} asks for a note.", "I am employed by {}.")),
    ("org", lambda rng: f"{_invented(rng)} {rng.choice(('Primary School', 'High School', 'Academy'))}",
        ("I teach at {}.", "My son goes to {}.", "My school is {}.")),
)  # fmt: skip
