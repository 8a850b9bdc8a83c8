"""Issuing reports and agendas: what they say, what changed since the last, and that an issued one never changes."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import DBAPIError

from consult.domain.agenda import FINAL, ORDER_PAPER, PRELIMINARY, SOC_REPORT, verdict
from consult.domain.errors import Invalid, NotAllowed, OutOfOrder, Stale
from consult.domain.roles import VISITOR
from consult.domain.timetable import written
from consult.model.agenda import Issue
from consult.model.store import db, writing
from consult.printing import format_of
from consult.printing.blocks import Tongue
from consult.service import agenda, debate, motions, printed, rulings, summaries, versions
from tests.factories import Cast
from tests.hall import seated
from tests.motions import REASON, Stage, in_short, stage


def issued(scene: Stage, kind: str = SOC_REPORT, **values: object) -> Issue:
    return agenda.issue(scene.consultation, kind, by=scene.actor("chair"), at=scene.at, **values)


def said(issue: Issue) -> list[str]:
    return [verdict(entry) for entry in issue.content["motions"]]


def test_a_report_says_of_every_motion_and_amendment_what_becomes_of_it(cast: Cast) -> None:
    scene = stage(cast)
    scene.draft()
    motion, out, waits = scene.published(), scene.submitted(), scene.submitted()
    rulings.rule(
        out, "ruled out", "SO 5", "It repeats what was decided in the spring.", by=scene.actor("chair"), at=scene.at
    )
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    scene.answered(scene.amended(motion, ("10pm", "11pm"), by="third_delegate"), False)
    scene.amended(motion, ("hourly", "half-hourly"), ruled=False)
    report = issued(scene, words="The committee met on Monday.\n")
    assert (report.title, report.words, report.changes) == (
        "Standing orders committee report 1", "The committee met on Monday.", [],
    )  # fmt: skip
    assert said(report)[0] == "Stands." and said(report)[2] == "Not ruled on yet."
    assert said(report)[1].startswith("Ruled out (SO 5: ") and said(report)[1].endswith(
        "appeal to the complaints panel."
    )
    assert report.content["motions"][1]["reason"] == "It repeats what was decided in the spring."
    assert [entry["status"] for entry in report.content["motions"][0]["amendments"]] == [
        "accepted", "not accepted", "not ruled on yet",
    ]  # fmt: skip
    assert [entry["number"] for entry in report.content["motions"]] == [motion.number, out.number, waits.number]


def test_a_report_says_by_when_a_ruling_can_be_appealed(cast: Cast) -> None:
    scene = stage(cast, appeal_days=7)
    out = scene.submitted()
    chair = scene.actor("chair")
    ruling = rulings.rule(out, "ruled out", "SO 5", "It repeats what was decided in May.", by=chair, at=scene.at)
    until = scene.at + timedelta(days=7)
    assert rulings.appeal_until(out, ruling) == until
    assert said(issued(scene))[0].endswith(f"Appeal by {written(until)}, to the complaints panel.")
    grounds = "It asks for something else than the motion of May did."
    with pytest.raises(OutOfOrder, match="that deadline has passed"):
        rulings.appeal(out, ruling, grounds, by=scene.actor("mover"), at=until)
    rulings.appeal(out, ruling, grounds, by=scene.actor("mover"), at=until - timedelta(seconds=1))
    assert said(issued(scene))[0].endswith("An appeal was made and is not decided yet.")


def test_the_next_report_says_what_has_changed_and_the_first_stays_as_it_was(cast: Cast) -> None:
    scene = stage(cast)
    motion, other = scene.published(), scene.published()
    first = issued(scene)
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    motions.withdraw(other, by=scene.actor("mover"), at=scene.at)
    second = issued(scene)
    assert second.number == 2
    assert second.changes == [
        "Amendment 1 to Motion 1 is new: Accepted.",
        "Motion 2 was: Stands. It is now: Withdrawn.",
    ]
    kept = agenda.get(first.id, scene.actor("member"))
    assert said(kept) == ["Stands.", "Stands."]
    third = issued(scene)
    assert third.number == 3 and third.changes == []


def test_an_issued_paper_is_never_changed_or_deleted(cast: Cast) -> None:
    scene = stage(cast)
    scene.published()
    report = issued(scene)
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.execute(update(Issue).where(Issue.id == report.id).values(words="Nothing happened."))
    with pytest.raises(DBAPIError, match="never changed"), writing() as session:
        session.delete(session.get_one(Issue, report.id))


def test_who_issues_and_who_reads(cast: Cast) -> None:
    scene = stage(cast)
    scene.published()
    with pytest.raises(NotAllowed):
        agenda.issue(scene.consultation, SOC_REPORT, by=scene.actor("delegate"), at=scene.at)
    report, preliminary = issued(scene), issued(scene, PRELIMINARY)
    assert [row.id for row in agenda.listed(scene.consultation.id, VISITOR)] == [preliminary.id]
    assert len(agenda.listed(scene.consultation.id, scene.actor("supporter"))) == 2
    with pytest.raises(NotAllowed, match="sign in"):
        agenda.get(report.id, VISITOR)


def test_the_agendas_hold_what_is_before_the_conference_only(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    scene.submitted()
    bad = scene.amended(motion, ("£2", "£1.50"), ruled=False)
    rulings.rule(bad, "ruled out", "SO 7", REASON, by=scene.actor("chair"), at=scene.at)
    paper = issued(scene, PRELIMINARY)
    assert [(entry["id"], entry["amendments"]) for entry in paper.content["motions"]] == [(motion.id, [])]
    scene.frozen(motion)
    assert issued(scene, FINAL).title == "Final agenda"


def test_an_order_paper_prints_every_motion_of_its_business_also_one_whose_text_is_not_frozen(cast: Cast) -> None:
    scene = stage(cast, motions_per_branch=0)
    open_still, elsewhere = scene.published(), scene.published()
    held = seated(scene, [open_still])
    paper = agenda.issue(scene.consultation, ORDER_PAPER, by=scene.actor("chair"), at=held.now())
    assert [item["motion"] for item in paper.content["sittings"][0]["items"]] == [open_still.id]
    assert [(entry["id"], entry["sequence"]) for entry in paper.content["motions"]] == [(open_still.id, 1)]
    assert elsewhere.state == "published"


def test_nothing_two_at_once_and_too_much_are_refused(cast: Cast) -> None:
    scene = stage(cast)
    with pytest.raises(OutOfOrder, match="nothing to issue"):
        issued(scene)
    motion = scene.published()
    seen = agenda.fingerprint(agenda.content(db.session(), scene.consultation, SOC_REPORT))
    with pytest.raises(Invalid):
        issued(scene, "shopping list")
    with pytest.raises(Invalid, match="at most"):
        issued(scene, words="x" * 6_000)
    scene.amended(motion, ("£2", "£1.50"))
    with pytest.raises(Stale):
        issued(scene, seen=seen)


def test_the_text_of_a_paper_is_the_one_it_was_issued_with(cast: Cast) -> None:
    scene = stage(cast)
    motion = scene.published()
    paper = issued(scene, PRELIMINARY)
    scene.answered(scene.amended(motion, ("£2", "£1.50")), True)
    scene.frozen(motion)
    out = io.BytesIO()
    printed.write(paper, format_of("txt"), out, written=lambda at: at.date().isoformat())
    text = out.getvalue().decode()
    assert "single fare of £2." in text and "£1.50" not in text
    final = issued(scene, FINAL, words="One amendment was accepted.")
    out = io.BytesIO()
    printed.write(final, format_of("txt"), out, written=lambda at: at.date().isoformat())
    assert "£1.50" in out.getvalue().decode() and "One amendment was accepted." in out.getvalue().decode()
    assert printed.name_of(final, format_of("large-pdf")) == "final-agenda-large-print.pdf"
    lines = versions.get(motion.id, 2).lines["lines"]
    for line in lines:
        assert f"{line['number']:>5}  {line['text']}\n" in out.getvalue().decode()


def test_what_a_paper_says_takes_the_same_number_of_statements_whatever_its_size(cast: Cast) -> None:
    scene = stage(cast, motions_per_branch=0)

    def statements() -> int:
        assert scene.consultation.title
        made: list[str] = []
        engine = db.session().get_bind()
        listen = lambda connection, cursor, statement, *rest: made.append(statement)  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        agenda.content(db.session(), scene.consultation, SOC_REPORT)
        event.remove(engine, "before_cursor_execute", listen)
        return len(made)

    scene.amended(scene.published(), ("£2", "£1.50"))
    db.session.rollback()
    few = statements()
    for _more in range(3):
        scene.amended(scene.published(), ("£2", "£1.50"))
    db.session.rollback()
    assert statements() == few


def test_a_paper_prints_what_both_sides_approved_and_keeps_it(cast: Cast) -> None:
    scene = stage(cast)
    motion, other = scene.published(), scene.published(heading="Trams")
    people = {"for": ("member", "second"), "against": ("mover", "delegate")}
    for side, names in people.items():
        for name in names:
            debate.write(motion, side, f"{name} speaks {side}.", by=cast.actor(name), at=scene.at)
    debate.write(other, "for", "Yes.", by=cast.actor("member"), at=scene.at)
    for side, (one, two) in people.items():
        row = summaries.draft(motion, side, in_short(f"We are {side} it."), by=cast.actor(one), at=scene.at)
        if side == "against":
            before = issued(scene, PRELIMINARY)
            assert "summaries" not in before.content["motions"][0]
        summaries.approve(row, by=cast.actor(two), at=scene.at)
    issue = issued(scene, PRELIMINARY)
    both = {side: in_short(f"We are {side} it.") for side in people}
    assert [entry.get("summaries") for entry in issue.content["motions"]] == [both, None]
    assert "What the two sides say in short of Motion 1 is new." in issue.changes
    out = io.BytesIO()
    printed.write(issue, format_of("txt"), out, written=written)
    assert "We are for it." in out.getvalue().decode() and "We are against it." in out.getvalue().decode()


def test_a_printed_paper_says_instants_as_its_reader_asks_for_them(cast: Cast) -> None:
    scene = stage(cast)
    scene.published()
    paper = issued(scene, PRELIMINARY)
    assert paper.consultation.id == scene.consultation.id
    db.session.expunge(paper)  # what is printed below was never issued
    paper.content = paper.content | {
        "motions": [
            {
                "label": "Motion 1", "title": "Buses", "branch": "Alder", "topic": "", "status": "ruled out", "version": None,
                "rule": "SO 1", "reason": "Late.", "amendments": [],
                "appeal": "Appeal by 9 March 2026, 12:00 UTC, to the complaints panel.",
            }
        ]
    }  # fmt: skip
    made = printed.paper_of(
        paper, str, Tongue(said=lambda sentence: sentence.replace("9 March 2026, 12:00 UTC", "Monday noon"))
    )
    text = str([list(part) for part in made.parts()])
    assert text.count("Appeal by Monday noon, to the complaints panel.") == 2 and "UTC, to" not in text
