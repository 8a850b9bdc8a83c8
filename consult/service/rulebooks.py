"""Rulebooks: adopted by a body from a preset, changed by a new version, put in force for a consultation, never lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.domain.errors import Invalid, NotFound, OutOfOrder
from consult.domain.events import Event
from consult.domain.hall import MAJORITIES
from consult.domain.policy import Permission
from consult.domain.presets import BY_KEY, Preset
from consult.domain.requisitions import MEETING, RECALL, Terms
from consult.domain.roles import Actor
from consult.domain.rulebook import (
    HALL,
    LEAST_HOURS,
    LEAST_SIGNATURES,
    MOVERS,
    ORDERS,
    SELECTIONS,
    WITHOUT_LEAVE,
    BallotPreset,
    Lateness,
    Rulebook,
    StandingOrder,
)
from consult.model.consultations import Consultation
from consult.model.consultations import Rulebook as Row
from consult.model.motions import Motion
from consult.model.procedure import RulebookAdoption, Submission
from consult.model.store import db
from consult.model.units import Unit
from consult.service import consultations
from consult.service.act import Act, act

#: The fewest characters of the reason for a change: enough for a sentence.
SHORTEST = 10
LONGEST = 2_000
#: Number → (least, most, what it is called where it is refused).
NUMBERS: dict[str, tuple[int, int, str]] = {
    "motion_words": (20, 20_000, "A motion's word limit"),
    "amendment_words": (5, 20_000, "An amendment's word limit"),
    "branch_words": (0, 100_000, "A branch's budget of words"),
    "seconders": (0, 1_000, "The number of seconders"),
    "seconding_branches": (0, 100, "The number of branches"),
    "motions_per_branch": (0, 100, "The motions of a branch"),
    "amendments_per_branch": (0, 1_000, "The amendments of a branch"),
    "meeting_quorum": (0, 1_000, "The quorum of a branch's meeting"),
    "lapse_years": (0, 100, "The years until a policy lapses"),
    "bar_months": (0, 240, "The months of the bar"),
    "appeal_days": (0, 365, "The days for an appeal"),
    "least_signatures": (LEAST_SIGNATURES, 20, "The fewest signatures under a result"),
    "least_complaint_hours": (LEAST_HOURS, 1_440, "The fewest hours for complaints"),
    "shortlist": (0, 500, "The number shortlisted"),
    "places": (0, 500, "The number adopted"),
}
_ORDER = re.compile(r"(?P<number>[^:]{1,20}):\s*(?P<text>.{5,500})\Z")


# -- reading ---------------------------------------------------------------------------------------------------------


def rules_in(row: Row) -> Rulebook:
    """The rules that a kept version holds."""
    return Rulebook.from_json(row.rules)


def adoptions(unit_id: int | None = None) -> list[RulebookAdoption]:
    """Every adoption, newest first; of one body if given."""
    query = select(RulebookAdoption).options(
        joinedload(RulebookAdoption.rulebook), joinedload(RulebookAdoption.unit), joinedload(RulebookAdoption.by)
    )
    if unit_id is not None:
        query = query.where(RulebookAdoption.unit_id == unit_id)
    return list(db.session.scalars(query.order_by(RulebookAdoption.at.desc(), RulebookAdoption.rulebook_id.desc())))


def kept() -> list[Row]:
    """Every version of every rulebook, by name, the newest first."""
    return list(db.session.scalars(select(Row).order_by(Row.name, Row.version.desc())))


def get(rulebook_id: int) -> Row:
    """One version of a rulebook.

    Raises:
        NotFound: if there is none of this number.
    """
    row = db.session.get(Row, rulebook_id)
    if row is None:
        raise NotFound("There is no rulebook of this number.")
    return row


def adoption_of(row: Row) -> RulebookAdoption | None:
    """By whom a version was adopted, and why; None for one that came with a consultation."""
    return db.session.get(RulebookAdoption, row.id)


def adopted_by(session: Session, unit: Unit) -> Rulebook | None:
    """The rules that a unit goes by: the last that it adopted, else the last of the nearest unit above; None: none did."""
    above = [int(part) for part in unit.path.split("/") if part]
    query = select(Row).join(RulebookAdoption, RulebookAdoption.rulebook_id == Row.id)
    query = query.join(Unit, Unit.id == RulebookAdoption.unit_id).where(Unit.id.in_(above))
    query = query.order_by(func.length(Unit.path).desc(), RulebookAdoption.at.desc(), Row.id.desc())
    row = session.scalars(query.limit(1)).first()
    return rules_in(row) if row is not None else None


def applied_to(row: Row) -> list[tuple[Consultation, int]]:
    """The consultations under a version now, or in which motions were sent under it, each with how many motions."""
    query = (
        select(Consultation, func.count(Submission.motion_id))
        .outerjoin(Motion, Motion.consultation_id == Consultation.id)
        .outerjoin(Submission, (Submission.motion_id == Motion.id) & (Submission.rulebook_id == row.id))
        .group_by(Consultation.id)
        .having((func.count(Submission.motion_id) > 0) | (Consultation.rulebook_id == row.id))
        .order_by(Consultation.id.desc())
    )
    return [(found, count) for found, count in db.session.execute(query)]


def differences(old: Rulebook, new: Rulebook) -> list[tuple[str, Any, Any]]:
    """What a version changes: (rule, as it was, as it is), in the order of the rules."""
    pairs = [(field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(Rulebook)]
    return [(name, was, now) for name, was, now in pairs if was != now]


# -- changing --------------------------------------------------------------------------------------------------------


def changed(rules: Rulebook, values: Mapping[str, Any]) -> Rulebook:
    """The rules with what the editor's form gives; what the form does not name stays.

    `standing_orders` is a text of lines "SO 1: …"; `majority` and `quorum` are shares such as "2/3" and "1/20".

    Raises:
        Invalid: at each field that is wrong.
    """
    problems: dict[str, str] = {}
    new: dict[str, Any] = {}
    _numbers(values, new, problems)
    _choices(values, new, problems)
    if "name" in values:
        name = " ".join(str(values["name"]).split())
        new["name"] = name
        if not 3 <= len(name) <= 100:
            problems["name"] = "Give the rulebook a name of 3 to 100 characters."
    if "standing_orders" in values:
        new["standing_orders"] = _orders(str(values["standing_orders"]), problems)
    if {"majority", "quorum"} & values.keys():
        new["presets"] = _ballots(rules.presets, values, problems)
    for kind in ("late", "emergency"):
        if kind in values:
            new[kind] = _lateness(kind, values, problems)
    if "majorities" in values:
        new["majorities"] = _majorities(str(values["majorities"]), problems)
    for name, kind in (("special_meeting", MEETING), ("recall", RECALL)):
        if f"{name}_share" in values:
            new[name] = _terms(name, rules.terms(kind), values, problems)
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    made = replace(rules, **new)
    if made.selection == "primary" and not 0 < made.places <= made.shortlist:
        sentence = "A policy primary adopts at least one of those on its shortlist: give both numbers."
        raise Invalid(sentence, {"places": sentence})
    return made


def _numbers(values: Mapping[str, Any], new: dict[str, Any], problems: dict[str, str]) -> None:
    for name, (least, most, called) in NUMBERS.items():
        if name not in values:
            continue
        value = values[name]
        if not isinstance(value, int) or not least <= value <= most:
            problems[name] = f"{called} is a whole number from {least:,} to {most:,}."
        new[name] = value


def _choices(values: Mapping[str, Any], new: dict[str, Any], problems: dict[str, str]) -> None:
    for name, known in (("movers", MOVERS), ("amenders", MOVERS), ("hall", HALL)):
        if name in values:
            chosen = tuple(word for word in known if word in set(values[name]))
            new[name] = chosen
            if not chosen and name != "hall":
                problems[name] = "Somebody must be able to move: choose at least one."
    for name, known in (("selection", SELECTIONS), ("order_of_votes", ORDERS)):
        if name in values:
            new[name] = values[name]
            if values[name] not in known:
                problems[name] = f"Choose one of: {', '.join(known)}."
    for name in ("minute_needed", "amendments_need_meeting", "amend_amendments"):
        if name in values:
            new[name] = bool(values[name])
    if "zone" in values:
        new["zone"] = values["zone"]
        try:
            ZoneInfo(str(values["zone"]))
        except (ValueError, OSError, KeyError):
            problems["zone"] = "Name a time zone, such as Europe/London."


def _orders(text: str, problems: dict[str, str]) -> tuple[StandingOrder, ...]:
    found: dict[str, StandingOrder] = {}
    for row in filter(None, (row.strip() for row in text.splitlines())):
        match = _ORDER.match(row)
        if match is None:
            problems["standing_orders"] = f"Write each standing order as “SO 1: its text”; this is not: “{row[:60]}”."
            continue
        order = StandingOrder(" ".join(match["number"].split()), match["text"].strip())
        if order.number in found:
            problems["standing_orders"] = f"There are two standing orders {order.number}."
        found[order.number] = order
    if not found:
        problems.setdefault("standing_orders", "Rulings cite standing orders: write at least one, as “SO 1: its text”.")
    return tuple(found.values())


def _fraction(text: str) -> Fraction:
    """The share that was typed; -1 for what is none."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return Fraction(-1)


def _majorities(text: str, problems: dict[str, str]) -> dict[str, str]:
    """Procedural motions with their majorities, one "closure: 2/3" to a line; what no line names needs more than half."""
    found = dict.fromkeys(MAJORITIES, "1/2")
    for row in filter(None, (row.strip() for row in text.splitlines())):
        name, _colon, typed = row.rpartition(":")
        key, share = " ".join(name.split()).lower(), _fraction(typed.strip())
        if key not in found:
            problems["majorities"] = f"“{row[:60]}” names no procedural motion; there are {', '.join(MAJORITIES)}."
        elif not Fraction(1, 2) <= share <= 1:
            problems["majorities"] = f"“{row[:60]}”: write a share of at least half, as “closure: 2/3”."
        found[key] = str(share)
    return found


def _terms(name: str, was: Terms, values: Mapping[str, Any], problems: dict[str, str]) -> Terms:
    share = _fraction(str(values[f"{name}_share"] or "").strip())
    days = [values.get(f"{name}_days_to_{what}") for what in ("sign", "hold")]
    if not 0 < share <= 1:
        problems[f"{name}_share"] = "Write the share of the members who must sign, such as 1/20."
    for what, number in zip(("sign", "hold"), days, strict=True):
        if not isinstance(number, int) or not 1 <= number <= 365:
            problems[f"{name}_days_to_{what}"] = "Give a number of days from 1 to 365."
    return was if any(key.startswith(name) for key in problems) else Terms(str(share), *days)  # type: ignore[arg-type]


def _share(values: Mapping[str, Any], name: str, problems: dict[str, str], *, least: Fraction) -> str | None:
    text = str(values.get(name, "")).strip()
    if not text and name == "quorum":
        return None
    share = _fraction(text)
    if not least <= share <= 1:
        problems[name] = "Write a share such as 1/2 or 2/3." if name == "majority" else "Write a share such as 1/20."
    return str(share)


def _ballots(
    presets: tuple[BallotPreset, ...], values: Mapping[str, Any], problems: dict[str, str]
) -> tuple[BallotPreset, ...]:
    """The ballot presets with the majority and the quorum that the ordinary motion needs."""
    majority = _share(values, "majority", problems, least=Fraction(1, 2))
    quorum = _share(values, "quorum", problems, least=Fraction(0))
    if problems.keys() & {"majority", "quorum"}:
        return presets
    settings = {"threshold": majority, "comparison": ">" if majority == "1/2" else ">=", "base": "for-against"}
    if quorum and quorum != "0":
        settings["quorum"] = quorum
    needs = "more than half" if majority == "1/2" else f"at least {majority}"
    there = f"; {quorum} of the roll must vote" if "quorum" in settings else ""
    title = f"Motion: for, against or abstain; {needs} of the votes for and against{there}"
    return tuple(
        replace(preset, title=title, settings=settings) if preset.key == "motion" else preset for preset in presets
    )


def _lateness(kind: str, values: Mapping[str, Any], problems: dict[str, str]) -> Lateness | None:
    if not values[kind]:
        return None
    words, per_branch = values.get(f"{kind}_words") or 0, values.get(f"{kind}_per_branch") or 0
    leave = str(values.get(f"{kind}_leave") or "")
    if not 0 <= words <= 20_000 or not 0 <= per_branch <= 100:
        problems[f"{kind}_words"] = "Give a number of words up to 20,000, and of motions up to 100; 0 means no limit."
    if leave not in ("", "1/2", "2/3"):
        problems[f"{kind}_leave"] = "Choose whether the meeting must agree, and by how much."
    refused = str(values.get(f"{kind}_refused") or "not put")
    if refused not in WITHOUT_LEAVE:
        problems[f"{kind}_refused"] = "Choose what becomes of it where the meeting does not agree."
    return Lateness(words, per_branch, leave, refused)


@act(Permission.RULEBOOK_KEEP, Event.RULEBOOK_ADOPTED)
def adopt(
    unit: Unit, rules: Rulebook, reason: str, *, preset: str = "", by: Actor, at: datetime, act: Act
) -> RulebookAdoption:
    """Adopt a version of the rules for a body; those before it are kept, and what they applied to says so.

    Raises:
        Invalid: without a reason. OutOfOrder: if these very rules are adopted already.
    """
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        sentence = f"Say why it is adopted ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    row = consultations.keep_rulebook(act.session, rules, at)
    if act.session.get(RulebookAdoption, row.id) is not None:
        raise OutOfOrder(f"These are the rules of “{row.name}”, version {row.version}, already: nothing was changed.")
    made = RulebookAdoption(
        rulebook_id=row.id, unit_id=unit.id, preset=preset, reason=reason.strip(), by_id=by.member_id, at=at
    )
    act.session.add(made)
    act.note(rulebook=row.hash, version=row.version, unit=unit.id)
    return made


@act(Permission.RULEBOOK_KEEP, Event.RULEBOOK_APPLIED)
def put_in_force(
    consultation: Consultation, row: Row, reason: str, *, by: Actor, at: datetime, act: Act
) -> Consultation:
    """Put a version in force for a consultation; motions sent before keep saying under which version they were sent.

    Raises:
        Invalid: without a reason. OutOfOrder: if it is in force, or the order paper is made up already.
    """
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        sentence = f"Say why the rules change ({SHORTEST} to {LONGEST:,} characters)."
        raise Invalid(sentence, {"reason": sentence})
    if consultation.rulebook_id == row.id:
        raise OutOfOrder("This version is in force for it already.")
    fixed = select(Motion.number).where(
        Motion.consultation_id == consultation.id,
        Motion.state.in_(("on the order paper", "put to the vote")),
    )
    if (number := act.session.scalar(fixed.limit(1))) is not None:
        raise OutOfOrder(
            f"Motion {number} is on the order paper: the rules do not change under what is to be voted on."
        )
    act.note(before=consultation.rulebook.hash, rulebook=row.hash, reason=len(reason))
    consultation.rulebook_id = row.id
    return consultation


def preset(key: str) -> Preset:
    """A preset by its key.

    Raises:
        NotFound: if none has it.
    """
    if key not in BY_KEY:
        raise NotFound("There is no preset of this name.")
    return BY_KEY[key]
