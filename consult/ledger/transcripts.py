"""What an opening off line says of itself, and the root over the envelopes that it opened; needs no package to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from consult.domain.errors import Refused
from consult.ledger import canonical, merkle, shape

TRANSCRIPT = "consult-transcript/1"


class BoxRefused(Refused):
    """A file of envelopes, or of opened papers, is not what it says; the sentence says how."""


@dataclass(frozen=True)
class Transcript:
    """What an opening says of itself: on which machine (a random name), when, by whose words, and the hash it gave."""

    ballot: str
    definition: str
    root: str
    envelopes: int
    challenged: int
    papers: int
    opened: str
    holders: tuple[str, ...]
    machine: str
    at: str
    software: str
    on_paper: int = 0

    def dumps(self) -> bytes:
        """The canonical bytes; `on_paper` stands in them only where there are any."""
        value = asdict(self)
        del value["on_paper"]
        return canonical.dumps({"format": TRANSCRIPT, **value, **said_on_paper(self.on_paper)})

    def in_words(self) -> list[str]:
        """The transcript to be read out, printed and signed by those present."""
        came = f"; votes on paper, sealed when they were entered: {self.on_paper:,}" if self.on_paper else ""
        return [
            f"Opening of the envelopes of ballot {self.ballot}",
            f"At {self.at}, on the machine {self.machine[:8]}, by {self.software}",
            f"Shares of: {', '.join(self.holders)}",
            f"Envelopes: {self.envelopes:,}, of which challenged ballots that were admitted: {self.challenged:,}{came}",
            f"Papers: {self.papers:,}; refused: {self.envelopes - self.papers:,}",
            f"Root of the envelopes: {self.root}",
            f"Ballot definition: {self.definition}",
            f"SHA-256 of the opened papers: {self.opened}",
        ]


def root(receipts: Iterable[bytes]) -> str:
    """The root over the envelopes' hashes, which must come in ascending order, each once (hexadecimal)."""
    frontier, last = merkle.Frontier(), b""
    for receipt in receipts:
        if receipt <= last:
            raise BoxRefused("The envelopes are not in the order of their hashes, or one is there twice.")
        frontier, last = frontier.append(receipt), receipt
    return frontier.root().hex()


def said_on_paper(number: int) -> dict[str, int]:
    """The member of a document that says how many envelopes came on paper: it stands there only where there are any."""
    return {"on_paper": number} if number else {}


def read_on_paper(value: Mapping[str, Any]) -> dict[str, shape.Check]:
    """The check of that member, for a document that has it; nought is not written, so that one box has one spelling."""
    return {"on_paper": shape.number(1)} if "on_paper" in value else {}


def read(data: bytes, what: str = "The transcript") -> Transcript:
    """Read a transcript."""
    value = shape.known_format(canonical.loads(data, what), what, TRANSCRIPT)
    found = shape.fields(
        value,
        what,
        format=shape.one_of([TRANSCRIPT]),
        ballot=shape.key,
        definition=shape.digest,
        root=shape.digest,
        envelopes=shape.number(),
        challenged=shape.number(),
        papers=shape.number(),
        opened=shape.digest,
        holders=shape.listing(shape.text(200, 1), 16, 1),
        machine=shape.digest,
        at=shape.instant,
        software=shape.text(100, 1),
        **read_on_paper(value),
    )
    found.pop("format")
    return Transcript(**found)
