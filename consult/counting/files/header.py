"""What each column of a CSV election is: a rank, a candidate, a choice, or something about the paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from consult.counting.files.problems import MAX_CANDIDATES, FileError, quoted

RANKS, CANDIDATES, CHOICE = "csv-ranks", "csv-candidates", "csv-choice"
WEIGHTS = {"weight", "count", "papers", "ballots", "votes", "frequency"}
#: What says which paper it is or where it came from, as cast-vote records do; nobody counts by it.
IDS = {
    "id", "ballot", "ballot id", "ballot_id", "ballotid", "ballot number", "ballot style", "paper", "paper id",
    "paper_id", "receipt", "cast vote record", "cvr", "cvr number", "record", "rownumber", "row number",
    "serial number", "precinct", "precinct id", "polling place", "batch", "voter", "voter id", "voter_id", "timestamp",
}  # fmt: skip
UNITS = {"unit"}
CHOICES = {"choice", "vote"}
#: Headers that say of a column what it is, whatever its name looks like.
CANDIDATE, WITHDRAWN, VERDICT = "candidate:", "withdrawn:", "verdict:"

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WORD = "(?:rank|ranking|preference|pref|choice|vote)"
_RANK = re.compile(
    rf"(?:{_WORD}[ _-]{{0,3}}(?:no\.? ?|number |#)?([0-9]{{1,4}})(?: of [0-9]{{1,4}})?"
    rf"|([0-9]{{1,4}})(?:st|nd|rd|th)?(?:[ _-]{{0,3}}{_WORD})?"
    rf"|({'|'.join(_ORDINALS)})(?:[ _-]{{0,3}}{_WORD})?)\Z"
)
_Error = Callable[[int, str, str], FileError]


@dataclass
class Columns:
    """Columns by what they hold; numbers count cells of a row from 0."""

    width: int
    #: Column of the first, second … rank; a single column of choices is a first rank.
    ranks: list[int] = field(default_factory=list)
    #: Column of each candidate, the names beside them, and which of them withdrew (by index).
    candidates: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    #: Column of the verdict on each candidate, in candidate order; empty where there are none.
    verdicts: list[int] = field(default_factory=list)
    weight: int | None = None
    unit: int | None = None
    #: Whether the ranks are one column of choices.
    choice: bool = False
    #: Headers of columns that nobody asked about, where it was said that the ranks are what counts.
    unused: list[str] = field(default_factory=list)


def rank_named(name: str) -> int | None:
    """The rank a header names, or None.

    >>> rank_named("2nd choice"), rank_named("rank_3"), rank_named("choice 1 of 5"), rank_named("ann")
    (2, 3, 1, None)
    """
    match = _RANK.match(name)
    if not match:
        return None
    word = match.group(3)
    return _ORDINALS.index(word) + 1 if word else int(match.group(1) or match.group(2))


def columns(header: list[str], form: str | None, error: _Error) -> Columns:
    """What each cell of the header announces; `form` settles what could mean two things. Raises what `error` makes."""
    found = Columns(width=len(header))
    ranks: dict[int, int] = {}
    choices: list[int] = []
    plain: list[int] = []
    verdicts: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = " ".join(cell.split()).casefold()
        rank = rank_named(name)
        if name.startswith(VERDICT):
            verdicts[cell.strip()[len(VERDICT) :].strip()] = at
        elif name.startswith((CANDIDATE, WITHDRAWN)):
            plain.append(at)
        elif name in WEIGHTS or name in UNITS:
            which = "weight" if name in WEIGHTS else "unit"
            if getattr(found, which) is not None:
                raise error(at, f"one column of the papers' {which}", f"{quoted(cell)} besides")
            setattr(found, which, at)
        elif name in IDS:
            continue
        elif name in CHOICES and form in (None, CHOICE):
            choices.append(at)
        elif rank is not None and form in (None, RANKS):
            if rank in ranks:
                raise error(at, "each rank in one column", f"{quoted(cell)} besides")
            ranks[rank] = at
        else:
            plain.append(at)
    if form == RANKS and ranks:
        found.unused, plain = [header[at].strip() for at in plain], []
    _one_meaning(header, ranks, choices, plain, error)
    if plain:
        _candidates(found, header, plain, verdicts, error)
    elif verdicts:
        raise error(min(verdicts.values()), "a column for each candidate beside the verdicts", "none")
    found.choice = bool(choices)
    found.ranks = choices or _in_order(header, ranks, error)
    return found


def _one_meaning(header: list[str], ranks: dict[int, int], choices: list[int], plain: list[int], error: _Error) -> None:
    """Ranks, or candidates, or one choice: two of them in one header are a question, not an election."""
    kinds = sorted((kind for kind in ([*ranks.values()], choices, plain) if kind), key=len)
    if len(kinds) == 1 and len(choices) < 2:
        return
    if not kinds:
        raise error(0, "columns of ranks (“Rank 1”), of candidates (their names), or one “choice” column", "none")
    odd = min(kinds[0]) if len(kinds) > 1 else choices[1]
    expected = (
        "columns of one kind: ranks (“Rank 1”), candidates (their names) or one “choice” (say --format csv-ranks, "
        "csv-candidates or csv-choice, or write “candidate: NAME” for a name that looks like another column)"
    )
    raise error(odd, expected, f"{quoted(header[odd])} among others" if header[odd].strip() else "an empty name")


def _in_order(header: list[str], ranks: dict[int, int], error: _Error) -> list[int]:
    for place, rank in enumerate(sorted(ranks), 1):
        if rank != place:
            raise error(ranks[rank], f"a column for rank {place} before this one", quoted(header[ranks[rank]]))
    return [ranks[rank] for rank in sorted(ranks)]


def _candidates(found: Columns, header: list[str], plain: list[int], verdicts: dict[str, int], error: _Error) -> None:
    if len(plain) > MAX_CANDIDATES:
        raise error(plain[MAX_CANDIDATES], f"at most {MAX_CANDIDATES} candidates", f"{len(plain)}")
    for at in plain:
        cell = header[at].strip()
        lowered = cell.casefold()
        if lowered.startswith(WITHDRAWN):
            found.withdrawn.append(len(found.names))
        if lowered.startswith((CANDIDATE, WITHDRAWN)):
            cell = cell.partition(":")[2]
        found.candidates.append(at)
        found.names.append(cell)
    if not verdicts:
        return
    for at, name in zip(plain, found.names, strict=True):
        if name.strip() not in verdicts:
            raise error(at, f"a column “verdict: {name.strip()}” too, since there are verdicts", "none")
        found.verdicts.append(verdicts.pop(name.strip()))
    for name, at in verdicts.items():
        raise error(at, "a verdict on a candidate who has a column", quoted(name))


def heading(name: str, withdrawn: bool) -> str:
    """The header under which `columns` reads back exactly this candidate."""
    folded = " ".join(name.split()).casefold()
    reserved = folded in WEIGHTS | IDS | UNITS | CHOICES or rank_named(folded) is not None
    if withdrawn:
        return f"{WITHDRAWN} {name}"
    return f"{CANDIDATE} {name}" if reserved or folded.startswith((CANDIDATE, WITHDRAWN, VERDICT)) else name
