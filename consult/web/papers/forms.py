"""The forms of those who handle envelopes and of those who handle papers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange

from consult.web.fields import Form, HiddenField, IntegerField, Required, StringField, SubmitField


class IssueForm(Form):
    """To whom a paper goes, and why."""

    number = StringField(
        _l("Member number"),
        [Required(_l("Give the member number.")), Length(max=64)],
        render_kw={"classes": "govuk-input--width-10"},
    )
    reason = StringField(
        _l("Why on paper"),
        [Required(_l("Say why, such as “asked for one”.")), Length(max=100)],
        description=_l("Such as: asked for one; the first was spoilt; the first was lost in the post."),
    )
    #: The number of the paper that is out, which the officer was told is cancelled; empty until then.
    cancels = HiddenField()
    issue = SubmitField(_l("Issue a paper"))


class MarkForm(Form):
    """The number on an outer envelope."""

    number = IntegerField(
        _l("Number on the outer envelope"),
        [Required(_l("Give the number on the envelope.")), NumberRange(1, 10_000_000)],
        render_kw={"classes": "govuk-input--width-5", "autofocus": True},
    )
    mark = SubmitField(_l("Mark it"))


class RejectForm(Form):
    """A paper that cannot be counted."""

    serial = StringField(
        _l("Serial, if it has one already"), [Length(max=20)], render_kw={"classes": "govuk-input--width-10"}
    )
    reason = StringField(
        _l("Why it cannot be counted"),
        [Required(_l("Say why the paper cannot be counted.")), Length(max=100)],
        description=_l(
            "Such as: nothing in the envelope; signed with a name; cannot be read. A blank paper is entered as blank."
        ),
    )
    reject = SubmitField(_l("Put it aside as not counted"))
