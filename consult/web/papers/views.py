"""Voting on paper: one page for the duties and totals, and for each duty the pages of its work."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotAllowed, NotFound, Refused
from consult.domain.policy import Permission
from consult.model.ballots import Ballot
from consult.model.paper_ballots import ENVELOPES, ISSUED, PAPERS
from consult.service import ballots, candidates, clock, looking, paper_ballots, paper_entries, paper_requests
from consult.web.guards import actor, signed_in
from consult.web.papers import forms
from consult.web.trying import tried
from consult.web.voting import paper, statements

pages = Blueprint("papers", __name__)

#: As many copies as one page of the browser prints well.
MOST_COPIES = 200

_DUTY = {Permission.PAPER_ENVELOPES: ENVELOPES, Permission.PAPER_ENTER: PAPERS}


def _seen(ballot_id: int) -> Ballot:
    """A ballot that takes papers, for those who have to do with them or watch."""
    ballot = ballots.get(ballot_id)
    if not policy.may(Permission.RESULT_SEE_PROVISIONAL, actor(), ballot, at=clock.now()):
        policy.require(Permission.PAPER_DUTY, actor(), ballot, at=clock.now())
    if ballot.paper_rule == "none":
        raise NotFound(_("This ballot is held online only."))
    return ballot


def _at_work(ballot_id: int, permission: Permission) -> Ballot:
    """A ballot for an officer at this work; who has the other duty is told so before anything is typed."""
    ballot = _seen(ballot_id)
    policy.require(permission, actor(), ballot, at=clock.now())
    kept = paper_ballots.duty_of(ballot, actor().member_id)
    if kept and kept != _DUTY[permission]:
        raise NotAllowed(paper_ballots.other_duty(kept, _DUTY[permission]))
    return ballot


def _back(ballot_id: int, page: str = "papers.index") -> Response:
    return redirect(url_for(page, ballot_id=ballot_id), 303)


@pages.get("/ballots/<int:ballot_id>/papers")
@signed_in
def index(ballot_id: int) -> str:
    """Duties and totals: numbers only, for everybody with a desk."""
    ballot = _seen(ballot_id)
    duty = paper_ballots.duty_of(ballot, actor().member_id)
    values: dict[str, Any] = {"ballot": ballot, "duty": duty, "duties": paper_ballots.duties_of(ballot)}
    values |= {"totals": paper_ballots.totals(ballot), "working": ballot.state in ("scheduled", "open", "closed")}
    if duty == ENVELOPES:
        values |= {"without": len(paper_ballots.without_address(ballot)), "asked": len(paper_requests.waiting(ballot))}
    return render_template("papers/index.html", **values)


@pages.post("/ballots/<int:ballot_id>/papers/duty")
@signed_in
def duty(ballot_id: int) -> Response:
    """Take a duty."""
    paper_ballots.take_duty(_seen(ballot_id), request.form.get("duty", ""), by=actor())
    return _back(ballot_id)


@pages.post("/ballots/<int:ballot_id>/papers/totals")
@signed_in
def totals(ballot_id: int) -> Response:
    """Put the totals on the audit log."""
    paper_ballots.record_totals(_seen(ballot_id), by=actor())
    flash(_("The totals are on record."), "success")
    return _back(ballot_id)


# -- outer envelopes ---------------------------------------------------------------------------------------------------


@pages.post("/ballots/<int:ballot_id>/papers/issue-all")
@signed_in
def issue_all(ballot_id: int) -> Response:
    """A paper to everybody without an e-mail address."""
    paper_ballots.issue_to_all_without_address(_seen(ballot_id), by=actor())
    flash(_("Issued. Print the envelopes and the papers, and send them."), "success")
    return _back(ballot_id, "papers.envelopes")


@pages.post("/ballots/<int:ballot_id>/papers/issue-asked")
@signed_in
def issue_asked(ballot_id: int) -> Response:
    """A paper to everybody who asked for one."""
    paper_requests.issue_to_all_who_asked(_seen(ballot_id), by=actor())
    flash(_("Issued. Print the envelopes and the papers, and send them."), "success")
    return _back(ballot_id, "papers.envelopes")


@pages.route("/ballots/<int:ballot_id>/papers/ask", methods=["GET", "POST"])
@signed_in
def ask(ballot_id: int) -> Any:
    """Ask for a paper, as a member on the roll; the same page says what became of it."""
    ballot = ballots.get(ballot_id)
    if ballot.paper_rule == "none":
        raise NotFound(_("This ballot is held online only."))
    if request.method == "POST":
        paper_requests.ask(ballot, by=actor())
        flash(_("You have asked for a paper ballot."), "success")
        return _back(ballot_id, "papers.ask")
    me = actor().member_id
    shown: dict[str, Any] = {"asked": paper_requests.of(ballot, me), "issued": paper_requests.issued_to(ballot, me)}
    shown |= {"until": paper_requests.until(ballot), "offered": paper_requests.offered(ballot, me, clock.now())}
    return render_template("papers/ask.html", ballot=ballot, **shown)


@pages.route("/ballots/<int:ballot_id>/papers/issue", methods=["GET", "POST"])
@signed_in
def issue(ballot_id: int) -> Any:
    """A paper to one member."""
    ballot = _at_work(ballot_id, Permission.PAPER_ENVELOPES)
    form = forms.IssueForm()
    number, why, cancels = form.number, form.reason, form.cancels
    done, status = tried(form, lambda: paper_ballots.issue(ballot, number.data, why.data, cancels.data, by=actor()))
    if done:
        flash(_("Issued. Its number is the last on the list below."), "success")
        return _back(ballot_id, "papers.envelopes")
    out = paper_ballots.out_to(ballot, number.data or "") if status == paper_ballots.PaperOut.status else None
    return render_template("papers/issue.html", form=form, ballot=ballot, out=out), status


@pages.route("/ballots/<int:ballot_id>/papers/mark", methods=["GET", "POST"])
@signed_in
def mark(ballot_id: int) -> Any:
    """Mark outer envelopes, one after another."""
    ballot = _at_work(ballot_id, Permission.PAPER_ENVELOPES)
    form = forms.MarkForm()
    said, status = tried(form, lambda: paper_ballots.mark(ballot, form.number.data, by=actor()))
    if said:
        flash(said, "success" if "refused" not in said else "message")
        return _back(ballot_id, "papers.mark")
    return render_template("papers/mark.html", form=form, ballot=ballot, totals=paper_ballots.totals(ballot)), status


@pages.get("/ballots/<int:ballot_id>/papers/envelopes")
@signed_in
def envelopes(ballot_id: int) -> str:
    """The list of envelopes and, to print, a slip for each that is out; for the officer who has them."""
    ballot = _at_work(ballot_id, Permission.PAPER_ENVELOPES)
    if paper_ballots.duty_of(ballot, actor().member_id) != ENVELOPES:
        raise NotFound(_("The list of envelopes is for the officer who has them."))
    rows = paper_ballots.issued(ballot)
    looking.note(actor(), [row.member_id for row in rows], "paper", clock.now())
    out = [row for row in rows if row.status == ISSUED]
    return render_template("papers/envelopes.html", ballot=ballot, rows=rows, out=out)


@pages.get("/ballots/<int:ballot_id>/papers/print")
@signed_in
def blank(ballot_id: int) -> str:
    """Blank ballot papers to print, one a page, with nothing on them that tells one from another."""
    ballot = _seen(ballot_id)
    made = ballots.definition_of(ballot)
    asked = request.args.get("copies", "1")
    copies = min(max(int(asked) if asked.isdecimal() and len(asked) < 6 else 1, 1), MOST_COPIES)

    def one() -> list[Any]:
        drawn = secrets.token_hex(16)
        sheet = paper.empty(made, "")
        return [(part, candidates.in_order(made, part.question, drawn)) for part in sheet.parts]

    shown = {"papers": [one() for _ in range(copies)], "copies": copies, "most": MOST_COPIES}
    return render_template("papers/print.html", ballot=ballot, beside=statements.of(ballot), **shown)


# -- papers ------------------------------------------------------------------------------------------------------------


@pages.route("/ballots/<int:ballot_id>/papers/enter", methods=["GET", "POST"])
@signed_in
def enter(ballot_id: int) -> Any:
    """Enter a paper, the first or the second time; nothing of the first entry is shown."""
    ballot = _at_work(ballot_id, Permission.PAPER_ENTER)
    made = ballots.definition_of(ballot)
    serial = request.values.get("serial", "")
    sheet, refusal = paper.empty(made, ""), None
    if request.method == "POST":
        sheet = paper.read(made, request.form)
        if sheet.right:
            try:
                entry = paper_entries.enter(ballot, sheet.answers, serial=serial, by=actor())
                flash(_said(entry.serial, again=bool(serial)), "success")
                return _back(ballot_id, "papers.enter")
            except Refused as refused:
                refusal = refused
    status = refusal.status if refusal else 200 if sheet.right else 422
    shown = {"sheet": sheet, "serial": serial, "refusal": refusal, "waiting": paper_entries.waiting(ballot)}
    return render_template("papers/enter.html", ballot=ballot, **shown), status


def _said(serial: str, *, again: bool) -> str:
    if again:
        return _("Paper %(serial)s is entered twice alike and sealed.", serial=serial)
    return _("Write %(serial)s on this paper and lay it aside: it is entered a second time later.", serial=serial)


@pages.post("/ballots/<int:ballot_id>/papers/anew")
@signed_in
def anew(ballot_id: int) -> Response:
    """Forget a wrong first entry."""
    serial = paper_entries.start_anew(_seen(ballot_id), request.form.get("serial", ""), by=actor())
    flash(_("The first entry of %(serial)s is forgotten. Enter the paper anew; it gets another serial.", serial=serial))
    return _back(ballot_id, "papers.enter")


@pages.route("/ballots/<int:ballot_id>/papers/reject", methods=["GET", "POST"])
@signed_in
def reject(ballot_id: int) -> Any:
    """Put a paper aside that cannot be counted."""
    ballot = _at_work(ballot_id, Permission.PAPER_ENTER)
    form = forms.RejectForm()
    done, status = tried(
        form, lambda: paper_entries.reject(ballot, form.reason.data, serial=form.serial.data or "", by=actor())
    )
    if done:
        flash(_("Paper %(serial)s is put aside. Write that on it.", serial=done.serial), "success")
        return _back(ballot_id, "papers.enter")
    return render_template("papers/reject.html", form=form, ballot=ballot), status
