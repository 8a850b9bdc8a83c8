"""The forms of mandates: shape only."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from consult.domain.mandates import DEED_MEANINGS, KIND_MEANINGS, KINDS, POSITIONS, deeds
from consult.service.mandates import Spec
from consult.web.fields import (
    DateField,
    Form,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    SubmitField,
    TextAreaField,
)


class MandateForm(Form):
    """What a meeting decided that the delegate is to do on one matter."""

    holding = SelectField(_l("Delegate"), [Required()], coerce=int)
    matter = SelectField(_l("On which motion or ballot?"), [Required()])
    kind = RadioField(
        _l("How far is the delegate bound?"), [Required()],
        choices=[(kind, kind.capitalize()) for kind in KINDS], render_kw={"hints": KIND_MEANINGS},
    )  # fmt: skip
    position = SelectField(
        _l("To vote"), choices=[("", _l("as the words below say")), *((one, one.capitalize()) for one in POSITIONS)]
    )
    words = TextAreaField(_l("Instruction in the branch’s own words"), render_kw={"rows": 4})
    held_on = DateField(_l("Day of the meeting"), [Required()])
    present = IntegerField(_l("Present"), [Required()], render_kw={"width": 4})
    votes_for = IntegerField(_l("Votes for"), [Required()], render_kw={"width": 4})
    votes_against = IntegerField(_l("Votes against"), default=0, render_kw={"width": 4})
    minute = TextAreaField(_l("Minute of the meeting"), [Required()], render_kw={"rows": 4})
    send = SubmitField(_l("Record the mandate"))

    def spec(self) -> Spec:
        """What was typed."""
        day: Any = self.held_on.data
        what, _colon, number = (self.matter.data or "").partition(":")
        return Spec(
            self.holding.data, self.kind.data, self.words.data or "", day, self.present.data or 0,
            self.votes_for.data or 0, self.votes_against.data or 0, self.minute.data or "", self.position.data or "",
            int(number) if what == "motion" else None, int(number) if what == "ballot" else None,
        )  # fmt: skip


class ReportForm(Form):
    """What the delegate did, in own words."""

    deed = RadioField(_l("What did you do?"), [Required()])
    words = TextAreaField(_l("How it went, in your own words"), [Required()], render_kw={"rows": 6})
    send = SubmitField(_l("Report back"))

    def offer(self, kind: str) -> None:
        """Fill in what can be said under such a mandate."""
        self.deed.choices = [(deed, DEED_MEANINGS[deed]) for deed in deeds(kind)]
