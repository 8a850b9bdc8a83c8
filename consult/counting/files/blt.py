"""BLT: the ballot file of Hill, Wichmann and Woodall's Algorithm 123 (1987), with the extensions that OpenSTV added.

The first line gives the candidates and the seats, optional negative numbers the withdrawn, then the papers: a weight,
the candidates' numbers in order, and 0. A 0 where a weight would stand ends the papers; the names and the title follow.
Several papers may share a line, as in the first description, where line ends mean nothing; but no paper runs over the
end of its line, so that a missing 0 is seen. The title may be left out.
`2=3` is an equal rank, `-` a skipped one, `(id)` before the weight names the paper, `#` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

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
#: The same on a line of papers, where an id in parentheses is one word.
_WORD = re.compile(r"\([^)]*\)|\S+")
#: A line that is a paper where a name is wanted.
_PAPER = re.compile(r"(?:\([^)]*\)\s*)?[0-9]+(?:\s+[-0-9=]+)*\s+0$")


def read(data: bytes) -> ElectionFile:
    """An election from BLT bytes, in UTF-8, or in Windows-1252 as older programs wrote. Raises `FileError`.

    >>> file = read(b'2 1\\n3 1 2 0\\n0\\n"Ann"\\n"Bob"\\n"Chair"\\n')
    >>> file.names, file.seats, file.papers, file.title
    (('Ann', 'Bob'), 1, {b'\\x00\\x01': 3}, 'Chair')
    """
    text, encoding = decode(data, fallback="cp1252")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    row, candidates, seats, shared = _header(lines)
    row, withdrawn = _withdrawn(lines, row, candidates, shared)
    row, tally = _papers(lines, row, candidates)
    names, title = _names(lines, row, candidates)
    notes = [] if encoding != "cp1252" else ["The names are not UTF-8; they were read as Windows-1252."]
    if title is None:
        notes.append(f"The file has no title: {quoted(names[-1])}, at its end, is the name of candidate {candidates}.")
    return ElectionFile(
        format="blt", title=title or "", seats=seats, names=names, papers=tally.papers, withdrawn=withdrawn,
        notes=tuple(notes),
    )  # fmt: skip


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


def _read_off(lines: list[str], row: int, last: tuple[int, str]) -> None:
    """Takes what was read, down to the word `last`, off its line; the columns of the rest stay."""
    end = last[0] - 1 + len(last[1])
    lines[row] = " " * end + lines[row][end:]


def _header(lines: list[str]) -> tuple[int, int, int, bool]:
    """The row to go on with, the candidates, the seats, and whether anything else stands on their line."""
    what = "two whole numbers, the candidates and the seats"
    row, words = _significant(lines, 0, what)
    for column, word in words[:2]:
        positive(word, row + 1, column, what + ", each at least 1")
    if len(words) < 2:
        raise FileError(row + 1, len(lines[row]) + 1, what, "one only")
    rest = [word for _, word in words[2:]]
    if rest and not (rest[0].startswith("-") or ("0" in rest and len(rest) > 1)):
        raise FileError(row + 1, words[2][0], what, quoted(rest[0]))
    candidates, seats = int(words[0][1]), int(words[1][1])
    if candidates > MAX_CANDIDATES:
        raise FileError(row + 1, words[0][0], f"at most {MAX_CANDIDATES} candidates", quoted(words[0][1]))
    _read_off(lines, row, words[1])
    return row, candidates, seats, bool(rest)


def _withdrawn(lines: list[str], row: int, candidates: int, shared: bool) -> tuple[int, tuple[int, ...]]:
    """Negative numbers before the first paper: candidates who withdrew before the count.

    Papers may follow them on the line of the header, where a whole file is one line, and on no other.
    """
    gone: list[int] = []
    while True:
        row, words = _significant(lines, row, "a paper, or 0 to end the papers")
        if not words[0][1].startswith("-"):
            return row, tuple(sorted(gone))
        if shared:
            shared, words = False, list(takewhile(lambda pair: pair[1].startswith("-"), words))
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
        _read_off(lines, row, words[-1])


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
        end = _several(line, row, candidates, tally)
        if end is not None:
            lines[row - 1] = " " * end + line[end:]
            return row - 1, tally
    raise _at_end(lines, "0 on a line of its own to end the papers")


def _several(line: str, row: int, candidates: int, tally: Tally) -> int | None:
    """The papers on one line, checked word by word; the offset after the 0 that ends all papers, where it is here."""
    line = line.partition("#")[0]
    words = _WORD.finditer(line)
    for word in words:
        if word.group() == "0" and line[word.end() :].lstrip()[:1] in ("", '"'):
            return word.end()
        if word.group().startswith("("):
            word = _after_id(word, words, line, row)
        if word.group().startswith('"'):
            raise FileError(row, word.start() + 1, "0 to end the papers before the names", quoted(word.group()))
        what = "the weight of the paper, a whole number of at least 1"
        weight = positive(word.group(), row, word.start() + 1, what)
        tally.add(_ranking(words, line, row, candidates, word.group()), weight)
    return None


def _after_id(name: re.Match[str], words: Iterator[re.Match[str]], line: str, row: int) -> re.Match[str]:
    """The weight behind a paper's id."""
    if not name.group().endswith(")") or len(name.group()) < 3:
        raise FileError(row, name.start() + 1, "a paper's id in parentheses", quoted(line[name.start() :]))
    word = next(words, None)
    if word is None:
        raise FileError(row, len(line) + 1, "the weight of the paper after its id", "nothing")
    return word


def _ranking(words: Iterator[re.Match[str]], line: str, row: int, candidates: int, last: str) -> Ranking:
    """The places up to the 0 that ends a paper."""
    seen: set[int] = set()
    levels: list[Level] = []
    for word in words:
        last = word.group()
        if last == "0":
            return tuple(levels)
        levels.append(_level(last, row, word.start() + 1, candidates, seen))
    raise FileError(row, len(line.rstrip()) + 1, "0 to end the paper", f"the end of the line after {quoted(last)}")


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


def _names(lines: list[str], row: int, candidates: int) -> tuple[tuple[str, ...], str | None]:
    """The candidates' names and the title (None where there is none), in quotation marks or alone on a line."""
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
    return tuple(names), title


def _strings(lines: list[str], row: int) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of each string from `row` on; a quotation mark inside one is doubled."""
    for at, line in enumerate(lines[row:], row + 1):
        offset = len(line) - len(line.lstrip())
        if line[offset : offset + 1] != '"':
            bare = line.partition("#")[0].strip()
            if '"' in bare:
                raise FileError(at, line.index('"') + 1, "a name wholly inside quotation marks", quoted(line.strip()))
            if _PAPER.match(bare):
                raise FileError(at, offset + 1, "a name: the 0 above ended the papers", quoted(bare))
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
