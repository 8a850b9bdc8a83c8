"""Shapes of the read API: the policy book."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from consult.web.api.shapes.base import Links, Page, Shape, UnitName
from consult.web.api.shapes.motions import Version


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
