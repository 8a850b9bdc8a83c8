"""One motion and its ballot in both languages: translated by one of the committee and approved by another."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta

from consult.demo.content import CONTENT
from consult.demo.people import People
from consult.domain.roles import Actor
from consult.service import translations


def translate(subject: translations.Subject, people: People, committee: list[str], at: datetime, by: Actor) -> None:
    """The text in Welsh, as the file has it by the labels of its parts; `by`, the returning officer, made it."""
    with (CONTENT / "welsh.toml").open("rb") as file:
        said = tomllib.load(file)[translations.kind_of(subject)]
    words = {part.key: said[part.label] for part in translations.parts_of(subject)}
    made = translations.translate(subject, "cy", words, by=by, at=at)
    translations.approve(made, by=people.named(committee[0]), at=at + timedelta(hours=2))
