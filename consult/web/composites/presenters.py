"""How composites are shaped for their pages: clauses with their sources, rows side by side, what became of each motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from consult.model.composites import Composite
from consult.model.motions import Motion
from consult.service import composites, versions
from consult.text.clauses import Clause, Document, Kind
from consult.text.compare import compare
from consult.text.compose import Covered, Fate, Source
from consult.web.motions import presenters


def _parents(composite: Composite) -> dict[str, tuple[Any, Document]]:
    texts = composites.parents_of(composite)
    return {str(parent.motion_id): (parent.motion, texts[str(parent.motion_id)]) for parent in composite.parents}


def clauses(composite: Composite) -> list[dict[str, Any]]:
    """Each clause with its label, text and sources: the motion, the clause's label there, and whether word for word."""
    document, parents = composites.document_of(composite), _parents(composite)
    found = []
    for origin in composites.origins(composite):
        own = document.clause(origin.clause)
        found.append(
            {
                "id": origin.clause, "label": origin.label, "kind": own.kind.value, "text": own.text,
                "sources": [_source(source, own.text, parents) for source in origin.sources],
                "keys": [f"{source.parent}:{source.clause}" for source in origin.sources],
            }
        )  # fmt: skip
    return found


def _source(source: Source, text: str, parents: dict[str, tuple[Any, Document]]) -> dict[str, Any]:
    motion, document = parents[source.parent]
    same = document.clause(source.clause).text == text
    return {"motion": motion, "label": document.labels[source.clause], "verbatim": same}


def choices(composite: Composite) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every clause of every parent that can be a source, by parent: its name, and (key, the clause in short)."""
    return [
        (
            f"{motion.label} ({motion.unit.name})",
            [
                (f"{key}:{own.id}", f"{document.labels[own.id]}: {own.text[:90]}{'…' if len(own.text) > 90 else ''}")
                for own in document.clauses
                if own.kind not in composites.ASIDE
            ],
        )
        for key, (motion, document) in _parents(composite).items()
    ]


def covered(composite: Composite) -> list[dict[str, Any]]:
    """Each parent with what became of every clause: kept, altered or dropped, the words left out and why."""
    parents, document = _parents(composite), composites.document_of(composite)
    return [
        {
            "motion": parents[key][0],
            "entries": [
                _entry(entry, document, parents[key][1])
                for entry in own
                if parents[key][1].clause(entry.source.clause).kind not in composites.ASIDE
            ],
            "kept": sum(entry.fate is Fate.KEPT for entry in own),
        }
        for key, own in composites.coverage(composite).items()
    ]  # fmt: skip


def _entry(entry: Covered, document: Document, parent: Document) -> dict[str, Any]:
    into = [document.labels[name] for name in entry.into]
    return {"covered": entry, "into": into, "text": parent.clause(entry.source.clause).text}


def signatures(composite: Composite) -> list[dict[str, Any]]:
    """Each contributing branch with its answer to the text asked about, or to the last one that was."""
    text = composite.text or (composite.texts[-1] if composite.texts else None)
    said = {answer.unit_id: answer for answer in text.answers} if text else {}
    return [{"unit": unit, "answer": said.get(unit.id)} for unit in composites.branches(composite)]


def rows(composite: Composite) -> list[dict[str, Any]]:
    """The parents' clauses side by side, with what the composite says in that row, differences marked."""
    parents, document = _parents(composite), composites.document_of(composite)
    into: dict[tuple[str, str], list[str]] = {}
    for name, own in composites.sources_of(composite).items():
        for source in own:
            into.setdefault(source, []).append(name)
    found = []
    shown = [row for row in composites.rows(composite) if row.kind not in composites.ASIDE]
    for number, row in enumerate(shown, start=1):
        leading = next(parents[key][1].clause(own) for key, own in row.members.items())
        there = list(dict.fromkeys(n for member in row.members.items() for n in into.get(member, ()) if n in document))
        found.append(
            {
                "number": number, "kind": row.kind.value, "target": there[0] if there else "",
                "now": [(name, document.labels[name], document.clause(name).text) for name in there],
                "members": [_member(key, own, parents, leading, document, there) for key, own in row.members.items()],
            }
        )  # fmt: skip
    return found


def _member(
    key: str, own: str, parents: dict[str, tuple[Any, Document]], leading: Clause, document: Document, there: list[str]
) -> dict[str, Any]:
    motion, text = parents[key]
    clause = text.clause(own)
    return {
        "motion": motion, "label": text.labels[own], "key": f"{key}:{own}", "runs": _runs(leading, clause),
        "used": any(document.clause(name).text == clause.text for name in there),
    }  # fmt: skip


def _runs(old: Clause, new: Clause) -> list[tuple[str, str]]:
    """The words of a clause with those marked that differ from the leading motion's."""
    if old.text == new.text:
        return [("same", new.text)]
    pair = compare(Document((Clause("c", old.kind, old.text),)), Document((Clause("c", old.kind, new.text),)))
    return next(iter(presenters.marked_clauses(pair.clauses)))["runs"]


def added(composite: Composite) -> list[dict[str, Any]]:
    """The clauses that come from no motion: the committee's own words."""
    return [entry for entry in clauses(composite) if not entry["sources"] and entry["kind"] != "heading"]


def missing(composite: Composite, typed: MultiDict[str, str]) -> list[dict[str, Any]]:
    """Every clause of which words are left out, with the reason as typed or as kept."""
    parents = _parents(composite)
    return [
        {
            "key": (key := f"{entry.source.parent}:{entry.source.clause}"), "motion": parents[entry.source.parent][0],
            "entry": entry, "text": parents[entry.source.parent][1].clause(entry.source.clause).text,
            "reason": typed.get(f"reason-{key}", entry.reason),
        }
        for own in composites.coverage(composite).values()
        for entry in own
        if _left_out(entry, parents)
    ]  # fmt: skip


def _left_out(entry: Covered, parents: dict[str, tuple[Any, Document]]) -> bool:
    kind = parents[entry.source.parent][1].clause(entry.source.clause).kind
    return entry.words_kept < entry.words and kind not in composites.ASIDE


def tagged(sent: MultiDict[str, str]) -> dict[str, Any]:
    """What the page of sources sends, as the service takes it."""
    unit, revision = sent.get("unit", ""), sent.get("revision", "")
    return {
        "sources": {
            name.removeprefix("has-"): sent.getlist(f"source-{name.removeprefix('has-')}")
            for name in sent
            if name.startswith("has-")
        },
        "reasons": {name.removeprefix("reason-"): sent[name] for name in sent if name.startswith("reason-")},
        "unit_id": int(unit) if unit.isdecimal() and len(unit) < 10 else None,
        "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
    }


# -- choosing motions ------------------------------------------------------------------------------------------------

#: Motions from which on the list can be narrowed, and the characters of a summary.
MANY, SUMMARY = 8, 140


def offer(form: Any, found: Sequence[Motion]) -> None:
    """The motions to choose from, each with what it first resolves; many can be narrowed to a branch or a theme. What is
    ticked stays in view, whatever is narrowed to."""
    units = {row.unit_id: row.unit.name for row in found}
    topics = sorted({row.topic for row in found if row.topic})
    if len(found) < MANY:
        del form.unit, form.topic, form.narrow
        shown = list(found)
    else:
        form.unit.choices = [(0, _("every branch")), *sorted(units.items(), key=lambda pair: pair[1])]
        form.topic.choices = [("", _("every theme")), *((topic, topic) for topic in topics)]
        ticked, unit, topic = set(form.motions.data or ()), form.unit.data, form.topic.data
        shown = [
            row for row in found
            if row.id in ticked or ((not unit or row.unit_id == unit) and (not topic or row.topic == topic))
        ]  # fmt: skip
    form.motions.choices = [(row.id, f"{row.label}: {row.title} ({row.unit.name})") for row in shown]
    form.motions.render_kw = {"hints": {str(row.id): _summary(row) for row in shown}}


def _summary(motion: Motion) -> str:
    """Its theme and the first thing that it resolves, in short."""
    document = versions.document_of(motion.version) if motion.version else None
    first = next((clause.text for clause in document.clauses if clause.kind is Kind.RESOLVES), "") if document else ""
    cut = first if len(first) <= SUMMARY else first[:SUMMARY].rsplit(" ", 1)[0] + " …"
    return f"{motion.topic}: {cut}" if motion.topic else cut
