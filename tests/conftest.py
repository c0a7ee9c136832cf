"""What every test shares: no network but loopback, no settings from the outside, a home of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from drafter.drafting import Drafter
from drafter.opening import open_drafter
from drafter.settings import Settings
from tests.chroma_server import _chroma, chroma_server, own_chroma
from tests.openai_server import openai_server
from tests.postgresql import postgresql, postgresql_server

__all__ = ["_chroma", "chroma_server", "openai_server", "own_chroma", "postgresql", "postgresql_server"]

ROOT = Path(__file__).parent.parent
_FOREIGN = ("DRAFTER_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_", "STREAMLIT_")


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in os.environ if n.startswith(_FOREIGN)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # a developer's .env must not reach a test


@pytest.fixture(scope="session")
def models_folder() -> Path:
    """Where the embedder's graph is built once and kept between runs."""
    folder = ROOT / "build" / "test-models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def home(tmp_path: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DRAFTER_HOME that shares the embedder's files."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "models").symlink_to(models_folder)
    monkeypatch.setenv("DRAFTER_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def _sample_home(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    from drafter.cli.importing import import_sample

    folder = tmp_path_factory.mktemp("sample-home")
    (folder / "models").symlink_to(models_folder)
    import_sample(Settings(home=folder))
    return folder


@pytest.fixture
def sample_home(home: Path, _sample_home: Path) -> Path:
    """A DRAFTER_HOME of this test's own with the sample archive imported and indexed."""
    shutil.copytree(_sample_home, home, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("models"))
    return home


@pytest.fixture
def small_drafter(sample_home: Path) -> Iterator[Drafter]:
    """A Drafter over the sample archive with the offline model."""
    drafter = open_drafter(Settings(home=sample_home))
    with drafter.archive:
        yield drafter


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real corpora and evaluation sets beside the checkout; tests that need them skip elsewhere."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared corpora are not on this machine")
    return folder
