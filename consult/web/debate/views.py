"""Debate: the contributions on a motion, taking part, answering, reporting and moderating."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.debate import Comment
from consult.model.motions import Motion
from consult.service import amendments, clock, debate, motions, reading
from consult.text.clauses import Kind, labelled
from consult.web.debate import forms, presenters
from consult.web.guards import actor, needs, public, signed_in
from consult.web.motions.views import number
from consult.web.trying import tried

pages = Blueprint("debate", __name__)


@pages.get("/motions/<int:motion_id>/debate")
@public
def index(motion_id: int) -> str:
    """The debate on a motion, 50 contributions to a page, with the form to take part."""
    return _page(motion_id, forms.CommentForm(formdata=None))


@pages.post("/motions/<int:motion_id>/debate")
@signed_in
def write(motion_id: int) -> Any:
    """Say something."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    form = forms.CommentForm()
    form.about.choices = _subjects(motion)
    done, status = tried(form, lambda: _write(motion, form))
    if done is not None:
        return _to(done)
    return _page(motion_id, form), status


def _write(motion: Motion, form: forms.CommentForm) -> Comment:
    kind, _colon, name = (form.about.data or "").partition(":")
    amendment = amendments.get(int(name)) if kind == "amendment" else None
    clause = name if kind == "clause" else ""
    return debate.write(
        motion, form.stance.data, form.body.data, amendment=amendment, clause_id=clause, quote=form.quote.data or "",
        by=actor(),
    )  # fmt: skip


def _subjects(motion: Motion) -> list[tuple[str, str]]:
    """What one can speak about: the whole, a clause, an amendment."""
    clauses = motion.version.document["clauses"] if motion.version else []
    labels = labelled([(clause["id"], Kind(clause["kind"])) for clause in clauses])
    found = [("", _("The whole motion"))]
    found += [(f"clause:{c['id']}", f"{labels[c['id']]}: {c['text'][:60]}") for c in clauses if c["kind"] != "heading"]
    return [*found, *((f"amendment:{row.id}", row.label) for row in amendments.before(motion))]


def _page(motion_id: int, form: forms.CommentForm) -> str:
    text = reading.text(motion_id, actor())
    motion = motions.get(motion_id)
    if form.about.choices is None or len(form.about.choices) == 1:
        form.about.choices = _subjects(motion)
    said, last = debate.page(motion_id, number("page"))
    return render_template(
        "debate/index.html", motion=text, form=form, said=said, last=last, page_number=number("page"),
        debate=debate.overview(motion_id),
        open=debate.is_open(motion, clock.now()),
        item_of=lambda one: presenters.item(one, text),
    )  # fmt: skip


def _to(comment: Comment) -> Response:
    page = debate.page_of(comment)
    address = url_for("debate.index", motion_id=comment.motion_id, page=page if page > 1 else None)
    return redirect(f"{address}#comment-{comment.id}")


def _readable(comment_id: int) -> Comment:
    comment = debate.get(comment_id)
    reading.text(comment.motion_id, actor())
    if comment.hidden_at is not None and not policy.may(Permission.COMMENT_MODERATE, actor(), at=clock.now()):
        raise NotFound("A moderator has hidden this comment; the debate shows the reason.")
    return comment


@pages.route("/comments/<int:comment_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(comment_id: int) -> Any:
    """Answer somebody."""
    comment = _readable(comment_id)
    motion = motions.get(comment.motion_id)
    form = forms.AnswerForm()
    done, status = tried(
        form, lambda: debate.write(motion, form.stance.data, form.body.data, answers=comment, by=actor())
    )
    if done is not None:
        return _to(done)
    return render_template("debate/answer.html", form=form, comment=comment, motion=motion), status


@pages.route("/comments/<int:comment_id>/report", methods=["GET", "POST"])
@signed_in
def report(comment_id: int) -> Any:
    """Report a comment to the moderators."""
    return _with_reason(comment_id, debate.report, "debate/report.html", _("The moderators have your report."))


@pages.route("/comments/<int:comment_id>/hide", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def hide(comment_id: int) -> Any:
    """Hide a comment with a reason."""
    return _with_reason(
        comment_id, debate.hide, "debate/hide.html", _("The comment is hidden, and its author is told.")
    )


def _with_reason(comment_id: int, act: Any, template: str, said: str) -> Any:
    comment = _readable(comment_id)
    form = forms.ReasonForm()
    done, status = tried(form, lambda: act(comment, form.reason.data, by=actor()))
    if done is not None:
        flash(said, "success")
        return _to(comment)
    return render_template(template, form=form, comment=comment), status


@pages.post("/comments/<int:comment_id>/show")
@needs(Permission.COMMENT_MODERATE)
def show(comment_id: int) -> Response:
    """Show a hidden comment again."""
    comment = debate.show(debate.get(comment_id), by=actor())
    flash(_("The comment is shown again."), "success")
    return _to(comment)


@pages.get("/reports")
@needs(Permission.COMMENT_MODERATE)
def reports() -> str:
    """Comments that people reported."""
    return render_template("debate/reports.html", reported=debate.reported())
