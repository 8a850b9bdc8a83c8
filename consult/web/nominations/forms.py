"""The forms of nominations: shape only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.counting.methods import METHODS
from consult.domain import nominations as domain
from consult.domain.nominations import MEANINGS, Rules
from consult.model.nominations import Call
from consult.service.candidates import MOST_BYTES, StatementSpec
from consult.service.nominating import Meeting
from consult.service.nominations import CallSpec
from consult.service.polling_again import Dates
from consult.web.ballots import reading
from consult.web.ballots.forms import LEVELS
from consult.web.fields import (
    BooleanField,
    DateField,
    FileField,
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


def _rule(label: Any, values: tuple[str, ...]) -> RadioField:
    """One of the declared rules, each with what it means."""
    return RadioField(
        label, [Required()], choices=[(value, value.capitalize()) for value in values],
        render_kw={"hints": {value: MEANINGS[value] for value in values}},
    )  # fmt: skip


def _dates() -> tuple[InstantField, ...]:
    """The six instants of a call, in the order of `Dates`; made where they stand in a form, which has its fields in that order."""
    labels = (
        _l("Nominations open"), _l("Nominations close"), _l("Last moment to accept"), _l("Last moment to withdraw"),
        _l("The term begins"), _l("The term ends"),
    )  # fmt: skip
    return tuple(InstantField(label, [Required()]) for label in labels)


def _typed(form: Form) -> Dates:
    given: dict[str, Any] = {name: form[name].data for name in Dates.__dataclass_fields__}
    return Dates(**given)


class CallForm(Form):
    """A call for nominations with its declared rules."""

    title = StringField(_l("Title"), [Required(), Length(max=200)])
    seats = IntegerField(_l("Seats to be filled"), [Required()], render_kw={"width": 4})
    reserves = TextAreaField(
        _l("Reserved places"), [Length(max=2000)], render_kw={"rows": 2},
        description=_l("Only if your rules reserve places: one group on each line, such as “women = 2” or “north = 1..3”."),
    )  # fmt: skip
    opens_at, closes_at, consent_by, withdraw_by, term_starts_at, term_until = _dates()
    casual = BooleanField(_l("It fills seats that were left before their terms were over"))
    by = _rule(_l("Who nominates?"), domain.NOMINATORS)
    needed = IntegerField(
        _l("Nominations that a candidate needs"), [], default=2, render_kw={"width": 4},
        description=_l("A proposer and a seconder are two. One’s own nomination is none."),
    )  # fmt: skip
    most = IntegerField(
        _l("How many each may nominate"), [], default=0, render_kw={"width": 4},
        description=_l("0: as many as there are seats."),
    )  # fmt: skip
    self_nomination = BooleanField(_l("People may put themselves forward"), default=True)
    member_days = IntegerField(
        _l("Days that one must have been a member when nominations close"), [], default=0, render_kw={"width": 4}
    )
    statement_words = IntegerField(_l("Most words of a statement"), [], default=250, render_kw={"width": 4})
    uncontested = _rule(_l("If there are no more candidates than seats"), domain.UNCONTESTED)
    too_few = _rule(_l("If there are too few candidates for a reserved place"), domain.TOO_FEW)
    leaving = _rule(_l("If a candidate withdraws or dies once the poll is prepared"), domain.LEAVING)
    casual_rule = _rule(_l("If somebody elected leaves before the term is over"), domain.CASUAL)
    method = SelectField(_l("Counting method"), [Required()])
    ron = BooleanField(_l("“Re-open nominations” is on the paper"))
    reason = why()
    revision = HiddenField()
    send = SubmitField(_l("Save"))

    def offer(self) -> None:
        """Fill in the counting methods that elect people."""
        self.method.choices = [(key, one.title) for key, one in METHODS.items() if one.form != "choice"]

    def spec(self) -> CallSpec:
        """What was typed."""
        rules = Rules(
            self.needed.data or 0, self.by.data, self.most.data or 0, bool(self.self_nomination.data),
            self.member_days.data or 0, self.statement_words.data or 0, self.uncontested.data, self.too_few.data,
            self.leaving.data, self.casual_rule.data, self.method.data, bool(self.ron.data),
        )  # fmt: skip
        return CallSpec(
            title=self.title.data or "", seats=self.seats.data or 0, rules=rules,
            reserves=reading.reserves(self.reserves.data or ""), casual=bool(self.casual.data), **asdict(_typed(self)),
        )  # fmt: skip


class NominateForm(Form):
    """Who is nominated, and for a branch by which meeting."""

    member = StringField(
        _l("Member number or e-mail address"), [Required()], render_kw={"spellcheck": False, "autocomplete": "off"}
    )
    unit = SelectField(_l("For which branch?"))
    held_on = DateField(_l("Day of the meeting that decided it"))
    votes_for = IntegerField(_l("Votes for"), [], render_kw={"width": 4})
    votes_against = IntegerField(_l("Votes against"), [], render_kw={"width": 4}, default=0)
    send = SubmitField(_l("Nominate"))

    def meeting(self) -> Meeting | None:
        """The meeting, if its day was given."""
        if self.held_on.data is None:
            return None
        return Meeting(self.held_on.data, self.votes_for.data or 0, self.votes_against.data or 0)


class AcceptForm(Form):
    """The candidate's own words and picture."""

    statement = TextAreaField(_l("Statement"), [Length(max=20_000)], render_kw={"rows": 10})
    photograph = FileField(
        _l("Photograph"),
        description=_l(
            "A JPEG, PNG or WebP of at most 8 MB. It is cut square and made anew: place, time and camera are taken out."
        ),
    )
    remove_photograph = BooleanField(_l("Take the present photograph away"))
    group = SelectField(_l("Reserved place that you count for"))
    send = SubmitField(_l("Accept and save"))

    def offer(self, call: Call) -> None:
        """Fill in the reserved places."""
        self.group.choices = [("", _("none")), *((row["group"], row["group"]) for row in call.reserves)]

    def spec(self) -> StatementSpec:
        """What was given."""
        file = self.photograph.data
        data = file.read(MOST_BYTES + 1) if file else None
        return StatementSpec(self.statement.data or "", data, bool(self.remove_photograph.data))


class ReasonForm(Form):
    """Why something is decided."""

    reason = StringField(_l("Reason"), [Required()], description=_l("Everybody can read it."))
    send = SubmitField(_l("Record it"))


class CountbackForm(Form):
    """Seating whom a countback elects; a lot that broke a tie in it is acknowledged."""

    lot_seen = BooleanField(_l("I know that a lot decided a tie here"))


class LeaveForm(Form):
    """A candidate who is gone after the deadline."""

    what = RadioField(
        _l("What happened?"), [Required()],
        choices=[("withdrew", _l("The candidate withdrew")), ("died", _l("The candidate died"))],
    )  # fmt: skip
    reason = StringField(_l("Reason"), [Required()], description=_l("Everybody can read it."))
    send = SubmitField(_l("Record it"))


class AgainForm(Form):
    """The dates of a call that follows one whose poll ended without a result, and why it does."""

    reason = TextAreaField(
        _l("Reason"), [Required(), Length(max=1000)], description=_l("Everybody can read it."), render_kw={"rows": 3}
    )
    opens_at, closes_at, consent_by, withdraw_by, term_starts_at, term_until = _dates()

    def dates(self) -> Dates:
        """What was typed."""
        return _typed(self)


class DraftForm(Form):
    """Where and when the poll is held; the ballot's own pages have the rest."""

    consultation = SelectField(
        _l("Belongs to"), coerce=int, default=0,
        description=_l("An election needs no consultation. Choose one only if the election is part of it, as of a conference."),
    )  # fmt: skip
    opens_at = InstantField(_l("The poll opens"), [Required()])
    closes_at = InstantField(_l("The poll closes"), [Required()])
    level = RadioField(_l("Who could find out how somebody voted?"), [Required()], choices=LEVELS, default="sealed")
    send = SubmitField(_l("Draft the ballot"))
