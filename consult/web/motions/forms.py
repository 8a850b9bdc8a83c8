"""The motion's forms: sections in plain text areas, the meeting that agreed to it, and what is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange, Optional

from consult.domain.errors import Invalid
from consult.service import leaves
from consult.service.hall_votes import Figures
from consult.service.limits import Sending
from consult.service.minutes import LARGEST, Attached, Meeting
from consult.web.fields import (
    CheckboxesField,
    DateField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    StringField,
    SubmitField,
    TextAreaField,
)

_NUMBERING = _l("One clause to a line, numbered or not. Put (a), (b) … before the parts of a clause.")


class MotionForm(Form):
    """A motion in its sections."""

    unit = RadioField(_l("Moved for"), [Required()], coerce=int)
    heading = StringField(
        _l("Heading"),
        [Required(_l("Give the motion a heading.")), Length(max=200)],
        description=_l("What it would do, in a few words. It is the title by which the motion is listed."),
    )
    topic = StringField(
        _l("Topic"), [Length(max=60)], description=_l("One or two words, such as Housing."),
        render_kw={"classes": "govuk-input--width-20"},
    )  # fmt: skip
    notes = TextAreaField(_l("Notes"), description=_l("The facts. One to a line."), render_kw={"rows": 6})
    believes = TextAreaField(_l("Believes"), description=_l("What follows from them."), render_kw={"rows": 5})
    resolves = TextAreaField(_l("Resolves"), description=_NUMBERING, render_kw={"rows": 10})
    rationale = TextAreaField(
        _l("Rationale"), description=_l("Why. It is not part of the motion and does not count towards its words."),
        render_kw={"rows": 6},
    )  # fmt: skip
    revision = HiddenField()
    save = SubmitField(_l("Save draft"))

    @property
    def sections(self) -> dict[str, str]:
        """What was typed in each section."""
        return {name: self[name].data or "" for name in ("heading", "notes", "believes", "resolves", "rationale")}


#: As what a motion can be sent → how the form says it.
KINDS = {
    "ordinary": _l("An ordinary motion"),
    "late": _l("A late motion: it could not come in time"),
    "emergency": _l("An emergency motion: about what has happened since the closing date"),
}
_FEW = {"classes": "govuk-input--width-4"}


class SubmitOwnForm(Form):
    """Sending a motion as a member."""

    kind = RadioField(_l("As what is it sent?"), [Required()])
    why = TextAreaField(
        _l("Why it comes only now"), [Length(max=2000)], render_kw={"rows": 3},
        description=_l("For a late or an emergency motion. Members read it."),
    )  # fmt: skip
    arose_on = DateField(_l("When did it happen?"), description=_l("For an emergency motion."))
    revision = HiddenField()
    send = SubmitField(_l("Submit the motion"))


class SubmitForm(Form):
    """The meeting that agreed to the motion."""

    held_on = DateField(_l("When was the meeting?"), [Required()])
    present = IntegerField(_l("How many were present?"), [Required()], render_kw=_FEW)
    quorum = IntegerField(
        _l("What was the quorum?"),
        render_kw=_FEW,
        description=_l("How many must be present at your branch's meetings."),
    )
    votes_for = IntegerField(_l("How many voted for the motion?"), [Required()], render_kw=_FEW)
    votes_against = IntegerField(_l("How many voted against?"), [Required()], render_kw=_FEW)
    minute = TextAreaField(
        _l("The minute of the meeting"), [Length(max=50_000)], render_kw={"rows": 4},
        description=_l("Paste what the minute says about this, or attach it. The committee and your branch can read it."),
    )  # fmt: skip
    file = FileField(
        _l("The minute as a file"), description=_l("PDF, DOCX, ODT, JPEG, PNG or plain text, at most 5 MB.")
    )
    kind = RadioField(_l("As what is it sent?"), [Required()])
    why = TextAreaField(
        _l("Why it comes only now"), [Length(max=2000)], render_kw={"rows": 3},
        description=_l("For a late or an emergency motion. Members read it."),
    )  # fmt: skip
    arose_on = DateField(_l("When did it happen?"), description=_l("For an emergency motion."))
    revision = HiddenField()
    send = SubmitField(_l("Submit the motion"))


def sending_of(form: SubmitForm | SubmitOwnForm) -> Sending:
    """As what it is sent; what was typed for another kind is left out."""
    kind = form.kind.data or "ordinary"
    why = "" if kind == "ordinary" else form.why.data or ""
    return Sending(kind, why, form.arose_on.data if kind == "emergency" else None)


def meeting_of(form: Any) -> Meeting:
    """The meeting as it was typed, with the minute's text or file."""
    upload = form.file.data
    name = getattr(upload, "filename", "") or ""
    file = Attached(name, upload.stream.read(LARGEST + 1)) if name else None
    present, votes_for, votes_against, quorum = (
        form[field].data or 0 for field in ("present", "votes_for", "votes_against", "quorum")
    )
    return Meeting(form.held_on.data, present, votes_for, votes_against, quorum, form.minute.data or "", file)


class ImportForm(Form):
    """A file, or pasted text."""

    file = FileField(_l("A file"), description=_l("DOCX, ODT, Markdown or plain text, at most 5 MB."))
    text = TextAreaField(_l("Or paste the motion"), [Length(max=1_000_000)], render_kw={"rows": 14})
    style = RadioField(_l("The pasted text is"), choices=[("text", _l("Plain text")), ("markdown", _l("Markdown"))])
    send = SubmitField(_l("Show what was read"))


class PreviewForm(Form):
    """What stands beside the clauses of an import."""

    unit = RadioField(_l("Moved for"), [Required()], coerce=int)
    topic = StringField(_l("Topic"), [Length(max=60)], render_kw={"classes": "govuk-input--width-20"})


class ReasonForm(Form):
    """A decision whose reason members read."""

    reason = TextAreaField(_l("Reason"), [Required(), Length(max=2000)], render_kw={"rows": 4})
    send = SubmitField(_l("Confirm"))


_SOURCES = [
    ("ballot", _l("Members, by ballot")), ("meeting", _l("The meeting")), ("committee", _l("The committee")),
]  # fmt: skip


class DisposeForm(Form):
    """What was decided of a motion."""

    procedure = RadioField(_l("By what?"))
    sent_to = StringField(_l("To whom does it go?"), [Length(max=200)], description=_l("Such as the executive."))
    source = RadioField(_l("Who decided it?"), [Required()], choices=_SOURCES[1:])
    reason = TextAreaField(_l("Reason"), [Required(), Length(max=2000)], render_kw={"rows": 4})
    send = SubmitField(_l("Record it"), render_kw={"classes": "govuk-button--warning"})


class LeaveForm(Form):
    """How a meeting voted on leave to take a motion."""

    meeting = StringField(
        _l("Which meeting decided?"), [Required(), Length(max=200)],
        description=_l("Such as “the general meeting on 3 May”."),
    )  # fmt: skip
    method = RadioField(
        _l("How it voted"), [Required()],
        choices=[
            ("hands", _l("By show of hands, counted")), ("nem con", _l("Nobody was against")), ("voice", _l("By voice")),
        ],
    )  # fmt: skip
    votes_for = IntegerField(
        _l("For"), description=_l("Where hands were counted."), render_kw={"classes": "govuk-input--width-5"}
    )
    votes_against = IntegerField(_l("Against"), render_kw={"classes": "govuk-input--width-5"})
    abstained = IntegerField(_l("Abstained"), render_kw={"classes": "govuk-input--width-5"})
    side = RadioField(
        _l("By voice"), [Optional()], choices=[("carried", _l("Leave was given")), ("lost", _l("Leave was not given"))],
        description=_l("Only where a simple majority is enough."),
    )  # fmt: skip
    send = SubmitField(_l("Record it"))

    @property
    def voted(self) -> leaves.Voted:
        """What was recorded; without both figures there are none."""
        ayes, noes = self.votes_for.data, self.votes_against.data
        figures = None if ayes is None or noes is None else Figures(ayes, noes, self.abstained.data or 0)
        method = self.method.data or ""
        return leaves.Voted(
            self.meeting.data or "", method, figures if method == "hands" else None, self.side.data or ""
        )


class PrioritiesForm(Form):
    """Which motions are taken, in their order."""

    order = TextAreaField(
        _l("The motions that are taken, in their order"), [Required(), Length(max=5000)], render_kw={"rows": 6},
        description=_l("Their numbers, parted by spaces, commas or lines. The other published motions are not taken."),
    )  # fmt: skip
    source = RadioField(_l("Who decided it?"), [Required()], choices=_SOURCES)
    reason = TextAreaField(
        _l("How it was decided"), [Required(), Length(max=2000)], render_kw={"rows": 3},
        description=_l("Such as the ballot and its date. Members read it."),
    )  # fmt: skip
    send = SubmitField(_l("Record the priorities"))


class TakeOrderForm(Form):
    """Where the line is drawn in a ballot's order."""

    line = IntegerField(
        _l("After which place is the line drawn?"), [NumberRange(0, 10_000, _l("Give the number of a place."))],
        description=_l("The ballot’s own places stand here already. Another line needs its reason below."),
        render_kw={"classes": "govuk-input--width-3"},
    )  # fmt: skip
    words = TextAreaField(
        _l("Why there, if elsewhere than the ballot’s own"), [Length(max=1500)], render_kw={"rows": 3},
        description=_l("Such as the time that the conference has. Members read it."),
    )  # fmt: skip
    send = SubmitField(_l("Take this order"))


def numbers(text: str, ids: Mapping[Any, int], what: str = "a published motion here") -> list[int]:
    """The motions (or `what`) that a list of numbers names, in its order.

    Raises:
        Invalid: at the field, naming the first that is none.
    """
    found = []
    for word in text.replace(",", " ").split():
        number = int(word) if word.isdecimal() and len(word) < 9 else None
        if number is None or number not in ids:
            sentence = f"“{word[:20]}” is not the number of {what}."
            raise Invalid(sentence, {"order": sentence})
        found.append(ids[number])
    return found


class AdoptForm(Form):
    """Nothing to fill in: what was adopted stands on the page."""

    send = SubmitField(_l("Enter them in the policy book"))


class SetAsideForm(Form):
    """Why what was taken from a ballot should not stand."""

    reason = TextAreaField(
        _l("Why it is set aside"), [Required(_l("Give the reason.")), Length(max=2000)], render_kw={"rows": 4},
        description=_l("Members read it. It names the decision by which the ballot does not stand."),
    )  # fmt: skip
    send = SubmitField(_l("Set it aside"), render_kw={"classes": "govuk-button--warning"})


class DivideForm(Form):
    """Each clause's part is chosen beside it."""

    send = SubmitField(_l("Take it in these parts"))


def parts_of(typed: dict[str, str]) -> list[list[str]]:
    """The clauses of each part, by the number chosen for each clause; numbers that nobody chose are skipped."""
    chosen: dict[int, list[str]] = {}
    for clause, text in typed.items():
        chosen.setdefault(int(text) if text.isdecimal() and len(text) < 4 else 1, []).append(clause)
    return [chosen[number] for number in sorted(chosen)]


class PartForm(Form):
    """The vote on one part."""

    outcome = RadioField(_l("Outcome"), [Required()], choices=[("carried", _l("Carried")), ("lost", _l("Lost"))])
    votes_for = IntegerField(_l("Votes for"), render_kw=_FEW, description=_l("If they were counted."))
    votes_against = IntegerField(_l("Votes against"), render_kw=_FEW)
    send = SubmitField(_l("Record the vote"))


class ConfirmForm(Form):
    """One button, pressed on a page that says what will happen."""

    revision = HiddenField()
    send = SubmitField(_l("Confirm"))


class OrderForm(Form):
    """The committee's own words for an order of votes."""

    reason = TextAreaField(
        _l("In the committee's own words"), [Length(max=5000)],
        description=_l("Why this order. Needed where the rulebook declares another; members read it with the rest."),
        render_kw={"rows": 3},
    )  # fmt: skip
    seen = HiddenField()
    send = SubmitField(_l("Set this order"))


class FreezeForm(Form):
    """What happens to accepted amendments, and which falls are confirmed."""

    to_vote = CheckboxesField(
        _l("Put to the vote all the same"), coerce=int,
        description=_l("Tick an accepted amendment to have members vote on it instead of writing it in."),
    )  # fmt: skip
    falls = CheckboxesField(
        _l("These fall"), coerce=int, description=_l("Tick each one to confirm that it is not voted on.")
    )
    seen = HiddenField()
    look = SubmitField(_l("Work out again"), render_kw={"classes": "govuk-button--secondary"})
    freeze = SubmitField(_l("Freeze the text"))
