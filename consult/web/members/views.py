"""The register: searched, one person's entry, and its corrections."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.domain.roles import Status
from consult.service import (
    audit_pages,
    contacts,
    import_history,
    looking,
    members,
    membership_days,
    merging,
    office_ends,
    suspensions,
    units,
)
from consult.web.guards import actor, needs, now
from consult.web.members import offices
from consult.web.members.forms import ChangeDays, ChangeStatus, Move, Reach
from consult.web.words import zone

pages = Blueprint("members", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/members")
@needs(Permission.MEMBERS_SEE)
def index() -> Answer:
    """Search by name, number or address; page by page."""
    words, status = request.args.get("q", "").strip(), request.args.get("status", "")
    status = status if status in set(Status) else ""
    found = members.search(words, status, request.args.get("page", 1, type=int))
    looking.note(actor(), [one.id for one in found.members], "search", now())
    kept = urlencode({"q": words, "status": status, "page": ""})
    return render_template(
        "members/index.html",
        found=found,
        words=words,
        status=status,
        figures=members.figures(),
        address=f"{url_for('members.index')}?{kept}",
    )


@pages.get("/members/<int:member_id>")
@needs(Permission.MEMBERS_SEE)
def show(member_id: int) -> Answer:
    """One person's entry, roles and history."""
    member = _looked_at(member_id)
    return render_template(
        "members/show.html",
        member=member,
        holdings=members.holdings_of(member),
        changes=members.changes_of(member),
        imported=import_history.of(member),
        came_by=import_history.came_by(member),
        merges=merging.of(member),
        suspended=suspensions.of_member(member.id),
        held=suspensions.standing(member.id, now()),
        history=audit_pages.read(
            actor(),
            subject=f"member:{member_id}",
            before=request.args.get("before", type=int),
            after=request.args.get("after", type=int),
        ),
    )


@pages.route("/members/<int:member_id>/status", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def change_status(member_id: int) -> Answer:
    """Put down another status."""
    member = _looked_at(member_id)
    form = ChangeStatus(status=member.status, was=member.status)

    def do() -> None:
        status = Status(form.status.data)
        ended = offices.listed(office_ends.of(member, status, now()).offices)
        members.change_status(member, status, form.reason.data, was=form.was.data or "", by=actor())
        if ended:
            flash(_("Ended with it: %(offices)s. If the status was wrong, each has to be given again.", offices=ended))

    held = offices.listed(office_ends.of(member, Status.FORMER, now()).offices)
    return _correct(member, form, _("Change the status"), do, held=held)


@pages.route("/members/<int:member_id>/branch", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def move(member_id: int) -> Answer:
    """Put down another home branch."""
    member = _looked_at(member_id)
    form = Move(branch=member.unit_id, was=member.unit_id)
    form.offer(members.branches())
    return _correct(
        member,
        form,
        _("Change the home branch"),
        lambda: members.move(
            member, units.get(form.branch.data), form.reason.data, was=_number(form.was.data), by=actor()
        ),
    )


@pages.route("/members/<int:member_id>/contact", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def reach(member_id: int) -> Answer:
    """Put right the name and how somebody is reached."""
    member = _looked_at(member_id)
    form = Reach(**asdict(contacts.of(member)), was=contacts.revision(member))
    return _correct(
        member,
        form,
        _("Put the name and addresses right"),
        lambda: contacts.correct(
            member, form.contact(), form.reason.data, was=form.was.data or "", shared=form.shared.data, by=actor()
        ),
    )


@pages.route("/members/<int:member_id>/days", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def change_days(member_id: int) -> Answer:
    """Put right since when somebody belongs, and until when they have paid."""
    member = _looked_at(member_id)
    said = membership_days.of(member, zone())
    form = ChangeDays(joined=said.joined, paid=said.paid, was=membership_days.revision(member, zone()))
    return _correct(
        member,
        form,
        _("Put the days right"),
        lambda: membership_days.correct(
            member, membership_days.Days(form.joined.data or said.joined, form.paid.data), zone(), form.reason.data,
            was=form.was.data or "", by=actor(),
        ),
    )  # fmt: skip


def _looked_at(member_id: int) -> Any:
    """An entry, after it was put down who opened it."""
    member = members.get(member_id)
    looking.note(actor(), [member.id], "entry", now())
    return member


def _correct(member: Any, form: Any, title: str, do: Any, held: str = "") -> Answer:
    status = 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                do()
                flash(_("The entry of %(name)s is corrected.", name=member.name), "success")
                return redirect(url_for("members.show", member_id=member.id))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("members/correct.html", member=member, form=form, page_title=title, held=held), status


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 16 else 0
