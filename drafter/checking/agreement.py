"""Do the parts agree? Every part of the question answered, the plan kept, no other leading cause."""

import re
from collections.abc import Iterator

from drafter.checking.parts import parts
from drafter.checking.passages import terms
from drafter.checking.plan import PlanItem, plan_items_in
from drafter.domain import Concern, Draft
from drafter.text import excerpt


def every_part_is_answered(draft: Draft) -> Iterator[Concern]:
    """One concern for each thing asked that is open and not said to be."""
    for part in parts(draft) if draft.reply.sentences else ():
        if not part.answered_by and not part.told_missing:
            yield Concern("open_question", "warn", f"Still open: “{excerpt(part.text, 120)}”", "reply", part.text)


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
