"""The data protection officer's desk: requests, complaints and breaches with their clocks, erasure, retention."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.domain.protection import KINDS, STEPS, clock
from consult.service import data_cases, erasure, housekeeping, looking, members, own_copy, roles
from consult.web.guards import actor, allowed, needs, now
from consult.web.protection import forms
from consult.web.protection.own import pages, sent
from consult.web.trying import tried


def _told(case: Any) -> str:
    return clock(case.kind, case.due_at, case.settled_at, now())


@pages.get("/protection")
@needs(Permission.PROTECTION_READ)
def desk() -> str:
    """What is open and by when; where the rest is."""
    whole = allowed(Permission.DATA_PROTECT)
    return render_template(
        "protection/desk.html",
        open=data_cases.open_ones() if whole else [],
        closed=data_cases.closed_ones() if whole else [],
        figures=data_cases.figures(now()),
        kinds=KINDS,
        clock=_told,
        now=now(),
    )


@pages.route("/protection/put-down", methods=["GET", "POST"])
@needs(Permission.DATA_PROTECT)
def put_down() -> Any:
    """Put down a request that came by letter or by word of mouth."""
    form = forms.PutDown()

    def do() -> Any:
        member = roles.find_member((form.number.data or "").strip())
        arrived = form.received_at.data
        return data_cases.put_down(member, form.kind.data, form.about.data, form.wanted.data or "", arrived, by=actor())

    case, status = tried(form, do)
    if case:
        flash(_("It is put down, and its clock runs from the day it arrived."), "success")
        return redirect(url_for("protection.case", case_id=case.id))
    return render_template("protection/put_down.html", form=form), status


@pages.route("/protection/breach", methods=["GET", "POST"])
@needs(Permission.BREACH_REPORT)
def breach() -> Any:
    """Report a breach."""
    form = forms.Breach()
    made, status = tried(
        form,
        lambda: data_cases.report_breach(None, form.about.data, form.people.data, form.aware_at.data, by=actor()),
    )
    if made:
        flash(_("The breach is put down; the data protection officer and the committee are told."), "success")
        seen = allowed(Permission.DATA_PROTECT, made)
        return redirect(url_for("protection.case", case_id=made.id) if seen else url_for("home.index"))
    return render_template("protection/breach.html", form=form), status


@pages.route("/protection/cases/<int:case_id>", methods=["GET", "POST"])
@needs(Permission.DATA_PROTECT)
def case(case_id: int) -> Any:
    """One case: what was done, and what can be done."""
    found, form = _case(case_id), forms.Done()
    form.offer(data_cases.steps_of(found))
    done, status = tried(
        form, lambda: data_cases.step(found, form.what.data, form.words.data, form.done_at.data, by=actor())
    )
    if done:
        flash(_("It is put down."), "success")
        return redirect(url_for("protection.case", case_id=case_id))
    return (_shown(found, done=form) if form.is_submitted() else _shown(found)), status


def _case(case_id: int) -> Any:
    found = data_cases.get(case_id)
    policy.require(Permission.DATA_PROTECT, actor(), found, at=now())
    return found


def _shown(found: Any, **typed: Any) -> str:
    """The page of a case, with the form that was sent as it was typed."""
    done, decide, erase = (typed.get(name) or made(formdata=None) for name, made in _FORMS.items())
    done.offer(data_cases.steps_of(found))
    decide.offer(found.kind)
    wanted = found.kind == "erasure" and found.closed_at is None
    return render_template(
        "protection/case.html",
        case=found,
        told=KINDS[found.kind],
        steps=data_cases.taken(found),
        step_words=STEPS,
        clock=_told(found),
        done=done,
        decide=decide,
        erase=erase,
        form=next(iter(typed.values()), None),
        stops=erasure.obstacles(found.member, now()) if wanted else [],
        removed=erasure.REMOVED,
        kept=erasure.kept(),
    )


#: Two of them have a reason.
_ERASE = partial(forms.Erase, prefix="erase-")
_FORMS: dict[str, Any] = {"done": forms.Done, "decide": forms.Decide, "erase": _ERASE}


@pages.post("/protection/cases/<int:case_id>/decide")
@needs(Permission.DATA_PROTECT)
def decide(case_id: int) -> Any:
    """Decide a case."""
    found, form = _case(case_id), forms.Decide()
    form.offer(found.kind)
    done, status = tried(form, lambda: data_cases.close(found, form.outcome.data, form.reason.data, by=actor()))
    if done:
        flash(_("It is decided, and whoever asked is told."), "success")
        return redirect(url_for("protection.case", case_id=case_id))
    return _shown(found, decide=form), status


@pages.post("/protection/cases/<int:case_id>/erase")
@needs(Permission.MEMBER_ERASE)
def erase(case_id: int) -> Any:
    """Erase the person who asked for it."""
    found, form = _case(case_id), _ERASE()
    done, status = tried(form, lambda: erasure.erase(found, form.reason.data, by=actor()))
    if done:
        flash(_("The entry is emptied. “A former member” stands in its place."), "success")
        return redirect(url_for("protection.case", case_id=case_id))
    return _shown(found, erase=form), status


@pages.post("/protection/cases/<int:case_id>/copy.json")
@needs(Permission.DATA_PROTECT)
def copy_for(case_id: int) -> Any:
    """The copy for somebody who cannot take it themselves; who made it is put down where the person sees it."""
    found = own_copy.take_for(_case(case_id), by=actor())
    member = members.get(found.member_id or 0)
    looking.note(actor(), [member.id], "copy", now())
    return sent(own_copy.of(member, now(), votes=False))


@pages.get("/protection/retention")
@needs(Permission.PROTECTION_READ)
def retention() -> str:
    """The retention clocks, what is due, and what the last rounds removed."""
    return render_template(
        "protection/retention.html",
        clocks=housekeeping.CLOCKS,
        called=housekeeping.called,
        due=housekeeping.due(now()),
        year=housekeeping.totals(now() - timedelta(days=365)),
        reports=housekeeping.reports(20),
    )
