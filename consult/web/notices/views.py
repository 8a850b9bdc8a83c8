"""What one was told, newest first; how one wants to hear of each topic; and stopping mail by the link in a message."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.notices import KINDS_OF, TOPICS
from consult.model.members import Member
from consult.model.store import db
from consult.service import challenges, following, notice_list, preferences
from consult.web.guards import actor, now, public, signed_in
from consult.web.motions.views import number
from consult.web.notices.forms import ChoicesForm, field_of
from consult.web.trying import tried

pages = Blueprint("notices", __name__)


def _me() -> Member:
    return db.session.get_one(Member, actor().member_id)


@pages.get("/notices")
@signed_in
def index() -> str:
    """Everything that one was told."""
    me, at = actor().member_id or 0, now()
    found, last = notice_list.page(me, at, number("page"))
    return render_template(
        "notices/index.html", found=found, last=last, page_number=number("page"),
        unread=notice_list.unread(me, at), places=following.places_of(me), motions=following.of_member(me),
        challenged=challenges.waiting_of(me),
    )  # fmt: skip


@pages.post("/notices/read")
@signed_in
def read() -> Response:
    """Mark everything as read."""
    notice_list.mark_read(_me(), by=actor())
    flash(_("Everything is marked as read."), "success")
    return redirect(url_for("notices.index"))


@pages.route("/notices/choices", methods=["GET", "POST"])
@signed_in
def choices() -> Any:
    """Choose how to hear of each topic, and of single kinds of message in it."""
    me = actor().member_id or 0
    apart = preferences.kinds_of_member(me)
    form = ChoicesForm(data=preferences.of_member(me) | {field_of(kind): way for kind, way in apart.items()})
    ways = {topic: form[topic].data or "" for topic in TOPICS}
    kinds = {kind: form[field_of(kind)].data or "" for known in KINDS_OF.values() for kind in known}
    done, status = tried(form, lambda: preferences.choose(_me(), ways, kinds, by=actor()) or True)
    if done is not None:
        flash(_("Saved. It holds from now on."), "success")
        return redirect(url_for("notices.choices"))
    return render_template(
        "notices/choices.html", form=form, kinds_of=KINDS_OF, field_of=field_of,
    ), status  # fmt: skip


@pages.route("/notices/stop/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> Any:
    """Stop mail about a topic. Programs that read mail send this form of themselves (RFC 8058), without a session."""
    _member, topic = preferences.read_token(token)
    if request.method == "POST":
        preferences.stop(token)
    return render_template("notices/stop.html", topic=TOPICS.get(topic), token=token, stopped=request.method == "POST")
