"""Pure text helpers for English and Chinese: sentences, words, excerpts, diffs, offsets, reading grade."""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from drafter.domain import Language, MoreInfo, Point, Section, Sentence, join_sentences

_CJK = "぀-ヿ㐀-鿿豈-﫿"
_IDEOGRAPH = re.compile(rf"[{_CJK}]")
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’\-][^\W_{_CJK}]+)*")
_TOKEN = re.compile(rf"\s+|[{_CJK}]|[^\W_{_CJK}]+(?:['’\-][^\W_{_CJK}]+)*|.", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?](?=\w)[^.!?。！？\n]*)*(?:[.!?。！？]+[\"'”’」』)\]]*|\n|$)")
_ABBREVIATION = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|approx|e\.g|i\.e|No|Fig)|\b[A-Z])\.$")
_LIST_NUMBER = re.compile(r"^\d{1,2}\.$")

# Characters that only the simplified script uses, frequent in health questions.
_SIMPLIFIED = set("们这个医检压药么现时间对为后说话没来过还给让发头体气经热烧应该请问题状况态严边变脑肾胆肠脏产妇")
_TRADITIONAL = set("們這個醫檢壓藥麼現時間對為後說話沒來過還給讓發頭體氣經熱燒應該請問題狀況態嚴邊變腦腎膽腸臟產婦")

_GREETING = re.compile(
    r"^(?:(?:hello|hi|dear|good (?:morning|afternoon|evening)|greetings)\b[^.!?。！\n:,]{0,40}[.!:,]|"
    r"(?:您好|你好|親愛的[^，。：]{0,12})[，。：！!,:]?)\s*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^(?:thank(?:s| you)\b.*|(?:i |we )?(?:hope|wish)(?:ing)? (?:this|that|you|for your)\b.*|"
    r"(?:best|kind|warm) (?:wishes|regards)\b.*|(?:take care|good luck|regards|all the best)\b.*|"
    r"(?:謝謝|感謝|感谢|谢谢|祝|敬祝|希望(?:能|我的|以上)).*)$",
    re.IGNORECASE | re.DOTALL,
)


class Span(NamedTuple):
    """A stretch of a text: ``text[start:end]``."""

    start: int
    end: int
    text: str


def sentence_spans(text: str) -> Iterator[Span]:
    """The sentences of ``text`` in order, without surrounding white space; a line break ends a sentence.

    Abbreviations ("Dr.", "e.g."), decimal points and list numbers ("1.") do not end one.
    """
    start = 0
    for match in _SENTENCE.finditer(text):
        chunk = text[start : match.end()]
        ended_line = chunk.endswith("\n")
        if not ended_line and match.end() < len(text) and _goes_on(chunk.strip()):
            continue
        if stripped := chunk.strip():
            begin = start + chunk.index(stripped[0])
            yield Span(begin, begin + len(stripped), stripped)
        start = match.end()


def _goes_on(chunk: str) -> bool:
    return bool(_ABBREVIATION.search(chunk) or _LIST_NUMBER.match(chunk))


def sentences(text: str) -> list[str]:
    return [span.text for span in sentence_spans(text)]


def words(text: str) -> list[str]:
    """Lower-case words; each Chinese or Japanese character is one word."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def word_count(text: str) -> int:
    return len(words(text))


def is_chinese(text: str) -> bool:
    """True when at least a fifth of the words are Chinese characters."""
    found = words(text)
    return bool(found) and len(_IDEOGRAPH.findall("".join(found))) >= len(found) / 5


def language_of(text: str) -> Language:
    """Which of the three supported languages; English for everything that is not Chinese."""
    if not is_chinese(text):
        return "en"
    characters = set(text)
    simplified = len(characters & (_SIMPLIFIED - _TRADITIONAL))
    traditional = len(characters & (_TRADITIONAL - _SIMPLIFIED))
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def excerpt(text: str, length: int = 280) -> str:
    """The first ``length`` characters on one line, then "..." where something was cut."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rstrip() + "..."


def quote_span(text: str, quote: str) -> Span | None:
    """Where ``text`` holds the words of ``quote``; but for white space, case, apostrophes and marks around it."""
    spoken = quote.strip(" \n\t\"“”„'’「」『』….,;:。，；：")
    if not spoken:
        return None
    words_of_it = r"\s+".join(re.escape(part) for part in spoken.split())
    found = re.search(re.sub("['’]", "['’]", words_of_it), text, re.IGNORECASE)
    return Span(found.start(), found.end(), found[0]) if found else None


def advice_of(reply: str) -> str:
    """A reply without its greeting and without the thanks and wishes that close it.

    Those words say nothing about the patient, yet pollute vectors, drafts and the editing load.
    """
    lines = sentences(_GREETING.sub("", reply.strip()))
    while lines and _THANKS.match(lines[-1]):
        lines.pop()
    return join_sentences(tuple(lines))


class ParsedMoreInfo(NamedTuple):
    """A More Info as read from text; paragraphs are kept apart by a blank line.

    ``sections`` holds (heading, ((label, text), ...)); a point without a label, and prose under a heading, has
    the label "".
    """

    introduction: str
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    conclusion: str


_POINT = re.compile(r"(?:(?P<number>\d{1,2})\s*(?:[.)．](?!\d)|、)|[-•*](?=\s))\s*(?P<said>\S.*)$")
_LABEL = re.compile(r"(?P<label>[^:：。!?！？]{1,120}?)(?::(?=\s|$)|：)\s*(?P<said>.*)$")
_CONCLUSION = re.compile(r"(?:in )?(?:conclusions?|結論|结论|總結|总结)\s*[:：]?$", re.IGNORECASE)
_LineKind = Literal["heading", "point", "conclusion", "prose"]


class _Line(NamedTuple):
    kind: _LineKind
    text: str
    after_gap: bool


class _Part(NamedTuple):
    kind: Literal["introduction", "section", "conclusion"]
    heading: str
    passages: list[tuple[str, str]]


def parse_more_info(text: str) -> MoreInfo:
    """The structure of a More Info as generated, edited or found on a page; no passage has sources.

    Nothing is dropped: a paragraph that no heading or point claims is introduction before the first section
    and conclusion after the last one.
    """
    parsed = more_info_sections(text)
    return MoreInfo(
        tuple(Sentence(s) for s in sentences(parsed.introduction)),
        tuple(Section(heading, tuple(Point(*point) for point in points)) for heading, points in parsed.sections),
        tuple(Sentence(s) for s in sentences(parsed.conclusion)),
    )


def more_info_sections(text: str) -> ParsedMoreInfo:
    """Introduction, headed sections and conclusion; prose without headings is all introduction."""
    parts = [_Part("introduction", "", [])]
    lines = _more_info_lines(text)
    last_mark = max((n for n, line in enumerate(lines) if line.kind != "prose"), default=-1)
    for n, line in enumerate(lines):
        if _opens_a_part(line, parts[-1]):
            heading = line.text if line.kind == "heading" else ""
            parts.append(_Part("conclusion" if line.kind == "conclusion" else "section", heading, []))
        elif n > last_mark >= 0 and line.after_gap and lines[last_mark].kind == "point":
            parts.append(_Part("conclusion", "", []))
            last_mark = -1
        if line.kind in {"point", "prose"}:
            _add_line(parts[-1], line)
    return ParsedMoreInfo(
        _prose_of(parts, "introduction"),
        tuple((part.heading, tuple(part.passages)) for part in parts if part.kind == "section"),
        _prose_of(parts, "conclusion"),
    )


def _more_info_lines(text: str) -> list[_Line]:
    rows: list[tuple[str, bool]] = []
    gap = False
    for row in (line.strip() for line in text.splitlines()):
        if row:
            rows.append((row, gap))
        gap = not row
    nothing = ("", True)
    around = zip([nothing, *rows], rows, [*rows[1:], nothing], strict=False)
    return [_Line(_line_kind(above, line, below), *line) for above, line, below in around]


def _line_kind(above: tuple[str, bool], line: tuple[str, bool], below: tuple[str, bool]) -> _LineKind:
    """``above`` and ``below`` are the nearest lines with words, each with whether a blank line precedes it."""
    row, after_gap = line
    following, gap_below = below
    alone = after_gap or not above[0]
    if _CONCLUSION.match(row) and following:
        return "conclusion"
    if point := _POINT.match(row):
        # A dash opens a point only below a heading or another point: in prose it is a dash.
        return "point" if point["number"] or not alone or _POINT.match(above[0]) else "prose"
    if first := _POINT.match(following):
        near = alone and not gap_below and len(row) <= 150 and len(sentences(row)) == 1
        return "heading" if first["number"] in {None, "1"} and (near or _looks_like_heading(row)) else "prose"
    stands_over_prose = after_gap and above[0] and following and not _looks_like_heading(following)
    return "heading" if stands_over_prose and _looks_like_heading(row) else "prose"


def _looks_like_heading(row: str) -> bool:
    """Short, begun like a title and without the punctuation that ends a sentence or leads on."""
    return (
        len(row) <= 80
        and word_count(row) <= 20
        and not row[0].islower()
        and row[-1] not in ".!。！,，;；…\"'”’"
        and not _POINT.match(row)
        and len(sentences(row)) == 1
    )


def _opens_a_part(line: _Line, part: _Part) -> bool:
    if line.kind == "point":
        restarted = line.text.startswith("1") and _POINT.match(line.text)
        again = part.kind == "section" and part.passages and restarted and restarted["number"] == "1"
        return part.kind == "introduction" or bool(again)
    return line.kind in {"heading", "conclusion"}


def _add_line(part: _Part, line: _Line) -> None:
    point = _POINT.match(line.text) if line.kind == "point" and part.kind == "section" else None
    if point:
        labelled = _LABEL.match(point["said"])
        part.passages.append((labelled["label"], labelled["said"]) if labelled else ("", point["said"]))
    elif part.passages:
        label, said = part.passages[-1]
        part.passages[-1] = (label, f"{said}\n\n{line.text}" if line.after_gap else f"{said}\n{line.text}")
    else:
        part.passages.append(("", line.text))


def _prose_of(parts: list[_Part], kind: str) -> str:
    return "\n\n".join(said for part in parts if part.kind == kind for _, said in part.passages)


Operation = Literal["=", "-", "+"]


def word_diff(before: str, after: str) -> list[tuple[Operation, str]]:
    """What was kept (=), deleted (-) and inserted (+), in reading order; joins back to both texts.

    Sentences are compared first and words only inside changed ones: difflib over whole token lists takes
    seconds for long texts.
    """
    old, new = _lossless_sentences(before), _lossless_sentences(after)
    result: list[tuple[Operation, str]] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            _append(result, "=", "".join(old[i:j]))
            continue
        left, right = _TOKEN.findall("".join(old[i:j])), _TOKEN.findall("".join(new[k:m]))
        for inner, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if inner == "equal":
                _append(result, "=", "".join(left[a:b]))
            else:
                _append(result, "-", "".join(left[a:b]))
                _append(result, "+", "".join(right[c:d]))
    return result


def _lossless_sentences(text: str) -> list[str]:
    return re.findall(r"[^.!?。！？\n]*[.!?。！？\n]+\s*|[^.!?。！？\n]+", text)


def _append(result: list[tuple[Operation, str]], operation: Operation, text: str) -> None:
    if text and result and result[-1][0] == operation:
        result[-1] = (operation, result[-1][1] + text)
    elif text:
        result.append((operation, text))


def editing_load(draft: str, final: str) -> float:
    """Share of the draft that was changed, 0 to 1: word Levenshtein distance over the longer text's words."""
    return float(Levenshtein.normalized_distance(words(draft), words(final)))


_SILENT = re.compile(r"(?<=[^l])e$|(?<![td])ed$|(?<![sxzcg])(?<!ch)(?<!sh)es$")
"""Endings that are written and not spoken: "take", "healed", "takes", but not "table", "rested", "pages"."""
_FEWEST_SENTENCES = 2


def reading_grade(text: str) -> float | None:
    """Flesch-Kincaid grade, 0.39 W/S + 11.8 syllables/W - 15.59 (Kincaid 1975).

    None for Chinese, for no words, and for a single run of words without a full stop, whose sentences cannot be
    counted. Syllables are vowel groups without silent endings. On 2,256 doctors' replies of three sites that is
    0.9 of a grade above textstat 0.7.4 on average, which counts "any", "about" and "body" as one syllable.
    """
    spoken = [w for w in words(text) if w[0].isalpha()]
    told = sentences(text)
    if not spoken or is_chinese(text) or (len(told) < _FEWEST_SENTENCES and text.rstrip()[-1] not in ".!?\"'”’)"):
        return None
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", _SILENT.sub("", w)))) for w in spoken)
    return 0.39 * len(spoken) / max(1, len(told)) + 11.8 * syllables / len(spoken) - 15.59
