"""A register of members as other systems write it: how its cells read, and what is wrong with a row."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from consult.domain import names
from consult.domain.cells import bare
from consult.domain.errors import Invalid
from consult.domain.names import search_key
from consult.domain.roles import Status
from consult.service.register_columns import CALLED, FIXABLE, Mapping
from consult.service.register_dates import DAY_FIRST, read_joined
from consult.service.register_places import Place, folded

#: A word for a status in other systems → ours.
STATUSES: dict[str, Status] = {
    word: status
    for status, words in {
        Status.MEMBER: "member active current full paid new renewed grace",
        Status.SUPPORTER: "supporter friend",
        Status.REPRESENTATIVE: "representative",
        Status.LAPSED: "lapsed expired overdue",
        Status.FORMER: "former left resigned cancelled canceled deceased ended",
    }.items()
    for word in words.split()
} | {"full member": Status.MEMBER, "active member": Status.MEMBER, "former member": Status.FORMER,
     "lapsed member": Status.LAPSED,
     "grace period": Status.MEMBER}  # fmt: skip

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")
#: A number as a spreadsheet writes it that took it for a quantity, and what it writes where a formula failed.
_ROUNDED = re.compile(r"\d+([.,]\d+)?E[+-]\d+", re.IGNORECASE)
_FAILED = re.compile(r"#(NAME\?|REF!|N/A|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|#+)", re.IGNORECASE)


def _shown(text: str) -> str:
    """A text that can be shown and kept: what has no shape on paper becomes a question mark."""
    return "".join(one if one.isprintable() else "?" for one in text)


#: What a row comes to, in this order; a file's number goes before them.
FIELDS = (
    "line", "number", "name", "email", "email_key", "status", "joined_at", "joined_before", "unit_id", "branch",
    "region", "nation", "phone", "phone_key", "address", "address_key", "paid_until", "search_key", "fault",
)  # fmt: skip

#: An address that needs no second look; anything else is looked at closely.
_ORDINARY = re.compile(r"[A-Za-z0-9._%+-][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

_KEPT = 50_000

#: What a row may say besides who somebody is.
BESIDES = ("phone", "other_phone", "address", "address_more", "town", "postcode", "paid", "contact")

#: How systems write that somebody is alive, or has died.
_ALIVE = frozenset(("", "0", "no", "n", "false", "f"))
_DEAD = frozenset(("1", "yes", "y", "true", "t"))

#: CiviCRM's word for a contact that is a person; the others are Organization and Household.
_PEOPLE = ("individual", "person")


@dataclass
class Reader:
    """Turns cells into values. `places`: folded name → unit."""

    mapping: Mapping
    places: dict[str, Place]
    at: datetime
    zone: ZoneInfo
    order: str = DAY_FIRST
    create_branches: bool = False
    #: How many columns the heading has; a row with more has a comma too many. 0: it is not known.
    width: int = 0

    def __post_init__(self) -> None:
        self.columns = self.mapping.places
        self.words = STATUSES | {word: Status(status) for word, status in self.mapping.words.items()}
        self._new: dict[str, tuple[str, str, str, int]] = {}
        self._near: dict[str, str] = {}
        #: (a branch of the file, what it was merged into and who its people belong to now).
        self.followed: set[tuple[str, str]] = set()
        #: How many cells were without the apostrophe that guards spreadsheets against formulas, once it was taken off.
        self.bared = 0
        self._nations = [place for place in self.places.values() if place.kind == "nation"]

    def rows(
        self, records: Iterable[tuple[int, list[str]]], stamp: Callable[[datetime], object]
    ) -> Iterator[tuple[object, ...]]:
        """Each record as the values of `FIELDS`; `stamp` writes an instant as the database's driver takes it.

        What most rows are made of (a status, a day, a branch that occurred before) is looked up; `row` looks closely
        at every other.
        """
        places = [self.columns.get(name, -1) for name in ("number", "name", "given", "family", "email", "joined")]
        number_at, name_at, given_at, family_at, email_at, joined_at = places
        status_at, branch_at, region_at = (self.columns.get(name, -1) for name in ("status", "branch", "region"))
        states: dict[str, str] = {}
        days: dict[str, tuple[object, object]] = {}
        homes: dict[tuple[str, str], tuple[int, str]] = {}
        dead_at = self.columns.get("deceased", -1)
        besides = {name: self.columns[name] for name in BESIDES if name in self.columns}
        more: tuple[object, ...] | None = (None,) * 5
        ordinary, width = _ORDINARY.fullmatch, self.width or 1 << 30
        for line, cells in records:
            try:
                number, email, day = cells[number_at], cells[email_at], cells[joined_at]
                name = cells[name_at] if name_at >= 0 else f"{cells[given_at]} {cells[family_at]}"
                state = cells[status_at] if status_at >= 0 else ""
                home = (cells[branch_at] if branch_at >= 0 else "", cells[region_at] if region_at >= 0 else "")
                status, (first, after), (unit, branch) = states[state], days[day], homes[home]
                if dead_at >= 0 and cells[dead_at].strip().casefold() not in _ALIVE:
                    status = ""
                if besides:
                    more = self._besides({name: cells[place] for name, place in besides.items()}, stamp)
            except (IndexError, KeyError):
                status = ""
            if (
                status
                and more is not None
                and len(cells) <= width
                and number.isalnum()
                and len(number) <= 64
                and 0 < len(name) <= 200
                and name.isprintable()
                and name[0] not in " '"
                and name[-1] != " "
                and "#" not in name
                and "  " not in name
                and (not email or (len(email) <= 254 and ordinary(email)))
            ):
                key = email.lower() or None
                yield (
                    line, number, name, email or None, key, status, first, after, unit, branch, None, None,
                    *more, search_key(name, number), None,
                )  # fmt: skip
                continue
            made = self.row(line, cells)
            for name in ("joined_at", "joined_before", "paid_until"):
                moment = made[name]
                made[name] = stamp(moment) if isinstance(moment, datetime) else None
            yield tuple(made[name] for name in FIELDS)
            if made["fault"] is None and max(places) < len(cells):
                if len(days) >= _KEPT:
                    days.clear()
                if self._cell(cells, dead_at).strip().casefold() in _ALIVE:  # else it is said of the dead alone
                    states[self._cell(cells, status_at)] = str(made["status"])
                days[cells[joined_at]] = made["joined_at"], made["joined_before"]
                if made["unit_id"] is not None:
                    home = self._cell(cells, branch_at), self._cell(cells, region_at)
                    homes[home] = made["unit_id"], str(made["branch"])  # type: ignore[assignment]

    @staticmethod
    def _cell(cells: list[str], place: int) -> str:
        return cells[place] if 0 <= place < len(cells) else ""

    def _bare(self, value: str) -> str:
        found = bare(value).strip()
        self.bared += found != value
        return found

    def row(self, line: int, cells: list[str]) -> dict[str, object]:
        """One row as a mapping for the table of rows; what is wrong with it stands under "fault"."""
        values = {column: self._bare(self._cell(cells, place).strip()) for column, place in self.columns.items()}
        values |= {column: self.mapping.fixed[column] for column in FIXABLE if column in self.mapping.fixed}
        faults: list[str] = self._shape(cells)
        made: dict[str, object] = {
            "line": line,
            "number": self._number(values["number"], faults),
            "name": self._plain(self._name(values), "name", 200, faults),
            "status": self._status(values["status"], values.get("deceased", ""), faults),
            **self._email(values["email"], faults),
            **self._joined(values["joined"], faults),
            **self._branch(line, values, faults),
            **self._contact(values, faults),
        }
        made["search_key"] = search_key(str(made["name"]), str(made["number"]))
        made["fault"] = _shown(f"Line {line}: {' '.join(faults)}")[:1000] if faults else None
        return made

    def _shape(self, cells: list[str]) -> list[str]:
        """What is wrong with the cells themselves; empty ones at the end are what spreadsheets leave there."""
        for column, place in self.columns.items():
            if place < len(cells) and _FAILED.fullmatch(cells[place].strip()):
                called = CALLED[column]
                return [
                    f"“{cells[place].strip()}” is what a spreadsheet writes where a formula failed; give the {called}."
                ]
        if not self.width or not any(cell.strip() for cell in cells[self.width :]):
            return []
        more = _shown(next(cell for cell in cells[self.width :] if cell.strip())[:40])
        return [
            f"The row has more cells than the heading has titles ({self.width}); “{more}” stands after the last. "
            "A comma inside a value needs quotation marks around the value."
        ]

    @staticmethod
    def _name(values: dict[str, str]) -> str:
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

    def _number(self, text: str, faults: list[str]) -> str:
        if _ROUNDED.fullmatch(text):
            faults.append(
                f"“{text[:40]}” is a member number that a spreadsheet has rounded. Format its column as text, and take the "
                "numbers again from where they come from."
            )
        return self._plain(text, "member number", 64, faults)

    def _status(self, text: str, died: str, faults: list[str]) -> str:
        if died.casefold() in _DEAD:
            return Status.FORMER.value
        if died.casefold() not in _ALIVE:
            faults.append(f"“{_shown(died[:40])}” does not say whether they died; write yes or no.")
        found = self.words.get(folded(text))
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

    def _besides(self, values: dict[str, str], stamp: Callable[[datetime], object]) -> tuple[object, ...] | None:
        """The same as `_contact` for a row's tuple; None if something is wrong with it."""
        if any(value.lstrip().startswith(("#", "'")) for value in values.values()):
            return None
        faults: list[str] = []
        made = self._contact({name: value.strip() for name, value in values.items()}, faults)
        paid = made["paid_until"]
        made["paid_until"] = stamp(paid) if isinstance(paid, datetime) else None
        return None if faults else tuple(made.values())

    def _contact(self, values: dict[str, str], faults: list[str]) -> dict[str, object]:
        """What the file may say besides; an empty cell says nothing, and what the register has stays."""
        said = values.get("phone", "") or values.get("other_phone", "")
        phone = "".join(one for one in said if one.isprintable())[:40].strip() or None
        parts = (" ".join(values.get(name, "").split()) for name in ("address", "address_more", "town", "postcode"))
        address = ", ".join(part for part in parts if part)[:300] or None
        if address and not address.isprintable():
            faults.append("The postal address has characters in it that cannot be shown.")
            address = None
        kind = values.get("contact", "")
        if kind and kind.casefold() not in _PEOPLE:
            faults.append(
                f"This is a contact of the kind “{_shown(kind[:40])}”, and only people belong to the register. Leave it out "
                "of the file; an organisation that is affiliated is set up under Units."
            )
        paid = None
        if text := values.get("paid", ""):
            try:
                paid = read_joined(text, self.order, self.zone)[1]
            except Invalid as refusal:
                faults.append(f"Paid until: {refusal}")
        return {
            "phone": phone,
            "phone_key": names.phone_key(phone) if phone else None,
            "address": address,
            "address_key": names.address_key(address) if address else None,
            "paid_until": paid,
        }

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

    def _branch(self, line: int, values: dict[str, str], faults: list[str]) -> dict[str, object]:
        name, region = " ".join(values["branch"].split()), " ".join(values.get("region", "").split())
        nation = " ".join(values.get("nation", "").split())
        made: dict[str, object] = {"branch": _shown(name[:200]), "region": None, "nation": None, "unit_id": None}
        place = self._place(name)
        if not name:
            faults.append("The branch is missing.")
        elif place is not None and place.alike:
            named = " and ".join(f"“{one.name}”" for one in (place, *place.alike))
            faults.append(f"“{name[:60]}” could be {named}. Write it as one of them is written, or rename one of them.")
        elif place is not None and place.closed:
            faults.append(
                f"The branch {place.name} was closed on {place.closed}, and nobody joins it any more. Give the branch that they "
                "belong to now."
            )
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

    def _place(self, name: str) -> Place | None:
        """The unit of this name; of two that differ by capitals the one that is written so; else what it was merged into."""
        place = self.places.get(folded(name))
        if place is None:
            return None
        place = next((replace(one, alike=()) for one in (place, *place.alike) if one.name == name), place)
        if place.into is not None and not place.alike:
            self.followed.add((place.name, place.into.name))
            return place.into
        return place

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
