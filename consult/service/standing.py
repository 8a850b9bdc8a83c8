"""Standing texts: entering a constitution or rule book, proposing to amend it by a motion, and amending it when carried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.hall import TWO_THIRDS
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.motions import Motion
from consult.model.standing import RuleChange, StandingText, StandingVersion
from consult.model.store import db
from consult.model.units import Unit
from consult.service import wording
from consult.service.act import Act, act
from consult.service.rule_changes import add_version, change_of
from consult.text.align import align
from consult.text.clauses import Document, Kind
from consult.text.derive import derive
from consult.text.lines import Line
from consult.text.parse import Draft, Preview
from consult.text.plain import normalise

__all__ = ["change_of", "enter", "get", "listed", "propose", "typed"]

#: States of a motion in which its mover can still say what it would change.
_OPEN = ("draft", "seeking support", "queried")


def listed() -> list[StandingText]:
    """Every standing text, by title."""
    query = select(StandingText).options(joinedload(StandingText.unit))
    return list(db.session.scalars(query.order_by(StandingText.title)))


def get(text_id: int) -> StandingText:
    """One standing text with its versions.

    Raises:
        NotFound: if there is none of this number.
    """
    query = select(StandingText).where(StandingText.id == text_id)
    query = query.options(
        joinedload(StandingText.unit),
        selectinload(StandingText.versions).joinedload(StandingVersion.motion),
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no standing text of this number.")
    return found


def typed(document: Document) -> str:
    """The text for a text area: one paragraph to a line, without the title."""
    return "\n".join(clause.text for clause in document.clauses if clause.kind is not Kind.HEADING)


def _drafts(title: str, text: str) -> list[Draft]:
    rows = [row for row in text.splitlines() if row.strip()]
    if not rows:
        raise Invalid("Write the text, one paragraph to a line.", {"text": "Write the text."})
    return [Draft(Kind.HEADING, normalise(title)), *(Draft(Kind.PARAGRAPH, normalise(row)) for row in rows)]


@act(Permission.SITTING_KEEP, Event.STANDING_TEXT_ENTERED)
def enter(unit: Unit, title: str, text: str, *, by: Actor, at: datetime, act: Act) -> StandingText:
    """Enter a constitution or rule book as it stands, one paragraph to a line; from then on motions alone change it.

    Raises:
        Invalid: without a title or words, or for a title that the unit has.
    """
    if not 1 <= len(title.strip()) <= 200:
        raise Invalid("Give it a title, in at most 200 characters.", {"title": "Give it a title."})
    if act.session.scalar(
        select(StandingText.id).where(StandingText.unit_id == unit.id, StandingText.title == title.strip())
    ):
        raise Invalid(f"{unit.name} has a text of this title already.", {"title": "There is one of this title."})
    document = Preview(tuple(_drafts(title, text))).document("s1-{}".format)
    made = StandingText(unit_id=unit.id, title=title.strip(), threshold=TWO_THIRDS.threshold)
    act.session.add(made)
    act.session.flush()
    act.note(hash=add_version(act, made, document, None).hash)
    return made


@act(Permission.MOTION_EDIT, Event.RULE_CHANGE_PROPOSED)
def propose(motion: Motion, text: StandingText, new: str, *, by: Actor, at: datetime, act: Act) -> RuleChange:
    """Say what a motion would change, by editing the standing text; a later edit takes the place of an earlier one.

    Raises:
        OutOfOrder: once the motion is submitted. Invalid: if nothing is changed.
    """
    if motion.state not in _OPEN:
        raise OutOfOrder(f"{motion.label} is {motion.state}: what it would change is settled.")
    version = text.version
    if version is None:
        raise OutOfOrder("This standing text has no words yet.")
    base = Document.from_data(version.document)
    edited = align(base, _drafts(text.title, new), f"s{version.sequence + 1}-{motion.id}-{{}}".format)
    operations = derive(base, edited)
    if not operations:
        sentence = "Nothing is changed yet: edit the words as you would have them read."
        raise Invalid(sentence, {"text": sentence})
    lines = [Line.from_data(line) for line in version.lines["lines"]]
    shown = wording.shown(base, lines, operations)
    made = act.session.get(RuleChange, motion.id) or RuleChange(motion_id=motion.id)
    made.text_id, made.base_version_id = text.id, version.id
    made.operations = [one.to_data() for one in shown.operations]
    made.rubric, made.marked = list(shown.rubric), wording.marked_data(shown.marked)
    act.session.add(made)
    act.session.flush()
    act.note(text=text.id, version=version.id)
    return made
