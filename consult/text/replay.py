"""The substantive text: decisions in the order they were voted, replayed on the text that was moved.

Anyone can run it again from `Record.to_json`: the same record always gives the same text, the same falls and the same
reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from consult.domain.errors import Invalid
from consult.text.canonical import canonical, fields, fingerprint, parsed
from consult.text.clauses import Document
from consult.text.derive import derive
from consult.text.footprints import footprint
from consult.text.marked import MarkedClause, marked_weave
from consult.text.operations import Amendment, DoesNotApply, Insert, Operation, Replace, ReplaceAll, Retitle
from consult.text.provenance import Written, provenance
from consult.text.weave import Authors, Weave

FORMAT = "consult-replay-1"


class Outcome(StrEnum):
    """What was decided about an amendment; the first two put it into the text."""

    CARRIED = "carried"
    ACCEPTED = "accepted"
    LOST = "lost"
    FALLS = "falls"
    REMITTED = "remitted"
    WITHDRAWN = "withdrawn"
    NOT_MOVED = "not moved"


class Effect(StrEnum):
    """What a decision did to the text."""

    APPLIED = "applied"
    NONE = "none"
    FALLS = "falls"
    PROPOSED = "falls (proposed)"


@dataclass(frozen=True)
class Decision:
    """An outcome for the amendment `key`.

    `ruling` is the reason of a person who ruled that a deletion applies to a clause as amended; without it, an
    amendment whose words have changed is proposed to fall.
    """

    key: str
    outcome: Outcome
    ruling: str = ""

    def to_data(self) -> dict[str, Any]:
        return {"key": self.key, "outcome": self.outcome.value, "ruling": self.ruling}


@dataclass(frozen=True)
class Consequence:
    """A committee's confirmed consequence: if `when` is carried (or lost), `falls` falls, and why."""

    when: str
    outcome: Outcome
    falls: str
    reason: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in (Outcome.CARRIED, Outcome.LOST):
            raise Invalid("A consequence follows when an amendment is carried or lost, nothing else.")
        if self.when == self.falls:
            raise Invalid(f"Amendment {self.when} cannot be a consequence of itself.")

    def to_data(self) -> dict[str, Any]:
        return {"when": self.when, "outcome": self.outcome.value, "falls": self.falls, "reason": self.reason}


@dataclass(frozen=True)
class Step:
    """One decision replayed: what it did, why it did not, and the hash of the text after it."""

    key: str
    outcome: Outcome
    effect: Effect
    reason: str
    hash: str

    def to_data(self) -> dict[str, Any]:
        return {
            "key": self.key, "outcome": self.outcome.value, "effect": self.effect.value, "reason": self.reason,
            "hash": self.hash,
        }  # fmt: skip


@dataclass(frozen=True)
class Record:
    """All that a replay depends on."""

    base: Document
    amendments: tuple[Amendment, ...]
    decisions: tuple[Decision, ...]
    consequences: tuple[Consequence, ...] = ()

    def to_json(self) -> str:
        """Canonical JSON, published so that anyone can replay it."""
        return canonical(
            {
                "format": FORMAT,
                "base": self.base.to_data(),
                "amendments": [amendment.to_data() for amendment in self.amendments],
                "decisions": [decision.to_data() for decision in self.decisions],
                "consequences": [consequence.to_data() for consequence in self.consequences],
            }
        ).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Record:
        """The record of a JSON text, strictly."""
        shape: dict[str, type] = {"base": dict, "amendments": list, "decisions": list, "consequences": list}
        found = fields(parsed(text, "The record"), "A record", {"format": str} | shape)
        if found["format"] != FORMAT:
            raise Invalid(f"This record is in the format ‘{found['format']}’; this program reads ‘{FORMAT}’.")
        return cls(
            Document.from_data(found["base"]),
            tuple(Amendment.from_data(entry) for entry in found["amendments"]),
            tuple(_decision(entry) for entry in found["decisions"]),
            tuple(_consequence(entry) for entry in found["consequences"]),
        )


def _decision(data: Any) -> Decision:
    found = fields(data, "A decision", {"key": str, "outcome": str, "ruling": str})
    return Decision(found["key"], _outcome(found["outcome"]), found["ruling"])


def _consequence(data: Any) -> Consequence:
    found = fields(data, "A consequence", {"when": str, "outcome": str, "falls": str, "reason": str})
    return Consequence(found["when"], _outcome(found["outcome"]), found["falls"], found["reason"])


def _outcome(text: str) -> Outcome:
    if text not in set(Outcome):
        raise Invalid(f"There is no outcome ‘{text}’; the outcomes are {', '.join(Outcome)}.")
    return Outcome(text)


@dataclass(frozen=True)
class Replay:
    """What the decisions made of the text: the document, each step, and who wrote each word."""

    document: Document
    steps: tuple[Step, ...]
    authors: Mapping[str, tuple[str, ...]]
    #: amendments not decided yet → why each falls or would not apply now ("" when it still applies)
    remaining: Mapping[str, str]
    marked: tuple[MarkedClause, ...] = field(repr=False, default=())

    @property
    def provenance(self) -> dict[str, tuple[Written, ...]]:
        """Each clause as runs of words by one author; "" is the text as moved."""
        return provenance(self.document, self.authors)

    @property
    def hash(self) -> str:
        """The hash of the whole outcome, to compare two replays."""
        return fingerprint({"document": self.document.hash, "steps": [step.to_data() for step in self.steps]})


def replay(
    base: Document,
    amendments: Iterable[Amendment],
    decisions: Iterable[Decision],
    consequences: Iterable[Consequence] = (),
) -> Replay:
    """The text after the decisions, in the order given.

    An amendment to an amendment is put before the one it amends, which is then put as amended. An amendment whose
    words are no longer there is proposed to fall, with the reason; nothing is ever applied in part or by similarity.

    >>> from consult.text.clauses import Clause, Kind
    >>> base = Document((Clause("c1", Kind.RESOLVES, "To pay £12 an hour."),))
    >>> one = Amendment("1", base.hash, (Replace("c1", 2, 3, ("£12",), ("£15",)),))
    >>> two = Amendment("2", base.hash, (Replace("c1", 2, 3, ("£12",), ("£12.50",)),))
    >>> done = replay(base, [one, two], [Decision("1", Outcome.CARRIED), Decision("2", Outcome.CARRIED)])
    >>> done.document.clause("c1").text, done.steps[1].effect.value
    ('To pay £15 an hour.', 'falls (proposed)')
    >>> done.steps[1].reason
    'In Resolves 1 amendment 1 changed the words ‘£12’; they now read ‘To pay £15 an hour’.'

    Raises `consult.domain.errors.Invalid` for an unknown or repeated key, or an amendment made on another text.
    """
    return Hall(base, tuple(amendments), tuple(consequences)).run(tuple(decisions))


def run(record: Record) -> Replay:
    """The replay of a record."""
    return replay(record.base, record.amendments, record.decisions, record.consequences)


class Hall:
    """The state while decisions are replayed; `consult.text.rehearse` asks it what would be put and what would not."""

    def __init__(self, base: Document, amendments: Sequence[Amendment], consequences: Sequence[Consequence]) -> None:
        self.base = base
        self.amendments = {amendment.key: amendment for amendment in amendments}
        if len(self.amendments) != len(amendments):
            raise Invalid("Two amendments have the same key.")
        self.names = {amendment.key: amendment.called for amendment in amendments}
        self.consequences = consequences
        self.weave = Weave(base, self.names)
        self.amended: dict[str, Weave] = {}
        self.decided: dict[str, Outcome] = {}
        self.fallen: dict[str, str] = {}
        #: (the amendment amended, the effect) → the amendment that had it
        self.made: dict[tuple[str, tuple[object, ...]], str] = {}
        self._check_bases()

    def _check_bases(self) -> None:
        for amendment in self.amendments.values():
            if amendment.parent:
                parent = self.amendments.get(amendment.parent)
                if parent is None or parent.parent:
                    raise Invalid(f"{amendment.called} must amend an amendment to the text itself.")
                expected = self._child_weave(parent).base.hash
            else:
                expected = self.base.hash
            if amendment.base != expected:
                raise Invalid(f"{amendment.called} was made on another version of the text: rebase it first.")
        for consequence in self.consequences:
            for key in (consequence.when, consequence.falls):
                if key not in self.amendments:
                    raise Invalid(f"A consequence names amendment {key}, which is not here.")

    def _child_weave(self, parent: Amendment) -> Weave:
        """The parent as carried, on which amendments to it are applied."""
        if parent.key not in self.amended:
            alone = Weave(self.base, self.names)
            alone.apply(parent.key, parent.operations)
            self.amended[parent.key] = Weave(alone.document(), self.names, alone.authors())
        return self.amended[parent.key]

    def run(self, decisions: Sequence[Decision]) -> Replay:
        """All the decisions, then what remains."""
        steps = tuple(self.step(decision) for decision in decisions)
        left = {key: self.prospect(item) for key, item in self.amendments.items() if key not in self.decided}
        return Replay(self.weave.document(), steps, self.weave.authors(), left, marked_weave(self.weave))

    def step(self, decision: Decision) -> Step:
        amendment = self.amendments.get(decision.key)
        if amendment is None:
            raise Invalid(f"A decision names amendment {decision.key}, which is not here.")
        if decision.key in self.decided:
            raise Invalid(f"{amendment.called} was decided twice.")
        effect, reason = self._decide(amendment, decision)
        done = decision.outcome
        if effect in (Effect.FALLS, Effect.PROPOSED):
            done = Outcome.FALLS
        self.decided[decision.key] = done
        self._follow(decision.key, done)
        return Step(decision.key, decision.outcome, effect, reason, self.weave.document().hash)

    def _decide(self, amendment: Amendment, decision: Decision) -> tuple[Effect, str]:
        if decision.outcome not in (Outcome.CARRIED, Outcome.ACCEPTED):
            return (Effect.FALLS if decision.outcome is Outcome.FALLS else Effect.NONE), decision.ruling
        bar = self.bar(amendment)
        if bar:
            return Effect.FALLS, bar
        weave = self._child_weave(self.amendments[amendment.parent]) if amendment.parent else self.weave
        operations, authors = self._effective(amendment)
        effect = (amendment.parent, footprint(weave.base, operations).effect)
        if effect in self.made:
            return Effect.PROPOSED, self._made_already(effect)
        try:
            weave.apply(amendment.key, operations, authors=authors, as_amended=bool(decision.ruling))
        except DoesNotApply as refusal:
            return Effect.PROPOSED, str(refusal)
        self.made[effect] = amendment.key
        return Effect.APPLIED, decision.ruling

    def _made_already(self, effect: tuple[str, tuple[object, ...]]) -> str:
        return f"It makes the same change as {self.names[self.made[effect]]}, which is made already."

    def bar(self, amendment: Amendment) -> str:
        """Why an amendment falls whatever its words."""
        if amendment.key in self.fallen:
            return self.fallen[amendment.key]
        parent = self.decided.get(amendment.parent)
        if parent is not None:
            return f"It amends {self.names[amendment.parent]}, which was decided already ({parent.value})."
        return ""

    def _effective(self, amendment: Amendment) -> tuple[tuple[Operation, ...], Authors]:
        """The amendment as amended, and who wrote its new words."""
        weave = self.amended.get(amendment.key)
        if (
            weave is None
            or amendment.parent
            or not any(
                child.parent == amendment.key and self.decided.get(child.key) in (Outcome.CARRIED, Outcome.ACCEPTED)
                for child in self.amendments.values()
            )
        ):
            return amendment.operations, {}
        operations = derive(self.base, weave.document())
        return operations, written_by(operations, weave.authors(), amendment.key)

    def _follow(self, key: str, outcome: Outcome) -> None:
        """Confirmed consequences take effect when their cause is decided."""
        carried = outcome in (Outcome.CARRIED, Outcome.ACCEPTED)
        for consequence in self.consequences:
            if consequence.when == key and carried == (consequence.outcome is Outcome.CARRIED):
                happened = "carried" if carried else "not carried"
                why = f": {consequence.reason}" if consequence.reason else "."
                self.fallen.setdefault(consequence.falls, f"{self.names[key]} was {happened}{why}")

    def prospect(self, amendment: Amendment) -> str:
        """Why an undecided amendment falls or would not apply, or ""."""
        bar = self.bar(amendment)
        if bar:
            return bar
        weave = self._child_weave(self.amendments[amendment.parent]) if amendment.parent else self.weave
        operations = self._effective(amendment)[0]
        effect = (amendment.parent, footprint(weave.base, operations).effect)
        if effect in self.made:
            return self._made_already(effect)
        refusal = weave.refusal(amendment.key, operations)
        return str(refusal) if refusal else ""


def written_by(operations: Sequence[Operation], authors: Mapping[str, tuple[str, ...]], key: str) -> Authors:
    """Who wrote the new words of operations, from the authors of the text that they lead to; "" counts as `key`."""
    found: dict[int | str, tuple[str, ...]] = {}
    shift: dict[str, int] = {}
    for number, operation in enumerate(operations):
        if isinstance(operation, Replace):
            start = operation.start + shift.get(operation.clause, 0)
            own = authors.get(operation.clause, ())[start : start + len(operation.new)]
            shift[operation.clause] = shift.get(operation.clause, 0) + len(operation.new) - len(operation.old)
            found[number] = tuple(author or key for author in own)
        elif isinstance(operation, Retitle):
            found[number] = tuple(author or key for author in authors.get(operation.clause, ()))
        elif isinstance(operation, Insert | ReplaceAll):
            for clause in operation.clauses:
                found[clause.id] = tuple(author or key for author in authors[clause.id])
    return found
