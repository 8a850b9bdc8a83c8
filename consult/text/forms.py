"""A motion as members type it, one plain text area for each section, and as plain text; and back into clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consult.domain.errors import Invalid
from consult.text.clauses import Document, Kind, letters
from consult.text.parse import Block, Preview, Reading, ambiguous, blocks, draft, from_blocks, section_of

#: The form's fields in the order of a motion; each is the name of a kind of clause.
SECTIONS = (
    Kind.HEADING,
    Kind.PREAMBLE,
    Kind.NOTES,
    Kind.BELIEVES,
    Kind.RESOLVES,
    Kind.PARAGRAPH,
    Kind.RATIONALE,
)
_NUMBERED = (Kind.NOTES, Kind.BELIEVES, Kind.RESOLVES)
_HEADINGS = {
    Kind.PREAMBLE: "Preamble:", Kind.NOTES: "Notes:", Kind.BELIEVES: "Believes:", Kind.RESOLVES: "Resolves:",
    Kind.PARAGRAPH: "Paragraphs:", Kind.RATIONALE: "Rationale:",
}  # fmt: skip


def section_order(document: Document) -> tuple[Kind, ...]:
    """The document's sections in order, each once, or a refusal when one is interrupted by another."""
    found: list[Kind] = []
    for clause in document.clauses:
        if clause.kind is Kind.ITEM or (found and found[-1] is clause.kind):
            continue
        if clause.kind in found:
            raise Invalid(f"The {clause.kind.value} of this text are in several places: edit it as one text.")
        found.append(clause.kind)
    return tuple(found)


def to_form(document: Document) -> dict[str, str]:
    """What each text area holds, by the name of its section; `from_form` reads exactly the same clauses back.

    >>> from consult.text.clauses import Clause
    >>> to_form(Document((Clause("a", Kind.HEADING, "Pay"), Clause("b", Kind.RESOLVES, "To pay."))))["resolves"]
    '1. To pay.'

    Raises `consult.domain.errors.Invalid` when a section is in several places; use `to_text` for such a text.
    """
    section_order(document)
    return {section.value: "\n".join(_section(document, section)) for section in SECTIONS}


def from_form(form: Mapping[str, str], like: Document | None = None) -> Preview:
    """The clauses of the text areas, in the order of the sections of `like`, or of a motion.

    A line is a clause; a line that begins with "(a)", or with a bullet under a numbered clause, is an item of it; a
    number in front is taken off, and the clauses are numbered again. A line beginning with a backslash is taken as it
    is. Sections may be missing.

    Raises `consult.domain.errors.Invalid` for an unknown section, or when every section is empty.
    """
    unknown = set(form) - {section.value for section in SECTIONS}
    if unknown:
        raise Invalid(f"There is no section ‘{min(unknown)}’ in the form.")
    order = list(section_order(like)) if like else []
    order += [section for section in SECTIONS if section not in order]
    reading = Reading()
    for section in order:
        if form.get(section.value, "").strip():
            _read_section(reading, section, form[section.value])
    if not reading.drafts:
        raise Invalid("Every section is empty: write the motion first.")
    return reading.preview()


def _read_section(reading: Reading, section: Kind, text: str) -> None:
    if section is Kind.HEADING:
        rows = [row.strip() for row in text.splitlines() if row.strip()]
        for row in rows:
            draft(reading, Kind.HEADING, Block(((row.removeprefix("\\"), frozenset()),)))
        return
    reading.section, reading.base = section, None
    found = blocks(text, typed=True)
    if found and section_of(found[0].text) is section and not found[0].literal:
        reading.guess(f"‘{found[0].text}’ only names the section and was left out.")
        found = found[1:]
    if found:
        from_blocks(found, reading, titled=False)


def _section(document: Document, section: Kind) -> list[str]:
    rows: list[str] = []
    number = item = 0
    for clause in document.clauses:
        if document.kind_of(clause.id) is not section:
            continue
        if clause.kind is Kind.ITEM:
            item += 1
            rows.append(f"   ({letters(item)}) {clause.text}")
            continue
        number, item = number + 1, 0
        if section in _NUMBERED:
            rows.append(f"{number}. {clause.text}")
            continue
        if rows and section is not Kind.HEADING:
            rows.append("")
        rows.append(_escaped(clause.text))
    return rows


def _escaped(text: str) -> str:
    return "\\" + text if ambiguous(text) else text


def to_text(document: Document) -> str:
    """The whole document as plain text with its sections named, for pasting elsewhere.

    >>> from consult.text.clauses import Clause
    >>> print(to_text(Document((Clause("a", Kind.HEADING, "Pay"), Clause("b", Kind.RESOLVES, "To pay.")))))
    # Pay
    <BLANKLINE>
    Resolves:
    1. To pay.
    """
    parts: list[str] = []
    group: list[str] = []
    for clause in document.clauses:
        if clause.kind is not Kind.ITEM and group and document.kind_of(group[-1]) is not clause.kind:
            parts.append(_part(document, group))
            group = []
        group.append(clause.id)
    if group:
        parts.append(_part(document, group))
    return "\n\n".join(parts)


def _part(document: Document, ids: Sequence[str]) -> str:
    own = Document(tuple(document.clause(clause_id) for clause_id in ids))
    section = own.clauses[0].kind
    if section is Kind.HEADING:
        return "\n\n".join(f"# {_escaped(clause.text)}" for clause in own.clauses)
    return "\n".join((_HEADINGS[section], *_section(own, section)))
