"""A vote rehearsed: for any combination of outcomes in any order, what is put, what falls, what is moot and what text results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from consult.text.clauses import Document
from consult.text.operations import Amendment
from consult.text.replay import Consequence, Decision, Effect, Hall, Outcome


class Fate(StrEnum):
    """What becomes of an amendment when the vote is rehearsed."""

    CARRIED = "carried"
    LOST = "lost"
    #: A confirmed consequence bars it: it is not put.
    FALLS = "falls"
    #: The words that it changes are gone, or its change is made already: it is not put, once a person has said so.
    MOOT = "moot"


@dataclass(frozen=True)
class Turn:
    """One amendment in its turn: what becomes of it, why if it is not put, and the hash of the text after it."""

    key: str
    fate: Fate
    reason: str
    hash: str


@dataclass(frozen=True)
class Rehearsal:
    """The turns in order, and the text they lead to."""

    turns: tuple[Turn, ...]
    document: Document
    authors: Mapping[str, tuple[str, ...]]

    @property
    def fates(self) -> dict[str, Fate]:
        """Each amendment's fate by key."""
        return {turn.key: turn.fate for turn in self.turns}


def rehearse(
    base: Document,
    amendments: Iterable[Amendment],
    order: Sequence[str],
    carried: Mapping[str, bool],
    consequences: Iterable[Consequence] = (),
    fallen: Mapping[str, str] | None = None,
) -> Rehearsal:
    """What happens if amendments are put in this order and, where they are put, carried or not (`carried`, by key).

    `fallen` names amendments that fall by what is decided elsewhere, and why. Each amendment is asked in its turn
    whether it can still be put, so that what is moot does not depend on how it would have been voted on. The text is
    the one that `consult.text.replay` gives for the same decisions.

    >>> from consult.text.clauses import Clause, Kind
    >>> from consult.text.operations import Replace
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> made = [Amendment(str(n), base.hash, (Replace("c1", 2, 3, ("£12",), (f"£{n}",)),)) for n in (15, 20)]
    >>> done = rehearse(base, made, ["20", "15"], {"15": True, "20": True})
    >>> done.document.clause("c1").text, [turn.fate.value for turn in done.turns]
    ('To pay £20 an hour.', ['carried', 'moot'])

    Raises `consult.domain.errors.Invalid` for an unknown or repeated key, or an amendment made on another text.
    """
    hall = Hall(base, tuple(amendments), tuple(consequences))
    barred = dict(fallen or {})
    turns = []
    for key in order:
        amendment = hall.amendments.get(key)
        bar = barred.get(key) or (hall.bar(amendment) if amendment else "")
        moot = "" if bar or amendment is None else hall.prospect(amendment)
        if bar or moot:
            decision = Decision(key, Outcome.FALLS, bar or moot)
        else:
            decision = Decision(key, Outcome.CARRIED if carried.get(key) else Outcome.LOST)
        step = hall.step(decision)
        fate = Fate.FALLS if bar else Fate.MOOT if moot else _fate(step.effect)
        turns.append(Turn(key, fate, step.reason, step.hash))
    return Rehearsal(tuple(turns), hall.weave.document(), hall.weave.authors())


def _fate(effect: Effect) -> Fate:
    return Fate.CARRIED if effect is Effect.APPLIED else Fate.LOST
