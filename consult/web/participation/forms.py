"""The forms that declare how people take part, and that ask them questions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.consulting import PUBLISHING, QUESTIONS, USUAL_GROUP
from consult.web.fields import (
    BooleanField,
    Form,
    IntegerField,
    RadioField,
    Required,
    StringField,
    SubmitField,
    TextAreaField,
)
from consult.web.why import why


class TermsForm(Form):
    """What is promised to those who take part."""

    taking_part = RadioField(
        _l("Who takes part"), [Required()],
        choices=[("members and supporters", _l("Members and supporters; their voices are shown apart")),
                 ("members", _l("Members only"))],
    )  # fmt: skip
    publishing = RadioField(
        _l("How submissions are published"), [Required()], choices=list(PUBLISHING.items()),
        description=_l("What is promised here cannot be changed once somebody has sent a submission."),
    )  # fmt: skip
    at_once = RadioField(
        _l("When"), [Required()],
        choices=[("yes", _l("As they come, so that people can answer one another")),
                 ("no", _l("All together, when the phase has closed"))],
    )  # fmt: skip
    minimum_group = IntegerField(
        _l("Minimum group"), [Required()], default=USUAL_GROUP,
        description=_l("Where fewer members, or fewer supporters, than this answered a question, their figures are withheld."),
    )  # fmt: skip
    words = IntegerField(_l("Most words of an answer"), [Required()], default=500)
    statements = BooleanField(
        _l("Hold a round of statements"),
        description=_l("Short statements that people agree or disagree with; opinion groups are computed from them."),
    )
    reason = why()
    send = SubmitField(_l("Declare this"))


class QuestionForm(Form):
    """One question."""

    wording = StringField(_l("Question"), [Required(), Length(max=500)])
    help = TextAreaField(
        _l("Explanation"), [Length(max=1000)], render_kw={"rows": 2}, description=_l("If it needs one.")
    )
    kind = RadioField(_l("It is answered by"), [Required()], choices=list(QUESTIONS.items()))
    options = TextAreaField(
        _l("Answers to choose from"), render_kw={"rows": 5},
        description=_l("For a closed question: each answer on a line of its own."),
    )  # fmt: skip
    needed = BooleanField(_l("It must be answered"))
    reason = why()
    send = SubmitField(_l("Save the question"))
