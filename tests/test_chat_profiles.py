"""Profiles of model servers, and providers by LangChain's name."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drafter.chat import ChatModel, effective_profile, open_model
from drafter.chat.profiles import Profile, own_profiles, profile_of, write_profile
from drafter.errors import BadInput, BadSettings
from drafter.opening import chain_of, concurrency_of, open_drafter
from drafter.settings import Settings
from tests.openai_server import OpenAIServer, serving
from tests.test_chat import KEY, QUESTION, ROOT, _ask, _request

KINDS = ("openai", "azure", "ollama", "vllm", "llama-server", "llama-cpp-python", "lmstudio", "compatible")


def _profiles(folder: Path, text: str) -> Path:
    file = folder / "profiles.toml"
    file.write_text(text, encoding="utf-8")
    return file


def _provided(folder: Path, server: OpenAIServer, behaviour: str, **options: Any) -> ChatModel:
    """The generic way through LangChain, as for a provider with a protocol of its own."""
    file = _profiles(folder, f'[plain]\nprovider = "openai"\nbase_url = "{server.url}"\n')
    return open_model(f"plain:{behaviour}", profiles=file, api_key=KEY, **{"timeout": 5.0, **options})


@pytest.mark.parametrize("prefix", KINDS)
def test_every_kind_of_server_has_a_profile_and_its_notes(prefix: str) -> None:
    profile = profile_of(prefix)
    assert profile is not None
    assert profile.notes
    assert profile.base_url or prefix in ("azure", "compatible")


@pytest.mark.parametrize("prefix", KINDS)
def test_every_kind_of_server_drafts_through_its_profile(openai_server: OpenAIServer, prefix: str) -> None:
    behaviour = {"openai": "reasoner", "llama-cpp-python": "old"}.get(prefix, "ok")
    model = open_model(f"{prefix}:{behaviour}", base_url=openai_server.url, api_key=KEY, temperature=1.0)
    profile = effective_profile(f"{prefix}:x", base_url=openai_server.url)
    if prefix == "openai":  # at this address it is any compatible server
        model = open_model("azure:reasoner", base_url=openai_server.url, api_key=KEY, temperature=1.0)
        profile = effective_profile("azure:x", base_url=openai_server.url)
    assert _ask(model)[1].status == "ok"
    (request,) = openai_server.requests
    limits = {"both": {"max_tokens", "max_completion_tokens"}}.get(
        profile.limit_parameter, {profile.limit_parameter}
    )
    assert {name for name in request.body if name.startswith("max_")} == limits
    assert ("stream_options" in request.body) is profile.stream_usage
    assert request.authorization == f"Bearer {KEY}"


def test_openai_at_another_address_is_any_compatible_server_and_azure_is_known_by_its_own() -> None:
    def limit(base_url: str | None) -> str:
        return effective_profile("openai:x", base_url=base_url).limit_parameter

    assert limit(None) == limit("https://api.openai.com/v1") == "max_completion_tokens"
    assert limit("https://clinic.openai.azure.com/openai/v1/") == "max_completion_tokens"
    assert limit("http://127.0.0.1:9/v1") == "both"


def test_ones_own_profile_wins_field_by_field_and_a_setting_wins_over_both(tmp_path: Path) -> None:
    file = _profiles(tmp_path, "[ollama]\ntimeout = 20\n\n[ours]\nbase_url = 'http://10.0.0.9/v1'\nseed = false\n")
    ollama = effective_profile("ollama:x", profiles=file)
    assert (ollama.timeout, ollama.base_url) == (20, "http://localhost:11434/v1")
    assert effective_profile("ollama:x", profiles=file, timeout=5).timeout == 5
    ours = effective_profile("ours:x", profiles=file, longest=9)
    assert (ours.base_url, ours.seed, ours.longest) == ("http://10.0.0.9/v1", False, 9)
    assert (
        effective_profile("ours:x", profiles=file, base_url="http://10.0.0.8/v1").base_url == "http://10.0.0.8/v1"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[ours\n", "cannot be read"),
        ("timeout = 3\n", "belongs in a table"),
        ("[ours]\ntime_out = 3\n", "bad time_out"),
        ("[ours]\nresponse_format = 'yaml'\n", "bad response_format"),
        ("[ours]\ntimeout = 0\n", "bad timeout"),
    ],
)
def test_a_profile_that_cannot_be_used_is_named_with_its_field(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        effective_profile("ours:x", profiles=_profiles(tmp_path, text))


def test_a_prefix_without_an_address_asks_for_one() -> None:
    with pytest.raises(BadSettings, match=r"DRAFTER_BASE_URL.*RESOURCE\.openai\.azure\.com"):
        open_model("azure:gpt", api_key=KEY)


def test_what_a_profile_does_not_take_is_not_sent(openai_server: OpenAIServer, tmp_path: Path) -> None:
    file = _profiles(tmp_path, "[ours]\ntemperature = false\nseed = false\nresponse_format = 'json_object'\n")
    model = open_model("ours:reasoner", base_url=openai_server.url, seed=3, profiles=file)
    assert _ask(model)[1].status == "unavailable"  # both names of the limit are sent
    body = openai_server.requests[0].body
    assert "temperature" not in body
    assert "seed" not in body
    assert body["response_format"] == {"type": "json_object"}
    assert (model.parameters["temperature"], model.parameters["seed"]) == (None, None)


def test_writing_a_profile_keeps_the_others_and_the_comments(tmp_path: Path) -> None:
    file = _profiles(tmp_path, "# ours\n[first]\nbase_url = 'http://a/v1' # the old one\n")
    write_profile(file, "second", Profile(base_url="http://b/v1", seed=False))
    write_profile(file, "second", Profile(base_url="http://c/v1", timeout=9))
    assert own_profiles(file) == {
        "first": {"base_url": "http://a/v1"},
        "second": {"base_url": "http://c/v1", "timeout": 9},
    }
    assert "# the old one" in file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["profiles.toml"]


@pytest.mark.parametrize("name", ["offline", "replay", "Ours", "a:b", "", "-x"])
def test_a_name_that_means_something_else_is_no_profiles_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cannot name a profile"):
        write_profile(tmp_path / "profiles.toml", name, Profile())


def test_a_password_in_an_address_is_not_written_down(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="password"):
        write_profile(tmp_path / "profiles.toml", "ours", Profile(base_url="http://me:hidden@host/v1"))
    assert list(tmp_path.iterdir()) == []


def test_as_many_drafts_are_in_work_as_the_server_bears_unless_it_is_set() -> None:
    assert concurrency_of(Settings()) == 8
    assert concurrency_of(Settings(model="llama-cpp-python:x")) == 1
    assert concurrency_of(Settings(model="llama-cpp-python:x", concurrency=3)) == 3


def test_prompts_are_cut_to_the_shortest_context_that_is_known(sample_home: Path) -> None:
    _profiles(
        sample_home,
        "[a]\nbase_url = 'http://127.0.0.1:9/v1'\ncontext_tokens = 9000\n[b]\ncontext_tokens = 8000\nbase_url = 'http://127.0.0.1:9/v1'\n",
    )

    def tokens(**given: Any) -> int | None:
        drafter = open_drafter(Settings(home=sample_home, **given))
        with drafter.archive:
            return drafter.input_tokens

    assert tokens() is None
    assert tokens(model="a:x") == 6000
    assert tokens(model="a:x", fallbacks="b:x,offline") == 5000
    assert tokens(model="a:x", context_tokens=7000) == 4000
    assert tokens(model="ollama:x") is None


# --- Providers by LangChain's name


def test_a_provider_whose_package_is_missing_is_named_with_the_package() -> None:
    with pytest.raises(BadSettings, match="pip install langchain-anthropic"):
        open_model("anthropic:claude", api_key=KEY)


GENERIC = [
    ("ok", "ok", 1, ""),
    ("fenced", "ok", 1, ""),
    ("badjson-once", "ok", 2, ""),
    ("badjson", "invalid", 2, "not a draft"),
    ("truncated", "truncated", 1, "DRAFTER_MAX_OUTPUT_TOKENS"),
    ("filter", "filtered", 1, "content filter"),
    ("empty", "refused", 1, "said nothing"),
    ("401", "unavailable", 1, "DRAFTER_API_KEY"),
    ("404", "unavailable", 1, "DRAFTER_MODEL"),
    ("429", "unavailable", 3, "limits requests"),
    ("500-then-ok", "ok", 2, ""),
    ("drop", "unavailable", 1, "broke off"),
    ("dribbles", "unavailable", 1, "DRAFTER_LONGEST"),
    ("hang", "unavailable", 1, "DRAFTER_TIMEOUT"),
]


@pytest.mark.parametrize(("behaviour", "status", "calls", "words"), GENERIC, ids=[row[0] for row in GENERIC])
def test_a_provider_by_name_ends_in_the_same_named_outcomes(
    openai_server: OpenAIServer, tmp_path: Path, behaviour: str, status: str, calls: int, words: str
) -> None:
    model = _provided(tmp_path, openai_server, behaviour, max_retries=2, timeout=1.0, longest=3.0)
    _, outcome = _ask(model)
    assert (outcome.status, outcome.attempts, len(openai_server.requests)) == (status, calls, calls)
    assert words in outcome.detail
    for secret in (KEY, QUESTION):
        assert secret not in outcome.detail
    assert "response_format" not in openai_server.requests[0].body


# --- Tracing


@pytest.mark.parametrize("tracing", [False, True])
def test_prompts_are_traced_elsewhere_only_when_drafters_own_setting_says_so(
    openai_server: OpenAIServer, tracing: bool
) -> None:
    program = """
from drafter.opening import model_of
from drafter.settings import read_settings
from tests.test_chat import _request
*_, outcome = model_of(read_settings()).complete(_request())
from langchain_core.tracers.langchain import wait_for_all_tracers
wait_for_all_tracers()
print(outcome.status)
"""
    with serving() as other:
        environment = {
            "DRAFTER_MODEL": "openai:ok",
            "DRAFTER_BASE_URL": openai_server.url,
            "DRAFTER_TRACING": str(tracing).lower(),
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_API_KEY": KEY,
            "LANGSMITH_ENDPOINT": other.url.removesuffix("/v1"),
            "LANGSMITH_GATEWAY": other.url,
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "ok"
        assert bool(other.unknown) is tracing
        assert other.requests == []
    assert len(openai_server.requests) == 1


# --- What the settings wire together


def _chain(home: Path, **given: Any) -> ChatModel:
    return chain_of(Settings(home=home, **given))


def test_the_first_models_key_is_not_sent_to_a_fallback_at_another_server(
    openai_server: OpenAIServer, tmp_path: Path
) -> None:
    with serving() as other:
        _profiles(tmp_path, f"[other]\nbase_url = '{other.url}'\n[third]\nbase_url = '{other.url}'\n")
        given: dict[str, Any] = {"base_url": openai_server.url, "api_key": KEY, "max_retries": 0}
        chain = _chain(tmp_path, model="openai:500", fallbacks="other:500, third:ok", api_keys="third=own", **given)
        assert _ask(chain)[1].model == "third:ok"
        assert [request.authorization for request in other.requests] == ["Bearer none", "Bearer own"]
    assert [request.authorization for request in openai_server.requests] == [f"Bearer {KEY}"]


def test_fallbacks_of_the_same_prefix_are_at_the_same_server(openai_server: OpenAIServer, tmp_path: Path) -> None:
    chain = _chain(tmp_path, model="openai:404", fallbacks="openai:ok", base_url=openai_server.url, api_key=KEY)
    assert _ask(chain)[1].model == "openai:ok"
    assert {request.authorization for request in openai_server.requests} == {f"Bearer {KEY}"}


def test_without_a_language_model_no_fallback_is_asked_and_offline_is_always_the_last(tmp_path: Path) -> None:
    assert _chain(tmp_path, fallbacks="openai:ok").name == "offline"
    with pytest.raises(BadSettings, match="put offline last"):
        _chain(tmp_path, model="openai:x", base_url="http://127.0.0.1:9/v1", fallbacks="offline,openai:y")


def test_a_key_in_the_settings_is_never_shown(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, api_keys="azure=hidden")
    assert settings.key_for("azure") == "hidden"
    assert settings.key_for("openai") is None
    assert "hidden" not in str(settings.model_dump())
    assert settings.environment["DRAFTER_API_KEYS"] == "azure=hidden"
    assert str(_request().question) == QUESTION
