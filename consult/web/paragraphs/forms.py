"""The form of a comment on a paragraph, of reporting one, and the reason for setting something aside."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.service.debate import LONGEST
from consult.service.threads import LONGEST_REASON
from consult.web.fields import Form, RadioField, Required, SubmitField, TextAreaField


class CommentForm(Form):
    """What somebody says about a paragraph."""

    stance = RadioField(
        _l("You speak"), [Required()],
        choices=[("for", _l("For it")), ("against", _l("Against it")), ("question", _l("With a question")),
                 ("information", _l("To inform"))],
    )  # fmt: skip
    body = TextAreaField(_l("What you want to say"), [Required(), Length(max=LONGEST)], render_kw={"rows": 5})
    send = SubmitField(_l("Say it"))


class ReasonForm(Form):
    """The reason that is read in place of what is hidden or set aside."""

    reason = TextAreaField(
        _l("Reason"), [Required(), Length(max=LONGEST_REASON)], render_kw={"rows": 3},
        description=_l("Everybody reads it in place of the words, and the author is told."),
    )  # fmt: skip
    send = SubmitField(_l("Go on"))


class ReportForm(Form):
    """Why a comment is reported."""

    reason = TextAreaField(
        _l("The reason"), [Required(), Length(max=LONGEST_REASON)], render_kw={"rows": 3},
        description=_l("In a sentence; the moderators read it."),
    )  # fmt: skip
    send = SubmitField(_l("Report it"))
