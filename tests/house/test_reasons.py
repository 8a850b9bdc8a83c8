"""Everything that an officer does is an act of the audit log; where it decides about somebody, it demands a reason."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import consult.service
from consult.domain.events import SENTENCES, Event
from consult.domain.policy import POLICY, Permission
from consult.model import Base
from consult.service import audit_reasons

P = Permission

#: What decides about a person, or about what is a person's: each act under these demands a reason, but for `ELSEWHERE`.
DECIDING = {
    P.ACCOUNT_RESET, P.ROLE_GIVE, P.MEMBER_KEEP, P.REPRESENTATIVE_NAME, P.SEAT_FILL, P.NOMINATION_JUDGE, P.STATEMENT_SCREEN,
    P.MOTION_RULE, P.APPEAL_DECIDE, P.COMMENT_MODERATE, P.COMMENT_APPEAL_DECIDE, P.PRIORITIES_SET_ASIDE, P.MOTION_DISPOSE,
    P.MOTION_PRIORITISE, P.POLICY_KEEP, P.RECOMMEND, P.ROLL_CHANGE, P.ROLL_APPEAL_DECIDE, P.ROLL_INSPECT_DECIDE,
    P.COMPLAINT_DECIDE, P.BALLOT_CANCEL, P.BALLOT_EXTEND, P.RESULT_ANNUL, P.DATA_PROTECT, P.MEMBER_ERASE,
    P.MEMBERS_EXPORT_ASK, P.MEMBERS_EXPORT_AGREE, P.CHALLENGES_DECIDE, P.CONSEQUENCE_KEEP, P.RULEBOOK_KEEP, P.ORDER_SET,
    P.RECOUNT_ASK, P.FALLS_DECIDE, P.UNIT_KEEP, P.BODY_KEEP, P.DECISION_ENTER, P.TOKENS_KEEP,
}  # fmt: skip

#: Acts under these that have no such parameter, and where their reason is.
ELSEWHERE = {
    "resets.agree": "the request that is agreed to has it",
    "claims.decide": "the correction names the claim of the provider that proposed it",
    "seats.fill": "in the term",
    "settling.declare": "the rules of the call decide",
    "settling.seat_winners": "the certified result decides",
    "countbacks.fill": "the certified papers decide",
    "moderation.show": "takes back what was decided",
    "submissions.restore": "takes back what was decided",
    "screening.admit": "lets pass; holds nothing against anybody",
    "threads.end_rule": "takes back what was decided",
    "leaves.record": "a meeting's vote decides",
    "parts.divide": "puts a text to the vote in parts",
    "parts.decide": "a meeting's vote decides",
    "policy_steps.lapse": "the day that was set decides",
    "inspections.end": "closes what was granted for a time with a reason",
    "member_exports.agree": "the request that is agreed to has it",
    "member_exports.take": "the request that was agreed to has it",
    "extensions.agree": "the proposal that is agreed to has it",
    "own_copy.take_for": "the request of the person is the reason",
    "protection_papers.save": "about nobody",
    "challenges.decide": "each verdict has its own",
    "proposed_falls.decide": "each fall has its own ruling",
    "units.rename": "about nobody; a reason may be given",
    "statements.screen": "demanded where a statement is refused",
    "order_of_votes.set_order": "the declared rule decides; demanded where the order departs from it",
    "priorities.take": "the result of the ballot decides",
    "tokens.revoke_for": "a key that the member makes anew at once",
}

#: Names of a parameter that holds a reason.
REASONS = {"reason", "reasons", "because", "answer", "words", "grounds", "about"}


def acts() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every act of every service, by the name of its module and its own."""
    for module in pkgutil.iter_modules(consult.service.__path__):
        loaded = importlib.import_module(f"consult.service.{module.name}")
        for name, function in vars(loaded).items():
            here = inspect.isfunction(function) and function.__module__ == loaded.__name__
            if here and getattr(function, "permission", None) is not None:
                yield f"{module.name}.{name}", function


ACTS = dict(acts())
DECIDE = sorted(name for name, act in ACTS.items() if act.permission in DECIDING)  # type: ignore[attr-defined]


def test_there_are_acts_to_look_at() -> None:
    assert len(ACTS) > 200 and len(DECIDE) > 60
    assert set(ELSEWHERE) <= set(DECIDE), "an exception is no act any more"


@pytest.mark.parametrize("name", DECIDE)
def test_who_decides_about_somebody_says_why(name: str) -> None:
    """The reason is a parameter without a default, so that nothing can be done without one."""
    parameters = inspect.signature(ACTS[name]).parameters
    given = [one for one in REASONS & set(parameters) if parameters[one].default is inspect.Parameter.empty]
    assert bool(given) != (name in ELSEWHERE), f"{name}({', '.join(parameters)})"


def test_every_event_has_its_sentence_and_every_permission_its_rule() -> None:
    assert set(SENTENCES) == set(Event) and set(POLICY) == set(Permission)


#: Columns with such a name that are no officer's reason for an act of the log.
NO_REASONS = {
    "amendment.falls_because": "worked out from the texts",
    "amendment.reason": "the mover's argument",
    "appeal.grounds": "what a branch says, not who decides",
    "challenged_ballot.reason": "of one person's vote among a batch; at the desk alone",
    "circular.reason": "told to the candidate; the event names the ballot alone",
    "comment_report.reason": "what a member says",
    "composite.reasons": "part of the text",
    "composite_text.reasons": "part of the text",
    "founding_period.reason": "kept as a change of the unit as well",
    "order_challenge.reason": "what a member says, not who decides",
    "paper_entry.reason": "of one paper; its event tells totals",
    "paper_issue.reason": "of one person's paper; its event tells numbers",
    "paragraph_report.reason": "what a member says",
    "proposed_fall.reason": "worked out from the texts",
    "rule_change.because": "the adoption of the rules has the reason",
    "submission.reason": "the branch's argument",
    "webhook.disabled_because": "by the machine",
}


def test_every_column_with_a_reason_is_told_or_is_said_not_to_be_one() -> None:
    told = {f"{source.table}.{source.reason}" for source in audit_reasons.SOURCES}
    told |= {f"{table}.{column}" for table, column, _ in audit_reasons.SUBJECTS}
    words = ("reason", "because", "grounds", "finding")
    found = {str(c) for table in Base.metadata.tables.values() for c in table.c if any(w in c.name for w in words)}
    assert found - told == set(NO_REASONS)


def test_reasons_are_looked_for_where_they_are() -> None:
    for source in audit_reasons.SOURCES:
        columns = Base.metadata.tables[source.table].c
        assert {source.reason, source.at, source.by} <= set(columns.keys()), source
    assert {name for name, *_ in audit_reasons.SUBJECTS} <= audit_reasons.tables()
