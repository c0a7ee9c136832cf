"""A real PostgreSQL for tests: a private server on a Unix socket, with a fresh database for each test.

Skips, and says so, where no PostgreSQL is installed. In a test::

    def test_...(postgresql):
        with open_archive(postgresql) as archive:
            ...
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_PORT = "5432"
"""Names the socket's file; nothing listens on the network."""


@dataclass(frozen=True)
class PostgreSQL:
    """A running server: where its programs are, and the folder of its socket, data and log."""

    programs: Path
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """The SQLAlchemy URL of a new database, empty or a copy of ``template``; dropped at the end."""
        name = f"test_{next(self._numbers)}"
        self._run("createdb", f"--template={template}", name)
        yield f"postgresql+psycopg://drafter@/{name}?host={self.folder}&port={_PORT}"
        self._run("dropdb", "--force", name)

    def _run(self, program: str, *arguments: str) -> None:
        place = ("-h", str(self.folder), "-p", _PORT, "-U", "drafter")
        subprocess.run([self.programs / program, *place, *arguments], check=True)


def _programs() -> Path | None:
    # Debian keeps them off the PATH.
    folders = [os.environ["PATH"], *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    found = shutil.which("initdb", path=os.pathsep.join(folders))
    return Path(found).resolve().parent if found else None


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def running(programs: Path) -> Iterator[PostgreSQL]:
    # Not pytest's folder, which others may not enter and whose path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="drafter-postgresql-", dir="/tmp") as name:
        folder, whom = Path(name), _as_whom()
        data, log = folder / "data", folder / "log"
        if whom:
            os.chown(folder, whom["user"], whom["group"])

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), f"--pgdata={data}", *arguments]
            subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True, **whom)

        # No syncing: what a power cut would lose here, nobody misses.
        run("initdb", "--username=drafter", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        options = f"-F -k {folder} -p {_PORT} -c listen_addresses='' -c full_page_writes=off"
        run("pg_ctl", "start", "--wait", "--silent", f"--log={log}", f"--options={options}")
        try:
            yield PostgreSQL(programs, folder)
        finally:
            run("pg_ctl", "stop", "--mode=immediate", "--silent")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """Started by the first test that wants it."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL is installed (on Debian: apt-get install postgresql)")
    with running(programs) as server:
        yield server


@pytest.fixture
def postgresql(postgresql_server: PostgreSQL) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database of this test's own."""
    with postgresql_server.database() as url:
        yield url
