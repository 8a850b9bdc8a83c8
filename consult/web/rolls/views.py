"""Electoral rolls: the list, freezing one after looking at what it comes to, its page, and “am I on it?”."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.eligibility import RollRule
from consult.domain.errors import Refused
from consult.domain.policy import Permission
from consult.domain.roles import Status
from consult.service import roll_rules, roll_standing, rolls
from consult.web import words
from consult.web.guards import actor, allowed, needs, signed_in
from consult.web.rolls import presenters
from consult.web.rolls.forms import RuleForm

pages = Blueprint("rolls", __name__)

Answer = str | Response | tuple[str, int]


@pages.get("/rolls")
@signed_in
def index() -> Answer:
    """Every roll, newest first."""
    return render_template("rolls/index.html", rolls=rolls.listed())


@pages.get("/rolls/<int:roll_id>")
@signed_in
def show(roll_id: int) -> Answer:
    """One roll: its rule, its size, its hash, and what each condition kept out; branch by branch for officers."""
    roll = rolls.get(roll_id)
    rule = RollRule.from_json(roll.rule)
    return render_template(
        "rolls/show.html",
        roll=roll,
        in_words=roll_standing.rule_in_words(rule, words.instant_text),
        kept_out=presenters.kept_out(roll.kept_out),
        by_branch=rolls.by_branch(roll) if allowed(Permission.ROLL_SEE) else None,
        used_by=rolls.used_by(roll),
        standing=roll_standing.standing(roll, actor().member_id or 0, words.instant_text),
    )


@pages.get("/rolls/<int:roll_id>/me")
@signed_in
def me(roll_id: int) -> Answer:
    """“Am I on it, and why not?”"""
    roll = rolls.get(roll_id)
    standing = roll_standing.standing(roll, actor().member_id or 0, words.instant_text)
    return render_template("rolls/me.html", roll=roll, standing=standing)


@pages.route("/rolls/new", methods=["GET", "POST"])
@needs(Permission.ROLL_FREEZE)
def new() -> Answer:
    """The rule; then what it comes to; then the roll, frozen."""
    form, status = RuleForm(), 200
    form.offer(rolls.homes())
    if form.is_submitted() and "change" not in request.form:
        status = 422
        try:
            if form.validate():
                rule = _rule(form)
                if "freeze" not in request.form:
                    return _confirm(form, rule)
                return _frozen(form, rule)
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render_template("rolls/new.html", form=form), status


def _rule(form: Any) -> RollRule:
    return RollRule(
        tuple(Status(status) for status in form.statuses.data),
        form.joined_by.data,
        tuple(form.units.data or ()),
        rolls.excluded_by_number(form.excluded.data or ""),
        form.delegates_at.data,
        form.paid_at.data,
    )


def _confirm(form: Any, rule: RollRule) -> str:
    """What the rule comes to, before anything is fixed."""
    found = roll_rules.preview(rule)
    return render_template(
        "rolls/confirm.html",
        title=form.title.data,
        found=found,
        kept_out=presenters.kept_out(found.kept_out),
        in_words=roll_standing.rule_in_words(rule, words.instant_text),
        typed=presenters.typed(request.form),
        seen=presenters.sealed(found),
    )


def _frozen(form: Any, rule: RollRule) -> Response:
    seen = presenters.opened(request.form.get("seen", ""))
    roll = rolls.freeze(None, form.title.data, rule, token=secrets.token_hex, seen=seen, by=actor())
    flash(_("The roll is frozen, with %(n)s people on it.", n=words.number(roll.size)), "success")
    return redirect(url_for("rolls.show", roll_id=roll.id))
