"""How a motion is shaped for its page: lines with labels, amendments at the lines they touch, and its journey."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from consult.domain.rulebook import ORDERS
from consult.service import consequences, consultations, explaining, order_of_votes, rehearsals, versions
from consult.service.reading import MotionPage
from consult.service.rehearsals import Paper
from consult.text import tokens
from consult.text.clauses import Document, Kind, labelled
from consult.text.marked import MarkedClause, marked
from consult.text.operations import operations_from_data
from consult.web import words

#: States of an amendment in which it is no longer shown at the lines that it would change.
GONE = ("draft", "withdrawn", "ruled out", "ruled out for good", "falls", "lost", "incorporated")
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


# -- amendments at their lines ---------------------------------------------------------------------------------------


def anchors(page: MotionPage, clauses: Sequence[Mapping[str, Any]]) -> dict[int, Markup]:
    """Line → the amendments that touch it, each a link with what stands in its way."""
    at: dict[int, list[Any]] = defaultdict(list)
    spans = {clause["id"]: clause for clause in clauses}
    for row in page.amendments:
        if row.state in GONE or row.base != page.motion.sequence:
            continue
        for line in sorted({_line(operation, clauses, spans) for operation in row.operations}):
            at[line].append(row)
    beside = _bearing(page)
    return {
        line: Markup("").join(_mark(page, row, beside.get(row.id, [])) for row in rows) for line, rows in at.items()
    }


def _bearing(page: MotionPage) -> dict[int, list[int]]:
    """Amendment's id → the numbers of the other ones before the motion on which its fate bears."""
    numbers = {row.id: row.number for row in page.amendments if row.state not in GONE}
    found: dict[int, set[int]] = defaultdict(set)
    for relation in page.relations:
        one, two = relation.amendment_id, relation.other_id
        if one in numbers and two in numbers:
            found[one].add(numbers[two])
            found[two].add(numbers[one])
    return {key: sorted(others) for key, others in found.items()}


def _mark(page: MotionPage, row: Any, others: Sequence[int]) -> Markup:
    href = url_for("motions.show", motion_id=page.motion.id, amendment=row.id)
    note = Markup("")
    if others:
        note = Markup("<br>{}").format(_("touches the same words as %(numbers)s", numbers=", ".join(map(str, others))))
    return Markup('<p><a class="govuk-link" href="{}">{}</a> ({}){}</p>').format(
        href, _("Amendment %(n)s", n=row.number), row.branch, note
    )


def _line(
    operation: Mapping[str, Any], clauses: Sequence[Mapping[str, Any]], spans: Mapping[str, Mapping[str, Any]]
) -> int:
    """The line that an operation first touches; one on a heading is shown at the first line below it."""
    if operation["op"] == "replace all":
        return _first_below(clauses, 0)
    name = operation.get("after") if operation["op"] == "insert" else operation["clause"]
    clause = spans.get(name or "")
    if clause is None or clause["kind"] == "heading":
        return _first_below(clauses, clauses.index(clause) if clause else 0)
    lines = clause["lines"]
    if operation["op"] == "insert":
        return int(lines[-1][0])
    if operation["op"] == "replace":
        return _line_of_word(clause, operation["start"])
    return int(lines[0][0])


def _first_below(clauses: Sequence[Mapping[str, Any]], place: int) -> int:
    return next((c["lines"][0][0] for c in clauses[place:] if c["kind"] != "heading" and c["lines"]), 1)


def _line_of_word(clause: Mapping[str, Any], word: int) -> int:
    places = tokens.spans(clause["text"])
    start = places[min(word, len(places) - 1)][0]
    passed = 0
    for number, text in clause["lines"]:
        passed += len(text) + 1
        if start < passed:
            return int(number)
    return int(clause["lines"][-1][0])


def alternatives(page: MotionPage) -> dict[int, list[str]]:
    """Amendment's id → how it stands to each other one that is before the motion."""
    rows = {row.id: row for row in page.amendments if row.state not in GONE}
    said: dict[int, list[str]] = defaultdict(list)
    for relation in page.relations:
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


def beside(page: MotionPage, chosen: Any) -> tuple[Any, Any]:
    """The amendments before and after one of them that can be read in the text, None where there is none."""
    if chosen is None:
        return None, None
    rows = [row for row in page.amendments if row.state not in GONE and row.base == page.motion.sequence]
    before = [row for row in rows if (row.number or 0) < (chosen.number or 0)]
    after = [row for row in rows if (row.number or 0) > (chosen.number or 0)]
    return (before[-1] if before else None), (after[0] if after else None)


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


def journey(state: str, phases: Sequence[Any], at: datetime) -> list[dict[str, Any]]:
    """The steps of a motion with where it is now; what ended early says so."""
    titles = {
        "draft": _("Drafted"), "seeking support": _("Finding seconders"), "submitted": _("With the committee"),
        "in order": _("In order"), "published": _("Published: open to amendments and debate"),
        "on the order paper": _("Text frozen, on the order paper"), "put to the vote": _("Put to the vote"),
    }  # fmt: skip
    ends = {
        "carried": _("Carried"), "carried as amended": _("Carried as amended"), "lost": _("Lost"), "falls": _("Falls"),
        "remitted": _("Remitted"), "referred back": _("Referred back"), "not put": _("Not put"),
        "withdrawn": _("Withdrawn"), "withdrawn by leave": _("Withdrawn by leave of the meeting"),
        "composited": _("Joined a composite"), "not prioritised": _("Not prioritised"),
        "ruled out": _("Ruled out"), "ruled out for good": _("Ruled out for good"),
    }  # fmt: skip
    now = {"queried": "submitted", "prioritised": "published"}.get(state, state)
    place = _WAY.index(now) if now in _WAY else _ENDS_AFTER.get(state, len(_WAY))
    steps = []
    for number, name in enumerate(_WAY):
        kind = "now" if name == now else "done" if number < place else "next"
        if state == "withdrawn" or (state in _ENDS_AFTER and number > place):
            continue
        steps.append({"title": titles[name], "state": kind, "note": _note(name, phases, at) if kind == "now" else ""})
    if state == "queried":
        steps[2]["note"] = _("Queried: the mover is asked to change it")
    if state == "prioritised":
        steps[4]["note"] = _("Prioritised: it will be taken")
    if state in ends:
        won = state.startswith("carried")
        steps.append({"title": ends[state], "state": "done" if won else "stopped", "note": ""})
    elif state != "withdrawn":
        steps.append({"title": _("Decided"), "state": "next", "note": ""})
    return steps


#: States in which a motion's way ended early → the last step of the way that it came to.
_ENDS_AFTER = {
    "ruled out": 2, "ruled out for good": 2, "composited": 4, "not prioritised": 4, "remitted": 5, "referred back": 5,
    "not put": 5, "falls": 5, "withdrawn by leave": 5,
}  # fmt: skip
#: State → the phase whose close matters then.
_CLOSES = {"draft": "drafting", "seeking support": "drafting", "published": "amendments", "put to the vote": "voting"}


def _note(state: str, phases: Sequence[Any], at: datetime) -> Any:
    phase = next((phase for phase in phases if phase.kind == _CLOSES.get(state)), None)
    if phase is None or phase.closes_at <= at:
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
