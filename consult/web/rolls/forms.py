"""The form of an electoral roll's rule: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.roles import Status
from consult.model.units import Unit
from consult.web.fields import CheckboxesField, Form, InstantField, Required, StringField, TextAreaField

_HINTS = {
    Status.MEMBER.value: _l("Members vote. Supporters and others do not, unless your rules say so for this ballot."),
}


class RuleForm(Form):
    """Who is to be on a roll."""

    title = StringField(
        _l("Title"),
        [Required(_l("Give the roll a title, such as “Members on 1 March 2026”.")), Length(max=200)],
        description=_l("Such as “Members on 1 March 2026”. Voters see it."),
    )
    statuses = CheckboxesField(
        _l("Recorded in the register as"),
        [Required(_l("Choose at least one status."))],
        choices=[(status.value, status.value.capitalize()) for status in Status],
        default=[Status.MEMBER.value],
        render_kw={"hints": _HINTS},
    )
    joined_by = InstantField(
        _l("Joined by"),
        description=_l("Whoever joined after this instant is not on the roll. Leave it empty if everybody is."),
    )
    paid_at = InstantField(
        _l("Paid up on"),
        description=_l(
            "Only those whose subscription is paid for this instant. Leave it empty if your rules do not ask it."
        ),
    )
    delegates_at = InstantField(
        _l("Delegates in office on"),
        description=_l(
            "For a vote of delegates: only those in that office at this instant. Leave it empty for a vote of members."
        ),
    )
    units = CheckboxesField(
        _l("Home branch in"),
        description=_l("A region stands for all its branches. Tick nothing for the whole organisation."),
        render_kw={"classes": "govuk-checkboxes--small"},
    )
    excluded = TextAreaField(
        _l("Left out by a decision"),
        [Length(max=100_000)],
        description=_l(
            "Only if a body with the power has decided so. One person on each line: the member number, a comma, and "
            "the reason, which that person will read."
        ),
        render_kw={"rows": 3, "spellcheck": "false"},
    )

    def offer(self, units: list[Unit]) -> None:
        """Fill in the units that can be chosen."""
        self.units.choices = [(unit.path, f"{unit.name} ({unit.kind})") for unit in units]
