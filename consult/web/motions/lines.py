"""The text of a motion with its line numbers and the amendments at them, put together here: it is the longest part of the
longest page, and a template takes several times as long. It gives what `text` of components/motion.html gives of plain words;
a test holds the two to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from consult.service.reading import MotionPage
from consult.web.motions import presenters, rail
from consult.web.motions.rail import escaped
from consult.web.pieces import newest, piece
from consult.web.words import as_written


def shown(page: MotionPage, at: int | None) -> Markup:
    """The text of a motion with the amendments beside it; `at` is the line of the permalink."""
    return newest(_shown, page, at, **rail.seen(page, at))


def _shown(page: MotionPage, at: int | None) -> Markup:
    motion = page.motion
    clauses = piece(presenters.clauses_of, motion, of=(motion.id, motion.sequence, motion.hash))
    return text(clauses, at, rail.anchors(page, clauses))


def text(clauses: Sequence[Mapping[str, Any]], at: int | None, anchors: Mapping[int, str]) -> Markup:
    """The clauses as `presenters.clauses_of` gives them; `at` is the line of the permalink, `anchors` the rail."""
    words = iter(escaped([line for clause in clauses for _number, line in clause["lines"]]))
    amendments_to, line_n = (
        str(escape(_("Amendments to %(clause)s", clause="{}"))),
        str(escape(_("Line %(n)s", n="{}"))),
    )
    tongue = as_written()
    made, section = [f'<div class="motion{" motion--railed" if anchors else ""}">'], ""
    for clause in clauses:
        lines = "".join(_line(number, next(words), at, anchors) for number, _words in clause["lines"])
        name = escape(clause["id"])
        if clause["kind"] == "heading":
            made.append(f'<h2 class="motion__heading" id="{name}"{tongue}>{lines}</h2>')
            continue
        label = str(escape(clause["label"]))
        first, _space, number = label.partition(" ")
        if first != section:
            section = first
            made.append(f'<h3 class="motion__section"{tongue}>{section}</h3>')
        item = "(" in number
        shown = number[number.index("(") :] if item else f"{number}."
        told = f'<span class="motion__number" aria-hidden="true">{shown}</span>' if number else ""
        rail = "".join(
            f'<div class="motion__anchor"><p class="motion__at"><a class="govuk-link" href="?line={n}#l{n}">{line_n.format(n)}</a></p>'
            f"{anchors[n]}</div>"
            for n, _words in clause["lines"]
            if n in anchors
        )
        if rail:
            rail = f'<div class="motion__rail" role="group" aria-label="{amendments_to.format(label)}">{rail}</div>'
        kind = " motion__clause--item" if item else ""
        made.append(
            f'<section class="motion__clause{kind}" id="{name}" aria-label="{label}">{told}'
            f'<p class="motion__text"{tongue}>{lines}</p>{rail}</section>'
        )
    return Markup("\n".join([*made, "</div>"]))  # noqa: S704 (each part is escaped)


def _line(number: int, words: str, at: int | None, anchors: Mapping[int, str]) -> str:
    kind = f"line{' line--here' if number == at else ''}{' line--touched' if number in anchors else ''}"
    link = f'<a class="line__number" href="?line={number}#l{number}" tabindex="-1" aria-hidden="true">{number}</a>'
    return f'<span class="{kind}" id="l{number}">{link}<span class="line__words">{words} </span></span>'
