"""The text of a motion with its line numbers and the amendments at them, put together here: it is the longest part of the
longest page, and a template takes several times as long. It gives what `text` of components/motion.html gives of plain words;
a test holds the two to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup, escape

from consult.service.reading import MotionPage
from consult.web.motions import presenters, rail
from consult.web.motions.rail import escaped
from consult.web.pieces import newest, unchanged, where
from consult.web.words import as_written


def shown(page: MotionPage, at: int | None) -> Markup:
    """The text of a motion with the amendments beside it; `at` is the line of the permalink."""
    return newest(_shown, page, at, **rail.seen(page, at))


def _shown(page: MotionPage, at: int | None) -> Markup:
    motion = page.motion
    stored = len(motion.stored_document or "") + len(motion.stored_lines or "")
    of, slot = (motion.sequence, motion.hash), ("clauses", motion.id)
    clauses = newest(presenters.clauses_of, motion, of=of, slot=slot, size=2 * stored)
    return text(clauses, at, rail.anchors(page, clauses), of=motion.id, size=page.size)


class Placed(NamedTuple):
    """A clause with what is shown beside it: a new version changes a few of them, and the others stay as they were put together."""

    id: str
    label: str
    kind: str
    lines: list[tuple[int, str]]
    #: The line of the permalink, where it is one of these.
    at: int | None
    #: Line → the markup of the amendments that touch it.
    anchors: dict[int, str]


def text(
    clauses: Sequence[Mapping[str, Any]], at: int | None, anchors: Mapping[int, str], *, of: int, size: int
) -> Markup:
    """The clauses as `presenters.clauses_of` gives them; `at` is the line of the permalink, `anchors` the rail, `of` the motion
    by whose id its clauses are kept, `size` about how many characters the anchors have."""
    placed = [_placed(clause, at, anchors) for clause in clauses]
    kept = unchanged(_maker(), placed, slot=("placed", where(), of, at), size=2 * size + sum(map(_long, placed)))
    tongue = as_written()
    made, section = [f'<div class="motion{" motion--railed" if anchors else ""}">'], ""
    for clause in placed:
        first = clause.label.partition(" ")[0]
        if clause.kind != "heading" and first != section:
            section = first
            made.append(f'<h3 class="motion__section"{tongue}>{escape(section)}</h3>')
        made.append(kept[clause.id])
    return Markup("\n".join([*made, "</div>"]))  # noqa: S704 (each part is escaped)


def _placed(clause: Mapping[str, Any], at: int | None, anchors: Mapping[int, str]) -> Placed:
    lines = clause["lines"]
    here = at if any(number == at for number, _words in lines) else None
    beside = {number: anchors[number] for number, _words in lines if number in anchors}
    return Placed(clause["id"], clause["label"], clause["kind"], lines, here, beside)


def _long(clause: Placed) -> int:
    return sum(len(words) for _number, words in clause.lines)


def _maker() -> Callable[[Placed], str]:
    """What puts one clause together; the words that are the same for all are looked up once."""
    amendments_to, line_n = (
        str(escape(_("Amendments to %(clause)s", clause="{}"))),
        str(escape(_("Line %(n)s", n="{}"))),
    )
    tongue = as_written()

    def made(clause: Placed) -> str:
        words = escaped([line for _number, line in clause.lines])
        lines = "".join(_line(number, line, clause) for (number, _words), line in zip(clause.lines, words, strict=True))
        name = escape(clause.id)
        if clause.kind == "heading":
            return f'<h2 class="motion__heading" id="{name}"{tongue}>{lines}</h2>'
        label = str(escape(clause.label))
        number = label.partition(" ")[2]
        item = "(" in number
        shown = number[number.index("(") :] if item else f"{number}."
        told = f'<span class="motion__number" aria-hidden="true">{shown}</span>' if number else ""
        rail = "".join(
            f'<div class="motion__anchor"><p class="motion__at"><a class="govuk-link" href="?line={n}#l{n}">{line_n.format(n)}</a></p>'
            f"{marks}</div>"
            for n, marks in clause.anchors.items()
        )
        if rail:
            rail = f'<div class="motion__rail" role="group" aria-label="{amendments_to.format(label)}">{rail}</div>'
        kind = " motion__clause--item" if item else ""
        return (
            f'<section class="motion__clause{kind}" id="{name}" aria-label="{label}">{told}'
            f'<p class="motion__text"{tongue}>{lines}</p>{rail}</section>'
        )

    return made


def _line(number: int, words: str, clause: Placed) -> str:
    kind = f"line{' line--here' if number == clause.at else ''}{' line--touched' if number in clause.anchors else ''}"
    link = f'<a class="line__number" href="?line={number}#l{number}" tabindex="-1" aria-hidden="true">{number}</a>'
    return f'<span class="{kind}" id="l{number}">{link}<span class="line__words">{words} </span></span>'
