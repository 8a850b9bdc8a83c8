"""Entries that look like one person's, merging two of them and parting them again; and how branches grow."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.policy import Permission
from consult.service import clock, growth, looking, members, merging
from consult.web.fields import Form, Required, TextAreaField
from consult.web.guards import actor, needs, now
from consult.web.members.views import pages
from consult.web.trying import tried


class Reason(Form):
    """Why two entries are merged or parted."""

    reason = TextAreaField(
        _l("Reason"),
        [Required(_l("Say why, in a sentence.")), Length(max=1000)],
        description=_l("How it is known. Kept with both entries; the person may ask to read it."),
        render_kw={"rows": 3},
    )


@pages.get("/members/alike")
@needs(Permission.MEMBERS_SEE)
def alike() -> Any:
    """Entries with one e-mail address, or one name in one branch."""
    by = request.args.get("by", "e-mail")
    by = by if by in merging.ALIKE else "e-mail"
    found = merging.alike(by, request.args.get("page", 1, type=int))
    looking.note(actor(), [one.id for group in found.groups for one in group], "alike", now())
    return render_template("members/alike.html", by=by, found=found, address=f"{request.path}?by={by}&page=")


@pages.route("/members/<int:member_id>/merge/<int:other_id>", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def merge(member_id: int, other_id: int) -> Any:
    """Merge the second entry into the first, after looking at both."""
    kept, other, form = members.get(member_id), members.get(other_id), Reason()
    looking.note(actor(), [kept.id, other.id], "merge", now())
    done, status = tried(form, lambda: merging.merge(kept, other, form.reason.data, by=actor()))
    if done:
        flash(_("The entry %(number)s is merged into this one.", number=other.number), "success")
        return redirect(url_for("members.show", member_id=kept.id))
    stops = merging.obstacles(kept, other, clock.now())
    return render_template("members/merge.html", form=form, kept=kept, other=other, stops=stops), status


@pages.route("/members/merged/<int:merge_id>", methods=["GET", "POST"])
@needs(Permission.MEMBER_KEEP)
def part(merge_id: int) -> Any:
    """What was merged, and parting it again."""
    row, form = merging.get(merge_id), Reason()
    looking.note(actor(), [row.kept_id, row.merged_id], "merge", now())
    done, status = tried(form, lambda: merging.part(row, form.reason.data, by=actor()))
    if done:
        flash(_("The two entries are parted again."), "success")
        return redirect(url_for("members.show", member_id=row.kept_id))
    return render_template("members/part.html", form=form, row=row), status


@pages.get("/members/growth")
@needs(Permission.MEMBERS_SEE)
def growing() -> Any:
    """How many joined each branch of late, against how many it has."""
    return render_template("members/growth.html", growth=growth.by_branch(clock.now()), periods=growth.PERIODS)
