"""Debate: the contributions on a motion, policy or composite, taking part, answering, correcting and reporting."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.debating import APPEAL_WITHIN, EDIT_WITHIN
from consult.domain.errors import NotFound
from consult.domain.policy import Permission
from consult.model.ballots import Question
from consult.model.debate import STANCES, Comment
from consult.model.moderation import WaitingPost
from consult.model.motions import Motion
from consult.service import (
    amendments,
    composites,
    corrections,
    debate,
    debate_reading,
    debated,
    hustings,
    moderation,
    motions,
    policies,
    screening,
    threads,
)
from consult.service.debate_reading import Said, Wanted
from consult.text.clauses import Kind, labelled
from consult.web import phrases
from consult.web.debate import forms, places, presenters
from consult.web.debate.places import Place
from consult.web.guards import actor, now, public, signed_in
from consult.web.kept import for_visitors
from consult.web.motions.views import number
from consult.web.trying import instead, tried

pages = Blueprint("debate", __name__)


@pages.get("/motions/<int:motion_id>/debate")
@public
@for_visitors
def index(motion_id: int) -> str:
    """The debate on a motion, 50 contributions to a page, with the form to take part."""
    return _page(places.of_motion(None, motion_id), _blank())


@pages.post("/motions/<int:motion_id>/debate")
@signed_in
def write(motion_id: int) -> Any:
    """Say something about a motion."""
    motion = motions.get(motion_id)
    motions.require_readable(actor(), motion.state, motion.mover_id, motion.number)
    return _write(motion)


@pages.get("/policy/<int:policy_id>/debate")
@public
@for_visitors
def of_policy(policy_id: int) -> str:
    """The debate on a policy."""
    return _page(places.of(policies.get(policy_id)), _blank())


@pages.post("/policy/<int:policy_id>/debate")
@signed_in
def write_of_policy(policy_id: int) -> Any:
    """Say something about a policy."""
    return _write(policies.get(policy_id))


@pages.route("/composites/<int:composite_id>/debate", methods=["GET", "POST"])
@signed_in
def of_composite(composite_id: int) -> Any:
    """The debate on a composite while its branches decide on it."""
    composite = composites.get(composite_id)
    return _write(composite) if request.method == "POST" else _page(places.of(composite), _blank())


def _blank() -> forms.CommentForm:
    reader = {"csrf": actor().member_id is not None}  # a visitor is shown no form, and has no token
    return forms.CommentForm(formdata=None, data={"about": request.args.get("about", "")}, meta=reader)


def _write(thread: Any) -> Any:
    form = forms.CommentForm()
    place = places.of(thread)
    form.about.choices = _subjects(place)
    done, status = tried(form, lambda: _said_of(thread, form))
    return said(done) if done is not None else (_page(place, form), status)


def _said_of(thread: Any, form: forms.CommentForm) -> Comment | WaitingPost:
    kind, _colon, name = (form.about.data or "").partition(":")
    amendment = amendments.get(int(name)) if kind == "amendment" else None
    clause = name if kind == "clause" else ""
    return debate.write(
        thread, form.stance.data, form.body.data, amendment=amendment, clause_id=clause, quote=form.quote.data or "",
        by=actor(),
    )  # fmt: skip


def _subjects(place: Place) -> list[tuple[str, str]]:
    """What one can speak about: the whole, a clause, an amendment."""
    clauses = place.document.clauses if place.document else ()
    labels = labelled([(clause.id, clause.kind) for clause in clauses])
    found = [("", place.whole)]
    found += [
        (f"clause:{c.id}", f"{labels[c.id]}: {shorten(c.text, 60, placeholder='…')}")
        for c in clauses
        if c.kind is not Kind.HEADING
    ]
    rows = amendments.before(place.thread) if isinstance(place.thread, Motion) else ()
    return [*found, *((f"amendment:{row.id}", phrases.label(row.label)) for row in rows)]


def _wanted() -> Wanted:
    """What the address asks to see of the debate."""
    kind, _colon, name = request.args.get("about", "").partition(":")
    stance = request.args.get("stance", "")
    amendment = int(name) if kind == "amendment" and name.isdecimal() and len(name) < 9 else None
    return Wanted(amendment, name[:60] if kind == "clause" else "", stance if stance in STANCES else "")


def _page(place: Place, form: forms.CommentForm) -> str:
    wanted, thread = _wanted(), place.thread
    rules = threads.rules_of(thread)
    if form.about.choices is None or len(form.about.choices) == 1:
        form.about.choices = _subjects(place)
    found, last = debate_reading.page(place.id, number("page"), wanted=wanted, of=place.column)
    counted = debate_reading.balance(place.id, wanted, place.column) if wanted != Wanted() else None
    return render_template(
        "debate/index.html", place=place, motion=place.motion, form=form, said=found, last=last,
        page_number=number("page"), wanted=wanted, debate=debate_reading.overview(place.id, of=place.column),
        open=debate.is_open(thread, now()), rules=rules,
        again=threads.when_again(thread, actor().member_id, rules, now()),
        subject=dict(form.about.choices).get(request.args.get("about", "")),
        balance=presenters.balance(counted) if counted is not None else None,
        waiting=screening.mine(thread, actor().member_id), refused=screening.refused(thread),
        item_of=presenters.items(place, debate_reading.texts_of(thread, found)), correctable=correctable, appealable=appealable,
    )  # fmt: skip


@pages.get("/comments/<int:comment_id>")
@public
@for_visitors
def thread(comment_id: int) -> Any:
    """One contribution with all the answers to it, in pages; an answer leads to where it stands."""
    comment = debate.get(comment_id)
    place = places.of(threads.of_row(comment))
    if comment.parent_id is not None:
        return to(comment, place)
    top, last = debate_reading.thread(comment_id, number("page"))
    return render_template(
        "debate/thread.html", place=place, motion=place.motion, top=top, last=last, page_number=number("page"),
        open=debate.is_open(place.thread, now()), correctable=correctable, appealable=appealable,
        item_of=presenters.items(place, debate_reading.texts_of(place.thread, [top])),
    )  # fmt: skip


def correctable(one: Said) -> bool:
    """Whether the reader can still correct a contribution."""
    return one.author_id == actor().member_id and not one.hidden and now() < one.at + EDIT_WITHIN


def appealable(one: Said) -> bool:
    """Whether the reader wrote a contribution that is hidden, and can still appeal against that."""
    return (
        one.author_id == actor().member_id and one.moderated_at is not None and now() < one.moderated_at + APPEAL_WITHIN
    )


def to(comment: Comment, place: Place) -> Response:
    """To where a contribution stands."""
    top, page = debate_reading.place_of(comment)
    more = {"page": page} if page > 1 else {}
    address = place.address(**more) if top is None else url_for("debate.thread", comment_id=top, **more)  # type: ignore[arg-type]
    return redirect(f"{address}#comment-{comment.id}")


def said(done: Comment | WaitingPost) -> Response:
    """Where somebody is led who has said something: to it, or to where it waits."""
    place = places.of(threads.of_row(done))
    if isinstance(done, Comment):
        return to(done, place)
    flash(
        _("A moderator looks at what you wrote before it appears; if nobody does within 24 hours it appears by itself.")
    )
    return redirect(place.address(_anchor="waiting"))


def _readable(comment_id: int) -> tuple[Comment, Place]:
    comment = debate.get(comment_id)
    place = places.of(threads.of_row(comment))
    if comment.hidden_at is not None and not policy.may(Permission.COMMENT_MODERATE, actor(), at=now()):
        raise NotFound("A moderator has hidden this comment; the debate shows the reason.")
    return comment, place


@pages.route("/comments/<int:comment_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(comment_id: int) -> Any:
    """Answer somebody; of a question to candidates, one of those whom it is put to."""
    comment, place = _readable(comment_id)
    asked = isinstance(place.thread, Question)
    form: Any = forms.CandidateAnswerForm() if asked else forms.AnswerForm()
    done, status = tried(form, lambda: _answered(comment, place, form))
    if done is not None:
        return said(done)
    rules = threads.rules_of(place.thread)
    closed = instead(debated.why_closed(place.thread, now()))
    return render_template(
        "debate/answer.html", form=form, comment=comment, place=place, rules=rules, closed=closed
    ), status


def _answered(comment: Comment, place: Place, form: Any) -> Comment | WaitingPost:
    if isinstance(place.thread, Question):
        return hustings.answer(comment, form.body.data or "", by=actor())
    return debate.write(place.thread, form.stance.data, form.body.data, answers=comment, by=actor())


@pages.route("/comments/<int:comment_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(comment_id: int) -> Any:
    """Correct what one wrote a moment ago."""
    comment, place = _readable(comment_id)
    policy.require(Permission.COMMENT_CORRECT, actor(), comment, at=now())
    form = forms.CorrectForm(data={"stance": comment.stance, "body": comment.body})
    if isinstance(place.thread, Question):
        del form.stance  # a question stays a question, an answer an answer
    stance = form.stance.data if "stance" in form else comment.stance
    done, status = tried(form, lambda: corrections.correct(comment, stance, form.body.data or "", by=actor()))
    if done is not None:
        return to(comment, place)
    closed = instead(corrections.why_not(comment, now()))
    return render_template("debate/correct.html", form=form, comment=comment, place=place, closed=closed), status


@pages.get("/comments/<int:comment_id>/earlier")
@public
@for_visitors
def earlier(comment_id: int) -> str:
    """How a contribution read before its author corrected it."""
    comment, place = _readable(comment_id)
    return render_template("debate/earlier.html", comment=comment, place=place, rows=corrections.history(comment))


@pages.route("/comments/<int:comment_id>/report", methods=["GET", "POST"])
@signed_in
def report(comment_id: int) -> Any:
    """Report a comment to the moderators."""
    comment, place = _readable(comment_id)
    moderation.require_others(comment, actor())
    form = forms.ReasonForm()
    done, status = tried(form, lambda: moderation.report(comment, form.reason.data or "", by=actor()))
    if done is not None:
        flash(_("The moderators have your report."), "success")
        return to(comment, place)
    return render_template("debate/report.html", form=form, comment=comment, place=place), status


@pages.post("/waiting/<int:post_id>/withdraw")
@signed_in
def withdraw(post_id: int) -> Response:
    """Take back what waits for a moderator."""
    post = screening.withdraw(screening.get(post_id), by=actor())
    flash(_("It is withdrawn; no moderator looks at it."), "success")
    return redirect(threads.path_of(threads.of_row(post)))
