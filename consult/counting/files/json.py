"""JSON elections: the one format that holds everything (groups, reserved places, units, verdicts, the roll, settings).

    {"title": "Committee", "seats": 2, "roll": 40,
     "candidates": ["Ann", {"name": "Bo", "groups": ["women"], "withdrawn": false}],
     "reserves": {"women": {"min": 1, "max": 2}},
     "ballots": [["Ann", "Bo"], {"ranking": [["Ann", "Bo"]], "weight": 3, "unit": "north"}]}

A ranking lists candidates by name (where two share one, "Sam" and "Sam #2" by position); a list inside it is an equal
rank, null a skipped one, [] a blank paper. `verdicts` maps names to "for", "against" or "abstain". `ron` names the
candidate that is re-open nominations, `units` maps a unit to its members on the roll, `settings` are the method's own.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from consult.counting.contest import Candidate, Contest, Level, Ranking, Reserve, as_paper
from consult.counting.files.election import ElectionFile, Tally
from consult.counting.files.problems import (
    MAX_CANDIDATES,
    MAX_NAME,
    MAX_WEIGHT_DIGITS,
    FileError,
    decode,
    position,
    quoted,
)
from consult.domain.errors import Invalid

KEYS = {"title", "seats", "candidates", "ballots", "reserves", "roll", "units", "settings", "ron"}
VERDICTS = {"for": "+", "against": "-", "abstain": "0"}
#: A place in the document: keys and indexes from the top.
Path = tuple[str | int, ...]


class _Twice(ValueError):
    """An object has one key twice."""


def read(data: bytes) -> ElectionFile:
    """An election from JSON bytes in UTF-8. Raises `FileError` with the place of whatever is wrong.

    >>> file = read(b'{"candidates": ["Ann", "Bo"], "ballots": [["Bo", "Ann"], {"ranking": ["Bo"], "weight": 2}]}')
    >>> file.names, file.papers
    (('Ann', 'Bo'), {b'\\x01\\x00': 1, b'\\x01': 2})
    """
    text = decode(data)[0]
    return _Document(text, _load(text)).election()


def _load(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise FileError(error.lineno, error.colno, f"JSON ({error.msg})") from None
    except _Twice as error:
        key = str(error)
        found = [match.start() for match in re.finditer(re.escape(json.dumps(key)) + r"\s{0,9}:", text)]
        raise FileError(
            *position(text, found[-1] if found else 0), "each key of an object once", f"{quoted(key)} again"
        ) from None
    except RecursionError:
        raise FileError(1, 1, "lists and objects nested a few levels deep", "far too many levels") from None
    except ValueError as error:
        raise FileError(1, 1, "numbers of a sensible length", quoted(str(error))) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Twice(key)
            seen.add(key)
    return made


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


class _Document:
    """The loaded document and its text, so that whatever is wrong can be pointed at."""

    def __init__(self, text: str, body: Any) -> None:
        self.text = text
        self.body = body
        self.index: dict[str, int] = {}
        self.names: list[str] = []

    def wrong(self, path: Path, expected: str, found: Any) -> FileError:
        """The error for the value at `path`, whose place is looked up only now."""
        shown = found if isinstance(found, str) and found.startswith(("nothing", "“")) else _shown(found)
        return FileError(*position(self.text, _offset(self.text, path)), expected, shown)

    def election(self) -> ElectionFile:
        body = self.body
        if not isinstance(body, dict):
            raise self.wrong((), "an object with “candidates” and “ballots”", body)
        for key in body:
            if key not in KEYS:
                raise self.wrong((key,), f"one of the keys {', '.join(sorted(KEYS))}", f"“{key}”")
        groups, withdrawn = self.candidates(self.get("candidates", list, "a list of candidates"))
        contest = Contest("", tuple(Candidate(str(i), name) for i, name in enumerate(self.names)))
        self.index = {label: i for i, label in enumerate(contest.labels)}
        ballots = self.get("ballots", list, "a list of papers")
        tally = Tally(len(self.names))
        for at, ballot in enumerate(ballots):
            self.paper(tally, ballot, ("ballots", at))
        return ElectionFile(
            format="json",
            names=tuple(self.names),
            papers=tally.papers,
            title=self.title(),
            seats=self.whole(("seats",), body.get("seats"), 1),
            withdrawn=tuple(withdrawn),
            groups=tuple(groups) if any(groups) else (),
            reserves=self.reserves(body.get("reserves")),
            ron=self.ron(body.get("ron")),
            roll=self.whole(("roll",), body.get("roll"), 0),
            units=self.units(body.get("units")),
            settings=self.settings(body.get("settings")),
        )

    def get(self, key: str, kind: type, expected: str) -> Any:
        if key not in self.body:
            raise self.wrong((), f"an object with “{key}”, {expected}", "nothing of that name")
        if not isinstance(self.body[key], kind):
            raise self.wrong((key,), expected, self.body[key])
        return self.body[key]

    def title(self) -> str:
        title = self.body.get("title")
        return "" if title in (None, "") else self.name(title, ("title",), "the title")

    def name(self, value: Any, path: Path, what: str) -> str:
        """A text that may be shown: not empty, not over long, no control characters."""
        good = isinstance(value, str) and 0 < len(value.strip()) <= MAX_NAME
        if not good or any(
            ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 or c in "\u2028\u2029" for c in value
        ):
            raise self.wrong(path, f"{what}, a text of 1 to {MAX_NAME} characters without control characters", value)
        return str(value.strip())

    def whole(self, path: Path, value: Any, least: int) -> int | None:
        if value is None:
            return None
        if type(value) is not int or value < least or value >= 10**MAX_WEIGHT_DIGITS:
            raise self.wrong(path, f"a whole number of at least {least}", value)
        return value

    def candidates(self, given: list[Any]) -> tuple[list[tuple[str, ...]], list[int]]:
        """Names into `names`; the groups of each, and the indexes of those who withdrew."""
        if not 1 <= len(given) <= MAX_CANDIDATES:
            raise self.wrong(("candidates",), f"from 1 to {MAX_CANDIDATES} candidates", f"“{len(given)}”")
        groups: list[tuple[str, ...]] = []
        withdrawn: list[int] = []
        for at, item in enumerate(given):
            path: Path = ("candidates", at)
            entry = item if isinstance(item, dict) else {"name": item}
            for key in entry:
                if key not in ("name", "groups", "withdrawn"):
                    raise self.wrong((*path, key), "name, groups or withdrawn", f"“{key}”")
            here = (*path, "name") if isinstance(item, dict) and "name" in item else path
            self.names.append(self.name(entry.get("name"), here, "a candidate's name"))
            mine = entry.get("groups", [])
            if not isinstance(mine, list):
                raise self.wrong((*path, "groups"), "a list of groups", mine)
            groups.append(tuple(self.name(group, (*path, "groups", i), "a group") for i, group in enumerate(mine)))
            if not isinstance(entry.get("withdrawn", False), bool):
                raise self.wrong((*path, "withdrawn"), "true or false", entry["withdrawn"])
            if entry.get("withdrawn"):
                withdrawn.append(at)
        return groups, withdrawn

    def paper(self, tally: Tally, given: Any, path: Path) -> None:
        if isinstance(given, list):
            tally.add(self.ranking(given, path), 1)
            return
        if not isinstance(given, dict):
            raise self.wrong(path, "a ranking [“Ann”, …] or an object with “ranking”", given)
        for key in given:
            if key not in ("ranking", "weight", "verdicts", "unit"):
                raise self.wrong((*path, key), "ranking, weight, verdicts or unit", f"“{key}”")
        ranking = given.get("ranking", [])
        if not isinstance(ranking, list):
            raise self.wrong((*path, "ranking"), "a list of candidates", ranking)
        if "ranking" not in given and "verdicts" not in given:
            raise self.wrong(path, "“ranking” or “verdicts” on the paper", "nothing of the kind")
        weight = self.whole((*path, "weight"), given.get("weight", 1), 1) or 1
        unit = self.name(given["unit"], (*path, "unit"), "a unit") if given.get("unit") not in (None, "") else ""
        verdicts = self.verdicts(given.get("verdicts"), (*path, "verdicts"))
        tally.add(self.ranking(ranking, (*path, "ranking")), weight, verdicts, unit)

    def ranking(self, given: list[Any], path: Path) -> Ranking:
        index = self.index
        try:
            plain = tuple([index[name] for name in given])
            if len(set(plain)) == len(plain):
                return plain
        except (KeyError, TypeError):
            pass
        seen: set[int] = set()
        return tuple(self.level(item, (*path, at), seen) for at, item in enumerate(given))

    def level(self, item: Any, path: Path, seen: set[int]) -> Level:
        if item is None:
            return ()
        if isinstance(item, list) and item:
            equals = [self.candidate(name, (*path, at), seen) for at, name in enumerate(item)]
            return equals[0] if len(equals) == 1 else tuple(sorted(equals))
        return self.candidate(item, path, seen)

    def candidate(self, name: Any, path: Path, seen: set[int]) -> int:
        index = self.index.get(name) if isinstance(name, str) else None
        if index is None:
            raise self.wrong(path, "the name of a candidate", name)
        if index in seen:
            raise self.wrong(path, "each candidate at most once on a paper", f"{quoted(name)} again")
        seen.add(index)
        return index

    def verdicts(self, given: Any, path: Path) -> str:
        if given is None:
            return ""
        if not isinstance(given, dict):
            raise self.wrong(path, "an object of names and verdicts", given)
        marks = ["0"] * len(self.names)
        for name, verdict in given.items():
            index = self.index.get(name)
            if index is None:
                raise self.wrong((*path, name), "the name of a candidate", f"{quoted(name)}")
            if not isinstance(verdict, str) or verdict not in VERDICTS:
                raise self.wrong((*path, name), "“for”, “against” or “abstain”", verdict)
            marks[index] = VERDICTS[verdict]
        return "".join(marks)

    def reserves(self, given: Any) -> tuple[Reserve, ...]:
        if given is None:
            return ()
        if not isinstance(given, dict):
            raise self.wrong(("reserves",), "an object: group to {“min”: n, “max”: n}", given)
        made = []
        for group, bounds in given.items():
            path: Path = ("reserves", group)
            if not isinstance(bounds, dict) or not bounds or not set(bounds) <= {"min", "max"}:
                raise self.wrong(path, "{“min”: n, “max”: n}", bounds)
            least = self.whole((*path, "min"), bounds.get("min", 0), 0) or 0
            made.append(
                Reserve(self.name(group, path, "a group"), least, self.whole((*path, "max"), bounds.get("max"), 0))
            )
        return tuple(made)

    def units(self, given: Any) -> dict[str, int]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise self.wrong(("units",), "an object: unit to its members on the roll", given)
        return {
            self.name(unit, ("units", unit), "a unit"): self.whole(("units", unit), roll if roll is not None else -1, 0)
            or 0
            for unit, roll in given.items()
        }

    def settings(self, given: Any) -> dict[str, Any]:
        if given is not None and not isinstance(given, dict):
            raise self.wrong(("settings",), "an object of the method's settings", given)
        return given or {}

    def ron(self, given: Any) -> int | None:
        if given is None:
            return None
        if not isinstance(given, str) or given not in self.index:
            raise self.wrong(("ron",), "the name of a candidate", given)
        return self.index[given]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**MAX_WEIGHT_DIGITS:
        return "a longer number"
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(value)) or quoted(json.dumps(value))


_SPACE = re.compile(r"[ \t\n\r]*")


def _offset(text: str, path: Path) -> int:
    """Where in a valid JSON text the value at `path` begins (its key, where the value is what is not wanted)."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    for step in path:
        at = _skip(text, at + 1)
        number = 0
        while True:
            key: Any = number
            here = at
            if isinstance(step, str):
                key, at = decoder.raw_decode(text, at)
                at = _skip(text, _skip(text, at) + 1)
            if key == step:
                break
            _, at = decoder.raw_decode(text, at)
            at = _skip(text, at)
            if text[at] != ",":
                return here
            at = _skip(text, at + 1)
            number += 1
    return at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def write(file: ElectionFile) -> bytes:
    """JSON bytes of an election, one paper a line."""
    labels = file.contest().labels
    body: dict[str, Any] = {}
    if file.title:
        body["title"] = file.title
    if file.seats is not None:
        body["seats"] = file.seats
    body["candidates"] = [_candidate(file, index) for index in range(len(file.names))]
    if file.reserves:
        body["reserves"] = {
            reserve.group: {"min": reserve.minimum} | ({} if reserve.maximum is None else {"max": reserve.maximum})
            for reserve in file.reserves
        }
    for key, value in (("roll", file.roll), ("ron", None if file.ron is None else labels[file.ron])):
        if value is not None:
            body[key] = value
    for key, mapping in (("units", file.units), ("settings", file.settings)):
        if mapping:
            body[key] = dict(mapping)
    try:
        head = json.dumps(body, ensure_ascii=False, indent=1)
    except TypeError as error:
        raise Invalid(f"A setting cannot be written as JSON: {error}.") from None
    papers = [json.dumps(_paper(key, weight, labels), ensure_ascii=False) for key, weight in file.papers.items()]
    ballots = ",\n  ".join(papers)
    return (head[:-2] + ',\n "ballots": [' + (f"\n  {ballots}\n ]" if papers else "]") + "\n}\n").encode()


def _candidate(file: ElectionFile, index: int) -> Any:
    groups = file.groups[index] if file.groups else ()
    if not groups and index not in file.withdrawn:
        return file.names[index]
    entry: dict[str, Any] = {"name": file.names[index]}
    if groups:
        entry["groups"] = list(groups)
    if index in file.withdrawn:
        entry["withdrawn"] = True
    return entry


def _paper(key: Any, weight: int, labels: tuple[str, ...]) -> Any:
    paper = as_paper(key)
    ranking = [
        labels[level] if isinstance(level, int) else ([labels[i] for i in level] or None) for level in paper.ranking
    ]
    if weight == 1 and not paper.verdicts and not paper.unit:
        return ranking
    entry: dict[str, Any] = {"ranking": ranking, "weight": weight}
    if paper.verdicts:
        words = {mark: word for word, mark in VERDICTS.items()}
        entry["verdicts"] = {labels[i]: words[mark] for i, mark in enumerate(paper.verdicts)}
    if paper.unit:
        entry["unit"] = paper.unit
    return entry
