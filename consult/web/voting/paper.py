"""A ballot paper as a page sends it: what was typed, the answers it makes, and the sentence for whatever is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from consult.counting.methods import METHODS
from consult.domain.errors import Invalid
from consult.ledger.definition import Definition, Question
from consult.ledger.envelopes import Answer, Level
from consult.service import casting
from consult.web import ranking

VERDICTS = {"for": "+", "against": "-", "abstain": "0"}


@dataclass
class Part:
    """One question of the paper with what was typed in it, kept whether it is right or wrong."""

    question: Question
    form: str
    chosen: list[str] = field(default_factory=list)
    ranks: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    answer: Answer | None = None

    @property
    def key(self) -> str:
        """The question's key, with which every field's name begins."""
        return self.question.key

    def id_of(self, option: str) -> str:
        """The name of an option in the form."""
        return f"{self.key}-{option}"

    @property
    def most(self) -> int | None:
        """How many may be chosen at most, where the rule has a limit."""
        return casting.most_marks(self.question)

    @property
    def touched(self) -> bool:
        """Whether anything stands in it, right or wrong."""
        return bool(self.chosen or any(self.ranks.values()) or any(self.verdicts.values()))

    def fields(self) -> list[tuple[str, str]]:
        """Every field of it with what was typed, as hidden fields carry it."""
        held = [(self.key, option) for option in self.chosen]
        held += [(f"rank-{option}", typed) for option, typed in self.ranks.items() if typed]
        return held + [(f"verdict-{option}", word) for option, word in self.verdicts.items() if word]

    def problems(self) -> list[dict[str, str]]:
        """What is wrong in it, with the field to go to, for the summary at the top of its page."""
        if self.errors:
            return [{"text": words, "href": f"#rank-{option}"} for option, words in self.errors.items()]
        return [{"text": self.problem, "href": f"#{self.anchor}"}] if self.problem else []

    @property
    def anchor(self) -> str:
        """The id of the field to go to when something is wrong."""
        if self.errors:
            return f"rank-{next(iter(self.errors))}"
        first = self.question.options[0].key
        if self.form in ("rank", "rank-ties"):
            return f"rank-{self.id_of(first)}"
        return f"{self.key}-{first}" if self.form != "adopt-and-rank" else f"verdict-{self.id_of(first)}-for"


@dataclass
class Sheet:
    """The whole paper: its parts in order and the key of the form."""

    parts: list[Part]
    retry_key: str
    #: The hash of the definition that the form was made from.
    made_for: str = ""
    #: The receipt of the vote that this one replaces, where that is declared.
    replaces: str = ""
    #: The questions whose pages the voter has been on: what is empty there was left blank on purpose.
    seen: set[str] = field(default_factory=set)

    @property
    def several(self) -> bool:
        """Whether the paper has a list of tasks: each question is a page of its own."""
        return len(self.parts) > 1

    def part(self, key: str) -> Part | None:
        """The question of this key, if the paper has one."""
        return next((part for part in self.parts if part.key == key), None)

    @property
    def right(self) -> bool:
        """Whether every part makes an answer."""
        return all(part.answer is not None for part in self.parts)

    @property
    def answers(self) -> list[Answer]:
        """The answers in the order of the questions; only for a sheet that is right."""
        return [part.answer for part in self.parts if part.answer is not None]

    @property
    def blank(self) -> bool:
        """Whether nothing at all was chosen."""
        return all(not answer.ranking and not answer.verdicts for answer in self.answers)

    def problems(self) -> list[dict[str, str]]:
        """What is wrong on the whole paper, for the summary at the top of the list of its questions."""
        return [
            {"text": f"{part.question.title}: {each['text']}", "href": f"#task-{part.key}"}
            for part in self.parts
            for each in part.problems()
        ]

    def hidden(self, but: str = "") -> list[tuple[str, str]]:
        """Every field with what was typed, except those of one question: what a page carries and does not show."""
        fields = [("key", self.retry_key), ("paper", self.made_for)]
        fields += [("replaces", self.replaces)] if self.replaces else []
        fields += [("seen", part.key) for part in self.parts if part.key in self.seen]
        return fields + [each for part in self.parts if part.key != but for each in part.fields()]


def empty(definition: Definition, retry_key: str, replaces: str = "") -> Sheet:
    """A paper nobody has written on; `replaces` is the receipt of the vote it is to replace, if any."""
    return read(definition, MultiDict({"key": retry_key, "paper": definition.hash, "replaces": replaces}))


def read(definition: Definition, sent: MultiDict[str, str]) -> Sheet:
    """What a form sent, part by part; nothing is lost and nothing is guessed.

    Raises:
        Invalid: if the form was not made from this definition: its q1 and c1 would mean something else here.
    """
    require_once(sent, {question.key for question in definition.questions})
    parts = [_read(question, sent) for question in definition.questions]
    seen = {*sent.getlist("seen"), sent.get("at", "")} & {part.key for part in parts}
    sheet = Sheet(parts, sent.get("key", ""), sent.get("paper", ""), sent.get("replaces", "")[:64], seen)
    if sheet.made_for != definition.hash:
        raise Invalid(gettext("This form is not the paper of this ballot. Open the ballot’s page and begin again."))
    return sheet


def require_once(sent: MultiDict[str, str], several: Collection[str] = ()) -> None:
    """Refuse a form in which a field stands twice, of which one would have to be guessed; `several` and "seen" may.

    Raises:
        Invalid: naming the field.
    """
    for name, values in sent.lists():
        if len(values) > 1 and name not in several and name != "seen":
            raise Invalid(
                gettext(
                    "This form has the field “%(name)s” more than once. Nothing was cast; begin again.", name=name[:40]
                )
            )


def _read(question: Question, sent: MultiDict[str, str]) -> Part:
    part = Part(question, METHODS[question.method].form)
    ids = [part.id_of(option.key) for option in question.options]
    names = {part.id_of(option.key): option.name for option in question.options}
    places = {name: place for place, name in enumerate(ids)}
    if part.form in ("choice", "one", "several"):
        keys = [option.key for option in question.options]
        marked = [
            key for key in sent.getlist(part.key) if key
        ]  # "left blank" is a button of its own where papers are entered
        part.chosen = [key for key in marked if key in keys]
        if len(part.chosen) != len(marked):
            raise Invalid(gettext("This form names an answer that is not on the paper. Nothing was cast; begin again."))
        levels: list[Level] = _marks(sorted(keys.index(key) for key in set(part.chosen)))
    else:
        part.ranks = ranking.read(sent, ids)
        levels = _levels(part, names, places)
    if part.form == "adopt-and-rank":
        part.verdicts = {name: sent.get(f"verdict-{name}", "") for name in ids}
        if set(part.verdicts.values()) - {*VERDICTS, ""}:
            raise Invalid(gettext("This form names an answer that is not on the paper. Nothing was cast; begin again."))
    if not part.errors:
        verdicts = _verdicts(part)
        answer = Answer(question.key, tuple(levels), verdicts)
        part.problem = casting.problems_with(question, answer)
        part.answer = None if part.problem else answer
    return part


def _marks(places: list[int]) -> list[Level]:
    return [places[0] if len(places) == 1 else tuple(places)] if places else []


def _levels(part: Part, names: Mapping[str, str], places: Mapping[str, int]) -> list[Level]:
    """The order that the typed numbers make; where the rule allows equal ranks, equal numbers are one level."""
    if part.form != "rank-ties":
        order, part.errors = ranking.checked(part.ranks, names)
        return [places[name] for name in order]
    levels: dict[int, list[int]] = {}
    for name, typed in part.ranks.items():
        if typed.isascii() and typed.isdecimal() and 0 < int(typed) <= 9999:
            levels.setdefault(int(typed), []).append(places[name])
        elif typed:
            part.errors[name] = gettext("“%(typed)s” is not a number like 1, 2 or 3.", typed=typed[:20])
    return [level for _, held in sorted(levels.items()) for level in _marks(sorted(held))]


def _verdicts(part: Part) -> str:
    if part.form != "adopt-and-rank" or not any(part.verdicts.values()):
        return ""
    return "".join(VERDICTS.get(word, "0") for word in part.verdicts.values())


def question_of(sheet: Sheet, button: str) -> str:
    """The key of the question that a move button belongs to; the first where it names none."""
    about = button.partition(":")[2]
    return next((part.key for part in sheet.parts if about == part.key or about in part.ranks), sheet.parts[0].key)


def move(sheet: Sheet, button: str) -> Sheet:
    """The sheet after one of its move buttons was pressed: only the numbers of that question change."""
    _, _, about = button.partition(":")
    for part in sheet.parts:
        if about == part.key or about in part.ranks:
            part.ranks = ranking.moved(part.ranks, button)
        part.errors, part.problem = {}, ""
    return sheet


def in_words(part: Part) -> list[dict[str, Any]]:
    """The answer as the voter checks it: one row a choice, in rank order."""
    if part.answer is None:
        return []
    rows: list[dict[str, Any]] = []
    names = [option.name for option in part.question.options]
    for number, level in enumerate(part.answer.ranking, 1):
        held = level if isinstance(level, tuple) else (level,)
        rows.append({"number": number, "name": gettext(" and ").join(names[place] for place in held)})
    if part.form == "adopt-and-rank":
        said = {"+": gettext("for"), "-": gettext("against"), "0": gettext("abstain")}
        marks = part.answer.verdicts or "0" * len(names)
        rows += [{"number": None, "name": name, "note": said[mark]} for name, mark in zip(names, marks, strict=True)]
    return rows
