"""The forms of the hall: planning a sitting, its business, cards, questions and figures."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional

from consult.domain import hall
from consult.web.fields import (
    Form,
    HiddenField,
    InstantField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from consult.web.why import why

_CASTING = [("", _l("None")), ("for", _l("The chair votes for")), ("against", _l("The chair votes against"))]
_FEW = {"classes": "govuk-input--width-5"}


class SittingForm(Form):
    """When and where a sitting is held."""

    title = StringField(_l("Title"), [Required(), Length(max=200)], description=_l("Such as “Saturday morning”."))
    place = StringField(_l("Place"), [Length(max=200)])
    starts_at = InstantField(_l("Begins"), [Required()])
    ends_at = InstantField(_l("Ends"), [Required()])
    quorum = IntegerField(
        _l("Quorum"), [Required()], description=_l("How many with a vote must be present; 0 for none."), render_kw=_FEW
    )
    send = SubmitField(_l("Plan the sitting"))


class BusinessForm(Form):
    """The order of business, one item to a line."""

    business = TextAreaField(
        _l("Order of business"), [Required()],
        description=_l(
            "One item to a line: the minutes, then what it is. “20 Motion 3” and “10 Report 2” are found by their "
            "numbers; anything else is an item in words, as in “15 Opening”."
        ),
        render_kw={"rows": 14},
    )  # fmt: skip
    reason = why()
    revision = HiddenField()
    send = SubmitField(_l("Save the order of business"))


class OfficeForm(Form):
    """Who presides or counts."""

    member = StringField(_l("Member number"), [Required()], render_kw={"classes": "govuk-input--width-10"})
    office = RadioField(_l("As"), [Required()], choices=[(hall.CHAIR, _l("Chair")), (hall.TELLER, _l("Teller"))])
    appoint = SubmitField(_l("Appoint"))


class CardForm(Form):
    """A card for somebody."""

    member = StringField(_l("Member number"), [Required()], render_kw={"classes": "govuk-input--width-10"})
    kind = RadioField(
        _l("Admitted as"), [Required()], default="delegate",
        choices=[
            ("delegate", _l("Delegate")), ("substitute", _l("Substitute")), ("ex officio", _l("Ex officio")),
            ("visitor", _l("Visitor, without a vote")),
        ],
    )  # fmt: skip
    weight = IntegerField(
        _l("Votes in a card vote"), [Optional()], default=1, render_kw=_FEW,
        description=_l("What the branch is entitled to. A substitute has those of the card taken over."),
    )  # fmt: skip
    replaces = IntegerField(
        _l("Takes over card"), [Optional()], description=_l("For a substitute only."), render_kw=_FEW
    )
    send = SubmitField(_l("Admit"))


class FiguresForm(Form):
    """What was counted."""

    votes_for = IntegerField(_l("For"), [Required(_l("Give the votes for."))], render_kw=_FEW)
    votes_against = IntegerField(_l("Against"), [Required(_l("Give the votes against."))], render_kw=_FEW)
    abstained = IntegerField(_l("Abstained"), [Optional()], render_kw=_FEW)
    casting = RadioField(
        _l("Casting vote"), [Optional()], default="", choices=_CASTING,
        description=_l("Only where the votes for and against are equal."),
    )  # fmt: skip
    revision = HiddenField()
    declare = SubmitField(_l("Declare the result"))


class TellerForm(Form):
    """What a teller counted."""

    votes_for = IntegerField(_l("For"), [Required(_l("Give the votes for."))], render_kw=_FEW)
    votes_against = IntegerField(_l("Against"), [Required(_l("Give the votes against."))], render_kw=_FEW)
    abstained = IntegerField(_l("Abstained"), [Optional()], render_kw=_FEW)
    send = SubmitField(_l("Report it to the chair"))


class VoiceForm(Form):
    """Which side had it."""

    side = RadioField(_l("By voice"), [Required()], choices=[("carried", _l("Carried")), ("lost", _l("Lost"))])
    revision = HiddenField()
    declare = SubmitField(_l("Declare the result"))


class PlainForm(Form):
    """A result that needs no figures from the chair: nem con, or as the tellers or the cards have it."""

    casting = RadioField(
        _l("Casting vote"), [Optional()], default="", choices=_CASTING,
        description=_l("Only where the votes for and against are equal."),
    )  # fmt: skip
    revision = HiddenField()
    declare = SubmitField(_l("Declare the result"))


class CardVoteForm(Form):
    """How a card voted."""

    card = IntegerField(_l("Card"), [Required()], render_kw=_FEW)
    choice = RadioField(
        _l("Votes"), [Required()], choices=[("for", _l("For")), ("against", _l("Against")), ("abstain", _l("Abstains"))]
    )
    send = SubmitField(_l("Enter the card"))


class ProcedureForm(Form):
    """A procedural motion."""

    procedure = SelectField(_l("Procedural motion"), [Required()])
    words = TextAreaField(
        _l("About"), [Length(max=1000)], render_kw={"rows": 2},
        description=_l("Which ruling, which standing order and why, which part of the report."),
    )  # fmt: skip
    parts = TextAreaField(
        _l("Parts"), [Length(max=2000)], render_kw={"rows": 3},
        description=_l(
            "To take the motion in parts: one part to a line, as “Resolves 1, Resolves 2”. What is left is the last. "
            "Left empty: the parts that were declared, if there are any."
        ),
    )  # fmt: skip
    method = SelectField(
        _l("How it is voted on"), choices=[(key, said) for key, said in hall.METHODS.items()], default="hands"
    )
    revision = HiddenField()
    put = SubmitField(_l("Put the procedural motion"))


class QuorumForm(Form):
    """A call of the quorum."""

    present = IntegerField(_l("Present with a vote"), [Required()], render_kw=_FEW)
    call = SubmitField(_l("Record the call"))


class FinishForm(Form):
    """What became of an item that nobody votes on."""

    outcome = StringField(_l("What became of it"), [Required(), Length(max=300)])
    revision = HiddenField()
    finish = SubmitField(_l("Finish the item"))
