"""The language that somebody chose to read in, kept for mail."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.domain.errors import NotFound
from consult.domain.languages import LANGUAGES
from consult.model.languages import LanguageChoice
from consult.model.store import writing


def choose(member_id: int, tag: str) -> None:
    """Write to this person in that language from now on. It is nobody else's business, so no event tells of it.

    Raises:
        NotFound: if there is no such language here.
    """
    if tag not in LANGUAGES:
        raise NotFound("There are no pages in that language.")
    with writing() as session:
        row = session.get(LanguageChoice, member_id)
        if row is None:
            session.add(LanguageChoice(member_id=member_id, tag=tag))
        else:
            row.tag = tag


def of(session: Session, members: Collection[int]) -> dict[int, str]:
    """The languages of some people, by number: one statement. Whoever chose none has the organisation's own."""
    query = select(LanguageChoice.member_id, LanguageChoice.tag).where(LanguageChoice.member_id.in_(members))
    chosen = dict(session.execute(query).all())
    return {member_id: chosen.get(member_id, current_app.config["CONSULT_LANGUAGE"]) for member_id in members}
