"""An index on a real Chroma server, and one archive on a real PostgreSQL, shared by several machines.

A machine is a folder of its own here: nothing but the archive and the server is shared.
"""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from drafter.archive import Archive, open_archive
from drafter.domain import Exchange, Question
from drafter.errors import BadSettings, IndexUnusable
from drafter.opening import server_of
from drafter.retrieval import Retriever, build_index, verify_index
from drafter.screening import deidentify
from drafter.settings import read_settings
from tests.chroma_server import ChromaProcess, gate
from tests.conftest import ROOT
from tests.flows.test_cli import BACK_PAIN, drafter, fails_with_one_sentence
from tests.test_vectorstore import DOCUMENTS, HashedWords, document, names
from vectorstore import ChromaServer, open_builder, open_index
from vectorstore import build_index as build
from vectorstore.errors import DamagedIndex, ServerUnavailable


@pytest.fixture
def embedder() -> HashedWords:
    return HashedWords()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    return tmp_path / "machine"


@pytest.fixture
def other_machine(tmp_path: Path) -> Path:
    return tmp_path / "other-machine"


@pytest.fixture
def archive(postgresql: str) -> Iterator[Archive]:
    with open_archive(postgresql) as opened:
        yield opened


def exchange(body: str, reply: str) -> Exchange:
    return Exchange(Question(body), reply)


KNEE = exchange("My knee clicks on stairs.", "Strengthen the thigh; a scan is rarely needed.")
EAR = exchange("My ear rings since the concert.", "Ringing usually fades within days.")
HEEL = exchange("My heel burns in the morning.", "Stretch the calf before getting up.")


def found(retriever: Retriever, text: str, limit: int = 1) -> list[Exchange]:
    return [source.exchange for source in retriever.find(deidentify(text), limit=limit)]


def rows(server: ChromaServer, name: str) -> int:
    """Asked past all of our own code; the database's path is that of Chroma's HTTP interface."""
    collections = f"{server.url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    return int(httpx.get(f"{collections}/{httpx.get(f'{collections}/{name}').json()['id']}/count").text)


# One machine


def test_what_is_found_is_what_an_embedded_index_finds(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path, tmp_path: Path
) -> None:
    build(tmp_path / "embedded", DOCUMENTS, embedder)
    build(machine, DOCUMENTS, embedder, server=chroma_server)
    embedded, served = (
        open_index(tmp_path / "embedded", embedder),
        open_index(machine, embedder, server=chroma_server),
    )
    for text in ("my knee clicks", "ringing ear in the morning", "下背痛要照X光嗎", ""):
        assert served.near(text, limit=5) == embedded.near(text, limit=5)
    assert served.vectors(["ear", "unknown"]).keys() == {"ear"}
    assert (served.vectors(["ear"])["ear"] == embedded.vectors(["ear"])["ear"]).all()
    assert served.faults() == []
    assert not list(machine.rglob("*.sqlite3")), "no vectors on this machine"


def test_a_build_with_documents_added_serves_after_a_refresh(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path
) -> None:
    build(machine, DOCUMENTS[:3], embedder, server=chroma_server)
    index = open_index(machine, embedder, server=chroma_server)
    with open_builder(machine, embedder, server=chroma_server) as builder:
        builder.build(DOCUMENTS[3:], anew=False)
    assert index.refresh()
    assert index.manifest is not None
    assert index.manifest.rows == 5
    assert sorted(names(index, "knee", 5)) == sorted(document.id for document in DOCUMENTS)
    assert index.faults() == []


def test_an_empty_index_on_a_server_finds_nothing(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path
) -> None:
    build(machine, [], embedder, server=chroma_server)
    assert names(open_index(machine, embedder, server=chroma_server), "knee") == []


def test_more_documents_than_fit_into_one_request(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path
) -> None:
    many = [document(f"n{n}", f"Question number {n} about a rash.") for n in range(600)]
    build(machine, [*DOCUMENTS, *many], embedder, server=chroma_server)
    index = open_index(machine, embedder, server=chroma_server)
    assert names(index, "my knee clicks", 1) == ["knee"]
    assert index.faults() == []


def process(code: str, *arguments: object) -> "subprocess.Popen[str]":
    begin = (
        "import sys; from tests.test_chroma_server import *; "
        "folder = Path(sys.argv[1]); server = ChromaServer(sys.argv[2], sys.argv[3])\n"
    )
    command = [sys.executable, "-c", begin + code, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **pipes, text=True, cwd=ROOT)  # type: ignore[call-overload,no-any-return]  # as given


SLOW_BUILD = """
def documents():
    yield from [document(f"n{n}", f"A new question {n}.") for n in range(1_000)]
    print("half", flush=True)
    sys.stdin.readline()
build(folder, documents(), HashedWords(), server=server)
"""


def test_a_builder_killed_while_it_adds_is_finished_by_the_next(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path
) -> None:
    name = build(machine, DOCUMENTS, embedder, server=chroma_server)
    builder = process(SLOW_BUILD, machine, chroma_server.url, chroma_server.collection)
    assert builder.stdout is not None
    assert builder.stdout.readline() == "half\n"
    builder.send_signal(signal.SIGKILL)
    builder.communicate()
    collection = chroma_server.collection_of(embedder)
    left = rows(chroma_server, collection)
    assert 500 < left < 1_005, "some of the 1,000 are there already"
    index = open_index(machine, embedder, server=chroma_server)
    assert index.build == name, "the old one serves"
    assert names(index, "my knee clicks", 1) == ["knee"]
    many = [document(f"n{n}", f"A new question {n}.") for n in range(1_000)]
    build(machine, [*DOCUMENTS, *many], embedder, server=chroma_server)
    assert index.refresh()
    assert index.faults() == []
    assert rows(chroma_server, collection) == 1_005


# The server fails


def test_a_server_that_is_down_is_one_sentence_and_back_again_it_serves(
    own_chroma: ChromaProcess, archive: Archive, embedder: HashedWords, machine: Path, other_machine: Path
) -> None:
    server = ChromaServer(own_chroma.url)
    archive.add_exchanges([KNEE, EAR, HEEL])
    build_index(archive, embedder, machine, server=server)
    retriever = Retriever(machine, embedder, archive, server=server)
    assert found(retriever, "my knee clicks") == [KNEE]
    own_chroma.stop()
    down = rf"Chroma server at {server.url} could not be used: .*refused\. Check that it runs.*DRAFTER_CHROMA_URL"
    with pytest.raises(IndexUnusable, match=down):
        found(retriever, "my knee clicks")
    with pytest.raises(IndexUnusable, match=down):
        found(Retriever(machine, embedder, archive, server=server), "my knee clicks")
    with pytest.raises(IndexUnusable, match=down):
        build_index(archive, embedder, other_machine, server=server)
    with pytest.raises(IndexUnusable, match=down):
        verify_index(archive, embedder, machine, server=server)
    own_chroma.start()
    assert found(retriever, "my knee clicks") == [KNEE]
    assert build_index(archive, embedder, other_machine, server=server).embedded == 0
    assert found(Retriever(other_machine, embedder, archive, server=server), "ringing ear") == [EAR]


def test_an_emptied_server_names_the_command_that_mends_it(
    own_chroma: ChromaProcess, archive: Archive, embedder: HashedWords, machine: Path, other_machine: Path
) -> None:
    server = ChromaServer(own_chroma.url)
    archive.add_exchanges([KNEE, EAR])
    for folder in (machine, other_machine):
        build_index(archive, embedder, folder, server=server)
    retriever = Retriever(machine, embedder, archive, server=server)
    other = Retriever(other_machine, embedder, archive, server=server)
    assert found(retriever, "my knee clicks") == found(other, "my knee clicks") == [KNEE]
    own_chroma.empty()
    for _ in range(2):
        with pytest.raises(IndexUnusable, match=r"no longer holds .*Run `drafter index rebuild`"):
            found(retriever, "my knee clicks")
        with pytest.raises(IndexUnusable, match=r"no longer holds .*Run `drafter index rebuild`"):
            found(other, "my knee clicks")
    archive.add_exchanges([HEEL])
    build_index(archive, embedder, machine, server=server)
    with pytest.raises(IndexUnusable, match=r"holds 1 of 3 vectors\. Run `drafter index rebuild`"):
        found(retriever, "my knee clicks")
    assert build_index(archive, embedder, machine, server=server, anew=True).embedded == 0
    assert found(retriever, "my knee clicks") == [KNEE]
    assert found(other, "my knee clicks") == [KNEE], "the other machine's build is whole again too"
    assert verify_index(archive, embedder, other_machine, server=server) == []


def test_a_server_that_accepts_and_never_answers_does_not_hold_anybody_for_ever(
    embedder: HashedWords, machine: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = ChromaServer(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
        with pytest.raises(ServerUnavailable, match="could not be used: timed out"):
            build(machine, DOCUMENTS, embedder, server=server)


def test_a_server_that_falls_silent_does_not_hold_a_search_for_ever(
    own_chroma: ChromaProcess, embedder: HashedWords, machine: Path
) -> None:
    server = ChromaServer(own_chroma.url, timeout=1)
    build(machine, DOCUMENTS, embedder, server=server)
    index = open_index(machine, embedder, server=server)
    with own_chroma.frozen(), pytest.raises(ServerUnavailable, match="timed out"):
        names(index, "my knee clicks", 1)
    assert names(index, "my knee clicks", 1) == ["knee"]


def test_chroma_tells_nobody_else_whatever_its_variables_say(
    chroma_server: ChromaServer, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as collector:
        monkeypatch.setenv("CHROMA_OTEL_GRANULARITY", "all")
        monkeypatch.setenv("CHROMA_OTEL_COLLECTION_ENDPOINT", f"http://127.0.0.1:{collector.getsockname()[1]}")
        code = "build(folder, DOCUMENTS, HashedWords(), server=server)"
        builder = process(code, machine, chroma_server.url, chroma_server.collection)
        assert builder.communicate(timeout=60) == ("", "")
        collector.settimeout(0.1)
        with pytest.raises(TimeoutError):
            collector.accept()


@pytest.mark.parametrize("pattern", ["tantivy/meta.json", "tantivy/*.store"])
def test_damage_on_this_machine_is_not_said_of_the_server(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path, pattern: str
) -> None:
    build(machine, DOCUMENTS, embedder, server=chroma_server)
    [file] = machine.glob(f"builds/*/{pattern}")
    with file.open("r+b") as damaged:
        damaged.write(bytes(file.stat().st_size))
    with pytest.raises(DamagedIndex, match=f"The index in {machine}"):
        names(open_index(machine, embedder, server=chroma_server), "my knee clicks")


# A proxy that asks for a token


def test_a_token_opens_the_way(chroma_server: ChromaServer, embedder: HashedWords, machine: Path) -> None:
    with gate(chroma_server, token="invented-secret") as behind:
        server = replace(behind.server, token="invented-secret")
        build(machine, DOCUMENTS, embedder, server=server)
        assert names(open_index(machine, embedder, server=server), "my knee clicks", 1) == ["knee"]
        assert "invented-secret" not in repr(server)
        assert "invented-secret" not in "".join(path.read_text() for path in machine.rglob("manifest.json"))


@pytest.mark.parametrize("token", [None, "wrong-secret"])
def test_without_the_right_token_the_refusal_is_one_sentence(
    chroma_server: ChromaServer, embedder: HashedWords, machine: Path, token: str | None
) -> None:
    with gate(chroma_server, token="invented-secret") as behind:
        server = replace(behind.server, token=token)
        with pytest.raises(ServerUnavailable, match=r"refused: 401 Unauthorized\.$") as said:
            build(machine, DOCUMENTS, embedder, server=server)
        assert "secret" not in str(said.value)


# Several machines


def test_a_second_machine_adds_nothing_to_the_server_and_embeds_nothing(
    chroma_server: ChromaServer, archive: Archive, embedder: HashedWords, machine: Path, other_machine: Path
) -> None:
    archive.add_exchanges([KNEE, EAR])
    assert build_index(archive, embedder, machine, server=chroma_server).embedded == 4
    with gate(chroma_server) as behind:
        assert build_index(archive, embedder, other_machine, server=behind.server).embedded == 0
        assert not [path for path in behind.paths if path.endswith(("upsert", "add"))]
        archive.add_exchanges([HEEL])
        assert build_index(archive, embedder, other_machine, server=behind.server).embedded == 2
        assert [path for path in behind.paths if path.endswith(("upsert", "add"))]
        assert found(Retriever(other_machine, embedder, archive, server=behind.server), "heel burns") == [HEEL]
    assert build_index(archive, embedder, machine, server=chroma_server).embedded == 0
    assert rows(chroma_server, chroma_server.collection_of(embedder)) == 3


BUILD = """
with open_archive(sys.argv[4]) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    print(build_index(archive, HashedWords(), folder, server=server).exchanges)
"""


def test_two_machines_may_build_at_once(
    chroma_server: ChromaServer, archive: Archive, postgresql: str, embedder: HashedWords, tmp_path: Path
) -> None:
    archive.add_exchanges(exchange(f"My toe number {n} is sore.", f"Rest toe {n}.") for n in range(800))
    folders = [tmp_path / "machine", tmp_path / "other-machine"]
    builders = [process(BUILD, f, chroma_server.url, chroma_server.collection, postgresql) for f in folders]
    for builder in builders:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "ready\n"
    for builder in builders:
        assert builder.stdin is not None
        builder.stdin.write("go\n")
        builder.stdin.flush()
    for builder in builders:
        said, errors = builder.communicate(timeout=120)
        assert (said, errors) == ("800\n", "")
    assert rows(chroma_server, chroma_server.collection_of(embedder)) == 800
    for folder in folders:
        assert verify_index(archive, embedder, folder, server=chroma_server) == []


READER = """
with open_archive(sys.argv[4]) as archive:
    retriever = Retriever(folder, HashedWords(), archive, server=server)
    print(len(found(retriever, "knee")), flush=True)
    for line in sys.stdin:
        print(found(retriever, line.strip())[0].question.body, flush=True)
"""


def test_what_is_approved_is_found_at_once_on_every_machine_while_both_build(
    chroma_server: ChromaServer, archive: Archive, postgresql: str, embedder: HashedWords, tmp_path: Path
) -> None:
    archive.add_exchanges([KNEE, EAR, HEEL])
    folders = [tmp_path / "machine", tmp_path / "other-machine"]
    for folder in folders:
        build_index(archive, embedder, folder, server=chroma_server)
    readers = [process(READER, f, chroma_server.url, chroma_server.collection, postgresql) for f in folders]
    asked = [ask(reader) for reader in readers]
    for n in range(12):
        approved = replace(exchange(f"My thumb named {n}x{n} is numb.", f"Change grip {n}."), origin="approved")
        archive.add_exchanges([approved])
        for one in asked:
            assert one(f"thumb named {n}x{n} numb") == approved.question.body
        if n % 3 == 2:
            build_index(archive, embedder, folders[n % 2], server=chroma_server)
    for reader in readers:
        assert reader.communicate(timeout=30) == ("", "")
    assert rows(chroma_server, chroma_server.collection_of(embedder)) == 15


def ask(reader: "subprocess.Popen[str]") -> Callable[[str], str]:
    """Asks the reader a line and gives its answer."""
    pipe, answers = reader.stdin, reader.stdout
    assert pipe is not None
    assert answers is not None
    assert answers.readline() == "1\n"

    def answered(line: str) -> str:
        pipe.write(f"{line}\n")
        pipe.flush()
        return answers.readline().strip()

    return answered


def test_two_archives_with_collections_of_their_own_know_nothing_of_each_other(
    chroma_server: ChromaServer, embedder: HashedWords, tmp_path: Path
) -> None:
    other = replace(chroma_server, collection=f"{chroma_server.collection}-other")
    build(tmp_path / "one", DOCUMENTS[:1], embedder, server=chroma_server)
    build(tmp_path / "other", DOCUMENTS[1:3], embedder, server=other)
    assert names(open_index(tmp_path / "one", embedder, server=chroma_server), "ringing ear", 5) == ["knee"]
    assert names(open_index(tmp_path / "other", embedder, server=other), "knee clicks", 5).count("knee") == 0


def test_two_archives_in_one_collection_never_show_each_other_anything(
    chroma_server: ChromaServer, archive: Archive, embedder: HashedWords, machine: Path, tmp_path: Path
) -> None:
    archive.add_exchanges([KNEE, EAR])
    build_index(archive, embedder, machine, server=chroma_server)
    with open_archive(f"sqlite:///{tmp_path / 'other.db'}") as other:
        other.add_exchanges([HEEL])
        build_index(other, embedder, tmp_path / "other", server=chroma_server)
        assert found(Retriever(tmp_path / "other", embedder, other, server=chroma_server), "knee clicks", 5) == [
            HEEL
        ]
    retriever = Retriever(machine, embedder, archive, server=chroma_server)
    assert HEEL not in found(retriever, "my heel burns in the morning", 5)
    assert len(found(retriever, "my heel burns in the morning", 5)) == 2


# Another place


def test_a_change_of_place_is_refused_until_the_index_is_built_there(
    chroma_server: ChromaServer, archive: Archive, embedder: HashedWords, machine: Path
) -> None:
    archive.add_exchanges([KNEE, EAR])
    elsewhere = replace(chroma_server, collection="test-elsewhere")
    at_home = "in its own folder"
    served = f"on the Chroma server at {chroma_server.url}"
    build_index(archive, embedder, machine)
    for before, place in ((at_home, chroma_server), (served, elsewhere), (served, None)):
        with pytest.raises(IndexUnusable, match=rf"vectors .*{before}.* another place\. Run `drafter index build`"):
            found(Retriever(machine, embedder, archive, server=place), "knee")
        report = build_index(archive, embedder, machine, server=place)
        assert (report.exchanges, report.embedded) == (2, 0)
        assert found(Retriever(machine, embedder, archive, server=place), "my knee clicks") == [KNEE]
    httpx.get(f"{chroma_server.url}/api/v2/heartbeat").raise_for_status()


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "http://localhost:8000/chroma", "ftp://localhost", "http://", "http://me:pw-1@host", "8000"],
)
def test_a_url_that_is_none_is_one_sentence(url: str) -> None:
    with pytest.raises(BadSettings, match=r"DRAFTER_CHROMA_URL is set to .*: it must look like http://") as said:
        read_settings(chroma_url=url)
    assert "pw-1" not in str(said.value)


@pytest.mark.parametrize("name", ["", "two words", "-minus", "a" * 101, "患者"])
def test_a_collection_that_chroma_would_refuse_is_one_sentence(name: str) -> None:
    with pytest.raises(BadSettings, match="DRAFTER_CHROMA_COLLECTION"):
        read_settings(chroma_collection=name)


def test_a_server_is_written_in_one_way_only() -> None:
    settings = read_settings(chroma_url="https://chroma.example:8443/", chroma_token="invented-secret")
    server = server_of(settings)
    assert server == ChromaServer("https://chroma.example:8443", "drafter", "invented-secret", 60.0)
    assert server_of(read_settings()) is None


# From the command line


def test_two_homes_with_one_archive_and_one_server_work_as_one(
    chroma_server: ChromaServer, postgresql: str, home: Path, tmp_path: Path
) -> None:
    other_home = tmp_path / "other-home"
    other_home.mkdir()
    (other_home / "models").symlink_to((home / "models").resolve())
    with gate(chroma_server, token="invented-secret") as behind:
        shared = {
            "DRAFTER_ARCHIVE_URL": postgresql,
            "DRAFTER_CHROMA_URL": behind.server.url,
            "DRAFTER_CHROMA_COLLECTION": chroma_server.collection,
            "DRAFTER_CHROMA_TOKEN": "invented-secret",
        }
        other = shared | {"DRAFTER_HOME": str(other_home)}
        assert drafter("import", "--sample", **shared).returncode == 0
        built = drafter("index", "build", **other)
        assert "0 texts were embedded anew" in built.stderr, built.stderr
        results = [json.loads(drafter("search", BACK_PAIN, "--json", **place).stdout) for place in (shared, other)]
        assert len(results[0]) == 5
        assert results[0] == results[1]
        made = drafter("draft", BACK_PAIN, **other)
        assert "[1]" in made.stdout, made.stderr
        assert behind.server.url in drafter("index", "status", **other).stdout
        assert drafter("index", "verify", **other).stdout == "The index is whole.\n"
        refused = drafter("search", "knee", **shared | {"DRAFTER_CHROMA_TOKEN": "wrong"})
        fails_with_one_sentence(refused, "401 Unauthorized", "DRAFTER_CHROMA_TOKEN")
