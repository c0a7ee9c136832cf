"""What a model's server takes, found by a few small calls with invented words; no patient's text is ever sent."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args
from urllib.parse import urlsplit, urlunsplit

import httpx2

from drafter.chat import Outcome, QueryShape, Request
from drafter.chat.connection import http_client
from drafter.chat.openai import LanguageModel
from drafter.chat.profiles import LimitParameter, Mode, Profile, Report, Result
from drafter.domain import Deidentified, Message

_ENOUGH = 1000
"""Tokens for an answer of a few words; a model that thinks first needs most of them."""
_LITTLE = 8
_PATIENCE = 15.0
"""Seconds: a call that fails later than that did not fail for what it asked."""
_SMALLEST_CONTEXT = 8192
"""Tokens for five past replies of usual length, the prompts and a draft."""

# Protocol, not prompts: what is asked is the same whatever the clinic's prompts say. With a schema the key is not
# named, so that an answer of the right shape shows that the schema is held to.
_BY_SCHEMA = (
    "Answer as the response format says. Sum this up in a few words: the invented cat Momo likes warm roofs."
)
_BY_PROMPT = (
    'Return one JSON object and nothing else: {"query": "..."}. Put into it, in a few words: the invented cat Momo '
    "likes warm roofs."
)
_LONG = "Count from one to forty in English words, with spaces between them and nothing else."

_VARIATIONS: tuple[Mapping[str, Any], ...] = (
    {},
    {"stream_usage": False},
    {"temperature": False},
    {"seed": False},
    {"limit_parameter": "max_completion_tokens"},
    {"limit_parameter": "max_tokens"},
    {"temperature": False, "seed": False, "limit_parameter": "max_completion_tokens"},
    {"temperature": False, "seed": False, "limit_parameter": "max_tokens", "stream_usage": False},
)
_WITHOUT = {
    "stream_usage": "It cannot be asked to count tokens while it streams.",
    "temperature": "It does not take this temperature, so none is sent.",
    "seed": "It takes no seed, so none is sent: the same question may get another draft.",
}


class _Server:
    """The server under examination, and what is known of it so far."""

    def __init__(self, name: str, profile: Profile, api_key: str | None, temperature: float) -> None:
        self.name, self.profile, self._api_key, self._temperature = name, profile, api_key, temperature

    def ask(self, words: str, *, limit: int = _ENOUGH, **changes: Any) -> tuple[Outcome, Mapping[str, Any]]:
        """How a call ends with these changes to the profile, and the parameters it was made with in the end."""
        profile = self.profile.model_copy(update=changes)
        model = LanguageModel(
            self.name,
            profile,
            api_key=self._api_key,
            temperature=self._temperature,
            max_output_tokens=limit,
            max_retries=0,
            seed=7,
        )
        messages = (Message("system", "You answer briefly."), Message("user", words))
        *_, outcome = model.complete(Request(messages, Deidentified(""), (), schema=QueryShape))
        assert isinstance(outcome, Outcome), "a model ends with an outcome"
        return outcome, model.parameters

    def learn(self, **known: Any) -> None:
        self.profile = self.profile.model_copy(update=known)

    def get(self, url: str) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._api_key or 'none'}"}
        with http_client(self.profile.timeout, self.profile.connect_timeout) as http:
            return http.get(url, headers=headers)

    def json(self, path: str) -> dict[str, Any]:
        """What the server says there, outside the protocol; nothing when it does not know the path."""
        address = urlsplit(str(self.profile.base_url))
        try:
            found = self.get(urlunsplit((address.scheme, address.netloc, path, "", ""))).json()
        except (httpx2.HTTPError, OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def probe(name: str, profile: Profile, *, api_key: str | None, temperature: float) -> Report:
    """Examine the server of this model, about ten calls of a few tokens; nothing is raised for what it does."""
    server = _Server(name, profile, api_key, temperature)
    results: list[Result] = []
    # The length of the context comes after an answer: Ollama has none before the model is loaded.
    steps = (_answers, _keeps_to_a_shape) if profile.provider else _STEPS
    for step in steps:
        for result in step(server):
            results.append(result)
            if result.works is False:
                return Report(tuple(results), None)
    return Report(tuple(results), server.profile)


def _lists(server: _Server) -> Iterator[Result]:
    """Reachable, key accepted, model listed, length of the context."""
    base_url = str(server.profile.base_url).rstrip("/")
    address = urlsplit(base_url).netloc.rpartition("@")[2]
    try:
        response = server.get(f"{base_url}/models")
    except (httpx2.HTTPError, OSError):
        yield Result(False, f"The server at {address} cannot be reached.", "Start it, or correct DRAFTER_BASE_URL.")
        return
    if response.status_code in (401, 403):
        yield Result(False, f"The server at {address} does not accept the key.", "Set DRAFTER_API_KEY.")
        return
    yield Result(True, f"The server at {address} answers.")
    listed = _listed(response)
    wanted = server.name.partition(":")[2]
    entry = next((one for one in listed if one.get("id") == wanted), None)
    if entry is None:
        names = ", ".join(str(one.get("id")) for one in listed[:10]) or "none"
        yield Result(None, f"It does not list the model {wanted}; it lists: {names}.")
    else:
        yield Result(True, f"It lists the model {wanted}.")
    server.learn(context_tokens=_listed_context(entry or {}) or server.profile.context_tokens)


def _listed(response: httpx2.Response) -> list[dict[str, Any]]:
    try:
        data = response.json()["data"]
    except (ValueError, KeyError, TypeError):
        return []
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _listed_context(entry: Mapping[str, Any]) -> int | None:
    """As vLLM and llama-server list it."""
    meta = entry.get("meta")
    return _positive(entry.get("max_model_len")) or _positive(meta.get("n_ctx") if isinstance(meta, dict) else None)


def _has_room(server: _Server) -> Iterator[Result]:
    """How long a prompt and its answer may be."""
    found = server.profile.context_tokens or _own_context(server)
    if found is None:
        yield Result(
            None,
            "It does not say how long its context is.",
            f"It needs {_SMALLEST_CONTEXT:,} tokens: some servers cut a longer prompt without a word.",
        )
        return
    server.learn(context_tokens=found)
    room = found >= _SMALLEST_CONTEXT
    todo = "" if room else f"Give it {_SMALLEST_CONTEXT:,}, or past replies will be left out of the prompt."
    yield Result(True if room else None, f"Its context is {found:,} tokens.", todo)


def _own_context(server: _Server) -> int | None:
    """As older llama-servers and Ollama say it beside the protocol; a service that needs a key is not asked."""
    if server.profile.needs_key:
        return None
    props = server.json("/props")
    loaded = server.json("/api/ps").get("models")
    wanted = server.name.partition(":")[2]
    models = [one for one in loaded if isinstance(one, dict)] if isinstance(loaded, list) else []
    settings = props.get("default_generation_settings")
    return _positive(settings.get("n_ctx") if isinstance(settings, dict) else None) or next(
        (_positive(one.get("context_length")) for one in models if wanted in (one.get("name"), one.get("model"))),
        None,
    )


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _answers(server: _Server) -> Iterator[Result]:
    """That it answers at all, and what must be left out for it."""
    problem = ""
    for changes in _VARIATIONS:
        outcome, _ = server.ask(_BY_PROMPT, response_format="none", **changes)
        if outcome.status != "unavailable":
            left_out = _needed(server, changes)
            server.learn(**left_out)
            yield Result(True, f"It answers a short question in {outcome.seconds:.1f} s.")
            yield from (Result(None, what) for key, what in _WITHOUT.items() if left_out.get(key) is False)
            return
        problem = problem or outcome.detail
        if outcome.seconds >= min(_PATIENCE, server.profile.timeout):
            break
    yield Result(False, problem, "Then run `drafter doctor` again.")


def _needed(server: _Server, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fewest of these changes with which it still answers."""
    for key in changes if len(changes) > 1 else ():
        fewer = {name: value for name, value in changes.items() if name != key}
        if server.ask(_BY_PROMPT, response_format="none", **fewer)[0].status != "unavailable":
            changes = fewer
    return changes


def _keeps_to_a_shape(server: _Server) -> Iterator[Result]:
    """The strictest way to ask for JSON that gives an answer of the asked shape."""
    modes: tuple[Mode, ...] = ("none",) if server.profile.provider else get_args(Mode)
    for mode in modes:
        words = _BY_SCHEMA if mode in ("json_schema", "json_object_schema") else _BY_PROMPT
        outcome, used = server.ask(words, response_format=mode)
        if outcome.status == "ok" and used["response_format"] == mode:
            server.learn(response_format=mode)
            yield Result(True, f"It gives JSON of the asked shape with response format {mode}.")
            yield from _counts(server, outcome)
            return
        yield Result(None, f"Response format {mode}: {_why_not(outcome, used, mode)}.")
    yield Result(
        False, "It gave no JSON of the asked shape in any way.", "Use a model that follows instructions better."
    )


def _why_not(outcome: Outcome, used: Mapping[str, Any], mode: Mode) -> str:
    if used["response_format"] != mode:
        return "the server rejects it"
    return "the answer was of another shape" if outcome.status == "invalid" else f"the call ended {outcome.status}"


def _counts(server: _Server, outcome: Outcome) -> Iterator[Result]:
    if outcome.usage.output_tokens:
        yield Result(True, "It counts tokens while it streams.")
    else:
        server.learn(stream_usage=False)
        yield Result(None, "It counts no tokens while it streams, so drafts have no costs.")


def _keeps_to_a_limit(server: _Server) -> Iterator[Result]:
    """Which name of the limit of tokens holds; a draft without one may go on for ever."""
    names: tuple[LimitParameter, ...] = ("max_tokens", "max_completion_tokens")
    held = [name for name in names if _holds(server, name)]
    if not held:
        yield Result(None, "It does not keep to a limit of tokens.", "Set one where it is started.")
        return
    if len(held) == 1 or server.profile.limit_parameter not in (*held, "both"):
        server.learn(limit_parameter=held[0])
    yield Result(True, f"It keeps to a limit of tokens ({', '.join(held)}).")


def _holds(server: _Server, name: LimitParameter) -> bool:
    outcome, _ = server.ask(_LONG, limit=_LITTLE, response_format="none", limit_parameter=name)
    return outcome.status == "truncated"


_STEPS = (_lists, _answers, _has_room, _keeps_to_a_shape, _keeps_to_a_limit)
