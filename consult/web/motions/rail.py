"""Amendments on the page of their motion: each at the lines it touches, and one below the other with what bears on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from consult.service.reading import Amended, MotionPage
from consult.text import tokens
from consult.web import words
from consult.web.addresses import before_number
from consult.web.motions import presenters
from consult.web.pieces import piece, where

#: States of an amendment in which it is no longer shown at the lines that it would change.
GONE = presenters.GONE
#: Sentences of a rubric that are shown in the list, and the characters of one.
MOST_SENTENCES, LONGEST = 4, 400

_TAG = Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>')


# -- at their lines --------------------------------------------------------------------------------------------------


def anchors(page: MotionPage, clauses: Sequence[Mapping[str, Any]]) -> dict[int, Markup]:
    """Line → the amendments that touch it, each a link with what stands in its way.

    One that was made on an earlier text stands where its clause is now, marked as on that version.
    """
    at: dict[int, list[Any]] = defaultdict(list)
    text, spans = (page.motion.id, page.motion.sequence), {clause["id"]: clause for clause in clauses}
    for row in page.amendments:
        written_in = row.state == "carried" and row.base != page.motion.sequence
        if row.state not in GONE and not written_in:
            for line in piece(_lines, row, clauses, spans, of=(text, row.stored_operations)):
                at[line].append(row)
    mark = _marker(page)
    return {line: Markup("".join(map(mark, rows))) for line, rows in at.items()}  # noqa: S704 (each mark is escaped)


def _lines(row: Amended, clauses: Sequence[Mapping[str, Any]], spans: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """The lines that an amendment touches; `spans` are the clauses by their ids."""
    return sorted({_line(operation, clauses, spans) for operation in row.operations})


def _marker(page: MotionPage) -> Callable[[Any], str]:
    """What makes the mark of one amendment: addresses and words that are the same for all are made once."""
    here = escape(before_number("motions.show", "amendment", motion_id=page.motion.id))
    there = escape(before_number("amendments.show", "amendment_id"))
    name, older, beside = str(escape(_("Amendment %(n)s", n="{}"))), _("on version %(n)s", n="{}"), _bearing(page)

    branches = [row.branch for row in page.amendments]
    safe = dict(zip(branches, escaped(branches), strict=True))

    def mark(row: Any) -> str:
        note, href = "", here
        if others := beside.get(row.id):
            numbers = _("touches the same words as %(numbers)s", numbers=", ".join(map(str, others)))
            note = f"<br>{escape(numbers)}"
        if row.base != page.motion.sequence:
            href, earlier = there, url_for("motions.version", motion_id=page.motion.id, sequence=row.base)
            note += f'<br><a class="govuk-link" href="{escape(earlier)}">{escape(older.format(row.base))}</a>'
        link = f'<a class="govuk-link" href="{href}{row.id}">{name.format(row.number)}</a>'
        return f"<p>{link} ({safe[row.branch]}){note}</p>"

    return mark


def _bearing(page: MotionPage) -> dict[int, list[int]]:
    """Amendment's id → the numbers of the other ones before the motion on which its fate bears."""
    numbers = {row.id: row.number or 0 for row in page.amendments if row.state not in GONE}
    found: dict[int, set[int]] = defaultdict(set)
    for relation in page.around.relations:
        one, two = relation.amendment_id, relation.other_id
        if one in numbers and two in numbers:
            found[one].add(numbers[two])
            found[two].add(numbers[one])
    return {key: sorted(others) for key, others in found.items()}


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
        return _line_of_word(clause, operation)
    return int(lines[0][0])


def _first_below(clauses: Sequence[Mapping[str, Any]], place: int) -> int:
    return next((c["lines"][0][0] for c in clauses[place:] if c["kind"] != "heading" and c["lines"]), 1)


def _line_of_word(clause: Mapping[str, Any], operation: Mapping[str, Any]) -> int:
    """The line of the first word that is replaced; of the clause, where the clause has other words there now."""
    start, end, places = operation["start"], operation["end"], tokens.spans(clause["text"])
    if list(tokens.words(clause["text"])[start:end]) != operation["old"] or not places:
        return int(clause["lines"][0][0])
    first, passed = places[min(start, len(places) - 1)][0], 0
    for number, text in clause["lines"]:
        passed += len(text) + 1
        if first < passed:
            return int(number)
    return int(clause["lines"][-1][0])


def beside(page: MotionPage, chosen: Any) -> tuple[Any, Any]:
    """The amendments before and after one of them that can be read in the text, None where there is none."""
    if chosen is None:
        return None, None
    rows = [row for row in page.amendments if row.state not in GONE and row.base == page.motion.sequence]
    before = [row for row in rows if (row.number or 0) < (chosen.number or 0)]
    after = [row for row in rows if (row.number or 0) > (chosen.number or 0)]
    return (before[-1] if before else None), (after[0] if after else None)


# -- one below the other ---------------------------------------------------------------------------------------------


def listed(page: MotionPage) -> Markup:
    """The amendments one below the other; "" where there are none."""
    return piece(_listed, page, of=(where(), *seen(page)))


def seen(page: MotionPage) -> tuple[Hashable, ...]:
    """All that the amendments of a page are shown from, whoever is asking; the text in force is told by its number."""
    around, motion = page.around, page.motion
    follows = tuple((key, tuple(entries)) for key, entries in around.follows.items())
    return motion.id, motion.sequence, tuple(page.amendments), tuple(around.relations), follows


def _listed(page: MotionPage) -> Markup:
    """There may be a thousand: what is the same for all is made once, and the markup is put together here, where a
    template would take several times as long."""
    href = escape(before_number("amendments.show", "amendment_id"))
    reads = escape(before_number("motions.show", "amendment", motion_id=page.motion.id))
    name, draft = _("Amendment %(n)s", n="{}"), _("Draft amendment")
    with_one = str(escape(_("Read the motion with amendment %(n)s", n="{}")))
    states = {row.state for row in page.amendments}
    tags = {state: _TAG.format(words.state_colour(state), words.state_words(state)) for state in states}
    below, current, language = _below(page), page.motion.sequence, where()

    def entry(row: Amended, bears: str, reads_now: bool) -> str:
        title = escape(f"{name.format(row.number) if row.number else draft} ({row.branch})")
        head = f'<h3 class="entry__title"><a class="govuk-link" href="{href}{row.id}">{title}</a></h3>{tags[row.state]}'
        rubric = piece(_rubric, row, of=(language, row.stored_rubric))
        link = f'<a class="govuk-link" href="{reads}{row.id}">{with_one.format(row.number)}</a>' if reads_now else ""
        more = f'<p class="govuk-body-s">{link}</p>' if link else ""
        return f'<article class="entry"><div class="entry__top">{head}</div>{rubric}{bears}{more}</article>'

    def kept(row: Amended) -> str:
        bears, reads_now = below(row), bool(row.number) and row.base == current
        return piece(entry, row, bears, reads_now, of=(language, page.motion.id, row, bears, reads_now), name="entry")

    return Markup("\n".join(map(kept, page.amendments)))  # noqa: S704 (each part is escaped)


def escaped(texts: Sequence[str]) -> list[str]:
    """Many texts safe for a page, in one go; no text holds the character between them."""
    return str(escape("\0".join(text.replace("\0", "") for text in texts))).split("\0") if texts else []


def _rubric(row: Amended) -> str:
    """The changes of an amendment as a list: the first few sentences, each cut where it is long."""
    changes = row.rubric
    shown = [_cut(sentence) for sentence in changes[:MOST_SENTENCES]]
    if len(changes) > MOST_SENTENCES:
        shown.append(_("… and %(n)s more changes", n=len(changes) - MOST_SENTENCES))
    items = "".join(f"<li>{sentence}</li>" for sentence in escaped(shown))
    return f'<ul class="govuk-list govuk-list--bullet">{items}</ul>'


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 3].rsplit(" ", 1)[0] + "..."


def _below(page: MotionPage) -> Callable[[Any], str]:
    """What makes the sentences below one amendment: how it stands to others, what follows, and why it falls."""
    said, follows, falls = presenters.alternatives(page), page.around.follows, _("It falls:")
    older, read_it = _("It was made on version %(n)s of the text.", n="{}"), escape(_("Read that version"))

    def below(row: Any) -> str:
        bears = [*said.get(row.id, ())]
        bears += [f"{entry.sentence} {entry.reason}" for entry in follows.get(f"amendment:{row.id}", ())]
        if row.falls_because:
            bears.append(f"{falls} {row.falls_because}" if row.state == "falls" else row.falls_because)
        made = [f'<p class="govuk-body-s">{escape(sentence)}</p>' for sentence in bears]
        if row.base != page.motion.sequence:
            href = escape(url_for("motions.version", motion_id=page.motion.id, sequence=row.base))
            link = f'<a class="govuk-link" href="{href}">{read_it}</a>'
            made.append(f'<p class="govuk-body-s">{escape(older.format(row.base))} {link}</p>')
        return "".join(made)

    return below
