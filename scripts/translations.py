"""Brings the catalogues under consult/translations up to date with the words of the code and the templates, and compiles them.

There are two: `messages`, which pages look words up in; and `sentences`, of what the services say (`consult.web.phrases`).
`python scripts/translations.py` writes; with `--check` it writes nothing, and exits 1 if it would have.
"""

from __future__ import annotations

import ast
import calendar
import io
import itertools
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from consult.counting.methods import METHODS as COUNTING
from consult.counting.words import TIED, listed
from consult.domain import (
    agenda,
    bodies,
    consulting,
    decisions,
    gatherings,
    interfaces,
    mandates,
    nominations,
    protection,
    requisitions,
    rulebook,
)
from consult.domain.assessment import QUESTIONS as ASSESSED
from consult.domain.events import SENTENCES
from consult.domain.hall import PROCEDURES
from consult.domain.lifecycle import AMENDMENT, LIFECYCLES, MOTION
from consult.domain.notices import TOPICS
from consult.domain.policy import POLICY, Permission
from consult.domain.presets import PRESETS
from consult.domain.purposes import TERMS, Purpose
from consult.domain.roles import ROLE_MEANINGS, Role, Status
from consult.domain.timetable import PHASES, does
from consult.ledger.levels import LEVELS
from consult.model.held import HELD, subjects_of
from consult.model.store import Base
from consult.printing import FORMATS
from consult.service import erasure, housekeeping, own_copy, processing
from consult.service import ruling_ledger as rulings_of
from consult.service.ballot_questions import AS_AMENDED
from consult.service.units import KIND_MEANINGS, PARENTS
from consult.web.rulebooks.presenters import NAMES
from consult.web.words import STATE_COLOURS, state_key

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "consult" / "translations"

#: `Kind` is a notice's, whose subject stands in a table that knows of no translation.
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "Kind": (1,),
    "translatable": None,
}
#: A catalogue does not say when it was made: it would change with every run.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)

#: What members never meet: sentences of the officers' desks, of the machine's operator, and of tables that no page shows.
OFFICERS = (
    "adopting", "affiliates", "agenda", "audit", "audit_heads", "audit_pages", "backups", "bodies", "box",
    "boxes", "ceremonies", "certificate", "certification", "checking", "composites", "consequences",
    "countbacks", "counts", "credentials", "csv_files", "declaring", "destruction",
    "development", "disposals", "enacting", "erasure", "extensions", "founding", "freezing",
    "hall", "hall_text", "hall_votes", "housekeeping", "import_clashes", "import_files", "import_rows", "import_staging",
    "import_writing", "importing", "imports", "leaves", "member_exports", "members", "merging",
    "opening", "order_of_business", "order_of_votes", "organisation", "outbox", "paper_ballots",
    "paper_entries", "parts", "policy_conflicts", "policy_steps", "priorities",
    "processing", "proposed_falls", "protection_papers", "publication", "readiness",
    "reconciliation", "register_columns", "register_dates", "register_file", "registering", "rehearsals", "reminding",
    "reorganising", "replacing", "reruns", "resets", "resubmission", "roll_changes", "rolls",
    "rulebooks", "ruling_ledger", "scheduling", "scrutiny", "search_keeping", "sending", "settling",
    "sittings", "substantive", "suspensions", "unsealing", "vault", "webhooks", "worker_state",
)  # fmt: skip
#: What anybody meets who follows an old link to a page of theirs, or has appealed.
MET = (
    *(f"There is no {what} of this number." for what in ("composite", "rulebook", "electoral roll", "paper", "body", "action",
                                                        "model motion", "published result", "sitting")),
    "There is no preset of this name.", "An appeal was made and is not decided yet.",
)  # fmt: skip
#: What is read as it was written (rules are a body's own words), or says that the program is at fault.
UNSAID = (
    "domain/assessment", "domain/interfaces", "domain/languages", "domain/presets",
    "domain/protection", "domain/purposes", "domain/rulebook", "text/anchors", "text/canonical", "text/compose",
    "text/forms", "text/lines", "text/marked", "text/parts", "text/provenance", "text/published", "text/rebase",
    "text/replay", "text/rubric", "text/weave",
)  # fmt: skip
#: How things are spoken of by number, and sentences that are put together from pieces.
LABELS = (
    "Motion %(number)s",
    "Amendment %(number)s",
    "Composite %(number)s",
    "Draft motion",
    "Draft amendment",
    "Amendment %(number)s to %(motion)s",
    "Draft amendment to %(motion)s",
)
#: How a tie of each purpose ends.
ENDINGS = (
    "%(name)s is excluded",
    "the surplus of %(name)s moves first",
    "the place goes to %(name)s",
    "%(name)s comes first",
    "the order is %(order)s",
    "the places go to %(names)s and %(last)s",
    "it fell on %(name)s",
)
#: Words that fill the sentences: what people are to a text, and states.
WORDS = (
    "its mover", "returning officer", "standing orders committee", "governance committee", "delegate", "somebody else",
    "published", "draft", "withdrawn", "open", "closed", "carried", "lost", "frozen", "submitted", "scheduled",
    "put to the vote", "on the order paper", "in order", "ruled out", "seeking support", "preparing", "cancelled",
    "not accepted", "accepted by mover", "for", "against", "the composite", *map(str, Role),
)  # fmt: skip
#: What stands in a calendar: phases of a consultation by their kind, ballots, calls for nominations.
DATES = (
    *(f"%(title)s: {does(kind, what)}" for kind in PHASES for what in ("opens", "closes")),
    "Ballot opens: %(title)s", "Ballot closes: %(title)s", "Complaints about the ballot end: %(title)s",
    "Nominations open: %(title)s", "Nominations close: %(title)s", "Last day to accept a nomination: %(title)s",
    "Last day to withdraw: %(title)s",
)  # fmt: skip
#: What is said in tables of the storeys below, to be shown whole: the levels of secrecy and the rules of counting.
TABLES = (
    *itertools.chain.from_iterable(LEVELS.values()),
    *(words for method in COUNTING.values() for words in (method.title, method.about)),
)
#: What fills the conditions of a roll.
REASONS = (
    "Your home branch is in %(join)s.", "Your home branch is not in %(join)s.",
    "Your home branch was in %(join)s.", "Your home branch was not in %(join)s.",
    "Your home branch is in %(names)s or %(last)s.", "Your home branch is not in %(names)s or %(last)s.",
    "Your home branch was in %(names)s or %(last)s.", "Your home branch was not in %(names)s or %(last)s.",
    "You must be in %(names)s or %(last)s, %(word)s.", "whose home branch is in %(names)s or %(last)s",
    "who is in %(names)s or %(last)s", "who has confirmed %(names)s and %(last)s",
    "which is in time", "which is too late for this roll", "and it is", "and the register does not say that it is",
    "and it was", "and the register did not say that it was", "and you are recorded as %(status)s",
    "and you were recorded as %(status)s", "you met every condition", "you did not meet every condition",
    "as you are", "which you are not", "and you did", "and you had not when the roll was frozen", "as you were",
    "which you were not", "Everybody recorded as %(wanted)s", "who joined by %(when)s",
    "whose subscription is paid for %(when)s", "whose home branch is in %(names)s", "who is in %(names)s",
    "who has confirmed %(names)s", "who was a delegate in office on %(when)s", "without those who are suspended",
    "without returning officers and scrutineers in office", "except %(number)s left out by named decisions",
    *(" or ".join(some) for many in range(1, 4) for some in itertools.combinations(sorted(Status), many)),
)  # fmt: skip
#: A day as the conditions write it.
DAYS = tuple(f"%(number)s {month} %(year)s" for month in calendar.month_name[1:])
#: Why an amendment cannot be made on a text that others have changed (`consult.text.weave`, `consult.text.rebase`).
TEXTS = (
    "In %(label)s %(name)s changed the words ‘%(near)s’; they now read ‘%(now)s’.",
    "In %(label)s, the words ‘%(near)s’ that it changes now read ‘%(now)s’.",
    "In %(label)s, the words ‘%(near)s’ that it changes are no longer in the text.",
    "%(label)s (‘%(near)s’) was deleted by %(name)s.",
    "%(label)s, after which it inserts, was deleted; its clause keeps that place.",
    "The text around %(label)s has changed; the new clause comes after it.",
)  # fmt: skip
#: What came of a count (`consult.counting.words`), which is put together from pieces.
OUTCOMES = (
    "The motion is carried.", "The motion is lost.", "The motion is not decided, because the quorum was not reached.",
    "%(number)s for, %(against)s against, %(abstain)s abstained.",
    "More than %(share)s of %(size)s %(base)s had to be for it: %(reached)s.",
    "At least %(share)s of %(size)s %(base)s had to be for it: %(reached)s.",
    "The quorum of %(needed)s was reached, with %(present)s %(base)s.",
    "The quorum of %(needed)s was not reached, with %(present)s %(base)s.",
    "An abstention is not counted on either side.",
    "An abstention counts in the base, so it weighs against the motion as a vote against does.",
    "An abstention and a blank paper count in the base, so they weigh as a vote against does.",
    "Whoever does not vote for the motion weighs against it, those who abstain or stay away too.",
    "%(number)s of %(units)s units carry it, where more than %(share)s is needed: %(reached)s.",
    "%(number)s of %(units)s units carry it, where at least %(share)s is needed: %(reached)s.",
    "Elected: %(names)s.", "Elected, in this order: %(names)s and %(last)s.", "Adopted: %(names)s.",
    "Adopted, in this order: %(names)s and %(last)s.", "In order: %(names)s.", "Nobody is elected.",
    "Nothing is adopted.", "One place stays unfilled.", "%(number)s places stay unfilled.", "A lot had to be drawn.",
    "votes for and against", "votes for, against and abstaining", "papers returned", "members on the roll", "enough",
    "not enough", "Adopted, in this order: %(names)s.", "Elected, in this order: %(names)s.",
)  # fmt: skip
#: Where votes went at a stage: up to three that are named, the rest, and what can go no further.
_NAMED = ("%(figure)s to %(name)s", "%(figure_2)s to %(name_2)s", "%(figure_3)s to %(name_3)s")
_LOST = "%(figure_5)s not transferable"
_OTHERS = ("%(figure_4)s to 1 other", "%(figure_4)s to %(number)s others")
_MOVED = (
    *(_NAMED[:many] for many in (1, 2, 3)), *((*_NAMED[:many], _LOST) for many in (0, 1, 2, 3)),
    *((*_NAMED, others) for others in _OTHERS), *((*_NAMED, others, _LOST) for others in _OTHERS),
)  # fmt: skip
MOVES = ("no votes moved", *(listed(parts) for parts in _MOVED))
#: What happened at a stage, how ties fell and who was elected (`consult.counting.words`).
STAGES = (
    "There are no valid papers, so nobody has a vote.", "One valid paper was sorted by first preference.",
    "%(number)s valid papers were sorted by first preference.",
    "1 with an overvote at the first place counts for nobody.",
    "%(number)s with an overvote at the first place count for nobody.",
    "A majority of the papers in play is %(figure)s.", "The quota is %(figure)s.",
    "%(name)s’s surplus was transferred: %(moves)s.",
    "%(name)s’s and %(name_2)s’s surpluses were transferred: %(moves)s.",
    "%(name)s was excluded: %(moves)s.", "%(names)s and %(last)s were excluded: %(moves)s.",
    "%(name)s was excluded with %(figure)s, the fewest votes: %(moves)s.",
    "%(names)s and %(last)s were excluded together, with %(figure)s votes between them: %(moves)s.",
    "%(name)s (%(figure)s votes) was excluded, because the places kept for groups leave no other way: %(moves)s.",
    "%(names)s (%(figure)s votes) were excluded, because the places kept for groups leave no other way: %(moves)s.",
    "%(name)s’s surplus was shared out by new keep values: %(moves)s.",
    "Surpluses were shared out by new keep values: %(moves)s.",
    *(f"The {what} were counted{shown}." for what in ("votes", "points", "votes for each")
      for shown in ("", ": %(shown)s", ": %(names)s and %(last)s %(figure)s")),
    "Every pair of candidates was compared, and then the strongest chain of wins from each to each other.",
    "Every pair was compared; wins were locked in, the strongest first, unless they closed a circle.",
    "The motion is inquorate.", "%(name)s has %(figure)s, reaches the quota and is elected.",
    "%(name)s has %(figure)s, reaches the total active vote divided by one more than the places left and is elected.",
    "%(name)s has %(figure)s, reaches a majority (%(figure_2)s) of the papers in play and is elected.",
    "%(name)s is elected.", "%(names)s and %(last)s are elected.", "%(name)s is adopted.",
    "%(names)s and %(last)s are adopted.",
    "%(name)s fills the last place, as many candidates remaining as places.",
    "%(names)s and %(last)s fill the last places, as many candidates remaining as places.",
    "Re-open nominations has won, so that place is filled by nobody here.",
    *(f"%(names)s and %(last)s were tied{what}." for what in TIED.values()),
    *(f"Their votes at stage{which} {end}." for which in (" %(number)s", "s %(stages)s")
      for end in ("settled it", "did not settle it")),
    "No earlier stage tells them apart.",
    *(how for end in ENDINGS for how in (f"By lot, {end}.", f"{end[:1].upper()}{end[1:]}.")),
    "Stage %(number)s: %(sentence)s",
)  # fmt: skip
#: Heads of the tables of a count (`consult.counting.tables`).
HEADS = (
    "Candidate", "Place", "Places", "Result", "The places", "The order", "What", "How much", "What was counted",
    "From", "To", "Papers", "Votes", "Candidates beaten", "Stage", "What happened", "Broken",
    "Ties and how they were broken", "Not transferable", "Lost by rounding", "Majority", "Quota",
    "The majority of units", "Each unit", "Preferred to →",
    "How many prefer the candidate in the row to the one in the column", "Transfers at stage %(number)s",
    "Votes at the end of each stage", "Candidates beaten at the end of each stage", "by lot", "by the rule", "elected",
    "excluded", "nobody", "unfilled", "wins", "loses", "equal", "yes", "no", "none", "For and against each", "Winner",
    "Loser", "Prefer the winner", "Prefer the loser", "Wins locked in, the strongest first",
    "Wins left out, because they close a circle",
    "The strongest chain of wins from the candidate in the row to the one in the column",
    "Flow of votes through %(number)s stages", "Stage %(number)s", "Stage %(number)s, %(name)s: %(figure)s",
    "%(name)s (elected)", "not transferable",
    *(f"Stage %(number)s: %(figure)s from %(name)s {to}" for to in ("to %(name_2)s", "not transferable")),
    *(f"{stage} %(number)s: {what}" for stage in ("Stage", "Part %(part)s, stage")
      for what in ("first preferences", "surplus of %(name)s", "exclusion of %(name)s", "tally", "distribution",
                   "distribution of %(name)s")),
    "Base", "Base size", "Comparison", "Threshold", "Reached", "Quorum", "Quorum: needed", "Quorum: present",
    "Quorum: reached", "Quorum: base", "for-against", "for-against-abstain", "papers",
    "roll", "Abstain", "For", "Against", "Blank", "Papers",
)  # fmt: skip
#: What became of something, as notices tell it.
NEWS = (
    *MOTION.participles.values(), "an analysis was published", "a response was published", "an event is planned",
    "its minutes were published", "a motion was published", "its timetable was changed", "its paper has a new version",
    "its text has changed; version %(number)s is in force", "allowed", "dismissed", "upheld", "%(unit)s refused it",
    "the committee gave it up", "“%(title)s”: declared elected without a poll", "“%(title)s”: elected",
)  # fmt: skip
#: What stands in feeds (`consult.service.news`), and on papers (`consult.service.printed`, `printed_texts`).
FEEDS = (
    "Motion %(number)s: %(title)s", "Composite %(number)s: %(title)s", "Result: %(title)s",
    "%(title)s (cancelled)", "%(title)s: analysis", "%(title)s: response",
    *(f"%(what)s: {decision}" for decision in ("in order", "queried", "ruled out")),
)  # fmt: skip
PRINTED = (
    "Version", "Made for", "From the policy", "Summary", "Reason", "Length in minutes", "Every motion in a line",
    "The two sides in short, each as its own speakers approved it", "%(number)s of %(number_2)s",
    *(f"{words} %(number)s" for words, _ in agenda.KINDS.values()),
    *(f"{words.capitalize()}." for words in {*agenda.MOTION_WORDS.values(), *agenda.AMENDMENT_WORDS.values(),
                                           *MOTION.states, *AMENDMENT.states}),
    "Ruled out (%(rule)s).", "Queried (%(rule)s).", "Joins %(composite)s.", "Goes with %(composite)s.",
    "%(label)s is new: %(sentence)s", "%(label)s was: %(sentence)s It is now: %(sentence_2)s",
)  # fmt: skip
#: What the independent package came to (`consult.counting.second`), and examples of questions to the interface.
SECOND = (
    "The second package (%(version)s) agrees: %(name)s.", "Second package not applicable: %(why)s.",
    "it is asked only about the preferential vote for one place", "tie at stage %(number)s", "there are no valid papers",
)  # fmt: skip
QUESTIONS = (
    "the five newest motions", "the ballots in which people vote now", "every published result, newest first",
    "the branches", "events since the beginning of 2026", "the head of the audit log",
)  # fmt: skip
#: What tables of the storeys below say, where a page or a form shows a row of them.
SHOWN = (
    *nominations.MEANINGS.values(), *consulting.QUESTIONS.values(), *consulting.SPEAKERS.values(),
    *consulting.PUBLISHING.values(), *mandates.KIND_MEANINGS.values(), *mandates.DEED_MEANINGS.values(),
    *(words.capitalize() for words in (*mandates.KINDS, *gatherings.OPEN_TO.values())),
    *(f"{kind.capitalize()}: {words}" for kind, words in gatherings.KINDS.items()),
    *(words for words, _ in agenda.KINDS.values()), *PHASES.values(),
    *(words for table in (rulebook.MOVERS, rulebook.SELECTIONS, rulebook.ORDERS, rulebook.HALL) for words in table.values()),
    *(words for one in PROCEDURES for words in (one.question, one.effect)),
    "more than half of the votes", "at least 2/3 of the votes", *NAMES.values(), *requisitions.KINDS.values(),
    *decisions.KIND_MEANINGS.values(), *bodies.WAY_MEANINGS.values(), *ROLE_MEANINGS.values(), *KIND_MEANINGS.values(),
    *(words for kind in protection.KINDS.values() for words in (kind.title, kind.about)), *protection.READS.values(),
    *interfaces.SCOPES.values(),
    *protection.PAPERS.values(), *protection.STEPS.values(), own_copy.SECRECY, own_copy.OTHERS,
    *erasure.REMOVED, AS_AMENDED,
    *housekeeping.CALLED.values(), *(clock.words for clock in housekeeping.CLOCKS), "Closed in time.",
    "Closed late; it was due by %(written)s.", "Overdue since %(written)s.", "Due by %(written)s.",
    "Re-open nominations", "At least %(number)s of the seats for %(group)s.", "At most %(number)s of the seats for %(group)s.",
    "At least %(number)s of the seats and at most %(number_2)s for %(group)s.",
    "%(name)s has no seat by it.", "The same person holds a seat in it in that term already.",
    "The person is recorded as %(status)s, and seats are for members.",
    "Every seat of %(body)s (%(figure)s) is held for some of that term.",
    "One of the seats of %(body)s (%(figure)s) was free in that term, and the one who was elected before took it.",
    "Of the seats of %(body)s (%(figure)s) %(number)s were free in that term, and those who were elected before took them.",
)  # fmt: skip
#: What a copy of one's own data says: purposes with their terms, and what tables and columns are called (`consult.model.held`).
COPIED = dict.fromkeys(
    filter(
        None,
        (
            *Purpose,
            *(words for one in TERMS.values()
              for words in (one.why, one.basis, one.special, one.people, one.sees, one.kept, one.erasure)),
            *(words for ask in itertools.chain.from_iterable(ASSESSED.values()) for words in (ask.words, ask.help)),
            *(words for risk in processing.risks() for words in (risk.harm, risk.measures)),
            *(held.title for held in HELD.values()),
            *(column.name.removesuffix("_id").replace("_", " ").capitalize() for name in HELD if subjects_of(name)
              for column in Base.metadata.tables[name].c if not column.name.endswith("_key")),
            *(name.replace("_", " ").capitalize() for held in HELD.values() for name in held.hidden.split()),
        ),
    )
)  # fmt: skip
#: Every state that a tag shows, and kinds of things by their names.
NAMED = (
    *PHASES, *mandates.KINDS, *mandates.POSITIONS, *decisions.KINDS, *PARENTS, "workplace branch", *Role,
    *rulings_of.KINDS.values(), *rulebook.HALL,
)  # fmt: skip
STATES = sorted(
    {state_key(state) for states in (*(each.states for each in LIFECYCLES), STATE_COLOURS, NAMED) for state in states}
)
#: What pages look up by the words of a table.
LISTED = (
    *STATES, *TOPICS.values(), *SENTENCES.values(), *consulting.VOICES.values(), *consulting.PUBLISHING.values(),
    *(words.capitalize() for words in gatherings.OPEN_TO.values()), *(row[2] for row in gatherings.MAJORITIES.values()),
    *(form.name for form in FORMATS),
)  # fmt: skip


#: Who may do what, as a refusal says it, which a member meets who follows a link of an officer's.
RIGHTS = dict.fromkeys((*Permission, *(rule.who for rule in POLICY.values())))
#: The rulebooks that ship, whose words stay as they are until a body changes them.
RULES = dict.fromkeys(
    words for one in PRESETS
    for words in (one.title, one.summary, *(ballot.title for ballot in one.rules.presets),
                  *(order.text for order in one.rules.standing_orders))
)  # fmt: skip


# -- what the services say -------------------------------------------------------------------------------------------


def sentences(file: IO[bytes], _keywords: Any, _tags: Any, options: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """Every sentence among the strings of a module, with a hole for each value that is put in."""
    tree = ast.parse(file.read())
    passed = {id(part) for node in ast.walk(tree) for part in _no_speech(node)}
    for node in ast.walk(tree):
        if id(node) not in passed:
            yield from ((node.lineno, None, words, []) for words in _said(node) if _sentence(words))


def refusals(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """What a module of pages refuses with, in words that it does not look up itself."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            yield from ((node.lineno, None, words, []) for words in _said(node.exc.args[0]) if _sentence(words))


def _no_speech(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and the pieces of a string that is taken as a whole."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in ast.walk(node) if part is not node)


def _said(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.sub(r"\{(\w+)\}", r"%(\1)s", node.value.replace("%", "%%"))]
    if not isinstance(node, ast.JoinedStr):
        return []
    names: dict[str, str] = {}
    return ["".join(chosen) for chosen in itertools.product(*(_piece(part, names) for part in node.values))]


def _piece(part: ast.expr, names: dict[str, str]) -> list[str]:
    """What can stand at one place of a string: its words, either of two, or a hole."""
    if isinstance(part, ast.Constant):
        return [str(part.value).replace("%", "%%")]
    value = part.value  # type: ignore[attr-defined]
    if isinstance(value, ast.IfExp):
        either = [each.value for each in (value.body, value.orelse) if isinstance(each, ast.Constant)]
        if len(either) == 2 and all(isinstance(each, str) for each in either):
            return either
    return [f"%({_name(value, names)})s"]


def _name(value: ast.expr, names: dict[str, str]) -> str:
    """A name for a hole: what the value is called in the code; the same value has the same name throughout."""
    called = value.func if isinstance(value, ast.Call) else value
    plain = getattr(called, "attr", getattr(called, "id", "")).strip("_") or "value"
    written = ast.dump(value)
    for name in itertools.chain((plain,), (f"{plain}_{n}" for n in itertools.count(2))):
        if names.setdefault(name, written) == written:
            return name
    raise AssertionError


def _sentence(words: str) -> bool:
    plain = re.sub(r"%\(\w+\)s", "", words).strip()
    return bool(
        re.match(r"[A-Z“%]", words) and " " in plain and re.search(r"\w\w", plain) and re.search(r"[.!?]$", plain)
    )


#: Catalogue → the files that it is made from, and how each is read; the first that fits holds.
METHODS: dict[str, list[tuple[str, Any]]] = {
    "messages": [("consult/**.py", "python"), ("templates/**.html", "jinja2")],
    "sentences": [
        *((f"consult/service/{name}.py", "ignore") for name in OFFICERS),
        *((f"consult/{name}.py", "ignore") for name in UNSAID),
        *((f"consult/{folder}/**.py", sentences) for folder in ("service", "domain", "text")),
        *((f"consult/web/{name}.py", sentences) for name in ("errors", "guards", "voter", "identity", "addresses")),
        ("consult/web/api/**.py", "ignore"),
        ("consult/web/**.py", refusals),
        ("consult/ledger/receipts.py", refusals),
    ],
}
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


# -- the catalogues --------------------------------------------------------------------------------------------------


def extracted(name: str = "messages") -> Catalog:
    """Every message of a catalogue, with the files that it stands in."""
    found = Catalog(project="consult", charset="utf-8")
    for file, _line, message, _comments, context in extract_from_dir(str(ROOT), METHODS[name], OPTIONS, KEYWORDS):
        found.add(message, locations=[(file, 0)], context=context)
    for words in (
        (
            *LABELS,
            *WORDS,
            *DATES,
            *TABLES,
            *REASONS,
            *DAYS,
            *OUTCOMES,
            *MOVES,
            *STAGES,
            *HEADS,
            *NEWS,
            *MET,
            *COPIED,
            *TEXTS,
            *FEEDS,
            *PRINTED,
            *SECOND,
            *QUESTIONS,
            *SHOWN,
            *map(str, RIGHTS),
            *RULES,
        )
        if name == "sentences"
        else LISTED
    ):
        found.add(words, locations=[("scripts/translations.py", 0)])
    return found


def brought_up(language: str, template: Catalog, name: str = "messages") -> Catalog:
    """The catalogue of a language, with the messages that there are now and the translations that it had."""
    with (FOLDER / language / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = NEVER
    catalogue.project, catalogue.version, catalogue.fuzzy = "consult", "1", False
    catalogue.msgid_bugs_address, catalogue.last_translator = "", ""
    return catalogue


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """The two files of a catalogue: for translators, and for the program."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, sort_output=True, no_location=False, include_lineno=False)
    write_mo(mo, catalogue)
    return po.getvalue(), mo.getvalue()


def main(check: bool) -> int:
    """Bring every catalogue up to date; the exit status."""
    stale = 0
    for name in METHODS:
        template = extracted(name)
        for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
            catalogue = brought_up(folder.name, template, name)
            told = sum(1 for message in catalogue if message.id and all(_strings(message.string)))
            for suffix, data in zip(("po", "mo"), written(catalogue), strict=True):
                place = folder / "LC_MESSAGES" / f"{name}.{suffix}"
                if not place.exists() or place.read_bytes() != data:
                    stale = 1
                    if not check:
                        place.write_bytes(data)
            sys.stdout.write(f"{folder.name}: {told} of {len(catalogue)} {name} are translated\n")
    return stale if check else 0


def _strings(found: object) -> tuple[str, ...]:
    return tuple(found) if isinstance(found, list | tuple) else (str(found or ""),)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
