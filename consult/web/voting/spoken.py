"""A paper in the voter's language, where it was translated before it was fixed; the original binds and stands beside it.

Only words are put in place of words: what is sent and counted are the keys of the definition, whatever the language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from consult.ledger.definition import Definition, Option, Question, Translation
from consult.web.look import page_language
from consult.web.voting.paper import Sheet
from consult.web.voting.statements import Beside, Said
from consult.web.words import Translated


@dataclass(frozen=True)
class Tongue:
    """The translation that a paper is shown in, or none; and the questions as they were fixed."""

    translation: Translation | None
    originals: dict[str, Question]

    @property
    def language(self) -> str:
        """The language of the words of the paper, "" where it is as it was fixed."""
        return self.translation.language if self.translation else ""

    def fill(self, sheet: Sheet) -> None:
        """Let each question of the sheet be shown in the voter's language."""
        for part in sheet.parts:
            part.question = self._question(self.originals[part.key])

    def beside(self, key: str, beside: Beside) -> Beside:
        """What stands beside a question, in the voter's language as far as it was translated."""
        if self.translation is None:
            return beside
        options = {name: self._said(f"{key}.{name}.statement", said) for name, said in beside.options.items()}
        explained = self.words(f"{key}.explanation", beside.explanation)
        return replace(beside, explanation=explained, options=options)

    def title(self, title: str) -> str:
        """The title of the ballot."""
        return self.words("title", title)

    def _said(self, key: str, said: Said) -> Said:
        return said if said.altered else replace(said, statement=self.words(key, said.statement))

    def _question(self, question: Question) -> Question:
        options = tuple(self._option(question.key, option) for option in question.options)
        return replace(question, title=self.words(question.key, question.title), options=options)

    def _option(self, key: str, option: Option) -> Option:
        return replace(option, name=self.words(f"{key}.{option.key}", option.name))

    def words(self, key: str, original: str) -> str:
        """What a part of the paper says in the language of the page."""
        said = self.translation.words.get(key) if self.translation else None
        return original if said is None else Translated(said)


def of(made: Definition) -> Tongue:
    """The paper of a ballot in the page's language."""
    tag = page_language().partition("-")[0]
    return Tongue(made.in_language(tag), {question.key: question for question in made.questions})
