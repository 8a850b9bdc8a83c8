"""How a motion is shaped for its page: lines with labels, how its amendments stand to each other, and its journey."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from consult.domain.rulebook import ORDERS
from consult.domain.timetable import outside
from consult.service import consequences, consultations, explaining, order_of_votes, rehearsals, versions
from consult.service.reading import MotionPage
from consult.service.rehearsals import Paper
from consult.text.clauses import Document, Kind, labelled
from consult.text.marked import MarkedClause, marked
from consult.text.operations import operations_from_data
from consult.web import words
from consult.web.pieces import piece, where

#: States of an amendment in which it is no longer shown at the lines that it would change.
GONE = (
    "draft", "withdrawn", "ruled out", "ruled out for good", "falls", "lost", "incorporated", "composited",
    "drafting change", "remitted",
)  # fmt: skip
_MARKS = {"keep": "same", "insert": "ins", "delete": "del", "move": "same"}


def clauses_of(version: Any) -> list[dict[str, Any]]:
    """A version (anything with its `document` and `lines`) as components/motion.html `text` wants it."""
    return _clauses(version.document, version.lines)


def clauses_of_draft(document: Document) -> list[dict[str, Any]]:
    """The same of a text that has no version yet; its lines are numbered as they would be."""
    return _clauses(document.to_data(), versions.stored_lines(document))


def _clauses(document: Mapping[str, Any], lines: Mapping[str, Any]) -> list[dict[str, Any]]:
    clauses = document["clauses"]
    labels = labelled([(clause["id"], Kind(clause["kind"])) for clause in clauses])
    own: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in lines["lines"]:
        own[line["clause"]].append((line["number"], line["text"]))
    return [
        {
            "id": clause["id"],
            "label": labels[clause["id"]],
            "kind": clause["kind"],
            "text": clause["text"],
            "lines": own[clause["id"]],
        }
        for clause in clauses
    ]


# -- how amendments stand to each other --------------------------------------------------------------------------------


def alternatives(page: MotionPage) -> dict[int, list[str]]:
    """Amendment's id → how it stands to each other one that is before the motion."""
    rows = {row.id: row for row in page.amendments if row.state not in GONE}
    said: dict[int, list[str]] = defaultdict(list)
    for relation in page.around.relations:
        one, two = rows.get(relation.amendment_id), rows.get(relation.other_id)
        if one is not None and two is not None:
            sentence = relation_sentence(relation.relation, one, two)
            said[one.id].append(sentence)
            said[two.id].append(sentence)
    return said


def relation_sentence(relation: str, one: Any, two: Any) -> str:
    """How two amendments stand to each other, in the order in which they are voted on; `one` relates to `two`."""
    name = {row.id: _("Amendment %(n)s", n=row.number) for row in (one, two)}
    first, second = sorted((one, two), key=lambda row: (row.order is None, row.order or 0, row.number or 0))
    named = {"one": name[one.id], "two": name[two.id], "first": name[first.id], "second": name[second.id]}
    named["a"], named["b"] = named["first"], named["second"]
    if relation == "same point":
        return _("%(a)s and %(b)s insert at the same place: both can be carried, in the order of the votes.", **named)
    if relation == "identical":
        return _("%(a)s and %(b)s make the same change: if %(first)s is carried, %(second)s falls.", **named)
    if relation == "overlap":
        return _("%(a)s and %(b)s change the same words: if %(first)s is carried, %(second)s falls.", **named)
    if relation in ("depends on", "needed by"):
        needs, needed = (name[one.id], name[two.id]) if relation == "depends on" else (name[two.id], name[one.id])
        return _(
            "%(needs)s changes words of %(needed)s: if %(needed)s is lost, %(needs)s falls.", needs=needs, needed=needed
        )
    wide, narrow = (name[one.id], name[two.id]) if relation == "contains" else (name[two.id], name[one.id])
    return _(
        "%(wide)s takes in all that %(narrow)s changes: if %(first)s is carried, %(second)s falls.",
        wide=wide, narrow=narrow, first=named["first"], second=named["second"],
    )  # fmt: skip


# -- the text with one amendment -------------------------------------------------------------------------------------


def with_amendment(document: Mapping[str, Any], row: Any, reads: bool) -> list[dict[str, Any]]:
    """The whole text with one amendment marked up, or as it would read; clauses in order, labels instead of lines."""
    base = Document.from_data(document)
    return marked_clauses(marked(base, operations_from_data(row.operations)), reads)


def marked_clauses(clauses: Iterable[MarkedClause], reads: bool = False) -> list[dict[str, Any]]:
    """Marked-up clauses for a page: label, kind, state and runs; with `reads`, only what is then there."""
    found = []
    for clause in clauses:
        if reads and clause.state in ("deleted", "moved from"):
            continue
        runs = [(_MARKS[run.state], run.text) for run in clause.runs if not (reads and run.state == "delete")]
        if clause.state == "moved from":
            runs = [("del", text) for _kind, text in runs]
        if reads:
            runs = [("same", "".join(text for _kind, text in runs))]
        label = clause.new_label if reads or not clause.label else clause.label
        found.append({"id": clause.id, "label": label, "kind": clause.kind.value, "state": clause.state, "runs": runs})
    return found


def stored_marks(clauses: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The marked-up clauses that an amendment keeps, for a page."""
    return [
        {
            "id": clause["id"],
            "label": clause["label"] or clause["new_label"],
            "kind": clause["kind"],
            "state": clause["state"],
            "runs": [
                ("del" if clause["state"] == "moved from" else _MARKS[state], text) for state, text in clause["runs"]
            ],
        }
        for clause in clauses
    ]


# -- its journey -----------------------------------------------------------------------------------------------------

_WAY = ("draft", "seeking support", "submitted", "in order", "published", "on the order paper", "put to the vote")


_TITLES = {
    "draft": _l("Drafted"), "seeking support": _l("Finding seconders"), "submitted": _l("With the committee"),
    "in order": _l("In order"), "published": _l("Published"),
    "on the order paper": _l("Text frozen, on the order paper"), "put to the vote": _l("Put to the vote"),
}  # fmt: skip
_ENDS = {
    "carried": _l("Carried"), "carried as amended": _l("Carried as amended"), "lost": _l("Lost"), "falls": _l("Falls"),
    "remitted": _l("Remitted"), "referred back": _l("Referred back"), "not put": _l("Not put"),
    "withdrawn": _l("Withdrawn"), "withdrawn by leave": _l("Withdrawn by leave of the meeting"),
    "composited": _l("Joined a composite"), "not prioritised": _l("Not prioritised"),
    "ruled out": _l("Ruled out"), "ruled out for good": _l("Ruled out for good"),
}  # fmt: skip


class Step(NamedTuple):
    """A step of a motion's journey: done, now, next or stopped; the note says more of it, or nothing."""

    title: str
    state: str
    note: str


def journey(state: str, phases: Sequence[Any], at: datetime) -> tuple[Step, ...]:
    """The steps of a motion with where it is now; what ended early says so."""
    spans = tuple((phase.kind, phase.closes_at, phase.opens_at <= at < phase.closes_at) for phase in phases)
    return piece(_journey, state, phases, at, of=(where(), state, spans))


def _journey(state: str, phases: Sequence[Any], at: datetime) -> tuple[Step, ...]:
    now = {"queried": "submitted", "prioritised": "published"}.get(state, state)
    place = _WAY.index(now) if now in _WAY else _ENDS_AFTER.get(state, len(_WAY))
    steps: list[dict[str, Any]] = []
    for number, name in enumerate(_WAY):
        kind = "now" if name == now else "done" if number < place else "next"
        if state == "withdrawn" or (state in _ENDS_AFTER and number > place):
            continue
        title = _open_to(phases, at) if name == "published" and kind == "now" else _TITLES[name]
        steps.append({"title": str(title), "state": kind, "note": _note(name, phases, at) if kind == "now" else ""})
    if state == "queried":
        steps[2]["note"] = _("Queried: the mover is asked to change it")
    if state == "prioritised":
        steps[4]["note"] = _("Prioritised: it will be taken")
    if state in _ENDS:
        won = state.startswith("carried")
        steps.append({"title": str(_ENDS[state]), "state": "done" if won else "stopped", "note": ""})
    elif state != "withdrawn":
        steps.append({"title": _("Decided"), "state": "next", "note": ""})
    return tuple(Step(**step) for step in steps)


#: States in which a motion's way ended early → the last step of the way that it came to.
_ENDS_AFTER = {
    "ruled out": 2, "ruled out for good": 2, "composited": 4, "not prioritised": 4, "remitted": 5, "referred back": 5,
    "not put": 5, "falls": 5, "withdrawn by leave": 5,
}  # fmt: skip
#: State → the phases whose close matters then, the first that is not over.
_CLOSES = {
    "draft": ("drafting",), "seeking support": ("drafting",), "published": ("amendments", "debating"),
    "put to the vote": ("voting",),
}  # fmt: skip


def _open_to(phases: Sequence[Any], at: datetime) -> LazyString:
    """What a published motion is open to by the timetable, in which a phase that is not named sets no limit."""
    amending, debating = (outside(phases, kind, at) is None for kind in ("amendments", "debating"))
    if amending and debating:
        return _l("Published: open to amendments and debate")
    if amending:
        return _l("Published: open to amendments")
    return _l("Published: open to debate") if debating else _TITLES["published"]


def _note(state: str, phases: Sequence[Any], at: datetime) -> Any:
    kinds = _CLOSES.get(state, ())
    closing = [phase for kind in kinds for phase in phases if phase.kind == kind and at < phase.closes_at]
    phase = next((phase for phase in closing if phase.opens_at <= at), closing[0] if closing else None)
    if phase is None:
        return ""
    return Markup("{} {}").format(_("until"), words.instant(phase.closes_at))


# -- the order of votes ----------------------------------------------------------------------------------------------


def order_page(found: Paper, shown: Sequence[int], in_force: Sequence[int]) -> dict[str, Any]:
    """What the committee's page of the order shows: rows in the order shown, where each button leads, what is decided."""
    rows = {row.id: row for row in found.rows}
    listed = [rows[key] for key in shown]
    rule = consultations.rules_of(found.motion.consultation).order_of_votes
    standing = consequences.said(found.standing, found.motion.id)

    def address(order: Sequence[int], at: int | None = None) -> str:
        anchor = f"a{at}" if at else None
        return url_for("motions.order", motion_id=found.motion.id, order=",".join(map(str, order)), _anchor=anchor)

    return {
        "rows": listed,
        "up": {key: address(order_of_votes.moved(shown, key, True), key) for key in shown},
        "down": {key: address(order_of_votes.moved(shown, key, False), key) for key in shown},
        "suggested": [
            (words, address(order), order == list(shown))
            for name, words in ORDERS.items()
            if name != "committee order" and (order := rehearsals.by_rule(found, name))
        ],
        "changed": list(shown) != list(in_force),
        "explained": explaining.sentences(rule, listed, found.pairs, standing),
        "order": ",".join(map(str, shown)),
        "in_force": found.in_force,
    }
