"""The forms of rulings and appeals; each choice and each reason is for the service to judge."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import Form, HiddenField, RadioField, Required, SelectField, SubmitField, TextAreaField


class RulingForm(Form):
    """A decision, the standing order that it rests on, and the reason."""

    decision = RadioField(
        _l("The ruling"), [Required()],
        choices=[
            ("in order", _l("In order")),
            ("queried", _l("Queried: the mover is asked to change it")),
            ("ruled out", _l("Ruled out: the mover or the delegate may appeal")),
        ],
    )  # fmt: skip
    order = SelectField(_l("By which standing order"), [Required(_l("Choose the standing order it relies on."))])
    reason = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=5000)],
        description=_l("Members read this. Say what the rule means here, not only which it is."), render_kw={"rows": 5},
    )  # fmt: skip
    seen = HiddenField()
    send = SubmitField(_l("Make the ruling"))


class AppealForm(Form):
    """The grounds of an appeal."""

    grounds = TextAreaField(
        _l("Why the ruling is wrong"), [Required(_l("Give your grounds.")), Length(max=5000)],
        description=_l("Members and the complaints panel read this."), render_kw={"rows": 6},
    )  # fmt: skip
    send = SubmitField(_l("Appeal"))


class DecisionForm(Form):
    """The panel's decision on an appeal."""

    outcome = RadioField(
        _l("The decision"), [Required()],
        choices=[
            ("allowed", _l("Allow the appeal: it is in order")),
            ("dismissed", _l("Dismiss the appeal: it stays ruled out, for good")),
        ],
    )  # fmt: skip
    reason = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=5000)],
        description=_l("Members read this."), render_kw={"rows": 5},
    )  # fmt: skip
    send = SubmitField(_l("Decide the appeal"))
