"""Everything that an officer does is an act of the audit log, and has its reason or stands in the list of what needs none."""

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
from consult.domain.roles import Role
from consult.model import Base
from consult.service import audit_reasons

#: Acts of officers that have no parameter for a reason, each with the sentence that says where it is, or why none is asked.
#: What is changed, withdrawn, ended, paused or refused is never among them for any other cause than that its reason is elsewhere.
NONE_NEEDED = {
    # what is set up speaks for itself
    "accounts.invite": "invites; holds nothing against anybody",
    "ballot_questions.add_motion": "what is put on the paper is read on it",
    "ballot_questions.add_question": "what is put on the paper is read on it",
    "ballots.create": "sets up",
    "circulars.call": "calls once, for all candidates alike; nothing of it is changed afterwards",
    "coding.add_code": "a code says what it means",
    "composites.begin": "sets up; the branches sign or refuse",
    "consultations.create": "sets up",
    "gatherings.plan": "sets up",
    "model_motions.make": "made of a policy, whose text it is",
    "nominations.call": "sets up, with its declared rules",
    "participation.ask": "adds a question, which is read",
    "participation.move_up": "the order of questions, none of which is changed",
    "policy_actions.give": "the clause of the policy orders it",
    "priorities.ask": "what is put on the paper is read on it",
    "requisitions.call": "the requisition that was signed asks for it",
    "rolls.freeze": "the rules of the roll say whom it has, and for which ballot",
    "settling.draft": "the call decides what is put to the ballot",
    "sittings.appoint": "appoints; written in the minutes",
    "sittings.plan": "sets up",
    "standing.enter": "the text as it stands",
    "translations.translate": "a text beside another, which somebody else approves",
    "webhooks.register": "sets up, and says whose address it is and what for",
    # what is published is read
    "agenda.issue": "what is issued is read, with what changed since the last",
    "circulars.send": "sent as their candidates wrote them",
    "compositing.ask": "the text that is signed is read",
    "compositing.publish": "the branches signed it",
    "freezing.freeze": "the text, with what it makes fall, is read",
    "gathering_records.publish_minutes": "the minutes are read",
    "mandates.give": "names the meeting and its minute",
    "model_motions.hear": "says what was heard",
    "model_motions.send": "says where it was sent",
    "order_of_votes.set_order": "the declared rule decides; demanded where the order departs from it",
    "outcomes.publish": "what is published is read",
    "outcomes.save": "a draft, of which what is published is read",
    "outcomes.set_row": "is itself what was said and what was done about it",
    "policy_actions.report": "is itself a report",
    "publication.publish": "the certified result is read",
    "rulings.publish": "the ruling has its reason",
    "translations.approve": "the other text is the measure",
    # working steps, which are their own record
    "audit_pages.take": "says by what it was narrowed",
    "boxes.freeze": "a step of the opening, on its record",
    "boxes.record": "a step of the opening, on its record",
    "ceremonies.rehearse": "a step of the ceremony, on its record",
    "ceremonies.upload": "a step of the ceremony, on its record",
    "certificate.draw_up": "the count is the reason",
    "certification.acknowledge_lot": "a step of the certification",
    "certification.register_key": "one's own key",
    "certification.sign": "a signature under what is read",
    "composites.drop": "why words are left out is asked for before the branches sign",
    "composites.tag": "gives the reason of each clause that is left out",
    "composites.take": "a step of the drafting",
    "composites.write": "a step of the drafting",
    "credentials.admit": "at the door, card by card",
    "credentials.give_proxy": "at the door; the absent delegate gave it",
    "credentials.mark_present": "at the door, card by card",
    "destruction.agree": "says what became of shares and copies; the time that is set decides",
    "destruction.propose": "says what became of shares and copies; the time that is set decides",
    "fresh_links.queue_missing": "to those who lack one",
    "gathering_records.attend": "who is in the room",
    "gathering_records.record_vote": "a meeting's vote",
    "import_files.choose": "what a column holds, before a file is taken",
    "data_cases.put_down": "is itself what somebody asked or complained of",
    "data_cases.report_breach": "is itself what happened",
    "import_files.receive": "a file is put down, and not taken yet",
    "opening.close": "the time that was set decides",
    "opening.open_ballot": "the time that was set decides",
    "paper_ballots.issue_to_all_without_address": "to those without an address",
    "paper_ballots.mark": "an envelope came",
    "paper_ballots.record_totals": "figures of what was issued and came",
    "paper_ballots.take_duty": "an officer's own",
    "paper_entries.enter": "a paper, entered twice by two people",
    "paper_entries.start_anew": "a paper that was entered wrongly is entered twice anew",
    "paper_requests.issue_to_all_who_asked": "to those who asked",
    "reconciliation.commit_seed": "a step of drawing the lot",
    "reconciliation.reveal_seed": "a step of drawing the lot",
    "reconciliation.reconcile": "the figures decide",
    "recounts.make": "the request has its reason, and the recount its finding",
    "recounts.sign": "a signature under what is read",
    "reminding.remind": "to those who have not voted",
    "scheduling.schedule": "fixes what is read; the times are set",
    "statements.compute": "computed from what was answered",
    "tally.count_ballot": "the papers decide",
    "unsealing.open_envelopes": "the time that was set decides",
    "webhooks.again": "sends what was due",
    "webhooks.resume": "ends a pause, which had its reason",
    "webhooks.send_lost": "sends what was due",
    "webhooks.try_out": "a test message",
    # the reason is elsewhere
    "adopting.adopt": "the result of the ballot decides",
    "agreeing.agree": "the proposal that is agreed to has it",
    "agreeing.carry_out": "the proposal that is carried out has it",
    "agreeing.withdraw": "takes back one's own proposal, which did nothing yet",
    "challenges.decide": "each verdict has its own, and the log has them all",
    "countbacks.fill": "the certified papers decide",
    "extensions.agree": "the proposal that is agreed to has it",
    "leaves.record": "a meeting's vote decides",
    "member_exports.agree": "the request that is agreed to has it",
    "member_exports.take": "the request that was agreed to has it",
    "own_copy.take_for": "the request of the person is the reason",
    "parts.decide": "a meeting's vote decides",
    "parts.divide": "puts a text to the vote in parts",
    "policy_steps.lapse": "the day that was set decides",
    "priorities.take": "the result of the ballot decides",
    "proposed_falls.decide": "each fall has its own ruling",
    "protection_papers.save": "about nobody; is itself what is told",
    "protection_papers.sign": "a signature under what is read",
    "reruns.put_again": "the annulment has it",
    "resets.agree": "the request that is agreed to has it",
    "screening.admit": "lets pass; holds nothing against anybody",
    "seats.fill": "in the term",
    "settling.declare": "the rules of the call decide",
    "settling.seat_winners": "the certified result decides",
}

#: Acts that ask for a reason only where something stood there before, or is refused, so that their parameter has a default.
ASKED_FOR_WHERE = {
    "candidates.state": "an officer changes what a candidate said",
    "ceremonies.plan": "an earlier plan is dropped",
    "consultations.set_timetable": "a phase that has begun is moved, or a close brought forward",
    "hustings.declare": "another end was declared",
    "participation.declare": "other terms were declared",
    "sittings.set_business": "another order was set",
    "statements.screen": "a statement is refused",
    "units.describe": "the unit was described",
}

#: Names of a parameter that holds a reason.
REASONS = {"reason", "reasons", "because", "answer", "words", "grounds"}


def acts() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every act of every service, by the name of its module and its own."""
    for module in pkgutil.iter_modules(consult.service.__path__):
        loaded = importlib.import_module(f"consult.service.{module.name}")
        for name, function in vars(loaded).items():
            here = inspect.isfunction(function) and function.__module__ == loaded.__name__
            if here and getattr(function, "permission", None) is not None:
                yield f"{module.name}.{name}", function


ACTS = dict(acts())
#: The roles that make somebody an officer, as the table of permissions names them.
OFFICERS = tuple(role.value for role in Role if role not in (Role.DELEGATE,))


def is_officers(permission: Permission) -> bool:
    """Whether an officer does it as such: the table names a role, otherwise than to keep somebody out."""
    rule = POLICY[permission].who
    named = [part for part in rule.replace(", or ", ", and ").split(", and ") if not part.startswith("not ")]
    return any(role in part for part in named for role in OFFICERS)


DONE = sorted(name for name, act in ACTS.items() if is_officers(act.permission))  # type: ignore[attr-defined]


def test_there_are_acts_to_look_at() -> None:
    assert len(ACTS) > 200 and len(DONE) > 140
    assert set(NONE_NEEDED) | set(ASKED_FOR_WHERE) <= set(DONE), "an exception is no act of an officer any more"
    assert not set(NONE_NEEDED) & set(ASKED_FOR_WHERE)


@pytest.mark.parametrize("name", DONE)
def test_whatever_an_officer_does_has_its_reason_or_stands_among_those_that_need_none(name: str) -> None:
    """The reason is a parameter in words; without a default, so that nothing can be done without one."""
    parameters = inspect.signature(ACTS[name]).parameters
    given = [one for one in REASONS & set(parameters) if parameters[one].annotation in ("str", str)]
    demanded = [one for one in given if parameters[one].default is inspect.Parameter.empty]
    assert bool(demanded) != (name in NONE_NEEDED or name in ASKED_FOR_WHERE), f"{name}({', '.join(parameters)})"
    assert bool(given) or name not in ASKED_FOR_WHERE, f"{name}({', '.join(parameters)})"


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
    "paper_issue.reason": "of one person's paper; the reason stands with the event as well",
    "paragraph_report.reason": "what a member says",
    "proposed_fall.reason": "worked out from the texts",
    "rule_change.because": "the adoption of the rules has the reason",
    "submission.reason": "the branch's argument",
    "webhook.disabled_because": "by the machine",
}


def test_every_column_with_a_reason_is_told_or_is_said_not_to_be_one() -> None:
    told = {"act_reason.reason"} | {f"{source.table}.{source.reason}" for source in audit_reasons.SOURCES}
    told |= {f"{table}.{column}" for table, column, _ in audit_reasons.SUBJECTS}
    words = ("reason", "because", "grounds", "finding")
    found = {str(c) for table in Base.metadata.tables.values() for c in table.c if any(w in c.name for w in words)}
    assert found - told == set(NO_REASONS)


def test_reasons_are_looked_for_where_they_are() -> None:
    for source in audit_reasons.SOURCES:
        columns = Base.metadata.tables[source.table].c
        assert {source.reason, source.at, source.by} <= set(columns.keys()), source
    assert {name for name, *_ in audit_reasons.SUBJECTS} <= audit_reasons.tables()
