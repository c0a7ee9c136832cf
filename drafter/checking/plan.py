"""The parts of a plan that a text names: referrals, examinations, treatments, medicines, visits, and by when."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from drafter.checking.numbers import NUMBER, number
from drafter.screening.phrases import Phrases


@dataclass(frozen=True)
class PlanItem:
    """``name`` is how the reviewer is told; ``kind`` is referral, examination, treatment, drug or follow-up."""

    kind: str
    name: str


@cache
def _items() -> tuple[dict[str, PlanItem], Phrases]:
    raw = tomllib.loads(files("drafter.checking").joinpath("plan.toml").read_text("utf-8"))
    items = {name: PlanItem(kind, name) for kind, named in raw.items() for name in named}
    return items, Phrases((name, ways.lower()) for named in raw.values() for name, ways in named.items())


@lru_cache(maxsize=4096)
def plan_items_in(text: str) -> tuple[PlanItem, ...]:
    """In the order of the list, each once."""
    items, phrases = _items()
    found = phrases.find(text.lower())
    return tuple(item for name, item in items.items() if name in found)


def drugs_in(text: str) -> frozenset[str]:
    return frozenset(item.name for item in plan_items_in(text) if item.kind == "drug")


_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0}
_HAN_DAYS = {
    "小": 1 / 24,
    "天": 1.0,
    "日": 1.0,
    "週": 7.0,
    "周": 7.0,
    "星": 7.0,
    "禮": 7.0,
    "礼": 7.0,
    "月": 30.0,
    "年": 365.0,
}
_SAME_LENGTH = 0.1
"""Of the longer one: four weeks are a month."""
_FRAME = re.compile(
    rf"\b(?:(?:with)?in|after|for|every|over)\s(?:the\s)?(?:next\s|about\s|at least\s|another\s)?"
    rf"(?P<count>{NUMBER}|an?|a few)(?:\s?(?:-|–|to|or)\s?(?P<most>{NUMBER}))?[\s-]?(?:more\s)?"
    r"(?P<unit>hour|day|week|fortnight|month|year)s?\b"
    rf"|(?P<han>{NUMBER}|半|幾|几|數|数)\s?(?:[-~到至]\s?(?P<han_most>{NUMBER})\s?)?(?:個|个)?(?P<han_unit>小時"
    rf"|小时|天|日|週|周|星期|禮拜|礼拜|月|年)"
    r"(?=之?[內内後后]|以[內内後后])",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"\b(?:immediate(?:ly)?|at once|right away|straight ?away|urgent(?:ly)?|without delay|as soon as possible"
    r"|today|now)\b"
    r"|立即|立刻|馬上|马上|儘?尽?[快速](?=就|到|前|看|去|至)|盡快|尽快|儘快|當天|当天",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def time_frames_in(text: str) -> Mapping[float, str]:
    """By when or for how long something is to be done: days (0 for at once) and the words for it.

    Of a range the longer end; "a few" is no length.
    """
    found: dict[float, str] = {}
    if match := _AT_ONCE.search(text):
        found[0.0] = match[0]
    for match in _FRAME.finditer(text):
        count = match["most"] or match["han_most"] or match["count"] or match["han"]
        if count not in ("a few", "幾", "几", "數", "数"):
            many = 1.0 if count.lower() in ("a", "an") else 0.5 if count == "半" else number(count)
            unit = _DAYS[match["unit"].lower()] if match["unit"] else _HAN_DAYS[match["han_unit"][0]]
            found[many * unit] = match[0]
    return found


def holds_frame(frames: Mapping[float, str], days: float) -> bool:
    """Whether one of ``frames`` is as long as ``days``, months and weeks rounded."""
    return any(abs(held - days) <= _SAME_LENGTH * max(held, days) for held in frames)
