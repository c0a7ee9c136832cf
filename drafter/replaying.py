"""What a model was told for a draft that is kept, rebuilt word for word; and the draft as a recording of it."""

from dataclasses import dataclass
from pathlib import Path

import drafter as package
from drafter.abstaining import first_sentence
from drafter.chat import Outcome, Request
from drafter.chat.replay import recording
from drafter.chat.shape import shape_of
from drafter.domain import Draft, content_hash
from drafter.errors import BadInput
from drafter.prompting import Prompts, load_prompt, parse_prompt_name, render


@dataclass(frozen=True)
class Rebuilt:
    """The request of a draft. ``differences`` says in sentences why its messages are not the draft's own; without
    any they are, letter for letter."""

    request: Request
    differences: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        return not self.differences


def rebuild(draft: Draft, prompts_folder: Path) -> Rebuilt:
    """What the model was told, from the draft, its provenance and the prompt versions in the folder.

    Raises:
        BadInput: no model was told anything, because the draft was withheld.
        BadSettings: a prompt version of the draft is not in the folder, or was changed after its release.
    """
    if draft.abstained:
        raise BadInput(f"For {draft.id} no model was asked: {draft.abstained[0].message}")
    prompts = _prompts(draft, prompts_folder)
    question, made_by = draft.question, draft.provenance
    messages = render(
        prompts,
        draft.screening,
        draft.sources,
        fence=made_by.fence,
        department=question.department,
        asked_on=question.asked_on,
        style=made_by.style,
    )
    request = Request(
        messages,
        draft.screening.text,
        draft.sources,
        draft.screening.language,
        fence=made_by.fence,
        safety=first_sentence(draft.screening),
    )
    if request.messages_hash == made_by.messages_hash:
        return Rebuilt(request)
    return Rebuilt(request, tuple(_differences(draft, prompts)) or (_other_version(draft),))


def record(draft: Draft, request: Request) -> str:
    """The line that lets ``replay:FILE`` give this draft again for this request."""
    outcome = Outcome("ok", shape_of(draft).model_dump_json(), draft.provenance.usage)
    return recording(request, outcome)


def _prompts(draft: Draft, folder: Path) -> Prompts:
    named = (parse_prompt_name(name.split("@")[0]) for name in draft.provenance.prompts)
    found = {name: load_prompt(folder, name, version) for name, version in named}
    return Prompts(found["reply"], found["more_info"], found.get("query"), found.get("red_flags"))


def _differences(draft: Draft, prompts: Prompts) -> list[str]:
    made_by = draft.provenance
    words = [
        f"{name.split('@')[0]} had other words then ({name.split('@')[1]}): look for that version of its folder."
        for name in made_by.prompts
        if name not in prompts.names
    ]
    shown = (content_hash(source.question, source.reply) for source in draft.sources)
    sources = [
        f"Source {number} is not as it was shown to the model."
        for number, (now, then) in enumerate(zip(shown, made_by.source_hashes, strict=False), start=1)
        if now != then
    ]
    return words + sources


def _other_version(draft: Draft) -> str:
    return (
        f"Drafter {draft.provenance.drafter_version}, which made the draft, laid messages out in another way: this "
        f"is {package.__version__}."
    )
