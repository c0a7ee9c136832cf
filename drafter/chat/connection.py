"""HTTP connections to a model's server that outlive one draft."""

import math
import time
from collections.abc import Iterator
from contextvars import ContextVar

import httpx2
import openai

ENDS_AT: ContextVar[float] = ContextVar("ENDS_AT", default=math.inf)
"""When answers to the requests that are sent now must be complete, on the monotonic clock.

A read's time-out begins anew with every byte, so a server that says a little now and then would never be given up;
also one that sends only comments to keep the connection open, of which the caller of the SDK sees nothing.
"""


class _ReadToTheEnd(httpx2.SyncByteStream):
    """A response's body that reads its last bytes before it is closed, and that must end in time.

    The SDK closes a stream at ``[DONE]``, with the end of the body still unread, and so throws every connection
    away after one draft.
    """

    def __init__(self, stream: httpx2.SyncByteStream, ends_at: float) -> None:
        self._stream, self._pieces, self._tail = stream, iter(stream), b""
        self._ends_at = ends_at

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._tail = (self._tail + piece)[-32:]
            yield piece
            if time.monotonic() > self._ends_at:
                raise httpx2.ReadTimeout("the answer took too long in all")

    def close(self) -> None:
        try:
            if self._tail.rstrip().endswith(b"[DONE]"):
                next(self._pieces, None)
        except httpx2.HTTPError:
            pass  # the draft is complete; only this connection is lost
        finally:
            self._stream.close()


def http_client(timeout: float, connect_timeout: float) -> httpx2.Client:
    """A client whose connections are kept and shared; ``timeout`` is seconds without a word, ``connect_timeout``
    until a connection stands."""

    def read_to_the_end(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _ReadToTheEnd(response.stream, ENDS_AT.get())

    return openai.DefaultHttpxClient(
        timeout=httpx2.Timeout(timeout, connect=connect_timeout),
        # Minutes, as between two drafts of one person. That a server closed one earlier is noticed before its use.
        limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=300),
        event_hooks={"response": [read_to_the_end]},
    )
