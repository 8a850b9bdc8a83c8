"""The legal steps of motions, amendments, policies and ballots, as tables that guards, buttons, database checks and docs all read."""

from __future__ import annotations

from dataclasses import dataclass

from consult.domain.errors import OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission


@dataclass(frozen=True)
class Step:
    """One legal step: `sources` are the states it may leave from, `target` the state it leads to."""

    name: str
    sources: tuple[str, ...]
    target: str
    permission: Permission
    event: Event
    #: Irreversible steps are confirmed on a page of their own.
    confirm: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """All legal steps of one kind of thing.

    >>> MOTION.step("submit", "draft").target
    'submitted'
    >>> MOTION.step("freeze", "draft")
    Traceback (most recent call last):
    ...
    consult.domain.errors.OutOfOrder: A motion that is draft cannot be frozen: it must be published first.
    """

    noun: str
    steps: tuple[Step, ...]
    participles: dict[str, str]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table first names them."""
        seen: dict[str, None] = {}
        for step in self.steps:
            seen.update(dict.fromkeys((*step.sources, step.target)))
        return tuple(seen)

    def from_state(self, state: str) -> tuple[Step, ...]:
        """The steps that can be taken from a state."""
        return tuple(step for step in self.steps if state in step.sources)

    def step(self, name: str, state: str) -> Step:
        """The step of that name out of that state.

        Raises:
            OutOfOrder: if the table does not know it from there; the sentence names the states it can leave from.
            KeyError: if no step has the name (a fault in the program).
        """
        named = [step for step in self.steps if step.name == name]
        if not named:
            raise KeyError(name)
        for step in named:
            if state in step.sources:
                return step
        wanted = " or ".join(dict.fromkeys(source for step in named for source in step.sources))
        done = self.participles.get(name, f"taken to “{named[0].target}”")
        article = "An" if self.noun[0] in "aeiou" else "A"
        raise OutOfOrder(f"{article} {self.noun} that is {state} cannot be {done}: it must be {wanted} first.")


_P = Permission
_E = Event

#: States in which the text of a motion is not frozen yet.
BEFORE_ORDER_PAPER = ("draft", "seeking support", "submitted", "queried", "in order", "published", "prioritised")
_ON_THE_PAPER = ("on the order paper", "put to the vote")
#: States in which a motion belongs to the conference and can be amended, in the phase for amendments.
AMENDABLE = ("published", "prioritised")

MOTION = Lifecycle(
    "motion",
    (
        Step("seek support", ("draft",), "seeking support", _P.MOTION_EDIT, _E.SUPPORT_SOUGHT),
        Step("submit", ("draft", "seeking support", "queried"), "submitted", _P.MOTION_SUBMIT, _E.MOTION_SUBMITTED),
        Step("rule in order", ("submitted", "queried"), "in order", _P.MOTION_RULE, _E.MOTION_RULED),
        Step("query", ("submitted",), "queried", _P.MOTION_RULE, _E.MOTION_RULED),
        Step("rule out", ("submitted", "queried"), "ruled out", _P.MOTION_RULE, _E.MOTION_RULED, confirm=True),
        # a correction is a ruling of its own; the one that it corrects stays in the ledger
        Step("correct to in order", ("ruled out",), "in order", _P.MOTION_RULE, _E.MOTION_RULED),
        Step("correct to queried", ("in order", "ruled out"), "queried", _P.MOTION_RULE, _E.MOTION_RULED),
        Step("correct to ruled out", ("in order",), "ruled out", _P.MOTION_RULE, _E.MOTION_RULED, confirm=True),
        Step("allow appeal", ("ruled out",), "in order", _P.APPEAL_DECIDE, _E.APPEAL_DECIDED),
        Step("dismiss appeal", ("ruled out",), "ruled out for good", _P.APPEAL_DECIDE, _E.APPEAL_DECIDED, confirm=True),
        Step("publish", ("in order",), "published", _P.TEXT_FREEZE, _E.MOTION_PUBLISHED),
        # a composite is written by the committee and agreed by every contributing branch before it is before the conference
        Step("bring composite", ("draft",), "published", _P.MOTION_COMPOSITE, _E.MOTION_PUBLISHED),
        Step("composite", AMENDABLE, "composited", _P.MOTION_COMPOSITE, _E.MOTION_COMPOSITED),
        Step("return from composite", ("composited",), "published", _P.MOTION_COMPOSITE, _E.MOTION_RETURNED),
        Step("prioritise", ("published", "not prioritised"), "prioritised", _P.MOTION_PRIORITISE, _E.MOTION_PRIORITISED),
        Step("not prioritise", AMENDABLE, "not prioritised", _P.MOTION_PRIORITISE, _E.MOTION_PRIORITISED),
        # where a policy primary adopts its first places, and where what was taken from a ballot is set aside
        Step("adopt", ("prioritised",), "carried", _P.PRIMARY_ADOPT, _E.MOTION_DECIDED),
        Step(
            "set aside", ("prioritised", "not prioritised", "carried"), "published", _P.PRIORITIES_SET_ASIDE,
            _E.MOTION_PRIORITISED, confirm=True,
        ),
        Step("freeze", AMENDABLE, "on the order paper", _P.TEXT_FREEZE, _E.TEXT_FROZEN, confirm=True),
        Step("put", ("on the order paper",), "put to the vote", _P.BALLOT_SCHEDULE, _E.MOTION_PUT),
        Step("take back", ("put to the vote",), "on the order paper", _P.BALLOT_CANCEL, _E.BALLOT_CANCELLED),
        Step("carry", ("put to the vote",), "carried", _P.RESULT_PUBLISH, _E.MOTION_DECIDED),
        Step("carry as amended", ("put to the vote",), "carried as amended", _P.RESULT_PUBLISH, _E.MOTION_DECIDED),
        Step("lose", ("put to the vote",), "lost", _P.RESULT_PUBLISH, _E.MOTION_DECIDED),
        Step("fall", (*AMENDABLE, *_ON_THE_PAPER), "falls", _P.MOTION_DISPOSE, _E.MOTION_FELL, confirm=True),
        Step("remit", _ON_THE_PAPER, "remitted", _P.MOTION_DISPOSE, _E.MOTION_REMITTED, confirm=True),
        Step("refer back", _ON_THE_PAPER, "referred back", _P.MOTION_DISPOSE, _E.MOTION_REFERRED_BACK, confirm=True),
        Step("leave unput", (*AMENDABLE, *_ON_THE_PAPER), "not put", _P.MOTION_DISPOSE, _E.MOTION_NOT_PUT, confirm=True),
        Step("take up again", ("not put",), "on the order paper", _P.MOTION_DISPOSE, _E.MOTION_TAKEN_UP),
        Step("withdraw", BEFORE_ORDER_PAPER, "withdrawn", _P.MOTION_WITHDRAW, _E.MOTION_WITHDRAWN, confirm=True),
        Step(
            "withdraw by leave", _ON_THE_PAPER, "withdrawn by leave", _P.MOTION_DISPOSE, _E.MOTION_WITHDRAWN,
            confirm=True,
        ),
    ),
    {
        "seek support": "opened for seconders",
        "submit": "submitted",
        "rule in order": "ruled in order",
        "query": "queried",
        "rule out": "ruled out",
        "correct to in order": "ruled in order after all",
        "correct to queried": "queried after all",
        "correct to ruled out": "ruled out after all",
        "allow appeal": "restored on appeal",
        "dismiss appeal": "ruled out for good",
        "publish": "published",
        "bring composite": "published as a composite",
        "composite": "composited",
        "return from composite": "returned from a composite",
        "prioritise": "prioritised",
        "not prioritise": "left unprioritised",
        "adopt": "adopted",
        "set aside": "put back to where it was before the ballot",
        "freeze": "frozen",
        "put": "put to the vote",
        "take back": "taken back to the order paper",
        "carry": "carried",
        "carry as amended": "carried as amended",
        "lose": "lost",
        "fall": "declared fallen",
        "remit": "remitted",
        "refer back": "referred back",
        "leave unput": "left unput",
        "take up again": "taken up again",
        "withdraw": "withdrawn",
        "withdraw by leave": "withdrawn by leave of the meeting",
    },
)  # fmt: skip

#: States in which an amendment is in order and waits for the text to be frozen.
_STANDING = ("in order", "not accepted", "accepted by mover")

AMENDMENT = Lifecycle(
    "amendment",
    (
        Step("submit", ("draft", "queried"), "submitted", _P.AMENDMENT_SUBMIT, _E.AMENDMENT_SUBMITTED),
        Step("rule in order", ("submitted", "queried"), "in order", _P.MOTION_RULE, _E.AMENDMENT_RULED),
        Step("query", ("submitted",), "queried", _P.MOTION_RULE, _E.AMENDMENT_RULED),
        Step("rule out", ("submitted", "queried"), "ruled out", _P.MOTION_RULE, _E.AMENDMENT_RULED, confirm=True),
        # a correction is a ruling of its own; the one that it corrects stays in the ledger
        Step("correct to in order", ("ruled out",), "in order", _P.MOTION_RULE, _E.AMENDMENT_RULED),
        Step("correct to queried", ("in order", "ruled out"), "queried", _P.MOTION_RULE, _E.AMENDMENT_RULED),
        Step("correct to ruled out", ("in order",), "ruled out", _P.MOTION_RULE, _E.AMENDMENT_RULED, confirm=True),
        Step("allow appeal", ("ruled out",), "in order", _P.APPEAL_DECIDE, _E.APPEAL_DECIDED),
        Step("dismiss appeal", ("ruled out",), "ruled out for good", _P.APPEAL_DECIDE, _E.APPEAL_DECIDED, confirm=True),
        Step("accept", ("in order", "not accepted"), "accepted by mover", _P.AMENDMENT_RESPOND, _E.AMENDMENT_ANSWERED),
        Step(
            "not accept", ("in order", "accepted by mover"), "not accepted", _P.AMENDMENT_RESPOND, _E.AMENDMENT_ANSWERED
        ),
        # an editorial correction, written in at once as a new version
        Step("take as drafting", _STANDING, "drafting change", _P.MOTION_RULE, _E.AMENDMENT_DRAFTING, confirm=True),
        Step("composite", _STANDING, "composited", _P.MOTION_COMPOSITE, _E.AMENDMENT_COMPOSITED),
        Step("return from composite", ("composited",), "in order", _P.MOTION_COMPOSITE, _E.AMENDMENT_RETURNED),
        Step("incorporate", ("accepted by mover",), "incorporated", _P.TEXT_FREEZE, _E.AMENDMENT_DECIDED),
        Step("place on the order paper", _STANDING, "on the order paper", _P.TEXT_FREEZE, _E.AMENDMENT_DECIDED),
        Step("carry", ("on the order paper",), "carried", _P.RESULT_PUBLISH, _E.AMENDMENT_DECIDED),
        Step("lose", ("on the order paper",), "lost", _P.RESULT_PUBLISH, _E.AMENDMENT_DECIDED),
        Step("fall", ("on the order paper", *_STANDING), "falls", _P.RESULT_PUBLISH, _E.AMENDMENT_DECIDED),
        Step("remit", ("on the order paper",), "remitted", _P.MOTION_DISPOSE, _E.AMENDMENT_DECIDED),
        Step(
            "withdraw", ("draft", "submitted", "queried", *_STANDING), "withdrawn", _P.AMENDMENT_WITHDRAW,
            _E.AMENDMENT_WITHDRAWN, confirm=True,
        ),
        Step(
            "withdraw by leave", ("on the order paper",), "withdrawn", _P.MOTION_DISPOSE, _E.AMENDMENT_WITHDRAWN,
            confirm=True,
        ),
    ),
    {
        "submit": "submitted",
        "rule in order": "ruled in order",
        "query": "queried",
        "rule out": "ruled out",
        "correct to in order": "ruled in order after all",
        "correct to queried": "queried after all",
        "correct to ruled out": "ruled out after all",
        "allow appeal": "restored on appeal",
        "dismiss appeal": "ruled out for good",
        "accept": "accepted",
        "not accept": "left unaccepted",
        "take as drafting": "written in as a drafting change",
        "composite": "composited",
        "return from composite": "returned from a composite",
        "incorporate": "written into the motion",
        "place on the order paper": "placed on the order paper",
        "carry": "carried",
        "lose": "lost",
        "fall": "declared fallen",
        "remit": "remitted",
        "withdraw": "withdrawn",
        "withdraw by leave": "withdrawn by leave of the meeting",
    },
)  # fmt: skip

POLICY = Lifecycle(
    "policy",
    (
        Step("supersede", ("in force",), "superseded", _P.POLICY_KEEP, _E.POLICY_ENDED, confirm=True),
        Step("rescind", ("in force",), "rescinded", _P.POLICY_KEEP, _E.POLICY_ENDED, confirm=True),
        Step("lapse", ("in force",), "lapsed", _P.POLICY_KEEP, _E.POLICY_ENDED),
        Step("renew", ("in force",), "in force", _P.POLICY_KEEP, _E.POLICY_RENEWED),
        # a later ballot adopts again what an earlier one had adopted before it was set aside
        Step("adopt again", ("rescinded",), "in force", _P.PRIMARY_ADOPT, _E.POLICY_ADOPTED),
    ),
    {
        "supersede": "superseded",
        "rescind": "rescinded",
        "lapse": "let lapse",
        "renew": "renewed",
        "adopt again": "adopted again",
    },
)

COMPOSITE = Lifecycle(
    "composite",
    (
        Step("ask", ("drafting",), "awaiting signatures", _P.MOTION_COMPOSITE, _E.COMPOSITE_ASKED, confirm=True),
        # whatever is changed, what was signed is not this text: the branches are asked again
        Step("change", ("awaiting signatures", "agreed"), "drafting", _P.MOTION_COMPOSITE, _E.COMPOSITE_CHANGED),
        Step("agree", ("awaiting signatures",), "agreed", _P.COMPOSITE_SIGN, _E.COMPOSITE_SIGNED),
        Step("refuse", ("awaiting signatures", "agreed"), "refused", _P.COMPOSITE_SIGN, _E.COMPOSITE_REFUSED, confirm=True),
        Step(
            "give up", ("drafting", "awaiting signatures", "agreed"), "given up", _P.MOTION_COMPOSITE,
            _E.COMPOSITE_GIVEN_UP, confirm=True,
        ),
        Step("publish", ("agreed",), "published", _P.MOTION_COMPOSITE, _E.COMPOSITE_PUBLISHED, confirm=True),
    ),
    {
        "ask": "put to its branches",
        "change": "changed",
        "agree": "agreed",
        "refuse": "refused",
        "give up": "given up",
        "publish": "published",
    },
)  # fmt: skip

#: States of a model motion from which it can still come to an end there.
_THERE = ("sent", "received", "on the agenda", "composited")

SENDING = Lifecycle(
    "model motion",
    (
        Step("acknowledge", ("sent",), "received", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("take up", ("sent", "received"), "on the agenda", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("merge", ("sent", "received", "on the agenda"), "composited", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("refuse", ("sent", "received"), "ruled out", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("carry", _THERE, "carried", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("carry as amended", _THERE, "carried as amended", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("lose", _THERE, "lost", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("remit", _THERE, "remitted", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
        Step("leave unput", _THERE, "not put", _P.MODEL_MOTION_KEEP, _E.MODEL_MOTION_NEWS),
    ),
    {
        "acknowledge": "acknowledged",
        "take up": "put on the agenda",
        "merge": "composited",
        "refuse": "ruled out",
        "carry": "carried",
        "carry as amended": "carried as amended",
        "lose": "lost",
        "remit": "remitted",
        "leave unput": "left unput",
    },
)

BALLOT = Lifecycle(
    "ballot",
    (
        Step("schedule", ("preparing",), "scheduled", _P.BALLOT_SCHEDULE, _E.BALLOT_SCHEDULED, confirm=True),
        Step("open", ("scheduled",), "open", _P.BALLOT_OPEN, _E.BALLOT_OPENED),
        Step("close", ("open",), "closed", _P.BALLOT_CLOSE, _E.BALLOT_CLOSED),
        Step("cancel", ("preparing", "scheduled"), "cancelled", _P.BALLOT_CANCEL, _E.BALLOT_CANCELLED, confirm=True),
        Step("reconcile", ("closed",), "reconciled", _P.BALLOT_RECONCILE, _E.BALLOT_RECONCILED, confirm=True),
        Step("open envelopes", ("reconciled",), "opened", _P.ENVELOPES_OPEN, _E.ENVELOPES_OPENED, confirm=True),
        Step("count", ("opened",), "counted", _P.BALLOT_COUNT, _E.BALLOT_COUNTED),
        Step("draw up", ("counted",), "drawn up", _P.RESULT_DRAW_UP, _E.RESULT_DRAWN_UP),
        Step("certify", ("drawn up",), "certified", _P.RESULT_SIGN, _E.RESULT_CERTIFIED),
        Step("publish", ("certified",), "published", _P.RESULT_PUBLISH, _E.RESULT_PUBLISHED, confirm=True),
        Step(
            "annul",
            ("open", "closed", "reconciled", "opened", "counted", "drawn up", "certified"),
            "annulled",
            _P.RESULT_ANNUL,
            _E.RESULT_ANNULLED,
            confirm=True,
        ),
    ),
    {
        "schedule": "scheduled",
        "open": "opened",
        "close": "closed",
        "cancel": "cancelled",
        "reconcile": "reconciled",
        "open envelopes": "emptied of its envelopes",
        "count": "counted",
        "draw up": "drawn up for signature",
        "certify": "certified",
        "publish": "published",
        "annul": "annulled",
    },
)

SUBMISSION = Lifecycle(
    "submission",
    (
        Step("send", ("draft", "withdrawn"), "submitted", _P.SUBMISSION_WRITE, _E.SUBMISSION_SENT),
        # each revision is a version; what was sent before stays readable
        Step("revise", ("submitted",), "submitted", _P.SUBMISSION_WRITE, _E.SUBMISSION_REVISED),
        Step("withdraw", ("submitted",), "withdrawn", _P.SUBMISSION_WRITE, _E.SUBMISSION_WITHDRAWN, confirm=True),
        Step("set aside", ("submitted",), "set aside", _P.COMMENT_MODERATE, _E.SUBMISSION_SET_ASIDE, confirm=True),
        Step("restore", ("set aside",), "submitted", _P.COMMENT_MODERATE, _E.SUBMISSION_RESTORED),
    ),
    {
        "send": "sent",
        "revise": "revised",
        "withdraw": "withdrawn",
        "set aside": "set aside",
        "restore": "restored",
    },
)

STATEMENT = Lifecycle(
    "statement",
    (
        Step(
            "admit",
            ("awaiting screening", "not admitted", "lapsed"),
            "admitted",
            _P.STATEMENT_SCREEN,
            _E.STATEMENT_SCREENED,
        ),
        Step("not admit", ("awaiting screening",), "not admitted", _P.STATEMENT_SCREEN, _E.STATEMENT_SCREENED),
        Step("take out", ("admitted",), "not admitted", _P.STATEMENT_SCREEN, _E.STATEMENT_SCREENED, confirm=True),
        Step("lapse", ("awaiting screening",), "lapsed", _P.STATEMENTS_LAPSE, _E.STATEMENT_LAPSED),
    ),
    {"admit": "admitted", "not admit": "refused", "take out": "taken out", "lapse": "lapsed"},
)

REPORT = Lifecycle(
    "consultation report",
    (Step("publish", ("draft",), "published", _P.CONSULTATION_REPORT, _E.REPORT_PUBLISHED, confirm=True),),
    {"publish": "published"},
)

EVENT = Lifecycle(
    "event",
    (
        Step("cancel", ("planned",), "cancelled", _P.EVENT_KEEP, _E.EVENT_CANCELLED, confirm=True),
        Step("hold", ("planned",), "held", _P.EVENT_KEEP, _E.EVENT_HELD),
    ),
    {"cancel": "cancelled", "hold": "marked as held"},
)

_IN_A_CALL = ("proposed", "standing")

NOMINATION = Lifecycle(
    "nomination",
    (
        Step("accept", ("proposed",), "standing", _P.CANDIDACY_ANSWER, _E.NOMINATION_ACCEPTED),
        Step("decline", ("proposed",), "declined", _P.CANDIDACY_ANSWER, _E.NOMINATION_DECLINED, confirm=True),
        Step("withdraw", ("standing",), "withdrawn", _P.CANDIDACY_ANSWER, _E.CANDIDATE_WITHDREW, confirm=True),
        Step("rule out", _IN_A_CALL, "ruled out", _P.NOMINATION_JUDGE, _E.NOMINATION_RULED_OUT, confirm=True),
        Step("record a death", _IN_A_CALL, "died", _P.NOMINATION_JUDGE, _E.CANDIDATE_LEFT, confirm=True),
    ),
    {
        "accept": "accepted",
        "decline": "declined",
        "withdraw": "withdrawn",
        "rule out": "ruled out",
        "record a death": "ended by a death",
    },
)

CALL = Lifecycle(
    "call for nominations",
    (
        Step("declare elected", ("announced",), "declared", _P.NOMINATION_JUDGE, _E.NOMINATIONS_SETTLED, confirm=True),
        Step("put to a ballot", ("announced",), "put to a ballot", _P.BALLOT_CREATE, _E.NOMINATIONS_PUT),
        Step("seat", ("put to a ballot",), "filled", _P.NOMINATION_JUDGE, _E.NOMINATIONS_SETTLED, confirm=True),
        Step(
            "call again", ("announced", "put to a ballot"), "called again", _P.NOMINATION_JUDGE, _E.NOMINATIONS_SETTLED,
            confirm=True,
        ),
        Step("cancel", ("announced",), "cancelled", _P.NOMINATIONS_CALL, _E.NOMINATIONS_CANCELLED, confirm=True),
    ),
    {
        "declare elected": "declared without a poll",
        "put to a ballot": "put to a ballot",
        "seat": "filled",
        "call again": "called again",
        "cancel": "cancelled",
    },
)  # fmt: skip

LIFECYCLES: tuple[Lifecycle, ...] = (
    MOTION, AMENDMENT, COMPOSITE, POLICY, SENDING, BALLOT, SUBMISSION, STATEMENT, REPORT, EVENT, CALL, NOMINATION,
)  # fmt: skip
