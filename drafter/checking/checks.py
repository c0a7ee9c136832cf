"""The checks in their order, and running them."""

from collections.abc import Callable, Iterator

from drafter.domain import Concern, Draft

Check = Callable[[Draft], Iterator[Concern]]


def cites_only_its_sources(draft: Draft) -> Iterator[Concern]:
    known = {source.number for source in draft.sources}
    for number in sorted(draft.cited - known):
        yield Concern("unknown_citation", "block", f"The draft cites [{number}], which is not among its sources.")


def has_a_reply(draft: Draft) -> Iterator[Concern]:
    if not draft.reply.sentences:
        yield Concern("empty_reply", "block", "The reply is empty.", "reply")


CHECKS: tuple[Check, ...] = (cites_only_its_sources, has_a_reply)


def check(draft: Draft) -> tuple[Concern, ...]:
    """All concerns, blocking ones first, otherwise in the order of ``CHECKS``."""
    found = [concern for one in CHECKS for concern in one(draft)]
    return tuple(sorted(found, key=lambda concern: concern.severity != "block"))
