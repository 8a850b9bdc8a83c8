"""How an election file is found wrong: one error that names the line, the column and what was expected there."""

from __future__ import annotations

import unicodedata

from consult.domain.errors import Invalid

#: Bounds, far past any real election, that keep a hostile file from costing more than its own length.
MAX_BYTES = 1 << 30
MAX_CANDIDATES = 5_000
MAX_WEIGHT_DIGITS = 30
MAX_NAME = 500


class FileError(Invalid):
    """An election file is malformed: `line` and `column` (in characters) count from 1.

    >>> str(FileError(3, 5, "a candidate number from 1 to 4", "“9”"))
    'Line 3, column 5: expected a candidate number from 1 to 4, found “9”.'
    """

    def __init__(self, line: int, column: int, expected: str, found: str = "") -> None:
        self.line, self.column, self.expected, self.found = line, column, expected, found
        sentence = f"Line {line}, column {column}: expected {expected}"
        super().__init__(sentence + (f", found {found}." if found else "."))


def quoted(text: str, limit: int = 40) -> str:
    """`text` in quotation marks for a sentence, cut short and with what cannot be printed made visible.

    >>> quoted("Ann")
    '“Ann”'
    """
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: limit + 1])
    return f"“{shown[:limit]}…”" if len(shown) > limit else f"“{shown}”"


def decode(data: bytes, fallback: str | None = None) -> tuple[str, str]:
    """Text and the name of its encoding: a byte order mark decides, else UTF-8, else `fallback` if one is allowed.

    Raises `FileError` at the first byte that is not text in that encoding.
    """
    encoding = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        if fallback and encoding == "utf-8-sig":
            try:
                return data.decode(fallback), fallback
            except UnicodeDecodeError:
                pass
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise FileError(
            line,
            column,
            f"text in {'UTF-16' if encoding == 'utf-16' else 'UTF-8'}",
            f"the byte 0x{data[error.start]:02x}" if error.start < len(data) else "the end",
        ) from None


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character offset.

    >>> position("ab\\ncd", 4)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def clean_name(raw: str, line: int, column: int, what: str = "a candidate's name") -> str:
    """A name without the spaces around it; refused when empty, over long, or holding control characters."""
    name = raw.strip()
    if not name:
        raise FileError(line, column, what, "nothing")
    if len(name) > MAX_NAME:
        raise FileError(line, column, f"{what} of at most {MAX_NAME} characters", f"{len(name)} characters")
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise FileError(line, column, f"{what} without control characters", quoted(name))
    return name


def whole(raw: str, line: int, column: int, what: str) -> int:
    """A non-negative whole number in ASCII digits, of a bounded length."""
    if not (raw.isascii() and raw.isdigit()):
        raise FileError(line, column, what, quoted(raw) if raw else "nothing")
    if len(raw) > MAX_WEIGHT_DIGITS:
        raise FileError(line, column, f"{what} of at most {MAX_WEIGHT_DIGITS} digits", f"{len(raw)} digits")
    return int(raw)


def positive(raw: str, line: int, column: int, what: str) -> int:
    """A whole number of at least 1."""
    number = whole(raw, line, column, what)
    if number < 1:
        raise FileError(line, column, what, quoted(raw))
    return number
