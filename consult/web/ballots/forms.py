"""The ballot editor's forms: shape only; the services and the counting rules decide the rest."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange, Optional

from consult.counting.methods import METHODS
from consult.web.fields import (
    BooleanField,
    CheckboxesField,
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

PUBLICATION = [
    ("ten-copies", _l("The papers of a question, if every pattern on it stands on at least ten papers")),
    ("all-papers", _l("All papers, without names")),
    ("tables-only", _l("Tables only; the scrutineers hold the papers")),
]

ORDERS = [
    ("fixed", _l("As they are entered, the same for everybody")),
    ("random", _l("Another for each voter, from a seed that is drawn when the ballot is scheduled")),
]

PAPER_RULES = [
    ("none", _l("None: votes are cast online only")),
    ("first", _l("Taken; if somebody votes both ways, the first vote recorded counts")),
    ("paper", _l("Taken; if somebody votes both ways, the paper counts")),
]

LEVELS = [
    (
        "sealed",
        _l(
            "Sealed: the key is split among several members, who open the votes together after the close. "
            "Nobody alone can see how somebody voted. For elections and whatever is contested"
        ),
    ),
    (
        "operator",
        _l(
            "Secret, with the key kept by the server. The people who run the server could see how somebody voted. "
            "For small bodies that trust them"
        ),
    ),
    ("recorded", _l("Open: names and votes are published. For delegates, who answer to those who sent them")),
]

WEIGHTS = [
    ("one", _l("One vote for each voter")),
    ("members", _l("Card votes: each voter’s vote counts for the members of the voter’s branch (open votes only)")),
]

LOTS = [
    ("named", _l("From the public value alone")),
    ("commit-and-reveal", _l("From values that committee members commit to before the close and reveal after it")),
]


class BallotForm(Form):
    """What a ballot is, before its questions."""

    title = StringField(_l("Title"), [Required(_l("Give the ballot a title.")), Length(max=200)])
    explanation = TextAreaField(
        _l("What voters should know"),
        [Length(max=5000)],
        description=_l("Shown above the paper."),
        render_kw={"rows": 4},
    )
    level = RadioField(
        _l("Who could find out how somebody voted?"),
        [Required(_l("Choose who could find out how somebody voted."))],
        choices=LEVELS,
        default="sealed",
        description=_l("Voters read this before they vote, and on their receipt. It cannot be changed once scheduled."),
    )
    weighting = RadioField(_l("What a vote counts for"), [Required()], choices=WEIGHTS, default="one")
    opens_at = InstantField(_l("Voting opens"), [Required()])
    closes_at = InstantField(_l("Voting closes"), [Required()])
    grace_minutes = IntegerField(
        _l("Minutes of grace"),
        [NumberRange(0, 60, _l("The grace is between 0 and 60 minutes."))],
        default=0,
        description=_l("A paper that was opened before the close may still arrive for so long. Usually 0."),
        render_kw={"classes": "govuk-input--width-3"},
    )
    signers_needed = IntegerField(
        _l("Committee members who must sign the result"),
        [NumberRange(1, 100, _l("At least one must sign."))],
        default=3,
        description=_l("Two or more, where the committee has so many members; the rules may demand more."),
        render_kw={"classes": "govuk-input--width-3"},
    )
    publication = RadioField(
        _l("What is published of the papers"), [Required()], choices=PUBLICATION, default="ten-copies"
    )
    complaint_hours = IntegerField(
        _l("Hours for complaints and recounts"),
        [NumberRange(0, 1_440, _l("At most 1,440 hours (sixty days)."))],
        default=120,
        description=_l(
            "From the provisional result until the committee may sign. 120 hours are five days; 24 at the least."
        ),
        render_kw={"classes": "govuk-input--width-4"},
    )
    recounts_needed = IntegerField(
        _l("Scrutineers who must sign a recount"),
        [NumberRange(0, 20, _l("Between 0 and 20."))],
        default=0,
        description=_l("For papers that are not public: scrutineers count them again on machines of their own."),
        render_kw={"classes": "govuk-input--width-3"},
    )
    candidate_order = RadioField(
        _l("The order of candidates on the paper"), [Required()], choices=ORDERS, default="fixed"
    )
    statement_words = IntegerField(
        _l("Words in a candidate’s statement, at most"),
        [NumberRange(1, 2000, _l("A statement may have between 1 and 2,000 words."))],
        default=250,
        render_kw={"classes": "govuk-input--width-4"},
    )
    replacing = BooleanField(_l("A voter may replace a vote with another until voting closes"))
    paper_rule = RadioField(_l("Votes on paper"), [Required()], choices=PAPER_RULES, default="none")
    lot_words = StringField(
        _l("The public value that would decide a lot"),
        [Required(_l("Name the public value that would decide a lot.")), Length(max=500)],
        description=_l(
            "Something nobody can know before the close and everybody can look up after it, "
            "such as the winning numbers of a named draw on a named day."
        ),
    )
    lot_rule = RadioField(_l("How the lot is drawn"), [Required()], choices=LOTS, default="named")
    reason = why()
    revision = HiddenField()
    save = SubmitField(_l("Save"))


class MotionQuestionForm(Form):
    """Which frozen motion, decided by which majority."""

    motion = SelectField(_l("Motion"), [Required()], coerce=int)
    preset = RadioField(_l("Majority and quorum"), [Required()])
    add = SubmitField(_l("Put it on the paper"))


class RankMotionsForm(Form):
    """Which published motions members rank, and how the order is counted."""

    title = StringField(_l("Question"), [Required(_l("Give the question a title.")), Length(max=300)])
    motions = CheckboxesField(_l("Motions to rank"), [Required(_l("Choose the motions."))], coerce=int)
    preset = RadioField(_l("How it is counted"), [Required()])
    add = SubmitField(_l("Put it on the paper"))


class ChoiceQuestionForm(Form):
    """A choice among options or candidates."""

    title = StringField(_l("Question"), [Required(_l("Give the question a title.")), Length(max=300)])
    explanation = TextAreaField(_l("Explanation"), [Length(max=5000)], render_kw={"rows": 3})
    preset = RadioField(_l("How it is counted"), [Required()])
    method = SelectField(
        _l("Another method"),
        choices=[("", _l("The one chosen above"))]
        + [(m.id, f"{m.title}: {m.about}") for m in METHODS.values() if m.id != "majority"],
        description=_l("More methods, each described in the method notes. Leave it unless your rules name one."),
    )
    seats = IntegerField(
        _l("Places to fill"),
        [Optional(), NumberRange(1, 1000, _l("At least one place must be filled."))],
        description=_l("Leave it empty for as many as is usual for the choice above."),
        render_kw={"classes": "govuk-input--width-3"},
    )
    options = TextAreaField(
        _l("Options or candidates"),
        [Required(_l("Give at least two options, one on each line.")), Length(max=50000)],
        description=_l(
            "One on each line, in the order of the paper. After a | comes a statement, after another | a group."
        ),
        render_kw={"rows": 8},
    )
    reserves = TextAreaField(
        _l("Reserved places"),
        [Length(max=2000)],
        description=_l(
            "Only if your rules reserve places: one group on each line, such as “women = 2” or “north = 1..3”."
        ),
        render_kw={"rows": 2},
    )
    ron = BooleanField(_l("Add “Re-open nominations” as an option"))
    add = SubmitField(_l("Put it on the paper"))


class ScheduleForm(Form):
    """The roll, and the word that everything is right."""

    roll = SelectField(_l("Electoral roll"), [Required(_l("Choose a frozen electoral roll."))], coerce=int)
    removed = RadioField(
        _l("If somebody is taken off the roll after having voted"),
        choices=[
            ("counts", _l("the vote that was cast before counts")),
            ("set aside", _l("the vote is set aside unopened")),
        ],
        default="counts",
        description=_l("Nobody looks into a vote either way. Where papers are taken, or votes are open, it counts."),
    )
    sure = BooleanField(
        _l("I have read the paper, and know that nothing on it can be changed once it is scheduled"), [Required()]
    )
    schedule = SubmitField(_l("Schedule the ballot"))


class CancelForm(Form):
    """Why a ballot will not be held."""

    reason = TextAreaField(
        _l("Reason"), [Required(_l("Say why, in a sentence.")), Length(max=1000)], render_kw={"rows": 3}
    )
    cancel = SubmitField(_l("Cancel the ballot"), render_kw={"classes": "govuk-button--warning"})
