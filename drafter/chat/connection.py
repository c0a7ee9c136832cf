"""HTTP connections to a model's server that outlive one draft."""

from collections.abc import Iterator

import httpx2
import openai


class _ReadToTheEnd(httpx2.SyncByteStream):
    """A response's body that reads its last bytes before it is closed.

    The SDK closes a stream at ``[DONE]``, with the end of the body still unread, and so throws every connection
    away after one draft.
    """

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream, self._pieces, self._tail = stream, iter(stream), b""

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._tail = (self._tail + piece)[-32:]
            yield piece

    def close(self) -> None:
        try:
            if self._tail.rstrip().endswith(b"[DONE]"):
                next(self._pieces, None)
        except httpx2.HTTPError:
            pass  # the draft is complete; only this connection is lost
        finally:
            self._stream.close()


def http_client(timeout: float) -> httpx2.Client:
    """A client whose connections are kept and shared; ``timeout`` is seconds without a word."""

    def read_to_the_end(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _ReadToTheEnd(response.stream)

    return openai.DefaultHttpxClient(
        timeout=timeout,
        limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=60),
        event_hooks={"response": [read_to_the_end]},
    )
