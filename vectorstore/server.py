"""Vectors on a Chroma server, which any number of machines read and add to.

The collection of an embedder only ever grows: the id of a document says what is in it, so whoever adds one adds the
same vector, in any order, twice or half. Terms stay in each machine's own builds (docs/decisions.md).
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from vectorstore import builds
from vectorstore.dense import HNSW, DenseIndex, DenseWriter, chroma_settings
from vectorstore.errors import DamagedIndex, ServerUnavailable
from vectorstore.values import Embedder, Vectors

_CONNECT = 10.0
"""Most seconds until a connection stands."""


@dataclass(frozen=True)
class ChromaServer:
    """``url`` is http(s)://HOST[:PORT], ``collection`` begins the names of this archive's collections there,
    ``token`` is sent as a bearer token, ``timeout`` is in seconds without a word from the server."""

    url: str
    collection: str = "drafter"
    token: str | None = field(default=None, repr=False)
    timeout: float = 60.0

    def collection_of(self, embedder: Embedder) -> str:
        mark = hashlib.sha256(f"{builds.SCHEMA} {embedder.identity}".encode()).hexdigest()[:12]
        return f"{self.collection}-{mark}"


Place = tuple[str | None, str | None]
"""URL and collection of a server; None and None is the build's own folder."""


def place_of(server: ChromaServer | None, embedder: Embedder) -> Place:
    """Where the vectors of a build belong."""
    return (server.url, server.collection_of(embedder)) if server else (None, None)


@contextmanager
def server_writer(server: ChromaServer, embedder: Embedder, *, overwrite: bool) -> Iterator[DenseWriter]:
    """Adds to the embedder's collection, which is made where it is missing. What it holds already, from another
    machine or a killed builder, is left as it is, or written again with ``overwrite``.

    Raises:
        ServerUnavailable: the server cannot be reached or refuses.
        DamagedIndex: the collection was removed meanwhile.
    """
    with server_named(server):
        collection = _made(server, embedder)

    def add(ids: list[str], embeddings: Vectors) -> None:
        with server_named(server):
            held = set() if overwrite else set(collection.get(ids=ids, include=[])["ids"])
            places = [place for place, i in enumerate(ids) if i not in held]
            if places:
                # Not "add": another machine may have been here since "get".
                collection.upsert(ids=[ids[place] for place in places], embeddings=embeddings[places])

    yield DenseWriter(add)


def open_on_server(server: ChromaServer, name: str) -> DenseIndex:
    """Raises ServerUnavailable when the server cannot be used, DamagedIndex when it has no such collection."""
    with server_named(server):
        api = _api(server)
        return DenseIndex(_collection(api, api.get_collection(name)), lambda: None)


def _made(server: ChromaServer, embedder: Embedder) -> Any:
    api = _api(server)
    metadata = {"embedder": embedder.identity, "schema": builds.SCHEMA}
    name = server.collection_of(embedder)
    return _collection(api, api.get_or_create_collection(name, metadata=metadata, configuration={"hnsw": HNSW}))


def _collection(api: Any, model: Any) -> Any:
    from chromadb.api.models.Collection import Collection

    return Collection(client=api, model=model, embedding_function=None)


@cache
def _api(server: ChromaServer) -> Any:
    """One for each process, with its pool of connections.

    Chroma's ``HttpClient`` waits for ever, already for the answers it asks for while it is made, and is never given
    back; this is what it is made of.
    """
    import httpx
    from chromadb.api.fastapi import FastAPI
    from chromadb.config import System

    settings = chroma_settings(
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=server.url,
        chroma_server_http_port=0,  # unused beside a whole URL
        chroma_server_headers={"Authorization": f"Bearer {server.token}"} if server.token else {},
        chroma_client_auth_provider=None,
    )
    api = System(settings).instance(FastAPI)
    session = api._session  # no setting sets its time-out
    session.timeout = httpx.Timeout(server.timeout, connect=min(server.timeout, _CONNECT))
    session.event_hooks = {"response": [_refusals]}
    return api


def _refusals(response: Any) -> None:
    """Raises HTTPStatusError for what does not come from Chroma but, for example, from a proxy; Chroma's client
    would raise a bare Exception with the whole page."""
    if not response.is_success and not _is_chromas(response.read()):
        response.raise_for_status()


def _is_chromas(body: bytes) -> bool:
    from chromadb.errors import error_types

    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("error") in error_types


@contextmanager
def server_named(server: ChromaServer) -> Iterator[None]:
    """Chroma's own errors, and those of the connection, as one sentence that names the server.

    Raises:
        ServerUnavailable: it cannot be reached or refuses.
        DamagedIndex: the collection is not there.
    """
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise DamagedIndex(
            f"The Chroma server at {server.url} no longer holds the vectors of this index."
        ) from error
    except httpx.HTTPStatusError as error:
        answer = f"{error.response.status_code} {error.response.reason_phrase}".strip()
        raise ServerUnavailable(f"The Chroma server at {server.url} refused: {answer}.") from error
    except (ChromaError, httpx.HTTPError, ValueError) as error:
        reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise ServerUnavailable(f"The Chroma server at {server.url} could not be used: {reason}.") from error
