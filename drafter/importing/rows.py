"""One row of named fields, from JSON or CSV, becomes an exchange, a waiting question or a reason why not."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator

from drafter.domain import Exchange, Language, Question
from drafter.errors import BadInput
from drafter.publishing import split_signature
from drafter.rows.columns import named_fields
from drafter.rows.fields import Day, ExtraFields, QuestionFields, Text, Words, read_fields
from drafter.text import language_of

# iCliniq's pages end in a link to another doctor; the scraper left its arrow and "<link>" in place of it.
_LOST_LINK = "<link>"
_ARROW = re.compile(r"-{2,}>$")
_CUT_OFF = re.compile(r"(?:\.{3,}|…)\s*[\"'”’)\]]*$")


def no_reply_published(row: Mapping[str, Any]) -> bool:
    """True when the row has a place for the reply and nothing in it."""
    fields = named_fields(row)
    return "reply" in fields and not fields["reply"]


def read_row(row: Mapping[str, Any], *, collection: str) -> Exchange | Question:
    """The exchange in ``row``, or the question when there is no reply; ``collection`` if the row names none.

    Raises:
        BadInput: with the reason as a sentence.
    """
    read = read_fields(_Row, named_fields(row))
    question = read.as_question()
    return _exchange(read, question, collection) if read.reply else question


def clean_reply(reply: str) -> tuple[str, bool]:
    """The reply without the marker of a lost link, and whether its end was cut off."""
    text = reply.strip()
    if text.endswith(_LOST_LINK):
        text = _ARROW.sub("", text.removesuffix(_LOST_LINK).rstrip()).rstrip()
    return text, bool(_CUT_OFF.search(text, max(0, len(text) - 10)))


def _some_topics(value: object) -> object:
    if isinstance(value, str):
        value = re.split(r"[;；、|,，]", value)
    if isinstance(value, list):
        # Order and spelling as found, each once.
        return tuple(dict.fromkeys(topic.strip() for topic in value if isinstance(topic, str) and topic.strip()))
    return value or ()


class _Extra(ExtraFields):
    reply_ends_in_ellipsis: bool | None = None


class _Row(QuestionFields):
    """A question's fields and those of its reply."""

    reply: Text | None = None
    doctor: Words = None
    hospital: Words = None
    signature: Words = None
    replied_on: Day = None
    more_info: Words = None
    topics: Annotated[tuple[Text, ...], BeforeValidator(_some_topics)] = ()
    collection: Words = None
    url: Words = None
    license: Words = None
    language: Words = None
    extra: _Extra | None = None
    truncated: bool | None = None


def _exchange(read: _Row, question: Question, collection: str) -> Exchange:
    extra = read.extra or _Extra()
    reply, cut_off = clean_reply(read.reply or "")
    if not reply:
        raise BadInput("The reply holds nothing but the marker of a lost link.")
    signed = split_signature(reply, read.doctor)
    stated = next((language for language in get_args(Language) if language == read.language), None)
    return Exchange(
        question=question,
        reply=signed.reply,
        doctor=read.doctor or signed.doctor,
        department=read.department,
        hospital=read.hospital or signed.hospital,
        replied_on=read.replied_on,
        signature=read.signature or signed.signature,
        more_info=read.more_info or "",
        topics=read.topics,
        collection=read.collection or collection,
        url=read.url,
        license=read.license,
        language=stated or language_of(f"{question.text}\n{signed.reply}"[:2000]),
        truncated=bool(read.truncated or extra.reply_ends_in_ellipsis or cut_off),
    )
