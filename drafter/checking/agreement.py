"""Do the parts agree? Every part of the question answered, the plan kept, no other leading cause."""

import re
from collections.abc import Iterator

from drafter.checking.contradiction import contradiction
from drafter.checking.parts import parts
from drafter.checking.passages import kind_of, terms
from drafter.checking.plan import holds_frame, plan_items_in, time_frames_in
from drafter.domain import Concern, Draft
from drafter.text import excerpt


def every_part_is_answered(draft: Draft) -> Iterator[Concern]:
    """One concern for each thing asked that is open and not said to be; the fixed text for an emergency answers
    something else, on purpose."""
    if draft.abstained:
        return
    for part in parts(draft) if draft.reply.sentences else ():
        if not part.answered_by and not part.told_missing:
            message = f"Still open: “{excerpt(part.text, 120)}”"
            yield Concern("open_question", "warn", message, "reply", part.text)


def more_info_keeps_the_plan(draft: Draft) -> Iterator[Concern]:
    """Each action of the reply comes back in More Info: whom to see, examination, treatment, medicine, by when."""
    more_info = draft.more_info.text
    if not more_info:
        return
    lost = [*_items_lost(draft, more_info), *_frames_lost(draft, more_info)]
    if lost:
        yield Concern(
            "plan_lost", "warn", f"More Info leaves out of the reply's plan: {', '.join(lost)}.", "more_info"
        )


def _items_lost(draft: Draft, more_info: str) -> Iterator[str]:
    kept = plan_items_in(more_info)
    told = " ".join(text for text in _planned(draft) if not _NEEDLESS.search(text))
    yield from (item.name for item in plan_items_in(told) if item not in kept)


def _frames_lost(draft: Draft, more_info: str) -> Iterator[str]:
    """Only of what is to be done: how long something usually lasts is no part of the plan."""
    kept = time_frames_in(more_info)
    for text in _planned(draft):
        if kind_of(text) == "recommendation":
            for days, words in time_frames_in(text).items():
                if not holds_frame(kept, days):
                    yield f"“{words}”"


def _planned(draft: Draft) -> Iterator[str]:
    """The reply's sentences but for its safety net, which has a check of its own."""
    for sentence in draft.reply.sentences:
        if sentence.kind != "safety_net" and kind_of(sentence.text) != "safety_net":
            yield sentence.text


_NEEDLESS = re.compile(
    r"\b(?:not (?:be )?(?:needed|necessary|required|recommended)|no need|unnecessary|(?:do|does|will) not need"
    r"|(?:do|does"
    r"|wo)n['’]t need|rarely needed)\b|不需|不必|不用|無需|无需",
    re.IGNORECASE,
)

_CAUSE = re.compile(
    r"\b(?:caused by|due to|because of|result(?:s|ing)? (?:from|of)|comes from|sign of|consistent with"
    r"|fits(?: with)?"
    r"|points to|suggests?|(?:may|might|could|can) (?:well )?be|(?:is|are|was) (?:most )?(?:probably|likely"
    r"|possibly)"
    r"|(?:appears?|seems?) to be|(?:looks|sounds) like|typical of)\s+(?:an?\s|the\s)?(?P<cause>[^.;:]{3,60})"
    r"|(?:由|因為|因为|由於|由于)(?P<han>[^，。；]{2,16})(?:引起|造成|所致|導致|导致)"
    r"|(?:可能是|像是|應該是|应该是|考慮是|考虑是|疑似|懷疑是|怀疑是)(?P<maybe>[^，。；]{2,16})",
    re.IGNORECASE,
)
_NO_CAUSE = re.compile(
    r"^(?:\w+ly )?(?:\w+ed(?=$| (?:by|with|for|in|to|at|from|on|as)\b)"
    r"|taken|done|given|told|seen|worse|better|fine|safe|normal|helpful|useful|needed|able"
    r"|good|harmful)"
    r"|^(?:正常|安全)"
)
_CAUSES_HEADING = re.compile(r"\b(?:causes?|reasons?|why|causing|explanations?)\b|原因|成因|病因", re.IGNORECASE)


def more_info_leads_with_the_same_cause(draft: Draft) -> Iterator[Concern]:
    """The first point under More Info's causes, or else the first cause that it names, is one of the reply's."""
    told = [cause for sentence in draft.reply.sentences for cause in _causes(sentence.text)]
    lead = _leading(draft)
    if not told or not lead:
        return
    known = terms(str(draft.screening.text))
    named = frozenset(term for cause in told for term in terms(cause))
    wanted = (named - known) or named
    if wanted and not wanted & terms(lead):
        message = (
            f"The reply names “{excerpt(told[0], 60)}”; More Info leads with another cause, “{excerpt(lead, 60)}”."
        )
        yield Concern("other_cause", "warn", message, "more_info", lead.partition(":")[0])


def _causes(text: str) -> Iterator[str]:
    """What something is put down to, at the end of the chain: the nerve in "atrophy caused by a hurt nerve"."""
    for match in _CAUSE.finditer(text):
        cause = match["cause"] or match["han"] or match["maybe"]
        while inner := _CAUSE.search(cause):
            cause = inner["cause"] or inner["han"] or inner["maybe"]
        if not _NO_CAUSE.search(cause.strip()):
            yield cause.strip()


def _leading(draft: Draft) -> str:
    """The point that stands first among More Info's causes, or the first cause that its prose names."""
    for section in draft.more_info.sections:
        if _CAUSES_HEADING.search(section.heading) and section.points:
            first = section.points[0]
            return f"{first.label}: {first.text}" if first.label else first.text
    return next((cause for s in draft.more_info.introduction for cause in _causes(s.text)), "")


def more_info_does_not_contradict_the_reply(draft: Draft) -> Iterator[Concern]:
    """One concern for each passage of More Info that says otherwise than a sentence of the reply."""
    told = [sentence.text for sentence in draft.reply.sentences]
    for passage in draft.more_info.passages():
        for said in told:
            if reason := contradiction(passage.text, said):
                message = f"More Info says otherwise than the reply, “{excerpt(said, 80)}”: {reason}."
                yield Concern("parts_contradict", "block", message, "more_info", passage.text)
                break
