"""``drafter app`` and ``drafter settings``."""

import os
import sys
from typing import Annotated

import typer


def app(port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501) -> None:
    """Open the review desk in the browser."""
    from drafter.opening import bundled

    script = bundled("app.py")
    # Streamlit reads its configuration from the folder it starts in.
    os.chdir(script.parent)
    print(f"The review desk: http://localhost:{port} (stop with Ctrl-C)", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell


def settings() -> None:
    """Show the settings in force.

    A key is never shown.
    """
    from drafter.settings import read_settings

    for name, value in read_settings().model_dump().items():
        print(f"DRAFTER_{name.upper()}={'' if value is None else value}")
