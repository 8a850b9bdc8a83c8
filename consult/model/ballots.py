"""Ballots: their questions and options, the sealed envelopes, and the papers once the envelopes are opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.domain.bodies import reserves_in_words
from consult.domain.lifecycle import BALLOT
from consult.ledger.definition import LEVELS, LOTS, ORDERS, PAPER_RULES, PUBLICATION
from consult.model.amendments import Amendment
from consult.model.consultations import Consultation
from consult.model.members import Member
from consult.model.motions import Motion, MotionVersion, states_check
from consult.model.rolls import Roll
from consult.model.store import Base, one_of


class Ballot(Base):
    """A ballot: who may vote, from when to when, on which questions, and how it is certified."""

    __tablename__ = "ballot"
    __table_args__ = (
        CheckConstraint(states_check(BALLOT.states), name="state"),
        CheckConstraint(one_of("level", LEVELS), name="level"),
        CheckConstraint("closes_at > opens_at", name="order"),
        CheckConstraint("signers_needed >= 1", name="signers"),
        CheckConstraint("complaint_hours >= 0", name="complaint_hours"),
        CheckConstraint("recounts_needed >= 0", name="recounts_needed"),
        CheckConstraint(one_of("publication", PUBLICATION), name="publication"),
        CheckConstraint(one_of("lot_rule", LOTS), name="lot_rule"),
        CheckConstraint(one_of("candidate_order", ORDERS), name="candidate_order"),
        CheckConstraint(one_of("paper_rule", PAPER_RULES), name="paper_rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    #: What voters are told about it, above the questions.
    explanation: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[str] = mapped_column(String(20), default="operator")
    state: Mapped[str] = mapped_column(String(20), default="preparing", index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    #: Minutes for which a form that was started before the close may still arrive.
    grace_minutes: Mapped[int] = mapped_column(default=0)
    roll_id: Mapped[int | None] = mapped_column(ForeignKey("roll.id"))
    #: The definition that papers are sealed to, as its canonical JSON, made when the ballot is scheduled; its SHA-256.
    definition: Mapped[str | None] = mapped_column(Text)
    definition_hash: Mapped[str | None] = mapped_column(String(64))
    #: The public half of the ballot's key (base64url).
    public_key: Mapped[str | None] = mapped_column(String(200))
    #: named (the public value alone) | commit-and-reveal (committee members' values, if all who committed reveal)
    lot_rule: Mapped[str] = mapped_column(String(20), default="named")
    #: The public value that decides the lot, named in words before opening, such as a draw of a certain date.
    lot_words: Mapped[str] = mapped_column(String(500), default="")
    #: That value once it is known: entered after the close, before the envelopes are opened; and the seed made of all.
    lot_value: Mapped[str | None] = mapped_column(String(200))
    seed: Mapped[str | None] = mapped_column(String(64))
    #: fixed (as listed) | random (for each voter another, from the seed, the voter and the operator's key); and the seed.
    candidate_order: Mapped[str] = mapped_column(String(10), default="fixed", server_default="fixed")
    order_seed: Mapped[str | None] = mapped_column(String(64))
    #: Whether a voter may replace a vote before the close.
    replacing: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: none | first (of a vote online and one on paper the first recorded counts) | paper (the paper counts)
    paper_rule: Mapped[str] = mapped_column(String(10), default="none", server_default="none")
    #: The most words that a candidate's statement may have.
    statement_words: Mapped[int] = mapped_column(default=250, server_default="250")
    #: How many committee members must sign (k); n is the number of registered keys named in the definition.
    signers_needed: Mapped[int] = mapped_column(default=3)
    #: all-papers | ten-copies | tables-only
    publication: Mapped[str] = mapped_column(String(20), default="ten-copies")
    #: Hours from the provisional result for which complaints and requests for a recount are taken, before anybody signs.
    complaint_hours: Mapped[int] = mapped_column(default=0, server_default="0")
    #: How many scrutineers must sign a recount of their own where the papers are not public.
    recounts_needed: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The annulled ballot that this one puts again.
    rerun_of_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"), index=True)
    #: Set at reconciliation: voters marked as having voted, the Merkle root over the sorted receipts, papers opened,
    #: envelopes refused, and papers that the server sealed for voters without scripts.
    marked: Mapped[int | None]
    envelope_root: Mapped[str | None] = mapped_column(String(64))
    opened: Mapped[int | None]
    refused: Mapped[int | None]
    #: Set at reconciliation too: envelopes that their voters replaced, and papers that were entered by hand.
    superseded: Mapped[int | None]
    on_paper: Mapped[int | None]
    sealed_by_server: Mapped[int | None]
    #: In a recorded vote: one (each voter has one vote) | members (a card counts for the members of the voter's branch).
    weighting: Mapped[str] = mapped_column(String(20), default="one", server_default="one")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    closed_at: Mapped[datetime | None]
    #: When the provisional result was there: the window for complaints runs from here.
    counted_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship()
    roll: Mapped[Roll | None] = relationship()
    questions: Mapped[list[Question]] = relationship(back_populates="ballot", order_by="Question.position")

    @property
    def last_instant(self) -> datetime:
        """The last instant at which a form started in time may arrive: the close and the grace."""
        return self.closes_at + timedelta(minutes=self.grace_minutes)

    @property
    def complaints_until(self) -> datetime | None:
        """The end of the window for complaints, once the provisional result is there."""
        return self.counted_at + timedelta(hours=self.complaint_hours) if self.counted_at is not None else None

    def phase(self, at: datetime) -> str:
        """Where the ballot stands by the clock, whether or not the timetable's worker has run:
        "waiting", "open", "grace" or "over" (and "not put" when it never will be)."""
        if self.state in ("preparing", "cancelled", "annulled"):
            return "not put"
        if self.state not in ("scheduled", "open"):
            return "over"
        if at < self.opens_at:
            return "waiting"
        if at < self.closes_at:
            return "open"
        return "grace" if at < self.last_instant else "over"

    @property
    def candidate_member_ids(self) -> set[int]:
        """Members who stand in it; they neither rule on it, nor sign it."""
        return {option.member_id for q in self.questions for option in q.options if option.member_id is not None}


class Question(Base):
    """One question of a ballot, decided by one counting rule; bound to the exact text that it decides."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("ballot_id", "position"),
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint("amendment_id IS NULL OR motion_id IS NOT NULL", name="amendment_of_a_motion"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    explanation: Mapped[str] = mapped_column(Text, default="")
    #: The id of a counting rule in `consult.counting.methods`.
    method: Mapped[str] = mapped_column(String(30))
    seats: Mapped[int] = mapped_column(default=1)
    #: Threshold, base, quorum … as the method declares them.
    settings: Mapped[dict[str, Any]]
    #: Reserved places: a list of {"group", "minimum", "maximum"}.
    reserves: Mapped[list[Any]]
    #: The key of the option "re-open nominations", if there is one.
    ron: Mapped[str | None] = mapped_column(String(40))
    motion_id: Mapped[int | None] = mapped_column(ForeignKey("motion.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    #: The version that the question decides on, and so its hash.
    version_id: Mapped[int | None] = mapped_column(ForeignKey("motion_version.id"))

    ballot: Mapped[Ballot] = relationship(back_populates="questions")
    options: Mapped[list[Option]] = relationship(back_populates="question", order_by="Option.position")
    motion: Mapped[Motion | None] = relationship()
    amendment: Mapped[Amendment | None] = relationship()
    version: Mapped[MotionVersion | None] = relationship()

    @property
    def key(self) -> str:
        """How papers and results name the question."""
        return f"q{self.position}"

    @property
    def reserved(self) -> list[str]:
        """Each reserved place as a sentence for voters."""
        return reserves_in_words(self.reserves)


class Option(Base):
    """One option or candidate of a question, in the order of the paper."""

    __tablename__ = "option"
    __table_args__ = (UniqueConstraint("question_id", "position"), UniqueConstraint("question_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    position: Mapped[int]
    #: How papers and results name it ("for", "c3").
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    statement: Mapped[str] = mapped_column(Text, default="")
    #: The group that reserved places are about, if any.
    group: Mapped[str] = mapped_column(String(100), default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    withdrawn: Mapped[bool] = mapped_column(default=False)
    #: A candidate's photograph, by its hash.
    photograph_hash: Mapped[str | None] = mapped_column(ForeignKey("photograph.hash"))

    question: Mapped[Question] = relationship(back_populates="options")


class Photograph(Base):
    """A candidate's photograph as it is shown: re-encoded at two sizes, with nothing in it but the picture."""

    __tablename__ = "photograph"

    #: SHA-256 of `large`, and its name in addresses.
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: JPEG, square: beside a statement, and beside a choice on a paper.
    large: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)


class BallotKey(Base):
    """At the operator level only: the private half of a ballot's key, sealed with the operator's key."""

    __tablename__ = "ballot_key"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


class Envelope(Base):
    """One voter's sealed paper. The key (ballot, member) is what makes a second vote impossible.

    No time, no serial number, no address: only what is needed to open it and to answer a retry.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        UniqueConstraint("ballot_id", "receipt"),
        {"sqlite_with_rowid": False},
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: HPKE (RFC 9180): encapsulated key and ciphertext of the padded paper.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: SHA-256 of `sealed` in hexadecimal; what the voter keeps.
    receipt: Mapped[str] = mapped_column(String(64))
    #: A random value of the form: the same form sent twice is answered with the same receipt.
    retry_key: Mapped[str] = mapped_column(String(64))
    #: "server" or "browser": where the paper was sealed.
    sealed_by: Mapped[str] = mapped_column(String(10))

    member: Mapped[Member] = relationship()


class VotingLink(Base):
    """The one standing link by which a member can vote in a ballot without signing in; no time is kept of it.

    A newer one that was sent cannot vote: it takes the place of the one that stands when it is opened, which ends that.
    """

    __tablename__ = "voting_link"
    __table_args__ = (
        Index(
            "uq_voting_link_newer_hash",
            "newer_hash",
            unique=True,
            sqlite_where=text("newer_hash IS NOT NULL"),
            postgresql_where=text("newer_hash IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    #: SHA-256 of the link's 256 random bits, in hexadecimal.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: The same of the newest that was sent and is not opened yet.
    newer_hash: Mapped[str | None] = mapped_column(String(64))


class OpenedPaper(Base):
    """The answers to one question after opening, like ones together: nothing here says whose, or in which order.

    Answers to different questions are kept apart: what one person answered to two of them would single people out.
    """

    __tablename__ = "opened_paper"
    __table_args__ = (CheckConstraint("copies >= 1", name="copies"), {"sqlite_with_rowid": False})

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    #: SHA-256 of `pattern`.
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Canonical JSON of [ranking, verdicts, unit].
    pattern: Mapped[str] = mapped_column(Text)
    copies: Mapped[int]
