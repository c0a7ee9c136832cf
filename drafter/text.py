"""Pure text helpers for English and Chinese: sentences, words, excerpts, diffs, offsets, reading grade."""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from drafter.domain import Language, join_sentences

_CJK = "぀-ヿ㐀-鿿豈-﫿"
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
    return bool(found) and sum(len(w) == 1 and bool(re.match(rf"[{_CJK}]", w)) for w in found) >= len(found) / 5


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


def advice_of(reply: str) -> str:
    """A reply without its greeting and without the thanks and wishes that close it.

    Those words say nothing about the patient, yet pollute vectors, drafts and the editing load.
    """
    lines = sentences(_GREETING.sub("", reply.strip()))
    while lines and _THANKS.match(lines[-1]):
        lines.pop()
    return join_sentences(tuple(lines))


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


def reading_grade(text: str) -> float | None:
    """Flesch-Kincaid grade, 0.39 W/S + 11.8 syllables/W - 15.59 (Kincaid 1975); None for Chinese or no words.

    Syllables are vowel groups without a silent final e, which is within about one grade of a dictionary.
    """
    spoken = [w for w in words(text) if w[0].isalpha()]
    if not spoken or is_chinese(text):
        return None
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$", "", w)))) for w in spoken)
    return 0.39 * len(spoken) / max(1, len(sentences(text))) + 11.8 * syllables / len(spoken) - 15.59
