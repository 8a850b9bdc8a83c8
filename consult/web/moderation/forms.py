"""The forms of moderation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.debating import GROUNDS, INTERVALS
from consult.service.threads import LONGEST_REASON
from consult.web.fields import Form, RadioField, Required, SelectField, SubmitField, TextAreaField

#: `INTERVALS` in words.
_INTERVALS = (_l("5 minutes"), _l("10 minutes"), _l("30 minutes"), _l("1 hour"), _l("4 hours"), _l("24 hours"))


class GroundForm(Form):
    """Why a contribution is hidden or not admitted."""

    ground = RadioField(
        _l("The ground"), [Required(_l("Choose the ground: which rule of debate it breaks."))],
        choices=[(key, _l(words)) for key, words in GROUNDS.items()],
    )  # fmt: skip
    reason = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=LONGEST_REASON)], render_kw={"rows": 4},
        description=_l("Everybody reads it in place of the words, and the author is told."),
    )  # fmt: skip
    send = SubmitField(_l("Go on"))


class KeepForm(Form):
    """Why a reported contribution stays."""

    reason = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=LONGEST_REASON)], render_kw={"rows": 4},
        description=_l("It is on the public record of moderation."),
    )  # fmt: skip
    send = SubmitField(_l("It stays"))


class RuleForm(Form):
    """Slow mode or screening of a debate."""

    kind = RadioField(
        _l("What is to hold in this debate"), [Required(_l("Choose slow mode or screening."))],
        choices=[
            ("slow", _l("Slow mode: each person speaks once in an interval")),
            ("screening", _l("Screening: what is said waits for a moderator, for 24 hours at most")),
        ],
    )  # fmt: skip
    minutes = SelectField(
        _l("The interval of slow mode"), coerce=int, default=30,
        choices=[(minutes, words) for minutes, words in zip(INTERVALS, _INTERVALS, strict=True)],
    )  # fmt: skip
    reason = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=LONGEST_REASON)], render_kw={"rows": 3},
        description=_l("Everybody who wants to speak reads it."),
    )  # fmt: skip
    send = SubmitField(_l("Declare it"))


class AppealForm(Form):
    """Why a decision is wrong."""

    words = TextAreaField(
        _l("Why the decision is wrong"), [Required(_l("Say why.")), Length(max=LONGEST_REASON)], render_kw={"rows": 5},
        description=_l("In a sentence or more. The complaints panel decides, not the moderator."),
    )  # fmt: skip
    send = SubmitField(_l("Appeal"))


class DecideForm(Form):
    """What the panel decides."""

    outcome = RadioField(
        _l("The moderator’s decision"), [Required(_l("Choose whether the moderator's decision stands."))],
        choices=[("upheld", _l("stands")), ("overturned", _l("is overturned: the contribution is shown"))],
    )  # fmt: skip
    answer = TextAreaField(
        _l("The reason"), [Required(_l("Give the reason.")), Length(max=LONGEST_REASON)], render_kw={"rows": 4},
        description=_l("The author and everybody else can read it."),
    )  # fmt: skip
    send = SubmitField(_l("Decide"))
