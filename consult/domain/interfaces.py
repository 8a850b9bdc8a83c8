"""What programs may read and be told: the scopes of tokens, and the public happenings that webhooks tell of."""

from __future__ import annotations

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
