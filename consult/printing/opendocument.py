"""A paper as ODT: odfpy makes the shell and each block; blocks are written out one by one, never all held."""

from __future__ import annotations

import gc
import io
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from consult.printing import Progress
from consult.printing.blocks import Block, Heading, Items, Paper, Paragraph, Table, Text, runs, sections

_BODY = "content.xml"
_HERE = "consult-parts-go-here"


def write(paper: Paper, out: BinaryIO, *, large: bool = False, progress: Progress | None = None) -> None:
    """Write the paper."""
    kept = io.BytesIO()
    _shell(paper).write(kept)
    with zipfile.ZipFile(kept) as shell, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in shell.infolist():  # the media type comes first and uncompressed, as the format wants it
            if entry.filename != _BODY:
                made.writestr(entry, shell.read(entry.filename))
        before, after = _split(shell.read(_BODY).decode())
        with made.open(_BODY, "w", force_zip64=True) as body:
            body.write(before.encode())
            for part in paper.told(progress):
                for block, below in part:
                    body.write("".join(_xml(element) for element in _elements(block, below)).encode())
                gc.collect(1)  # odfpy's elements refer to one another: they would wait for the collector's own time
            body.write(after.encode())


def _xml(element: Any) -> str:
    text = io.StringIO()
    element.toXml(1, text)  # not the outermost level, which would declare every namespace again
    return text.getvalue()


def _split(xml: str) -> tuple[str, str]:
    at = xml.index(_HERE)
    start = xml.rfind("<text:p", 0, at)
    return xml[:start], xml[xml.index("</text:p>", at) + len("</text:p>") :]


def _shell(paper: Paper) -> Any:
    from odf import dc, style, text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text=paper.title))
    document.meta.addElement(dc.Language(text=paper.language))
    document.meta.addElement(dc.Creator(text=paper.organisation))
    for level, size in ((1, "18pt"), (2, "15pt"), (3, "13pt"), (4, "11pt")):
        heading = style.Style(name=f"Heading {level}", family="paragraph", defaultoutlinelevel=str(level))
        heading.addElement(style.TextProperties(fontsize=size, fontweight="bold"))
        heading.addElement(style.ParagraphProperties(margintop="0.5cm", marginbottom="0.2cm", keepwithnext="always"))
        document.styles.addElement(heading)
    title = style.Style(name="Title", family="paragraph")
    title.addElement(style.TextProperties(fontsize="22pt", fontweight="bold"))
    document.styles.addElement(title)
    clause = style.Style(name="Clause", family="paragraph")
    properties = style.ParagraphProperties(marginleft="1.2cm", textindent="-1.2cm", marginbottom="0.2cm")
    stops = style.TabStops()
    stops.addElement(style.TabStop(position="0cm"))
    properties.addElement(stops)
    clause.addElement(properties)
    document.styles.addElement(clause)
    # the language of a run, and of everything else
    language, _hyphen, country = (paper.tongue or paper.language).partition("-")
    spoken = {"language": language, "country": country or "none"}
    for name, values in (("Strong", {"fontweight": "bold"}), ("Line number", {"fontsize": "8pt"}), ("Written", spoken)):
        run = style.Style(name=name, family="text")
        run.addElement(style.TextProperties(**values))
        document.styles.addElement(run)
    document.text.addElement(text.P(text=paper.organisation))
    document.text.addElement(_told(text.H(outlinelevel=1, stylename="Title"), paper.title))
    for name, value in paper.facts:
        document.text.addElement(_told(text.P(text=f"{name}: "), value))
    document.text.addElement(text.P(text=_HERE))
    return document


def _elements(block: Block, below: int) -> Iterator[Any]:
    from odf import text

    if isinstance(block, Heading):
        yield _told(text.H(outlinelevel=block.level + 1, stylename=f"Heading_20_{block.level}"), block.text)
    elif isinstance(block, Paragraph):
        yield _told(text.P(), block.text, block.written, {"stylename": "Strong"} if block.strong else {})
    elif isinstance(block, Items):
        made = text.List()
        for words in block.items:
            item = text.ListItem()
            item.addElement(_told(text.P(), words, block.written))
            made.addElement(item)
        yield made
    elif isinstance(block, Table):
        yield from _table(block, below)
    else:
        yield from _text(block, below)


def _table(block: Table, below: int) -> Iterator[Any]:
    from odf import table, text

    yield text.H(outlinelevel=below + 1, stylename=f"Heading_20_{below}", text=block.caption)
    made = table.Table(name=block.caption)
    made.addElement(table.TableColumn(numbercolumnsrepeated=len(block.head)))
    top = table.TableHeaderRows()
    top.addElement(_row(block.head))
    made.addElement(top)
    for row in block.rows:
        made.addElement(_row(row, block.even))
    yield made


def _told(made: Any, words: str, written: bool = False, style: dict[str, str] | None = None) -> Any:
    """A paragraph or heading with words, those that people wrote in the style of their language; `style` goes before it."""
    from odf import text

    for piece, own in runs(words, written):
        chosen = style or ({"stylename": "Written"} if own else {})
        made.addElement(text.Span(text=piece, **chosen))
    return made


def _row(cells: tuple[str, ...], written: bool = False) -> Any:
    from odf import table, text

    row = table.TableRow()
    for words in cells:
        cell = table.TableCell(valuetype="string")
        cell.addElement(_told(text.P(), words, written))
        row.addElement(cell)
    return row


def _text(block: Text, below: int) -> Iterator[Any]:
    from odf import text

    for begins, clause in sections(block):
        if begins:
            yield text.H(outlinelevel=below + 1, stylename=f"Heading_20_{below}", text=begins)
        made = text.P(stylename="Clause")
        if clause.number:
            made.addElement(text.Tab())
            made.addElement(text.Span(stylename="Strong", text=clause.number))
        for place, (number, words) in enumerate(clause.lines):
            if place or clause.number:
                made.addElement(text.LineBreak())
            made.addElement(text.Span(stylename="Line_20_number", text=str(number)))
            made.addElement(text.Tab())
            made.addElement(text.Span(stylename="Written", text=words))
        yield made
