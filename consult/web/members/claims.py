"""What the places where members sign in say of them, otherwise than the register: agreed to or set aside by an officer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain.policy import Permission
from consult.domain.roles import Status
from consult.service import claims, office_ends
from consult.web.guards import actor, needs, now
from consult.web.members import offices
from consult.web.members.views import pages
from consult.web.trying import tried
from consult.web.why import Why, ask_why


@pages.get("/members/claims")
@needs(Permission.MEMBERS_SEE)
def claim_list() -> Any:
    """What waits for an officer."""
    return render_template("members/claims.html", waiting=claims.waiting())


@pages.route("/members/claims/<int:proposal_id>", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def agree_claim(proposal_id: int) -> Any:
    """Agree, with the reason: the register is put right, and offices end that nobody of the new status may hold."""
    found = claims.get(proposal_id)
    form, member = Why(), found.member
    result, code = tried(form, lambda: claims.decide(found, True, form.reason.data or "", by=actor()))
    if result is not None:
        flash(_("The register of %(name)s is put right.", name=member.name), "success")
        return redirect(url_for("members.claim_list"))
    ending = office_ends.of(member, Status(found.new), now()).offices if found.what == "status" else ()
    held, title = offices.listed(ending), _("Put the register right")
    page = render_template("members/correct.html", member=member, form=form, page_title=title, claim=found, held=held)
    return page, code


@pages.route("/members/claims/<int:proposal_id>/set-aside", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def set_claim_aside(proposal_id: int) -> Any:
    """Set it aside, with the reason."""
    found = claims.get(proposal_id)
    return ask_why(
        lambda reason: claims.decide(found, False, reason, by=actor()),
        title=_("Set aside what is said of %(name)s", name=found.member.name),
        lede=_("The register stays as it is. It is proposed again only if something else is said."),
        button=_("Set aside"),
        back=url_for("members.claim_list"),
        done=_("It is set aside, and the register stays as it is."),
        variant=None,
    )
