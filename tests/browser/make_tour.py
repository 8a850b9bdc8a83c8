"""Makes the tour anew (`make tour`): the ten pages photographed in a real browser, each looked at by axe, and docs/tour.md.

CONSULT_TOUR names the instance folder of a furnished demonstration. It is no test of every run, so its name is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from consult.app import create_app
from consult.domain.roles import Role
from consult.model.amendments import Amendment
from consult.model.ballots import Ballot
from consult.model.composites import Composite
from consult.model.consultations import Consultation
from consult.model.members import RoleHolding
from consult.model.motions import Motion
from consult.model.store import db
from tests.browser import eyes
from tests.browser.server import Served
from tests.browser.tour import DOCS, HEIGHT, STOPS, WIDTH, told
from tests.web.signing_in import browser_of

#: Without it there is nothing to photograph, and this fails.
FOLDER = os.environ["CONSULT_TOUR"]


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[tuple[Served, dict[str, int], dict[str, str]]]:
    """The furnished demonstration as it is served, the numbers of what is shown, and a cookie for each who looks."""
    database = f"sqlite:///{Path(FOLDER).resolve() / 'consult.db'}"
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": database, "CONSULT_INSTANCE": FOLDER})
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.app_context():
        open_ballot = db.session.scalars(select(Ballot.id).where(Ballot.state == "open").order_by(Ballot.id)).all()[-1]
        amended = select(Amendment.motion_id, Amendment.id).join(Motion, Motion.id == Amendment.motion_id)
        motion, amendment = db.session.execute(
            amended.where(Motion.state == "published").order_by(Motion.id, Amendment.id).limit(1)
        ).one()
        numbers = {
            "open": open_ballot,
            "motion": motion,
            "amendment": amendment,
            "composite": db.session.scalars(select(Composite.id).where(Composite.state == "published")).first() or 0,
            "consultation": db.session.scalars(select(Consultation.id).order_by(Consultation.id.desc())).first() or 0,
            "stv": db.session.scalars(
                select(Ballot.id).where(Ballot.state == "published", Ballot.title.startswith("Election"))
            ).first()
            or 0,
        }
        held = {
            "voter": Role.DELEGATE,
            "committee": Role.GOVERNANCE,
        }
        cookies = {}
        for who, role in held.items():
            first = select(RoleHolding).where(RoleHolding.role == role.value).order_by(RoleHolding.id)
            member = db.session.scalars(first).first().member  # type: ignore[union-attr]
            with browser_of(app, member).client.session_transaction() as cookie:
                cookies[who] = signer.dumps(dict(cookie))
        db.session.remove()
        db.engine.dispose()
    served = Served(database, tmp_path, {"CONSULT_INSTANCE": FOLDER})
    yield served, numbers, cookies
    served.stop()


def test_making_the_tour(demonstration: tuple[Served, dict[str, int], dict[str, str]], chromium: Browser) -> None:
    served, numbers, cookies = demonstration
    (DOCS / "tour").mkdir(exist_ok=True)
    for stop in STOPS:
        context = chromium.new_context(
            base_url=served.base, locale="en-GB", viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
        )
        if stop.who:
            context.add_cookies([{"name": "consult", "value": cookies[stop.who], "url": served.base}])
        page = context.new_page()
        answer = page.goto(stop.address.format(**numbers))
        assert answer is not None and answer.status == 200, f"{stop.name}: {answer and answer.status}"
        assert "/sign-in" not in page.url, f"{stop.name} is not for everybody"
        page.wait_for_load_state("networkidle")
        page.screenshot(path=DOCS / "tour" / f"{stop.name}.png")
        eyes.look(page, eyes.Sight(WIDTH, "light"))
        context.close()
    (DOCS / "tour.md").write_text(told(), encoding="utf-8")
