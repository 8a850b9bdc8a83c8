"""Ballots: the list, a ballot's own page, and the editor that prepares one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.counting.methods import METHODS
from consult.domain import policy
from consult.domain.errors import NotFound
from consult.domain.officer_proposals import ANNUL, POLL_AGAIN
from consult.domain.policy import Permission
from consult.domain.rulebook import Rulebook
from consult.ledger import electorate as ledger_electorate
from consult.ledger.definition import loads
from consult.model.ballots import Ballot
from consult.model.officer_proposals import OfficerProposal
from consult.service import (
    ballot_questions,
    ballots,
    casting,
    certification,
    challenges,
    clock,
    electorate,
    nominations,
    officer_proposals,
    opening,
    paper_requests,
    polling_again,
    polls_due,
    priorities,
    roll_standing,
    rolls,
    scheduling,
    turnout,
)
from consult.service import consultations as consultation_service
from consult.service import motions as motion_service
from consult.web import words
from consult.web.ballots import forms, reading
from consult.web.guards import actor, needs, public
from consult.web.kept import for_visitors, within_seconds
from consult.web.motions.presenters import clauses_of, with_amendment
from consult.web.rolls.presenters import attested_titles
from consult.web.trying import tried
from consult.web.voting import spoken
from consult.web.why import ask_why, given

pages = Blueprint("ballots", __name__)


@pages.get("/ballots")
@public
@for_visitors
def index() -> str:
    """Every ballot: open, to come, closed."""
    at = clock.now()
    by_phase: dict[str, list[Ballot]] = {"open": [], "waiting": [], "over": [], "preparing": []}
    for ballot in ballots.listed():
        phase = "preparing" if ballot.state == "preparing" else ballot.phase(at)
        by_phase["open" if phase == "grace" else phase if phase in by_phase else "over"].append(ballot)
    mine = actor().member_id
    voted = casting.voted_in(mine, [b.id for b in by_phase["open"]]) if mine else set()
    return render_template("ballots/index.html", by_phase=by_phase, voted=voted)


@pages.get("/ballots/<int:ballot_id>")
@public
@within_seconds
def show(ballot_id: int) -> str:
    """One ballot: what it asks, who may vote, how secret it is, and the one thing to do now."""
    ballot, at = ballots.get(ballot_id), clock.now()
    if ballot.state == "preparing":
        policy.require(Permission.BALLOT_CREATE, actor(), ballot, at=at)
    me = actor().member_id
    definition = loads(ballot.definition.encode()) if ballot.definition else None
    standing = (
        roll_standing.standing(ballot.roll, me, words.instant_text, attested_titles)
        if ballot.roll is not None and me
        else None
    )
    return render_template(
        "ballots/show.html",
        ballot=ballot,
        size=electorate.size(ballot),
        phase=ballot.phase(at),
        standing=standing,
        challenge=challenges.of(ballot_id, me)
        if standing and me and (standing.events or not standing.on_roll)
        else None,
        voted=challenges.has_voted(ballot, me) if standing and me and not standing.on_roll else False,
        receipt=casting.receipt_of(ballot_id, me) if me else None,
        by_paper=paper_requests.offered(ballot, me, at) or paper_requests.of(ballot, me) is not None,
        definition=definition,
        tongue=spoken.of(definition) if definition else None,
        methods=METHODS,
        gone=nominations.who_left(ballot),
        annulment=certification.annulment_of(ballot) if ballot.state == "annulled" else None,
        annulling=_annulling(ballot, at),
        **_polled_again(ballot, at),
        problems_left=scheduling.readiness(ballot, ballot.roll, at) if ballot.state == "preparing" else [],
    )


def _polled_again(ballot: Ballot, at: datetime) -> dict[str, Any]:
    """The call of an election whose poll is held again, or may be, and whether this reader does it."""
    call = polling_again.told_of(ballot)
    stands = polling_again.standing(call, at) if call is not None else None
    may = call is not None and stands is not None and polling_again.may(call, actor(), at)
    return {"call": call, "again": stands, "may_poll_again": may}


def _annulling(ballot: Ballot, at: datetime) -> OfficerProposal | None:
    """The proposal to annul a ballot that waits for a second person, or by which it was annulled."""
    if ballot.state == "annulled":
        found = officer_proposals.done(ANNUL, ballot.id)
        if found is None and (call := polls_due.of_ballot(ballot)) is not None:
            found = officer_proposals.done(POLL_AGAIN, call.id)
        return found
    waits = ballot.state in ("scheduled", "open", "closed", "reconciled", "opened", "counted", "drawn up", "certified")
    return officer_proposals.standing(ANNUL, ballot.id, at) if waits else None


@pages.get("/ballots/<int:ballot_id>/turnout")
@public
def turnout_told(ballot_id: int) -> Response:
    """How many have voted, as one sentence of plain text: for a screen in a hall, and for whoever asks every few seconds."""
    told = turnout.told(ballot_id)
    figures = {"voted": f"{told.voted:,}", "roll": f"{told.roll:,}"}
    words = (
        _("%(voted)s of %(roll)s have voted.", **figures)
        if told.exact
        else _("Fewer than 10 of %(roll)s have voted.", **figures)
        if told.voted < 10
        else _("About %(voted)s of %(roll)s have voted.", **figures)
    )
    return Response(words, mimetype="text/plain", headers={"Cache-Control": "public, max-age=5"})


@pages.get("/ballots/<int:ballot_id>/text/<key>")
@public
@for_visitors
def text(ballot_id: int, key: str) -> str:
    """The exact text that a question decides, by the hash in the definition."""
    ballot = ballots.get(ballot_id)
    question = next((q for q in ballot.questions if q.key == key and q.version is not None), None)
    if question is None or ballot.state == "preparing":
        raise NotFound("This question decides no text.")
    version, changes = question.version, question.amendment
    if version is None:
        raise NotFound("This question decides no text.")
    return render_template(
        "ballots/text.html",
        ballot=ballot,
        question=question,
        version=version,
        clauses=clauses_of(version),
        marked=with_amendment(version.document, changes, reads=False) if changes is not None else None,
    )


# -- the editor ------------------------------------------------------------------------------------------------------


def _preparing(ballot_id: int) -> Ballot:
    """A ballot whose paper can still be changed.

    Raises:
        OutOfOrder: if it is out of preparation.
    """
    ballot = ballots.get(ballot_id)
    ballots.require_preparing(ballot)
    return ballot


def _spec(form: forms.BallotForm) -> ballots.BallotSpec:
    names = ballots.BallotSpec.__dataclass_fields__
    return ballots.BallotSpec(**{name: form[name].data for name in names})


@pages.route("/consultations/<int:consultation_id>/ballots/new", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def new(consultation_id: int) -> Any:
    """Begin a ballot."""
    consultation = consultation_service.get(consultation_id)
    form = forms.BallotForm()
    del form.reason
    ballot, status = tried(form, lambda: ballots.create(consultation, _spec(form), by=actor()))
    if ballot:
        flash(_("The ballot is begun. Now put its questions on the paper."), "success")
        return redirect(url_for("ballots.show", ballot_id=ballot.id))
    return render_template("ballots/edit.html", form=form, ballot=None, consultation=consultation), status


@pages.route("/ballots/<int:ballot_id>/edit", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def edit(ballot_id: int) -> Any:
    """Change a ballot in preparation."""
    ballot = _preparing(ballot_id)
    form = forms.BallotForm(obj=ballot)
    sent = _number(form.revision.data)
    done, status = tried(form, lambda: ballots.edit(ballot, _spec(form), given(form), revision=sent, by=actor()))
    if done:
        flash(_("Saved."), "success")
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    newer = ballot if sent != ballot.revision else None
    form.revision.data = str(ballot.revision)  # saving again, after reading what is newer, goes through
    shown = {"form": form, "ballot": ballot, "consultation": ballot.consultation, "newer": newer}
    return render_template("ballots/edit.html", **shown), status


@pages.route("/ballots/<int:ballot_id>/motion", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def add_motion(ballot_id: int) -> Any:
    """Put a frozen motion, with its amendments in their order, on the paper."""
    ballot = _preparing(ballot_id)
    frozen = motion_service.on_order_paper(ballot.consultation_id)
    presets = [p for p in Rulebook.from_json(ballot.consultation.rulebook.rules).presets if p.decides_motion]
    form = forms.MotionQuestionForm()
    form.motion.choices = [(motion.id, f"{motion.label}: {motion.title}") for motion in frozen]
    form.preset.choices = [(preset.key, preset.title) for preset in presets]

    def put() -> Ballot:
        motion = next(motion for motion in frozen if motion.id == form.motion.data)
        return ballot_questions.add_motion(ballot, motion, form.preset.data, by=actor())

    done, status = tried(form, put)
    if done:
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    return render_template("ballots/add_motion.html", form=form, ballot=ballot, frozen=frozen), status


@pages.route("/ballots/<int:ballot_id>/priorities", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def rank_motions(ballot_id: int) -> Any:
    """Put the published motions on the paper for members to rank."""
    ballot = _preparing(ballot_id)
    rows = priorities.on_offer(ballot.consultation_id)
    presets = priorities.presets_of(Rulebook.from_json(ballot.consultation.rulebook.rules))
    form = forms.RankMotionsForm(
        data={"motions": [row.id for row in rows], "preset": presets[0].key if presets else ""}
    )
    form.motions.choices = [(row.id, f"{row.label}: {row.title}") for row in rows]
    form.preset.choices = [(preset.key, preset.title) for preset in presets]

    def put() -> Ballot:
        chosen = [row for row in rows if row.id in set(form.motions.data or ())]
        return priorities.ask(ballot, chosen, form.preset.data, form.title.data or "", by=actor())

    done, status = tried(form, put)
    if done:
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    return render_template("ballots/rank_motions.html", form=form, ballot=ballot, rows=rows, presets=presets), status


@pages.route("/ballots/<int:ballot_id>/question", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def add_question(ballot_id: int) -> Any:
    """Put a choice among options on the paper."""
    ballot = _preparing(ballot_id)
    presets = [p for p in Rulebook.from_json(ballot.consultation.rulebook.rules).presets if not p.decides_motion]
    form = forms.ChoiceQuestionForm()
    form.preset.choices = [(preset.key, preset.title) for preset in presets]

    def put() -> Ballot:
        preset = next(p for p in presets if p.key == form.preset.data)
        spec = ballot_questions.QuestionSpec(
            title=form.title.data,
            explanation=form.explanation.data or "",
            method=form.method.data or preset.method,
            seats=form.seats.data or preset.seats,
            settings=dict(preset.settings) if not form.method.data else {},
            options=reading.options(form.options.data or ""),
            reserves=reading.reserves(form.reserves.data or ""),
            ron=bool(form.ron.data),
        )
        return ballot_questions.add_question(ballot, spec, by=actor())

    done, status = tried(form, put)
    if done:
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    return render_template("ballots/add_question.html", form=form, ballot=ballot), status


@pages.route("/ballots/<int:ballot_id>/questions/<int:question_id>/remove", methods=["GET", "POST"])
@needs(Permission.BALLOT_CREATE)
def remove_question(ballot_id: int, question_id: int) -> Any:
    """Take a question off the paper again, with the reason."""
    ballot = _preparing(ballot_id)
    title = next((question.title for question in ballot.questions if question.id == question_id), None)
    if title is None:
        raise NotFound(_("There is no such question on this ballot; somebody may have removed it already."))
    return ask_why(
        lambda reason: ballot_questions.remove_question(ballot, question_id, reason, by=actor()),
        title=_("Take a question off the paper"),
        lede=_("“%(title)s”. With a motion goes everything about it.", title=title),
        button=_("Take it off"),
        back=url_for("ballots.show", ballot_id=ballot_id),
        done=_("The question is off the paper."),
    )


@pages.route("/ballots/<int:ballot_id>/schedule", methods=["GET", "POST"])
@needs(Permission.BALLOT_SCHEDULE)
def schedule(ballot_id: int) -> Any:
    """Fix everything: say what will happen, ask once, do it."""
    ballot = _preparing(ballot_id)
    form = forms.ScheduleForm()
    form.roll.choices = [(roll.id, f"{roll.title} ({words.number(roll.size)})") for roll in rolls.listed()]
    fix = lambda: scheduling.schedule(ballot, rolls.get(form.roll.data), removed=form.removed.data, by=actor())  # noqa: E731
    done, status = tried(form, fix)
    if done:
        flash(_("The ballot is scheduled. It opens and closes by itself."), "success")
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    missing = scheduling.paper_problems(ballot, clock.now())
    return render_template("ballots/schedule.html", form=form, ballot=ballot, missing=missing), status


@pages.route("/ballots/<int:ballot_id>/cancel", methods=["GET", "POST"])
@needs(Permission.BALLOT_CANCEL)
def cancel(ballot_id: int) -> Any:
    """Cancel a ballot that has not opened, with a reason."""
    ballot = ballots.get(ballot_id)
    form = forms.CancelForm()
    done, status = tried(form, lambda: opening.cancel(ballot, form.reason.data, by=actor()))
    if done:
        flash(_("The ballot is cancelled."), "success")
        return redirect(url_for("ballots.show", ballot_id=ballot_id))
    return render_template("ballots/cancel.html", form=form, ballot=ballot), status


@pages.get("/ballots/<int:ballot_id>/definition.json")
@public
def definition(ballot_id: int) -> Response:
    """The fixed definition, byte for byte as it was hashed."""
    ballot = ballots.get(ballot_id)
    ballots.definition_of(ballot)
    return Response(ballot.definition or "", mimetype="application/json")


@pages.get("/ballots/<int:ballot_id>/roll-changes.json")
@public
def roll_changes(ballot_id: int) -> Response:
    """What was added to the frozen roll and taken from it, as the result will have it: figures and hashes, no people."""
    ballot = ballots.get(ballot_id)
    ballots.definition_of(ballot)
    return Response(ledger_electorate.dumps(electorate.changes_of(ballot)), mimetype="application/json")


def _number(text: object) -> int | None:
    """A number that a hidden field carries; None for anything else."""
    words = str(text)
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else None
