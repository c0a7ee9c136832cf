"""A build in the background: by another process, which outlives a short batch and does not slow the app."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def start_builder(index_folder: Path, settings: Mapping[str, str]) -> None:
    """Starts ``drafter index build`` with these ``DRAFTER_`` variables, unless one started so is still at work.

    It says nothing; when it fails, the long tail that ``drafter index status`` shows is still searched as before.
    """
    # No disk, memory or process left: the search that asked for it must not fail. Nor when another holds the lock.
    with suppress(OSError):
        index_folder.mkdir(parents=True, exist_ok=True)
        with (index_folder / ".automatic.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _run(settings, lock.fileno())


def _run(settings: Mapping[str, str], lock: int) -> None:
    """The builder inherits ``lock``, so that it is free when the builder has ended, however that was."""
    builder = subprocess.Popen(
        [sys.executable, "-m", "drafter", "index", "build"],
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(lock,),
    )
    # Somebody must wait for it: unwaited, it would stay a zombie for as long as the app runs.
    threading.Thread(target=builder.wait, name="index-builder", daemon=True).start()
