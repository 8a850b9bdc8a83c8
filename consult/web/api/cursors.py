"""Where a page of a list goes on: an opaque, signed mark that is good for the same question alone."""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, Field

from consult.web.problems import Problem

#: The most rows of a page, and how many come unless asked.
MOST, USUAL = 100, 25


class Query(BaseModel):
    """Parameters of a request; one that is not known is refused, so that a misspelt filter is never taken for none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listing(Query):
    """What every list takes."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="How many to a page.")
    cursor: str | None = Field(None, max_length=300, description="Where the page before ended: from its `next`.")

    @property
    def after(self) -> int | None:
        """The last key of the page before.

        Raises:
            Problem: for a cursor that was not made here for this question.
        """
        if self.cursor is None:
            return None
        try:
            asked, key = _signer().loads(self.cursor)
        except (BadSignature, ValueError, TypeError):
            asked, key = None, 0
        if asked != self._asked() or not isinstance(key, int):
            sentence = "This cursor was not made by this list with these filters. Begin again without one."
            raise Problem(400, sentence, "invalid-cursor", [("cursor", sentence)])
        return key

    def beyond(self, key: int) -> str:
        """The cursor of the page after the row with this key."""
        made = _signer().dumps([self._asked(), key])
        return made if isinstance(made, str) else made.decode()

    def _asked(self) -> list[object]:
        filters = self.model_dump(exclude={"limit", "cursor"}, exclude_defaults=True, mode="json")
        return [request.path, sorted([name, str(value)] for name, value in filters.items())]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="cursor of /api/v1")
