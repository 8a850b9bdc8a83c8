"""What an address asks the search for, and a sentence for each part of it that makes no sense and is therefore left out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from flask import request
from flask_babel import gettext as _

from consult.domain import searching
from consult.domain.lifecycle import AMENDMENT, MOTION, POLICY
from consult.model.debate import STANCES
from consult.service import search
from consult.service.search import Wanted
from consult.web import words

#: Kind → the states that it can be narrowed down to: those that anybody but its owner finds.
STATES: dict[str, tuple[str, ...]] = {
    searching.MOTION: tuple(state for state in MOTION.states if state != "draft"),
    searching.AMENDMENT: tuple(state for state in AMENDMENT.states if state != "draft"),
    searching.POLICY: POLICY.states,
    searching.COMMENT: STANCES,
    searching.PARAGRAPH: STANCES,
}
#: The years in which a day may lie.
YEARS = (1900, 2999)
#: Of what was typed, as much as is shown again.
SHOWN = 80


class Asked:
    """What the address asks for; `faults` has the name of a field → what is wrong with what it says."""

    def __init__(self, units: Collection[int], consultations: Collection[int]) -> None:
        self.faults: dict[str, str] = {}
        #: The fields of days that say something else than a day.
        self.not_days: set[str] = set()
        kind = self._among("kind", searching.KINDS)
        since, until = self._day("since"), self._day("until")
        if since and until and until < since:
            self.faults["until"] = _("The last day is before the first, so neither was used. Give a later one.")
            since = until = None
        typed = request.args.get("q", "")
        self.wanted = Wanted(
            typed[: searching.LONGEST], kind,
            self._number("unit", units), self._number("consultation", consultations),
            self._among("state", STATES.get(kind, ())), _begins(since), _begins(until, 1),
            self._among("order", search.ORDERS) or search.RELEVANCE, request.args.get("after", "")[:80],
        )  # fmt: skip
        self._measure(typed)

    @property
    def problems(self) -> list[dict[str, str]]:
        """The sentences for the head of the page, each with the address of its field."""
        places = {"q": "search-words"}
        return [{"text": text, "href": f"#{places.get(name, f'filter-{name}')}"} for name, text in self.faults.items()]

    def _measure(self, typed: str) -> None:
        """Whether all that was typed is looked for."""
        if len(typed) > searching.LONGEST:
            self.faults["q"] = _(
                "That is %(number)s characters, and only the first %(most)s were used. Give fewer words.",
                number=len(typed), most=searching.LONGEST,
            )  # fmt: skip
        elif searching.left_out(typed):
            self.faults["q"] = _("Only the first %(most)s words were used. Give fewer.", most=searching.MOST_TERMS)

    def _wrong(self, name: str) -> None:
        typed = typed_as(name)
        self.faults[name] = {
            "kind": _("“%(typed)s” is no kind of thing that can be found, so it was left out. Choose one.", typed=typed),
            "state": _("“%(typed)s” does not go with what kind of thing is chosen, so it was left out. Choose again.", typed=typed),
            "unit": _("There is no unit “%(typed)s”, so it was left out. Choose one.", typed=typed),
            "consultation": _("There is no consultation “%(typed)s”, so it was left out. Choose one.", typed=typed),
            "order": _("“%(typed)s” is no order, so the best match stands first. Choose one.", typed=typed),
        }[name]  # fmt: skip

    def _among(self, name: str, known: Collection[str]) -> str:
        value = request.args.get(name, "").strip()
        if not value or value in known:
            return value
        self._wrong(name)
        return ""

    def _number(self, name: str, known: Collection[int]) -> int | None:
        text = request.args.get(name, "").strip()
        if not text:
            return None
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if number in known:
            return number
        self._wrong(name)
        return None

    def _day(self, name: str) -> date | None:
        text = request.args.get(name, "").strip()
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.not_days.add(name)
            self.faults[name] = _(
                "“%(typed)s” is not a day, so it was left out. Write it like 2026-11-25.", typed=typed_as(name)
            )
            return None
        if not YEARS[0] <= day.year <= YEARS[1]:
            self.faults[name] = _(
                "The year %(year)s is too far away, so it was left out. Give one from %(first)s to %(last)s.",
                year=day.year, first=YEARS[0], last=YEARS[1],
            )  # fmt: skip
            return None
        return day


def typed_as(name: str) -> str:
    """What a field says, as it is shown again."""
    text = request.args.get(name, "").strip()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _begins(day: date | None, later: int = 0) -> datetime | None:
    """When a day begins on the organisation's clock."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=words.zone()).astimezone(UTC)
