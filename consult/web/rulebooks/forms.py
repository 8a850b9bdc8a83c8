"""The rulebook's forms: its values in plain fields, and why they change."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.rulebook import HALL, MOVERS, ORDERS, SELECTIONS, Lateness, Rulebook
from consult.web.fields import (
    BooleanField,
    CheckboxesField,
    Form,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

_SHORT = {"classes": "govuk-input--width-5"}
_LEAVE = [("", _l("No: it is taken if it is in order")), ("1/2", _l("By more than half")), ("2/3", _l("By two thirds"))]

_REFUSED = [
    ("not put", _l("It is not put, and can be taken up again")), ("remitted", _l("It is remitted to the executive")),
    ("referred back", _l("It is referred back to those who brought it")),
]  # fmt: skip


def _words(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, f"{key.capitalize()}: {meaning}") for key, meaning in table.items()]


def _number(label: Any, hint: Any = "") -> IntegerField:
    return IntegerField(label, [], description=hint, render_kw=_SHORT)


class RulesForm(Form):
    """Every value of a rulebook."""

    unit = SelectField(_l("Whose rules"), [Required()], coerce=int)
    name = StringField(_l("Name of the rulebook"), [Required(), Length(max=100)])
    motion_words = _number(_l("Words in a motion, at most"), _l("The heading and the rationale are not counted."))
    amendment_words = _number(_l("Words that an amendment may add"))
    branch_words = _number(
        _l("Words that a branch may send altogether"), _l("In motions and amendments together; 0 for no budget.")
    )
    motions_per_branch = _number(_l("Motions from a branch"), _l("0 for no limit."))
    amendments_per_branch = _number(_l("Amendments from a branch"), _l("0 for no limit."))
    movers = CheckboxesField(_l("Who may move a motion"), choices=_words(MOVERS))
    amenders = CheckboxesField(_l("Who may move an amendment"), choices=_words(MOVERS))
    seconders = _number(_l("Seconders that a motion needs"))
    seconding_branches = _number(_l("From at least how many branches"), _l("0 if it does not matter."))
    meeting_quorum = _number(
        _l("Quorum of a branch's meeting"), _l("The fewest who must be present; 0 if each branch has its own.")
    )
    minute_needed = BooleanField(_l("The minute of the meeting must be attached"))
    amendments_need_meeting = BooleanField(_l("A meeting must agree to amendments too"))
    amend_amendments = BooleanField(_l("Amendments may be amended (put first, one level)"))
    late = BooleanField(_l("Late motions are taken"))
    late_words = _number(_l("Words in a late motion, at most"), _l("0: as for any motion."))
    late_per_branch = _number(_l("Late motions from a branch"), _l("0 for no limit."))
    late_leave = RadioField(_l("Must the meeting agree to take a late motion?"), choices=_LEAVE)
    late_refused = RadioField(_l("What becomes of it where the meeting does not agree"), choices=_REFUSED)
    emergency = BooleanField(_l("Emergency motions are taken"))
    emergency_words = _number(_l("Words in an emergency motion, at most"), _l("0: as for any motion."))
    emergency_per_branch = _number(_l("Emergency motions from a branch"), _l("0 for no limit."))
    emergency_leave = RadioField(_l("Must the meeting agree to take an emergency motion?"), choices=_LEAVE)
    emergency_refused = RadioField(_l("What becomes of it where the meeting does not agree"), choices=_REFUSED)
    selection = RadioField(_l("Which motions are taken"), choices=_words(SELECTIONS))
    shortlist = _number(_l("How many are shortlisted"), _l("For a policy primary; else 0."))
    places = _number(_l("How many are adopted"), _l("For a policy primary; else 0."))
    order_of_votes = RadioField(_l("Amendments are voted on"), choices=_words(ORDERS))
    majority = StringField(
        _l("Majority that a motion needs"), [Required(), Length(max=10)], render_kw=_SHORT,
        description=_l("As a share of the votes for and against: 1/2 (more than half) or 2/3."),
    )  # fmt: skip
    quorum = StringField(
        _l("Share of the roll that must vote"), [Length(max=10)], render_kw=_SHORT, description=_l("Such as 1/20.")
    )
    appeal_days = _number(_l("Days within which a ruling can be appealed"), _l("0 for no deadline."))
    bar_months = _number(_l("Months in which the same motion cannot come back"), _l("0 for no bar."))
    lapse_years = _number(_l("Years after which a policy lapses"), _l("0: never."))
    least_signatures = _number(
        _l("Members of the committee who must sign a result, at least"),
        _l("No ballot asks for fewer, where there are so many."),
    )
    least_complaint_hours = _number(
        _l("Hours for complaints and recounts, at least"), _l("From the provisional result; no ballot gives fewer.")
    )
    hall = CheckboxesField(_l("What can be moved in the hall"), choices=_words(HALL))
    majorities = TextAreaField(
        _l("Procedural motions that need more than a simple majority"), [Length(max=2000)], render_kw={"rows": 5},
        description=_l("One to a line with its share, as “closure: 2/3”. What is not named needs more than half."),
    )  # fmt: skip
    special_meeting_share = StringField(
        _l("Share of the members who can demand a special meeting"), [Required(), Length(max=10)], render_kw=_SHORT,
        description=_l("Such as 1/20."),
    )  # fmt: skip
    special_meeting_days_to_sign = _number(_l("Days to find the signatures for a special meeting"))
    special_meeting_days_to_hold = _number(_l("Days within which a special meeting must then be held"))
    recall_share = StringField(
        _l("Share of the members who can demand a recall"), [Required(), Length(max=10)], render_kw=_SHORT,
        description=_l("Such as 1/10."),
    )  # fmt: skip
    recall_days_to_sign = _number(_l("Days to find the signatures for a recall"))
    recall_days_to_hold = _number(_l("Days within which the vote on a recall must then be held"))
    zone = StringField(_l("Time zone of the deadlines"), [Required(), Length(max=60)])
    standing_orders = TextAreaField(
        _l("Standing orders"), [Required(), Length(max=40_000)], render_kw={"rows": 12},
        description=_l("Rulings cite them. One to a line: its number, a colon, its text."),
    )  # fmt: skip
    reason = TextAreaField(
        _l("Why this is adopted"), [Required(), Length(max=2000)], render_kw={"rows": 3},
        description=_l("Members read it beside the rules: by which meeting, and what for."),
    )  # fmt: skip
    save = SubmitField(_l("Adopt these rules"))

    @property
    def values(self) -> dict[str, Any]:
        """What was given, by the names of the rules; an empty number counts as nothing given, which is refused."""
        given = {field.name: field.data for field in self if field.name not in ("unit", "reason", "save", "csrf_token")}
        return given | {name: given[name] or () for name in ("movers", "amenders", "hall")}


#: The sections of the page: a title and the fields under it.
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("Whose rules"), ("unit", "name")),
    (
        _l("Words and numbers"),
        ("motion_words", "amendment_words", "branch_words", "motions_per_branch", "amendments_per_branch"),
    ),
    (_l("Who may move"), ("movers", "amenders", "seconders", "seconding_branches")),
    (_l("The branch's meeting"), ("meeting_quorum", "minute_needed", "amendments_need_meeting")),
    (_l("Late motions"), ("late", "late_words", "late_per_branch", "late_leave", "late_refused")),
    (
        _l("Emergency motions"),
        ("emergency", "emergency_words", "emergency_per_branch", "emergency_leave", "emergency_refused"),
    ),
    (_l("Which motions are taken"), ("selection", "shortlist", "places")),
    (_l("Votes"), ("order_of_votes", "amend_amendments", "majority", "quorum", "hall", "majorities")),
    (_l("Certifying a ballot"), ("least_signatures", "least_complaint_hours")),
    (
        _l("What members can demand"),
        (
            "special_meeting_share",
            "special_meeting_days_to_sign",
            "special_meeting_days_to_hold",
            "recall_share",
            "recall_days_to_sign",
            "recall_days_to_hold",
        ),
    ),
    (_l("Afterwards"), ("appeal_days", "bar_months", "lapse_years")),
    (_l("Standing orders and deadlines"), ("standing_orders", "zone")),
    (_l("Adopting them"), ("reason",)),
)


def data_of(rules: Rulebook) -> dict[str, Any]:
    """What the form shows of a rulebook."""
    motion = next((preset for preset in rules.presets if preset.key == "motion"), None)
    settings = dict(motion.settings) if motion else {}
    late, emergency = rules.late or Lateness(), rules.emergency or Lateness()
    return rules.__dict__ | {
        "majority": settings.get("threshold", "1/2"),
        "quorum": settings.get("quorum", ""),
        "standing_orders": "\n".join(str(order) for order in rules.standing_orders),
        "late": rules.late is not None, "late_words": late.words, "late_per_branch": late.per_branch,
        "late_leave": late.leave, "late_refused": late.refused,
        "emergency": rules.emergency is not None, "emergency_words": emergency.words,
        "emergency_per_branch": emergency.per_branch, "emergency_leave": emergency.leave,
        "emergency_refused": emergency.refused,
        "majorities": "\n".join(f"{key}: {share}" for key, share in rules.majorities.items() if share != "1/2"),
        **{
            f"{name}_{part}": value
            for name in ("special_meeting", "recall")
            for part, value in getattr(rules, name).__dict__.items()
        },
    }  # fmt: skip


class ApplyForm(Form):
    """Which version is in force for a consultation, and why it changes."""

    rulebook = RadioField(_l("Rules"), [Required()], coerce=int)
    reason = TextAreaField(_l("Why"), [Required(), Length(max=2000)], render_kw={"rows": 3})
    save = SubmitField(_l("Put them in force"))
