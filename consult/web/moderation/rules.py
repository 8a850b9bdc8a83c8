"""Slow mode and screening: declared for one debate, with a reason, and ended."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from consult.domain.policy import Permission
from consult.service import composites, consultations, hustings, motions, policies, reading, threads
from consult.web.guards import actor, needs, now
from consult.web.moderation.forms import RuleForm
from consult.web.moderation.views import pages
from consult.web.trying import tried
from consult.web.why import ask_why


@pages.route("/motions/<int:motion_id>/debate/rules", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def of_motion(motion_id: int) -> Any:
    """The rules of the debate on a motion."""
    reading.text(motion_id, actor())
    motion = motions.get(motion_id)
    return _rules(motion, url_for("debate.index", motion_id=motion_id), f"{motion.label}: {motion.title}")


@pages.route("/consultations/<int:consultation_id>/paper/rules", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def of_paper(consultation_id: int) -> Any:
    """The rules of the comments on a paper."""
    consultation = consultations.readable(consultation_id, actor(), now())
    return _rules(consultation, url_for("paragraphs.show", consultation_id=consultation_id), consultation.title)


@pages.route("/<any('policy', 'composites', 'elections'):kind>/<int:thread_id>/debate/rules", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def of_thread(kind: str, thread_id: int) -> Any:
    """The rules of the debate on a policy or composite, or of the questions to candidates."""
    find: Any = {"policy": policies.get, "composites": composites.get, "elections": hustings.get}[kind]
    thread = find(thread_id)
    label, title = threads.named(thread)
    return _rules(thread, threads.path_of(thread), f"{label}: {title}" if label else title)


def _rules(thread: threads.Thread, back: str, caption: str) -> Any:
    form = RuleForm()
    done, status = tried(
        form,
        lambda: threads.set_rule(thread, form.kind.data or "", form.reason.data or "", form.minutes.data, by=actor()),
    )
    if done is not None:
        flash(_("It holds from now, and everybody who writes here is told."), "success")
        return redirect(back)
    rules = threads.rules_of(thread)
    return render_template("moderation/rules.html", form=form, rules=rules, back=back, caption=caption), status


@pages.route("/debate-rules/<int:debate_rule_id>/end", methods=["GET", "POST"])
@needs(Permission.COMMENT_MODERATE)
def end_rule(debate_rule_id: int) -> Any:
    """End slow mode or screening, with the reason."""
    row = threads.rule(debate_rule_id)
    return ask_why(
        lambda reason: threads.end_rule(row, reason, by=actor()),
        title=_("End slow mode") if row.kind == "slow" else _("End screening"),
        button=_("End it"),
        back=threads.path_of(threads.of_row(row)),
        done=_("It has ended."),
        variant=None,
    )
