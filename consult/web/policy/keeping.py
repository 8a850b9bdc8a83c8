"""Keeping the policy book: superseding, rescinding and renewing, and the actions that policies order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy as who
from consult.domain.policy import Permission
from consult.service import clock, policies, policy_actions, policy_steps
from consult.service.versions import document_of
from consult.web import words
from consult.web.fields import Form
from consult.web.guards import actor, needs, signed_in
from consult.web.policy import forms
from consult.web.policy.views import pages
from consult.web.trying import tried


def formed(form: Form, act: Callable[[], object], policy_id: int, title: str, done_words: str, **more: Any) -> Any:
    """A form about a policy: sent and back to the policy's page, or shown again with what was typed."""
    done, status = tried(form, act)
    if done is not None:
        flash(done_words, "success")
        return redirect(url_for("policy.show", policy_id=policy_id))
    found = policies.get(policy_id)
    return render_template("policy/form.html", form=form, policy=found, heading=title, **more), status


@pages.route("/policy/<int:policy_id>/supersede", methods=["GET", "POST"])
@needs(Permission.POLICY_KEEP)
def supersede(policy_id: int) -> Any:
    """Say which later policy stands in its place."""
    found, form = policies.get(policy_id), forms.SupersedeForm()
    later = policies.later_than(found)
    form.successor.choices = [(row.id, row.title) for row in later]
    by_id = {row.id: row for row in later}
    return formed(
        form,
        lambda: policy_steps.supersede(found, by_id[form.successor.data], form.reason.data or "", by=actor()),
        policy_id, _("Supersede this policy"), _("The policy is superseded."),
        lede=_("It stays in the book, marked, with what stands in its place. This cannot be undone.")
        if later else _("There is no later policy in force that could stand in its place."),
    )  # fmt: skip


@pages.route("/policy/<int:policy_id>/rescind", methods=["GET", "POST"])
@needs(Permission.POLICY_KEEP)
def rescind(policy_id: int) -> Any:
    """Say that the members took it back."""
    found, form = policies.get(policy_id), forms.RescindForm()
    return formed(
        form, lambda: policy_steps.rescind(found, form.reason.data or "", by=actor()), policy_id,
        _("Rescind this policy"), _("The policy is rescinded."),
        lede=_("It stays in the book, marked as rescinded. This cannot be undone."),
    )  # fmt: skip


@pages.route("/policy/<int:policy_id>/renew", methods=["GET", "POST"])
@needs(Permission.POLICY_KEEP)
def renew(policy_id: int) -> Any:
    """Keep it in force for longer."""
    found, form = policies.get(policy_id), forms.RenewForm()

    def until() -> datetime:
        day: Any = form.until.data
        return datetime.combine(day, time(23, 59), words.zone())

    return formed(
        form, lambda: policy_steps.renew(found, until(), form.reason.data or "", by=actor()), policy_id,
        _("Renew this policy"), _("The policy is renewed."),
    )  # fmt: skip


@pages.route("/policy/<int:policy_id>/actions/new", methods=["GET", "POST"])
@needs(Permission.POLICY_ACT)
def action(policy_id: int) -> Any:
    """Give what a clause orders to somebody."""
    found, form = policies.get(policy_id), forms.ActionForm()
    document = document_of(found.version)
    form.clause.choices = [
        (key, f"{document.labels[key]}: {document.clause(key).text[:140]}") for key in policy_actions.ordering(document)
    ]
    return formed(
        form,
        lambda: policy_actions.give(found, form.clause.data, form.holder.data or "", form.due_on.data, by=actor()),
        policy_id, _("What is to be done, and by whom"), _("The action is set down."),
    )  # fmt: skip


@pages.route("/policy/actions/<int:action_id>/report", methods=["GET", "POST"])
@signed_in
def report(action_id: int) -> Any:
    """Report on an action."""
    found, form = policy_actions.get(action_id), forms.ReportForm()
    who.require(Permission.POLICY_REPORT, actor(), found, at=clock.now())
    return formed(
        form, lambda: policy_actions.report(found, form.progress.data, form.body.data or "", by=actor()), found.policy_id,
        _("Report on an action"), _("Your report is in the policy book."), lede=found.holder,
    )  # fmt: skip
