"""The policy book: what members carried, with where every word came from."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from consult.printing import FORMATS
from consult.service import clock, model_motions, policies, policy_actions, policy_steps
from consult.service.versions import document_of
from consult.web.guards import public
from consult.web.kept import for_visitors
from consult.web.motions import presenters
from consult.web.motions.views import number
from consult.web.policy.presenters import written_clauses

pages = Blueprint("policy", __name__)


@pages.get("/policy")
@public
@for_visitors
def index() -> str:
    """The policies, by words, topic and whether they are in force."""
    args = request.args
    wanted = policies.Wanted(args.get("q", "")[:200], args.get("topic", "")[:60], "" if args.get("all") else "in force")
    rows, last = policies.listed(wanted, number("page"))
    return render_template(
        "policy/index.html", rows=rows, last=last, page_number=number("page"), wanted=wanted, topics=policies.topics()
    )


@pages.get("/policy/<int:policy_id>")
@public
@for_visitors
def show(policy_id: int) -> str:
    """One policy: its text as carried, and who wrote each word of it."""
    found = policies.get(policy_id)
    writers = policies.writers(found)
    document = document_of(found.version)
    names = {str(key): f"{row.label} ({row.unit.name})" for key, row in writers.items()}
    return render_template(
        "policy/show.html",
        policy=found,
        motion=found.motion,
        clauses=presenters.clauses_of(found.version),
        written=written_clauses(found, names | {"": _("the motion as moved")}),
        writers=writers,
        division=policies.division_of(found),
        steps=policy_steps.history(policy_id),
        before=policy_steps.superseded_by(policy_id),
        actions=policy_actions.of_policy(policy_id),
        labels=document.labels,
        models=model_motions.of_policy(policy_id),
        formats=FORMATS,
        binding=policies.in_force_at(found, clock.now()),
        line=number("line", 0) or None,
    )
