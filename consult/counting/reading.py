"""Reading a count back from its certified JSON, so that tables and drawings are made from exactly what was signed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from consult.counting.result import Ballots, Count, Number, Stage, Tie, Transfer
from consult.domain.errors import Invalid


def read_count(data: Mapping[str, Any]) -> Count:
    """The `Count` whose `as_json()` gives `data` again.

    Raises:
        Invalid: where it does not: the data was altered, or made by another version.
    """
    try:
        made = _Reader(data).count()
        same = made.as_json() == data
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise Invalid(f"This count cannot be read: {fault!r}.") from fault
    if not same:
        raise Invalid("This count was altered, or made by another version: it does not read back as it was written.")
    return made


def read_shown(data: Mapping[str, Any]) -> Count:
    """The `Count` of a certified JSON in which figures of units may be withheld, so that it need not read back.

    Raises:
        Invalid: where it is no count at all.
    """
    try:
        return _Reader(data).count()
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise Invalid(f"This count cannot be read: {fault!r}.") from fault


class _Reader:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.labels = tuple(data["candidates"])
        self.index = {label: place for place, label in enumerate(self.labels)}
        self.places = max((_places(stage) for stage in data["stages"]), default=0)

    def at(self, names: Any) -> tuple[int, ...]:
        return tuple(self.index[name] for name in names)

    def count(self) -> Count:
        data = self.data
        pairs = data.get("pairwise")
        return Count(
            method=data["method"],
            version=data["version"],
            seats=data["seats"],
            labels=self.labels,
            ballots=Ballots(**data["ballots"]),
            winners=self.at(data["winners"]),
            stages=tuple(self.stage(stage) for stage in data["stages"]),
            quota=None if data["quota"] is None else _number(data["quota"]),
            places=self.places,
            ties=tuple(self.tie(tie) for tie in data["ties"]),
            ranking=None if "ranking" not in data else tuple(self.level(level) for level in data["ranking"]),
            outcome=data.get("outcome", ""),
            tallies=data.get("tallies", {}),
            pairwise=None if pairs is None else self.pairs(pairs),
            withdrawn=self.at(data.get("withdrawn", ())),
            ron=self.index[data["reopen_nominations"]] if "reopen_nominations" in data else None,
            unfilled=data.get("unfilled", 0),
            permutation=self.at(data["lot"]) if "lot" in data else None,
        )

    def level(self, level: Any) -> tuple[int, ...]:
        return self.at([level] if isinstance(level, str) else level)

    def pairs(self, pairs: Mapping[str, Mapping[str, int]]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(pairs.get(one, {}).get(two, 0) for two in self.labels) for one in self.labels)

    def column(self, values: Mapping[str, str]) -> tuple[Number | None, ...]:
        return tuple(_number(values[label]) if label in values else None for label in self.labels)

    def stage(self, stage: Mapping[str, Any]) -> Stage:
        return Stage(
            number=stage["number"],
            action=stage["action"],
            votes=self.column(stage["votes"]),
            subjects=self.at(stage.get("subjects", ())),
            transfers=tuple(
                Transfer(
                    self.index[move["from"]],
                    None if move["to"] is None else self.index[move["to"]],
                    move["papers"],
                    _number(move["value"]),
                )
                for move in stage["transfers"]
            ),
            non_transferable=_number(stage["non_transferable"]),
            loss=_number(stage["loss"]),
            quota=_number(stage["quota"]) if "quota" in stage else None,
            elected=self.at(stage["elected"]),
            excluded=self.at(stage["excluded"]),
            deemed=self.at(stage.get("deemed", ())),
            keep=self.column(stage["keep"]) if "keep" in stage else (),
            part=stage.get("part", 1),
        )

    def tie(self, tie: Mapping[str, Any]) -> Tie:
        tied, chosen = self.at(tie["tied"]), self.at(tie["chosen"])
        return Tie(tie["stage"], tie["purpose"], tied, chosen, tuple(tie["looked"]), tie["lot"])


def _number(text: str) -> Number:
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


def _places(stage: Mapping[str, Any]) -> int:
    """The decimals that the rule works with, as every number of the stage is written with them."""
    return len(stage["loss"].partition(".")[2])
