"""What is still to be done before people can take part in a consultation."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.model.consultations import Consultation
from consult.model.consulting import Participation
from consult.service import participation


def steps(consultation: Consultation, terms: Participation | None) -> list[dict[str, Any]]:
    """The steps of setting it up, for a list of tasks, in their order; none once people can take part."""
    if consultation.phases and (terms is not None or not consultation.only_asks):
        return []
    made = [
        (_("The paper"), "consultations.edit", bool(consultation.paper)),
        (_("The timetable"), "consultations.timetable", bool(consultation.phases)),
    ]
    made += [
        (_("How people take part"), "participation.terms", terms is not None),
        (_("Questions"), "participation.questions", bool(participation.questions_of(consultation.id))),
    ]
    return [
        {"title": title, "href": url_for(endpoint, consultation_id=consultation.id),
         "status": _("Done") if done else _("To do"), "colour": None if done else "blue"}
        for title, endpoint, done in made
    ]  # fmt: skip
