"""Debate: the contributions on a motion, taking part, answering, correcting and reporting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.debating import APPEAL_WITHIN, EDIT_WITHIN
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.debate import STANCES, Comment
from consult.model.moderation import WaitingPost
from consult.model.motions import Motion
from consult.service import (
    amendments,
    corrections,
    debate,
    debate_reading,
    moderation,
    motions,
    reading,
    screening,
    threads,
)
from consult.service.debate_reading import Said, Wanted
from consult.text.clauses import Kind, labelled
from consult.web.debate import forms, presenters
from consult.web.guards import actor, now, public, signed_in
from consult.web.motions.views import number
from consult.web.trying import tried

pages = Blueprint("debate", __name__)


@pages.get("/motions/<int:motion_id>/debate")
@public
def index(motion_id: int) -> str:
    """The debate on a motion, 50 contributions to a page, with the form to take part."""
    return _page(motion_id, forms.CommentForm(formdata=None, data={"about": request.args.get("about", "")}))


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
        return _said(done)
    return _page(motion_id, form), status


def _write(motion: Motion, form: forms.CommentForm) -> Comment | WaitingPost:
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


def _wanted() -> Wanted:
    """What the address asks to see of the debate."""
    kind, _colon, name = request.args.get("about", "").partition(":")
    stance = request.args.get("stance", "")
    amendment = int(name) if kind == "amendment" and name.isdecimal() and len(name) < 9 else None
    return Wanted(amendment, name[:60] if kind == "clause" else "", stance if stance in STANCES else "")


def _page(motion_id: int, form: forms.CommentForm) -> str:
    text, motion, wanted = reading.text(motion_id, actor()), motions.get(motion_id), _wanted()
    if form.about.choices is None or len(form.about.choices) == 1:
        form.about.choices = _subjects(motion)
    said, last = debate_reading.page(motion_id, number("page"), wanted=wanted)
    return render_template(
        "debate/index.html", motion=text, form=form, said=said, last=last, page_number=number("page"), wanted=wanted,
        debate=debate_reading.overview(motion_id), open=debate.is_open(motion, now()), rules=threads.rules_of(motion),
        subject=dict(form.about.choices).get(request.args.get("about", "")),
        balance=presenters.balance(debate_reading.balance(motion_id, wanted)) if wanted != Wanted() else None,
        waiting=screening.mine(motion, actor().member_id), refused=screening.refused(motion),
        item_of=presenters.items(text, debate_reading.texts_of(motion_id, said)), correctable=_correctable, appealable=_appealable,
    )  # fmt: skip


@pages.get("/comments/<int:comment_id>")
@public
def thread(comment_id: int) -> Any:
    """One contribution with all the answers to it, in pages; an answer leads to where it stands."""
    comment = debate.get(comment_id)
    text = reading.text(comment.motion_id, actor())
    if comment.parent_id is not None:
        return _to(comment)
    top, last = debate_reading.thread(comment_id, number("page"))
    motion = motions.get(comment.motion_id)
    return render_template(
        "debate/thread.html", motion=text, top=top, last=last, page_number=number("page"),
        open=debate.is_open(motion, now()), correctable=_correctable, appealable=_appealable,
        item_of=presenters.items(text, debate_reading.texts_of(text.id, [top])),
    )  # fmt: skip


def _correctable(one: Said) -> bool:
    """Whether the reader can still correct a contribution."""
    return one.author_id == actor().member_id and not one.hidden and now() < one.at + EDIT_WITHIN


def _appealable(one: Said) -> bool:
    """Whether the reader wrote a contribution that is hidden, and can still appeal against that."""
    return (
        one.author_id == actor().member_id and one.moderated_at is not None and now() < one.moderated_at + APPEAL_WITHIN
    )


def _to(comment: Comment) -> Response:
    top, page = debate_reading.place_of(comment)
    page_or_none = page if page > 1 else None
    if top is not None:
        address = url_for("debate.thread", comment_id=top, page=page_or_none)
    else:
        address = url_for("debate.index", motion_id=comment.motion_id, page=page_or_none)
    return redirect(f"{address}#comment-{comment.id}")


def _said(done: Comment | WaitingPost) -> Response:
    """Where somebody is led who has said something: to it, or to where it waits."""
    if isinstance(done, Comment):
        return _to(done)
    flash(
        _("A moderator looks at what you wrote before it appears; if nobody does within 24 hours it appears by itself.")
    )
    return redirect(url_for("debate.index", motion_id=done.motion_id, _anchor="waiting"))


def _readable(comment_id: int) -> Comment:
    comment = debate.get(comment_id)
    reading.text(comment.motion_id, actor())
    if comment.hidden_at is not None and not policy.may(Permission.COMMENT_MODERATE, actor(), at=now()):
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
        return _said(done)
    rules = threads.rules_of(motion)
    return render_template("debate/answer.html", form=form, comment=comment, motion=motion, rules=rules), status


@pages.route("/comments/<int:comment_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(comment_id: int) -> Any:
    """Correct what one wrote a moment ago."""
    comment = _readable(comment_id)
    policy.require(Permission.COMMENT_CORRECT, actor(), comment, at=now())
    form = forms.CorrectForm(data={"stance": comment.stance, "body": comment.body})
    done, status = tried(form, lambda: corrections.correct(comment, form.stance.data, form.body.data or "", by=actor()))
    if done is not None:
        return _to(comment)
    return render_template("debate/correct.html", form=form, comment=comment), status


@pages.get("/comments/<int:comment_id>/earlier")
@public
def earlier(comment_id: int) -> str:
    """How a contribution read before its author corrected it."""
    comment = _readable(comment_id)
    return render_template("debate/earlier.html", comment=comment, rows=corrections.history(comment))


@pages.route("/comments/<int:comment_id>/report", methods=["GET", "POST"])
@signed_in
def report(comment_id: int) -> Any:
    """Report a comment to the moderators."""
    comment = _readable(comment_id)
    moderation.require_others(comment, actor())
    form = forms.ReasonForm()
    done, status = tried(form, lambda: moderation.report(comment, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("The moderators have your report."), "success")
        return _to(comment)
    return render_template("debate/report.html", form=form, comment=comment), status


@pages.post("/waiting/<int:post_id>/withdraw")
@signed_in
def withdraw(post_id: int) -> Response:
    """Take back what waits for a moderator."""
    post = screening.withdraw(screening.get(post_id), by=actor())
    flash(_("It is withdrawn; no moderator looks at it."), "success")
    if post.motion_id is not None:
        return redirect(url_for("debate.index", motion_id=post.motion_id))
    return redirect(url_for("paragraphs.show", consultation_id=post.consultation_id))
