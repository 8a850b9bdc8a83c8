"""Every page as every role: found through the route table, and looked at by axe as each person who may see it.

`make test` looks at what greets each role; with CONSULT_TEST_MATRIX every page of the furnished movement is asked for by
everybody, and each that differs in more than its words is looked at, at 320 and 1280 pixels, in light and in dark. That every
template is looked at once, in the states in which tests are shown it, is the matter of `gallery.txt`.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Browser

from consult.app import create_app
from consult.domain.roles import Role, Status
from consult.model.store import db, writing
from consult.service import clock, corrections, paragraphs
from tests.browser import eyes, gallery, matrix
from tests.browser.matrix import WHOLE
from tests.consulting import forum
from tests.databases import Sqlite
from tests.factories import Cast, found, give_role, make_member
from tests.web import movement as asking
from tests.web.movement import INSIDERS, NOW, OUTSIDERS, Movement

pytestmark = pytest.mark.xdist_group("every-page")

#: Offices and a status that nobody of the cast has.
MORE = {
    "unit_officer": Role.UNIT_OFFICER,
    "data_protection": Role.DATA_PROTECTION,
    "operator": Role.OPERATOR,
    "representative": Status.REPRESENTATIVE,
}
EVERYBODY = (*OUTSIDERS, *INSIDERS, *MORE)
#: What greets people, and what is their own.
GREETING = ("/", "/account", "/notices", "/decide")
#: So many of one kind of thing are asked for; the newest first, for they have the most to say.
EACH = 6


def joined(cast: Cast) -> None:
    """The offices that nobody of the cast holds."""
    with writing():
        for name, office in MORE.items():
            status = office.value if isinstance(office, Status) else Status.MEMBER.value
            cast.who[name] = make_member(cast.units["Alder"], f"Holder {name}", status=status)
            if isinstance(office, Role):
                unit = cast.units["Alder"] if office is Role.UNIT_OFFICER else None
                give_role(cast.who[name], office, unit)


def more(cast: Cast) -> None:
    """What has pages of its own and is not in the movement: a comment on a paper, corrected."""
    by = cast.actor("member")
    said = paragraphs.write(forum(cast).consultation, "p1", "for", "So they are.", by=by, at=NOW)
    corrections.correct(said, "for", "So they are, mostly.", by=by, at=NOW)


@pytest.fixture(scope="session")
def furnished(sqlite: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Movement]:
    """The furnished movement with somebody for every office: made once by each worker that has a share in the matrix."""
    address = sqlite.fresh()
    settings = {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": address,
        "CONSULT_INSTANCE": str(tmp_path_factory.mktemp("pages")),
        "SERVER_NAME": "consult.test",
    }
    app = create_app(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "source", lambda session: NOW)
        with app.app_context():
            cast = found()
            asking.furnish(cast)
            joined(cast)
            more(cast)
            made = Movement(app, cast)
            asking.sign_in(made, EVERYBODY)
            db.session.remove()
    yield made
    with app.app_context():
        db.engine.dispose()
    sqlite.drop(address)


@pytest.fixture(scope="module")
def movement(furnished: Movement) -> Iterator[Movement]:
    """The same, at the hour of its story."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "source", lambda session: NOW)
        yield furnished


@pytest.fixture(scope="module")
def wall(chromium: Browser) -> gallery.Wall:
    return gallery.Wall(chromium)


def addresses(movement: Movement) -> list[str]:
    """What is asked for: of every route some, or what greets people."""
    if not WHOLE:
        return list(GREETING)
    found = (asking.addresses(movement, rule, "GET")[-EACH:] for rule in asking.routes(movement.app, "GET"))
    return [address for each in found for address in reversed(each)]


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> matrix.Looked:
    """The main parts and the frames of pages that were looked at: they are not looked at again for the next role."""
    base = tmp_path_factory.getbasetemp()
    return matrix.Looked.beside(base if worker_id == "master" else base.parent)


def alone(who: str) -> ParameterSet:
    """A role as a share of the matrix that any worker may take."""
    return pytest.param(who, marks=pytest.mark.xdist_group(f"as-{who}") if WHOLE else ())


@pytest.mark.parametrize("who", [alone(who) for who in EVERYBODY])
def test_no_page_shuts_this_role_out(
    movement: Movement, wall: gallery.Wall, looked_at: matrix.Looked, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if looked_at.finished(who):
        matrix.tell(f"{who} was looked at, and found right, before", capsys)
        return
    since = time.monotonic()
    with gallery.recorded() as shown:
        for address in addresses(movement):
            ask(movement, who, address)
    assert shown
    if WHOLE:
        wrong = matrix.look(wall, looked_at, who, shown, capsys, since=since)
    else:
        new = (page for page in shown if looked_at.claim(page))
        wrong = [said for page in new for said in wall.look(page, eyes.sights(who + page.template))]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("folder", sorted({each.template.partition("/")[0] for each in gallery.exhibits("asked")}))
def test_no_template_shuts_anybody_out(movement: Movement, wall: gallery.Wall, folder: str) -> None:
    wrong: list[str] = []
    for each in gallery.exhibits("asked"):
        if each.template.startswith(f"{folder}/"):
            who, endpoint = each.where.split()
            page = asked(movement, each.template, who, endpoint)
            wrong += wall.look(page) if page else [f"{who} is not shown {each.template} by {endpoint} any more"]
    assert not wrong, "\n\n".join(wrong)


def ask(movement: Movement, who: str, address: str) -> None:
    """Ask for a page that is made anew: what is kept of it since another test would not be seen."""
    movement.app.extensions.pop("consult-kept", None)
    movement.ask(who, address)


def asked(movement: Movement, template: str, who: str, endpoint: str) -> gallery.Shown | None:
    """The page that somebody is shown at an endpoint, about the newest thing of which it is made from this template."""
    rules = (rule for rule in movement.app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or ()))
    for address in [address for rule in rules for address in reversed(asking.addresses(movement, rule, "GET"))]:
        with gallery.recorded() as shown:
            ask(movement, who, address)
        for page in shown:
            if page.template == template:
                return page
    return None


def test_the_page_of_a_fault_shuts_nobody_out(
    movement: Movement, wall: gallery.Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = "home.accessibility"

    @functools.wraps(movement.app.view_functions[endpoint])
    def broken() -> str:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setitem(movement.app.view_functions, endpoint, broken)
    monkeypatch.setitem(movement.app.config, "PROPAGATE_EXCEPTIONS", False)
    with gallery.recorded() as shown:
        assert movement.ask("visitor", "/accessibility")[0] == 500
    (page,) = shown
    assert page.template == "errors/server.html"
    assert wall.look(page) == []


def test_the_statement_tells_of_the_roles_and_the_eyes_that_there_are() -> None:
    told = json.loads(matrix.RECORD.read_text())
    assert (told["axe"], told["of"]) == (eyes.axe_version(), len(EVERYBODY)), "see tests/browser/matrix.py"
