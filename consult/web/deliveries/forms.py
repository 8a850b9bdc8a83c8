"""The form by which a voter asks for a new link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import Form, Required, StringField, SubmitField


class LinkForm(Form):
    """To whom a new link to vote goes."""

    identifier = StringField(
        _l("Your e-mail address or member number"),
        [Required(_l("Type your e-mail address or member number.")), Length(max=254)],
        render_kw={"autocomplete": "email", "classes": "govuk-input--width-20"},
    )
    ask = SubmitField(_l("Send me a new link"))
