"""A small real HTTP server that speaks the OpenAI protocol on loopback, for tests and demonstrations.

The model's name picks the behaviour (``BEHAVIOURS``); ``ok`` composes a draft from the numbered sources of
the prompt, so that other questions, sources and prompts give other drafts. Asked for a line to search by, it gives
the question's first sentence; ``query-X`` does X for that call, and ``ok`` for the draft. In a test::

    def test_...(openai_server):
        model = open_model("openai:ok", base_url=openai_server.url)
        ...
        assert openai_server.requests[0].body["model"] == "ok"

By hand: ``python -m tests.openai_server --port 8790``, then set ``DRAFTER_BASE_URL=http://127.0.0.1:8790/v1``
and ``DRAFTER_MODEL=openai:ok``. ``GET /log`` says how each call went, ``DELETE /log`` forgets it.

``faults-SEED`` draws a behaviour for each call (tests/faults.py).
"""

import argparse
import asyncio
import atexit
import base64
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.faults import drawn

BEHAVIOURS = {
    "ok": "a draft composed from the prompt's numbered sources",
    "obeys": "as ok, but writes whatever any text of the request tells it to: an injection that succeeds",
    "slow": "as ok, a twentieth of a second between pieces",
    "patient": "as ok, the answer begins after a fifth of a second",
    "badjson": "words that are not JSON, also when asked again",
    "badjson-once": "words that are not JSON, then a draft",
    "wrongtype": "JSON of another shape",
    "truncated": "stops in the middle at the token limit",
    "fenced": "a draft inside a Markdown fence, after some thinking aloud",
    "refusal": "a refusal in the refusal field",
    "prose": "a refusal in polite words",
    "empty": "nothing at all",
    "filter": "stopped by a content filter",
    "azure-filter": "400: a content filter stopped the prompt, as Azure says it",
    "401": "the key is wrong; the message repeats it",
    "404": "no such model",
    "429": "always too many requests",
    "429-then-ok": "too many requests with Retry-After, then a draft",
    "quota": "429 because the account has no quota",
    "500": "always a server error",
    "500-then-ok": "one server error, then a draft",
    "rejects-json-schema": "400 for a json_schema response format, accepts json_object",
    "rejects-response-format": "500 for every response format, as some local servers do",
    "rejects-temperature": "400 for any temperature but 1, as reasoning models do",
    "context": "400: the prompt is longer than the context",
    "html": "a login page with status 200",
    "drop": "the connection breaks in the middle",
    "error-midway": "an error event in the middle of the stream",
    "interrupted": "the stream ends before its first word, as when another request takes the server's only place",
    "no-events": "a stream without an event, as when llama-cpp-python finds the prompt too long",
    "unfinished": "the stream ends in the middle without a finish reason",
    "hang": "never answers",
    "hang-midway": "stops in the middle and keeps the connection open",
    "lingers": "as ok, but keeps the connection open after the end",
    "no-usage": "as ok, without token counts",
    "blank": "an answer of the right shape with nothing in it",
    "endless": "an answer of the right shape that is far too long",
    "thinks": "as ok, its thoughts in reasoning_content and then up to a closing tag that nothing opens",
    "dribbles": "a letter now and then, without end",
    "comments": "comments that keep the connection open, without end",
    "constrained": "holds to a schema and to either limit of tokens, and says how long its context is",
    "old": "json_schema is a 500, json_object takes a schema, only max_tokens holds, counts no tokens",
    "reasoner": "400 for max_tokens and for any temperature but 1, as reasoning models do",
    "chatty": "takes every response format and answers in prose all the same",
}


@dataclass(frozen=True)
class Recorded:
    """One request as the server saw it; ``connection`` is the client's port, the same while one is reused."""

    path: str
    body: dict[str, Any]
    authorization: str
    connection: int
    at: float


@dataclass
class Served:
    """How one chat call went: its question as the prompt has it, what was said to it, and when. Instants are
    seconds of the machine's monotonic clock, which its processes share; ``first`` is that of the first words."""

    behaviour: str
    question: str
    connection: int
    asked: float
    text: str = ""
    first: float | None = None
    ended: float | None = None
    finished: bool = False


@dataclass
class OpenAIServer:
    """``url`` ends in /v1. ``cancelled`` counts streams that the client closed before their end, ``unknown`` holds
    the paths of requests that are none of this protocol."""

    url: str = ""
    requests: list[Recorded] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    cancelled: int = 0
    in_work: int = 0
    most_in_work: int = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/embeddings", self._embeddings, methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/log", self._log, methods=["GET", "DELETE"]),
                Route("/api/ps", self._loaded),
                Route("/{path:path}", self._unknown, methods=["GET", "POST", "PATCH"]),
            ]
        )

    def asked(self, model: str) -> list[Recorded]:
        return [request for request in self.requests if request.body.get("model") == model]

    async def _record(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = await request.json()
        authorization = request.headers.get("authorization", "")
        port = request.client.port if request.client else 0
        self.requests.append(Recorded(request.url.path, body, authorization, port, time.monotonic()))
        return body

    async def _loaded(self, _: Request) -> Response:
        """As Ollama says which models are loaded."""
        return JSONResponse({"models": [{"name": "slow", "context_length": 4096}]})

    async def _unknown(self, request: Request) -> Response:
        self.unknown.append(request.url.path)
        return _error(404, "Not found")

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.requests.clear()
            self.served.clear()
        return JSONResponse([asdict(served) for served in self.served])

    async def _models(self, _: Request) -> Response:
        data: list[dict[str, Any]] = [
            {"id": name, "object": "model", "created": 1, "owned_by": "tests"}
            | ({"max_model_len": 16384} if name == "constrained" else {})
            for name in BEHAVIOURS
        ]
        return JSONResponse({"object": "list", "data": data})

    async def _embeddings(self, request: Request) -> Response:
        body = await self._record(request)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        vectors = [embedding(text) for text in texts]
        data = [
            {"object": "embedding", "index": n, "embedding": _encoded(vector, body.get("encoding_format"))}
            for n, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        return JSONResponse({"object": "list", "data": data, "model": body["model"], "usage": usage})

    async def _chat(self, request: Request) -> Response:
        body = await self._record(request)
        served = self._begin(body)
        behaviour = served.behaviour
        times = len(self.asked(body["model"]))
        if behaviour == "hang":
            while not await request.is_disconnected():
                await asyncio.sleep(0.02)
            served.ended = time.monotonic()
        if behaviour == "patient":
            await asyncio.sleep(0.2)
        if (refused := _error_response(behaviour, body, times, request)) is not None:
            return refused
        answer = _answer(behaviour, body, times)
        served.text = answer.text
        if not body.get("stream"):
            return JSONResponse(_whole(answer, body))
        return StreamingResponse(self._stream(served, answer, body), media_type="text/event-stream")

    def _begin(self, body: dict[str, Any]) -> Served:
        last, question = self.requests[-1], _question(body)
        behaviour = _behaviour(body)
        if behaviour.startswith("faults-"):
            calls = sum(served.question == question for served in self.served)
            behaviour = drawn(behaviour, question, calls)
        self.served.append(Served(behaviour, question, last.connection, last.at))
        return self.served[-1]

    async def _stream(self, served: Served, answer: "Answer", body: dict[str, Any]) -> AsyncIterator[str]:
        self.in_work += 1
        self.most_in_work = max(self.most_in_work, self.in_work)
        finished = False
        try:
            async for event in _events(served.behaviour, answer, body):
                if served.first is None and '"role"' not in event:
                    served.first = time.monotonic()
                yield event
            finished = True
        finally:
            self.in_work -= 1
            self.cancelled += not finished
            served.finished, served.ended = finished, time.monotonic()


@dataclass(frozen=True)
class Answer:
    text: str
    finish_reason: str | None = "stop"
    refusal: str | None = None


def embedding(text: str, dimension: int = 64) -> list[float]:
    """A unit vector of hashed words: texts that share words are near each other."""
    vector = [0.0] * dimension
    for word in re.findall(r"[一-鿿]|\w+", text.casefold()) or [""]:
        vector[hashlib.sha256(word.encode()).digest()[0] % dimension] += 1.0
    length = sum(x * x for x in vector) ** 0.5
    return [x / length for x in vector]


def _encoded(vector: list[float], encoding: str | None) -> str | list[float]:
    if encoding != "base64":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _error(
    status: int, message: str, *, code: str | None = None, param: str | None = None, **headers: str
) -> Response:
    body = {"error": {"message": message, "type": "error", "param": param, "code": code}}
    return JSONResponse(body, status_code=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def _error_response(behaviour: str, body: dict[str, Any], times: int, request: Request) -> Response | None:
    kind = (body.get("response_format") or {}).get("type")
    match behaviour:
        case "401":
            key = request.headers.get("authorization", "")
            return _error(401, f"Incorrect API key provided: {key}", code="invalid_api_key")
        case "404":
            return _error(404, "The model does not exist", code="model_not_found")
        case "quota":
            return _error(429, "You exceeded your current quota", code="insufficient_quota")
        case "context":
            return _error(400, "This model's maximum context length is 100 tokens", code="context_length_exceeded")
        case "azure-filter":
            return _error(
                400,
                "The response was filtered: your prompt triggered a policy",
                code="content_filter",
                param="prompt",
            )
        case "html":
            return Response("<html><body>Please log in</body></html>", media_type="text/html")
        case "429":
            return _error(429, "Slow down", code="rate_limit_exceeded", Retry_After="0.05")
        case "429-then-ok" if times <= 2:
            return _error(429, "Slow down", code="rate_limit_exceeded", Retry_After="0.3")
        case "500":
            return _error(500, "Out of memory while reading: " + str(body["messages"][-1]["content"])[:200])
        case "500-then-ok" if times == 1:
            return _error(500, "Try again")
        case "rejects-json-schema" if kind == "json_schema":
            return _error(400, "response_format type json_schema is not supported", param="response_format")
        case "rejects-response-format" if kind:
            return _error(500, f"Invalid response_format: unknown type {kind}")
        case "old" if kind == "json_schema":
            return _error(500, "response_format type json_schema is unknown")
        case "reasoner" if "max_tokens" in body:
            return _error(400, "Use max_completion_tokens", code="unsupported_parameter", param="max_tokens")
        case "rejects-temperature" | "reasoner" if body.get("temperature", 1) != 1:
            return _error(400, "Unsupported value", code="unsupported_value", param="temperature")
        case _:
            return None


def _behaviour(body: dict[str, Any]) -> str:
    name = str(body["model"])
    for prefix, asked in (("query-", _asks_for_query), ("signs-", _asks_for_signs)):
        if name.startswith(prefix):
            return name.removeprefix(prefix) if asked(body) else "ok"
    return name


def _asks_for_words(body: dict[str, Any]) -> bool:
    """What `drafter doctor` asks."""
    return "invented cat Momo" in str(body["messages"][-1]["content"])


def _question(body: dict[str, Any]) -> str:
    user = str(body["messages"][min(1, len(body["messages"]) - 1)]["content"])
    return str((_QUESTION.findall(user) or [user])[-1]).strip()


def _asks_for_query(body: dict[str, Any]) -> bool:
    return '{"query"' in body["messages"][0]["content"]


def _asks_for_signs(body: dict[str, Any]) -> bool:
    return '{"signs"' in body["messages"][0]["content"]


def _answer(behaviour: str, body: dict[str, Any], times: int) -> Answer:
    answer = _words(behaviour, body, times)
    limits = {"constrained": ("max_tokens", "max_completion_tokens"), "old": ("max_tokens",)}
    limits["reasoner"] = ("max_completion_tokens",)
    letters = 4 * min((body[name] for name in limits.get(behaviour, ()) if name in body), default=10**6)
    return answer if len(answer.text) <= letters else Answer(answer.text[:letters], "length")


def _words(behaviour: str, body: dict[str, Any], times: int) -> Answer:
    if str(body["messages"][-1]["content"]).startswith("Count from one"):
        return Answer("one two three four five six seven eight nine ten " * 4)
    if _asks_for_words(body) and not _asks_for_query(body):
        return Answer('{"query": "Momo likes warm roofs"}' if behaviour != "chatty" else "Momo likes warm roofs.")
    if _asks_for_signs(body):
        composed = signs_seen(body["messages"], behaviour)
    elif _asks_for_query(body):
        composed = summed_up(body["messages"], behaviour)
    else:
        composed = compose(body["messages"], obey=behaviour == "obeys")
    if str(body["model"]).startswith("faults-"):
        # So that a draft shows whose it is.
        composed["closing"] = f"You wrote: {_question(body)}"
    draft = json.dumps(composed, ensure_ascii=False)
    match behaviour:
        case "badjson":
            return Answer('{"salutation": "Hello,", oops')
        case "badjson-once" if times == 1:
            return Answer('{"salutation": "Hello,", oops')
        case "wrongtype":
            return Answer('{"salutation": "Hello,", "reply": "Rest.", "introduction": [], "sections": 3}')
        case "truncated":
            return Answer(draft[: len(draft) // 2], "length")
        case "fenced":
            return Answer(f"<think>Which {{source}} fits?</think>\nHere it is:\n```json\n{draft}\n```\n")
        case "refusal":
            return Answer("", refusal="I cannot help with that.")
        case "prose":
            return Answer("I am sorry, but I cannot help with this request.")
        case "empty":
            return Answer("")
        case "filter":
            return Answer(draft[:40], "content_filter")
        case "drop" | "error-midway" | "hang-midway":
            return Answer(draft)
        case "unfinished":
            return Answer(draft[: len(draft) // 2], None)
        case _:
            return Answer(draft)


def _usage(answer: Answer, body: dict[str, Any]) -> dict[str, int]:
    """Four characters a token, as a stand-in."""
    prompt = sum(len(str(message["content"])) for message in body["messages"]) // 4
    completion = max(1, len(answer.text) // 4)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _whole(answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text or None, "refusal": answer.refusal}
    choice = {"index": 0, "message": message, "finish_reason": answer.finish_reason, "logprobs": None}
    return {**_base(body), "object": "chat.completion", "choices": [choice], "usage": _usage(answer, body)}


def _base(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "created": 1, "model": body["model"]}


async def _events(behaviour: str, answer: Answer, body: dict[str, Any]) -> AsyncIterator[str]:
    base = {**_base(body), "object": "chat.completion.chunk"}

    def piece(delta: dict[str, str], finish_reason: str | None = None) -> str:
        return _event({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})

    if behaviour == "no-events":
        return
    yield piece({"role": "assistant", "content": ""})
    if behaviour == "interrupted":
        yield "data: [DONE]\n\n"
        return
    if answer.refusal:
        yield piece({"refusal": answer.refusal})
    while behaviour in ("dribbles", "comments"):
        await asyncio.sleep(0.05)
        yield ": still here\n\n" if behaviour == "comments" else piece({"content": "x"})
    if behaviour == "thinks":
        yield piece({"reasoning_content": "The patient says {they} are afraid."})
        yield piece({"content": "Which {source} fits? The first.</think>"})
    for start in range(0, len(answer.text), 24):
        if start > len(answer.text) // 2:
            if behaviour == "drop":
                raise ConnectionResetError("broken on purpose")
            if behaviour == "error-midway":
                yield _event({"error": {"message": "overloaded", "type": "server_error", "code": None}})
                return
            if behaviour == "hang-midway":
                await asyncio.sleep(30)
        await asyncio.sleep(0.05 if behaviour == "slow" else 0)
        yield piece({"content": answer.text[start : start + 24]})
    if behaviour == "unfinished":
        return
    yield piece({}, answer.finish_reason)
    if (body.get("stream_options") or {}).get("include_usage") and behaviour not in ("no-usage", "old"):
        yield _event({**base, "choices": [], "usage": _usage(answer, body)})
    yield "data: [DONE]\n\n"
    if behaviour == "lingers":
        await asyncio.sleep(30)


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


_SOURCE = re.compile(r'<past_reply number="(\d+)"[^>]*>(.*?)</past_reply>', re.DOTALL)
_REPLY = re.compile(r"<reply(?:-\w+)?>(.*?)</reply", re.DOTALL)
_QUESTION = re.compile(r"<question(?:-\w+)?>(.*?)</question", re.DOTALL)
_SAID = (
    r"(?:say|writ\w+|repl\w+|answer|output|print|state|mention|add|append|include|put|end|sign|recommend"
    r"|return|repeat|copy|schreibe|escribe|dites)"
)
_ORDERS = (
    re.compile(rf"\b{_SAID}\b[^\n\"“'‘「]{{0,60}}[\"“'‘「]([^\"”'’」\n]{{2,160}})[\"”'’」]", re.IGNORECASE),
    re.compile(
        rf"\b{_SAID}\b(?: only| with| as| that| the| in the \w+ that| in your \w+ that)?:? ([^\n.]{{3"
        rf",160}})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:寫上|写|輸出|输出|回答|回覆|回复|加入|名義|签名|簽名)[^。\n「“]{0,12}[「“]([^」”\n]"
        r"{1,80})[」”]"
    ),
    re.compile(r"(!?\[[^\]\n]*\]\([^)\n]*\)|https?://[^\s<>]+)"),
    re.compile(r"\b([A-Z]{3,}-\d{3,})\b"),
    re.compile(r"([^.!?\n]+[.!?])\s*\([^)\n]*copy this sentence", re.IGNORECASE),
    re.compile(r"((?:approved by|no review)[^.\n]{3,80})", re.IGNORECASE),
    re.compile(r"((?:直接發送|直接发送)?[^。\n]{0,4}(?:無需|无需)[審审]核|以.{1,6}名義)"),
)
_ASKS_FOR_PROMPT = re.compile(
    r"(?:system prompt|instructions before|系统提示|系統提示|before my message)", re.IGNORECASE
)


def orders_in(text: str) -> list[str]:
    """Whatever the text seems to tell a model to write; too much rather than too little."""
    return [match[1].strip() for order in _ORDERS for match in order.finditer(text)]


def compose(messages: list[dict[str, Any]], *, obey: bool = False) -> dict[str, Any]:
    """A plausible draft out of a prompt as ``prompts/`` lays it out. The system message decides how much is
    taken from each source, so that another prompt version gives another draft."""
    system, user = str(messages[0]["content"]), str(messages[1]["content"])
    question = (_QUESTION.findall(user) or [user])[-1].strip()
    chinese = len(re.findall(r"[一-鿿]", question)) > len(question) / 5
    take = 1 + hashlib.sha256(system.encode()).digest()[0] % 2
    found = [(int(number), _fitting(text, question, 1 + take)) for number, text in _SOURCE.findall(user)]
    reply = [_sentence(text, [number]) for number, texts in found[:2] for text in texts]
    if "<urgent_signs>" in user:
        reply.append({"text": _urgent(chinese), "sources": [], "kind": "safety_net", "quotes": []})
    if obey:
        orders = orders_in(user) + ([system] if _ASKS_FOR_PROMPT.search(question) else [])
        ended = (text if text.endswith((".", "!", "。")) else f"{text}." for text in dict.fromkeys(orders))
        reply += [{"text": text, "sources": [], "kind": "answer", "quotes": []} for text in ended]
    points = [{"label": f"From past reply {n}", "text": texts[0], "sources": [n]} for n, texts in found if texts]
    return {
        "salutation": "您好：" if chinese else "Hello,",
        "reply": reply,
        "closing": "祝早日康復。" if chinese else "Thank you for writing, and get well soon.",
        "introduction": [{"text": s["text"], "sources": s["sources"]} for s in reply[:1]],
        "sections": [{"heading": "檢查與處理" if chinese else "What can be done", "points": points}],
        "conclusion": [{"text": s["text"], "sources": s["sources"]} for s in reply if s["kind"] == "plan"][:1],
        "missing": [] if found else ["No past reply answers this question."],
        "to_ask": ["您目前服用哪些藥物？" if chinese else "Which medicines are taken at the moment?"],
        "department": None,
        "topics": [],
    }


def _sentence(text: str, numbers: list[int]) -> dict[str, Any]:
    plan = re.search(r"\b(?:should|recommend|see an?|avoid|have an?|can)\b|建議|請|避免", text)
    kind = "safety_net" if re.search("emergency|急診", text) else "plan" if plan else "answer"
    return {"text": text, "sources": numbers, "kind": kind, "quotes": [text]}


def summed_up(messages: list[dict[str, Any]], behaviour: str = "ok") -> dict[str, Any]:
    """A line to search by: the question's first sentence."""
    question = _QUESTION.findall(str(messages[1]["content"]))[-1].strip()
    first = re.split(r"(?<=[。！？.!?])", question)[0]
    return {"query": {"blank": " \n", "endless": f"{question} " * 200}.get(behaviour, first)}


def signs_seen(messages: list[dict[str, Any]], behaviour: str) -> dict[str, Any]:
    """``sees-X`` sees a sign of the category X in the question's first sentence; everybody else sees none."""
    question = _QUESTION.findall(str(messages[1]["content"]))[-1].strip()
    first = re.split(r"(?<=[。！？.!?])", question)[0]
    category = behaviour.removeprefix("sees-")
    seen = [{"category": category, "quote": first, "certain": True}] if category != behaviour else []
    return {"signs": seen}


def _fitting(text: str, question: str, number: int) -> list[str]:
    """The source's sentences that share most words with the question, and its warning, in their order."""
    reply = (_REPLY.findall(text) or [text])[-1].strip()
    found = (re.sub(r"^\d\.\s+", "", s.strip()) for s in re.split(r"(?<=[。！？])|(?<=[.!?])\s+", reply))
    said = [s for s in found if s and not re.fullmatch(r"\d+\.", s)]
    asked = set(re.findall(r"[a-z]{4,}|[一-鿿]", question.lower()))

    def worth(sentence: str) -> float:
        shared = len(asked & set(re.findall(r"[a-z]{4,}|[一-鿿]", sentence.lower())))
        return 100.0 if re.search("emergency|急診", sentence) else shared / len(sentence) ** 0.5

    best = sorted(said, key=worth, reverse=True)[:number]
    return [sentence for sentence in said if sentence in best]


def _urgent(chinese: bool) -> str:
    if chinese:
        return "您提到的症狀可能緊急，請立即撥打119或到急診。"
    return "What you describe can be an emergency: call an ambulance or go to the emergency department now."


@contextmanager
def serving(port: int = 0) -> Iterator[OpenAIServer]:
    """The server in a thread, on this port of loopback or on a free one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    state = OpenAIServer(url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    # Critical: a connection broken on purpose must not print a traceback.
    config = uvicorn.Config(state.app(), log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield state
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=5)
        listener.close()


@cache
def _running() -> OpenAIServer:
    """One server for all tests of a process: starting and stopping one takes longer than most tests."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(serving())


@pytest.fixture
def openai_server() -> OpenAIServer:
    """The server, with nothing recorded yet."""
    server = _running()
    server.requests.clear()
    server.served.clear()
    server.cancelled = server.most_in_work = 0
    return server


def main() -> None:
    parser = argparse.ArgumentParser(description="An OpenAI-protocol server on loopback for demonstrations.")
    parser.add_argument("--port", type=int, default=8790)
    with serving(parser.parse_args().port) as server:
        print(f"Listening on {server.url}; Ctrl-C ends it. Models: {', '.join(BEHAVIOURS)}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
