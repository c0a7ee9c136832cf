"""The one place that wires the rooms together from Settings."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from drafter.archive import Archive, open_archive
from drafter.chat import ChatModel, open_model
from drafter.domain import PromptVersion
from drafter.drafting import Drafter
from drafter.errors import IndexUnusable
from drafter.prompting import active_prompts, load_prompt, parse_prompt_name
from drafter.retrieval import Preferences, Retriever
from drafter.settings import Settings, read_settings
from vectorstore import ChromaServer, Embedder
from vectorstore.embedders import open_embedder
from vectorstore.errors import StoreError

_PACKAGE = Path(__file__).parent


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
    return ChromaServer(settings.chroma_url, settings.chroma_collection) if settings.chroma_url else None


def retriever_of(settings: Settings, archive: Archive) -> Retriever:
    """Raises IndexUnusable when the embedder cannot be opened."""
    return Retriever(
        settings.index_folder,
        embedder_of(settings),
        archive,
        preferences_of(settings),
        server=server_of(settings),
        on_long_tail=partial(_start_builder, settings) if settings.index_automatically else None,
    )


def _start_builder(settings: Settings) -> None:
    """Another process builds the index: a build outlives a short batch, and does not slow the app's threads.

    Where one that was started so is still at work, nothing is started.
    """
    settings.index_folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(settings.index_folder / ".automatic.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _run_builder(settings, lock)
    finally:
        os.close(lock)


def _run_builder(settings: Settings, lock: int) -> None:
    """The builder inherits ``lock``, so that it is free when the builder has ended, however that was."""
    given = settings.model_dump(mode="json", exclude_unset=True, exclude={"api_key"})
    own = {f"DRAFTER_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    key = {"DRAFTER_API_KEY": settings.api_key.get_secret_value()} if settings.api_key else {}
    builder = subprocess.Popen(
        [sys.executable, "-m", "drafter", "index", "build"],
        env=os.environ | own | key,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(lock,),
    )
    # Else the app would keep a dead child for each build.
    threading.Thread(target=builder.wait, daemon=True).start()


def preferences_of(settings: Settings) -> Preferences:
    return Preferences(settings.source_half_life, settings.department_boost, settings.diversity)


def model_of(settings: Settings, name: str | None = None) -> ChatModel:
    return open_model(
        name or settings.model,
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
    archive = archive_of(settings)
    return Drafter(
        archive=archive,
        retriever=retriever_of(settings, archive),
        prompts=active_prompts(prompts_folder(settings)),
        model=model_of(settings),
        source_limit=settings.sources,
    )


def prompt_of(settings: Settings, name: str) -> PromptVersion:
    """The prompt version named like "reply/v2". Raises BadSettings when there is none."""
    return load_prompt(prompts_folder(settings), *parse_prompt_name(name))


def with_prompt(drafter: Drafter, settings: Settings, name: str) -> Drafter:
    """The same Drafter with another prompt version."""
    return replace(drafter, prompts=drafter.prompts.with_version(prompt_of(settings, name)))
