"""The register of members: found and listed."""

from __future__ import annotations

from consult.domain.errors import NotFound
from consult.model.members import Member
from consult.model.store import db


def get(member_id: int) -> Member:
    """A member.

    Raises:
        NotFound: if there is none of this id.
    """
    found = db.session.get(Member, member_id)
    if found is None:
        raise NotFound("There is no such member.")
    return found
