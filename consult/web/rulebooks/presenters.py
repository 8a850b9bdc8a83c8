"""Rules as members read them: one sentence each, and what a version changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from consult.domain.hall import PROCEDURES
from consult.domain.requisitions import KINDS, Terms
from consult.domain.rulebook import HALL, MOVERS, ORDERS, SELECTIONS, Lateness, Rulebook
from consult.web import words
from consult.web.phrases import said

#: Rules → what they are called in the table of changes.
NAMES = {
    "name": "Name", "motion_words": "Words in a motion", "amendment_words": "Words an amendment adds",
    "branch_words": "Words of a branch altogether", "seconders": "Seconders",
    "seconding_branches": "Branches of the seconders", "motions_per_branch": "Motions from a branch",
    "amendments_per_branch": "Amendments from a branch", "movers": "Who moves motions", "amenders": "Who amends",
    "meeting_quorum": "Quorum of a branch's meeting", "minute_needed": "Minute attached",
    "amendments_need_meeting": "Meeting for amendments", "amend_amendments": "Amendments to amendments",
    "late": "Late motions", "emergency": "Emergency motions", "selection": "Which motions are taken",
    "shortlist": "Shortlisted", "places": "Adopted", "order_of_votes": "Order of votes", "bar_months": "Months of the bar",
    "appeal_days": "Days for an appeal",
    "lapse_years": "Years until a policy lapses", "hall": "In the hall", "zone": "Time zone",
    "majorities": "Majorities of procedural motions", "special_meeting": "Demanding a special meeting",
    "recall": "Demanding a recall", "least_signatures": "Signatures under a result",
    "least_complaint_hours": "Hours for complaints",
    "standing_orders": "Standing orders", "presets": "Ballots", "delegates_submit": "Delegates submit",
}  # fmt: skip


def sentences(rules: Rulebook) -> list[str]:
    """Every rule in a sentence, in the order in which a motion meets them."""
    if not rules.takes_motions:
        return [_("It asks questions, and takes no motions.")]
    found = [
        _("Motions are moved by: %(who)s.", who="; ".join(said(MOVERS[word]) for word in rules.movers)),
        _("A motion has at most %(n)s words, the rationale not counted.", n=words.number(rules.motion_words)),
        _("An amendment adds at most %(n)s words.", n=words.number(rules.amendment_words)),
    ]
    if rules.branch_words:
        found.append(_("A branch may send %(n)s words altogether.", n=words.number(rules.branch_words)))
    if rules.seconders:
        found.append(ngettext("It needs %(num)s seconder.", "It needs %(num)s seconders.", rules.seconders))
    if rules.seconding_branches > 1:
        found.append(_("The seconders come from at least %(n)s branches.", n=rules.seconding_branches))
    if rules.motions_per_branch:
        found.append(
            ngettext(
                "A branch may send %(num)s motion.", "A branch may send %(num)s motions.", rules.motions_per_branch
            )
        )
    if rules.amendments_per_branch:
        found.append(
            ngettext(
                "A branch may send %(num)s amendment.",
                "A branch may send %(num)s amendments.",
                rules.amendments_per_branch,
            )
        )
    if rules.meeting_quorum:
        found.append(_("At least %(n)s must be present at the meeting that agrees to it.", n=rules.meeting_quorum))
    if rules.minute_needed:
        found.append(_("The minute of that meeting is attached."))
    if rules.amendments_need_meeting:
        found.append(_("A meeting must have agreed to an amendment too."))
    found += [
        _late(name, late) for name, late in ((_("Late motions"), rules.late), (_("Emergency motions"), rules.emergency))
    ]
    found.append(_("Which motions are taken: %(how)s.", how=said(SELECTIONS[rules.selection])))
    if rules.places:
        found.append(_("Of %(n)s on the shortlist the first %(k)s are adopted.", n=rules.shortlist, k=rules.places))
    found.append(
        _(
            "Amendments are voted on %(how)s, unless the committee sets another order.",
            how=said(ORDERS.get(rules.order_of_votes, rules.order_of_votes)),
        )
    )
    if rules.amend_amendments:
        found.append(_("An amendment may be amended; that is put first."))
    found.append(
        _(
            "The result of a ballot is signed by at least %(n)s members of the committee, where there are so many, and "
            "complaints are taken for at least %(h)s hours.",
            n=rules.least_signatures,
            h=rules.least_complaint_hours,
        )
    )
    if rules.appeal_days:
        found.append(_("A ruling can be appealed against for %(n)s days.", n=rules.appeal_days))
    if rules.bar_months:
        found.append(_("The same motion cannot come back within %(n)s months of being decided.", n=rules.bar_months))
    if rules.lapse_years:
        found.append(
            ngettext(
                "What is carried is policy for %(num)s year.",
                "What is carried is policy for %(num)s years.",
                rules.lapse_years,
            )
        )
    return found


def _late(name: str, late: Lateness | None) -> str:
    if late is None:
        return _("%(name)s are not taken.", name=name)
    limit = _(" of at most %(n)s words", n=late.words) if late.words else ""
    leave = {
        "": _("if in order"),
        "1/2": _("if more than half of the meeting agree"),
        "2/3": _("if two thirds of the meeting agree"),
    }
    said = _("%(name)s%(limit)s are taken %(leave)s.", name=name, limit=limit, leave=leave[late.leave])
    if not late.leave:
        return said
    refused = {
        "not put": _("If it does not agree, the motion is not put."),
        "remitted": _("If it does not agree, the motion is remitted."),
        "referred back": _("If it does not agree, the motion is referred back."),
    }
    return f"{said} {refused[late.refused]}"


def majorities(rules: Rulebook) -> list[tuple[str, str]]:
    """The procedural motions that the hall knows, each with what carries it."""
    return [
        (said(one.question), said(str(rules.majority(one.key))))
        for one in PROCEDURES
        if one.about != "leave" and (not one.rule or one.rule in rules.hall)
    ]


def demands(rules: Rulebook) -> list[str]:
    """What members need who demand a special meeting or a recall, in a sentence each."""
    return [
        _(
            "For %(what)s %(share)s of the members must sign within %(days)s days; it must be held within %(hold)s days after "
            "that.",
            what=said(what), share=rules.terms(kind).share, days=rules.terms(kind).days_to_sign,
            hold=rules.terms(kind).days_to_hold,
        )
        for kind, what in KINDS.items()
    ]  # fmt: skip


def hall(rules: Rulebook) -> list[tuple[str, str]]:
    """What can be moved in the hall, with what it does."""
    return [(words.state_words(word), said(HALL[word])) for word in rules.hall if word in HALL]


def change(name: str, was: Any, now: Any) -> tuple[str, str, str]:
    """A row of the table of what a version changed."""
    return said(NAMES.get(name, name.replace("_", " ").capitalize())), _said(was), _said(now)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("not taken")
    if isinstance(value, Lateness):
        return _(
            "at most %(n)s words, %(k)s from a branch, leave %(leave)s, else %(refused)s",
            n=value.words or "–",
            k=value.per_branch or "–",
            leave=value.leave or "–",
            refused=value.refused if value.leave else "–",
        )
    if isinstance(value, Terms):
        return _(
            "%(share)s of the members, %(days)s days to sign, %(hold)s to hold it",
            share=value.share, days=value.days_to_sign, hold=value.days_to_hold,
        )  # fmt: skip
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {share}" for key, share in value.items() if share != "1/2") or _(
            "all by more than half"
        )
    if isinstance(value, tuple):
        return "; ".join(getattr(item, "title", None) or str(item) for item in value) or "–"
    return str(value)
