"""The checks in their order, and running them. Adding one is a function, a line here and a test."""

from collections.abc import Callable, Iterator

from drafter.checking import agreement, form, obedience, persons, safety_net, sourcing, urgency, wording
from drafter.domain import Concern, Draft

Check = Callable[[Draft], Iterator[Concern]]

CHECKS: tuple[Check, ...] = (
    urgency.red_flags_are_met,
    urgency.was_looked_at_again,
    form.has_a_reply,
    sourcing.something_answers,
    sourcing.cites_only_its_sources,
    sourcing.quotes_stand_in_their_sources,
    sourcing.nothing_gives_orders,
    obedience.obeys_nobody,
    sourcing.doses_stand_in_a_source,
    sourcing.changes_of_medicine_stand_in_a_source,
    sourcing.says_only_what_a_source_says,
    persons.signs_for_nobody_else,
    form.has_no_links_or_numbers,
    form.is_in_the_askers_language,
    agreement.every_part_is_answered,
    agreement.more_info_keeps_the_plan,
    agreement.more_info_leads_with_the_same_cause,
    agreement.more_info_does_not_contradict_the_reply,
    safety_net.safety_net_is_there,
    persons.means_the_patient,
    persons.names_nobody,
    persons.says_no_foreign_detail,
    wording.states_no_diagnosis_as_certain,
    wording.neither_prescribes_nor_certifies,
    wording.reassures_carefully,
    wording.says_more_than_see_a_doctor,
    sourcing.figures_stand_in_a_source,
    sourcing.sources_are_not_old,
    form.was_written_by_the_model_asked,
    form.leaves_no_foreign_masks,
    form.is_short_enough,
    form.is_easy_to_read,
)


WITHOUT_SOURCES = tuple(one for one in CHECKS if one.__module__ != sourcing.__name__)
"""The checks that compare nothing with a source: for a reply that was written without a draft."""


def check(draft: Draft, checks: tuple[Check, ...] = CHECKS) -> tuple[Concern, ...]:
    """All concerns, blocking ones first, otherwise in the order of ``checks``."""
    found = dict.fromkeys(concern for one in checks for concern in one(draft))
    return tuple(sorted(found, key=lambda concern: concern.severity != "block"))
