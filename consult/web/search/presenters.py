"""What was found, as the page of results shows it: where it leads, what it is called, and the words around what was looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from consult.domain import searching as kinds
from consult.domain.searching import Query, Runs, excerpt, marked
from consult.web.words import as_written

#: Kind → what the filter calls them, and what one of them is called.
KINDS: dict[str, tuple[Any, Any]] = {
    kinds.MOTION: (_l("Motions"), _l("Motion")),
    kinds.AMENDMENT: (_l("Amendments"), _l("Amendment")),
    kinds.COMMENT: (_l("Debate"), _l("Said in debate")),
    kinds.POLICY: (_l("Policies"), _l("Policy")),
    kinds.CONSULTATION: (_l("Consultations and their papers"), _l("Consultation")),
    kinds.PARAGRAPH: (_l("Comments on papers"), _l("Comment on a paper")),
    kinds.SUBMISSION: (_l("Submissions"), _l("Submission")),
    kinds.REPORT: (_l("Analyses and responses"), _l("Outcome of a consultation")),
    kinds.RESULT: (_l("Results"), _l("Result")),
    kinds.DECISION: (_l("Decisions"), _l("Decision")),
    kinds.MINUTES: (_l("Minutes"), _l("Minutes")),
    kinds.EVENT: (_l("Meetings and events"), _l("Meeting or event")),
    kinds.UNIT: (_l("Branches and other units"), _l("Unit")),
    kinds.BODY: (_l("Committees and other bodies"), _l("Body")),
    kinds.STANDING: (_l("Constitution and rule books"), _l("Standing text")),
}
#: The kinds whose day says nothing to the reader.
_UNDATED = (kinds.UNIT, kinds.BODY)
#: Where the words of people go in a title.
_OWN = "\ue000"
#: The kinds whose state is not shown: it is their side of a debate, or says the same as their kind.
_STATELESS = (kinds.DECISION, kinds.RESULT, kinds.REPORT)


@dataclass(frozen=True)
class Entry:
    """One thing that was found."""

    kind: Any
    title: Markup
    href: str
    #: Where it belongs: its topic, which is searched with the title; the unit, and the consultation.
    about: list[Markup]
    words: Markup
    state: str
    at: datetime | None


def entry(row: Any, query: Query) -> Entry:
    """One row of what was found."""
    return Entry(
        KINDS[row.kind][1], _titled(row, query), _address(row), _about(row, query),
        _marks(excerpt(row.body, query)), "" if row.kind in _STATELESS else row.state,
        None if row.kind in _UNDATED else row.at,
    )  # fmt: skip


def _marks(runs: Runs) -> Markup:
    """Runs of plain text, escaped, with what was looked for marked."""
    return Markup("").join(Markup("<mark>{}</mark>").format(words) if found else escape(words) for words, found in runs)


def _titled(row: Any, query: Query) -> Markup:
    """The title with what was looked for marked, and in it what people wrote marked as being in their language."""
    said, own = _title(row)
    before, _hole, after = said.partition(_OWN)
    return _marks(marked(before, query)) + _written(_marks(marked(own, query)), row.kind) + _marks(marked(after, query))


def _written(words: Markup, kind: str = "") -> Markup:
    """Names of units and bodies are names in any language."""
    tongue = "" if kind in _UNDATED else as_written()
    return Markup("<span{}>{}</span>").format(tongue, words) if tongue else words


def _motion(row: Any) -> str:
    if row.motion_number is None:
        return _OWN
    return _("Motion %(number)s: %(title)s", number=row.motion_number, title=_OWN)


def _title(row: Any) -> tuple[str, str]:
    """What is said of it, with a sign where the words of people go, and those words."""
    if row.kind == kinds.AMENDMENT and row.heading:
        return _("Amendment %(n)s to %(motion)s", n=row.heading, motion=_motion(row)), str(row.motion_title)
    if row.kind in (kinds.MOTION, kinds.AMENDMENT) or (row.kind == kinds.COMMENT and row.motion_id is not None):
        return _motion(row), str(row.motion_title)
    if row.kind == kinds.SUBMISSION:
        who = row.heading or _("A submission")
        return _("%(who)s to “%(title)s”", who=who, title=_OWN), str(row.consultation)
    return _OWN, str(row.heading or row.consultation)


def _about(row: Any, query: Query) -> list[Markup]:
    """The topic of a motion or policy, marked where it was looked for; the unit; the consultation, unless the title names it."""
    named = row.kind in (kinds.CONSULTATION, kinds.PARAGRAPH, kinds.SUBMISSION, kinds.REPORT)
    unit = [] if row.kind == kinds.UNIT or not row.unit else [escape(row.unit)]
    consultation = [] if named or not row.consultation else [_written(escape(row.consultation))]
    topic = (
        [_written(_marks(marked(row.topic, query)))] if row.topic and row.kind in (kinds.MOTION, kinds.POLICY) else []
    )
    return topic + unit + consultation


def _address(row: Any) -> str:
    number = row.subject_id
    if row.kind == kinds.MINUTES:
        return url_for("gatherings.show", gathering_id=number // 2) if number % 2 == 0 else url_for(
            "hall.minutes", sitting_id=number // 2
        )  # fmt: skip
    if row.kind == kinds.REPORT:
        return url_for("coding.report", consultation_id=row.consultation_id, kind=row.state)
    endpoint, name = _PLACES[row.kind]
    if row.kind in (kinds.PARAGRAPH, kinds.DECISION):
        number = row.consultation_id if row.kind == kinds.PARAGRAPH else row.unit_id
    return url_for(endpoint, **{name: number})


_PLACES = {
    kinds.MOTION: ("motions.show", "motion_id"),
    kinds.AMENDMENT: ("amendments.show", "amendment_id"),
    kinds.COMMENT: ("debate.thread", "comment_id"),
    kinds.POLICY: ("policy.show", "policy_id"),
    kinds.CONSULTATION: ("consultations.show", "consultation_id"),
    kinds.PARAGRAPH: ("paragraphs.show", "consultation_id"),
    kinds.SUBMISSION: ("submissions.show", "contribution_id"),
    kinds.RESULT: ("results.show", "ballot_id"),
    kinds.DECISION: ("decisions.index", "unit_id"),
    kinds.EVENT: ("gatherings.show", "gathering_id"),
    kinds.UNIT: ("units.show", "unit_id"),
    kinds.BODY: ("bodies.show", "body_id"),
    kinds.STANDING: ("standing.show", "text_id"),
}
