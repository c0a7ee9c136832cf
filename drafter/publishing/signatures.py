"""A doctor's signature at the end of a reply: found, split off and kept as it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SURNAMES = (
    "陳陈林黃黄張张李王吳吴劉刘蔡楊杨許许鄭郑謝谢郭洪曾邱廖賴赖周徐蘇苏葉叶莊庄呂吕江何蕭萧羅罗高潘簡简朱鍾鐘钟彭游詹胡施沈"
    "余趙赵盧卢梁顏颜柯孫孙魏翁戴范宋方鄧邓杜傅侯曹薛丁馬马唐卓藍蓝馮冯姚石董紀纪歐欧程連连古汪湯汤姜田康鄒邹白塗涂尤巫韓韩"
    "龔龚嚴严袁黎金阮陸陆倪夏童邵柳錢钱"
)
_CHINESE_PLACE = (
    r"(?!請|请|到|去|找|至|在|建議|建议|可)[一-鿿]{2,20}(?:醫院|医院|診所|诊所|醫學中心|医学中心|衛生所|卫生所)"
)
_CHINESE_DEPARTMENT = r"[一-鿿]{1,10}[科部]"
_GAP = r"[\s,，、]*"
_CHINESE = re.compile(
    rf"(?:^|(?<=[。！？!?\n]))\s*(?P<signature>[—–-]*(?:(?P<place>{_CHINESE_PLACE}){_GAP})?"
    rf"(?:{_CHINESE_DEPARTMENT}{_GAP})?"
    rf"(?P<doctor>[{_SURNAMES}][一-鿿○]{{0,3}}?\s*(?:主治)?(?:醫師|医师|醫生|医生|大夫|主任))"
    rf"(?:{_GAP}(?P<place_after>{_CHINESE_PLACE}))?(?:{_GAP}{_CHINESE_DEPARTMENT})?"
    rf"{_GAP}(?:敬上|謹上|谨上|敬覆|敬复|回覆|答覆|關心您)?[。.]?)\s*$"
)
_NAME = r"[A-Z][\w.'’-]*(?:[ \t]+[A-Z][\w.'’-]*){0,4}"
_PLACE = r"[A-Z][^.,;:!?\n]{1,80}"
# "Dr." may stand on a line of its own above the name, as on the site's pages.
_ENGLISH = re.compile(
    rf"(?:^|\n)[ \t]*(?P<signature>[—–-]*[ \t]*(?P<doctor>(?:Dr|Prof|Doctor)\b\.?\s*{_NAME}?)"
    rf"(?P<places>(?:(?:,\s*|[ \t]*\n[ \t]*){_PLACE}){{0,3}})\.?)\s*$"
)
# Inside a line only after a closing word: "see a doctor" must stay.
_INLINE = re.compile(
    r"(?:regards|sincerely|best wishes|yours truly)[,.\s]+"
    r"(?P<signature>(?P<doctor>dr\b\.?\s*[a-z][\w'’-]*(?:\s[a-z][\w'’-]*){0,2}))[.\s]*$",
    re.IGNORECASE,
)
_HOSPITAL = re.compile(
    r"hospital|clinic|cent(?:er|re)|medical|infirmary|institute|university|health", re.IGNORECASE
)

_LONGEST = 400  # characters from the end; a signature is never longer


@dataclass(frozen=True)
class SignedReply:
    """A reply without its signature, and what the signature says; ``signature`` is as found, "" without one."""

    reply: str
    signature: str = ""
    doctor: str | None = None
    hospital: str | None = None


def split_signature(reply: str, doctor: str | None = None) -> SignedReply:
    """The reply and the signature that ends it.

    ``doctor``, the name the page gives elsewhere, helps to see a signature without "Dr."; the signature's own
    spelling is never replaced by it. A text that is nothing but a signature is left whole.
    """
    text = reply.strip()
    start = max(0, len(text) - _LONGEST)
    for form in (*_known(doctor), _ENGLISH, _CHINESE, _INLINE):
        found = form.search(text, start)
        if found and text[: found.start("signature")].strip():
            return SignedReply(
                text[: found.start("signature")].strip(),
                found["signature"].strip(),
                " ".join(found["doctor"].split()),
                _hospital(found),
            )
    return SignedReply(text)


def _known(doctor: str | None) -> Iterator[re.Pattern[str]]:
    if doctor and doctor.strip():
        name = r"\s+".join(re.escape(part) for part in doctor.split())
        # After the name a place, not the rest of a sentence: "Dr. Example will see you then."
        place = r"(?:[,，]\s*|[ \t]*\n\s*|\s+(?=[一-鿿]))[^\n!?。！？]{1,120}"
        yield re.compile(rf"(?:^|\n)[ \t]*(?P<signature>(?P<doctor>{name})(?P<places>(?:{place})?)[.。]?)$")


def _hospital(found: re.Match[str]) -> str | None:
    groups = found.groupdict()
    if "places" not in groups:
        return groups.get("place") or groups.get("place_after")
    places = [part.strip(" .。") for part in re.split(r"[,，\n]", groups["places"] or "")]
    named = [place for place in places if place]
    return next((place for place in named if _HOSPITAL.search(place)), named[-1] if named else None)
