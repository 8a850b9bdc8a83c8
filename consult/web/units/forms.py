"""The forms of units and roles: shape only."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.domain.roles import ROLE_MEANINGS, Role
from consult.model.units import UNIT_KINDS, Unit
from consult.service.units import KIND_MEANINGS
from consult.web.fields import DateField, Form, HiddenField, RadioField, Required, SelectField, StringField


class Make(Form):
    """A new unit."""

    name = StringField(_l("Name"), [Required(_l("Give the unit a name."))])
    kind = RadioField(
        _l("What kind of unit is it?"),
        [Required(_l("Choose what kind of unit it is."))],
        choices=[(kind, kind.capitalize()) for kind in UNIT_KINDS],
        render_kw={"hints": KIND_MEANINGS},
    )
    parent = SelectField(_l("Which unit does it stand under?"))

    def offer(self, units: list[Unit]) -> None:
        """Fill in the units it can stand under."""
        self.parent.choices = [("", _("none")), *((str(u.id), f"{u.name} ({u.kind})") for u in units)]


class Rename(Form):
    """Another name for a unit."""

    name = StringField(_l("Name"), [Required(_l("Give the unit a name."))])
    was = HiddenField()


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
        if self.ends_on.data is None:
            return None
        zone = ZoneInfo(current_app.config["CONSULT_ZONE"])
        return datetime.combine(self.ends_on.data + timedelta(days=1), time(), zone)


class End(Form):
    """Why a role ends before its term is over."""

    reason = StringField(
        _l("Reason"),
        [Required(_l("Give the reason: everybody can read it."))],
        description=_l("In a few words. Everybody can read it."),
    )
