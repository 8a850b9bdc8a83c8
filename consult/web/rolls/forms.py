"""The form of an electoral roll's rule: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.eligibility import Class
from consult.domain.roles import Status
from consult.model.attestations import Attestation
from consult.model.units import Unit
from consult.web.fields import (
    BooleanField,
    CheckboxesField,
    Form,
    InstantField,
    IntegerField,
    RadioField,
    Required,
    StringField,
    TextAreaField,
)

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
    home_only = BooleanField(
        _l("Only the units ticked themselves, without what is below them"),
    )
    networks = CheckboxesField(
        _l("In a network"),
        description=_l("Whoever is in one of these. Tick nothing if your rules do not ask it."),
        coerce=int,
        render_kw={"classes": "govuk-checkboxes--small"},
    )
    attestations = CheckboxesField(
        _l("Has confirmed"),
        description=_l("All that you tick, and stands by it when the roll is frozen."),
        coerce=int,
        render_kw={"classes": "govuk-checkboxes--small"},
    )
    without = CheckboxesField(
        _l("Left out whole"),
        choices=[
            (Class.SUSPENDED.value, _l("Those whose membership is suspended")),
            (Class.CONDUCTING.value, _l("Returning officers and scrutineers in office")),
        ],
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

    def offer(self, units: list[Unit], networks: list[Unit], texts: list[Attestation]) -> None:
        """Fill in what can be chosen; what there is none of is not asked."""
        self.units.choices = [(unit.path, f"{unit.name} ({unit.kind})") for unit in units]
        self.networks.choices = [(unit.id, unit.name) for unit in networks]
        self.attestations.choices = [(text.id, text.title) for text in texts]
        if not networks:
            del self.networks
        if not texts:
            del self.attestations


def _reason(hint: str) -> TextAreaField:
    return TextAreaField(
        _l("Reason"),
        [Required(_l("Say why, in a sentence.")), Length(max=2000)],
        description=hint,
        render_kw={"rows": 3},
    )


class AddForm(Form):
    """A supplementary batch."""

    numbers = TextAreaField(
        _l("Member numbers"),
        [Required(_l("Name at least one member number.")), Length(max=40_000)],
        description=_l("One on each line."),
        render_kw={"rows": 4, "spellcheck": "false"},
    )
    reason = _reason(_l("Those who are added read it, and it stays on the record with the batch."))


class RemoveForm(Form):
    """A removal."""

    number = StringField(_l("Member number"), [Required(_l("Give the member number.")), Length(max=64)])
    reason = _reason(_l("Name the decision and the rule. The person reads it, and can appeal against it."))
    sure = BooleanField(
        _l("I know that the person is told at once and casts no vote on this roll from now on"), [Required()]
    )


class AppealForm(Form):
    """An appeal against a removal."""

    appeal = TextAreaField(
        _l("Why you should be on the roll"),
        [Required(_l("Say why you should be on the roll.")), Length(max=2000)],
        description=_l("The complaints panel and the roll officer read it."),
        render_kw={"rows": 5},
    )


class AppealDecisionForm(Form):
    """What the panel decides."""

    outcome = RadioField(
        _l("Decision"),
        [Required(_l("Choose what the panel decides."))],
        choices=[("restored", _l("Put the person back on the roll")), ("stays removed", _l("The removal stands"))],
    )
    answer = _reason(_l("The person reads it, and it stays on the record."))


class InspectForm(Form):
    """A request to inspect a roll."""

    purpose = TextAreaField(
        _l("What you want to find out, and why"),
        [Required(_l("Say what you want to find out.")), Length(max=2000)],
        description=_l("An officer reads it and decides. It stays on the record."),
        render_kw={"rows": 4},
    )


class InspectDecisionForm(Form):
    """Whether a roll may be inspected, and for how long."""

    outcome = RadioField(
        _l("Decision"),
        [Required(_l("Choose whether it is granted."))],
        choices=[("granted", _l("Granted")), ("refused", _l("Refused"))],
    )
    starts_at = InstantField(_l("From"), description=_l("Leave it empty to begin at once."))
    hours = IntegerField(_l("For how many hours"), default=1, render_kw={"classes": "govuk-input--width-3"})
    reason = _reason(_l("The member reads it."))


class DeclareForm(Form):
    """A text that members can confirm."""

    title = StringField(
        _l("Short title"),
        [Required(_l("Give it a short title, such as “No other party”.")), Length(max=100)],
        description=_l("Such as “No other party”."),
    )
    words = TextAreaField(
        _l("What the member confirms"),
        [Required(_l("Write what the member confirms.")), Length(max=2000)],
        description=_l("A sentence that begins with “I confirm”. It is never changed; another can take its place."),
        render_kw={"rows": 3},
    )
