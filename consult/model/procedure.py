"""What stands beside a motion: under which rules it was sent, the minute behind it, what was decided of it, its parts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.rulebook import MOVERS
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.consultations import Rulebook
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion
from consult.model.store import Base, one_of
from consult.model.units import Unit

#: When a motion was sent, as the rules see it.
KINDS = ("ordinary", "late", "emergency")
#: What became of a motion without a vote on it, or before one.
DECISIONS = (
    "prioritised", "not prioritised", "remitted", "referred back", "not put", "taken up again", "withdrawn by leave",
    "falls",
)  # fmt: skip
#: Who decided it.
SOURCES = ("ballot", "committee", "meeting")


class RulebookAdoption(Base):
    """A body's adoption of a version of its rulebook: who adopted it, when, from which preset and why."""

    __tablename__ = "rulebook_adoption"

    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    #: The preset it was begun from, by its key; "" for one made elsewhere.
    preset: Mapped[str] = mapped_column(String(40), default="")
    #: Why it was adopted or changed, for members to read.
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    rulebook: Mapped[Rulebook] = relationship()
    unit: Mapped[Unit] = relationship()
    by: Mapped[Member | None] = relationship()


class Submission(Base):
    """How a motion was sent: as which kind, moved by whom, and under which version of the rules."""

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("moved_by", tuple(MOVERS)), name="moved_by"),
        CheckConstraint("kind = 'ordinary' OR reason <> ''", name="late_has_a_reason"),
    )

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default="ordinary")
    #: branch | member | network | affiliate
    moved_by: Mapped[str] = mapped_column(String(20), default="branch")
    #: Why it could not come in time, or what has happened since.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: An emergency motion: the day of what it is about.
    arose_on: Mapped[date | None]
    rulebook_id: Mapped[int] = mapped_column(ForeignKey("rulebook.id"), index=True)
    at: Mapped[datetime]

    motion: Mapped[Motion] = relationship()
    rulebook: Mapped[Rulebook] = relationship()


class Minute(Base):
    """The minute of a meeting that agreed to a motion or an amendment; never changed, a new one follows it."""

    __tablename__ = "minute"
    __table_args__ = (
        CheckConstraint("(motion_id IS NULL) <> (amendment_id IS NULL)", name="one_subject"),
        CheckConstraint("present >= quorum", name="quorate"),
        CheckConstraint("votes_for > votes_against", name="agreed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    held_on: Mapped[date]
    present: Mapped[int]
    quorum: Mapped[int]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    #: The minute itself, typed or pasted; "" where a file holds it.
    text: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_type: Mapped[str] = mapped_column(String(80), default="")
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: SHA-256 of the file.
    file_hash: Mapped[str] = mapped_column(String(64), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    motion: Mapped[Motion | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()


class Disposal(Base):
    """What became of a motion otherwise than by its own vote, with the reason; never changed, only followed."""

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint(one_of("decision", DECISIONS), name="decision"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    decision: Mapped[str] = mapped_column(String(30))
    #: By what motion of procedure: "next business", "out of time" …; "" where the decision says it all.
    procedure: Mapped[str] = mapped_column(String(60), default="")
    #: ballot | committee | meeting: so that what a committee adds is shown apart from what members chose.
    source: Mapped[str] = mapped_column(String(20))
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    #: Its place in the order of priorities, from 1.
    place: Mapped[int | None]
    #: To whom it was remitted or referred back.
    sent_to: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]

    motion: Mapped[Motion] = relationship()
    ballot: Mapped[Ballot | None] = relationship()
    by: Mapped[Member | None] = relationship()


class Resemblance(Base):
    """A motion that is the same as, or substantially the same as, one decided before, found when it is submitted."""

    __tablename__ = "resemblance"
    __table_args__ = (CheckConstraint("motion_id <> other_id", name="another"),)

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    #: How many of a hundred words of what it would do are the other's, in their order.
    share: Mapped[int]
    #: Until when the other bars it.
    barred_until: Mapped[datetime]
    #: The committee's reason for letting it be heard all the same; "" while the bar stands.
    allowed_because: Mapped[str] = mapped_column(Text, default="")
    allowed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    allowed_at: Mapped[datetime | None]

    motion: Mapped[Motion] = relationship(foreign_keys=[motion_id])
    other: Mapped[Motion] = relationship(foreign_keys=[other_id])
    allowed_by: Mapped[Member | None] = relationship()


class MotionPart(Base):
    """A part of a motion that is voted on by itself: some of its clauses, and whether they were carried."""

    __tablename__ = "motion_part"
    __table_args__ = (
        UniqueConstraint("motion_id", "version_id", "number"),
        CheckConstraint("outcome IS NULL OR outcome IN ('carried', 'lost')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), index=True)
    #: The text that was divided.
    version_id: Mapped[int] = mapped_column(ForeignKey("motion_version.id"))
    number: Mapped[int]
    #: Its clauses by their ids, in the order of the text.
    clauses: Mapped[list[Any]]
    outcome: Mapped[str | None] = mapped_column(String(20))
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    motion: Mapped[Motion] = relationship()
    version: Mapped[MotionVersion] = relationship()


class Rebase(Base):
    """An amendment whose motion has a new text: carried over cleanly, or waiting for its mover's consent to new words."""

    __tablename__ = "rebase"
    __table_args__ = (
        UniqueConstraint("amendment_id", "to_version_id"),
        CheckConstraint("status IN ('clean', 'needs consent', 'already made', 'consented', 'declined')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("motion_version.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("motion_version.id"))
    status: Mapped[str] = mapped_column(String(20))
    #: The operations as they were on the earlier text.
    operations: Mapped[list[Any]]
    #: What stands against carrying it over, as sentences; what the mover is told besides.
    conflicts: Mapped[list[Any]]
    notes: Mapped[list[Any]]
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    amendment: Mapped[Amendment] = relationship()
    from_version: Mapped[MotionVersion] = relationship(foreign_keys=[from_version_id])
    to_version: Mapped[MotionVersion] = relationship(foreign_keys=[to_version_id])
