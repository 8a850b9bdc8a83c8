"""The forms of composites: choosing motions, writing the text, signing, and giving up; the services judge the rest."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import (
    CheckboxesField,
    Form,
    HiddenField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

SECTIONS = ("heading", "preamble", "notes", "believes", "resolves", "paragraph")
_REASON = _l("Members read this, and so does every other branch.")


class BeginForm(Form):
    """Which motions, and what the composite is called."""

    title = StringField(
        _l("Heading of the composite"), [Required(_l("Give the composite a heading.")), Length(max=200)]
    )
    unit = SelectField(_l("Show those of"), coerce=int)
    topic = SelectField(_l("On the theme"))
    narrow = SubmitField(_l("Show these only"), render_kw={"classes": "govuk-button--secondary"})
    motions = CheckboxesField(
        _l("Made of"), [Required(_l("Choose at least two motions."))], coerce=int,
        description=_l("The words of the first one lead where several say much the same."),
    )  # fmt: skip
    send = SubmitField(_l("Begin the composite"))


class TextForm(Form):
    """The composite's text in its sections."""

    heading = TextAreaField(_l("Heading"), [Required(_l("Give the composite a heading."))], render_kw={"rows": 2})
    preamble = TextAreaField(_l("Preamble"), render_kw={"rows": 3})
    notes = TextAreaField(_l("Notes"), description=_l("One clause to a line."), render_kw={"rows": 8})
    believes = TextAreaField(_l("Believes"), description=_l("One clause to a line."), render_kw={"rows": 8})
    resolves = TextAreaField(_l("Resolves"), description=_l("One clause to a line."), render_kw={"rows": 12})
    paragraph = TextAreaField(_l("Paragraphs"), render_kw={"rows": 6})
    revision = HiddenField()
    save = SubmitField(_l("Save the text"))

    @property
    def sections(self) -> dict[str, str]:
        """What was typed in each section."""
        return {name: self[name].data or "" for name in SECTIONS} | {"rationale": ""}


class AnswerForm(Form):
    """A branch signs, or refuses and says why."""

    answer = RadioField(
        _l("Your branch’s answer"), [Required()],
        choices=[
            ("sign", _l("Sign: our motion goes into this composite, in exactly these words")),
            ("refuse", _l("Refuse: the composite ends, and every motion stands on the agenda as it was")),
        ],
    )  # fmt: skip
    reason = TextAreaField(_l("Why you refuse"), [Length(max=5000)], description=_REASON, render_kw={"rows": 4})
    seal = HiddenField()
    send = SubmitField(_l("Answer for the branch"))


class GiveUpForm(Form):
    """Why the committee gives it up."""

    reason = TextAreaField(
        _l("Why it is given up"), [Required(_l("Give the reason.")), Length(max=5000)], description=_REASON,
        render_kw={"rows": 4},
    )  # fmt: skip
    send = SubmitField(_l("Give it up"), render_kw={"classes": "govuk-button--warning"})


class PublishForm(Form):
    """One button on a page that says what will happen."""

    seal = HiddenField()
    send = SubmitField(_l("Publish the composite"))


class AnewForm(TextForm):
    """The composite's text as the amendment would now have it."""

    save = SubmitField(_l("Move it anew"))
