"""A draft as the clinician edited it."""

from dataclasses import replace

from rapidfuzz import fuzz, process

from drafter.checking.checks import check
from drafter.domain import Draft, MoreInfo, Reply, Sentence
from drafter.text import sentences

_ALIKE = 80


def with_texts(draft: Draft, reply: str, more_info: str) -> Draft:
    """``draft`` with these texts: each sentence keeps the sources of the most alike original one."""
    lines = [line for line in sentences(reply) if line not in (draft.reply.salutation, draft.reply.closing)]
    new = Reply(tuple(_sourced(line, draft) for line in lines), draft.reply.salutation, draft.reply.closing)
    info = draft.more_info
    if more_info.strip() != info.text.strip():
        info = MoreInfo(tuple(_sourced(line, draft) for line in sentences(more_info)))
    edited = replace(draft, reply=new, more_info=info)
    return replace(edited, concerns=check(edited))


def _sourced(text: str, draft: Draft) -> Sentence:
    passages = list(draft.passages())
    found = process.extractOne(text, [p.text for p in passages], scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return Sentence(text, passages[found[2]].sources if found else ())
