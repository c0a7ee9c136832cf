"""Prompt versions rendered into messages.

The texts of patients and doctors are values: they are never read as templates, what looks like one of the prompt's
own tags is defused in them, and the tags round them end in a code that they cannot know.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from drafter.domain import Message, PromptVersion, Screening, Source, Style
from drafter.errors import BadSettings
from drafter.prompting.versions import Prompts

_FENCE = re.compile(r"[<＜](?=\s*/?\s*[A-Za-z_])")


def render(
    prompts: Prompts,
    screening: Screening,
    sources: Sequence[Source],
    *,
    fence: str,
    department: str | None,
    asked_on: date | None,
    style: Style = Style(),  # noqa: B008  # frozen
) -> tuple[Message, ...]:
    """The system and the user message for one masked question and its sources.

    ``fence`` is a random code of this request, with which the tags round question and past replies end: nobody
    who wrote those texts can know it (``new_fence``). The system message is the same for every question, and the
    user message begins with what is the same for one department and doctor, so that servers can keep both in their
    prompt cache; the doctor's own replies stand there without the code.
    Dates are given by year only, and neither the asker's nor a doctor's name is given at all.

    Raises:
        BadSettings: a template uses a variable that does not exist, or is not a valid template.
    """
    values = _values(screening, sources, fence=fence, department=department, asked_on=asked_on, style=style)
    system = "\n\n".join(_fill(version, "system.md", {}) for version in (prompts.reply, prompts.more_info))
    return Message("system", system), Message("user", _fill(prompts.reply, "user.md", values))


def new_fence() -> str:
    """Eight random hex digits."""
    return secrets.token_hex(4)


def render_query(version: PromptVersion, screening: Screening, *, fence: str) -> tuple[Message, ...]:
    """The system and the user message that ask for one line to search by. Raises as ``render`` does."""
    values = {"fence": fence, "question": _as_data(screening.text), "language": screening.language}
    system = Message("system", _fill(version, "system.md", {}))
    return system, Message("user", _fill(version, "user.md", values))


def render_red_flags(
    version: PromptVersion, screening: Screening, protocol: Mapping[str, str], *, fence: str
) -> tuple[Message, ...]:
    """The system and the user message that ask for urgent signs; ``protocol`` says of each category what counts.
    Raises as ``render`` does."""
    values = {
        "fence": fence,
        "question": _as_data(screening.text),
        "language": screening.language,
        "protocol": [{"name": name, "means": means} for name, means in protocol.items()],
    }
    system = Message("system", _fill(version, "system.md", {}))
    return system, Message("user", _fill(version, "user.md", values))


def _values(
    screening: Screening,
    sources: Sequence[Source],
    *,
    fence: str,
    department: str | None,
    asked_on: date | None,
    style: Style,
) -> dict[str, Any]:
    patient = screening.patient
    return {
        "fence": fence,
        "question": _as_data(screening.text),
        "language": screening.language,
        "department": _as_line(department or ""),
        "year": asked_on.year if asked_on else None,
        "patient": {
            "relation": _as_line(patient.relation),
            "sex": patient.sex,
            "age": _as_line(patient.age or ""),
            "pregnant": patient.pregnant,
            "weeks": patient.weeks_pregnant,
        },
        "asker": {"sex": screening.asker.sex, "age": _as_line(screening.asker.age or "")},
        # Labels only: a flag's phrase is cut from the unmasked question.
        "red_flags": [{"label": f.label, "assertion": f.assertion} for f in screening.red_flags],
        "sources": [_source_values(source) for source in sources],
        "style": {"length": style.length, "examples": [_as_data(example) for example in style.examples]},
    }


def _source_values(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "department": _as_line(source.exchange.department or ""),
        "year": source.year,
        "origin": source.exchange.origin,
        "question": _as_data(source.question),
        "reply": _as_data(source.reply),
    }


def _as_data(text: str) -> str:
    """``text`` without anything that could close or open one of the prompt's fences, which look like tags."""
    return _FENCE.sub("‹", text).strip()


def _as_line(text: str) -> str:
    """The same for what stands inside one line or an attribute of a tag."""
    return " ".join(_as_data(text).replace('"', "'").split())


def _fill(version: PromptVersion, file: str, values: Mapping[str, Any]) -> str:
    try:
        return _template(version.files[file]).render(values).strip()
    except TemplateError as error:
        raise BadSettings(f"The prompt {version}/{file} cannot be used: {error}.") from error


@lru_cache(maxsize=64)
def _template(words: str) -> Template:
    """Compiled once for each file of words: compiling costs more than everything else in a message."""
    # No autoescape: the messages are plain text, and patient text comes in as values only.
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(words)
