"""Prompt versions, read from a folder. All wording lives in that folder.

``prompts.toml`` names the active version of each prompt and pins the hash of every released one, so that a
version can never change after drafts were made with it.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drafter.domain import PromptVersion
from drafter.errors import BadSettings

# The files that each prompt must have; reply's user.md lays out question and sources for More Info too.
_FILES = {
    "reply": ("system.md", "user.md"),
    "more_info": ("system.md",),
    "query": ("system.md", "user.md"),
    "red_flags": ("system.md", "user.md"),
}
_NAME = re.compile(r"(?P<name>[a-z_]+)/(?P<version>v\d+)")


@dataclass(frozen=True)
class Prompts:
    """The prompt versions that one draft is made with: one call writes both the reply and its More Info.

    With ``query`` a call before it puts the question into one line, by which past replies are searched too; with
    ``red_flags`` one asks for urgent signs.
    """

    reply: PromptVersion
    more_info: PromptVersion
    query: PromptVersion | None = None
    red_flags: PromptVersion | None = None

    def with_version(self, version: PromptVersion) -> "Prompts":
        """The same prompts with this version in its place."""
        return replace(self, **{version.name: version})

    @property
    def names(self) -> tuple[str, ...]:
        """``name/version@hash`` of each, as provenance keeps them."""
        versions = (self.reply, self.more_info, self.query, self.red_flags)
        return tuple(f"{version}@{version.hash}" for version in versions if version)


def parse_prompt_name(text: str) -> tuple[str, str]:
    """``reply/v1`` as its name and version.

    Raises:
        BadSettings: anything else.
    """
    match = _NAME.fullmatch(text.strip())
    if not match or match["name"] not in _FILES:
        raise BadSettings(f"There is no prompt {text!r}: name one like reply/v1 or more_info/v1.")
    return match["name"], match["version"]


def load_prompt(folder: Path, name: str, version: str) -> PromptVersion:
    """One version, its hash checked against the pin in ``prompts.toml`` if it has one.

    Raises:
        BadSettings: the prompt does not exist, cannot be read, or was changed after its release.
    """
    parse_prompt_name(f"{name}/{version}")
    home = folder / name / version
    if not home.is_dir():
        known = ", ".join(f"{name}/{v}" for v in _version_names(folder, name)) or "none"
        raise BadSettings(f"There is no prompt {name}/{version} in {folder}; there is: {known}.")
    files = {path.name: _read(path) for path in sorted(home.glob("*.md"))}
    if absent := [file for file in _FILES[name] if file not in files]:
        raise BadSettings(f"The prompt {name}/{version} has no file {absent[0]}: add {home / absent[0]}.")
    found = PromptVersion(name, version, _hash(files), files)
    pin = _pins(folder, name).get(version)
    if pin not in (None, found.hash):
        raise BadSettings(
            f"The prompt {name}/{version} was changed after its release ({home}): undo the change, or copy the "
            f"folder to the next version and change it there."
        )
    return found


def active_prompts(folder: Path, *, query: bool = False, red_flags: bool = False) -> Prompts:
    """The versions that ``prompts.toml`` names as active, those for search lines and for urgent signs only where
    asked for; each must be pinned.

    Raises:
        BadSettings: as ``load_prompt``, or the active version is missing from ``prompts.toml`` or has no pin.
    """
    return Prompts(
        _active(folder, "reply"),
        _active(folder, "more_info"),
        _active(folder, "query") if query else None,
        _active(folder, "red_flags") if red_flags else None,
    )


def versions(folder: Path) -> tuple[PromptVersion, ...]:
    """Every version in the folder, by name and then by number."""
    return tuple(load_prompt(folder, name, v) for name in _FILES for v in _version_names(folder, name))


def _active(folder: Path, name: str) -> PromptVersion:
    version = _table(folder, name).get("active")
    if not isinstance(version, str):
        raise BadSettings(f'{folder / "prompts.toml"} names no active version: add [{name}] with active = "v1".')
    found = load_prompt(folder, name, version)
    if version not in _pins(folder, name):
        raise BadSettings(
            f'The active prompt {found} is not pinned: add {version} = "{found.hash}" under [{name}.pins] in '
            f"{folder / 'prompts.toml'}."
        )
    return found


def _version_names(folder: Path, name: str) -> list[str]:
    found = [path.name for path in (folder / name).glob("v*") if re.fullmatch(r"v\d+", path.name)]
    return sorted(found, key=lambda version: int(version[1:]))


def _pins(folder: Path, name: str) -> Mapping[str, str]:
    pins = _table(folder, name).get("pins", {})
    if not isinstance(pins, dict):
        raise BadSettings(f"{folder / 'prompts.toml'}: [{name}.pins] must be a table of versions and hashes.")
    return pins


def _table(folder: Path, name: str) -> Mapping[str, Any]:
    path = folder / "prompts.toml"
    try:
        table = tomllib.loads(_read(path)).get(name, {})
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path} is not valid TOML: {error}.") from error
    if not isinstance(table, dict):
        raise BadSettings(f"{path}: [{name}] must be a table.")
    return table


def _read(path: Path) -> str:
    """The file with line ends as on every machine, so that a checkout on Windows keeps the hash."""
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"The prompt file {path} cannot be read: {error}.") from error


def _hash(files: Mapping[str, str]) -> str:
    """First 16 hex digits of the SHA-256 over names and contents in name order."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{content}\0".encode())
    return digest.hexdigest()[:16]
