"""What personal data is kept for: each purpose with its lawful basis, whom it is about, who sees it and how long it is kept.

The columns of the tables are declared by these purposes in `consult.model.held`; the record of processing, a person's
own copy and the choice of columns for an export are made from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_CONTRACT = "UK GDPR Art. 6(1)(b): the membership, which is a contract under the rules of the organisation"
_INTEREST = "UK GDPR Art. 6(1)(f): the legitimate interest of members in decisions that can be checked"
_SECURITY = "UK GDPR Art. 6(1)(f), with Art. 5(1)(f) and Art. 32: the security of what is kept"
_CONSENT = "UK GDPR Art. 6(1)(a): consent, given by filling the field in and taken back by emptying it"
_LAW = "UK GDPR Art. 6(1)(c): the duties of a controller under data protection law itself"

#: What membership and opinions reveal, and the condition under which a political body may keep it.
POLITICAL = (
    "political opinions or trade union membership: UK GDPR Art. 9(2)(d), a not-for-profit body with a political or trade "
    "union aim, about its members, former members and people in regular contact, and not disclosed outside it without "
    "their consent"
)
HEALTH = "health: UK GDPR Art. 9(2)(a), explicit consent"


class Purpose(StrEnum):
    """One thing that personal data is kept for."""

    REGISTER = "keeping the register of members"
    CONTACT = "reaching members"
    SUBSCRIPTION = "knowing who has paid"
    SIGN_IN = "letting people sign in"
    OFFICE = "filling offices and posts"
    RECORD = "saying who acted for the organisation"
    AUDIT = "keeping the audit log"
    MOVING = "moving, seconding and amending"
    DEBATE = "debating"
    CONSULTING = "consulting"
    CANDIDACY = "standing for election"
    EVENTS = "holding meetings and events"
    ACCESS_NEEDS = "meeting access needs"
    ROLL = "knowing who may vote"
    SECRET_VOTE = "taking votes in secret"  # noqa: S105 (a name)
    OPEN_VOTE = "taking votes by name"
    CASE = "deciding complaints, appeals and challenges"
    NOTICES = "sending notices"
    IMPORT = "reading the register in from a file"
    PREFERENCES = "remembering what somebody chose to see"
    PROTECTION = "protecting people's data"


@dataclass(frozen=True)
class Terms:
    """What holds for a purpose: Art. 30(1) UK GDPR, and what Art. 13 and 15 have people told."""

    #: Why, in words for the person concerned.
    why: str
    basis: str
    #: Special category data that it holds or reveals with the condition of Art. 9, or "".
    special: str
    #: Whom it is about.
    people: str
    sees: str
    kept: str
    #: What an erasure does with it.
    erasure: str


_STAYS = "stays, with “former member” in the place of the name: "

TERMS: dict[Purpose, Terms] = {
    Purpose.REGISTER: Terms(
        "To know who belongs to the organisation, since when and in which branch.",
        _CONTRACT, POLITICAL, "members, supporters, representatives and former members",
        "roll officers, the data protection officer, the person",
        "while somebody belongs, and until erased after that",
        "stays, emptied: records keep pointing at the row, and by its number an import knows whom not to bring back",
    ),
    Purpose.CONTACT: Terms(
        "To send notices, ballots and papers to somebody, and to reach somebody who has no e-mail.",
        _CONTRACT, "", "members, supporters and representatives",
        "roll officers, the data protection officer, those who send out papers, the person",
        "while somebody belongs, and until erased after that",
        "removed, with the copies in rolls of ballots that are over and in merged entries",
    ),
    Purpose.SUBSCRIPTION: Terms(
        "To know who may vote where the rules ask for a subscription that is paid.",
        _CONTRACT, "", "members", "roll officers, the data protection officer, the person",
        "until the next import, which replaces it; what an import replaced, for two years", "removed",
    ),
    Purpose.SIGN_IN: Terms(
        "To let nobody but the person sign in, and to find out about attempts to.",
        _SECURITY, "", "everybody with an account", "nobody; the person sees what is set up",
        "while there is an account; links, attempts and sessions go by their clocks", "removed",
    ),
    Purpose.OFFICE: Terms(
        "So that everybody can see who holds which office, for how long and by which decision.",
        _INTEREST, POLITICAL, "officers, delegates, holders of seats and representatives", "everybody who is signed in",
        "with the record of the organisation's decisions", _STAYS + "who held an office decides whether an act was valid",
    ),
    Purpose.RECORD: Terms(
        "So that whoever decides about others answers for it by name.",
        _INTEREST, POLITICAL, "officers and others who acted for the organisation",
        "those who may read what was done", "with the record of what was done",
        _STAYS + "a decision without its author cannot be appealed or checked",
    ),
    Purpose.AUDIT: Terms(
        "So that nobody can change what was decided without being found out. It holds numbers and never a name.",
        _INTEREST, "", "everybody who did something that is on the record",
        "everybody who is signed in, without what concerns one person alone", "for good: taking one entry out breaks the chain",
        "stays as it is: it holds numbers, which lead to an emptied row (UK GDPR Art. 17(3)(e))",
    ),
    Purpose.MOVING: Terms(
        "So that members know who proposes, seconds and amends what they vote on.",
        _INTEREST, POLITICAL, "members and supporters",
        "everybody who is signed in; visitors the mover's name only if the mover agreed; drafts the mover alone",
        "with the motion, which is the organisation's record; drafts until erased",
        _STAYS + "others supported, amended and voted on it; drafts never shown to anybody are emptied",
    ),
    Purpose.DEBATE: Terms(
        "So that members can answer one another by name.",
        _INTEREST, POLITICAL, "members and supporters", "everybody who is signed in",
        "with the motion that is debated", _STAYS + "others answered it; the words can be hidden by a moderator",
    ),
    Purpose.CONSULTING: Terms(
        "So that what people tell the organisation is read, counted and answered.",
        _INTEREST, POLITICAL, "members, supporters and representatives",
        "as the consultation declares; drafts the author alone; how somebody answered a statement, nobody",
        "with the consultation; drafts until erased",
        _STAYS + "the published analysis counted it; drafts are emptied",
    ),
    Purpose.CANDIDACY: Terms(
        "So that voters know whom they vote for and who nominated them.",
        _CONTRACT, POLITICAL, "candidates and those who nominate them", "everybody who is signed in",
        "with the ballot",
        "stays as it was published: a result names those who stood (UK GDPR Art. 17(3)(e))",
    ),
    Purpose.EVENTS: Terms(
        "To know how many come, whether there is a quorum, and who was at a meeting that decided something.",
        _CONTRACT, POLITICAL, "members and supporters", "the organisers; everybody the figures",
        "with the minutes of the meeting",
        "stays, with “former member” in the place of the name, for who was there: the quorum rests on it; answers are removed",
    ),
    Purpose.ACCESS_NEEDS: Terms(
        "So that somebody can take part in a meeting.",
        _CONSENT, HEALTH, "those who said what they need", "the organisers of the event",
        "14 days after the event", "removed",
    ),
    Purpose.ROLL: Terms(
        "To know who may vote in a ballot and who asked for a paper, and to be able to prove it.",
        _CONTRACT, POLITICAL, "members", "the returning officer, scrutineers and roll officers; each person the own entry",
        "with the ballot; the addresses until it is over",
        _STAYS + "taking an entry out would change the roll that a result was certified on; the address is removed",
    ),
    Purpose.SECRET_VOTE: Terms(
        "To take one vote from each person on the roll, without anybody being able to see whose is which.",
        _CONTRACT, POLITICAL, "those who voted", "nobody reads the vote; the count has no names",
        "until two officers have the envelopes destroyed, 28 days or more after publication",
        _STAYS + "the count, a recount and each voter's receipt rest on it (UK GDPR Art. 17(3)(e))",
    ),
    Purpose.OPEN_VOTE: Terms(
        "To record votes that the rules have taken by name.",
        _INTEREST, POLITICAL, "those who voted by name", "those whom the rules let read it",
        "with the ballot", _STAYS + "the result rests on it",
    ),
    Purpose.CASE: Terms(
        "To hear and decide what somebody complained about, appealed against or challenged.",
        _INTEREST, POLITICAL, "those who complained, and whom it is about", "the panel or officers that decide, the person",
        "with the ballot or motion that it is about", _STAYS + "a decision and its reasons rest on it (UK GDPR Art. 17(3)(e))",
    ),
    Purpose.NOTICES: Terms(
        "To send what the rules have people told, once each, and to be able to say that it was sent.",
        _CONTRACT, POLITICAL, "everybody who is sent a notice", "nobody; the operator sees figures and faults",
        "its words and address 90 days after it was sent", "removed",
    ),
    Purpose.IMPORT: Terms(
        "To look over a file of the register, row by row, before it is taken.",
        _CONTRACT, POLITICAL, "everybody in the file", "roll officers", "one day after it was read", "removed by its clock",
    ),
    Purpose.PREFERENCES: Terms(
        "To show somebody what they asked to be shown.",
        _CONSENT, POLITICAL, "those who chose something", "the person", "until changed or erased", "removed",
    ),
    Purpose.PROTECTION: Terms(
        "To answer requests in time, to report breaches, and to let people see who read their data.",
        _LAW, "", "those who asked or complained, officers who read the register, people named in a breach",
        "the data protection officer, the person",
        "requests and breaches six years after they are closed; who read whose entry, two years",
        "stays until its clock: it is the proof that the request was met (UK GDPR Art. 5(2), Art. 17(3)(b))",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ExportKind:
    """What members' data may leave the system for, and the columns that this needs and no others."""

    words: str
    columns: tuple[str, ...]


#: Columns of the register that can be exported, with their headings. Data minimisation: UK GDPR Art. 5(1)(c).
EXPORT_COLUMNS: dict[str, str] = {
    "number": "member number",
    "name": "name",
    "email": "e-mail",
    "phone": "telephone",
    "address": "postal address",
    "branch": "branch",
    "status": "status",
    "joined_at": "joined",
    "paid_until": "paid until",
}

EXPORTS: dict[str, ExportKind] = {
    "post": ExportKind("post letters or papers to members", ("number", "name", "address", "branch")),
    "telephone": ExportKind("telephone members", ("number", "name", "phone", "branch")),
    "mail": ExportKind("write to members by e-mail in another system", ("number", "name", "email", "branch")),
    "books": ExportKind("settle subscriptions with the treasurer's books", ("number", "name", "status", "paid_until")),
    "statute": ExportKind(
        "hand the register to somebody the law entitles to it",
        ("number", "name", "address", "branch", "status", "joined_at"),
    ),
    "move": ExportKind("move the register to another system", tuple(EXPORT_COLUMNS)),
}
