"""The forms of the debate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.debating import FEWEST_SUMMARY_WORDS, SUMMARY_WORDS
from consult.web.fields import (
    Form,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

STANCES = [
    ("for", _l("For")),
    ("against", _l("Against")),
    ("question", _l("I have a question")),
    ("information", _l("I have information")),
]


class CommentForm(Form):
    """A contribution: on which side, about which words."""

    stance = RadioField(
        _l("You speak"), [Required(_l("Choose whether you speak for, against, ask or inform."))], choices=STANCES
    )
    about = SelectField(_l("About"), choices=[("", _l("The whole motion"))])
    quote = StringField(
        _l("Words that you quote"), [Length(max=500)],
        description=_l("Optional. Copy them from the clause as it stands."),
    )  # fmt: skip
    body = TextAreaField(
        _l("What you have to say"), [Required(_l("Write something first."))],
        description=_l("Up to 2,000 characters. Your name stands beside it."), render_kw={"rows": 6},
    )  # fmt: skip
    send = SubmitField(_l("Say it"))


class AnswerForm(Form):
    """An answer to somebody."""

    stance = RadioField(
        _l("You speak"), [Required(_l("Choose whether you speak for, against, ask or inform."))], choices=STANCES
    )
    body = TextAreaField(
        _l("Your answer"), [Required(_l("Write something first."))], description=_l("Up to 2,000 characters."),
        render_kw={"rows": 6},
    )  # fmt: skip
    send = SubmitField(_l("Answer"))


class CorrectForm(AnswerForm):
    """A contribution corrected by its author."""

    body = TextAreaField(
        _l("What you have to say"), [Required(_l("Write something first."))], description=_l("Up to 2,000 characters."),
        render_kw={"rows": 6},
    )  # fmt: skip
    send = SubmitField(_l("Save the correction"))


class QuestionForm(Form):
    """A question to one candidate or to all."""

    candidate = SelectField(_l("Whom you ask"), choices=[("", _l("All candidates"))])
    body = TextAreaField(
        _l("Your question"), [Required(_l("Write something first."))],
        description=_l("Up to 2,000 characters. Your name stands beside it."), render_kw={"rows": 4},
    )  # fmt: skip
    send = SubmitField(_l("Ask it"))


class CandidateAnswerForm(Form):
    """What a candidate answers."""

    body = TextAreaField(
        _l("Your answer"), [Required(_l("Write something first."))], description=_l("Up to 2,000 characters."),
        render_kw={"rows": 6},
    )  # fmt: skip
    send = SubmitField(_l("Answer"))


class ReasonForm(Form):
    """Why a comment is reported."""

    reason = TextAreaField(_l("The reason"), [Required(_l("Give the reason."))], render_kw={"rows": 4})
    send = SubmitField(_l("Send"))


class _Length:
    """Lets the field say how many words are left; the service counts them as the word limits of motions do."""

    most = SUMMARY_WORDS

    def __call__(self, form: Form, field: TextAreaField) -> None:
        """Leaves it to the service, which refuses too few as well."""


class SummaryForm(Form):
    """What one side says in short."""

    body = TextAreaField(
        _l("The summary"), [Required(_l("Write something first.")), _Length()],
        description=_l("At least %(n)s words, as both sides have.", n=FEWEST_SUMMARY_WORDS), render_kw={"rows": 9},
    )  # fmt: skip
    send = SubmitField(_l("Put it to my side"))
