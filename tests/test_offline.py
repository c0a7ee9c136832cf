import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drafter.chat import Embed, Outcome, Partial, Request, open_model, to_more_info, to_reply
from drafter.chat.candidates import candidates_of, with_meaning
from drafter.chat.cues import Kind, bare, is_plan, kind_of, names_care, unfit
from drafter.chat.kinds import apart, centre, nearest_kind
from drafter.chat.offline import compose
from drafter.chat.selecting import fitted, ranked
from drafter.chat.shape import DraftShape
from drafter.domain import Deidentified, Exchange, Language, Question, Ranked, Source, Why
from drafter.text import sentences, word_count
from tests.fit_offline import labelled
from vectorstore.embedders.minilm import open_minilm

KNEE = (
    "Knee pain when climbing stairs",
    "Pain at the front of the knee on stairs often comes from the cartilage behind the kneecap. I recommend that "
    "you see an orthopaedic surgeon and have an X-ray of the knee. This will show whether the joint is worn. Until "
    "then avoid deep squats and long stairs. Dr. Rowan Vale, Lindenhill Hospital.",
)
KNEE_TOO = (
    "My knee swells after running",
    "Your MRI shows a torn meniscus. An X-ray of the knee is the usual first examination. Strengthening the thigh "
    "muscles takes load off the knee and eases pain on stairs. Take ibuprofen 400 mg twice a day. If the knee is "
    "hot and swollen with fever, go to the emergency department at once. Do you play football?",
)
STOMACH = (
    "Heartburn after dinner",
    "Heartburn at night is often caused by acid reflux. Raise the head of the bed and avoid late meals.",
)
CHINESE = (
    "爬樓梯時膝蓋痛",
    "您好，爬樓梯時膝蓋前側疼痛，可能是髕骨軟骨磨損引起。建議到骨科門診檢查，並安排膝蓋X光。在此之前請避免深蹲和長時間爬樓梯。"
    "您的X光檢查結果顯示關節退化。如果膝蓋紅腫發熱，請立即到急診就醫。祝您早日康復。",
)


def _request(
    question: str,
    replies: Sequence[tuple[str, str]],
    language: Language = "en",
    department: str | None = "Orthopaedics",
) -> Request:
    sources = tuple(
        Source(
            number,
            Exchange(Question(asked), reply, department=department, replied_on=date(2010 + number, 5, 1)),
            1 - number / 10,
            Deidentified(asked),
            Deidentified(reply),
        )
        for number, (asked, reply) in enumerate(replies, start=1)
    )
    return Request((), Deidentified(question), sources, language)


def _said(shape: DraftShape) -> list[tuple[str, list[int]]]:
    """Everything but the introduction, which is the frame's own."""
    points = [(p.text, p.sources) for section in shape.sections for p in section.points]
    return [(s.text, s.sources) for s in (*shape.reply, *shape.conclusion)] + points


def test_the_reply_answers_first_then_says_what_to_do_and_puts_what_is_urgent_last() -> None:
    shape = compose(_request("Why does my knee hurt on stairs?", [KNEE, KNEE_TOO]))
    texts = [s.text for s in shape.reply]
    assert texts[0].startswith("Pain at the front of the knee")
    assert texts[-1] == "If the knee is hot and swollen with fever, go to the emergency department at once."
    kinds = [s.kind for s in shape.reply]
    assert kinds[0] == "answer"
    assert "plan" in kinds
    assert kinds[-1] == "safety_net"
    assert [s.quotes for s in shape.reply] == [[text] for text in texts]


def test_a_reply_is_about_as_long_as_its_sources_are() -> None:
    more = (
        "Squats with little weight make the muscle above the kneecap stronger within weeks. Cycling on flat roads "
        "keeps cartilage fed without hard blows. Swimming spares sore joints since water carries most of the body. "
        "Good shoes soften every step and last about a year. Losing some weight takes a lot of load from worn "
        "surfaces. Cold packs calm swelling after a long walk uphill. A bandage gives warmth but no real hold. "
        "Stretching the calves in the evening loosens what pulls on the shin. Dancing trains balance and lifts "
        "spirits as well. Rubbing with ointment is pleasant and does little else. Railings are there to be used "
        "when going down a staircase."
    )
    short = compose(_request("Why does my knee hurt on stairs?", [KNEE]))
    long = compose(_request("Why does my knee hurt on stairs?", [(KNEE[0], more)]))
    brief, much = (sum(word_count(s.text) for s in shape.reply) for shape in (short, long))
    assert brief <= word_count(KNEE[1]) < 100 < much <= word_count(more)


def test_what_several_sources_say_comes_before_what_one_says() -> None:
    lone = "Knee pain on stairs comes from tight boots and heavy bags."
    said = "Knee pain on stairs comes from cartilage behind the kneecap."
    replies = [
        (KNEE[0], f"{lone} {said}"),
        (KNEE_TOO[0], "The cause is the cartilage behind the kneecap."),
        (KNEE_TOO[0], "Often it is worn cartilage behind the kneecap."),
    ]
    request = _request("Why does my knee hurt on stairs?", replies)
    texts = [one.text for _, one in ranked(candidates_of(request), request, 1, None)]
    assert texts.index(said) < texts.index(lone)


def _topics(texts: Sequence[str]) -> NDArray[np.float32]:
    """One axis for each of three matters, whatever words name it."""
    matters = (("kidney", "renal"), ("knee", "joint"), ("",))
    held = np.array([[any(word in text.casefold() for word in words) for words in matters] for text in texts])
    vectors = held.astype(np.float32) * np.array([3, 3, 1], np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_with_an_embedder_a_sentence_counts_that_says_it_in_other_words() -> None:
    other = [f"Walking is good for {part} and for mood." for part in ("heart", "lungs", "sleep", "weight", "legs")]
    renal = "Stones of the renal pelvis come in waves and pass within days."
    request = _request("Why does my kidney hurt?", [("Pain in the flank", " ".join([*other, renal]))] * 2)
    request = replace(request, sources=tuple(replace(s, why=_found(0.6)) for s in request.sources))
    with_meaning = [s.text for s in compose(request, _topics).reply]
    assert renal in with_meaning
    assert compose(request, _topics) == compose(request, _topics)


KNEE_BESIDE = (
    "Why does my knee hurt on stairs after skiing?",
    "A knee that hurts on stairs is often only tired from the slopes. Have a knee that gives way looked at by a "
    "surgeon. If the knee locks and turns blue, go to the emergency department at once.",
)
SLEEP = (
    "May I stop my sleeping tablets?",
    "If your knee trembles or you see things, ring the emergency department at once.",
)


@pytest.mark.parametrize("embed", [None, _topics], ids=["words", "meaning"])
def test_another_reply_adds_advice_and_warnings_of_the_same_matter_and_never_explains(embed: Embed | None) -> None:
    request = _request("Why does my knee hurt on stairs?", [KNEE, KNEE_BESIDE, SLEEP])
    near = zip(request.sources, (0.9, 0.85, 0.5), strict=True)
    request = replace(request, sources=tuple(replace(s, score=score, why=_found(score)) for s, score in near))
    said = " ".join(sentence.text for sentence in compose(request, embed).reply)
    assert said.startswith("Pain at the front of the knee")
    assert "If the knee locks and turns blue" in said
    assert "tired from the slopes" not in said
    assert "trembles" not in said


def test_when_to_seek_care_is_not_said_by_what_names_neither_a_condition_nor_help() -> None:
    centres: dict[Kind, NDArray[np.float32]] = {
        "cause": np.array([1, 0], np.float32),
        "care": np.array([0, 1], np.float32),
    }
    near_care = np.array([0.2, 0.98], np.float32)
    assert nearest_kind(near_care, None, centres, may_be_care=True) == "care"
    assert nearest_kind(near_care, None, centres, may_be_care=names_care("Use the hand lightly.")) == "cause"
    assert names_care("See somebody soon if it swells.")


def _found(cosine: float) -> Why:
    return Why(cosine, (Ranked("dense", cosine, 1, 1.0),))


@pytest.mark.parametrize(("cosine", "drafted"), [(0.15, False), (0.7, True)])
def test_a_question_far_from_every_source_gets_no_draft(cosine: float, drafted: bool) -> None:
    request = _request("Why does my knee hurt on stairs?", [KNEE, KNEE_TOO])
    request = replace(request, sources=tuple(replace(s, why=_found(cosine)) for s in request.sources))
    shape = compose(request, _topics)
    assert bool(shape.reply) == drafted
    assert (shape.missing == ["Nothing in the archive answers this question."]) != drafted


def test_what_a_quoted_doctor_asked_back_may_be_asked_again() -> None:
    asked = "Do you have knee pain at night? Did you like the pills? Is there swelling of the knee? Your age?"
    shape = compose(_request("Why does my knee hurt on stairs?", [(KNEE[0], f"{KNEE[1]} {asked}")]))
    assert shape.to_ask == ["Do you have knee pain at night?", "Is there swelling of the knee?"]
    assert all("?" not in s.text for s in shape.reply)


def test_nothing_of_the_past_patient_or_doctor_comes_through() -> None:
    shape = compose(_request("Why does my knee hurt on stairs?", [KNEE, KNEE_TOO]))
    everything = to_reply(shape).text + to_more_info(shape).text
    for foreign in ("MRI", "400 mg", "football", "Vale", "Lindenhill"):
        assert foreign not in everything


def test_more_info_carries_the_plan_leads_with_the_cause_and_says_what_made_it() -> None:
    shape = compose(_request("Why does my knee hurt on stairs?", [KNEE, KNEE_TOO]))
    text = to_more_info(shape).text
    assert text.startswith("No language model was used")
    assert "from 2 past replies" in text
    assert [s.heading for s in shape.sections] == [
        "Possible causes",
        "Examinations",
        "Treatment and self-care",
        "When to seek care",
    ]
    assert {s.text for s in shape.reply} <= {p.text for section in shape.sections for p in section.points}
    assert shape.sections[0].points[0].label == "From an earlier Orthopaedics reply, 2011"
    assert shape.conclusion[0].text.startswith("I recommend")
    assert word_count(text) <= 420
    assert shape.department == "Orthopaedics"


def test_a_chinese_question_gets_a_chinese_draft_from_chinese_sources_only() -> None:
    shape = compose(_request("請問我爬樓梯時膝蓋很痛，該怎麼辦？", [CHINESE, KNEE], "zh-Hant", "骨科"))
    assert shape.salutation == "您好："
    assert any("建議到骨科門診檢查" in s.text for s in shape.reply)
    assert {n for s in shape.reply for n in s.sources} == {1}
    assert "檢查結果" not in to_reply(shape).text
    assert "早日康復" not in to_more_info(shape).text
    assert shape.sections[0].points[0].label == "骨科回覆，2011 年"
    assert "未使用語言模型" in to_more_info(shape).text


def test_what_no_source_speaks_of_is_listed_as_missing() -> None:
    question = "Why does my knee hurt on stairs? Is swimming allowed during chemotherapy?"
    shape = compose(_request(question, [KNEE, KNEE_TOO]))
    assert shape.missing == ["No past reply speaks of: “Is swimming allowed during chemotherapy?”"]


@pytest.mark.parametrize("replies", [[], [STOMACH], [CHINESE]])
def test_without_a_source_on_the_matter_it_says_so_and_advises_nothing(replies: list[tuple[str, str]]) -> None:
    shape = compose(_request("My parrot bit my finger and the nail turned black.", replies))
    assert shape.reply == []
    assert shape.sections == []
    assert shape.missing == ["Nothing in the archive answers this question."]
    assert to_reply(shape).text == ""


def test_two_sources_that_say_the_same_are_quoted_once() -> None:
    again = (
        "Knee pain on stairs again",
        "I recommend that you see an orthopaedic surgeon and have an X-ray of a knee.",
    )
    shape = compose(_request("Why does my knee hurt on stairs?", [KNEE, again]))
    assert sum("orthopaedic surgeon" in s.text for s in shape.reply) == 1


def test_a_question_about_a_son_may_use_advice_for_a_child_and_one_about_oneself_may_not() -> None:
    sentence = "Your child should drink small sips of water often."
    assert unfit(sentence, "My son has been vomiting since last night.") is None
    assert unfit(sentence, "I have been vomiting since last night.") == "person"


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The scan was clear and the pain will ...", "clipped"),
        ("Does it hurt at night?", "asks_back"),
        ("Thank you for your trust.", "courtesy"),
        ("祝您早日康復。", "courtesy"),
        ("Dr. Rowan Vale, Lindenhill Hospital.", "signature"),
        ("Book it at www.example.org today.", "link"),
        ("As [NAME_1] said, rest is best.", "masked"),
        ("For a 5 year old this is common.", "age"),
        ("你的孩子3歲，應多喝水。", "age"),
        ("Take paracetamol 500 mg at night.", "dose"),
        ("Since 2009 the guideline has changed.", "date"),
        ("About 1 in 6 people have it.", "figure"),
        ("It is the same with my patients.", "story"),
        ("It looks just like Marlow Finch and his left hand.", "story"),
        ("There is nothing to worry about.", "reassurance"),
        ("You have gallstones.", "history"),
        ("Your MRI shows a bulging disc.", "history"),
        ("您的檢查報告顯示有結石。", "history"),
        ("Yes, this is gout.", "answer"),
        ("See the clinic tomorrow.", "date"),
        ("In pregnancy the joints are looser.", "person"),
        ("Because of your asthma, use the other spray.", "history"),
        ("She should rest for a week.", "person"),
        ("This was described by Marlow Finch in detail.", "person"),
    ],
)
def test_sentences_that_belong_to_somebody_else_are_left_out(sentence: str, reason: str) -> None:
    assert unfit(sentence, "I have had back pain for a week.") == reason


@pytest.mark.parametrize(
    "sentence",
    [
        "If you have fever, see a doctor the same day.",
        "You may have a pinched nerve.",
        "You are advised to see a neurologist.",
        "Ask a dermatologist, who will say whether she wants a biopsy.",
        "Discuss it with him or her.",
        "Have your blood pressure checked.",
        "建議到神經科門診檢查。",
        "請諮詢您的醫師。",
    ],
)
def test_advice_for_anybody_may_be_used_again(sentence: str) -> None:
    assert unfit(sentence, "I have had back pain for a week.") is None


def test_a_number_or_greeting_before_a_sentence_is_cut_and_the_rest_is_unchanged() -> None:
    assert bare("3. Rest the knee.") == "Rest the knee."
    assert bare("2.5 litres a day are enough.") == "2.5 litres a day are enough."
    assert bare("hi you can try warm compresses good luck") == "you can try warm compresses"
    assert is_plan(bare("Hello, please see a dentist."))


_BODY = ("knee", "shoulder", "lower back", "left wrist")
_PIECES = (
    "Pain in the {0} is often caused by strain of the tendon",
    "I recommend an X-ray of the {0} and a visit to an orthopaedic clinic",
    "This will show whether the {0} is worn",
    "Avoid heavy work with the {0} for two weeks",
    "Your MRI of the {0} shows a tear",
    "If the {0} becomes hot or numb, go to the emergency department at once",
    "Does the {0} hurt at night",
    "Thank you for asking about the {0}",
    "{0}疼痛可能是肌腱發炎引起",
    "建議到骨科門診檢查{0}",
)
_sentences = st.builds(
    lambda piece, body, mark: piece.format(body) + mark,
    st.sampled_from(_PIECES),
    st.sampled_from(_BODY),
    st.sampled_from([".", "。", "!", "...", "?"]),
)
_replies = st.lists(
    st.tuples(_sentences, st.lists(_sentences, min_size=1, max_size=6).map(" ".join)), min_size=0, max_size=5
)


@settings(max_examples=120, deadline=None)
@given(
    _replies,
    st.lists(_sentences, min_size=1, max_size=3).map(" ".join),
    st.sampled_from(["en", "zh-Hant", "zh-Hans"]),
)
def test_every_sentence_stands_word_for_word_in_the_source_it_cites(
    replies: list[tuple[str, str]], question: str, language: Language
) -> None:
    request = _request(question, replies, language)
    shape = compose(request)
    held = {source.number: source.reply for source in request.sources}
    for text, numbers in _said(shape):
        assert numbers
        assert all(text in held[number] for number in numbers)
        assert unfit(text, question) is None
    assert len({s.text for s in shape.reply}) == len(shape.reply)
    assert compose(request) == shape


def test_it_streams_growing_partials_and_ends_with_one_draft() -> None:
    request = _request("Why does my knee hurt on stairs?", [KNEE, KNEE_TOO])
    *partials, outcome = open_model("offline").complete(request)
    assert isinstance(outcome, Outcome)
    assert outcome.status == "ok"
    assert DraftShape.model_validate_json(outcome.text) == compose(request)
    lengths = [len(p.value["reply"]) for p in partials if isinstance(p, Partial)]
    assert lengths == sorted(lengths)
    assert len(lengths) == len(partials) >= 3


def test_a_draft_by_other_weights_or_without_meaning_is_told_apart() -> None:
    by_words, by_meaning = open_model("offline").parameters, open_model("offline", embed=_topics).parameters
    assert by_words["weights"] == by_meaning["weights"]
    assert (by_words["by_meaning"], by_meaning["by_meaning"]) == (False, True)


def test_the_same_request_gives_the_same_draft_in_another_process() -> None:
    program = (
        "from tests.test_offline import KNEE, KNEE_TOO, STOMACH, _request\n"
        "from drafter.chat.offline import compose\n"
        "print(compose(_request('Why does my knee hurt on stairs?', [KNEE, KNEE_TOO, STOMACH])).model_dump_json())"
    )
    root = Path(__file__).parent.parent
    said = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_fitted_weights_are_of_features_that_candidates_have() -> None:
    request = _request("Why does my knee hurt on stairs?", [KNEE, KNEE_TOO])
    candidates = with_meaning(candidates_of(request), request.question, _topics)
    assert candidates
    assert all(set(fitted()["en-meaning"]) == set(one.features) for one in candidates)
    assert set(fitted()["en"]) == set(fitted()["zh"]) == set(fitted()["en-meaning"]) - {"meaning", "central"}


def test_sections_by_meaning_are_right_more_often_than_by_cue_words(models_folder: Path) -> None:
    embedder = open_minilm(models_folder)
    vectors = {kind: embedder.embed(texts) for kind, texts in labelled().items()}
    by_meaning = by_words = count = 0
    for kind, texts in labelled().items():
        for n, text in enumerate(texts):
            # Each sentence is judged by the others alone.
            centres = apart({k: centre(np.delete(v, n, axis=0) if k == kind else v) for k, v in vectors.items()})
            care = names_care(text)
            by_meaning += nearest_kind(vectors[kind][n], kind_of(text), centres, may_be_care=care) == kind
            by_words += (kind_of(text) or "cause") == kind
            count += 1
    assert by_meaning > by_words
    assert by_meaning >= 0.7 * count


def test_the_frame_holds_no_advice_and_no_name() -> None:
    languages: tuple[Language, ...] = ("en", "zh-Hant", "zh-Hans")
    for language in languages:
        reply = to_reply(compose(_request("nothing", [], language)))
        assert reply.sentences == ()
        assert all(not is_plan(s) for s in sentences(f"{reply.salutation}\n{reply.closing}"))
