"""The site's page as a value."""

import re
from dataclasses import dataclass
from datetime import date

from drafter.domain import Asker, Language
from drafter.text import language_of

_NOBODY = Asker()


@dataclass(frozen=True)
class PageReply:
    """A doctor's reply on a page. ``doctor`` is the name above the reply; ``signature`` stands below it, as found.

    The two may spell one name in two ways, and are never merged.
    """

    reply: str
    doctor: str = ""
    department: str = ""
    signature: str = ""
    hospital: str = ""
    replied_on: date | None = None


@dataclass(frozen=True)
class Similar:
    """One of the page's Similar Q&A; both excerpts are cut anywhere and end in "..." where they were cut."""

    title: str
    excerpt: str
    doctor: str = ""
    department: str = ""
    reply_excerpt: str = ""


@dataclass(frozen=True)
class Page:
    """A public question-and-answer page, its elements in reading order.

    ``page_title`` is the page's heading without the department, and not the question's ``title``.
    ``related`` holds (topic, department) pairs. ``reviewed_by`` names the clinician who reviewed a reply that
    drafting software helped to write, "" for every other page; ``drafted_by`` is its draft's model, "offline" where
    none was used, "" without a draft.
    """

    page_title: str
    title: str
    body: str
    department: str = ""
    asker: Asker = _NOBODY
    asked_on: date | None = None
    replies: tuple[PageReply, ...] = ()
    more_info: str = ""
    similar: tuple[Similar, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    reviewed_by: str = ""
    drafted_by: str = ""

    @property
    def language(self) -> Language:
        return language_of("\n".join((self.title, self.body, *(reply.reply for reply in self.replies))))


def asker_text(asker: Asker) -> str:
    """ "Name, 30~39 year old female", as far as it is known."""
    age = asker.age or ""
    old = f"{age} year old" if re.fullmatch(r"[\d~–-]+", age) else age and f"{age} old"
    return ", ".join(part for part in (asker.name, " ".join(p for p in (old, asker.sex) if p)) if part)
