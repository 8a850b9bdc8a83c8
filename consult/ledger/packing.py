"""How files become one ZIP file with one possible sequence of bytes, and how such a file is read without trust.

Entries are stored, not compressed, in the order of their names, with one fixed date and nothing optional (PKWARE
APPNOTE 6.3: version 2.0, no flags, no extra fields, no comments). Any unzip reads it. Reading accepts only bytes that
`pack` would have written: therefore every changed byte, in a header as in a file, is found, nothing is larger than it
looks, and two programs cannot see two different contents.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from zlib import crc32

from consult.domain.errors import Refused

#: Larger than any honest bundle: a million papers of one election are about 100 MB.
LARGEST_FILE = 1 << 30
MOST_MEMBERS = 5_000

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION, _FLAGS, _STORED = 20, 0, 0
_TIME, _DATE = 0, 0x0021  # midnight on 1 January 1980, the first moment a ZIP file can name
_MADE_BY = 3 << 8 | _VERSION  # Unix, so that the mode below is understood
_MODE = 0o100644 << 16  # a regular file, readable by all

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3L5H2L")
_END_RECORD = struct.Struct("<4s4H2LH")


class NotABundle(Refused):
    """This is not a ZIP file at all."""


class BundleRefused(Refused):
    """A bundle cannot be accepted as it is; `kind` is the name of the failure, as `verify` reports it."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def pack(files: Mapping[str, bytes]) -> bytes:
    """The ZIP file with these members; the same members always give the same bytes.

    >>> pack({"a": b"1", "b": b"2"}) == pack({"b": b"2", "a": b"1"})
    True
    """
    if len(files) > MOST_MEMBERS:
        raise BundleRefused("packing", f"A bundle has at most {MOST_MEMBERS} files, not {len(files)}.")
    parts: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name in sorted(files):
        label, data = name.encode("ascii"), files[name]
        about = (_FLAGS, _STORED, _TIME, _DATE, crc32(data), len(data), len(data), len(label), 0)
        parts += [_LOCAL_HEADER.pack(_LOCAL, _VERSION, *about), label, data]
        entry = _CENTRAL_HEADER.pack(_CENTRAL, _MADE_BY, _VERSION, *about, 0, 0, 0, _MODE, offset)
        directory += [entry, label]
        offset += _LOCAL_HEADER.size + len(label) + len(data)
        if offset > LARGEST_FILE:
            raise BundleRefused("packing", f"A bundle is at most {LARGEST_FILE >> 20} MB.")
    listing = b"".join(directory)
    end = _END_RECORD.pack(_END, 0, 0, len(files), len(files), len(listing), offset, 0)
    return b"".join([*parts, listing, end])


def unpack(data: bytes) -> dict[str, bytes]:
    """The members of a file written by `pack`, by name.

    Raises `NotABundle` for something else than a ZIP file, and `BundleRefused` ("packing" or "doubled member") for a
    ZIP file that `pack` did not write. Names are not judged here, only that they are ASCII; nothing is written to disk.
    """
    if not _looks_like_zip(data):
        raise NotABundle("This file is not a result bundle: it is not a ZIP file.")
    if len(data) > LARGEST_FILE + (1 << 20):
        raise BundleRefused("packing", f"This file is larger than any bundle: more than {LARGEST_FILE >> 20} MB.")
    files: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == _LOCAL and len(files) < MOST_MEMBERS:
        name, contents, place = _member(data, place)
        if name in files:
            raise BundleRefused("doubled member", f"The bundle holds two files called {name}.")
        files[name] = contents
    if pack(files) != data:
        words = "The packing of the bundle was changed: the ZIP file is not, byte for byte, what its members make."
        raise BundleRefused("packing", words)
    return files


def _looks_like_zip(data: bytes) -> bool:
    # Either mark is enough, so that a bundle with one changed byte is a damaged bundle, not some other file.
    return data[:4] == _LOCAL or data[-_END_RECORD.size :][:4] == _END


def _member(data: bytes, place: int) -> tuple[str, bytes, int]:
    """The member whose local header is at `place`: its name, its contents, and where the next thing begins."""
    start = place + _LOCAL_HEADER.size
    if start > len(data):
        raise BundleRefused("packing", "The bundle is cut off in the middle of a header.")
    _, _, flags, method, _, _, sum32, packed, size, label, extra = _LOCAL_HEADER.unpack_from(data, place)
    if (flags, method, extra) != (_FLAGS, _STORED, 0) or packed != size:
        words = "The bundle was packed by another program: its files must be stored plainly, without extra fields."
        raise BundleRefused("packing", words)
    end = start + label + size
    if end > len(data):
        raise BundleRefused("packing", "The bundle is cut off in the middle of a file.")
    try:
        name = data[start : start + label].decode("ascii")
    except UnicodeDecodeError:
        raise BundleRefused("packing", "The bundle holds a file whose name is not plain ASCII.") from None
    contents = data[start + label : end]
    if crc32(contents) != sum32:
        raise BundleRefused("packing", f"The file {name!r} in the bundle is damaged: its checksum is wrong.")
    return name, contents, end
