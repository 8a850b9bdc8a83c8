"""What a verification looks at, with what, and what it has to say: the case, the checks and the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from consult.domain.errors import Refused
from consult.ledger.bundle import Bundle
from consult.ledger.chain import Head
from consult.ledger.definition import Definition
from consult.ledger.papers import Group
from consult.ledger.shape import UnknownFormat


class Margin(NamedTuple):
    """One margin: between what it stands, the votes exactly, and the votes as they are written."""

    between: str
    votes: Fraction
    written: str


#: (method, contest as `definition.contest_of` gives it, papers in groups, seed of the lot) → the count as JSON data.
Counter: TypeAlias = Callable[[str, dict[str, Any], Sequence[Group], str | None], dict[str, Any]]

#: (reveals, commitments, public value) → the seed of the lot.
Combine: TypeAlias = Callable[[Mapping[str, Mapping[str, str]], Mapping[str, str], str], str]

#: (bytes of the text replayed from, decisions) → the hash of the text that they lead to.
Replay: TypeAlias = Callable[[bytes, Any], str]

#: A count as JSON data → its margins, the narrowest first: between what, the votes exactly, the votes as written.
Margins: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Margin]]

#: Every name under which something can fail, and what it means; docs/bundle.md lists them for strangers.
FAILURES = {
    "packing": "the ZIP file is not, byte for byte, what its members make",
    "doubled member": "two members have one name",
    "unknown member": "a member has a name that has no place in a bundle",
    "missing member": "a member that is required, or that the manifest names, is not there",
    "added member": "a member is there of which the manifest knows nothing",
    "altered member": "a member's SHA-256 is not the one in the manifest",
    "version": "a document is of a format, or a version of one, that is not known",
    "downgraded": "the ballot is of a newer format than the result, which would leave out what the newer one checks",
    "malformed": "a document cannot be read: not canonical JSON, or not of its shape",
    "wrong manifest": "signatures.json is about another manifest",
    "unknown signer": "somebody signed who was not declared before opening",
    "signed twice": "one signer is there twice",
    "bad signature": "a signature is not of this manifest by this key",
    "too few signatures": "fewer than k declared signers signed",
    "pinned key": "a key that you gave is not a declared signer's, or its holder did not sign",
    "definition": "the definition, its id or its title is not the one that was signed",
    "questions": "the questions or their rules are not those that were put to the vote",
    "options": "the options, or those withdrawn, are not those on the ballot",
    "time": "the ballot was closed before its time",
    "turnout": "papers ≤ marked ≤ roll does not hold, or papers by origin are more than papers",
    "roll": "the roll is not the one that was frozen, or roll.json says otherwise",
    "on paper": "papers came on paper, though the ballot was to take none",
    "statement": "what a candidate says is missing, is not what voters saw, or is of nobody on the ballot",
    "photograph": "a candidate's photograph is missing, is not the one that voters saw, or is of nobody on the ballot",
    "text": "a text is missing, or is not the one that was put to the vote",
    "replay": "the decisions on amendments do not lead to the text that is claimed",
    "board": "the board does not add up, does not make the root signed, or does not continue its heads",
    "challenged": "the challenged ballots do not add up, do not make the root signed, or are on the board as well",
    "materiality": "materiality.json is missing, or is not what the manifest and the counts make",
    "complaints": "the result was certified before every complaint was decided",
    "recounts": "a recount asked for was not made, or scrutineers' signed recounts are too few, wrong or another's",
    "receipt": "a receipt that you gave is not on the board, or the board is not listed",
    "head": "a head that was mailed to you is not one that the board went through",
    "opening": "a sealed box was not opened twice to one hash, or it was another box",
    "votes": "the open votes do not make the papers counted, or votes are named in a secret ballot",
    "lot": "the seed of the lot does not follow from what was declared and revealed",
    "result": "a count is not the one that was signed, or was made by another rule",
    "arithmetic": "a count does not add up",
    "publication": "what is published of the papers is not what was declared before opening",
    "papers": "the papers are not those that were signed, not of this ballot, or not as many",
    "pairwise": "a pairwise table is not the one that the papers make, or is of no question of this ballot",
    "rule version": "a counter knows another version of the rule",
    "count": "a counter comes to another result, or refuses to count",
}


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, whether it held (None: it could not be looked at), and a sentence."""

    name: str
    held: bool | None
    words: str


@dataclass
class Report:
    """All checks in order. `ok` if none failed; `recounted` names the questions that were counted again."""

    checks: list[Check] = field(default_factory=list)
    title: str = ""
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    signers: list[tuple[str, str, bool]] = field(default_factory=list)
    recounted: list[str] = field(default_factory=list)
    #: How many scrutineers' signed recounts came to the same.
    by_scrutineers: int = 0
    questions: int = 0

    @property
    def failures(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if check.held is False]

    @property
    def ok(self) -> bool:
        """Whether everything that was looked at held."""
        return bool(self.checks) and not self.failures

    @property
    def arithmetic_only(self) -> bool:
        """Whether some question could not be counted again, because its papers are not public."""
        return len(self.recounted) < self.questions

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "ok": self.ok,
            "arithmetic_only": self.arithmetic_only,
            "recounted_by_scrutineers": self.by_scrutineers,
            "title": self.title,
            "outcomes": [{"question": title, "outcome": words} for title, words in self.outcomes],
            "signers": [{"name": n, "fingerprint": f, "signed": signed} for n, f, signed in self.signers],
            "checks": [{"name": check.name, "held": check.held, "words": check.words} for check in self.checks],
        }

    def passed(self, name: str, words: str) -> None:
        """Note a check that held."""
        self.checks.append(Check(name, True, words))

    def failed(self, name: str, words: str) -> None:
        """Note a check that failed, under the name of the failure (one of `FAILURES`)."""
        if name not in FAILURES:
            raise KeyError(name)
        self.checks.append(Check(name, False, words))

    def refused(self, error: Refused) -> None:
        """Note a document that could not be read."""
        self.failed("version" if isinstance(error, UnknownFormat) else "malformed", str(error))

    def skipped(self, name: str, words: str) -> None:
        """Note what could not be looked at, and why."""
        self.checks.append(Check(name, None, words))

    def expect(self, true: bool, name: str, words: str) -> bool:
        """Note a failure unless `true`; gives `true`."""
        if not true:
            self.failed(name, words)
        return true


@dataclass(frozen=True)
class Case:
    """What the checks look at: the bundle, its definition, and what the sceptic brought along."""

    found: Bundle
    asked: Definition
    counters: Mapping[str, Counter]
    held: Sequence[bytes] = ()
    keys: Sequence[str] = ()
    receipts: Sequence[str] = ()
    heads: Sequence[Head] = ()
    combine: Combine | None = None
    replay: Replay | None = None
    margins: Margins | None = None
