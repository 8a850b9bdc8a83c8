"""The forms of units and roles: shape only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.domain.roles import ROLE_MEANINGS, Role
from consult.model.units import UNIT_KINDS, Unit
from consult.service.units import KIND_MEANINGS
from consult.web.fields import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from consult.web.why import why


def _reason() -> StringField:
    """Why something is done; everybody can read it."""
    return StringField(
        _l("Reason"),
        [Required(_l("Give the reason: everybody can read it."))],
        description=_l("The decision that asks for it, in a few words."),
    )


def _after(day: date | None) -> datetime | None:
    """The first instant after a last day, on the organisation's clock."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(current_app.config["CONSULT_ZONE"]))


class Make(Form):
    """A new unit."""

    name = StringField(_l("Name"), [Required(_l("Give the unit a name."))])
    kind = RadioField(
        _l("What kind of unit is it?"),
        [Required(_l("Choose what kind of unit it is."))],
        choices=[(kind, kind.capitalize()) for kind in UNIT_KINDS],
        render_kw={"hints": KIND_MEANINGS},
    )
    workplace = BooleanField(_l("It is a workplace branch: its members are those who work there"))
    parent = SelectField(_l("Which unit does it stand under?"))
    reason = _reason()

    def offer(self, units: list[Unit]) -> None:
        """Fill in the units it can stand under."""
        self.parent.choices = [("", _("none")), *((str(u.id), f"{u.name} ({u.kind})") for u in units)]


class Rename(Form):
    """Another name for a unit."""

    name = StringField(_l("Name"), [Required(_l("Give the unit a name."))])
    reason = _reason()
    was = HiddenField()


class Move(Form):
    """Which unit it is put under."""

    parent = SelectField(_l("Put it under"))
    reason = _reason()
    send = SubmitField(_l("Put it there"))


class Merge(Form):
    """Which unit it is merged into."""

    into = SelectField(_l("Merge it into"), [Required(_l("Choose the unit it is merged into."))])
    reason = _reason()
    sure = BooleanField(_l("I have read what will happen"), [Required()])
    send = SubmitField(_l("Merge it"))


class Close(Form):
    """Why it is closed."""

    reason = _reason()
    sure = BooleanField(_l("I have read what will happen"), [Required()])
    send = SubmitField(_l("Close it"))


class Describe(Form):
    """What the unit says about itself."""

    about = TextAreaField(
        _l("About it"), render_kw={"rows": 6},
        description=_l("What it does, when it meets, how to reach it. Everybody can read it."),
    )  # fmt: skip
    readers = RadioField(
        _l("Who may read its register of decisions?"), [Required()],
        choices=[
            ("everyone", _l("Everyone, visitors too")), ("members", _l("Everybody who is signed in")),
            ("unit", _l("Its own members, and officers of the whole organisation")),
        ],
    )  # fmt: skip
    reason = why()
    send = SubmitField(_l("Save"))


class Found(Form):
    """The founding period of a new unit."""

    ends_on = DateField(
        _l("Last day of the founding period"), [Required(_l("Give the last day of the founding period."))],
        description=_l("Everybody can see it. It can end sooner, and never later; there is no second one."),
    )  # fmt: skip
    reason = _reason()
    send = SubmitField(_l("Begin it"))

    def ends_at(self) -> datetime | None:
        """The first instant after the last day."""
        return _after(self.ends_on.data)


class EndFounding(Form):
    """Why a founding period ends sooner."""

    reason = _reason()
    send = SubmitField(_l("End it now"))


class Represent(Form):
    """Who speaks for an affiliated organisation."""

    who = StringField(
        _l("Number or e-mail address of somebody in the register"),
        description=_l("Leave it empty for somebody who is not in it, and give name and address below."),
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )
    name = StringField(_l("Name"))
    email = StringField(_l("E-mail address"), render_kw={"spellcheck": False, "autocomplete": "off"})
    ends_on = DateField(_l("Last day"), description=_l("Leave it empty for no end."))
    reason = _reason()
    send = SubmitField(_l("Name this person"))

    def ends_at(self) -> datetime | None:
        """The first instant after the last day."""
        return _after(self.ends_on.data)


class Give(Form):
    """A role for somebody."""

    member = StringField(
        _l("Member number or e-mail address"),
        [Required(_l("Say who is to have the role."))],
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )
    role = RadioField(
        _l("Role"),
        [Required(_l("Choose a role."))],
        choices=[(role.value, role.value.capitalize()) for role in Role],
        render_kw={"hints": {role.value: words for role, words in ROLE_MEANINGS.items()}},
    )
    unit = SelectField(_l("For which unit?"))
    ends_on = DateField(
        _l("Last day of the term"),
        description=_l("Everybody can see it. Leave it empty for a role without an end."),
    )
    interim = BooleanField(
        _l("Interim, for the founding period only"),
        description=_l("The powers end with the founding period of the unit, by themselves."),
    )
    reason = StringField(
        _l("Reason"),
        [Required(_l("Give the reason: everybody can read it."))],
        description=_l("The election or decision, such as “elected at the annual meeting, 3 May 2026”."),
    )

    def offer(self, units: list[Unit]) -> None:
        """Fill in the units that the role can be for."""
        self.unit.choices = [("", _("The whole organisation")), *((str(u.id), f"{u.name} ({u.kind})") for u in units)]

    def ends_at(self) -> datetime | None:
        """The first instant after the last day, on the organisation's clock."""
        return _after(self.ends_on.data)


class End(Form):
    """Why a role ends before its term is over."""

    reason = StringField(
        _l("Reason"),
        [Required(_l("Give the reason: everybody can read it."))],
        description=_l("In a few words. Everybody can read it."),
    )
