"""What waits for whoever may act on it, beside motions and ballots."""

from __future__ import annotations

from consult.domain.roles import VISITOR, Role
from consult.model.store import writing
from consult.service import data_cases, home, waiting
from consult.service.actors import actor_of
from tests.factories import NOON, Cast, give_role
from tests.service.test_imports import counted_statements


def test_only_what_somebody_may_act_on_is_counted(cast: Cast) -> None:
    for nobody in (VISITOR, cast.actor("member")):
        with counted_statements() as seen:
            assert waiting.of(nobody, NOON) == {}
        assert not seen
    assert waiting.of(cast.actor("roll_officer"), NOON)["inspections"] == 0
    assert "removals" not in waiting.of(cast.actor("roll_officer"), NOON), "who removes does not decide the appeal"
    assert waiting.of(cast.actor("panel"), NOON)["removals"] == 0
    assert "cases" not in waiting.of(cast.actor("panel"), NOON)


def test_a_request_about_data_waits_for_the_data_protection_officer(cast: Cast) -> None:
    with writing():
        give_role(cast.who["member"], Role.DATA_PROTECTION)
    officer = actor_of(cast.who["member"].id, second_factor=True)
    assert home.page_of(officer, NOON).others == {}
    data_cases.ask(None, "access", "Send me everything, please.", by=cast.actor("second"), at=NOON)
    with counted_statements() as seen:
        assert waiting.of(officer, NOON)["cases"] == 1
    assert [words.split()[0] for words in seen if words != "BEGIN"] == ["SELECT"]
    page = home.page_of(officer, NOON)
    assert [len(office.cases) for office in page.offices] == [1] and page.others == {}
    assert home.page_of(cast.actor("second"), NOON).others == {}
