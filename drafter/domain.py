"""The nouns: frozen values without input or output.

Texts are Unicode strings as found. Offsets are Python string indices, end exclusive. Dates are calendar
dates; instants are aware datetimes in UTC.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NewType

Deidentified = NewType("Deidentified", str)
"""Text whose identifiers are masked; made by ``drafter.screening`` only, the one kind that may be embedded,
searched, sent or logged."""

Language = Literal["en", "zh-Hant", "zh-Hans"]
Sex = Literal["female", "male"]
Origin = Literal["imported", "approved"]
Severity = Literal["block", "warn"]
Place = Literal["question", "reply", "more_info", "draft"]
SentenceKind = Literal["answer", "plan", "safety_net"]
"""What a sentence of a reply does: it answers or explains, it says what to do next (whom to see, which examination,
what to do or avoid), or it says what to watch for, how fast to act and where to go."""
Decision = Literal["approved", "rejected", "escalated"]
QuestionStatus = Literal["waiting", "approved", "rejected", "escalated"]
Disposition = Literal["E0", "E1", "S"]
"""E0 call an ambulance, E1 emergency department within hours, S safety path (suicide, abuse)."""
Assertion = Literal["present", "possible", "denied"]
Layer = Literal["pattern", "number", "statistical", "model"]
"""What noticed an urgent sign: the pack's patterns, a number with its unit, the statistical layer, a model."""
StatementKind = Literal["courtesy", "restatement", "claim", "recommendation", "safety_net", "logistics"]
"""Courtesy is greeting and empathy, a restatement gives back what the asker wrote, a safety net says when and where
to seek help at once, logistics is about the correspondence itself (results, appointments, documents)."""
Verdict = Literal["supported", "patient_said", "model_only", "contradicted", "not_checkable"]
"""``model_only``: no source says it. ``not_checkable``: nothing that a source could hold (courtesy, restatement,
logistics). Only ``supported`` counts as supported."""
AbstentionCode = Literal["too_far", "contradiction", "out_of_scope", "instructions", "urgent"]


def content_hash(*parts: object) -> str:
    """First 16 hex digits of the SHA-256 of the parts, apostrophes, width and white space folded.

    Two imports of the same text give the same hash whichever of the two apostrophes a site used.
    """
    folded = [" ".join(unicodedata.normalize("NFKC", str(p)).replace("’", "'").split()) for p in parts]
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Asker:
    """Who asks, as the site states it; not always the patient. ``age`` is text such as "30~39" or "34"."""

    name: str | None = None
    sex: Sex | None = None
    age: str | None = None


@dataclass(frozen=True)
class Question:
    """What an asker wrote."""

    body: str
    title: str = ""
    department: str | None = None
    asked_on: date | None = None
    asker: Asker = Asker()

    @cached_property
    def id(self) -> str:
        """``q-`` and a content hash: the same question asked on the same day has the same id."""
        return "q-" + content_hash(
            self.title, self.body, self.department, self.asked_on, *asdict(self.asker).values()
        )

    @cached_property
    def thread(self) -> str:
        """Hash of the words alone: replies to the same question share it, so evaluation can leave them out."""
        return content_hash(self.title, self.body)

    @property
    def text(self) -> str:
        """Title and body, the title only where the body does not repeat it."""
        title = self.title.strip()
        return self.body if not title or title.casefold() in self.body.casefold() else f"{title}\n{self.body}"


@dataclass(frozen=True)
class Exchange:
    """A question with the reply a clinician gave; the unit of the archive.

    ``reply`` is without the doctor's signature, which stands in ``signature`` as found. ``truncated`` marks an
    excerpt (a page's Similar Q&A): it is kept as it is and is never a source. ``collection`` names where it
    came from, e.g. "icliniq"; ``license`` is as stated there. ``drafted_by`` is the model of an approved reply's
    draft, "offline" where none was used, and None without a draft.
    """

    question: Question
    reply: str
    doctor: str | None = None
    department: str | None = None
    hospital: str | None = None
    replied_on: date | None = None
    signature: str = ""
    more_info: str = ""
    topics: tuple[str, ...] = ()
    origin: Origin = "imported"
    collection: str | None = None
    url: str | None = None
    license: str | None = None
    language: Language = "en"
    truncated: bool = False
    drafted_by: str | None = None

    @cached_property
    def id(self) -> str:
        """``x-`` and a content hash of question, reply and doctor."""
        return "x-" + content_hash(self.question.title, self.question.body, self.reply, self.doctor)


@dataclass(frozen=True)
class Placeholder:
    """An identifier that was masked: ``token`` stands in the masked text for ``original``."""

    token: str
    kind: str
    original: str


@dataclass(frozen=True)
class RedFlag:
    """An urgent sign in a question. ``phrase`` is the patient's own words at ``start:end`` of ``Question.text``."""

    category: str
    label: str
    disposition: Disposition
    phrase: str
    start: int
    end: int
    assertion: Assertion = "present"
    layer: Layer = "pattern"


@dataclass(frozen=True)
class Patient:
    """Whom the question is about. ``relation`` is "self" or a word such as "colleague", "child", "mother"."""

    relation: str = "self"
    sex: Sex | None = None
    age: str | None = None
    pregnant: bool = False
    weeks_pregnant: int | None = None
    """The week of the pregnancy, where the question names it."""


@dataclass(frozen=True)
class Screening:
    """What was seen in a question before any model."""

    text: Deidentified
    language: Language
    patient: Patient = Patient()
    red_flags: tuple[RedFlag, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    hidden_characters: int = 0
    instructions: tuple[str, ...] = ()
    """Phrases that read like orders to a model ("ignore your rules"); shown to the reviewer."""
    asker: Asker = Asker()
    """As the site states it, and where it says nothing, as the question itself does."""
    doctor: str | None = None
    """Whom the question is addressed to, if it names a doctor."""
    hospital: str | None = None

    @property
    def urgency(self) -> int:
        """3 ambulance or safety path, 2 emergency department, 1 only a possible sign, 0 none noticed."""
        ranks = {"E0": 3, "S": 3, "E1": 2}
        noticed = (flag for flag in self.red_flags if flag.assertion != "denied")
        return max((ranks[f.disposition] if f.assertion == "present" else 1 for f in noticed), default=0)

    @property
    def urgent(self) -> bool:
        return self.urgency > 0

    def masked(self, text: str, *, cut: bool = False) -> str:
        """``text`` with the placeholders in place of what they stand for. With ``cut`` it is a piece cut out of the
        question, so that each word of a name counts."""
        for placeholder in sorted(self.placeholders, key=lambda one: -len(one.original)):
            words = placeholder.original.split() if cut and placeholder.kind == "NAME" else []
            for said in (placeholder.original, *(word for word in words if len(word) > 1)):
                edge = (r"(?<!\w)", r"(?!\w)") if said.isascii() else ("", "")
                text = re.sub(edge[0] + re.escape(said) + edge[1], placeholder.token, text)
        return text

    def restore(self, text: str) -> str:
        """``text`` with the masked identifiers put back; for the clinician's screen only."""
        for placeholder in self.placeholders:
            text = text.replace(placeholder.token, placeholder.original)
        return text


@dataclass(frozen=True)
class Ranked:
    """What one ranking said of an exchange: its own score (cosine or BM25), its rank from 1, and its share of the
    fused score."""

    name: str
    score: float
    rank: int
    share: float


@dataclass(frozen=True)
class Why:
    """How a source came by its score: ``fused * decay + boost``, at most 1.

    ``fused`` is the score of the search, 0 to 1. ``age`` is in years, None without a date; ``decay`` is what the
    age leaves of the score, above 0 to 1; ``boost`` was added because it comes from the question's department.
    """

    fused: float
    rankings: tuple[Ranked, ...] = ()
    age: float | None = None
    decay: float = 1.0
    boost: float = 0.0


@dataclass(frozen=True)
class Source:
    """An exchange shown to the model for one draft, under its number (from 1).

    ``score`` is the retrieval score after age and department, 0 to 1, comparable within one draft only; ``why``
    says how it came about. ``question`` and ``reply`` are the masked texts that the model sees; greeting, thanks
    and signature are left out of ``reply``.
    """

    number: int
    exchange: Exchange
    score: float
    question: Deidentified
    reply: Deidentified
    why: Why | None = None

    @property
    def year(self) -> int | None:
        return self.exchange.replied_on.year if self.exchange.replied_on else None


@dataclass(frozen=True)
class Style:
    """How replies are usually written. ``length`` is the usual number of words (characters in Chinese) of the
    department's replies, None where too few are known; ``examples`` are masked replies of the doctor's own."""

    length: int | None = None
    examples: tuple[Deidentified, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """One sentence of a draft and the numbers of the sources it rests on; none means no source.

    ``quotes`` are the words of those sources' replies that say it, as the model gave them; a check looks whether
    they stand there. Only sentences of a reply have any.
    """

    text: str
    sources: tuple[int, ...] = ()
    quotes: tuple[str, ...] = ()
    kind: SentenceKind = "answer"


@dataclass(frozen=True)
class Reply:
    """The short text that goes to the asker. Salutation and closing carry no advice and need no source."""

    sentences: tuple[Sentence, ...]
    salutation: str = ""
    closing: str = ""

    @property
    def text(self) -> str:
        body = join_sentences(s.text for s in self.sentences)
        return "\n".join(part for part in (self.salutation, body, self.closing) if part)


@dataclass(frozen=True)
class Point:
    """A numbered, labelled point of a section: ``n. label: text``; the label may be empty."""

    label: str
    text: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading over numbered points; one point without a label is prose under the heading."""

    heading: str
    points: tuple[Point, ...]

    def lines(self) -> Iterator[str]:
        for number, point in enumerate(self.points, start=1):
            said = f"{point.label}: {point.text}" if point.label else point.text
            yield said if len(self.points) == 1 and not point.label else f"{number}. {said}"


@dataclass(frozen=True)
class MoreInfo:
    """The extended explanation: introduction, headed sections of numbered points, conclusion."""

    introduction: tuple[Sentence, ...] = ()
    sections: tuple[Section, ...] = ()
    conclusion: tuple[Sentence, ...] = ()

    @property
    def text(self) -> str:
        """The form of the site's page, which ``drafter.publishing`` reads back."""
        blocks = [join_sentences(s.text for s in self.introduction)]
        for section in self.sections:
            blocks.append("\n".join((section.heading, *section.lines())).strip())
        if self.conclusion:
            blocks.append(f"{conclusion_heading(self)}\n{join_sentences(s.text for s in self.conclusion)}")
        return "\n\n".join(block for block in blocks if block)

    def passages(self) -> Iterator[Sentence]:
        """Every stretch of text with its sources, in reading order."""
        yield from self.introduction
        for section in self.sections:
            for point in section.points:
                yield Sentence(point.text, point.sources)
        yield from self.conclusion


def conclusion_heading(more_info: MoreInfo) -> str:
    chinese = any("一" <= c <= "鿿" for s in more_info.conclusion for c in s.text)
    return "結論" if chinese else "Conclusion"


def join_sentences(sentences: Iterator[str] | tuple[str, ...]) -> str:
    """Sentences as one paragraph: a space between them, none after Chinese punctuation."""
    joined = ""
    for sentence in sentences:
        joined += sentence if not joined or joined[-1] in "。！？；：" else f" {sentence}"
    return joined


@dataclass(frozen=True)
class PromptVersion:
    """A name, a version and the words, nothing else. ``hash`` is over the files of its folder."""

    name: str
    version: str
    hash: str
    files: Mapping[str, str] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


@dataclass(frozen=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counted them; 0 where it does not say."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True)
class Rewrite:
    """A question in a model's one line, by which past replies were searched as well as by the message.

    ``text`` is empty when the model gave none that can be used, and ``problem`` then says why in a word or two:
    how the call ended ("refused", "unavailable" and so on), "empty" or "too long". ``seconds`` is wall time.
    """

    text: Deidentified
    problem: str = ""
    usage: Usage = Usage()
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        if self.text:
            return f"Past replies were also searched by “{self.text}”."
        return f"Past replies were searched by the message alone: the model gave no line for it ({self.problem})."


@dataclass(frozen=True)
class SecondLook:
    """A language model was asked for urgent signs as well: how many it ``added`` to those noticed without it, or in
    ``problem`` how the call ended when it gave no list. ``seconds`` is wall time."""

    added: int = 0
    problem: str = ""
    usage: Usage = Usage()
    seconds: float = 0.0


@dataclass(frozen=True)
class Provenance:
    """What made a draft: enough to rebuild its messages and to say what was used."""

    model: str
    prompts: tuple[str, ...]
    """``name/version@hash`` of each prompt version."""
    messages_hash: str
    embedder: str
    index_build: str
    sources: tuple[str, ...]
    """Ids of the sources in their numbering."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    usage: Usage = Usage()
    seconds: float = 0.0
    """Wall time of the model; ``usage`` and ``seconds`` hold those of the rewrite too."""
    drafter_version: str = ""
    source_hashes: tuple[str, ...] = ()
    """Of each source as it was shown, question and reply, in their numbering."""
    style: Style = Style()
    fence: str = ""
    """The random code with which the tags of the messages ended."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Versions of Python and of the packages that a draft depends on."""
    rewrite: Rewrite | None = None
    """None when past replies were searched by the message alone because no rewrite was asked for."""
    second_look: SecondLook | None = None
    """None when no language model was asked for urgent signs."""
    fallbacks: tuple[str, ...] = ()
    """A sentence for each model that was asked before ``model`` and did not write the draft, in their order."""

    @property
    def offline(self) -> bool:
        """True when no language model was used."""
        return self.model == "offline"


@dataclass(frozen=True)
class Concern:
    """One thing in a draft that the reviewer must look at. ``quote`` is the words it is about, if any."""

    code: str
    severity: Severity
    message: str
    place: Place = "draft"
    quote: str = ""

    @cached_property
    def key(self) -> str:
        """Identifies the concern when the checks run again on edited text."""
        return content_hash(self.code, self.place, self.quote, self.message)


@dataclass(frozen=True)
class Support:
    """What the sources say of one sentence of a draft.

    ``quote`` is verbatim from the reply of source number ``source`` where that supports or contradicts it, or from
    the question where the patient said it; ``reason`` is a short sentence for the reviewer.
    """

    text: str
    place: Place
    kind: StatementKind
    verdict: Verdict
    source: int | None = None
    quote: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Part:
    """One thing that a question asks.

    ``answered_by`` is the sentence of the reply that answers it, empty when it is open; ``told_missing`` when the
    draft itself says that nothing answers it.
    """

    text: str
    answered_by: str = ""
    told_missing: bool = False


@dataclass(frozen=True)
class Abstention:
    """Why no model was asked for a draft, in a sentence for the clinician."""

    code: AbstentionCode
    message: str


@dataclass(frozen=True)
class Draft:
    """What was written, never sent.

    With ``abstained`` no model was asked: the reply is empty, or the fixed text for an emergency.
    """

    id: str
    question: Question
    screening: Screening
    sources: tuple[Source, ...]
    reply: Reply
    more_info: MoreInfo
    provenance: Provenance
    created_at: datetime
    concerns: tuple[Concern, ...] = ()
    missing: tuple[str, ...] = ()
    """Parts of the question that no source answers; for the reviewer."""
    to_ask: tuple[str, ...] = ()
    """What to ask the asker back, because the answer depends on it."""
    department: str | None = None
    topics: tuple[str, ...] = ()
    abstained: tuple[Abstention, ...] = ()

    def passages(self) -> Iterator[Sentence]:
        """Every stretch of text that needs a source, reply first."""
        yield from self.reply.sentences
        yield from self.more_info.passages()

    @property
    def cited(self) -> frozenset[int]:
        return frozenset(n for passage in self.passages() for n in passage.sources)


@dataclass(frozen=True)
class Failure:
    """A question whose draft could not be made. ``kind`` is the error's class name, ``said`` the model's words."""

    question: Question
    kind: str
    message: str
    said: str = ""


@dataclass(frozen=True)
class Clinician:
    """Who reviews and signs."""

    name: str
    department: str | None = None
    hospital: str | None = None


@dataclass(frozen=True)
class Review:
    """A clinician's handling of one question. ``draft_id`` is None when the reply was started blank.

    ``seen`` holds the keys of the blocking concerns the clinician ticked; ``editing_load`` is the share of the
    draft that was changed, 0 to 1, or None without a draft.
    """

    id: str
    question_id: str
    draft_id: str | None
    clinician: Clinician
    decision: Decision
    decided_at: datetime
    reply: str = ""
    more_info: str = ""
    reason: str = ""
    seen: tuple[str, ...] = ()
    editing_load: float | None = None
