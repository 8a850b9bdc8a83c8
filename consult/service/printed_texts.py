"""The text of one motion or policy in its printed forms, with the stored line numbers, and nothing that is not on its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from consult.model.motions import Policy
from consult.model.policies import ModelMotion
from consult.model.store import db
from consult.model.units import Organisation
from consult.printing import Format
from consult.printing.blocks import Block, Heading, Items, Paper, Paragraph, sides, text_of
from consult.service.reading import MotionPage

#: States of an amendment in which it is not printed below the motion.
_GONE = ("draft", "withdrawn", "ruled out", "ruled out for good", "incorporated", "composited")


def of_motion(page: MotionPage, language: str = "en") -> Paper:
    """A motion as it stands now, with the amendments before it, as a paper."""
    motion = page.motion
    facts = (
        ("Motion", motion.label),
        ("Moved by", motion.branch),
        ("State", motion.state),
        ("Version", str(motion.sequence)),
        ("Fingerprint", motion.hash or ""),
    )
    return Paper(motion.title, organisation_name(), facts, language, 1, lambda: [list(_motion(page))])


def _motion(page: MotionPage) -> Iterator[Block]:
    yield Heading(1, "Text")
    yield text_of(page.motion.document or {}, page.motion.lines or {})
    yield from sides(page.debate.summaries)
    rows = [row for row in page.amendments if row.state not in _GONE]
    if rows:
        yield Heading(1, "Amendments")
    for row in rows:
        yield Heading(2, f"Amendment {row.number}: {row.branch}")
        yield Paragraph(row.state.capitalize() + ".", strong=True)
        yield Items(tuple(row.rubric))


def of_policy(policy: Policy, written: Callable[[datetime], str], language: str = "en") -> Paper:
    """A policy as carried, as a paper; `written` says an instant in words."""
    facts = [("Adopted", written(policy.adopted_at)), ("State", policy.state)]
    if policy.lapses_at and policy.state == "in force":
        facts.append(("Lapses", written(policy.lapses_at)))
    facts += [("Moved by", policy.motion.unit.name), ("Fingerprint", policy.version.hash)]
    blocks: Sequence[Block] = [Heading(1, "Text"), text_of(policy.version.document, policy.version.lines)]
    return Paper(policy.title, organisation_name(), tuple(facts), language, 1, lambda: [blocks])


def of_model_motion(model: ModelMotion, language: str = "en") -> Paper:
    """A model motion as a paper: nothing but the text and for whom it is, ready to be sent."""
    facts = (
        ("For", model.party),
        ("Words", f"{model.word_count} of {model.word_limit}"),
        ("From the policy", model.policy.title),
        ("Fingerprint", model.hash),
    )
    title = model.document["clauses"][0]["text"]
    return Paper(title, organisation_name(), facts, language, 1, lambda: [[text_of(model.document, model.lines)]])


def organisation_name() -> str:
    """What the organisation is called at the top of a paper."""
    row: Any = db.session.get(Organisation, 1)
    return row.name if row else "consult"


def name_of(slug: str, form: Format) -> str:
    """The name of a file: "motion-7-large-print.pdf"."""
    return f"{slug}{'-large-print' if form.large else ''}.{form.ending}"
