"""The things that a question asks, and the sentence of the reply that answers each.

What counts as an answer depends on what is asked: a choice is answered by taking a side, "how long" by a time,
"what should I do" by advice, yes or no by a judgement of the same matter. Giving back the asker's words answers
nothing, and neither does a question asked back.
"""

import re

from drafter.chat.cues import bare
from drafter.chat.cues import terms as terms_of
from drafter.checking.passages import kind_of, shared, terms
from drafter.checking.plan import plan_items_in
from drafter.checking.questions import CHOICE, Kind, kind_asked, sides_of, sub_questions
from drafter.domain import Draft, Part
from drafter.text import sentences

_CANNOT_TELL = re.compile(
    r"\b(?:can(?:not|['’]t)|could not|not possible|impossible|hard|difficult|unable|no way|too early|not enough"
    r"|without (?:an? |the |seeing|examin))[^.;!?]{0,60}\b(?:tell|told|say|said|know|known|judge[d]?|decide[d]?"
    r"|determine[d]?"
    r"|confirm(?:ed)?|conclude|assess(?:ed)?|answer(?:ed)?|examin\w+|see(?:ing|n)?|information|diagnos\w+|sure"
    r"|certain)\b"
    r"|\bdepends? on\b|\bonly (?:an? )?(?:exam\w*|test|scan|doctor|specialist)[^.;!?]{0,40}\b(?:can|will"
    r"|could) (?:tell|show|say"
    r"|decide)|無法(?:判斷|判断|確定|得知|回答)|无法(?:判断|确定|得知)|不能(?:判斷|判断|確定|确定)|很難(?:說"
    r"|判斷)|很难(?:说|判断)|難以判斷|难以判断"
    r"|需要?(?:由|經|先|进一步|進一步)[^。；]{0,14}(?:才能|方能)|視[^。；]{1,14}而定|视[^。；]{1,14}而定|取決於"
    r"|取决于",
    re.IGNORECASE,
)
_TAKES_SIDES = re.compile(
    r"\b(?:more likely|less likely|rather than|instead of|(?:the )?(?:first|second|former|latter|other) (?:one"
    r"|doctor|explanation"
    r"|opinion|interpretation|is|view|diagnosis)|neither|both (?:may|can|could|are|of|have)|either (?:may|can"
    r"|could|is|one)"
    r"|(?:is|are|was|be|seems?) (?:not )?(?:correct|accurate|right|true|wrong|mistaken|inaccurate|plausible))\b"
    r"|(?:較|比較|比较|更)(?:可能|像|接近|正確|正确|準確|好|適合|适合)|前者|後者|后者|兩者|两者|而不是|而非",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"\b(?:yes|no|not|never|cannot|\w+n['’]t|may|might|can|could|should|must|needs?|would|will|depends?|unless|if"
    r"|un?likely"
    r"|possibl[ey]|probabl[ey]|usual(?:ly)?|common(?:ly)?|rare(?:ly)?|normal(?:ly)?|safe(?:ly)?|harmless|serious"
    r"|dangerous"
    r"|fine|ok(?:ay)?|allowed|recommend\w*|suggest\w*|advis\w*|avoid\w*|good|bad|better|best|helps?|harm\w*|worse"
    r"|risk\w*"
    r"|enough|necessary|required|caus\w+|due to|results?|sign of|appears?|seems?|fits?|consistent|expected"
    r"|unrelated|related"
    r"|often|sometimes|always|most|many|few|improves?|works?|is|are)\b"
    r"|可|不|會|会|能|需|應|应|要|沒|没|無|无|正常|常見|常见|建議|建议|是|像|可能|安全|有效|避免|影響|影响",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:yes|no|certainly|of course|absolutely|definitely not|not at all|probably|possibly|maybe|unlikely)\b"
    r"|^\W*(?:是的|不是|可以|不可以|不用|不需要|不會|不会|會的|会的|沒有|没有|有的|應該)",
    re.IGNORECASE,
)
_NAMES_CAUSE = re.compile(
    r"\b(?:may|might|could|probabl[ey]|likely|appears?|seems?|fits?|consistent|suggests?|suspect\w*|caused by"
    r"|due to|because"
    r"|results? (?:of|from)|comes? from|sign of|points? to|typical|reason|happens? when|occurs? when|related to"
    r"|is called|can be|causes? include"
    r"|looks? like|sounds? like|possibl[ey])\b|可能|因為|因为|由於|由于|引起|造成|所致|導致|导致|懷疑|怀疑|像是"
    r"|疑似|原因|屬於|属于|考慮|考虑|是由",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a few|several|some|half an?)"
)
_TIME = re.compile(
    rf"(?<!times )(?<!twice )(?<!once )\b{_NUMBER}(?:\s?(?:-|–|to|or)\s?{_NUMBER})?[\s-]?(?:more )?(?:second"
    rf"|minute|hour|day|night|week|month"
    rf"|year|session)s?\b"
    r"|\b(?:until|immediately|at once|right away|today|tomorrow|tonight|now|soon|as soon as|urgently|long[- ]term"
    r"|for life|lifelong|permanent(?:ly)?|daily|days|weeks|months|years|overnight|next (?:week|month)|before"
    r"|after|once|when)\b"
    r"|(?:\d+|[一二兩两三四五六七八九十半幾几數数]+)\s*(?:個|个)?(?:小時|小时|分鐘|分钟|天|日|週|周|星期|禮拜"
    r"|礼拜|月|年|歲|岁)|立即|立刻|馬上|马上"
    r"|儘快|尽快|終身|终身|長期|长期|之後|之后|以後|以后",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:times? (?:a|per|each|every)|once|twice|thrice|daily|weekly|monthly|yearly|annually|every|each (?:day"
    r"|week|morning"
    r"|night)|a day|per (?:day|week|month)|hourly|regularly|nightly)\b|每|一天|一日|一週|一周|\d\s*次"
    r"|[一兩两三四]次",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"\b{_NUMBER}\s?(?:mg|mcg|g|kg|ml|l|cm|mm|iu|units?|tablets?|capsules?|drops?|puffs?|glass(?:es)?|cups?"
    rf"|litres?|liters?"
    r"|calories|dollars|euros?|percent|steps?|times?|pieces?|hours?|minutes?|days?|weeks?|months?|years?"
    r"|degrees)\b|\d\s?%|[$€£]\s?\d"
    r"|\b\d+\b|\b(?:little|enough|plenty|no more than|at least|at most|half|third|quarter|most|few|rare\w*"
    r"|common\w*)\b"
    r"|[\d一二兩两三四五六七八九十百千半幾几]+\s*(?:毫克|公克|克|毫升|公升|顆|颗|粒|片|滴|杯|次|元|公斤|公分|％|%"
    r"|成|倍)",
    re.IGNORECASE,
)
_TREATS = re.compile(
    r"\b(?:treat\w*|therap\w*|medicines?|medications?|drugs?|tablets?|creams?|ointments?|drops|antibiotic\w*"
    r"|surger\w*"
    r"|operat\w*|exercis\w*|rest|stretch\w*|ice|physiotherap\w*|rehabilitat\w*|inject\w*|massage|cure[sd]?"
    r"|curable|relieve[sd]?"
    r"|remed\w*|splint|brace|diet|inhaler|vaccin\w*|apply|compress\w*|wash\w*|dose|take|use)\b"
    r"|治療|治疗|藥|药|手術|手术|復健|复健|康復|康复|休息|熱敷|热敷|冰敷|運動|运动|塗抹|涂抹|注射|服用|飲食|饮食"
    r"|少吃|多吃|忌",
    re.IGNORECASE,
)
_ONLY_A_VISIT = re.compile(
    r"\b(?:see|visit|consult|contact|go to|speak (?:to|with)|talk (?:to|with)|ask|refer\w*|undergo|test|scan"
    r"|examin\w*"
    r"|assess\w*|diagnos\w*)\b|就醫|就医|就診|就诊|檢查|检查|看診|门诊|門診",
    re.IGNORECASE,
)

# Words of one judgement: "is it dangerous?" is answered by "this is harmless".
_SAME_MATTER: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:danger\w*|serious\w*|harm\w*|worr(?:y|ied|ying)|safe\w*|emergenc\w*|urgent\w*|severe|concern(?:ed"
        r"|ing)?|bad"
        r"|risk\w*|benign|life[- ]threatening|alarm\w*)\b|危險|危险|嚴重|严重|要緊|要紧|安全|擔心|担心|風險|风险"
        r"|急",
        r"\b(?:normal\w*|common\w*|usual\w*|expected|typical\w*|abnormal\w*|unusual\w*|natural)\b|正常|常見|常见"
        r"|異常|异常",
        r"\b(?:cur(?:e[ds]?|able)|treatable|recover\w*|heal\w*|permanent\w*|reversible|go away|settle[sd]?"
        r"|resolve[sd]?"
        r"|disappear\w*|get better|improve\w*|full function)\b|治好|治癒|治愈|康復|康复|恢復|恢复|痊癒|痊愈|改善"
        r"|好轉|好转|會好|会好",
        r"\b(?:contagious|infectious|infect\w*|catch(?:ing)?|spread\w*|transmi\w+|pass(?:ed)? on)\b|傳染|传染|感染",
        r"\b(?:surger\w+|operat\w+)\b|手術|手术|開刀|开刀",
        r"\b(?:doctor|gp|physician|specialist|hospital|clinic|emergency|appointment|see (?:somebody|someone)|seen"
        r"|examined"
        r"|check(?:ed)?(?: up)?)\b|醫師|医师|醫生|医生|醫院|医院|就醫|就医|看診|回診|門診|急診",
        r"\b(?:hereditary|genetic\w*|inherit\w*|runs? in (?:the )?famil\w+)\b|遺傳|遗传",
        r"\b(?:medicine|medication|tablets?|pills?|drugs?|antibiotics?|dose)\b|藥|药",
        r"\b(?:exercis\w*|sports?|run(?:ning)?|train(?:ing)?|gym|swim\w*|walk(?:ing)?)\b|運動|运动|跑步|游泳|走路",
        r"\b(?:x-?rays?|scans?|mri|ct|ultrasound|blood tests?|tests?|imaging)\b|檢查|检查|照光|超音波|抽血|X光",
        r"\b(?:cancer|tumou?r|malignan\w*|carcinoma)\b|癌|腫瘤|肿瘤|惡性|恶性",
        r"\b(?:pregnan\w*|conceiv\w*|fertil\w*)\b|懷孕|怀孕|受孕",
    )
)
_ANSWERED = 0.34
"""Share of a question's terms that one sentence of the reply must hold."""
_FIRST_TERMS = 2
_SAME_CHARACTERS = 0.6
"""Share of a Chinese question's characters: pairs of characters are too few in a short question."""
_FEWEST_CHARACTERS = 2


def parts(draft: Draft) -> tuple[Part, ...]:
    """What the question asks, in its order, each with the reply's sentence that answers it, if one does.

    A title is a part of its own only where the message below it asks nothing.
    """
    told = [sentence for sentence in sentences(draft.reply.text) if _says_something(sentence)]
    asked = _asked(draft)
    return tuple(_part(text, told, draft, only=len(asked) == 1) for text in asked)


def _asked(draft: Draft) -> list[str]:
    text = str(draft.screening.text)
    title, _, body = text.partition("\n") if draft.question.text != draft.question.body else ("", "", text)
    return sub_questions(body) or sub_questions(title)


def _part(text: str, told: list[str], draft: Draft, *, only: bool) -> Part:
    asked = str(draft.screening.text)
    answers = [sentence for sentence in told if _answers(text, sentence, asked, only=only)]
    if answers:
        return Part(text, max(answers, key=lambda sentence: shared(text, sentence)))
    return Part(text, "", any(shared(text, said) >= 0.6 for said in draft.missing))


def _says_something(sentence: str) -> bool:
    """Neither courtesy, nor the asker's own words given back, nor a question."""
    return kind_of(bare(sentence)) not in ("courtesy", "restatement") and not sentence.rstrip().endswith(
        ("?", "？")
    )


def _answers(part: str, sentence: str, asked: str, *, only: bool) -> bool:
    kind = kind_asked(part)
    if kind == "choice":
        return _chooses(part, sentence, asked)
    if kind in ("advice", "told"):
        wanted = ("recommendation", "safety_net", "claim" if kind == "told" else "safety_net")
        return kind_of(bare(sentence)) in wanted
    if kind == "treatment":
        return _treats(part, sentence)
    near = _same_matter(part, sentence)
    if _CANNOT_TELL.search(sentence) or (kind == "yes_no" and _YES.search(sentence)):
        return near or only
    return _gives(kind, sentence, asked, near=near)


def _gives(kind: Kind, sentence: str, asked: str, *, near: bool) -> bool:
    """Whether a sentence, ``near`` to the matter or not, holds what such a question asks for."""
    if kind in _MEASURES:
        return near and bool(_MEASURES[kind].search(sentence))
    new = bool(terms(sentence) - terms(asked))
    if kind == "cause":
        return bool(_NAMES_CAUSE.search(sentence)) and (near or new)
    if kind in _PLANNED and any(item.kind == _PLANNED[kind] for item in plan_items_in(sentence)):
        return True
    # A sentence made of the question's own words tells nothing new.
    return near and new


_MEASURES: dict[Kind, re.Pattern[str]] = {"yes_no": _JUDGES, "time": _TIME, "rate": _RATE, "amount": _AMOUNT}
_PLANNED: dict[Kind, str] = {"whom": "referral", "test": "examination"}


def _treats(part: str, sentence: str) -> bool:
    """Names a treatment, or says what decides about it; whom to see and what to examine is no treatment."""
    named = any(item.kind in ("treatment", "drug") for item in plan_items_in(sentence))
    spoken = bool(_TREATS.search(sentence)) and not (
        _ONLY_A_VISIT.search(sentence) and not _SAYS_TREATMENT.search(sentence)
    )
    return named or spoken or (bool(_CANNOT_TELL.search(sentence)) and shared(part, sentence) > 0)


_SAYS_TREATMENT = re.compile(
    r"\b(?:treat\w*|therap\w*|medic(?:ine|ation)s?|drugs?|surger\w*)\b|治療|治疗|藥|药", re.IGNORECASE
)


_FILLERS = re.compile(
    r"last|take|need|go|away|get|heal|recov|better|long|soon|wait|continu|start|stop|day|week|month|correct|true"
    r"|right"
    r"|thought|opinion"
)
_HAN_FILLERS = re.compile(
    r"請問|请问|想知道|是不是|會不會|会不会|可不可以|能不能|要不要|需不需要|有沒有|有没有|是否|可以|可否|能否"
    r"|需要|應該|应该|多少|多久|幾[次天週個]"
    r"|几[次天周个]|什麼|什么|怎麼|怎么|如何|大概|一天"
    r"|[我他她您你的了嗎吗呢要會会能該该是有這这那個个再還还得到在]|[^\u4e00-\u9fff]"
)


def _same_matter(part: str, sentence: str) -> bool:
    """The sentence shares enough words with what is asked, or takes up what is asked about first.

    A part without words of its own ("How long will it last?") is about the whole question.
    """
    about = [term for term in terms_of(part) if not _FILLERS.fullmatch(term)]
    said = terms(sentence)
    if not about or any(term in said for term in about[:_FIRST_TERMS]) or shared(part, sentence) >= _ANSWERED:
        return True
    characters = set(_HAN_FILLERS.sub("", part))
    if characters and len(characters & set(sentence)) >= max(
        _FEWEST_CHARACTERS, _SAME_CHARACTERS * len(characters)
    ):
        return True
    return any(pattern.search(part) and pattern.search(sentence) for pattern in _SAME_MATTER)


_HEARSAY = re.compile(
    r"\b(?:doctors?|physician|specialist|gp|surgeon|therapist|nurse|pharmacist|hospital|clinic|friends?|mother"
    r"|internet|one"
    r"|another|other|first|second|he|she|they) (?:also |then |only |just )?(?:said|says?|saying|mention(?:ed|s)"
    r"|indicat(?:ed|es)"
    r"|suggest(?:ed|s)|told|thinks?|thought|believe[sd]?|diagnosed|claims?|claimed|insist(?:ed|s)|called it"
    r"|suspect(?:ed|s))"
    r" (?:me |us |her |him |it )?(?:that |it (?:is|was|could be) |with )?(?P<said>[^.;!?]+)"
    r"|(?:醫師|医师|醫生|医生|有人|朋友|診所|诊所|醫院|医院|網路|网路)(?:卻|却|又|則|则|都)?(?:說|说|認為|认为"
    r"|表示|告訴我|告诉我|懷疑|怀疑|診斷|诊断)"
    r"(?:是|我|為|为)?(?P<said_han>[^。；！？，]+)",
    re.IGNORECASE,
)


def _chooses(part: str, sentence: str, asked: str) -> bool:
    """Takes a side, or says that it cannot be told; naming both sides again chooses nothing."""
    if _CANNOT_TELL.search(sentence):
        return True
    first, second = sides_of(part)
    said = terms(sentence)
    if not CHOICE.search(part):
        named = bool(first & said) + bool(second & said)
        return named == 1 or (named == 2 and bool(_TAKES_SIDES.search(sentence)))
    if _TAKES_SIDES.search(sentence):
        return True
    claims = [terms(m["said"] or m["said_han"]) for m in _HEARSAY.finditer(asked)]
    return bool(_JUDGES.search(sentence)) and sum(bool(claim & said) for claim in claims) == 1
