"""Short questions to the language model before it drafts: a line to search by, and urgent signs it notices as well.

Both are optional, and neither can stop a draft: what the model could not say is told to the reviewer.
"""

from pydantic import ValidationError

from drafter.chat import ChatModel, Outcome, QueryShape, Request, SignsShape
from drafter.domain import Deidentified, PromptVersion, Question, Rewrite, Screening, SecondLook
from drafter.prompting import new_fence, render_query, render_red_flags
from drafter.screening import deidentify
from drafter.screening.by_model import protocol, with_signs

_LONGEST_REWRITE = 300
"""Characters. A longer line is no summary, and is not searched by."""


def rewritten(model: ChatModel, prompt: PromptVersion, screening: Screening) -> Rewrite:
    """The masked question in the model's one line."""
    fence = new_fence()
    messages = render_query(prompt, screening, fence=fence)
    outcome = _outcome(model, Request(messages, screening.text, (), screening.language, QueryShape, fence=fence))
    text, problem = _read_query(outcome)
    return Rewrite(text, problem, outcome.usage, outcome.seconds)


def looked_at_again(
    model: ChatModel, prompt: PromptVersion, question: Question, screening: Screening
) -> tuple[Screening, SecondLook]:
    """``screening`` with the urgent signs that the model notices in the masked question beside those it has."""
    fence = new_fence()
    messages = render_red_flags(prompt, screening, protocol(), fence=fence)
    outcome = _outcome(model, Request(messages, screening.text, (), screening.language, SignsShape, fence=fence))
    said, problem = _read_signs(outcome)
    more = with_signs(screening, question, said)
    added = sum(flag not in screening.red_flags for flag in more.red_flags)
    return more, SecondLook(added, problem, outcome.usage, outcome.seconds)


def _outcome(model: ChatModel, request: Request) -> Outcome:
    *_, outcome = model.complete(request)
    assert isinstance(outcome, Outcome), "a model ends with an outcome"
    return outcome


def _read_signs(outcome: Outcome) -> tuple[SignsShape, str]:
    """The signs, and what was wrong with the model's answer if there are none to be read."""
    if outcome.status != "ok":
        return SignsShape(signs=[]), outcome.status
    try:
        return SignsShape.model_validate_json(outcome.text), ""
    except ValidationError:
        return SignsShape(signs=[]), "invalid"


def _read_query(outcome: Outcome) -> tuple[Deidentified, str]:
    """The line to search by, else what was wrong with the model's answer. A model may say more than it was told, so
    the line is masked as everything is."""
    nothing = Deidentified("")
    if outcome.status != "ok":
        return nothing, outcome.status
    try:
        line = " ".join(QueryShape.model_validate_json(outcome.text).query.split())
    except ValidationError:
        return nothing, "invalid"
    if not line or len(line) > _LONGEST_REWRITE:
        return nothing, "too long" if line else "empty"
    return deidentify(line), ""
