"""The texts of a document that get a vector each, and how much each ranking counts.

Weights: retrieval figures in docs/decisions.md.
"""

from vectorstore.values import Document

VIEWS = {"together": ("question", "reply"), "question": ("question",)}
"""Fields joined for each view."""
DENSE_WEIGHTS = {"together": 0.67, "question": 0.33}
LEXICAL_WEIGHT = 0.4


def views_of(document: Document) -> dict[str, str]:
    """Text by view; a view whose fields are all absent or empty is left out."""
    joined = {
        view: "\n".join(document.texts[field] for field in fields if document.texts.get(field))
        for view, fields in VIEWS.items()
    }
    return {view: text for view, text in joined.items() if text}
