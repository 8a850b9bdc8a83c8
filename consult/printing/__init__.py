"""Printing: one paper (headings, paragraphs, tables, texts with their stored line numbers) in every form it is handed out in.

No Flask, no database, no clock. A paper's blocks are asked for one after another, so that a writer holds one block at a
time and not the whole agenda.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO

from consult.domain.errors import NotFound
from consult.printing.blocks import Paper

#: Called with how many parts have been written and how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Format:
    """One form of a paper: its key in addresses, the ending of its file, its media type and what people call it."""

    key: str
    ending: str
    media: str
    name: str
    module: str
    large: bool = False

    def write(self, paper: Paper, out: BinaryIO, progress: Progress | None = None) -> None:
        """Write the paper to an open binary file.

        Raises:
            Unavailable: if the writer cannot work here; the sentence says which forms can be had instead.
        """
        import_module(f"consult.printing.{self.module}").write(paper, out, large=self.large, progress=progress)


FORMATS: tuple[Format, ...] = (
    Format("html", "html", "text/html; charset=utf-8", "Web page", "page"),
    Format("pdf", "pdf", "application/pdf", "PDF", "pdf"),
    Format(
        "docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word", "word"
    ),
    Format("odt", "odt", "application/vnd.oasis.opendocument.text", "OpenDocument", "opendocument"),
    Format("txt", "txt", "text/plain; charset=utf-8", "Plain text", "plain"),
    Format("large-pdf", "pdf", "application/pdf", "Large print, PDF", "pdf", large=True),
    Format("large-html", "html", "text/html; charset=utf-8", "Large print, web page", "page", large=True),
)  # fmt: skip


def format_of(key: str) -> Format:
    """The form of that key.

    Raises:
        NotFound: naming those there are.
    """
    for form in FORMATS:
        if form.key == key:
            return form
    raise NotFound(f"There is no form ‘{key}’ of this paper; there are {', '.join(form.key for form in FORMATS)}.")
