"""How much fits into a model's context, counted without the model's own tokenizer.

Sources are left out from the last rank on, and the last one that is kept may lose its end; no sentence is cut.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from drafter.domain import Deidentified, Source, join_sentences
from drafter.text import sentences

_WIDE = re.compile("[\u2e80-\uffef]")
_TOKENS_A_WIDE_LETTER = 2.0
_LETTERS_A_TOKEN = 3.3
_TAGS = 50
"""Tokens of the tags round one source, generously."""
_LEAST = 2
"""Sentences of a reply that are worth showing without the rest."""


def count_tokens(text: str) -> int:
    """Tokens of a text, estimated from above: 2 for each Chinese character, 1 for 3.3 other characters.

    Meant to be too high rather than too low: of 1,251 letters and replies in English and Chinese the tokenizer of
    LLaMA 2 (32,000 entries) counts more for 1 in 100, OpenAI's cl100k about seven tenths (docs/decisions.md).
    """
    wide = len(_WIDE.findall(text))
    return math.ceil(wide * _TOKENS_A_WIDE_LETTER + (len(text) - wide) / _LETTERS_A_TOKEN)


def fitted(sources: Sequence[Source], tokens: int) -> tuple[Source, ...]:
    """The best sources that ``tokens`` hold, in their order, with their numbers; the last one may be shortened by
    whole sentences."""
    kept: list[Source] = []
    left = tokens
    for source in sources:
        needed = _TAGS + count_tokens(source.question) + count_tokens(source.reply)
        if needed > left:
            shortened = _shortened(source, left - _TAGS)
            return (*kept, shortened) if shortened else tuple(kept)
        kept.append(source)
        left -= needed
    return tuple(kept)


def _shortened(source: Source, tokens: int) -> Source | None:
    """The source with as much of its reply as fits; its question takes a third at most. None when too little of the
    reply is left to be of use."""
    question = _beginning(source.question, tokens // 3)
    reply = _beginning(source.reply, tokens - count_tokens(question))
    if len(sentences(reply)) < min(_LEAST, len(sentences(source.reply))):
        return None
    return replace(source, question=question, reply=reply)


def _beginning(text: Deidentified, tokens: int) -> Deidentified:
    """Its first whole sentences that fit."""
    if count_tokens(text) <= tokens:
        return text
    kept: list[str] = []
    for sentence in sentences(text):
        if count_tokens(join_sentences((*kept, sentence))) > tokens:
            break
        kept.append(sentence)
    return Deidentified(join_sentences(tuple(kept)))
