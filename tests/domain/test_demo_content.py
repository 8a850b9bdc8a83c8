"""The demo's content says what the demo promises, and its loader refuses what does not hold."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from consult.demo.content import CONTENT, BadContent, amended, base_of, check, load, motion_words, words
from consult.demo.shapes import RELATIONS, Amendment, Clause, Content, Edit, Motion

REAL = load()
EVERY_AMENDMENT = [(motion, amendment) for motion in REAL.motions for amendment in motion.amendments]
OPS_NEEDED = {"replace_words", "insert_after", "delete", "replace_clause", "move_after"}


def kinds(motion: Motion) -> Counter[str]:
    return Counter(clause.kind for clause in motion.clauses)


def names(params: list[tuple[Motion, Amendment]]) -> list[str]:
    return [f"{motion.slug}-{amendment.key}" for motion, amendment in params]


class TestTheMovement:
    def test_has_the_units_promised(self) -> None:
        assert (len(REAL.regions), len(REAL.branches), len(REAL.networks)) == (4, 30, 3)
        per_region = Counter(branch.region for branch in REAL.branches)
        assert all(6 <= per_region[region.key] <= 9 for region in REAL.regions)
        assert sum(branch.members for branch in REAL.branches) == 2500

    def test_has_names_enough_for_2500_members_without_many_repeats(self) -> None:
        assert len(REAL.first_names) >= 220
        assert len(REAL.surnames) >= 260

    def test_has_its_officers(self) -> None:
        roles = Counter(person.role for person in REAL.people)
        assert (roles["committee"], roles["delegate"]) == (5, 3)
        for role in ("roll officer", "returning officer", "moderator", "scrutineer"):
            assert roles[role] == 1

    def test_has_candidates_who_are_nobody_else(self) -> None:
        """No candidate shares a name with an officer or with anybody who speaks in the debates."""
        people = {person.name for person in REAL.people}
        for election in REAL.elections:
            assert not people & {candidate.name for candidate in election.candidates}


class TestTheMotions:
    def test_are_twelve_and_one_that_lost(self) -> None:
        assert len(REAL.motions) == 12
        assert REAL.earlier.stage == "lost"
        assert REAL.earlier.lean[0] < REAL.earlier.lean[1]

    @pytest.mark.parametrize("motion", REAL.motions, ids=lambda motion: motion.slug)
    def test_are_of_conference_length(self, motion: Motion) -> None:
        assert 450 <= motion_words(motion) <= 800, motion_words(motion)
        count = kinds(motion)
        assert 4 <= count["notes"] <= 7
        assert 3 <= count["believes"] <= 6
        assert 5 <= count["resolves"] <= 9
        assert words(motion.rationale) >= 60
        assert words(motion.title) <= 12

    @pytest.mark.parametrize("motion", REAL.motions, ids=lambda motion: motion.slug)
    def test_keep_notes_before_believes_before_resolves(self, motion: Motion) -> None:
        order = {"notes": 0, "believes": 1, "resolves": 2, "item": 2}
        ranks = [order[clause.kind] for clause in motion.clauses]
        assert ranks == sorted(ranks)
        first_of_all = next(clause.kind for clause in motion.clauses if order[clause.kind] == 2)
        assert first_of_all == "resolves"

    def test_some_have_items_and_all_have_different_movers(self) -> None:
        assert sum(1 for motion in REAL.motions if kinds(motion)["item"]) >= 6
        assert len({motion.branch for motion in REAL.motions}) == 12
        assert len({motion.topic for motion in REAL.motions}) >= 10
        assert all(motion.branch not in motion.supporters for motion in REAL.motions)

    def test_stand_at_the_stages_the_demo_shows(self) -> None:
        stages = Counter(motion.stage for motion in REAL.motions)
        assert stages["ballot open"] >= 1
        assert stages["ballot closed"] >= 1


class TestTheAmendments:
    def test_are_forty_spread_unevenly(self) -> None:
        spread = [len(motion.amendments) for motion in REAL.motions]
        assert sum(spread) == 40
        assert sum(1 for n in spread if 6 <= n <= 8) >= 2
        assert spread.count(0) >= 2

    @pytest.mark.parametrize(("motion", "amendment"), EVERY_AMENDMENT, ids=names(EVERY_AMENDMENT))
    def test_apply_exactly(self, motion: Motion, amendment: Amendment) -> None:
        base = base_of(motion, amendment)
        texts = {clause.id: clause.text for clause in base}
        for edit in amendment.edits:
            assert edit.clause in texts
            if edit.op != "insert_after":
                assert texts[edit.clause].count(edit.old) == 1
        assert amended(base, amendment.edits) != base

    @pytest.mark.parametrize(("motion", "amendment"), EVERY_AMENDMENT, ids=names(EVERY_AMENDMENT))
    def test_are_reasoned_by_another_branch(self, motion: Motion, amendment: Amendment) -> None:
        assert amendment.branch != motion.branch
        assert 80 <= words(amendment.reason) <= 150, words(amendment.reason)
        if amendment.mover_response:
            assert amendment.response_reason

    def test_use_every_operation(self) -> None:
        assert {edit.op for _, amendment in EVERY_AMENDMENT for edit in amendment.edits} == OPS_NEEDED

    def test_conflict_in_every_way(self) -> None:
        found = Counter(relation.kind for motion in REAL.motions for relation in motion.relations)
        assert set(found) == set(RELATIONS)
        assert found["alternatives"] >= 4

    def test_are_answered_both_ways(self) -> None:
        answers = Counter(amendment.mover_response for _, amendment in EVERY_AMENDMENT)
        assert answers["accepted"] >= 5
        assert answers["not accepted"] >= 5
        assert answers[""] >= 5


class TestTheDebates:
    debated = tuple(m for m in REAL.motions if m.comments)

    def test_are_eight_or_more(self) -> None:
        assert len(self.debated) >= 8

    @pytest.mark.parametrize("motion", debated, ids=lambda motion: motion.slug)
    def test_argue_both_sides(self, motion: Motion) -> None:
        stances = Counter(comment.stance for comment in motion.comments)
        assert 6 <= len(motion.comments) <= 14
        assert stances["for"] >= 2
        assert stances["against"] >= 2
        assert any(comment.reply_to for comment in motion.comments)
        assert len({comment.by for comment in motion.comments}) >= 4

    @pytest.mark.parametrize("motion", debated, ids=lambda motion: motion.slug)
    def test_are_of_readable_length(self, motion: Motion) -> None:
        lengths = {comment.key: words(comment.text) for comment in motion.comments}
        assert {key: n for key, n in lengths.items() if not 40 <= n <= 160} == {}

    def test_quote_the_text_and_are_moderated_once_or_more(self) -> None:
        comments = [comment for motion in REAL.motions for comment in motion.comments]
        assert sum(1 for comment in comments if comment.quote) >= 10
        assert {comment.stance for comment in comments} == {"for", "against", "question", "information"}
        assert any(comment.moderated and comment.moderated_rule for comment in comments)


class TestTheRulings:
    rulings = tuple(r for m in REAL.motions for r in m.rulings)

    def test_are_of_every_kind(self) -> None:
        assert {ruling.ruling for ruling in self.rulings} == {"in order", "queried", "ruled out"}
        assert any(ruling.ruling == "ruled out" and ruling.appeal for ruling in self.rulings)

    def test_are_made_by_the_committee(self) -> None:
        committee = {person.key for person in REAL.people if person.role == "committee"}
        assert {ruling.by for ruling in self.rulings} <= committee

    def test_rule_out_the_direct_negative(self) -> None:
        negatives = {(m.slug, a.key) for m, a in EVERY_AMENDMENT if a.character == "direct negative"}
        ruled_out = {(m.slug, r.of) for m in REAL.motions for r in m.rulings if r.ruling == "ruled out"}
        assert negatives
        assert negatives <= ruled_out


class TestTheElections:
    def test_elect_a_committee_of_four_from_nine(self) -> None:
        [committee] = [each for each in REAL.elections if each.method == "stv"]
        assert (len(committee.candidates), committee.seats) == (9, 4)
        lengths = {candidate.name: words(candidate.statement) for candidate in committee.candidates}
        assert {name: n for name, n in lengths.items() if not 60 <= n <= 120} == {}

    def test_ask_a_question_with_four_options(self) -> None:
        assert any(len(each.candidates) == 4 and each.seats == 1 for each in REAL.elections)

    def test_leave_one_to_the_lot(self) -> None:
        """The papers of the small election tie its two leaders, with the third behind them, after every transfer."""
        [small] = [each for each in REAL.elections if each.papers]
        firsts: Counter[str] = Counter()
        for paper in small.papers:
            firsts[paper.ranking[0]] += paper.count
        assert len(small.candidates) == 3
        (first, n), (second, m), (third, least) = firsts.most_common()
        assert n == m > least
        final: Counter[str] = Counter()
        for paper in small.papers:
            left = [key for key in paper.ranking if key != third]
            if left:
                final[left[0]] += paper.count
        assert final[first] == final[second]


class TestTheConsultation:
    def test_has_a_paper_of_about_600_words(self) -> None:
        paragraphs = REAL.consultation.paragraphs
        assert 500 <= sum(words(paragraph.text) for paragraph in paragraphs) <= 750
        assert len(paragraphs) >= 8

    def test_has_a_timetable_around_the_day_of_seeding(self) -> None:
        stages = REAL.consultation.timetable
        assert all(stage.opens < stage.closes for stage in stages)
        assert [stage.opens for stage in stages] == sorted(stage.opens for stage in stages)
        assert any(stage.opens < 0 < stage.closes for stage in stages)
        assert stages[-1].closes > 0 > stages[0].opens


class TestTheLoader:
    @pytest.mark.parametrize(
        ("file", "old", "new", "sentence"),
        [
            ("movement.toml", 'region = "hallowreach"', 'region = "atlantis"', "“atlantis” in the list of branches"),
            ("movement.toml", "\nname = ", "\nnaem = ", "lacks 'name'"),
            ("movement.toml", 'key = "quillhaven"', 'key = "drossmere"', "“drossmere” stands twice in branches"),
            ("elections.toml", 'method = "stv"', 'method = "dice"', "“dice” in the election"),
            ("elections.toml", "seats = 4", "chairs = 4", "has no “chairs”"),
            ("elections.toml", "  weight = 15", "  key = 15", "cannot be read"),
            ("consultation.toml", "opens = ", "opens == ", "cannot be read"),
            ("earlier.toml", 'mover = "hallam"', "", "lacks “mover”"),
        ],
    )
    def test_refuses_a_fault(self, tmp_path: Path, file: str, old: str, new: str, sentence: str) -> None:
        folder = tmp_path / "content"
        shutil.copytree(CONTENT, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BadContent, match=sentence):
            load(folder)

    def test_refuses_old_words_that_do_not_stand_exactly_once(self) -> None:
        clauses = (Clause("r1", "resolves", "To pay £12 now and £12 later."),)
        with pytest.raises(BadContent, match="exactly once"):
            amended(clauses, [Edit("replace_words", "r1", "£12", "£15")])
        with pytest.raises(BadContent, match="exactly once"):
            amended(clauses, [Edit("replace_words", "r1", "£13", "£15")])
        with pytest.raises(BadContent, match="no clause r2"):
            amended(clauses, [Edit("delete", "r2")])

    def test_moves_a_clause(self) -> None:
        one, two = Clause("r1", "resolves", "First."), Clause("r2", "resolves", "Second.")
        assert amended((one, two), [Edit("move_after", "r1", "First.", after="r2")]) == (two, one)

    def test_refuses_a_comment_that_quotes_other_words(self) -> None:
        motion = next(each for each in REAL.motions if any(comment.quote for comment in each.comments))
        [first, *_] = [comment for comment in motion.comments if comment.quote]
        comments = tuple(replace(c, quote="words nobody wrote") if c is first else c for c in motion.comments)
        with pytest.raises(BadContent, match="quotes words"):
            check(_with(REAL, replace(motion, comments=comments)))

    def test_refuses_a_relation_that_does_not_hold(self) -> None:
        motion = next(m for m in REAL.motions if any(r.kind == "alternatives" for r in m.relations))
        wrong = tuple(replace(r, kind="identical") if r.kind == "alternatives" else r for r in motion.relations)
        with pytest.raises(BadContent, match="are not “identical”"):
            check(_with(REAL, replace(motion, relations=wrong)))

    def test_refuses_a_supporter_that_is_no_branch(self) -> None:
        motion = replace(REAL.motions[0], supporters=("nowhere",))
        with pytest.raises(BadContent, match="leads nowhere"):
            check(_with(REAL, motion))


def _with(content: Content, motion: Motion) -> Content:
    """`content` with the motion of the same slug replaced."""
    return replace(content, motions=tuple(motion if m.slug == motion.slug else m for m in content.motions))
