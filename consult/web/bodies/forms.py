"""The forms of bodies and seats: shape only."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.bodies import WAY_MEANINGS
from consult.domain.roles import Role
from consult.model.bodies import Body
from consult.service.bodies import Spec
from consult.service.seats import BY_HAND, Term
from consult.web.ballots import reading
from consult.web.fields import (
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)


class BodyForm(Form):
    """A body: remit, seats, reserved places and the length of a term."""

    name = StringField(_l("Name"), [Required(), Length(max=200)])
    remit = TextAreaField(
        _l("Remit"), [Required()], render_kw={"rows": 5}, description=_l("What it is there for and may decide.")
    )
    seats = IntegerField(_l("Seats"), [Required()], render_kw={"width": 4})
    term_months = IntegerField(_l("Months in a full term"), [Required()], render_kw={"width": 4}, default=12)
    reserves = TextAreaField(
        _l("Reserved places"), [Length(max=2000)], render_kw={"rows": 2},
        description=_l("Only if your rules reserve places: one group on each line, such as “women = 2” or “north = 1..3”."),
    )  # fmt: skip
    confers = SelectField(
        _l("Role that goes with a seat"),
        description=_l("It begins and ends with the term. It cannot be changed later."),
    )
    reason = StringField(
        _l("Reason"), [Required(), Length(max=1000)],
        description=_l("Such as the decision and its date. Everybody can read it."),
    )  # fmt: skip
    revision = HiddenField()
    send = SubmitField(_l("Save"))

    def offer(self, mayconfer: bool) -> None:
        """Fill in the roles that can go with a seat: none for somebody who may not give roles."""
        given = [(role.value, role.value.capitalize()) for role in Role] if mayconfer else []
        self.confers.choices = [("", _("none")), *given]

    def spec(self, body: Body | None = None) -> Spec:
        """What was typed."""
        return Spec(
            self.name.data or "", self.remit.data or "", self.seats.data or 0, self.term_months.data or 0,
            reading.reserves(self.reserves.data or ""), body.confers if body else self.confers.data or "",
        )  # fmt: skip


class FillForm(Form):
    """Who is seated, how and until when."""

    member = StringField(
        _l("Member number or e-mail address"), [Required()], render_kw={"spellcheck": False, "autocomplete": "off"}
    )
    way = RadioField(
        _l("How?"), [Required()],
        choices=[(way, way.capitalize()) for way in BY_HAND],
        render_kw={"hints": {way: WAY_MEANINGS[way] for way in BY_HAND}},
    )  # fmt: skip
    group = SelectField(_l("Reserved place that the person counts for"))
    ends_on = DateField(
        _l("Last day of the term"),
        description=_l("Leave it empty for the rest of the term that somebody left, or else a full one."),
    )
    reason = StringField(
        _l("Election or decision"), [Required()],
        description=_l("Such as “elected at the annual meeting, 3 May 2026”. Everybody can read it. "
                       "For somebody brought in by the body itself this is its report."),
    )  # fmt: skip
    send = SubmitField(_l("Fill the seat"))

    def offer(self, body: Body) -> None:
        """Fill in the reserved places."""
        self.group.choices = [("", _("none")), *((row["group"], row["group"]) for row in body.reserves)]

    def term(self) -> Term:
        """What was typed."""
        until = None
        if self.ends_on.data is not None:
            zone = ZoneInfo(current_app.config["CONSULT_ZONE"])
            until = datetime.combine(self.ends_on.data + timedelta(days=1), time(), zone)
        return Term(self.way.data, self.reason.data or "", until=until, group=self.group.data or "")


class LeaveForm(Form):
    """Why a seat falls vacant."""

    reason = StringField(_l("Reason"), [Required()], description=_l("In a few words. Everybody can read it."))
    send = SubmitField(_l("Send"))


class DissolveForm(Form):
    """Why a body is dissolved."""

    reason = StringField(
        _l("Reason"), [Required(), Length(max=1000)],
        description=_l("Such as the decision and its date. Everybody can read it."),
    )  # fmt: skip
    send = SubmitField(_l("Dissolve it"))
