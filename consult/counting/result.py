"""The whole working out of a count: stages, transfers, ties, tallies; one canonical JSON form and its hash.

What is recorded, so that two counters of one rule written apart come to the same bytes:

- A *stage* is one step of the rule: the first preferences, one surplus, one exclusion (of one or, where the rule says
  so, several candidates at once), one distribution of surpluses (Meek).  `votes` is what each candidate has at the end
  of it; None for a withdrawn candidate; 0 from the exclusion on (unless the count ends before the papers have moved).
- `transfers` say where the papers of `subjects` went: (from, to or None for non-transferable, papers, value).
  They are merged and sorted here.  Papers that stay with their candidate are no transfer.
- `non_transferable` and `loss` are cumulative.  Votes + non-transferable + loss = valid votes, exactly, at every stage
  of a rule that moves papers.  (A council's table shows the two added together.)
- `elected` lists who is elected at the end of the stage, in order of election: most votes first; equal votes by the
  rule's own look at earlier stages, then ballot order.  `deemed` are those of them who fill the last places without
  the quota; they are put on the stage that made it so, there is no stage of its own for them.
- `ties` hold only ties that had to be broken, in the order in which they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Number: TypeAlias = int | Fraction


@dataclass(frozen=True, slots=True)
class Transfer:
    """Papers that moved from one candidate to another (`target` None: non-transferable), and the votes they carried."""

    source: int
    target: int | None
    papers: int
    value: Number


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie that had to be broken, and how.

    `purpose`: "exclusion", "surplus", "place", "order" (of places) or "pair" (ranked pairs).
    `tied` in ballot order; `chosen` are those it fell upon (excluded, transferred first, given the place).
    `looked` are the numbers of the earlier stages at which some of the tied differed, as they were consulted;
    `lot` is true where the permutation decided.
    """

    stage: int
    purpose: str
    tied: tuple[int, ...]
    chosen: tuple[int, ...]
    looked: tuple[int, ...] = ()
    lot: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the rule, see the module's text for what each field holds.

    `action`: "first-preferences", "surplus", "exclusion", "distribution" (Meek), "tally" (rules of one step),
    "beatpaths", "locking".  `part` numbers the counts of a rule that counts several times.
    """

    number: int
    action: str
    votes: tuple[Number | None, ...]
    subjects: tuple[int, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    non_transferable: Number = 0
    loss: Number = 0
    quota: Number | None = None
    elected: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    deemed: tuple[int, ...] = ()
    #: Meek's keep values.
    keep: tuple[Number | None, ...] = ()
    part: int = 1

    def __post_init__(self) -> None:
        merged: dict[tuple[int, int | None], tuple[int, Number]] = {}
        for t in self.transfers:
            papers, value = merged.get((t.source, t.target), (0, 0))
            merged[t.source, t.target] = papers + t.papers, value + t.value
        far = len(self.votes)
        order = sorted(merged, key=lambda pair: (pair[0], far if pair[1] is None else pair[1]))
        kept = tuple(Transfer(*pair, *merged[pair]) for pair in order if any(merged[pair]))
        object.__setattr__(self, "transfers", kept)


@dataclass(frozen=True, slots=True)
class Ballots:
    """Papers (by weight) that counted, that said nothing, and that could not be counted."""

    valid: int
    blank: int = 0
    invalid: int = 0


@dataclass(frozen=True)
class Count:
    """A finished count.

    `labels` are the candidates' names made distinct, `winners` indexes in order of election, `ranking` levels of
    indexes from the first (a level of several is a tie that nobody needed to break).  `places` is the number of
    decimals the rule works with.  `unfilled` are places left open (re-open nominations, or nobody had a vote).
    `tallies` and `outcome` hold what a method has beyond places: for a motion the base, the threshold, the quorum, the
    units and the verdict in words.  `pairwise[i][j]` is how many prefer i to j.
    """

    method: str
    version: str
    seats: int
    labels: tuple[str, ...]
    ballots: Ballots
    winners: tuple[int, ...]
    stages: tuple[Stage, ...]
    quota: Number | None = None
    places: int = 0
    ties: tuple[Tie, ...] = ()
    ranking: tuple[tuple[int, ...], ...] | None = None
    outcome: str = ""
    tallies: Mapping[str, Any] = field(default_factory=dict)
    pairwise: tuple[tuple[int, ...], ...] | None = None
    withdrawn: tuple[int, ...] = ()
    ron: int | None = None
    unfilled: int = 0
    #: The permutation, where a lot was drawn.
    permutation: tuple[int, ...] | None = None

    @property
    def needed_lot(self) -> bool:
        """Whether any tie fell to the lot."""
        return any(tie.lot for tie in self.ties)

    def as_json(self) -> dict[str, Any]:
        """The published object; numbers of votes are decimal strings at the rule's own precision."""
        body = self._body()
        body["hash"] = hashlib.sha256(canonical(body)).hexdigest()
        return body

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON without the hash itself."""
        return hashlib.sha256(canonical(self._body())).hexdigest()

    def _body(self) -> dict[str, Any]:
        name = self.labels
        body: dict[str, Any] = {
            "method": self.method,
            "version": self.version,
            "seats": self.seats,
            "quota": None if self.quota is None else short_decimal(self.quota, self.places),
            "candidates": list(name),
            "ballots": {"valid": self.ballots.valid, "blank": self.ballots.blank, "invalid": self.ballots.invalid},
            "winners": [name[i] for i in self.winners],
            "stages": [self._stage(stage) for stage in self.stages],
            "ties": [self._tie(tie) for tie in self.ties],
        }
        if self.ranking is not None:
            body["ranking"] = [
                name[level[0]] if len(level) == 1 else [name[i] for i in level] for level in self.ranking
            ]
        if self.outcome:
            body["outcome"] = self.outcome
        if self.tallies:
            body["tallies"] = _plain(self.tallies)
        if self.pairwise is not None:
            body["pairwise"] = {
                name[i]: {name[j]: row[j] for j in range(len(row)) if j != i and j not in self.withdrawn}
                for i, row in enumerate(self.pairwise)
                if i not in self.withdrawn
            }
        if self.withdrawn:
            body["withdrawn"] = [name[i] for i in self.withdrawn]
        if self.ron is not None:
            body["reopen_nominations"] = name[self.ron]
        if self.unfilled:
            body["unfilled"] = self.unfilled
        if self.permutation is not None:
            body["lot"] = [name[i] for i in self.permutation]
        return body

    def _stage(self, stage: Stage) -> dict[str, Any]:
        from consult.counting.words import stage_words

        name, places = self.labels, self.places
        shown: dict[str, Any] = {
            "number": stage.number,
            "action": stage.action,
            "votes": {name[i]: decimal(v, places) for i, v in enumerate(stage.votes) if v is not None},
            "non_transferable": decimal(stage.non_transferable, places),
            "loss": decimal(stage.loss, places),
            "elected": [name[i] for i in stage.elected],
            "excluded": [name[i] for i in stage.excluded],
            "words": stage_words(self, stage),
            "transfers": [
                {
                    "from": name[t.source],
                    "to": None if t.target is None else name[t.target],
                    "papers": t.papers,
                    "value": decimal(t.value, places),
                }
                for t in stage.transfers
            ],
        }
        if stage.quota is not None:
            shown["quota"] = short_decimal(stage.quota, places)
        if stage.subjects:
            shown["subjects"] = [name[i] for i in stage.subjects]
        if stage.deemed:
            shown["deemed"] = [name[i] for i in stage.deemed]
        if stage.keep:
            shown["keep"] = {name[i]: decimal(k, places) for i, k in enumerate(stage.keep) if k is not None}
        if any(s.part != 1 for s in self.stages):
            shown["part"] = stage.part
        return shown

    def _tie(self, tie: Tie) -> dict[str, Any]:
        return {
            "stage": tie.stage,
            "purpose": tie.purpose,
            "tied": [self.labels[i] for i in tie.tied],
            "chosen": [self.labels[i] for i in tie.chosen],
            "looked": list(tie.looked),
            "lot": tie.lot,
        }


def decimal(value: Number, places: int) -> str:
    """`value` with exactly `places` decimals; nothing is rounded.  Raises ValueError where it does not fit exactly.

    >>> decimal(Fraction(3, 4), 5), decimal(7, 0), decimal(Fraction(-1, 2), 1)
    ('0.75000', '7', '-0.5')
    """
    scaled = value * 10**places
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{value} does not fit in {places} decimals")
    sign, digits = ("-" if whole < 0 else ""), str(abs(whole)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def short_decimal(value: Number, places: int) -> str:
    """As `decimal`, but a whole number is written without decimals: a quota of 1914 is "1914".

    >>> short_decimal(1914, 5), short_decimal(Fraction(10757, 100), 2)
    ('1914', '107.57')
    """
    return str(int(value)) if value == int(value) else decimal(value, places)


def canonical(body: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces, no escapes beyond JSON's own: one object, one sequence of bytes.

    >>> canonical({"b": 1, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    """Tallies as JSON: fractions as "num/den", tuples as lists."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
