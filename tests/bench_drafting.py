"""`make bench-drafting`: drafts by a model's server on loopback, good and bad; the figures of docs/drafting.md.

    python -m tests.bench_drafting [faults] [tokens] [cancel] [cold] [offline] [--home FOLDER] ...

The server is a process of its own, so that its processor time is not ours. ``--home`` names the large archive that
`make bench-scale` keeps with the same option; without it there is one of the corpora beside the checkout, or of the
sample. Exit code 1 when a bar that is not of speed fails: a question without an end, a draft that is not the whole
answer to its own question, a call too many, a time-out that does not hold, a connection for every draft.
"""

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from drafter.archive import Archive
from drafter.batch.pool import draft_many, utc_now
from drafter.chat import Partial, partial_texts
from drafter.cli.importing import import_sample
from drafter.domain import Draft, Failure, Message, Question
from drafter.drafting import Drafter, Prepared
from drafter.opening import embedder_of, open_drafter
from drafter.retrieval import Retriever
from drafter.settings import Settings
from tests import bench_offline, faults
from tests.bench import CORPUS, ROOT, show
from tests.bench_scale import records
from tests.soak.plan import invented
from vectorstore import Embedder

SECTIONS = ("faults", "tokens", "cancel", "cold", "offline")
SLACK = 1.0
"""Seconds that a call may take beyond its time-out, for the waiting for a core on a busy machine."""
KEY = "invented-key-7261"


@dataclass(frozen=True)
class Server:
    """The loopback server in its own process."""

    url: str

    def served(self) -> list[dict[str, Any]]:
        """How each call since ``forget`` went (tests.openai_server.Served)."""
        return cast("list[dict[str, Any]]", self._log("GET"))

    def settled(self) -> list[dict[str, Any]]:
        """The same, when the server has noticed that nobody listens any more; else after two seconds."""
        until = time.monotonic() + 2
        while True:
            served = self.served()
            waiting = [call for call in served if call["behaviour"].startswith("hang") and call["ended"] is None]
            if not waiting or time.monotonic() > until:
                return served
            time.sleep(0.05)

    def forget(self) -> None:
        self._log("DELETE")

    def _log(self, method: str) -> object:
        asked = urllib.request.Request(self.url.removesuffix("/v1") + "/log", method=method)
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)


@contextmanager
def server() -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.openai_server", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Server(process.stdout.readline().split()[2].rstrip(";"))
    finally:
        process.kill()
        process.communicate()


def questions(kind: str, count: int) -> list[Question]:
    """Invented ones, each with a word that no other has."""
    return [Question(invented(kind, number)[0]) for number in range(count)]


# ---------------------------------------------------------------------------------------------------------- faults


@dataclass(frozen=True)
class Asked:
    """A question, what came of it, and the server's calls for it in their order."""

    question: Question
    result: Draft | Failure
    calls: Sequence[dict[str, Any]]
    kept: bool

    def wrongs(self, most: int, timeout: float) -> Iterator[str]:
        """What must not be."""
        last = self.calls[-1]
        good = last["behaviour"] in faults.COMPLETE
        if len(self.calls) > most:
            yield f"{len(self.calls)} calls"
        if isinstance(self.result, Draft) != good:
            yield f"the last call was {last['behaviour']}, and it ended as {type(self.result).__name__}"
        if isinstance(self.result, Draft):
            yield from self._draft_wrongs(last["text"])
        else:
            yield from self._failure_wrongs(self.result)
        for call in self.calls:
            if call["behaviour"].startswith("hang") and not self._was_ended_in_time(call, timeout):
                yield f"{call['behaviour']} lasted {(call['ended'] or float('inf')) - call['asked']:.2f} s"

    def _draft_wrongs(self, sent: str) -> Iterator[str]:
        assert isinstance(self.result, Draft)
        draft, whole = (
            self.result,
            partial_texts(json.loads(sent[sent.index('{"salutation') : sent.rindex("}") + 1])),
        )
        if (draft.reply.text, draft.more_info.text) != whole:
            yield "the draft is not the server's whole answer"
        if self.question.body not in draft.reply.text:
            yield "the draft answers another question"
        if not self.kept:
            yield "the draft is not in the archive"

    def _failure_wrongs(self, failure: Failure) -> Iterator[str]:
        if failure.kind not in ("ModelUnavailable", "BadModelOutput") or not failure.message.endswith("."):
            yield f"the failure is not named: {failure.kind}, {failure.message}"
        if KEY in failure.message or self.question.body in failure.message:
            yield "the failure's sentence repeats the key or the question"

    @staticmethod
    def _was_ended_in_time(call: dict[str, Any], timeout: float) -> bool:
        # In the middle, the time-out begins with the last words, which came at once.
        return call["ended"] is not None and call["ended"] - call["asked"] <= timeout + SLACK


def faults_section(settings: Settings, at: Server, count: int, seed: int, threads: int) -> list[str]:
    """Questions to a server where more calls fail than succeed."""
    wanted = questions(f"faults {seed}", count)
    model = f"openai:faults-{seed}"
    timeout = 1.0
    settings = settings.model_copy(
        update={"base_url": at.url, "model": model, "timeout": timeout, "max_retries": 3}
    )
    at.forget()
    with drafting(settings) as drafter:
        began = time.monotonic()
        named = [(question.id, question) for question in wanted]
        results = dict(draft_many(drafter, named, clock=utc_now, concurrency=threads))
        took = time.monotonic() - began
        asked = list(gathered(wanted, results, at.settled(), drafter.archive))
    most = 2 * (1 + settings.max_retries)
    wrongs = [f"{one.question.body}: {wrong}" for one in asked for wrong in one.wrongs(most, timeout)]
    if len(results) != count:
        wrongs.append(f"{count - len(results)} questions have no end")
    print_faults(asked, took, threads, most)
    return wrongs


def gathered(
    wanted: Sequence[Question], results: dict[str, Draft | Failure], served: list[dict[str, Any]], archive: Archive
) -> Iterator[Asked]:
    calls: dict[str, list[dict[str, Any]]] = {}
    for call in served:
        calls.setdefault(call["question"], []).append(call)
    for question in wanted:
        result = results[question.id]
        kept = isinstance(result, Draft) and archive.draft(result.id).reply == result.reply
        yield Asked(question, result, calls[question.body], kept)


def print_faults(asked: Sequence[Asked], took: float, threads: int, most: int) -> None:
    calls = [call for one in asked for call in one.calls]
    show("questions, threads, seconds", f"{len(asked):,}, {threads}, {took:.0f}")
    faulty = sum(call["behaviour"] not in faults.COMPLETE for call in calls)
    show("calls that the server saw, of these faulty", f"{len(calls):,}, {faulty / len(calls):.0%}")
    show("calls for one question: mean, most, bound", ", ".join((
        f"{len(calls) / len(asked):.2f}", str(max(len(one.calls) for one in asked)), str(most)
    )))  # fmt: skip
    ends = Counter(outcome(one.result) for one in asked)
    for name, count in ends.most_common():
        show(f"  {name}", f"{count:,}")
    hangs = [
        call["ended"] - call["asked"] for call in calls if call["behaviour"].startswith("hang") and call["ended"]
    ]
    if hangs:
        show("silent calls, the longest with a time-out of 1 s", f"{len(hangs)}, {max(hangs):.2f} s")


def outcome(result: Draft | Failure) -> str:
    """A failure by its kind and the sentence's gist: who failed and how."""
    if isinstance(result, Draft):
        return "drafts"
    gists = (
        "said nothing for", "broke off", "reported an error", "cannot be reached", "gave no answer", "too long for",
        "limits requests", "failed", "content filter", "refused to write", "said nothing at all", "at its limit",
        "are not a draft",
    )  # fmt: skip
    gist = next((gist for gist in gists if gist in result.message), result.message)
    return f"{result.kind}: {gist}"


# ---------------------------------------------------------------------------------------------------- first words


@dataclass(frozen=True)
class Timed:
    """Seconds until the first words beyond the server's own, and of the processor for the whole answer."""

    wait: float
    processor: float


Ask = Callable[[Sequence[Message]], Iterator[bool]]
"""Sends the messages; says at each step whether there are words to see."""


def tokens_section(settings: Settings, at: Server, count: int) -> list[str]:
    """Drafter, then plain ChatOpenAI and the plain SDK with the same messages, for one question after the other."""
    settings = settings.model_copy(update={"base_url": at.url, "model": "openai:patient"})
    peers = {"ChatOpenAI": langchain(at.url), "openai SDK": sdk(at.url)}
    found: dict[str, list[Timed]] = {name: [] for name in ("Drafter", "of it before the model", *peers)}
    warm = 3
    with drafting(settings) as drafter:
        show("exchanges", f"{drafter.archive.count_exchanges():,}")
        for number, question in enumerate(written_questions(count + warm)):
            whole, before, messages = one_draft(at, drafter, question)
            others = [one_answer(at, ask, messages) for ask in peers.values()]
            if number >= warm:
                for values, value in zip(found.values(), (whole, before, *others), strict=True):
                    values.append(value)
        wrongs = connections(drafter, at)
    show("until the first words, beyond the server's own time", "and CPU of the whole draft, median")
    for name, values in found.items():
        waits = quantiles([value.wait for value in values])
        show(f"  {name}", f"{waits}; {1000 * processor(values):.1f} ms")
    beyond = processor(found["Drafter"]) - processor(found["ChatOpenAI"])
    show("Drafter's CPU for a draft beyond ChatOpenAI's", f"{1000 * beyond:.1f} ms")
    return wrongs


def written_questions(count: int) -> list[Question]:
    """Of the length that people write."""
    return [Question(row["question"]) for row in random.Random(5).sample(records(), count)]


def processor(values: Sequence[Timed]) -> float:
    return statistics.median(value.processor for value in values)


def quantiles(values: Sequence[float]) -> str:
    cuts = statistics.quantiles([1000 * value for value in values], n=20, method="inclusive")
    return f"median {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms"


def one_draft(at: Server, drafter: Drafter, question: Question) -> tuple[Timed, Timed, Sequence[Message]]:
    """The draft, what of it came before the model, and the messages that were sent."""
    at.forget()
    first, before = None, None
    messages: Sequence[Message] = ()
    used, began = time.process_time(), time.monotonic()
    for step in drafter.stream(question):
        if isinstance(step, Prepared):
            before = Timed(time.monotonic() - began, time.process_time() - used)
            messages = step.request.messages
        if first is None and isinstance(step, Partial) and any(partial_texts(step.value)):
            first = time.monotonic()
    used = time.process_time() - used
    assert first is not None
    assert before is not None
    return Timed(first - began - own_time(at), used), before, messages


def one_answer(at: Server, ask: Ask, messages: Sequence[Message]) -> Timed:
    at.forget()
    first, used, began = None, time.process_time(), time.monotonic()
    for visible in ask(messages):
        if visible and first is None:
            first = time.monotonic()
    used = time.process_time() - used
    assert first is not None
    return Timed(first - began - own_time(at), used)


def own_time(at: Server) -> float:
    """From the only call's arrival at the server to its first words there."""
    (call,) = at.served()
    return float(call["first"] - call["asked"])


def langchain(url: str) -> Ask:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    model = ChatOpenAI(model="patient", base_url=url, api_key=SecretStr("none"), stream_usage=True, timeout=60)
    return lambda messages: (bool(chunk.text) for chunk in model.stream(plain(messages)))


def sdk(url: str) -> Ask:
    import openai

    client = openai.OpenAI(base_url=url, api_key="none", timeout=60)

    def ask(messages: Sequence[Message]) -> Iterator[bool]:
        chunks = client.chat.completions.create(
            model="patient", messages=cast("Any", plain(messages)), stream=True,
            stream_options={"include_usage": True},
        )  # fmt: skip
        return (bool(chunk.choices and chunk.choices[0].delta.content) for chunk in chunks)

    return ask


def plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def connections(drafter: Drafter, at: Server) -> list[str]:
    """That are opened for one draft after the other."""
    at.forget()
    drafts = questions("connections", 100)
    for question in drafts:
        drafter.draft(question)
    opened = len({call["connection"] for call in at.served()})
    show(f"TCP connections for {len(drafts)} drafts one after the other", str(opened))
    return [f"{opened} connections for {len(drafts)} drafts"] if opened > 2 else []


# ---------------------------------------------------------------------------------------------------------- cancel


def cancel_section(settings: Settings, at: Server, count: int) -> list[str]:
    """Closing a draft in the middle."""
    settings = settings.model_copy(update={"base_url": at.url, "model": "openai:slow"})
    taken = []
    with drafting(settings) as drafter:
        for question in questions("cancel", count):
            at.forget()
            with closing(cast("Any", drafter.stream(question))) as steps:
                next(step for step in steps if isinstance(step, Partial))
                closed = time.monotonic()
            (call,) = at.served()
            while call["ended"] is None and time.monotonic() < closed + 5:
                time.sleep(0.02)
                (call,) = at.served()
            taken.append((call["ended"] or float("inf")) - closed if not call["finished"] else float("inf"))
    show(f"closing a draft to the end of the server's work, {count} times", quantiles(taken))
    return [f"the server went on working for {max(taken):.1f} s"] if max(taken) > 1 else []


# ------------------------------------------------------------------------------------------------------------ cold


def cold_section(settings: Settings, at: Server, count: int) -> list[str]:
    """The first draft of a fresh process, best of ``count`` processes."""
    best: dict[str, float] = {}
    for _ in range(count):
        at.forget()
        script = [sys.executable, "-m", "tests.bench_drafting", "--as-fresh", at.url, "--home", str(settings.home)]
        began = time.monotonic()
        done = subprocess.run(script, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
        instants = json.loads(done.stdout)
        spans = {
            "process start to the first words": instants["first"] - began - own_time(at),
            "question to the first words": instants["first"] - instants["opened"] - own_time(at),
            "of it screening, sources, rendering": instants["prepared"] - instants["opened"],
            "of it the model's client": instants["first"] - instants["prepared"] - own_time(at),
            "screening, sources, rendering of its second": instants["second"],
        }
        best = {name: min(span, best.get(name, span)) for name, span in spans.items()}
    show("a fresh process, best of", str(count))
    for name, span in best.items():
        show(f"  {name}", f"{span:.2f} s")
    return []


def be_fresh(settings: Settings) -> None:
    """The work of a fresh process; prints its instants."""
    first, second = written_questions(2)
    with drafting(settings) as drafter:
        instants = {"opened": time.monotonic()}
        for step in drafter.stream(first):
            if isinstance(step, Prepared):
                instants["prepared"] = time.monotonic()
            elif isinstance(step, Partial) and "first" not in instants and any(partial_texts(step.value)):
                instants["first"] = time.monotonic()
        began = time.monotonic()
        drafter.prepare(second)
        instants["second"] = time.monotonic() - began
    print(json.dumps(instants))


# ------------------------------------------------------------------------------------------------------------------


class Renamed:
    """The embedder under the name that an index of noisy vectors was built with (tests.bench_scale)."""

    def __init__(self, real: Embedder, identity: str) -> None:
        self.embed = real.embed
        self.identity = identity
        self.dimension = real.dimension
        self.window = real.window
        self.reads_chinese = real.reads_chinese


@contextmanager
def drafting(settings: Settings) -> Iterator[Drafter]:
    drafter = open_drafter(settings)
    embedder = embedder_of(settings)
    manifest = next(settings.index_folder.glob("builds/*/manifest.json"))
    identity = json.loads(manifest.read_text())["embedder"]
    if identity != embedder.identity:
        retriever = Retriever(settings.index_folder, Renamed(embedder, identity), drafter.archive)
        drafter = replace(drafter, retriever=retriever)
    try:
        yield drafter
    finally:
        drafter.archive.close()


@contextmanager
def sample_home() -> Iterator[Settings]:
    """A new home with the sample archive."""
    models = ROOT / "build" / "test-models"
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to(models)
        settings = Settings(home=home, api_key=SecretStr(KEY))
        with contextlib.redirect_stdout(sys.stderr):
            import_sample(settings)
        yield settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sections", nargs="*", default=list(SECTIONS), metavar=f"[{'|'.join(SECTIONS)}]")
    parser.add_argument("--home", type=Path, help="a large archive with its index; faults use the sample")
    parser.add_argument("--questions", type=int, default=1000, help="for the faults")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--threads", type=int, default=16, help="that draft beside the faults")
    parser.add_argument("--drafts", type=int, default=60, help="for the first words")
    parser.add_argument("--as-fresh", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(unknown)}")
    if given.as_fresh:
        be_fresh(Settings(home=given.home, base_url=given.as_fresh, model="openai:patient"))
        return
    show("load of this machine before", ", ".join(f"{load:.1f}" for load in os.getloadavg()))
    with sample_home() as sample, server() as at:
        large = sample if given.home is None else sample.model_copy(update={"home": given.home.absolute()})
        sections: dict[str, Callable[[], list[str]]] = {
            "faults": lambda: faults_section(sample, at, given.questions, given.seed, given.threads),
            "tokens": lambda: tokens_section(large, at, given.drafts),
            "cancel": lambda: cancel_section(sample, at, 20),
            "cold": lambda: cold_section(large, at, 3),
            "offline": lambda: offline_section(CORPUS),
        }
        wrongs = [wrong for name in given.sections for wrong in ran(name, sections[name])]
    for wrong in wrongs[:20]:
        print(f"  {wrong}")
    if wrongs:
        sys.exit(f"bench-drafting: {len(wrongs)} bars failed.")


def offline_section(corpus: Path) -> list[str]:
    """Drafts without a model beside simpler ways, where the corpus lies beside the checkout."""
    if corpus.exists():
        bench_offline.measure(corpus, 475)
    else:
        print(f"skipped: {corpus.name} is not beside the checkout (python -m tests.bench_offline --corpus FILE)")
    return []


def ran(name: str, section: Callable[[], list[str]]) -> list[str]:
    print(f"\n{name}")
    return section()


if __name__ == "__main__":
    main()
