"""A paper as one file of accessible HTML: headings in order, clauses as landmarks, line numbers out of the way of ears."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import BinaryIO

from consult.printing import Progress
from consult.printing.blocks import Block, Heading, Items, Paper, Paragraph, Table, Text, runs, sections

_STYLE = """
:root { color-scheme: light dark; }
body { font: SIZE/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; max-width: 46em; margin: 0 auto;
  padding: 1em; }
h1, h2, h3, h4 { line-height: 1.2; margin: 1.6em 0 .5em; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2em 1em; } dt { font-weight: 600; } dd { margin: 0; }
table { border-collapse: collapse; margin: 1em 0; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .4em .6em .4em 0; border-bottom: 1px solid; }
.even { table-layout: fixed; break-inside: avoid; } .even :is(th, td) { overflow-wrap: anywhere; padding-right: 1em; }
.clause { margin: .6em 0; position: relative; break-inside: avoid; } .item { margin-left: 1.5em; }
.number { font-weight: 600; margin: 0 0 0 3.2em; }
.line { display: grid; grid-template-columns: 2.4em 1fr; column-gap: .8em; }
.n { text-align: right; font-size: .8em; opacity: .75; font-variant-numeric: tabular-nums; user-select: none; }
.strong { font-weight: 600; }
@media (max-width: 30em) { dl { display: block; } }
@media print { body { max-width: none; padding: 0; } }
"""


def write(paper: Paper, out: BinaryIO, *, large: bool = False, progress: Progress | None = None) -> None:
    """Write the paper; `large` sets it in 18 points and more, with heavier lines."""
    original = f' lang="{escape(paper.tongue)}"' if paper.tongue else ""
    style = _STYLE.replace("SIZE", "18pt" if large else "1.0625rem")

    def put(text: str) -> None:
        out.write(text.encode())

    put(f'<!DOCTYPE html>\n<html lang="{escape(paper.language)}">\n<head>\n<meta charset="utf-8">\n')
    put(f"<title>{escape(paper.title)} – {escape(paper.organisation)}</title>\n")
    put(
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{style}</style>\n</head>\n<body>\n'
    )
    put(f"<header>\n<p>{escape(paper.organisation)}</p>\n<h1>{_words(paper.title, original)}</h1>\n")
    if paper.facts:
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{_words(value, original)}</dd>" for name, value in paper.facts)
        put(f"<dl>{facts}</dl>\n")
    put("</header>\n<main>\n")
    for number, part in enumerate(paper.told(progress), start=1):
        for block, below in part:
            put("".join(_marked(block, below + 1, number, original)))
    put("</main>\n</body>\n</html>\n")


def _words(words: str, original: str) -> str:
    """Words, with what people wrote of them marked with its language where that is another."""
    return "".join(
        f"<span{original}>{escape(piece)}</span>" if own and original else escape(piece) for piece, own in runs(words)
    )


def _marked(block: Block, below: int, part: int, original: str) -> Iterator[str]:
    if isinstance(block, Heading):
        level = block.level + 1
        yield f"<h{level}>{_words(block.text, original)}</h{level}>\n"
    elif isinstance(block, Paragraph):
        mark = ' class="strong"' if block.strong else ""
        yield f"<p{mark}{original if block.written else ''}>{_words(block.text, '' if block.written else original)}</p>\n"
    elif isinstance(block, Items):
        tongue = original if block.written else ""
        yield (
            f"<ul{tongue}>"
            + "".join(f"<li>{_words(item, '' if block.written else original)}</li>" for item in block.items)
            + "</ul>\n"
        )
    elif isinstance(block, Table):
        yield from _table(block, original)
    else:
        yield from _text(block, below, part, original)


def _table(table: Table, original: str) -> Iterator[str]:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    kind = ' class="even"' if table.even else ""
    yield f"<table{kind}><caption>{escape(table.caption)}</caption><thead><tr>{head}</tr></thead><tbody>\n"
    for row in table.rows if table.even else ():
        yield "<tr>" + "".join(f"<td{original}>{escape(cell)}</td>" for cell in row) + "</tr>\n"
    for first, *rest in () if table.even else table.rows:
        cells = "".join(f"<td>{_words(cell, original)}</td>" for cell in rest)
        yield f'<tr><th scope="row">{_words(first, original)}</th>{cells}</tr>\n'
    yield "</tbody></table>\n"


def _text(text: Text, below: int, part: int, original: str) -> Iterator[str]:
    for begins, clause in sections(text):
        if begins:
            yield f"<h{below}>{escape(begins)}</h{below}>\n"
        name = f"{clause.section} {clause.number.rstrip('.')}".strip()
        label = f' role="group" aria-label="{escape(name)}"' if name else ""
        kind = "clause item" if clause.item else "clause"
        yield f'<div class="{kind}"{label}>'
        if clause.number:
            yield f'<p class="number" aria-hidden="true">{escape(clause.number)}</p>'
        for number, words in clause.lines:
            yield (
                f'<span class="line" id="m{part}-l{number}"><span class="n" aria-hidden="true">{number}</span>'
                f'<span class="w"{original}>{escape(words)} </span></span>'
            )
        yield "</div>\n"
