"""Figures of a consultation: how often each answer was given, each voice apart, small groups withheld."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consult.domain.consulting import VOICES, shown, voice_of
from consult.model.consulting import ConsultationQuestion, Contribution


@dataclass(frozen=True)
class Figures:
    """One closed question: for each answer and voice how often it was given, or None where that is withheld."""

    question: ConsultationQuestion
    rows: list[tuple[str, dict[str, int | None]]]
    #: How many of each voice answered the question at all.
    answered: dict[str, int | None]


def by_voice(rows: Iterable[Contribution]) -> dict[str, int]:
    """How many submissions there are of each voice that spoke, in the order of `VOICES`; those set aside left out."""
    counts = Counter(voice_of(row.kind, row.author_status) for row in rows if row.state == "submitted")
    return {voice: counts[voice] for voice in VOICES if counts[voice]}


def of_questions(questions: Iterable[ConsultationQuestion], rows: Iterable[Contribution], least: int) -> list[Figures]:
    """The figures of every closed question; `least` is the minimum group."""
    standing = [(voice_of(row.kind, row.author_status), row.version.document["answers"]) for row in rows
                if row.state == "submitted" and row.version is not None]  # fmt: skip
    return [_figures(question, standing, least) for question in questions if question.kind != "open"]


def _figures(
    question: ConsultationQuestion, standing: list[tuple[str, Mapping[str, str | list[str]]]], least: int
) -> Figures:
    counts: Counter[tuple[str, str]] = Counter()
    answered: Counter[str] = Counter()
    for voice, answers in standing:
        given = answers.get(str(question.id))
        if not given:
            continue
        answered[voice] += 1
        counts.update((option, voice) for option in ([given] if isinstance(given, str) else given))
    voices = [voice for voice in VOICES if answered[voice]]
    return Figures(
        question,
        [(option, {v: shown(counts[option, v], v, least, answered[v]) for v in voices}) for option in question.options],
        {voice: shown(answered[voice], voice, least, answered[voice]) for voice in voices},
    )
