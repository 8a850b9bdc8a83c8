"""Electoral rolls: the list, composing a rule and counting what it does, freezing, a roll's page, and “am I on it?”."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.eligibility import Class, RollRule
from consult.domain.errors import Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Status
from consult.service import (
    attestations,
    audit_pages,
    networks,
    removals,
    roll_changes,
    roll_rules,
    roll_standing,
    rolls,
)
from consult.web import words
from consult.web.guards import actor, allowed, needs, now, signed_in
from consult.web.phrases import said
from consult.web.rolls import presenters
from consult.web.rolls.forms import RuleForm

pages = Blueprint("rolls", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/rolls")
@signed_in
def index() -> Answer:
    """Every roll, newest first; and for the complaints panel the appeals that wait."""
    waiting = removals.waiting() if allowed(Permission.ROLL_APPEAL_DECIDE) else []
    return render_template("rolls/index.html", rolls=rolls.listed(), waiting=waiting)


@pages.get("/rolls/<int:roll_id>")
@signed_in
def show(roll_id: int) -> Answer:
    """One roll: its rule, its size, its hash, what each condition kept out, and what came afterwards; people for officers."""
    roll = rolls.get(roll_id)
    sees = allowed(Permission.ROLL_SEE)
    return render_template(
        "rolls/show.html",
        roll=roll,
        in_words=roll_standing.rule_in_words(
            RollRule.from_json(roll.rule), words.instant_text, presenters.attested_titles, said, roll.frozen_at
        ),
        kept_out=presenters.kept_out(roll.kept_out),
        entry=audit_pages.entry_of(Event.ROLL_FROZEN, roll, actor()),
        by_branch=rolls.by_branch(roll) if sees else None,
        used_by=rolls.used_by(roll),
        standing=roll_standing.standing(roll, actor().member_id or 0, words.instant_text, presenters.attested_titles),
        changes=roll_changes.of_roll(roll.id),
        size_now=roll_changes.size_now(roll),
        people=roll_changes.people_of(roll.id) if allowed(Permission.ROLL_CHANGE) else {},
    )


@pages.get("/rolls/<int:roll_id>/me")
@signed_in
def me(roll_id: int) -> Answer:
    """“Am I on it, and why not?”"""
    roll = rolls.get(roll_id)
    standing = roll_standing.standing(roll, actor().member_id or 0, words.instant_text, presenters.attested_titles)
    return render_template("rolls/me.html", roll=roll, standing=standing)


@pages.route("/rolls/new", methods=["GET", "POST"])
@needs(Permission.ROLL_FREEZE)
def new() -> Answer:
    """The rule, counted as often as wanted; then what it comes to; then the roll, frozen."""
    form, status, found = RuleForm(), 200, None
    form.offer(rolls.homes(), networks.listed(), attestations.standing())
    if form.is_submitted() and "change" not in request.form:
        status, only_count = 422, "count" in request.form
        try:
            if form.validate() or (only_count and not set(form.errors) - {"title"}):
                form.title.errors = [] if only_count else form.title.errors
                rule = _rule(form)
                if not only_count:
                    return _frozen(form, rule) if "freeze" in request.form else _confirm(form, rule)
                status, found = 200, roll_rules.preview(rule, at=now())
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    effects = presenters.effects(found) if found else []
    return render_template("rolls/new.html", form=form, found=found, effects=effects), status


def _rule(form: Any) -> RollRule:
    return RollRule(
        tuple(Status(status) for status in form.statuses.data or ()),
        form.joined_by.data,
        tuple(form.units.data or ()),
        rolls.excluded_by_number(form.excluded.data or ""),
        form.delegates_at.data,
        form.paid_at.data,
        home_only=bool(form.home_only.data),
        networks=tuple(form.networks.data or ()) if "networks" in form else (),
        attestations=tuple(form.attestations.data or ()) if "attestations" in form else (),
        without=tuple(Class(each) for each in form.without.data or ()),
    )


def _confirm(form: Any, rule: RollRule) -> str:
    """What the rule comes to, before anything is fixed."""
    found = roll_rules.preview(rule, at=now())
    return render_template(
        "rolls/confirm.html",
        title=form.title.data,
        found=found,
        kept_out=[(why, words.number(count)) for why, count in presenters.kept_out(found.kept_out)],
        effects=presenters.effects(found),
        in_words=roll_standing.rule_in_words(rule, words.instant_text, presenters.attested_titles, said),
        typed=presenters.typed(request.form),
        seen=presenters.sealed(found),
    )


def _frozen(form: Any, rule: RollRule) -> Response:
    seen = presenters.opened(request.form.get("seen", ""))
    roll = rolls.freeze(None, form.title.data, rule, token=secrets.token_hex, seen=seen, by=actor())
    flash(_("The roll is frozen, with %(n)s people on it.", n=words.number(roll.size)), "success")
    return redirect(url_for("rolls.show", roll_id=roll.id))
