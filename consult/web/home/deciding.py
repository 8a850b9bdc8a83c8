"""What I must decide: one page to read before voting, on the screen or on paper."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain import policy
from consult.domain.policy import Permission
from consult.model.amendments import Amendment
from consult.model.motions import Motion
from consult.service import amendments, clock, deciding, motions, recommendations
from consult.web.fields import Form, RadioField, Required, SubmitField, TextAreaField
from consult.web.guards import actor, signed_in
from consult.web.home.views import pages
from consult.web.motions import presenters
from consult.web.trying import tried


class RecommendForm(Form):
    """What the committee recommends, and why."""

    advice = RadioField(
        _l("What do you recommend?"), [Required()],
        choices=[("for", _l("Vote for")), ("against", _l("Vote against")), ("no recommendation", _l("No recommendation"))],
    )  # fmt: skip
    reason = TextAreaField(
        _l("Why?"), [Required(), Length(max=2000)], description=_l("Members read it beside the question, with your name."),
        render_kw={"rows": 4},
    )  # fmt: skip
    send = SubmitField(_l("Recommend it"))


@pages.get("/decide")
@signed_in
def decide() -> str:
    """Every live question that waits for this member, each with what bears on it."""
    at = clock.now()
    return render_template("home/decide.html", waiting=deciding.of_member(actor(), at), shown=_shown)


def _shown(matter: deciding.Matter) -> dict[str, Any]:
    """The text before and after: an amendment's clauses marked up and as they would read, a motion as it would be carried."""
    if matter.amendment is not None:
        stored = matter.amendment.marked
        after = [
            clause for clause in presenters.stored_marks(stored) if clause["state"] not in ("deleted", "moved from")
        ]
        before = [
            clause for clause in presenters.stored_marks(stored) if clause["state"] not in ("inserted", "moved to")
        ]
        return {"before": _only(before, "ins"), "after": _only(after, "del")}
    if matter.motion is not None and matter.motion.version is not None:
        return {"clauses": presenters.clauses_of(matter.motion.version)}
    return {}


def _only(clauses: list[dict[str, Any]], without: str) -> list[tuple[str, str]]:
    """(label, words) of clauses without the words of one kind of change."""
    return [
        (clause["label"], "".join(words for kind, words in clause["runs"] if kind != without).strip())
        for clause in clauses
    ]


@pages.route("/motions/<int:motion_id>/recommend", methods=["GET", "POST"])
@signed_in
def recommend_motion(motion_id: int) -> Any:
    """Recommend how to vote on a motion."""
    return _recommend(motions.get(motion_id), url_for("motions.show", motion_id=motion_id))


@pages.route("/amendments/<int:amendment_id>/recommend", methods=["GET", "POST"])
@signed_in
def recommend_amendment(amendment_id: int) -> Any:
    """Recommend how to vote on an amendment."""
    return _recommend(amendments.get(amendment_id), url_for("amendments.show", amendment_id=amendment_id))


def _recommend(subject: Motion | Amendment, address: str) -> Any:
    policy.require(Permission.RECOMMEND, actor(), subject, at=clock.now())
    form = RecommendForm()
    done, status = tried(
        form, lambda: recommendations.recommend(subject, form.advice.data, form.reason.data or "", by=actor())
    )
    if done is not None:
        flash(_("The recommendation stands beside the question, with your name."), "success")
        return redirect(address)
    return render_template("home/recommend.html", form=form, subject=subject, address=address), status
