"""From a masked question to numbered sources."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from drafter.archive import Archive, open_archive
from drafter.domain import Exchange, Question
from drafter.errors import IndexUnusable
from drafter.retrieval import Retriever, build_index, document_of, longest_tail, verify_index
from drafter.screening import deidentify
from tests.test_vectorstore import HashedWords, SilentServer
from vectorstore import Embedder


def exchange(body: str, reply: str, **more: object) -> Exchange:
    return Exchange(Question(body), reply, **more)  # type: ignore[arg-type]  # as given


KNEE = exchange(
    "My knee clicks on stairs.", "Hello, strengthen the thigh first. Best wishes.", doctor="Dr. Invented"
)
EAR = exchange("My ear rings since the concert.", "Ringing usually fades within days.")
HEEL = exchange("My heel burns in the morning.", "Stretch the calf before getting up.", replied_on=date(2024, 5, 1))
BACK = exchange("下背痛三個月，需要照X光嗎？", "您好，先觀察六週，可做復健。祝您健康。", language="zh-Hant")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(f"sqlite:///{tmp_path / 'archive.db'}") as opened:
        yield opened


@pytest.fixture
def filled(archive: Archive) -> Archive:
    archive.add_exchanges([KNEE, EAR, HEEL, BACK])
    return archive


@pytest.fixture
def embedder() -> HashedWords:
    return HashedWords()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def found(
    retriever: Retriever, text: str, limit: int = 3, leave_out: frozenset[str] = frozenset()
) -> list[Exchange]:
    return [s.exchange for s in retriever.find(deidentify(text), limit=limit, leave_out=leave_out)]


def test_sources_are_numbered_from_1_best_first(filled: Archive, embedder: Embedder, folder: Path) -> None:
    build_index(filled, embedder, folder)
    sources = Retriever(folder, embedder, filled).find(deidentify("my knee clicks"), limit=3)
    assert [source.number for source in sources] == [1, 2, 3]
    assert sources[0].exchange == KNEE
    assert sources[0].score >= sources[1].score >= sources[2].score


def test_a_source_shows_the_advice_without_greeting_and_wishes(
    filled: Archive, embedder: Embedder, folder: Path
) -> None:
    [source] = Retriever(folder, embedder, filled).find(deidentify("knee clicks"), limit=1)
    assert source.reply == "strengthen the thigh first."


def test_an_empty_archive_has_no_sources(archive: Archive, folder: Path) -> None:
    assert Retriever(folder, SilentServer(), archive).find(deidentify("knee"), limit=3) == ()


def test_a_small_archive_is_searched_without_any_build(filled: Archive, embedder: Embedder, folder: Path) -> None:
    retriever = Retriever(folder, embedder, filled)
    assert found(retriever, "下背痛要照X光嗎", 1) == [BACK]
    assert retriever.build == "none"
    assert not folder.exists(), "only a rebuild writes"


def test_a_large_archive_without_a_build_names_the_command(
    archive: Archive, embedder: Embedder, folder: Path
) -> None:
    archive.add_exchanges(exchange(f"Question {n}", f"Reply {n}") for n in range(longest_tail(0) + 1))
    with pytest.raises(IndexUnusable, match="drafter index build"):
        found(Retriever(folder, embedder, archive), "knee")


def test_an_approval_is_found_at_once_by_every_process(filled: Archive, embedder: Embedder, folder: Path) -> None:
    build_index(filled, embedder, folder)
    one, other = Retriever(folder, embedder, filled), Retriever(folder, HashedWords(), filled)
    assert found(one, "numb thumb", 1) != found(one, "my knee clicks", 1) == [KNEE]
    approved = exchange("My thumb is numb after cycling.", "Change your grip often.", origin="approved")
    filled.add_exchanges([approved])
    assert found(one, "numb thumb", 1) == [approved]
    assert found(other, "numb thumb", 1) == [approved]
    assert one.build == other.build != "none"


def test_a_new_build_takes_over_from_the_tail(filled: Archive, embedder: Embedder, folder: Path) -> None:
    retriever = Retriever(folder, embedder, filled)
    before = found(retriever, "ringing ear", 4)
    assert before[0] == EAR
    build = build_index(filled, embedder, folder).build
    assert found(retriever, "ringing ear", 4) == before
    assert retriever.build == build
    assert build_index(filled, embedder, folder).build is None, "nothing is new"
    assert build_index(filled, embedder, folder, anew=True).build not in {None, build}


def test_a_process_that_saw_many_builds_finds_what_a_new_one_finds(
    filled: Archive, embedder: Embedder, folder: Path
) -> None:
    retriever = Retriever(folder, embedder, filled)
    for n in range(4):
        filled.add_exchanges([exchange(f"My toe number {n} is sore.", f"Rest toe {n} for a while.")])
        found(retriever, "sore toe")
        if n % 2:
            build_index(filled, embedder, folder)
        filled.add_exchanges([exchange(f"My thumb number {n} is sore.", f"Change grip {n} of yours.")])
        for text in ("sore toe", "sore thumb", "number"):
            assert found(retriever, text, 12) == found(Retriever(folder, embedder, filled), text, 12)


def test_a_process_that_lives_long_searches_as_much_of_the_tail_as_a_new_one(
    filled: Archive, embedder: Embedder, folder: Path
) -> None:
    build_index(filled, embedder, folder)
    retriever = Retriever(folder, embedder, filled)
    thumb = exchange("My thumb is numb after cycling.", "Change your grip often.")
    filled.add_exchanges([thumb])
    assert found(retriever, "numb thumb", 1) == [thumb]
    for half in range(2):
        more = longest_tail(4) // 2
        filled.add_exchanges(exchange(f"Question {half} {n}", f"Reply {half} {n}") for n in range(more))
        found(retriever, "question")
    assert thumb not in found(retriever, "numb thumb", 20)
    assert thumb not in found(Retriever(folder, embedder, filled), "numb thumb", 20)


def test_approved_replies_are_embedded_at_once_and_an_import_that_came_with_them_is_not(
    filled: Archive, embedder: HashedWords, folder: Path
) -> None:
    build_index(filled, embedder, folder)
    approved = [exchange(f"My thumb {n} is numb.", f"Change grip {n}.", origin="approved") for n in range(10)]
    filled.add_exchanges([*approved, *(exchange(f"Question {n}", f"Reply {n}") for n in range(50))])
    found(Retriever(folder, embedder, filled), "numb thumb")
    assert {one.question.body for one in approved} <= set(embedder.seen)
    assert "Question 0" not in embedder.seen, "it waits, and is found by its words"


def test_what_is_known_is_not_embedded_again(filled: Archive, embedder: HashedWords, folder: Path) -> None:
    retriever = Retriever(folder, embedder, filled)
    found(retriever, "knee")
    assert len(embedder.seen) == 9, "two texts of each exchange, and the question"
    new = exchange("My thumb is numb.", "Change your grip.")
    filled.add_exchanges([new])
    found(retriever, "thumb")
    seen = len(embedder.seen)
    found(Retriever(folder, embedder, filled), "thumb")
    assert len(embedder.seen) == seen + 1, "in another process: the question only"
    assert build_index(filled, embedder, folder).embedded == 0


def test_a_rebuild_says_what_it_did(filled: Archive, embedder: HashedWords, folder: Path) -> None:
    counts: list[int] = []
    report = build_index(filled, embedder, folder, progress=counts.append)
    assert (report.exchanges, report.embedded, counts) == (4, 8, [4])
    assert report.sentence.startswith("Indexed 4 exchanges")


def test_an_excerpt_is_never_a_source(archive: Archive, embedder: HashedWords, folder: Path) -> None:
    excerpt = replace(KNEE, reply="Strengthen the...", truncated=True)
    archive.add_exchanges([excerpt, EAR])
    retriever = Retriever(folder, embedder, archive)
    assert found(retriever, "my knee clicks") == [EAR]
    build_index(archive, embedder, folder)
    assert found(retriever, "my knee clicks") == [EAR]
    assert not any("knee" in text for text in embedder.seen if text != "my knee clicks")


def test_the_same_reply_twice_is_one_source_and_another_opinion_is_its_own(
    archive: Archive, embedder: Embedder, folder: Path
) -> None:
    reply = "A click without pain is harmless, so strengthen the thigh and keep walking every single day."
    again = exchange("Why does my knee click?", reply.replace("single day", "single day!"))
    opinion = exchange("My knee clicks on stairs.", "I would have a scan made before anything else.")
    archive.add_exchanges([exchange("My knee clicks on stairs.", reply), again, opinion])
    replies = [e.reply for e in found(Retriever(folder, embedder, archive), "my knee clicks on stairs")]
    assert len(replies) == 2
    assert opinion.reply in replies


def test_left_out_exchanges_are_not_sources(filled: Archive, embedder: Embedder, folder: Path) -> None:
    retriever = Retriever(folder, embedder, filled)
    own = filled.thread_ids(KNEE.question.thread)
    assert KNEE not in found(retriever, "my knee clicks on stairs", 4, leave_out=own)
    build_index(filled, embedder, folder)
    assert KNEE not in found(retriever, "my knee clicks on stairs", 4, leave_out=own)


def test_identifiers_reach_neither_the_embedder_nor_the_model(
    archive: Archive, embedder: HashedWords, folder: Path
) -> None:
    told = exchange(
        "My wrist hurts, write to wrist.owner@example.org please.", "Call 0912-345-678 or mail doc@example.org."
    )
    archive.add_exchanges([told])
    retriever = Retriever(folder, embedder, archive)
    build_index(archive, embedder, folder)
    [source] = retriever.find(deidentify("my wrist hurts"), limit=1)
    shown = [*embedder.seen, source.question, source.reply, *document_of(told).texts.values()]
    assert not any("example.org" in text or "345-678" in text for text in shown)
    assert source.exchange == told, "the archive keeps what was written"


def test_another_embedder_is_one_sentence_with_the_command(
    filled: Archive, embedder: Embedder, folder: Path
) -> None:
    build_index(filled, embedder, folder)
    other = Retriever(folder, HashedWords("another"), filled)
    with pytest.raises(IndexUnusable, match=r"another is in use\. Run `drafter index rebuild`"):
        found(other, "knee")
    assert build_index(filled, HashedWords("another"), folder).exchanges == 4, "anew"


def test_a_damaged_index_is_one_sentence_with_the_command(
    filled: Archive, embedder: Embedder, folder: Path
) -> None:
    build = build_index(filled, embedder, folder).build
    (folder / "builds" / str(build) / "manifest.json").write_text("{")
    with pytest.raises(IndexUnusable, match=r"damaged.*Run `drafter index rebuild`"):
        found(Retriever(folder, embedder, filled), "knee")


def test_an_index_of_another_archive_is_refused(
    filled: Archive, embedder: Embedder, folder: Path, tmp_path: Path
) -> None:
    build_index(filled, embedder, folder)
    with open_archive(f"sqlite:///{tmp_path / 'other.db'}") as other:
        other.add_exchanges([EAR])
        with pytest.raises(IndexUnusable, match=r"another archive\. Run `drafter index rebuild`"):
            found(Retriever(folder, embedder, other), "ear")


def test_a_silent_embedding_server_is_one_sentence(filled: Archive, folder: Path) -> None:
    with pytest.raises(IndexUnusable, match="does not answer"):
        found(Retriever(folder, SilentServer(), filled), "knee")


def test_the_status_tells_what_came_since_the_build(filled: Archive, embedder: Embedder, folder: Path) -> None:
    retriever = Retriever(folder, embedder, filled)
    before = retriever.status()
    assert (before["build"], before["exchanges"], before["in the archive"]) == (None, 0, 4)
    build = build_index(filled, embedder, folder).build
    filled.add_exchanges([exchange("My thumb is numb.", "Change your grip.")])
    after = retriever.status()
    assert (after["build"], after["exchanges"], after["added since"]) == (build, 4, 1)
    assert after["embedder"] == embedder.identity


def test_a_build_adds_only_what_came_since(filled: Archive, embedder: HashedWords, folder: Path) -> None:
    build_index(filled, embedder, folder)
    filled.add_exchanges([exchange("My thumb is numb.", "Change your grip.")])
    report = build_index(filled, embedder, folder)
    assert (report.exchanges, report.embedded) == (1, 2)
    assert verify_index(filled, embedder, folder, server=None) == []
    assert len(found(Retriever(folder, embedder, filled), "knee", 10)) == 5


def test_a_new_build_is_asked_for_once_when_much_came_since(archive: Archive, folder: Path) -> None:
    asked: list[str] = []
    retriever = Retriever(folder, HashedWords(), archive, on_long_tail=lambda: asked.append("build"))
    archive.add_exchanges(exchange(f"Question {n}", f"Reply {n}") for n in range(longest_tail(0) // 2))
    found(retriever, "question")
    assert not asked
    archive.add_exchanges([KNEE])
    for _ in range(3):
        assert found(retriever, "my knee clicks", 1) == [KNEE]
    assert asked == ["build"]


def test_threads_may_ask_while_exchanges_arrive(filled: Archive, embedder: Embedder, folder: Path) -> None:
    retriever = Retriever(folder, embedder, filled)

    def ask(n: int) -> Sequence[Exchange]:
        if n % 4 == 0:
            filled.add_exchanges([exchange(f"My toe number {n} is sore.", f"Rest toe {n}.")])
        return found(retriever, "my knee clicks", 1)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(24))) == [[KNEE]] * 24
