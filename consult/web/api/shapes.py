"""What the read API says: one declaration of each answer, from which it is written and the document is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Shape(BaseModel):
    """An object of an answer. Instants are UTC (RFC 3339), addresses are absolute."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Shape, Generic[Item]):
    """A page of a list, newest first."""

    data: list[Item]
    next: str | None = Field(description="The address of the next page, or null at the end; also in the Link header.")


class Links(Shape):
    """Where it stands."""

    self: str = Field(description="Its address in this API.")
    page: str = Field(description="The page that people read.")


class UnitName(Shape):
    """A unit, by number and name."""

    id: int
    name: str


# -- motions ---------------------------------------------------------------------------------------------------------


class MotionSummary(Shape):
    """A motion as lists show it."""

    id: int
    number: int | None = Field(description="“Motion 7” within its consultation; null before it is submitted.")
    title: str
    topic: str
    state: str = Field(description="A state of the lifecycle of motions.")
    unit: UnitName
    consultation: int
    submitted: datetime | None
    links: Links


class Motions(Page[MotionSummary]):
    """A page of motions."""


class Clause(Shape):
    """One clause, with its permanent id within the motion."""

    id: str
    kind: str
    label: str
    text: str
    lines: list[int] = Field(description="The numbers of its first and last line; empty where it has none.")


class VersionSummary(Shape):
    """One immutable text of a motion."""

    sequence: int
    hash: str = Field(description="SHA-256 of the canonical text, in hexadecimal.")
    words: int
    cause: str
    created: datetime
    links: Links


class Version(VersionSummary):
    """One text with its clauses."""

    clauses: list[Clause]


class Versions(Shape):
    """Every version of a motion, oldest first."""

    data: list[VersionSummary]


class AmendmentSummary(Shape):
    """An amendment as its motion lists it."""

    id: int
    number: int | None
    state: str
    unit: str
    rubric: list[str] = Field(description="What it does, one sentence each.")
    base: int = Field(description="The sequence of the version that it amends.")
    order: int | None = Field(description="Its place in the order of votes, once that is set.")
    links: Links


class Relation(Shape):
    """How two amendments of one motion stand to each other."""

    amendment: int
    other: int
    relation: str
    clause: str


class StateChange(Shape):
    """One step of the lifecycle."""

    at: datetime
    step: str
    state: str


class CompositeOf(Shape):
    """A composite that the motion goes into, or is."""

    id: int
    number: int
    title: str
    state: str
    motion: int | None


class Motion(MotionSummary):
    """A motion with its text in force and what stands around it."""

    mover: str | None = Field(description="For members only.")
    seconders: int = Field(description="Members who second it.")
    supporters: int = Field(description="Supporters who support it; never added to the seconders.")
    version: Version | None
    amendments: list[AmendmentSummary]
    relations: list[Relation]
    consequences: list[str] = Field(description="What follows from what, one sentence each.")
    composites: list[CompositeOf]
    policy: int | None
    source: int | None = Field(description="The consultation that it grew out of.")
    history: list[StateChange]


class Amendment(AmendmentSummary):
    """An amendment with its exact operations."""

    motion: int
    parent: int | None
    reason: str
    response: str = Field(description="What the mover of the motion said of it.")
    falls_because: str
    words_added: int
    words_deleted: int
    operations: list[Any] = Field(description="As docs/text.md describes them.")


class Ruling(Shape):
    """A ruling of the committee: for members."""

    id: int
    motion: int | None
    amendment: int | None
    decision: str
    rule: str
    reason: str
    at: datetime
    appealed: datetime | None
    outcome: str | None


class Rulings(Shape):
    """Every ruling on a motion, oldest first."""

    data: list[Ruling]


# -- policies --------------------------------------------------------------------------------------------------------


class PolicySummary(Shape):
    """A policy as the book lists it."""

    id: int
    title: str
    topic: str
    state: str
    unit: UnitName
    adopted: datetime
    lapses: datetime | None
    motion: int
    links: Links


class Policies(Page[PolicySummary]):
    """A page of the policy book."""


class Policy(PolicySummary):
    """A policy with its text, and where each part of it came from."""

    version: Version
    ballot: int | None
    provenance: dict[str, Any] = Field(description="Clause id → who wrote it and how many words.")


# -- consultations ---------------------------------------------------------------------------------------------------


class Phase(Shape):
    """One phase of a timetable: from `opens` up to, not including, `closes`."""

    kind: str
    opens: datetime
    closes: datetime
    note: str


class ConsultationSummary(Shape):
    """A consultation or conference as the list shows it."""

    id: int
    title: str
    summary: str
    unit: UnitName
    phases: list[Phase]
    links: Links


class Consultations(Page[ConsultationSummary]):
    """A page of consultations."""


class Paragraph(Shape):
    """A part of a paper: a heading, or a paragraph with its permanent id."""

    id: str | None
    heading: str | None
    text: str | None


class Paper(Shape):
    """One version of a consultation's paper."""

    sequence: int
    hash: str
    created: datetime
    parts: list[Paragraph]


class Terms(Shape):
    """How people take part, as declared before anybody spoke."""

    publishing: str
    taking_part: str
    at_once: bool
    minimum_group: int
    statements: bool


class Question(Shape):
    """A question of a consultation."""

    id: int
    kind: str
    wording: str
    options: list[str]
    needed: bool


class Consultation(ConsultationSummary):
    """A consultation with its paper, questions and terms."""

    rulebook: int
    terms: Terms | None = Field(description="Null where it takes no submissions.")
    questions: list[Question]
    paper: Paper | None


class Papers(Shape):
    """Every version of the paper, oldest first."""

    data: list[Paper]


class Submission(Shape):
    """A published submission. Who sent it is told by the declared rule alone."""

    id: int
    kind: str
    voice: str
    name: str = Field(description="Empty where a person is not named to this reader.")
    state: str
    submitted: datetime | None
    answers: dict[str, Any] = Field(description="Question id → the words, or the options chosen.")
    more: str
    links: Links


class Submissions(Page[Submission]):
    """A page of submissions."""


class Count(Shape):
    """How many of each voice chose an option; null where too few to be told apart."""

    option: str
    counts: dict[str, int | None]


class QuestionFigures(Shape):
    """The figures of one closed question; voices are never added up."""

    question: int
    answered: dict[str, int | None]
    options: list[Count]


class Figures(Shape):
    """What was said, in figures."""

    submissions: dict[str, int]
    questions: list[QuestionFigures]


class Report(Shape):
    """A published analysis or response."""

    kind: str
    sequence: int
    published: datetime
    body: str = Field(description="Markdown.")
    figures: Any = Field(description="The figures as they stood when it was published, or null.")
    links: Links


class SaidDone(Shape):
    """A row of “you said, we did”."""

    said: str
    did: str
    state: str
    motion: int | None
    updated: datetime


class Outcome(Shape):
    """What came of a consultation."""

    analysis: Report | None
    response: Report | None
    said_and_done: list[SaidDone]
    motions: list[int]


class StatementFigures(Shape):
    """A statement, with [agree, disagree, unsure] of each voice, of all and of each opinion group; null where too few."""

    id: int
    text: str
    all: dict[str, Any]
    groups: dict[str, Any]


class Statements(Shape):
    """The round of statements as it was last computed."""

    computed: datetime
    method: str
    groups: list[dict[str, Any]]
    together: list[int] = Field(description="Statements that every group agrees on, the clearest first.")
    against: list[int]
    divide: list[int]
    statements: list[StatementFigures]


class AgendaSummary(Shape):
    """An issued paper of a conference: an agenda, an order paper, or (for members) a report of the committee."""

    id: int
    kind: str
    number: int
    title: str
    issued: datetime
    hash: str
    links: Links


class Agendas(Shape):
    """The issued papers of a consultation, newest first."""

    data: list[AgendaSummary]


class Agenda(AgendaSummary):
    """An issued paper as it was issued."""

    words: str
    changes: list[str]
    content: dict[str, Any]


class Sitting(Shape):
    """One sitting of a conference."""

    id: int
    number: int
    title: str
    place: str
    starts: datetime
    ends: datetime
    state: str
    links: Links


class Sittings(Shape):
    """The sittings of a consultation."""

    data: list[Sitting]


# -- ballots and results ---------------------------------------------------------------------------------------------


class BallotSummary(Shape):
    """A ballot as lists show it."""

    id: int
    title: str
    consultation: int
    level: str
    state: str
    opens: datetime
    closes: datetime
    links: Links


class Ballots(Page[BallotSummary]):
    """A page of ballots."""


class BallotQuestion(Shape):
    """A question of a ballot."""

    key: str
    title: str
    method: str
    seats: int
    motion: int | None
    amendment: int | None
    options: list[str]


class Turnout(Shape):
    """How many voted: rounded down to tens while the ballot is open."""

    voted: int
    roll: int
    exact: bool


class Ballot(BallotSummary):
    """A ballot: its definition, where it stands, and its turnout as far as it is published."""

    explanation: str
    definition: str | None = Field(description="The address of the definition to which papers are sealed.")
    definition_hash: str | None
    questions: list[BallotQuestion]
    turnout: Turnout | None
    result: str | None = Field(description="The address of the published result.")


class OpenData(Shape):
    """The files beside a published result (docs/open-data.md)."""

    figures_json: str
    figures_csv: str
    bundle: str
    papers_blt: list[str]


class ResultSummary(Shape):
    """A published result."""

    ballot: int
    title: str
    outcome: str
    published: datetime
    bundle_hash: str
    links: Links


class Results(Page[ResultSummary]):
    """A page of published results."""


class Result(ResultSummary):
    """A published result with its figures, every stage of the count among them."""

    open_data: OpenData
    figures: dict[str, Any] = Field(description="As figures.json of docs/open-data.md.")


# -- units, events, decisions, the log -------------------------------------------------------------------------------


class UnitSummary(UnitName):
    """A unit as lists show it."""

    kind: str
    parent: int | None
    closed: datetime | None
    links: Links


class Units(Page[UnitSummary]):
    """A page of units."""


class Unit(UnitSummary):
    """A unit with what it says about itself."""

    about: str
    members: int
    supporters: int
    below: list[UnitName]


class Event(Shape):
    """A meeting or event. The address to join from afar is never given here."""

    id: int
    kind: str
    title: str
    about: str
    place: str
    access: str
    starts: datetime
    ends: datetime
    open_to: str
    state: str
    unit: UnitName
    consultation: int | None
    changed: datetime
    links: Links


class Events(Page[Event]):
    """A page of events."""


class Decision(Shape):
    """One entry of a unit's register of decisions."""

    number: int
    decided_on: date
    kind: str
    title: str
    words: str
    reason: str
    entered: datetime


class Decisions(Page[Decision]):
    """A page of a register."""


class AuditHead(Shape):
    """A head of the audit log that was mailed out."""

    sequence: int
    hash: str
    sent: datetime | None


class AuditHeads(Shape):
    """The present head of the audit log, and the last that were mailed out."""

    head: AuditHead | None
    sent: list[AuditHead]


class AuditEvent(Shape):
    """One event of the audit log, without who did it; subject and data are empty where they concern one person."""

    sequence: int
    at: datetime
    event: str
    sentence: str
    subject: str
    data: str
    hash: str


class AuditEvents(Page[AuditEvent]):
    """A page of the audit log."""


class Index(Shape):
    """Where everything begins."""

    organisation: str
    version: str
    document: str
    links: dict[str, str]


class Fault(Shape):
    """What was wrong with one parameter."""

    parameter: str
    detail: str


class Problem(Shape):
    """A refusal (RFC 9457, application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None
    reference: str | None = Field(default=None, description="Of a fault: by which our log knows it.")
