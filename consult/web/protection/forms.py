"""The forms of data protection: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange, Optional

from consult.domain.protection import ASKED_BY_ONESELF, KINDS, OUTCOMES, STEPS
from consult.domain.purposes import EXPORT_COLUMNS, EXPORTS
from consult.domain.roles import Status
from consult.model.units import Unit
from consult.web.fields import (
    CheckboxesField,
    Form,
    InstantField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
)

_WORDS = {"rows": 5}


class Ask(Form):
    """What somebody asks for about their own data."""

    about = TextAreaField(
        _l("What is it about?"),
        [Required(_l("Say what it is about, in a sentence or more.")), Length(max=5000)],
        description=_l("The data protection officer reads this, and nobody else."),
        render_kw=_WORDS,
    )


class AskRight(Ask):
    """What is wrong, and what it should say."""

    wanted = StringField(_l("What should it say?"), [Required(_l("Say what it should say instead.")), Length(max=500)])


class PutDown(Ask):
    """A request that came by letter or by word of mouth."""

    kind = RadioField(
        _l("What is asked for?"), [Required()], choices=[(one, KINDS[one].title) for one in ASKED_BY_ONESELF]
    )
    number = StringField(_l("Member number"), [Required(_l("Give the number of the person who asks."))])
    wanted = StringField(
        _l("What should it say?"), [Length(max=500)], description=_l("Only where something is to be put right.")
    )
    received_at = InstantField(_l("When did it arrive?"), [Required()], description=_l("The month runs from here."))


class Breach(Form):
    """What happened to whose data."""

    about = TextAreaField(
        _l("What happened?"),
        [Required(_l("Say what happened, in a sentence or more.")), Length(max=5000)],
        description=_l(
            "What was lost, changed or seen by whom, how it came about, and what was done at once. Name nobody."
        ),
        render_kw=_WORDS,
    )
    people = IntegerField(
        _l("About how many people is it?"),
        [Optional(), NumberRange(0, 100_000_000)],
        description=_l("Leave it empty if nobody knows yet."),
        render_kw={"classes": "govuk-input--width-5"},
    )
    aware_at = InstantField(
        _l("When did the organisation become aware of it?"), [Required()], description=_l("The 72 hours run from here.")
    )


class Done(Form):
    """What was done in a case."""

    what = RadioField(_l("What was done?"), [Required()])
    words = TextAreaField(
        _l("In words"), [Required(_l("Say it in a sentence or more.")), Length(max=5000)], render_kw=_WORDS
    )

    done_at = InstantField(
        _l("When was it done?"), [Optional()], description=_l("Leave it empty if it was done just now.")
    )

    def offer(self, steps: list[str]) -> None:
        """What can be done by now."""
        self.what.choices = [(step, STEPS[step]) for step in steps]


class Decide(Form):
    """How a case ends."""

    outcome = RadioField(_l("How does it end?"), [Required()])
    reason = TextAreaField(
        _l("Reason"),
        [Required(_l("Give the reason, in a sentence or more.")), Length(max=5000)],
        description=_l("The person is sent it. It is never changed."),
        render_kw=_WORDS,
    )

    def offer(self, kind: str) -> None:
        """How a case of this kind can end here; an erasure that is granted has a button of its own."""
        left = [one for one in OUTCOMES if kind != "erasure" or not one.startswith("met")]
        words = {"met": _l("Done as asked"), "met in part": _l("Done in part"), "refused": _l("Refused"),
                 "withdrawn": _l("Withdrawn")}  # fmt: skip
        if kind == "breach":
            left, words = ["met"], {"met": _l("Dealt with and closed")}
        self.outcome.choices = [(one, words[one]) for one in left]


class Erase(Form):
    """Why somebody is erased."""

    reason = TextAreaField(
        _l("Reason for the erasure"),
        [Required(_l("Give the reason, in a sentence or more.")), Length(max=5000)],
        description=_l("It is sent to the person's address, for the last time."),
        render_kw={"rows": 3},
    )


class Export(Form):
    """Which data of whom is to leave, and why."""

    purpose = RadioField(
        _l("What is it for?"), [Required()], choices=[(key, kind.words) for key, kind in EXPORTS.items()]
    )
    columns = CheckboxesField(
        _l("Which columns?"),
        [Required(_l("Choose at least one column."))],
        choices=list(EXPORT_COLUMNS.items()),
        description=_l("Those alone that the purpose needs; others are refused."),
    )
    unit = SelectField(_l("Of which unit, and those below it?"))
    statuses = CheckboxesField(
        _l("Whose data?"),
        [Required(_l("Choose at least one status."))],
        choices=[(status.value, status.value) for status in Status],
        default=["member"],
    )
    reason = TextAreaField(
        _l("Reason"),
        [Required(_l("Say why, to whom it goes and when it is deleted there.")), Length(max=1000)],
        description=_l("Say why, to whom it goes and when it is deleted there. A second person decides by this."),
        render_kw={"rows": 4},
    )

    def offer(self, units: list[Unit]) -> None:
        """The units to choose from."""
        self.unit.choices = [("", _l("the whole organisation")), *((str(unit.id), unit.name) for unit in units)]


class Refuse(Form):
    """Why an export is refused."""

    reason = TextAreaField(
        _l("Reason"), [Required(_l("Say why, in a sentence.")), Length(max=1000)], render_kw={"rows": 3}
    )
