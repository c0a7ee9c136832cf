"""The page: read from and written as text, written as HTML, with its similar questions and related topics."""

from drafter.publishing.making import page_of, related_topics, similar_exchanges
from drafter.publishing.markup import page_html
from drafter.publishing.pages import Page, PageReply, Similar
from drafter.publishing.signatures import SignedReply, split_signature
from drafter.publishing.text_form import looks_like_page, page_text, parse_page
from drafter.text import ParsedMoreInfo, more_info_sections

__all__ = [
    "Page",
    "PageReply",
    "ParsedMoreInfo",
    "SignedReply",
    "Similar",
    "looks_like_page",
    "more_info_sections",
    "page_html",
    "page_of",
    "page_text",
    "parse_page",
    "related_topics",
    "similar_exchanges",
    "split_signature",
]
