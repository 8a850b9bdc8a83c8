"""Shapes of the read API: ballots and results."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from consult.web.api.shapes.base import Links, Page, Shape


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
