"""The order of business as it is typed, a line to an item: suggested from the motions, and read with what each line names."""

from __future__ import annotations

import re

from sqlalchemy import select

from consult.domain.agenda import SOC_REPORT
from consult.domain.errors import Invalid
from consult.model.agenda import Issue
from consult.model.motions import Motion
from consult.model.store import db
from consult.service.sittings import Business

_LINE = re.compile(r"(\d{1,4})\s+(.+)")
_MOTION, _REPORT = re.compile(r"motion (\d{1,6})\b", re.IGNORECASE), re.compile(r"report (\d{1,6})\b", re.IGNORECASE)


def on_the_paper(consultation_id: int) -> list[Motion]:
    """The motions that are on the order paper, by number: what a new order of business is suggested from."""
    query = select(Motion).where(Motion.consultation_id == consultation_id, Motion.state == "on the order paper")
    return list(db.session.scalars(query.order_by(Motion.number)))


def read(consultation_id: int, text: str) -> list[Business]:
    """The items as typed, one to a line: its minutes, then what it is, as in "20 Motion 3".

    Raises:
        Invalid: naming the line that has no minutes, or names what this conference does not have.
    """
    found = []
    for number, line in enumerate(filter(None, (line.strip() for line in text.splitlines())), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            sentence = f"Line {number} does not begin with its minutes, as in “20 Motion 3”."
            raise Invalid(sentence, {"business": sentence})
        found.append(_item(consultation_id, int(match[1]), match[2], number))
    return found


def _item(consultation_id: int, minutes: int, title: str, number: int) -> Business:
    for pattern, table, extra in ((_MOTION, Motion, ()), (_REPORT, Issue, (Issue.kind == SOC_REPORT,))):
        match = pattern.match(title) or (pattern.search(title) if table is Issue else None)
        if match is None:
            continue
        query = select(table.id).where(table.consultation_id == consultation_id, table.number == int(match[1]), *extra)
        key = db.session.scalar(query)
        if key is None:
            sentence = f"Line {number}: there is no “{match[0]}” in this conference."
            raise Invalid(sentence, {"business": sentence})
        return Business(minutes, motion_id=key) if table is Motion else Business(minutes, issue_id=key)
    return Business(minutes, title)
