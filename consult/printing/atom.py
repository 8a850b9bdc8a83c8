"""Atom feeds (RFC 4287), paged where they are long (RFC 5005), as XML written by the standard library."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"
register_namespace("", NAMESPACE)
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MEDIA = "application/atom+xml"

#: Characters that XML 1.0 has no room for.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One entry: `id` never changes, `updated` is the last change that matters to a reader; instants in UTC."""

    id: str
    title: str
    updated: datetime
    address: str
    summary: str = ""
    published: datetime | None = None
    #: Whose it is; "" for the organisation's.
    author: str = ""


@dataclass(frozen=True)
class Feed:
    """One feed, or a page of one: `own` is its own address, `page` the page beside it for people.

    `empty` is its instant while it has no entry; `others` are its other pages by their relation (first, previous, next).
    """

    id: str
    title: str
    author: str
    own: str
    page: str
    entries: Sequence[Entry]
    empty: datetime
    others: Mapping[str, str] = field(default_factory=dict)
    #: Of what is said of the entries (BCP 47); what people wrote may be in another.
    language: str = ""


def tag(host: str, since: date, name: str) -> str:
    """A name for good (RFC 4151): of whoever had this host on that day.

    >>> tag("votes.example:8000", date(2026, 3, 2), "motion:7")
    'tag:votes.example,2026-03-02:motion:7'
    """
    return f"tag:{host.partition(':')[0]},{since.isoformat()}:{name}"


def written(feed: Feed) -> bytes:
    """The document, its entries newest first.

    >>> at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> made = written(Feed("tag:x,2026:f", "F", "A", "https://x.example/f", "https://x.example/", [], at))
    >>> b"<updated>2026-03-02T12:00:00Z</updated>" in made
    True
    """
    root = Element(f"{{{NAMESPACE}}}feed", {XML_LANG: feed.language} if feed.language else {})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _instant(max((entry.updated for entry in feed.entries), default=feed.empty)))
    _text(_part(root, "author"), "name", feed.author)
    _part(root, "generator").text = "consult"
    _part(root, "link", rel="self", type=MEDIA, href=feed.own)
    _part(root, "link", rel="alternate", type="text/html", href=feed.page)
    for relation, address in feed.others.items():
        _part(root, "link", rel=relation, type=MEDIA, href=address)
    for entry in sorted(feed.entries, key=lambda each: each.updated, reverse=True):
        _entry(root, entry)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _entry(root: Element, entry: Entry) -> None:
    part = _part(root, "entry")
    _text(part, "id", entry.id)
    _text(part, "title", entry.title)
    _text(part, "updated", _instant(entry.updated))
    if entry.published is not None:
        _text(part, "published", _instant(entry.published))
    if entry.author:
        _text(_part(part, "author"), "name", entry.author)
    _part(part, "link", rel="alternate", type="text/html", href=entry.address)
    _text(part, "summary", entry.summary or entry.title)


def _part(parent: Element, name: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


def _text(parent: Element, name: str, words: str) -> None:
    _part(parent, name).text = _NO_XML.sub("\ufffd", words)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
