"""Forgetting in time: the retention clocks, what each removes when its time is over, and the report of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from consult.domain.gatherings import ACCESS_DAYS
from consult.model.ballots import Ballot
from consult.model.deliveries import Bounce, Delivery
from consult.model.gatherings import EventAnswer, Gathering
from consult.model.imports import ImportChange, ImportChunk, ImportFile, ImportRow
from consult.model.members import Attempt, LoginToken, SignInSession
from consult.model.notices import DevelopmentMail, Heartbeat, Notice
from consult.model.protection import DataCase, DataCaseStep, MemberExport, MemberExportPerson, MemberRead, RetentionRun
from consult.model.rolls import RollEntry
from consult.model.signing_in import SignInChallenge
from consult.model.store import Base, db, writing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR = 365 * DAY

#: Under which the last round is remembered.
NAME = "retention"


@dataclass(frozen=True)
class Clock:
    """One clock: the rows of a table whose time is over at an instant, and what is emptied in them, or that they go."""

    table: type[Base]
    #: From when it runs and how long, in words: "one hour after the window began".
    words: str
    over: Callable[[datetime], ColumnElement[bool]]
    #: Columns that are emptied; none: the row is deleted.
    emptied: tuple[tuple[str, Any], ...] = ()

    @property
    def what(self) -> str:
        """What it removes, in words."""
        return CALLED[self.table]

    @property
    def name(self) -> str:
        """As reports keep it: the table, with the columns that are emptied: "notice (address, context)"."""
        columns = ", ".join(column for column, _ in self.emptied)
        return f"{self.table.__tablename__} ({columns})" if columns else self.table.__tablename__

    def count(self, session: Session, at: datetime) -> int:
        """How many rows it would remove or empty."""
        return session.scalar(select(func.count()).select_from(self.table).where(self.over(at))) or 0

    def run(self, session: Session, at: datetime) -> int:
        """Remove or empty them; how many."""
        made = update(self.table).values(dict(self.emptied)) if self.emptied else delete(self.table)
        result = session.execute(made.where(self.over(at)), execution_options={"synchronize_session": False})
        return int(result.rowcount)  # type: ignore[attr-defined]


def _old_files(at: datetime) -> Any:
    return select(ImportFile.id).where(ImportFile.read_at < at - DAY)


def _closed_cases(at: datetime) -> Any:
    return select(DataCase.id).where(DataCase.closed_at < at - 6 * YEAR)


def _old_exports(at: datetime) -> Any:
    return select(MemberExport.id).where(MemberExport.asked_at < at - 6 * YEAR)


def _ballots_over(at: datetime) -> Any:
    return select(Ballot.id).where(
        Ballot.closes_at < at - 90 * DAY, Ballot.state.in_(("published", "annulled", "cancelled"))
    )


def _over_ballots(at: datetime) -> Any:
    """Rolls all of whose ballots are over; one that was annulled may be put again on its roll, for a year."""
    going_on = select(Ballot.roll_id).where(
        Ballot.roll_id.is_not(None),
        Ballot.state.not_in(("published", "annulled", "cancelled"))
        | ((Ballot.state == "annulled") & (Ballot.closes_at > at - YEAR)),
    )
    return select(Ballot.roll_id).where(
        Ballot.roll_id.is_not(None), Ballot.closes_at < at - 90 * DAY, Ballot.roll_id.not_in(going_on)
    )


#: What each clock removes, in words.
CALLED: dict[type[Base], str] = {
    Attempt: "Counts of attempts to sign in",
    LoginToken: "Links to sign in with",
    SignInChallenge: "Questions put to passkeys",
    SignInSession: "Browsers that were signed in",
    ImportRow: "Rows that were read from a file of the register",
    ImportChunk: "The bytes of a file of the register",
    ImportFile: "What was noted of a file of the register",
    ImportChange: "What imports changed, person by person",
    EventAnswer: "What people need to take part in an event",
    DevelopmentMail: "Mail that was shown and not sent, while developing",
    Notice: "Words and addresses of notices",
    Bounce: "Reports of mail that came back",
    Delivery: "Whom links to vote reached",
    RollEntry: "E-mail addresses in frozen rolls",
    MemberRead: "Who read whose entry in the register",
    DataCaseStep: "What was done about a request or complaint about data",
    DataCase: "Requests and complaints about data",
    MemberExportPerson: "Who was in an export of members’ data",
    MemberExport: "Exports of members’ data",
}

#: Every clock, in an order in which no row goes before those that point at it.
CLOCKS: tuple[Clock, ...] = (
    Clock(Attempt, "one hour after its window began", lambda at: Attempt.window_started_at < at - HOUR),
    Clock(
        LoginToken,
        "one day after it was used or ran out",
        lambda at: or_(LoginToken.expires_at < at - DAY, LoginToken.used_at < at - DAY),
    ),
    Clock(SignInChallenge, "five minutes after it was given", lambda at: SignInChallenge.expires_at < at),
    Clock(
        SignInSession,
        "30 days after it ended, 360 days after it began",
        lambda at: or_(SignInSession.ended_at < at - 30 * DAY, SignInSession.created_at < at - 360 * DAY),
    ),
    Clock(ImportRow, "one day after the file was read", lambda at: ImportRow.file_id.in_(_old_files(at))),
    Clock(ImportChunk, "one day after the file was read", lambda at: ImportChunk.file_id.in_(_old_files(at))),
    Clock(ImportFile, "one day after it was read", lambda at: ImportFile.read_at < at - DAY),
    Clock(ImportChange, "two years after the import", lambda at: ImportChange.at < at - 2 * YEAR),
    Clock(
        EventAnswer,
        "14 days after the event",
        lambda at: and_(
            EventAnswer.access_needs.is_not(None),
            EventAnswer.gathering_id.in_(select(Gathering.id).where(Gathering.ends_at < at - ACCESS_DAYS * DAY)),
        ),
        (("access_needs", None),),
    ),
    Clock(DevelopmentMail, "30 days after it was written", lambda at: DevelopmentMail.sent_at < at - 30 * DAY),
    Clock(
        Notice,
        "90 days after it was sent or given up; that it was sent stays",
        lambda at: and_(Notice.address != "", or_(Notice.sent_at < at - 90 * DAY, Notice.gave_up_at < at - 90 * DAY)),
        (("address", ""), ("context", {}), ("fault", None)),
    ),
    Clock(Bounce, "one year after the report", lambda at: Bounce.at < at - YEAR),
    Clock(
        Delivery,
        "90 days after the close, once the ballot is published, annulled or cancelled",
        lambda at: Delivery.ballot_id.in_(_ballots_over(at)),
    ),
    Clock(
        RollEntry,
        "90 days after the close, once every ballot on the roll is published or cancelled, or was annulled a year ago",
        lambda at: and_(RollEntry.email.is_not(None), RollEntry.roll_id.in_(_over_ballots(at))),
        (("email", None),),
    ),
    Clock(MemberRead, "two years after that day", lambda at: MemberRead.day < (at - 2 * YEAR).date()),
    Clock(DataCaseStep, "six years after the case was closed", lambda at: DataCaseStep.case_id.in_(_closed_cases(at))),
    Clock(DataCase, "six years after it was closed", lambda at: DataCase.closed_at < at - 6 * YEAR),
    Clock(
        MemberExportPerson,
        "six years after the export was asked for",
        lambda at: MemberExportPerson.export_id.in_(_old_exports(at)),
    ),
    Clock(MemberExport, "six years after it was asked for", lambda at: MemberExport.asked_at < at - 6 * YEAR),
)


def called(name: str) -> str:
    """What a report's name means, in words; one that no clock has any more stays."""
    return next((clock.what for clock in CLOCKS if clock.name == name), name)


def due(at: datetime, session: Session | None = None) -> dict[str, int]:
    """What a round would remove at the instant `at`, clock by clock; nothing is changed."""
    session = session or db.session()
    return {clock.name: clock.count(session, at) for clock in CLOCKS}


def forget_due(at: datetime) -> int:
    """A round of the clocks if the last was an hour ago: some look at every old roll, which once a minute were too often."""
    last = db.session.get(Heartbeat, NAME)
    if last is not None and HOUR > at - last.at >= timedelta(0):
        return 0
    return forget(at)


def forget(at: datetime) -> int:
    """One round of every clock in one transaction, with a report of what it removed; how many rows in all."""
    with writing() as session:
        removed = {clock.name: clock.run(session, at) for clock in CLOCKS}
        removed = {name: count for name, count in removed.items() if count}
        if removed:
            session.add(RetentionRun(at=at, removed=removed))
        session.merge(Heartbeat(name=NAME, at=at))
    return sum(removed.values())


def reports(most: int = 50) -> list[RetentionRun]:
    """The newest reports."""
    return list(db.session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(most)))


def totals(since: datetime) -> dict[str, int]:
    """What all rounds since an instant removed, by clock."""
    found: dict[str, int] = {}
    for removed in db.session.scalars(select(RetentionRun.removed).where(RetentionRun.at >= since)):
        for name, count in removed.items():
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items()))
