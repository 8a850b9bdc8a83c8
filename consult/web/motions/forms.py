"""The motion's forms: sections in plain text areas, the meeting that agreed to it, and what is confirmed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import (
    CheckboxesField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    StringField,
    SubmitField,
    TextAreaField,
)

_NUMBERING = _l("One clause to a line, numbered or not. Put (a), (b) … before the parts of a clause.")


class MotionForm(Form):
    """A motion in its sections."""

    unit = RadioField(_l("Moved for"), [Required()], coerce=int)
    heading = StringField(
        _l("Heading"),
        [Required(_l("Give the motion a heading.")), Length(max=200)],
        description=_l("What it would do, in a few words. It is the title by which the motion is listed."),
    )
    topic = StringField(
        _l("Topic"), [Length(max=60)], description=_l("One or two words, such as Housing."),
        render_kw={"classes": "govuk-input--width-20"},
    )  # fmt: skip
    notes = TextAreaField(_l("Notes"), description=_l("The facts. One to a line."), render_kw={"rows": 6})
    believes = TextAreaField(_l("Believes"), description=_l("What follows from them."), render_kw={"rows": 5})
    resolves = TextAreaField(_l("Resolves"), description=_NUMBERING, render_kw={"rows": 10})
    rationale = TextAreaField(
        _l("Rationale"), description=_l("Why. It is not part of the motion and does not count towards its words."),
        render_kw={"rows": 6},
    )  # fmt: skip
    revision = HiddenField()
    save = SubmitField(_l("Save draft"))

    @property
    def sections(self) -> dict[str, str]:
        """What was typed in each section."""
        return {name: self[name].data or "" for name in ("heading", "notes", "believes", "resolves", "rationale")}


class SubmitForm(Form):
    """The meeting that agreed to the motion."""

    held_on = DateField(_l("When was the meeting?"), [Required()])
    present = IntegerField(
        _l("How many were present?"), [Required()], description=_l("The meeting must have been quorate."),
        render_kw={"classes": "govuk-input--width-4"},
    )  # fmt: skip
    votes_for = IntegerField(
        _l("How many voted for the motion?"), [Required()], render_kw={"classes": "govuk-input--width-4"}
    )
    votes_against = IntegerField(
        _l("How many voted against?"), [Required()], render_kw={"classes": "govuk-input--width-4"}
    )
    revision = HiddenField()
    send = SubmitField(_l("Submit the motion"))


class ConfirmForm(Form):
    """One button, pressed on a page that says what will happen."""

    revision = HiddenField()
    send = SubmitField(_l("Confirm"))


class OrderForm(Form):
    """The committee's own words for an order of votes."""

    reason = TextAreaField(
        _l("In the committee's own words"), [Length(max=5000)],
        description=_l("Why this order. Needed where the rulebook declares another; members read it with the rest."),
        render_kw={"rows": 3},
    )  # fmt: skip
    seen = HiddenField()
    send = SubmitField(_l("Set this order"))


class FreezeForm(Form):
    """What happens to accepted amendments, and which falls are confirmed."""

    to_vote = CheckboxesField(
        _l("Put to the vote all the same"), coerce=int,
        description=_l("Tick an accepted amendment to have members vote on it instead of writing it in."),
    )  # fmt: skip
    falls = CheckboxesField(
        _l("These fall"), coerce=int, description=_l("Tick each one to confirm that it is not voted on.")
    )
    seen = HiddenField()
    look = SubmitField(_l("Work out again"), render_kw={"classes": "govuk-button--secondary"})
    freeze = SubmitField(_l("Freeze the text"))
