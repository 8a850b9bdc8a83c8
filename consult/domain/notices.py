"""The kinds of notice: what each is for, its subject line, and whether it carries a link that must be made when sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consult.domain.debating import translatable

#: What somebody can choose how to hear of; whatever has no topic is always sent at once: ballots, signing in, decisions
#: about a person, and the duties of officers.
TOPICS: dict[str, str] = {
    "followed": "News of what you follow: motions, consultations and units",
    "own": "Your own motions and amendments",
    "composites": "Composites that your motions go into",
    "answers": "Answers to what you wrote",
    "consultations": "What became of consultations that you took part in",
    "events": "Meetings and events that you come to",
    "screening": "What waits for you to screen it, where you moderate",
}
#: How one can hear of a topic, or of one kind of message in it; the list on the pages has everything in any case.
AT_ONCE, DAILY, WEEKLY, NEVER = "at once", "day", "week", "never"
WAYS = (AT_ONCE, DAILY, WEEKLY, NEVER)


@dataclass(frozen=True)
class Kind:
    """One kind of notice. Its words are in templates/mail/NAME.txt; `link` is the purpose of a link minted at sending."""

    subject: str
    meaning: str
    #: "" or the purpose of a single-use link: sign in | invite | reset password | reset second factor | vote.
    link: str = ""
    #: Ballot notices always go out and carry no campaigning.
    ballot: bool = False
    #: Somebody asked for it and waits: it goes before what goes to many.
    asked_for: bool = False
    #: The topic that a member chooses by; "" is always sent at once.
    topic: str = ""


KINDS: dict[str, Kind] = {
    "sign-in-link": Kind("Your link to sign in", "a single-use link, good for ten minutes", link="sign in"),
    "sign-in-unknown": Kind("Somebody asked to sign in", "told to an address that belongs to nobody in the register"),
    "invitation": Kind("You are invited to sign in", "an officer's or member's first sign-in", link="invite"),
    "password-reset": Kind("Choose a new password", "a single-use link to set a password", link="reset password"),
    "second-factor-reset": Kind(
        "Set up a new authenticator", "after two officers agreed to a reset", link="reset second factor"
    ),
    "agreement-wanted": Kind("An officer's proposal waits for a second", "to the officers who can agree to it"),
    "office-ending": Kind(
        "About an office of yours", "to its holder: another officer proposed that it ends, withdrew that, or it ended"
    ),
    "offices-ended": Kind(
        "Your offices have ended", "to somebody who is no longer a member: which of their offices ended with that"
    ),
    "offices-vacant": Kind(
        "Offices have ended with a membership", "to the governance committee: whose, and which have to be given again"
    ),
    "address-tried": Kind("Your address works", "to somebody who said that mail reaches the address again"),
    "address-changed": Kind(
        "Your e-mail address in the register was changed", "to the person, at the new address and at the old one"
    ),
    "account-changed": Kind("Your way of signing in was changed", "tells a person of a change to the account"),
    "token-made": Kind("A program can now read in your name", "to the member whose token for a program was made"),
    "token-revoked": Kind("A token of yours was revoked", "to its member, when an officer revoked it"),
    "motion-seconded": Kind("Your motion has a new seconder", "to the mover", topic="own"),
    "motion-submitted": Kind("A motion was submitted", "to the mover and the committee"),
    "motion-ruled": Kind("The committee ruled on your motion", "to the mover and the delegate who submitted it"),
    "motion-published": Kind("Your motion was published", "to the mover: amendments are open", topic="own"),
    "motion-disposed": Kind(
        "What became of your motion", "to its mover and the delegate: remitted, not put and the like", topic="own"
    ),
    "motion-followed": Kind(
        "News of a motion you follow",
        "to its followers: ruled on, published, a new version, what became of it",
        topic="followed",
    ),
    "place-followed": Kind(
        "News of a consultation or unit you follow", "to its followers: a paper, a motion, an event", topic="followed"
    ),
    "digest": Kind(
        "What is new", "once a day or week, to those who chose so: everything of those topics in one message"
    ),
    "hall-decided": Kind(
        "What the meeting decided", "to the movers and delegates of a motion or amendment that was put", topic="own"
    ),
    "order-challenged": Kind("An order of votes was challenged", "to the standing orders committee"),
    "order-answered": Kind("Your challenge to the order of votes was answered", "to the person who made it"),
    "amendment-submitted": Kind("An amendment to your motion was submitted", "to the mover of the motion", topic="own"),
    "amendment-ruled": Kind("The committee ruled on your amendment", "to its mover and the delegate"),
    "amendment-answered": Kind("The mover answered your amendment", "to the amendment's mover", topic="own"),
    "amendment-rebased": Kind("The text that you amend has changed", "to the mover: carried over, or new words wanted"),
    "amendment-placed": Kind(
        "What became of your amendment", "to its mover and the delegate, when the text is frozen", topic="own"
    ),
    "consequence-confirmed": Kind(
        "What follows from another vote", "to the mover and the delegate of what may fall with it", topic="own"
    ),
    "composite-asked": Kind("A composite waits for your branch's signature", "to the contributing branches' delegates"),
    "composite-changed": Kind(
        "A composite you were asked about has changed", "to the contributing branches' delegates", topic="composites"
    ),
    "composite-ended": Kind(
        "A composite came to nothing", "to the movers and delegates: their motions are back", topic="composites"
    ),
    "composite-published": Kind(
        "Your motion is in a composite", "to the movers and delegates of its motions", topic="composites"
    ),
    "amendment-carried-over": Kind(
        "Your amendment and the composite", "to its mover: carried over, or asked what to do", topic="own"
    ),
    "appeal-made": Kind("An appeal against a ruling was made", "to the complaints panel"),
    "appeal-decided": Kind("Your appeal was decided", "to the person who appealed"),
    "comment-hidden": Kind("A comment of yours was hidden", "to its author, with the reason"),
    "post-refused": Kind("A contribution of yours was not admitted", "to its author: the ground, and how to appeal"),
    "moderation-appealed": Kind("Somebody appeals against a moderator", "to the complaints panel"),
    "moderation-appeal-decided": Kind("Your appeal against a moderator was decided", "to the author who appealed"),
    "candidate-asked": Kind("A question to you as a candidate", "to the candidate, or to all whom it is put to"),
    "comment-answered": Kind("Somebody answered your comment", "to its author", topic="answers"),
    "summary-awaited": Kind(
        "The other side of a debate has approved its summary",
        "to the members who spoke on the side that has none: until when theirs can stand beside it",
        topic="answers",
    ),
    "paragraph-answered": Kind("Somebody answered your comment on a paper", "to its author", topic="answers"),
    "paragraph-comment-hidden": Kind("A comment of yours on a paper was hidden", "to its author, with the reason"),
    "submission-received": Kind(
        "Your submission has arrived", "to its author: how to revise it, and until when", topic="consultations"
    ),
    "submission-set-aside": Kind("Your submission was set aside", "to its author, with the reason"),
    "statement-screened": Kind(
        "Your statement was screened", "to its author: admitted, or refused with the reason", topic="consultations"
    ),
    "statement-lapsed": Kind(
        "Your statement was not screened in time", "to its author: the round closed before", topic="consultations"
    ),
    "statements-wait": Kind(
        "Statements wait to be screened",
        "to moderators, once a day for each consultation in which a statement was proposed",
        topic="screening",
    ),
    "consultation-reported": Kind(
        "What became of a consultation",
        "to those who took part: an analysis or a response was published",
        topic="consultations",
    ),
    "consultation-moved": Kind(
        "The timetable of a consultation was changed",
        "to those who took part: the reason, and where the new instants stand",
        topic="consultations",
    ),
    "event-answered": Kind(
        "You are coming", "to somebody who comes to an event, with the calendar entry", topic="events"
    ),
    "event-waiting": Kind("You are on the waiting list", "to somebody who waits for a place", topic="events"),
    "event-place-free": Kind("A place is free for you", "to the first on the waiting list, who comes now"),
    "event-reminder": Kind("It is soon", "to those who come to an event", topic="events"),
    "event-changed": Kind("An event was changed or cancelled", "to those who come or wait"),
    "ballot-opens": Kind("You can vote now", "to everyone on the roll when a ballot opens", link="vote", ballot=True),
    "ballot-link": Kind(
        "Your new link to vote",
        "to somebody on the roll who asked for it; the older link ends when it is opened",
        link="vote",
        ballot=True,
        asked_for=True,
    ),
    "ballot-reminder": Kind(
        "You have not voted yet", "to those on the roll whose vote is not in when it is sent", link="vote", ballot=True
    ),
    "circulars-called": Kind("Write to the voters", "to the candidates of a ballot: length and last moment"),
    "circular-sent-back": Kind("Your circular was sent back", "to the candidate, with what must be mended"),
    "candidates-circulars": Kind(
        "What the candidates write to you",
        "to those on the roll who agreed to it, all circulars in one message",
        link="stop circulars",
    ),
    "ballot-recorded": Kind(
        "Your vote was recorded", "that a vote was recorded; says nothing of its content", ballot=True
    ),
    "board-head": Kind(
        "The list of sealed votes", "a signed head of the list, to scrutineers: once a day and at the end", ballot=True
    ),
    "ballot-closed": Kind("A ballot has closed", "to the committee: reconcile and count", ballot=True),
    "ballot-annulled": Kind("A ballot was annulled", "to everyone on the roll and to its candidates", ballot=True),
    "close-extended": Kind("You can vote for longer", "to everyone on the roll when a close is extended", ballot=True),
    "challenge-decided": Kind(
        "Your challenged ballot was decided", "to the person who cast it; the reason is on the page", ballot=True
    ),
    "roll-added": Kind("You were added to an electoral roll", "to somebody who came to a frozen roll", ballot=True),
    "roll-removed": Kind(
        "You were taken off an electoral roll", "to the person: the reason and the appeal are on the page", ballot=True
    ),
    "roll-appeal-made": Kind("An appeal against a removal from a roll", "to the complaints panel", ballot=True),
    "roll-appeal-decided": Kind("Your appeal about an electoral roll was decided", "to the person", ballot=True),
    "inspection-asked": Kind("Somebody asks to inspect an electoral roll", "to the roll officers"),
    "inspection-decided": Kind("Your request to inspect an electoral roll", "to the person who asked"),
    "member-suspended": Kind("Your membership is suspended", "to the person: from when, until when, and the reason"),
    "provisional-result": Kind(
        "There is a provisional result", "to candidates and scrutineers, who may ask for a recount", ballot=True
    ),
    "recount-asked": Kind("A recount was asked for", "to the returning officer", ballot=True),
    "complaint-made": Kind("A complaint about a ballot was made", "to the complaints panel", ballot=True),
    "complaint-decided": Kind("Your complaint was decided", "to the person who complained", ballot=True),
    "signature-wanted": Kind("A result is ready to sign", "to the committee members who may sign", ballot=True),
    "result-published": Kind("A result was published", "to everyone on the roll", ballot=True),
    "mandate-given": Kind("Your branch has given you a mandate", "to its delegate"),
    "nominated": Kind("You are nominated", "to the person nominated, who accepts or declines"),
    "stand-again": Kind("The poll is held again: do you stand?", "to candidates of a poll that ended without a result"),
    "poll-again-due": Kind(
        "A poll has to be held again", "to the governance committee, when a candidate is gone and the rules say so"
    ),
    "nomination-ruled-out": Kind("Your nomination was ruled out", "to the person nominated, with the rule"),
    "elected": Kind("You are elected", "to whoever was elected to a seat, with the end of the term"),
    "elected-no-seat": Kind(
        "You are elected, and have no seat", "to whoever was elected where no seat is free, with why"
    ),
    "data-asked": Kind(
        "A request about personal data arrived", "to data protection officers, with the day it is due by"
    ),
    "data-answered": Kind("Your request about your data", "to the person: acknowledged, prolonged or decided"),
    "erased": Kind("Your data is removed", "to the address of somebody who was erased, the last that is sent there"),
    "breach-reported": Kind(
        "A breach of personal data was reported", "to data protection officers and the governance committee"
    ),
    "export-asked": Kind(
        "An export of members' data waits for you", "to those who may agree to it, besides whoever asked"
    ),
    "webhook-disabled": Kind("A webhook was disabled", "to who registered it: nothing could be delivered for days"),
    "audit-head": Kind("The head of the audit log", "to scrutineers, so that a cut-off log is found"),
}

#: Topic → its kinds, in which each kind can be chosen by itself.
KINDS_OF: dict[str, tuple[str, ...]] = {
    topic: tuple(name for name, kind in KINDS.items() if kind.topic == topic) for topic in TOPICS
}

#: Kinds whose subject names what they are about.
_NAMED: dict[str, str] = {
    "event-answered": translatable("You are coming: %(title)s"),
    "event-waiting": translatable("You are on the waiting list for %(title)s"),
    "event-place-free": translatable("A place is free for you: %(title)s"),
    "event-reminder": translatable("It is soon: %(title)s"),
    "event-changed": translatable("This event was changed: %(title)s"),
}
_CANCELLED = translatable("This event is cancelled: %(title)s")
#: Kinds whose subject says which of two things happened: the key of the context → its value → the subject.
_EITHER: dict[str, tuple[str, dict[object, str]]] = {
    "statement-screened": (
        "admitted",
        {True: translatable("Your statement was admitted"), False: translatable("Your statement was not admitted")},
    ),
    "consultation-reported": (
        "report",
        {
            "analysis": translatable("The analysis of a consultation was published: %(title)s"),
            "response": translatable("The response to a consultation was published: %(title)s"),
        },
    ),
}


def subject_of(kind: str, context: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The subject line of a notice as catalogues know it, and what fills its holes.

    >>> subject_of("event-reminder", {"title": "Tea"})
    ('It is soon: %(title)s', {'title': 'Tea'})
    >>> subject_of("statement-screened", {"admitted": False})
    ('Your statement was not admitted', {})
    >>> subject_of("audit-head", {"title": "Tea"})
    ('The head of the audit log', {})
    """
    title = str(context.get("title") or "")
    if kind in _EITHER:
        key, subjects = _EITHER[kind]
        said = subjects.get(context.get(key), KINDS[kind].subject)
        return said, {"title": title} if "%(title)s" in said else {}
    if kind not in _NAMED or not title:
        return KINDS[kind].subject, {}
    return _CANCELLED if kind == "event-changed" and context.get("cancelled") else _NAMED[kind], {"title": title}
