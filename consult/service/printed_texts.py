"""The text of one motion or policy in its printed forms, with the stored line numbers, and nothing that is not on its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from consult.model.motions import Policy
from consult.model.policies import ModelMotion
from consult.model.store import db
from consult.model.units import Organisation
from consult.printing import Format
from consult.printing.blocks import PLAIN, Block, Heading, Items, Paper, Paragraph, Tongue, Written, sides, text_of
from consult.service.reading import MotionPage

#: States of an amendment in which it is not printed below the motion.
_GONE = ("draft", "withdrawn", "ruled out", "ruled out for good", "incorporated", "composited")


def of_motion(page: MotionPage, tongue: Tongue = PLAIN) -> Paper:
    """A motion as it stands now, with the amendments before it, as a paper."""
    motion = page.motion
    said = tongue.said
    facts = (
        (said("Motion"), said(motion.label)),
        (said("Moved by"), motion.branch),
        (said("State"), said(motion.state.capitalize())),
        (said("Version"), str(motion.sequence)),
        (said("Fingerprint"), motion.hash or ""),
    )
    return _paper(motion.title, facts, tongue, lambda: _motion(page, said))


def _paper(
    title: str, facts: tuple[tuple[str, str], ...], tongue: Tongue, blocks: Callable[[], Iterable[Block]]
) -> Paper:
    parts: Callable[[], list[Sequence[Block]]] = lambda: [[*tongue.opening(), *blocks()]]  # noqa: E731
    return Paper(Written(title), organisation_name(), facts, tongue.tag, 1, parts, tongue.original)


def _motion(page: MotionPage, said: Callable[[str], str]) -> Iterator[Block]:
    yield Heading(1, said("Text"))
    yield text_of(page.motion.document or {}, page.motion.lines or {}, said)
    yield from sides(page.debate.summaries, said)
    rows = [row for row in page.amendments if row.state not in _GONE]
    if rows:
        yield Heading(1, said("Amendments"))
    for row in rows:
        yield Heading(2, f"{said(f'Amendment {row.number}')}: {row.branch}")
        yield Paragraph(said(row.state.capitalize()) + ".", strong=True)
        yield Items(tuple(row.rubric), written=True)


def of_policy(policy: Policy, written: Callable[[datetime], str], tongue: Tongue = PLAIN) -> Paper:
    """A policy as carried, as a paper; `written` says an instant in words."""
    said = tongue.said
    facts = [(said("Adopted"), written(policy.adopted_at)), (said("State"), said(policy.state.capitalize()))]
    if policy.lapses_at and policy.state == "in force":
        facts.append((said("Lapses"), written(policy.lapses_at)))
    facts += [(said("Moved by"), policy.motion.unit.name), (said("Fingerprint"), policy.version.hash)]
    text = text_of(policy.version.document, policy.version.lines, said)
    return _paper(policy.title, tuple(facts), tongue, lambda: [Heading(1, said("Text")), text])


def of_model_motion(model: ModelMotion, tongue: Tongue = PLAIN) -> Paper:
    """A model motion as a paper: nothing but the text and for whom it is, ready to be sent."""
    said = tongue.said
    facts = (
        (said("Made for"), Written(model.party)),
        (said("Words"), said(f"{model.word_count} of {model.word_limit}")),
        (said("From the policy"), Written(model.policy.title)),
        (said("Fingerprint"), model.hash),
    )
    title = model.document["clauses"][0]["text"]
    return _paper(title, facts, tongue, lambda: [text_of(model.document, model.lines, said)])


def organisation_name() -> str:
    """What the organisation is called at the top of a paper."""
    row: Any = db.session.get(Organisation, 1)
    return row.name if row else "consult"


def name_of(slug: str, form: Format) -> str:
    """The name of a file: "motion-7-large-print.pdf"."""
    return f"{slug}{'-large-print' if form.large else ''}.{form.ending}"
