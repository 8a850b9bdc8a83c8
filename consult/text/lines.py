"""Line numbers: a pure function of a document, a width and an algorithm id, computed once and stored.

The same list numbers the lines of the page, the PDF, the DOCX, the plain text and the large print, so a width here is
a number of Unicode code points, never of pixels or points; the renderer breaks lines where the list says.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from consult.domain.errors import Invalid
from consult.text import tokens
from consult.text.canonical import canonical, fields, parsed
from consult.text.clauses import Document

#: Greedy: as many words as fit; a word longer than the width is cut, never between a letter and its accents.
ALGORITHM = "greedy-1"
#: Code points in a line when the rulebook names no other.
WIDTH = 72
NARROWEST, WIDEST = 20, 200


@dataclass(frozen=True, slots=True)
class Line:
    """Line `number` (from 1): the characters [start, end) of a clause."""

    number: int
    clause: str
    start: int
    end: int
    text: str

    def to_data(self) -> dict[str, Any]:
        return {"number": self.number, "clause": self.clause, "start": self.start, "end": self.end, "text": self.text}

    @classmethod
    def from_data(cls, data: Any) -> Line:
        return cls(**fields(data, "A line", {"number": int, "clause": str, "start": int, "end": int, "text": str}))


def lines(document: Document, width: int = WIDTH, algorithm: str = ALGORITHM) -> tuple[Line, ...]:
    """Every line of the document, every clause beginning a new one; labels and indents take no room.

    >>> from consult.text.clauses import Clause, Kind
    >>> motion = Document((Clause("c1", Kind.RESOLVES, "To pay every worker the real living wage."),))
    >>> [(line.number, line.text) for line in lines(motion, 20)]
    [(1, 'To pay every worker'), (2, 'the real living'), (3, 'wage.')]

    Raises `consult.domain.errors.Invalid` for an unknown algorithm or a width outside 20 to 200.
    """
    if algorithm != ALGORITHM:
        raise Invalid(f"There is no line algorithm ‘{algorithm}’; this program knows ‘{ALGORITHM}’.")
    if not NARROWEST <= width <= WIDEST:
        raise Invalid(f"Lines are {NARROWEST} to {WIDEST} characters wide, not {width}.")
    found: list[Line] = []
    for clause in document.clauses:
        for start, end in _broken(clause.text, width):
            found.append(Line(len(found) + 1, clause.id, start, end, clause.text[start:end]))
    return tuple(found)


@lru_cache(maxsize=4096)
def _broken(text: str, width: int) -> tuple[tuple[int, int], ...]:
    """(start, end) of each line of one clause."""
    found: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > width:
        space = text.rfind(" ", start, start + width + 1)
        if space > start:
            found.append((start, space))
            start = space + 1
        else:
            end = _cut(text, start, start + width)
            found.append((start, end))
            start = end + (text[end : end + 1] == " ")
    if start < len(text):
        found.append((start, len(text)))
    return tuple(found)


def _cut(text: str, start: int, end: int) -> int:
    """The last place at or before `end` that does not part a letter from its accents or an emoji from its joiner."""
    place = end
    while place > start + 1 and (
        unicodedata.category(text[place])[0] == "M" or text[place] == "\u200d" or text[place - 1] == "\u200d"
    ):
        place -= 1
    return place if place > start + 1 else end


def line_range(found: Iterable[Line], document: Document, clause_id: str, start: int, end: int) -> tuple[int, int]:
    """(first, last) line of the words [start, end) of a clause; an empty range is the line of the place between words.

    >>> from consult.text.clauses import Clause, Kind
    >>> motion = Document((Clause("c1", Kind.RESOLVES, "To pay every worker the real living wage."),))
    >>> line_range(lines(motion, 20), motion, "c1", 2, 5)
    (1, 2)
    """
    own = [line for line in found if line.clause == clause_id]
    places = tokens.spans(document.clause(clause_id).text)
    if not own or not 0 <= start <= end <= len(places):
        raise Invalid(f"Clause {clause_id} has no words {start} to {end} in these lines.")
    if start == end:  # the place is on the line of the word before it
        start, end = (start - 1, start) if start else (0, 1)
    return _line_at(own, places[start][0]), _line_at(own, places[end - 1][1] - 1)


def _line_at(own: Sequence[Line], character: int) -> int:
    return next((line.number for line in own if character < line.end), own[-1].number)


def clause_at(found: Iterable[Line], number: int) -> str:
    """The id of the clause on a line, or a refusal that names the last line."""
    last = 0
    for line in found:
        if line.number == number:
            return line.clause
        last = line.number
    raise Invalid(f"There is no line {number}; the text ends at line {last}.")


def to_json(found: Sequence[Line]) -> str:
    """The stored list as canonical JSON."""
    return canonical([line.to_data() for line in found]).decode()


def from_json(text: str | bytes) -> tuple[Line, ...]:
    """The list of a stored JSON text."""
    data = parsed(text, "The list of lines")
    if not isinstance(data, list):
        raise Invalid("The list of lines must be a list.")
    return tuple(Line.from_data(line) for line in data)
