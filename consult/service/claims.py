"""Membership kept in step with an OpenID provider's claims: compared at each sign-in, then proposed to an officer or applied.

Nothing is ever deleted, a claim that is missing or means nothing here changes nothing, and rolls that are frozen stay as
they are.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.providers import Provider
from consult.domain.roles import Actor, Status
from consult.model.members import Member, MemberChange
from consult.model.signing_in import ClaimProposal
from consult.model.store import db
from consult.model.units import Unit
from consult.service import office_ends
from consult.service.act import Act, act
from consult.service.openid import Said


def waiting() -> list[ClaimProposal]:
    """What nobody has decided on yet, oldest first."""
    query = select(ClaimProposal).where(ClaimProposal.outcome.is_(None)).order_by(ClaimProposal.id)
    return list(db.session.scalars(query.options(joinedload(ClaimProposal.member)).limit(200)))


def get(proposal_id: int) -> ClaimProposal:
    """A proposal.

    Raises:
        NotFound: if there is none.
    """
    found = db.session.get(ClaimProposal, proposal_id)
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def differences(member: Member, of: Provider, said: Said) -> list[tuple[str, str, str]]:
    """What the claims say otherwise than the register: (status | branch, as it is, as it would be)."""
    found = []
    status = of.statuses.get(str(said.claims.get(of.status, ""))) if of.status else None
    if status is not None and status.value != member.status:
        found.append(("status", member.status, status.value))
    branch = _branch(str(said.claims.get(of.unit, "") or "")) if of.unit else None
    if branch is not None and branch.id != member.unit_id:
        found.append(("branch", member.unit.name, branch.name))
    return found


def _branch(name: str) -> Unit | None:
    """The open branch of a name; None where there is none, or two."""
    wanted = select(Unit).where(Unit.kind == "branch", Unit.closed_at.is_(None), Unit.name == " ".join(name.split()))
    found = list(db.session.scalars(wanted.limit(2))) if name.strip() else []
    return found[0] if len(found) == 1 else None


def keep_in_step(act: Act, member: Member, of: Provider, said: Said) -> None:
    """Propose or apply what the claims say otherwise, inside the act of signing in, by the provider's declared rule."""
    found = differences(member, of, said)
    still = {(what, new) for what, _old, new in found}
    open_ones = select(ClaimProposal).where(ClaimProposal.member_id == member.id, ClaimProposal.outcome.is_(None))
    for old in act.session.scalars(open_ones):
        if (old.what, old.new) in still and of.rule == "propose":
            still.discard((old.what, old.new))
        else:  # the provider says otherwise by now
            old.outcome, old.decided_at, old.decided_by = "overtaken", act.at, f"provider:{of.name}"
    for what, was, new in found:
        if (what, new) not in still or _set_aside(act, member, what, was, new, of.rule):
            continue
        alone = what == "status" and office_ends.leaves_nobody(member, Status(new), act.at, act.session)
        if of.rule == "apply" and not alone:  # the last who can give roles: an officer decides
            _write(act, member, what, was, new, f"{of.label} says so", f"provider:{of.name}")
        else:
            row = ClaimProposal(
                member_id=member.id, provider=of.label[:100], what=what, old=was, new=new, made_at=act.at
            )
            act.session.add(row)
            act.session.flush()
            act.record(Event.CLAIM_PROPOSED, member, proposal=row.id, what=what, provider=of.name)


def _set_aside(act: Act, member: Member, what: str, was: str, new: str, rule: str) -> bool:
    """Whether an officer has set this very proposal aside: it is not made again."""
    last = (
        select(ClaimProposal.old, ClaimProposal.new, ClaimProposal.outcome)
        .where(ClaimProposal.member_id == member.id, ClaimProposal.what == what)
        .order_by(ClaimProposal.id.desc())
        .limit(1)
    )
    found = act.session.execute(last).one_or_none()
    return rule == "propose" and found is not None and tuple(found) == (was, new, "set aside")


def _write(act: Act, member: Member, what: str, was: str, new: str, reason: str, by: str) -> None:
    if what == "status":
        ending = office_ends.of(member, Status(new), act.at, act.session)
        office_ends.end(act, ending, office_ends.BECAUSE)
        member.status = new
    else:
        branch = _branch(new)
        if branch is None:
            raise OutOfOrder(f"There is no open branch called {new} any more.")
        member.unit_id = branch.id
    change = MemberChange(
        member_id=member.id, at=act.at, changed_by=by[:40], what=what, old=was, new=new, reason=reason
    )
    act.session.add(change)
    act.session.flush()
    act.record(Event.MEMBER_CHANGED, member, change=change.id, what=what)


@act(Permission.MEMBER_KEEP, Event.CLAIM_DECIDED)
def decide(proposal: ClaimProposal, agreed: bool, reason: str, *, by: Actor, at: datetime, act: Act) -> ClaimProposal:
    """Agree to what a provider says of somebody, or set it aside: then it is proposed again only if it says something else.

    Raises:
        Invalid: without a reason, or if nobody would be left who can give roles.
        OutOfOrder: if it was decided before, or the register was changed since.
    """
    act.because(reason)
    if proposal.outcome is not None:
        raise OutOfOrder("This was decided already.")
    member = proposal.member
    present = member.status if proposal.what == "status" else member.unit.name
    if agreed and present != proposal.old:
        raise OutOfOrder(f"The register says {present} by now, not {proposal.old}. Set this proposal aside.")
    proposal.outcome, proposal.decided_at = "agreed" if agreed else "set aside", at
    proposal.decided_by = by.reference
    if agreed:
        _write(
            act,
            member,
            proposal.what,
            proposal.old,
            proposal.new,
            f"{proposal.provider} says so: {reason}"[:1000],
            by.reference,
        )
    act.note(outcome=proposal.outcome)
    return proposal
