"""The store: immutable builds, many readers and one builder, dense and lexical rankings with a tail."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.openai_server import embedding
from vectorstore import Document, Index, Part, Ranking, build_index, make_tail, open_builder, open_index
from vectorstore.errors import (
    BuildFailed,
    DamagedIndex,
    EmbedderUnavailable,
    IndexBusy,
    MissingIndex,
    WrongEmbedder,
)
from vectorstore.fusion import best, fused, scaled
from vectorstore.lexical import terms
from vectorstore.values import Vectors

ROOT = Path(__file__).parent.parent


class HashedWords:
    """A real, small embedder: a unit vector of hashed words. Counts the texts it was given."""

    def __init__(self, identity: str = "hashed-words") -> None:
        self.identity = identity
        self.dimension = 64
        self.window = 1_000
        self.reads_chinese = True
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return np.array([embedding(text) for text in texts], np.float32).reshape(len(texts), 64)


class SilentServer(HashedWords):
    def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbedderUnavailable("The server does not answer.")


class MemoryCache:
    def __init__(self) -> None:
        self.vectors: dict[tuple[str, str], bytes] = {}

    def get(self, embedder: str, hashes: Sequence[str]) -> Mapping[str, bytes]:
        return {h: self.vectors[embedder, h] for h in hashes if (embedder, h) in self.vectors}

    def put(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        self.vectors |= {(embedder, h): vector for h, vector in vectors.items()}


def document(name: str, question: str, reply: str = "Please rest and drink water.") -> Document:
    return Document(name, {"question": question, "reply": reply})


DOCUMENTS = [
    document("knee", "My knee clicks on stairs.", "Strengthen the thigh; a scan is rarely needed."),
    document("ear", "My ear rings since the concert.", "Ringing usually fades within days."),
    document("heel", "My heel burns in the morning.", "Stretch the calf before getting up."),
    document("zh", "下背痛三個月，需要照X光嗎？", "先觀察六週，可做復健。"),
    document("zh2", "咳嗽兩週，晚上更嚴重。", "若有發燒請就醫。"),
]


def names(index: Index, text: str, limit: int = 3, **options: object) -> list[str]:
    return [match.id for match in index.near(text, limit=limit, **options)]  # type: ignore[arg-type]  # as given


@pytest.fixture
def embedder() -> HashedWords:
    return HashedWords()


@pytest.fixture
def index(tmp_path: Path, embedder: HashedWords) -> Index:
    build_index(tmp_path, DOCUMENTS, embedder, stamp={"sequence": 5})
    return open_index(tmp_path, embedder)


def test_the_nearest_document_comes_first_with_scores_from_0_to_1(index: Index) -> None:
    found = index.near("my knee clicks", limit=5)
    assert found[0].id == "knee"
    assert all(0 <= match.score <= 1 for match in found)
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    dense, lexical = found[0].parts["dense"], found[0].parts["lexical"]
    assert dense.score > 0.2
    assert lexical.score > 0
    assert dense.rank == lexical.rank == 1
    assert dense.share + lexical.share == pytest.approx(found[0].score)


def test_a_build_keeps_the_stamp_it_was_given(index: Index) -> None:
    assert index.stamp == {"sequence": 5}
    assert index.manifest is not None
    assert (index.manifest.rows, index.manifest.dimension) == (5, 64)


def test_chinese_is_found_by_its_words(index: Index) -> None:
    assert names(index, "下背痛要不要照X光", 1) == ["zh"]
    assert names(index, "晚上咳嗽", 1) == ["zh2"]


def test_excluded_documents_are_not_returned(index: Index) -> None:
    assert "knee" not in names(index, "my knee clicks", 5, exclude=frozenset({"knee"}))


def test_building_twice_finds_the_same(tmp_path: Path, index: Index, embedder: HashedWords) -> None:
    before = index.near("ringing ear in the morning", limit=5)
    first = index.build
    build_index(tmp_path, DOCUMENTS, embedder)
    assert index.refresh()
    assert index.build != first
    assert index.near("ringing ear in the morning", limit=5) == before


def test_equal_scores_keep_one_order(tmp_path: Path, embedder: HashedWords) -> None:
    twins = [document(f"twin-{n}", "The same question about a rash.") for n in (3, 1, 4, 2, 0)]
    build_index(tmp_path, twins, embedder)
    index = open_index(tmp_path, embedder)
    assert names(index, "a rash", 5) == [f"twin-{n}" for n in range(5)]
    assert names(index, "a rash", 5, tail=make_tail(twins[:2], embedder)) == [f"twin-{n}" for n in range(5)]


@pytest.mark.parametrize(
    "text",
    ["", "?!", 'id:knee AND ("', "terms:* -knee ^9 ~", "\x00\u200b", "knee " * 5_000, "\ud83d", "[NAME_1]"],
)
def test_whatever_is_typed_is_searched_as_words(index: Index, text: str) -> None:
    assert len(index.near(text, limit=5)) == 5


def test_documents_without_a_question_are_found_by_their_reply(tmp_path: Path, embedder: HashedWords) -> None:
    build_index(tmp_path, [Document(d.id, {"reply": d.texts["reply"]}) for d in DOCUMENTS], embedder)
    assert names(open_index(tmp_path, embedder), "stretch the calf", 1) == ["heel"]


def test_an_empty_index_finds_nothing(tmp_path: Path, embedder: HashedWords) -> None:
    build_index(tmp_path, [], embedder)
    assert open_index(tmp_path, embedder).near("knee", limit=3) == ()


# The tail


def test_what_was_added_since_the_build_is_found_at_once(index: Index, embedder: HashedWords) -> None:
    tail = make_tail([document("thumb", "My thumb is numb after cycling.")], embedder)
    assert names(index, "numb thumb", 1, tail=tail) == ["thumb"]
    assert names(index, "my knee clicks", 1, tail=tail) == ["knee"]


def test_the_tail_alone_serves_before_the_first_build(tmp_path: Path, embedder: HashedWords) -> None:
    index = open_index(tmp_path, embedder, may_be_missing=True)
    assert index.build is None
    assert index.near("knee", limit=3) == ()
    assert names(index, "下背痛", 1, tail=make_tail(DOCUMENTS, embedder)) == ["zh"]
    build_index(tmp_path, DOCUMENTS, embedder)
    assert index.refresh()
    assert index.build is not None


def test_a_document_scores_alike_in_the_build_and_in_the_tail(tmp_path: Path, embedder: HashedWords) -> None:
    documents = [document(f"d{n}", f"Question {n} about a sore wrist {n % 7}.", f"Reply {n}.") for n in range(60)]
    build_index(tmp_path / "whole", documents, embedder)
    build_index(tmp_path / "most", documents[:40], embedder)
    whole = open_index(tmp_path / "whole", embedder).near("a sore wrist 3 reply 45", limit=10)
    tail = make_tail(documents[40:], embedder)
    parts = open_index(tmp_path / "most", embedder).near("a sore wrist 3 reply 45", limit=10, tail=tail)
    assert [match.id for match in parts] == [match.id for match in whole]
    assert [match.score for match in parts] == pytest.approx([match.score for match in whole], abs=0.02)


def test_documents_that_wait_for_their_vectors_are_found_by_their_words(embedder: HashedWords) -> None:
    cache = MemoryCache()
    documents = [document(f"toe-{n}", f"My toe number {n} is sore.") for n in range(10)]
    tail = make_tail(documents, embedder, cache, embed_at_most=4)
    assert list(tail.ids) == ["toe-8", "toe-9"], "the newest first, two texts each"
    assert len(tail) == 10
    assert len(tail.waiting) == 8
    make_tail(documents[:5], embedder, cache)
    embedder.seen.clear()
    whole = tail.with_vectors(embedder, cache, embed_at_most=2)
    assert len(embedder.seen) == 2, "five came from the cache, one was made"
    assert len(whole.waiting) == 2


def test_a_tail_can_be_extended(embedder: HashedWords, tmp_path: Path) -> None:
    tail = make_tail(DOCUMENTS[:1], embedder).joined(make_tail(DOCUMENTS[1:3], embedder))
    assert len(tail) == 3
    index = open_index(tmp_path, embedder, may_be_missing=True)
    assert [names(index, text, 1, tail=tail)[0] for text in ("knee", "ear", "heel")] == ["knee", "ear", "heel"]


def test_a_tail_is_the_same_without_what_was_taken_out(embedder: HashedWords) -> None:
    left = make_tail(DOCUMENTS, embedder, embed_at_most=4).without({"knee", "zh2"})
    made = make_tail([d for d in DOCUMENTS if d.id not in {"knee", "zh2"}], embedder, embed_at_most=2)
    assert (left.counts, left.frequencies, left.waiting) == (made.counts, made.frequencies, made.waiting)
    assert left.ids == made.ids == ["zh"]
    assert np.array_equal(left.rows, made.rows)


# The vector cache


def test_nothing_is_embedded_twice(tmp_path: Path, embedder: HashedWords) -> None:
    cache = MemoryCache()
    build_index(tmp_path, DOCUMENTS, embedder, vectors=cache)
    before = len(embedder.seen)
    assert before == 10
    build_index(tmp_path, DOCUMENTS, embedder, vectors=cache)
    make_tail(DOCUMENTS, embedder, cache)
    assert len(embedder.seen) == before
    build_index(tmp_path, DOCUMENTS, HashedWords("another"), vectors=cache)
    assert len(cache.vectors) == 20


# Adding to a build


def added(folder: Path, embedder: HashedWords, *documents: Document) -> str:
    with open_builder(folder, embedder) as builder:
        assert builder.base is not None
        return builder.build(documents, anew=False, stamp={"sequence": 6})


THUMB = document("thumb", "My thumb is numb after cycling.", "Change your grip often.")


def test_a_build_with_documents_added_is_like_one_of_all_of_them(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    build_index(tmp_path / "whole", [*DOCUMENTS, THUMB], embedder)
    embedder.seen.clear()
    name = added(tmp_path, embedder, THUMB)
    assert embedder.seen == ["My thumb is numb after cycling.\nChange your grip often.", THUMB.texts["question"]]
    assert index.refresh()
    assert index.build == name
    assert index.stamp == {"sequence": 6}
    whole = open_index(tmp_path / "whole", embedder)
    for text in ("my thumb is numb", "knee on stairs", "下背痛"):
        assert index.near(text, limit=6) == whole.near(text, limit=6)
    assert index.faults() == []


def test_documents_can_be_added_again_and_again(tmp_path: Path, index: Index, embedder: HashedWords) -> None:
    for n in range(3):
        added(tmp_path, embedder, document(f"new-{n}", f"My toe number {n} is sore."))
    index.refresh()
    assert index.manifest is not None
    assert index.manifest.rows == 8
    assert set(names(index, "sore toe", 3)) == {"new-0", "new-1", "new-2"}
    assert index.faults() == []


def test_many_small_builds_leave_no_files_of_merged_segments_behind(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    for n in range(9):
        name = added(tmp_path, embedder, document(f"new-{n}", f"My toe number {n} is sore."))
    folder = tmp_path / "builds" / name / "tantivy"
    meta = json.loads((folder / "meta.json").read_text())
    segments = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
    assert len(segments) < 10, "some were merged"
    assert {path.stem for path in folder.iterdir() if len(path.stem) == 32} == segments


def test_a_build_of_another_embedder_or_a_damaged_one_is_not_added_to(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    with open_builder(tmp_path, HashedWords("another")) as builder:
        assert builder.base is None
    (tmp_path / "builds" / str(index.build) / "manifest.json").write_text("{")
    with open_builder(tmp_path, embedder) as builder:
        assert builder.base is None


@pytest.mark.parametrize("pattern", ["chroma/*/data_level0.bin", "tantivy/*.term"])
def test_a_byte_that_changed_is_found(tmp_path: Path, embedder: HashedWords, pattern: str) -> None:
    file = next((tmp_path / "builds" / build_index(tmp_path, DOCUMENTS, embedder)).glob(pattern))
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    assert any(file.name in fault for fault in open_index(tmp_path, embedder).faults())


# Queries


def test_what_stands_at_the_end_of_a_long_message_counts(index: Index, embedder: HashedWords) -> None:
    ballast = "The weather has been fine and the trip was long. " * 40
    embedder.seen.clear()
    assert names(index, ballast + "My ear rings since the concert.", 1) == ["ear"]
    assert len(embedder.seen) > 2, "the message and its pieces"
    assert all(len(text) <= 500 for text in embedder.seen[1:])
    assert embedder.seen[-1].endswith("concert.")


def test_a_rewrite_counts_as_much_as_the_message(index: Index) -> None:
    alone = index.near("It hurts when I get up.", limit=5)
    found = index.near("It hurts when I get up.", rewrite="burning heel in the morning", limit=5)
    assert found[0].id == "heel"
    assert found[0].score > next(match.score for match in alone if match.id == "heel")
    assert {"dense of the rewrite", "lexical of the rewrite"} <= found[0].parts.keys()


def test_words_decide_where_the_embedder_does_not_read_the_script(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    def share(text: str) -> float:
        return index.near(text, limit=1)[0].parts["lexical"].share

    assert share("下背痛三個月") == pytest.approx(1 / 3)
    embedder.reads_chinese = False
    assert share("下背痛三個月") == pytest.approx(4 / 5)
    assert share("my knee clicks") == pytest.approx(1 / 3)


def test_each_ranking_can_be_left_out(index: Index) -> None:
    for ranking, name in ((Ranking(lexical=0.0), "dense"), (Ranking(dense=0.0), "lexical")):
        first = index.near("my knee clicks", limit=3, ranking=ranking)[0]
        assert first.parts[name].share == pytest.approx(first.score)


def test_vectors_come_from_the_build_and_the_tail(index: Index, embedder: HashedWords) -> None:
    vectors = index.vectors(["knee", "thumb", "nobody"], make_tail([THUMB], embedder))
    assert set(vectors) == {"knee", "thumb"}
    assert all(np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5) for vector in vectors.values())


# What cannot be opened


def test_before_the_first_build_the_index_is_missing(tmp_path: Path, embedder: HashedWords) -> None:
    with pytest.raises(MissingIndex, match="no index"):
        open_index(tmp_path, embedder)


def test_another_embedder_is_refused_and_named(tmp_path: Path, index: Index) -> None:
    with pytest.raises(WrongEmbedder, match="hashed-words, but another is in use"):
        open_index(tmp_path, HashedWords("another"))


@pytest.mark.parametrize("how", ["remove", "shorten"])
@pytest.mark.parametrize("pattern", ["manifest.json", "chroma/*/data_level0.bin", "tantivy/*.term", ""])
def test_a_damaged_build_is_refused(tmp_path: Path, embedder: HashedWords, pattern: str, how: str) -> None:
    build = tmp_path / "builds" / build_index(tmp_path, DOCUMENTS, embedder)
    if not pattern:
        shutil.rmtree(build)
    for file in build.glob(pattern) if pattern else ():
        whole = file.read_bytes()
        file.unlink()
        if how == "shorten":
            file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedIndex, match="damaged"):
        open_index(tmp_path, embedder)
    build_index(tmp_path, DOCUMENTS, embedder)
    assert names(open_index(tmp_path, embedder), "knee", 1) == ["knee"]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, embedder: HashedWords) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildFailed, match="could not be written"):
        build_index(tmp_path / "file" / "index", DOCUMENTS, embedder)


def test_an_embedder_that_fails_leaves_the_old_build_serving(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    with pytest.raises(EmbedderUnavailable):
        build_index(tmp_path, DOCUMENTS, SilentServer())
    assert not index.refresh()
    assert names(index, "knee", 1) == ["knee"]
    build_index(tmp_path, DOCUMENTS, embedder)
    assert len(list((tmp_path / "builds").iterdir())) == 2


# Builders and readers side by side


def test_readers_leave_the_files_of_a_build_as_they_are(tmp_path: Path, embedder: HashedWords) -> None:
    documents = [document(f"d{n}", f"Question {n} about toe {n % 13}.") for n in range(303)]
    build = tmp_path / "builds" / build_index(tmp_path, documents, embedder)

    def contents() -> dict[str, bytes]:
        files = (path for path in build.rglob("*") if path.is_file() and path.suffix != ".sqlite3")
        return {str(path): path.read_bytes() for path in files}

    before = contents()
    for _ in range(2):
        index = open_index(tmp_path, embedder)
        assert len(index.near("toe 7", limit=100)) == 100
        index.close()
    assert contents() == before


def test_a_build_in_use_is_kept_until_its_reader_leaves(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    first = tmp_path / "builds" / str(index.build)
    for _ in range(3):
        build_index(tmp_path, DOCUMENTS, embedder)
    assert first.exists()
    assert names(index, "knee", 1) == ["knee"]
    index.close()
    build_index(tmp_path, DOCUMENTS, embedder)
    assert not first.exists()
    assert len(list((tmp_path / "builds").iterdir())) == 2, "the one that serves and the one before it"


def test_searches_under_way_survive_a_change_of_builds(tmp_path: Path, index: Index, embedder: HashedWords) -> None:
    stop = threading.Event()

    def search() -> int:
        count = 0
        while not stop.is_set():
            assert names(index, "my knee clicks", 1) == ["knee"]
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(search) for _ in range(3)]
        for _ in range(3):
            build_index(tmp_path, DOCUMENTS, embedder)
            assert index.refresh()
        stop.set()
        assert all(search.result() > 0 for search in searches)


def process(code: str, *arguments: object) -> "subprocess.Popen[str]":
    begin = "from tests.test_vectorstore import *; import sys; folder = Path(sys.argv[1])\n"
    command = [sys.executable, "-c", begin + code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


SLOW_BUILD = """
def documents():
    yield from [document(f"n{n}", "A new question.") for n in range(1_000)]
    print("half", flush=True)
    sys.stdin.readline()
build_index(folder, documents(), HashedWords())
"""


def test_a_second_builder_is_told_who_builds_and_a_killed_one_leaves_the_old_build_serving(
    tmp_path: Path, index: Index, embedder: HashedWords
) -> None:
    builder = process(SLOW_BUILD, tmp_path)
    assert builder.stdout is not None
    assert builder.stdout.readline() == "half\n"
    with pytest.raises(IndexBusy, match=rf"pid {builder.pid}\b"):
        build_index(tmp_path, DOCUMENTS, embedder)
    builder.send_signal(signal.SIGKILL)
    builder.communicate()
    assert len(list((tmp_path / "builds").iterdir())) == 2, "the unfinished one lies about"
    again = open_index(tmp_path, embedder)
    first = index.build
    assert again.build == first
    assert names(again, "my knee clicks", 1) == ["knee"]
    for opened in (again, index):
        opened.close()
    name = build_index(tmp_path, DOCUMENTS, embedder)
    assert {path.name for path in (tmp_path / "builds").iterdir()} == {name, first}


READER = """
index = open_index(folder, HashedWords())
searches, builds = 0, set()
while not (folder / "stop").exists():
    index.refresh()
    assert names(index, "my knee clicks", 1) == ["knee"]
    searches, builds = searches + 1, builds | {index.build}
    if searches == 1:
        print("reading", flush=True)
print(json.dumps([searches, len(builds)]))
"""


def test_many_readers_and_a_builder_work_without_an_error(tmp_path: Path, embedder: HashedWords) -> None:
    build_index(tmp_path, DOCUMENTS, embedder)
    readers = [process(READER, tmp_path) for _ in range(3)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
    for n in range(2):
        build_index(tmp_path, [*DOCUMENTS, document(f"new-{n}", "A new question.")], embedder)
    time.sleep(0.3)
    (tmp_path / "stop").touch()
    for reader in readers:
        said, errors = reader.communicate(timeout=60)
        assert reader.returncode == 0, errors
        searches, builds = json.loads(said)
        assert searches > 5
        assert builds > 1


def test_importing_the_package_loads_none_of_the_heavy_ones() -> None:
    heavy = ("chromadb", "tantivy", "onnx", "onnxruntime", "tokenizers", "langchain_core", "openai", "Stemmer")
    code = f"import sys, vectorstore, vectorstore.embedders; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Words and scores


def test_words_are_stemmed_folded_and_chinese_cut_into_characters_and_pairs() -> None:
    assert terms("Headaches, ＨＥＡＤＡＣＨＥ headache's") == ["headach"] * 3
    assert terms("腰痛。頭") == ["腰", "痛", "腰痛", "頭"]
    assert terms("B12及X光") == ["b12", "及", "x", "光"]
    assert terms("?!") == []


def test_scores_are_scaled_and_fused_by_weight() -> None:
    assert scaled({"a": 2.0, "b": 1.0, "c": 1.5}) == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert scaled({"a": 3.0}) == {"a": 1.0}
    rankings = {"near": (1.0, {"a": 2.0, "b": 1.0}), "worded": (1.0, {"b": 9.0}), "none": (5.0, {})}
    assert [(match.id, match.score) for match in fused(rankings, 2)] == [("a", 0.5), ("b", 0.5)]
    assert fused(rankings, 2)[1].parts == {"near": Part(1.0, 2, 0.0), "worded": Part(9.0, 1, 0.5)}
    assert best({"b": 0.5, "a": 0.5, "c": 0.9}, 2) == {"c": 0.9, "a": 0.5}
