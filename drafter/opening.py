"""The one place that wires the rooms together from Settings."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from drafter.abstaining import Calibration, Policy
from drafter.archive import Archive, open_archive
from drafter.chat import ChatModel, Profile, Report, effective_profile, examine_model, open_model
from drafter.domain import PromptVersion
from drafter.drafting import Drafter
from drafter.errors import BadSettings, IndexUnusable
from drafter.prompting import active_prompts, load_prompt, parse_prompt_name
from drafter.retrieval import Preferences, Retriever, start_builder
from drafter.settings import Settings, read_settings
from vectorstore import ChromaServer, Embedder, Ranking
from vectorstore.embedders import open_embedder
from vectorstore.errors import StoreError

_PACKAGE = Path(__file__).parent
_OPENAI = "https://api.openai.com/v1"
_TIMEOUT = 60.0
_READ_BY_MEANING = ("offline", "minilm")


def bundled(name: str) -> Path:
    """A file or folder that comes with Drafter: inside the package in a wheel, beside it in a checkout."""
    inside = _PACKAGE / "bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def prompts_folder(settings: Settings) -> Path:
    return settings.prompts or bundled("prompts")


def archive_of(settings: Settings) -> Archive:
    return open_archive(settings.database_url)


def embedder_of(settings: Settings, *, progress: Callable[[str], None] | None = None) -> Embedder:
    """The embedder of the settings; ``progress`` is told in a sentence when its files must be prepared first.

    Raises:
        IndexUnusable: its files or its server are missing.
    """
    try:
        return open_embedder(
            settings.embedder,
            models_folder=settings.models_folder,
            base_url=settings.embedder_base_url or settings.base_url or _OPENAI,
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            timeout=settings.timeout or _TIMEOUT,
            progress=progress,
        )
    except StoreError as error:
        raise IndexUnusable(str(error)) from error


def server_of(settings: Settings) -> ChromaServer | None:
    if settings.chroma_url is None:
        return None
    return ChromaServer(
        settings.chroma_url,
        settings.chroma_collection,
        token=settings.chroma_token.get_secret_value() if settings.chroma_token else None,
        timeout=settings.timeout or _TIMEOUT,
    )


def fitted_ranking(settings: Settings) -> Ranking | None:
    """What ``drafter retrieval train`` kept; None where it kept nothing. Raises BadSettings for a broken file."""
    try:
        return TypeAdapter(Ranking).validate_json(settings.ranking_file.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise BadSettings(
            f"{settings.ranking_file} cannot be used: remove it, or run `drafter retrieval train` again."
        ) from error


def calibration_of(settings: Settings) -> Calibration | None:
    """What ``drafter calibrate`` kept; None where it kept nothing. Raises BadSettings for a broken file."""
    try:
        return TypeAdapter(Calibration).validate_json(settings.calibration_file.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise BadSettings(
            f"{settings.calibration_file} cannot be used: remove it, or run `drafter calibrate` again."
        ) from error


def policy_of(settings: Settings) -> Policy:
    """When nothing is drafted. Raises as ``calibration_of``."""
    return Policy(
        languages=settings.enabled_languages,
        emergency_number=settings.emergency_number,
        crisis_line=settings.crisis_line,
        calibration=calibration_of(settings),
    )


def retriever_of(settings: Settings, archive: Archive, embedder: Embedder | None = None) -> Retriever:
    """Raises IndexUnusable when the embedder cannot be opened."""
    return Retriever(
        settings.index_folder,
        embedder or embedder_of(settings),
        archive,
        preferences_of(settings),
        server=server_of(settings),
        ranking=fitted_ranking(settings) or Ranking(),
        on_long_tail=partial(start_builder, settings.index_folder, settings.environment)
        if settings.index_automatically
        else None,
    )


def preferences_of(settings: Settings) -> Preferences:
    return Preferences(settings.source_half_life, settings.department_boost, settings.diversity)


def model_of(settings: Settings, name: str | None = None, embedder: Embedder | None = None) -> ChatModel:
    """The one model of this name, or of the settings; its failures are its own.

    Raises:
        BadSettings: it cannot be opened.
        IndexUnusable: ``offline`` needs the embedder, and that cannot be opened.
    """
    name = name or settings.model
    key = settings.key_for(name.partition(":")[0])
    return _open(settings, name, settings.base_url, key, embedder)


def chain_of(settings: Settings, embedder: Embedder | None = None) -> ChatModel:
    """The model of the settings with its fallbacks. ``offline`` and ``replay`` have none: what was chosen so that
    nothing leaves the machine must not begin to.

    Raises:
        BadSettings: one of the models cannot be opened, or ``offline`` is not the last.
        IndexUnusable: as ``model_of``.
    """
    from drafter.chat.chain import Chain

    names = settings.fallback_names
    if not names or uses_no_server(settings):
        return model_of(settings, embedder=embedder)
    if "offline" in names[:-1]:
        raise BadSettings("DRAFTER_FALLBACKS has a model after offline, which always writes: put offline last.")
    first = model_of(settings, embedder=embedder)
    return Chain((first, *(_fallback_of(settings, name, embedder) for name in names)))


def _fallback_of(settings: Settings, name: str, embedder: Embedder | None) -> ChatModel:
    """A model of another prefix is at another server, and the first model's key is none of its business."""
    prefix = name.partition(":")[0]
    if prefix == settings.model.partition(":")[0]:
        return model_of(settings, name)
    others = settings.model_copy(update={"api_key": None})
    return _open(settings, name, None, others.key_for(prefix), embedder)


def _open(
    settings: Settings, name: str, base_url: str | None, api_key: str | None, embedder: Embedder | None
) -> ChatModel:
    # Offline's weights are fitted to this embedder; another would be on a scale of its own, or a server away.
    by_meaning = (name, settings.embedder) == _READ_BY_MEANING
    return open_model(
        name,
        embed=(embedder or embedder_of(settings)).embed if by_meaning else None,
        base_url=base_url,
        api_key=api_key,
        temperature=settings.temperature,
        max_output_tokens=settings.max_output_tokens,
        timeout=settings.timeout,
        longest=settings.longest,
        max_retries=settings.max_retries,
        seed=settings.seed,
        profiles=settings.profiles_file,
        tracing=settings.tracing,
    )


def uses_no_server(settings: Settings) -> bool:
    return not _served(settings.model)


def _served(name: str) -> bool:
    return name.partition(":")[0] not in ("offline", "replay")


def concurrency_of(settings: Settings) -> int:
    """Drafts in work at a time: as set, else what the model's server bears."""
    if settings.concurrency or uses_no_server(settings):
        return settings.concurrency or 8
    return _profile_of(settings).concurrency


def _input_tokens(settings: Settings) -> int | None:
    """What every model that may be asked can read, where it is known: the context less what it may write."""
    names = (settings.model, *settings.fallback_names)
    known = (
        []
        if uses_no_server(settings)
        else [_profile_of(settings, name).context_tokens for name in names if _served(name)]
    )
    context = settings.context_tokens or min((tokens for tokens in known if tokens), default=None)
    return None if context is None else max(0, context - settings.max_output_tokens)


def examine(settings: Settings) -> Report:
    """What the server of the settings' model takes.

    Raises:
        BadSettings: no model can have this name, or the package of its provider is missing.
    """
    return examine_model(
        settings.model,
        _profile_of(settings),
        api_key=settings.key_for(settings.model.partition(":")[0]),
        temperature=settings.temperature,
        tracing=settings.tracing,
    )


def _profile_of(settings: Settings, name: str | None = None) -> Profile:
    """The profile of the settings' model, or of this fallback."""
    name = name or settings.model
    own = name.partition(":")[0] == settings.model.partition(":")[0]
    return effective_profile(
        name,
        base_url=settings.base_url if own else None,
        timeout=settings.timeout,
        longest=settings.longest,
        profiles=settings.profiles_file,
    )


def open_drafter(settings: Settings | None = None) -> Drafter:
    """A Drafter as the settings say; without any, from the environment.

    Raises:
        BadSettings: a setting cannot be used.
        ArchiveError: the archive cannot be opened.
        IndexUnusable: the embedder cannot be opened.
    """
    settings = settings or read_settings()
    archive, embedder = archive_of(settings), embedder_of(settings)
    return Drafter(
        archive=archive,
        retriever=retriever_of(settings, archive, embedder),
        prompts=active_prompts(
            prompts_folder(settings), query=settings.query_rewrite, red_flags=settings.second_look
        ),
        model=chain_of(settings, embedder),
        source_limit=settings.sources,
        input_tokens=_input_tokens(settings),
        doctor=settings.clinician_name,
        style_examples=settings.style_examples,
        allowed_contacts=settings.contacts,
        policy=policy_of(settings),
    )


def prompt_of(settings: Settings, name: str) -> PromptVersion:
    """The prompt version named like "reply/v2". Raises BadSettings when there is none."""
    return load_prompt(prompts_folder(settings), *parse_prompt_name(name))


def with_prompt(drafter: Drafter, settings: Settings, name: str) -> Drafter:
    """The same Drafter with another prompt version."""
    return replace(drafter, prompts=drafter.prompts.with_version(prompt_of(settings, name)))
