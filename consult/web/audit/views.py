"""The audit log: read in pages, and checked from its first entry to its last."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from consult.domain.errors import Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.ledger import chain
from consult.service import audit, audit_heads, audit_pages
from consult.web.audit.forms import Check, Filter
from consult.web.guards import actor, needs

pages = Blueprint("audit", __name__)


@pages.get("/audit")
@needs(Permission.AUDIT_SEE)
def index() -> str:
    """The log, newest first, of one kind of event or about one subject if asked."""
    form = Filter(request.args, meta={"csrf": False})
    event = form.event.data if form.event.data in set(Event) else ""
    subject = (form.about.data or "").strip()[:60]
    read = audit_pages.read(actor(), event=event, subject=subject, page=request.args.get("page", 1, type=int))
    kept = urlencode({"event": event, "about": subject, "page": ""})
    return render_template(
        "audit/index.html",
        filter=form,
        read=read,
        address=f"/audit?{kept}",
        head=audit.head(),
        heads=audit_heads.sent(5),
    )


@pages.route("/audit/check", methods=["GET", "POST"])
@needs(Permission.AUDIT_SEE)
def check() -> str | tuple[str, int]:
    """Go through the whole log, against the heads that were mailed out and one that the reader kept."""
    form, faults, status = Check(), None, 200
    if form.is_submitted():
        try:
            heads = [chain.parse_head(form.head.data)] if form.head.data else []
            faults = audit.verify(heads)
        except Refused as refusal:
            form.refuse(refusal, "head")
            status = 422
    return render_template(
        "audit/check.html", form=form, faults=faults, head=audit.head(), length=audit.length()
    ), status
