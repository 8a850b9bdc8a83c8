"""What the places where members sign in say of them, otherwise than the register: agreed to or set aside by an officer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain.policy import Permission
from consult.service import claims
from consult.web.guards import actor, needs
from consult.web.members.views import pages


@pages.get("/members/claims")
@needs(Permission.MEMBERS_SEE)
def claim_list() -> Any:
    """What waits for an officer."""
    return render_template("members/claims.html", waiting=claims.waiting())


@pages.post("/members/claims/<int:proposal_id>")
@needs(Permission.MEMBER_KEEP)
def decide_claim(proposal_id: int) -> Any:
    """Agree, or set it aside."""
    agreed = request.form.get("agree") == "yes"
    done = claims.decide(claims.get(proposal_id), agreed, by=actor())
    if done.outcome == "agreed":
        flash(_("The register of %(name)s is put right.", name=done.member.name), "success")
    else:
        flash(_("It is set aside, and the register stays as it is."), "success")
    return redirect(url_for("members.claim_list"))
