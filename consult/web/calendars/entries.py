"""Events and deadlines put into entries of a calendar."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext as _

from consult.domain.gatherings import COMING, WAITING
from consult.model.gatherings import Gathering
from consult.printing.calendars import Entry, calendar
from consult.service.deadlines import Deadline, Moved
from consult.web import words
from consult.web.phrases import said


def _site() -> str:
    return str(current_app.config["CONSULT_URL"]).rstrip("/")


def _uid(key: str) -> str:
    return f"{key}@{_site().partition('://')[2]}"


def of_event(row: Gathering, answer: str = "") -> Entry:
    """An event; to somebody who comes it says so, with the address to join at."""
    told = {COMING: _("You have said that you come."), WAITING: _("You are on the waiting list.")}.get(answer, "")
    link = _("Join at %(address)s", address=row.link) if answer == COMING and row.link else ""
    why = _("Cancelled: %(reason)s", reason=row.cancelled_because) if row.cancelled_because else ""
    return Entry(
        _uid(f"event-{row.id}"), row.title, row.starts_at, row.ends_at, row.changed_at, row.revision - 1,
        "\n\n".join(part for part in (why, told, link, row.about, row.access) if part), row.place,
        f"{_site()}/events/{row.id}", row.state == "cancelled",
    )  # fmt: skip


def of_deadlines(found: Iterable[Deadline], moved: dict[str, Moved]) -> list[Entry]:
    """Deadlines, each with how often it was set and when last."""
    made = []
    for each in found:
        known = moved.get(each.subject)
        made.append(
            Entry(
                _uid(each.key), said(each.title), each.at, None, known.at if known else each.at,
                known.times if known else 0, said(each.about), address=_site() + each.place, cancelled=each.cancelled, busy=False,
            )
        )  # fmt: skip
    return made


def written(name: str, entries: Iterable[Entry]) -> bytes:
    """The file, shown in the organisation's zone by readers that have none of their own."""
    return calendar(name, entries, words.zone().key)
