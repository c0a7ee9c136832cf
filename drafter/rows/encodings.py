"""Which encoding a file's text is in."""

import codecs
import re
from pathlib import Path

# Opened with these errors, a file is read to its end, and a byte that could not be decoded shows as one of these.
KEEP_BYTES = "surrogateescape"
UNDECODED = re.compile("[\udc80-\udcff]")

_LOOK_AT = 4 * 1024 * 1024  # bytes, from the first that say anything; enough lines to be sure
_SAMPLE = 16 * 1024
# What letters and tables from Chinese and Western offices are in; unlimited, short texts are taken for rarities.
_CANDIDATES = ["gb18030", "big5hkscs", "cp1252"]


def encoding_of(path: Path, *, ascii_counts: bool = False) -> str:
    """A Python codec name: UTF-8 when most lines are, else what charset-normalizer makes of the other lines.

    Only lines with other characters than ASCII count, because ASCII lines are of every encoding; with
    ``ascii_counts`` they count as UTF-8, for JSON, whose standard has no other.
    """
    good, bad, other = 0, 0, bytearray()
    with path.open("rb") as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        file.seek(0)
        part = file.read(_LOOK_AT)
        while part.isascii() and (more := file.read(_LOOK_AT)):
            part = more
    lines = part.split(b"\n")
    if len(lines) > 1 and lines[-1]:
        lines.pop()  # it may be cut inside a character
    for line in lines:
        if line.isascii():
            good += ascii_counts and bool(line.strip())
        elif _is_utf8(line):
            good += 1
        else:
            bad += 1
            if len(other) < _SAMPLE:
                other += line + b"\n"
    return "utf-8-sig" if good >= bad else _guess(bytes(other[: 2 * _SAMPLE]))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_CANDIDATES, threshold=0.5).best()
    return best.encoding if best else "utf-8-sig"
