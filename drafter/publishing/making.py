"""A page from an exchange, with its Similar Q&A and Related FAQ."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Protocol

from rapidfuzz import fuzz

from drafter.domain import Deidentified, Exchange, Source
from drafter.publishing.pages import Page, PageReply, Similar
from drafter.publishing.signatures import split_signature
from drafter.text import excerpt, sentences, words

if TYPE_CHECKING:
    from Stemmer import Stemmer

_LONGEST_TITLE = 90  # characters; a longer first sentence is cut
_SAME_QUESTION = 92.0  # likeness of characters, 0 to 100, from which two long questions count as one
_LOOK_FURTHER = 5  # how many candidates are asked for per similar exchange that is wanted


class Find(Protocol):
    """``Retriever.find``: the nearest past exchanges, best first."""

    def __call__(
        self, text: Deidentified, *, limit: int, leave_out: frozenset[str] = ...
    ) -> tuple[Source, ...]: ...


def page_of(exchange: Exchange, *, similar: Sequence[Exchange], related: Sequence[tuple[str, str]]) -> Page:
    """The finished page of an exchange; text is tidied so that ``parse_page(page_text(page)) == page``."""
    question = exchange.question
    body = _tidy(question.body)
    title = _line(question.title) or _title_of(body)
    department = _department(exchange)
    return Page(
        page_title=_page_title(title, department),
        title=title,
        body=body,
        department=department,
        asker=replace(question.asker, name=_line(question.asker.name or "") or None),
        asked_on=question.asked_on,
        replies=(_page_reply(exchange, department),),
        more_info=_tidy(exchange.more_info),
        similar=tuple(_similar(near) for near in similar),
        related=tuple((_line(topic), _line(group)) for topic, group in related),
        reviewed_by=(_line(exchange.doctor or "") or "a clinician") if exchange.origin == "approved" else "",
        drafted_by=_line(exchange.drafted_by or ""),
    )


def similar_exchanges(find: Find, exchange: Exchange, limit: int = 4) -> tuple[Exchange, ...]:
    """The nearest other questions, at most ``limit``, each once; from any department.

    The page's own question is left out in every form it was imported in, and so are further replies to a
    question that is already in the list.
    """
    # Here and not above: screening loads what reading a page does not need.
    from drafter.screening import deidentify

    chosen: list[Exchange] = []
    sources = find(
        deidentify(exchange.question.text), limit=limit * _LOOK_FURTHER, leave_out=frozenset({exchange.id})
    )
    for source in sources:
        if not any(_same_question(source.exchange, other) for other in (exchange, *chosen)):
            chosen.append(source.exchange)
    return tuple(chosen[:limit])


def related_topics(exchanges: Iterable[Exchange], limit: int = 10) -> tuple[tuple[str, str], ...]:
    """(topic, department) pairs of exchanges near a page, the most frequent first, at most ``limit``.

    Within a department "Muscle" and "Muscles" are one topic, shown in its most frequent spelling. A department
    that an exchange does not give is "".
    """
    spellings: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for exchange in exchanges:
        department = _department(exchange)
        pairs = {_stem(topic): (_capital(_line(topic)), department) for topic in exchange.topics}
        for stem, pair in pairs.items():
            if stem and stem != _stem(department):
                spellings.setdefault((stem, department.casefold()), Counter())[pair] += 1
    ranked = sorted(spellings.values(), key=Counter.total, reverse=True)  # stable: ties stay nearest first
    return tuple(counted.most_common(1)[0][0] for counted in ranked[:limit])


def _department(exchange: Exchange) -> str:
    # A heading is split at its last " - ", so a department must not hold one.
    return _line(exchange.department or exchange.question.department or "").replace(" - ", " – ")


def _page_reply(exchange: Exchange, department: str) -> PageReply:
    doctor = _line(exchange.doctor or "")
    signature = exchange.signature.strip()
    if not signature and exchange.hospital:
        signature = ", ".join(part for part in (doctor, _line(exchange.hospital)) if part)
    # Read as the finished page would be, so that both give the same fields.
    reply = _tidy(exchange.reply)
    signed = split_signature(f"{reply}\n{signature}" if signature else reply, doctor or None)
    return PageReply(signed.reply, doctor, department, signed.signature, signed.hospital or "", exchange.replied_on)


def _similar(near: Exchange) -> Similar:
    title = _line(near.question.title) or _title_of(near.question.body)
    return Similar(
        title,
        excerpt(near.question.body),
        _line(near.doctor or ""),
        _department(near),
        excerpt(near.reply),
    )


def _page_title(title: str, department: str) -> str:
    stated = _capital(title.rstrip("?？ ") or title)
    return stated if department else stated.replace(" - ", " – ")


def _title_of(body: str) -> str:
    first = next(iter(sentences(body)), "")
    return excerpt(first, _LONGEST_TITLE)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(text: str) -> str:
    return " ".join(text.split())


def _tidy(text: str) -> str:
    """Lines as found, at most one blank line between them: two blank lines belong to the page's layout."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _same_question(one: Exchange, other: Exchange) -> bool:
    if one.question.thread == other.question.thread:
        return True
    texts = [" ".join(words(e.question.body)) for e in (one, other)]
    # Short questions differ in one word that matters ("type 1", "type 2"): those must be equal.
    return texts[0] == texts[1] or (min(map(len, texts)) > 120 and fuzz.ratio(*texts) >= _SAME_QUESTION)


def _stem(topic: str) -> str:
    return " ".join(_english().stemWords(words(topic.replace("-", " "))))


@cache
def _english() -> "Stemmer":
    from Stemmer import Stemmer

    return Stemmer("english")
