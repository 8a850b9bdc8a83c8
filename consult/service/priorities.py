"""The priorities ballot: the motions that members rank, and taking from its published result which of them are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.policy import Permission
from consult.domain.roles import Actor
from consult.domain.rulebook import BY_BALLOT, Rulebook
from consult.domain.timetable import require_phase, written
from consult.model.ballots import Ballot, Option, Question
from consult.model.consultations import Consultation
from consult.model.motions import Motion
from consult.model.procedure import Disposal
from consult.model.results import Publication, QuestionResult
from consult.model.set_aside import SetAside
from consult.model.store import db
from consult.service import adopting, ballot_questions, ballots, consultations, disposals
from consult.service.act import Act, act

#: The counting rules whose result is an order.
METHODS = ("repeated-stv", "schulze", "ranked-pairs", "points", "policy-primary")
PRIMARY = "policy-primary"


@dataclass(frozen=True)
class Placed:
    """One motion in the order that a ballot gave; motions of one place were not told apart by the vote."""

    place: int
    motion: Motion

    @property
    def stands(self) -> bool:
        """Whether it can still be decided whether it is taken: not withdrawn, composited or frozen since."""
        return self.motion.state in disposals.PRIORITISABLE


@dataclass(frozen=True)
class Ranking:
    """The published order of one question, the motions that it leaves without a place, and where its line falls."""

    question: Question
    published_at: datetime
    order: tuple[Placed, ...]
    unplaced: tuple[Motion, ...]
    #: How many the rule itself takes: its places, or those that were carried among them.
    line: int

    @property
    def fixed(self) -> bool:
        """Whether the rule draws the line: a policy primary adopts its first places, neither more nor fewer."""
        return self.question.method == PRIMARY


# -- the paper -------------------------------------------------------------------------------------------------------


def presets_of(rules: Rulebook) -> list[Any]:
    """The ready-made questions of a rulebook by which motions can be put in order."""
    return [preset for preset in rules.presets if preset.method in METHODS and not preset.decides_motion]


def on_offer(consultation_id: int) -> list[Motion]:
    """The motions that members can be asked to rank, by number."""
    return [motion for motion in disposals.prioritisable(consultation_id) if motion.state == "published"]


def key_of(motion: Motion) -> str:
    """How papers and results name a motion that is ranked: "m7" is motion 7 of the ballot's consultation."""
    return f"m{motion.number}"


@act(Permission.BALLOT_CREATE, Event.BALLOT_EDITED)
def ask(
    ballot: Ballot, motions: Sequence[Motion], preset_key: str, title: str, *, by: Actor, at: datetime, act: Act
) -> Ballot:
    """Put the motions on the paper for members to rank, in order of number, by one of the rulebook's ways.

    Raises:
        Invalid: for fewer than two motions, more than the rules' shortlist, or a way that gives no order.
        OutOfOrder: for a motion that is not published in this consultation.
    """
    rules = consultations.rules_of(ballot.consultation)
    preset = rules.preset(preset_key)
    ballots.require_preparing(ballot)
    if preset.method not in METHODS:
        raise Invalid(f"“{preset.title}” gives no order.", {"preset": "Choose a way that puts motions in order."})
    for motion in motions:
        if motion.consultation_id != ballot.consultation_id or motion.state != "published":
            raise OutOfOrder(
                f"{motion.label} is {motion.state}: only published motions of this consultation are ranked."
            )
    _check_number(len(set(motions)), rules.shortlist if rules.selection == "primary" else 0)
    if not title.strip() or len(title.strip()) > 300:
        sentence = "Give the question a title of at most 300 characters."
        raise Invalid(sentence, {"title": sentence})
    paper = sorted(set(motions), key=lambda motion: motion.number or 0)
    question = Question(
        position=ballot_questions.next_position(ballot), title=title.strip(), method=preset.method,
        seats=min(rules.places or preset.seats if preset.method == PRIMARY else preset.seats, len(paper)),
        settings=dict(preset.settings), reserves=[],
        options=[
            Option(position=n, key=key_of(row), name=f"{row.label}: {row.title}"[:200], statement=row.unit.name)
            for n, row in enumerate(paper)
        ],
    )  # fmt: skip
    ballot_questions.check_question(question, roll_size=1_000_000)
    ballot.revision += 1
    ballot.questions.append(question)
    act.session.flush()
    act.note(motions=[motion.id for motion in paper])
    return ballot


def _check_number(many: int, shortlist: int) -> None:
    problem = ""
    if many < 2:
        problem = "Choose at least two motions; one alone cannot be ranked."
    elif shortlist and many > shortlist:
        problem = f"The rules put at most {shortlist} motions on the shortlist; {many} are chosen."
    if problem:
        raise Invalid(problem, {"motions": problem})


# -- the result ------------------------------------------------------------------------------------------------------


def available(consultation_id: int) -> list[Ranking]:
    """Every published order of motions in a consultation, the newest first."""
    return [_ranking(db.session(), *row) for row in _published(db.session(), consultation_id)]


def get(consultation_id: int, question_id: int, session: Session | None = None) -> Ranking:
    """The order that one question gave.

    Raises:
        NotFound: if it ranks no motions of this consultation, or its result is not published.
    """
    used = session or db.session()
    for question, result, at in _published(used, consultation_id):
        if question.id == question_id:
            return _ranking(used, question, result, at)
    raise NotFound("There is no published order of motions of this number: priorities follow from a published result.")


def _published(session: Session, consultation_id: int) -> list[Any]:
    query = (
        select(Question, QuestionResult.count, Publication.published_at)
        .join(QuestionResult, QuestionResult.question_id == Question.id)
        .join(Ballot, Ballot.id == Question.ballot_id)
        .join(Publication, Publication.ballot_id == Ballot.id)
        .where(
            Ballot.consultation_id == consultation_id, Ballot.state == "published", Question.method.in_(METHODS),
            Question.options.any(Option.key.like("m%")),
        )
        .options(joinedload(Question.ballot), selectinload(Question.options))
        .order_by(Publication.published_at.desc(), Question.position)
    )  # fmt: skip
    return list(session.execute(query))


def _ranking(session: Session, question: Question, count: Mapping[str, Any], published_at: datetime) -> Ranking:
    query = select(Motion).where(Motion.consultation_id == question.ballot.consultation_id)
    motions = {key_of(row): row for row in session.scalars(query.options(joinedload(Motion.unit)))}
    named = dict(zip(count["candidates"], (motions[option.key] for option in question.options), strict=True))
    order = tuple(
        Placed(place, named[label])
        for place, level in levels(count)
        for label in level
    )  # fmt: skip
    placed = {row.motion.id for row in order}
    unplaced = tuple(row for row in named.values() if row.id not in placed)
    return Ranking(question, published_at, order, unplaced, len(count["winners"]))


def levels(count: Mapping[str, Any]) -> list[tuple[int, list[str]]]:
    """A published count's order as places: the winners in theirs, then whatever else it ranks; a tie shares its place.

    >>> levels({"winners": ["b", "a"], "ranking": ["b", ["a", "c"], "d"]})
    [(1, ['b']), (2, ['a']), (3, ['c']), (4, ['d'])]
    >>> levels({"winners": ["a"], "ranking": ["a", ["b", "c"]]})
    [(1, ['a']), (2, ['b', 'c'])]
    """
    won = list(count["winners"])
    found = [(place, [label]) for place, label in enumerate(won, start=1)]
    place = len(won) + 1
    for level in count.get("ranking") or ():
        rest = [label for label in ([level] if isinstance(level, str) else level) if label not in won]
        if rest:
            found.append((place, rest))
            place += len(rest)
    return found


# -- taking it -------------------------------------------------------------------------------------------------------


@act(Permission.MOTION_PRIORITISE, None)
def take(
    consultation: Consultation,
    question_id: int,
    line: int | None = None,
    words: str = "",
    *,
    by: Actor,
    at: datetime,
    act: Act,
) -> Ranking:
    """Record from a published ballot which motions are taken: its places down to `line`, the others on its paper not.

    What a committee or a meeting added stays where it falls below the line; what was not on the paper is left alone.
    `line` defaults to the number of places that the ballot filled; another needs `words` that say why.

    Raises:
        NotFound: if there is no such published order here.
        Invalid: for a line beyond the order, through a tie, other than a policy primary's own, or without its reason.
        OutOfOrder: if exactly this was recorded already.
    """
    require_phase(consultation.phases, "prioritising", at, "Priorities are recorded")
    ranking = get(consultation.id, question_id, act.session)
    drawn = ranking.line if line is None else line
    _check_line(ranking, drawn, words)
    ballot = ranking.question.ballot
    newest = disposals.newest(act.session, [row.id for row in (*_rows(ranking), *ranking.unplaced)])
    above = {row.motion.id: row.place for row in ranking.order if row.place <= drawn}
    if _stands(ranking, newest, above):
        raise OutOfOrder(f"The order of “{ballot.title}” is recorded already, with its line after place {drawn}.")
    if act.session.get(SetAside, ballot.id) is not None:
        raise OutOfOrder(f"The order of “{ballot.title}” was set aside; it is not taken again.")
    words_ = f"The order of “{ballot.title}”, published on {written(ranking.published_at)}, takes its place."
    adopting.replace_earlier(act, consultation, ballot, words_)
    reason = f"By the ballot “{ballot.title}”, published on {written(ranking.published_at)}. {words.strip()}".strip()
    for motion in (*_rows(ranking), *ranking.unplaced):
        was = newest.get(motion.id)
        if motion.state not in disposals.PRIORITISABLE:
            continue
        if place := above.get(motion.id):
            disposals.decide(act, motion, "prioritise", "prioritised", reason, "ballot", ballot.id, place)
        elif not (was and was.decision == "prioritised" and was.source != "ballot"):
            disposals.decide(act, motion, "not prioritise", "not prioritised", reason, "ballot", ballot.id, None)
    return ranking


def _rows(ranking: Ranking) -> list[Motion]:
    return [row.motion for row in ranking.order]


def _check_line(ranking: Ranking, line: int, words: str) -> None:
    problems: dict[str, str] = {}
    if ranking.fixed and line != ranking.line:
        problems["line"] = f"A policy primary draws its own line: the first {ranking.line} are adopted."
    elif not 0 <= line <= len(ranking.order):
        problems["line"] = f"The ballot put {len(ranking.order)} motions in order: draw the line at one of them."
    elif through := _through(ranking, line):
        problems["line"] = f"{through} share place {_place(ranking, line)}: draw the line before or after them."
    if line != ranking.line and not len(words.strip()) >= disposals.SHORTEST:
        problems["words"] = f"The ballot itself filled {ranking.line} places: say why the line is drawn elsewhere."
    elif len(words.strip()) > disposals.LONGEST - 500:
        problems["words"] = f"Say it in at most {disposals.LONGEST - 500:,} characters."
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _place(ranking: Ranking, line: int) -> int:
    return ranking.order[line - 1].place


def _through(ranking: Ranking, line: int) -> str:
    """The motions of a tie through which a line would go; "" where it parts nothing that is tied."""
    if not 0 < line < len(ranking.order) or _place(ranking, line) != ranking.order[line].place:
        return ""
    return ", ".join(row.motion.label for row in ranking.order if row.place == _place(ranking, line))


def _stands(ranking: Ranking, newest: Mapping[int, Disposal], above: Mapping[int, int]) -> bool:
    """Whether the newest decisions say exactly this."""
    for motion in (*_rows(ranking), *ranking.unplaced):
        was = newest.get(motion.id)
        if motion.state not in disposals.PRIORITISABLE:
            continue
        if motion.id not in above and was and was.decision == "prioritised" and was.source != "ballot":
            continue
        if was is None or (was.ballot_id, was.place) != (ranking.question.ballot_id, above.get(motion.id)):
            return False
    return True


def by_ballot(consultation: Consultation) -> bool:
    """Whether this body's rules let members choose by ballot, so that nothing is typed in."""
    return consultations.rules_of(consultation).selection in BY_BALLOT
