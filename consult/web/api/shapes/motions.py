"""Shapes of the read API: motions, amendments and rulings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from consult.web.api.shapes.base import Links, Page, Shape, UnitName


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
