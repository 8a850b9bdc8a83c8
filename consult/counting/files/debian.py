"""The tally sheets of Debian's votes (devotee): one line a ballot, `V: 2-1`, one rank per option, - for unranked.

Options are listed above the ballots as `Option 1---->: Name`. Options left unranked are equal to each other and below
every ranked one (Debian Constitution A.6); ranks may repeat and leave gaps, only their order counts.
"""

from __future__ import annotations

import re

from consult.counting.files.election import ElectionFile, Ranking, Tally
from consult.counting.files.problems import FileError, clean_name, decode, quoted

_OPTION = re.compile(r"[ /|]*Option ([0-9]{1,4})-*>: (.*)")
_BALLOT = re.compile(r"V:\s+([-0-9A-Za-z]+)(?:\s+([0-9a-f]{32,128}))?\s*\Z")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read(data: bytes) -> ElectionFile:
    """An election from a tally sheet, in UTF-8 or (as older ones are) Latin-1. Raises `FileError`.

    >>> sheet = b"Option 1->: Ann\\nOption 2->: Bob\\nOption 3->: Cid\\nV: 2-1\\n"
    >>> read(sheet).papers
    {b'\\x02\\x00': 1}
    """
    text, encoding = decode(data, fallback="latin-1")
    names: list[str] = []
    tally: Tally | None = None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row, line in enumerate(lines, 1):
        if option := _OPTION.match(line):
            if int(option.group(1)) != len(names) + 1 or tally:
                raise FileError(row, option.start(1) + 1, f"option {len(names) + 1}", quoted(option.group(1)))
            names.append(clean_name(option.group(2), row, option.start(2) + 1, "the option's name"))
        elif line.startswith("V:") and names:
            tally = tally or Tally(len(names))
            tally.add(_ranking(line, row, len(names)), 1)
    if tally is None:
        raise FileError(len(lines), 1, "options (“Option 1->: Name”) and ballots (“V: 21”)", "none")
    notes = ("The sheet is not UTF-8; it was read as Latin-1.",) if encoding == "latin-1" else ()
    return ElectionFile(format="debian", names=tuple(names), papers=tally.papers, seats=1, notes=notes)


def _ranking(line: str, row: int, options: int) -> Ranking:
    match = _BALLOT.match(line)
    if not match:
        raise FileError(row, 4, "one rank per option, each a digit, a letter or “-”", quoted(line[2:].strip()))
    marks = match.group(1).upper()
    if len(marks) != options:
        raise FileError(row, match.start(1) + 1, f"{options} ranks, one per option", f"{len(marks)}")
    places: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark != "-":
            rank = _DIGITS.index(mark)
            if rank < 1:
                raise FileError(row, match.start(1) + index + 1, "a rank from 1, or “-”", quoted(mark))
            places.setdefault(rank, []).append(index)
    return tuple(level[0] if len(level) == 1 else tuple(level) for _, level in sorted(places.items()))
