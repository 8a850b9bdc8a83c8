"""Amendments on the page of their motion: each at the lines it touches, and one below the other with what bears on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from consult.service.reading import Amended, MotionPage
from consult.text import tokens
from consult.web import words
from consult.web.addresses import before_number, kept_url_for
from consult.web.motions import presenters
from consult.web.pieces import newest, unchanged, where

#: States of an amendment in which it is no longer shown at the lines that it would change.
GONE = presenters.GONE
#: Sentences of a rubric that are shown in the list, and the characters of one.
MOST_SENTENCES, LONGEST = 4, 400

_TAG = Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>')


# -- at their lines --------------------------------------------------------------------------------------------------


def anchors(page: MotionPage, clauses: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Line → the markup of the amendments that touch it, each a link with what stands in its way.

    One that was made on an earlier text stands where its clause is now, marked as on that version.
    """
    now, spans = page.motion.sequence, {clause["id"]: clause for clause in clauses}
    rows = [row for row in page.amendments if row.state not in GONE and (row.state != "carried" or row.base == now)]
    mark, made, size = _marker(page), defaultdict(list), page.size
    known = unchanged(lambda row: row.operations, rows, slot=("operations", page.motion.id), size=size)
    text = (page.motion.id, page.motion.sequence, page.motion.hash)
    touched = unchanged(
        lambda row: sorted({_line(operation, clauses, spans) for operation in known[row.id]}),
        rows,
        slot=("lines", text),
        size=size,
    )
    for row in rows:
        said = mark(row)
        for line in touched[row.id]:
            made[line].append(said)
    return {line: "".join(marks) for line, marks in made.items()}


def _marker(page: MotionPage) -> Callable[[Any], str]:
    """What makes the mark of one amendment: addresses and words that are the same for all are made once."""
    here = escape(before_number("motions.show", "amendment", motion_id=page.motion.id))
    there = escape(before_number("amendments.show", "amendment_id"))
    before, _n, after = str(escape(_("Amendment %(n)s", n="{}"))).partition("{}")
    same, beside = _("touches the same words as %(numbers)s", numbers="{}"), _bearing(page)
    branches = [row.branch for row in page.amendments]
    safe = dict(zip(branches, escaped(branches), strict=True))
    older = _of_earlier(page, _("on version %(n)s", n="{}"))
    earlier = {base: f"<br>{link}{words}</a>" for base, (words, link) in older.items()}

    def mark(row: Amended) -> str:
        others, note = beside.get(row.id), earlier.get(row.base, "")
        if others:
            note = f"<br>{escape(same.format(', '.join(map(str, others))))}{note}"
        link = f'<a class="govuk-link" href="{there if row.base in earlier else here}{row.id}">'
        return f"<p>{link}{before}{row.number}{after}</a> ({safe[row.branch]}){note}</p>"

    return mark


def _of_earlier(page: MotionPage, words: str) -> dict[int, tuple[str, str]]:
    """Of each version before the one in force on which an amendment was made: words with its number, safe for a page, and
    the beginning of the link to it."""
    found = {}
    for base in {row.base for row in page.amendments} - {page.motion.sequence}:
        href = escape(kept_url_for("motions.version", motion_id=page.motion.id, sequence=base))
        found[base] = (str(escape(words.format(base))), f'<a class="govuk-link" href="{href}">')
    return found


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
    return newest(_listed, page, **seen(page))


def seen(page: MotionPage, *more: Hashable) -> dict[str, Any]:
    """By what the amendments of a page are kept: all that they are shown from, whoever is asking; a text is told by its hash."""
    around, motion, rows = page.around, page.motion, page.amendments
    of = (motion.sequence, motion.hash, rows, around.relations, around.follows)
    return {"of": of, "slot": (where(), motion.id, *more), "size": page.size}


def _listed(page: MotionPage) -> Markup:
    """There may be a thousand: what is the same for all is made once, and the markup is put together here, where a
    template would take several times as long."""
    href = escape(before_number("amendments.show", "amendment_id"))
    reads = escape(before_number("motions.show", "amendment", motion_id=page.motion.id))
    name, draft, language = _("Amendment %(n)s", n="{}"), _("Draft amendment"), where()
    with_one, _n, after = str(escape(_("Read the motion with amendment %(n)s", n="{}"))).partition("{}")
    states = {row.state for row in page.amendments}
    tags = {state: str(_TAG.format(words.state_colour(state), words.state_words(state))) for state in states}
    below, current = _below(page), page.motion.sequence

    def entry(row: Amended) -> str:
        title = escape(f"{name.format(row.number) if row.number else draft} ({row.branch})")
        head = f'<h3 class="entry__title"><a class="govuk-link" href="{href}{row.id}">{title}</a></h3>{tags[row.state]}'
        return f'<div class="entry__top">{head}</div>{_rubric(row)}'

    def end(row: Amended) -> str:
        if not row.number or row.base != current:
            return below(row)
        link = f'<a class="govuk-link" href="{reads}{row.id}">{with_one}{row.number}{after}</a>'
        return f'{below(row)}<p class="govuk-body-s">{link}</p>'

    top = unchanged(entry, page.amendments, slot=("entries", language, page.motion.id), size=2 * page.size)
    made = [f'<article class="entry">{top[row.id]}{end(row)}</article>' for row in page.amendments]
    return Markup("\n".join(made))  # noqa: S704 (each part is escaped)


def escaped(texts: Sequence[str]) -> list[str]:
    """Many texts safe for a page, in one go; no text holds the character between them."""
    return str(escape("\0".join(text.replace("\0", "") for text in texts))).split("\0") if texts else []


def _rubric(row: Amended) -> str:
    """The changes of an amendment as a list: the first few sentences, each cut where it is long."""
    changes = row.rubric
    shown, tongue = escaped([_cut(sentence) for sentence in changes[:MOST_SENTENCES]]), words.as_written()
    items = "".join(f"<li{tongue}>{sentence}</li>" for sentence in shown)
    if len(changes) > MOST_SENTENCES:
        items += f"<li>{escape(_('… and %(n)s more changes', n=len(changes) - MOST_SENTENCES))}</li>"
    return f'<ul class="govuk-list govuk-list--bullet">{items}</ul>'


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 3].rsplit(" ", 1)[0] + "..."


def _below(page: MotionPage) -> Callable[[Amended], str]:
    """What makes the sentences below one amendment: how it stands to others, what follows, and why it falls."""
    said, follows, falls = presenters.alternatives(page), page.around.follows, _("It falls:")
    older, read_it = (
        _of_earlier(page, _("It was made on version %(n)s of the text.", n="{}")),
        escape(_("Read that version")),
    )
    made_on = {
        base: f'<p class="govuk-body-s">{words} {link}{read_it}</a></p>' for base, (words, link) in older.items()
    }

    def below(row: Amended) -> str:
        made = made_on.get(row.base, "")
        if not (said or follows or row.falls_because):
            return made
        bears = [*said.get(row.id, ())]
        bears += [f"{entry.sentence} {entry.reason}" for entry in follows.get(f"amendment:{row.id}", ())]
        if row.falls_because:
            bears.append(f"{falls} {row.falls_because}" if row.state == "falls" else row.falls_because)
        return "".join([f'<p class="govuk-body-s">{escape(sentence)}</p>' for sentence in bears]) + made

    return below
