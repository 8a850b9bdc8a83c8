"""Reports of mail servers that a message could not be delivered (RFC 3464), read with nothing believed in them.

A report is found by its form, multipart/report with a part message/delivery-status (RFC 6522). Whose it is, is told by
marks that were put on the message when it went out: in the address to which reports come back, in the envelope's name
(RFC 3461, which a report gives again) and in the message's own identifier, which stands in the returned headings.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message

#: A report of more bytes than this is not read to its end: what it says stands before the returned message.
LARGEST = 1 << 20

#: As `consult.service.bounces.mark_of` makes them: notice, attempt, and twenty digits that only the server can make.
_MARK = re.compile(r"\bn([0-9a-f]{1,12})-([0-9a-f]{1,4})-([0-9a-f]{20})\b", re.IGNORECASE)

#: RFC 3463, 2: class 2, 4 or 5, subject and detail of up to three digits.
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True)
class Mark:
    """What a message carries to be known by: the notice, which attempt it was, and the server's own digits."""

    notice: int
    attempt: int
    digits: str


@dataclass(frozen=True)
class Report:
    """One report: what became of the message ("failed", "delayed", "delivered", "relayed", "expanded"), and why."""

    action: str
    #: As "5.1.1"; "5.0.0" where a failure gives none.
    status: str
    #: What the other server said, in one line of at most 250 letters; it may be empty.
    words: str
    #: Every mark that stands in it, whether or not the server made it.
    marks: tuple[Mark, ...]

    @property
    def permanent(self) -> bool:
        """Whether it says that this address takes no mail: failed, and of class 5 (RFC 3463, 3.1)."""
        return self.action == "failed" and self.status.startswith("5")


def read(data: bytes) -> Report | None:
    """The report in a message, or None if it is none, such as somebody's note that they are away.

    >>> read(b"Subject: I am away\\n\\nuntil Monday") is None
    True
    """
    message = email.message_from_bytes(data[:LARGEST], policy=policy.compat32)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    status_parts = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    if not status_parts:
        return None
    groups = [group for part in status_parts for group in _groups(part)]
    told = [group for group in groups if _text(group, "Action")]
    if not told:
        return None
    worst = min(told, key=lambda group: _WORST.get(_action(group), len(_WORST)))
    words = _text(worst, "Diagnostic-Code").partition(";")[2] or _text(worst, "Diagnostic-Code")
    found = _STATUS.search(_text(worst, "Status")) or _STATUS.search(words)
    status = ".".join(found.groups()) if found else ("5.0.0" if _action(worst) == "failed" else "4.0.0")
    return Report(_action(worst), status, _line(words), tuple(_marks(message, groups)))


#: Of several recipients, which there are not in a message of ours, the worst counts.
_WORST = {"failed": 0, "delayed": 1, "expanded": 2, "relayed": 3, "delivered": 4}


def _groups(part: Message) -> Iterator[Message]:
    """The groups of fields of a delivery status: one about the message, then one for each recipient (RFC 3464, 2.1)."""
    content = part.get_payload()
    if isinstance(content, list):
        yield from (group for group in content if isinstance(group, Message))


def _text(fields: Message, name: str) -> str:
    return _line(str(fields.get(name, "")))


def _line(words: str) -> str:
    """One line without control characters, cut short."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:250]


def _action(group: Message) -> str:
    return _text(group, "Action").split(" ")[0].lower()


def _marks(message: Message, groups: list[Message]) -> Iterator[Mark]:
    """The marks of a report, each once: of the address it came to, its envelope's name, and the returned headings."""
    places = [str(value) for name in ("To", "Delivered-To", "X-Original-To") for value in message.get_all(name, [])]
    places += [_text(group, "Original-Envelope-Id") for group in groups]
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            returned = part.get_payload()
            places += [str(each.get("Message-ID", "")) for each in returned if isinstance(each, Message)]
        elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            held = part.get_payload(decode=True)
            headings = email.message_from_bytes(held if isinstance(held, bytes) else b"", policy=policy.compat32)
            places.append(str(headings.get("Message-ID", "")))
    seen: set[str] = set()
    for found in (match for place in places for match in _MARK.finditer(place)):
        if found[0].lower() not in seen:
            seen.add(found[0].lower())
            yield Mark(int(found[1], 16), int(found[2], 16), found[3].lower())
