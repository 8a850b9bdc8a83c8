"""Shapes of the read API: consultations and what was said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from consult.web.api.shapes.base import Links, Page, Shape, UnitName


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
