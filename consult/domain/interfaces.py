"""What programs may read and be told: the scopes of tokens, and the public happenings that webhooks tell of."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from consult.domain.events import Event

#: Scope of a token → what it lets a program read.
SCOPES: dict[str, str] = {
    "read:public": "What a visitor reads; for programs that want to be counted by themselves.",
    "read:member": "What the member who made it reads as a member; never votes, drafts, or what concerns other people.",
}

#: For how many days a token can be good, and how many somebody can have at a time.
TOKEN_DAYS = (7, 30, 90, 365)
MOST_TOKENS = 20

#: Kind of happening → what it tells; the kinds that webhooks can ask for.
HAPPENINGS: dict[str, str] = {
    "motion.published": "a motion is published",
    "ruling.given": "the committee ruled on a motion or an amendment",
    "consultation.made": "a consultation or conference is set up",
    "consultation.timetable_set": "the timetable of a consultation is set or changed",
    "consultation.phase_opened": "a phase of a consultation opens",
    "consultation.reported": "the analysis of a consultation, or the response, is published",
    "event.planned": "a meeting or event is planned",
    "event.changed": "a meeting or event is changed",
    "event.cancelled": "a meeting or event is cancelled",
    "ballot.opened": "a ballot opens",
    "ballot.closed": "a ballot closes",
    "ballot.annulled": "a ballot is annulled",
    "result.published": "a certified result is published",
}

#: Event of the audit log → the kind of happening that it is.
TOLD: dict[Event, str] = {
    Event.MOTION_PUBLISHED: "motion.published",
    Event.MOTION_RULED: "ruling.given",
    Event.AMENDMENT_RULED: "ruling.given",
    Event.CONSULTATION_MADE: "consultation.made",
    Event.TIMETABLE_SET: "consultation.timetable_set",
    Event.REPORT_PUBLISHED: "consultation.reported",
    Event.EVENT_PLANNED: "event.planned",
    Event.EVENT_CHANGED: "event.changed",
    Event.EVENT_CANCELLED: "event.cancelled",
    Event.BALLOT_OPENED: "ballot.opened",
    Event.BALLOT_CLOSED: "ballot.closed",
    Event.RESULT_ANNULLED: "ballot.annulled",
    Event.RESULT_PUBLISHED: "result.published",
}

WEBHOOK_STATES = ("active", "paused", "disabled")
DELIVERY_STATES = ("waiting", "delivered", "given up")

#: IPv6 in which an IPv4 address is wrapped (RFC 6052, RFC 3056, RFC 4380): nobody's server stands there.
_WRAPPED = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
#: Names that never leave a machine or a network (RFC 6761, RFC 6762), by their last part.
_INSIDE = {"localhost", "local", "internal"}
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def is_outside(address: str) -> bool:
    """Whether an address is on the open internet: not private, loopback, link-local, multicast or set aside.

    >>> is_outside("93.184.215.14"), is_outside("127.0.0.1"), is_outside("10.1.2.3"), is_outside("169.254.169.254")
    (True, False, False, False)
    >>> is_outside("::1"), is_outside("::ffff:10.0.0.1"), is_outside("64:ff9b::a00:1"), is_outside("fe80::1")
    (False, False, False, False)
    """
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_outside(str(found.ipv4_mapped))
        if any(found in network for network in _WRAPPED):
            return False
    return found.is_global and not found.is_multicast


def may_lead_outside(host: str) -> bool:
    """Whether the host of an address may be on the open internet, by what is written alone: nothing is looked up.

    >>> may_lead_outside("hook.example"), may_lead_outside("93.184.215.14"), may_lead_outside("localhost.example")
    (True, True, True)
    >>> may_lead_outside("LocalHost."), may_lead_outside("127.0.0.1"), may_lead_outside("::1"), may_lead_outside("127.1")
    (False, False, False, False)
    """
    name = host.lower().rstrip(".")
    last = name.rpartition(".")[2]
    try:
        return is_outside(name)
    except ValueError:  # a name; one that ends in a number is an IPv4 address in a form that hides which
        return last not in _INSIDE and not _NUMBER.fullmatch(last)
