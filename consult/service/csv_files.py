"""Tables that people send: the encoding and delimiter of a file, told from its bytes, never guessed in silence."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import BinaryIO

from consult.domain.errors import Invalid

_CHUNK = 1 << 20

#: Encoding → how it is called on pages.
ENCODINGS: dict[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte-order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little-endian, no mark)",
    "utf-16-be": "UTF-16 (big-endian, no mark)",
    "cp1252": "Windows-1252, as spreadsheets save a plain CSV in Western Europe",
}
DELIMITERS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

#: Bytes above 0x7F that names in Windows-1252 are written with: letters, quotes, dashes, a hard space. A file in which
#: others occur was written in something else (an old Macintosh's é is 0x8E and its è 0x8F), and is refused.
_WESTERN = frozenset(
    [*range(0xC0, 0x100), 0x80, 0x85, *range(0x91, 0x98), 0x8A, 0x8C, 0x8E, 0x9A, 0x9C, 0x9E, 0x9F, 0xA0, 0xB4, 0xB7]
) - {0xD7, 0xF7}

#: Beginnings of files that are no tables of text, and what to do about each.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "This is a workbook, not a CSV file. Open it in the spreadsheet and save it as “CSV UTF-8”."),
    (b"\xd0\xcf\x11\xe0", "This is an old workbook, not a CSV file. Open it and save it as “CSV UTF-8”."),
    (b"%PDF", "This is a PDF, not a CSV file. Ask for the list as a CSV file."),
)

_ZEROS = "This is not a CSV file: it has bytes of value zero in it. Save the list as “CSV UTF-8”."


@dataclass(frozen=True)
class Shape:
    """How a file was read."""

    encoding: str
    delimiter: str

    @property
    def encoding_words(self) -> str:
        return ENCODINGS[self.encoding]

    @property
    def delimiter_words(self) -> str:
        return DELIMITERS[self.delimiter]


def encoding_of(file: BinaryIO, wanted: str = "") -> str:
    """The encoding of a file, which is read once to its end; `wanted` is what the officer says it is ("": find out).

    A mark at the beginning decides. Else it is UTF-8 if every byte of it is; else Windows-1252, but only if no part of
    it is UTF-8 beyond ASCII and every byte is one that Western names are written with.

    Raises:
        Invalid: naming the line and the byte that can be neither.
    """
    file.seek(0)
    head = file.read(4096)
    for beginning, sentence in _OTHERS:
        if head.startswith(beginning):
            raise Invalid(sentence)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n,;"):
        raise Invalid("The file is empty. Choose the file with the members in it.")
    encoding = wanted or _marked(head)
    if encoding == "utf-8" and head.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    if encoding:
        _check(file, encoding)
        return encoding
    fault = _first_fault(file, "utf-8")
    if fault is None:
        return "utf-8"
    _check_western(file, fault)
    return "cp1252"


def _marked(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:  # the letters of a heading are half zeros in UTF-16
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if odd > len(head) // 4 and not even:
            return "utf-16-le"
        if even > len(head) // 4 and not odd:
            return "utf-16-be"
        raise Invalid(_ZEROS)
    return ""


def _first_fault(file: BinaryIO, encoding: str) -> tuple[int, int, int] | None:
    """Line, byte of the line and value of the first byte that cannot be read, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    position, line, line_start = 0, 1, 0
    while True:
        chunk = file.read(_CHUNK)
        pending = decoder.getstate()[0]
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as fault:
            here = pending + chunk
            before, first = here[: fault.start], position - len(pending)
            newline = before.rfind(b"\n")
            start = first + newline + 1 if newline >= 0 else line_start
            return line + before.count(b"\n"), first + fault.start - start + 1, here[fault.start]
        except UnicodeError:  # no mark of UTF-16 at the beginning
            return 1, 1, chunk[0]
        line += chunk.count(b"\n")
        newline = chunk.rfind(b"\n")
        line_start = position + newline + 1 if newline >= 0 else line_start
        position += len(chunk)
        if not chunk:
            return None


def _check(file: BinaryIO, encoding: str) -> None:
    """Refuse a file that is not in the encoding that it says, or that the officer said."""
    fault = _first_fault(file, "utf-8" if encoding == "utf-8-sig" else encoding)  # the mark is UTF-8 as well
    if fault is None:
        return
    line, byte, value = fault
    raise Invalid(
        f"Line {line}, byte {byte} (0x{value:02X}) cannot be read as {ENCODINGS[encoding]}. "
        "Save the file again as “CSV UTF-8”, or say which encoding it has."
    )


def _check_western(file: BinaryIO, fault: tuple[int, int, int]) -> None:
    line, byte, value = fault
    first = f"Line {line}, byte {byte} (0x{value:02X}) is not UTF-8"
    advice = "Save the list again as “CSV UTF-8” where it came from."
    file.seek(0)
    for number, content in enumerate(file, 1):
        if content.isascii():
            continue
        if _has_utf8(content):
            raise Invalid(
                f"{first}, and line {number} is: the file is in two encodings at once, and that spoils names. {advice}"
            )
        odd = next((place for place, one in enumerate(content, 1) if one > 0x7F and one not in _WESTERN), None)
        if odd is not None:
            raise Invalid(
                f"{first}, and line {number}, byte {odd} (0x{content[odd - 1]:02X}) is no letter of Windows-1252 "
                f"either, so the encoding is not known. {advice}"
            )


def _has_utf8(line: bytes) -> bool:
    """Whether a line has a letter beyond ASCII that is well-formed UTF-8 (é as 0xC3 0xA9)."""
    for place, byte in enumerate(line):
        if 0xC2 <= byte <= 0xF4:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            try:
                line[place : place + length].decode("utf-8")
            except UnicodeDecodeError:
                continue
            return True
    return False


@dataclass
class Table:
    """A file's heading and, by iterating, its rows with the line of the file on which each begins."""

    shape: Shape
    heading: list[str]
    rows: Generator[tuple[int, list[str]], None, None]

    def close(self) -> None:
        """Let go of the file, which stays open."""
        self.rows.close()


def read(file: BinaryIO, likeness: Callable[[list[str]], int], encoding: str = "") -> Table:
    """Open a table as a stream. `likeness` says how many columns of a heading are known: it tells the delimiter.

    Raises:
        Invalid: for an unreadable encoding, no heading; while iterating, for quotes that do not match, with the line.
    """
    found = encoding_of(file, encoding)
    first, skipped = _heading_lines(file, found)
    delimiter = max(DELIMITERS, key=lambda one: (likeness(_split(first, one)), len(_split(first, one))))
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=found, newline="")
    rows = _records(text, delimiter, skipped)
    try:
        _, heading = next(rows)
    except StopIteration:
        raise Invalid("The file is empty. Choose the file with the members in it.") from None
    if any("\0" in cell for cell in heading):  # UTF-32 passes for UTF-16 in which every other letter is a zero
        rows.close()
        raise Invalid(_ZEROS)
    return Table(Shape(found, delimiter), [cell.strip() for cell in heading], rows)


def _heading_lines(file: BinaryIO, encoding: str) -> tuple[str, int]:
    """The beginning of the heading, and how many lines come before it: empty ones, and a spreadsheet's “sep=;”."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        for skipped, line in enumerate(text):
            if line.strip() and not line.lower().lstrip('"').startswith("sep="):
                return line[:20_000], skipped
        return "", 0
    finally:
        text.detach()


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])


def _records(text: io.TextIOWrapper, delimiter: str, skip: int) -> Generator[tuple[int, list[str]], None, None]:
    """Rows that have anything in them. The text is let go of at the end, so that the file itself stays open."""
    try:
        for _ in range(skip):
            text.readline()
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        begins = skip + 1
        try:
            for record in reader:
                if record and (record[0] or any(cell.strip() for cell in record)):
                    yield begins, record
                begins = skip + reader.line_num + 1
        except csv.Error as fault:
            if "field larger than" in str(fault):
                raise Invalid(
                    f"Line {begins}: a cell of the row that begins here has more than {csv.field_size_limit():,} characters. "
                    "Most often a quotation mark that opens it is never closed; look for it there."
                ) from fault
            raise Invalid(
                f"Line {begins}: the row that begins here cannot be taken apart ({fault}). Look at its quotation "
                "marks: each that is part of the text is written twice, and each that opens a cell must close it."
            ) from fault
    finally:
        text.detach()
