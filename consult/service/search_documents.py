"""One thing that can be found as a row of the table that is searched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markdown_it import MarkdownIt

from consult.domain.searching import words_of

Values = dict[str, Any]
#: Of a text, the characters that are searched; beyond them there is no motion or paper that anybody reads.
LONGEST = 300_000
_READER = MarkdownIt("commonmark", {"html": False})


def document(
    kind: str, subject_id: int, heading: str, body: str, audience: str, at: datetime, *, also: str = "",
    beside: str = "", **more: Any,
) -> Values:  # fmt: skip
    """The values of one row; `also` is searched with the heading and `beside` with the body, and neither is shown."""
    body = body[:LONGEST]
    fixed = {"owner_id": None, "visible_from": None, "unit_id": None, "consultation_id": None, "motion_id": None,
             "number": None}  # fmt: skip
    return {
        "kind": kind, "subject_id": subject_id, "heading": heading[:400], "body": body,
        "heading_words": " ".join(words_of(f"{heading} {also}")), "body_words": " ".join(words_of(f"{body} {beside}")),
        "audience": audience, "state": "", "at": at, **fixed, **more,
    }  # fmt: skip


def unmarked(text: str) -> str:
    """The words of a text in Markdown, a line for each paragraph, heading and item; where links lead is left out.

    >>> unmarked("## Why\\n\\n- **Buses** stop at [six](https://x.example).\\n- Trains do not.")
    'Why\\nBuses stop at six.\\nTrains do not.'
    """
    rows = (top.children or () for top in _READER.parse(text) if top.type == "inline")
    lines = ["".join(" " if part.type.endswith("break") else part.content for part in row) for row in rows]
    blocks = [top.content for top in _READER.parse(text) if top.type in ("fence", "code_block")]
    return "\n".join(line.strip() for line in (*lines, *blocks))


def clauses(text: Mapping[str, Any] | None, *, heading: bool = False) -> str:
    """The words of a stored text, clause by clause."""
    parts = (text or {}).get("clauses", ())
    return "\n".join(part["text"] for part in parts if heading or part["kind"] != "heading")
