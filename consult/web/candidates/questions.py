"""Hustings: the questions that members put to the candidates of an election, with their answers; and declaring them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from consult.domain import policy
from consult.domain.policy import Permission
from consult.model.ballots import Option, Question
from consult.model.debate import Comment
from consult.service import ballots, debate_reading, hustings, screening, threads
from consult.service.debate_reading import Said, Wanted
from consult.web.candidates.forms import HustingsForm
from consult.web.candidates.views import pages
from consult.web.debate import places, presenters
from consult.web.debate.forms import QuestionForm
from consult.web.debate.views import appealable, correctable, said
from consult.web.guards import actor, now, signed_in
from consult.web.motions.views import number
from consult.web.trying import tried
from consult.web.why import given


@pages.route("/elections/<int:question_id>/questions", methods=["GET", "POST"])
@signed_in
def questions(question_id: int) -> Any:
    """Everything that was put to the candidates of an election, with the form to ask."""
    election = hustings.get(question_id)
    form = QuestionForm(data={"candidate": request.args.get("to", "")})
    standing = {str(option.id): option for option in standing_in(election)}
    form.candidate.choices = [("", _("All candidates")), *((key, option.name) for key, option in standing.items())]
    done, status = tried(
        form,
        lambda: hustings.ask(election, form.body.data or "", candidate=standing.get(form.candidate.data), by=actor()),
    )
    return said(done) if done is not None else (_page(election, form, standing), status)


def standing_in(election: Question) -> list[Option]:
    """The candidates of an election who have not withdrawn, as they stand on the paper."""
    return [each for each in election.options if each.key != election.ron and not each.withdrawn]


def _page(election: Question, form: QuestionForm, standing: dict[str, Option]) -> str:
    place, chosen = places.of(election), standing.get(request.args.get("to", ""))
    wanted = Wanted(option_id=chosen.id if chosen else None)
    found, last = debate_reading.page(election.id, number("page"), wanted=wanted, of="question_id")
    return render_template(
        "candidates/questions.html", place=place, election=election, form=form, standing=standing.values(), chosen=chosen,
        said=found, last=last, page_number=number("page"), item_of=presenters.asked(place, election),
        why_closed=hustings.why_closed(election, now()), open=False, rules=threads.rules_of(election),
        waiting=screening.mine(election, actor().member_id), refused=screening.refused(election),
        correctable=correctable, appealable=appealable, answerable=lambda one: answerable(election, one),
    )  # fmt: skip


def answerable(election: Question, one: Said) -> bool:
    """Whether a question is put to the reader, who can still answer it."""
    asked = Comment(parent_id=one.parent_id, option_id=one.option_id)
    return (
        not one.hidden
        and hustings.may_answer(election, asked, actor().member_id)
        and not hustings.why_closed(election, now())
    )


@pages.route("/ballots/<int:ballot_id>/hustings", methods=["GET", "POST"])
@signed_in
def declare(ballot_id: int) -> Any:
    """Declare that members put questions to the candidates of a ballot, and until when."""
    ballot = ballots.get(ballot_id)
    policy.require(Permission.HUSTINGS_DECLARE, actor(), ballot, at=now())
    declared = hustings.of_ballot(ballot)
    form = HustingsForm(data={"until": declared.until if declared else "opening"})
    if declared is None:
        del form.reason
    done, status = tried(form, lambda: hustings.declare(ballot, form.until.data or "", given(form), by=actor()))
    if done is not None:
        flash(_("It is declared, and members read it on the page of the candidates."), "success")
        return redirect(url_for("candidates.index", ballot_id=ballot_id))
    return render_template("candidates/hustings.html", form=form, ballot=ballot, declared=declared), status
