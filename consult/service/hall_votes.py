"""Votes in the hall: hands, tellers who must agree, cards by entitlement; every figure judged by the counting of motions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.counting.contest import Candidate, Contest, Group, Papers
from consult.counting.count import agree, count, recount
from consult.counting.result import Count
from consult.domain import hall
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Unavailable
from consult.domain.events import Event
from consult.domain.hall import Majority
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.hall import CardVote, Division, Sitting, TellerCount
from consult.service import credentials
from consult.service.act import Act, act

_CHOICES = ("for", "against", "abstain")
MOST = 10_000_000


@dataclass(frozen=True)
class Figures:
    """Votes for, against and abstaining."""

    votes_for: int
    votes_against: int
    abstained: int = 0

    @property
    def tied(self) -> bool:
        """As many for as against."""
        return self.votes_for == self.votes_against

    def __str__(self) -> str:
        return f"{self.votes_for:,} for, {self.votes_against:,} against, {self.abstained:,} abstained"


def judged(majority: Majority, papers: Papers, name: str = "division") -> Count:
    """The count of a motion, counted twice; `outcome` is "carried" or "lost".

    >>> judged(Majority("2/3", ">="), {(0,): 20, (1,): 10}).outcome, judged(Majority("1/2", ">"), {(0,): 5, (1,): 5}).outcome
    ('carried', 'lost')
    """
    contest = Contest(
        name,
        tuple(Candidate(key, key.capitalize()) for key in _CHOICES),
        settings={"threshold": majority.threshold, "comparison": majority.comparison, "base": "for-against"},
    )
    first, second = count("majority", contest, papers), recount("majority", contest, papers)
    if differences := agree(first, second):
        raise Unavailable(f"Two counts do not agree, so nothing was declared. {differences[0]}")
    return first


def of_figures(figures: Figures) -> Papers:
    """Hands as papers."""
    given = (figures.votes_for, figures.votes_against, figures.abstained)
    return {(place,): number for place, number in enumerate(given) if number}


def of_cards(cards: Iterable[CardVote]) -> Papers:
    """Cards as papers of their weight."""
    return [Group((_CHOICES.index(card.choice),), card.weight) for card in cards]


def figures_of(found: Count) -> Figures:
    """The tally of a count."""
    return Figures(found.tallies["for"], found.tallies["against"], found.tallies["abstain"])


# -- cards -----------------------------------------------------------------------------------------------------------


def cards_of(session: Session, division: Division) -> list[CardVote]:
    """The cards cast in a division, in order of number."""
    query = select(CardVote).where(CardVote.division_id == division.id).options(joinedload(CardVote.credential))
    return sorted(session.scalars(query), key=lambda vote: vote.credential.card)


@act(Permission.VOTES_COUNT, Event.VOTES_COUNTED)
def cast_card(
    sitting: Sitting, division: Division, card: int, choice: str, *, by: Actor, at: datetime, act: Act
) -> Division:
    """Enter how a card voted; it counts for its entitlement, and with it the cards whose proxy it holds.

    Raises:
        OutOfOrder: if no card vote is open, or the card has voted, is away, or was taken over.
        Invalid: for a choice that there is not.
    """
    _require_open(division, "cards")
    if choice not in _CHOICES:
        raise Invalid("A card votes for, against or abstains.", {"choice": "Choose for, against or abstain."})
    everybody = credentials.of_sitting(sitting.id, act.session)
    holder = credentials.get(sitting, card, act.session)
    if holder.id not in {one.id for one in credentials.voting(everybody)}:
        raise OutOfOrder(
            f"Card {card} has no vote now: it is away, was taken over by a substitute, or counts for nothing."
        )
    if act.session.get(CardVote, (division.id, holder.id)) is not None:
        raise OutOfOrder(f"Card {card} has voted in this division already.")
    gone = {one.replaces_id for one in everybody}
    given = [one for one in everybody if one.proxy_id == holder.id and not one.present and one.id not in gone]
    for one in (holder, *given):
        act.session.add(
            CardVote(
                division_id=division.id,
                credential_id=one.id,
                choice=choice,
                weight=one.weight,
                at=at,
                by_id=by.member_id,
            )
        )
    sitting.revision += 1
    act.note(division=division.id, cards=[one.card for one in (holder, *given)])
    return division


# -- tellers ---------------------------------------------------------------------------------------------------------


@act(Permission.VOTES_COUNT, Event.VOTES_COUNTED)
def report(sitting: Sitting, division: Division, figures: Figures, *, by: Actor, at: datetime, act: Act) -> TellerCount:
    """Enter what a teller counted; a teller who counts again enters it again, and the newest counts.

    Raises:
        NotAllowed: for a chair. OutOfOrder: if tellers are not counting. Invalid: for impossible figures.
    """
    if by.member_id not in sitting.holders(hall.TELLER):
        raise NotAllowed("Tellers report what they counted; the chair declares it.")
    _require_open(division, "tellers")
    require_possible(act.session, sitting, figures)
    earlier = [one for one in division.counts if one.teller_id == by.member_id]
    made = TellerCount(
        division_id=division.id,
        teller_id=by.member_id,
        attempt=len(earlier) + 1,
        votes_for=figures.votes_for,
        votes_against=figures.votes_against,
        abstained=figures.abstained,
        at=at,
    )
    act.session.add(made)
    sitting.revision += 1
    return made


def agreed(division: Division) -> Figures:
    """What two tellers found alike.

    Raises:
        OutOfOrder: while fewer than two have reported, or they do not agree.
    """
    newest = {one.teller_id: Figures(one.votes_for, one.votes_against, one.abstained) for one in division.counts}
    if len(newest) < 2:
        raise OutOfOrder(f"Two tellers must report before this is declared; {len(newest)} has so far.")
    if len(set(newest.values())) > 1:
        said = "; ".join(str(figures) for figures in newest.values())
        raise OutOfOrder(f"The tellers do not agree ({said}). Ask them to count again.")
    return next(iter(newest.values()))


def require_possible(session: Session, sitting: Sitting, figures: Figures) -> None:
    """Nothing if the figures are numbers that the cards present allow.

    Raises:
        Invalid: naming the field.
    """
    given = {"votes_for": figures.votes_for, "votes_against": figures.votes_against, "abstained": figures.abstained}
    for name, number in given.items():
        if not 0 <= number <= MOST:
            raise Invalid("Votes are numbers from 0.", {name: "Give a number from 0."})
    cards = credentials.of_sitting(sitting.id, session)
    hands = sum(given.values())
    if cards and hands > (present := len(credentials.voting(cards))):
        sentence = (
            f"{hands:,} hands were counted, but only {present:,} with a vote are present. Count again, or admit more."
        )
        raise Invalid(sentence, {"votes_for": sentence})


def _require_open(division: Division, method: str) -> None:
    if division.declared_at is not None:
        raise OutOfOrder(f"Question {division.number} has been declared: {division.outcome}.")
    if division.method != method:
        raise OutOfOrder(f"Question {division.number} is voted on {hall.METHODS[division.method]}.")
