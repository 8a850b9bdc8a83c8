"""The audit log: read in pages, and checked from its first entry to its last."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for

from consult.domain.errors import Invalid, NotFound, Refused
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.ledger import chain
from consult.service import audit, audit_heads, audit_pages, clock, units
from consult.web import words
from consult.web.audit import presenters
from consult.web.audit.forms import Check, Filter
from consult.web.guards import actor, needs

pages = Blueprint("audit", __name__)


#: Names of what the form asks, which the addresses of other pages and of files keep.
_KEPT = (
    "event",
    "by",
    "about",
    "unit",
    "words",
    *(f"{end}-{part}" for end in ("since", "until") for part in ("day", "month", "year")),
)

MEDIA = {"csv": ("text/csv", "audit-log.csv"), "jsonl": ("application/jsonl", "audit-log.jsonl"),
         "chain": ("application/jsonl", "audit-chain.jsonl")}  # fmt: skip


def _filter() -> Filter:
    form = Filter(request.args, meta={"csrf": False})
    form.offer(units.all_units())
    return form


def _wanted(form: Filter) -> audit_pages.Wanted:
    """What is looked for; an unknown kind of event or unit narrows nothing."""
    until = form.until.data
    return audit_pages.Wanted(
        event=form.event.data if form.event.data in set(Event) else "",
        subject=presenters.looked_for(form.about.data or "")[:60],
        actor=(form.by.data or "").strip()[:100],
        unit=int(form.unit.data) if (form.unit.data or "").isdecimal() and len(form.unit.data) < 10 else None,
        since=_midnight(form.since.data) if form.since.data else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        words=(form.words.data or "").strip()[:200],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, words.zone())


@pages.get("/audit")
@needs(Permission.AUDIT_SEE)
def index() -> str:
    """The log, newest first, narrowed by whatever is asked."""
    form = _filter()
    wanted, readable = _wanted(form), form.read()
    before, after = (request.args.get(name, type=_number) for name in ("before", "after"))
    read = audit_pages.read(actor(), wanted, before=before, after=after)
    kept = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    return render_template(
        "audit/index.html",
        about=presenters.about,
        details=presenters.details,
        filter=form,
        form=form,
        read=read,
        readable=readable,
        kept=kept,
        address=f"{url_for('audit.index')}?{urlencode(kept)}{'&' if kept else ''}",
        narrowed=wanted != audit_pages.Wanted() or not readable,
        head=audit.head(),
        heads=audit_heads.sent(5),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


@pages.post("/audit/file/<form>")
@needs(Permission.AUDIT_EXPORT)
def file(form: str) -> Response:
    """What is looked for as a file, as this reader sees it; or the whole chain, to be verified elsewhere."""
    if form not in MEDIA:
        raise NotFound("The log is taken as csv, jsonl or chain.")
    asked, reader = _filter(), actor()
    if form != "chain" and not asked.read():
        raise Invalid(
            "A day or what the entries are to be about cannot be read. Put it right on the page of the log first."
        )
    wanted = _wanted(asked)
    audit_pages.take(None, form, wanted, by=reader)
    lines = audit_pages.chain_lines() if form == "chain" else audit_pages.stream(form, reader, wanted, clock.now())
    media, name = MEDIA[form]
    answer = Response(stream_with_context(lines), mimetype=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


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
