"""The text of a motion in the language of the page, where somebody translated the text as it stands and another approved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consult.service import translations
from consult.service.reading import MotionText
from consult.web.look import page_language
from consult.web.motions import presenters


@dataclass(frozen=True)
class Translated:
    """A motion in the language of the page: its title, and its clauses with the words of the translation."""

    language: str
    authoritative: str
    title: str
    clauses: Sequence[dict[str, Any]]


def of(motion: MotionText) -> Translated | None:
    """The approved translation into the page's language, of exactly the text in force; else none.

    One statement, and none on a page in the language that texts are written in.
    """
    tag = page_language().partition("-")[0]
    if tag == translations.authoritative() or motion.translated_into != tag:
        return None
    row, clauses = translations.standing("motion", motion.id, tag), presenters.clauses_of(motion)
    if row is None or [part["text"] for part in row.source] != [clause["text"] for clause in clauses]:
        return None
    said = [clause | {"text": str(row.words.get(clause["id"], ""))} for clause in clauses]
    title = next((clause["text"] for clause in said if clause["kind"] == "heading"), "") or motion.title
    return Translated(tag, row.authoritative, title, said)
