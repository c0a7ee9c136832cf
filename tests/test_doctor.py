"""``drafter doctor``: what it says of servers that behave as the real ones are documented to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drafter.chat import Profile, Report, examine_model
from drafter.chat.profiles import own_profiles
from tests.conftest import ROOT
from tests.openai_server import OpenAIServer
from tests.test_chat import KEY


def _examined(server: OpenAIServer, behaviour: str, **fields: object) -> Report:
    profile = Profile.model_validate({"base_url": server.url, "timeout": 1.0, **fields})
    return examine_model(f"openai:{behaviour}", profile, api_key=KEY)


def _said(report: Report) -> str:
    return "\n".join(f"{result.works} {result.what} {result.todo}" for result in report.results)


def test_a_server_that_takes_everything_is_left_as_it_is(openai_server: OpenAIServer) -> None:
    report = _examined(openai_server, "constrained")
    assert report.profile == Profile(base_url=openai_server.url, timeout=1.0, context_tokens=16384)
    assert all(result.works for result in report.results)
    assert "It lists the model constrained." in _said(report)
    assert "16,384 tokens" in _said(report)
    assert "max_tokens, max_completion_tokens" in _said(report)


def test_an_old_local_server_is_asked_for_an_object_with_a_schema_by_the_old_limit(
    openai_server: OpenAIServer,
) -> None:
    report = _examined(openai_server, "old")
    assert report.profile is not None
    assert report.profile.response_format == "json_object_schema"
    assert report.profile.limit_parameter == "max_tokens"
    assert not report.profile.stream_usage
    assert "json_schema: the server rejects it" in _said(report)


def test_a_reasoning_model_is_sent_no_temperature_and_the_new_limit(openai_server: OpenAIServer) -> None:
    report = _examined(openai_server, "reasoner")
    assert report.profile is not None
    assert not report.profile.temperature
    assert report.profile.limit_parameter == "max_completion_tokens"
    assert report.profile.seed


def test_a_context_that_is_too_short_is_told_as_ollama_says_it(openai_server: OpenAIServer) -> None:
    report = _examined(openai_server, "slow")
    assert "None Its context is 4,096 tokens. Give it 8,192" in _said(report)
    assert report.profile is not None
    assert report.profile.context_tokens == 4096


def test_a_server_without_formats_is_asked_by_the_prompt(openai_server: OpenAIServer) -> None:
    report = _examined(openai_server, "rejects-response-format")
    assert report.profile is not None
    assert report.profile.response_format == "none"
    assert "None It does not keep to a limit of tokens." in _said(report)


FAILS = [
    ("401", "DRAFTER_API_KEY"),
    ("404", "does not know the model"),
    ("html", "no answer of the OpenAI protocol"),
    ("500", "HTTP 500"),
    ("hang", "said nothing for 1 s"),
    ("chatty", "no JSON of the asked shape"),
]


@pytest.mark.parametrize(("behaviour", "words"), FAILS, ids=[row[0] for row in FAILS])
def test_what_no_draft_could_be_written_with_is_said_with_what_to_do(
    openai_server: OpenAIServer, behaviour: str, words: str
) -> None:
    report = _examined(openai_server, behaviour)
    assert report.profile is None
    assert report.results[-1].works is False
    assert words in _said(report)
    assert KEY not in _said(report)


def test_a_server_that_is_not_there_and_a_key_that_is_missing_are_found_at_once() -> None:
    gone = examine_model("openai:x", Profile(base_url="http://127.0.0.1:9/v1"))
    assert [(result.works, result.what) for result in gone.results] == [
        (False, "The server at 127.0.0.1:9 cannot be reached.")
    ]
    keyless = examine_model("openai:x", Profile(base_url="http://127.0.0.1:9/v1", needs_key=True))
    assert "Set DRAFTER_API_KEY" in _said(keyless)


def test_a_model_that_is_not_listed_is_said_beside_those_that_are(openai_server: OpenAIServer) -> None:
    report = _examined(openai_server, "Obeys")
    assert "does not list the model Obeys; it lists: ok, obeys" in _said(report)


def test_only_invented_words_are_sent_and_few_calls_made(openai_server: OpenAIServer) -> None:
    _examined(openai_server, "old")
    assert len(openai_server.requests) <= 10
    said = {request.body["messages"][1]["content"] for request in openai_server.requests}
    assert all(words.startswith("Count from one") or "invented cat Momo" in words for words in said)


def _doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drafter", "doctor", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_command_writes_a_profile_that_the_next_draft_uses(
    sample_home: Path, openai_server: OpenAIServer
) -> None:
    server = {"DRAFTER_BASE_URL": openai_server.url, "DRAFTER_API_KEY": KEY}
    done = _doctor("openai:old", "--write", "ward", **server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "works  It gives JSON of the asked shape with response format json_object_schema." in done.stdout
    assert "ward:old can write drafts." in done.stdout
    assert "DRAFTER_MODEL=ward:old" in done.stdout
    assert KEY not in done.stdout + (sample_home / "profiles.toml").read_text()
    assert own_profiles(sample_home / "profiles.toml")["ward"]["base_url"] == openai_server.url
    openai_server.requests.clear()
    drafted = subprocess.run(
        [
            sys.executable,
            "-m",
            "drafter",
            "draft",
            "My knee hurts on the stairs. What can I do?",
            "--model",
            "ward:old",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert drafted.returncode == 0, drafted.stderr
    assert "written by ward:old" in drafted.stdout
    (request,) = openai_server.requests
    assert "schema" in request.body["response_format"]


def test_a_house_without_a_model_is_examined_too(sample_home: Path) -> None:
    done = _doctor()
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "can be written to",
        "as they were released: reply/v",
        "past replies",
        "offline can write drafts",
    ):
        assert words in done.stdout
    said = json.loads(_doctor("--json").stdout)
    assert said["drafts"] is True
    assert {"works", "what", "todo"} == set(said["results"][0])


def test_what_hinders_every_draft_ends_with_exit_code_1(home: Path, openai_server: OpenAIServer) -> None:
    done = _doctor("openai:404", "--write", "ward", DRAFTER_BASE_URL=openai_server.url)
    assert done.returncode == 1
    assert "FAILS" in done.stdout
    assert "cannot write drafts yet" in done.stdout
    assert "No profile was kept." in done.stdout
    assert not (home / "profiles.toml").exists()
    blocked = home / "file"
    blocked.write_text("")
    done = _doctor(DRAFTER_HOME=str(blocked / "home"))
    assert done.returncode == 1
    assert "Set DRAFTER_HOME" in done.stdout
