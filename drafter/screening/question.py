"""Screening a question: everything that is noticed before anything leaves the machine."""

from collections.abc import Sequence

from drafter.domain import Question, Screening
from drafter.errors import BadInput
from drafter.screening.failing import fail_closed
from drafter.screening.hidden import Visible, visible
from drafter.screening.identifiers import DETECTORS, Detector
from drafter.screening.instructions import instructions_in
from drafter.screening.masking import mask
from drafter.screening.redflags import red_flags_in
from drafter.screening.who import who_is_who
from drafter.text import language_of

LONGEST_QUESTION = 20_000
"""Characters."""


def screen(question: Question, detectors: Sequence[Detector] = DETECTORS) -> Screening:
    """What was seen in ``question``: red flags, who it is about, and the text with identifiers masked.

    ``detectors`` find the identifiers.

    Raises:
        BadInput: the question is empty, or longer than 20,000 characters.
        ScreeningFailed: a detector failed; nothing was embedded, searched or sent.
    """
    typed = question.text
    if len(typed) > LONGEST_QUESTION:
        raise BadInput(
            f"The question has {len(typed):,} characters and the limit is {LONGEST_QUESTION:,}: "
            "shorten it to what the asker wrote, without attachments or earlier letters."
        )
    with fail_closed("The question could not be screened, so nothing was sent"):
        return _screened(question, visible(typed), detectors)


def _screened(question: Question, seen: Visible, detectors: Sequence[Detector]) -> Screening:
    if not seen.text.strip():
        raise BadInput("The question is empty: type or paste what the asker wrote.")
    who = who_is_who(seen.text, question.asker)
    known = [name for name in dict.fromkeys((question.asker.name, who.asker.name)) if name]
    masked = mask(seen.text, known, detectors)
    fields = "\n".join(visible(field).text for field in (question.asker.name, question.department) if field)
    return Screening(
        text=masked.text,
        language=language_of(masked.text),
        patient=who.patient,
        red_flags=red_flags_in(seen, question.text),
        placeholders=masked.placeholders,
        hidden_characters=seen.hidden,
        instructions=instructions_in(masked.text) + instructions_in(fields),
        asker=who.asker,
        doctor=who.doctor,
        hospital=who.hospital,
    )
