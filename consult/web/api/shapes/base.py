"""Shapes of the read API: what every answer is made of."""

from __future__ import annotations

from typing import Generic, TypeVar

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
