"""Meetings and events: the list, each with who comes, calendars, and what the organiser does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotAllowed
from consult.domain.gatherings import MAJORITIES, NOT_COMING, OPEN_TO
from consult.domain.policy import Permission
from consult.model.gatherings import EventAnswer, Gathering
from consult.model.store import db
from consult.model.units import Unit
from consult.service import clock, consultations, decisions, gathering_records, gatherings, members, organisation, units
from consult.web import markdown, open_files
from consult.web.calendars import entries
from consult.web.gatherings import forms
from consult.web.guards import actor, now, public, signed_in
from consult.web.kept import for_visitors
from consult.web.trying import instead, revision_of, tried
from consult.web.why import given

pages = Blueprint("gatherings", __name__)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


@pages.get("/events")
@public
@for_visitors
def index() -> str:
    """What is to come and what was; of everything, of a unit or of a consultation."""
    at, past = clock.now(), bool(request.args.get("past"))
    unit_id, consultation_id = _number("unit"), _number("consultation")
    return render_template(
        "gatherings/index.html", past=past, unit=units.get(unit_id) if unit_id else None, keeps=_keeps(),
        rows=gatherings.listed(at, unit_id=unit_id, consultation_id=consultation_id, past=past),
        consultation=consultations.readable(consultation_id, actor(), now()) if consultation_id else None,
        votes=gathering_records.votes_of_unit(unit_id) if unit_id and past and _reads_votes(units.get(unit_id), at) else [],
    )  # fmt: skip


def _reads_votes(unit: Unit, at: datetime) -> bool:
    """Whether somebody may read the votes of a unit's meetings: they stand in its register, which says for whom it is."""
    return decisions.may_read(unit, actor(), at)


def _keeps() -> list[Any]:
    """The units for which this person may plan events."""
    at = clock.now()
    if actor().member_id is None:
        return []
    return [unit for unit in units.all_units() if policy.may(Permission.EVENT_KEEP, actor(), unit, at=at)]


@pages.get("/events/<int:gathering_id>")
@public
@for_visitors
def show(gathering_id: int) -> str:
    """One event."""
    row, own = gatherings.get(gathering_id), gatherings.answer_of(gathering_id, actor())
    needs = own.access_needs if own else ""
    form = forms.AnswerForm(data={"access_needs": needs}) if actor().member_id is not None else None  # it has a token
    return _shown(row, own, form)


def _shown(row: Gathering, own: EventAnswer | None, form: forms.AnswerForm | None) -> str:
    gathering_id, at = row.id, clock.now()
    minutes = gathering_records.minutes_of(gathering_id)
    keeps = policy.may(Permission.EVENT_KEEP, actor(), row, at=at)
    organises = keeps and actor().member_id == row.organiser_id
    return render_template(
        "gatherings/show.html", row=row, orphan=keeps and not organises and not gatherings.is_organised(row, at), own=own,
        line=gatherings.place_in_line(own), form=form, counts=gatherings.counts(gathering_id), at=at,
        able=gatherings.may_come(row, actor()), minutes=minutes[0] if minutes else None,
        body=markdown.shown(minutes[0].body) if minutes else "",
        earlier=[(one, markdown.shown(one.body)) for one in minutes[1:]], votes=gathering_records.votes_of(gathering_id),
        reads_votes=_reads_votes(row.unit, at),
        present=gathering_records.members_present(db.session(), row),
        guests=gathering_records.guests_present(db.session(), row),
        corrections=gathering_records.corrections_of(gathering_id), open_to=OPEN_TO[row.open_to],
        majorities={(m[0], m[1]): m[2] for m in MAJORITIES.values()},
        needs=gatherings.needs_of(row, actor(), at) if organises else [],
        about=row.consultation if row.consultation and consultations.can_read(row.consultation, actor(), at) else None,
    )  # fmt: skip


@pages.route("/events/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Plan an event."""
    form, able = forms.EventForm(), _keeps()
    if not able:
        raise NotAllowed(_("Officers of a unit plan its events, and the committee those of the whole organisation."))
    del form.reason  # nothing is changed yet
    form.unit.choices = [(unit.id, unit.name) for unit in able]
    form.consultation.choices = [(0, _("None")), *((row.id, row.title) for row in consultations.shown(actor(), now()))]

    def plan() -> Gathering:
        about = consultations.readable(form.consultation.data, actor(), now()) if form.consultation.data else None
        return gatherings.plan(units.get(form.unit.data), form.spec(), about, by=actor())

    done, status = tried(form, plan)
    if done is not None:
        return redirect(url_for("gatherings.show", gathering_id=done.id))
    return render_template("gatherings/edit.html", form=form, row=None), status


@pages.route("/events/<int:gathering_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(gathering_id: int) -> Any:
    """Change an event."""
    row = _kept(gathering_id)
    names = (
        "kind",
        "title",
        "about",
        "starts_at",
        "ends_at",
        "place",
        "access",
        "link",
        "open_to",
        "capacity",
        "quorum",
    )
    form = forms.EventForm(data={name: getattr(row, name) for name in names} | {"revision": row.revision})
    del form.unit, form.consultation
    done, status = tried(
        form, lambda: gatherings.change(row, form.spec(), given(form), revision=revision_of(form), by=actor())
    )
    if done is not None:
        flash(_("The event is changed; who comes is told where the time or the place is another."), "success")
        return redirect(url_for("gatherings.show", gathering_id=gathering_id))
    return render_template("gatherings/edit.html", form=form, row=row), status


def _kept(gathering_id: int) -> Gathering:
    row = gatherings.get(gathering_id)
    policy.require(Permission.EVENT_KEEP, actor(), row, at=clock.now())
    return row


@pages.route("/events/<int:gathering_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(gathering_id: int) -> Any:
    """Cancel an event."""
    row, form = _kept(gathering_id), forms.CancelForm()
    closed = gatherings.why_not_cancelled(row)
    act = lambda: gatherings.cancel(row, form.reason.data or "", by=actor())  # noqa: E731
    return _one(row, form, act, _("Cancel an event"), closed=closed)


def _one(
    row: Gathering, form: Any, act: Any, title: str, lede: str = "", there: int | None = None, closed: str = ""
) -> Any:
    """A form on a page of its own, which leads back to the event; `there` are the members whose votes it is about.

    Where it is `closed` the sentence stands in place of the form.
    """
    done, status = tried(form, act)
    if done is not None:
        return redirect(url_for("gatherings.show", gathering_id=row.id))
    return render_template(
        "gatherings/one.html", form=form, row=row, heading=title, lede=lede, there=there, closed=instead(closed)
    ), status


@pages.post("/events/<int:gathering_id>/<any(come, stay):what>")
@signed_in
def answer(gathering_id: int, what: str) -> Any:
    """Say whether one comes, and what one needs."""
    row, form = gatherings.get(gathering_id), forms.AnswerForm()
    before = gatherings.answer_of(gathering_id, actor())
    stands = before is not None and before.answer != NOT_COMING
    needs = (form.access_needs.data or "") if what == "come" else ""
    done, status = tried(form, lambda: gatherings.answer(row, what == "come", needs, by=actor()))
    if done is None:
        return _shown(row, gatherings.answer_of(gathering_id, actor()), form), status
    if what == "come" and stands:
        flash(_("What you need is kept. You have your place still."), "success")
    return redirect(url_for("gatherings.show", gathering_id=gathering_id))


@pages.route("/events/<int:gathering_id>/attendance", methods=["GET", "POST"])
@signed_in
def attendance(gathering_id: int) -> Any:
    """Record who is there."""
    row = _kept(gathering_id)
    present = gathering_records.attendance_of(gathering_id)
    known = {how: [str(one.member_id) for one in present if one.how == how] for how in ("in the room", "from afar")}
    form = forms.AttendanceForm(data={"room": known["in the room"], "afar": known["from afar"]})
    forms.offer(form, gatherings.answers_of(gathering_id), present)
    if not gathering_records.votes_of(gathering_id):
        del form.reason
    lines = forms.typed_lines(form)
    numbers = members.ids_of([*lines, *(piece for line in lines for piece in line.replace(",", " ").split())])
    lede = _(
        "Members of %(unit)s and of the units below it count towards the quorum; guests and supporters do not.",
        unit=row.unit.name,
    )
    because = (form.reason.data or "") if "reason" in form else ""

    def act() -> Gathering:
        made = gathering_records.attend(row, forms.people(form, numbers), because, by=actor())
        there = len(gathering_records.attendance_of(gathering_id))
        flash(
            ngettext(
                "It is recorded that %(num)s person is there.", "It is recorded that %(num)s people are there.", there
            )
            if there
            else _("It is recorded that nobody is there."),
            "success",
        )
        return made

    return _one(row, form, act, _("Who is there"), lede, closed=gathering_records.why_no_record(row, now()))


@pages.route("/events/<int:gathering_id>/votes/new", methods=["GET", "POST"])
@signed_in
def vote(gathering_id: int) -> Any:
    """Record a vote."""
    row, form = _kept(gathering_id), forms.VoteForm()

    def record() -> Any:
        figures = (form.votes_for.data or 0, form.votes_against.data or 0, form.abstained.data or 0)
        return gathering_records.record_vote(row, form.question.data or "", *figures, form.majority.data, by=actor())

    there = gathering_records.members_present(db.session(), row)
    closed = gathering_records.why_no_vote(row, now())
    return _one(row, form, record, _("Record a vote"), _("A vote that is recorded is never changed."), there, closed)


@pages.route("/events/<int:gathering_id>/minutes", methods=["GET", "POST"])
@signed_in
def minutes(gathering_id: int) -> Any:
    """Publish the minutes."""
    row, kept = _kept(gathering_id), gathering_records.minutes_of(gathering_id)
    form = forms.MinutesForm(data={"body": kept[0].body if kept else "", "revision": len(kept)})
    act = lambda: gathering_records.publish_minutes(  # noqa: E731
        row, form.body.data or "", after=revision_of(form), by=actor()
    )
    lede = _(
        "Members can read them at once. A corrected text can follow; what was published before stays readable beneath it."
    )
    return _one(row, form, act, _("Minutes"), lede, closed=gathering_records.why_no_minutes(row, now()))


# -- calendars -------------------------------------------------------------------------------------------------------


def _ics(name: str, rows: list[Gathering]) -> Response:
    body = entries.written(name, map(entries.of_event, rows))
    return open_files.sent(body, "text/calendar; charset=utf-8", anywhere=True)


@pages.get("/events/<int:gathering_id>.ics")
@public
def one_ics(gathering_id: int) -> Response:
    """One event for a calendar."""
    row = gatherings.get(gathering_id)
    return _ics(row.title, [row])


@pages.get("/events.ics")
@public
def feed() -> Response:
    """Every event to come, or those of a unit or a consultation: an address that calendars can follow."""
    unit_id, consultation_id = _number("unit"), _number("consultation")
    if request.args.get("unit"):
        units.get(unit_id or 0)
    if request.args.get("consultation"):
        consultations.readable(consultation_id or 0, actor(), now())
    rows = gatherings.listed(clock.now(), unit_id=unit_id, consultation_id=consultation_id)
    return _ics(organisation.name(), rows)
