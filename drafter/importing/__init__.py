"""Files of past exchanges and waiting questions into the archive."""

from pathlib import Path

from drafter.importing.records import BadRecord, Found, ImportReport, Skipped, Unreadable
from drafter.importing.running import import_paths, read_file

__all__ = [
    "BadRecord",
    "Found",
    "ImportReport",
    "Skipped",
    "Unreadable",
    "import_paths",
    "read_file",
    "sample_path",
]


def sample_path() -> Path:
    """The folder of the invented sample archive: exchanges.jsonl and questions.jsonl."""
    return Path(__file__).parent / "sample"
