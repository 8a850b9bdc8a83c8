"""Model motions: chosen from a policy's clauses within a limit, kept in any form, and followed to where they were sent."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain.errors import Refused
from consult.domain.lifecycle import SENDING
from consult.domain.policy import Permission
from consult.model.motions import Policy
from consult.printing import FORMATS, format_of
from consult.service import clock, model_motions, policies, printed_texts
from consult.service.versions import document_of
from consult.text import tokens
from consult.text.clauses import Document, Kind, word_count
from consult.web import downloads, phrases, words
from consult.web.guards import actor, needs, public
from consult.web.kept import for_visitors
from consult.web.motions import presenters
from consult.web.policy import forms
from consult.web.policy.keeping import formed
from consult.web.policy.views import pages
from consult.web.trying import tried


@pages.route("/policy/<int:policy_id>/model-motions/new", methods=["GET", "POST"])
@needs(Permission.MODEL_MOTION_KEEP)
def make(policy_id: int) -> Any:
    """Choose clauses, count, and make it; the words are counted here with every press."""
    found = policies.get(policy_id)
    document = document_of(found.version)
    form = forms.ModelMotionForm(data=_begun(document))
    form.clauses.choices = _choices(document)
    if form.count.data:
        return render_template("policy/model.html", form=form, policy=found, counted=_counted(document, form))
    done, status = tried(form, lambda: _make(found, form))
    if done is not None:
        return redirect(url_for("policy.model", model_motion_id=done.id))
    counted = _counted(document, form)
    return render_template("policy/model.html", form=form, policy=found, counted=counted), status


def _make(found: Policy, form: forms.ModelMotionForm) -> Any:
    return model_motions.make(
        found, form.clauses.data or [], form.party.data or "", form.word_limit.data or 0,
        heading=form.heading.data or "", by=actor(),
    )  # fmt: skip


def _begun(document: Document) -> dict[str, Any]:
    chosen = [clause.id for clause in document.clauses if clause.kind is not Kind.RATIONALE]
    return {"word_limit": model_motions.WORDS, "clauses": chosen}


def _choices(document: Document) -> list[tuple[str, str]]:
    kept = [clause for clause in document.clauses if clause.kind not in (Kind.HEADING, Kind.RATIONALE)]
    return [
        (clause.id, f"{document.labels[clause.id]} ({tokens.word_total(clause.words)}): {clause.text}")
        for clause in kept
    ]


def _counted(document: Document, form: forms.ModelMotionForm) -> dict[str, Any]:
    """How many words are chosen, of how many, and the text that they make; a sentence where they make none."""
    limit = form.word_limit.data or model_motions.WORDS
    try:
        text = model_motions.chosen(document, form.clauses.data or [], form.heading.data or "")
    except Refused as refusal:
        return {"words": 0, "limit": limit, "over": 0, "refusal": phrases.said(str(refusal)), "clauses": []}
    total = word_count(text)
    shown = presenters.clauses_of_draft(text)
    return {"words": total, "limit": limit, "over": max(0, total - limit), "refusal": "", "clauses": shown}


@pages.get("/policy/model-motions/<int:model_motion_id>")
@public
@for_visitors
def model(model_motion_id: int) -> str:
    """One model motion, to copy or to keep, and where it went."""
    found = model_motions.get(model_motion_id)
    number = request.args.get("line", "")
    return render_template(
        "policy/model_motion.html", model=found, clauses=presenters.clauses_of(found), formats=FORMATS,
        line=int(number) if number.isdecimal() and len(number) < 9 else None,
    )  # fmt: skip


@pages.get("/policy/model-motions/<int:model_motion_id>/<form>")
@public
def keep(model_motion_id: int, form: str) -> Response:
    """A model motion as a file."""
    found, chosen = model_motions.get(model_motion_id), format_of(form)
    paper = printed_texts.of_model_motion(found, downloads.tongue())
    return downloads.sent(paper, chosen, printed_texts.name_of(f"model-motion-{found.id}", chosen))


@pages.get("/policy/<int:policy_id>/print/<form>")
@public
def download(policy_id: int, form: str) -> Response:
    """A policy as a file."""
    found, chosen = policies.get(policy_id), format_of(form)
    paper = printed_texts.of_policy(found, words.instant_text, downloads.tongue())
    return downloads.sent(paper, chosen, printed_texts.name_of(f"policy-{found.id}", chosen))


@pages.route("/policy/model-motions/<int:model_motion_id>/send", methods=["GET", "POST"])
@needs(Permission.MODEL_MOTION_KEEP)
def send(model_motion_id: int) -> Any:
    """Record where a model motion was sent."""
    found = model_motions.get(model_motion_id)
    form = forms.SendingForm(data={"sent_on": words.local(clock.now()).date()})
    day: Any = form.sent_on
    return formed(
        form, lambda: model_motions.send(found, form.body.data or "", day.data, form.sender.data or "", by=actor()),
        found.policy_id, _("Where the model motion was sent"), _("It is recorded."), lede=found.party,
    )  # fmt: skip


@pages.route("/policy/sendings/<int:sending_id>/news", methods=["GET", "POST"])
@needs(Permission.MODEL_MOTION_KEEP)
def news(sending_id: int) -> Any:
    """Record what became of it there."""
    found = model_motions.sending(sending_id)
    form = forms.NewsForm(data={"revision": found.revision, "heard_on": words.local(clock.now()).date()})
    steps = SENDING.from_state(found.state)
    form.step.choices = [(step.name, words.state_words(step.target)) for step in steps]
    seen, day = form.revision.data or "", form.heard_on
    revision = int(seen) if str(seen).isdecimal() and len(str(seen)) < 9 else None

    def hear() -> Any:
        heard: Any = day.data
        return model_motions.hear(found, form.step.data, heard, form.body.data or "", revision=revision, by=actor())

    return formed(
        form, hear, found.model_motion.policy_id, _("What became of it there"), _("It is recorded."),
        lede=_("%(body)s, %(party)s", body=found.body, party=found.model_motion.party),
    )  # fmt: skip
