"""The forms of the policy book: ending and renewing a policy, its actions, and its model motions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from consult.web.fields import (
    CheckboxesField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

_REASON = _l("Members read it. Name the decision or the rule that it follows from.")


def _reason() -> TextAreaField:
    return TextAreaField(_l("Reason"), [Required(), Length(max=5000)], description=_REASON, render_kw={"rows": 4})


class SupersedeForm(Form):
    """Which later policy stands in its place, and why."""

    successor = SelectField(_l("Which policy stands in its place?"), [Required()], coerce=int)
    reason = _reason()
    send = SubmitField(_l("Supersede it"))


class RescindForm(Form):
    """Why it is taken back."""

    reason = _reason()
    send = SubmitField(_l("Rescind it"))


class RenewForm(Form):
    """Until when, and why."""

    until = DateField(_l("Until which day is it in force?"), [Required()])
    reason = _reason()
    send = SubmitField(_l("Renew it"))


class ActionForm(Form):
    """A clause, who is to carry it out, and by when."""

    clause = RadioField(_l("What is to be done?"), [Required()])
    holder = StringField(
        _l("Who is to do it?"), [Required(), Length(max=200)], description=_l("An office or a body, not a name.")
    )
    due_on = DateField(_l("By when?"), [Optional()], description=_l("Leave it empty if there is no day."))
    send = SubmitField(_l("Set it down"))


class ReportForm(Form):
    """How far an action is."""

    progress = RadioField(
        _l("How far is it?"), [Required()],
        choices=[("begun", _l("Begun")), ("done", _l("Done")), ("cannot be done", _l("It cannot be done"))],
    )  # fmt: skip
    body = TextAreaField(_l("What was done?"), [Required(), Length(max=5000)], render_kw={"rows": 5})
    send = SubmitField(_l("Report"))


class ModelMotionForm(Form):
    """Which clauses, for whom, within how many words."""

    party = StringField(
        _l("For which party or body?"),
        [Required(), Length(max=200)],
        description=_l("The one whose rules set the limit."),
    )
    word_limit = IntegerField(
        _l("Its limit of words"), [Required()], description=_l("The heading is not counted."),
        render_kw={"classes": "govuk-input--width-4"},
    )  # fmt: skip
    heading = StringField(
        _l("Heading"), [Length(max=200)], description=_l("Leave it empty to keep the policy’s own.")
    )  # fmt: skip
    clauses = CheckboxesField(_l("Which clauses?"), [Required(_l("Choose the clauses."))])
    count = SubmitField(_l("Count the words"), render_kw={"classes": "govuk-button--secondary"})
    make = SubmitField(_l("Make the model motion"))


class SendingForm(Form):
    """Where it went, when, and by whom."""

    body = StringField(
        _l("Which body of the party was it sent to?"), [Required(), Length(max=200)],
        description=_l("Such as a branch, a region or the conference."),
    )  # fmt: skip
    sent_on = DateField(_l("On which day?"), [Required()])
    sender = StringField(_l("Who sent it?"), [Required(), Length(max=200)])
    send = SubmitField(_l("Record it"))


class NewsForm(Form):
    """What became of it there."""

    step = RadioField(_l("What became of it?"), [Required()])
    heard_on = DateField(_l("On which day?"), [Required()])
    body = TextAreaField(
        _l("Report back"), [Length(max=5000)], description=_l("What was said, how the vote went. It may be empty."),
        render_kw={"rows": 4},
    )  # fmt: skip
    revision = HiddenField()
    send = SubmitField(_l("Record it"))
