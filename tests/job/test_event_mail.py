"""Notices of events say when on the organisation's clock, as pages do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from consult.job import outgoing
from consult.model.notices import DevelopmentMail
from consult.model.store import db
from consult.service import gatherings
from consult.service.gatherings import Spec
from tests.factories import NOON, Cast


def test_a_notice_of_an_event_is_in_the_organisations_time(cast: Cast) -> None:
    evening = datetime(2026, 4, 2, 18, tzinfo=UTC)
    spec = Spec("Alder in April", evening, evening + timedelta(hours=2), place="Library")
    row = gatherings.plan(cast.units["Alder"], spec, by=cast.actor("delegate"), at=NOON)
    gatherings.answer(row, True, by=cast.actor("member"), at=NOON)
    outgoing.send_due()
    (mail,) = db.session.query(DevelopmentMail).filter(DevelopmentMail.subject.startswith("Your place at an event"))
    assert "When: Thursday 2 April 2026, 7pm (UK time)" in mail.body
