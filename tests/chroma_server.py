"""A real Chroma server for tests: ``chroma run`` on a free port of loopback, its data in a folder of its own.

In a test::

    def test_...(chroma_server):
        build_index(folder, documents, embedder, server=chroma_server)
"""

import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import httpx
import pytest

from vectorstore import ChromaServer

_NUMBERS = count(1)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class ChromaProcess:
    """``chroma run``, which can be ended and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        program = Path(sys.executable).with_name("chroma")
        place = ["--path", str(self._folder / "data"), "--host", "127.0.0.1", "--port", str(self._port)]
        self._folder.mkdir(exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([program, "run", *place], cwd=self._folder, stdout=log, stderr=log)
        for _ in range(600):
            if self._process.poll() is not None or self._answers():
                break
            time.sleep(0.05)
        assert self._answers(), (self._folder / "log").read_text()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Connections are accepted, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def empty(self) -> None:
        """As if somebody had thrown its data away."""
        self.stop()
        shutil.rmtree(self._folder / "data")
        self.start()


@contextmanager
def running(folder: Path) -> Iterator[ChromaProcess]:
    process = ChromaProcess(folder)
    try:
        process.start()
        yield process
    finally:
        process.stop()


@dataclass
class Gate:
    """``server`` is the way through it; ``paths`` has what was asked for."""

    server: ChromaServer
    paths: list[str] = field(default_factory=list)


@contextmanager
def gate(server: ChromaServer, token: str | None = None) -> Iterator[Gate]:
    """A proxy before ``server`` that lets nobody pass without ``token``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            opened.paths.append(self.path)
            if token and self.headers["Authorization"] != f"Bearer {token}":
                self.answer(401, b"<html>Sign in first</html>")
                return
            headers = {"Content-Type": "application/json"}
            answer = httpx.request(self.command, server.url + self.path, content=body, headers=headers)
            self.answer(answer.status_code, answer.content)

        do_GET = do_POST = do_PUT = pass_on  # noqa: N815  # http.server's names

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        opened = Gate(replace(server, url=f"http://127.0.0.1:{listener.server_port}"))
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield opened
        finally:
            listener.shutdown()


@pytest.fixture(scope="session")
def _chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """Started by the first test that wants it."""
    with running(tmp_path_factory.mktemp("chroma")) as process:
        yield process


@pytest.fixture
def chroma_server(_chroma: ChromaProcess) -> ChromaServer:
    """A server with collections of this test's own."""
    return ChromaServer(_chroma.url, f"test-{next(_NUMBERS)}", timeout=20)


@pytest.fixture
def own_chroma(tmp_path: Path) -> Iterator[ChromaProcess]:
    """A server that this test may stop, empty and start."""
    with running(tmp_path / "chroma") as process:
        yield process
