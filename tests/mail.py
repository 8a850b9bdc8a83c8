"""Reports of undeliverable mail as mail servers write them (RFC 3464), for tests of several storeys."""

from __future__ import annotations

REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.post.example>
To: {to}
Auto-Submitted: auto-replied
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

This is a MIME-encapsulated message.

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.post.example
{envelope}Arrival-Date: Mon, 2 Mar 2026 12:00:00 +0000

Final-Recipient: rfc822; somebody@post.example
Original-Recipient: rfc822;somebody@post.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.post.example
Diagnostic-Code: smtp; 550 {status} <somebody@post.example>:
    Recipient address rejected

--=_b
Content-Type: {returned}

From: votes@movement.example
To: somebody@post.example
Subject: You can vote now
Message-ID: {message_id}

--=_b--
"""


def report(
    *,
    to: str = "bounces@movement.example",
    message_id: str = "<x@movement.example>",
    envelope: str = "",
    action: str = "failed",
    status: str = "5.1.1",
    returned: str = "text/rfc822-headers",
) -> bytes:
    """One report; a mark may stand in the address it comes to, the returned identifier, or the envelope's name."""
    named = f"Original-Envelope-Id: {envelope}\n" if envelope else ""
    return REPORT.format(
        to=to, message_id=message_id, envelope=named, action=action, status=status, returned=returned
    ).encode()
