"""What the options of `consult count` change about a file: who withdrew, groups, reserved places, settings."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consult.counting.contest import Reserve
from consult.counting.files import ElectionFile
from consult.domain.errors import Invalid

_RESERVE = re.compile(r"(.+)=([0-9]{1,6})(?:\.\.([0-9]{1,6}))?")


@dataclass(frozen=True)
class Options:
    """The options as typed."""

    seats: int | None = None
    reserves: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    group_file: str | None = None
    withdrawn: tuple[str, ...] = ()
    ron: str | None = None
    roll: int | None = None
    settings: tuple[str, ...] = ()


def amended(file: ElectionFile, options: Options) -> ElectionFile:
    """The election with the options in force over the file. Raises `Invalid` where an option makes no sense."""
    groups = [list(file.groups[i]) if file.groups else [] for i in range(len(file.names))]
    for name, group in [_pair(text, "--group NAME=GROUP") for text in options.groups] + _listed(options.group_file):
        mine = groups[candidate(file, name)]
        if group not in mine:
            mine.append(group)
    reserves = tuple(reserve(text) for text in options.reserves) or file.reserves
    known = {group for mine in groups for group in mine}
    for kept in reserves:
        if kept.minimum and kept.group not in known:
            raise Invalid(
                f"Nobody is in the group {kept.group!r}; say who is with --group NAME={kept.group}, "
                "with --groups FILE, or in a JSON election."
            )
    settings = dict(file.settings) | dict(setting(text) for text in options.settings)
    withdrawn = sorted({*file.withdrawn, *(candidate(file, name) for name in options.withdrawn)})
    return replace(
        file,
        groups=tuple(tuple(mine) for mine in groups),
        reserves=reserves,
        withdrawn=tuple(withdrawn),
        ron=candidate(file, options.ron) if options.ron is not None else file.ron,
        roll=options.roll if options.roll is not None else file.roll,
        settings=settings,
    )


def candidate(file: ElectionFile, name: str) -> int:
    """The index of a candidate by name, or by "Sam #2" where two share one."""
    labels = file.contest().labels
    wanted = name.strip()
    if file.names.count(wanted) > 1:
        raise Invalid(
            f"There are several candidates called {wanted!r}; say {wanted + ' #1'!r} for the first in the file."
        )
    first = wanted.removesuffix(" #1")
    if wanted not in labels and file.names.count(first) > 1:
        return labels.index(first)
    if wanted not in labels:
        raise Invalid(f"There is no candidate {wanted!r}; there are: {', '.join(labels)}.")
    return labels.index(wanted)


def _pair(text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise Invalid(f"{text!r} is not of the form {form}.")
    return name.strip(), value.strip()


def _listed(path: str | None) -> list[tuple[str, str]]:
    """Candidates and groups from a CSV file with those two columns."""
    if path is None:
        return []
    try:
        rows = list(csv.reader(io.StringIO(Path(path).read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"{path} is not a CSV file in UTF-8: {error}.") from None
    if not rows or [cell.strip().casefold() for cell in rows[0]] != ["candidate", "group"]:
        raise Invalid(f"{path}, line 1: expected the columns candidate and group.")
    pairs = []
    for line, row in enumerate(rows[1:], 2):
        if row and (len(row) != 2 or not all(cell.strip() for cell in row)):
            raise Invalid(f"{path}, line {line}: expected a candidate and a group, found {len(row)} cells.")
        if row:
            pairs.append((row[0].strip(), row[1].strip()))
    return pairs


def reserve(text: str) -> Reserve:
    """Places kept for a group, as typed.

    >>> reserve("women=2"), reserve("north=0..3")
    (Reserve(group='women', minimum=2, maximum=None), Reserve(group='north', minimum=0, maximum=3))
    """
    match = _RESERVE.fullmatch(text.strip())
    if not match:
        raise Invalid(f"{text!r} is not of the form GROUP=MIN or GROUP=MIN..MAX, such as women=2 or north=1..3.")
    group, least, most = match.groups()
    return Reserve(group.strip(), int(least), None if most is None else int(most))


def setting(text: str) -> tuple[str, Any]:
    """A setting as typed: JSON where it is JSON, else text; decimals stay exact.

    >>> setting("threshold=2/3"), setting("by_unit=true"), setting("threshold=0.6")
    (('threshold', '2/3'), ('by_unit', True), ('threshold', '0.6'))
    """
    key, equals, raw = text.partition("=")
    if not equals or not key.strip():
        raise Invalid(f"{text!r} is not of the form KEY=VALUE.")
    try:
        value: Any = json.loads(raw, parse_float=str)
    except (ValueError, RecursionError):
        value = raw.strip()
    return key.strip(), value
