"""A paper as DOCX: python-docx makes the shell and each block; blocks are written out one by one, never all held."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from consult.printing import Progress
from consult.printing.blocks import Block, Heading, Items, Paper, Paragraph, Table, Text, runs, sections

_BODY = "word/document.xml"
_NAMESPACES = re.compile(rb' xmlns:\w+="[^"]*"')
_HERE = "consult-parts-go-here"


def write(paper: Paper, out: BinaryIO, *, large: bool = False, progress: Progress | None = None) -> None:
    """Write the paper."""
    document = _shell(paper)
    kept = io.BytesIO()
    document.save(kept)
    with zipfile.ZipFile(kept) as shell, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in shell.namelist():
            if name != _BODY:
                made.writestr(name, shell.read(name))
        before, after = _split(shell.read(_BODY))
        with made.open(_BODY, "w", force_zip64=True) as body:
            body.write(before)
            for part in paper.told(progress):
                for block, below in part:
                    for element in _elements(document, block, below, paper.tongue):
                        body.write(_bare(element))
                        element.getparent().remove(element)
            body.write(after)


def _shell(paper: Paper) -> Any:
    """A document with styles, properties, a page number at the foot, the title, and the place where the parts go."""
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = docx.Document()
    document.core_properties.title = paper.title
    document.core_properties.author = paper.organisation
    document.core_properties.language = paper.language
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): paper.language})
    normal.element.rPr.append(language)
    clause = document.styles.add_style("Clause", WD_STYLE_TYPE.PARAGRAPH)
    clause.base_style = normal
    clause.paragraph_format.left_indent, clause.paragraph_format.first_line_indent = Cm(1.2), Cm(-1.2)
    clause.paragraph_format.tab_stops.add_tab_stop(Cm(1.2))
    number = document.styles.add_style("Line number", WD_STYLE_TYPE.CHARACTER)
    number.font.size = Pt(8)
    _page_number(document.sections[0].footer.paragraphs[0])
    document.add_paragraph(paper.organisation)
    _told(document.add_heading(level=0), paper.title, paper.tongue)
    for name, value in paper.facts:
        line = document.add_paragraph()
        line.add_run(f"{name}: ").bold = True
        _told(line, value, paper.tongue)
    document.add_paragraph(_HERE)
    return document


def _page_number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _split(xml: bytes) -> tuple[bytes, bytes]:
    """What comes before and after the paragraph that keeps the place of the parts."""
    at = xml.index(_HERE.encode())
    start = max(xml.rfind(b"<w:p>", 0, at), xml.rfind(b"<w:p ", 0, at))
    end = xml.index(b"</w:p>", at) + len(b"</w:p>")
    return xml[:start], xml[end:]


def _bare(element: Any) -> bytes:
    """The element's XML without the namespaces that the document declares for all of them."""
    from lxml import etree

    whole: bytes = etree.tostring(element)
    opening, rest = whole.split(b">", 1)
    return _NAMESPACES.sub(b"", opening) + b">" + rest


def _spoken(run: Any, tongue: str) -> Any:
    """The run, marked with its language where that is not the document's."""
    from docx.oxml.ns import qn

    if tongue:
        properties = run._r.get_or_add_rPr()
        properties.append(properties.makeelement(qn("w:lang"), {qn("w:val"): tongue}))
    return run


def _told(paragraph: Any, words: str, tongue: str, written: bool = False) -> list[Any]:
    """The words as runs of the paragraph, those that people wrote marked with their language."""
    return [_spoken(paragraph.add_run(piece), tongue if own else "") for piece, own in runs(words, written)]


def _elements(document: Any, block: Block, below: int, tongue: str) -> Iterator[Any]:
    if isinstance(block, Heading):
        heading = document.add_heading(level=block.level)
        _told(heading, block.text, tongue)
        yield heading._p
    elif isinstance(block, Paragraph):
        paragraph = document.add_paragraph()
        for run in _told(paragraph, block.text, tongue, block.written):
            run.bold = block.strong or None
        yield paragraph._p
    elif isinstance(block, Items):
        for item in block.items:
            paragraph = document.add_paragraph(style="List Bullet")
            _told(paragraph, item, tongue, block.written)
            yield paragraph._p
    elif isinstance(block, Table):
        yield document.add_heading(block.caption, below)._p
        yield _table(document, block, tongue)
        yield document.add_paragraph()._p
    else:
        yield from _text(document, block, below, tongue)


def _table(document: Any, table: Table, tongue: str) -> Any:
    from docx.oxml import OxmlElement

    made = document.add_table(rows=0, cols=len(table.head), style="Table Grid")
    for row in (table.head, *table.rows):
        for cell, words in zip(made.add_row().cells, row, strict=True):
            _told(cell.paragraphs[0], words, tongue, table.even and row is not table.head)
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in made.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    return made._tbl


def _text(document: Any, text: Text, below: int, tongue: str) -> Iterator[Any]:
    for begins, clause in sections(text):
        if begins:
            yield document.add_heading(begins, below)._p
        paragraph = document.add_paragraph(style="Clause")
        if clause.number:
            paragraph.add_run(f"\t{clause.number}").bold = True
        for place, (number, words) in enumerate(clause.lines):
            if place or clause.number:
                paragraph.add_run().add_break()
            paragraph.add_run(str(number), "Line number")
            _spoken(paragraph.add_run(f"\t{words}"), tongue)
        yield paragraph._p
