"""Certifying: the committee's signing keys, the signatures of k of n, and the acknowledgement of a lot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.lifecycle import BALLOT
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import signatures
from consult.model.ballots import Ballot, Question
from consult.model.desk import ChallengedBallot
from consult.model.members import Member
from consult.model.results import Annulment, Manifest, QuestionResult, Signature, SigningKey
from consult.model.store import db
from consult.service import ballots, opening, outbox, polls_due
from consult.service.act import Act, act

# -- keys ------------------------------------------------------------------------------------------------------------


@act(Permission.KEY_REGISTER, Event.KEY_REGISTERED)
def register_key(member: Member, public_key: str, *, by: Actor, at: datetime, act: Act) -> SigningKey:
    """Register the public half of one's own signing key; an older one is retired, and stays in older ballots.

    Raises:
        Invalid: if it is not an Ed25519 public key, or somebody has registered it before.
        NotAllowed: for somebody else's.
    """
    if by.member_id != member.id:
        raise NotAllowed("Everybody registers a signing key of their own, and nobody for somebody else.")
    try:
        key = signatures.read_public(public_key.encode())
    except (signatures.KeyRefused, UnicodeEncodeError) as refusal:
        raise Invalid(str(refusal), {"public_key": str(refusal)}) from refusal
    if act.session.scalar(select(SigningKey.id).where(SigningKey.public_key == key)):
        sentence = "This key has been registered before. Make a new one with `consult signing-key`."
        raise Invalid(sentence, {"public_key": sentence})
    for older in keys_of(member.id, act.session):
        if older.retired_at is None:
            older.retired_at = at
            act.record(Event.KEY_RETIRED, older, fingerprint=signatures.fingerprint(older.public_key))
    made = SigningKey(member_id=member.id, public_key=key, registered_at=at)
    act.session.add(made)
    act.note(fingerprint=signatures.fingerprint(key))
    return made


def keys_of(member_id: int, session: Session | None = None) -> list[SigningKey]:
    """A member's keys, newest first."""
    session = session or db.session()
    query = select(SigningKey).where(SigningKey.member_id == member_id).order_by(SigningKey.id.desc())
    return list(session.scalars(query))


# -- signing ---------------------------------------------------------------------------------------------------------


def manifest_of(ballot: Ballot) -> Manifest:
    """What is to be signed.

    Raises:
        NotFound: before the certificate is drawn up.
    """
    found = db.session.get(Manifest, ballot.id)
    if found is None:
        raise NotFound("The certificate of this ballot is not drawn up yet, so there is nothing to sign.")
    return found


def signed(ballot: Ballot) -> list[Signature]:
    """The signatures so far, in order."""
    query = select(Signature).where(Signature.ballot_id == ballot.id).options(joinedload(Signature.member))
    return list(db.session.scalars(query.order_by(Signature.signed_at)))


def results_of(ballot: Ballot) -> list[QuestionResult]:
    """The counts of a ballot's questions, in the order of the paper."""
    query = (
        select(QuestionResult)
        .join(Question)
        .where(Question.ballot_id == ballot.id)
        .options(joinedload(QuestionResult.question).selectinload(Question.options))
        .order_by(Question.position)
    )
    return list(db.session.scalars(query))


@act(Permission.RESULT_SIGN, Event.LOT_ACKNOWLEDGED)
def acknowledge_lot(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Ballot:
    """Say on the record that a lot decided something, before anybody signs."""
    needed = [result for result in results_of(ballot) if result.needed_lot]
    if not needed:
        raise OutOfOrder("No lot was drawn in this ballot; there is nothing to acknowledge.")
    if all(result.lot_acknowledged_by_id for result in needed):
        raise OutOfOrder("The lot has been acknowledged already.")
    for result in needed:
        result.lot_acknowledged_by_id = by.member_id
    act.note(questions=[result.question.key for result in needed])
    return ballot


@act(Permission.RESULT_SIGN, Event.RESULT_SIGNED)
def sign(ballot: Ballot, key: str, value: str, *, by: Actor, at: datetime, act: Act) -> Signature:
    """Add one's own signature, made off this server; the k-th makes the result certified.

    `key` is the signer's public key and `value` the signature over the manifest's bytes, both base64url.

    Raises:
        OutOfOrder: if the certificate is not drawn up, a lot is not acknowledged, the poll has to be held again, or the
        member has signed already.
        NotAllowed: if the member is not one of the signers named before opening.
        Invalid: if the key is not the member's, or the signature does not hold.
    """
    if ballot.state != "drawn up":
        raise OutOfOrder(
            f"This ballot is {ballot.state}; a result is signed once its certificate is drawn up, and before publication."
        )
    polls_due.require_none(ballot, act.session)
    if any(result.needed_lot and not result.lot_acknowledged_by_id for result in results_of(ballot)):
        raise OutOfOrder("A lot decided something in this count. Acknowledge that first; then sign.")
    manifest = manifest_of(ballot)
    made = ballots.definition_of(ballot)
    registered = act.session.scalars(select(SigningKey).where(SigningKey.public_key == key.strip())).one_or_none()
    if registered is None or registered.member_id != by.member_id:
        raise Invalid(
            "This signature was made with a key that is not registered as yours.", {"signature": "Not your key."}
        )
    if registered.public_key not in {signer.key for signer in made.signers}:
        raise NotAllowed("Your key was not among the signers named before this ballot opened, so it cannot certify it.")
    if act.session.get(Signature, (ballot.id, by.member_id)) is not None:
        raise OutOfOrder("You have signed this result already; one person counts once.")
    if not signatures.holds(manifest.content, signatures.Signature(registered.public_key, value.strip())):
        sentence = "The signature does not fit this result. Download the manifest again, sign that file, and send what it gives."
        raise Invalid(sentence, {"signature": sentence})
    signature = Signature(
        ballot_id=ballot.id, member_id=by.member_id, key_id=registered.id, value=value.strip(), signed_at=at
    )
    act.session.add(signature)
    act.session.flush()
    act.note(manifest=manifest.hash, fingerprint=signatures.fingerprint(registered.public_key))
    count = act.session.scalar(select(func.count()).select_from(Signature).where(Signature.ballot_id == ballot.id)) or 0
    if count >= made.k:
        data = dict(act.data)
        act.step(ballot, "certify")
        act.data = data
        manifest.certified_at = at
        act.record(Event.RESULT_CERTIFIED, ballot, manifest=manifest.hash, signatures=count)
    return signature


def require_annullable(act: Act, ballot: Ballot) -> None:
    """Nothing while a ballot is between its opening and its publication, as the clock has it.

    Raises:
        OutOfOrder: before and afterwards.
    """
    if ballot.state == "scheduled" and act.at >= ballot.opens_at:
        return
    BALLOT.step("annul", ballot.state)


def annul(act: Act, ballot: Ballot, reason: str) -> None:
    """Annul a ballot that opened and is not published; what was cast and counted stays on the record.

    Its motions go back to the order paper, so that they can be put again. Only acts call it, once two people agree.
    """
    opening.catch_up(act, ballot)
    act.step(ballot, "annul")
    act.session.add(Annulment(ballot_id=ballot.id, reason=reason, by_id=act.by.member_id, at=act.at))
    for motion in ballots.motions_of(ballot):
        act.step(motion, "take back", check_permission=False)
    _tell_annulled(act, ballot)
    act.record(Event.RESULT_ANNULLED, ballot, step="annul", to=ballot.state)


def _tell_annulled(act: Act, ballot: Ballot) -> None:
    """Once to everybody on the roll, by one statement, and to candidates and casters of challenged ballots beside it."""
    kind = "ballot-annulled"
    act.notices += outbox.queue_roll(
        act.session, kind, ballot.roll_id or 0, ballot.id, at=act.at, after=act.at, title=ballot.title
    )
    cast = select(ChallengedBallot.member_id).where(ChallengedBallot.ballot_id == ballot.id)
    for member_id in sorted(ballot.candidate_member_ids | set(act.session.scalars(cast))):
        member, once = act.session.get_one(Member, member_id), f"{kind}:{ballot.id}:{member_id}"
        act.notify(kind, member, once=once, ballot=ballot.id, title=ballot.title)


def annulment_of(ballot: Ballot) -> Annulment | None:
    """Why a ballot was annulled."""
    return db.session.get(Annulment, ballot.id)
