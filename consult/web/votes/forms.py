"""The forms of consequences; whether one makes sense is for the service to judge."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import (
    Form,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

_REASON = _l("Members read this, wherever the amendment or motion is shown.")


class ConsequenceForm(Form):
    """What follows from what, and why."""

    cause = SelectField(_l("What decides"), [Required(_l("Choose the motion or amendment that decides."))])
    kind = RadioField(
        _l("What follows"), [Required()],
        choices=[
            ("falls if carried", _l("If it is carried, the other falls")),
            ("falls if lost", _l("If it is lost, the other falls")),
            ("consequential on", _l("The other is consequential on it: not voted on, carried or falls with it")),
        ],
    )  # fmt: skip
    effect = SelectField(_l("The other"), [Required(_l("Choose the motion or amendment that follows."))])
    reason = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=5000)], description=_REASON,
        render_kw={"rows": 4},
    )  # fmt: skip
    computed = HiddenField()
    send = SubmitField(_l("Confirm it"))


class EndForm(Form):
    """Why a consequence should not stand."""

    reason = TextAreaField(
        _l("Why it should not stand"), [Required(_l("Give the reason.")), Length(max=5000)],
        description=_l("It stays in the record with this reason."), render_kw={"rows": 4},
    )  # fmt: skip
    send = SubmitField(_l("End it"), render_kw={"classes": "govuk-button--warning"})


class ChallengeForm(Form):
    """Why the order of votes should be another, and which."""

    reason = TextAreaField(
        _l("Why the order should be another"), [Required(_l("Give the reason.")), Length(max=5000)],
        description=_l("Everybody reads it. Say which amendments should be the other way round, and what that changes."),
        render_kw={"rows": 5},
    )  # fmt: skip
    order = StringField(
        _l("The order that you ask for"), [Length(max=2000)],
        description=_l("The numbers of the amendments as they should be put, such as “3, 1, 2”. It can be left empty."),
    )  # fmt: skip
    send = SubmitField(_l("Challenge the order"))


class AnswerForm(Form):
    """What the committee answers to a challenge."""

    outcome = RadioField(
        _l("The answer"), [Required()],
        choices=[
            ("upheld", _l("Uphold it: another order is set")), ("dismissed", _l("Dismiss it: the order stays as it is")),
        ],
    )  # fmt: skip
    order = StringField(
        _l("The order from now on"), [Length(max=2000)],
        description=_l("Where it is upheld: the numbers of the amendments as they are put."),
    )  # fmt: skip
    words = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=5000)],
        description=_l("Everybody reads it. If it is upheld, it also explains the new order."), render_kw={"rows": 5},
    )  # fmt: skip
    send = SubmitField(_l("Answer the challenge"))
