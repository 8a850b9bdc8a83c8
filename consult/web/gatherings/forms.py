"""The forms of events: planning one, saying whether one comes, attendance, votes and minutes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.errors import Invalid
from consult.domain.gatherings import KINDS, MAJORITIES, OPEN_TO
from consult.service.gatherings import LONGEST_NEEDS, Spec
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


class EventForm(Form):
    """An event."""

    revision = HiddenField()
    unit = SelectField(_l("Held by"), [Required()], coerce=int)
    consultation = SelectField(_l("About a consultation"), coerce=int, default=0)
    kind = RadioField(_l("What it is"), [Required()], choices=[(k, f"{k.capitalize()}: {v}") for k, v in KINDS.items()])
    title = StringField(_l("Title"), [Required(), Length(max=200)])
    about = TextAreaField(_l("What it is about"), [Length(max=10_000)], render_kw={"rows": 5})
    starts_at = InstantField(_l("Begins"), [Required()])
    ends_at = InstantField(_l("Ends"), [Required()])
    place = StringField(_l("Where"), [Length(max=300)])
    access = TextAreaField(
        _l("Getting in"), [Length(max=1000)], render_kw={"rows": 3},
        description=_l("Steps, lift, hearing loop, toilets, parking, the nearest stop: everybody reads it."),
    )  # fmt: skip
    link = StringField(
        _l("Where to join from afar"), [Length(max=500)], description=_l("Shown only to those who say that they come.")
    )
    open_to = RadioField(
        _l("Open to"), [Required()], choices=[(key, words.capitalize()) for key, words in OPEN_TO.items()]
    )
    capacity = IntegerField(_l("Places"), description=_l("Leave it empty if there is room for everybody."))
    quorum = IntegerField(_l("Quorum"), description=_l("Members who must be there for votes to count; empty for none."))
    reason = why()
    send = SubmitField(_l("Save it"))

    def spec(self) -> Spec:
        """What was typed."""
        texts: dict[str, Any] = {
            name: (self[name].data or "").strip() for name in ("title", "about", "place", "access", "link")
        }
        same = {name: self[name].data for name in ("kind", "open_to", "starts_at", "ends_at", "capacity", "quorum")}
        return Spec(**texts | same)


class AnswerForm(Form):
    """Coming, with what one needs."""

    access_needs = TextAreaField(
        _l("What you need to take part"), [Length(max=LONGEST_NEEDS)], render_kw={"rows": 3},
        description=_l("Only the organiser reads it, and it is deleted two weeks after the event."),
    )  # fmt: skip
    send = SubmitField(_l("I am coming"))


class CancelForm(Form):
    """Why an event is cancelled."""

    reason = TextAreaField(_l("Reason"), [Required(), Length(max=1000)], render_kw={"rows": 3})
    send = SubmitField(_l("Cancel it, and tell everybody who comes"))


class AttendanceForm(Form):
    """Who is there."""

    room = CheckboxesField(_l("In the room"))
    afar = CheckboxesField(_l("From afar"))
    others = TextAreaField(
        _l("Others in the room"),
        render_kw={"rows": 3},
        description=_l("Membership numbers, each on a line of its own."),
    )
    reason = TextAreaField(
        _l("Why the attendance is corrected"), [Required(), Length(max=1000)], render_kw={"rows": 2},
        description=_l("Everybody reads it. The votes recorded so far keep the number who were there when they were taken."),
    )  # fmt: skip
    send = SubmitField(_l("Record who is there"))


class VoteForm(Form):
    """A vote that was taken."""

    question = TextAreaField(_l("The question"), [Required(), Length(max=1000)], render_kw={"rows": 2})
    votes_for = IntegerField(_l("For"), default=0)
    votes_against = IntegerField(_l("Against"), default=0)
    abstained = IntegerField(_l("Abstained"), default=0)
    majority = RadioField(
        _l("Majority asked"), [Required()], choices=[(key, row[2].capitalize()) for key, row in MAJORITIES.items()],
        default="simple",
    )  # fmt: skip
    sure = BooleanField(_l("The figures are right; a vote that is recorded is never changed"), [Required()])
    send = SubmitField(_l("Record the vote"))


class MinutesForm(Form):
    """The minutes."""

    revision = HiddenField()
    body = TextAreaField(
        _l("Minutes"), [Required(), Length(max=60_000)], render_kw={"rows": 16},
        description=_l("Headings begin with ##, list items with a hyphen. Members read them."),
    )  # fmt: skip
    send = SubmitField(_l("Publish the minutes"))


def typed_lines(form: AttendanceForm) -> list[str]:
    """The lines of the box for others that hold something."""
    return [line.strip() for line in (form.others.data or "").splitlines() if line.strip()]


def people(form: AttendanceForm, numbers: dict[str, int]) -> dict[int, str]:
    """Who was ticked or typed: member's number in the database → how; `numbers` are by membership number.

    Raises:
        Invalid: naming the membership numbers that nobody has.
    """
    ticked = {name: form[name].data or () if name in form else () for name in ("afar", "room")}
    found: dict[int, str] = {int(one): "from afar" for one in ticked["afar"]}
    found |= {int(one): "in the room" for one in ticked["room"]}
    unknown = []
    for line in typed_lines(form):
        pieces = [line] if line in numbers else line.replace(",", " ").split()
        if all(piece in numbers for piece in pieces):
            found |= {numbers[piece]: "in the room" for piece in pieces}
        else:
            unknown.append(f"“{line}”")
    if unknown:
        sentence = f"The register has nobody of this membership number: {', '.join(unknown)}. Nothing was recorded."
        raise Invalid(sentence, {"others": sentence})
    return found


def offer(form: Any, answers: Any, present: Any) -> None:
    """Let the boxes show those who said that they come, and those recorded already."""
    names = {str(row.member_id): row.member.name for row in answers if row.answer != "not coming"}
    names |= {str(row.member_id): row.member.name for row in present}
    choices = sorted(names.items(), key=lambda pair: pair[1])
    form.room.choices, form.afar.choices = choices, list(choices)
    if not choices:  # a heading with nothing beneath asks nothing
        del form.room, form.afar
