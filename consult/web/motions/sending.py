"""Sending a motion in, for a branch or as a member, and the papers behind it: its minute, its rules, what was decided."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import hall, policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import clock, disposals, leaves, minutes, motions, parts, rebases, resubmission, seconding
from consult.text.clauses import word_count
from consult.web.guards import actor, public, signed_in
from consult.web.kept import for_visitors
from consult.web.motions import forms
from consult.web.motions.views import pages
from consult.web.trying import revision_of, tried


@pages.route("/motions/<int:motion_id>/submit", methods=["GET", "POST"])
@signed_in
def submit(motion_id: int) -> Any:
    """Submit for the branch, with the meeting that agreed to it."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    policy.require(Permission.MOTION_SUBMIT, actor(), motion, at=clock.now())
    form = forms.SubmitForm(data={"revision": motion.revision, "kind": "ordinary"})

    def send() -> Motion:
        made = forms.meeting_of(form)
        return motions.submit(motion, made, sending=forms.sending_of(form), revision=revision_of(form), by=actor())

    return _sent(form, send, motion)


@pages.route("/motions/<int:motion_id>/submit-as-member", methods=["GET", "POST"])
@signed_in
def submit_as_member(motion_id: int) -> Any:
    """Submit it oneself, where the rules let members move."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    policy.require(Permission.MOTION_SUBMIT_OWN, actor(), motion, at=clock.now())
    form = forms.SubmitOwnForm(data={"revision": motion.revision, "kind": "ordinary"})

    def send() -> Motion:
        sending = forms.sending_of(form)
        return motions.submit_as_member(motion, sending=sending, revision=revision_of(form), by=actor())

    return _sent(form, send, motion)


def _sent(form: Any, send: Any, motion: Motion) -> Any:
    rules = Rulebook.from_json(motion.consultation.rulebook.rules)
    kinds = [kind for kind in ("late", "emergency") if rules.lateness(kind)] if motion.number is None else []
    form.kind.choices = [(kind, forms.KINDS[kind]) for kind in ("ordinary", *kinds)]
    done, status = tried(form, send)
    if done is not None:
        flash(_("%(label)s is submitted. The committee will rule on it.", label=done.label), "success")
        return redirect(url_for("motions.show", motion_id=done.id))
    return render_template(
        "motions/submit.html", form=form, motion=motion, rules=rules, words=word_count(motions.draft_of(motion)),
        supports=seconding.supports(motion), kinds=kinds,
        bars=resubmission.would_bar(motion, motions.draft_of(motion), clock.now()), left=motions.words_left(motion),
    ), status  # fmt: skip


@pages.get("/motions/<int:motion_id>/papers")
@public
@for_visitors
def papers(motion_id: int) -> str:
    """How a motion was sent and under which rules, its minutes, what it resembles, and what was decided of it."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    return render_template(
        "motions/papers.html", motion=motion, submission=motions.submission_of(motion), minutes=minutes.of(motion),
        resembles=[(resubmission.sentence(row), row) for row in resubmission.standing(motion)],
        leave=leaves.asked_of(db.session(), motion),
        needs=leaves.missing(db.session(), motion), leaves=leaves.of(motion.id), methods=hall.METHODS,
        decided=disposals.of(motion.id), ways=disposals.steps_for(motion), parts=parts.of(motion),
        before=parts.before_meeting(motion),
        rebases=rebases.of_motion(motion.id), part_labels=_part_labels(motion),
    )  # fmt: skip


def _part_labels(motion: Motion) -> dict[str, str]:
    """What the clauses of the parts are called in the text that was divided."""
    found = parts.of(motion)
    return dict(parts.document_of(found[0]).labels) if found else {}


@pages.get("/minutes/<int:minute_id>")
@signed_in
def minute(minute_id: int) -> Response:
    """The file of a minute, for those who may read it."""
    found = minutes.get(minute_id)
    policy.require(Permission.MINUTE_READ, actor(), found.motion or found.amendment, at=clock.now())
    if found.file is None:
        raise NotFound("This minute has no file; its text is on the page of the motion.")
    answer: Response = send_file(
        BytesIO(found.file), mimetype=found.file_type, as_attachment=True, download_name=found.file_name
    )
    return answer
