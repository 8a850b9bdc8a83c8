"""Voting: the paper, the answers to check, casting, and the receipt."""

from __future__ import annotations

import secrets
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.domain.errors import NotAllowed, OutOfOrder
from consult.ledger.definition import Definition
from consult.ledger.envelopes import readable
from consult.model.ballots import Ballot
from consult.service import (
    ballots,
    candidates,
    casting,
    deliveries,
    materiality,
    nominations,
    open_votes,
    polls_due,
    replacing,
    rolls,
    voting_links,
)
from consult.web import answers, guards, voter
from consult.web.voting import paper, sealing, spoken, statements, tasks

pages = Blueprint("voting", __name__)


@pages.after_request
def narrow(response: Response) -> Response:
    """On pages where a vote is filled in: nothing but our own scripts of this version, and no connection at all."""
    response.headers["Content-Security-Policy"] = sealing.policy()
    return response


class Annulled(OutOfOrder):
    """A link or a form of a ballot that was annulled: its page says so at the top, and why."""

    def __init__(self, ballot_id: int) -> None:
        super().__init__("This ballot was annulled.")
        self.ballot_id = ballot_id


@pages.errorhandler(Annulled)
def to_its_page(refusal: Annulled) -> Response:
    """To the page of the ballot, from a link in an old mail as from a paper that was still open."""
    return redirect(url_for("ballots.show", ballot_id=refusal.ballot_id))


class VotedOnPaper(casting.AlreadyVoted):
    """A link or a form of somebody whose envelope is marked: the vote on paper counts, and nothing else is to be done."""

    def __init__(self, ballot_id: int) -> None:
        super().__init__(replacing.ON_PAPER)
        self.ballot_id = ballot_id


@pages.errorhandler(VotedOnPaper)
def voted_on_paper(refusal: VotedOnPaper) -> tuple[str, int]:
    """The page that says so."""
    ballot = ballots.get(refusal.ballot_id)
    return render_template("voting/already.html", ballot=ballot, on_paper=True), refusal.status


def _open_to_me(ballot_id: int) -> tuple[Ballot, Definition]:
    """The ballot and its definition, for somebody who may vote in it now."""
    ballot = ballots.get(ballot_id)
    made = ballots.definition_of(ballot)
    if ballot.state == "annulled":
        raise Annulled(ballot_id)
    phase = ballot.phase(guards.now())
    if phase not in ("open", "grace"):
        raise OutOfOrder("This ballot is not open now. Its page says when it opens and closes.")
    if ballot.roll_id is None or not rolls.is_on(ballot.roll_id, voter.of(ballot_id).member_id):
        raise NotAllowed("You are not on the electoral roll of this ballot. Its page says why, and what you can do.")
    if ballot.paper_rule != "none" and replacing.paper_is_in(ballot_id, voter.of(ballot_id).member_id):
        raise VotedOnPaper(ballot_id)
    return ballot, made


def _page(ballot: Ballot, sheet: paper.Sheet, where: str, *, wrong: bool = False) -> tuple[str, int]:
    """One page of the paper: the list of its questions, one question, or the answers to check; `wrong` is 422."""
    status, made, who = 422 if wrong else 200, ballots.definition_of(ballot), voter.of(ballot.id)
    card = open_votes.card_of(ballot, who.member_id)
    tongue = spoken.of(made)
    tongue.fill(sheet)
    part = sheet.part(where)
    if part is not None:
        beside = tongue.beside(part.key, statements.of(ballot)[part.key])
        shown = candidates.in_order(made, part.question, str(who.member_id))
        values = {"ballot": ballot, "sheet": sheet, "part": part, "beside": beside, "options": shown, "card": card}
        values |= {"voter": who, "tongue": tongue, **_gone(ballot)}
        return render_template("voting/question.html", **values), status
    if where == tasks.CHECK:
        return render_template(
            "voting/check.html",
            ballot=ballot,
            sheet=sheet,
            in_words=paper.in_words,
            card=card,
            voter=who,
            tongue=tongue,
            **_gone(ballot),
        ), status
    return render_template(
        "voting/tasks.html",
        ballot=ballot,
        sheet=sheet,
        tasks=tasks,
        refused=wrong,
        card=card,
        voter=who,
        tongue=tongue,
        **_gone(ballot),
    ), status


def _gone(ballot: Ballot) -> dict[str, object]:
    """Candidates who are on the paper and stand no more, each with how that came, and whether this poll can elect anybody."""
    left = nominations.who_left(ballot)
    names = [(o.name, left.get(o.id, "withdrawn")) for q in ballot.questions for o in q.options if o.withdrawn]
    return {"gone": names, "polled_again": polls_due.behind(ballot) is not None}


def _sealed_paper(ballot: Ballot, made: Definition, sheet: paper.Sheet) -> tuple[str, int]:
    """The whole paper on one page, for a browser that seals it; without scripts it goes the way of every other."""
    who = voter.of(ballot.id)
    me = str(who.member_id)
    tongue, facts = spoken.of(made), sealing.facts(made, sheet)
    tongue.fill(sheet)
    orders = {part.key: candidates.in_order(made, part.question, me) for part in sheet.parts}
    beside = {key: tongue.beside(key, each) for key, each in statements.of(ballot).items()}
    values = {"ballot": ballot, "sheet": sheet, "orders": orders, "statements": beside, "sealing": facts}
    values |= {"voter": who, "tongue": tongue, **_gone(ballot)}
    return render_template("voting/sealed.html", **values), 200


def _already(ballot: Ballot) -> tuple[str, int]:
    return render_template("voting/already.html", ballot=ballot), casting.AlreadyVoted.status


@pages.get("/vote/<token>")
@guards.public
def by_link(token: str) -> tuple[str, int] | Response:
    """A link to vote: the paper at once, for whoever has the link; looking spends nothing."""
    ballot_id, who = voting_links.look(token)
    voter.keep(ballot_id, token, who)
    return vote(ballot_id)


@pages.get("/ballots/<int:ballot_id>/vote")
@guards.voter
def vote(ballot_id: int) -> tuple[str, int] | Response:
    """The paper; somebody who has voted sees the receipt instead."""
    ballot, made = _open_to_me(ballot_id)
    deliveries.opened(ballot_id, voter.of(ballot_id).member_id)
    cast_before = casting.receipt_of(ballot_id, voter.of(ballot_id).member_id)
    if cast_before and not (made.casting.replacing and "replace" in request.args):
        return redirect(url_for("voting.receipt", ballot_id=ballot_id))
    sheet = paper.empty(made, secrets.token_hex(16), cast_before.digest if cast_before else "")
    if ballot.level == "sealed":
        return _sealed_paper(ballot, made, sheet)
    return _page(ballot, sheet, tasks.page_after(sheet, "", tasks.LIST))


@pages.post("/ballots/<int:ballot_id>/vote")
@guards.voter
def check(ballot_id: int) -> tuple[str, int]:
    """Every step between the paper and the cast: the choices travel in the form, and are kept nowhere else."""
    ballot, made = _open_to_me(ballot_id)
    sheet = paper.read(made, request.form)
    cast_before = casting.receipt_of(ballot_id, voter.of(ballot_id).member_id)
    if cast_before and not (made.casting.replacing and sheet.replaces == cast_before.digest):
        return _already(ballot)
    at, step = request.form.get("at", ""), request.form.get("step", tasks.CHECK)
    if "move" in request.form:
        moved = request.form["move"]
        return _page(ballot, paper.move(sheet, moved), at or paper.question_of(sheet, moved))
    where = tasks.page_after(sheet, at, step)
    wrong = where == at != step or (step == tasks.CHECK != where)
    return _page(ballot, sheet, where, wrong=wrong)


@pages.post("/ballots/<int:ballot_id>/cast")
@guards.voter
def cast(ballot_id: int) -> tuple[str, int] | Response:
    """Put the vote in the box: an envelope sealed in the browser, or a paper that is sealed here, or an open vote."""
    form, link = request.form, voter.link_to(ballot_id)
    me = partial(voter.member, ballot_id)
    paper.require_once(form, form.keys() - {"key", "paper", "replaces", "sealed"})
    made = casting.definition(ballot_id, form.get("paper", ""))
    key, replaces = form.get("key", ""), form.get("replaces", "")[:64]
    try:
        if form.get("sealed") and made.level == "sealed":
            envelope = sealing.envelope(form["sealed"], made)
            casting.cast_sealed(ballot_id, me, envelope, retry_key=key, replaces=replaces, paper=made.hash, link=link)
        else:
            sheet = paper.read(made, form)
            if not sheet.right:
                return _page(ballots.get(ballot_id), sheet, tasks.page_after(sheet, "", tasks.CHECK), wrong=True)
            if made.level == "recorded":
                open_votes.cast(ballot_id, me(), sheet.answers, retry_key=key)
            else:
                given = sheet.answers
                casting.cast(ballot_id, me, given, retry_key=key, replaces=replaces, paper=made.hash, link=link)
    except casting.AlreadyVoted:
        return _already(ballots.get(ballot_id))
    except OutOfOrder:
        materiality.arrived_late(ballots.get(ballot_id), me())
        raise
    return redirect(url_for("voting.receipt", ballot_id=ballot_id), 303)


@pages.get("/ballots/<int:ballot_id>/receipt")
@guards.voter
def receipt(ballot_id: int) -> str | Response:
    """What a voter keeps: that the vote is in the box, and nothing of what it says."""
    me = voter.of(ballot_id).member_id
    found = casting.receipt_of(ballot_id, me)
    if found is None:
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    ballot = ballots.bare(ballot_id)
    replaced = (
        [readable(bytes.fromhex(old)) for old in replacing.replaced_by(ballot_id, me)] if ballot.replacing else []
    )
    values = {"ballot": ballot, "receipt": found, "replaced": replaced, "phase": ballot.phase(guards.now())}
    return render_template("voting/receipt.html", **values, recorded=_recorded(ballot))


def _recorded(ballot: Ballot) -> list[tuple[str, str]]:
    """One's own open vote, question by question, as it will be published."""
    if ballot.level != "recorded":
        return []
    made = ballots.definition_of(ballot)
    return answers.in_words(made, open_votes.paper_of(ballot, voter.of(ballot.id).member_id) or ())
