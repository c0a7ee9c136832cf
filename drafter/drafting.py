"""THE way from a Question to a Draft: screened, sources, rendered, completed, read, checked, stored.

Where no draft should be written (drafter.abstaining) no model is asked, and the draft says why.

Browser, command line, batch and evaluation all go through ``Drafter``. An evaluation's arm is
``dataclasses.replace(drafter, prompts=..., model=...)``: the same way with other words or another model.
"""

import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib import metadata
from typing import Any

from pydantic import ValidationError

import drafter as package
from drafter.abstaining import Policy, Withheld, at_sight, by_sources, first_sentence
from drafter.archive import Archive
from drafter.asking import looked_at_again, rewritten
from drafter.chat import ChatModel, Outcome, Partial, Request
from drafter.chat.shape import DraftShape, to_more_info, to_reply
from drafter.checking import check
from drafter.domain import (
    Draft,
    Message,
    MoreInfo,
    Provenance,
    Question,
    Rewrite,
    Screening,
    SecondLook,
    Source,
    Style,
    content_hash,
)
from drafter.errors import BadInput, BadModelOutput, ModelUnavailable
from drafter.prompting import Prompts, count_tokens, fitted, new_fence, render, style_of
from drafter.retrieval import Retriever
from drafter.screening import screen

_DEPENDED_ON = ("openai", "langchain-core", "langchain-openai", "chromadb", "tantivy", "onnxruntime", "jinja2")
NO_MODEL_ASKED = "none"
"""The model in the provenance of a draft that was withheld."""


@dataclass(frozen=True)
class Prepared:
    """A question ready for a model: screened, with its sources and the rendered request. With ``withheld`` no model
    is asked, and the request has no messages."""

    question: Question
    screening: Screening
    request: Request
    style: Style = Style()  # noqa: RUF009  # frozen
    rewrite: Rewrite | None = None
    second_look: SecondLook | None = None
    withheld: Withheld = Withheld()  # noqa: RUF009  # frozen

    @property
    def sources(self) -> tuple[Source, ...]:
        return self.request.sources


@dataclass(frozen=True)
class Drafter:
    """Drafts replies. Holds what a draft needs; thread-safe, because its parts are.

    ``leave_out_own_thread`` keeps replies to the very same question out of the sources (evaluation);
    ``keep`` stores each draft in the archive. ``input_tokens`` is how many tokens the messages may have, None for
    any number; ``doctor`` is who will sign, of whose replies ``style_examples`` show how they write;
    ``allowed_contacts`` are the links, addresses and telephone numbers that a reply may hold. ``policy`` says when
    no draft is written; with ``anyway`` one is written whatever it says.
    """

    archive: Archive
    retriever: Retriever
    prompts: Prompts
    model: ChatModel
    source_limit: int = 5
    input_tokens: int | None = None
    doctor: str | None = None
    style_examples: int = 2
    allowed_contacts: tuple[str, ...] = ()
    leave_out_own_thread: bool = False
    keep: bool = True
    policy: Policy = Policy()  # noqa: RUF009  # frozen
    anyway: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """What decides a draft beside its question, prompts, model and archive: the model's parameters, how many
        sources there are and how they are found and chosen."""
        found_by: dict[str, Any] = {
            "source_limit": self.source_limit,
            "input_tokens": self.input_tokens,
            "doctor": self.doctor,
            "style_examples": self.style_examples,
            "query_rewrite": self._asked_with.query is not None,
            "second_look": self._asked_with.red_flags is not None,
            "ranking": asdict(self.retriever.ranking),
            "anyway": self.anyway,
            "policy": self.policy.parameters(self.retriever.embedder_identity),
        }
        if self.allowed_contacts:  # kept with the draft: the check runs again on what the clinician edits
            found_by["allowed_contacts"] = list(self.allowed_contacts)
        return dict(self.model.parameters) | found_by | asdict(self.retriever.preferences)

    @property
    def _asked_with(self) -> Prompts:
        """Without the prompts of the short questions before the draft where no language model can answer them."""
        return replace(self.prompts, query=None, red_flags=None) if self.model.name == "offline" else self.prompts

    def warm(self) -> None:
        """Opens what the first draft of a process would wait for: index, embedder and the lists of the screening.
        Nothing is kept and no language model is asked; an embedder at a server is asked for one invented sentence.

        Raises:
            IndexUnusable: the past replies could not be searched.
        """
        invented = screen(Question("My knee has hurt since Monday. What can I do?"))
        self.retriever.find(invented.text, limit=self.source_limit)

    def draft(self, question: Question, now: datetime | None = None) -> Draft:
        """One stored draft; ``now`` is an aware instant, by default the current one.

        Raises:
            BadInput: the question is empty or too long.
            ScreeningFailed: it could not be screened; nothing was sent.
            IndexUnusable: the past replies could not be searched.
            ModelUnavailable: the model's server could not be reached.
            BadModelOutput: what the model said is not a draft.
        """
        for step in self.stream(question, now):
            if isinstance(step, Draft):
                return step
        raise AssertionError("a stream ends with a draft or an error")

    def stream(self, question: Question, now: datetime | None = None) -> Iterator[Prepared | Partial | Draft]:
        """The same, as it happens: what was prepared, the growing text, then the stored draft. Closing it early
        stops the model's work. Where no draft should be written, the draft says so and no model was asked."""
        prepared = self.prepare(question, now)
        yield prepared
        if prepared.withheld:
            yield self._abstain(prepared, now or datetime.now(UTC))
            return
        for said in self.model.complete(prepared.request):
            yield said if isinstance(said, Partial) else self.finish(prepared, said, now or datetime.now(UTC))

    def prepare(self, question: Question, now: datetime | None = None) -> Prepared:
        """Everything that comes before the model. Past replies are as old as they were when it was asked, or else
        ``now``. Raises as ``draft`` does."""
        screening, second_look = self._screened(question)
        leave_out = self.archive.thread_ids(question.thread) if self.leave_out_own_thread else frozenset()
        find = partial(
            self.retriever.find,
            screening.text,
            limit=self.source_limit,
            leave_out=leave_out,
            department=question.department,
            today=question.asked_on or (now or datetime.now(UTC)).date(),
        )
        sources = find()
        withheld = self._withheld(screening, sources)
        query = self._asked_with.query
        rewrite = rewritten(self.model, query, screening) if query and not withheld else None
        if rewrite and rewrite.text:
            sources = find(rewrite=rewrite.text)
            withheld = self._withheld(screening, sources)
        if withheld:
            request = Request((), screening.text, sources, screening.language)
            return Prepared(
                question, screening, request, rewrite=rewrite, second_look=second_look, withheld=withheld
            )
        style = self._style(question, screening, sources, leave_out)
        fence = new_fence()
        told = partial(
            render,
            self.prompts,
            screening,
            fence=fence,
            department=question.department,
            asked_on=question.asked_on,
            style=style,
        )
        sources = self._fitted(sources, _tokens(told(())))
        safety = first_sentence(screening)
        request = Request(told(sources), screening.text, sources, screening.language, fence=fence, safety=safety)
        return Prepared(question, screening, request, style, rewrite, second_look)

    def _screened(self, question: Question) -> tuple[Screening, SecondLook | None]:
        """With the model's second look, if one is asked for and the first does not already withhold the draft."""
        screening, prompt = screen(question), self._asked_with.red_flags
        if prompt is None or (not self.anyway and at_sight(screening, self.policy)):
            return screening, None
        return looked_at_again(self.model, prompt, question, screening)

    def _withheld(self, screening: Screening, sources: tuple[Source, ...]) -> Withheld:
        """What the question itself shows, or else its sources."""
        if self.anyway:
            return Withheld()
        return at_sight(screening, self.policy) or by_sources(screening, sources, self.retriever, self.policy)

    def _fitted(self, sources: tuple[Source, ...], told: int) -> tuple[Source, ...]:
        """The best sources that the model can read beside the ``told`` tokens of prompt and question."""
        if self.input_tokens is None:
            return sources
        if told > self.input_tokens:
            raise BadInput(
                f"Prompt and question need about {told:,} tokens, the model reads {self.input_tokens:,}: shorten "
                "the question, or raise DRAFTER_CONTEXT_TOKENS if the model reads more."
            )
        return fitted(sources, self.input_tokens - told)

    def _style(
        self, question: Question, screening: Screening, sources: tuple[Source, ...], leave_out: frozenset[str]
    ) -> Style:
        if self.model.name == "offline":
            return Style()
        nearest = sources[0].exchange.department if sources else None
        return style_of(
            self.archive,
            language=screening.language,
            department=question.department or nearest,
            doctor=self.doctor,
            examples=self.style_examples,
            leave_out=leave_out,
        )

    def _abstain(self, prepared: Prepared, now: datetime) -> Draft:
        """The draft that says why there is none, with the nearest past replies and what to ask back."""
        withheld = prepared.withheld
        provenance = self._provenance(prepared, Outcome("ok", model=NO_MODEL_ASKED))
        made_of = (*(f"{one.code} {one.message}" for one in withheld.abstained), *provenance.sources)
        return self._kept(
            Draft(
                id="d-" + content_hash(prepared.question.id, NO_MODEL_ASKED, now, *made_of),
                question=prepared.question,
                screening=prepared.screening,
                sources=prepared.sources,
                reply=withheld.reply,
                more_info=MoreInfo(),
                provenance=provenance,
                created_at=now,
                to_ask=withheld.to_ask,
                abstained=withheld.abstained,
            )
        )

    def finish(self, prepared: Prepared, outcome: Outcome, now: datetime) -> Draft:
        """Everything that comes after the model: read, checked, stored. Raises as ``draft`` does."""
        shape = read_outcome(outcome)
        provenance = self._provenance(prepared, outcome)
        draft = Draft(
            id="d-"
            + content_hash(prepared.question.id, provenance.messages_hash, provenance.model, now, outcome.text),
            question=prepared.question,
            screening=prepared.screening,
            sources=prepared.sources,
            reply=to_reply(shape),
            more_info=to_more_info(shape),
            provenance=provenance,
            created_at=now,
            missing=tuple(shape.missing),
            to_ask=tuple(shape.to_ask),
            department=shape.department,
            topics=tuple(shape.topics),
        )
        return self._kept(draft)

    def _kept(self, draft: Draft) -> Draft:
        """With its concerns, and stored."""
        draft = replace(draft, concerns=check(draft))
        if self.keep:
            self.archive.save_draft(draft)
        return draft

    def _provenance(self, prepared: Prepared, outcome: Outcome) -> Provenance:
        before = [asked for asked in (prepared.second_look, prepared.rewrite) if asked]
        return Provenance(
            model=outcome.model or self.model.name,
            prompts=() if prepared.withheld else self._asked_with.names,
            messages_hash=prepared.request.messages_hash,
            embedder=self.retriever.embedder_identity,
            index_build=self.retriever.build,
            sources=tuple(source.exchange.id for source in prepared.sources),
            parameters=self.parameters,
            usage=sum((asked.usage for asked in before), outcome.usage),
            seconds=outcome.seconds + sum(asked.seconds for asked in before),
            drafter_version=package.__version__,
            source_hashes=tuple(content_hash(source.question, source.reply) for source in prepared.sources),
            style=prepared.style,
            fence=prepared.request.fence,
            packages=_packages(),
            rewrite=prepared.rewrite,
            second_look=prepared.second_look,
            fallbacks=outcome.fallbacks,
        )


def _tokens(messages: Iterable[Message]) -> int:
    return sum(count_tokens(message.content) for message in messages)


@cache
def _packages() -> dict[str, str]:
    installed = {name: metadata.version(name) for name in _DEPENDED_ON}
    return {"python": platform.python_version()} | installed


def read_outcome(outcome: Outcome) -> DraftShape:
    """What a model wrote; raises ModelUnavailable or BadModelOutput for what is not a draft."""
    if outcome.status == "unavailable":
        raise ModelUnavailable(outcome.detail)
    if outcome.status != "ok":
        raise BadModelOutput(outcome.detail, said=outcome.text, status=outcome.status)
    try:
        return DraftShape.model_validate_json(outcome.text)
    except ValidationError as error:
        raise BadModelOutput(
            f"The model's words are not a draft: {error.errors()[0]['msg']}.", said=outcome.text
        ) from error
