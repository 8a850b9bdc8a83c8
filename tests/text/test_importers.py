"""Motions from Markdown, DOCX and ODT files, made here so that nothing is stored, and files that are refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from odf import style, table, text
from odf.opendocument import OpenDocumentText

from consult.domain.errors import Invalid
from consult.text.clauses import Mark
from consult.text.importers import from_docx, from_markdown, from_odt
from consult.text.parse import Preview


def pairs(found: Preview) -> list[tuple[str, str]]:
    """(kind, text) of each draft."""
    return [(draft.kind.value, draft.text) for draft in found.drafts]


MOTION = [
    ("heading", "Fair pay for carers"), ("notes", "Pay is £10.90 an hour."), ("item", "less in the north"),
    ("resolves", "To act:"), ("item", "soon"), ("resolves", "To write to the council."),
]  # fmt: skip


def test_markdown() -> None:
    found = from_markdown(
        "# Fair pay for carers\n\n## Conference notes\n\n1. Pay is **£10.90** an hour.\n   - less in the north\n\n"
        "Conference *resolves*:\n\n- To act:\n  1. soon\n- To write to [the council](https://example.org/).\n"
    )
    assert pairs(found) == MOTION
    assert found.drafts[1].marks == (Mark("strong", 2, 3),)
    assert found.drafts[5].marks == (Mark("link", 3, 5, "https://example.org/"),)
    assert found.issues == ()


def test_markdown_that_cannot_be_kept() -> None:
    found = from_markdown(
        "# Pay\n\nTo <b>act</b> [now](ftp://example.org).\n\n![a chart](x.png)\n\n<hr>\n\n```\nTo code\n```\n"
    )
    assert pairs(found) == [("heading", "Pay"), ("paragraph", "To act now."), ("paragraph", "To code")]
    assert len(found.issues) == 6


def docx_bytes(document: Any) -> bytes:
    """The file as a browser sends it."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def sample_docx() -> Any:
    """The motion in Word's own styles."""
    document = docx.Document()
    document.add_heading("Fair pay for carers", 0)
    document.add_paragraph("Conference notes:")
    paragraph = document.add_paragraph("Pay is ", style="List Number")
    paragraph.add_run("£10.90").bold = True
    paragraph.add_run(" an hour.")
    document.add_paragraph("less in the north", style="List Bullet 2")
    document.add_paragraph("Conference resolves:")
    document.add_paragraph("1. To act:")
    document.add_paragraph("(a) soon")
    document.add_paragraph("2. To write to the council.")
    return document


def test_docx() -> None:
    found = from_docx(docx_bytes(sample_docx()))
    assert pairs(found) == MOTION
    assert found.drafts[1].marks == (Mark("strong", 2, 3),)
    assert found.issues == ()


def test_docx_tracked_changes_tables_breaks_and_footnotes() -> None:
    document = sample_docx()
    paragraph = document.add_paragraph("3. To pay ")
    for tag, inner, words in (("w:ins", "w:t", "£15"), ("w:del", "w:delText", "£12")):
        change, run, content = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        content.text = words
        run.append(content)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run(" an hour.").add_break()
    paragraph.add_run("4. To rest.")
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "1")
    paragraph.runs[-1]._r.append(reference)
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "one cell", "another"
    found = from_docx(docx_bytes(document))
    assert pairs(found)[6:] == [
        ("resolves", "To pay £15 an hour."), ("resolves", "To rest."), ("resolves", "one cell"),
        ("resolves", "another"),
    ]  # fmt: skip
    assert [issue.split(" ")[0:3] for issue in found.issues] == [
        ["The", "file", "has"], ["Footnotes", "were", "left"], ["A", "table", "was"],
    ]  # fmt: skip


def sample_odt() -> Any:
    """The motion as LibreOffice writes it."""
    document = OpenDocumentText()
    bold = style.Style(name="B", family="text")
    bold.addElement(style.TextProperties(fontweight="bold"))
    document.automaticstyles.addElement(bold)
    document.text.addElement(text.H(outlinelevel=1, text="Fair pay for carers"))
    document.text.addElement(text.P(text="Conference notes:"))
    paragraph = text.P(text="Pay is ")
    paragraph.addElement(text.Span(stylename=bold, text="£10.90"))
    paragraph.addText(" an hour.")
    document.text.addElement(_list(paragraph, _list(text.P(text="less in the north"))))
    document.text.addElement(text.P(text="Conference resolves:"))
    document.text.addElement(_list(text.P(text="To act:"), _list(text.P(text="soon"))))
    document.text.addElement(_list(text.P(text="To write to the council.")))
    return document


def _list(*content: Any) -> Any:
    entry = text.ListItem()
    for part in content:
        entry.addElement(part)
    whole = text.List()
    whole.addElement(entry)
    return whole


def odt_bytes(document: Any) -> bytes:
    """The file as a browser sends it."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_odt() -> None:
    found = from_odt(odt_bytes(sample_odt()))
    assert pairs(found) == MOTION
    assert found.drafts[1].marks == (Mark("strong", 2, 3),)
    assert found.issues == ()


def test_odt_tables_notes_breaks_and_links() -> None:
    document = sample_odt()
    paragraph = text.P(text="To read")
    paragraph.addElement(text.S(c=2))
    paragraph.addElement(text.A(href="https://example.org/", text="this"))
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteBody())
    paragraph.addElement(note)
    paragraph.addElement(text.LineBreak())
    paragraph.addText("To rest.")
    document.text.addElement(paragraph)
    whole, row, cell = table.Table(), table.TableRow(), table.TableCell()
    cell.addElement(text.P(text="one cell"))
    row.addElement(cell)
    whole.addElement(row)
    document.text.addElement(whole)
    found = from_odt(odt_bytes(document))
    assert pairs(found)[6:] == [("resolves", "To read this"), ("resolves", "To rest."), ("resolves", "one cell")]
    assert found.drafts[6].marks == (Mark("link", 2, 3, "https://example.org/"),)
    assert len(found.issues) == 2


def packed(**parts: bytes) -> bytes:
    """A package with these parts; "_" in a name stands for the dot, "__" for the slash."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), data)
    return stream.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize("read", [from_docx, from_odt])
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "This is no"),
        (b"PK\x03\x04 not a package", "This is no"),
        (b"%PDF-1.7", "This is no"),
        (packed(other_xml=b"<x/>"), "This is no"),
        (packed(word__document_xml=BOMB, content_xml=BOMB), "document type"),
        (
            packed(word__document_xml=b"\xff\xfe<\x00x\x00/\x00>\x00", content_xml=b"\xff\xfe<\x00x\x00/\x00>\x00"),
            "not packed",
        ),
        (packed(word__document_xml=b"<x/>", content_xml=b"<x/>", big_xml=b"0" * 41_000_000), "too large when unpacked"),
        (packed(word__document_xml=b"<x", content_xml=b"<x"), "cannot be read"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_files_that_are_refused(read: Any, data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(data)


def test_one_kind_of_file_for_the_other() -> None:
    with pytest.raises(Invalid, match="no ODT file"):
        from_odt(docx_bytes(sample_docx()))
    with pytest.raises(Invalid, match="no DOCX file"):
        from_docx(odt_bytes(sample_odt()))
