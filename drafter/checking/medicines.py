"""Medicines that a text names: by name, brand, stem (the WHO's) or class, English and Chinese (medicines.toml)."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple


class Medicine(NamedTuple):
    """A medicine named at ``start:end`` of a text. ``general``: a class of medicines ("antibiotic")."""

    name: str
    start: int
    end: int
    general: bool = False


# Stems of international nonproprietary names (World Health Organization, "The use of stems", 2018) that no common
# English word ends with.
_STEMS = r"cillin|mycin|micin|floxacin|prazole|statin|pril|sartan|olol|dipine|azepam|azolam|conazole|tidine"
r"|oxetine|triptyline|gliptin|gliflozin|glutide|mab|tinib|parin|xaban|formin|profen|fenac|coxib|setron|triptan"
r"|lukast|ciclovir|vudine|cycline|dronate|semide|thiazide|methasone|metasone|solone|nisone|sonide|buterol|meterol"
r"|moterol|tropium|caine|zolpidem|zopiclone|azapine|tiapine|peridone|zosin|dafil|gestrel|estradiol|codone"
r"|morphone|rubicin|taxel|platin"
_HAN_STEMS = r"西林|黴素|霉素|沙星|拉唑|他汀|普利|沙坦|洛爾|洛尔|地平|康唑|替丁|洛芬|芬酸|昔布|列汀|列淨|列净"
r"|沙班|西泮|唑侖|唑仑|環素|环素|噻嗪|米松|尼松|奈德"


_STEM_ENDS = tuple(f"{stem}{plural}" for stem in _STEMS.split("|") for plural in ("", "s"))


@cache
def _names() -> dict[str, dict[str, str]]:
    """For medicines and for their classes: the name by any of its other names, in small letters."""
    return {kind: _by_other_names(_table(kind)) for kind in ("names", "classes")}


def _table(kind: str) -> dict[str, str]:
    raw: dict[str, dict[str, str]] = tomllib.loads(
        files("drafter.checking").joinpath("medicines.toml").read_text("utf-8")
    )
    return {name.replace("_", " "): ways for name, ways in raw[kind].items()}


def _by_other_names(table: dict[str, str]) -> dict[str, str]:
    return {way.replace("_", " ").casefold(): name for name, ways in table.items() for way in (name, *ways.split())}


@cache
def classes_of(medicine: str) -> frozenset[str]:
    """The classes that a medicine belongs to, as far as they are listed."""
    return frozenset(name for name, members in _table("members").items() if medicine in members.split())


@cache
def _single_words() -> frozenset[str]:
    return frozenset(way for ways in _names().values() for way in ways)


@cache
def _kinds_of_names() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """English names of more than one word, and Chinese names. An alternation of all names is slow where nothing
    fits, so each looks at the first character first, and single English words are looked up."""
    names = sorted((way for ways in _names().values() for way in ways), key=len, reverse=True)
    phrases = [name for name in names if " " in name and name.isascii()]
    han = [name for name in names if not name.isascii()]
    return (
        re.compile(rf"(?<![a-z])(?=[{_firsts(phrases)}])(?:{_any_of(phrases)})(?=s?(?![a-z]))"),
        re.compile(rf"(?=[{_firsts(han)}])(?:{_any_of(han)})|[㐀-鿿](?:{_HAN_STEMS})", re.IGNORECASE),
    )


def _firsts(names: list[str]) -> str:
    return "".join(sorted({name[0] for name in names}))


def _any_of(names: list[str]) -> str:
    return "|".join(map(re.escape, names))


_LATIN_WORD = re.compile(r"[a-z]{3,}(?:-[a-z]+)*")
_WITH_STEM = re.compile(rf"[a-z]{{2,}}(?:{_STEMS})")
_HAN = re.compile("[㐀-鿿]")


@lru_cache(maxsize=8192)
def medicines_in(text: str) -> tuple[Medicine, ...]:
    """The medicines that ``text`` names, in order; brand names and Chinese names under the common English one."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that has no single small one would shift the places
        lower = text
    phrases, han = _kinds_of_names()
    words = _single_words()
    found = [
        medicine
        for match in _LATIN_WORD.finditer(lower)
        if ((word := match[0]) in words or word[:-1] in words or word.endswith(_STEM_ENDS))
        and (medicine := _medicine(match))
    ]
    found += [m for match in phrases.finditer(lower) if (m := _medicine(match))]
    if _HAN.search(text):
        found += [m for match in han.finditer(text) if (m := _medicine(match))]
    return tuple(sorted(found, key=lambda medicine: medicine.start))


def _medicine(match: re.Match[str]) -> Medicine | None:
    """By the word, its singular, or the stem that it ends with."""
    known, classes = _names()["names"], _names()["classes"]
    word = match[0].casefold()
    bare = word.removesuffix("s")
    if of_class := classes.get(word) or classes.get(bare):
        return Medicine(of_class, *match.span(), general=True)
    if name := known.get(word) or known.get(bare):
        return Medicine(name, *match.span())
    if not word[0].isascii():
        return Medicine(word, *match.span())
    by_stem = _WITH_STEM.fullmatch(word) or _WITH_STEM.fullmatch(bare)
    return Medicine(by_stem[0], match.start(), match.start() + len(by_stem[0])) if by_stem else None
