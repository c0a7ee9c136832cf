"""Do the parts agree? Every part of the question answered, the plan kept, no other leading cause."""

import re
from collections.abc import Iterator

from drafter.chat.cues import terms as terms_of
from drafter.checking.passages import kind_of, shared, terms
from drafter.checking.plan import PlanItem, plan_items_in
from drafter.domain import Concern, Draft
from drafter.text import excerpt, sentences, words

_ASKS = re.compile(
    r"[?？]\s*$|^\W*(?:what|which|why|how|who|is|are|can|could|should|does|will|would|may)\b"
    r"(?! (?:i|he|she|we) (?:was|had|took|went))"
    r"|(?:請問|请问|嗎|吗|呢|怎麼|怎么|如何|什麼|什么|哪|為何|为何|是不是|會不會|会不会|可不可以|能不能|要不要)",
    re.IGNORECASE,
)
_NEXT_QUESTION = re.compile(
    r"(?:,|;|\band\b|\bor\b|\balso\b|\bfurthermore,?)\s+(?=(?:also |furthermore,? |and )?(?:what|which|why|how"
    r"|when|where|who|is (?:it|there|this)|are (?:there|these)|can (?:i|we|he|she|it)|could (?:i|it|this)"
    r"|should (?:i|we|he|she)|do (?:i|we)|does (?:it|this)|will (?:it|i))\b)"
    r"|[，,；](?=(?:還有|还有|另外|以及|那|又)?(?:請問|请问|要不要|可以|能不能|是不是|會不會|会不会|怎麼|怎么"
    r"|如何|該|该|什麼|什么|哪))",
    re.IGNORECASE,
)
_LINK = re.compile(r"^\W*(?:and|or|also|furthermore,?|then)\s+", re.IGNORECASE)
_ANSWERED = 0.34
"""Share of a question's terms that one sentence of the reply must hold."""
_FIRST_TERMS = 2
_POLITE = re.compile(
    r"\b(?:thank|thanks|please help|help me|could you (?:please )?(?:help|advise)|any (?:advice|help|ideas)"
    r"|what do you think|what should (?:i|we|he|she) do|what can (?:i|we) do|what (?:else )?(?:helps?|works"
    r"|can help|to do)|how (?:can|do|should) (?:i|we) (?:treat|help|cure|manage|get rid))\b|謝謝|谢谢|感謝"
    r"|怎麼辦|怎么办"
    r"|該怎麼", re.IGNORECASE)  # fmt: skip


def sub_questions(text: str) -> list[str]:
    """The questions within a text, split where one sentence asks two."""
    parts: list[str] = []
    for sentence in sentences(text):
        if not _ASKS.search(sentence):
            continue
        pieces = [_LINK.sub("", piece).strip(" ,;，；") for piece in _NEXT_QUESTION.split(sentence)]
        parts += [piece for piece in pieces if piece and (_ASKS.search(piece) or len(pieces) == 1)]
    # A title often asks what the message asks again.
    return list({" ".join(words(part)): part for part in reversed(parts)}.values())[::-1]


def every_part_is_answered(draft: Draft) -> Iterator[Concern]:
    told = sentences(draft.reply.text)
    if not draft.reply.sentences:
        return
    for part in sub_questions(draft.screening.text):
        wanted = terms(part)
        if not wanted or _POLITE.search(part):
            answered = any(kind_of(sentence) in ("recommendation", "safety_net") for sentence in told)
        else:
            answered = _answered(part, told) or _by_missing(draft, part)
        if not answered:
            yield Concern("open_question", "warn", f"Still open: “{excerpt(part, 120)}”", "reply", part)


def _answered(part: str, told: list[str]) -> bool:
    """One sentence shares enough words, or the reply takes up what is asked about first."""
    said = frozenset(term for sentence in told for term in terms(sentence))
    about = terms_of(part)[:_FIRST_TERMS]
    return any(term in said for term in about) or any(shared(part, sentence) >= _ANSWERED for sentence in told)


def _by_missing(draft: Draft, part: str) -> bool:
    """The model said itself, in words for the reviewer, that this is open: shown there, not twice."""
    return any(shared(part, told) >= 0.6 for told in draft.missing)


def more_info_keeps_the_plan(draft: Draft) -> Iterator[Concern]:
    """Every referral, examination, treatment and medicine of the reply comes back in More Info."""
    more_info = draft.more_info.text
    if not more_info:
        return
    kept = plan_items_in(more_info)
    lost = [item for item in plan_items_in(_advice(draft)) if item not in kept]
    if lost:
        yield Concern(
            "plan_lost", "warn", f"More Info leaves out of the reply's plan: {_listed(lost)}.", "more_info"
        )


def _advice(draft: Draft) -> str:
    return " ".join(sentence.text for sentence in draft.reply.sentences)


def _listed(items: list[PlanItem]) -> str:
    return ", ".join(item.name for item in items)


_CAUSE = re.compile(
    r"\b(?:caused by|due to|because of|result(?:s|ing)? from|comes from|sign of|consistent with|fits with"
    r"|points to|suggests?)\s+(?P<cause>[^.;:]{3,60})|(?:由|因為|因为|由於|由于)(?P<han>[^，。；]{2,16})(?:引起"
    r"|造成|所致|導致|导致)",
    re.IGNORECASE,
)
_CAUSES_HEADING = re.compile(r"\b(?:causes?|reasons?|why)\b|原因|成因", re.IGNORECASE)


def more_info_leads_with_the_same_cause(draft: Draft) -> Iterator[Concern]:
    """The cause that the reply names first stands in the first point under More Info's causes."""
    match = _CAUSE.search(_advice(draft))
    heads = [
        section
        for section in draft.more_info.sections
        if _CAUSES_HEADING.search(section.heading) and section.points
    ]
    if not match or not heads:
        return
    cause = (match["cause"] or match["han"]).strip()
    first = heads[0].points[0]
    named = terms(cause) - terms(draft.screening.text)
    wanted = named or terms(cause)
    if wanted and not wanted & terms(f"{first.label} {first.text}"):
        leads = excerpt(first.label or first.text, 60)
        message = f"The reply names “{excerpt(cause, 60)}”; More Info leads with another cause, “{leads}”."
        yield Concern("other_cause", "warn", message, "more_info", first.label)
