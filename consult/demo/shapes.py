"""The plain shapes of the demo's content once read: regions, people, motions, amendments, debate, elections."""

from __future__ import annotations

from dataclasses import dataclass

CLAUSE_KINDS = ("notes", "believes", "resolves", "item")
EDIT_OPS = ("replace_words", "insert_after", "delete", "replace_clause", "move_after")
STANCES = ("for", "against", "question", "information")
RULINGS = ("in order", "queried", "ruled out")
RESPONSES = ("", "accepted", "not accepted")
CHARACTERS = ("substantive", "drafting", "direct negative")
RELATIONS = ("alternatives", "contains", "identical", "depends on", "same point", "direct negative", "drafting")
METHODS = ("stv", "irv", "plurality")
STAGES = ("published", "order paper", "ballot open", "ballot closed", "lost")
ROLES = (
    "committee", "roll officer", "returning officer", "moderator", "scrutineer", "data protection officer", "unit officer",
    "system operator", "delegate", "member",
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    key: str
    name: str
    about: str


@dataclass(frozen=True)
class Branch:
    """A branch; `members` is how many of the 2,500 belong to it, those with names of their own included."""

    key: str
    name: str
    region: str
    members: int


@dataclass(frozen=True)
class Network:
    key: str
    name: str
    about: str


@dataclass(frozen=True)
class Person:
    """Somebody with a name of their own in the demo; everybody else is combined from the lists of names."""

    key: str
    name: str
    branch: str
    role: str = "member"
    about: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule of the fictional standing orders; rulings cite it by `key`, such as "SO 4.2"."""

    key: str
    text: str


@dataclass(frozen=True)
class Clause:
    """One clause of a motion; an "item" belongs to the nearest "resolves" before it."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True)
class Edit:
    """One operation on one clause.

    `old` always holds the exact words that must stand in the clause: for replace_words the words replaced (they
    occur once), for delete, replace_clause and move_after the whole clause; for insert_after it is empty.
    `kind` and `new_id` describe an inserted clause; `after` is where a moved clause goes.
    """

    op: str
    clause: str
    old: str = ""
    new: str = ""
    kind: str = ""
    new_id: str = ""
    after: str = ""


@dataclass(frozen=True)
class Amendment:
    """An amendment by a branch; with `amends`, its edits are to the text as that other amendment would leave it."""

    key: str
    branch: str
    title: str
    reason: str
    edits: tuple[Edit, ...]
    mover_response: str = ""
    response_reason: str = ""
    character: str = "substantive"
    amends: str = ""


@dataclass(frozen=True)
class Comment:
    """A contribution to the debate on a motion; `moderated` is the moderator's reason, if it was hidden."""

    key: str
    by: str
    stance: str
    text: str
    clause: str = ""
    quote: str = ""
    amendment: str = ""
    reply_to: str = ""
    moderated: str = ""
    moderated_rule: str = ""


@dataclass(frozen=True)
class Ruling:
    """The committee's ruling on the motion (`of` = "motion") or on one amendment (`of` = its key)."""

    of: str
    ruling: str
    rule: str
    reason: str
    by: str
    appeal: str = ""
    appeal_by: str = ""


@dataclass(frozen=True)
class Relation:
    """What the author knows of two amendments (or of one, for drafting and direct negative), to hold the engine to."""

    kind: str
    amendments: tuple[str, ...]


@dataclass(frozen=True)
class Motion:
    """A motion with everything said about it; `lean` is the percentage for and against in a seeded vote."""

    slug: str
    title: str
    topic: str
    branch: str
    mover: str
    supporters: tuple[str, ...]
    stage: str
    lean: tuple[int, int]
    rationale: str
    clauses: tuple[Clause, ...]
    #: What the two sides of its debate say in short.
    case_for: str = ""
    case_against: str = ""
    amendments: tuple[Amendment, ...] = ()
    comments: tuple[Comment, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    relations: tuple[Relation, ...] = ()
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A candidate or an option; `weight` is how popular a seeded vote makes it, relative to the others."""

    key: str
    name: str
    statement: str
    branch: str = ""
    weight: int = 1


@dataclass(frozen=True)
class Paper:
    """So many ballot papers marked alike: candidates' keys, most preferred first."""

    count: int
    ranking: tuple[str, ...]


@dataclass(frozen=True)
class Election:
    """A ballot about people or options; with `papers`, exactly those are cast.

    `electorate` is "all", or the key of a region, a branch or a network.
    """

    key: str
    title: str
    method: str
    seats: int
    about: str
    electorate: str
    candidates: tuple[Candidate, ...]
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One stage of the timetable: opening and closing in days from the day of seeding, negative for the past."""

    key: str
    name: str
    opens: int
    closes: int
    about: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the consultation paper, numbered by its place; `heading` stands above it, if there is one."""

    text: str
    heading: str = ""


@dataclass(frozen=True)
class Consultation:
    key: str
    title: str
    summary: str
    paragraphs: tuple[Paragraph, ...]
    timetable: tuple[Stage, ...]


@dataclass(frozen=True)
class Content:
    """Everything the demo is furnished with."""

    name: str
    short: str
    description: str
    regions: tuple[Region, ...]
    branches: tuple[Branch, ...]
    networks: tuple[Network, ...]
    people: tuple[Person, ...]
    rules: tuple[Rule, ...]
    first_names: tuple[str, ...]
    surnames: tuple[str, ...]
    consultation: Consultation
    motions: tuple[Motion, ...]
    earlier: Motion
    #: Carried last year, in the order in which they were moved; the last one in a second ballot.
    policies: tuple[Motion, ...]
    elections: tuple[Election, ...]
