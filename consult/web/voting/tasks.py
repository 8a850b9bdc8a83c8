"""The questions of a paper as tasks: how far each one is, and which page comes next; the choices stay in the form."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from consult.web.voting.paper import Part, Sheet

#: Pages of the paper that are not a question's own.
LIST, CHECK = "list", "check"


@dataclass(frozen=True)
class Task:
    """One question in the list: its number, its part of the paper and its state in words, with the state's colour."""

    number: int
    part: Part
    words: str
    colour: str


def tasks(sheet: Sheet) -> list[Task]:
    """The questions in the order of the paper, each with its state."""
    return [Task(number, part, *_state(sheet, part)) for number, part in enumerate(sheet.parts, 1)]


def _state(sheet: Sheet, part: Part) -> tuple[str, str]:
    if part.problems():
        return gettext("To be corrected"), "red"
    if part.touched:
        return gettext("Answered"), "green"
    if part.key in sheet.seen:
        return gettext("Left blank"), "grey"
    return gettext("To do"), "blue"


def answered(sheet: Sheet) -> int:
    """How many questions have an answer that can be counted and is not blank."""
    return sum(part.touched and not part.problems() for part in sheet.parts)


def page_after(sheet: Sheet, at: str, step: str) -> str:
    """Which page a pressed button leads to: the key of a question, `LIST` or `CHECK`.

    `at` is the question whose page was sent, or "". What is wrong on that page keeps the voter on it, unless the way
    back to the list was chosen, where the question then stands as one to be corrected. Whatever is wrong elsewhere
    leads to the list instead of the check.
    """
    here = sheet.part(at)
    if step == LIST and sheet.several:
        return LIST
    if here is not None and here.problems():
        return here.key
    if step == "next":
        step = _next(sheet, at)
    if sheet.part(step) is not None:
        return step
    if step == CHECK:
        return CHECK if sheet.right else (LIST if sheet.several else sheet.parts[0].key)
    return LIST if sheet.several else sheet.parts[0].key


def _next(sheet: Sheet, at: str) -> str:
    """The next question that the voter has not been on, after this one first, else from the start; then the check."""
    keys = [part.key for part in sheet.parts]
    start = keys.index(at) + 1 if at in keys else 0
    return next((key for key in keys[start:] + keys[:start] if key not in sheet.seen), CHECK)
