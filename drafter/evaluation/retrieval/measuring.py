"""The one place that builds an index of a task and searches it, the way the product does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from drafter.errors import BadInput, IndexUnusable
from drafter.evaluation.retrieval.tasks import Query, Task
from drafter.retrieval import document_of
from vectorstore import Document, Embedder, Index, Ranking, build_index, open_index
from vectorstore.errors import StoreError

DRAFTER = "Drafter"
DEFAULT = "default"
CONFIGURATIONS = {DEFAULT: Ranking(), "dense": Ranking(lexical=0, lexical_foreign=0), "lexical": Ranking(dense=0)}
FITTED = "fitted"
"""Ways to rank by name; all of them search the same build."""

Search = Callable[[str, frozenset[str], int], Sequence[str]]
"""The ids of at most so many documents nearest to a text, best first, none of those excluded."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class System:
    """Something that finds. ``open`` indexes a task's items, telling how many are done, and gives a search for
    each configuration; what it wrote is gone when the block ends. ``text`` is what it is given of a query."""

    name: str
    configurations: tuple[str, ...]
    open: Callable[[Task, Progress], AbstractContextManager[Mapping[str, Search]]]
    text: Callable[[Query], str]


def chosen(names: Sequence[str] | None, fitted: Ranking | None = None) -> dict[str, Ranking]:
    """The configurations named, each once; ``default`` without any. ``fitted`` is the one named so.

    Raises:
        BadInput: for an unknown name.
    """
    known = CONFIGURATIONS | ({FITTED: fitted} if fitted else {})
    for name in names or ():
        if name == FITTED and fitted is None:
            raise BadInput("No weights have been fitted yet: run `drafter retrieval train` first.")
        if name not in known:
            raise BadInput(f"There is no configuration named {name!r}: choose from {', '.join(CONFIGURATIONS)}.")
    return {name: known[name] for name in names or (DEFAULT,)}


def drafter_system(embedder: Embedder, rankings: Mapping[str, Ranking]) -> System:
    """Drafter's index with some rankings by name, as the index ranks: without what ``drafter.retrieval`` does
    afterwards, where the same reply twice counts once."""

    def opened(task: Task, progress: Progress) -> AbstractContextManager[Mapping[str, Search]]:
        return _indexed(task, embedder, rankings, progress)

    return System(DRAFTER, tuple(rankings), opened, lambda query: query.text)


@contextmanager
def _indexed(
    task: Task, embedder: Embedder, rankings: Mapping[str, Ranking], progress: Progress
) -> Iterator[Mapping[str, Search]]:
    with TemporaryDirectory(prefix="drafter-retrieval-") as folder:
        try:
            build_index(Path(folder), _documents(task), embedder, progress=progress)
            index = open_index(Path(folder), embedder)
        except StoreError as error:
            raise IndexUnusable(str(error)) from error
        try:
            yield {name: _search(index, ranking) for name, ranking in rankings.items()}
        finally:
            index.close()


def _documents(task: Task) -> Iterator[Document]:
    for item in task.items:
        assert item.exchange
        document = document_of(item.exchange)
        texts = {"reply": document.texts["reply"]} if task.replies_only else document.texts
        yield replace(document, id=item.id, texts=texts)


def _search(index: Index, ranking: Ranking) -> Search:
    def search(text: str, excluded: frozenset[str], limit: int) -> Sequence[str]:
        try:
            return [match.id for match in index.near(text, limit=limit, exclude=excluded, ranking=ranking)]
        except StoreError as error:
            raise IndexUnusable(str(error)) from error

    return search
