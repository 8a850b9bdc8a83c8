"""Whether this process can serve: its database answers, the tables are the right ones, and so is the operator's key."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from consult.model import schema
from consult.model.audit import AuditEvent
from consult.model.ballots import Ballot
from consult.model.store import db
from consult.service import clock, organisation, worker_state

WELL = "well"


@dataclass(frozen=True)
class Readiness:
    """What was looked at, each with "well" or what is wrong, and whether pages may be sent here at all."""

    checks: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """The worker is told of and does not count: pages are served, and votes taken, without it."""
        return all(said == WELL for name, said in self.checks.items() if name != "worker")


def look() -> Readiness:
    """Look at everything that serving needs. Nothing is raised; sentences name no person, key or address.

    The clock is asked in here: it is the database's, and whether that answers is what is looked at.
    """
    try:
        found = schema.current(db.engine)
        checks = {"database": _file(), "tables": _tables(found)}
        if checks["tables"] == WELL:
            right = organisation.key_is_right()
            checks["operator_key"] = WELL if right else "This is not the key that the organisation was founded with."
            state = worker_state.state(clock.now())
            checks["worker"] = WELL if state.well else state.sentence
    except SQLAlchemyError:
        checks = {"database": "The database does not answer."}
    finally:
        db.session.rollback()
    return Readiness(checks)


def _file() -> str:
    """Open connections keep a file that was moved or removed: what is written then is in a file of no name."""
    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    if not file or file == ":memory:" or Path(file).exists():
        return WELL
    return "The file of the database is not in its place any more. Stop the server, put it back, and start again."


def _tables(found: str | None) -> str:
    if found == schema.head():
        return WELL
    return (
        f"The tables are at revision {found or 'none'}, and this version wants {schema.head()}: `consult db upgrade`."
    )


@dataclass(frozen=True)
class Figures:
    """What is worth watching and tells nothing about anybody. Ages are in seconds, None where nothing ever happened."""

    notices: dict[str, int]
    worker_age: float | None
    ballots: dict[str, int]
    audit_sequence: int
    free_bytes: int


def figures(at: datetime) -> Figures:
    """The figures as they stand at the instant `at`: five statements."""
    state = worker_state.state(at)
    ballots = db.session.execute(select(Ballot.state, func.count()).group_by(Ballot.state)).all()
    return Figures(
        notices={"queued": state.queued, "failed": state.failed, "given_up": state.given_up},
        worker_age=(at - state.last).total_seconds() if state.last else None,
        ballots=dict(ballots),
        audit_sequence=db.session.scalar(select(func.max(AuditEvent.sequence))) or 0,
        free_bytes=shutil.disk_usage(current_app.config["CONSULT_INSTANCE"]).free,
    )
