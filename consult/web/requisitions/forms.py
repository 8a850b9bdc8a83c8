"""The forms of requisitions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import Form, RadioField, Required, SelectField, StringField, SubmitField, TextAreaField


class BeginForm(Form):
    """What is demanded, of which unit."""

    unit = SelectField(_l("Of the members of"), [Required()], coerce=int)
    kind = RadioField(
        _l("It demands"), [Required()],
        choices=[("meeting", _l("A special meeting")), ("recall", _l("A vote on recalling an officer"))],
    )  # fmt: skip
    holding = SelectField(
        _l("The office"), coerce=int, description=_l("For a recall: from which office, held by whom."), default=0
    )
    title = StringField(_l("Title"), [Required(), Length(max=200)])
    purpose = TextAreaField(
        _l("What for"), [Required(), Length(max=5000)], render_kw={"rows": 5},
        description=_l("What the meeting is to discuss, or why the officer should be recalled. Members read this."),
    )  # fmt: skip
    send = SubmitField(_l("Begin it and sign"))


class CallForm(Form):
    """The sitting that takes it."""

    sitting = SelectField(_l("Sitting"), [Required()], coerce=int)
    send = SubmitField(_l("Call it"))
