"""What each kind of model server takes: a data file, ``profiles.toml``, and the user's own beside the archive."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drafter.errors import BadInput, BadSettings

Mode = Literal["json_schema", "json_object_schema", "json_object", "none"]
"""How a server is asked for JSON: by schema, as an object with a schema, as any object, or by the prompt alone."""
LimitParameter = Literal["max_tokens", "max_completion_tokens", "both"]

_Seconds = Annotated[float, Field(gt=0)]


class Profile(BaseModel):
    """One kind of server. The defaults are those of a server that nothing is known of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str | None = None
    provider: str | None = None
    """LangChain's name of a provider that does not speak the OpenAI protocol, such as ``anthropic``."""
    response_format: Mode = "json_schema"
    """Where asking for JSON begins; a server that rejects it is asked for less."""
    limit_parameter: LimitParameter = "both"
    stream_usage: bool = True
    """Whether it can be asked to count tokens when it streams."""
    temperature: bool = True
    seed: bool = True
    needs_key: bool = False
    connect_timeout: _Seconds = 10.0
    timeout: _Seconds = 60.0
    """Seconds without a word."""
    longest: _Seconds = 600.0
    """Seconds for one draft in all, retries and repair included."""
    concurrency: Annotated[int, Field(ge=1, le=512)] = 8
    context_tokens: Annotated[int, Field(ge=1)] | None = None
    """Tokens that prompt and answer may have together, where it is known."""
    notes: str = ""


@dataclass(frozen=True)
class Result:
    """One thing that was tried; ``works`` is None for what can be lived with or could not be found out."""

    works: bool | None
    what: str
    todo: str = ""


@dataclass(frozen=True)
class Report:
    """What was tried with a model's server; ``profile`` is what worked, None when no draft could be written."""

    results: tuple[Result, ...]
    profile: Profile | None


def profile_of(prefix: str, *, base_url: str | None = None, own: Path | None = None) -> Profile | None:
    """The profile of this prefix, with ``base_url`` in place of its own; None when there is none.

    ``openai`` at another address than OpenAI's is any compatible server, unless the user has an ``openai`` of their
    own.

    Raises:
        BadSettings: the user's profiles cannot be read.
    """
    mine = own_profiles(own)
    if prefix == "openai" and base_url and prefix not in mine:
        prefix = _kind_of(base_url)
    fields = {**_built_in().get(prefix, {}), **mine.get(prefix, {})}
    if not fields:
        return None
    profile = _checked(prefix, fields, own)
    return profile.model_copy(update={"base_url": base_url}) if base_url else profile


def no_such_model(name: str) -> str:
    """The sentence for a name that nothing can be opened by."""
    return (
        f"There is no model {name!r}: set DRAFTER_MODEL to offline, openai:NAME or replay:FILE, to PREFIX:NAME for "
        f"one of {', '.join(_built_in())} or a profile of your own, or to PROVIDER:NAME for a provider that "
        "LangChain knows."
    )


@cache
def _built_in() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("drafter.chat").joinpath("profiles.toml").read_text(encoding="utf-8"))


def own_profiles(file: Path | None) -> Mapping[str, Mapping[str, Any]]:
    """The user's tables; none without a file. Raises BadSettings when it is not TOML."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")) if file else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSettings(f"The profiles in {file} cannot be read: {error}.") from error
    if wrong := next((name for name, table in tables.items() if not isinstance(table, dict)), None):
        raise BadSettings(f"{wrong!r} in {file} belongs in a table: write [PREFIX] above it.")
    return tables


def check_name(name: str) -> None:
    """Raises BadInput when no profile of the user's can be called so."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", name) or name in ("offline", "replay"):
        raise BadInput(
            f"{name!r} cannot name a profile: use small letters, digits and hyphens, not offline or replay."
        )


def write_profile(file: Path, name: str, profile: Profile) -> None:
    """Put it into the user's file, in place of one of the same name; the others and the comments stay.

    Raises:
        BadInput: the name cannot be used, or the address holds a password, which belongs in no file of ours.
        BadSettings: the file that is there cannot be read.
    """
    import tomlkit

    check_name(name)
    if "@" in urlsplit(profile.base_url or "").netloc:
        raise BadInput("The address holds a password, which no profile keeps: set DRAFTER_API_KEY instead.")
    own_profiles(file)
    document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document()
    document[name] = profile.model_dump(exclude_defaults=True, exclude={"notes"})
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{uuid4().hex[:8]}.part")
    try:
        part.write_text(tomlkit.dumps(document), encoding="utf-8")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _checked(prefix: str, fields: Mapping[str, Any], file: Path | None) -> Profile:
    try:
        return Profile.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadSettings(f"The profile [{prefix}] in {file} has a bad {where}: {first['msg']}.") from error


def _kind_of(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    if host == "api.openai.com":
        return "openai"
    return "azure" if host.endswith((".openai.azure.com", ".services.ai.azure.com")) else "compatible"
