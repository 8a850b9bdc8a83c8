"""CSV elections: one column per rank holding names, one column per candidate holding ranks, or one column of choices.

The header decides, and nothing else does: `Rank 1`, `2nd choice`, `Preference 3` (or bare 1, 2, 3) are ranks; `choice`
or `vote` is a single mark; every other column is a candidate, unless it is the papers' `weight` (or count, papers,
ballots), `id` or `unit`. `candidate: NAME` and `withdrawn: NAME` name a candidate whatever the name looks like,
`verdict: NAME` holds for, against or abstain. A header that could mean two things is refused. An empty cell is a place,
or a candidate, left out; equal numbers are equal ranks. What scanners write where a cell names nobody is read as the
counters read such papers (see `contest`): "undervote" as a place left out, "overvote" as an equal place at which the
ranking ends; a candidate named a second time is ignored the second time. How many papers that touched is a note.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import itemgetter
from typing import TypeVar

from consult.counting.contest import Ranking, as_paper
from consult.counting.files.election import ElectionFile, Tally
from consult.counting.files.header import VERDICT, Columns, columns, heading
from consult.counting.files.marks import NOBODY, Odd, levels, nobody_named
from consult.counting.files.problems import MAX_CANDIDATES, FileError, clean_name, decode, position, positive, quoted
from consult.domain.errors import Invalid

_T = TypeVar("_T")
MARKS = {"x", "X", "✓", "✔"}
VERDICTS = {"for": "+", "+": "+", "against": "-", "-": "-", "abstain": "0", "0": "0", "": "0"}
#: Where the choices are these, all of them stand, chosen by anybody or not.
MOTIONS = (("For", "Against", "Abstain"), ("Yes", "No", "Abstain"))


def read(data: bytes, form: str | None = None) -> ElectionFile:
    """An election from CSV bytes: UTF-8, UTF-16 with a mark, or Windows-1252. Raises `FileError`.

    `form` settles a header that could mean two things: "csv-ranks", "csv-candidates" or "csv-choice".

    >>> read(b"Rank 1,Rank 2,weight\\nAnn,Bob,3\\nBob,,1\\n").papers
    {b'\\x00\\x01': 3, b'\\x01': 1}
    >>> read(b"Ann;Bob;Cid\\n1;2;\\n1;1;2\\n").papers
    {b'\\x00\\x01': 1, ((0, 1), 2): 1}
    """
    text, encoding = decode(data, fallback="cp1252")
    sheet = _Sheet(text.replace("\r\n", "\n").replace("\r", "\n"))
    found = columns(sheet.header(), form, sheet.error)
    file = _by_rank(sheet, found) if found.ranks else _by_candidate(sheet, found)
    notes = ["The file is not UTF-8; it was read as Windows-1252."] if encoding == "cp1252" else []
    if found.unused:
        notes.append(f"Columns that were not used: {', '.join(quoted(name) for name in found.unused)}.")
    return replace(file, notes=(*notes, *file.notes))


class _Sheet:
    """The rows of a CSV text, and where in the text a cell stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.delimiter = _delimiter(text)
        self.reader = csv.reader(io.StringIO(text), delimiter=self.delimiter, strict=True)
        #: Lines that end before the row just read.
        self.before = 0

    def header(self) -> list[str]:
        """The first row that holds anything."""
        for row in self._rows():
            if any(cell.strip() for cell in row):
                return row
        raise FileError(1, 1, "a header row naming the columns", "an empty file")

    def papers(self, width: int) -> Iterator[list[str]]:
        """Every row below the header; each must be as wide as the header, and empty lines stand at the end only."""
        empty = 0
        for row in self._rows():
            if not row:
                empty = empty or self.reader.line_num
                continue
            if empty and width == 1:
                raise FileError(empty, 1, 'a paper (a blank one is written "")', "an empty line")
            if len(row) != width:
                expected = f"{width} cells as in the header (separated by {_SPOKEN[self.delimiter]})"
                raise self.error(min(len(row), width + 1) - 1, expected, f"{len(row)}")
            yield row

    def _rows(self) -> Iterator[list[str]]:
        while True:
            self.before = self.reader.line_num
            try:
                row = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                line = max(self.reader.line_num, 1)
                raise FileError(line, 1, "cells quoted and separated as CSV", f"a row that is not ({error})") from None
            yield row

    def error(self, cell: int, expected: str, found: str) -> FileError:
        """The error for a cell (from 0) of the row just read, by its line and character."""
        offset = 0
        for _ in range(self.before):
            offset = self.text.find("\n", offset) + 1
        inside = False
        while cell > 0 and offset < len(self.text):
            if self.text[offset] == '"':
                inside = not inside
            elif self.text[offset] == self.delimiter and not inside:
                cell -= 1
            offset += 1
        return FileError(*position(self.text, offset), expected, found)


_SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs"}


def _delimiter(text: str) -> str:
    """What separates the header's cells: comma, semicolon or tab outside quotation marks. One column needs none."""
    found = ""
    inside = False
    start = len(text) - len(text.lstrip("\n"))
    for offset in range(start, len(text)):
        character = text[offset]
        if character == '"':
            inside = not inside
        elif inside:
            continue
        elif character == "\n":
            break
        elif character in _SPOKEN:
            if found and character != found:
                expected = (
                    f"only {_SPOKEN[found]} between the header's cells (quote a name that holds another separator)"
                )
                raise FileError(*position(text, offset), expected, quoted(character))
            found = character
    return found or ","


def _weight(sheet: _Sheet, row: list[str], at: int | None) -> int:
    cell = "1" if at is None else row[at].strip()
    if at is None or (cell.isascii() and cell.isdigit() and len(cell) < 18 and cell.strip("0")):
        return int(cell)
    return _placed(sheet, at, lambda: positive(cell, 1, 1, "a weight, a whole number of at least 1"))


def _placed(sheet: _Sheet, at: int, check: Callable[[], _T]) -> _T:
    """What `check` makes of a cell; the place of an error is walked to only when there is one."""
    try:
        return check()
    except FileError as error:
        raise sheet.error(at, error.expected, error.found) from None


def _cells(at: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """What picks these cells out of a row, in one call."""
    if len(at) == 1:
        return lambda row: (row[at[0]],)
    picked: Callable[[list[str]], tuple[str, ...]] = itemgetter(*at)
    return picked


def _by_rank(sheet: _Sheet, found: Columns) -> ElectionFile:
    """One column per rank: the candidates are whoever is named, in order of first appearance."""
    names = _Names(sheet, found.choice)
    cells, known = _cells(found.ranks), names.known.__getitem__
    grouped: dict[tuple[tuple[int, ...], str], int] = {}
    for row in sheet.papers(found.width):
        try:
            ranking = tuple(map(known, cells(row)))
        except KeyError:
            ranking = tuple([names.index(row[at], at) for at in found.ranks])
        key = (ranking, row[found.unit].strip() if found.unit is not None else "")
        grouped[key] = grouped.get(key, 0) + (1 if found.weight is None else _weight(sheet, row, found.weight))
    if not names.names:
        raise FileError(sheet.reader.line_num + 1, 1, "at least one paper that names a candidate", "none")
    standing, order = names.names, list(range(len(names.names)))
    if found.choice:
        standing, order = _motion(standing)
    tally = Tally(len(standing))
    odd = Odd()
    for (ranking, unit), weight in grouped.items():
        once = odd.once(ranking, weight)
        tally.add(levels([order[index] if index >= 0 else index for index in once], len(standing)), weight, unit=unit)
    return ElectionFile(format="csv", names=tuple(standing), papers=tally.papers, notes=odd.notes)


class _Names:
    """Candidates met in the cells, each once; the same name in other letters or spaces is refused, not guessed at.

    Only the sides of a motion, in a column of choices, may be written in any letters.
    """

    def __init__(self, sheet: _Sheet, choice: bool) -> None:
        self.sheet = sheet
        self.sides = {word.casefold() for words in MOTIONS for word in words} if choice else set()
        self.names: list[str] = []
        self.known: dict[str, int] = {"": NOBODY}
        self.folded: dict[str, str] = {}

    def index(self, cell: str, at: int) -> int:
        """The candidate's index, -1 for nobody, -2 for an overvote; the cell as it is written is known from then on."""
        name = cell.strip()
        if cell not in self.known:
            self.known[cell] = self.known[name] if name in self.known else self._newcomer(name, at)
        return self.known[cell]

    def _newcomer(self, name: str, at: int) -> int:
        nobody = nobody_named(name)
        if nobody is not None:
            return nobody
        _placed(self.sheet, at, lambda: clean_name(name, 1, 1))
        if len(self.names) >= MAX_CANDIDATES:
            raise self.sheet.error(at, f"at most {MAX_CANDIDATES} candidates", quoted(name))
        folded = " ".join(name.split()).casefold()
        before = self.folded.setdefault(folded, name)
        if before != name and folded in self.sides:
            self.known[name] = self.known[before]
            return self.known[name]
        if before != name:
            raise self.sheet.error(at, f"{quoted(before)}, written as before", quoted(name))
        self.known[name] = len(self.names)
        self.names.append(name)
        return self.known[name]


def _motion(names: list[str]) -> tuple[list[str], list[int]]:
    """For a motion all of For, Against and Abstain stand, whoever was chosen first."""
    for words in MOTIONS:
        folded = [word.casefold() for word in words]
        if all(name.casefold() in folded for name in names):
            return list(words), [folded.index(name.casefold()) for name in names]
    return names, list(range(len(names)))


def _by_candidate(sheet: _Sheet, found: Columns) -> ElectionFile:
    """One column per candidate: each cell is the rank given, a mark, or empty."""
    names = tuple(_named(sheet, at, name) for at, name in zip(found.candidates, found.names, strict=True))
    ranks = {str(rank): rank for rank in range(1, len(names) + 1)} | {"": 0}
    cells, rank_of = _cells(found.candidates), ranks.__getitem__
    tally = Tally(len(names))
    for row in sheet.papers(found.width):
        try:
            given = tuple(map(rank_of, cells(row)))
        except KeyError:
            given = _careful(sheet, found, row, ranks)
        verdicts = "".join([_verdict(sheet, row, at) for at in found.verdicts])
        unit = row[found.unit].strip() if found.unit is not None else ""
        tally.add(_ranking(given), 1 if found.weight is None else _weight(sheet, row, found.weight), verdicts, unit)
    return ElectionFile(format="csv", names=names, papers=tally.papers, withdrawn=tuple(sorted(found.withdrawn)))


def _named(sheet: _Sheet, at: int, name: str) -> str:
    return _placed(sheet, at, lambda: clean_name(name, 1, 1))


def _careful(sheet: _Sheet, found: Columns, row: list[str], ranks: dict[str, int]) -> tuple[int, ...]:
    """The rank in each candidate's cell, 0 for an empty one; marks are all first. A paper holds ranks or marks."""
    filled = [(at, row[at].strip()) for at in found.candidates if row[at].strip()]
    marked = filled[0][1] in MARKS if filled else False
    for at, cell in filled:
        if cell.removesuffix(".0") not in (MARKS if marked else ranks):
            expected = (
                f"a rank from 1 to {len(found.candidates)}, an empty cell, or “x” in every marked cell of the row"
            )
            raise sheet.error(at, expected, quoted(cell))
    if marked:
        return tuple(int(bool(row[at].strip())) for at in found.candidates)
    return tuple(ranks[row[at].strip().removesuffix(".0")] for at in found.candidates)


def _ranking(given: tuple[int, ...]) -> Ranking:
    """The candidates in order of their ranks; equal ranks are a level, a rank that nobody got is a skipped place."""
    size = len(given)
    order = sorted(range(size), key=given.__getitem__)[given.count(0) :]
    if [given[index] for index in order] == list(range(1, len(order) + 1)):
        return tuple(order)
    levels: list[list[int]] = [[] for _ in range(max(given, default=0))]
    for index in order:
        levels[given[index] - 1].append(index)
    return tuple(level[0] if len(level) == 1 else tuple(level) for level in levels)


def _verdict(sheet: _Sheet, row: list[str], at: int) -> str:
    verdict = VERDICTS.get(row[at].strip().casefold())
    if verdict is None:
        raise sheet.error(at, "for, against, abstain or an empty cell", quoted(row[at]))
    return verdict


def write(file: ElectionFile) -> bytes:
    """CSV bytes, one column per candidate, with weights, units and verdicts; CSV has no place for a title or seats."""
    papers = [(as_paper(key), weight) for key, weight in file.papers.items()]
    units = any(paper.unit for paper, _ in papers)
    verdicts = any(paper.verdicts for paper, _ in papers)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header = ["weight", *(["unit"] if units else [])]
    header += [heading(name, index in file.withdrawn) for index, name in enumerate(file.names)]
    header += [f"{VERDICT} {name}" for name in file.names] if verdicts else []
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(header)
    for paper, weight in papers:
        ranks = [""] * len(file.names)
        if len(paper.ranking) > len(file.names):
            raise Invalid("CSV cannot hold a paper with more places than candidates; write BLT or JSON.")
        for rank, level in enumerate(paper.ranking, 1):
            for index in (level,) if isinstance(level, int) else level:
                ranks[index] = str(rank)
        row = [str(weight), *([paper.unit] if units else []), *ranks]
        if verdicts:
            given = paper.verdicts or "0" * len(file.names)
            row += [{"+": "for", "-": "against", "0": "abstain"}[verdict] for verdict in given]
        writer.writerow(row)
    return out.getvalue().encode()
