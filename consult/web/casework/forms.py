"""The forms of complaints, recounts, extensions, re-runs and destruction: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange

from consult.web.fields import (
    BooleanField,
    Form,
    InstantField,
    IntegerField,
    RadioField,
    Required,
    SubmitField,
    TextAreaField,
)

ABOUT = [
    ("could not vote", _l("I, or others, could not vote")),
    ("roll", _l("The electoral roll")),
    ("conduct", _l("How the ballot was conducted")),
    ("count", _l("The count or the provisional result")),
    ("secrecy", _l("The secrecy of the vote")),
    ("other", _l("Something else")),
]

OUTCOMES = [
    ("dismissed", _l("Dismissed")),
    ("upheld", _l("Upheld; the result can stand")),
    ("upheld: recount", _l("Upheld; a recount is made first")),
    ("upheld: not to be certified", _l("Upheld; the result may not be certified, so that the ballot is annulled")),
]

_NUMBER = {"classes": "govuk-input--width-4"}


class ComplaintForm(Form):
    """A complaint in one's own words."""

    about = RadioField(_l("What is it about?"), [Required()], choices=ABOUT)
    text = TextAreaField(
        _l("What happened?"),
        [Required(), Length(max=5000)],
        description=_l(
            "The complaints panel, the committee and the scrutineers read this. Do not say how anybody voted."
        ),
        render_kw={"rows": 6},
    )
    affected = IntegerField(
        _l("How many votes is it about?"),
        [NumberRange(0, 1_000_000, _l("Give a number; 1 if it is about yours alone."))],
        default=1,
        render_kw=_NUMBER,
    )
    send = SubmitField(_l("Send the complaint"))


class DecisionForm(Form):
    """The panel's decision."""

    outcome = RadioField(_l("What does the panel decide?"), [Required()], choices=OUTCOMES)
    reasons = TextAreaField(
        _l("Reasons"), [Required(), Length(max=5000)], description=_l("They are never changed."), render_kw={"rows": 6}
    )
    found_affected = IntegerField(
        _l("Votes that the panel finds affected"),
        [NumberRange(0, 1_000_000, _l("Give a number; 0 if none."))],
        description=_l("They are held against every margin of the result."),
        render_kw=_NUMBER,
    )
    decide = SubmitField(_l("Put the decision on the record"))


class RecountForm(Form):
    """Why a recount is asked for."""

    reason = TextAreaField(_l("Why?"), [Required(), Length(max=1000)], render_kw={"rows": 3})
    ask = SubmitField(_l("Ask for a recount"))


class ExtendForm(Form):
    """A later close."""

    closes_at = InstantField(_l("Voting would close"), [Required()])
    reason = TextAreaField(
        _l("Why?"), [Required(), Length(max=1000)], description=_l("Members read it."), render_kw={"rows": 3}
    )
    propose = SubmitField(_l("Propose the later close"))


class AgainForm(Form):
    """The times of a re-run."""

    opens_at = InstantField(_l("Voting opens"), [Required()])
    closes_at = InstantField(_l("Voting closes"), [Required()])
    make = SubmitField(_l("Prepare it again"))


class DestroyForm(Form):
    """What became of the shares and of the backups."""

    shares = TextAreaField(
        _l("The shares of the key"),
        [Required(), Length(max=2000)],
        description=_l("Who destroyed which, when and before whom; or that there were none."),
        render_kw={"rows": 3},
    )
    backups = TextAreaField(
        _l("Backups older than the result"),
        [Required(), Length(max=2000)],
        description=_l("Which copies of the database were destroyed, by whom and when; the envelopes are in them too."),
        render_kw={"rows": 3},
    )
    sure = BooleanField(_l("Nobody has challenged the result, or every challenge is over"), [Required()])
    propose = SubmitField(_l("Propose the destruction"))
