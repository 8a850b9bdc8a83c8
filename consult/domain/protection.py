"""The rules of data protection that have a clock: what may be asked, by when it must be answered, what is done meanwhile."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

from consult.domain.timetable import written


@dataclass(frozen=True)
class CaseKind:
    """A kind of request, complaint or breach, with the law that sets its clock."""

    title: str
    #: What somebody is told who is about to ask.
    about: str
    law: str
    #: Months to answer, or hours where it is a breach.
    months: int = 0
    hours: int = 0
    #: Whether it may be prolonged by two months where it is complex: Art. 12(3) and 12A UK GDPR.
    longer: bool = False


KINDS: dict[str, CaseKind] = {
    "access": CaseKind(
        "Request for a copy",
        "Everything held about you, where the copy that you can take yourself is not enough.",
        "UK GDPR Art. 15; one month by Art. 12(3) and 12A", months=1, longer=True,
    ),
    "rectification": CaseKind(
        "Request to put something right",
        "Something about you is wrong or incomplete.",
        "UK GDPR Art. 16; one month by Art. 12(3) and 12A", months=1, longer=True,
    ),
    "erasure": CaseKind(
        "Request to be erased",
        "Your entry is emptied, and “former member” stands in its place.",
        "UK GDPR Art. 17; one month by Art. 12(3) and 12A", months=1, longer=True,
    ),
    "objection": CaseKind(
        "Objection or restriction",
        "You do not want your data used for something.",
        "UK GDPR Art. 18 and 21; one month by Art. 12(3) and 12A", months=1, longer=True,
    ),
    "complaint": CaseKind(
        "Complaint about data",
        "You think that your data was not treated as the law has it.",
        "DPA 2018 s. 164A: acknowledged within 30 days, answered without undue delay; one month here", months=1,
    ),
    "breach": CaseKind(
        "Personal data breach",
        "Data was lost, changed, or seen by somebody who should not have seen it.",
        "UK GDPR Art. 33(1): to the Information Commissioner within 72 hours of becoming aware of it; Art. 33(5), 34",
        hours=72,
    ),
}  # fmt: skip

#: What somebody can ask for without an officer.
ASKED_BY_ONESELF = ("access", "rectification", "erasure", "objection", "complaint")

#: How a case ends.
OUTCOMES = {"met": "met", "met in part": "met in part", "refused": "refused", "withdrawn": "withdrawn"}

#: What can be done in a case before it ends.
STEPS = {
    "acknowledged": "Acknowledged to the person",
    "extended": "Prolonged by two months",
    "reported": "Reported to the Information Commissioner",
    "not reported": "Not reported to the Information Commissioner",
    "told": "The people concerned were told",
    "note": "Note",
}

#: What an officer can read of somebody, in the words that the person is shown.
READS = {
    "entry": "opened your entry in the register",
    "search": "saw you in a search of the register",
    "alike": "saw you in the list of entries that look alike",
    "merge": "looked at your entry to merge it with another",
    "roll": "looked at an electoral roll that you are on, or at whom on it a ballot has reached",
    "paper": "saw you in a list of those who get papers by post",
    "copy": "made a copy of what is held about you",
}

#: The two papers that people finish and sign.
PAPERS = {"record": "Record of processing activities", "assessment": "Data protection impact assessment"}

#: How long an export that was agreed to can be taken, and how long a request for one waits.
EXPORT_LIFE = timedelta(hours=24)
EXPORT_WAITS = timedelta(days=14)


def months_later(at: datetime, months: int) -> datetime:
    """The corresponding instant so many months later; the last day of a month that has no such day.

    >>> from datetime import UTC
    >>> months_later(datetime(2026, 1, 31, 9, tzinfo=UTC), 1)
    datetime.datetime(2026, 2, 28, 9, 0, tzinfo=datetime.timezone.utc)
    """
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def due(kind: str, received_at: datetime) -> datetime:
    """When a case must be answered: a month from its arrival, or 72 hours from becoming aware of a breach.

    >>> from datetime import UTC
    >>> due("breach", datetime(2026, 3, 2, 12, tzinfo=UTC))
    datetime.datetime(2026, 3, 5, 12, 0, tzinfo=datetime.timezone.utc)
    """
    wanted = KINDS[kind]
    return received_at + timedelta(hours=wanted.hours) if wanted.hours else months_later(received_at, wanted.months)


def clock(kind: str, due_at: datetime, settled_at: datetime | None, at: datetime) -> str:
    """What a case's clock says, in a sentence; `settled_at` is when that was done for which it ran.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> clock("access", noon, None, noon + timedelta(days=2))
    'Overdue since 2 March 2026, 12:00 UTC.'
    >>> clock("breach", noon, noon, noon + timedelta(days=2))
    'The 72 hours were kept.'
    """
    if settled_at is not None:
        kept, late = ("The 72 hours were kept.", "The 72 hours were not kept")
        if kind != "breach":
            kept, late = "Closed in time.", "Closed late"
        return kept if settled_at <= due_at else f"{late}; it was due by {written(due_at)}."
    if at > due_at:
        return f"Overdue since {written(due_at)}."
    return f"Due by {written(due_at)}."
