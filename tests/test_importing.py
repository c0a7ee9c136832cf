import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from drafter.archive import Archive, open_archive
from drafter.domain import Asker, Exchange, Question
from drafter.errors import BadInput
from drafter.importing import BadRecord, ImportReport, Skipped, import_paths, read_file, sample_path

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
GOOD = {"question": "My elbow clicks. Is that bad?", "reply": "Not if it does not hurt."}
CHINESE = ("編號", "標題", "問題", "科別", "回覆")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(f"sqlite:///{tmp_path / 'archive.db'}") as opened:
        yield opened


@pytest.fixture
def bring_in(archive: Archive, tmp_path: Path) -> Callable[..., ImportReport]:
    def run(*paths: Path, urgency: Callable[[Question], int] = lambda question: 0, **options: Any) -> ImportReport:
        options = {"quarantine": tmp_path / "quarantine.jsonl", "progress": None, "now": NOW} | options
        return import_paths(paths, archive, urgency=urgency, **options)

    return run


def lines(path: Path, *rows: Mapping[str, Any] | str | bytes) -> Path:
    """A JSON Lines file; text and bytes go in as they are."""
    with path.open("wb") as file:
        for row in rows:
            text = row if isinstance(row, str | bytes) else json.dumps(row, ensure_ascii=False)
            file.write((text.encode() if isinstance(text, str) else text) + b"\n")
    return path


def table(path: Path, encoding: str, *rows: tuple[str, ...], newline: str = "\n") -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator=newline).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def only(path: Path) -> Any:
    (found,) = read_file(path)
    return found


# JSON Lines


def test_a_row_in_the_record_schema_keeps_every_field(tmp_path: Path) -> None:
    row = {
        "id": "invented:1", "source": "invented", "url": "https://example.org/1", "license": "CC0-1.0",
        "language": "en", "department": "Orthopedics", "tags": ["Elbow", "Elbow", "Joint"], "title": "Elbow",
        "question": "My elbow clicks.", "asker": {"sex": "female", "age": 34}, "asked_on": "2015-02-01",
        "reply": "Rest it.\nDr. Ada Fern, Willow Hospital", "replied_by": "Dr. A. Fern",
        "replied_on": "2015-02-03", "more_info": "Elbows click.", "extra": {"asker_name": "Robin"},
    }  # fmt: skip
    found = only(lines(tmp_path / "a.jsonl", row))
    assert found == Exchange(
        Question("My elbow clicks.", "Elbow", "Orthopedics", date(2015, 2, 1), Asker("Robin", "female", "34")),
        "Rest it.", doctor="Dr. A. Fern", department="Orthopedics", hospital="Willow Hospital",
        replied_on=date(2015, 2, 3), signature="Dr. Ada Fern, Willow Hospital", more_info="Elbows click.",
        topics=("Elbow", "Joint"), collection="invented", url="https://example.org/1", license="CC0-1.0",
    )  # fmt: skip


def test_a_row_without_a_reply_is_a_waiting_question(tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", {"question": "Why?", "reply": None}, {"question": "How?", "title": "Sleep"})
    assert list(read_file(file)) == [Question("Why?"), Question("How?", "Sleep")]


def test_a_title_that_repeats_the_question_is_left_out(tmp_path: Path) -> None:
    found = only(lines(tmp_path / "a.jsonl", {"question": "Why do I Snore?", "title": "why do i snore?"}))
    assert found == Question("Why do I Snore?")


def test_the_marker_of_a_lost_link_is_not_part_of_the_reply(tmp_path: Path) -> None:
    for end in (" --> <link>", ". ---> <link>", "--><link>", " <link>"):
        found = only(lines(tmp_path / "a.jsonl", GOOD | {"reply": f"consult a specialist online{end}"}))
        assert found.reply.rstrip(".") == "consult a specialist online"


@pytest.mark.parametrize(
    ("reply", "truncated"),
    [("Take one...", True), ("Take one …", True), ('"Take..."', True), ("Take... one.", False)],
)
def test_a_reply_that_was_cut_off_is_marked(tmp_path: Path, reply: str, *, truncated: bool) -> None:
    assert only(lines(tmp_path / "a.jsonl", GOOD | {"reply": reply})).truncated is truncated


def test_the_language_is_read_from_the_words_where_the_row_does_not_say(tmp_path: Path) -> None:
    rows = (
        {"question": "我的頭很痛，應該看醫師嗎？", "reply": "請先休息。"},
        {"question": "我的头很痛，应该看医生吗？", "reply": "请先休息。"},
        {"question": "Why?", "reply": "So."},
        {"question": "失眠", "reply": "早睡", "language": "zh-Hans"},
    )
    found = [x.language for x in read_file(lines(tmp_path / "a.jsonl", *rows)) if isinstance(x, Exchange)]
    assert found == ["zh-Hant", "zh-Hans", "en", "zh-Hans"]


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_a_chinese_table_is_read_in_any_of_its_encodings(tmp_path: Path, encoding: str) -> None:
    rows = (
        CHINESE,
        ("1", "失眠怎麼辦", "我晚上睡不著，\n白天很累，請問該怎麼辦？", "家庭醫學科", "睡前少看手機，作息要固定。"),
    )
    found = only(table(tmp_path / "a.csv", encoding, *rows, newline="\r\n"))
    assert found.question == Question("我晚上睡不著，\n白天很累，請問該怎麼辦？", "失眠怎麼辦", "家庭醫學科")
    assert (found.reply, found.language, found.department) == (
        "睡前少看手機，作息要固定。",
        "zh-Hant",
        "家庭醫學科",
    )


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (("department", "title", "ask", "answer"), Exchange),
        (("case_id", "title", "question", "doctor"), Question),
        (("编号", "标题", "问题", "科室"), Question),
        (("Title ", " QUESTION", "Doctor", "Reply"), Exchange),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_usual_names(tmp_path: Path, header: tuple[str, ...], kind: type) -> None:
    for delimiter in (",", ";", "\t"):
        file = tmp_path / "a.csv"
        file.write_text(
            delimiter.join(header) + "\n" + delimiter.join(("w", "x", "y", "z")) + "\n", encoding="utf-8"
        )
        assert type(only(file)) is kind


def test_a_western_table_is_read_in_its_encoding(tmp_path: Path) -> None:
    rows = (("question", "answer"), ("Is café coffee “strong”?", "It’s fine."), ("Naïve question?", "Très bien."))
    first, _ = read_file(table(tmp_path / "a.csv", "cp1252", *rows))
    assert isinstance(first, Exchange)
    assert first.question.body == "Is café coffee “strong”?"


def test_an_empty_reply_in_a_table_is_a_waiting_question_and_empty_lines_are_nothing(tmp_path: Path) -> None:
    file = table(tmp_path / "a.csv", "utf-8", ("question", "reply"), ("Why?", ""), ("", ""), ("How?", "So."))
    assert [type(found) for found in read_file(file)] == [Question, Exchange]


# JSON lists, XML, text, pages


def test_the_lists_of_the_scraped_sites_are_read(tmp_path: Path) -> None:
    rows = [
        {
            "answer": "hi rest it good luck", "answer_author": "Dr Fern", "question": "elbow clicks. bad?",
            "question_text": "\r\n\tMy elbow\u00a0clicks,\nbad?\t", "tags": ["elbow"], "url": "https://www.invented.org/1",
        },
        {"answer": "", "question": "why", "tags": [], "url": "https://www.invented.org/2"},
    ]  # fmt: skip
    file = tmp_path / "a.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    found, skipped = read_file(file)
    assert found == Exchange(
        Question("My elbow\u00a0clicks,\nbad?", "elbow clicks. bad?"), "hi rest it good luck", doctor="Dr Fern",
        topics=("elbow",), collection="invented", url="https://www.invented.org/1",
    )  # fmt: skip
    assert isinstance(skipped, Skipped)


def test_an_instruction_list_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    row = {"instruction": "Reply as a doctor.", "input": "My elbow clicks.", "output": "Rest it."}
    file.write_text(json.dumps([row], indent=4), encoding="utf-8")
    found = only(file)
    assert (found.question.body, found.reply, found.collection) == ("My elbow clicks.", "Rest it.", "chatdoctor")


def test_a_broken_record_in_a_list_leaves_the_others_alone(tmp_path: Path) -> None:
    good = json.dumps(GOOD)
    file = tmp_path / "a.json"
    file.write_text(
        f'[\n{good},\n{{"question": "x" "y"}},\n{good},\n17,\n{good},\n{{"question": "cut', encoding="utf-8"
    )
    found = list(read_file(file))
    assert [type(x) for x in found] == [Exchange, BadRecord, Exchange, BadRecord, Exchange, BadRecord]
    bad = [x for x in found if isinstance(x, BadRecord)]
    assert [(x.record, x.line) for x in bad] == [(2, 3), (4, 5), (6, 7)]


def test_medquad_is_read_and_its_empty_answers_are_skipped() -> None:
    found, skipped = read_file(DATA / "topic.xml")
    assert isinstance(found, Exchange)
    assert (found.question.body, found.doctor, found.license) == (
        "What are Hiccups ?",
        "InventedInstitute",
        "CC-BY-4.0",
    )
    assert found.reply.startswith("The diaphragm twitches.")
    assert found.reply.endswith("& need nothing.")
    assert found.topics == ("Hiccups", "information", "Disorders")
    assert found.url == "https://example.org/hiccups"
    assert isinstance(skipped, Skipped)


def test_broken_xml_is_one_bad_record_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text((DATA / "topic.xml").read_text(encoding="utf-8").replace("</Answer>", "", 1), encoding="utf-8")
    bad = only(file)
    assert isinstance(bad, BadRecord)
    assert bad.line


def test_an_xml_file_reads_no_other_file_and_unfolds_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    file = tmp_path / "a.xml"
    file.write_text(
        f'<!DOCTYPE Document [<!ENTITY s SYSTEM "{tmp_path / "secret.txt"}">]>'
        "<Document><QAPair><Question>Why?</Question><Answer>&s;</Answer></QAPair></Document>",
        encoding="utf-8",
    )
    assert isinstance(only(file), BadRecord)


def test_question_and_answer_lines_are_read_in_gbk(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    pairs = ["失眠怎么办？,我晚上睡不着，很累。\n睡前少看手机。", "头痛怎么办？,无\n多休息，少熬夜。", "只有一行"]
    file.write_bytes("\n\n\n".join([*pairs, *["胃痛？,饭后胃痛。\n少吃辣。"] * 4]).encode("gbk"))
    first, second, bad, *_ = read_file(file)
    assert isinstance(first, Exchange)
    assert isinstance(second, Exchange)
    assert (first.question, first.reply) == (Question("我晚上睡不着，很累。", "失眠怎么办？"), "睡前少看手机。")
    assert second.question == Question("头痛怎么办？")  # 无 is "nothing"
    assert isinstance(bad, BadRecord)
    assert bad.line == 9


def test_a_page_gives_one_exchange_for_each_reply_and_one_for_each_similar_question() -> None:
    first, second, *similar = (x for x in read_file(DATA / "page.txt") if isinstance(x, Exchange))
    assert first.question == second.question
    assert first.question.asker == Asker("Mika", "male", "20~29")
    assert (first.doctor, first.hospital) == ("Dr. Rowan Aldale", "Brookmere Hospital")
    assert first.signature == "Dr.\nRohan Al-Dale, Brookmere Hospital."
    assert (bool(first.more_info), bool(second.more_info)) == (True, False)
    assert first.topics == ("Tinnitus", "Hearing Test", "Earplugs")
    assert [x.truncated for x in (first, second, *similar)] == [False, False, True, True]
    assert [x.department for x in similar] == ["Family Medicine", "Dentistry"]


def test_a_page_without_a_reply_is_a_waiting_question(tmp_path: Path) -> None:
    text = (DATA / "page.txt").read_text(encoding="utf-8")
    file = tmp_path / "page.txt"
    file.write_text(text[: text.index("Dr. Rowan")], encoding="utf-8")
    found = only(file)
    assert isinstance(found, Question)
    assert found.title == "Why do my ears still ring two days after a concert?"


# Bad records


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"question": "Why?", "reply": ', "not JSON"),
        ('["question"]', "not a JSON object"),
        ({"reply": "No question."}, "no question"),
        ({"question": "  ", "reply": "Empty."}, "empty"),
        ({"question": None}, "nothing, not text"),
        ({"question": "Why?", "reply": 7}, "a number, not text"),
        ({"question": "Why?", "reply": ["So."]}, "a list, not text"),
        ({"question": "x" * 200_001}, "200,001 characters"),
        ({"question": "Why\0?"}, "NUL"),
        ('{"question": "A split smile: \\ud83d"}', "half a character"),
        ({"question": "Why?", "asked_on": "yesterday"}, "not a date"),
        ({"question": "Why?", "asked_on": "2020-02-31"}, "asked_on"),
        (b'{"question": "Why\xff\xfe?"}', "not text"),
        ("[" * 100_000, "nested"),
        ({"question": "Why?", "reply": " --> <link>"}, "lost link"),
    ],
)
def test_a_bad_line_is_told_of_and_the_others_are_read(
    tmp_path: Path, row: Mapping[str, Any] | str | bytes, reason: str
) -> None:
    before, bad, after = read_file(lines(tmp_path / "a.jsonl", GOOD, row, GOOD))
    assert (type(before), type(after)) == (Exchange, Exchange)
    assert isinstance(bad, BadRecord)
    assert reason in bad.reason
    assert bad.line == 2
    assert len(bad.excerpt) <= 1000
    bad.excerpt.encode("utf-8")


def test_a_bad_row_of_a_table_is_told_of_with_the_line_where_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    good = "Why does é hurt?,So.\n"
    file.write_bytes(
        b"question,reply\n" + good.encode() + b'"two\nlines",So.,too,many\n' + good.encode() * 3
        + b"Wh\xff\xfe?,So.\n" + b'"' + b"x" * 200_001 + b'",So.\n' + good.encode()
    )  # fmt: skip
    bad = [found for found in read_file(file) if isinstance(found, BadRecord)]
    assert [found.line for found in bad] == [3, 8, 9]
    assert "4 cells" in bad[0].reason
    assert "not text" in bad[1].reason
    assert "200,001" in bad[2].reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.bin", bytes(range(256)) * 40, "binary"),
        ("a.jsonl", bytes(range(256)) * 40, "binary"),
        ("a.csv", bytes(range(256)) * 40, "binary"),
        ("a.txt", b"Just a note.\n", "no known format"),
        ("a.csv", b"name,colour\nx,red\n", "its columns are name, colour"),
        ("a.jsonl", b'{"text": "no question"}\n', "no rows with a field named question"),
        ("a.json", b'{\n "question": "one object"\n}', "one JSON object"),
        ("a.xml", b"<html><body>Hello</body></html>", "unknown kind"),
        ("a.jsonl", b"", "empty"),
        ("a.txt", codecs.BOM_UTF16_LE + b"\x00", "."),
    ],
)
def test_a_file_of_no_known_format_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=reason):
        list(read_file(tmp_path / name))


# Importing


def test_an_import_counts_what_it_did(
    bring_in: Callable[..., ImportReport], archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    lines(folder / "a.jsonl", GOOD, GOOD, {"question": "Waiting?"}, "broken")
    (folder / "deep" / "topic.xml").write_bytes((DATA / "topic.xml").read_bytes())
    (folder / "LICENSE").write_text("Do as you like.\n", encoding="utf-8")
    report = bring_in(folder)
    assert (report.files, report.read, report.added, report.known) == (2, 5, 2, 1)
    assert (report.waiting, report.skipped, report.quarantined) == (1, 1, 1)
    assert report.ignored == (folder / "LICENSE",)
    assert archive.count_exchanges() == 2
    for said in ("2 files", "2 new exchanges", "1 waiting question,", "1 known", "1 in quarantine", "LICENSE"):
        assert said in report.sentence


def test_importing_again_adds_nothing(
    bring_in: Callable[..., ImportReport], archive: Archive, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", GOOD, {"question": "Waiting?"}, "broken")
    bring_in(file)
    again = bring_in(file)
    assert (again.added, again.waiting, again.known, again.quarantined) == (0, 0, 2, 1)
    assert archive.count_questions()["waiting"] == 1
    assert len((tmp_path / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_the_quarantine_says_file_line_and_reason(bring_in: Callable[..., ImportReport], tmp_path: Path) -> None:
    file = lines(tmp_path / "a.jsonl", GOOD, '{"question": ')
    bring_in(file, quarantine=tmp_path / "made" / "bad.jsonl")
    (row,) = map(json.loads, (tmp_path / "made" / "bad.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["file"], row["line"], row["excerpt"]) == (str(file), 2, '{"question":')
    assert "not JSON" in row["reason"]
    assert row["quarantined_at"] == NOW.isoformat()


def test_a_folder_that_holds_the_quarantine_does_not_import_it(
    bring_in: Callable[..., ImportReport], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines(folder / "a.jsonl", GOOD, "broken")
    bring_in(folder, quarantine=folder / "bad.jsonl")
    assert bring_in(folder, quarantine=folder / "bad.jsonl").files == 1


def test_a_file_whose_text_breaks_off_keeps_what_came_before(
    bring_in: Callable[..., ImportReport], tmp_path: Path
) -> None:
    file = table(
        tmp_path / "a.csv", "utf-16", ("question", "reply"), *(("Why?", f"So {n}.") for n in range(20_000))
    )
    file.write_bytes(file.read_bytes() + b"\x00")
    report = bring_in(file)
    assert report.added > 19_000
    assert report.quarantined == 1


def test_hidden_files_of_a_folder_are_left_out(bring_in: Callable[..., ImportReport], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / ".hidden").mkdir(parents=True)
    lines(folder / ".hidden" / "a.jsonl", GOOD)
    assert bring_in(folder).read == 0


def test_a_named_file_that_cannot_be_read_is_an_error_and_one_in_a_folder_is_not(
    bring_in: Callable[..., ImportReport], tmp_path: Path
) -> None:
    note = tmp_path / "in" / "note.txt"
    note.parent.mkdir()
    note.write_text("Just a note.\n", encoding="utf-8")
    assert bring_in(note.parent).ignored == (note,)
    named = bring_in(note)
    assert (named.read, named.ignored) == (0, ())
    assert [found.file for found in named.unreadable] == [note]
    assert "no known format" in named.sentence
    with pytest.raises(BadInput, match="does not exist"):
        bring_in(tmp_path / "nowhere.jsonl")


def test_a_quarantine_that_cannot_be_written_stops_the_import_with_a_sentence(
    bring_in: Callable[..., ImportReport], tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        bring_in(lines(tmp_path / "a.jsonl", GOOD, "broken"), quarantine=tmp_path)


def test_waiting_questions_get_the_urgency_that_screening_gives(
    bring_in: Callable[..., ImportReport], archive: Archive, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", {"question": "Slow?"}, {"question": "Fast!"}, {"question": "Unreadable."})

    def urgency(question: Question) -> int:
        if question.body == "Unreadable.":
            raise BadInput("The question cannot be screened.")
        return 3 if question.body == "Fast!" else 0

    report = bring_in(file, urgency=urgency)
    assert [(s.question.body, s.urgency) for s in archive.worklist()] == [("Fast!", 3), ("Slow?", 0)]
    assert report.quarantined == 1


def test_a_similar_question_of_a_page_is_kept_and_is_never_a_source(
    bring_in: Callable[..., ImportReport], archive: Archive
) -> None:
    assert bring_in(DATA / "page.txt").added == 4
    assert len(list(archive.iter_exchanges())) == 2
    assert archive.count_exchanges() == 4


def test_what_was_written_stays_when_an_import_is_stopped(
    bring_in: Callable[..., ImportReport], archive: Archive, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.jsonl", *({"question": f"Question {n}?", "reply": "So."} for n in range(2500)))
    told: list[int] = []

    def stop(done: int) -> None:
        told.append(done)
        if done >= 2000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(file, progress=stop)
    assert told == [1000, 2000]
    assert archive.count_exchanges() == 2000
    assert bring_in(file).added == 500


def test_the_sample_lies_in_the_package() -> None:
    assert sample_path().parent.name == "importing"


# The real files


@pytest.mark.parametrize(
    ("folder", "exchanges", "questions", "skipped", "ignored"),
    [
        ("seed", 5, 0, 0, 0),
        ("pages", 15, 0, 0, 3),
        ("batch", 0, 48, 0, 1),
        ("chatdoctor", 300, 0, 0, 1),
        ("lasse", 85 + 241 + 2850, 0, 0, 1),
        ("medquad_xml", 1274, 0, 127, 2),
        ("toyhom", 3782 + 430 + 2011, 0, 0, 1),
    ],
)
def test_every_shared_file_is_read_whole(
    shared: Path,
    bring_in: Callable[..., ImportReport],
    folder: str,
    exchanges: int,
    questions: int,
    skipped: int,
    ignored: int,
) -> None:
    report = bring_in(shared / "data" / "dev" / "raw" / folder)
    assert report.quarantined == 0
    assert (report.waiting, report.skipped, len(report.ignored)) == (questions, skipped, ignored)
    assert report.added + report.known == exchanges
