"""Public happenings put into messages for webhooks, in the same transaction as what they tell of."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consult.domain.events import Event
from consult.domain.interfaces import TOLD
from consult.model.coding import ConsultationReport
from consult.model.consultations import Phase
from consult.model.interfaces import Webhook, WebhookDelivery
from consult.model.store import writing
from consult.service.audit import reference, to_the_second

#: Table of a subject → what the API calls it, and the page that people read.
_PLACES = {
    "motion": ("motions", "motions"),
    "amendment": ("amendments", "amendments"),
    "consultation": ("consultations", "consultations"),
    "gathering": ("events", "events"),
    "ballot": ("ballots", "ballots"),
    "publication": ("results", "results"),
    "annulment": ("ballots", "ballots"),
}
#: For how long after its beginning the opening of a phase is still told.
_LATE = timedelta(days=1)


def queue(session: Session, event: Event, subject: Any, sequence: int, *, at: datetime) -> int:
    """Write a message for each webhook that asked for such happenings; gives how many wait. Only the gate calls it.

    A message names its subject by the addresses at which it is read, and holds nothing else of it: whoever follows them
    reads what they may.
    """
    kind, more = TOLD[event], dict[str, str]()
    if isinstance(subject, ConsultationReport):
        table, number, more = "consultation", str(subject.consultation_id), {"what": subject.kind}
    else:
        table, _colon, number = reference(subject).partition(":")
    if table not in _PLACES:
        return 0
    return _write(session, kind, f"msg_{sequence}", table, int(number.partition(":")[0]), more, at)


def _write(
    session: Session, kind: str, message: str, table: str, number: int, more: dict[str, str], at: datetime
) -> int:
    """What a webhook misses while it is paused or disabled is written too, and sent when somebody asks for it."""
    asked = [row for row in session.scalars(select(Webhook)) if kind in row.kinds]
    if not asked:
        return 0
    site = str(current_app.config["CONSULT_URL"]).rstrip("/")
    own, page = _PLACES[table]
    data = {"id": number, "url": f"{site}/api/v1/{own}/{number}", "page": f"{site}/{page}/{number}", **more}
    body = json.dumps({"type": kind, "timestamp": to_the_second(at), "data": data}, ensure_ascii=False)
    for webhook in asked:
        session.add(
            WebhookDelivery(
                webhook_id=webhook.id, message=message, kind=kind, body=body, happened_at=at, due_at=at, attempts=0,
                state="waiting" if webhook.state == "active" else "given up",
            )
        )  # fmt: skip
    return sum(webhook.state == "active" for webhook in asked)


def queue_phases(at: datetime) -> int:
    """For the worker: tell of phases that have opened, once each; gives how many messages that were."""
    with writing() as session:
        query = select(Phase).where(Phase.opens_at <= at, Phase.opens_at > at - _LATE)
        phases = list(session.scalars(query.options(joinedload(Phase.consultation))))
        names = {
            f"msg_phase_{p.consultation_id}_{p.kind.replace(' ', '-')}_{int(p.opens_at.timestamp())}": p for p in phases
        }
        told = set(session.scalars(select(WebhookDelivery.message).where(WebhookDelivery.message.in_(names))))
        return sum(
            _write(
                session, "consultation.phase_opened", name, "consultation", phase.consultation_id, {"phase": phase.kind},
                phase.opens_at,
            )
            for name, phase in names.items()
            if name not in told
        )  # fmt: skip
