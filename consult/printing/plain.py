"""A paper as plain text in UTF-8: line numbers in a column of their own, tables as lists, nothing wider than 80."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import BinaryIO

from consult.printing import Progress
from consult.printing.blocks import Block, Heading, Items, Paper, Paragraph, Table, Text, sections

#: Columns of a paragraph; a numbered line is as wide as it is stored, behind a number of five columns and two spaces.
WIDTH = 78


def write(paper: Paper, out: BinaryIO, *, large: bool = False, progress: Progress | None = None) -> None:
    """Write the paper; `large` makes no difference to plain text."""

    def put(lines: Iterator[str]) -> None:
        out.write("".join(f"{line}\n" for line in lines).encode())

    put(_top(paper))
    for part in paper.told(progress):
        for block, _below in part:
            put(_lines(block))


def _top(paper: Paper) -> Iterator[str]:
    yield paper.organisation
    yield from textwrap.wrap(paper.title, WIDTH)
    yield "=" * min(len(paper.title), WIDTH)
    for name, value in paper.facts:
        yield from textwrap.wrap(f"{name}: {value}", WIDTH)


def _lines(block: Block) -> Iterator[str]:
    yield ""
    if isinstance(block, Heading):
        if block.level == 1:
            yield ""
        found = textwrap.wrap(block.text, WIDTH) or [""]
        yield from found
        yield ("=-~."[block.level - 1]) * max(map(len, found))
    elif isinstance(block, Paragraph):
        yield from textwrap.wrap(block.text, WIDTH)
    elif isinstance(block, Items):
        for item in block.items:
            yield from textwrap.wrap(item, WIDTH, initial_indent="- ", subsequent_indent="  ")
    elif isinstance(block, Table):
        yield from _table(block)
    else:
        yield from _text(block)


def _table(table: Table) -> Iterator[str]:
    yield table.caption
    for head, words in zip(table.head, table.rows[0], strict=True) if table.even else ():
        yield ""
        yield f"{head}:"
        yield from textwrap.wrap(words, WIDTH)
    for row in () if table.even else table.rows:
        yield from textwrap.wrap(row[0], WIDTH, initial_indent="- ", subsequent_indent="  ")
        for head, cell in zip(table.head[1:], row[1:], strict=True):
            yield from textwrap.wrap(f"{head}: {cell}", WIDTH, initial_indent="    ", subsequent_indent="      ")


def _text(text: Text) -> Iterator[str]:
    for begins, clause in sections(text):
        if begins:
            yield ""
            yield f"       {begins.upper()}"
        if clause.number:
            yield f"       {clause.number}"
        for number, words in clause.lines:
            yield f"{number:>5}  {words}"
