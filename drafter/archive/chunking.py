"""Writing and asking by the thousand: long enough to be quick, short enough not to keep others waiting."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

CHUNK = 1000
_T = TypeVar("_T")


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """``values`` in lists of at most ``size``; reads no further ahead than one list."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
