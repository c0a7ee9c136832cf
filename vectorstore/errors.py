"""What can go wrong in the store. Messages are sentences for the person who runs the program.

StoreError
|-- EmbedderUnavailable   texts cannot be turned into vectors: unknown name, missing weights, silent server
`-- IndexUnusable
    |-- MissingIndex      nothing has been built yet
    |-- DamagedIndex      the build cannot be read
    |-- WrongEmbedder     the build holds another embedder's vectors
    |-- WrongPlace        the build's vectors are in another collection of a Chroma server, or in none
    |-- IndexBusy         another process is building
    |-- BuildFailed       a build could not be written; the one before still serves
    `-- ServerUnavailable the Chroma server cannot be reached, or refuses
"""


class StoreError(Exception):
    """Base of all deliberate errors of the store."""


class EmbedderUnavailable(StoreError):
    """Texts cannot be turned into vectors."""


class IndexUnusable(StoreError):
    """The index cannot be used, or not now."""


class MissingIndex(IndexUnusable):
    """Nothing has been built yet."""


class DamagedIndex(IndexUnusable):
    """The build cannot be read."""


class WrongEmbedder(IndexUnusable):
    """The build holds another embedder's vectors."""


class WrongPlace(IndexUnusable):
    """The build's vectors are in another collection of a Chroma server, or in none."""


class IndexBusy(IndexUnusable):
    """Another process is building."""


class BuildFailed(IndexUnusable):
    """A build could not be written; the one before still serves."""


class ServerUnavailable(IndexUnusable):
    """The Chroma server cannot be reached, or refuses."""
