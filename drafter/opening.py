"""The one place that wires the rooms together from Settings."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from drafter.archive import Archive, open_archive
from drafter.chat import ChatModel, open_model
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
            base_url=settings.embedder_base_url or settings.base_url,
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            timeout=settings.timeout,
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
        timeout=settings.timeout,
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
    """The model of the settings, or of ``name``. Raises BadSettings, or IndexUnusable when ``offline`` needs the
    embedder and it cannot be opened."""
    name = name or settings.model
    return open_model(
        name,
        # Offline's weights are fitted to this embedder; another would be on a scale of its own, or a server away.
        embed=(embedder or embedder_of(settings)).embed if (name, settings.embedder) == _READ_BY_MEANING else None,
        base_url=settings.base_url,
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        temperature=settings.temperature,
        max_output_tokens=settings.max_output_tokens,
        timeout=settings.timeout,
        max_retries=settings.max_retries,
        seed=settings.seed,
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
        prompts=active_prompts(prompts_folder(settings), query=settings.query_rewrite),
        model=model_of(settings, embedder=embedder),
        source_limit=settings.sources,
        input_tokens=settings.context_tokens and max(0, settings.context_tokens - settings.max_output_tokens),
        doctor=settings.clinician_name,
        style_examples=settings.style_examples,
    )


def prompt_of(settings: Settings, name: str) -> PromptVersion:
    """The prompt version named like "reply/v2". Raises BadSettings when there is none."""
    return load_prompt(prompts_folder(settings), *parse_prompt_name(name))


def with_prompt(drafter: Drafter, settings: Settings, name: str) -> Drafter:
    """The same Drafter with another prompt version."""
    return replace(drafter, prompts=drafter.prompts.with_version(prompt_of(settings, name)))
