"""Forgetting in time: short-lived rows that are deleted once nobody needs them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Delete, Select, Update, delete, or_, select, update

from consult.domain.gatherings import ACCESS_DAYS
from consult.model.gatherings import EventAnswer, Gathering
from consult.model.imports import ImportChunk, ImportFile, ImportRow
from consult.model.members import Attempt, LoginToken, SignInSession
from consult.model.notices import DevelopmentMail
from consult.model.store import writing

#: How long each kind of row outlives its use.
ATTEMPTS = timedelta(hours=1)
LINKS = timedelta(days=1)
SESSIONS = timedelta(days=30)
DEVELOPMENT_MAIL = timedelta(days=30)
IMPORTS = timedelta(days=1)


def _statements(at: datetime) -> list[Delete | Update]:
    return [
        delete(Attempt).where(Attempt.window_started_at < at - ATTEMPTS),
        delete(LoginToken).where(or_(LoginToken.expires_at < at - LINKS, LoginToken.used_at < at - LINKS)),
        delete(SignInSession).where(
            or_(SignInSession.ended_at < at - SESSIONS, SignInSession.created_at < at - 12 * SESSIONS)
        ),
        *(delete(table).where(table.file_id.in_(_old_files(at))) for table in (ImportRow, ImportChunk)),
        delete(ImportFile).where(ImportFile.read_at < at - IMPORTS),
        update(EventAnswer)
        .where(EventAnswer.access_needs.is_not(None), EventAnswer.gathering_id.in_(_over(at)))
        .values(access_needs=None),
        delete(DevelopmentMail).where(DevelopmentMail.sent_at < at - DEVELOPMENT_MAIL),
    ]


def _old_files(at: datetime) -> Select[int]:
    return select(ImportFile.id).where(ImportFile.read_at < at - IMPORTS)


def _over(at: datetime) -> Select[int]:
    """Events so long past that nobody needs to know any more what somebody needed to come."""
    return select(Gathering.id).where(Gathering.ends_at < at - timedelta(days=ACCESS_DAYS))


def forget(at: datetime) -> int:
    """Delete old attempts, links long used or expired, and sessions long ended; returns how many rows went."""
    gone = 0
    with writing() as session:
        for statement in _statements(at):
            result = session.execute(statement)
            gone += result.rowcount if isinstance(result, CursorResult) else 0
    return gone
