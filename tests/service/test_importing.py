"""Bringing a motion in: what is read, how its mover corrects it, and what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from consult.domain.errors import Invalid
from consult.service import importing, motions
from consult.service.importing import Row
from consult.text.clauses import Kind, Mark
from tests.factories import NOON, Cast
from tests.motions import stage

MARKDOWN = "# Fair pay\n\n## Conference notes\n\n1. Pay is low.\n\n## Conference resolves\n\n1. To pay **£15**.\n"


def test_a_markdown_file_becomes_a_draft_with_its_marks(cast: Cast) -> None:
    scene = stage(cast)
    rows = importing.rows_of(importing.read_file("motion.md", MARKDOWN.encode()))
    assert [(row.kind.value, row.text) for row in rows] == [
        ("heading", "Fair pay"), ("notes", "Pay is low."), ("resolves", "To pay £15."),
    ]  # fmt: skip
    document = importing.document_of(rows)
    assert document.clauses[2].marks == (Mark("strong", 2, 3),)
    motion = motions.draft_document(scene.consultation, cast.units["Alder"], document, by=cast.actor("mover"), at=NOON)
    assert motion.state == "draft" and motions.draft_of(motion).hash == document.hash


def test_rows_are_split_joined_and_left_out() -> None:
    rows = [Row(Kind.HEADING, "Pay"), Row(Kind.RESOLVES, "To pay.\n\nTo march."), Row(Kind.RESOLVES, "and sing.")]
    rows = importing.split(rows, 1)
    assert [row.text for row in rows] == ["Pay", "To pay.", "To march.", "and sing."]
    rows = importing.merge(rows, 3)
    assert [row.text for row in rows] == ["Pay", "To pay.", "To march. and sing."]
    assert [row.text for row in importing.dropped(rows, 1)] == ["Pay", "To march. and sing."]
    for place in (-1, 9):
        assert importing.split(rows, place) == rows == importing.dropped(rows, place)
    assert importing.merge(rows, 0) == rows


def test_sections_come_in_their_order_and_changed_words_lose_their_marks() -> None:
    rows = [
        Row(Kind.RATIONALE, "Because."), Row(Kind.RESOLVES, "To pay  now."), Row(Kind.ITEM, "Soon."),
        Row(Kind.HEADING, "Pay"), Row(Kind.NOTES, ""), Row(Kind.NOTES, "Low.", (Mark("strong", 0, 1),)),
    ]  # fmt: skip
    found = importing.document_of(rows)
    assert [(clause.kind.value, clause.text) for clause in found.clauses] == [
        ("heading", "Pay"), ("notes", "Low."), ("resolves", "To pay now."), ("item", "Soon."), ("rationale", "Because."),
    ]  # fmt: skip
    assert [len(clause.marks) for clause in found.clauses] == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "rows",
    [
        [Row(Kind.NOTES, "No heading.")],
        [Row(Kind.HEADING, "One"), Row(Kind.HEADING, "Two"), Row(Kind.NOTES, "x")],
        [Row(Kind.HEADING, "Only a heading"), Row(Kind.RATIONALE, "Because.")],
        [Row(Kind.HEADING, "Pay"), Row(Kind.ITEM, "An item under no clause."), Row(Kind.NOTES, "x")],
        [Row(Kind.HEADING, "x" * 201), Row(Kind.NOTES, "x")],
        [],
    ],
)
def test_what_is_no_motion_is_refused(rows: list[Row]) -> None:
    with pytest.raises(Invalid):
        importing.document_of(rows)


def bomb() -> bytes:
    """A small file that would be far larger unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * 45_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("motion.docx", bomb(), "too large when unpacked"),
        ("motion.docx", b"no package", "no DOCX file"),
        ("motion.odt", b"PK\x03\x04", "no ODT file"),
        ("motion.pdf", b"%PDF-", "Choose a DOCX"),
        ("motion", b"x", "Choose a DOCX"),
        ("motion.txt", b"\xff\xfe\x00", "not in UTF-8"),
        ("motion.md", b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_files_that_cannot_be_read_are_refused_at_the_field(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refusal:
        importing.read_file(name, content)
    assert "file" in refusal.value.fields


def test_nothing_pasted_and_far_too_many_clauses() -> None:
    with pytest.raises(Invalid) as refusal:
        importing.read_text("  \n")
    assert "text" in refusal.value.fields
    with pytest.raises(Invalid, match="301 clauses"):
        importing.rows_of(importing.read_text("Resolves:\n" + "\n".join(f"{n}. To act." for n in range(301))))
