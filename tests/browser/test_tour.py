"""The tour in docs/tour.md: ten pages of the demonstration, photographed in a real browser (`make tour`) and told of in words.

Every run checks that the page is what this table says and that its pictures are there; with CONSULT_TOUR naming the
instance folder of a furnished demonstration, the pictures and the page are made anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
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
from tests.web.signing_in import browser_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
FOLDER = os.environ.get("CONSULT_TOUR", "")
WIDTH, HEIGHT = 1280, 860


@dataclass(frozen=True)
class Stop:
    """One picture: its file, where it is taken and by whom ("" a visitor), its heading, and what is to be seen."""

    name: str
    address: str
    who: str
    heading: str
    words: str


STOPS = (
    Stop("home", "/", "", "The front page", "What is open, and what was decided. Nobody needs to sign in to read."),
    Stop(
        "consultation", "/consultations/{consultation}", "", "A consultation",
        "A paper, questions and meetings. It binds nobody, and says so; its phases stand beside it.",
    ),
    Stop(
        "motion", "/motions/{motion}", "", "A motion",
        "Numbered clauses and lines, and the amendments beside the lines that they touch.",
    ),
    Stop(
        "amendment", "/amendments/{amendment}", "", "An amendment",
        "What it takes out and puts in, as marks in the text and in the words that are moved.",
    ),
    Stop(
        "composite", "/composites/{composite}", "voter", "A composite",
        "One text from the motions of several branches, with the source of every clause and every branch's signature.",
    ),
    Stop(
        "ballot", "/ballots/{open}", "", "A ballot",
        "What is asked, who may vote, until when, and who could find out how somebody voted.",
    ),
    Stop(
        "paper", "/ballots/{open}/vote", "voter", "The ballot paper",
        "The choice, sealed in the browser before it is sent, checked once more before it is cast.",
    ),
    Stop(
        "result", "/results/{stv}", "", "A result",
        "The outcome first, then every stage of the count, the certificate, and how to count it again.",
    ),
    Stop(
        "policy-book", "/policy", "", "The policy book",
        "What is carried enters it, with where it came from and when it ends.",
    ),
    Stop(
        "committee", "/", "committee", "The committee's home",
        "What waits for a decision, in the order of its deadlines.",
    ),
)  # fmt: skip


def told() -> str:
    """docs/tour.md."""
    lines = [
        "# A tour in ten pictures",
        "",
        "Of the demonstration that `make run` starts: a plainly fictional movement. The pictures are made by `make tour`.",
    ]
    for number, stop in enumerate(STOPS, 1):
        as_whom = {"": "", "voter": " Seen by a member.", "committee": " Seen by a member of the governance committee."}
        lines += ["", f"## {number}. {stop.heading}", f"{stop.words}{as_whom[stop.who]}", ""]
        lines += [f"![{stop.heading}: {stop.words}](tour/{stop.name}.png)"]
    return "\n".join(lines) + "\n"


@pytest.mark.skipif(bool(FOLDER), reason="the tour is being made")
def test_the_tour_is_what_its_table_says_and_its_pictures_are_there() -> None:
    assert (DOCS / "tour.md").read_text(encoding="utf-8") == told(), "run `make tour`"
    kept = {path.stem for path in (DOCS / "tour").iterdir()}
    assert kept == {stop.name for stop in STOPS} and len(STOPS) == 10
    for name in kept:
        with Image.open(DOCS / "tour" / f"{name}.png") as picture:
            assert picture.size == (WIDTH, HEIGHT), name
            assert len(picture.convert("RGB").getcolors(WIDTH * HEIGHT) or ()) > 20, f"{name} shows nothing"
    assert "docs/tour.md" in (DOCS.parent / "README.md").read_text(encoding="utf-8")


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


@pytest.mark.skipif(not FOLDER, reason="the tour is made by `make tour`")
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
