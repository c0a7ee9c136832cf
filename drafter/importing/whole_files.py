"""Readers of files that are taken whole: JSON lists, MedQuAD's XML and the site's page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from drafter.domain import Exchange, Question
from drafter.errors import BadInput
from drafter.importing.records import BadRecord, Found, Skipped
from drafter.importing.rows import clean_reply, no_reply_published, read_row
from drafter.importing.text_files import excerpt_of
from drafter.publishing import Page, PageReply, Similar, parse_page, split_signature
from drafter.rows.fields import flaw_in
from drafter.text import language_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_NO_ANSWER = "The set is published without this answer."
_BETWEEN_RECORDS = re.compile(r"[\s,]*")
_NEXT_RECORD = re.compile(r"\}\s*,\s*(?=\{)")


def read_json_list(path: Path, encoding: str) -> Iterator[Found]:
    """A JSON list of rows, as iCliniq, QuestionDoctors, eHealthForum and ChatDoctor are published.

    A broken record is left out and reading goes on at the next one.
    """
    text = path.read_text(encoding=encoding, errors="surrogateescape")
    decoder = json.JSONDecoder()
    at, record, line, counted = text.index("[") + 1, 0, 1, 0
    while (at := _BETWEEN_RECORDS.match(text, at).end()) < len(text) and text[at] != "]":  # type: ignore[union-attr]  # matches everywhere
        record += 1
        line, counted = line + text.count("\n", counted, at), at
        try:
            row, end = decoder.raw_decode(text, at)
            yield _list_row(path, row, line)
        except (ValueError, RecursionError):
            resume = _NEXT_RECORD.search(text, at)
            end = resume.end() if resume else len(text)
            reason = "The record is not JSON, or the file ends inside it."
            yield BadRecord(path, reason, line, record, excerpt_of(text[at:end]))
        except BadInput as error:
            yield BadRecord(path, str(error), line, record, excerpt_of(text[at:end]))
        at = end


def read_medquad(path: Path, encoding: str) -> Iterator[Found]:
    """MedQuAD: one XML document a topic. ``encoding`` is not used: XML states its own.

    Three of its sets are published with empty answers, which is how they are and nothing bad.
    """
    from lxml import etree

    # Nothing outside the file is fetched, and no entity may unfold into gigabytes or into another file.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.parse(str(path), parser)
    except etree.XMLSyntaxError as error:
        yield BadRecord(path, f"The file is not XML: {error.msg}.", error.lineno)
        return
    if tree.docinfo.internalDTD is not None:
        yield BadRecord(path, "The file declares a document type of its own, which MedQuAD never does.", 1)
        return
    root = tree.getroot()
    for record, pair in enumerate(root.iter("QAPair"), start=1):
        line = int(pair.sourceline or 0) or None
        question, answer = _inner_text(pair.find("Question")), _inner_text(pair.find("Answer"))
        try:
            if question and not answer:
                yield Skipped(path, _NO_ANSWER, line)
            else:
                yield _medquad_exchange(root, pair, question, answer)
        except BadInput as error:
            yield BadRecord(path, str(error), line, record, excerpt_of(f"{question} {answer}"))


def read_site_page(path: Path, encoding: str) -> Iterator[Found]:
    """The site's page: an exchange for each doctor's reply, and one for each Similar Q&A, marked truncated."""
    text = path.read_text(encoding=encoding, errors="surrogateescape")
    try:
        if flaw := flaw_in(text):
            raise BadInput(f"The page {flaw}.")
        page = parse_page(text)
        if not page.replies:
            yield _page_question(page)
    except BadInput as error:
        yield BadRecord(path, str(error), 1, excerpt=excerpt_of(text))
        return
    for number, reply in enumerate(page.replies):
        # More Info belongs to the page: kept once, with the first reply.
        yield _page_exchange(page, reply, page.more_info if number == 0 else "")
    for similar in page.similar:
        yield _similar_exchange(similar)


def _list_row(path: Path, row: Any, line: int) -> Found:
    if not isinstance(row, dict):
        raise BadInput("The record is not a JSON object.")
    if no_reply_published(row):
        return Skipped(path, _NO_ANSWER, line)
    return read_row(row, collection=_collection(row, path))


def _collection(row: dict[str, Any], path: Path) -> str:
    if "instruction" in row:
        return "chatdoctor"
    host = urlsplit(row["url"]).hostname if isinstance(row.get("url"), str) else None
    return host.removeprefix("www.").rpartition(".")[0] or path.stem if host else path.stem


def _inner_text(element: "_Element | None") -> str:
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def _medquad_exchange(root: "_Element", pair: "_Element", question: str, answer: str) -> Exchange:
    focus, group = _inner_text(root.find("Focus")), _inner_text(root.find(".//SemanticGroup"))
    asked = pair.find("Question")
    topics = (focus, str(asked.get("qtype") or "") if asked is not None else "", group)
    row = {
        "question": question,
        "reply": answer,
        # An organisation wrote it, no doctor; the archive has one place for whoever answered.
        "doctor": root.get("source"),
        "url": root.get("url"),
        "topics": [topic for topic in topics if topic],
        "license": "CC-BY-4.0",
        "language": "en",
    }
    found = read_row(row, collection="medquad")
    if not isinstance(found, Exchange):
        raise BadInput("There is no answer.")
    return found


def _page_question(page: Page) -> Question:
    return Question(page.body or page.title, page.title, page.department or None, page.asked_on, page.asker)


def _page_exchange(page: Page, reply: PageReply, more_info: str) -> Exchange:
    text, cut_off = clean_reply(reply.reply)
    if not text:
        raise BadInput(f"There is no text below {reply.doctor!r}.")
    return Exchange(
        question=_page_question(page),
        reply=text,
        doctor=reply.doctor or None,
        department=reply.department or page.department or None,
        hospital=reply.hospital or None,
        replied_on=reply.replied_on,
        signature=reply.signature,
        more_info=more_info,
        topics=tuple(dict.fromkeys(topic for topic, _ in page.related)),
        collection="page",
        language=page.language,
        truncated=cut_off,
    )


def _similar_exchange(similar: Similar) -> Exchange:
    signed = split_signature(similar.reply_excerpt, similar.doctor)
    return Exchange(
        question=Question(similar.excerpt or similar.title, similar.title, similar.department or None),
        reply=signed.reply,
        doctor=similar.doctor or None,
        department=similar.department or None,
        hospital=signed.hospital,
        signature=signed.signature,
        collection="page",
        language=language_of(f"{similar.title}\n{similar.excerpt}"),
        truncated=True,
    )
