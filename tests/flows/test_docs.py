"""The docs are true: their commands run, and every command, setting and file they name is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drafter.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def test_the_commands_of_the_readme_run_in_their_order(home: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "drafter").symlink_to(ROOT / "drafter")  # the README speaks from the checkout's folder
    script = "\n".join(blocks("bash"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=work, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (work / "drafts.jsonl").read_text().count("\n") == 2
    assert (work / "run.html").exists()
    assert "DRAFTER_MODEL=offline" in done.stdout


def test_the_python_of_the_readme_runs(sample_home: Path) -> None:
    (code,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) > 50


@pytest.mark.parametrize("name", [f"DRAFTER_{field.upper()}" for field in Settings.model_fields])
def test_every_setting_stands_in_the_operators_page(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_test_that_the_risks_name_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "risks.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


def test_no_page_promises_what_nobody_measured() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8").lower()
        for word in ("clinically proven", "validated", "ruled out", "100 % safe"):
            assert word not in text, f"{page.name}: {word}"
