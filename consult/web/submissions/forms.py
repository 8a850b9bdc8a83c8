"""The form of a submission: one field for each question of the consultation, and the minutes of a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.model.consulting import ConsultationQuestion, Participation
from consult.web.fields import (
    BooleanField,
    CheckboxesField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    Required,
    StringField,
    SubmitField,
    TextAreaField,
    WordLimit,
)


class ForWhomForm(Form):
    """For whom somebody speaks."""

    speaker = RadioField(_l("You speak for"), [Required()])
    send = SubmitField(_l("Go on"))


class _Writing(Form):
    revision = HiddenField()


#: Fields of the minutes → where they stand in the document.
MINUTES = ("held_on", "place", "present", "minutes")


def writing(questions: Sequence[ConsultationQuestion], kind: str, terms: Participation) -> type[Form]:
    """The form of one consultation's submissions. Nothing is required here: a draft may be half written."""
    made: dict[str, Any] = {}
    if kind == "meeting":
        made["held_on"] = DateField(_l("Day of the meeting"), description=_l("For example, 27 3 2026"))
        made["place"] = StringField(_l("Where it was held"), [Length(max=300)])
        made["present"] = IntegerField(_l("How many were present"))
        made["minutes"] = TextAreaField(
            _l("Minutes"), [Length(max=20_000)], render_kw={"rows": 8},
            description=_l("What was discussed and what was agreed. They are published with the submission."),
        )  # fmt: skip
    for number, row in enumerate(questions, 1):
        made[f"q{row.id}"] = _field(row, f"{number}. {row.wording}", terms.words)
    made["more"] = TextAreaField(_l("Anything else you want to say"), [WordLimit(terms.words)], render_kw={"rows": 6})
    if kind == "person" and terms.publishing in ("names to members", "agreed names"):
        made["named"] = BooleanField(
            _l("Print my name for everybody to read"),
            description=_l("Without this, visitors read what you say and not who you are."),
        )
    made["send"] = SubmitField(_l("Send it"))
    made["keep"] = SubmitField(_l("Keep it as a draft"), render_kw={"classes": "govuk-button--secondary"})
    return type("SubmissionForm", (_Writing,), made)


def _field(row: ConsultationQuestion, label: str, words: int) -> Any:
    hint = " ".join(filter(None, (row.help, _("It must be answered.") if row.needed else "")))
    if row.kind == "open":
        return TextAreaField(label, [WordLimit(words)], render_kw={"rows": 6}, description=hint)
    choices = [(option, option) for option in row.options]
    made = RadioField if row.kind == "one" else CheckboxesField
    return made(label, choices=choices, description=hint)


def typed(document: dict[str, Any]) -> dict[str, Any]:
    """What the fields hold for a document."""
    minutes = document.get("minutes", {})
    found = {f"q{key}": value for key, value in document.get("answers", {}).items()}
    found |= {name: minutes.get("text" if name == "minutes" else name) for name in MINUTES}
    return found | {"more": document.get("more", "")}


def document_of(form: Any, questions: Sequence[ConsultationQuestion]) -> dict[str, Any]:
    """The document that the fields hold, as far as they are filled in."""
    answers = {str(row.id): form[f"q{row.id}"].data for row in questions if form[f"q{row.id}"].data}
    found: dict[str, Any] = {"answers": answers, "more": form.more.data or ""}
    if "minutes" in form:
        held_on = form.held_on.data
        found["minutes"] = {
            "held_on": held_on.isoformat() if held_on else "", "place": form.place.data or "",
            "present": form.present.data, "text": form.minutes.data or "",
        }  # fmt: skip
    return found
