"""The demonstration's moderation: slow mode, a hidden contribution and its appeal, summaries by both sides, and screening."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from consult.demo.people import People
from consult.demo.round import Round
from consult.domain.roles import Actor, Role
from consult.model.moderation import Moderation
from consult.model.motions import Motion
from consult.model.store import db
from consult.service import ballots, debate, moderation_appeals, screening, summaries, threads

HOUR = timedelta(hours=1)
_SLOW = "In the last days before the close many speak at once, and few are heard."
_SCREENED = "After a heated branch meeting a moderator reads first what is said here, for a week."
_APPEAL = "I named an office and not a person, and what I said about its work is true."
_UPHELD = "The panel reads it as the moderator did: there is one person in that office, and the words are about her."
_WAITS = "Could the mover say what this costs a branch of forty members in the first year?"
_REFUSED = "Everybody who is against this should stay at home on the day."
_WHY_REFUSED = "It canvasses members not to vote, and says nothing about the motion."


def moderate(people: People, rounds: Iterable[Round], moderator: Actor, at: datetime) -> None:
    """Slow a debate whose sides have summaries in the content, have them approved, and decide the appeal of who was hidden first."""
    for one in rounds:
        motion = one.moved
        sides = {side: sorted(summaries.speakers(motion.id, side)) for side in summaries.SIDES}
        words = {"for": one.motion.case_for, "against": one.motion.case_against}
        if all(words.values()) and min(len(own) for own in sides.values()) >= 2 and debate.is_open(motion, at):
            threads.set_rule(motion, "slow", _SLOW, 30, by=moderator, at=at)
            for side, own in sides.items():
                _summarise(people, motion, side, words[side], own, at + HOUR)
            break
    _appeal(people, at + 2 * HOUR)


def _summarise(people: People, motion: Motion, side: str, words: str, own: list[int], at: datetime) -> None:
    """A summary that one of a side drafts and as many as it needs approve."""
    row = summaries.draft(motion, side, words, by=people.actor(own[0]), at=at)
    for number in own[1 : row.needed]:
        summaries.approve(row, by=people.actor(number), at=at + HOUR)


def _appeal(people: People, at: datetime) -> None:
    hidden = select(Moderation).where(Moderation.decision == "hidden").order_by(Moderation.id.desc())
    for row in list(db.session.scalars(hidden)):
        if moderation_appeals.why_not(row, at):
            continue
        appeal = moderation_appeals.make(row, _APPEAL, by=people.actor(row.author_id), at=at)
        panel = [each for each in ballots.holders(db.session(), Role.COMPLAINTS, at) if each.id != row.author_id]
        moderation_appeals.decide(appeal, "upheld", _UPHELD, by=people.actor(panel[0].id), at=at + 20 * HOUR)
        return


def screen(people: People, motions: Iterable[Motion], speakers: list[Actor], moderator: Actor, at: datetime) -> None:
    """Screen one debate that is open: one contribution waits, one was not admitted and its author has appealed."""
    motion = next((each for each in motions if debate.is_open(each, at)), None)
    if motion is None:
        return
    threads.set_rule(motion, "screening", _SCREENED, by=moderator, at=at - 5 * HOUR)
    debate.write(motion, "against", _REFUSED, by=speakers[0], at=at - 4 * HOUR)
    refused = screening.refuse(screening.queue()[0], "advertising", _WHY_REFUSED, by=moderator, at=at - 3 * HOUR)
    moderation_appeals.make(
        refused, "I gave my opinion, and opinions are not moderated.", by=speakers[0], at=at - 2 * HOUR
    )
    debate.write(motion, "question", _WAITS, by=speakers[1], at=at - HOUR)
