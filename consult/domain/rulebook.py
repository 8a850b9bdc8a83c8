"""A body's rules for motions and ballots, as versioned data: limits, who may move, numbered standing orders, ballot presets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from consult.domain.errors import Invalid
from consult.domain.hall import MAJORITIES, Majority
from consult.domain.requisitions import MEETING, RECALL, TERMS, Terms


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


#: Who may move a motion or an amendment → what it means; a rulebook names those that its body lets in.
MOVERS: dict[str, str] = {
    "branch": "a branch, by its delegate, with the minute of a quorate meeting",
    "member": "a member, for themselves, once the seconders are found",
    "network": "a network or group, by its delegate",
    "affiliate": "an affiliated organisation, by its delegate",
}
#: How it is settled which motions are taken → what it means.
SELECTIONS: dict[str, str] = {
    "all": "every motion that is in order is taken",
    "committee": "the committee selects, and publishes its reason for each that it leaves out",
    "ballot": "members rank the motions, and the committee draws the line where the time ends",
    "primary": "a shortlist is put to every member, for or against each and ranked; the first places are adopted",
}
#: Those in which members decide by ballot: the order is taken from its published result, and never typed in.
BY_BALLOT = ("ballot", "primary")
#: The orders in which amendments can be voted on when the committee sets no other.
ORDERS: dict[str, str] = {
    "committee order": "as the committee sets it",
    "by clause": "where they come in the text",
    "order received": "in the order in which they were received",
    "furthest first": "the one that goes furthest from the motion first",
}
#: What can be moved in the hall → what it does; a rulebook names those that its body knows.
HALL: dict[str, str] = {
    "next business": "leaves the motion without a vote and goes on",
    "remit": "hands the motion to the executive without a vote for or against",
    "refer back": "returns it to those who brought it",
    "take in parts": "votes on parts of the motion one after another",
    "closure": "ends the debate and takes the vote",
    "lie on the table": "leaves the motion unput until it is taken up again",
    "withdraw by leave": "lets the mover withdraw once the motion is on the order paper",
    "challenge to the chair": "overturns a ruling of the chair",
    "suspend standing orders": "sets a standing order aside for one piece of business",
    "card vote": "counts entitlements instead of hands",
    "proxies": "lets a delegate vote for one who is absent",
}


#: What becomes of a late or an emergency motion that the meeting gives no leave to take → the step that it is.
WITHOUT_LEAVE: dict[str, str] = {"not put": "leave unput", "remitted": "remit", "referred back": "refer back"}


#: Below these no body can set what a certificate needs: signatures, and hours for complaints and recounts.
LEAST_SIGNATURES, LEAST_HOURS = 2, 24


@dataclass(frozen=True)
class Lateness:
    """What is asked of motions that come after the closing date; their deadline is a phase of the timetable."""

    #: The most words; 0: as for any motion.
    words: int = 0
    #: How many a branch may send beside its others; 0: no limit.
    per_branch: int = 1
    #: The share of votes by which the meeting must agree to take it at all, as "1/2" or "2/3"; "": it need not.
    leave: str = "2/3"
    #: What becomes of it where the meeting does not agree: of `WITHOUT_LEAVE`.
    refused: str = "not put"


@dataclass(frozen=True)
class Rulebook:
    """One version of a body's rules. Limits count words as `consult.text` counts them, the rationale left out.

    What came with later versions of the program has a default that changes nothing for a rulebook kept before.
    """

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
    #: The order in which amendments are voted on: "committee order" (as the committee sets it), "by clause", "furthest
    #: first" (among amendments to the same words) or "order received"; from these the committee departs with reasons.
    order_of_votes: str = "committee order"
    #: Years after which a policy lapses; 0: never.
    lapse_years: int = 0
    #: Words that a branch may send altogether, in motions and in what its amendments add; 0: no budget.
    branch_words: int = 0
    #: From how many branches the seconders must come.
    seconding_branches: int = 0
    #: Who may move motions and amendments: of `MOVERS`.
    movers: tuple[str, ...] = ("branch", "network", "affiliate")
    amenders: tuple[str, ...] = ("branch", "network", "affiliate")
    #: The fewest present at the meeting of a branch that agrees to a motion; 0: as the minute itself says.
    meeting_quorum: int = 0
    #: Whether the minute of that meeting is attached, as text or as a file.
    minute_needed: bool = False
    #: Whether a branch's meeting must have agreed to an amendment too.
    amendments_need_meeting: bool = False
    #: Whether an amendment may itself be amended (one level; it is put first).
    amend_amendments: bool = True
    #: After the closing date: motions that could not be sent in time, and motions about what has happened since.
    late: Lateness | None = None
    emergency: Lateness | None = None
    #: How it is settled which motions are taken: one of `SELECTIONS`; with how many are shortlisted and adopted.
    selection: str = "all"
    shortlist: int = 0
    places: int = 0
    #: Months in which the same or substantially the same motion cannot come back; 0: no bar.
    bar_months: int = 0
    #: Days within which a ruling that rules something out can be appealed; 0: no deadline.
    appeal_days: int = 0
    #: What can be moved in the hall: of `HALL`.
    hall: tuple[str, ...] = tuple(HALL)
    #: Procedural motion → the share of the votes for and against that carries it; see `consult.domain.hall.PROCEDURES`.
    majorities: Mapping[str, str] = field(default_factory=lambda: dict(MAJORITIES))
    #: What members need who demand a special meeting, or the recall of an officer.
    special_meeting: Terms = TERMS[MEETING]
    recall: Terms = TERMS[RECALL]
    #: What no certificate of a ballot falls below: signatures of the committee, where it has so many, and hours for
    #: complaints and recounts. An adoption asks for at least `LEAST_SIGNATURES` and `LEAST_HOURS`.
    least_signatures: int = LEAST_SIGNATURES
    least_complaint_hours: int = LEAST_HOURS
    #: The zone in which deadlines are written.
    zone: str = "Europe/London"

    def to_json(self) -> dict[str, Any]:
        """The rules as they are stored and hashed."""
        data = asdict(self)
        data["standing_orders"] = [asdict(order) for order in self.standing_orders]
        data["presets"] = [{**asdict(preset), "settings": dict(preset.settings)} for preset in self.presets]
        return data | {name: list(data[name]) for name in ("movers", "amenders", "hall")}

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
            values |= {name: tuple(data[name]) for name in ("movers", "amenders", "hall") if name in data}
            values |= {name: Lateness(**data[name]) for name in ("late", "emergency") if data.get(name)}
            values |= {name: Terms(**data[name]) for name in ("special_meeting", "recall") if name in data}
            values["majorities"] = MAJORITIES | dict(data.get("majorities", {}))
            return cls(**values)
        except (KeyError, TypeError) as fault:
            raise Invalid(f"This rulebook cannot be read: {fault}.") from fault

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def takes_motions(self) -> bool:
        """Whether anybody can move a motion under these rules; a consultation that only asks goes by rules that let nobody."""
        return bool(self.movers)

    def lateness(self, kind: str) -> Lateness | None:
        """What is asked of a "late" or "emergency" motion; None where the rules take none."""
        return {"late": self.late, "emergency": self.emergency}.get(kind)

    def majority(self, procedure: str) -> Majority:
        """What carries a procedural motion."""
        return Majority.of(self.majorities.get(procedure, MAJORITIES[procedure]))

    def terms(self, requisition: str) -> Terms:
        """What a "meeting" or a "recall" needs to be demanded."""
        return {MEETING: self.special_meeting, RECALL: self.recall}[requisition]

    def words_of(self, kind: str) -> int:
        """The most words of a motion of a kind: "ordinary", "late" or "emergency"."""
        lateness = self.lateness(kind)
        return (lateness.words if lateness else 0) or self.motion_words

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
