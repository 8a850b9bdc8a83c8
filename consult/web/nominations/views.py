"""Nominations: the calls, one call with its rules and candidates, nominating, and the candidate's own answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.counting.methods import METHODS
from consult.domain import policy
from consult.domain.bodies import reserves_as_typed, reserves_in_words
from consult.domain.errors import NotAllowed, Refused
from consult.domain.nominations import BRANCHES, MEANINGS
from consult.domain.policy import Permission
from consult.domain.roles import Role
from consult.model.bodies import Body
from consult.model.nominations import Call, Nomination
from consult.service import bodies, clock, nominating, nominations, polling_again, polls_due, roles, settling, units
from consult.service.candidates import MOST_BYTES, StatementSpec
from consult.web.guards import actor, public, signed_in
from consult.web.kept import for_visitors
from consult.web.nominations import forms
from consult.web.trying import tried
from consult.web.why import given

pages = Blueprint("nominations", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/nominations")
@public
@for_visitors
def index() -> str:
    """Every call, and one's own nominations."""
    me = actor().member_id
    return render_template(
        "nominations/index.html", rows=nominations.listed(), at=clock.now(), mine=nominations.mine(me) if me else []
    )


@pages.get("/nominations/<int:call_id>")
@public
@for_visitors
def show(call_id: int) -> str:
    """One call: its declared rules, its deadlines, who is nominated and what follows."""
    call, at, me = nominations.get(call_id), clock.now(), actor()
    rows = [(row, nominations.lacking(call, row)) for row in call.nominations]
    return render_template(
        "nominations/show.html", call=call, rules=nominations.rules_of(call), meanings=MEANINGS, at=at,
        phase=call.phase(at), rows=rows, reserved=reserves_in_words(call.reserves), named=me.member_id is not None,
        own=next((row for row in call.nominations if row.nominee_id == me.member_id), None),
        judge=nominations.may_judge(call, me, at), left=polls_due.left(call),
        method=METHODS[call.rules["method"]], seating=settling.to_be_seated(call, at), fills=nominations.filled_by(call),
        **_polled_again(call, at),
        plan=settling.plan_of(call) if call.state == "announced" else None,
    )  # fmt: skip


def _polled_again(call: Call, at: datetime) -> dict[str, Any]:
    """What the page says of a poll that ended without a result, or has to: what to do next, and the calls before and after."""
    stands = polling_again.standing(call, at)
    return {
        "again": stands, "may_poll_again": stands is not None and polling_again.may(call, actor(), at),
        "papered": sum(row.option_key is not None for row in call.nominations),
        "next_call": polling_again.followed_by(call) if call.state == "called again" else None,
    }  # fmt: skip


@pages.get("/nominations/<int:call_id>/candidates")
@signed_in
def candidates(call_id: int) -> str:
    """The candidates in their own words."""
    call = nominations.get(call_id)
    return render_template(
        "nominations/candidates.html", call=call, rows=nominations.standing_in(call), rules=nominations.rules_of(call)
    )


def _form_of(call: Call) -> forms.CallForm:
    rules = {name: value for name, value in call.rules.items() if name != "casual"}
    columns = ("title", "seats", "opens_at", "closes_at", "consent_by", "withdraw_by", "term_starts_at", "term_until")
    return forms.CallForm(
        data=rules | {name: getattr(call, name) for name in columns}
        | {"casual": call.casual, "casual_rule": call.rules["casual"], "revision": call.revision,
           "reserves": reserves_as_typed(call.reserves)}
    )  # fmt: skip


def _begun(body: Body) -> dict[str, Any]:
    """What the form of a new call begins with: the seats that are empty, else all of them for the term that follows; a
    by-election where every empty seat was left before its term was over.
    """
    at = clock.now()
    left, empty = nominations.casual_vacancies(body, at), bodies.vacancies(body, at)
    begun = {"title": body.name, "seats": len(empty) or body.seats, "reserves": reserves_as_typed(body.reserves)}
    if left and len(left) == len(empty):
        begun |= {"seats": len(left), "reserves": "", "casual": True, "term_until": left[-1].until}
    return begun


@pages.route("/bodies/<int:body_id>/nominations/new", methods=["GET", "POST"])
@signed_in
def new(body_id: int) -> Answer:
    """Call for nominations for seats of a body."""
    body = bodies.get(body_id)
    policy.require(Permission.NOMINATIONS_CALL, actor(), body, at=clock.now())
    form = forms.CallForm(data=_begun(body))
    form.offer()
    del form.reason
    done, status = tried(form, lambda: nominations.call(body, form.spec(), by=actor()))
    if done is not None:
        flash(_("Nominations are called for."), "success")
        return redirect(url_for("nominations.show", call_id=done.id))
    return render_template("nominations/edit.html", form=form, body=body, call=None), status


@pages.route("/nominations/<int:call_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(call_id: int) -> Answer:
    """Change a call before nominations open."""
    call = nominations.get(call_id)
    policy.require(Permission.NOMINATIONS_CALL, actor(), call, at=clock.now())
    form = _form_of(call)
    form.offer()
    known = int(form.revision.data) if str(form.revision.data).isdigit() else None
    done, status = tried(form, lambda: nominations.change(call, form.spec(), given(form), revision=known, by=actor()))
    if done is not None:
        flash(_("Saved."), "success")
        return redirect(url_for("nominations.show", call_id=call_id))
    return render_template("nominations/edit.html", form=form, body=call.body, call=call), status


@pages.route("/nominations/<int:call_id>/nominate", methods=["GET", "POST"])
@signed_in
def nominate(call_id: int) -> Answer:
    """Nominate somebody, or second a nomination: as a member, or for a branch."""
    call, at = nominations.get(call_id), clock.now()
    policy.require(Permission.NOMINATE, actor(), call, at=at)
    rules, form = nominations.rules_of(call), forms.NominateForm()
    speaks = (Role.DELEGATE, Role.UNIT_OFFICER)
    mine = [
        unit for unit in units.all_units()
        if unit.kind == "branch" and any(actor().holds(role, at, unit.path) for role in speaks)
    ] if rules.by == BRANCHES else []  # fmt: skip
    form.unit.choices = [("", _("none: I put myself forward")), *((str(unit.id), unit.name) for unit in mine)]
    if rules.by != BRANCHES:
        for name in ("unit", "held_on", "votes_for", "votes_against"):
            del form[name]

    def send() -> Nomination:
        member = roles.find_member(form.member.data or "")
        number = form.unit.data if "unit" in form else ""
        unit = units.get(int(number)) if number else None
        made: Nomination = nominating.nominate(
            call, member, unit=unit, meeting=form.meeting() if unit else None, by=actor()
        )
        return made

    done, status = tried(form, send)
    if done is not None:
        flash(_("Your nomination is recorded."), "success")
        own = done.nominee_id == actor().member_id
        return redirect(_own(done) if own else url_for("nominations.show", call_id=call_id))
    return render_template("nominations/nominate.html", form=form, call=call, rules=rules, meanings=MEANINGS), status


def _own(row: Nomination) -> str:
    return url_for("nominations.answer", nomination_id=row.id)


@pages.route("/nominations/of/<int:nomination_id>", methods=["GET", "POST"])
@signed_in
def answer(nomination_id: int) -> Answer:
    """One's own nomination: accept it with a statement and a photograph, or change these."""
    row, at = nominations.nomination(nomination_id), clock.now()
    if row.nominee_id != actor().member_id:
        raise NotAllowed(_("This page is for the person who is nominated."))
    form = forms.AcceptForm(statement=row.statement, group=row.group)
    form.offer(row.call)
    if not row.photograph_hash:
        del form.remove_photograph
    done, status = tried(form, lambda: nominating.accept(row, _spec(form), form.group.data or "", by=actor()))
    if done is not None:
        flash(_("Saved. You stand as a candidate."), "success")
        return redirect(_own(row))
    rules = nominations.rules_of(row.call)
    return render_template(
        "nominations/answer.html", form=form, row=row, call=row.call, rules=rules, phase=row.call.phase(at)
    ), status


def _spec(form: forms.AcceptForm) -> Any:
    if "remove_photograph" in form:
        return form.spec()
    file = form.photograph.data
    return StatementSpec(form.statement.data or "", file.read(MOST_BYTES + 1) if file else None)


@pages.post("/nominations/of/<int:nomination_id>/<any(decline, withdraw):verb>")
@signed_in
def decline(nomination_id: int, verb: str) -> Response:
    """Decline a nomination, or withdraw as a candidate."""
    row = nominations.nomination(nomination_id)
    try:
        if verb == "withdraw":
            nominating.withdraw(row, "", by=actor())
            flash(_("You have withdrawn."), "success")
        else:
            nominating.decline(row, by=actor())
            flash(_("You have declined."), "success")
    except Refused as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("nominations.show", call_id=row.call_id))
