"""Screening as a whole."""

from drafter.domain import Question, Screening
from drafter.errors import BadInput
from drafter.screening.masking import mask
from drafter.text import language_of

LONGEST_QUESTION = 20_000


def screen(question: Question) -> Screening:
    """What was seen in a question before any model.

    Raises:
        BadInput: the question is empty, or longer than 20,000 characters.
        ScreeningFailed: a detector failed, so nothing may be sent.
    """
    if not question.text.strip():
        raise BadInput("The question is empty: type or paste what the asker wrote.")
    if len(question.text) > LONGEST_QUESTION:
        raise BadInput(
            f"The question has {len(question.text):,} characters and {LONGEST_QUESTION:,} is the limit: "
            "shorten it to what the asker wrote, without attachments or earlier letters."
        )
    masked, placeholders = mask(question.text)
    return Screening(masked, language_of(masked), placeholders=placeholders)
