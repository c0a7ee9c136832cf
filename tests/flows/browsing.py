"""A real desk in a process of its own, and a real headless Chromium that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Still for a quarter of a second: Streamlit is "notRunning" before its first run too.
_IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  const idle = app && app.getAttribute('data-test-script-state') === 'notRunning'
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && document.querySelector('[data-testid="stElementContainer"]')
    && !document.querySelector('[data-testid="stSkeleton"]')
  if (!idle) { window.idleSince = null; return false }
  window.idleSince = window.idleSince || performance.now()
  return performance.now() - window.idleSince > 250
}"""


@contextmanager
def running_desk(home: Path, **environment: str) -> Iterator[str]:
    """The address of ``streamlit run app.py`` over this DRAFTER_HOME."""
    port = _free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DRAFTER_", "OPENAI_", "STREAMLIT_"))}
    log = (home / "desk.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)],
        cwd=ROOT,
        env={**kept, "DRAFTER_HOME": str(home), **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_up(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the desk ended before it was up"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the desk did not come up in 30 s")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """What a page did that it must not do."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def watched(page: Page) -> Watched:
    """Notes console errors and requests to anything but loopback from now on."""
    seen = Watched()

    def note_error(kind: str, text: str, url: str) -> None:
        # Opened below "/", Streamlit's own page asks for its server there first and then finds it at the root.
        probe = urlsplit(url).path.endswith(("/_stcore/health", "/_stcore/host-config"))
        if kind == "error" and not probe:
            seen.errors.append(f"{text} ({url})")

    def note_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            seen.outside.append(url)

    page.on("console", lambda message: note_error(message.type, message.text, message.location.get("url", "")))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: note_request(request.url))
    return seen


def settle(page: Page) -> None:
    """Until the script has run and nothing more comes."""
    page.wait_for_function(_IDLE, timeout=30_000)


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)
