"""Has the draft done what a text told it to do? Words that only an order could have put there."""

import re
from collections.abc import Iterator

from drafter.domain import Concern, Draft, Place
from drafter.screening.instructions import instructions_in
from drafter.text import excerpt

# What no reply to a patient says, whoever asked for it.
_BETRAYS = (
    (
        "claims a review or an approval",
        r"\bno (?:further |human |clinician |medical )?(?:review|approval|supervision)\b"
        r"|\b(?:review|approval) (?:is )?not (?:needed|required|necessary)\b"
        r"|\b(?:pre-?|auto-?)?approved by (?:dr|doctor|prof|me|us"
        r"|the (?:clinic|director|hospital|reviewer|editor))\b"
        r"|\bsend (?:it |this )?(?:now|immediately|at once)\b"
        r"|(?:無需|无需|不需|不必|免)(?:要)?(?:人工)?(?:審核|审核|審查|审查|覆核|复核)"
        r"|(?:本人|已經?)(?:核准|批准|審核通過|审核通过)",
    ),
    (
        "speaks of orders, of a prompt or of itself as a model",
        r"(?:^|[.!?]\s)as (?:instructed|ordered|commanded)\b|\bas an? (?:ai|a\.i\.|language model|chatbot)\b"
        # That no language model was used is what an offline draft has to say.
        r"|\b(?:system prompt|developer mode|jailbreak\w*|my programming|(?<!no )language model)\b"
        r"|(?:系統提示詞|系统提示词|開發者模式|开发者模式|(?<!使用)語言模型|(?<!使用)语言模型|我的指令)",
    ),
    (
        "holds a role or a tag",
        r"(?:^|\n)\s*(?:system|assistant|user|developer)\s*[:：]|<\|[a-z_]+\|>|\[/?INST\]"
        r"|</?(?:a|b|i|p|br|div|span|img|script|iframe|svg|object|meta|style|form|table|system|assistant|user|question"
        r"|reply|instructions?)\b[^<>\n]{0,80}>",
    ),
    ("holds Markdown or HTML", r"!?\[[^\]\n]*\]\(|&lt;|javascript:|data:\w+/|```|<!--"),
    ("holds code or a score", r"\bcriteria_met\b|\"?\bscore\"?\s*[:=]\s*\d|\{\s*[\"\w]+\s*[:}]"),
)
_BETRAYALS = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _BETRAYS)

_MARKER = re.compile(r"(?<![\w-])[A-Z]{3,}[-_#:]\d{2,}(?![\w-])|[\u4e00-\u9fff]{2,4}\d{3,}")
_QUOTED = re.compile(r"[“\"「『‘'](?=\S)([^”\"」』’'\n]{3,120})[”\"」』’']")
_TOLD = re.compile(
    r"\b(?:say|write|output|reply|respond|answer|print|state|add|append|include|insert|mention|recommend|put|copy"
    r"|sign(?: it)?(?: off)? as|end with|escribe|schreibe|dites)\b[\s:,]*"
    r"(?:only |just |that |with |in (?:the|your) \w+ (?:that )?|this sentence:? ?|the (?:sentence|link|words) )*"
    r"([^\n.;(){}<>]{4,120})",
    re.IGNORECASE,
)
_NEAR = 200
"""Characters behind an order in which its words are looked for."""
_FEW = 3
"""Words that must be repeated in a row; a single one only where it is a marker."""
_PLACES: tuple[Place, ...] = ("reply", "more_info")


def obeys_nobody(draft: Draft) -> Iterator[Concern]:
    """Nothing that reads like an order carried out: at most one concern for each of the two texts."""
    ordered = _ordered(draft)
    for place in _PLACES:
        text = draft.reply.text if place == "reply" else draft.more_info.text
        if found := _betrayed(text) or _repeated(text, ordered):
            message = f"The text {found[0]}, as if it had followed an order: “{excerpt(found[1], 80)}”."
            yield Concern("obeyed", "block", message, place, found[1])


def _betrayed(text: str) -> tuple[str, str] | None:
    for what, pattern in _BETRAYALS:
        if match := pattern.search(text):
            return what, match[0].strip()
    return None


def _repeated(text: str, ordered: list[str]) -> tuple[str, str] | None:
    folded = text.casefold()
    return next((("repeats an order's words", one) for one in ordered if one.casefold() in folded), None)


def _ordered(draft: Draft) -> list[str]:
    """Words that question and sources put into the mouth of a model: markers, quotations and what follows "say"."""
    texts = [draft.screening.text, *(f"{source.question}\n{source.reply}" for source in draft.sources)]
    fields = [field for field in (draft.question.asker.name, draft.question.department) if field]
    found: list[str] = []
    for text in (*texts, *fields):
        for phrase in instructions_in(text):
            start = max(0, text.find(phrase))
            near = text[max(0, start - 20) : start + len(phrase) + _NEAR]
            found += [match[0] for match in _MARKER.finditer(near)]
            found += [match[1] for match in _QUOTED.finditer(near)]
            found += [told for match in _TOLD.finditer(near) if len((told := match[1].strip()).split()) >= _FEW]
    return list(dict.fromkeys(found))
