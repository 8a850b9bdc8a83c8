"""Who is voting at this browser: by a link to vote in this ballot, else by being signed in."""

from __future__ import annotations

from flask import abort, g, make_response, session

from consult.service import voting_links
from consult.service.sessions import token_hash
from consult.service.voting_links import Voter
from consult.web import guards
from consult.web.guards import TOKEN, VOTING


def of(ballot_id: int) -> Voter:
    """Whose vote in this ballot is meant, found once a request.

    A link goes before the sign-in: somebody who opens a link in another person's browser votes with the link.

    Raises:
        NotAllowed: if the link was followed by a newer one. Who is not signed in is sent to sign in.
    """
    if "consult_voter" not in g:
        g.consult_voter = _find(ballot_id)
    found: Voter = g.consult_voter
    return found


def _find(ballot_id: int) -> Voter:
    about, token = session.get(VOTING) or (None, "")
    if about == ballot_id:
        return voting_links.look(token)[1]
    found = voting_links.signed_in(session.get(TOKEN) or "")
    if found is None:
        abort(make_response(guards.turned_away()))
    return found


def member(ballot_id: int) -> int:
    """The number of the member whose vote in this ballot is meant."""
    return of(ballot_id).member_id


def link_to(ballot_id: int) -> str:
    """The hash of the link by which the browser came to this ballot, or ""; whether it is good, the box finds out."""
    about, token = session.get(VOTING) or (None, "")
    return token_hash(token) if about == ballot_id else ""


def keep(ballot_id: int, token: str, who: Voter) -> None:
    """Keep the link in the browser's cookie until the browser is closed; `who` it belongs to is not asked for again."""
    session[VOTING] = [ballot_id, token]
    g.consult_voter = who
