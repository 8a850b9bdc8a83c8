"""Publishing a certified result: the bundle, what becomes of each motion and amendment, and the policy book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from consult.counting.lots import seed_of
from consult.domain.errors import NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.officer_proposals import ANNUL, POLL_AGAIN
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.ledger import bundle, canonical, packing
from consult.ledger.signatures import Signature as LedgerSignature
from consult.ledger.verify import verify
from consult.model.ballots import Ballot, Question
from consult.model.nominations import Call
from consult.model.results import Manifest, Publication, QuestionResult
from consult.model.store import db
from consult.service import certification, enacting, officer_proposals, outbox, polls_due, proposed_falls
from consult.service.act import Act, act
from consult.text.published import replayed_hash
from consult.verifier import standalone


@act(Permission.RESULT_PUBLISH, Event.RESULT_PUBLISHED)
def publish(ballot: Ballot, *, by: Actor, at: datetime, act: Act) -> Publication:
    """Publish: write the bundle once and for ever, decide the motions, enter what was carried in the policy book.

    The bundle is verified by the public verifier before anything is written.

    Raises:
        OutOfOrder: if the result is not certified, the poll has to be held again, a proposed fall is not confirmed, or the
        bundle does not verify (then nothing is published).
    """
    polls_due.require_none(ballot, act.session)
    if sentence := proposed_falls.problem(act.session, ballot):
        raise OutOfOrder(sentence)
    act.step(ballot, "publish")
    manifest = certification.manifest_of(ballot)
    signatures = [LedgerSignature(s.key.public_key, s.value) for s in certification.signed(ballot)]
    data = bundle.write(manifest.content, signatures, packing.unpack(manifest.parts))
    report = verify(
        data,
        standalone.counters(),
        combine=seed_of,
        replay=replayed_hash,
        margins=standalone.margins_of,
    )
    if not report.ok:
        raise OutOfOrder(
            f"The bundle does not verify, so it was not published: {'; '.join(c.words for c in report.failures[:3])}"
        )
    results = certification.results_of(ballot)
    publication = Publication(
        ballot_id=ballot.id,
        bundle=data,
        hash=canonical.sha256(data),
        published_at=at,
        sentence=" ".join(result.outcome for result in results)[:2000],
    )
    act.session.add(publication)
    officer_proposals.overtake(act.session, ANNUL, ballot.id, at)
    for call_id in act.session.scalars(select(Call.id).where(Call.ballot_id == ballot.id)):
        officer_proposals.overtake(act.session, POLL_AGAIN, call_id, at)
    for motion_id, decision in manifest.decisions.items():
        enacting.enact(act, ballot, int(motion_id), decision)
    act.data = {"bundle": publication.hash, "manifest": manifest.hash}
    act.notices += outbox.queue_roll(
        act.session,
        "result-published",
        ballot.roll_id or 0,
        ballot.id,
        at=at,
        after=at,
        title=ballot.title,
        sentence=publication.sentence,
    )
    return publication


def published(limit: int = 100) -> list[Publication]:
    """Published results, newest first, without their bundles."""
    query = (
        select(Publication)
        .options(joinedload(Publication.ballot).selectinload(Ballot.questions), defer(Publication.bundle))
        .order_by(Publication.published_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def outcomes_of(ballots: Iterable[int]) -> dict[int, list[tuple[str, str, str]]]:
    """Ballot → for each question its title, the method, and the outcome in a sentence or two, in the order of the paper."""
    query = select(Question.ballot_id, Question.title, Question.method, QuestionResult.outcome).join(QuestionResult)
    query = query.where(Question.ballot_id.in_(list(ballots))).order_by(Question.ballot_id, Question.position)
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.ballot_id].append((row.title, row.method, row.outcome))
    return dict(found)


def of(ballot_id: int) -> Publication:
    """The publication of a ballot.

    Raises:
        NotFound: if its result is not published.
    """
    query = (
        select(Publication)
        .where(Publication.ballot_id == ballot_id)
        .options(
            joinedload(Publication.ballot).selectinload(Ballot.questions).selectinload(Question.options),
            defer(Publication.bundle),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no published result of this number.")
    return found


def manifest_bytes(ballot_id: int) -> bytes:
    """The exact bytes that were signed."""
    found = db.session.get(Manifest, ballot_id)
    if found is None:
        raise NotFound("This ballot has no manifest.")
    return found.content
