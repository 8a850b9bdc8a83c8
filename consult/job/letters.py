"""The HTML beside a mail's text: the same words, with this site's own addresses as links, and nothing that can be counted.

There is no picture, no style from elsewhere and no link but to this site: a title or a reason that somebody typed becomes
no link, and nobody can tell who opened a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

SIGNATURE = "\n-- \n"


@dataclass(frozen=True)
class Block:
    """A paragraph, a list (each line an item), or lines to keep as they stand; `lines` are markup."""

    kind: Literal["paragraph", "list", "lines"]
    lines: list[Markup]


def blocks(text: str, site: str) -> tuple[list[Block], list[Block]]:
    """The words of a message, and what stands below its signature mark."""
    words, _, below = text.strip().partition(SIGNATURE)
    return _blocks(words, site), _blocks(below, site, broken=True)


def _blocks(text: str, site: str, *, broken: bool = False) -> list[Block]:
    return [_block(part.strip("\n").split("\n"), site, broken) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _block(lines: list[str], site: str, broken: bool) -> Block:
    if all(line.startswith("- ") for line in lines):
        return Block("list", [linked(line[2:], site) for line in lines])
    # Lines that begin with a word and a colon, or hold an address alone, are not a paragraph that was wrapped.
    kept = broken or any(re.match(r"\S+://|\w[\w ]{0,20}:\s", line) for line in lines[1:])
    if kept:
        return Block("lines", [linked(line, site) for line in lines])
    return Block("paragraph", [linked(" ".join(line.strip() for line in lines), site)])


def linked(words: str, site: str) -> Markup:
    """Words as markup, in which the addresses of this site are links.

    >>> linked("See https://votes.example/motions/7, or https://evil.example/ & more", "https://votes.example")
    Markup('See <a href="https://votes.example/motions/7">https://votes.example/motions/7</a>, or https://evil.example/ &amp; more')
    """
    found = Markup("")
    last = 0
    ours = re.escape(site) + r"(?![\w@-]|\.\w|:\d)(?:[/?#][^\s“”<>]*)?"  # not another site, whose name begins like ours
    for match in re.finditer(ours, words):
        address = match[0].rstrip(".,;:!?)")
        found += escape(words[last : match.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        last = match.start() + len(address)
    return found + escape(words[last:])
