"""The desk's step between the count and the certificate: what falls by its words, confirmed by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain import policy
from consult.domain.errors import Stale
from consult.domain.policy import Permission
from consult.model.proposed_falls import FALLS, STANDS, ProposedFall
from consult.service import ballots, clock, proposed_falls
from consult.web.desk.views import pages
from consult.web.fields import Form, HiddenField, RadioField, Required, SubmitField, TextAreaField
from consult.web.guards import actor, signed_in
from consult.web.trying import tried


def _form(rows: Sequence[ProposedFall]) -> Any:
    """A form with a choice and a reason for every amendment whose words can still be applied."""
    made: dict[str, Any] = {"seen": HiddenField(default=",".join(str(row.amendment_id) for row in rows))}
    for row in rows:
        if row.can_stand:
            number, name = row.amendment_id, f"{row.amendment.label} to {row.amendment.motion.label}"
            choices = [(FALLS, _l("It falls")), (STANDS, _l("It does not fall: it deletes the clause as amended"))]
            made[f"outcome_{number}"] = RadioField(name, [Required()], choices=choices, default=FALLS)
            made[f"ruling_{number}"] = TextAreaField(
                _("If %(name)s does not fall, why?", name=name), [Length(max=5000)], render_kw={"rows": 3}
            )
    made["confirm"] = SubmitField(_l("Confirm what falls"))
    return type("FallsForm", (Form,), made)()


def _seen(text: str) -> list[int]:
    numbers = [each for each in text.split(",") if each]
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in numbers):
        raise Stale(_("This page was not sent whole. Open it again."))
    return [int(each) for each in numbers]


@pages.route("/ballots/<int:ballot_id>/falls", methods=["GET", "POST"])
@signed_in
def falls(ballot_id: int) -> Any:
    """Every proposed fall with its reason, and the one act that confirms them."""
    ballot = ballots.get(ballot_id)
    policy.require(Permission.FALLS_DECIDE, actor(), ballot, at=clock.now())
    rows = proposed_falls.of(ballot_id)
    waiting = [row for row in rows if row.outcome is None]
    form = _form(waiting)

    def send() -> Any:
        able = [
            row.amendment_id for row in waiting if row.can_stand and form[f"outcome_{row.amendment_id}"].data == STANDS
        ]
        stands = {number: form[f"ruling_{number}"].data or "" for number in able}
        return proposed_falls.decide(ballot, stands, seen=_seen(form.seen.data or ""), by=actor())

    more, status = tried(form, send)
    if more is not None:
        flash(_("More falls by this: confirm that too.") if more else _("What falls is on the record."), "success")
        return redirect(url_for("desk.falls" if more else "desk.show", ballot_id=ballot_id))
    form.seen.data = form.seen.default
    return render_template("desk/falls.html", ballot=ballot, rows=rows, waiting=waiting, form=form), status
