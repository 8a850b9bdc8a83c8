"""Plainly invented things for the style page to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from consult.web.fields import (
    BooleanField,
    CheckboxesField,
    DateField,
    EmailField,
    FileField,
    Form,
    InstantField,
    IntegerField,
    PasswordField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    WordLimit,
)


class SampleForm(Form):
    """One field of each kind."""

    title = StringField(_l("Title of the motion"), [Required()], description=_l("What it would do, in a few words."))
    email = EmailField(_l("E-mail address"))
    password = PasswordField(_l("Password"))
    text = TextAreaField(_l("Text"), [WordLimit(40)], description=_l("Plain words."), render_kw={"rows": 4})
    seats = IntegerField(_l("Seats to fill"), render_kw={"classes": "govuk-input--width-3"})
    unit = SelectField(_l("Branch"), choices=[("", ""), ("ash", "Ashbourne Vale"), ("bri", "Bridgeside")])
    method = RadioField(
        _l("How votes are counted"),
        [Required()],
        choices=[("plurality", _l("Most votes wins")), ("stv", _l("Single transferable vote"))],
        render_kw={"hints": {"stv": _l("For several seats: voters rank the candidates.")}},
    )
    sent_to = CheckboxesField(
        _l("Send a notice to"), choices=[("members", _l("Members")), ("branches", _l("Branches"))]
    )
    adopted = DateField(_l("Adopted on"))
    closes = InstantField(_l("Voting closes"), [Required()])
    roll = FileField(_l("Roll as CSV"))
    sure = BooleanField(_l("I have checked the text"), [Required()])
    save = SubmitField(_l("Save draft"))


NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

CLAUSES: list[dict[str, Any]] = [
    {"id": "c1", "kind": "heading", "label": "Heading", "lines": [(1, "Conference notes")]},
    {
        "id": "c2",
        "kind": "clause",
        "label": "Clause 1",
        "lines": [
            (2, "1. that one household in nine in the valley has waited for more than"),
            (3, "three years for a home it can afford;"),
        ],
    },
    {"id": "c3", "kind": "heading", "label": "Heading", "lines": [(4, "Conference resolves")]},
    {
        "id": "c4",
        "kind": "clause",
        "label": "Clause 2",
        "lines": [
            (
                5,
                [
                    ("same", "2. to build "),
                    ("del", "ten"),
                    ("ins", "twelve"),
                    ("same", " thousand homes for rent in every"),
                ],
            ),
            (6, "region before the next conference meets; and"),
        ],
    },
    {
        "id": "c5",
        "kind": "clause",
        "label": "Clause 3",
        "lines": [(7, "3. to publish each year how many stand empty.")],
    },
]

STEPS = [
    {"title": _l("Drafted"), "state": "done", "note": "3 Oct 2026"},
    {"title": _l("Ruled in order"), "state": "done", "note": "19 Oct 2026"},
    {"title": _l("Amendments"), "state": "now", "note": _l("Open until Friday")},
    {"title": _l("Vote"), "state": "next", "note": None},
    {"title": _l("Result"), "state": "next", "note": None},
]

CANDIDATES = [
    {"id": "a", "name": "Rhian Thornfield", "note": "Bridgeside branch", "statement": "I ride the last bus home."},
    {"id": "b", "name": "Oswin Mallory", "note": "Ashbourne Vale branch", "href": "/style?see=statement-b"},
    {
        "id": "c",
        "name": "Tamsin Arkwright-Oyelaran",
        "note": "Network for rural transport",
        "href": "/style?see=statement-c",
    },
    {"id": "d", "name": "Re-open nominations", "note": None, "href": None},
]
RANKS = {"a": "2", "b": "1", "c": "2", "d": ""}
WRONG = {"a": "Number 2 is also beside Tamsin Arkwright-Oyelaran.", "c": "Number 2 is also beside Rhian Thornfield."}

DEBATE_RULES = {
    "minutes": 90,
    "slow": {"reason": "Many speak at once, and few are heard.", "begun_by": {"name": "Mina Fenwick"}, "begun_at": NOW},
    "screening": None,
}
COMMENTS: list[dict[str, Any]] = [
    {
        "id": 1,
        "author": "Idris Fairweather",
        "side": "for",
        "at": NOW,
        "body": "Our branch counted the empty homes.\n\nThere are four hundred.",
        "anchor": "Clause 2",
        "anchor_href": "#c4",
        "notice": "These words have changed since.",
        "edited_at": NOW,
        "edited_href": "#comment-1",
    },
    {
        "id": 2,
        "author": "Morwenna Slade",
        "side": "against",
        "at": NOW + timedelta(hours=2),
        "body": "Twelve thousand cannot be built in two years with the crews there are.",
    },
    {
        "id": 3,
        "author": "Piers Hallam",
        "side": "question",
        "at": NOW,
        "body": "",
        "removed": "named a private person.",
    },
]

RECEIPT = "7KQX-M2PD-9RTA-WJ4H"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
BARS = [
    ("Rhian Thornfield", 412, "412.00"),
    ("Oswin Mallory", 377, "377.00"),
    ("Tamsin Arkwright-Oyelaran", 120, "120.00"),
]
QUOTA = 400
