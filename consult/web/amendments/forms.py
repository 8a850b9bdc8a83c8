"""The amendment's forms: the motion's own sections to edit, the reason, the mover's answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.web.fields import Form, HiddenField, RadioField, Required, SubmitField, TextAreaField

_LABELS = {
    "heading": _l("Heading"),
    "preamble": _l("Preamble"),
    "notes": _l("Notes"),
    "believes": _l("Believes"),
    "resolves": _l("Resolves"),
    "paragraph": _l("Paragraphs"),
}


class AmendmentForm(Form):
    """The text of the motion, to be edited as it should read."""

    unit = RadioField(_l("Moved for"), [Required()], coerce=int)
    heading = TextAreaField(_LABELS["heading"], render_kw={"rows": 2})
    preamble = TextAreaField(_LABELS["preamble"], render_kw={"rows": 4})
    notes = TextAreaField(_LABELS["notes"], render_kw={"rows": 8})
    believes = TextAreaField(_LABELS["believes"], render_kw={"rows": 7})
    resolves = TextAreaField(_LABELS["resolves"], render_kw={"rows": 14})
    paragraph = TextAreaField(_LABELS["paragraph"], render_kw={"rows": 10})
    rationale = HiddenField()
    reason = TextAreaField(
        _l("Why your branch moves it"), [Length(max=5000)],
        description=_l("Shown beside the amendment. It is not part of the text."), render_kw={"rows": 4},
    )  # fmt: skip
    revision = HiddenField()
    version = HiddenField()
    preview = SubmitField(_l("Show what this changes"), render_kw={"classes": "govuk-button--secondary"})
    save = SubmitField(_l("Save draft"))

    @property
    def sections(self) -> dict[str, str]:
        """What each section of the text should read."""
        return {name: self[name].data or "" for name in (*_LABELS, "rationale")}


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


class ConfirmForm(Form):
    """One button on a page that says what will happen."""

    revision = HiddenField()
    send = SubmitField(_l("Confirm"))
