"""Motions from Markdown, DOCX and ODT: a file's paragraphs, lists and marks as blocks, and what could not be kept."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from consult.domain.errors import Invalid
from consult.text.parse import LONGEST_TEXT, Block, Piece, Preview, Reading, from_blocks

#: The largest file, and the largest it may be unpacked: a small file can hold a very large one (a "zip bomb").
LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 40_000_000
MOST_PARTS = 2_000

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLAIN: frozenset[tuple[str, str]] = frozenset()
_STRONG, _EMPHASIS = ("strong", ""), ("emphasis", "")
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"]{3,2000}\Z")


def from_markdown(text: str) -> Preview:
    """A preview of a Markdown motion: headings, lists, paragraphs, emphasis and links (CommonMark).

    >>> found = from_markdown("# Fair pay\\n\\n## Resolves\\n\\n1. To pay **£15**.")
    >>> [(draft.kind.value, draft.text, len(draft.marks)) for draft in found.drafts]
    [('heading', 'Fair pay', 0), ('resolves', 'To pay £15.', 1)]
    """
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"The text is longer than {LONGEST_TEXT:,} characters: give the motion alone.")
    from markdown_it import MarkdownIt

    reading = Reading()
    return from_blocks(_markdown_blocks(MarkdownIt("commonmark").parse(text), reading), reading)


def _markdown_blocks(parts: list[Any], reading: Reading) -> Iterator[Block]:
    depth = heading = 0
    for part in parts:
        if part.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif part.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif part.type == "heading_open":
            heading = int(part.tag[1:])
        elif part.type == "heading_close":
            heading = 0
        elif part.type == "inline":
            for pieces in _inline(part.children or [], reading):
                yield Block(tuple(pieces), depth=max(0, depth - 1), listed=depth > 0, heading=heading)
        elif part.type in ("fence", "code_block"):
            reading.issue("A block of code was read as plain paragraphs.")
            yield from (Block(((row, _PLAIN),)) for row in part.content.splitlines())
        elif part.type == "html_block":
            reading.issue(f"HTML was left out: ‘{_start(part.content)}’.")


def _inline(children: list[Any], reading: Reading) -> Iterator[list[Piece]]:
    pieces: list[Piece] = []
    marks: list[tuple[str, str]] = []
    for part in children:
        if part.type in ("text", "code_inline"):
            pieces.append((part.content, frozenset(marks)))
        elif part.type == "softbreak":
            pieces.append((" ", frozenset(marks)))
        elif part.type == "hardbreak":
            yield pieces
            pieces = []
        elif part.type in ("strong_open", "em_open"):
            marks.append(_STRONG if part.type == "strong_open" else _EMPHASIS)
        elif part.type == "link_open":
            marks.append(_link(str(part.attrs.get("href", "")), reading))
        elif part.type in ("strong_close", "em_close", "link_close"):
            marks.pop()
        elif part.type == "image":
            reading.issue(f"A picture was left out: ‘{_start(part.content)}’.")
        elif part.type == "html_inline":
            reading.issue(f"HTML was left out: ‘{_start(part.content)}’.")
    yield [(text, own - {("", "")}) for text, own in pieces]


def _link(href: str, reading: Reading) -> tuple[str, str]:
    if _ADDRESS.match(href):
        return ("link", href)
    reading.issue(
        f"The link to ‘{_start(href)}’ was left out, its words kept: only web and mail addresses can be linked."
    )
    return ("", "")


def from_docx(data: bytes) -> Preview:
    """A preview of a DOCX file (ECMA-376): headings, numbered and bulleted lists, tables, bold, italic, links.

    Tracked changes are read as accepted, and that is said. Raises `consult.domain.errors.Invalid` for a file that is
    not DOCX, is too large, or holds document type declarations.
    """
    _check_package(data, "word/document.xml", "DOCX")
    import docx

    reading = Reading()
    try:
        found = list(_docx_blocks(docx.Document(io.BytesIO(data)), reading))
    except Exception as problem:  # the library's own, or a part that is missing or nested without end
        raise Invalid("This DOCX file cannot be read: save it again, or paste the text instead.") from problem
    return from_blocks(found, reading)


def _docx_blocks(document: Any, reading: Reading) -> Iterator[Block]:
    links = {name: part.target_ref for name, part in document.part.rels.items() if part.is_external}
    names = {style.style_id: style.name or "" for style in document.styles}
    for element in document.element.body.iter():
        tag = str(element.tag).removeprefix(_WORD)
        if tag == "p" and not _inside(element, "txbxContent"):
            yield from _docx_paragraph(element, links, names, reading)
        elif tag == "tbl":
            reading.issue("A table was read cell by cell: check the order of its clauses.")
        elif tag in ("ins", "del", "moveFrom", "moveTo") and element.getparent().tag != f"{_WORD}rPr":
            reading.issue("The file has tracked changes; they were read as accepted.")
        elif tag in ("footnoteReference", "endnoteReference"):
            reading.issue("Footnotes were left out: put what they say in the text or the rationale.")
        elif tag == "txbxContent":
            reading.issue("A text box was left out: paste its words into the form.")
        elif tag in ("drawing", "pict"):
            reading.issue("A picture was left out.")


def _docx_paragraph(element: Any, links: dict[str, str], names: dict[str, str], reading: Reading) -> Iterator[Block]:
    properties = element.find(f"{_WORD}pPr")
    style = names.get(_value(properties, "pStyle"), "")
    level = _value(properties, "numPr", "ilvl")
    listed = properties is not None and properties.find(f"{_WORD}numPr") is not None
    depth = int(level) if level.isdecimal() else 0
    if style.startswith("List"):
        listed = True
        depth = max(depth, int(style[-1]) - 1 if style[-1].isdecimal() else 0)
    heading = 1 if style == "Title" else (int(style[-1]) if re.fullmatch(r"[Hh]eading [1-9]", style) else 0)
    for pieces in _docx_pieces(element, links, reading):
        yield Block(tuple(pieces), depth=depth, listed=listed, heading=heading)


def _docx_pieces(element: Any, links: dict[str, str], reading: Reading) -> Iterator[list[Piece]]:
    pieces: list[Piece] = []
    for part in element.iter():
        tag = str(part.tag).removeprefix(_WORD)
        if tag not in ("t", "tab", "br", "cr", "noBreakHyphen") or _inside(
            part, "del", "moveFrom", "txbxContent", "tabs"
        ):
            continue
        if tag in ("br", "cr") and part.get(f"{_WORD}type") in (None, "textWrapping"):
            yield pieces
            pieces = []
        elif tag == "t":
            pieces.append((part.text or "", _docx_marks(part, links, reading)))
        else:
            pieces.append(("-" if tag == "noBreakHyphen" else " ", _PLAIN))
    yield pieces


def _docx_marks(part: Any, links: dict[str, str], reading: Reading) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for parent in part.iterancestors():
        tag = str(parent.tag).removeprefix(_WORD)
        if tag == "r":
            properties = parent.find(f"{_WORD}rPr")
            found |= {mark for name, mark in (("b", _STRONG), ("i", _EMPHASIS)) if _on(properties, name)}
        elif tag == "hyperlink":
            target = next(
                (links[value] for name, value in parent.attrib.items() if name.endswith("}id") and value in links), ""
            )
            found |= {_link(target, reading)} if target else set()
        elif tag == "p":
            break
    return frozenset(found - {("", "")})


def _on(properties: Any, name: str) -> bool:
    switch = properties.find(f"{_WORD}{name}") if properties is not None else None
    return switch is not None and switch.get(f"{_WORD}val") not in ("0", "false", "off")


def _value(properties: Any, *path: str) -> str:
    for name in path:
        properties = properties.find(f"{_WORD}{name}") if properties is not None else None
    return properties.get(f"{_WORD}val") or "" if properties is not None else ""


def _inside(part: Any, *names: str) -> bool:
    tags = {f"{_WORD}{name}" for name in names}
    return any(parent.tag in tags for parent in part.iterancestors())


def from_odt(data: bytes) -> Preview:
    """A preview of an ODT file (ISO/IEC 26300): headings, lists, paragraphs, tables cell by cell, bold, italic, links.

    Tracked changes are read as accepted, and that is said. Raises `consult.domain.errors.Invalid` as `from_docx`.
    """
    _check_package(data, "content.xml", "ODT")
    from odf.opendocument import load

    reading = Reading()
    try:
        document = load(io.BytesIO(data))
        body = document.text
        found = None if body is None else list(_odt_blocks(body, _odt_styles(document), reading, 0))
    except Exception as problem:  # the library's own, or lists that stand in one another without end
        raise Invalid("This ODT file cannot be read: save it again, or paste the text instead.") from problem
    if found is None:
        raise Invalid("This file is not a text document: save it as ODT, or paste the text instead.")
    return from_blocks(found, reading)


def _odt_styles(document: Any) -> dict[str, frozenset[tuple[str, str]]]:
    """The marks of each named style of characters."""
    from odf.style import Style, TextProperties

    found = {}
    for style in document.getElementsByType(Style):
        marks = set()
        for properties in style.getElementsByType(TextProperties):
            if properties.getAttribute("fontweight") in ("bold", "600", "700", "800", "900"):
                marks.add(_STRONG)
            if properties.getAttribute("fontstyle") in ("italic", "oblique"):
                marks.add(_EMPHASIS)
        found[style.getAttribute("name")] = frozenset(marks)
    return found


def _odt_blocks(node: Any, styles: dict[str, Any], reading: Reading, depth: int) -> Iterator[Block]:
    for child in node.childNodes:
        name = child.qname[1] if getattr(child, "qname", None) else ""
        if name == "h":
            level = str(child.getAttribute("outlinelevel") or 1)
            yield from _odt_paragraph(child, styles, reading, heading=int(level) if level.isdecimal() else 1)
        elif name == "p":
            title = 1 if str(child.getAttribute("stylename")) == "Title" else 0
            yield from _odt_paragraph(child, styles, reading, depth=depth, heading=title)
        elif name == "list":
            yield from _odt_blocks(child, styles, reading, depth + 1)
        elif name == "tracked-changes":
            reading.issue("The file has tracked changes; they were read as accepted.")
        else:
            if name == "table":
                reading.issue("A table was read cell by cell: check the order of its clauses.")
            if name:
                yield from _odt_blocks(child, styles, reading, depth)


def _odt_paragraph(
    node: Any, styles: dict[str, Any], reading: Reading, depth: int = 0, heading: int = 0
) -> Iterator[Block]:
    rows: list[list[Piece]] = [[]]
    _odt_pieces(node, styles, reading, _PLAIN, rows)
    for pieces in rows:
        yield Block(tuple(pieces), depth=max(0, depth - 1), listed=depth > 0, heading=heading)


def _odt_pieces(
    node: Any, styles: dict[str, Any], reading: Reading, marks: frozenset[tuple[str, str]], rows: list[list[Piece]]
) -> None:
    for child in node.childNodes:
        if child.nodeType == child.TEXT_NODE:
            rows[-1].append((child.data, marks))
            continue
        name = child.qname[1]
        if name == "line-break":
            rows.append([])
        elif name in ("s", "tab"):
            rows[-1].append((" ", _PLAIN))
        elif name in ("note", "annotation", "frame"):
            what = {"note": "Footnotes were", "annotation": "Comments were", "frame": "A picture or text box was"}[name]
            reading.issue(f"{what} left out: put what matters in the text.")
        else:
            own = marks
            if name == "span":
                own = marks | styles.get(str(child.getAttribute("stylename")), _PLAIN)
            elif name == "a":
                own = marks | ({_link(str(child.getAttribute("href") or ""), reading)} - {("", "")})
            _odt_pieces(child, styles, reading, own, rows)


def _check_package(data: bytes, content: str, name: str) -> None:
    """Refuse what is not such a file, or would be far larger unpacked, before any reader opens it."""
    if len(data) > LARGEST_FILE:
        raise Invalid(f"The file is larger than {LARGEST_FILE // 1_000_000} MB: take out its pictures.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if content not in package.namelist():
                raise Invalid(f"This is no {name} file: choose another, or paste the text instead.")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Invalid("The file is too large when unpacked: paste the text instead.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _unpacked(package, part):
                    raise Invalid("The file declares a document type, which is not allowed: paste the text instead.")
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as problem:
        raise Invalid(f"This is no {name} file, or it is damaged or encrypted: paste the text instead.") from problem


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part's bytes, never more than the package says there are."""
    with package.open(part) as stream:
        data = stream.read(part.file_size + 1)
    if len(data) > part.file_size or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Invalid("The file is not packed as such files are: paste the text instead.")
    return data


def _start(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else plain[:60] + "…"
