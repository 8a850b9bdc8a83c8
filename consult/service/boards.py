"""The board of a ballot: receipts put on the list in random order and coarse steps, under heads that the server signs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.orm import Session

from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import heads, merkle, records, signatures
from consult.ledger.heads import Proof, SignedHead
from consult.model.ballots import Ballot, Envelope
from consult.model.boxes import BoardHead, BoardKey, BoardLeaf, BoardNode
from consult.model.store import db
from consult.service import audit_heads, ballots, outbox, replacing, vault
from consult.service.act import Act, act
from consult.service.audit import to_the_second

#: While voting is open the list grows by whole tens, at whole hours: it tells neither the turnout nor who was last.
STEP, CLOCK = 10, timedelta(hours=1)

#: Heads are mailed out when the last that was mailed is so old, and at the end.
MAILED_EVERY = timedelta(hours=24)

_VAULT = "board key"


@dataclass(frozen=True)
class Board:
    """The list of sealed votes of a ballot as anybody may see it: its heads, the newest first, and its key."""

    heads: list[BoardHead]
    key: str


# -- the key ---------------------------------------------------------------------------------------------------------


def public_key(session: Session) -> str:
    """The public half of the board key (base64url); made when it is first asked for, inside a transaction."""
    row = session.get(BoardKey, 1)
    if row is None:
        key = Ed25519PrivateKey.generate()
        row = BoardKey(id=1, public_key=signatures.public_part(key), sealed=vault.seal(_VAULT, key.private_bytes_raw()))
        session.add(row)
        session.flush()
    return row.public_key


def _private(session: Session) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.open(_VAULT, session.get_one(BoardKey, 1).sealed))


# -- growing ---------------------------------------------------------------------------------------------------------


def due(at: datetime) -> list[Ballot]:
    """Ballots that are open by the clock, whose list was not looked at in this hour."""
    running = db.session.scalars(select(Ballot).where(Ballot.state == "open", Ballot.level != "recorded"))
    return [ballot for ballot in running if at < ballot.last_instant and _waiting(db.session(), ballot, at)]


def _waiting(session: Session, ballot: Ballot, at: datetime) -> bool:
    last = newest(ballot, session)
    if last is not None and last.at >= _hour(at):
        return False
    return _in_box(session, ballot) - (last.size if last else 0) >= STEP


def _in_box(session: Session, ballot: Ballot) -> int:
    query = select(func.count()).select_from(Envelope).where(Envelope.ballot_id == ballot.id)
    return session.scalar(query) or 0


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


@act(Permission.BOARD_EXTEND, Event.BOARD_EXTENDED)
def extend(ballot: Ballot, *, rng: Random | None = None, by: Actor, at: datetime, act: Act) -> Ballot:
    """Put some of the receipts that wait on the list: a random choice, in random order, a whole number of tens.

    Those whose receipt goes on the list are told that their vote was recorded, all at once: the notice carries no time.

    Raises:
        OutOfOrder: when nothing is due in this hour, or the ballot is not open.
    """
    if ballot.state != "open" or at >= ballot.last_instant or not _waiting(act.session, ballot, at):
        raise OutOfOrder("The list of sealed votes is not due to grow now.")
    rng = rng or SystemRandom()
    waiting = _unlisted(act.session, ballot)
    chosen = rng.sample(waiting, len(waiting) // STEP * STEP)
    head = _append(act, ballot, chosen, _hour(at))
    if head is None:
        raise OutOfOrder("The list of sealed votes is not due to grow now.")
    act.note(size=head.size, root=head.root)
    return ballot


def finish(act: Act, ballot: Ballot, rng: Random | None = None) -> BoardHead:
    """After the close: put every receipt that is left on the list, under the last head, and give that head.

    The tree is made once more from every leaf, so that nothing kept of it is trusted.

    Raises:
        OutOfOrder: if the leaves do not make the root of the head.
    """
    waiting = _unlisted(act.session, ballot)
    (rng or SystemRandom()).shuffle(waiting)
    head = _append(act, ballot, waiting, ballot.last_instant, final=True)
    if head is not None:
        act.record(Event.BOARD_EXTENDED, ballot, size=head.size, root=head.root, final=True)
    last = head or newest(ballot, act.session)
    if last is None or merkle.root(leaves(ballot, act.session)).hex() != last.root:
        raise OutOfOrder("The list of sealed votes does not make the root of its last head. Nothing was reconciled.")
    return last


def _unlisted(session: Session, ballot: Ballot) -> list[str]:
    """Receipts that are not on the list yet, in the order of their value."""
    query = (
        select(Envelope.receipt)
        .outerjoin(BoardLeaf, (BoardLeaf.ballot_id == Envelope.ballot_id) & (BoardLeaf.receipt == Envelope.receipt))
        .where(Envelope.ballot_id == ballot.id, BoardLeaf.receipt.is_(None))
        .order_by(Envelope.receipt)
    )
    listed = select(BoardLeaf.receipt).where(BoardLeaf.ballot_id == ballot.id)
    old = replacing.leaves_of(session, ballot.id)
    missed = set(old) - set(session.scalars(listed)) if old else set()  # replaced before they came on the list
    return sorted([*session.scalars(query), *missed])


def _append(act: Act, ballot: Ballot, receipts: list[str], at: datetime, final: bool = False) -> BoardHead | None:
    """Add receipts and sign the head; None where there is nothing new to sign."""
    last = newest(ballot, act.session)
    start = last.size if last is not None else 0
    if not receipts and (start or not final):
        return None
    grown = grow(act.session, ballot, start, receipts)
    public_key(act.session)
    made = heads.sign(
        _private(act.session),
        str(ballot.id),
        ballot.definition_hash or "",
        to_the_second(at),
        grown.size,
        grown.root().hex(),
    )
    head = BoardHead(
        ballot_id=ballot.id, size=made.size, root=made.root, at=at, signature=made.signature, final=final, mailed=False
    )
    _mail(act, ballot, head)
    act.session.add(head)
    _tell_voters(act, ballot, receipts)
    return head


def grow(session: Session, ballot: Ballot, size: int, receipts: Sequence[str]) -> merkle.Frontier:
    """Write receipts and the subtrees that they complete behind the first `size` leaves: it costs what is new, not what is there."""
    grown, nodes = _frontier(session, ballot, size).grow(bytes.fromhex(receipt) for receipt in receipts)
    put = {"ballot_id": ballot.id}
    if receipts:
        rows = [{**put, "position": size + place, "receipt": receipt} for place, receipt in enumerate(receipts)]
        session.execute(insert(BoardLeaf), rows)
    if nodes:
        inner = [{**put, "level": level, "index": index, "hash": hash_} for (level, index), hash_ in nodes.items()]
        session.execute(insert(BoardNode), inner)
    return grown


def _frontier(session: Session, ballot: Ballot, size: int) -> merkle.Frontier:
    """What must be known of the first leaves to go on: the complete subtrees that they make, some twenty at most."""
    places = merkle.Frontier.places(size)
    found = _nodes(session, ballot, places)
    return merkle.Frontier(size, tuple(found[place] for place in places))


def _nodes(session: Session, ballot: Ballot, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The hashes at these places, in two statements; those of single leaves are made from the leaves."""
    inner = select(BoardNode.level, BoardNode.index, BoardNode.hash).where(
        BoardNode.ballot_id == ballot.id, tuple_(BoardNode.level, BoardNode.index).in_([p for p in places if p[0]])
    )
    single = select(BoardLeaf.position, BoardLeaf.receipt).where(
        BoardLeaf.ballot_id == ballot.id, BoardLeaf.position.in_([index for level, index in places if not level])
    )
    found = {(level, index): hash_ for level, index, hash_ in session.execute(inner)}
    found |= {(0, at): merkle.leaf_hash(bytes.fromhex(receipt)) for at, receipt in session.execute(single)}
    return found


def _mail(act: Act, ballot: Ballot, head: BoardHead) -> None:
    """Mail the head to the scrutineers and the named addresses: once a day, and the last one."""
    query = select(func.max(BoardHead.at)).where(BoardHead.ballot_id == ballot.id, BoardHead.mailed.is_(True))
    last = act.session.scalar(query)
    if last is not None and not head.final and head.at - last < MAILED_EVERY:
        return
    head.mailed = True
    told: dict[str, Any] = {
        "ballot": ballot.id,
        "title": ballot.title,
        "size": head.size,
        "root": head.root,
        "key": public_key(act.session),
    }
    told |= {"signature": head.signature, "at": to_the_second(head.at)}
    for address in audit_heads.addresses():
        act.notify("board-head", address=address, once=f"board-head:{ballot.id}:{head.size}:{address}", **told)
    for member in audit_heads.scrutineers(act.at):
        act.notify("board-head", member, once=f"board-head:{ballot.id}:{head.size}:member {member.id}", **told)


def _tell_voters(act: Act, ballot: Ballot, receipts: Iterable[str]) -> None:
    """Queue the neutral notice to those whose receipts went on the list, in the order of their membership."""
    listed = sorted(receipts)
    for start in range(0, len(listed), 500):
        some = listed[start : start + 500]
        act.notices += outbox.queue_voters(act.session, ballot, some, at=act.at)


# -- reading ---------------------------------------------------------------------------------------------------------


def newest(ballot: Ballot, session: Session | None = None) -> BoardHead | None:
    """The newest head."""
    query = select(BoardHead).where(BoardHead.ballot_id == ballot.id).order_by(BoardHead.size.desc()).limit(1)
    return (session or db.session()).scalars(query).first()


def leaves(ballot: Ballot, session: Session | None = None) -> list[bytes]:
    """Every receipt on the list, in its order (32 bytes each)."""
    query = select(BoardLeaf.receipt).where(BoardLeaf.ballot_id == ballot.id).order_by(BoardLeaf.position)
    return [bytes.fromhex(receipt) for receipt in (session or db.session()).scalars(query)]


def tree(ballot: Ballot, size: int, *asked: Callable[[merkle.Nodes], object]) -> merkle.Nodes:
    """As much of the tree of the first `size` leaves as answers what is asked of it, and no more.

    >>> tree(ballot, 1_000, lambda nodes: nodes.inclusion(7)).inclusion(7)  # doctest: +SKIP
    """
    wanted = merkle.Wanted(size)
    for ask in asked:
        ask(wanted)
    return merkle.Nodes(size, _nodes(db.session(), ballot, wanted.places))


def heads_file(ballot: Ballot) -> bytes:
    """heads.json as it stands: every head with the proof that it continues the one before it."""
    moments = [(to_the_second(head.at), head.size, head.signature) for head in all_heads(ballot)]
    size = max((size for _, size, _ in moments), default=0)
    return records.write_heads(tree(ballot, size, lambda nodes: records.write_heads(nodes, moments)), moments)


def all_heads(ballot: Ballot, session: Session | None = None) -> list[BoardHead]:
    """Every head, the oldest first."""
    query = select(BoardHead).where(BoardHead.ballot_id == ballot.id).order_by(BoardHead.size)
    return list((session or db.session()).scalars(query))


def shown(ballot: Ballot) -> Board:
    """What the public page shows."""
    key = ballots.definition_of(ballot).board_key
    return Board(list(reversed(all_heads(ballot))), key or "")


def place_of(ballot: Ballot, receipt: bytes) -> int | None:
    """Where on the list a receipt stands, from 0; None if it is not on it (yet)."""
    query = select(BoardLeaf.position).where(BoardLeaf.ballot_id == ballot.id, BoardLeaf.receipt == receipt.hex())
    return db.session.scalar(query)


def proof_of(ballot: Ballot, receipt: bytes) -> Proof:
    """The proof, under the newest head, that a receipt is on the list.

    Raises:
        NotFound: if it is not on the list, or not yet.
    """
    place, head = place_of(ballot, receipt), newest(ballot)
    key = ballots.definition_of(ballot).board_key
    if place is None or head is None or key is None:
        raise NotFound(
            "This receipt is not on the list of sealed votes, or not yet: it grows in steps while voting is open."
        )
    nodes = tree(ballot, head.size, lambda each: each.inclusion(place, head.size))
    return heads.prove(nodes, ballot.title, receipt, place, signed(ballot, head), key)


def signed(ballot: Ballot, head: BoardHead) -> SignedHead:
    """A head as the ledger knows it."""
    return SignedHead(
        str(ballot.id), ballot.definition_hash or "", to_the_second(head.at), head.size, head.root, head.signature
    )
