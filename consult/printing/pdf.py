"""A paper as tagged PDF (PDF/UA-1), set by Typst in a process of its own, which gives its memory back when it is done.

The layout is `paper.typ`, the paper comes as data. Typst is a wheel with its fonts inside: nothing is asked of the system.
Line numbers are artifacts, so a screen reader reads the text without them.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Literal

from consult.domain.errors import Unavailable
from consult.printing import Progress
from consult.printing.blocks import Block, Heading, Items, Paper, Paragraph, Table, runs, sections

LAYOUT = Path(__file__).with_name("paper.typ")
#: ISO 14289-1: accessible PDF, with a structure tree that is checked while it is written.
STANDARD: Literal["ua-1"] = "ua-1"
#: Seconds after which setting is given up.
LONGEST = 120
#: Bytes of addresses that the process may take: a paper of 200 motions takes 0.4 GB of memory, one of 20 a fifth of that.
#: A paper that would take more is refused; the server beside it goes on.
MOST = 2 << 30
#: How often a letter that no font has is looked for and written out in words before giving up.
_TRIES = 20
_NO_ROOM = re.compile(r"memory|map segment|allocat", re.I)
_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)


def write(paper: Paper, out: BinaryIO, *, large: bool = False, progress: Progress | None = None) -> None:
    """Write the paper; `large` sets it in 18 points, bold.

    Raises:
        Unavailable: if Typst is not installed or cannot set it.
    """
    if find_spec("typst") is None:
        raise Unavailable(
            "PDF cannot be made here because the package ‘typst’ is not installed. The Word, OpenDocument, web page and "
            "plain text forms have the same line numbers."
        )
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "paper.typ").write_bytes(LAYOUT.read_bytes())
        with (room / "paper.json").open("w", encoding="utf-8") as data:
            _put(paper, data, large, progress)
        _set(room)
        with (room / "paper.pdf").open("rb") as made:
            while piece := made.read(1 << 20):
                out.write(piece)


def _put(paper: Paper, out: Any, large: bool, progress: Progress | None) -> None:
    """The data, one part at a time."""
    top = {
        "title": paper.title, "head": runs(paper.title),
        "organisation": paper.organisation, "language": paper.language.partition("-")[0], "large": large,
        "tongue": paper.tongue.partition("-")[0], "facts": [(name, runs(value)) for name, value in paper.facts],
    }  # fmt: skip
    out.write(json.dumps(top, ensure_ascii=False)[:-1] + ', "parts": [')
    for number, part in enumerate(paper.told(progress)):
        out.write((", " if number else "") + json.dumps([_data(*placed) for placed in part], ensure_ascii=False))
    out.write("]}")


def _data(block: Block, below: int) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": runs(block.text)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": runs(block.text, block.written), "strong": block.strong}
    if isinstance(block, Items):
        return {"kind": "items", "items": [runs(item, block.written) for item in block.items]}
    if isinstance(block, Table):
        return {"kind": "table", "below": below, "caption": block.caption, "head": block.head, "even": block.even,
                "rows": [[runs(cell, block.even) for cell in row] for row in block.rows]}  # fmt: skip
    clauses = [
        {"section": begins, "number": clause.number, "item": clause.item, "lines": clause.lines}
        for begins, clause in sections(block)
    ]
    return {"kind": "text", "below": below, "clauses": clauses}


def _set(room: Path) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "consult.printing.pdf", str(room), str(MOST)],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise Unavailable("Making the PDF took too long. Ask for another form, or for fewer motions.") from fault
    if done.returncode < 0 or _NO_ROOM.search(done.stderr):
        raise Unavailable("The paper is too long for a PDF here. Ask for another form, or for fewer motions.")
    if done.returncode:
        raise Unavailable(f"The PDF could not be made. Ask for another form. ({(done.stderr.strip() or '?')[:200]})")


# -- in the process of its own ---------------------------------------------------------------------------------------


def compile_in(room: Path) -> None:
    """Set paper.json of a folder by its paper.typ; letters that no font here has are written out as their names."""
    import typst

    for _try in range(_TRIES):
        try:
            pdf = typst.compile(str(room / "paper.typ"), sys_inputs={"paper": "paper.json"}, pdf_standards=[STANDARD])
        except typst.TypstError as fault:
            missing = set("".join(_MISSING.findall(str(fault))))
            if not missing:
                raise
            text = (room / "paper.json").read_text(encoding="utf-8")
            (room / "paper.json").write_text("".join(_without(text, missing)), encoding="utf-8")
        else:
            (room / "paper.pdf").write_bytes(pdf)
            return
    raise SystemExit("It has more letters that no font here knows than can be written out.")


def _without(text: str, missing: set[str]) -> Iterator[str]:
    for letter in text:
        unknown = letter in missing or (unicodedata.category(letter) in ("So", "Cn", "Co") and ord(letter) > 0x2FFF)
        if not unknown:
            yield letter
        elif unicodedata.category(letter) not in ("Mn", "Cf"):
            yield f"[{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
    try:
        compile_in(Path(sys.argv[1]))
    except RuntimeError as fault:
        sys.exit(str(fault)[:400])
