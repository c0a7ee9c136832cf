"""The only reader of the environment. Every setting is a ``DRAFTER_`` variable, also read from ``.env``."""

import re
from pathlib import Path
from typing import Annotated, get_args

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from drafter.domain import Clinician, Language
from drafter.errors import BadSettings


def _server_url(text: str) -> str:
    """As one server is always written, so that the index's place can be compared."""
    url = text.rstrip("/")
    if not re.fullmatch(r"https?://(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?", url):
        raise PydanticCustomError("url", "it must look like http://localhost:8000, without a path or a password")
    return url


def _languages(text: str) -> str:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or set(names) - set(get_args(Language)):
        raise PydanticCustomError(
            "languages", f"it must name some of {', '.join(get_args(Language))}, with commas between"
        )
    return ",".join(names)


_SHORT_NUMBER = r"^\d{3,6}( \d{3})?$"
"""Longer ones look like anybody's telephone number, which no reply may hold."""


class Settings(BaseSettings):
    """What the person who runs Drafter decides.

    Built directly it raises ``pydantic.ValidationError``, which ``read_settings`` turns into ``BadSettings``.
    """

    model_config = SettingsConfigDict(env_prefix="DRAFTER_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: user_data_path("drafter", appauthor=False))
    """Folder of the archive, the index and the embedder's files."""
    archive_url: str | None = None
    """SQLAlchemy URL of the archive; without it SQLite in ``home``."""

    model: str = "offline"
    """``offline``, ``PREFIX:NAME`` (``openai``, ``ollama``, ...: docs/models.md) or ``replay:FILE``."""
    fallbacks: str = ""
    """Names of models, separated by commas, that are asked in turn when ``model`` writes no draft."""
    base_url: str | None = None
    """The model's endpoint; without it the prefix's own. Nothing is sent there unless ``model`` names its model."""
    api_key: SecretStr | None = None
    api_keys: SecretStr | None = None
    """``PREFIX=KEY``, separated by commas: keys of models with another prefix than ``model``'s."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    max_output_tokens: Annotated[int, Field(ge=64)] = 3000
    timeout: Annotated[float, Field(gt=0)] | None = None
    """Seconds without a word from a server before a call is given up; without it 60, or the model's profile's."""
    longest: Annotated[float, Field(gt=0)] | None = None
    """Seconds one model may take for one draft in all; without it 600, or its profile's."""
    max_retries: Annotated[int, Field(ge=0, le=10)] = 3
    seed: int | None = None
    tracing: bool = False
    """Whether LangSmith's own variables decide if whole prompts are posted there; off whatever they say."""

    embedder: str = "minilm"
    """``minilm``, ``static`` or ``openai:NAME`` (at ``embedder_base_url``, or ``base_url``)."""
    embedder_base_url: str | None = None
    chroma_url: Annotated[str, AfterValidator(_server_url)] | None = None
    """``http(s)://HOST:PORT`` of a Chroma server that keeps the vectors; without it they are in ``home``."""
    chroma_collection: Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$")] = "drafter"
    """Begins the names of the collections there; archives that share a server need different ones."""
    chroma_token: SecretStr | None = None
    """Sent to that server, or the proxy before it, as ``Authorization: Bearer``."""
    index_automatically: bool = True
    """Whether a new index is built in the background when many exchanges came since the last one."""
    query_rewrite: bool = False
    """Whether the model sums the question up in one line, by which past replies are searched too: one more call."""
    second_look: bool = False
    """Whether the model is asked for urgent signs too, which adds to those noticed without it: one more call."""
    sources: Annotated[int, Field(ge=1, le=20)] = 5
    """Past exchanges shown to the model for one draft."""
    context_tokens: Annotated[int, Field(ge=1000)] | None = None
    """How many tokens the model reads and writes in one call; past replies are left out to keep to it."""
    style_examples: Annotated[int, Field(ge=0, le=5)] = 2
    """Replies of the clinician's own that show the model how they write."""
    source_half_life: Annotated[float, Field(gt=0)] | None = None
    """Years after which a dated past reply counts half; without it age does not count."""
    department_boost: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Added to the score (0 to 1) of past replies of the question's department."""
    diversity: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How much likeness to better ones counts against a past reply; 0 for the score alone."""

    prompts: Path | None = None
    """Another folder of prompts; without it the ones that come with Drafter."""

    allowed_contacts: str = ""
    """Web addresses, e-mail addresses and telephone numbers, separated by commas, that a reply may hold."""

    concurrency: Annotated[int, Field(ge=1, le=512)] | None = None
    """Drafts in work at a time in a batch or an evaluation; without it 8, or the model's profile's."""

    training: bool = False
    """Whether the desk has the page "Practice": drafts of invented cases with planted errors."""
    languages: Annotated[str, AfterValidator(_languages)] = ",".join(get_args(Language))
    """Those in which questions are drafted, separated by commas; for others the clinician is told, and no more."""
    emergency_number: Annotated[str, Field(pattern=_SHORT_NUMBER)] | None = None
    """The ambulance's, named in the fixed safety texts; without it they say "an ambulance"."""
    crisis_line: Annotated[str, Field(pattern=_SHORT_NUMBER)] | None = None
    """A crisis line's number, named there too."""

    clinician_name: str = "Dr. Demo Clinician"
    clinician_department: str | None = None
    clinician_hospital: str | None = None

    @property
    def database_url(self) -> str:
        return self.archive_url or f"sqlite:///{self.home / 'archive.db'}"

    @property
    def fallback_names(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.fallbacks.split(",") if name.strip())

    @property
    def contacts(self) -> tuple[str, ...]:
        return tuple(contact.strip() for contact in self.allowed_contacts.split(",") if contact.strip())

    def key_for(self, prefix: str) -> str | None:
        """The key of this prefix, else that of ``model``."""
        pairs = self.api_keys.get_secret_value().split(",") if self.api_keys else []
        keys = {name.strip(): key.strip() for name, _, key in (pair.partition("=") for pair in pairs)}
        return keys.get(prefix) or (self.api_key.get_secret_value() if self.api_key else None)

    @property
    def profiles_file(self) -> Path:
        """The user's own profiles of model servers."""
        return self.home / "profiles.toml"

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def environment(self) -> dict[str, str]:
        """What was set, as variables for another process; secrets too."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            f"DRAFTER_{name.upper()}": str(value.get_secret_value() if isinstance(value, SecretStr) else value)
            for name, value in given.items()
            if value is not None
        }

    @property
    def ranking_file(self) -> Path:
        """Weights fitted by ``drafter retrieval train``."""
        return self.home / "ranking.json"

    @property
    def calibration_file(self) -> Path:
        """Thresholds found by ``drafter calibrate``."""
        return self.home / "calibration.json"

    @property
    def enabled_languages(self) -> frozenset[Language]:
        return frozenset(name for name in get_args(Language) if name in self.languages.split(","))

    @property
    def models_folder(self) -> Path:
        return self.home / "models"

    @property
    def clinician(self) -> Clinician:
        return Clinician(self.clinician_name, self.clinician_department, self.clinician_hospital)


def read_settings(**given: object) -> Settings:
    """Settings from the environment and ``.env``; ``given`` values win, a None is not given.

    Raises:
        BadSettings: naming the setting and what is wrong with it.
    """
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]  # pydantic reads them
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        name = name if name.startswith("DRAFTER_") else f"DRAFTER_{name}"
        given_as = re.sub("//[^/]*@", "//***@", repr(first["input"]))  # never print a password
        raise BadSettings(f"{name} is set to {given_as}: {first['msg'][0].lower()}{first['msg'][1:]}.") from error
