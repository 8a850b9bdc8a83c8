"""The forms of candidates' circulars."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange

from consult.web.fields import (
    Form,
    HiddenField,
    InstantField,
    IntegerField,
    Required,
    SubmitField,
    TextAreaField,
)


class CallForm(Form):
    """The same length and last moment for every candidate."""

    words = IntegerField(
        _l("At most so many words"),
        [Required(_l("Give the number of words.")), NumberRange(50, 2000, _l("Give from 50 to 2,000 words."))],
        render_kw={"classes": "govuk-input--width-4"},
    )
    until = InstantField(_l("Handed in until"), [Required(_l("Give the last moment."))])
    call = SubmitField(_l("Ask the candidates"))


class WriteForm(Form):
    """What a candidate writes."""

    text = TextAreaField(_l("Your circular"), [Length(max=40_000)], render_kw={"rows": 14})
    revision = HiddenField()
    keep = SubmitField(_l("Keep it as a draft"), render_kw={"classes": "govuk-button--secondary"})
    hand_in = SubmitField(_l("Hand it in"))
