"""How lots are drawn: one permutation of the candidates from a public seed, and how a committee makes that seed.

The permutation sorts candidates by SHA-256(seed ‖ "\\n" ‖ ballot id ‖ "\\n" ‖ candidate key).  Whoever comes first in
it wins a place that is to be given, survives an exclusion, and has a surplus transferred first.

The seed: each committee member publishes `commitment(value, salt)` before the close and reveals value and salt after
it.  If all reveal, the revealed values together are the seed.  If anybody does not, the public value named before
opening decides alone, so that nobody gains by withholding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from consult.domain.errors import Refused


class LotNeeded(Refused):
    """A tie that the rule leaves to the lot, and no seed was given: `tied` holds the names, `stage` the number."""

    status = 409

    def __init__(self, tied: Sequence[str], stage: int, purpose: str = "") -> None:
        self.tied = tuple(tied)
        self.stage = stage
        self.purpose = purpose
        names = " and ".join([", ".join(self.tied[:-1]), self.tied[-1]]) if len(self.tied) > 1 else "".join(self.tied)
        what = f" {purpose}" if purpose else ""
        super().__init__(
            f"At stage {stage} {names} are tied{what} and the rule says to draw lots; give a seed for the lot."
        )


def permutation(seed: str, ballot_id: str, keys: Sequence[str]) -> tuple[int, ...]:
    """Indexes of `keys` in the order of the lot, first is luckiest.

    >>> permutation("a seed", "ballot 1", ["1", "2", "3"])
    (0, 1, 2)
    """

    def ticket(index: int) -> bytes:
        return hashlib.sha256(f"{seed}\n{ballot_id}\n{keys[index]}".encode()).digest()

    return tuple(sorted(range(len(keys)), key=ticket))


def commitment(value: str, salt: str) -> str:
    """The hash a committee member publishes before the close: hex SHA-256(value ‖ "\\n" ‖ salt).

    >>> commitment("heather", "7f")[:16]
    'e079d2fb60ddfb6f'
    """
    return hashlib.sha256(f"{value}\n{salt}".encode()).hexdigest()


def combine(
    revealed: Mapping[str, tuple[str, str]], commitments: Mapping[str, str], public_value: str
) -> tuple[str, tuple[str, ...]]:
    """The seed, and the members who did not reveal (named, sorted).

    `commitments` maps a member's key to the published hash, `revealed` to (value, salt); a reveal that does not match
    its commitment counts as no reveal.  Hex SHA-256 over the sorted "member ‖ newline ‖ value" lines when everybody
    revealed, else over the public value.

    >>> combine({"m1": ("x", "s")}, {"m1": commitment("x", "s")}, "draw 9")[1]
    ()
    >>> combine({}, {"m1": commitment("x", "s")}, "draw 9")[1]
    ('m1',)
    """
    silent = tuple(
        sorted(m for m, known in commitments.items() if m not in revealed or commitment(*revealed[m]) != known)
    )
    if silent or not commitments:
        return _digest(["public", public_value]), silent
    return _digest(line for member in sorted(commitments) for line in (member, revealed[member][0])), ()


def seed_of(reveals: Mapping[str, Mapping[str, str]], commitments: Mapping[str, str], public_value: str) -> str:
    """The seed from `reveals` as a result manifest holds them: a member's key → {"value", "salt"}.

    >>> seed_of({}, {}, "draw 9") == combine({}, {}, "draw 9")[0]
    True
    """
    revealed = {member: (each["value"], each["salt"]) for member, each in reveals.items()}
    return combine(revealed, commitments, public_value)[0]


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
