"""The reasons of acts: asked for before anything is written, found with their entry, and held to what it commits to."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from consult.domain.eligibility import RollRule
from consult.domain.errors import Invalid
from consult.ledger import chain
from consult.model.audit import ActReason
from consult.model.store import db
from consult.model.units import Unit
from consult.service import (
    attestations,
    audit,
    audit_pages,
    consultations,
    debate,
    imports,
    moderation,
    paper_ballots,
    units,
)
from consult.service.audit_pages import Wanted
from consult.service.consultations import Spec
from tests.factories import NOON, Cast, make_consultation
from tests.motions import stage
from tests.service.test_audit_heads import damage
from tests.service.test_paper_ballots import OPENS
from tests.service.test_paper_ballots import made as with_papers
from tests.service.test_rolls import freeze

WHY = "The branch meeting of 3 May asked for it."
HEADING = "name,email,number,joined,branch,status"


def described(cast: Cast, reason: str = WHY, about: str = "We meet on Mondays.") -> Unit:
    return units.describe(cast.units["Alder"], about, "members", reason, by=cast.actor("committee_1"), at=NOON)


def told(cast: Cast, who: str, words: str) -> list[str]:
    return [line.reason for line in audit_pages.read(cast.actor(who), Wanted(words=words), at=NOON).lines]


def test_the_reason_stands_with_its_entry_and_is_found_and_taken_with_it(cast: Cast) -> None:
    described(cast)
    assert told(cast, "member", "branch MEETING") == [WHY]
    assert told(cast, "member", "another meeting") == []
    (row,) = audit.rows()
    assert chain.opens(row["data"]["why"], WHY, bytes.fromhex(row["salt"])) and WHY not in json.dumps(row["data"])
    files = "".join(audit_pages.stream("csv", cast.actor("member"), Wanted(), NOON)), "".join(audit_pages.chain_lines())
    assert all(WHY in file for file in files)
    assert audit.verify() == []


@pytest.mark.parametrize("reason", ["", "  \n", "…", "-", "x" * 1_001])
def test_nothing_is_written_without_a_reason_that_can_be_read(cast: Cast, reason: str) -> None:
    consultation, before = make_consultation(cast), audit.length()
    with pytest.raises(Invalid) as refusal:
        consultations.edit(consultation, Spec("Other"), reason, by=cast.actor("committee_1"), at=NOON)
    assert set(refusal.value.fields) == {"reason"}
    db.session.rollback()
    assert consultations.get(consultation.id).title != "Other" and audit.length() == before
    assert db.session.scalar(select(func.count()).select_from(ActReason)) == 0


def test_what_is_set_up_needs_none_and_what_is_changed_does(cast: Cast) -> None:
    described(cast, reason="")
    with pytest.raises(Invalid, match="Say why"):
        described(cast, reason="", about="We meet on Tuesdays.")
    described(cast, about="We meet on Tuesdays.")
    assert [row["reason"] for row in audit.rows()] == [None, WHY]


def test_a_reason_that_was_changed_put_in_or_taken_away_is_found(cast: Cast) -> None:
    described(cast, reason="")
    for about in ("We meet on Tuesdays.", "We meet on Fridays."):
        described(cast, about=about)
    damage("UPDATE act_reason SET reason = 'Nobody knows.' WHERE sequence = 2")
    damage("DELETE FROM act_reason WHERE sequence = 3")
    damage("INSERT INTO act_reason (sequence, reason, salt) SELECT 1, reason, salt FROM act_reason WHERE sequence = 2")
    assert [str(fault) for fault in audit.verify()] == [
        "Entry 1 has a reason that was put beside it later.",
        "The reason of entry 2 was changed.",
        "The reason of entry 3 is gone.",
    ]


def test_the_database_itself_refuses_to_change_one(cast: Cast) -> None:
    described(cast)
    for statement in ("UPDATE act_reason SET reason = 'x'", "DELETE FROM act_reason"):
        with pytest.raises(Exception, match="stands with its entry"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_why_a_file_was_taken_is_read_by_those_who_see_the_register(cast: Cast) -> None:
    row = "Ada Finch,ada@post.example,N1,2025-03-11,Alder,member"
    report = imports.preview(f"{HEADING}\n{row}\n".encode(), at=NOON)
    imports.apply(None, report, "Ada Finch came back.", by=cast.actor("roll_officer"), at=NOON)
    found = {who: told(cast, who, "came back") for who in ("member", "roll_officer", "scrutineer")}
    assert found == {"member": [], "roll_officer": ["Ada Finch came back."], "scrutineer": ["Ada Finch came back."]}
    assert audit_pages.read(cast.actor("member"), at=NOON).lines[0].reason == ""


def test_what_is_retired_says_why_to_every_member(cast: Cast) -> None:
    made = attestations.declare(None, "None", "I confirm nothing at all.", by=cast.actor("roll_officer"), at=NOON)
    attestations.retire(made, WHY, by=cast.actor("roll_officer"), at=NOON + timedelta(hours=1))
    assert told(cast, "stranger", "3 May") == [WHY]


def test_an_act_without_an_event_of_its_own_gives_the_reason_to_what_it_records(cast: Cast) -> None:
    motion = stage(cast).published()
    comment = debate.write(motion, "for", "Fair fares.", by=cast.actor("second"), at=NOON)
    moderation.hide(comment, "Off the subject of the motion.", by=cast.actor("moderator"), at=NOON)
    moderation.show(comment, "It was about fares.", by=cast.actor("moderator"), at=NOON + timedelta(hours=1))
    line = audit_pages.read(cast.actor("member"), at=NOON).lines[0]
    assert (line.event, line.reason) == ("comment.shown", "It was about fares.")
    assert audit.verify() == []


def test_why_a_paper_was_issued_is_read_by_those_who_see_to_papers(cast: Cast) -> None:
    desk, by = with_papers(cast), cast.actor("roll_officer")
    number = cast.who["member"].number
    paper_ballots.issue(desk.ballot, number, "The printer jammed at home.", by=by, at=OPENS)
    assert {who: told(cast, who, "printer jammed") != [] for who in ("member", "roll_officer", "scrutineer")} == {
        "member": False, "roll_officer": True, "scrutineer": True,
    }  # fmt: skip
    assert audit.verify() == []


def test_why_people_are_left_out_of_a_roll_by_name_stands_with_its_freezing(cast: Cast) -> None:
    out = {cast.who["member"].id: "Suspended until May.", cast.who["second"].id: "Suspended until May."}
    freeze(cast, RollRule(excluded=out))
    assert told(cast, "roll_officer", "until may") == ["Left out by name (2): Suspended until May."]
    assert told(cast, "mover", "until may") == []
    freeze(cast, RollRule(), title="Everybody")
    assert audit_pages.read(cast.actor("roll_officer"), at=NOON).lines[0].reason == ""
    assert audit.verify() == []


def test_very_many_reasons_for_leaving_out_are_cut_and_the_roll_is_frozen_all_the_same(cast: Cast) -> None:
    out = {member.id: f"{name} {'x' * 180}" for name, member in cast.who.items() if name != "roll_officer"}
    freeze(cast, RollRule(excluded=out))
    (reason,) = told(cast, "roll_officer", "Left out")
    assert len(reason) == 1_000 and reason.endswith("…")
