"""Notices of events say when on the organisation's clock, as pages do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from consult.job import mail, outgoing
from consult.model.notices import DevelopmentMail
from consult.model.store import db
from consult.service import gatherings
from consult.service.gatherings import Spec
from consult.service.sending import Due
from tests.factories import NOON, Cast
from tests.web.signing_in import browser_of


def test_a_notice_of_an_event_is_in_the_organisations_time(cast: Cast) -> None:
    evening = datetime(2026, 4, 2, 18, tzinfo=UTC)
    spec = Spec("Alder in April", evening, evening + timedelta(hours=2), place="Library")
    row = gatherings.plan(cast.units["Alder"], spec, by=cast.actor("delegate"), at=NOON)
    gatherings.answer(row, True, by=cast.actor("member"), at=NOON)
    outgoing.send_due()
    (mail,) = db.session.query(DevelopmentMail).filter(DevelopmentMail.subject.startswith("You are coming"))
    assert "When: Thursday 2 April 2026, 7pm (UK time)" in mail.body


def test_whoever_waits_is_told_so_in_the_subject_and_in_the_list(app: Flask, cast: Cast) -> None:
    evening = datetime(2026, 4, 2, 18, tzinfo=UTC)
    spec = Spec("Alder in April", evening, evening + timedelta(hours=2), place="Library", capacity=1)
    row = gatherings.plan(cast.units["Alder"], spec, by=cast.actor("delegate"), at=NOON)
    for name in ("member", "mover"):
        gatherings.answer(row, True, by=cast.actor(name), at=NOON)
    gatherings.answer(row, False, by=cast.actor("member"), at=NOON)
    outgoing.send_due()
    subjects = [mail.subject.partition(" – ")[0] for mail in db.session.query(DevelopmentMail).order_by("id")]
    wanted = ["You are coming", "You are on the waiting list for", "A place is free for you"]
    assert [one for one in subjects if "Alder in April" in one] == [
        f"{wanted[0]}: Alder in April", f"{wanted[1]} Alder in April", f"{wanted[2]}: Alder in April",
    ]  # fmt: skip
    page = browser_of(app, cast.who["mover"]).open("/notices")
    for words in wanted[1:]:
        assert len([link for link in page.links() if link.startswith(words)]) == 1
    assert "You are coming" not in page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "You are on the waiting list for Tea"), ("cy", "Rydych ar y rhestr aros ar gyfer Tea")],
)
def test_a_waiting_list_is_told_of_in_both_languages(app: Flask, cast: Cast, language: str, words: str) -> None:
    context = {"event": 1, "title": "Tea", "place": "Library", "starts": NOON.isoformat()}
    message = mail.compose(Due(1, "event-waiting", "a@example.org", context, 1, None, "Ann", language), "")
    assert message["Subject"].startswith(words)
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None and words.removesuffix("Tea") in part.get_content()
