"""The demo's mail: links to vote that went out, came back, were refused, opened and asked for anew, as the ledger has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import delete, insert, select, update

from consult.model.ballots import Ballot, VotingLink
from consult.model.deliveries import Delivery
from consult.model.members import Member
from consult.model.notices import Notice
from consult.model.roll_changes import still_on
from consult.model.rolls import RollEntry
from consult.model.store import db, writing
from consult.service import bounces, deliveries, fresh_links, links, sending
from consult.service.sessions import token_hash

#: One in so many links came back, was opened by somebody who then did not vote, and was lost and asked for anew.
_BACK, _LOOKED, _LOST = 350, 30, 900

#: What other servers say of an address: whether the message failed or is late, the code, and their words.
_SAID = (
    ("failed", "5.1.1", "550 5.1.1 there is no mailbox of this name here"),
    ("failed", "5.2.1", "550 5.2.1 this mailbox was closed by its owner"),
    ("delayed", "4.4.1", "451 4.4.1 the host did not answer; it will be tried again"),
    ("failed", "5.1.2", "550 5.1.2 the domain has no mail server any more"),
)
_REFUSED = "The mail server refused the address (553 5.1.3 the address is not written as addresses are)."

_REPORT = """\
Content-Type: multipart/report; report-type=delivery-status; boundary="-"

---
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.lanternfold.example
Original-Envelope-Id: {mark}

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}
-----
"""


class Post:
    """What the worker and other people's mail servers did with the links of each ballot."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def deliver(self, ballot: Ballot, at: datetime) -> None:
        """Send what waits, with a link each; as the sender writes it down, for everybody in one transaction."""
        if ballot.state == "open" and (unlucky := self._waiting(ballot, at)) and len(unlucky) > _BACK:
            notice_id, _ = self.rng.choice(unlucky)
            sending.failed(notice_id, _REFUSED, at, for_good=True)
        found = dict(self._waiting(ballot, at))
        if not found:
            return
        people = list(found.values())
        rows = [
            {"ballot_id": ballot.id, "member_id": member, "token_hash": token_hash(links.new_token())}
            for member in people
        ]
        with writing() as session:
            session.execute(
                delete(VotingLink).where(VotingLink.ballot_id == ballot.id, VotingLink.member_id.in_(people))
            )
            session.execute(insert(VotingLink), rows)
            lines = update(Delivery).where(Delivery.ballot_id == ballot.id, Delivery.member_id.in_(people))
            session.execute(lines.values(state="sent", remark=None))
            session.execute(update(Notice).where(Notice.id.in_(found)).values(sent_at=at, attempts=1, fault=None))

    def _waiting(self, ballot: Ballot, at: datetime) -> list[tuple[int, int]]:
        """The notices with a link of a ballot that are due and have not gone, each with whose it is."""
        query = select(Notice.id, Notice.member_id, Notice.context).where(
            Notice.kind.in_(deliveries.LINKED - {sending.REMINDER}), Notice.sent_at.is_(None),
            Notice.gave_up_at.is_(None), Notice.send_after <= at,
        )  # fmt: skip
        found = [(row.id, row.member_id) for row in db.session.execute(query) if row.context["ballot"] == ballot.id]
        db.session.rollback()
        return found

    def settle(self, ballot: Ballot, voted: set[int]) -> None:
        """What became of the links of those who have not voted: some were looked at, some came back, some were lost."""
        query = (
            select(RollEntry.member_id)
            .join(Delivery, (Delivery.ballot_id == ballot.id) & (Delivery.member_id == RollEntry.member_id))
            .where(RollEntry.roll_id == ballot.roll_id, Delivery.state == "sent", still_on())
            .order_by(RollEntry.member_id)
        )
        left = [member for member in db.session.scalars(query) if member not in voted]
        self.rng.shuffle(left)
        for _ in range(len(left) // _LOOKED):
            deliveries.opened(ballot.id, left.pop())
        for place in range(len(left) // _BACK):
            self._report(ballot, left.pop(), place)
        for _ in range(len(left) // _LOST):
            self._ask_anew(ballot, left.pop())

    def _report(self, ballot: Ballot, member: int, place: int) -> None:
        """A report of another server, with the mark that the message carried."""
        query = select(Notice).where(Notice.once == f"ballot-opens:{ballot.id}:{member}")
        notice = db.session.scalars(query).one()
        action, status, words = _SAID[place % len(_SAID)]
        mark = bounces.mark_of(notice.id, notice.attempts)
        told = _REPORT.format(mark=mark, address=notice.address, action=action, status=status, words=words)
        db.session.rollback()
        bounces.take(told.encode(), ballot.opens_at + timedelta(minutes=9 + place))

    def _ask_anew(self, ballot: Ballot, member: int) -> None:
        """Somebody who does not find the message has another sent, by the number on the membership card."""
        number = db.session.get_one(Member, member).number
        at = ballot.opens_at + timedelta(hours=20, minutes=self.rng.randrange(90))
        fresh_links.ask(ballot, number, network="192.0.2.14", at=at)
        self.deliver(ballot, at + timedelta(minutes=1))
