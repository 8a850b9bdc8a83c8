"""Words that nobody has broken – in headings, names and what people say – fit a phone of 320 px and shut nobody out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from consult.model.members import Account, Member
from consult.model.store import db, writing
from consult.service import debate, hustings, moderation, paragraphs, passwords
from tests.browser.conftest import Visit
from tests.browser.eyes import Sight
from tests.browser.server import Served
from tests.browser.test_sealing import PASSWORD, sign_in
from tests.consulting import forum
from tests.factories import NOON, found
from tests.motions import stage
from tests.service.test_hustings import election

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2
LOOKS = (Sight(320, "light"), Sight(320, "dark"), Sight(1280, "light"))


def furnish() -> dict[str, str]:
    """A motion, a debate, a paper's comment and a candidate, all with words longer than any screen."""
    cast = found()
    with writing() as session:
        session.execute(update(Member).where(Member.name == cast.who["member"].name).values(name=f"{LONG} Thorn"))
        session.execute(update(Member).where(Member.name == cast.who["mover"].name).values(name=LONG))
        member_id = cast.who["member"].id
        account = session.get(Account, member_id) or Account(member_id=member_id, created_at=NOON)
        account.password_hash = passwords.hashed(PASSWORD)
        session.add(account)
    scene = stage(cast)
    motion = scene.published(heading=LONG, resolves=f"1. To say {LONG} twice.")
    said = debate.write(motion, "for", f"{LONG} {LONG}", quote=LONG, by=cast.actor("member"), at=NOON)
    debate.write(motion, "against", LONG, answers=said, by=cast.actor("second"), at=NOON)
    other = debate.write(motion, "against", LONG, by=cast.actor("second"), at=NOON)
    moderation.hide(other, f"It says {LONG} again.", "repeated", by=cast.actor("moderator"), at=NOON)
    talk = forum(cast, minimum_group=3).consultation
    spoken = paragraphs.write(talk, "p1", "question", LONG, by=cast.actor("member"), at=NOON)
    moderation.hide(spoken, f"It says {LONG}.", "repeated", by=cast.actor("moderator"), at=NOON)
    _desk, who = election(cast)
    asked = hustings.ask(who, f"{LONG}?", by=cast.actor("member"), at=NOON)
    hustings.answer(asked, f"{LONG}!", by=cast.actor("mover"), at=NOON)
    kept = {
        "email": cast.who["member"].email or "", "motion": f"/motions/{motion.id}", "debate": f"/motions/{motion.id}/debate",
        "thread": f"/comments/{said.id}", "paper": f"/consultations/{talk.id}/paper",
        "questions": f"/elections/{who.id}/questions", "home": "/", "notices": "/notices", "record": "/moderation",
    }  # fmt: skip
    db.session.remove()
    return kept


@pytest.mark.parametrize("name", ["motion", "debate", "thread", "paper", "questions", "home", "notices", "record"])
def test_words_without_end_are_broken(
    serve: Callable[..., Served], new_page: Callable[..., Page], visit: Visit, name: str
) -> None:
    served = serve(furnish)
    page = new_page(served)
    sign_in(page, str(served.furnished["email"]))
    page.wait_for_load_state()
    assert visit(page, str(served.furnished[name]), f"long-{name}", LOOKS).status == 200
