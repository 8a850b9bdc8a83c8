"""A body's rules for motions and ballots, as versioned data: limits, who may move, numbered standing orders, ballot presets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from consult.domain.errors import Invalid


@dataclass(frozen=True)
class StandingOrder:
    """One numbered rule that a ruling can cite."""

    number: str
    text: str

    def __str__(self) -> str:
        return f"{self.number}: {self.text}"


@dataclass(frozen=True)
class BallotPreset:
    """A ready-made kind of question: the counting method with its places and settings, by a name members know."""

    key: str
    title: str
    method: str
    seats: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Whether it decides a motion (for, against, abstain) rather than choosing among options.
    decides_motion: bool = False


@dataclass(frozen=True)
class Rulebook:
    """One version of a body's rules. Limits count words as `consult.text` counts them, the rationale left out."""

    name: str
    motion_words: int
    amendment_words: int
    seconders: int
    motions_per_branch: int
    amendments_per_branch: int
    #: Whether the motion itself must be put by a delegate of its branch.
    delegates_submit: bool = True
    standing_orders: tuple[StandingOrder, ...] = ()
    presets: tuple[BallotPreset, ...] = ()
    #: The order in which amendments are voted on, unless the committee sets another: "by clause" or "order received".
    order_of_votes: str = "by clause"
    #: Years after which a policy lapses; 0: never.
    lapse_years: int = 0

    def to_json(self) -> dict[str, Any]:
        """The rules as they are stored and hashed."""
        data = asdict(self)
        data["standing_orders"] = [asdict(order) for order in self.standing_orders]
        data["presets"] = [{**asdict(preset), "settings": dict(preset.settings)} for preset in self.presets]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rulebook:
        """Read stored rules.

        Raises:
            Invalid: if a rule is missing or not known to this version.
        """
        try:
            values = dict(data)
            values["standing_orders"] = tuple(StandingOrder(**order) for order in data["standing_orders"])
            values["presets"] = tuple(BallotPreset(**preset) for preset in data["presets"])
            return cls(**values)
        except (KeyError, TypeError) as fault:
            raise Invalid(f"This rulebook cannot be read: {fault}.") from fault

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def preset(self, key: str) -> BallotPreset:
        """The ballot preset of that key.

        Raises:
            Invalid: naming those there are.
        """
        for preset in self.presets:
            if preset.key == key:
                return preset
        raise Invalid(f"This rulebook has no ballot preset “{key}”; it has {', '.join(p.key for p in self.presets)}.")

    def order(self, number: str) -> StandingOrder | None:
        """The standing order of that number, if there is one."""
        return next((order for order in self.standing_orders if order.number == number), None)


_ORDERS = (
    StandingOrder("SO 1", "A motion has one subject, and says what is to be done and by whom."),
    StandingOrder("SO 2", "A motion is no longer than its word limit; the rationale is not part of the motion."),
    StandingOrder("SO 3", "A motion is moved for a branch by its delegate, after a quorate meeting of that branch."),
    StandingOrder("SO 4", "A motion needs its seconders before the closing date."),
    StandingOrder("SO 5", "A motion that repeats one decided in the last twelve months is out of order."),
    StandingOrder("SO 6", "A motion may not bind the organisation to break the law or its own constitution."),
    StandingOrder("SO 7", "An amendment changes the motion without making it a different motion."),
    StandingOrder("SO 8", "A direct negative is not an amendment: those who disagree vote against the motion."),
    StandingOrder("SO 9", "Amendments to the same words are alternatives: if the first is carried, the others fall."),
    StandingOrder("SO 10", "A motion does not name a member in a way that belongs in the complaints procedure."),
)

_MOTION_SIMPLE = BallotPreset(
    "motion",
    "Motion: for, against or abstain, by more than half of the votes for and against",
    "majority",
    settings={"threshold": "1/2", "comparison": ">", "base": "for-against"},
    decides_motion=True,
)

CONFERENCE = Rulebook(
    name="Policy conference",
    motion_words=900,
    amendment_words=250,
    seconders=2,
    motions_per_branch=3,
    amendments_per_branch=10,
    standing_orders=_ORDERS,
    presets=(
        BallotPreset(
            "motion",
            "Motion: for, against or abstain; more than half of the votes for and against; one in twenty of the roll must vote",
            "majority",
            settings={"threshold": "1/2", "comparison": ">", "base": "for-against", "quorum": "1/20"},
            decides_motion=True,
        ),
        BallotPreset(
            "two-thirds",
            "Motion that needs two thirds: for, against or abstain; one in ten of the roll must vote",
            "majority",
            settings={"threshold": "2/3", "comparison": ">=", "base": "for-against", "quorum": "1/10"},
            decides_motion=True,
        ),
        BallotPreset("most-votes", "One choice: most votes wins", "plurality"),
        BallotPreset("one-place", "One place: rank the candidates (IRV)", "irv"),
        BallotPreset("several-places", "Several places: rank the candidates (Scottish STV)", "scottish-stv", seats=4),
    ),
    lapse_years=5,
)

BRANCH = Rulebook(
    name="Branch meeting",
    motion_words=250,
    amendment_words=75,
    seconders=1,
    motions_per_branch=0,
    amendments_per_branch=0,
    standing_orders=_ORDERS,
    presets=(
        _MOTION_SIMPLE,
        BallotPreset("most-votes", "One choice: most votes wins", "plurality"),
        BallotPreset("one-place", "One place: rank the candidates (IRV)", "irv"),
        BallotPreset("several-places", "Several places: rank the candidates (Scottish STV)", "scottish-stv", seats=3),
    ),
)

#: The rulebooks that ship; an organisation keeps versions of its own beside them. 0 in a per-branch limit: no limit.
SHIPPED: tuple[Rulebook, ...] = (CONFERENCE, BRANCH)
