"""A draft as the clinician edited it: whose sentences are whose, and what the checks say of them now."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from rapidfuzz import fuzz, process

from drafter.checking.checks import CHECKS, WITHOUT_SOURCES, Check, check
from drafter.domain import Draft, MoreInfo, Point, Provenance, Question, Reply, Screening, Section, Sentence
from drafter.text import parse_more_info, sentence_spans

_ALIKE = 80
"""Per cent of likeness from which an edited sentence still rests on the sources of the original one."""
_GREETING = re.compile(
    r"(?:hello|hi|dear|good (?:morning|afternoon|evening)|greetings)\b[^.!?\n:,，：]{0,40}(?:[.!:,，：]|(?=\n)|$)"
    r"|(?:您好|你好|親愛的?|亲爱的?|敬愛的?)[^。\n，：:！!]{0,16}(?:[。，：:！!]|(?=\n)|$)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:thank(?:s| you)\b|(?:i |we )?(?:hope|wish)(?:ing)? (?:you|your|this)\b|(?:best|kind|warm) (?:wishes"
    r"|regards)|take care|regards|sincerely|all the best"
    r"|感謝|感谢|謝謝|谢谢|祝|敬祝|希望以上)[^\n]*$",
    re.IGNORECASE,
)


def with_texts(draft: Draft, reply: str, more_info: str) -> Draft:
    """``draft`` with these texts and the concerns they raise.

    A sentence keeps sources, quotes and kind of the most alike original sentence, or has none of them when there is
    no such sentence. The checks see masked text, as they did when the draft was made, so an untouched draft
    keeps its concerns.
    """
    return _edited(draft, reply, more_info, CHECKS)


def own_words(question: Question, screening: Screening, reply: str, more_info: str, *, now: datetime) -> Draft:
    """A reply that was written without a draft, in a draft's form, with the concerns that need no source."""
    nobody = Provenance(model="", prompts=(), messages_hash="", embedder="", index_build="", sources=())
    blank = Draft("", question, screening, (), Reply(()), MoreInfo(), nobody, created_at=now)
    return _edited(blank, reply, more_info, WITHOUT_SOURCES)


def _edited(draft: Draft, reply: str, more_info: str, checks: tuple[Check, ...]) -> Draft:
    mask = draft.screening.masked
    masked = replace(draft, reply=_reply(draft, mask(reply)), more_info=_more_info(draft, mask(more_info)))
    shown = _restored(masked, draft.screening.restore) if draft.screening.placeholders else masked
    return replace(shown, concerns=check(masked, checks))


def _restored(draft: Draft, restore: Callable[[str], str]) -> Draft:
    said = draft.reply
    info = draft.more_info
    return replace(
        draft,
        reply=Reply(_each(said.sentences, restore), restore(said.salutation), restore(said.closing)),
        more_info=MoreInfo(
            _each(info.introduction, restore),
            tuple(
                Section(
                    restore(s.heading), tuple(Point(restore(p.label), restore(p.text), p.sources) for p in s.points)
                )
                for s in info.sections
            ),
            _each(info.conclusion, restore),
        ),
    )


def _each(said: Sequence[Sentence], restore: Callable[[str], str]) -> tuple[Sentence, ...]:
    return tuple(replace(sentence, text=restore(sentence.text)) for sentence in said)


def _reply(draft: Draft, text: str) -> Reply:
    if text.strip() == draft.reply.text.strip():
        return draft.reply
    salutation, rest = _salutation(text.strip(), draft.reply.salutation)
    body, closing = _closing(rest, draft.reply.closing)
    return Reply(_sentences(body, draft), salutation, closing)


def _salutation(text: str, original: str) -> tuple[str, str]:
    if original and text.startswith(original):
        return original, text[len(original) :].lstrip()
    match = _GREETING.match(text)
    return (match[0].strip(), text[match.end() :].lstrip()) if match else ("", text)


def _closing(text: str, original: str) -> tuple[str, str]:
    if original and text.endswith(original):
        return text[: -len(original)].rstrip(), original
    spans = list(sentence_spans(text))
    start = len(text)
    for span in reversed(spans):
        if not _CLOSING.match(span.text):
            break
        start = span.start
    return text[:start].rstrip(), text[start:].strip()


def _more_info(draft: Draft, text: str) -> MoreInfo:
    if text.strip() == draft.more_info.text.strip():
        return draft.more_info
    parsed = parse_more_info(text)
    sections = tuple(
        Section(s.heading, tuple(replace(p, sources=_sources_of(p.text, draft)) for p in s.points))
        for s in parsed.sections
    )
    return MoreInfo(
        _sentences(" ".join(s.text for s in parsed.introduction), draft),
        sections,
        _sentences(" ".join(s.text for s in parsed.conclusion), draft),
    )


def _sentences(text: str, draft: Draft) -> tuple[Sentence, ...]:
    """``text`` in sentences; where it says an original one word for word, that one is not split further."""
    originals = sorted(draft.passages(), key=lambda s: len(s.text), reverse=True)
    found: list[Sentence] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        same = next((s for s in originals if s.text and _stands_at(s.text, text, at)), None)
        if same is None:
            span = next(iter(sentence_spans(text[at:])))
            original = _original_of(span.text, draft)
            same = replace(original, text=span.text) if original else Sentence(span.text)
        found.append(same)
        at += len(same.text)
    return tuple(found)


def _stands_at(sentence: str, text: str, at: int) -> bool:
    if not text.startswith(sentence, at):
        return False
    following = text[at + len(sentence) : at + len(sentence) + 1]
    return not following or following.isspace() or sentence[-1] in "。！？；："


def _sources_of(text: str, draft: Draft) -> tuple[int, ...]:
    original = _original_of(text, draft)
    return original.sources if original else ()


def _original_of(text: str, draft: Draft) -> Sentence | None:
    """The draft's sentence that was edited into this one: the most alike, if it is alike enough."""
    originals = [passage for passage in draft.passages() if passage.text]
    best = process.extractOne(text, [p.text for p in originals], scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return originals[best[2]] if best else None
