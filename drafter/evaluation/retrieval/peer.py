"""What people would pick instead: LangChain's Chroma with Chroma's default embedding, as their pages show it.

Texts of 1,000 characters that overlap by 200, embedded by all-MiniLM-L6-v2 in float32, in batches of 32 that are
padded to 256 tokens: Chroma's own class, which would download the network; it is given a folder where the same
weights lie in the published form. Nothing is masked, for nothing would be.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drafter.errors import BadInput, IndexUnusable
from drafter.evaluation.retrieval.measuring import Progress, Search, System
from drafter.evaluation.retrieval.sets import Item
from drafter.evaluation.retrieval.tasks import Task
from vectorstore.embedders.minilm import write_as_published
from vectorstore.errors import StoreError

PEER = "peer"
_AT_A_TIME = 320
"""Chunks; ten of Chroma's batches, so that progress shows."""


def peer_system() -> System:
    """Raises BadInput when its packages are not installed."""
    if not (find_spec("langchain_chroma") and find_spec("langchain_text_splitters")):
        raise BadInput(
            'The peer needs LangChain\'s Chroma and text splitters: run `pip install "drafter[peer]"`, '
            "or leave --peer out."
        )
    return System(PEER, (PEER,), _indexed, lambda query: query.typed)


@contextmanager
def _indexed(task: Task, progress: Progress) -> Iterator[Mapping[str, Search]]:
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    with TemporaryDirectory(prefix="drafter-peer-") as folder:
        network, files = Path(folder, "network"), Path(folder, "chroma")
        client: Any = chromadb.PersistentClient(path=str(files), settings=Settings(anonymized_telemetry=False))
        try:
            store = Chroma("peer", client=client, embedding_function=_default_embedding(network))
            chunks_of = _add(store, task, progress)
            yield {PEER: _search(store, chunks_of)}
        finally:
            client.close()


def _add(store: Any, task: Task, progress: Progress) -> Mapping[str, int]:
    """How many chunks each item has."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    texts: list[str] = []
    owners: list[str] = []
    chunks_of: dict[str, int] = {}
    for done, item in enumerate(task.items, start=1):
        chunks = splitter.split_text(_text(item, replies_only=task.replies_only))
        texts += chunks
        owners += [item.id] * len(chunks)
        chunks_of[item.id] = len(chunks)
        if len(texts) >= _AT_A_TIME or done == len(task.items):
            store.add_texts(texts, metadatas=[{"owner": owner} for owner in owners])
            texts, owners = [], []
            progress(done)
    return chunks_of


def _text(item: Item, *, replies_only: bool) -> str:
    return item.reply if replies_only else f"{item.question}\n{item.reply}"


def _search(store: Any, chunks_of: Mapping[str, int]) -> Search:
    def search(text: str, excluded: frozenset[str], limit: int) -> Sequence[str]:
        # The chunks that must not be returned may be the nearest ones.
        count = limit + sum(chunks_of.get(owner, 0) for owner in excluded)
        owners = (chunk.metadata["owner"] for chunk in store.similarity_search(text, k=count))
        best_chunk_first = dict.fromkeys(owner for owner in owners if owner not in excluded)
        return list(best_chunk_first)[:limit]

    return search


def _default_embedding(folder: Path) -> Any:
    """Chroma's default embedding function, for LangChain, with the network in ``folder``."""
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2
    from langchain_core.embeddings import Embeddings

    class Local(ONNXMiniLM_L6_V2):
        DOWNLOAD_PATH = folder

    try:
        write_as_published(folder / Local.EXTRACTED_FOLDER_NAME)
    except StoreError as error:
        raise IndexUnusable(str(error)) from error
    embed = Local()

    class ChromaDefault(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vector.tolist() for vector in embed(texts)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return ChromaDefault()
