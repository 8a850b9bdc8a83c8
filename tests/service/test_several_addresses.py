"""Several web processes on several addresses, one PostgreSQL: one vote each, whichever of them takes it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.ledger import envelopes
from consult.model.ballots import Envelope
from consult.model.store import db
from consult.service import ballots, scheduling
from tests import poll
from tests.databases import Postgresql
from tests.factories import Cast

ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
VOTERS, SEED = 18, 20260302

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database(postgresql: Postgresql) -> Iterator[str]:
    """A fresh database on the one server that all processes share."""
    address = postgresql.fresh()
    yield address
    postgresql.drop(address)


def test_everybody_votes_at_all_addresses_at_once_and_has_one_vote(
    app: Flask, cast: Cast, database: str, tmp_path: Path
) -> None:
    made = poll.furnish(cast, VOTERS)
    served: list[poll.Pages] = []
    try:
        for host in ADDRESSES:
            served.append(poll.Pages(database, tmp_path, workers=1, threads=4, host=host))
        assert {pages.address[0] for pages in served} == set(ADDRESSES)
        one_form = [(pages, poll.sheet(app, made, voter)) for voter in made.voters[: VOTERS // 2] for pages in served]
        other_forms = [
            (pages, poll.sheet(app, made, replace(voter, retry_key=f"{place:032x}")))
            for voter in made.voters[VOTERS // 2 :]
            for place, pages in enumerate(served, 1)
        ]
        asked = [*one_form, *other_forms]
        random.Random(SEED).shuffle(asked)
        with ThreadPoolExecutor(9) as hands:
            replies = list(hands.map(lambda each: poll.cast_vote(*each), asked))
        answered = Counter(
            "receipt" if status == 303 and str(place).endswith("/receipt") else "told" if status < 500 else "fault"
            for status, place in replies
        )
        # one form, sent three times: acknowledged three times; three forms of one voter: one vote, two are told so
        assert answered == {"receipt": 3 * VOTERS // 2 + VOTERS // 2, "told": VOTERS}
        for voter in made.voters:
            path, headers, _ = poll.sheet(app, made, voter)
            receipts = {pages.ask("GET", path.replace("/cast", "/receipt"), headers)[0] for pages in served}
            assert receipts == {200}  # whoever voted at one address is known at each
    finally:
        for pages in served:
            pages.stop()
    db.session.rollback()
    query = select(func.count(), func.count(Envelope.member_id.distinct())).where(Envelope.ballot_id == made.ballot_id)
    assert tuple(db.session.execute(query).one()) == (VOTERS, VOTERS)
    ballot = made.desk.ballot
    opener = envelopes.opener(ballots.definition_of(ballot), scheduling.private_key(db.session(), ballot))
    found = Counter(opener(sealed)[0].ranking for sealed in db.session.scalars(select(Envelope.sealed)))
    assert found == Counter((voter.choice,) for voter in made.voters)
