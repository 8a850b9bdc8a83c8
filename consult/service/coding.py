"""Coding of submissions: the code book, what each coder found, how well coders agree, and how often each code was found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import combinations
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.domain import policy
from consult.domain.coding import cohen_kappa, krippendorff_alpha
from consult.domain.consulting import VOICES, shown, voice_of
from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.model.coding import Code, Coding, CodingDone
from consult.model.consultations import Consultation
from consult.model.consulting import Contribution, ContributionVersion
from consult.model.members import Member
from consult.model.store import db
from consult.service import participation, submissions
from consult.service.act import Act, act


@dataclass(frozen=True)
class Agreement:
    """How well two coders agree on one code: over how many answers, and Cohen's kappa, None where not defined."""

    code: Code
    coders: tuple[str, str]
    items: int
    alike: int
    kappa: Fraction | None


@dataclass(frozen=True)
class Found:
    """How often a code was found: submissions by voice, None where withheld; as the first coder's and the second's union."""

    code: Code
    counts: dict[str, int | None]


def codes_of(consultation_id: int, session: Session | None = None) -> list[Code]:
    """The code book, by name."""
    query = select(Code).where(Code.consultation_id == consultation_id).order_by(Code.name)
    return list((session or db.session()).scalars(query))


def code(code_id: int) -> Code:
    """One code.

    Raises:
        NotFound: if there is none of this number.
    """
    found = db.session.get(Code, code_id)
    if found is None:
        raise NotFound("There is no code of this number.")
    return found


def parts_of(document: dict[str, Any], asked: Iterable[str]) -> dict[str, str]:
    """The parts of a submission that are coded: those in people's own words; `asked` are the open questions' numbers.

    >>> parts_of({"answers": {"7": "Build.", "8": "Yes"}, "more": "", "minutes": {"text": "We met."}}, ["7"])
    {'7': 'Build.', 'minutes': 'We met.'}
    """
    given = document.get("answers", {})
    found = {key: given[key] for key in asked if given.get(key)}
    found |= {"more": document.get("more", ""), "minutes": (document.get("minutes") or {}).get("text", "")}
    return {key: text for key, text in found.items() if text}


def asked_openly(consultation_id: int, session: Session | None = None) -> list[str]:
    """The numbers of the open questions, in their order."""
    return [str(row.id) for row in participation.questions_of(consultation_id, session) if row.kind == "open"]


def own(version_id: int, by: Actor) -> dict[str, dict[int, str]]:
    """What this coder found in a version: part → code's number → the words marked, "" for the whole."""
    query = select(Coding).where(Coding.version_id == version_id, Coding.coder_id == by.member_id)
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for row in db.session.scalars(query):
        found[row.part][row.code_id] = row.quote
    return dict(found)


def done_by(versions: Iterable[int]) -> dict[int, set[int]]:
    """Version → the coders who have finished it."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in db.session.scalars(select(CodingDone).where(CodingDone.version_id.in_(list(versions)))):
        found[row.version_id].add(row.coder_id)
    return dict(found)


# -- the code book ---------------------------------------------------------------------------------------------------


@act(Permission.CONSULTATION_CODE, Event.CODE_BOOK_CHANGED)
def add_code(consultation: Consultation, name: str, meaning: str, *, by: Actor, at: datetime, act: Act) -> Code:
    """Add a code to the code book.

    Raises:
        Invalid: without a name or a meaning, or with a name that is taken.
    """
    name, meaning = " ".join(name.split()), " ".join(meaning.split())
    problems = {}
    if not 2 <= len(name) <= 80:
        problems["name"] = "Give the code a name of 2 to 80 characters."
    if not 10 <= len(meaning) <= 500:
        problems["meaning"] = "Say in 10 to 500 characters what the code stands for, so that two coders use it alike."
    if any(row.name.casefold() == name.casefold() for row in codes_of(consultation.id, act.session)):
        problems["name"] = "The code book has a code of this name already."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    made = Code(consultation_id=consultation.id, name=name, meaning=meaning)
    act.session.add(made)
    return made


@act(Permission.CONSULTATION_CODE, Event.CODE_BOOK_CHANGED)
def retire(row: Code, reason: str, *, by: Actor, at: datetime, act: Act) -> Code:
    """Close a code to further use, or open it again, with the reason; what was coded with it stands."""
    act.because(reason)
    row.retired = not row.retired
    return row


# -- coding ----------------------------------------------------------------------------------------------------------


@act(Permission.SUBMISSION_WRITE, None)
def finish(
    contribution: Contribution,
    findings: Iterable[tuple[str, int, str]],
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> ContributionVersion:
    """Put down what one found in a submission, part by part, and that one has read it to its end.

    `findings` are (part, code's number, the words marked or ""). What one found in this version before is replaced.

    Raises:
        NotAllowed: for somebody who does not code. Invalid: for words that are not in the part, or a code that is not in use.
        OutOfOrder: for a submission that does not stand.
    """
    policy.require(Permission.CONSULTATION_CODE, by, contribution.consultation, at=at)
    if contribution.state != "submitted" or contribution.version is None:
        raise OutOfOrder("Only a submission that stands is coded.")
    version = contribution.version
    parts = parts_of(version.document, asked_openly(contribution.consultation_id, act.session))
    codes = {row.id: row for row in codes_of(contribution.consultation_id, act.session)}
    kept: dict[tuple[str, int], str] = {}
    for part, code_id, quote in findings:
        words = " ".join(quote.split())
        if part not in parts or code_id not in codes:
            raise Invalid("A part or a code that was sent is not there any more; open the page again.")
        if words and words not in " ".join(parts[part].split()):
            sentence = f"The words marked for “{codes[code_id].name}” are not in this answer: copy them as they stand."
            raise Invalid(sentence, {f"{part}-{code_id}": sentence})
        kept[part, code_id] = words
    mine = (Coding.version_id == version.id) & (Coding.coder_id == by.member_id)
    before = {row.code_id for row in act.session.scalars(select(Coding).where(mine))}
    fresh = next((codes[code_id] for _part, code_id in kept if codes[code_id].retired and code_id not in before), None)
    if fresh is not None:
        raise Invalid(f"The code “{fresh.name}” is closed to further use.")
    act.session.execute(delete(Coding).where(mine))
    act.session.add_all(
        Coding(version_id=version.id, part=part, code_id=code_id, coder_id=by.member_id, quote=quote)
        for (part, code_id), quote in kept.items()
    )
    if act.session.get(CodingDone, (version.id, by.member_id)) is None:
        act.session.add(CodingDone(version_id=version.id, coder_id=by.member_id, at=at))
    act.record(Event.SUBMISSION_CODED, contribution, version=version.sequence, findings=len(kept))
    return version


# -- figures ---------------------------------------------------------------------------------------------------------


class Figures:
    """Everything about the coding of a consultation, read in seven statements whatever its size."""

    def __init__(self, consultation_id: int, least: int) -> None:
        self.least = least
        self.codes = codes_of(consultation_id)
        self.asked = asked_openly(consultation_id)
        self.rows = [row for row in submissions.sent(consultation_id) if row.state == "submitted" and row.version]
        self.versions = {row.version_id: row for row in self.rows if row.version_id is not None}
        self.done = done_by(self.versions)
        query = select(Coding).where(Coding.version_id.in_(list(self.versions)))
        self.found = {(c.version_id, c.part, c.code_id, c.coder_id) for c in db.session.scalars(query)
                      if c.coder_id in self.done.get(c.version_id, ())}  # fmt: skip
        coders = sorted({coder for some in self.done.values() for coder in some})
        named = select(Member.id, Member.name).where(Member.id.in_(coders))
        self.names: dict[int, str] = {row.id: row.name for row in db.session.execute(named)}
        self.coders = coders

    @property
    def coded(self) -> int:
        """How many submissions at least one coder has finished."""
        return len(self.done)

    @property
    def twice(self) -> int:
        """How many submissions two coders or more have finished."""
        return sum(len(some) > 1 for some in self.done.values())

    def _parts(self, version_id: int) -> list[str]:
        version = self.versions[version_id].version
        return list(parts_of(version.document, self.asked)) if version else []

    def agreements(self) -> list[Agreement]:
        """For each code and each two coders: Cohen's kappa over the answers that both have read."""
        made = []
        for row in self.codes:
            for one, two in combinations(self.coders, 2):
                both = [v for v, some in self.done.items() if one in some and two in some]
                pairs = [
                    ((v, part, row.id, one) in self.found, (v, part, row.id, two) in self.found)
                    for v in both for part in self._parts(v)
                ]  # fmt: skip
                if pairs:
                    alike = sum(a == b for a, b in pairs)
                    names = (self.names[one], self.names[two])
                    made.append(Agreement(row, names, len(pairs), alike, cohen_kappa(pairs)))
        return made

    def alpha(self) -> Fraction | None:
        """Krippendorff's alpha over every answer and every code, whoever read it."""
        return krippendorff_alpha(
            [(v, part, row.id, coder) in self.found for coder in sorted(some)]
            for v, some in self.done.items() for part in self._parts(v) for row in self.codes
        )  # fmt: skip

    def how_often(self) -> list[Found]:
        """For each code: in how many submissions of each voice at least one coder found it."""
        of = Counter(voice_of(row.kind, row.author_status) for row in self.rows)
        made = []
        for row in self.codes:
            versions = {v for v, _part, code_id, _coder in self.found if code_id == row.id}
            counts = Counter(voice_of(self.versions[v].kind, self.versions[v].author_status) for v in versions)
            told = {voice: shown(counts[voice], voice, self.least, of[voice]) for voice in VOICES if of[voice]}
            made.append(Found(row, told))
        return sorted(made, key=lambda one: (-sum(count or 0 for count in one.counts.values()), one.code.name))
