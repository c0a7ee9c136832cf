"""Lexical search: BM25 over stemmed words and Chinese characters, on disk by tantivy.

A message is a letter, not a search: words that stand in every letter ("please", "doctor", "since") are left out of
a query, a word said four times does not count four times, and rare words count more than BM25 alone would have it
(idf to the power 1.5). Together that lifted nDCG@10 by a tenth to a fifth on long messages (docs/decisions.md).

Words are cut here, not by tantivy, so that the build, the tail and the query agree. Queries are made of term
queries, never parsed from text: what a patient writes cannot become query syntax.
"""

import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_CJK = "぀-ヿ㐀-鿿豈-﫿"
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:'[^\W_{_CJK}]+)?")
_MOST_QUERY_TERMS = 64
_LONGEST_TERM = 64
_K1, _B = 1.2, 0.75
"""tantivy's own, so that scores of the build and of the tail are comparable."""
_K3 = 1.0
"""Saturates a term's count in the query (Robertson and Zaragoza 2009): the second time counts a third as much."""
_RARITY = 1.5
"""The power of idf."""

_here = threading.local()


def terms(text: str) -> list[str]:
    """Stemmed English words; for Chinese every character and every pair of neighbours."""
    # "replace" is for lone surrogates, which neither the stemmer nor tantivy takes.
    readable = text.encode("utf-8", "replace").decode()
    words = _WORD.findall(unicodedata.normalize("NFKC", readable).casefold().replace("’", "'"))
    found: list[str] = []
    for word, stem in zip(words, _stems(words), strict=True):
        if re.match(f"[{_CJK}]", word):
            found += word
            found += (word[n : n + 2] for n in range(len(word) - 1))
        else:
            found.append(stem[:_LONGEST_TERM])
    return found


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(terms((Path(__file__).parent / "stopwords.txt").read_text(encoding="utf-8")))


def chinese_share(text: str) -> float:
    """Which part of a text's terms is Chinese or Japanese, 0 to 1; 0 without any term."""
    found = terms(text)
    return sum(bool(re.match(f"[{_CJK}]", term)) for term in found) / len(found) if found else 0.0


def _stems(words: list[str]) -> list[str]:
    # A stemmer is not safe to share between threads.
    if not hasattr(_here, "stemmer"):
        import Stemmer

        _here.stemmer = Stemmer.Stemmer("english")
    stems: list[str] = _here.stemmer.stemWords(words)
    return stems


@dataclass(frozen=True)
class Statistics:
    """What BM25 must know of a collection: how many documents, how many terms, and in how many a term stands."""

    documents: int
    terms: int
    frequency: Callable[[str], int]

    def idf(self, term: str) -> float:
        frequency = self.frequency(term)
        return math.log(1 + (self.documents - frequency + 0.5) / (frequency + 0.5))

    def joined(self, other: "Statistics") -> "Statistics":
        return Statistics(
            self.documents + other.documents,
            self.terms + other.terms,
            lambda term: self.frequency(term) + other.frequency(term),
        )


NOTHING = Statistics(0, 0, lambda _: 0)


def query_weights(text: str, statistics: Statistics) -> dict[str, float]:
    """What each term of a query counts; at most 64, the rarest.

    Terms that no document has, and those of stopwords.txt unless there are no others, are left out.
    """
    counts = {term: count for term, count in Counter(terms(text)).items() if statistics.frequency(term)}
    telling = {term: count for term, count in counts.items() if term not in _stop_terms()} or counts
    idf = {term: statistics.idf(term) for term in telling}
    rarest = sorted(telling, key=lambda term: (-idf[term], term))[:_MOST_QUERY_TERMS]
    return {term: telling[term] * (_K3 + 1) / (telling[term] + _K3) * idf[term] ** _RARITY for term in rarest}


def likeness(one: str, other: str, statistics: Statistics) -> float:
    """The cosine of two texts as sets of terms weighted by idf, 0 to 1; stopwords.txt is left out.

    Counts do not count: a reply says a word again for its own reasons.
    """
    first, second = (_weighted(text, statistics) for text in (one, other))
    common = sum(weight * second[term] for term, weight in first.items() if term in second)
    lengths = math.sqrt(sum(w * w for w in first.values()) * sum(w * w for w in second.values()))
    return common / lengths if lengths else 0.0


def _weighted(text: str, statistics: Statistics) -> dict[str, float]:
    return {term: statistics.idf(term) for term in set(terms(text)) - _stop_terms()}


def bm25(counts: Mapping[str, int], length: int, weights: Mapping[str, float], mean_length: float) -> float:
    """The score of one document, with ``weights`` from ``query_weights`` (Robertson and Zaragoza 2009)."""
    norm = _K1 * (1 - _B + _B * length / mean_length)
    return sum(
        weight * (_K1 + 1) * counts[term] / (counts[term] + norm)
        for term, weight in weights.items()
        if term in counts
    )


class LexicalWriter:
    """Adds documents to a new folder; see ``lexical_writer``."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self.terms = 0

    def add(self, document_id: str, text: str) -> None:
        import tantivy

        found = terms(text)
        self.terms += len(found)
        with _system_errors():
            self._writer.add_document(tantivy.Document(id=document_id, terms=" ".join(found)))


@contextmanager
def _system_errors() -> Iterator[None]:
    """tantivy says ValueError when the disk is full."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


@contextmanager
def lexical_writer(folder: Path) -> Iterator[LexicalWriter]:
    """Adds to the folder, which is made where it is missing; what was added is on disk when the block was left
    without an error."""
    import tantivy

    folder.mkdir(exist_ok=True)
    # One thread: the order of documents, hence of equal scores, must not depend on scheduling.
    writer = tantivy.Index(_schema(), path=str(folder)).writer(heap_size=64_000_000, num_threads=1)
    yield LexicalWriter(writer)
    with _system_errors():
        writer.commit()
        writer.wait_merging_threads()


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex:
    """A folder written by ``lexical_writer``, open for reading by any number of threads."""

    def __init__(self, folder: Path, *, terms: int) -> None:
        import tantivy

        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()
        self.statistics = Statistics(self._searcher.num_docs, terms, self._frequency)

    def _frequency(self, term: str) -> int:
        return int(self._searcher.doc_freq("terms", term))

    @property
    def rows(self) -> int:
        return int(self._searcher.num_docs)

    def best(self, weights: Mapping[str, float], count: int) -> dict[str, float]:
        """BM25 scores of the ``count`` best by id."""
        import tantivy

        schema = self._index.schema
        parts = []
        for term, weight in weights.items():
            one = tantivy.Query.term_query(schema, "terms", term, index_option="freq")
            # tantivy multiplies by its own idf; the weight already holds the one of build and tail together.
            boost = weight / self.statistics.idf(term)
            parts.append((tantivy.Occur.Should, tantivy.Query.boost_query(one, boost)))
        hits = self._searcher.search(tantivy.Query.boolean_query(parts), limit=count, count=False).hits
        return {self._searcher.doc(address)["id"][0]: score for score, address in hits}
