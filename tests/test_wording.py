"""Wording, persons and form of a draft, with hard negatives in both languages. All texts are invented."""

import pytest

from drafter.checking import check
from drafter.domain import Asker, Concern, MoreInfo, Question, Sentence
from tests.test_checking import draft, source


def concerns(question: str | Question, reply: str, held: str | None = None) -> list[Concern]:
    of = draft([reply], question=question, sources=[source(1, held or reply)], salutation="", closing="")
    return list(check(of))


def codes(question: str | Question, reply: str, held: str | None = None) -> set[str]:
    return {concern.code for concern in concerns(question, reply, held)}


HEEL = "My heel hurts when I get up. What helps?"
FERSE = "早上起床時腳跟會痛，怎麼辦？"
COLLEAGUE = (
    "I ask for a female colleague of about thirty. Her right buttock hurts since a fall. What should she do?"
)
KOLLEGIN = "我同事是女性，約三十歲，跌倒後右邊屁股會痛，她該怎麼辦？"


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "You have plantar fasciitis."),
        (HEEL, "You are suffering from a heel spur."),
        (HEEL, "This is definitely gout."),
        (HEEL, "It is without doubt a stress fracture."),
        (HEEL, "I can confirm that it is gout."),
        (HEEL, "The diagnosis is gout."),
        (HEEL, "This is gout."),
        (HEEL, "It's a stress fracture."),
        (HEEL, "Your diagnosis is plantar fasciitis."),
        (FERSE, "您得了足底筋膜炎。"),
        (FERSE, "這一定是痛風。"),
        (FERSE, "您確定是痛風，請吃藥。"),
        (FERSE, "这是痛风。"),
        (FERSE, "您患了足底筋膜炎。"),
    ],
)
def test_a_diagnosis_as_certain_is_noticed(question: str, reply: str) -> None:
    assert "certain_diagnosis" in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "This may be plantar fasciitis."),
        (HEEL, "Only an examination shows whether you have gout."),
        (HEEL, "It is not possible to say that this is gout."),
        (HEEL, "You have to rest the heel."),
        (HEEL, "You have several options."),
        (HEEL, "You have described a pain on getting up."),
        (HEEL, "This is a common complaint."),
        (HEEL, "This is a good moment to see a clinic."),
        (HEEL, "It is an inflammation in most people."),
        (HEEL, "You have done well to rest the heel."),
        ("I have gout and my heel hurts. What helps?", "You have gout, so drink enough."),
        (FERSE, "這可能是痛風。"),
        (FERSE, "這不一定是痛風。"),
        (FERSE, "這是常見的問題。"),
        (FERSE, "若您患有痛風，請多喝水。"),
        ("我有痛風，腳跟會痛，怎麼辦？", "您患有痛風，請多喝水。"),
    ],
)
def test_a_possibility_and_the_askers_own_diagnosis_are_left_alone(question: str, reply: str) -> None:
    assert "certain_diagnosis" not in codes(question, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "I prescribe ibuprofen for you.",
        "I am prescribing an ointment.",
        "Here is your prescription: ointment, twice a day.",
        "I hereby certify that you are fit for work.",
        "This letter serves as a medical certificate.",
        "You are fit to fly.",
        "I'll write you a sick note for a week.",
        "Rx: paracetamol 500 mg.",
        "我開給您止痛藥。",
        "處方如下：止痛藥。",
        "茲證明您可以上班。",
        "我可以幫您開診斷書。",
    ],
)
def test_prescriptions_and_certificates_are_noticed(reply: str) -> None:
    assert "prescribes" in codes(HEEL if reply.isascii() else FERSE, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Your doctor may prescribe an ointment.",
        "Take the ointment as prescribed.",
        "A prescription is needed for this ointment, so ask your doctor.",
        "Your employer may ask for a medical certificate from your doctor.",
        "Do not use prescription medicine of others.",
        "醫師可能會開立藥膏。",
        "這種藥需要醫師處方。",
        "診斷書需由看診的醫師開立。",
    ],
)
def test_what_another_doctor_may_prescribe_is_left_alone(reply: str) -> None:
    assert "prescribes" not in codes(HEEL if reply.isascii() else FERSE, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Kind regards, Dr. Ferrand.",
        "Dr Ferrand, Orthopaedics",
        "Prof. Ana Ferrand sees such heels every Monday.",
        "Larkmead Hospital",
        "Come to Larkmead General Hospital on Monday.",
        "Signed, Ana Ferrand, MD",
        "台中榮總 王小明醫師 敬上",
        "青湖醫院 沈醫師回覆",
        "請掛我在仁愛醫院的門診。",
    ],
)
def test_another_doctors_name_or_hospital_blocks(reply: str) -> None:
    of = draft([reply], question=HEEL if reply.isascii() else FERSE, sources=[source(1)], salutation="", closing="")
    assert "other_doctor" in {c.code for c in check(of) if c.severity == "block"}


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "Ask your doctor at the hospital."),
        (HEEL, "Go to the nearest hospital."),
        (HEEL, "A teaching hospital has such a clinic."),
        ("Larkmead Hospital sent me home. What now?", "Ask Larkmead Hospital for the report."),
        ("Dr. Ferrand gave me insoles. Do they help?", "Wear the insoles that Dr. Ferrand gave you."),
        (FERSE, "建議到大醫院的骨科門診。"),
        (FERSE, "請您的醫師評估。"),
        (FERSE, "可到復健科醫師門診。"),
        ("王醫師說要休息，對嗎？", "王醫師的建議是對的。"),
    ],
)
def test_hospitals_in_general_and_those_of_the_question_may_be_named(question: str, reply: str) -> None:
    assert "other_doctor" not in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "It looks like Bruno Mars's heel."),
        (HEEL, "Tamsin Okoro had the same and healed."),
        (HEEL, "The singer Adele had this too."),
        (FERSE, "就像周杰倫的腳一樣。"),
        (FERSE, "像歌手林俊傑的腳。"),
    ],
)
def test_a_named_third_person_is_noticed(question: str, reply: str) -> None:
    assert "named_person" in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "Achilles tendon pain and Sever disease start like that."),
        (HEEL, "Take Vitamin D in Winter."),
        (HEEL, "Parkinson disease is something else."),
        ("My daughter Tamsin Okoro limps. What helps her?", "Tamsin Okoro can rest the foot."),
        (FERSE, "阿基里斯腱發炎也會這樣。"),
        (FERSE, "建議多休息，並穿軟底鞋。"),
        (FERSE, "白天可以走路，黃色藥膏也可以用。"),
    ],
)
def test_names_of_diseases_and_of_the_question_are_no_third_person(question: str, reply: str) -> None:
    assert "named_person" not in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("A doctor said 1 in 6 women get this.", "About 1 in 6 women get this."),
        ("A doctor said 1 in 6 women get this.", "One in six women get this."),
        ("I read that 30% get this.", "Some 30 percent get this."),
        ("I read that 30% get this.", "Three out of ten get this."),
        (HEEL, "Nine out of ten people recover."),
        (HEEL, "In 95% it heals."),
        ("聽說三成的人會這樣？", "約有三成的人會這樣。"),
        ("聽說三成的人會這樣？", "大約30%的人會這樣。"),
        (FERSE, "六分之一的人會復發。"),
        (FERSE, "十個人中有三個會復發。"),
    ],
)
def test_a_figure_from_hearsay_or_from_nowhere_is_noticed(question: str, reply: str) -> None:
    assert "figure_without_source" in codes(question, reply, "Rest and stretch the calf. 多休息，拉筋。")


@pytest.mark.parametrize(
    ("question", "reply", "held"),
    [
        (HEEL, "About 10 % recover at once.", "Some 10 percent recover at once."),
        (HEEL, "One in six needs an operation.", "1 in 6 needs an operation."),
        (HEEL, "Stretch one foot in the morning.", "Stretch one foot in the morning."),
        (HEEL, "Use a 1% cream.", "Use a 1% cream."),
        (FERSE, "約三成會復發。", "約有30%的人會復發。"),
        (FERSE, "一天一次，一次十分鐘。", "一天一次，一次十分鐘。"),
    ],
)
def test_a_figure_of_the_source_is_left_alone(question: str, reply: str, held: str) -> None:
    assert "figure_without_source" not in codes(question, reply, held)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "Please see a doctor."),
        (HEEL, "You should consult an orthopaedic specialist."),
        (HEEL, "I would suggest that you go to a hospital for further evaluation."),
        (FERSE, "建議就醫。"),
        (FERSE, "請到骨科門診就診。"),
        (FERSE, "建议您去医院检查。"),
    ],
)
def test_see_a_doctor_as_the_only_advice_is_noticed(question: str, reply: str) -> None:
    assert "only_see_a_doctor" in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "See an orthopaedic clinic for an X-ray and stretch the calf until then."),
        (HEEL, "See a doctor within two weeks if the heel is not better with soft shoes and stretching."),
        (FERSE, "建議到骨科照X光，在那之前多伸展小腿並穿軟底鞋。"),
    ],
)
def test_advice_that_says_more_is_left_alone(question: str, reply: str) -> None:
    assert "only_see_a_doctor" not in codes(question, reply)


# -- who is meant

SON = "My son is 8 and has a cough at night. What helps?"
KIND = "我兒子8歲，晚上會咳嗽，怎麼辦？"


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (COLLEAGUE, "The muscle of your buttock may be bruised."),
        (COLLEAGUE, "It will decide the next steps of your treatment."),
        (COLLEAGUE, "I hope you get well soon."),
        (COLLEAGUE, "I wish you a speedy recovery."),
        (COLLEAGUE, "He should see a clinic."),
        (COLLEAGUE, "His buttock may be bruised."),
        (SON, "Your cough may come from a cold."),
        (SON, "She should drink enough."),
        (SON, "Avoid alcohol and do not drive after the syrup."),
        (SON, "Stop smoking and rest your voice."),
        (KOLLEGIN, "您的屁股可能瘀傷。"),
        (KOLLEGIN, "祝您早日康復。"),
        (KOLLEGIN, "他應該到骨科檢查。"),
        (KIND, "您的咳嗽可能是感冒。"),
        (KIND, "請不要抽菸喝酒。"),
    ],
)
def test_the_wrong_person_is_noticed(question: str, reply: str) -> None:
    assert "wrong_person" in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (COLLEAGUE, "Your colleague's buttock may be bruised."),
        (COLLEAGUE, "Thank you for your question about her."),
        (COLLEAGUE, "In your description the fall stands first."),
        (COLLEAGUE, "She should see a clinic; I wish her a speedy recovery."),
        (COLLEAGUE, "I hope your colleague recovers soon."),
        (COLLEAGUE, "Her doctor can show her how he measures the muscle."),
        (COLLEAGUE, "You can help her with the stairs."),
        (SON, "Your son should drink enough."),
        (SON, "Give him honey at bedtime, and keep smoke away from him."),
        (SON, "Nobody should smoke near your son."),
        (SON, "Your child's cough may come from a cold."),
        (HEEL, "Your heel may be sore from the plantar tendon."),
        (KOLLEGIN, "您同事的屁股可能瘀傷。"),
        (KOLLEGIN, "她應該到骨科檢查，祝她早日康復。"),
        (KOLLEGIN, "感謝您的提問，其他的檢查由醫師安排。"),
        (KIND, "您的孩子應多喝水。"),
        (KIND, "家人不要在他身邊抽菸。"),
        ("我媽媽65歲，膝蓋會痛，怎麼辦？", "您母親可以熱敷膝蓋，其他人也可以陪她走路。"),
    ],
)
def test_the_right_person_is_left_alone(question: str, reply: str) -> None:
    assert "wrong_person" not in codes(question, reply)


def test_the_pronoun_of_a_patient_whose_sex_is_known_from_the_site() -> None:
    asked = Question("My elbow hurts. What helps?", asker=Asker(None, "female", "34"))
    assert "wrong_person" not in codes(asked, "Rest the elbow. Your doctor can say whether he wants a scan.")


# -- details of somebody else


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "The bruise is due to your massage session."),
        (HEEL, "After your operation the heel needs rest."),
        (HEEL, "Ask your husband to rub the calf."),
        (HEEL, "The swelling you mentioned may be fluid."),
        (HEEL, "Since your knee surgery you walk differently."),
        (HEEL, "Your pregnancy makes the heel sore."),
        (HEEL, "Your MRI shows a tear."),
        (FERSE, "您的先生可以幫忙按摩。"),
        (FERSE, "您手術後需要休息。"),
        (FERSE, "您提到的腫塊可能是囊腫。"),
    ],
)
def test_a_detail_that_the_question_does_not_know_is_noticed(question: str, reply: str) -> None:
    assert "foreign_detail" in codes(question, reply)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "Your doctor can show you how to stretch your calf."),
        (HEEL, "Your heel and your foot need soft shoes."),
        (HEEL, "Thank you for your question, and for your trust."),
        (HEEL, "Raise your leg, drink your water and watch your weight."),
        (HEEL, "The pain you mentioned is common."),
        (HEEL, "If you have an operation, rest after your operation."),
        (HEEL, "Do not start your exercise before the heel is warm."),
        (HEEL, "Your symptoms fit a sore tendon, and your recovery takes weeks."),
        ("My wife rubbed my heel. What helps?", "Ask your wife to rub the calf."),
        ("I had surgery on my knee. My heel hurts.", "After your operation the heel needs rest."),
        ("I am 20 weeks pregnant and my heel hurts.", "Your pregnancy makes the heel sore."),
        ("I went for a massage and my heel hurts.", "Your massage session may have bruised it."),
        (FERSE, "您的腳跟需要休息。"),
        (FERSE, "您的醫師可以安排檢查。"),
        ("我先生按摩我的腳跟，還是痛。", "您的先生可以幫忙按摩。"),
    ],
)
def test_what_anybody_has_and_what_the_question_says_is_left_alone(question: str, reply: str) -> None:
    assert "foreign_detail" not in codes(question, reply)


# -- language, length, ages


@pytest.mark.parametrize(
    ("question", "reply", "severity"),
    [
        (HEEL, "這比較像足底筋膜炎，建議每天伸展小腿兩次。", "block"),
        (
            FERSE,
            "This fits plantar fasciitis; stretch the calf twice a day and wear soft heels when you walk.",
            "block",
        ),
        ("我的腳跟痛了六週，請問該怎麼辦？", "这比较像足底筋膜炎，建议每天伸展小腿两次，并且穿软底鞋。", "warn"),
        ("我的脚跟痛了六周，请问该怎么办？", "這比較像足底筋膜炎，建議每天伸展小腿兩次，並且穿軟底鞋。", "warn"),
    ],
)
def test_a_reply_in_another_language_is_noticed(question: str, reply: str, severity: str) -> None:
    assert [c.severity for c in concerns(question, reply) if c.code == "wrong_language"] == [severity]


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (HEEL, "Stretch the calf twice a day (小腿伸展) and wear soft heels."),
        (FERSE, "可能是足底筋膜炎 (plantar fasciitis)，建議照 X-ray 或做 MRI 檢查。"),
    ],
)
def test_a_foreign_term_is_no_other_language(question: str, reply: str) -> None:
    assert "wrong_language" not in codes(question, reply)


def test_more_info_has_its_own_length() -> None:
    long = MoreInfo((Sentence("Stretch the calf twice a day and wear soft heels. " * 60, (1,)),))
    of = draft(["Stretch the calf twice a day."], more_info=long)
    assert [c.place for c in check(of) if c.code == "too_long"] == ["more_info"]
