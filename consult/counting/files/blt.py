"""BLT: the ballot file of Hill, Wichmann and Woodall's Algorithm 123 (1987), with the extensions that OpenSTV added.

The first line gives the candidates and the seats, an optional line of negative numbers the withdrawn, then one line a
paper: a weight, the candidates' numbers in order, and 0. A line of 0 alone ends the papers; the names and the title
follow. A paper stands on one line, so that a missing 0 is seen.
`2=3` is an equal rank, `-` a skipped one, `(id)` before the weight names the paper, `#` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from consult.counting.files.election import ElectionFile, Level, Ranking, Tally, plain_rankings
from consult.counting.files.problems import (
    MAX_CANDIDATES,
    FileError,
    clean_name,
    decode,
    positive,
    quoted,
    whole,
)

_TOKEN = re.compile(r"\S+")


def read(data: bytes) -> ElectionFile:
    """An election from BLT bytes, in UTF-8, or in Windows-1252 as older programs wrote. Raises `FileError`.

    >>> file = read(b'2 1\\n3 1 2 0\\n0\\n"Ann"\\n"Bob"\\n"Chair"\\n')
    >>> file.names, file.seats, file.papers, file.title
    (('Ann', 'Bob'), 1, {b'\\x00\\x01': 3}, 'Chair')
    """
    text, encoding = decode(data, fallback="cp1252")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    row, candidates, seats = _header(lines)
    row, withdrawn = _withdrawn(lines, row, candidates)
    row, tally = _papers(lines, row, candidates)
    names, title = _names(lines, row, candidates)
    notes = () if encoding != "cp1252" else ("The names are not UTF-8; they were read as Windows-1252.",)
    return ElectionFile(
        format="blt", title=title, seats=seats, names=names, papers=tally.papers, withdrawn=withdrawn, notes=notes
    )


def _tokens(line: str) -> list[tuple[int, str]]:
    """The words of a line before any comment, each with its column."""
    return [(match.start() + 1, match.group()) for match in _TOKEN.finditer(line.partition("#")[0])]


def _significant(lines: list[str], row: int, expected: str) -> tuple[int, list[tuple[int, str]]]:
    """The next row that says anything, and its words."""
    while row < len(lines):
        words = _tokens(lines[row])
        if words:
            return row, words
        row += 1
    raise _at_end(lines, expected)


def _at_end(lines: list[str], expected: str) -> FileError:
    row = len(lines) - 1
    while row > 0 and not lines[row].strip():
        row -= 1
    return FileError(row + 1, len(lines[row]) + 1, expected, "the end of the file")


def _header(lines: list[str]) -> tuple[int, int, int]:
    what = "two whole numbers, the candidates and the seats"
    row, words = _significant(lines, 0, what)
    for column, word in words[:2]:
        positive(word, row + 1, column, what + ", each at least 1")
    if len(words) != 2:
        column, found = (words[2][0], quoted(words[2][1])) if len(words) > 2 else (len(lines[row]) + 1, "one only")
        raise FileError(row + 1, column, what, found)
    candidates = int(words[0][1])
    if candidates > MAX_CANDIDATES:
        raise FileError(row + 1, words[0][0], f"at most {MAX_CANDIDATES} candidates", quoted(words[0][1]))
    return row + 1, candidates, int(words[1][1])


def _withdrawn(lines: list[str], row: int, candidates: int) -> tuple[int, tuple[int, ...]]:
    """Lines of negative numbers before the first paper: candidates who withdrew before the count."""
    gone: list[int] = []
    while True:
        row, words = _significant(lines, row, "a paper, or 0 to end the papers")
        if not words[0][1].startswith("-"):
            return row, tuple(sorted(gone))
        for column, word in words:
            what = f"the number of a withdrawn candidate, -1 to -{candidates}"
            if not word.startswith("-"):
                raise FileError(row + 1, column, what, quoted(word))
            number = positive(word[1:], row + 1, column, what)
            if number > candidates:
                raise FileError(row + 1, column, what, quoted(word))
            if number - 1 in gone:
                raise FileError(row + 1, column, "each withdrawn candidate once", f"{quoted(word)} again")
            gone.append(number - 1)
        row += 1


def _papers(lines: list[str], row: int, candidates: int) -> tuple[int, Tally]:
    """Every paper down to the line of 0; the common line is read without looking at its columns."""
    tally = Tally(candidates)
    index_of = {str(i + 1): i for i in range(candidates)}.__getitem__
    papers = tally.papers
    pack: Callable[[Iterable[int]], bytes | tuple[int, ...]] = bytes if tally.packs else tuple
    while row < len(lines):
        line = lines[row]
        row += 1
        words = line.split()
        if not words:
            continue
        weight = words[0]
        if len(words) > 1 and words[-1] == "0" and line.isascii() and weight.isdigit() and len(weight) < 18:
            try:
                key: bytes | tuple[int, ...] = pack(map(index_of, words[1:-1]))
            except KeyError:
                key = ()
            if key and len(set(key)) == len(key) and weight.strip("0"):
                papers[key] = papers.get(key, 0) + int(weight)
                continue
        columns = _tokens(line)
        if [word for _, word in columns] == ["0"]:
            return row, tally
        if columns:
            tally.add(*_paper(line, row, candidates))
    raise _at_end(lines, "0 on a line of its own to end the papers")


def _paper(line: str, row: int, candidates: int) -> tuple[Ranking, int]:
    """One paper with everything a line may hold, checked word by word."""
    line = line.partition("#")[0]
    start = len(line) - len(line.lstrip())
    if line[start] == "(":
        close = line.find(")", start)
        if close <= start + 1:
            raise FileError(row, start + 1, "a paper's id in parentheses", quoted(line[start:]))
        line = " " * (close + 1) + line[close + 1 :]
    words = _tokens(line)
    if not words:
        raise FileError(row, len(line) + 1, "the weight of the paper after its id", "nothing")
    column, word = words[0]
    weight = positive(word, row, column, "the weight of the paper, a whole number of at least 1")
    if words[-1][1] != "0":
        raise FileError(
            row, len(line.rstrip()) + 1, "0 to end the paper", f"the end of the line after {quoted(words[-1][1])}"
        )
    seen: set[int] = set()
    ranking = tuple(_level(word, row, column, candidates, seen) for column, word in words[1:-1])
    return ranking, weight


def _level(word: str, row: int, column: int, candidates: int, seen: set[int]) -> Level:
    """One place in a ranking: a number, numbers joined by =, or - for a place left out."""
    if word == "-":
        return ()
    level: list[int] = []
    for part in word.split("="):
        what = f"a candidate's number from 1 to {candidates}, “-” for a skipped place, or 0 at the end of the paper"
        number = whole(part, row, column, what)
        if not 1 <= number <= candidates:
            raise FileError(row, column, what, quoted(part))
        if number - 1 in seen:
            raise FileError(row, column, "each candidate at most once on a paper", f"{quoted(part)} again")
        seen.add(number - 1)
        level.append(number - 1)
        column += len(part) + 1
    return level[0] if len(level) == 1 else tuple(sorted(level))


def _names(lines: list[str], row: int, candidates: int) -> tuple[tuple[str, ...], str]:
    """The candidates' names and the title, each in quotation marks or alone on its line."""
    names: list[str] = []
    title: str | None = None
    for at, column, raw in _strings(lines, row):
        if len(names) < candidates:
            names.append(clean_name(raw, at, column, f"the name of candidate {len(names) + 1} of {candidates}"))
        elif title is None:
            title = clean_name(raw, at, column, "the title") if raw.strip() else ""
        else:
            raise FileError(at, column, f"the end of the file after {candidates} names and the title", quoted(raw))
    if len(names) < candidates:
        raise _at_end(lines, f"the name of candidate {len(names) + 1} of {candidates}")
    if title is None:
        raise _at_end(lines, f"the title of the election after {candidates} names")
    return tuple(names), title


def _strings(lines: list[str], row: int) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of each string from `row` on; a quotation mark inside one is doubled."""
    for at, line in enumerate(lines[row:], row + 1):
        offset = len(line) - len(line.lstrip())
        if line[offset : offset + 1] != '"':
            bare = line.partition("#")[0].strip()
            if '"' in bare:
                raise FileError(at, line.index('"') + 1, "a name wholly inside quotation marks", quoted(line.strip()))
            if bare:
                yield at, offset + 1, bare
            continue
        while offset < len(line) and line[offset] == '"':
            end = _closing(line, offset + 1)
            if end < 0:
                raise FileError(at, len(line) + 1, 'a closing quotation mark (")', "the end of the line")
            yield at, offset + 1, line[offset + 1 : end].replace('""', '"')
            rest = line[end + 1 :]
            offset = len(line) - len(rest.lstrip())
            if rest and not rest[0].isspace() and rest[0] != "#":
                raise FileError(at, end + 2, "a space or the end of the line after the quotation mark", quoted(rest))
        if line[offset : offset + 1] not in ("", "#"):
            raise FileError(at, offset + 1, "a quoted name or the end of the line", quoted(line[offset:]))


def _closing(line: str, start: int) -> int:
    """The offset of the quotation mark that closes the string begun before `start`, or -1."""
    end = line.find('"', start)
    while end >= 0 and line[end + 1 : end + 2] == '"':
        end = line.find('"', end + 2)
    return end


def write(file: ElectionFile) -> bytes:
    """BLT bytes of an election; refused where a paper holds what BLT cannot (verdicts, a unit)."""
    lines = [f"{len(file.names)} {file.seats or 1}"]
    if file.withdrawn:
        lines.append(" ".join(f"-{index + 1}" for index in file.withdrawn))
    for ranking, weight in plain_rankings(file, "BLT"):
        lines.append(" ".join([str(weight), *map(_written, ranking), "0"]))
    lines.append("0")
    lines += ['"' + text.replace('"', '""') + '"' for text in (*file.names, file.title)]
    return ("\n".join(lines) + "\n").encode()


def _written(level: Level) -> str:
    if isinstance(level, int):
        return str(level + 1)
    return "=".join(str(index + 1) for index in level) or "-"
