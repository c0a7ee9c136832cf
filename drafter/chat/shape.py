"""The shapes of what a model writes, and how a draft becomes a reply and its More Info.

The field order is the order of writing: a stream shows the reply first.
"""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict

from drafter.domain import Draft, MoreInfo, Point, Reply, Section, Sentence, SentenceKind


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StatementShape(_Shape):
    text: str
    sources: list[int]


class SentenceShape(StatementShape):
    """A sentence of the reply. More Info's have no quotes: they would double its tokens."""

    kind: SentenceKind = "answer"
    quotes: list[str] = []


class PointShape(_Shape):
    label: str
    text: str
    sources: list[int]


class SectionShape(_Shape):
    heading: str
    points: list[PointShape]


class DraftShape(_Shape):
    """What a model returns for one draft. The fields with a default may be left out by servers that enforce
    no schema; where one is enforced, every field is required."""

    salutation: str = ""
    reply: list[SentenceShape]
    closing: str = ""
    introduction: list[StatementShape]
    sections: list[SectionShape]
    conclusion: list[StatementShape]
    missing: list[str] = []
    to_ask: list[str] = []
    department: str | None = None
    topics: list[str] = []


class QueryShape(_Shape):
    """What a model returns for one question to search by."""

    query: str


class SignShape(_Shape):
    category: str
    quote: str
    certain: bool


class SignsShape(_Shape):
    """What a model returns when it is asked for urgent signs."""

    signs: list[SignShape]


# Titles and descriptions are notes of this module, not words to a model.
_NOT_SENT = ("default", "title", "description")


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema that servers accept as strict: every property required, none additional, no defaults."""
    schema: dict[str, Any] = _strict(shape.model_json_schema())
    return schema


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    strict = {key: _strict(value) for key, value in node.items() if key not in _NOT_SENT}
    if isinstance(properties := node.get("properties"), dict):
        # A property may itself be called "title", so the names are read from the schema as it came.
        strict["properties"] = {name: _strict(value) for name, value in properties.items()}
        strict["required"] = list(properties)
        strict["additionalProperties"] = False
    return strict


def to_reply(shape: DraftShape) -> Reply:
    return _reply(shape.model_dump())


def to_more_info(shape: DraftShape) -> MoreInfo:
    return _more_info(shape.model_dump())


def shape_of(draft: Draft) -> DraftShape:
    """The draft as a model would have returned it."""
    reply, info = draft.reply, draft.more_info
    return DraftShape.model_validate(
        {
            "salutation": reply.salutation,
            "reply": [
                {"text": s.text, "sources": s.sources, "kind": s.kind, "quotes": s.quotes} for s in reply.sentences
            ],
            "closing": reply.closing,
            "introduction": [{"text": s.text, "sources": s.sources} for s in info.introduction],
            "sections": [
                {
                    "heading": section.heading,
                    "points": [{"label": p.label, "text": p.text, "sources": p.sources} for p in section.points],
                }
                for section in info.sections
            ],
            "conclusion": [{"text": s.text, "sources": s.sources} for s in info.conclusion],
            "missing": draft.missing,
            "to_ask": draft.to_ask,
            "department": draft.department,
            "topics": draft.topics,
        }
    )


def partial_texts(value: Mapping[str, Any]) -> tuple[str, str]:
    """The text of the reply and of More Info as far as they have been written; for display only."""
    return _reply(value).text, _more_info(value).text


def _reply(value: Mapping[str, Any]) -> Reply:
    return Reply(_sentences(value.get("reply")), _text(value, "salutation"), _text(value, "closing"))


def _more_info(value: Mapping[str, Any]) -> MoreInfo:
    sections = tuple(
        Section(_text(section, "heading"), _points(section.get("points")))
        for section in _mappings(value.get("sections"))
    )
    return MoreInfo(_sentences(value.get("introduction")), sections, _sentences(value.get("conclusion")))


def _points(items: object) -> tuple[Point, ...]:
    points = (Point(_text(item, "label"), _text(item, "text"), _numbers(item)) for item in _mappings(items))
    return tuple(point for point in points if point.text)


def _sentences(items: object) -> tuple[Sentence, ...]:
    found = (Sentence(_text(item, "text"), _numbers(item), _quotes(item), _kind(item)) for item in _mappings(items))
    return tuple(sentence for sentence in found if sentence.text)


def _quotes(item: Mapping[str, Any]) -> tuple[str, ...]:
    quotes = item.get("quotes")
    return tuple(q.strip() for q in quotes if isinstance(q, str) and q.strip()) if isinstance(quotes, list) else ()


def _kind(item: Mapping[str, Any]) -> SentenceKind:
    # A streamed word may be half of one.
    return next((kind for kind in get_args(SentenceKind) if kind == item.get("kind")), "answer")


def _numbers(item: Mapping[str, Any]) -> tuple[int, ...]:
    numbers = item.get("sources")
    return tuple(dict.fromkeys(n for n in numbers if isinstance(n, int))) if isinstance(numbers, list) else ()


def _mappings(items: object) -> Iterable[Mapping[str, Any]]:
    # Half-written JSON may hold anything, so nothing is taken for granted here.
    return (item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    return text.strip() if isinstance(text, str) else ""
