"""Translations of texts: made of one exact text, approved by another, out of date when it changes, fixed with a ballot."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from consult.domain.errors import Invalid, NotAllowed, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.ledger import declared
from consult.ledger.shape import Malformed
from consult.model.audit import AuditEvent
from consult.model.store import db, writing
from consult.model.translations import Translation
from consult.service import attestations, ballots, translations
from consult.service.translations import Subject
from tests.desk import Desk
from tests.factories import NOON, Cast
from tests.motions import stage


def welsh(subject: Subject) -> dict[str, str]:
    return {part.key: f"Cymraeg: {part.text}" for part in translations.parts_of(subject)}


def made(cast: Cast, subject: Subject, by: str = "chair") -> Translation:
    return translations.translate(subject, "cy", welsh(subject), by=cast.actor(by), at=NOON)


def approved(cast: Cast, subject: Subject) -> Translation:
    return translations.approve(made(cast, subject), by=cast.actor("committee_1"), at=NOON)


def test_a_motion_is_translated_clause_by_clause_under_its_own_labels(cast: Cast) -> None:
    motion = stage(cast).published()
    row = made(cast, motion, by="mover")
    shown = translations.beside(row, motion)
    labels = [each.part.label for each in shown]
    assert labels[:2] == ["Heading", "Notes 1"] and "Resolves 3(a)" in labels
    assert all(each.words == f"Cymraeg: {each.part.text}" and not each.stale for each in shown)
    assert (row.status, row.authoritative, row.made_as) == ("awaiting review", "en", "its mover")
    assert [found.id for found in translations.of(motion)] == [row.id]
    events = db.session.query(AuditEvent).filter_by(event=Event.TRANSLATION_MADE.value).all()
    assert len(events) == 1 and "Cymraeg" not in str(events[0].data)


def test_every_part_must_be_translated_and_each_that_is_not_is_named(cast: Cast) -> None:
    motion = stage(cast).published()
    words = welsh(motion)
    missing = list(words)[1:3]
    with pytest.raises(Invalid) as refused:
        translations.translate(motion, "cy", words | dict.fromkeys(missing, " "), by=cast.actor("mover"), at=NOON)
    assert sorted(refused.value.fields) == sorted(missing)
    assert "Notes 1" in str(refused.value)
    with pytest.raises(NotFound):
        translations.translate(motion, "en", words, by=cast.actor("mover"), at=NOON)
    assert translations.of(motion) == []


def test_who_translates_and_who_approves(cast: Cast) -> None:
    motion = stage(cast).published()
    for name in ("stranger", "supporter", "member", "scrutineer"):
        with pytest.raises(NotAllowed):
            made(cast, motion, by=name)
    row = made(cast, motion, by="chair")
    for name in ("chair", "mover", "delegate"):  # whoever made it, and people without that office
        with pytest.raises(NotAllowed):
            translations.approve(row, by=cast.actor(name), at=NOON)
    translations.approve(row, by=cast.actor("committee_1"), at=NOON)
    assert (row.status, row.approved_as) == ("approved", "governance committee")
    with pytest.raises(OutOfOrder, match="approved already"):
        translations.approve(row, by=cast.actor("committee_2"), at=NOON)


def test_a_translation_is_out_of_date_once_the_text_changes(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    row = made(cast, motion)
    amendment = scene.amended(motion, ("10pm", "9pm"))
    scene.answered(amendment, True)
    scene.frozen(motion)
    assert translations.is_stale(row, motion)
    assert [each.part.label for each in translations.beside(row, motion) if each.stale] == ["Resolves 1"]
    with pytest.raises(OutOfOrder, match="has changed since it was translated"):
        translations.approve(row, by=cast.actor("committee_1"), at=NOON)
    newer = made(cast, motion)
    assert translations.latest(motion, "cy") is newer
    assert not translations.is_stale(newer, motion)


def test_a_form_filled_in_beside_an_older_text_is_not_taken(cast: Cast) -> None:
    motion = stage(cast).published()
    with pytest.raises(OutOfOrder, match="changed since you opened"):
        translations.translate(motion, "cy", welsh(motion), made_of="0" * 64, by=cast.actor("mover"), at=NOON)


def test_an_amendment_and_a_paper_are_translated_too(cast: Cast) -> None:
    scene = stage(cast)
    amendment = scene.amended(scene.published(), ("10pm", "9pm"))
    assert translations.parts_of(amendment)[0].label == "Change 1"
    assert approved(cast, amendment).status == "approved"


def test_only_the_newest_is_approved(cast: Cast) -> None:
    motion = stage(cast).published()
    first = made(cast, motion)
    made(cast, motion, by="mover")
    with pytest.raises(OutOfOrder, match="newer"):
        translations.approve(first, by=cast.actor("committee_1"), at=NOON)


def test_what_is_approved_is_fixed_with_the_ballot_and_what_is_not_stays_away(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1, explanation="About the committee.")
    desk.ask()
    approved(cast, desk.ballot)
    desk.schedule()
    definition = ballots.definition_of(desk.ballot)
    found = definition.in_language("cy")
    assert found is not None and found.authoritative == "en"
    assert found.words["q1"] == "Cymraeg: Who?" and found.words["title"] == "Cymraeg: Policy committee"
    assert '"translations"' in (desk.ballot.definition or "")
    with pytest.raises(OutOfOrder, match="fixed, in every language"):
        made(cast, desk.ballot)


def test_a_ballot_without_an_approved_translation_is_defined_as_ever(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask()
    row = made(cast, desk.ballot)
    desk.schedule()
    assert ballots.definition_of(desk.ballot).translations == ()
    assert "translations" not in (desk.ballot.definition or "")
    with pytest.raises(OutOfOrder):
        translations.approve(row, by=cast.actor("committee_1"), at=NOON)


def test_a_definition_says_what_is_wrong_with_a_translation(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask()
    approved(cast, desk.ballot)
    desk.schedule()
    data = ballots.definition_of(desk.ballot).as_json()
    for changed, sentence in (
        ({"language": "en"}, "another language"),
        ({"words": {"q9": "Pwy?"}}, "not on the paper"),
        ({"words": {"q1": 3}}, "q1"),
    ):
        with pytest.raises(Malformed, match=sentence):
            declared.read({**data, "translations": [{**data["translations"][0], **changed}]})
    with pytest.raises(Malformed):
        declared.read({**data, "translations": [data["translations"][0], data["translations"][0]]})


def test_a_question_added_after_the_approval_keeps_the_translation_off_the_paper(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask()
    approved(cast, desk.ballot)
    desk.ask(title="And who else?")
    assert translations.approved(desk.ballot) == []
    desk.schedule()
    assert ballots.definition_of(desk.ballot).translations == ()


def test_a_published_result_with_a_translated_paper_verifies(cast: Cast) -> None:
    desk = Desk(cast, signers_needed=1)
    desk.ask("plurality")
    approved(cast, desk.ballot)
    desk.schedule()
    desk.vote("member", 0)
    desk.publish()
    assert desk.ballot.state == "published"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE translation SET words = '{}'",
        "UPDATE translation SET source_hash = 'x'",
        "UPDATE translation SET status = 'approved'",
        "UPDATE translation SET status = 'approved', approved_at = made_at, approved_by_id = made_by_id",
        "DELETE FROM translation",
    ],
)
def test_the_database_refuses_to_change_a_translation(cast: Cast, change: str) -> None:
    made(cast, stage(cast).published())
    with pytest.raises(DatabaseError), writing() as session:
        session.execute(text(change))


def test_a_text_that_members_confirm_is_translated_by_a_roll_officer_and_approved_by_another(cast: Cast) -> None:
    text_ = attestations.declare(
        None, "No other party", "I confirm that I am in none.", by=cast.actor("roll_officer"), at=NOON
    )
    with pytest.raises(NotAllowed):
        made(cast, text_, by="member")
    with pytest.raises(Invalid, match="Short title"):
        words = {"title": "x" * 101, "words": "Rwy’n cadarnhau."}
        translations.translate(text_, "cy", words, by=cast.actor("roll_officer"), at=NOON)
    row = made(cast, text_, by="roll_officer")
    assert row.made_as == "roll officer" and translations.of_attestations("cy") == {}
    with pytest.raises(NotAllowed):
        translations.approve(row, by=cast.actor("roll_officer"), at=NOON)
    translations.approve(row, by=cast.actor("returning_officer"), at=NOON)
    assert translations.of_attestations("cy")[text_.id]["title"] == "Cymraeg: No other party"
    with pytest.raises(NotAllowed):  # of other texts a roll officer makes none
        made(cast, stage(cast).published(), by="roll_officer")
