import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from drafter.domain import (
    Asker,
    Deidentified,
    Exchange,
    MoreInfo,
    Point,
    Question,
    Section,
    Sentence,
    Source,
)
from drafter.errors import BadInput
from drafter.publishing import (
    Page,
    PageReply,
    Similar,
    looks_like_page,
    more_info_sections,
    page_html,
    page_of,
    page_text,
    parse_page,
    related_topics,
    similar_exchanges,
    split_signature,
)
from drafter.text import parse_more_info

SAVED = (Path(__file__).parent / "data" / "page.txt").read_text(encoding="utf-8")
KNEE = Exchange(
    Question(
        body="My knee hurts on stairs.\n\nIt began in spring. What can I do?",
        title="knee pain on stairs?",
        department="Orthopedics",
        asked_on=date(2020, 5, 4),
        asker=Asker("Robin", "female", "40~49"),
    ),
    "Hello: this is often the kneecap.\nStrengthen the thigh, and have it examined if it swells.",
    doctor="Dr. Ada Fern",
    department="Orthopedics",
    hospital="Willow Hospital",
    signature="Dr. Ada Fern, Willow Hospital",
    replied_on=date(2020, 5, 6),
    more_info="Kneecaps hurt for many reasons.\n\nCauses\n1. Overuse: Too many stairs.\n\nConclusion\nIt passes.",
    topics=("Knee", "Exercise"),
    origin="approved",
)


# Reading


def test_a_saved_page_is_read_into_its_elements() -> None:
    page = parse_page(SAVED)
    assert (page.page_title, page.department) == (
        "Ringing After a Loud Concert: What Helps",
        "Ear, Nose & Throat",
    )
    assert page.title == "Why do my ears still ring two days after a concert?"
    assert page.body.split("\n")[:2] == [
        "I stood near the speakers on Saturday.",
        "Since then both ears ring, worse at night.",
    ]
    assert page.body.endswith("\n\nI can hear people talk, but it sounds dull. Should I see somebody, or wait?")
    assert (page.asker, page.asked_on) == (Asker("Mika", "male", "20~29"), date(2019, 6, 3))
    assert page.more_info.startswith("Loud sound")
    assert page.more_info.endswith("next time.")
    assert page.related == (("Tinnitus", "Ear, Nose & Throat"), ("Hearing Test", "Audiology"), ("Earplugs", ""))
    assert page.reviewed_by == ""


def test_every_doctors_reply_on_a_page_is_kept_with_its_own_date() -> None:
    first, second = parse_page(SAVED).replies
    assert (first.doctor, first.replied_on) == ("Dr. Rowan Aldale", date(2019, 6, 4))
    assert (second.doctor, second.department, second.replied_on) == (
        "Dr. Imre Vosk",
        "Family Medicine",
        date(2019, 6, 6),
    )
    assert second.reply == "I agree with my colleague. Earplugs of 25 dB protect you next time."


def test_the_two_spellings_of_a_doctors_name_stay_apart() -> None:
    first = parse_page(SAVED).replies[0]
    assert first.doctor == "Dr. Rowan Aldale"
    assert first.signature == "Dr.\nRohan Al-Dale, Brookmere Hospital."
    assert first.hospital == "Brookmere Hospital"
    assert first.reply.endswith("Keep away from loud places until then.")


def test_similar_questions_keep_their_excerpts_as_they_were_cut() -> None:
    blocked, clenched = parse_page(SAVED).similar
    assert blocked.excerpt.endswith("but doe...")
    assert blocked.reply_excerpt == "The tube behind your nose is swollen. Chewing helps, and so do..."
    assert (clenched.title, clenched.doctor, clenched.department) == (
        "Ringing when I clench my teeth",
        "Dr. Odalys Penn",
        "Dentistry",
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Mika, 20~29", "\n"),
        ("Reply Date: 2019/06/04", "\n"),
        ("Share to:", "\n"),
        ("More Info", "Similar Q&A"),
        ("Similar Q&A", "Related FAQ"),
        ("Related FAQ", ""),
    ],
)
def test_a_page_without_one_of_its_elements_keeps_the_others(first: str, last: str) -> None:
    start = SAVED.index(first)
    end = SAVED.index(last, start) if last else len(SAVED)
    whole, page = parse_page(SAVED), parse_page(SAVED[:start] + SAVED[end:])
    assert page.title == whole.title
    assert page.body == whole.body
    assert [reply.reply for reply in page.replies] == [reply.reply for reply in whole.replies]
    changed = [name for name in vars(whole) if getattr(page, name) != getattr(whole, name)]
    assert changed in (["asker", "asked_on"], ["replies"], [], ["more_info"], ["similar"], ["related"])


def test_a_page_may_be_nothing_but_a_question_and_a_reply() -> None:
    page = parse_page("Hiccups\n\nWhy do I hiccup?\n\n\nAfter meals.\n\nDr. Lo reply\n\n\nEat slowly.")
    assert (page.page_title, page.department, page.title, page.body) == (
        "Hiccups", "", "Why do I hiccup?", "After meals.",
    )  # fmt: skip
    assert page.replies == (PageReply("Eat slowly.", "Dr. Lo"),)


def test_a_page_that_waits_for_its_reply_is_a_question() -> None:
    page = parse_page("Hiccups - Stomach\n\nShare to:\n\nWhy?\n\n\nAfter meals.\n\nLo. Ask Date: 2001/02/03\n")
    assert (page.title, page.body, page.replies) == ("Why?", "After meals.", ())
    assert (page.asker, page.asked_on) == (Asker("Lo"), date(2001, 2, 3))
    with pytest.raises(BadInput, match="not a date"):
        parse_page("Hiccups\n\nWhy?\n\nLo. Ask Date: 2001/02/31")


def test_a_page_saved_with_other_line_ends_and_a_byte_order_mark_is_the_same_page() -> None:
    assert parse_page("\ufeff" + SAVED.replace("\n", "\r\n")) == parse_page(SAVED)


def test_words_that_only_sound_like_the_layout_stay_in_the_question() -> None:
    body = "Please reply soon\nMore Info\nI am a runner, 34 years old."
    page = parse_page(f"Legs - Sports\n\nShare to:\n\nSore legs?\n\n\n{body}\n\nDr. Lo reply Sports\n\n\nRest.")
    assert page.body == body
    assert page.asker == Asker()


def test_text_without_a_question_is_no_page() -> None:
    with pytest.raises(BadInput, match="no question"):
        parse_page("Only a heading - Cardiology\n\n")
    assert not looks_like_page("MIT License\n\nPermission is hereby granted to reply to this letter.\n")
    assert looks_like_page(SAVED)


# More Info


def test_a_more_info_reads_back_from_its_own_text() -> None:
    more_info = MoreInfo(
        (Sentence("Two things matter."), Sentence("Is it new?")),
        (
            Section("What can you do?", (Point("Rest", "Two days: no more."), Point("Ice", "Ten minutes."))),
            Section("When to be seen", (Point("At once", "Numb legs."), Point("", "Ask for a date."))),
            Section("About scans", (Point("", "They are rarely needed. Ask first."),)),
        ),
        (Sentence("Keep moving."),),
    )
    assert parse_more_info(more_info.text) == more_info


def test_a_chinese_more_info_reads_back_from_its_own_text() -> None:
    more_info = MoreInfo(
        (Sentence("這是說明。"), Sentence("請先休息。")),
        (Section("處理方式", (Point("休息", "多喝水。"), Point("就醫", "超過三天請就醫。"))),),
        (Sentence("多數會好。"),),
    )
    assert parse_more_info(more_info.text) == more_info


def test_more_info_of_a_saved_page_falls_into_its_sections() -> None:
    parsed = more_info_sections(parse_page(SAVED).more_info)
    assert parsed.introduction == "Loud sound tires the hair cells of the inner ear. Most of them recover."
    assert [(heading, [label for label, _ in points]) for heading, points in parsed.sections] == [
        ("What you can do now", ["Rest", "Night"]),
        ("When to be seen", ["Sudden loss"]),
    ]
    assert parsed.conclusion.startswith("Ringing after one loud evening")


def test_prose_without_headings_is_all_introduction() -> None:
    text = "Colds pass.\nDrink enough.\n\nSleep helps. At 10:30 take a nap, 1.5 hours at most."
    assert more_info_sections(text) == (text, (), "")


def test_no_word_of_an_edited_more_info_is_lost() -> None:
    text = (
        "First.\n\nWarning signs\nGo at once if numb.\n\nSteps:\n- Rest: lie down\n- Ice\nwith a towel\n\n"
        "1. Walk: daily\n\nAll in all fine."
    )
    parsed = more_info_sections(text)
    said = " ".join(word for _, points in parsed.sections for point in points for word in point)
    for word in ("numb", "lie down", "with a towel", "daily"):
        assert word in said
    assert (parsed.introduction, parsed.conclusion) == ("First.", "All in all fine.")


# Signatures


@pytest.mark.parametrize(
    ("signature", "doctor", "hospital"),
    [
        ("Dr.\nAl-Dale Rowan, Brook Hospital.", "Dr. Al-Dale Rowan", "Brook Hospital"),
        ("Dr. Ada Fern, Willow Clinic", "Dr. Ada Fern", "Willow Clinic"),
        ("Dr. Ada Fern\nSports Medicine\nWillow Medical Center", "Dr. Ada Fern", "Willow Medical Center"),
        ("王小樹醫師", "王小樹醫師", None),
        ("柳樹醫院 復健科 王小樹 醫師 敬上", "王小樹 醫師", "柳樹醫院"),
        ("柳树医院王小树医生", "王小树医生", "柳树医院"),
        ("王小樹醫師，柳樹醫院家醫科", "王小樹醫師", "柳樹醫院"),
    ],
)
def test_a_signature_is_split_from_the_reply(signature: str, doctor: str, hospital: str | None) -> None:
    for advice in ("Rest.\nRegards,", "請多休息。"):
        signed = split_signature(f"{advice}\n{signature}")
        assert (signed.reply, signed.signature) == (advice, signature)
        assert (signed.doctor, signed.hospital) == (doctor, hospital)


def test_a_signature_at_the_end_of_a_line_needs_a_closing_word() -> None:
    assert split_signature("rest well. regards dr fern").signature == "dr fern"
    assert split_signature("请多休息。柳树医院王小树医生").signature == "柳树医院王小树医生"


@pytest.mark.parametrize(
    "reply",
    [
        "Please talk to your doctor.",
        "rest and see dr if it does not help good luck",
        "Rest.\nDr. Fern will see you then.",
        "如果還是痛，請找骨科醫師。",
        "請至柳樹醫院看家醫科醫師",
        "Dr. Ada Fern, Willow Hospital",
    ],
)
def test_advice_to_see_a_doctor_is_no_signature(reply: str) -> None:
    assert split_signature(reply, "Dr. Fern").reply == reply


def test_a_signature_without_doctor_in_it_is_seen_by_the_name_above_the_reply() -> None:
    signed = split_signature("Rest.\nLin Mei, RN, Oak House", "Lin Mei")
    assert (signed.reply, signed.signature) == ("Rest.", "Lin Mei, RN, Oak House")


# Making


def test_a_page_is_read_back_from_its_own_text() -> None:
    page = page_of(KNEE, similar=(replace(KNEE, origin="imported"),), related=(("Knee", "Orthopedics"),))
    assert parse_page(page_text(page)) == page
    assert parse_page(page_text(parse_page(SAVED))) == parse_page(SAVED)


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(Question("only a body. and more"), "a reply"),
        replace(KNEE, doctor="Lin Mei", signature="", hospital="Oak House"),
        replace(KNEE, doctor=None, signature="", hospital=None, department=None),
        replace(KNEE, question=Question("a", "x - y", department="A - B", asker=Asker(age="6 months"))),
        replace(KNEE, question=Question("a\n\n\n\nb", asker=Asker(sex="male"))),
        replace(KNEE, replied_on=None, more_info=""),
        replace(KNEE, reply="請多休息。", doctor="王小樹醫師", signature="柳樹醫院 王小樹醫師"),
    ],
)
def test_pages_with_little_on_them_are_read_back_too(exchange: Exchange) -> None:
    page = page_of(exchange, similar=(exchange,), related=(("Knee", ""),))
    assert parse_page(page_text(page)) == page


def test_a_saved_page_comes_out_in_the_layout_it_came_in() -> None:
    assert page_text(parse_page(SAVED)).split() == SAVED.split()


def test_excerpts_end_in_dots_after_280_characters() -> None:
    long = replace(KNEE, reply="word " * 100, question=Question(body="many " * 100))
    (similar,) = page_of(KNEE, similar=(long,), related=()).similar
    assert similar.excerpt.endswith("many...")
    assert len(similar.excerpt) <= 283
    assert similar.reply_excerpt.endswith("...")


def test_only_an_approved_reply_is_said_to_be_written_with_software() -> None:
    line = "Written with drafting software and reviewed by Dr. Ada Fern"
    assert line in page_html(page_of(KNEE, similar=(), related=()))
    assert line in page_text(page_of(KNEE, similar=(), related=()))
    assert line not in page_html(page_of(replace(KNEE, origin="imported"), similar=(), related=()))


@pytest.mark.parametrize(
    ("drafted_by", "said"), [("offline", "(no language model)"), ("openai:ok", "(language model openai:ok)")]
)
def test_a_page_says_whether_a_language_model_was_used_and_reads_it_back(drafted_by: str, said: str) -> None:
    page = page_of(replace(KNEE, drafted_by=drafted_by), similar=(), related=())
    assert said in page_html(page)
    assert said in page_text(page)
    assert parse_page(page_text(page)) == page


def _knees() -> Iterator[Exchange]:
    yield KNEE
    yield replace(KNEE, reply="Another doctor's reply to the very same question.")
    yield replace(KNEE, question=replace(KNEE.question, body=KNEE.question.body + " ", title="Knee pain"))
    for number in range(3):
        for reply in ("Rest.", "Walk."):
            yield replace(KNEE, question=Question(f"Question {number} about the other knee."), reply=reply)


def test_similar_questions_are_others_and_each_stands_once() -> None:
    asked: list[Deidentified] = []

    def find(text: Deidentified, *, limit: int, leave_out: frozenset[str] = frozenset()) -> tuple[Source, ...]:
        asked.append(text)
        found = [e for e in _knees() if e.id not in leave_out][:limit]
        masked = Deidentified("masked")
        return tuple(Source(n, e, 0.5, masked, masked) for n, e in enumerate(found, start=1))

    similar = similar_exchanges(find, KNEE, limit=2)
    assert [e.question.body for e in similar] == [
        "Question 0 about the other knee.",
        "Question 1 about the other knee.",
    ]
    assert "stairs" in asked[0]


def test_related_topics_are_ranked_by_frequency_and_near_doubles_are_one() -> None:
    near = [
        replace(KNEE, topics=("muscle", "Knee")),
        replace(KNEE, topics=("Muscles", "knees")),
        replace(KNEE, topics=("muscles",)),
        replace(KNEE, topics=("muscle", "Orthopedics"), department="Neurology"),
        replace(KNEE, topics=("orthopedics",)),
    ]
    assert related_topics(near) == (
        ("Muscles", "Orthopedics"),
        ("Knee", "Orthopedics"),
        ("Muscle", "Neurology"),
        ("Orthopedics", "Neurology"),
    )
    assert related_topics(near, limit=1) == (("Muscles", "Orthopedics"),)


# HTML


def _words_of(page: Page) -> str:
    return " ".join(" ".join(map(str, html.fromstring(page_html(page)).itertext())).split())


def test_the_html_page_holds_every_element_in_order() -> None:
    page = parse_page(SAVED)
    said = _words_of(page).partition("Share to:")[2]
    elements = [
        "Why do my ears still ring", "Mika, 20~29 year old male", "Ask Date: 2019/06/03",
        "Dr. Rowan Aldale reply Ear, Nose & Throat", "Hello: ringing", "Rohan Al-Dale, Brookmere Hospital.",
        "Reply Date: 2019/06/04", "Dr. Imre Vosk reply Family Medicine", "More Info", "What you can do now",
        "Rest: Stay in quiet rooms", "Conclusion", "Similar Q&A", "One ear feels blocked", "Related FAQ",
        "Tinnitus (Ear, Nose & Throat)", "Hearing Test (Audiology) Earplugs",
    ]  # fmt: skip
    places = [said.find(element) for element in elements]
    assert -1 not in places
    assert places == sorted(places)


def test_the_html_page_asks_nothing_of_any_server() -> None:
    text = page_html(parse_page(SAVED))
    assert re.findall(r"<(?:link|iframe|img|form|object)|\ssrc=|@import|url\(", text) == []
    assert [href[:7] for href in re.findall(r'href="([^"]*)"', text)] == ["mailto:"]
    assert "default-src 'none'" in text


def test_what_a_page_says_is_shown_and_never_run() -> None:
    nasty = '<script>alert("x")</script> <b>{{ 7*7 }}</b>'
    similar = (Similar(nasty, nasty, nasty, nasty, nasty),)
    page = Page(
        nasty, nasty, nasty, nasty, Asker(nasty), replies=(PageReply(nasty, nasty, nasty, nasty),),
        more_info=nasty, similar=similar, related=((nasty, nasty),), reviewed_by=nasty,
    )  # fmt: skip
    text = page_html(page)
    assert text.count("<script>") == 1
    assert "<b>" not in text
    assert "{{ 7*7 }}" in _words_of(page)


def test_a_chinese_page_speaks_chinese() -> None:
    exchange = replace(
        KNEE, question=Question("膝蓋痛要看哪一科？", "膝蓋痛"), reply="請看骨科。", doctor="王小樹醫師",
        department="骨科", more_info="", signature="", hospital=None,
    )  # fmt: skip
    text = page_html(page_of(exchange, similar=(), related=()))
    assert '<html lang="zh-Hant">' in text
    assert "回覆日期：" in text
    assert "Reply Date" not in text


# The real pages


def test_the_shared_pages_are_read_as_expected(shared: Path) -> None:
    pages = sorted((shared / "data" / "dev" / "raw" / "pages").glob("*.txt"))
    assert len(pages) == 3
    for file in pages:
        expected = json.loads(file.with_suffix(".expected.json").read_text(encoding="utf-8"))
        page = parse_page(file.read_text(encoding="utf-8"))
        asker = page.asker
        assert f"{page.page_title} - {page.department}" == expected["page_title"]
        assert (page.title, page.body) == (expected["title"], expected["question"])
        assert asker.name == expected["asker_name"]
        assert ({"sex": asker.sex, "age": asker.age} if asker.age else None) == expected["asker"]
        assert (page.asked_on and page.asked_on.isoformat()) == expected["asked_on"]
        assert [
            {"replied_by": r.doctor, "department": r.department, "reply": r.reply, "replied_on": str(r.replied_on)}
            for r in page.replies
        ] == expected["replies"]
        assert (page.more_info or None) == expected["more_info"]
        assert [
            {"title": s.title, "replied_by": s.doctor, "department": s.department} for s in page.similar
        ] == expected["similar"]
        assert [list(pair) for pair in page.related] == expected["related_faq"]
        assert parse_page(page_text(page)) == page


def test_the_seed_page_is_read_whole(shared: Path) -> None:
    folder = shared / "data" / "dev"
    (file,) = (folder / "raw" / "seed").glob("*.txt")
    text = file.read_text(encoding="utf-8")
    expected = json.loads((folder / "corpus" / "seed.jsonl").read_text(encoding="utf-8"))
    page = parse_page(text)
    (reply,) = page.replies
    assert f"{page.page_title} - {page.department}" == expected["extra"]["page_title"]
    assert (page.title, page.body) == (expected["title"], expected["question"])
    assert page.asker == Asker(expected["extra"]["asker_name"], **expected["asker"])
    assert (str(page.asked_on), str(reply.replied_on)) == (expected["asked_on"], expected["replied_on"])
    assert reply.doctor == expected["replied_by"]
    assert f"{reply.reply}\n{reply.signature}" == expected["reply"]
    assert reply.hospital.endswith("Hospital")
    # The name above the reply and the one below it are romanised in two ways.
    assert reply.doctor.split()[1] not in reply.signature
    assert [topic for topic, _ in page.related] == expected["tags"]
    assert len(page.similar) == 4
    parsed = more_info_sections(page.more_info)
    assert [len(points) for _, points in parsed.sections] == [4, 6]
    assert parsed.conclusion
    assert page_text(page).strip() == text.strip()
