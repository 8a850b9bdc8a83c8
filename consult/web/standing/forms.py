"""The forms of standing texts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import Form, Required, SelectField, StringField, SubmitField, TextAreaField

_LINES = _l("One paragraph to a line, with its number as the rule book has it.")


class EnterForm(Form):
    """A constitution or rule book as it stands."""

    unit = SelectField(_l("Of"), [Required()], coerce=int)
    title = StringField(_l("Title"), [Required(), Length(max=200)])
    text = TextAreaField(_l("The text"), [Required()], description=_LINES, render_kw={"rows": 20})
    send = SubmitField(_l("Enter it"))


class ChangeForm(Form):
    """The text as a motion would have it read."""

    text = TextAreaField(_l("As it would read"), [Required()], description=_LINES, render_kw={"rows": 20})
    send = SubmitField(_l("Save what the motion changes"))
