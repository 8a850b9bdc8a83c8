"""Bringing a motion in from a file or pasted text: read into clauses, corrected by its mover, then kept as a draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from consult.domain.errors import Invalid, Refused
from consult.text import importers
from consult.text.clauses import Clause, Document, Kind, Mark
from consult.text.forms import SECTIONS
from consult.text.parse import LONGEST_TEXT, Preview, from_text
from consult.text.plain import cleaned

#: How pasted text can be read → what the page says.
FORMATS = {"text": "plain text", "markdown": "Markdown"}
#: The kinds that a clause can be given, in the order of a motion.
KINDS = (*SECTIONS[:-1], Kind.ITEM, Kind.RATIONALE)
#: The most clauses that a preview shows; a motion has far fewer.
MOST_ROWS = 300


@dataclass(frozen=True)
class Row:
    """A clause of the preview: its kind, its words as the mover corrects them, and the marks they were read with."""

    kind: Kind
    text: str
    marks: tuple[Mark, ...] = ()


def read_file(name: str, content: bytes) -> Preview:
    """What a file holds, by the ending of its name: DOCX, ODT, Markdown or plain text.

    Raises:
        Invalid: at the file, if it is none of these, is too large, or cannot be read.
    """
    ending = name.rpartition(".")[2].lower()
    try:
        if ending == "docx":
            return importers.from_docx(content)
        if ending == "odt":
            return importers.from_odt(content)
        if ending in ("md", "markdown", "txt", "text"):
            return read_text(_decoded(content), "markdown" if ending.startswith("m") else "text")
    except Invalid as refusal:
        raise Invalid(str(refusal), {"file": str(refusal)}) from None
    sentence = "Choose a DOCX, ODT, Markdown or plain text file, or paste the text instead."
    raise Invalid(sentence, {"file": sentence})


def _decoded(content: bytes) -> str:
    if len(content) > importers.LARGEST_FILE:
        raise Invalid(f"The file is larger than {importers.LARGEST_FILE // 1_000_000} MB: give the motion alone.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("This text is not in UTF-8: save it so, or paste the text instead.") from None


def read_text(text: str, style: str = "text") -> Preview:
    """What pasted text holds, read as plain text or as Markdown.

    Raises:
        Invalid: at the field, if there is nothing in it or far too much.
    """
    if not text.strip():
        raise Invalid("Paste the motion, or choose its file.", {"text": "Paste the motion, or choose its file."})
    if len(text) > LONGEST_TEXT:
        sentence = f"The text is longer than {LONGEST_TEXT:,} characters: give the motion alone."
        raise Invalid(sentence, {"text": sentence})
    return importers.from_markdown(text) if style == "markdown" else from_text(text)


def rows_of(preview: Preview) -> list[Row]:
    """The clauses of what was read, for the mover to correct.

    Raises:
        Invalid: if there are too many for a motion.
    """
    if len(preview.drafts) > MOST_ROWS:
        raise Invalid(
            f"This has {len(preview.drafts)} clauses, more than a motion of {MOST_ROWS}: give the motion alone."
        )
    return [Row(draft.kind, draft.text, draft.marks) for draft in preview.drafts]


# -- correcting ------------------------------------------------------------------------------------------------------


def split(rows: Sequence[Row], place: int) -> list[Row]:
    """The rows with one parted where its words have line breaks; without any it stays.

    >>> [row.text for row in split([Row(Kind.NOTES, "One.\\nTwo.")], 0)]
    ['One.', 'Two.']
    """
    if not 0 <= place < len(rows):
        return list(rows)
    row = rows[place]
    pieces = [piece.strip() for piece in row.text.splitlines() if piece.strip()]
    parted = [Row(row.kind, piece) for piece in pieces] if len(pieces) > 1 else [row]
    return [*rows[:place], *parted, *rows[place + 1 :]]


def merge(rows: Sequence[Row], place: int) -> list[Row]:
    """The rows with one joined to the one before it, whose kind it takes.

    >>> [row.text for row in merge([Row(Kind.NOTES, "One"), Row(Kind.NOTES, "and two.")], 1)]
    ['One and two.']
    """
    if not 1 <= place < len(rows):
        return list(rows)
    joined = replace(rows[place - 1], text=f"{rows[place - 1].text.rstrip()} {rows[place].text.lstrip()}")
    return [*rows[: place - 1], joined, *rows[place + 1 :]]


def dropped(rows: Sequence[Row], place: int) -> list[Row]:
    """The rows without one."""
    return [row for number, row in enumerate(rows) if number != place]


def document_of(rows: Iterable[Row]) -> Document:
    """The corrected rows as a motion: sections in their order, items under their clauses; empty rows are left out.

    Marks stay with the words they were read with, and go where the words were changed.

    Raises:
        Invalid: at the row ("row-3"), if it holds what no clause can, or there is no heading, or nothing to resolve.
    """
    order = {kind: place for place, kind in enumerate(SECTIONS)}
    groups: list[tuple[int, list[Clause]]] = []
    for number, row in enumerate(rows):
        text = " ".join(row.text.split())
        if not text:
            continue
        try:
            plain, _taken_out = cleaned(text)
            marks = row.marks if plain == row.text else ()
            clause = Clause(f"c{number + 1}", row.kind, plain, marks)
        except Refused as refusal:
            raise Invalid(f"Clause {number + 1}: {refusal}", {f"row-{number}": str(refusal)}) from None
        if row.kind is not Kind.ITEM:
            groups.append((order[row.kind], [clause]))
        elif groups and groups[-1][1][0].kind is not Kind.HEADING:
            groups[-1][1].append(clause)
        else:
            sentence = "An item stands under a clause: put one before it, or give it another kind."
            raise Invalid(sentence, {f"row-{number}": sentence})
    clauses = [clause for _place, group in sorted(groups, key=lambda one: one[0]) for clause in group]
    headings = [clause for clause in clauses if clause.kind is Kind.HEADING]
    if len(headings) != 1 or len(headings[0].text) > 200:
        raise Invalid("A motion has one heading of at most 200 characters: give one clause that kind.")
    if all(clause.kind in (Kind.HEADING, Kind.RATIONALE) for clause in clauses):
        raise Invalid("There must be at least one clause: what the motion notes, believes or resolves.")
    return Document(tuple(Clause(f"c{n}", c.kind, c.text, c.marks) for n, c in enumerate(clauses, start=1)))
