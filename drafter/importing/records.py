"""What reading a file gives besides exchanges and questions, and what an import came to."""

from dataclasses import dataclass
from pathlib import Path

from drafter.domain import Exchange, Question


@dataclass(frozen=True)
class BadRecord:
    """A record that cannot be used. ``line`` and ``record`` count from 1; None where the format has none.

    ``reason`` is a sentence, ``excerpt`` the first 200 characters of what was found.
    """

    file: Path
    reason: str
    line: int | None = None
    record: int | None = None
    excerpt: str = ""


@dataclass(frozen=True)
class Skipped:
    """A record that is whole but holds nothing to keep, such as a set published without its answers."""

    file: Path
    reason: str
    line: int | None = None


Found = Exchange | Question | BadRecord | Skipped


@dataclass(frozen=True)
class Unreadable:
    """A file somebody named that is of no known format, with the reason as a sentence."""

    file: Path
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """Counts of one import: ``read`` = ``added`` + ``known`` + ``waiting`` + ``skipped``.

    ``added`` are new exchanges, ``waiting`` new questions, ``known`` either of them when it was there before.
    ``files`` counts those of a known format; ``ignored`` are files of a folder that are of none.
    """

    files: int
    read: int
    added: int
    known: int
    waiting: int
    skipped: int
    quarantined: int
    ignored: tuple[Path, ...]
    unreadable: tuple[Unreadable, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        return self.read / self.seconds if self.seconds else 0.0

    @property
    def sentence(self) -> str:
        """The closing line of an import."""
        counts = [
            f"{self.added:,} new {'exchange' if self.added == 1 else 'exchanges'}",
            f"{self.waiting:,} waiting {'question' if self.waiting == 1 else 'questions'}" if self.waiting else "",
            f"{self.known:,} known already" if self.known else "",
            f"{self.skipped:,} without a published answer skipped" if self.skipped else "",
            f"{self.quarantined:,} in quarantine" if self.quarantined else "",
        ]
        files = f"{self.files:,} {'file' if self.files == 1 else 'files'}"
        ignored = f" Of no known format and ignored: {_names(self.ignored)}." if self.ignored else ""
        unreadable = "".join(f" {found.reason}" for found in self.unreadable)
        if not self.files:
            return f"Nothing could be read.{unreadable}{ignored}"
        said = ", ".join(count for count in counts if count)
        return f"Imported from {files}: {said} ({self.per_second:,.0f} records a second).{ignored}{unreadable}"


def _names(files: tuple[Path, ...], shown: int = 5) -> str:
    more = f" and {len(files) - shown} more" if len(files) > shown else ""
    return ", ".join(file.name for file in files[:shown]) + more
