"""The list of sealed votes of a ballot: where a receipt stands, the proof, the signed heads and the whole list as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from consult.domain.errors import NotFound, OutOfOrder, Refused
from consult.ledger import envelopes, merkle, records
from consult.model.ballots import Ballot
from consult.service import ballots, boards, clock
from consult.web import phrases
from consult.web.guards import public

pages = Blueprint("board", __name__)


def _ballot(ballot_id: int) -> Ballot:
    """A ballot that has such a list.

    Raises:
        OutOfOrder: for one in preparation, and for open votes.
    """
    ballot = ballots.get(ballot_id)
    if ballot.level == "recorded":
        raise OutOfOrder(_("The votes of this ballot are open: there is no list of sealed ones."))
    ballots.definition_of(ballot)
    return ballot


def _found(ballot: Ballot, code: str) -> dict[str, Any]:
    """What the page says of a receipt: where it stands, or why it is not there, or what is wrong with it."""
    if not code:
        return {}
    try:
        leaf = envelopes.read_receipt(code)
    except Refused as refusal:
        return {"problem": phrases.said(str(refusal))}
    place = boards.place_of(ballot, leaf)
    return {"code": envelopes.readable(leaf), "place": place, "hash": leaf.hex()}


@pages.get("/ballots/<int:ballot_id>/sealed-votes")
@public
def show(ballot_id: int) -> str:
    """Look for a receipt; the newest head; the mathematics for who wants it."""
    ballot = _ballot(ballot_id)
    board = boards.shown(ballot)
    return render_template(
        "board/show.html",
        ballot=ballot,
        board=board,
        code=request.args.get("receipt", "").strip()[:200],
        found=_found(ballot, request.args.get("receipt", "").strip()[:200]),
        open=ballot.phase(clock.now()) in ("open", "grace"),
    )


@pages.get("/ballots/<int:ballot_id>/sealed-votes/proof.json")
@public
def proof(ballot_id: int) -> Response:
    """The proof for one receipt, to be checked off line by `consult check-receipt`."""
    ballot = _ballot(ballot_id)
    made = boards.proof_of(ballot, envelopes.read_receipt(request.args.get("receipt", "")))
    return _file(made.dumps(), f"proof-{ballot_id}.json")


@pages.get("/ballots/<int:ballot_id>/sealed-votes/heads.json")
@public
def heads(ballot_id: int) -> Response:
    """Every signed head so far, each with the proof that it continues the one before."""
    return _file(boards.heads_file(_ballot(ballot_id)), f"heads-{ballot_id}.json")


@pages.get("/ballots/<int:ballot_id>/sealed-votes/board.json")
@public
def leaves(ballot_id: int) -> Response:
    """The whole list: every receipt on it, in its order."""
    ballot = _ballot(ballot_id)
    found = boards.leaves(ballot)
    head = boards.newest(ballot)
    if head is not None and merkle.root(found).hex() != head.root:  # a list that contradicts its own head is not shown
        raise NotFound(
            _("The list does not make the root that was signed. Tell the returning officer and the scrutineers.")
        )
    return _file(records.write_board(found), f"board-{ballot_id}.json")


def _file(data: bytes, name: str) -> Response:
    return Response(
        data, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
