"""ABIF, the Aggregated Ballot Information Format (electowiki.org/wiki/ABIF): `355:Kiss>Montroll`.

`>` separates places, `=` and `,` join equals; where every candidate on a line separated by commas has a score
(`Ann/5,Bob/2`) the scores are the order. `=code:[Full name]` declares a candidate, `{key: value}` says something of the
election, `#` begins a comment. A name stands bare (with %XX for what a bare name cannot hold), in [square brackets]
or in "quotation marks". Where any candidate is declared an unknown one is an error, not a newcomer, unless it stands in
brackets: that is a full name, and a note tells of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from consult.counting.files.election import ElectionFile, Level, Ranking, Tally, plain_rankings
from consult.counting.files.problems import MAX_CANDIDATES, FileError, clean_name, decode, positive, quoted

_META_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s:"'{}]+))\s*:""")
_PERCENT = re.compile(r"%(?:[0-9A-Fa-f]{2})")
_SCORE = re.compile(r"/\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_BARE = re.compile(r"[^\s:;\[\]\"'{}<>=,/*#][^\s:;\[\]\"{}<>=,/*#]*")
_COUNT = re.compile(r"\s*([0-9]+)\s*[:*]\s*")
_PLAIN = re.compile(r"([0-9]{1,17}):([A-Za-z0-9_.>-]+)\Z")


@dataclass
class _Reading:
    """What has been read so far: candidates by code and by name, metadata, and vote lines kept for the end."""

    #: Full names in order of declaration; where nothing is declared, in order of first appearance.
    names: list[str] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    declared: bool = False
    about: dict[str, tuple[Any, int, int]] = field(default_factory=dict)
    votes: list[tuple[int, str]] = field(default_factory=list)
    #: Full names on papers that nobody declared, where others are declared.
    newcomers: list[str] = field(default_factory=list)


def read(data: bytes) -> ElectionFile:
    """An election from ABIF bytes in UTF-8. Raises `FileError`.

    >>> file = read(b"=A:[Ann Archer]\\n=B:[Bob]\\n3:A>B\\n2:B=A\\n")
    >>> file.names, file.papers
    (('Ann Archer', 'Bob'), {b'\\x00\\x01': 3, ((0, 1),): 2})
    """
    text, _ = decode(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reading = _Reading()
    for row, line in enumerate(lines, 1):
        first = line.lstrip()[:1]
        if not first or first == "#":
            continue
        if first == "{":
            _metadata(reading, line, row)
        elif first == "=":
            _declare(reading, line, row)
        elif first.isdigit():
            reading.votes.append((row, line))
        elif not re.fullmatch(r"ABIF(\s+[0-9.]+)?\s*", line.strip()):
            column = len(line) - len(line.lstrip()) + 1
            what = "a group of papers (“12:A>B”), a candidate (“=A:[Name]”), metadata (“{key: value}”) or a comment"
            raise FileError(row, column, what, quoted(line.strip()))
    if not reading.votes and not reading.declared:
        raise FileError(len(lines), 1, "at least one group of papers or one candidate", "neither")
    return _finish(reading)


def _metadata(reading: _Reading, line: str, row: int) -> None:
    column = line.index("{") + 1
    match = _META_KEY.match(line, column)
    close = line.rfind("}")
    if not match or close < match.end():
        raise FileError(row, column, "metadata on one line, {key: value}", quoted(line.strip()))
    _nothing_more(line, close + 1, row)
    key = next(group for group in match.groups() if group is not None).strip().lower()
    raw = line[match.end() : close].strip()
    try:
        value: Any = json.loads(raw)
    except (ValueError, RecursionError):
        value = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] == "'" else raw
    reading.about[key] = (value, row, column)


def _declare(reading: _Reading, line: str, row: int) -> None:
    """`=code:[Full name]`: the code stands on vote lines for the name."""
    start = line.index("=") + 1
    code, column, end = _name(line, start, row)
    rest = line[end:].lstrip()
    if not rest.startswith(":"):
        raise FileError(
            row, end + 1, "a colon after the candidate's code", quoted(rest) if rest else "the end of the line"
        )
    at = line.index(":", end) + 1
    name, name_column, end = _name(line, at, row, bare_to_end=True)
    _nothing_more(line, end, row)
    if code in reading.index:
        raise FileError(row, column, "each candidate's code once", f"{quoted(code)} again")
    if len(reading.names) >= MAX_CANDIDATES:
        raise FileError(row, column, f"at most {MAX_CANDIDATES} candidates", quoted(code))
    reading.declared = True
    reading.index[code] = len(reading.names)
    reading.names.append(clean_name(name, row, name_column))


def _name(line: str, start: int, row: int, bare_to_end: bool = False) -> tuple[str, int, int]:
    """A name from `start`: its text, its column, and the offset after it."""
    offset = start
    while offset < len(line) and line[offset].isspace():
        offset += 1
    opening = line[offset : offset + 1]
    if opening in ("[", '"'):
        closing = "]" if opening == "[" else '"'
        end = line.find(closing, offset + 1)
        if end < 0:
            raise FileError(row, len(line) + 1, f"“{closing}” to close the name", "the end of the line")
        return _unquoted(line[offset + 1 : end], row, offset + 2), offset + 1, end + 1
    if bare_to_end:
        bare = line[offset:].partition("#")[0].rstrip()
    else:
        match = _BARE.match(line, offset)
        bare = match.group() if match else ""
    if not bare:
        found = quoted(line[offset:]) if offset < len(line) else "the end of the line"
        raise FileError(row, offset + 1, "a candidate", found)
    return _unquoted(bare, row, offset + 1), offset + 1, offset + len(bare)


def _unquoted(raw: str, row: int, column: int) -> str:
    """The name with each %XX replaced by the byte it stands for; a % that begins no such pair is itself."""
    name = raw
    if "%" in raw and _PERCENT.search(raw):
        try:
            name = unquote(raw, errors="strict")
        except UnicodeDecodeError:
            raise FileError(row, column, "%XX pairs that spell UTF-8", quoted(raw)) from None
    return clean_name(name, row, column)


def _nothing_more(line: str, offset: int, row: int) -> None:
    rest = line[offset:].lstrip()
    if rest and not rest.startswith("#"):
        raise FileError(row, len(line) - len(rest) + 1, "the end of the line or a comment", quoted(rest))


def _finish(reading: _Reading) -> ElectionFile:
    """The vote lines, now that every declaration has been seen (ABIF leaves the order of lines free)."""
    if reading.declared:
        by_name: dict[str, int] = {}
        for index, name in enumerate(reading.names):
            by_name[name] = -1 if name in by_name else index
        for name, index in by_name.items():
            if index >= 0:
                reading.index.setdefault(name, index)
    parsed = [_papers(reading, line, row) for row, line in reading.votes]
    tally = Tally(len(reading.names))
    for ranking, weight in parsed:
        tally.add(ranking, weight)
    return ElectionFile(
        format="abif",
        title=str(reading.about.get("title", ("", 0, 0))[0]).strip(),
        seats=_seats(reading),
        names=tuple(reading.names),
        papers=tally.papers,
        withdrawn=_withdrawn(reading),
        notes=tuple(f"{quoted(name)} stands on papers and is not declared." for name in reading.newcomers),
    )


def _seats(reading: _Reading) -> int | None:
    for key in ("seats", "num_winners"):
        if key in reading.about:
            value, row, column = reading.about[key]
            return positive(str(value), row, column, "a whole number of seats, at least 1")
    return None


def _withdrawn(reading: _Reading) -> tuple[int, ...]:
    """`{withdrawn: ["code", …]}`: candidates who withdrew before the count."""
    if "withdrawn" not in reading.about:
        return ()
    value, row, column = reading.about["withdrawn"]
    codes = value if isinstance(value, list) else [value]
    gone = set()
    for code in codes:
        if not isinstance(code, str) or code not in reading.index:
            raise FileError(row, column, "the codes of declared candidates", quoted(str(code)))
        gone.add(reading.index[code])
    return tuple(sorted(gone))


def _papers(reading: _Reading, line: str, row: int) -> tuple[Ranking, int]:
    """One vote line: how many papers and the ranking on each."""
    plain = _PLAIN.match(line)
    if plain and reading.declared:
        found = [reading.index.get(code, -1) for code in plain.group(2).split(">")]
        if -1 not in found and len(set(found)) == len(found) and plain.group(1).strip("0"):
            return tuple(found), int(plain.group(1))
    match = _COUNT.match(line)
    if not match:
        digits = re.match(r"\s*[0-9]+", line)
        column = digits.end() + 1 if digits else 1
        raise FileError(row, column, "“:” or “*” after the number of papers", quoted(line.strip()))
    weight = positive(match.group(1), row, match.start(1) + 1, "the number of papers, at least 1")
    return _ranking(reading, line, match.end(), row), weight


def _ranking(reading: _Reading, line: str, offset: int, row: int) -> Ranking:
    """The candidates from `offset` on, in places: separated by `>`, or ordered by their scores."""
    marks: list[tuple[int, str, str | None, int]] = []
    separator = ""
    seen: set[int] = set()
    if not line[offset:].partition("#")[0].strip():
        return ()
    while True:
        name, column, offset = _name(line, offset, row)
        index = _known(reading, name, row, column, line[column - 1] == "[")
        if index in seen:
            raise FileError(row, column, "each candidate at most once on a paper", f"{quoted(name)} again")
        seen.add(index)
        while offset < len(line) and line[offset].isspace():
            offset += 1
        score = _SCORE.match(line, offset)
        if line[offset : offset + 1] == "/" and not score:
            raise FileError(
                row, offset + 2, "a score after “/”", quoted(line[offset + 1 :]) if line[offset + 1 :] else "nothing"
            )
        marks.append((index, separator, score.group(1) if score else None, column))
        offset = score.end() if score else offset
        while offset < len(line) and line[offset].isspace():
            offset += 1
        separator = line[offset : offset + 1]
        if separator in ("", "#"):
            return _placed(marks, row)
        if separator not in (">", "=", ","):
            raise FileError(row, offset + 1, "“>”, “=”, “,” or the end of the line", quoted(line[offset:]))
        offset += 1


def _known(reading: _Reading, name: str, row: int, column: int, in_brackets: bool) -> int:
    index = reading.index.get(name)
    if index is None and reading.declared:
        reading.newcomers += [name] if in_brackets else []
    if index is None and reading.declared and not in_brackets:
        raise FileError(row, column, "a declared candidate", quoted(name))
    if index is None:
        if len(reading.names) >= MAX_CANDIDATES:
            raise FileError(row, column, f"at most {MAX_CANDIDATES} candidates", quoted(name))
        index = reading.index[name] = len(reading.names)
        reading.names.append(name)
    return index


def _placed(marks: list[tuple[int, str, str | None, int]], row: int) -> Ranking:
    """Marks as a ranking. Scores must agree with the order written; between commas alone they are the order."""
    scores = [_exact(score) for _, _, score, _ in marks if score is not None]
    if scores and len(scores) < len(marks):
        bare = next(mark for mark in marks if mark[2] is None)
        raise FileError(row, bare[3], "a score for every candidate on the line or for none", "a candidate without one")
    if scores and len(marks) > 1 and all(separator == "," for _, separator, _, _ in marks[1:]):
        return _by_score([index for index, *_ in marks], scores)
    levels: list[list[int]] = []
    for place, (index, separator, _, column) in enumerate(marks):
        if scores and place:
            falls, equal = scores[place] < scores[place - 1], scores[place] == scores[place - 1]
            if not equal and not (separator == ">" and falls):
                raise FileError(row, column, "scores that agree with the order written", f"{marks[place][2]} here")
        if separator in ("=", ",") and levels:
            levels[-1].append(index)
        else:
            levels.append([index])
    return tuple(_level(level) for level in levels)


def _exact(score: str) -> tuple[int, str]:
    """A decimal score that compares exactly: its whole part, and its decimals without the zeros at the end."""
    whole_part, _, decimals = score.partition(".")
    return int(whole_part), decimals.rstrip("0")


def _by_score(indexes: list[int], scores: list[tuple[int, str]]) -> Ranking:
    places: dict[tuple[int, str], list[int]] = {}
    for index, score in zip(indexes, scores, strict=True):
        places.setdefault(score, []).append(index)
    return tuple(_level(places[score]) for score in sorted(places, reverse=True))


def _level(indexes: list[int]) -> Level:
    return indexes[0] if len(indexes) == 1 else tuple(sorted(indexes))


def write(file: ElectionFile) -> bytes:
    """ABIF bytes of an election: codes c1, c2 … in candidate order, every candidate declared."""
    lines = ['{version: "0.1"}']
    if file.title:
        lines.append("{title: " + json.dumps(file.title, ensure_ascii=False) + "}")
    if file.seats is not None:
        lines.append("{seats: " + str(file.seats) + "}")
    if file.withdrawn:
        lines.append("{withdrawn: " + json.dumps([f"c{index + 1}" for index in file.withdrawn]) + "}")
    for index, name in enumerate(file.names, 1):
        lines.append(f"=c{index}:[{_escaped(name)}]")
    for ranking, weight in plain_rankings(file, "ABIF"):
        lines.append(f"{weight}:" + ">".join(_written(level) for level in ranking if level != ()))
    return ("\n".join(lines) + "\n").encode()


def _escaped(name: str) -> str:
    """A name as it may stand in square brackets."""
    return name.replace("%", "%25").replace("[", "%5B").replace("]", "%5D")


def _written(level: Level) -> str:
    return "=".join(f"c{index + 1}" for index in ((level,) if isinstance(level, int) else level))
