"""The forms that set up a consultation: its paper, its rulebook and its timetable."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.timetable import PHASES
from consult.web.fields import (
    BooleanField,
    Form,
    HiddenField,
    InstantField,
    RadioField,
    Required,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from consult.web.why import why


class _Paper(Form):
    """Title, summary and paper."""

    title = StringField(_l("Title"), [Required(_l("Give the consultation a title.")), Length(max=200)])
    summary = TextAreaField(_l("In two or three sentences"), [Length(max=1000)], render_kw={"rows": 3})
    paper = TextAreaField(
        _l("The paper"), [Length(max=200_000)], render_kw={"rows": 16},
        description=_l("Paragraphs, parted by empty lines and numbered for you. Begin a heading with # and a space."),
    )  # fmt: skip


class PaperForm(_Paper):
    """Another title, summary or paper, for a reason; `seen` is the `paper_fingerprint` of what the form was made from."""

    seen = HiddenField()
    reason = why()
    save = SubmitField(_l("Save"))


class NewForm(_Paper):
    """A new consultation, of a unit and under a rulebook."""

    unit = SelectField(
        _l("Of"), [Required()], coerce=int,
        description=_l("The whole organisation, unless one of its units alone consults."),
    )  # fmt: skip
    rules = RadioField(
        _l("Rulebook"), [Required()],
        description=_l("Choose one if motions are moved in it. One that only asks needs none. It can be changed later."),
    )  # fmt: skip
    save = SubmitField(_l("Set it up"))


def field_of(kind: str) -> str:
    """The name that a phase's fields begin with."""
    return kind.replace(" ", "_")


class _Timetable(Form):
    seen = HiddenField()
    reason = TextAreaField(
        _l("Why it is moved"), [Length(max=1000)], render_kw={"rows": 2},
        description=_l(
            "Needed where a phase that has begun is changed, or a close is brought forward. Everybody reads it, and those "
            "who follow the consultation or took part in it are told."
        ),
    )  # fmt: skip
    again = BooleanField(
        _l("Ask people again, although the analysis is published"),
        description=_l(
            "What is published stays, and is marked as given before people were asked again. Those who follow the "
            "consultation or took part in it are told, with the reason."
        ),
    )
    save = SubmitField(_l("Set the timetable"))


def _made() -> type[_Timetable]:
    """Two instants and a note for each phase that there is."""
    fields: dict[str, Any] = {}
    for kind in PHASES:
        name = field_of(kind)
        fields[f"{name}_opens"] = InstantField(_l("%(what)s: opens", what=kind.capitalize()))
        fields[f"{name}_closes"] = InstantField(_l("%(what)s: closes", what=kind.capitalize()))
    return type("TimetableForm", (_Timetable,), fields)


TimetableForm = _made()
