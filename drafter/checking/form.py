"""Length, reading grade, language, and things that must not stand in any reply."""

import re
from collections.abc import Iterator

from drafter.domain import Concern, Draft, Language, Place
from drafter.screening.masking import TOKEN
from drafter.text import language_of, reading_grade, word_count

_LONGEST_REPLY = {"en": 180, "zh": 360}
_LONGEST_MORE_INFO = {"en": 450, "zh": 900}
"""Words, or Chinese characters."""
_HIGHEST_GRADE = 11
"""About one in seven doctors' replies is harder; leaflets for patients aim at grade 8."""
_FEWEST_WORDS = 30
"""Below this a reading grade says nothing."""
_TELLS_LANGUAGE = 12

_NAMES: dict[Language, str] = {"en": "English", "zh-Hant": "Traditional Chinese", "zh-Hans": "Simplified Chinese"}
_PLACES: tuple[tuple[Place, str], ...] = (("reply", "The reply"), ("more_info", "More Info"))


def has_a_reply(draft: Draft) -> Iterator[Concern]:
    if not draft.reply.sentences:
        yield Concern("empty_reply", "block", "The reply is empty.", "reply")


def was_written_by_the_model_asked(draft: Draft) -> Iterator[Concern]:
    """Why another model did not write it: one may have judged that it should not."""
    for sentence in draft.provenance.fallbacks:
        yield Concern("fell_back", "warn", sentence)


def is_short_enough(draft: Draft) -> Iterator[Concern]:
    size = "en" if draft.screening.language == "en" else "zh"
    unit = "words" if size == "en" else "characters"
    for (place, name), limit in zip(_PLACES, (_LONGEST_REPLY[size], _LONGEST_MORE_INFO[size]), strict=True):
        count = word_count(_text(draft, place))
        if count > limit:
            yield Concern("too_long", "warn", f"{name} has {count} {unit}; about {limit} is the limit.", place)


def is_easy_to_read(draft: Draft) -> Iterator[Concern]:
    for place, name in _PLACES:
        text = _text(draft, place)
        grade = reading_grade(text) if word_count(text) >= _FEWEST_WORDS else None
        if grade is not None and grade > _HIGHEST_GRADE:
            message = f"{name} reads at grade {grade:.1f}; leaflets for patients aim at grade 8."
            yield Concern("hard_to_read", "warn", message, place)


_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
"""A term in brackets may be foreign."""


def is_in_the_askers_language(draft: Draft) -> Iterator[Concern]:
    asked = draft.screening.language
    for place, name in _PLACES:
        text = _ASIDE.sub("", _text(draft, place))
        found = language_of(text)
        if found == asked or word_count(text) < _TELLS_LANGUAGE:
            continue
        severity = "block" if "en" in (found, asked) else "warn"
        message = f"{name} is in {_NAMES[found]}; the question is in {_NAMES[asked]}."
        yield Concern("wrong_language", severity, message, place)  # type: ignore[arg-type]  # one of the two


_CONTACT = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w[\w.]*"
    r"|(?<![\w.])(?:\+\d{1,3}[\s.-]?)?\(?\d{2,4}\)?[\s.-]\d{3,4}[\s.-]\d{3,4}(?!\w|\.\d)"
    r"|(?<!\d)09\d{2}-?\d{3}-?\d{3}(?!\d)|(?<!\d)1?8(?:00|88|77|66)[\s.-]?\d{3}[\s.-]?\d{4}"
    r"|!\[[^\]]*\]\([^)]*\)|\[[^\]]*\]\([^)]*\)|<(?:script|img|iframe|a)\b"
)


def has_no_links_or_numbers(draft: Draft) -> Iterator[Concern]:
    """Web addresses, e-mail addresses and telephone numbers are no part of a reply, and a way to smuggle; but for
    those that the setting ``DRAFTER_ALLOWED_CONTACTS`` names."""
    allowed = {_bare(contact) for contact in draft.provenance.parameters.get("allowed_contacts", ())}
    for place, name in _PLACES:
        found = (match[0] for match in _CONTACT.finditer(_text(draft, place)))
        if contact := next((one for one in found if _bare(one) not in allowed), None):
            yield Concern(
                "contact_in_draft",
                "block",
                f"{name} holds a link, an address or a telephone number.",
                place,
                contact,
            )


def _bare(contact: str) -> str:
    """Without what differs between two ways to write the same: "https://www.Aid.example/" is "aid.example"."""
    digits = re.sub(r"\D", "", contact)
    if digits and not re.search(r"[^\W\d_]", contact):
        return digits
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", contact.casefold()).rstrip("/.,;:!?)。，；")


def leaves_no_foreign_masks(draft: Draft) -> Iterator[Concern]:
    """A masked detail of a past reply ("[NAME]") belongs to another patient; the asker's own are put back."""
    own = {placeholder.token for placeholder in draft.screening.placeholders}
    for place, name in _PLACES:
        for token in dict.fromkeys(TOKEN.findall(_text(draft, place))):
            if token not in own:
                yield Concern(
                    "foreign_mask",
                    "warn",
                    f"{name} carries {token}, a detail that was masked in a past reply.",
                    place,
                    token,
                )


def _text(draft: Draft, place: Place) -> str:
    return draft.reply.text if place == "reply" else draft.more_info.text
