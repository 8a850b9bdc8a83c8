"""Who may do what: one table from permission to predicate, which answers yes or no and says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from consult.domain.errors import NotAllowed, SecondFactorNeeded
from consult.domain.roles import SECOND_FACTOR_ROLES, Actor, Role, Status

Test = Callable[[Actor, Any, datetime], bool]


@dataclass(frozen=True)
class Rule:
    """A predicate over (actor, subject, instant) with the sentence that says who satisfies it.

    >>> from datetime import UTC, datetime
    >>> rule = signed_in & ~supporter
    >>> rule.who
    'somebody who is signed in, and not a supporter'
    """

    who: str
    test: Test

    def __and__(self, other: Rule) -> Rule:
        return Rule(f"{self.who}, and {other.who}", lambda a, s, t: self.test(a, s, t) and other.test(a, s, t))

    def __or__(self, other: Rule) -> Rule:
        return Rule(f"{self.who}, or {other.who}", lambda a, s, t: self.test(a, s, t) or other.test(a, s, t))

    def __invert__(self) -> Rule:
        return Rule(f"not {self.who}", lambda a, s, t: not self.test(a, s, t))


def _path(subject: Any) -> str | None:
    """The path of the unit that a subject belongs to: a unit itself, or anything with `unit_path`."""
    return getattr(subject, "unit_path", None)


def role(wanted: Role, *, of_unit: bool = False) -> Rule:
    """Holders of a role; with `of_unit`, of the subject's unit or of one above it. Officers need the second factor."""

    def test(actor: Actor, subject: Any, at: datetime) -> bool:
        path = _path(subject) if of_unit else None
        if of_unit and path is None:
            return False
        return actor.holds(wanted, at, path) and (actor.second_factor or wanted not in SECOND_FACTOR_ROLES)

    article = "an" if wanted.value[0] in "aeio" else "a"  # a unit officer
    who = (
        f"a member of the {wanted.value}" if "committee" in wanted or "panel" in wanted else f"{article} {wanted.value}"
    )
    return Rule(f"{who} of its branch or unit" if of_unit else who, test)


anyone = Rule("anyone", lambda actor, subject, at: True)
signed_in = Rule("somebody who is signed in", lambda actor, subject, at: actor.member_id is not None)
member = Rule(
    "a member",
    lambda actor, subject, at: actor.member_id is not None and actor.status is Status.MEMBER,
)
supporter = Rule("a supporter", lambda actor, subject, at: actor.status is Status.SUPPORTER)
participant = Rule(
    "a member or supporter",
    lambda actor, subject, at: actor.status in (Status.MEMBER, Status.SUPPORTER, Status.REPRESENTATIVE),
)
mover = Rule(
    "its mover",
    lambda actor, subject, at: actor.member_id is not None and getattr(subject, "mover_id", None) == actor.member_id,
)
author = Rule(
    "its author",
    lambda actor, subject, at: actor.member_id is not None and getattr(subject, "author_id", None) == actor.member_id,
)
not_author = Rule(
    "not its author",
    lambda actor, subject, at: getattr(subject, "author_id", None) != actor.member_id,
)
declared_text = Rule(
    "where it is about what members confirm", lambda actor, subject, at: bool(getattr(subject, "declared_text", False))
)
mover_of_an_amendment = Rule(
    "the mover of an amendment to it",
    lambda actor, subject, at: (
        actor.member_id is not None
        and any(row.mover_id == actor.member_id for row in getattr(subject, "amendments", ()) if row.number is not None)
    ),
)
not_mover = Rule(
    "not its mover",
    lambda actor, subject, at: getattr(subject, "mover_id", None) != actor.member_id,
)


def _is_oneself(actor: Actor, subject: Any, at: datetime) -> bool:
    """The subject is a member's own row, or a row that belongs to the member."""
    whose = getattr(subject, "member_id", None) or getattr(subject, "id", None)
    return actor.member_id is not None and whose == actor.member_id


oneself = Rule("the person concerned", _is_oneself)
not_about_oneself = Rule(
    "not the person whom it is about",
    lambda actor, subject, at: actor.member_id is None or getattr(subject, "member_id", None) != actor.member_id,
)
sweep = Rule("the timetable", lambda actor, subject, at: actor.machine == "sweep")
console = Rule("the operator's console", lambda actor, subject, at: actor.machine == "console")
not_own_contest = Rule(
    "not a candidate in it",
    lambda actor, subject, at: actor.member_id not in getattr(subject, "candidate_member_ids", ()),
)
candidate = Rule(
    "a candidate in it",
    lambda actor, subject, at: (
        actor.member_id is not None and actor.member_id in getattr(subject, "candidate_member_ids", ())
    ),
)


def _is_its_representative(actor: Actor, subject: Any, at: datetime) -> bool:
    """The subject is an affiliated organisation, or belongs to one, that has named the actor to speak for it."""
    unit = subject if hasattr(subject, "is_represented_by") else getattr(subject, "unit", None)
    return actor.member_id is not None and unit is not None and bool(unit.is_represented_by(actor.member_id, at))


representative = Rule("a representative whom it has named", _is_its_representative)

the_delegate = Rule(
    "the delegate to whom it was given",
    lambda actor, subject, at: actor.member_id is not None and getattr(subject, "member_id", None) == actor.member_id,
)

the_candidate = Rule(
    "the candidate",
    lambda actor, subject, at: actor.member_id is not None and getattr(subject, "member_id", None) == actor.member_id,
)


def _holds_office(office: str) -> Test:
    """The subject is a sitting at which the actor holds an office; officers need the second factor."""

    def test(actor: Actor, subject: Any, at: datetime) -> bool:
        held = getattr(subject, "holders", None)
        return held is not None and actor.member_id in held(office) and actor.second_factor

    return test


def _is_of_unit(actor: Actor, subject: Any, at: datetime) -> bool:
    """A member of the subject's unit, or of one below it."""
    path = _path(subject)
    return actor.status is Status.MEMBER and bool(path) and (actor.home_path or "").startswith(path or "")


member_of_unit = Rule("a member of its unit", _is_of_unit)
chair_of_sitting = Rule("a chair of the sitting", _holds_office("chair"))
teller_of_sitting = Rule("a teller of the sitting", _holds_office("teller"))

delegate = role(Role.DELEGATE)
delegate_of_unit = role(Role.DELEGATE, of_unit=True)
unit_officer = role(Role.UNIT_OFFICER)
officer_of_unit = role(Role.UNIT_OFFICER, of_unit=True)
standing_orders = role(Role.STANDING_ORDERS)
governance = role(Role.GOVERNANCE)
returning_officer = role(Role.RETURNING_OFFICER)
not_returning_officer = Rule(
    "not the returning officer", lambda actor, subject, at: not actor.holds(Role.RETURNING_OFFICER, at)
)
scrutineer = role(Role.SCRUTINEER)
moderator = role(Role.MODERATOR)
roll_officer = role(Role.ROLL_OFFICER)
not_roll_officer = Rule("not a roll officer", lambda actor, subject, at: not actor.holds(Role.ROLL_OFFICER, at))
complaints = role(Role.COMPLAINTS)
data_protection = role(Role.DATA_PROTECTION)
operator = role(Role.OPERATOR)
committee = governance | standing_orders
officer = governance | standing_orders | returning_officer | scrutineer | roll_officer | complaints | data_protection


class Permission(StrEnum):
    """Everything that somebody can be allowed to do; the value is what the docs and the sentences call it."""

    SIGN_IN = "sign in"
    ACCOUNT_KEEP = "look after one's own account"
    TOKENS_KEEP = "see and revoke other people's tokens for programs"
    ACCOUNT_RESET = "reset somebody's way of signing in"
    INVITE = "invite somebody to sign in"
    ROLE_GIVE = "give and end roles"
    OFFICER_PROPOSE = "propose what takes two officers, or agree to it"
    ORGANISATION_FOUND = "found the organisation"
    MEMBERS_SEE = "see the register of members"
    MEMBERS_IMPORT = "import members"
    MEMBER_KEEP = "correct somebody else's entry in the register"
    UNIT_KEEP = "set up, rename, merge and close units"
    UNIT_DESCRIBE = "say what a unit is and who reads its decisions"
    NETWORK_JOIN = "join and leave networks"
    REPRESENTATIVE_NAME = "name who speaks for an affiliated organisation"
    BODY_KEEP = "set up the bodies of a unit"
    SEAT_FILL = "fill and vacate the seats of a body"
    MANDATE_GIVE = "record a mandate of a unit for its delegate"
    MANDATE_REPORT = "report back on a mandate"
    DECISION_ENTER = "enter a decision in a unit's register"
    DECISIONS_READ_ALL = "read a unit's register of decisions whoever it is for"
    NOMINATIONS_CALL = "call for nominations"
    NOMINATE = "nominate somebody"
    CANDIDACY_ANSWER = "accept or decline a nomination, and withdraw"
    NOMINATION_JUDGE = "rule on nominations and declare what came of them"
    CONSULTATION_KEEP = "set up a consultation and its timetable"
    SUBMISSION_WRITE = "send a submission or comment on a consultation's paper"
    SUBMISSION_SPEAK_FOR = "send a submission for a unit, an organisation or a meeting"
    STATEMENT_WRITE = "propose statements and agree or disagree with them"
    STATEMENT_SCREEN = "screen statements"
    STATEMENTS_LAPSE = "let statements lapse that nobody screened before the close"
    CONSULTATION_CODE = "read every submission and code it"
    CONSULTATION_REPORT = "publish the analysis of a consultation, the response and what was done"
    OPINIONS_COMPUTE = "compute opinion groups"
    EVENT_KEEP = "plan events, and keep their attendance and minutes"
    EVENT_ANSWER = "say whether one comes to an event"
    EVENT_REMIND = "remind those who come to an event"
    RULEBOOK_KEEP = "adopt a rulebook and put it in force"
    MOTION_DRAFT = "draft a motion"
    MOTION_EDIT = "edit a draft motion"
    MOTION_SECOND = "second or support a motion"
    MOTION_FOLLOW = "follow a motion"
    PLACE_FOLLOW = "follow a consultation or a unit"
    NOTICES_CHOOSE = "choose how to hear of news"
    DIGEST_MAKE = "make the digests that are due"
    MOTION_SUBMIT = "submit a motion for a branch"
    MOTION_SUBMIT_OWN = "submit a motion as a member, where the rules let members move"
    MINUTE_READ = "read the minute behind a motion or an amendment"
    MOTION_WITHDRAW = "withdraw a motion"
    MOTION_RULE = "rule on a motion or amendment"
    RULING_APPEAL = "appeal against a ruling"
    APPEAL_DECIDE = "decide an appeal"
    AMENDMENT_DRAFT = "draft an amendment"
    AMENDMENT_EDIT = "edit a draft amendment"
    AMENDMENT_SUBMIT = "submit an amendment for a branch"
    AMENDMENT_SUBMIT_OWN = "submit an amendment as a member, where the rules let members amend"
    AMENDMENT_RESPOND = "accept or not accept an amendment"
    AMENDMENT_WITHDRAW = "withdraw an amendment"
    COMMENT_WRITE = "take part in debate"
    COMMENT_MODERATE = "hide a comment with a reason"
    COMMENT_REPORT = "report a comment"
    COMMENT_CORRECT = "correct what one wrote in a debate"
    COMMENT_APPEAL = "appeal against a moderator's decision"
    COMMENT_APPEAL_DECIDE = "decide an appeal against a moderator's decision"
    POSTS_RELEASE = "let contributions appear that no moderator has looked at in time"
    SUMMARY_WRITE = "draft or approve a summary of one's side of a debate"
    TEXT_FREEZE = "freeze a motion's text and put it on the order paper"
    MOTION_COMPOSITE = "composite motions or amendments"
    MOTION_PRIORITISE = "record which motions are taken"
    PRIMARY_ADOPT = "enter what a policy primary adopted in the policy book"
    PRIORITIES_SET_ASIDE = "set aside what was taken from a ballot"
    MOTION_DISPOSE = "record that a motion falls, is remitted, referred back, not put or withdrawn by leave"
    POLICY_KEEP = "supersede, rescind or renew a policy, or let it lapse"
    POLICY_ACT = "set down who carries out what a policy orders"
    POLICY_REPORT = "report on an action that a policy orders"
    MODEL_MOTION_KEEP = "make a model motion of a policy and record where it went and what became of it"
    RECOMMEND = "recommend for the committee how to vote"
    TEXT_TRANSLATE = "translate a motion, an amendment, a ballot, the paper of a consultation or what members confirm"
    TRANSLATION_APPROVE = "approve a translation"
    ORDER_SET = "set the order of votes"
    ORDER_CHALLENGE = "challenge an order of votes"
    AGENDA_ISSUE = "issue a report, an agenda or an order paper"
    COMPOSITE_SIGN = "sign or refuse a composite for a contributing branch"
    CONSEQUENCE_KEEP = "confirm, add and end consequences"
    SITTING_KEEP = "set up a sitting, its business and its officers"
    CREDENTIALS_KEEP = "keep the credentials of a sitting"
    HALL_CHAIR = "preside over a sitting"
    VOTES_COUNT = "count votes at a sitting"
    REQUISITION_SIGN = "begin or sign a requisition"
    ROLL_FREEZE = "freeze an electoral roll"
    ROLL_CHANGE = "add people to a frozen roll or take them off it"
    ROLL_APPEAL = "appeal against being taken off a roll"
    ROLL_APPEAL_DECIDE = "decide appeals against removals from a roll"
    ROLL_INSPECT_ASK = "ask to inspect an electoral roll"
    ROLL_INSPECT_DECIDE = "decide requests to inspect an electoral roll"
    ROLL_INSPECT = "inspect an electoral roll"
    ATTESTATION_KEEP = "declare texts that members can confirm"
    ATTEST = "confirm a declared text"
    ROLL_SEE = "see an electoral roll's figures"
    BALLOT_CREATE = "create and edit a ballot"
    BALLOT_SCHEDULE = "schedule a ballot"
    BALLOT_OPEN = "open a ballot at its time"
    BALLOT_CLOSE = "close a ballot at its time"
    BALLOT_CANCEL = "cancel a ballot before it opens"
    KEY_CEREMONY = "prepare the key ceremony of a sealed ballot"
    BOARD_EXTEND = "extend the list of sealed votes"
    VOTE = "vote"
    CANDIDATE_STATE = "give a candidate's statement and photograph"
    LINK_ASK = "ask for a new link to vote"
    DELIVERY_SEE = "see whom the links to vote reached and who has voted"
    DELIVERY_KEEP = "queue links that are missing, and remind those who have not voted"
    CIRCULARS_STOP = "end candidates' circulars by the link in one"
    HUSTINGS_DECLARE = "declare that members put questions to a ballot's candidates"
    CIRCULAR_WRITE = "write a candidate's circular"
    CIRCULARS_KEEP = "call for candidates' circulars, approve and send them"
    PAPER_ASK = "ask for a paper ballot"
    PAPER_DUTY = "take a duty for a ballot's papers"
    PAPER_ENVELOPES = "issue ballot papers and mark their outer envelopes"
    PAPER_ENTER = "enter ballot papers"
    SEED_COMMIT = "commit and reveal for the lot"
    BALLOT_EXTEND = "extend the close of a ballot"
    CHALLENGE_CAST = "cast a challenged ballot"
    BALLOT_RECONCILE = "reconcile a closed ballot"
    CHALLENGES_DECIDE = "admit or refuse challenged ballots"
    ENVELOPES_OPEN = "open the envelopes of a ballot"
    BALLOT_COUNT = "count a ballot"
    RECOUNT_ASK = "ask for a recount"
    RECOUNT_SIGN = "sign a recount of one's own"
    COMPLAINT_MAKE = "complain about a ballot"
    COMPLAINT_DECIDE = "decide complaints about a ballot"
    RESULT_SEE_PROVISIONAL = "see a provisional result"
    SCRUTINY = "see everything of a ballot"
    KEY_REGISTER = "register a signing key"
    FALLS_DECIDE = "decide which amendments fall by what a ballot carried"
    RESULT_DRAW_UP = "draw up a certificate for signature"
    RESULT_SIGN = "sign a result"
    RESULT_PUBLISH = "publish a certified result"
    RESULT_ANNUL = "annul a ballot"
    BALLOT_DESTROY = "have the envelopes and the key of a ballot destroyed"
    AUDIT_SEE = "read the audit log"
    AUDIT_SEE_ALL = "read the audit log with nothing left out"
    AUDIT_EXPORT = "take the audit log, or a part of it, as a file"
    HEAD_SEND = "mail out the head of the audit log"
    WEBHOOKS_KEEP = "register webhooks and read what was sent to them"
    WEBHOOK_DISABLE = "disable a webhook that has failed for days"
    DATA_OWN = "see what is held about oneself and who looked at it"
    DATA_ASK = "ask for something about one's own data"
    BREACH_REPORT = "report a breach of personal data"
    DATA_PROTECT = "decide requests and complaints about data and keep the register of breaches"
    MEMBER_ERASE = "erase somebody"
    MEMBERS_EXPORT_ASK = "ask for an export of members' data, and take it once agreed to"
    MEMBERS_EXPORT_AGREE = "agree to an export of members' data"
    PROTECTION_READ = "read what the retention clocks removed and which exports there were"
    PROTECTION_SIGN = "sign the record of processing and the impact assessment"
    DESK_SEE = "see what waits for the officers, and whether mail and the timetable are working"


_committee_or_returning = governance | returning_officer
_desk = governance | returning_officer | scrutineer
_paper_officer = roll_officer | returning_officer
_keeper_of_the_text = roll_officer & declared_text

#: The table. Who may do what, everywhere; docs/who-may-do-what.md is generated from it.
POLICY: dict[Permission, Rule] = {
    Permission.SIGN_IN: anyone,
    Permission.ACCOUNT_KEEP: oneself,
    Permission.TOKENS_KEEP: governance | data_protection | operator,
    Permission.ACCOUNT_RESET: (governance | roll_officer) & ~oneself,
    Permission.INVITE: roll_officer | governance | console,
    Permission.ROLE_GIVE: governance | console,
    Permission.OFFICER_PROPOSE: governance | returning_officer | unit_officer,
    Permission.ORGANISATION_FOUND: console,
    Permission.MEMBERS_SEE: roll_officer | data_protection,
    Permission.MEMBERS_IMPORT: roll_officer | console,
    Permission.MEMBER_KEEP: roll_officer & ~oneself,
    Permission.UNIT_KEEP: roll_officer | governance | console,
    Permission.UNIT_DESCRIBE: governance | officer_of_unit,
    Permission.NETWORK_JOIN: member | supporter,
    Permission.REPRESENTATIVE_NAME: roll_officer | governance | console,
    Permission.BODY_KEEP: governance | officer_of_unit | console,
    Permission.MANDATE_GIVE: officer_of_unit | delegate_of_unit,
    Permission.MANDATE_REPORT: the_delegate,
    Permission.DECISION_ENTER: officer_of_unit | governance,
    Permission.DECISIONS_READ_ALL: governance | officer_of_unit,
    Permission.NOMINATIONS_CALL: governance | returning_officer | officer_of_unit,
    Permission.NOMINATE: member,
    Permission.CANDIDACY_ANSWER: the_candidate,
    Permission.NOMINATION_JUDGE: returning_officer | governance,
    Permission.SEAT_FILL: governance | returning_officer | officer_of_unit | console,
    Permission.CONSULTATION_KEEP: governance | standing_orders | console,
    Permission.SUBMISSION_WRITE: participant,
    Permission.SUBMISSION_SPEAK_FOR: delegate_of_unit | officer_of_unit | representative,
    Permission.STATEMENT_WRITE: participant,
    Permission.STATEMENT_SCREEN: moderator | committee,
    Permission.STATEMENTS_LAPSE: sweep,
    Permission.CONSULTATION_CODE: committee | officer_of_unit,
    Permission.CONSULTATION_REPORT: committee | officer_of_unit,
    Permission.OPINIONS_COMPUTE: sweep | committee | console,
    Permission.EVENT_KEEP: committee | officer_of_unit | delegate_of_unit,
    Permission.EVENT_ANSWER: participant,
    Permission.EVENT_REMIND: sweep,
    Permission.RULEBOOK_KEEP: committee | console,
    Permission.MOTION_DRAFT: member,
    Permission.MOTION_EDIT: mover,
    Permission.MOTION_SECOND: participant & not_mover,
    Permission.MOTION_FOLLOW: participant,
    Permission.PLACE_FOLLOW: participant,
    Permission.NOTICES_CHOOSE: signed_in,
    Permission.DIGEST_MAKE: sweep,
    Permission.MOTION_SUBMIT: delegate_of_unit,
    Permission.MOTION_SUBMIT_OWN: member & mover,
    Permission.MINUTE_READ: committee | mover | delegate_of_unit | officer_of_unit,
    Permission.MOTION_WITHDRAW: mover | delegate_of_unit,
    Permission.MOTION_RULE: standing_orders & not_mover,
    Permission.RULING_APPEAL: mover | delegate_of_unit,
    Permission.APPEAL_DECIDE: complaints,
    Permission.AMENDMENT_DRAFT: member,
    Permission.AMENDMENT_EDIT: mover,
    Permission.AMENDMENT_SUBMIT: delegate_of_unit,
    Permission.AMENDMENT_SUBMIT_OWN: member & mover,
    Permission.AMENDMENT_RESPOND: mover,
    Permission.AMENDMENT_WITHDRAW: mover | delegate_of_unit,
    Permission.COMMENT_WRITE: participant,
    Permission.COMMENT_MODERATE: moderator,
    Permission.COMMENT_REPORT: signed_in,
    Permission.COMMENT_CORRECT: author,
    Permission.COMMENT_APPEAL: author,
    Permission.COMMENT_APPEAL_DECIDE: complaints & not_author,
    Permission.POSTS_RELEASE: sweep,
    Permission.SUMMARY_WRITE: member,
    Permission.TEXT_FREEZE: committee,
    Permission.MOTION_COMPOSITE: committee,
    Permission.MOTION_PRIORITISE: committee,
    Permission.PRIMARY_ADOPT: committee,
    Permission.PRIORITIES_SET_ASIDE: governance & not_own_contest,
    Permission.MOTION_DISPOSE: committee,
    Permission.POLICY_KEEP: committee | sweep,
    Permission.POLICY_ACT: committee,
    Permission.POLICY_REPORT: committee | delegate,
    Permission.MODEL_MOTION_KEEP: committee | delegate,
    Permission.RECOMMEND: committee & not_mover,
    Permission.TEXT_TRANSLATE: committee | returning_officer | mover | delegate_of_unit | _keeper_of_the_text,
    Permission.TRANSLATION_APPROVE: (committee | returning_officer | _keeper_of_the_text) & not_author,
    Permission.ORDER_SET: committee,
    Permission.ORDER_CHALLENGE: mover | mover_of_an_amendment | delegate,
    Permission.AGENDA_ISSUE: committee,
    Permission.COMPOSITE_SIGN: delegate_of_unit,
    Permission.CONSEQUENCE_KEEP: committee,
    Permission.SITTING_KEEP: committee,
    Permission.CREDENTIALS_KEEP: committee | roll_officer,
    Permission.HALL_CHAIR: chair_of_sitting,
    Permission.VOTES_COUNT: teller_of_sitting | chair_of_sitting,
    Permission.REQUISITION_SIGN: member_of_unit,
    Permission.ROLL_FREEZE: returning_officer | console,
    Permission.ROLL_CHANGE: roll_officer,
    Permission.ROLL_APPEAL: oneself,
    Permission.ROLL_APPEAL_DECIDE: complaints & not_roll_officer,
    Permission.ROLL_INSPECT_ASK: member,
    Permission.ROLL_INSPECT_DECIDE: (roll_officer | returning_officer) & ~oneself,
    Permission.ROLL_INSPECT: oneself,
    Permission.ATTESTATION_KEEP: roll_officer,
    Permission.ATTEST: participant,
    Permission.ROLL_SEE: _desk | roll_officer,
    Permission.BALLOT_CREATE: _committee_or_returning,
    Permission.BALLOT_SCHEDULE: _committee_or_returning,
    Permission.BALLOT_OPEN: sweep | returning_officer,
    Permission.BALLOT_CLOSE: sweep | returning_officer,
    Permission.BALLOT_CANCEL: _committee_or_returning,
    Permission.KEY_CEREMONY: _committee_or_returning & not_own_contest,
    Permission.BOARD_EXTEND: sweep,
    Permission.VOTE: signed_in,
    Permission.CANDIDATE_STATE: _committee_or_returning | the_candidate,
    Permission.LINK_ASK: anyone,
    Permission.DELIVERY_SEE: (returning_officer | roll_officer | scrutineer) & not_own_contest,
    Permission.DELIVERY_KEEP: returning_officer & not_own_contest,
    Permission.CIRCULARS_STOP: anyone,
    Permission.HUSTINGS_DECLARE: returning_officer & not_own_contest,
    Permission.CIRCULAR_WRITE: the_candidate,
    Permission.CIRCULARS_KEEP: returning_officer & not_own_contest,
    Permission.PAPER_ASK: signed_in,
    Permission.PAPER_DUTY: _paper_officer & not_own_contest,
    Permission.PAPER_ENVELOPES: _paper_officer & not_own_contest,
    Permission.PAPER_ENTER: _paper_officer & not_own_contest,
    Permission.SEED_COMMIT: governance & not_own_contest,
    Permission.BALLOT_EXTEND: _committee_or_returning & not_own_contest,
    Permission.CHALLENGE_CAST: signed_in,
    Permission.BALLOT_RECONCILE: returning_officer & not_own_contest,
    Permission.CHALLENGES_DECIDE: governance & not_own_contest,
    Permission.ENVELOPES_OPEN: returning_officer & not_own_contest,
    Permission.BALLOT_COUNT: returning_officer & not_own_contest,
    Permission.RECOUNT_ASK: scrutineer | candidate,
    Permission.RECOUNT_SIGN: scrutineer & not_own_contest,
    Permission.COMPLAINT_MAKE: signed_in,
    Permission.COMPLAINT_DECIDE: complaints & not_own_contest & not_returning_officer,
    Permission.RESULT_SEE_PROVISIONAL: _desk | candidate,
    Permission.SCRUTINY: scrutineer & not_own_contest,
    Permission.KEY_REGISTER: governance | scrutineer,
    Permission.FALLS_DECIDE: _committee_or_returning & not_own_contest,
    Permission.RESULT_DRAW_UP: _committee_or_returning & not_own_contest,
    Permission.RESULT_SIGN: governance & not_own_contest,
    Permission.RESULT_PUBLISH: _committee_or_returning,
    Permission.RESULT_ANNUL: governance & not_own_contest,
    Permission.BALLOT_DESTROY: _committee_or_returning & not_own_contest,
    Permission.AUDIT_SEE: signed_in,
    Permission.AUDIT_SEE_ALL: scrutineer,
    Permission.AUDIT_EXPORT: officer,
    Permission.HEAD_SEND: sweep,
    Permission.WEBHOOKS_KEEP: governance | operator,
    Permission.WEBHOOK_DISABLE: sweep,
    Permission.DATA_OWN: signed_in,
    Permission.DATA_ASK: signed_in,
    Permission.BREACH_REPORT: officer | moderator | operator,
    Permission.DATA_PROTECT: data_protection & not_about_oneself,
    Permission.MEMBER_ERASE: data_protection & not_about_oneself,
    Permission.MEMBERS_EXPORT_ASK: roll_officer | data_protection,
    Permission.MEMBERS_EXPORT_AGREE: data_protection | governance,
    Permission.PROTECTION_READ: data_protection | governance | roll_officer | scrutineer,
    Permission.PROTECTION_SIGN: governance,
    Permission.DESK_SEE: officer | moderator | operator,
}


def may(permission: Permission, actor: Actor, subject: Any = None, *, at: datetime) -> bool:
    """Whether `actor` may do this to `subject` at the instant `at`."""
    return POLICY[permission].test(actor, subject, at)


def _lacks_factor(permission: Permission, actor: Actor, subject: Any, at: datetime) -> bool:
    """Whether somebody who may not would be allowed to with a second factor."""
    with_factor = Actor(**{**actor.__dict__, "second_factor": True})
    return actor.member_id is not None and not actor.second_factor and POLICY[permission].test(with_factor, subject, at)


def why_not(permission: Permission, actor: Actor, subject: Any = None, *, at: datetime) -> str | None:
    """The sentence for somebody who may not, or None for somebody who may."""
    if may(permission, actor, subject, at=at):
        return None
    rule = POLICY[permission]
    sentence = f"To {permission.value} one must be {rule.who}."
    if actor.member_id is None and not actor.machine:
        return f"{sentence} Sign in first."
    if _lacks_factor(permission, actor, subject, at):
        return f"To {permission.value} you need to sign in with a passkey, or with the code from your authenticator as well."
    ended = [h for h in actor.holdings if not h.active(at)]
    if ended and rule.test(
        Actor(
            **{
                **actor.__dict__,
                "second_factor": True,
                "holdings": tuple(type(h)(h.role, h.unit_path) for h in actor.holdings),
            }
        ),
        subject,
        at,
    ):
        if ended[0].rests(at):
            return f"{sentence} Your membership is suspended, and your office as {ended[0].role.value} rests meanwhile."
        return f"{sentence} Your term as {ended[0].role.value} does not include this moment."
    return sentence


def require(permission: Permission, actor: Actor, subject: Any = None, *, at: datetime) -> None:
    """Nothing for somebody who may.

    Raises:
        NotAllowed: with the sentence that says who may; `SecondFactorNeeded` where only that is missing.
    """
    sentence = why_not(permission, actor, subject, at=at)
    if sentence is not None:
        raise (SecondFactorNeeded if _lacks_factor(permission, actor, subject, at) else NotAllowed)(sentence)
