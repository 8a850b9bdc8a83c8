"""Opening a box off line: the same papers from any k holders, and every file that was changed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest

from consult.domain.errors import Refused
from consult.ledger import canonical, ceremony, envelopes, opening, papers, shape, transcripts
from consult.ledger.ceremony import Ceremony, Holder
from consult.ledger.definition import KeyShares, Question
from consult.ledger.opening import BoxRefused, Header, Transcript
from tests.ledger import examples

PLAN = Ceremony("orchard-2026", "The orchard society", 2, tuple(Holder(f"M{n}", f"Teller {n}") for n in range(3)))
PUBLIC, LISTS = ceremony.make(PLAN, envelopes.generate_keys())
SHARES = KeyShares(PUBLIC.k, tuple(holder.name for holder in PUBLIC.holders), PUBLIC.hash)
MADE = examples.ballot(level="sealed", public_key=PUBLIC.public_key, shares=SHARES)
SEALED = sorted((envelopes.seal(MADE, paper) for paper in examples.votes()), key=envelopes.leaf)


def header(found: Sequence[bytes] = SEALED, **more: object) -> Header:
    return Header(PUBLIC, MADE, len(found), opening.root(map(envelopes.leaf, found)), **more)


def box(found: Sequence[bytes] = SEALED, top: Header | None = None, unit: int = 0) -> BytesIO:
    return BytesIO(b"".join(opening.write(top or header(found), ((unit, each) for each in found))))


def test_any_two_holders_open_the_same_bytes() -> None:
    one, two = opening.open_box(box(), LISTS[:2]), opening.open_box(box(), [LISTS[2], LISTS[0]])
    assert one.dumps() == two.dumps()
    assert (one.papers, one.envelopes, one.refused) == (35, 35, {})
    assert [group.papers for group in one.questions[0].groups] == [30, 5]
    assert opening.read_opened(one.dumps(), MADE) == one


def test_papers_are_those_that_the_plain_opener_finds() -> None:
    wanted = examples.votes()
    found = opening.open_box(box(), LISTS[:2]).questions
    for place, each in enumerate(found):
        groups = [papers.Group(papers.Pattern(paper[place].ranking)) for paper in wanted]
        assert each == papers.gather(MADE.id, MADE.questions[place].key, groups)


def test_what_cannot_be_opened_is_counted_by_kind_and_stops_nobody() -> None:
    stranger = envelopes.seal(replace(MADE, title="Another ballot"), examples.votes()[0])
    found = sorted([*SEALED, stranger], key=envelopes.leaf)
    opened = opening.open_box(box(found), LISTS[:2])
    assert (opened.papers, opened.envelopes, opened.refused) == (35, 36, {"sealed otherwise": 1})


def test_units_go_with_answers_only_where_the_rule_counts_by_unit() -> None:
    trees, warden = MADE.questions
    by_unit: Question = replace(trees, settings={**trees.settings, "by_unit": True})
    made = replace(MADE, questions=(by_unit, warden))
    found = sorted((envelopes.seal(made, paper) for paper in examples.votes()), key=envelopes.leaf)
    top = Header(PUBLIC, made, 35, opening.root(map(envelopes.leaf, found)), ("Alder", "Birch"))
    opened = opening.open_box(box(found, top, unit=2), LISTS[:2])
    assert {group.pattern.unit for group in opened.questions[0].groups} == {"Birch"}
    assert {group.pattern.unit for group in opened.questions[1].groups} == {""}
    with pytest.raises(BoxRefused, match="unit 3"):
        opening.open_box(box(found, top, unit=3), LISTS[:2])


@pytest.mark.parametrize("change", ["cut off", "one more", "swapped", "altered", "doubled", "dropped"])
def test_a_file_that_was_changed_is_refused(change: str) -> None:
    found = list(SEALED)
    if change == "swapped":
        found[0], found[1] = found[1], found[0]
    if change == "altered":
        found[3] = found[3][:-1] + bytes([found[3][-1] ^ 1])
    if change == "doubled":
        found[3] = found[4]
    if change == "dropped":
        found = found[1:]
    top = header()
    data = box(found, replace(top, envelopes=len(found))).getvalue()
    data = data[:-1] if change == "cut off" else data + b"x" if change == "one more" else data
    with pytest.raises(BoxRefused):
        opening.open_box(BytesIO(data), LISTS[:2])


def test_a_box_of_another_key_is_refused() -> None:
    other = replace(header(), key=ceremony.make(PLAN, envelopes.generate_keys())[0])
    with pytest.raises(BoxRefused, match="not the one that this ballot's papers are sealed to"):
        opening.read_header(box(top=other))


def test_opened_papers_must_add_up() -> None:
    opened = opening.open_box(box(), LISTS[:2])
    for change in (
        {"papers": 34},
        {"papers": 34, "refused": {"not a paper": 1}},
        {"questions": opened.questions[:1]},
        {"definition": "0" * 64},
        {"ballot": "other"},
        {"questions": (replace(opened.questions[0], spoiled=1), opened.questions[1])},
    ):
        with pytest.raises(Refused):
            opening.read_opened(replace(opened, **change).dumps(), MADE)


def test_a_transcript_is_of_one_file_of_opened_papers() -> None:
    opened = opening.open_box(box(), LISTS[:2])
    data = opened.dumps()
    said = Transcript(
        ballot=opened.ballot,
        definition=opened.definition,
        root=opened.root,
        envelopes=35,
        challenged=0,
        papers=35,
        opened=canonical.sha256(data),
        holders=("1. Teller 0", "2. Teller 1"),
        machine="ab" * 32,
        at="2026-05-09T10:00:00Z",
        software="consult 1",
    )
    assert transcripts.read(said.dumps()) == said
    assert opening.differences(said, opened, data) == []
    assert "the hash of the opened papers" in opening.differences(replace(said, opened="0" * 64), opened, data)[0]
    assert canonical.sha256(data) in "\n".join(said.in_words())


def test_votes_on_paper_are_records_like_any_other_and_their_number_is_said() -> None:
    top = header(on_paper=2)
    opened = opening.open_box(box(top=top), LISTS[:2])
    assert (opened.papers, opened.envelopes, opened.on_paper) == (35, 35, 2)
    assert opening.read_opened(opened.dumps(), MADE) == opened
    assert opened.questions == opening.open_box(box(), LISTS[:2]).questions
    assert b"on_paper" not in header().dumps() and b"on_paper" not in replace(opened, on_paper=0).dumps()
    nought = canonical.dumps({**canonical.loads(opened.dumps()), "on_paper": 0})
    with pytest.raises(Refused):
        opening.read_opened(nought, MADE)
    with pytest.raises(BoxRefused, match="more challenged ballots and votes on paper"):
        opening.read_header(box(top=replace(top, challenged=34)))


def test_a_header_without_end_is_no_box() -> None:
    with pytest.raises(BoxRefused, match="no end"):
        opening.read_header(BytesIO(b"{"))
    with pytest.raises(shape.UnknownFormat):
        opening.read_header(BytesIO(PLAN.dumps() + b"\n"))
