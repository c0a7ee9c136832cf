"""Who asks, whom a question is about, and whom it is addressed to. All messages are invented."""

from typing import Any

import pytest

from drafter.domain import Asker, Question
from drafter.screening import screen
from tests.who_fresh import FRESH

FIELDS = (
    "relation", "sex", "age", "pregnant", "weeks", "asker_sex", "asker_age", "asker_name", "doctor", "hospital",
)  # fmt: skip
NOTHING: dict[str, Any] = {**dict.fromkeys(FIELDS), "relation": "self", "pregnant": False}


def who(text: str, asker: Asker = Asker()) -> dict[str, Any]:  # noqa: B008  # frozen
    seen = screen(Question(text, asker=asker))
    patient = seen.patient
    told = (patient.relation, patient.sex, patient.age, patient.pregnant, patient.weeks_pregnant)
    return dict(
        zip(
            FIELDS,
            (*told, seen.asker.sex, seen.asker.age, seen.asker.name, seen.doctor, seen.hospital),
            strict=True,
        )
    )


def me(sex: str | None = None, age: str | None = None, **more: Any) -> dict[str, Any]:
    """What is known when asker and patient are the same person."""
    return {"sex": sex, "age": age, "asker_sex": sex, "asker_age": age, **more}


KNOWN: tuple[tuple[str, dict[str, Any]], ...] = (
    # The asker's own words, and the line that the site puts under a message.
    ("I am a 34-year-old man and my knee clicks.", me("male", "34")),
    ("34 year old female with a stiff neck since Tuesday.", me("female", "34")),
    ("My knee clicks.\nXiao Lin, 30~39 year old female.", me("female", "30~39", asker_name="Xiao Lin")),
    ("My knee clicks. Otto Brand, 40-49 year old male. Ask Date: 2013/02/02",
     me("male", "40~49", asker_name="Otto Brand")),
    ("A female colleague of about thirty has a sore heel. What helps her? Xiao Wen, 30~39 year old female.",
     {"relation": "colleague", "sex": "female", "asker_sex": "female", "asker_age": "30~39",
      "asker_name": "Xiao Wen"}),
    ("My aunt, 34 year old female, coughs at night.", {"relation": "aunt", "sex": "female", "age": "34"}),
    ("Hello, 30 year old male, never ill before, now my jaw locks.", me("male", "30")),
    ("I'm 45, female, and I sweat at night.", me("female", "45")),
    ("I'm a woman. Is it normal that my ankles swell on hot days?", me("female")),
    ("I have had cold feet since the winter.", me()),
    ("I am 30 minutes late with my tablet every day. Does it matter?", me()),
    ("Gender: M, age: 58. I cannot hear well on the left.", me("male", "58")),
    ("I am in my sixties and my nails break.", me(None, "60s")),
    ("For 20 years I have had a rash in spring.", me()),
    ("我今年29歲，男生，手指常脫皮。", me("male", "29")),
    ("本人女，33岁，最近掉头发很多。", me("female", "33")),
    ("阿明，40~49歲男性。我的肩膀舉不高。", me("male", "40~49", asker_name="阿明")),
    ("腳跟早上會痛。小芸，30~39歲女性", me("female", "30~39", asker_name="小芸")),
    ("我吃這個藥三年了，需要換嗎？", me()),
    ("我是男性，50多歲，晚上常跑廁所。", me("male", "about 50")),
    # Somebody else is the patient.
    ("My brother is 50 and his hands shake.", {"relation": "brother", "sex": "male", "age": "50"}),
    ("I am a 40 year old mother and my son, 6, has a rash behind his knees.",
     {"relation": "son", "sex": "male", "age": "6", "asker_sex": "female", "asker_age": "40"}),
    ("As his wife I worry: my husband, 55, stops breathing in his sleep.",
     {"relation": "husband", "sex": "male", "age": "55", "asker_sex": "female"}),
    ("I'm 62 and I write about my husband: he is 70 and his toes are blue.",
     {"relation": "husband", "sex": "male", "age": "70", "asker_age": "62"}),
    ("I am his father. My son is 15 and his back hurts after rowing.",
     {"relation": "son", "sex": "male", "age": "15", "asker_sex": "male"}),
    ("My mother-in-law is 77 and sleeps all day.", {"relation": "mother-in-law", "sex": "female", "age": "77"}),
    ("My sister-in-law, 38, has lumps on her neck.", {"relation": "sister-in-law", "sex": "female", "age": "38"}),
    ("A colleague, male, 60, has a red eye. What should he do?",
     {"relation": "colleague", "sex": "male", "age": "60"}),
    ("Our baby girl is 5 weeks old and spits up milk.", {"relation": "child", "sex": "female", "age": "5 weeks"}),
    ("My girl is 10 and walks in her sleep.", {"relation": "child", "sex": "female", "age": "10"}),
    ("He is 19 and his acne leaves scars. What could he use?", {"relation": "other", "sex": "male", "age": "19"}),
    ("My twins are 2 and both have a runny nose.", {"relation": "child", "age": "2"}),
    ("My colleague told me to ask. I have a lump on my wrist.", me()),
    ("My husband says I grind my teeth at night.", me()),
    ("My mother had glaucoma. I am 44: how often do I need a test?", me(None, "44")),
    ("我先生50歲，最近常頭暈。", {"relation": "husband", "sex": "male", "age": "50"}),
    ("我是他太太，我老公48歲，走路會喘。",
     {"relation": "husband", "sex": "male", "age": "48", "asker_sex": "female"}),
    ("身為女兒我很擔心，爸爸72歲，常忘記吃藥。",
     {"relation": "father", "sex": "male", "age": "72", "asker_sex": "female"}),
    ("同事約三十歲，女性，腰扭傷後腿會痛。", {"relation": "colleague", "sex": "female", "age": "about 30"}),
    ("我儿子3岁，说话很少，正常吗？", {"relation": "son", "sex": "male", "age": "3"}),
    ("奶奶80幾歲了，腳常水腫。", {"relation": "grandmother", "sex": "female", "age": "about 80"}),
    ("寶寶三個月大，左眼一直流淚。", {"relation": "child", "age": "3 months"}),
    ("婆婆最近手會抖，她68歲。", {"relation": "mother-in-law", "sex": "female", "age": "68"}),
    ("嫂嫂35歲，產後一直腰痠。", {"relation": "sister-in-law", "sex": "female", "age": "35"}),
    ("我媽媽說我太瘦，我22歲，女生。", me("female", "22")),
    # Pregnancy and its week.
    ("I am 20 weeks pregnant and my hips ache.", me("female", pregnant=True, weeks=20)),
    ("Twenty-eight weeks pregnant, is coffee allowed?", me("female", pregnant=True, weeks=28)),
    ("I'm pregnant, 11 weeks, and my gums bleed.", me("female", pregnant=True, weeks=11)),
    ("I am pregnant and took a tablet 3 weeks ago.", me("female", pregnant=True)),
    ("My sister is 36+2 weeks pregnant and itches all over.",
     {"relation": "sister", "sex": "female", "pregnant": True, "weeks": 36}),
    ("I was pregnant for 9 weeks last year and lost it. May I try again?", me()),
    ("My cycle is 5 weeks long and we want to get pregnant.", me()),
    ("我目前懷孕16週，可以染頭髮嗎？", me("female", pregnant=True, weeks=16)),
    ("太太怀孕三十周，脚抽筋。", {"relation": "wife", "sex": "female", "pregnant": True, "weeks": 30}),
    ("孕 8 週，一直想吐，正常嗎？", me("female", pregnant=True, weeks=8)),
    # Whom it is addressed to; not whom it speaks of.
    ("Dr. Lin, my knee clicks. What is it?", me(doctor="Lin")),
    ("Dear Dr. Anna Berg,\nMy knee clicks.", me(doctor="Anna Berg")),
    ("Hi Doctor Berg I have a sore throat.", me(doctor="Berg")),
    ("My knee clicks. Should I rest it, Dr. Berg?", me(doctor="Berg")),
    ("dear dr. berg, my knee clicks.", me(doctor="berg")),
    ("My knee clicks. Thank you very much, Dr. Berg.", me(doctor="Berg")),
    ("Dear Prof. Berg at Larkmead General Hospital, my knee clicks.",
     me(doctor="Berg", hospital="Larkmead General Hospital")),
    ("Dear Larkmead Hospital, which clinic sees knees that click?", me(hospital="Larkmead Hospital")),
    ("Dear Doctor, my knee clicks.", me()),
    ("Dear Dr. My knee clicks.", me()),
    ("Dr. Lin, my family doctor, gave me drops. They sting.", me()),
    ("Dr. Lin told me to rest. For how long?", me()),
    ("I asked my GP, Dr. Lin. He did not know.", me()),
    ("I was at Larkmead Hospital for two days and my knee clicks.", me()),
    ("Thanks to Dr. Lin I walk again. My knee clicks though.", me()),
    ("黃醫師好，膝蓋會響要緊嗎？", me(doctor="黃")),
    ("您好，張文雄醫師，膝蓋會響要緊嗎？", me(doctor="張文雄")),
    ("膝蓋會響要緊嗎？謝謝李醫師！", me(doctor="李")),
    ("請問台中醫院骨科的吳醫師：膝蓋會響要緊嗎？", me(doctor="吳", hospital="台中醫院")),
    ("醫師您好，膝蓋會響要緊嗎？", me()),
    ("黃醫師說要開刀，我很猶豫。", me()),
    ("上週看過黃醫師，他開了藥，膝蓋還是會響。", me()),
)  # fmt: skip


@pytest.mark.parametrize(("text", "known"), KNOWN)
def test_who_is_who(text: str, known: dict[str, Any]) -> None:
    assert who(text) == NOTHING | known


def test_messages_that_the_rules_were_not_made_for_are_read_too() -> None:
    right = {field: sum(who(text)[field] == (NOTHING | known)[field] for text, known in FRESH) for field in FIELDS}
    assert len(FRESH) == 40
    assert min(right.values()) >= 30, right


def test_what_the_site_states_of_the_asker_holds() -> None:
    site = Asker("Fern", "female", "30~39")
    own = who("I am 34 and my knee clicks.", site)
    assert (own["asker_name"], own["asker_age"], own["age"], own["sex"]) == ("Fern", "30~39", "34", "female")
    other = who("My father, 70, coughs. Otto, 20~29 year old male.", site)
    assert (other["asker_sex"], other["asker_age"], other["relation"], other["age"]) == (
        "female", "30~39", "father", "70",
    )  # fmt: skip


def test_the_pseudonym_under_a_message_is_masked() -> None:
    seen = screen(Question("My knee clicks. Xiao Lin, 30~39 year old female."))
    assert "Xiao Lin" not in seen.text
    assert seen.asker.name == "Xiao Lin"
