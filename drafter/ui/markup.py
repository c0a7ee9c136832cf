"""Escaped HTML of questions, sources and drafts, for ``st.html``.

Patients' and models' words never go through Markdown: it would load images from outside, cross words out and
turn prices into formulas. Everything here escapes what it is given.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from itertools import pairwise

from rapidfuzz import fuzz

from drafter.domain import (
    Concern,
    Draft,
    Layer,
    Part,
    Question,
    RedFlag,
    Screening,
    Sentence,
    SentenceKind,
    Source,
    Support,
    Verdict,
)
from drafter.text import Span, excerpt, quote_span, sentence_spans, word_diff

__all__ = ["escape", "excerpt"]

Spans = Iterable[tuple[int, int]]

NOT_DRAFTED = "No draft was written"
SAFETY_TEXT = "No draft was written: a fixed safety text stands in its place"
NO_MODEL = "Put together from past replies; no language model was used."
URGENCIES = {3: "Emergency", 2: "Urgent", 1: "Check", 0: "None noticed"}

DISPOSITIONS = {
    "E0": "Call an ambulance",
    "E1": "Emergency department within hours",
    "S": "Safety comes first",
}
_VERDICTS: dict[Verdict, str] = {
    "patient_said": "only the asker says this",
    "model_only": "no past reply says this",
    "contradicted": "a past reply says otherwise",
}
_LAYERS: dict[Layer, str] = {"statistical": "reads like it", "model": "noticed by the model"}
_KINDS: dict[SentenceKind, str] = {"plan": "plan", "safety_net": "safety net"}
_OLD_AFTER_YEARS = 10
_ALIKE = 75
"""From this likeness (0 to 100) on, a source's sentence counts as the one a draft's sentence rests on."""


def box(kind: str, title: str, *lines: str) -> str:
    """A box of plain text. ``kind``: "error" and "urgent" are announced by screen readers at once."""
    role = "alert" if kind in ("error", "urgent") else "note"
    body = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="dr-box dr-{kind}" role="{role}"><strong>{escape(title)}</strong>{body}</div>'


def badge(urgency: int) -> str:
    if not urgency:
        return "<span>no danger sign noticed</span>"
    return f'<span class="dr-badge dr-u{urgency}">{URGENCIES[urgency]}</span>'


def plain(text: str) -> str:
    """``text`` for a label that Streamlit reads as Markdown: every character with a meaning there is escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:<>&@/=])", r"\\\1", " ".join(text.split()))


def kept_html(title: str, *texts: str) -> str:
    """Texts that were typed and did not go out, to be copied from."""
    parts = "".join(f'<div class="dr-text">{escape(text)}</div>' for text in texts if text)
    return f'<div class="dr-box dr-warn" role="note"><strong>{escape(title)}</strong>{parts}</div>'


def marked(text: str, spans: Spans) -> str:
    """``text`` escaped, with the spans (string indices, end exclusive) in ``<mark>``; overlaps are joined."""
    inside = {i for start, end in spans for i in range(max(0, start), min(end, len(text)))}
    edges = [0, *(i for i in range(1, len(text)) if (i in inside) != (i - 1 in inside)), len(text)]
    parts = ((escape(text[a:b]), a in inside) for a, b in pairwise(edges))
    return "".join(f"<mark>{part}</mark>" if hit else part for part, hit in parts)


def question_html(question: Question, screening: Screening | None) -> str:
    """Title and body with the noticed phrases marked, line breaks kept."""
    flags = screening.red_flags if screening else ()
    spans = [(flag.start, flag.end) for flag in flags]
    whole, body = question.text, question.body
    offset = len(whole) - len(body)
    title = question.title.strip()
    heading = marked(title, spans) if offset else escape(title)
    text = marked(body, [(start - offset, end - offset) for start, end in spans])
    lead = f"<h1>{heading}</h1>" if title else "<h1>Untitled question</h1>"
    return f'<div class="dr-question">{lead}<div class="dr-text">{text}</div></div>'


def flags_html(flags: Sequence[RedFlag]) -> str:
    """What was noticed, in the patient's own words; nothing for no flags. Loud only where a sign is present."""
    noticed = [flag for flag in flags if flag.assertion != "denied"]
    denied = ", ".join(flag.label for flag in flags if flag.assertion == "denied")
    said_no = f"The asker says there is none of: {denied}." if denied else ""
    if not noticed:
        return box("note", said_no) if said_no else ""
    items = "".join(_flag_html(flag) for flag in noticed)
    footer = f"<p>{escape(said_no)}</p>" if said_no else ""
    loud = any(flag.assertion == "present" for flag in noticed)
    kind, role, title = (
        ("urgent", "alert", "Check before answering") if loud else ("warn", "note", "Perhaps a danger sign")
    )
    return f'<div class="dr-box dr-{kind}" role="{role}"><strong>{title}</strong><ul>{items}</ul>{footer}</div>'


def _flag_html(flag: RedFlag) -> str:
    possible = "In doubt: " if flag.assertion == "possible" else ""
    layer = f" · {_LAYERS[flag.layer]}" if flag.layer in _LAYERS else ""
    return (
        f"<li><b>{possible}{escape(flag.label)}</b> · {DISPOSITIONS[flag.disposition]}{layer}"
        f"<br><q>{escape(flag.phrase)}</q></li>"
    )


def noticed_html(screening: Screening) -> str:
    """Everything the reviewer has to know of before reading; nothing where nothing was noticed."""
    parts = [flags_html(screening.red_flags)]
    if screening.instructions:
        quoted = [f"“{phrase}”" for phrase in screening.instructions]
        parts.append(box("warn", "Words in this question read like orders to a language model", *quoted))
    if screening.hidden_characters:
        parts.append(box("warn", f"{screening.hidden_characters} invisible characters were taken out"))
    return "".join(part for part in parts if part)


def people_html(question: Question, screening: Screening | None) -> str:
    """Who asks, and whom it is about where that is somebody else."""
    asker = question.asker
    stated = [asker.name, asker.age, asker.sex]
    asked = ", ".join(part for part in stated if part)
    line = f"Asked by {asked}." if asked else "The asker gives no name, age or sex."
    patient = screening.patient if screening else None
    if patient is None or patient.relation == "self":
        return f'<p class="dr-people">{escape(line)}</p>'
    about = ", ".join(part for part in (patient.age, patient.sex, "pregnant" if patient.pregnant else "") if part)
    whom = f"This is about somebody else: {patient.relation}" + (f" ({about})." if about else ".")
    return box("warn", "The asker is not the patient", whom, line)


def passages(source: Source, said: Iterable[Sentence]) -> list[tuple[int, int]]:
    """Where in ``source.reply`` the words stand that ``said`` rests on when it cites this source: those it quotes,
    and for a sentence without a quotation from here the sentences alike."""
    citing = [sentence for sentence in said if source.number in sentence.sources]
    found: list[tuple[int, int]] = []
    for sentence in citing:
        quoted = [span for quote in sentence.quotes if (span := quote_span(source.reply, quote))]
        found += [(span.start, span.end) for span in quoted or _alike(source.reply, sentence.text)]
    return found


def _alike(reply: str, text: str) -> list[Span]:
    return [s for s in sentence_spans(reply) if fuzz.token_set_ratio(s.text, text, score_cutoff=_ALIKE)]


def age_note(replied_on: date | None, today: date) -> str:
    """How old a past reply is, plainly, because medicine changes."""
    if replied_on is None:
        return "date unknown"
    years = today.year - replied_on.year - ((today.month, today.day) < (replied_on.month, replied_on.day))
    if years < 1:
        return f"{replied_on.year}, less than a year old"
    return f"{replied_on.year}, {years} year{'s' * (years > 1)} old"


def source_html(source: Source, said: Sequence[Sentence], today: date) -> str:
    """One past reply: number, doctor, department, age, score, reply with what ``said`` uses marked."""
    exchange = source.exchange
    title = exchange.question.title.strip() or "Untitled question"
    old = exchange.replied_on is not None and today.year - exchange.replied_on.year >= _OLD_AFTER_YEARS
    facts = [
        escape(exchange.doctor or "doctor not stated"),
        escape(exchange.department or exchange.question.department or "department not stated"),
        f'<span class="{"dr-old" if old else ""}">{age_note(exchange.replied_on, today)}</span>',
        f"score {source.score:.2f}",
    ]
    if exchange.origin == "approved":
        facts.append('<span class="dr-tag">approved on this desk</span>')
    reply = marked(source.reply, passages(source, said))
    return (
        f'<article class="dr-source" id="source-{source.number}">'
        f"<h3>[{source.number}] {escape(title)}</h3>"
        f'<p class="dr-facts">{" · ".join(facts)}</p>'
        f'<div class="dr-text">{reply}</div>'
        f'<details><summary>The question it answered</summary><div class="dr-text">{escape(source.question)}</div>'
        "</details></article>"
    )


def support_html(sentences: Iterable[Sentence], numbers: frozenset[int]) -> str:
    """Every sentence with links to its sources, or "no source"."""
    items = "".join(_supported_html(sentence, numbers) for sentence in sentences)
    return f'<ol class="dr-support">{items}</ol>' if items else "<p>No sentences yet.</p>"


def _supported_html(sentence: Sentence, numbers: frozenset[int]) -> str:
    known = [n for n in sentence.sources if n in numbers]
    links = "".join(f'<a href="#source-{n}">[{n}]</a>' for n in known)
    tag = f' <span class="dr-tag">{_KINDS[sentence.kind]}</span>' if sentence.kind in _KINDS else ""
    if links:
        return f"<li>{escape(sentence.text)} {links}{tag}</li>"
    bare = f'<span class="dr-bare">{escape(sentence.text)}</span>'
    return f'<li>{bare} <span class="dr-tag dr-none">no source</span>{tag}</li>'


def verdicts_html(found: Iterable[Support]) -> str:
    """Every sentence with what the sources say of it; the words that say it stand below."""
    items = "".join(_verdict_html(one) for one in found)
    return f'<ol class="dr-support">{items}</ol>' if items else "<p>No sentences yet.</p>"


def _verdict_html(found: Support) -> str:
    text = escape(found.text)
    link = f'<a href="#source-{found.source}">[{found.source}]</a>' if found.source else ""
    words = f"“{escape(excerpt(found.quote, 140))}”" if found.quote and found.verdict != "supported" else ""
    below = " ".join(part for part in (escape(found.reason), words) if part)
    below = f'<br><span class="dr-soft dr-small">{below}</span>' if below else ""
    if found.verdict in ("supported", "not_checkable"):
        return f"<li>{text} {link}{below}</li>"
    tag = f'<span class="dr-tag dr-none">{_VERDICTS[found.verdict]}</span>'
    return f'<li><span class="dr-bare">{text}</span> {tag} {link}{below}</li>'


def diff_html(before: str, after: str) -> str:
    """What was deleted and inserted since the draft."""
    tags = {"=": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    parts = "".join(tags[operation].format(escape(text)) for operation, text in word_diff(before, after))
    return f'<div class="dr-text dr-diff">{parts}</div>'


def made_by_html(draft: Draft) -> str:
    """What wrote the draft, said on every screen that shows one; or why there is none."""
    provenance = draft.provenance
    if draft.abstained:
        return _abstained_html(draft)
    if provenance.offline:
        return box("note", NO_MODEL)
    prompts = ", ".join(name.split("@")[0] for name in provenance.prompts)
    facts = [f"Written by {provenance.model} in {provenance.seconds:.1f} s", f"Prompts {prompts}"]
    return facts_html(*facts, *([provenance.rewrite.sentence] if provenance.rewrite else []))


def _abstained_html(draft: Draft) -> str:
    """Why there is no draft, a sentence for each reason; what to ask back stands with the concerns."""
    urgent = bool(draft.reply.sentences)
    reasons = [reason.message for reason in draft.abstained]
    return box("urgent" if urgent else "warn", SAFETY_TEXT if urgent else NOT_DRAFTED, *reasons)


def growing_html(reply: str, more_info: str, *, prepared: bool, notice: str = "") -> str:
    """A draft as far as it has been written, under what became of an earlier attempt."""
    if notice:
        return box("note", notice) + growing_html(reply, more_info, prepared=prepared)
    if not (reply or more_info):
        said = "Writing the reply …" if prepared else "Looking for similar past replies …"
        return f'<p role="status" class="dr-soft">{said}</p>'
    parts = [("Reply", reply), ("More Info", more_info)]
    texts = (f'<h3>{name}</h3><div class="dr-text">{escape(text)}</div>' for name, text in parts if text)
    return f'<div class="dr-growing" aria-busy="true">{"".join(texts)}</div>'


def concern_text(concern: Concern) -> str:
    """The message, with the words it is about unless it says them itself."""
    quoted = concern.quote and concern.quote not in concern.message
    return f"{concern.message} “{concern.quote}”" if quoted else concern.message


def parts_html(parts: Sequence[Part]) -> str:
    """Each thing that was asked, answered or open."""
    if not parts:
        return "<p>No question was found in the message.</p>"
    items = "".join(
        f"<li>{_part_state(part)} {escape(part.text)}"
        + (
            f'<br><span class="dr-soft dr-small">{escape(excerpt(part.answered_by, 120))}</span>'
            if part.answered_by
            else ""
        )
        + "</li>"
        for part in parts
    )
    return f'<ul class="dr-list">{items}</ul>'


def _part_state(part: Part) -> str:
    if part.answered_by:
        return '<span class="dr-tag">answered</span>'
    return f'<span class="dr-tag dr-none">{"said to be missing" if part.told_missing else "open"}</span>'


def list_html(lines: Iterable[str]) -> str:
    return f'<ul class="dr-list">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'


def facts_html(*facts: str) -> str:
    """Short facts in one line."""
    return f'<p class="dr-line dr-small dr-soft">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'
