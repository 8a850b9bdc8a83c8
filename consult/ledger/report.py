"""What a verification looks at, with what, and what it has to say: the case, the checks and the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from consult.domain.errors import Refused
from consult.ledger.bundle import Bundle
from consult.ledger.chain import Head
from consult.ledger.definition import Definition
from consult.ledger.papers import Group
from consult.ledger.shape import UnknownFormat

#: (method, contest as `definition.contest_of` gives it, papers in groups, seed of the lot) → the count as JSON data.
Counter: TypeAlias = Callable[[str, dict[str, Any], Sequence[Group], str | None], dict[str, Any]]

#: (reveals, commitments, public value) → the seed of the lot.
Combine: TypeAlias = Callable[[Mapping[str, Mapping[str, str]], Mapping[str, str], str], str]

#: (bytes of the text replayed from, decisions) → the hash of the text that they lead to.
Replay: TypeAlias = Callable[[bytes, Any], str]


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
            "title": self.title,
            "outcomes": [{"question": title, "outcome": words} for title, words in self.outcomes],
            "signers": [{"name": n, "fingerprint": f, "signed": signed} for n, f, signed in self.signers],
            "checks": [{"name": check.name, "held": check.held, "words": check.words} for check in self.checks],
        }

    def passed(self, name: str, words: str) -> None:
        """Note a check that held."""
        self.checks.append(Check(name, True, words))

    def failed(self, name: str, words: str) -> None:
        """Note a check that failed, under the name of the failure."""
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
