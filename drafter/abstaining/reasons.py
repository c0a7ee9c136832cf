"""Why no model is asked: first by the question alone, then by the past replies that were found for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from drafter.abstaining.asking import to_ask
from drafter.abstaining.nearness import nearness
from drafter.abstaining.policy import Policy
from drafter.abstaining.safety import gravest_flags, safety_reply
from drafter.abstaining.scope import Reason, out_of_scope
from drafter.checking.contradiction import contradiction
from drafter.checking.passages import kind_of, terms
from drafter.domain import Abstention, Reply, Screening, Source
from drafter.retrieval import Retriever
from drafter.screening.instructions import instructions_in
from drafter.text import excerpt, sentences

_BEST = 3
"""So many sources are compared: a draft rests on the first ones."""
_SHARED_TERMS = 2
"""Terms of the question that a sentence must hold to be about what is asked."""
_HELP = {"E0": "calling an ambulance", "S": "finding help at once"}


@dataclass(frozen=True)
class Withheld:
    """What stands in place of a draft: why, the reply (empty, or the fixed text for an emergency), what to ask."""

    abstained: tuple[Abstention, ...] = ()
    reply: Reply = Reply(())  # noqa: RUF009  # frozen
    to_ask: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.abstained)


def at_sight(screening: Screening, policy: Policy) -> Withheld:
    """What the question alone says, before anything is searched or sent."""
    beyond = list(out_of_scope(screening, policy.languages))
    urgent = tuple(_urgent(screening))
    abstained = (
        *urgent,
        *(Abstention("instructions", _ORDERS.format(excerpt(said, 80))) for said in screening.instructions[:1]),
        *(Abstention("out_of_scope", one.message) for one in beyond),
    )
    reasons: tuple[Reason, ...] = tuple(one.reason for one in beyond)
    if urgent or "lethal" in reasons:
        reply = safety_reply(screening, number=policy.emergency_number, line=policy.crisis_line)
        return Withheld(abstained, reply)
    return Withheld(abstained, to_ask=to_ask(screening, reasons)) if abstained else Withheld()


_ORDERS = "The question carries words that read like orders to a language model (“{}”): no model was shown them."


def _urgent(screening: Screening) -> Iterator[Abstention]:
    if flags := gravest_flags(screening):
        signs = "; ".join(dict.fromkeys(f"{flag.label} (“{excerpt(flag.phrase, 60)}”)" for flag in flags))
        first = _HELP[flags[0].disposition]
        yield Abstention("urgent", f"{signs}: a fixed text about {first} is there instead of a draft.")


def by_sources(screening: Screening, sources: Sequence[Source], retriever: Retriever, policy: Policy) -> Withheld:
    """What the past replies say that were found. Raises IndexUnusable."""
    found = (
        *too_far(screening, sources, retriever, policy),
        *carrying_orders(sources),
        *contradicting(screening, sources),
    )
    return Withheld(found, to_ask=to_ask(screening)) if found else Withheld()


def too_far(
    screening: Screening, sources: Sequence[Source], retriever: Retriever, policy: Policy
) -> Iterator[Abstention]:
    """Whether even the nearest past replies are further than those of nearly all held-out questions were."""
    threshold = policy.threshold(screening.language, retriever.embedder_identity)
    if threshold is None or policy.calibration is None:
        return
    near = nearness(screening, sources, retriever)
    if near is not None and near < threshold.least:
        yield Abstention(
            "too_far",
            f"No past reply is near enough: nearness {near:.2f}, and {1 - policy.calibration.refuse:.0%} of your "
            f"archive's own questions reach {threshold.least:.2f}.",
        )


def carrying_orders(sources: Sequence[Source]) -> Iterator[Abstention]:
    """A past reply with words that read like orders to a model; one is enough to show none of them to a model."""
    for source in sources:
        fields = f"{source.question}\n{source.reply}\n{source.exchange.department or ''}"
        for phrase in instructions_in(fields)[:1]:
            yield Abstention(
                "instructions",
                f"Past reply [{source.number}] carries words that read like orders to a language model "
                f"(“{excerpt(phrase, 80)}”): no model was shown it; have it checked or superseded.",
            )


def contradicting(screening: Screening, sources: Sequence[Source]) -> Iterator[Abstention]:
    """Two of the best past replies that cannot both hold in what the question asks about: the first such pair."""
    asked = terms(screening.text)
    said = [(source, _on_the_matter(source, asked)) for source in sources[:_BEST]]
    for (one, of_one), (other, of_other) in combinations(said, 2):
        for here, there in product(of_one, of_other):
            # What each says of its own patient's results may differ: one of them must advise.
            if "recommendation" in (kind_of(here), kind_of(there)) and (reason := contradiction(here, there)):
                yield Abstention(
                    "contradiction",
                    f"Past replies [{one.number}] and [{other.number}] contradict each other ({reason}): "
                    f"“{excerpt(here, 80)}” and “{excerpt(there, 80)}”.",
                )
                return


def _on_the_matter(source: Source, asked: frozenset[str]) -> list[str]:
    """What it says on what is asked."""
    return [text for text in sentences(source.reply) if len(asked & terms(text)) >= _SHARED_TERMS]
