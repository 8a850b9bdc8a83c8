"""What the columns of a register are called in other systems, and which column of a file holds what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

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
    "branch": ("branch", "homebranch", "branchname", "localgroup", "localbranch", "chapter", "localparty",
               "constituencyparty"),
    "status": ("status", "membershipstatus", "memberstatus", "state"),
    "region": ("region", "regionname", "area"),
    "nation": ("nation", "nationname"),
    "phone": ("phone", "telephone", "phonenumber", "telephonenumber", "mobile", "mobilenumber", "mobilephone"),
    "other_phone": ("otherphone", "othertelephone", "homephone", "hometelephone", "landline"),
    "address": ("address", "postaladdress", "fulladdress", "streetaddress", "address1", "primaryaddress1"),
    "address_more": ("address2", "addressline2", "secondaddressline", "supplementaladdress1", "primaryaddress2"),
    "town": ("town", "city", "posttown", "primarycity"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode", "primaryzip"),
    "paid": ("paiduntil", "paidto", "paidupto", "membershipexpirationdate", "membershipenddate", "expirydate",
             "membershipexpiresat", "renewaldate"),
    "contact": ("contacttype",),
    "deceased": ("deceased", "isdeceased", "died"),
}  # fmt: skip

#: How each column is called in sentences.
CALLED = {"name": "name", "email": "e-mail", "number": "member number", "joined": "joined", "branch": "branch",
          "status": "status", "region": "region", "nation": "nation", "given": "first name",
          "family": "last name", "phone": "telephone", "other_phone": "other telephone",
          "address": "postal address", "address_more": "second line of the address", "town": "town",
          "postcode": "postcode", "paid": "date up to which is paid", "contact": "kind of contact",
          "deceased": "whether they died"}  # fmt: skip
REQUIRED = ("name", "email", "number", "joined", "branch", "status")

#: Columns that a file may lack, because one value can be given for everybody in it.
FIXABLE = ("status", "branch")

_KNOWN = {name: column for column, names in COLUMNS.items() for name in names}


@dataclass(frozen=True)
class Preset:
    """How one system titles the columns of its exports. `marks`: it is that system's file if all of one set are there.

    `titles`: what a column holds → its titles (plain, see `plain`), the best first.
    """

    name: str
    marks: tuple[frozenset[str], ...]
    titles: dict[str, tuple[str, ...]]


#: CiviCRM's titles are those of its export fields for contacts and memberships; NationBuilder's the names of its
#: fields for people and memberships. Both offer many more, which are not read.
PRESETS: tuple[Preset, ...] = (
    Preset(
        "CiviCRM",
        (
            frozenset({"internalcontactid"}),
            frozenset({"contactid", "membersince"}),
            frozenset({"contactid", "contacttype"}),
            frozenset({"contactid", "membershiptype"}),
        ),
        {
            "name": ("displayname",),
            "given": ("firstname",),
            "family": ("lastname",),
            "email": ("email", "primaryemail", "homeemail", "mainemail", "workemail"),
            "number": ("contactid", "internalcontactid", "externalidentifier"),
            "joined": ("membersince", "membershipstartdate"),
            "status": ("membershipstatus", "status"),
            "branch": ("branch", "localgroup", "chapter"),
            "region": ("region",),
            "phone": ("phone", "primaryphone", "mobilephone", "homephone", "homephonephone"),
            "other_phone": ("homephone", "homephonephone", "mobilephone"),
            "address": ("streetaddress", "homestreetaddress", "primarystreetaddress"),
            "address_more": ("supplementaladdress1", "homesupplementaladdress1", "primarysupplementaladdress1"),
            "town": ("city", "homecity", "primarycity"),
            "postcode": ("postalcode", "homepostalcode", "primarypostalcode"),
            "paid": ("membershipexpirationdate", "membershipenddate"),
            "contact": ("contacttype",),
            "deceased": ("isdeceased", "deceased", "contactisdeceased"),
        },
    ),
    Preset(
        "NationBuilder",
        (frozenset({"nationbuilderid"}), frozenset({"signupnationbuilderid"})),
        {
            "name": ("fullname", "name"),
            "given": ("firstname",),
            "family": ("lastname",),
            "email": ("email", "email1"),
            "number": ("nationbuilderid", "signupnationbuilderid"),
            "joined": ("membershipstartedat", "startedat", "membershipstartedon", "createdat"),
            "status": ("membershipstatus", "status"),
            "branch": ("branch", "chapter", "localgroup"),
            "region": ("region",),
            "phone": ("mobilenumber", "phonenumber", "phone"),
            "other_phone": ("phonenumber", "phone"),
            "address": ("primaryaddress1", "address1", "homeaddress1"),
            "address_more": ("primaryaddress2", "address2", "homeaddress2"),
            "town": ("primarycity", "city", "homecity"),
            "postcode": ("primaryzip", "zip", "homezip"),
            "paid": ("membershipexpiresat", "expiresat", "membershipexpireson"),
            "deceased": ("isdeceased",),
        },
    ),
)


@dataclass(frozen=True)
class Mapping:
    """Which column (counted from 0) holds what, what is said of everybody, and how the file's words for states read.

    `fixed`: {"status": "member", "branch": "Alder"}. `words`: folded word → status.
    """

    places: dict[str, int]
    fixed: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is remembered."""
        return {"places": self.places, "fixed": self.fixed, "words": self.words}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mapping:
        """The reverse of `to_json`."""
        return cls(dict(data["places"]), dict(data["fixed"]), dict(data["words"]))


def plain(title: str) -> str:
    """A title for comparing.

    >>> plain(" E-mail Address "), plain("first_name")
    ('emailaddress', 'firstname')
    """
    return re.sub(r"[^a-z0-9]", "", title.casefold())


def column_of(title: str) -> str | None:
    """What a column with this title holds, or None for one that is not read.

    >>> column_of("E-mail Address"), column_of(" Member No. "), column_of("Shoe size")
    ('email', 'number', None)
    """
    return _KNOWN.get(plain(title))


def likeness(heading: list[str]) -> int:
    """How many columns of a heading are known."""
    return sum(column_of(title) is not None for title in heading)


def preset_of(heading: list[str]) -> Preset | None:
    """The system that wrote a heading, or None.

    >>> preset_of(["Contact ID", "Display Name", "Member Since"]).name
    'CiviCRM'
    """
    titles = {plain(title) for title in heading}
    return next((preset for preset in PRESETS if any(mark <= titles for mark in preset.marks)), None)


def guess(heading: list[str]) -> Mapping:
    """What is likely in which column, for somebody to look at: of two that would do the better known one, or the first.

    >>> guess(["nationbuilder_id", "email", "email1", "first_name", "last_name", "created_at"]).places
    {'given': 3, 'family': 4, 'email': 1, 'number': 0, 'joined': 5}
    """
    preset = preset_of(heading)
    titles = [plain(title) for title in heading]
    places: dict[str, int] = {}
    for column, known in COLUMNS.items():
        wanted = preset.titles.get(column, ()) if preset else known
        free = (titles.index(title) for title in wanted if title in titles)
        found = next((place for place in free if place not in places.values()), None)
        if found is not None:
            places[column] = found
    if "name" in places and {"given", "family"} <= set(places):
        # A system's whole name has titles such as “Ms.” in it.
        for less in ("name",) if preset else ("given", "family"):
            del places[less]
    return Mapping(places)


def certain(heading: list[str]) -> Mapping:
    """What is in which column, where the titles leave no doubt.

    Raises:
        Invalid: naming the columns that are missing, or two that say the same.
    """
    if preset_of(heading):
        return checked(guess(heading), heading)
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
    return checked(Mapping(found), heading)


def checked(mapping: Mapping, heading: list[str]) -> Mapping:
    """The same mapping, if everything that a register needs is somewhere.

    Raises:
        Invalid: naming what is missing, a column that the file does not have or that holds two things, or two columns of
            one title, of which nobody could tell which is meant.
    """
    outside = [column for column, place in mapping.places.items() if not 0 <= place < len(heading)]
    if outside:
        raise Invalid(f"The file has no such column for the {CALLED[outside[0]]}.", {outside[0]: "Choose a column."})
    taken: dict[int, str] = {}
    for column, place in mapping.places.items():
        if place in taken:
            sentence = (
                f"The column “{heading[place]}” is chosen for the {CALLED[taken[place]]} and for the {CALLED[column]}."
            )
            raise Invalid(sentence, {column: sentence})
        taken[place] = column
    _require_one_of_a_name(mapping, heading)
    missing = [column for column in REQUIRED if column not in mapping.places and column not in mapping.fixed]
    if {"given", "family"} <= set(mapping.places) and "name" in missing:
        missing.remove("name")
    if missing:
        titles = ", ".join(f"“{title}”" for title in heading if title) or "none"
        wanted = _and([f"“{CALLED[column]}”" for column in missing])
        raise Invalid(
            f"The file has no column {wanted}. Its first line must name the columns; its titles are {titles[:600]}.",
            {column: f"Say which column holds the {CALLED[column]}." for column in missing},
        )
    return mapping


def _require_one_of_a_name(mapping: Mapping, heading: list[str]) -> None:
    titles = [plain(title) for title in heading]
    for column, place in mapping.places.items():
        same = [other for other, title in enumerate(titles) if title and title == titles[place]]
        if len(same) > 1:
            named = _and([f"{one + 1} (“{heading[one]}”)" for one in same])
            sentence = (
                f"Columns {named} have the same title, so it cannot be told which of them holds the {CALLED[column]}. "
                "Give one of them another title in the file, or take it out, and choose the file again."
            )
            raise Invalid(sentence, {column: sentence})


def by_titles(
    heading: list[str], chosen: Iterable[tuple[str, str]], fixed: dict[str, str], words: dict[str, str]
) -> Mapping:
    """A mapping from what somebody wrote: (what it holds, its title), on top of what the titles say by themselves.

    Raises:
        Invalid: for a title that the file does not have.
    """
    places = dict(guess(heading).places)
    titles = [plain(title) for title in heading]
    for column, title in chosen:
        if column not in COLUMNS:
            raise Invalid(f"“{column}” is none of the columns that are read: {', '.join(COLUMNS)}.")
        if plain(title) not in titles:
            raise Invalid(f"The file has no column “{title}”.")
        places[column] = titles.index(plain(title))
        if column in ("given", "family"):
            places.pop("name", None)
    for column in fixed:
        if column not in FIXABLE:
            raise Invalid(f"One value for everybody can be given for {' and '.join(FIXABLE)} only, not for “{column}”.")
        places.pop(column, None)
    return checked(Mapping(places, fixed, words), heading)


def shape_of(heading: list[str]) -> str:
    """SHA-256 over the titles in their order: files of one shape are read in one way."""
    return hashlib.sha256("\x1f".join(plain(title) for title in heading).encode()).hexdigest()


def words_of(lines: str) -> dict[str, str]:
    """A file's own words for states, as somebody writes them, one a line: "pending = lapsed".

    >>> words_of("Pending = lapsed")
    {'pending': 'lapsed'}

    Raises:
        Invalid: naming the line that cannot be read, under "words".
    """
    made: dict[str, str] = {}
    states = [status.value for status in Status]
    for place, line in enumerate(lines.splitlines(), 1):
        word, sign, status = (part.strip().casefold() for part in line.partition("="))
        if not word and not sign:
            continue
        if not word or status not in states:
            sentence = (
                f"Line {place}: write the file's word, an equals sign, and one of {', '.join(states)}; "
                "such as “pending = lapsed”."
            )
            raise Invalid(sentence, {"words": sentence})
        made[" ".join(word.split())] = status
    return made


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
