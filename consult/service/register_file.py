"""A register of members as other systems write it: what columns are called, how dates and states read."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from consult.domain.errors import Invalid
from consult.domain.roles import Status

#: What a column holds → what people call it (small letters, nothing but letters and digits). The first is ours.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "membername", "displayname", "memberfullname"),
    "given": ("firstname", "forename", "givenname", "forenames", "firstnames"),
    "family": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail", "primaryemail", "memberemail"),
    "number": (
        "membernumber", "memberno", "membershipnumber", "membershipno", "memberid", "membershipid", "number", "id",
        "externalid", "externalidentifier", "contactid", "nationbuilderid",
    ),
    "joined": (
        "joined", "joinedon", "datejoined", "joindate", "joiningdate", "membersince", "membershipstartdate",
        "startdate", "joinedat",
    ),
    "branch": ("branch", "homebranch", "branchname", "localgroup", "localbranch", "chapter"),
    "status": ("status", "membershipstatus", "memberstatus", "state"),
    "region": ("region", "regionname", "area"),
    "nation": ("nation", "nationname"),
}  # fmt: skip

#: How each column is called in sentences.
CALLED = {"name": "name", "email": "e-mail", "number": "member number", "joined": "joined", "branch": "branch",
          "status": "status", "region": "region", "nation": "nation", "given": "first name",
          "family": "last name"}  # fmt: skip
REQUIRED = ("name", "email", "number", "joined", "branch", "status")

_KNOWN = {name: column for column, names in COLUMNS.items() for name in names}

#: A word for a status in other systems → ours.
STATUSES: dict[str, Status] = {
    word: status
    for status, words in {
        Status.MEMBER: "member active current full paid new renewed grace",
        Status.SUPPORTER: "supporter friend",
        Status.REPRESENTATIVE: "representative",
        Status.LAPSED: "lapsed expired overdue",
        Status.FORMER: "former left resigned cancelled deceased ended",
    }.items()
    for word in words.split()
} | {"full member": Status.MEMBER, "active member": Status.MEMBER, "former member": Status.FORMER,
     "lapsed member": Status.LAPSED}  # fmt: skip

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_PARTS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_WITH_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")

DAY_FIRST, MONTH_FIRST = "day first", "month first"
_EARLIEST = 1850


def folded(text: str) -> str:
    """A name for comparing: spaces made one, case folded, composed alike.

    >>> folded("  Llanfair  Dyffryn "), folded("ALDER")
    ('llanfair dyffryn', 'alder')
    """
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def column_of(title: str) -> str | None:
    """What a column with this title holds, or None for one that is not read.

    >>> column_of("E-mail Address"), column_of(" Member No. "), column_of("Shoe size")
    ('email', 'number', None)
    """
    return _KNOWN.get(re.sub(r"[^a-z0-9]", "", title.casefold()))


def likeness(heading: list[str]) -> int:
    """How many columns of a heading are known."""
    return sum(column_of(title) is not None for title in heading)


def columns_of(heading: list[str]) -> dict[str, int]:
    """What is in which column, counted from 0.

    Raises:
        Invalid: naming the columns that are missing, or two that say the same.
    """
    found: dict[str, int] = {}
    for place, title in enumerate(heading):
        column = column_of(title)
        if column is None:
            continue
        if column in found:
            raise Invalid(
                f"Columns {found[column] + 1} (“{heading[found[column]]}”) and {place + 1} (“{title}”) both hold the "
                f"{CALLED[column]}. Take one of them out, or give it another title."
            )
        found[column] = place
    missing = [column for column in REQUIRED if column not in found]
    if {"given", "family"} <= set(found) and "name" in missing:
        missing.remove("name")
    if missing:
        titles = ", ".join(f"“{title}”" for title in heading if title) or "none"
        wanted = _and([f"“{CALLED[column]}”" for column in missing])
        raise Invalid(
            f"The file has no column {wanted}. Its first line must name the columns; its titles are {titles[:600]}."
        )
    return found


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


@lru_cache(maxsize=50_000)
def read_joined(text: str, order: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When somebody joined, as the first instant (UTC) that agrees with what is written and the first after it.

    A date is a whole day on the clock of `zone`. `order` says how 03/04/2026 is read: "day first" or "month first".

    >>> [at.isoformat() for at in read_joined("3/4/2026", DAY_FIRST, ZoneInfo("Europe/London"))]
    ['2026-04-02T23:00:00+00:00', '2026-04-03T23:00:00+00:00']

    Raises:
        Invalid: for anything that is not one plain date.
    """
    if _WITH_TIME.fullmatch(text):
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise Invalid(f"“{text}” is not a date and time that ever was.") from None
        if not _EARLIEST <= at.year <= 2999:
            raise Invalid(f"“{text}” has the year {at.year}, which cannot be.")
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        return at, at + timedelta(microseconds=1)
    day = _read_day(text, order)
    midnight = datetime.combine(day, time(), zone)
    return midnight.astimezone(UTC), datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _read_day(text: str, order: str) -> date:
    iso, parts = _ISO.fullmatch(text), _PARTS.fullmatch(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif parts and len(parts[3]) == 2:
        full = f"{parts[1]}/{parts[2]}/20{parts[3]}"
        raise Invalid(f"“{text}” could be several dates. Write the year with four figures, like {full}.")
    elif parts:
        day, month, year = (int(part) for part in parts.groups())
        if order == MONTH_FIRST:
            day, month = month, day
    else:
        raise Invalid(f"“{text[:40]}” is not a date that can be read. Write it like 2026-04-30 or 30/04/2026.")
    if not 1 <= month <= 12:
        hint = f" Dates in this file are read {order}." if parts else ""
        raise Invalid(f"“{text}” has no month {month}.{hint}")
    if not _EARLIEST <= year <= 2999:
        raise Invalid(f"“{text}” has the year {year}, which cannot be.")
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid(f"“{text}” is a day that does not exist: that month has no day {day}.") from None


def _shown(text: str) -> str:
    """A text that can be shown and kept: what has no shape on paper becomes a question mark."""
    return "".join(one if one.isprintable() else "?" for one in text)


@dataclass(frozen=True)
class Place:
    """A unit that may be somebody's home, with the names above it."""

    id: int
    name: str
    kind: str
    region: str = ""


@dataclass
class Reader:
    """Turns cells into values. `places`: folded name → unit."""

    columns: Mapping[str, int]
    places: dict[str, Place]
    at: datetime
    zone: ZoneInfo
    order: str = DAY_FIRST
    create_branches: bool = False

    def __post_init__(self) -> None:
        self._new: dict[str, tuple[str, str, str, int]] = {}
        self._near: dict[str, str] = {}
        self._nations = [place for place in self.places.values() if place.kind == "nation"]

    def row(self, line: int, cells: list[str]) -> dict[str, object]:
        """One row as a mapping for the table of rows; what is wrong with it stands under "fault"."""
        values = {column: cells[place].strip() if place < len(cells) else "" for column, place in self.columns.items()}
        faults: list[str] = []
        made: dict[str, object] = {
            "line": line,
            "number": self._plain(values["number"], "member number", 64, faults),
            "name": self._plain(self._name(values), "name", 200, faults),
            "status": self._status(values["status"], faults),
            **self._email(values["email"], faults),
            **self._joined(values["joined"], faults),
            **self._branch(line, values, faults),
        }
        made["fault"] = _shown(f"Line {line}: {' '.join(faults)}")[:1000] if faults else None
        return made

    @staticmethod
    def _name(values: Mapping[str, str]) -> str:
        return values["name"] if "name" in values else f"{values['given']} {values['family']}"

    @staticmethod
    def _plain(text: str, called: str, most: int, faults: list[str]) -> str:
        plain = " ".join(text.split())
        if not plain:
            faults.append(f"The {called} is missing.")
        elif len(plain) > most:
            faults.append(f"The {called} is longer than {most} characters.")
        elif not plain.isprintable():
            faults.append(f"The {called} has characters in it that cannot be shown.")
            plain = _shown(plain)
        return plain[:most]

    @staticmethod
    def _status(text: str, faults: list[str]) -> str:
        found = STATUSES.get(folded(text))
        if found is None:
            known = ", ".join(status.value for status in Status)
            faults.append(
                f"“{text[:40]}” is no known status; write one of: {known}." if text else "The status is missing."
            )
        return (found or Status.FORMER).value

    @staticmethod
    def _email(text: str, faults: list[str]) -> dict[str, object]:
        if not text:
            return {"email": None, "email_key": None}
        if len(text) > 254 or not _EMAIL.fullmatch(text) or not text.isprintable():
            shown = _shown(text[:60])
            faults.append(f"“{shown}” is not an e-mail address.")
            return {"email": shown, "email_key": None}
        return {"email": text, "email_key": text.lower()}

    def _joined(self, text: str, faults: list[str]) -> dict[str, object]:
        nothing: dict[str, object] = {"joined_at": None, "joined_before": None}
        if not text:
            faults.append("The date of joining is missing.")
            return nothing
        try:
            first, after = read_joined(text, self.order, self.zone)
        except Invalid as refusal:
            faults.append(str(refusal))
            return nothing
        if first > self.at:
            faults.append(f"“{text}” is still to come; nobody has joined on that day yet.")
        return {"joined_at": first, "joined_before": after}

    def _branch(self, line: int, values: Mapping[str, str], faults: list[str]) -> dict[str, object]:
        name, region = " ".join(values["branch"].split()), " ".join(values.get("region", "").split())
        nation = " ".join(values.get("nation", "").split())
        made: dict[str, object] = {"branch": _shown(name[:200]), "region": None, "nation": None, "unit_id": None}
        place = self.places.get(folded(name))
        if not name:
            faults.append("The branch is missing.")
        elif place is not None:
            made["unit_id"] = place.id
            if region and place.region and folded(region) != folded(place.region):
                faults.append(f"The branch {place.name} is in {place.region}, not in {region[:60]}.")
        elif self.create_branches and region and len(name) <= 200 and len(region) <= 200 and name.isprintable():
            made |= self._new_branch(line, name, region, nation, faults)
        else:
            near = self._nearest(folded(name))
            advice = " and give its region" if self.create_branches else ""
            faults.append(f"There is no branch “{name[:60]}”.{near} Correct it, or set it up first{advice}.")
        return made

    def _nearest(self, key: str) -> str:
        if key not in self._near:
            names = difflib.get_close_matches(key[:100], self.places, 3, 0.6)
            words = " or ".join(f"“{self.places[name].name}”" for name in names)
            self._near[key] = f" Is it {words}?" if names else ""
        return self._near[key]

    def _new_branch(self, line: int, name: str, region: str, nation: str, faults: list[str]) -> dict[str, object]:
        first = self._new.setdefault(folded(name), (name, region, nation, line))
        if folded(first[1]) != folded(region):
            faults.append(f"It puts the new branch {name} in {region}, and line {first[3]} puts it in {first[1]}.")
        there, above = self.places.get(folded(region)), self.places.get(folded(nation)) if nation else None
        if there is not None and there.kind != "region":
            faults.append(f"{there.name} is no region, so no branch can be set up in it.")
        if there is None and not region.isprintable():
            faults.append("The region has characters in it that cannot be shown.")
        if there is None and nation and (above is None or above.kind != "nation"):
            faults.append(f"There is no nation “{nation[:60]}”, so the new region {region} has no place.")
        if there is None and not nation and len(self._nations) != 1:
            faults.append(f"The region {region} is not known; name its nation in a column “nation”.")
        found = above or (self._nations[0] if self._nations else None)
        return {"branch": first[0], "region": _shown(first[1]), "nation": found.name if found else None}


def places_of(units: Iterable[tuple[int, str, str, int | None]]) -> dict[str, Place]:
    """Homes by folded name, from (id, name, kind, parent's id); networks and organisations are nobody's home."""
    rows = list(units)
    regions = {id: name for id, name, kind, _ in rows if kind == "region"}
    return {
        folded(name): Place(id, name, kind, regions.get(parent or 0, "") if kind == "branch" else "")
        for id, name, kind, parent in rows
        if kind in ("nation", "region", "branch")
    }
