"""Who asks the API: a visitor, or somebody with a token; cookies say nothing here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request

from consult.domain.errors import NotFound
from consult.domain.roles import VISITOR, Actor
from consult.service import tokens
from consult.web.problems import Problem


@dataclass(frozen=True)
class Reader:
    """Somebody who asks, at an instant: the actor that services are asked for, what the token allows, and its name for counting."""

    actor: Actor
    at: datetime
    scopes: frozenset[str] = frozenset()
    key: str = ""

    @property
    def sees(self) -> str:
        """What an answer depends on: everybody with the same sees the same."""
        return f"{self.actor.reference} {' '.join(sorted(self.scopes))}"


def reader(at: datetime) -> Reader:
    """Who asks at this instant.

    Raises:
        Problem: 401, for a token that is not good, or for something else than a token.
    """
    given = request.headers.get("Authorization")
    if given is None:
        return Reader(VISITOR, at)
    kind, _space, text = given.partition(" ")
    if kind.lower() != "bearer":
        raise Problem(401, "Send the token as “Authorization: Bearer …”.", "token-needed", headers=_asked())
    try:
        token, actor = tokens.reader(text.strip(), at)
    except NotFound as refusal:
        raise Problem(401, str(refusal), "invalid-token", headers=_asked("invalid_token")) from None
    tokens.used(token, at)
    return Reader(actor, at, frozenset(token.scopes), f"token:{token.id}")


def require(reader: Reader, scope: str) -> None:
    """Nothing where the question needs no token, or has one that allows it.

    Raises:
        Problem: 401 without a token, 403 with one that does not allow it.
    """
    if not scope or scope in reader.scopes:
        return
    if not reader.key:
        sentence = f"This is for members: ask with a token that allows “{scope}”."
        raise Problem(401, sentence, "token-needed", headers=_asked())
    sentence = f"This token does not allow “{scope}”."
    raise Problem(403, sentence, "scope-missing", headers=_asked("insufficient_scope"))


def _asked(error: str = "") -> dict[str, str]:
    """What RFC 6750, 3, asks a refusal to carry: no error where no token was shown (3.1)."""
    more = f', error="{error}"' if error else ""
    return {"WWW-Authenticate": f'Bearer realm="consult"{more}'}
