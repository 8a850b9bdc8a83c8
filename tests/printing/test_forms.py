"""One agenda in every form: the same lines with the same numbers, a tagged PDF, and one block held at a time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import docx
import pytest
from odf import opendocument, teletype
from odf.style import Style, TextProperties
from odf.text import LineBreak, P, Span, Tab
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from consult.domain.errors import NotFound, Unavailable
from consult.printing import FORMATS, format_of, pdf
from consult.printing.blocks import Heading, Items, Paper, Paragraph, Table, Text, Written, sides, text_of
from consult.text.clauses import Clause, Document, Kind
from consult.text.lines import lines

Numbered = list[tuple[int, str]]
LONG = "To campaign for an hourly bus on every Sunday of the year until 10pm, and to say so to <the> council & county: "


def document(name: str) -> Document:
    return Document(
        (
            Clause(f"{name}h", Kind.HEADING, f"Buses on Sundays, for {name}"),
            Clause(f"{name}n", Kind.NOTES, "A fare is £4.20; 75% of us say “no” to #let x = 1, *stars* and _lines_."),
            Clause(f"{name}r", Kind.RESOLVES, LONG * 3 + "ŵŷ."),
            Clause(f"{name}i", Kind.ITEM, "the timetable, and naïve café words;"),
            Clause(f"{name}j", Kind.ITEM, "the fares."),
        )
    )


def stored(found: Document) -> dict[str, Any]:
    return {"lines": [line.to_data() for line in lines(found)]}


DOCUMENTS = [document("Alder"), document("Birch")]


def agenda(documents: list[Document] = DOCUMENTS) -> Paper:
    def parts() -> Iterator[list[Any]]:
        yield [
            Heading(1, "Changes"),
            Items(("Motion 2 is ruled out.",)),
            Table("Timings", ("Item", "Minutes"), (("Opening", "20"),)),
        ]
        for number, one in enumerate(documents, start=1):
            yield [
                Heading(2, f"Motion {number}"),
                Paragraph("It stands.", strong=True),
                text_of(one.to_data(), stored(one)),
            ]

    return Paper("Final agenda", "The Test Movement", (("Issued", "2 March 2026"),), "en-GB", 3, parts)


def written(key: str, paper: Paper | None = None) -> bytes:
    out = io.BytesIO()
    format_of(key).write(paper or agenda(), out)
    return out.getvalue()


# -- reading the numbers back, each from its own form -------------------------------------------------------------------


class Lines(HTMLParser):
    """The numbered lines of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Numbered = []
        self.open: list[str] = []
        self.number = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "br"):
            self.open.append(dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "n":
            self.number = int(data)
        elif self.open and self.open[-1] == "w":
            self.found.append((self.number, data.strip()))


def from_html(data: bytes) -> Numbered:
    reader = Lines()
    reader.feed(data.decode())
    return reader.found


def from_text(data: bytes) -> Numbered:
    return [(int(n), words) for n, words in re.findall(r"^ *(\d+)  (\S.*)$", data.decode(), re.MULTILINE)]


def from_tabbed(rows: list[str]) -> Numbered:
    found = [row.partition("\t") for row in rows]
    return [(int(number), words) for number, _tab, words in found if number.isdigit()]


def from_docx(data: bytes) -> Numbered:
    rows = [row for p in docx.Document(io.BytesIO(data)).paragraphs for row in p.text.split("\n")]
    return from_tabbed(rows)


def from_odt(data: bytes) -> Numbered:
    def flat(node: Any) -> str:
        if node.qname == LineBreak().qname:
            return "\n"
        if node.qname == Tab().qname:
            return "\t"
        return "".join(flat(child) if child.nodeType == 1 else child.data for child in node.childNodes)

    read = opendocument.load(io.BytesIO(data))
    assert teletype.extractText(read.text)
    return from_tabbed([row for p in read.getElementsByType(P) for row in flat(p).split("\n") if "\t" in row])


def from_pdf(data: bytes) -> Numbered:
    """The numbers stand alone or before their words; a line that is too wide for large print goes on without one."""
    found: Numbered = []
    for page in PdfReader(io.BytesIO(data)).pages:
        for row in page.extract_text().splitlines():
            if "/" not in row[:5] and (match := re.match(r"^ *(\d+) +(\S.*)$", row)):
                found.append((int(match[1]), match[2]))
    return found


READERS: dict[str, Callable[[bytes], Numbered]] = {
    "html": from_html, "large-html": from_html, "txt": from_text, "docx": from_docx, "odt": from_odt, "pdf": from_pdf,
    "large-pdf": from_pdf,
}  # fmt: skip


def test_every_form_has_a_reader() -> None:
    assert set(READERS) == {form.key for form in FORMATS}


@pytest.mark.parametrize("key", READERS)
def test_every_form_has_the_stored_lines_with_the_stored_numbers(key: str) -> None:
    wanted = [(line.number, line.text) for one in DOCUMENTS for line in lines(one)]
    found = READERS[key](written(key))
    if key == "large-pdf":  # a line may go on below itself, but begins where it begins everywhere
        assert [number for number, _ in found] == [number for number, _ in wanted]
        assert all(whole.startswith(begun) for (_, begun), (_, whole) in zip(found, wanted, strict=True))
    else:
        assert found == wanted


# -- what each form owes its reader --------------------------------------------------------------------------------------


def tags(node: Any) -> Iterator[str]:
    if isinstance(node, DictionaryObject):
        if "/S" in node:
            yield str(node["/S"])
        kids = node.get("/K")
        if kids is not None:
            for kid in kids if isinstance(kids, list) else [kids]:
                yield from tags(kid.get_object() if hasattr(kid, "get_object") else kid)


@pytest.mark.parametrize("key", ["pdf", "large-pdf"])
def test_the_pdf_is_tagged(key: str) -> None:
    root: Any = PdfReader(io.BytesIO(written(key))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    found = list(tags(root["/StructTreeRoot"]))
    assert (found.count("/H1"), found.count("/H2"), found.count("/H3")) == (1, 3, 4)
    assert {"/Document", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD"} <= set(found)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_letters_that_no_font_has_are_written_out_in_the_pdf_and_stay_elsewhere() -> None:
    odd = Document((Clause("h", Kind.HEADING, "More \N{BUS} and \U0001f6b2 here"),))
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(written("pdf", agenda([odd])))).pages)
    assert "More" in pages and ("[bus]" in pages or "\N{BUS}" in pages)
    assert "\N{BUS}" in written("txt", agenda([odd])).decode()


def test_without_typst_it_says_which_forms_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match="Word, OpenDocument"):
        written("pdf")


def test_a_pdf_that_would_take_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST", 60 << 20)
    with pytest.raises(Unavailable, match="too long for a PDF"):
        written("pdf")


def test_what_goes_wrong_in_setting_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic()")
    monkeypatch.setattr(pdf, "LAYOUT", broken)
    with pytest.raises(Unavailable, match="could not be made"):
        written("pdf")


def test_headings_of_word_and_opendocument_are_headings() -> None:
    made = docx.Document(io.BytesIO(written("docx")))
    styles = [p.style.name for p in made.paragraphs if p.style is not None]
    assert styles.count("Heading 2") == 3 and "Title" in styles
    assert made.core_properties.title == "Final agenda"
    assert [cell.text for cell in made.tables[0].rows[0].cells] == ["Item", "Minutes"]
    read = opendocument.load(io.BytesIO(written("odt")))
    assert "Motion 2" in teletype.extractText(read.text)


@pytest.mark.parametrize("key", ["html", "txt", "docx", "odt"])
def test_parts_are_written_as_they_come_and_told(key: str) -> None:
    told: list[tuple[int, int]] = []
    format_of(key).write(agenda(), io.BytesIO(), lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_unknown_form_is_refused_by_name() -> None:
    with pytest.raises(NotFound, match="large-pdf"):
        format_of("wordstar")


def test_a_text_keeps_its_sections() -> None:
    text = text_of(DOCUMENTS[0].to_data(), stored(DOCUMENTS[0]))
    assert isinstance(text, Text)
    assert [(clause.section, clause.number) for clause in text.clauses][:3] == [
        ("", ""),
        ("Notes", "1."),
        ("Resolves", "1."),
    ]


# -- both sides of a debate, at equal space -----------------------------------------------------------------------------


def of_two_sides() -> Paper:
    part = [Heading(1, "Motion 1"), *sides({"for": "It works " * 40, "against": "It costs " * 40})]
    return Paper("Final agenda", "The Test Movement", (), "en-GB", 1, lambda: iter([part]))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.key)
def test_what_both_sides_say_stands_in_every_form(form: Any) -> None:
    raw = written(form.key, of_two_sides())
    if form.ending == "pdf":
        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    elif form.ending == "docx":
        [table] = docx.Document(io.BytesIO(raw)).tables
        words = " ".join(cell.text for row in table.rows for cell in row.cells)
        assert len({cell.width for cell in table.rows[1].cells}) == 1
    elif form.ending == "odt":
        words = teletype.extractText(opendocument.load(io.BytesIO(raw)).text)
    else:
        words = raw.decode()
    words = " ".join(words.split())  # lines are broken where they must be
    assert words.count("It works") == words.count("It costs") == 40
    assert words.index("For") < words.index("Against")


def test_sides_are_of_equal_width_and_neither_heads_the_other() -> None:
    page = written("html", of_two_sides()).decode()
    assert '<table class="even">' in page and "table-layout: fixed" in page and 'scope="row"' not in page
    assert 'scope="row"' in written("html").decode()


def test_one_side_alone_is_not_printed() -> None:
    assert list(sides({"for": "It works."})) == list(sides({})) == []


# -- in which language each word is -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["cy", "en-GB"])
def test_a_paper_in_another_language_marks_what_people_wrote(language: str) -> None:
    def parts() -> Iterator[list[Any]]:
        text = text_of(DOCUMENTS[0].to_data(), stored(DOCUMENTS[0]))
        told = Items(("Delete it.",), written=True), *sides({"for": "It works.", "against": "It costs."})
        named = Written("Our trams", "Cynnig 3: ")
        yield [
            Heading(1, named),
            Table("Mewn llinell", ("Cynnig",), ((named,),)),
            Paragraph(Written("Short.", "Rheswm: ")),
        ]
        yield [Heading(1, "Testun"), Paragraph("It stands."), Paragraph("For the hall.", written=True), text, *told]

    facts = (("Ar gyfer", Written("The hall")),)
    paper = Paper(Written("Our buses"), "The Test Movement", facts, language, 1, parts, "en-GB")
    page = written("html", paper).decode()
    for words in ("Our buses", "The hall", "Our trams", "Short."):
        assert (f'<span lang="en-GB">{words}</span>' in page) == (language == "cy"), words
        assert words in page
    assert ('Cynnig 3: <span lang="en-GB">Our trams</span></h2>' in page) == (language == "cy")
    assert ('<p lang="en-GB">For the hall' in page) == (language == "cy") and "<p>It stands.</p>" in page
    assert page.count('<td lang="en-GB">') == (2 if language == "cy" else 0)
    word = docx.Document(io.BytesIO(written("docx", paper)))
    cells = [p for table in word.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    marked = [run.text for p in (*word.paragraphs, *cells) for run in p.runs if "w:lang" in run._r.xml.split("w:t>")[0]]
    assert ("For the hall." in marked, "It costs." in marked, any("Sundays" in words for words in marked)) == (
        (language == "cy"),
    ) * 3
    assert {"Our buses", "The hall", "Our trams", "Short."} <= set(marked) or language == "en-GB"
    assert not {"It stands.", "Cynnig 3: ", "Rheswm: "} & set(marked)
    office = opendocument.load(io.BytesIO(written("odt", paper)))
    styles = {found.getAttribute("name"): found for found in office.getElementsByType(Style)}
    assert styles["Written"].getElementsByType(TextProperties)[0].getAttribute("language") == "en"
    spans = [
        teletype.extractText(span)
        for span in office.getElementsByType(Span)
        if span.getAttribute("stylename") == "Written"
    ]
    assert {"For the hall.", "Delete it.", "It works.", "Our buses", "The hall", "Our trams", "Short."} <= set(spans)
    assert not {"It stands.", "Cynnig 3: ", "Rheswm: "} & set(spans)
    tongues = pdf_languages(written("pdf", paper))
    assert ("en" in tongues) == (language == "cy")


def pdf_languages(raw: bytes) -> set[str]:
    """The languages that parts of a tagged PDF are in, besides the document's."""
    reader, found, waiting = PdfReader(io.BytesIO(raw)), set(), []
    waiting.append(reader.trailer["/Root"]["/StructTreeRoot"])
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, DictionaryObject):
            if "/Lang" in node:
                found.add(str(node["/Lang"]))
            waiting.append(node.get("/K", []))
        elif isinstance(node, list):
            waiting.extend(node)
    return found
