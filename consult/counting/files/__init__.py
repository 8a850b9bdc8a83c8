"""Election files in and out: BLT, ABIF, CSV, JSON, and Debian's tally sheets, told apart by name or content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from consult.counting.files import abif, blt, csv, debian, json
from consult.counting.files.election import ElectionFile
from consult.counting.files.problems import MAX_BYTES, FileError, decode, quoted
from consult.domain.errors import Invalid

__all__ = ["FORMATS", "ElectionFile", "FileError", "guess", "read", "write"]

_READERS: dict[str, Callable[[bytes], ElectionFile]] = {
    "blt": blt.read,
    "abif": abif.read,
    "csv": csv.read,
    "csv-ranks": lambda data: csv.read(data, "csv-ranks"),
    "csv-candidates": lambda data: csv.read(data, "csv-candidates"),
    "csv-choice": lambda data: csv.read(data, "csv-choice"),
    "json": json.read,
    "debian": debian.read,
}
_WRITERS: dict[str, Callable[[ElectionFile], bytes]] = {
    "blt": blt.write,
    "abif": abif.write,
    "csv": csv.write,
    "json": json.write,
}
#: Every name `format` may have.
FORMATS = tuple(_READERS)
_EXTENSIONS = {".blt": "blt", ".abif": "abif", ".csv": "csv", ".tsv": "csv", ".json": "json"}


def read(data: bytes, name: str | None = None, format: str | None = None) -> ElectionFile:
    """The election in a file's bytes; the format is `format`, else what `name` ends in, else what the content shows.

    Raises `FileError` (line, column, what was expected) where it is malformed, `Invalid` where the format is
    unknown or the file too long.

    >>> read(b"2:Ann>Bob\\n").format
    'abif'
    """
    if len(data) > MAX_BYTES:
        raise Invalid(f"The file is {len(data)} bytes long; at most {MAX_BYTES} are read.")
    chosen = format or guess(data, name)
    if chosen not in _READERS:
        raise Invalid(f"There is no election format {chosen!r}; there are: {', '.join(FORMATS)}.")
    return replace(_READERS[chosen](data), sha256=hashlib.sha256(data).hexdigest())


def write(file: ElectionFile, format: str) -> bytes:
    """The file's bytes in "blt", "abif", "csv" or "json"; `Invalid` where the format cannot hold what is in it."""
    if format not in _WRITERS:
        raise Invalid(f"There is no election format {format!r} to write; there are: {', '.join(_WRITERS)}.")
    return _WRITERS[format](file)


_BLT_HEAD = re.compile(
    r"[0-9]{1,9}[ \t]+[0-9]{1,9}[ \t]*"
    r"(?:#.*|-[0-9]{1,9}(?:[ \t].*)?|[0-9]{1,9}[ \t].*[ \t]0[ \t].*)?$"
)
_ABIF_LINE = re.compile(r"^[ \t]*(?:[0-9]+[ \t]*[:*]|=[^=\n]{1,500}:)", re.MULTILINE)
_DEBIAN_LINE = re.compile(r"^V: +[-0-9A-Za-z]+", re.MULTILINE)


def guess(data: bytes, name: str | None = None) -> str:
    """The format by the name's ending, else by the content. Raises `FileError` where neither shows it."""
    extension = PurePath(name).suffix.lower() if name else ""
    if extension in _EXTENSIONS:
        return _EXTENSIONS[extension]
    text = decode(data, fallback="latin-1")[0].replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.strip() for line in text.split("\n"))
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if first.startswith(("{", "[")):
        return "abif" if _ABIF_LINE.search(text) else "json"
    if _DEBIAN_LINE.search(text):
        return "debian"
    if _BLT_HEAD.match(first):
        return "blt"
    if first.startswith("ABIF") or _ABIF_LINE.match(first):
        return "abif"
    if first and re.search(r"[,;\t]|^(?:choice|vote)$", first, re.IGNORECASE):
        return "csv"
    raise FileError(
        1, 1, "an election as BLT, ABIF, CSV or JSON (say which with --format)", quoted(first) if first else "nothing"
    )
