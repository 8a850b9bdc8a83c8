"""materiality.json: everybody who could not vote and everything complained of, against every margin of the result.

The document is made of the figures that the manifest gives and of the counts in the bundle, so that whoever verifies
makes it again and compares. Only why people were turned away stands in it alone; how many they are is in the manifest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from consult.domain.errors import Refused
from consult.ledger import bundle, canonical, shape
from consult.ledger.manifest import Manifest
from consult.ledger.report import Case, Margin, Report

FORMAT = "consult-materiality/1"


@dataclass(frozen=True)
class Doubts:
    """Votes that might be missing or wrong, by where the doubt comes from."""

    #: People who tried and could not vote, and did not cast a challenged ballot either, by the reason.
    turned_away: dict[str, int]
    #: Challenged ballots that were refused, and those that are not decided yet.
    challenged_refused: int
    challenged_undecided: int
    #: Envelopes that could not be opened to a paper.
    unreadable: int
    #: Votes that upheld and undecided complaints are about.
    complaints: int

    @property
    def votes(self) -> int:
        """All of them together: the most that could have been otherwise, each counted once."""
        other = self.challenged_refused + self.challenged_undecided + self.unreadable + self.complaints
        return sum(self.turned_away.values()) + other

    def reach(self, votes: Fraction) -> bool:
        """Whether they are as many as a margin.

        >>> Doubts({"too late": 2}, 1, 0, 0, 0).reach(Fraction(3)), Doubts({}, 0, 0, 0, 0).reach(Fraction(0))
        (True, False)
        """
        return 0 < self.votes >= votes


def dumps(doubts: Doubts, questions: Sequence[tuple[str, Sequence[Margin]]]) -> bytes:
    """The canonical bytes, for (key, margins) of each question in the order of the paper."""
    listed: list[dict[str, Any]] = [
        {
            "key": key,
            "margins": [{"between": m.between, "votes": m.written, "reached": doubts.reach(m.votes)} for m in margins],
        }
        for key, margins in questions
    ]
    value: dict[str, Any] = {
        "format": FORMAT,
        "doubts": {**asdict(doubts), "together": doubts.votes},
        "questions": listed,
        "matters": any(each["reached"] for question in listed for each in question["margins"]),
    }
    return canonical.dumps(value)


def check(case: Case, report: Report) -> None:
    """The report on what might have been otherwise is the one that the manifest and the counts make."""
    data, name = case.found.files.get(bundle.MATERIALITY), "materiality"
    if not report.expect(data is not None, name, "The bundle lacks materiality.json."):
        return
    turned_away = _turned_away(canonical.loads(data or b"", bundle.MATERIALITY))
    total = case.found.manifest.desk.turned_away
    words = f"{sum(turned_away.values()):,} were turned away by their reasons, but {total:,} by the manifest."
    if not report.expect(sum(turned_away.values()) == total, name, f"materiality.json: {words}"):
        return
    if case.margins is None:
        report.skipped(name, "The margins in materiality.json were not found again: no rule for them was given.")
        return
    doubts = doubts_of(case.found.manifest, turned_away)
    try:
        counts = [
            (question.key, canonical.loads(case.found.files[f"rounds/{question.key}.json"]))
            for question in case.asked.questions
        ]
        again = dumps(doubts, [(key, case.margins(count)) for key, count in counts])
    except (Refused, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        report.failed(name, f"The margins of the counts could not be found: {error}")
        return
    if report.expect(again == data, name, "materiality.json is not what the manifest and the counts make."):
        report.passed(name, f"All doubts together are {doubts.votes:,} votes, against the margins of the counts.")


def doubts_of(result: Manifest, turned_away: dict[str, int]) -> Doubts:
    """What a manifest says of all that might have been otherwise."""
    challenged = result.challenged
    return Doubts(
        turned_away=turned_away,
        challenged_refused=challenged.refused,
        challenged_undecided=challenged.cast - challenged.admitted - challenged.refused,
        unreadable=result.board.refused if result.board else 0,
        complaints=result.desk.affected,
    )


def _turned_away(value: Any) -> dict[str, int]:
    what = bundle.MATERIALITY
    shape.known_format(value, what, FORMAT)
    found = shape.fields(
        value,
        what,
        format=shape.one_of([FORMAT]),
        doubts=_read_doubts,
        questions=shape.listing(shape.anything, 200),
        matters=shape.flag,
    )
    return dict(found["doubts"]["turned_away"])


def _read_doubts(value: Any, where: str) -> dict[str, Any]:
    names = ("challenged_refused", "challenged_undecided", "unreadable", "complaints", "together")
    reasons = shape.mapping(shape.number(1), shape.text(40, 1), 20)
    return shape.fields(value, where, turned_away=reasons, **{name: shape.number() for name in names})
