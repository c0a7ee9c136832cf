"""Every deliberate error. The message is one sentence that its reader can act on.

DrafterError
|-- BadInput            a file, question or option that cannot be used as it is
|-- BadSettings         a setting that is missing, unknown or contradictory
|-- ArchiveError        the archive cannot be opened, read or written
|   `-- Conflict        somebody else changed the same question first
|-- IndexUnusable       the index is missing, damaged, or of another embedder
|   `-- IndexBusy       another process is building it
|-- ScreeningFailed     a question could not be screened, so nothing was sent
|-- ModelUnavailable    the model's server could not be reached or refused the call
|-- BadModelOutput      the model said something that is not a draft; keeps what was said
`-- NotAllowed          a review step whose conditions are not met
"""


class DrafterError(Exception):
    """Base of all deliberate errors."""


class BadInput(DrafterError):
    """A file, question or option that cannot be used as it is."""


class BadSettings(DrafterError):
    """A setting that is missing, unknown or contradictory."""


class ArchiveError(DrafterError):
    """The archive cannot be opened, read or written."""


class Conflict(ArchiveError):
    """Somebody else changed the same question first."""


class IndexUnusable(DrafterError):
    """The index is missing, damaged, or was built by another embedder."""


class IndexBusy(IndexUnusable):
    """Another process is building the index."""


class ScreeningFailed(DrafterError):
    """A question could not be screened, so nothing was embedded, searched or sent."""


class ModelUnavailable(DrafterError):
    """The model's server could not be reached, or refused the call."""


class BadModelOutput(DrafterError):
    """The model said something that is not a draft.

    ``said`` is the raw text, ``status`` the outcome's status: "truncated", "refused", "filtered" or "invalid".
    """

    def __init__(self, message: str, *, said: str = "", status: str = "invalid") -> None:
        super().__init__(message)
        self.said = said
        self.status = status


class NotAllowed(DrafterError):
    """A review step whose conditions are not met."""
