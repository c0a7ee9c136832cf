"""What a question asks, and which sentence of the reply answers it. All texts are invented."""

from datetime import UTC, datetime

import pytest

from drafter.checking import check
from drafter.checking.parts import parts
from drafter.checking.questions import sub_questions
from drafter.domain import Draft, MoreInfo, Part, Provenance, Question, Reply, Sentence
from drafter.screening import screen
from drafter.text import sentences


def draft(question: str | Question, reply: str, missing: tuple[str, ...] = ()) -> Draft:
    asked = question if isinstance(question, Question) else Question(question)
    return Draft(
        "d-1",
        asked,
        screen(asked),
        (),
        Reply(tuple(Sentence(s) for s in sentences(reply))),
        MoreInfo(),
        Provenance("", (), "", "", "", ()),
        datetime(2026, 5, 1, tzinfo=UTC),
        missing=missing,
    )


def open_parts(question: str, reply: str) -> list[str]:
    return [part.text for part in parts(draft(question, reply)) if not part.answered_by]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Is it broken? What helps, and do I need an X-ray?",
         ["Is it broken?", "What helps", "do I need an X-ray?"]),
        ("My toe is blue. Is that gout and how long will it last?", ["Is that gout", "how long will it last?"]),
        ("I would like to know whether I may swim.", ["whether I may swim."]),
        ("I'd like to know what this spot is and if it can be removed.",
         ["what this spot is", "if it can be removed."]),
        ("I was wondering if tea is bad for my teeth.", ["if tea is bad for my teeth."]),
        ("Please tell me which shoes are best.", ["which shoes are best."]),
        ("Could you please advise how often I should stretch?", ["how often I should stretch?"]),
        ("My questions are 1) can I run 2) how much water should I drink 3) is honey allowed",
         ["can I run", "how much water should I drink", "is honey allowed"]),
        ("I have two questions:\n1. The best time for the tablets\n2. Can I drive?",
         ["The best time for the tablets", "Can I drive?"]),
        ("I fell. I do not know whether it is a sprain or a fracture.", ["whether it is a sprain or a fracture."]),
        ("Should I rest or should I exercise?", ["Should I rest or should I exercise?"]),
        ("Which of these opinions is right? Furthermore, what can be done for her hip? Thank you!",
         ["Which of these opinions is right?", "what can be done for her hip?"]),
        ("When I run, my heel hurts. If I rest it is better.", []),
        ("What I feel is a dull ache in the shin.", []),
        ("The nurse asked me what I eat. I told her.", []),
        ("I have not been sleeping well since the move.", []),
        ("要吃什麼藥，可以運動嗎？我很擔心。", ["要吃什麼藥", "可以運動嗎？"]),
        ("請問這是什麼病？多久會好？需要開刀嗎？", ["請問這是什麼病？", "多久會好？", "需要開刀嗎？"]),
        ("想知道能不能游泳。", ["想知道能不能游泳。"]),
        ("我的問題是：1、可以喝咖啡嗎 2、要不要抽血", ["可以喝咖啡嗎", "要不要抽血"]),
        ("请问是扭伤还是骨折？", ["请问是扭伤还是骨折？"]),
        ("腳還是很痛，我該看哪一科？", ["我該看哪一科？"]),
        ("我昨天跌倒，膝蓋腫起來。", []),
        ("這個藥能不能配牛奶，還有要吃多久？", ["這個藥能不能配牛奶", "要吃多久？"]),
    ],
)  # fmt: skip
def test_a_question_is_split_into_what_it_asks(text: str, asked: list[str]) -> None:
    found = sub_questions(text)
    assert [part.strip() for part in found] == asked


ANSWERED = [
    # a choice
    ("Is it a sprain or a fracture?", "This fits a sprain."),
    ("Is it a sprain or a fracture?", "Without an X-ray nobody can say; it cannot be told from a letter."),
    ("One doctor said gout. Another said cellulitis. Which of them is right?", "The picture fits gout."),
    ("One doctor said gout. Another said cellulitis. Who is right?", "Both may be right."),
    ("One doctor said gout. Another said cellulitis. Which of these is correct?",
     "Only a test of the fluid can show which of these it is."),
    ("Should I use heat or ice?", "Ice is the better of the two in the first days."),
    ("是扭傷還是骨折？", "比較像扭傷。"),
    ("一位醫師說是痛風，另一位醫師說是蜂窩性組織炎，哪一個說法才對？",
     "從描述無法判斷，需要抽關節液檢查才能確定。"),
    # yes or no
    ("Is swimming allowed?", "Swimming is allowed."),
    ("Is this dangerous?", "It is harmless."),
    ("Can I drive with this splint?", "No, wait until the splint is off."),
    ("Is it normal that my ears pop?", "That is common on the way up a hill."),
    ("Will I recover fully?", "Most heal within a season."),
    ("Do I need an operation?", "Surgery is rarely needed for this."),
    ("Is it hereditary?", "It does not run in families."),
    ("I would like to know whether coffee is allowed.", "Coffee may be drunk in moderation."),
    ("Is it contagious?", "You cannot catch it from others."),
    ("可以游泳嗎？", "傷口未癒合前不要游泳。"),
    ("會不會傳染？", "這不會傳染給家人。"),
    ("需要開刀嗎？", "一般不需要手術。"),
    ("这样正常吗？", "这在换季时很常见。"),
    # time, rate, amount
    ("How long will the numbness last?", "The numbness goes within two to three weeks."),
    ("How long does it take?", "About six weeks."),
    ("How often should I stretch the calf?", "Stretch the calf twice a day."),
    ("How much water should I drink?", "Drink about two litres of water a day."),
    ("When can I run again?", "You can run again as soon as the swelling is gone."),
    ("多久會好？", "大約兩週會改善。"),
    ("一天要擦幾次藥？", "藥膏每天擦兩次。"),
    ("要喝多少水？", "每天喝水約2000毫升。"),
    # what to do, treatment, cause, whom, which test
    ("What should I do?", "Rest the foot and wear soft heels."),
    ("Any advice?", "See a hand clinic within two weeks."),
    ("What treatment is there?", "Stretching exercises and a night splint help."),
    ("What treatment is available?", "The scan decides about the treatment: it depends on its result."),
    ("What could it be?", "This may be a trapped nerve."),
    ("Why do my fingers turn white?", "The small vessels probably close in the cold."),
    ("Which department should I go to?", "A neurologist should look at this."),
    ("What tests do I need?", "An MRI of the knee shows the ligaments."),
    ("Which insoles are best?", "Soft insoles with a raised arch are best."),
    ("I have a white lump in my throat?", "This may be a stone of the tonsil."),
    ("How can I taper it?", "Reduce it by a quarter each week."),
    ("My friend says rest. Is that correct?", "Rest is right in the first days."),
    ("不能吃什麼？", "飲食要清淡，少吃醃漬品。"),
    ("我該怎麼辦？", "建議多休息，並冰敷腳踝。"),
    ("要怎麼治療？", "可以做復健和熱敷。"),
    ("這是什麼問題？", "可能是肌腱發炎。"),
    ("該看哪一科？", "建議到神經內科就診。"),
]  # fmt: skip

OPEN = [
    ("Is it a sprain or a fracture?", "It may be a sprain or a fracture."),
    ("Is it a sprain or a fracture?", "See an orthopaedic clinic."),
    ("One doctor said gout. Another said cellulitis. Which of them is right?",
     "See a clinic and have a blood test."),
    ("One doctor said gout. Another said cellulitis. Which of them is right?",
     "You mention that one doctor said gout and another said cellulitis."),
    ("One doctor said gout. Another said cellulitis. Which of these is correct?",
     "Gout and cellulitis both make a joint red."),
    ("Should I use heat or ice?", "Rest the knee for a week."),
    ("是扭傷還是骨折？", "建議到骨科照X光。"),
    ("一位醫師說是痛風，另一位醫師說是蜂窩性組織炎，哪一個說法才對？", "建議多喝水。"),
    ("Is swimming allowed?", "You ask whether swimming is allowed."),
    ("Is swimming allowed?", "Wear soft heels."),
    ("Can I drive with this splint?", "Keep the wrist dry."),
    ("Is this dangerous?", "Stretch the calf twice a day."),
    ("Is it hereditary?", "Take it easy for a week."),
    ("Do I need an operation?", "The knee has two menisci."),
    ("I would like to know whether coffee is allowed.", "Sleep enough."),
    ("可以游泳嗎？", "建議每天擦藥。"),
    ("會不會傳染？", "您提到家人很擔心。"),
    ("需要開刀嗎？", "請多休息。"),
    ("How long will the numbness last?", "The numbness comes from a nerve."),
    ("How long will the numbness last?", "Take the tablet twice a day."),
    ("How often should I stretch the calf?", "Stretch the calf gently."),
    ("How much water should I drink?", "Drink water and avoid coffee."),
    ("When can I run again?", "Running strains the heel."),
    ("多久會好？", "這是肌腱發炎。"),
    ("一天要擦幾次藥？", "藥膏要擦薄薄一層。"),
    ("What should I do?", "The heel is a strong bone."),
    ("What treatment is there?", "See a neurologist and have a nerve conduction study."),
    ("What could it be?", "Rest and drink enough."),
    ("Why do my fingers turn white?", "Wear gloves."),
    ("Which department should I go to?", "Rest for a week."),
    ("What tests do I need?", "Rest for a week."),
    ("Which insoles are best?", "Stretch the calf."),
    ("我該怎麼辦？", "腳踝有很多韌帶。"),
    ("這是什麼問題？", "請多喝水。"),
    ("該看哪一科？", "請多喝水，好好休息。"),
    ("What should I do?", "What have you tried so far?"),
    ("I have a white lump in my throat?", "You mention a lump in your throat."),
    ("How can I taper it?", "The tablets are white."),
    ("Any advice?", "Hello, thank you for your question."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "reply"), ANSWERED)
def test_a_part_that_the_reply_answers_is_not_open(question: str, reply: str) -> None:
    assert open_parts(question, reply) == []


@pytest.mark.parametrize(("question", "reply"), OPEN)
def test_a_part_that_nothing_answers_is_open(question: str, reply: str) -> None:
    assert len(open_parts(question, reply)) == 1


def test_each_part_is_shown_with_the_sentence_that_answers_it() -> None:
    of = draft("Is swimming allowed? How long will the ache last?", "Rest a little. Swimming is allowed.")
    assert parts(of) == (Part("Is swimming allowed?", "Swimming is allowed."), Part("How long will the ache last?"))


def test_what_the_draft_itself_says_is_missing_is_told_and_no_concern() -> None:
    of = draft("Is swimming allowed?", "Rest the heel.", missing=("Whether swimming is allowed.",))
    assert parts(of) == (Part("Is swimming allowed?", "", told_missing=True),)
    assert "open_question" not in {c.code for c in check(of)}


def test_a_title_is_a_part_only_where_the_message_asks_nothing() -> None:
    asked = Question("My heel hurts. Is swimming allowed?", "Sore heel?")
    assert [part.text for part in parts(draft(asked, "Rest."))] == ["Is swimming allowed?"]
    told = Question("My heel hurts.", "Is a sore heel dangerous?")
    assert [part.text for part in parts(draft(told, "Rest."))] == ["Is a sore heel dangerous?"]


def test_a_message_that_asks_nothing_has_no_parts() -> None:
    assert parts(draft("My heel hurts.", "Rest.")) == ()
