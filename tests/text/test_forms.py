"""The form's text areas and pasted text: what is read, what is guessed, and that ids stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from consult.domain.errors import Invalid
from consult.text.align import align
from consult.text.clauses import Clause, Document, Kind, Mark
from consult.text.derive import derive
from consult.text.forms import from_form, section_order, to_form, to_text
from consult.text.operations import Replace
from consult.text.parse import Draft, from_text, section_of
from tests.text.motions import documents, motion

BASE = motion(
    ("heading", "Fair pay"), ("notes", "Rents rose by 9.9%."), "To pay every worker £12 an hour.", "To:",
    ("item", "march"), ("item", "sing"), ("rationale", "It is fair."),
)  # fmt: skip


def pairs(drafts: tuple[Draft, ...]) -> list[tuple[str, str]]:
    """(kind, text) of each draft."""
    return [(draft.kind.value, draft.text) for draft in drafts]


def contents(text: Document) -> list[tuple[str, str]]:
    """(kind, text) of each clause."""
    return [(clause.kind.value, clause.text) for clause in text.clauses]


@given(documents())
@settings(max_examples=80, deadline=None)
def test_the_form_and_the_plain_text_give_the_clauses_back(text: Document) -> None:
    assert pairs(from_text(to_text(text)).drafts) == contents(text)
    try:
        section_order(text)
    except Invalid:
        with pytest.raises(Invalid, match="several places"):
            to_form(text)
        return
    found = from_form(to_form(text), text)
    assert pairs(found.drafts) == contents(text)
    assert found.issues == ()
    assert align(text, found.drafts, "new{}".format) == text


def test_the_form_of_a_motion() -> None:
    assert to_form(BASE) == {
        "heading": "Fair pay", "preamble": "", "notes": "1. Rents rose by 9.9%.", "believes": "",
        "resolves": "1. To pay every worker £12 an hour.\n2. To:\n   (a) march\n   (b) sing", "paragraph": "",
        "rationale": "It is fair.",
    }  # fmt: skip


def test_members_type_clauses_with_or_without_numbers() -> None:
    found = from_form(
        {"heading": " Fair  pay ", "resolves": "To act\n\n- To march:\n  (a) soon\n  b) loudly\n3) To sing"}
    )
    assert pairs(found.drafts) == [
        ("heading", "Fair pay"), ("resolves", "To act"), ("resolves", "To march:"), ("item", "soon"),
        ("item", "loudly"), ("resolves", "To sing"),
    ]  # fmt: skip


def test_an_edited_form_keeps_the_ids_and_gives_the_smallest_operations() -> None:
    form = to_form(BASE) | {"resolves": "1. To march in May.\n2. To pay every worker £15 an hour.\n3. To:\n   (a) sing"}
    edited = align(BASE, from_form(form, BASE).drafts, "a7.{}".format)
    assert edited.ids == ("c1", "c2", "a7.1", "c3", "c4", "c6", "c7")
    assert [operation.op for operation in derive(BASE, edited)] == ["replace", "delete", "insert"]
    assert derive(BASE, edited)[0] == Replace("c3", 4, 5, ("£12",), ("£15",))


def test_alignment_is_by_words_then_by_place() -> None:
    drafts = [
        Draft(Kind.HEADING, "Something else"),
        Draft(Kind.RESOLVES, "Rents rose by 9.9%."),
        Draft(Kind.RESOLVES, "To pay each and every worker £12 an hour."),
        Draft(Kind.RESOLVES, "To:"),
        Draft(Kind.ITEM, "sing"),
        Draft(Kind.ITEM, "march"),
        Draft(Kind.RATIONALE, "Nothing of the old reasons."),
    ]
    found = align(BASE, drafts, "n{}".format)
    assert found.ids == ("c1", "c2", "c3", "c4", "c6", "c5", "n1")
    assert align(BASE, drafts, "n{}".format) == found


def test_a_text_area_holds_no_marks_so_those_of_the_base_stay() -> None:
    base = Document(
        (Clause("c1", Kind.RESOLVES, "To pay £12 an hour.", (Mark("strong", 2, 3), Mark("emphasis", 4, 5))),)
    )
    found = align(base, [Draft(Kind.RESOLVES, "Now to pay £15 an hour.")], "n{}".format)
    assert found.clauses[0].marks == (Mark("emphasis", 5, 6),)


def test_a_text_rewritten_from_end_to_end_is_aligned_within_bounds() -> None:
    base = motion(*[f"Old clause {number} about w{number} and v{number} indeed" for number in range(600)])
    drafts = [
        Draft(Kind.RESOLVES, f"Old clause {number} about w{number} and u{number} indeed") for number in range(600)
    ]
    assert align(base, drafts, "n{}".format).ids == base.ids


PASTED = """Composite 3: Fair Pay for Carers
Moved by: Harbour branch

This Conference notes:
1. That care workers are paid on average £10.90 an hour and that
   many are not paid for travelling between visits;
2. That:
   a) vacancies stand at 9.9%
   b) turnover is high
      - above all in rural areas

Conference believes that care is skilled work.

Conference therefore resolves to:
• campaign for £15 an hour:
• affiliate to the campaign

Rationale
Because it is right.
"""


def test_a_pasted_motion_is_read_and_every_guess_is_told() -> None:
    found = from_text(PASTED)
    assert pairs(found.drafts) == [
        ("heading", "Composite 3: Fair Pay for Carers"),
        ("notes", "That care workers are paid on average £10.90 an hour and that many are not paid for travelling "
                  "between visits;"),
        ("notes", "That:"),
        ("item", "vacancies stand at 9.9%"),
        ("item", "turnover is high"),
        ("item", "above all in rural areas"),
        ("believes", "Conference believes that care is skilled work."),
        ("resolves", "campaign for £15 an hour:"),
        ("resolves", "affiliate to the campaign"),
        ("rationale", "Because it is right."),
    ]  # fmt: skip
    assert [issue.split("’")[0] for issue in found.issues] == ["‘Moved by: Harbour branch"]
    assert len(found.guesses) == 5
    assert found.document().labels["c6"] == "Notes 2(c)"


def test_whom_the_motion_asks_is_kept_and_what_is_asked_stands_under_it() -> None:
    found = from_text(
        "Strike\n\nCongress notes the cut.\n\nThis congress therefore calls on the executive to:\n1. support the strike\n"
        "2. pay £500\n\nWe instruct our delegates to:\n(a) march"
    )
    assert pairs(found.drafts)[2:] == [
        ("resolves", "This congress therefore calls on the executive to:"), ("item", "support the strike"),
        ("item", "pay £500"), ("resolves", "We instruct our delegates to:"), ("item", "march"),
    ]  # fmt: skip
    assert sum("as one of the resolves, in full" in guess for guess in found.guesses) == 2


def test_a_line_that_hangs_under_its_number_goes_on_with_it() -> None:
    found = from_text("Pay\n\nResolves:\n 1. To ask the council\n    to pay\n10. To march\n    on Friday\nand sing")
    assert [text for _, text in pairs(found.drafts)] == [
        "Pay",
        "To ask the council to pay",
        "To march on Friday",
        "and sing",
    ]


def test_windows_line_ends_tabs_hidden_characters_and_private_bullets() -> None:
    found = from_text("Fair pay\r\n\r\nResolves:\r\n\uf0b7\tTo co\u00adoperate\ufeff\r\n\uf0b7\tTo act\r\n")
    assert pairs(found.drafts) == [("heading", "Fair pay"), ("resolves", "To cooperate"), ("resolves", "To act")]
    assert found.issues == ("2 hidden characters such as soft hyphens were taken out.",)


def test_what_cannot_be_kept_is_said_and_nothing_else_is_lost() -> None:
    found = from_text("Fair pay\n\nResolves:\n1.\n2. To act\u0007 now\n3. To march")
    assert pairs(found.drafts) == [("heading", "Fair pay"), ("resolves", "To march")]
    assert "number without words" in found.issues[0]
    assert "U+0007" in found.issues[1]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Notes:", Kind.NOTES), ("This branch notes with alarm that:", Kind.NOTES),
        ("CONFERENCE BELIEVES", Kind.BELIEVES),
        ("This AGM therefore resolves to:", Kind.RESOLVES), ("We call upon:", Kind.RESOLVES),
        ("Background", Kind.RATIONALE),
        ("Conference notes that rents rose.", None), ("Take note of this", None), ("background noise is high", None),
    ],
)  # fmt: skip
def test_lines_that_begin_a_section(line: str, kind: Kind | None) -> None:
    assert section_of(line) is kind


@pytest.mark.parametrize("text", ["", " \n \n", "Moved by: Somebody"])
def test_nothing_to_read(text: str) -> None:
    with pytest.raises(Invalid, match="no words to read"):
        from_text(text)


def test_form_refusals() -> None:
    with pytest.raises(Invalid, match="Every section is empty"):
        from_form({"resolves": "  "})
    with pytest.raises(Invalid, match="no section ‘wishes’"):
        from_form({"wishes": "x"})
    with pytest.raises(Invalid, match="longer than"):
        from_text("x" * 1_000_001)
    with pytest.raises(Invalid, match="U\\+0007"):
        from_form({"resolves": "\u0007x"})
