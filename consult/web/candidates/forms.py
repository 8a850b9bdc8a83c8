"""What a candidate gives, or an officer for one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import (
    BooleanField,
    FileField,
    Form,
    RadioField,
    Required,
    StringField,
    SubmitField,
    TextAreaField,
)
from consult.web.why import why


class HustingsForm(Form):
    """Until when members put questions to candidates."""

    until = RadioField(
        _l("Questions and answers end"), [Required(_l("Choose whether questions end when voting opens or when it closes."))],
        choices=[("opening", _l("when voting opens")), ("closing", _l("when voting closes"))],
    )  # fmt: skip
    reason = why()
    declare = SubmitField(_l("Declare it"))


class StatementForm(Form):
    """A statement and a photograph; the member number is for officers."""

    statement = TextAreaField(_l("Statement"), [Length(max=20_000)], render_kw={"rows": 10})
    photograph = FileField(
        _l("Photograph"),
        description=_l(
            "A JPEG, PNG or WebP of at most 8 MB. It is cut square and made anew: place, time and camera are taken out."
        ),
    )
    remove_photograph = BooleanField(_l("Take the present photograph away"))
    number = StringField(
        _l("Member number of the candidate"),
        [Length(max=64)],
        description=_l(
            "Then the candidate can give statement and photograph without you. Leave it empty if there is none."
        ),
        render_kw={"classes": "govuk-input--width-10"},
    )
    reason = why()
    save = SubmitField(_l("Save"))
