"""Open votes in words: for the receipt, and for the list that is published with the result."""

from __future__ import annotations

from flask_babel import gettext

from consult.ledger.definition import Definition, Question
from consult.ledger.envelopes import Answer, Paper


def in_words(definition: Definition, paper: Paper) -> list[tuple[str, str]]:
    """Each question's title with the answer in one line."""
    return [
        (question.title, answer_in_words(question, answer))
        for question, answer in zip(definition.questions, paper, strict=False)
    ]


def answer_in_words(question: Question, answer: Answer) -> str:
    """One answer: the names in rank order, or "left blank"."""
    names = [option.name for option in question.options]
    levels = [level if isinstance(level, tuple) else (level,) for level in answer.ranking]
    said = [gettext(" and ").join(names[place] for place in level) for level in levels]
    if len(said) > 1:
        said = [f"{number}. {words}" for number, words in enumerate(said, 1)]
    marks = {"+": gettext("for"), "-": gettext("against"), "0": gettext("abstain")}
    said += [f"{name}: {marks[mark]}" for name, mark in zip(names, answer.verdicts, strict=False)]
    return ", ".join(said) or gettext("left blank")
