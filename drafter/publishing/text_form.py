"""The page as text, in the layout the site's own pages have: read and written.

The layout is a saved web page, so elements are told apart by their labels, their order and the blank lines
around them; every element but the heading, the question and one reply may be missing.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from drafter.domain import Asker, Sex
from drafter.errors import BadInput
from drafter.publishing.pages import Page, PageReply, Similar, asker_text
from drafter.publishing.signatures import split_signature

_SHARE = re.compile(r"Share to\s*:?$")
_ASK_DATE = "Ask Date:"
_OLD = re.compile(
    r"(?:(?:(?P<years>[\d~–-]+) year|(?P<age>[^,]+?))[ -]old)?(?: ?\b(?P<sex>female|male))?", re.IGNORECASE
)
_TITLED_HEAD = re.compile(
    r"(?P<doctor>(?:Dr|Doctor|Prof|Professor|Nurse|Pharmacist|Dietitian|Nutritionist|Psychologist|Therapist)\b\.?"
    r"[^,;:!?]{0,80}?) reply(?: (?P<department>[^.!?]{1,80}))?$"
)
_ANY_HEAD = re.compile(r"(?:(?P<doctor>[^;:!?]{1,80}?) )?reply(?: (?P<department>[^.!?]{1,80}))?$")
_REPLY_DATE = "Reply Date:"
_SECTIONS = ("More Info", "Similar Q&A", "Related FAQ")
_READ_MORE = re.compile(r"\[Read More\]")
_REVIEWED = re.compile(
    r"Written with drafting software(?: \((?:(?P<offline>no language model)|language model (?P<model>[^()]+))\))?"
    r" and reviewed by (?P<doctor>.+) before it was published\.$"
)

_SAYS_PAGE = re.compile(
    r"^(?:Share to\s*:?|.*\bAsk Date:.*|Reply Date:.*|More Info|Similar Q&A|Related FAQ|Dr\b.{1,60} reply .{1,60})"
    r"\s*$",
    re.MULTILINE,
)


def looks_like_page(text: str) -> bool:
    """True when at least two different labels of the page's layout stand on lines of their own."""
    return len({re.sub(r"[\d/.:]", "", match[0])[:9] for match in _SAYS_PAGE.finditer(text)}) >= 2


def parse_page(text: str) -> Page:
    """Read a page saved as text.

    Raises:
        BadInput: there is no heading and question in it.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    heading, _, below = text.partition("\n")
    page_title, department = _split_heading(heading)
    rest = below.split("\n")
    bare = [line.strip() for line in rest]
    heads = _heads(bare)
    end = _section_start(bare, heads[0].line if heads else 0)
    title, body, asker, asked_on = _question(rest[: heads[0].line if heads else end])
    if not title and not body:
        raise BadInput("The page has no question: expected a heading, a question and a doctor's reply below it.")
    sections, reviewed = _sections(rest[end:])
    return Page(
        page_title=page_title,
        title=title,
        body=body,
        department=department,
        asker=asker,
        asked_on=asked_on,
        replies=tuple(_replies(rest[:end], [head for head in heads if head.line < end])),
        more_info=_block(sections.get("More Info", [])),
        similar=tuple(_similar(sections.get("Similar Q&A", []))),
        related=tuple(_related(sections.get("Related FAQ", []))),
        reviewed_by=reviewed["doctor"] if reviewed else "",
        drafted_by=("offline" if reviewed["offline"] else reviewed["model"] or "") if reviewed else "",
    )


def page_text(page: Page) -> str:
    """The page in the site's layout; ``parse_page`` reads it back to the same value.

    That holds for pages made by ``page_of`` or ``parse_page``: a text that itself holds the layout's labels on
    lines of their own cannot be told from the layout.
    """
    blocks = [
        f"{page.page_title} - {page.department}" if page.department else page.page_title,
        "Share to:",
        f"{page.title}\n\n\n{page.body}",
        _asker_line(page),
        *(_reply_text(reply) for reply in page.replies),
        f"More Info\n\n\n{page.more_info}" if page.more_info else "",
        "\n\n".join(("Similar Q&A", *(_similar_text(s) for s in page.similar))).rstrip() + "\n"
        if page.similar
        else "",
        "\n\n".join(("Related FAQ", *(_related_text(*pair) for pair in page.related))) if page.related else "",
        f"Written with drafting software{_made(page.drafted_by)} and reviewed by {page.reviewed_by} before it was "
        "published."
        if page.reviewed_by
        else "",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _made(drafted_by: str) -> str:
    if not drafted_by:
        return ""
    return " (no language model)" if drafted_by == "offline" else f" (language model {drafted_by})"


class _Head(NamedTuple):
    line: int
    doctor: str
    department: str


def _split_heading(heading: str) -> tuple[str, str]:
    title, _, department = heading.rpartition(" - ")
    return (title.strip(), department.strip()) if title else (heading, "")


def _heads(lines: Sequence[str]) -> list[_Head]:
    """The lines "Dr. X reply Department" above the replies, not those inside Similar Q&A."""
    found: list[_Head] = []
    for n, line in enumerate(lines):
        if found and line in _SECTIONS:
            break
        if head := _head(lines, n, gap_after=True):
            found.append(head)
    return found


def _head(lines: Sequence[str], n: int, *, gap_after: bool) -> _Head | None:
    match = _TITLED_HEAD.match(lines[n])
    if not match:
        # A name without "Dr.", or none: only the two blank lines beside it tell it from the question's words.
        beside = lines[n + 1 : n + 3] if gap_after else lines[max(0, n - 2) : n]
        match = _ANY_HEAD.match(lines[n]) if beside == ["", ""] else None
    return _Head(n, (match["doctor"] or "").strip(), (match["department"] or "").strip()) if match else None


def _section_start(lines: Sequence[str], after: int) -> int:
    for n in range(after, len(lines)):
        label = lines[n] in _SECTIONS or _REVIEWED.match(lines[n])
        if label and (n == 0 or not lines[n - 1]):
            return n
    return len(lines)


def _block(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()


def _question(lines: Sequence[str]) -> tuple[str, str, Asker, date | None]:
    text = _block([line for line in lines if not _SHARE.match(line.strip())])
    above, _, last = text.rpartition("\n")
    asker, asked_on = Asker(), None
    if read := _asker(last, alone=not above.rpartition("\n")[2].strip()):
        asker, asked_on = read
        text = above.strip()
    title, _, body = text.partition("\n")
    return title.strip(), body.strip(), asker, asked_on


def _asker(line: str, *, alone: bool) -> tuple[Asker, date | None] | None:
    """The asker line; without "Ask Date:" only where it stands alone and gives age and sex in the site's words."""
    who, dated, day = line.partition(_ASK_DATE)
    who = who.strip().removesuffix(".")
    name, _, rest = who.rpartition(", ")
    match = _OLD.fullmatch(rest)
    if not dated and not (alone and len(line) <= 80 and match and match["years"] and match["sex"]):
        return None
    asked_on = _date(day)
    if not match:
        return Asker(who or None), asked_on
    sex: Sex | None = "female" if (match["sex"] or "").lower() == "female" else "male" if match["sex"] else None
    return Asker(name or None, sex, match["years"] or match["age"] or None), asked_on


def _date(found: str) -> date | None:
    day = found.strip()
    if not day:
        return None
    try:
        return date(*(int(part) for part in re.split(r"[/.-]", day)))
    except (ValueError, TypeError) as error:
        raise BadInput(f"{day[:40]!r} is not a date: expected year/month/day.") from error


def _replies(lines: Sequence[str], heads: Sequence[_Head]) -> Iterator[PageReply]:
    for number, head in enumerate(heads, start=1):
        end = heads[number].line if number < len(heads) else len(lines)
        own = list(lines[head.line + 1 : end])
        replied_on = None
        for n in reversed(range(len(own))):
            if own[n].strip().startswith(_REPLY_DATE):
                replied_on = _date(own[n].strip().removeprefix(_REPLY_DATE))
                del own[n:]
                break
        signed = split_signature(_block(own), head.doctor)
        yield PageReply(
            signed.reply, head.doctor, head.department, signed.signature, signed.hospital or "", replied_on
        )


def _sections(lines: Sequence[str]) -> tuple[dict[str, list[str]], re.Match[str] | None]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    reviewed: re.Match[str] | None = None
    for line in lines:
        label = line.strip()
        if label in _SECTIONS and label not in sections:
            current = sections[label] = []
        elif match := _REVIEWED.match(label):
            reviewed = match
        else:
            current.append(line)
    return sections, reviewed


def _similar(lines: Sequence[str]) -> Iterator[Similar]:
    block: list[str] = []
    for line in lines:
        if _READ_MORE.match(line):
            yield from _one_similar(block)
            block = []
        else:
            block.append(line)
    yield from _one_similar(block)


def _one_similar(lines: Sequence[str]) -> Iterator[Similar]:
    bare = [line.strip() for line in lines]
    start = next((n for n, line in enumerate(bare) if line), None)
    if start is None:
        return
    inside = range(start + 1, len(bare))
    head = next((found for n in reversed(inside) if (found := _head(bare, n, gap_after=False))), None)
    if head is None:
        yield Similar(bare[start], _block(bare[start + 1 :]))
        return
    excerpt, reply = _block(bare[start + 1 : head.line]), _block(bare[head.line + 1 :])
    yield Similar(bare[start], excerpt, head.doctor, head.department, reply)


def _related(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    topic = ""
    for line in (line.strip() for line in lines if line.strip()):
        if topic and line.startswith("(") and line.endswith(")"):
            yield topic, line[1:-1].strip()
            topic = ""
        else:
            if topic:
                yield topic, ""
            topic = line
    if topic:
        yield topic, ""


def _slashed(day: date) -> str:
    return f"{day:%Y/%m/%d}"


def _asker_line(page: Page) -> str:
    who = asker_text(page.asker)
    if not who and not page.asked_on:
        return ""
    label = f"{_ASK_DATE} {_slashed(page.asked_on)}" if page.asked_on else _ASK_DATE
    return f"{who}. {label}" if who else label


def _head_text(doctor: str, department: str) -> str:
    return " ".join(part for part in (doctor, "reply", department) if part)


def _reply_text(reply: PageReply) -> str:
    signed = f"{reply.reply}\n{reply.signature}" if reply.signature else reply.reply
    dated = f"\n\n{_REPLY_DATE} {_slashed(reply.replied_on)}" if reply.replied_on else ""
    return f"{_head_text(reply.doctor, reply.department)}\n\n\n{signed}{dated}"


def _similar_text(similar: Similar) -> str:
    answer = f"{_head_text(similar.doctor, similar.department)}\n{similar.reply_excerpt}"
    return f"{similar.title}\n\n{similar.excerpt}\n\n\n{answer}\n\n[Read More] {similar.title}\n"


def _related_text(topic: str, department: str) -> str:
    return f"{topic}\n\n({department})" if department else topic
