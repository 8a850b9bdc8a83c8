"""The amendment's forms: the motion's own sections to edit, the reason, the mover's answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import (
    DateField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SubmitField,
    TextAreaField,
)

_FEW = {"classes": "govuk-input--width-4"}

_LABELS = {
    "heading": _l("Heading"),
    "preamble": _l("Preamble"),
    "notes": _l("Notes"),
    "believes": _l("Believes"),
    "resolves": _l("Resolves"),
    "paragraph": _l("Paragraphs"),
}


#: The sections of a text that an amendment can change.
SECTIONS = tuple(_LABELS)


class TextForm(Form):
    """The text of the motion, to be edited as it should read."""

    heading = TextAreaField(_LABELS["heading"], render_kw={"rows": 2})
    preamble = TextAreaField(_LABELS["preamble"], render_kw={"rows": 4})
    notes = TextAreaField(_LABELS["notes"], render_kw={"rows": 8})
    believes = TextAreaField(_LABELS["believes"], render_kw={"rows": 7})
    resolves = TextAreaField(_LABELS["resolves"], render_kw={"rows": 14})
    paragraph = TextAreaField(_LABELS["paragraph"], render_kw={"rows": 10})
    rationale = HiddenField()
    revision = HiddenField()

    @property
    def sections(self) -> dict[str, str]:
        """What each section of the text should read."""
        return {name: self[name].data or "" for name in (*SECTIONS, "rationale")}


class AmendmentForm(TextForm):
    """An amendment as it is drafted."""

    unit = RadioField(_l("Moved for"), [Required()], coerce=int)
    reason = TextAreaField(
        _l("Why your branch moves it"), [Length(max=5000)],
        description=_l("Shown beside the amendment. It is not part of the text."), render_kw={"rows": 4},
    )  # fmt: skip
    version = HiddenField()
    preview = SubmitField(_l("Show what this changes"), render_kw={"classes": "govuk-button--secondary"})
    save = SubmitField(_l("Save draft"))


class NewWordsForm(TextForm):
    """The motion's new text, to be edited as the amendment should make it read."""

    save = SubmitField(_l("Agree to these words"))


class ReasonForm(Form):
    """A decision whose reason members read."""

    reason = TextAreaField(_l("Reason"), [Required(), Length(max=2000)], render_kw={"rows": 3})
    send = SubmitField(_l("Write it in"))


class AnswerForm(Form):
    """What the mover of the motion says of an amendment."""

    answer = RadioField(
        _l("Do you accept it?"), [Required()],
        choices=[
            ("accept", _l("Accept it: it is written into the motion")),
            ("not accept", _l("Do not accept it: members vote on it")),
        ],
    )  # fmt: skip
    response = TextAreaField(
        _l("What you say to it"), [Length(max=5000)], description=_l("Members read this beside the amendment."),
        render_kw={"rows": 4},
    )  # fmt: skip
    send = SubmitField(_l("Answer"))


class MeetingForm(Form):
    """The branch's meeting that agreed to an amendment, where the rules ask for one."""

    held_on = DateField(_l("When was the meeting?"), [Required()])
    present = IntegerField(_l("How many were present?"), [Required()], render_kw=_FEW)
    quorum = IntegerField(_l("What was the quorum?"), render_kw=_FEW)
    votes_for = IntegerField(_l("How many voted for the amendment?"), [Required()], render_kw=_FEW)
    votes_against = IntegerField(_l("How many voted against?"), [Required()], render_kw=_FEW)
    minute = TextAreaField(_l("The minute of the meeting"), [Length(max=50_000)], render_kw={"rows": 4})
    file = FileField(
        _l("The minute as a file"), description=_l("PDF, DOCX, ODT, JPEG, PNG or plain text, at most 5 MB.")
    )
    revision = HiddenField()
    send = SubmitField(_l("Submit the amendment"))


class ConfirmForm(Form):
    """One button on a page that says what will happen."""

    revision = HiddenField()
    send = SubmitField(_l("Confirm"))
