"""A furnished movement, the people who ask, and questions made from the route table: for attacks on every page."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zlib import crc32

import lxml.html
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, select
from werkzeug.routing import IntegerConverter, Rule

from consult.domain import policy
from consult.domain.policy import Permission
from consult.domain.roles import VISITOR, Actor
from consult.model.ballots import VotingLink
from consult.model.store import Base, db, writing
from consult.service import (
    complaints,
    data_cases,
    debate,
    member_exports,
    model_motions,
    moderation,
    policy_actions,
    requisitions,
    screening,
    standing,
    summaries,
    threads,
)
from consult.service.sessions import token_hash
from consult.service.versions import document_of
from consult.web import guards
from tests.desk import DURING, Desk
from tests.factories import NOON, Cast
from tests.hall import assembled
from tests.motions import DAY, in_short
from tests.service.test_composites import asked
from tests.service.test_policies import policy as carried
from tests.web.signing_in import browser_of

NOW = DURING
WORDS = "Because it is so, and nobody said otherwise."

#: Stands in texts that nobody but their writers and officers may read.
SECRET = "zinnia"

#: Without an office, and in no branch that moved anything: nobody, somebody who came by a link to vote, and a member.
OUTSIDERS = ("visitor", "link", "stranger")
#: One person of each role, and members without one.
INSIDERS = ("supporter", "member", "mover", "delegate", "other_delegate", "chair", "committee_1", "returning_officer",
            "scrutineer", "moderator", "panel", "roll_officer")  # fmt: skip

#: Part of an address → the table whose rows it names, where its own name does not say it. Other parts have the words below.
TABLES = {"holding": "role_holding", "issue": "agenda_issue", "text": "standing_text", "file": "import_file", "merge": "member_merge",
          "action": "policy_action", "request": "reset_request", "other": "motion", "mail": "development_mail",
          "card": "credential", "post": "waiting_post", "summary": "side_summary", "case": "data_case",
          "export": "member_export"}  # fmt: skip
NAMES = {"version": "v1", "path": "look.css", "accent": "teal", "token": "x" * 43, "kind": "soc-report", "form": "pdf",
         "step": "fall", "key": "q1", "hash_": "0" * 64, "size": "96"}  # fmt: skip

#: Rows that are no state of the movement: how often something was tried, challenges to passkeys, signs of life, and who looked whom up.
PASSING = {"attempt", "heartbeat", "member_read", "sign_in_challenge"}


@dataclass
class Movement:
    """A furnished application and the people who ask it."""

    app: Flask
    cast: Cast
    #: The SQLite file of the database, and a copy of it as it was furnished.
    file: Path = Path()
    kept: Path = Path()
    actors: dict[str, Actor] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    #: The member number of the stranger, who may read it.
    own: tuple[str, ...] = ()
    #: Table → the ids of its rows, as furnished.
    ids: dict[str, list[int]] = field(default_factory=dict)
    #: What the policy was asked since the last question, of whom, and whether it said yes.
    asked: list[tuple[Permission, Actor, bool]] = field(default_factory=list)

    def ask(
        self, who: str, address: str, data: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Status and page of one question, a form where there is data; a fault is a 500 with its words."""
        self.asked.clear()
        client = self.app.test_client(use_cookies=False)
        headers = {"Cookie": f"consult={self.cookies[who]}"}
        try:
            method = "GET" if data is None else "POST"
            answer = client.open(address, method=method, data=data, query_string=query, headers=headers)
            page = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
        except Exception as fault:  # the application raises its faults in tests
            return 500, f"{type(fault).__name__}: {str(fault)[:300]}"
        if answer.status_code == 302 and "/sign-in" in answer.headers["Location"]:
            return 401, page
        return answer.status_code, page

    def state(self) -> dict[str, set[tuple[Any, ...]]]:
        """Table → its rows."""
        with closing(sqlite3.connect(self.file)) as connection:
            tables = Base.metadata.tables.keys() - PASSING
            return {name: set(connection.execute(f'select * from "{name}"')) for name in tables}

    def owner(self, who: str) -> int | None:
        """Whose rows somebody may change without a word in the audit log: their own."""
        return self.actors["stranger" if who == "link" else who].member_id

    def version(self, connection: sqlite3.Connection) -> int:
        """A number that grows when anybody but this connection has written."""
        number: int = connection.execute("PRAGMA data_version").fetchone()[0]
        return number

    def restore(self) -> None:
        """Everything as it was furnished."""
        with closing(sqlite3.connect(self.kept)) as kept, closing(sqlite3.connect(self.file)) as file:
            kept.backup(file)


def furnish(cast: Cast) -> None:
    """Something of every kind, by members of Alder and Birch."""
    done = Desk(cast, keys=3, signers_needed=1, at=NOON - 10 * DAY)
    done.ask("plurality")
    done.schedule()
    done.vote("member", 0, at=done.during)
    done.publish()
    hall = assembled(cast)
    scene, by = hall.scene, cast.actor("committee_1")
    hall.card("delegate", "Alder")
    hall.open()
    scene.draft(heading=f"A {SECRET} in every window")
    scene.seconded()
    published = scene.published()
    scene.drafted_amendment(published, ("£2", f"a {SECRET}"))
    scene.amended(published, ("10pm", "9pm"), ruled=False)
    comment = debate.write(published, "for", "Fair fares for all.", by=cast.actor("member"), at=NOW)
    moderation.report(comment, f"The {SECRET} is out of order.", by=cast.actor("mover"), at=NOW)
    threads.set_rule(published, "screening", WORDS, by=cast.actor("moderator"), at=NOW)
    for name in ("member", "mover"):
        debate.write(published, "for", f"A {SECRET} for all.", by=cast.actor(name), at=NOW)
    screening.refuse(screening.queue()[0], "rules", WORDS, by=cast.actor("moderator"), at=NOW)
    summaries.draft(published, "for", in_short("Fair fares."), by=cast.actor("member"), at=NOW)
    asked(scene)
    book = carried(scene, heading="Trams before buses")
    clauses = policy_actions.ordering(document_of(book.version))
    later = NOW + 8 * DAY
    policy_actions.give(book, clauses[0], "The policy officer", None, by=by, at=later)
    model = model_motions.make(book, clauses[:1], "The branch", 300, by=by, at=later)
    model_motions.send(model, "Birch branch", NOON.date(), "The secretary", by=by, at=later)
    spec = requisitions.Spec("meeting", "Our buses", WORDS)
    data_cases.ask(None, "access", f"Where is my {SECRET}, please?", by=cast.actor("member"), at=NOW)
    whose = "post", ["number", "name", "address"], None, ["member"], f"The {SECRET} printer posts the papers."
    member_exports.ask(None, *whose, by=cast.actor("roll_officer"), at=NOW)
    requisitions.begin(cast.units["Alder"], spec, by=cast.actor("member"), at=NOW)
    standing.enter(cast.units["Testland"], "Standing orders", "One.\nTwo.", by=by, at=NOW)
    for level in ("operator", "sealed", "recorded"):
        desk = Desk(cast, keys=0, level=level, signers_needed=1, consultation=scene.consultation)
        desk.ask()
        if level == "sealed":
            desk.hold_ceremony()
        desk.schedule()
        complaints.make(desk.ballot, "conduct", f"A {SECRET} was in the box.", by=cast.actor("member"), at=NOW)
    Desk(cast, keys=0, consultation=scene.consultation).ask("plurality")


def sign_in(movement: Movement, people: tuple[str, ...] = (*OUTSIDERS, *INSIDERS)) -> None:
    """A cookie for everybody who asks, with the key of their forms; and a list of what there is."""
    app = movement.app
    for name, table in Base.metadata.tables.items():
        if "id" in table.c:
            movement.ids[name] = list(db.session.scalars(select(table.c.id).order_by(table.c.id)))
    raw = hashlib.sha1(b"every route").hexdigest()
    movement.token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(raw)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    for who in people:
        kept: dict[str, Any] = {"csrf_token": raw}
        movement.actors[who] = VISITOR
        if who == "link":
            ballot = objects(movement, "ballot_id")[1]
            member, word = movement.cast.who["stranger"].id, secrets.token_urlsafe(32)
            with writing() as session:
                session.execute(
                    insert(VotingLink).values(ballot_id=ballot, member_id=member, token_hash=token_hash(word))
                )
            kept |= {guards.VOTING: [ballot, word]}
        elif who != "visitor":
            member = movement.cast.who[who]
            movement.actors[who] = movement.cast.actor(who)
            browser_of(app, member)
            kept |= {guards.TOKEN: f"{member.id:043}", "_user_id": str(member.id)}
        movement.cookies[who] = signer.dumps(kept)


# -- the questions ---------------------------------------------------------------------------------------------------


def objects(movement: Movement, part: str) -> list[int]:
    """The ids that a whole number in an address may be: of rows in the table that its name says, else one."""
    stem = part.removesuffix("_id")
    return movement.ids.get(TABLES.get(stem, stem)) or [1]


def addresses(movement: Movement, rule: Rule, method: str) -> list[str]:
    """Addresses of a route about things that are there."""
    adapter = movement.app.url_map.bind("consult.test")
    parts: list[list[tuple[str, Any]]] = []
    for name, converter in rule._converters.items():
        values: list[Any] = list(getattr(converter, "items", ()))
        if isinstance(converter, IntegerConverter):
            values = objects(movement, name)
        parts.append([(name, value) for value in values or [NAMES.get(name, "x")]])
    return [adapter.build(rule.endpoint, dict(chosen), method=method) for chosen in itertools.product(*parts)]


def routes(app: Flask, method: str) -> list[Rule]:
    """Every route that takes a method, but the folder of files."""
    return [r for r in app.url_map.iter_rules() if r.endpoint != "static" and method in (r.methods or ())]


def questions(movement: Movement, method: str, *, whole: bool) -> Iterator[tuple[Rule, str, str]]:
    """Route, person and address: everybody about everything; or outsiders and two more, each about one thing in turn."""
    for rule in routes(movement.app, method):
        found = addresses(movement, rule, method)
        if whole:
            yield from ((rule, who, address) for address in found for who in (*OUTSIDERS, *INSIDERS))
            continue
        start = crc32(f"{rule.rule} {method}".encode())
        people = (*OUTSIDERS, *(INSIDERS[(start + step) % len(INSIDERS)] for step in (0, 5)))
        for turn, who in enumerate(people):
            yield rule, who, found[(start + turn) % len(found)]


def forms(movement: Movement, *, each: int = 2) -> dict[str, dict[str, list[str]]]:
    """Path or route of a form → what a browser would send: of all pages, as somebody would see them who may do everything."""
    kept: dict[str, dict[str, list[str]]] = {}
    adapter = movement.app.url_map.bind("consult.test")
    for rule in routes(movement.app, "GET"):
        for address in addresses(movement, rule, "GET")[-each:]:
            status, page = movement.ask("committee_1", address)
            if status != 200 or "<form" not in page:
                continue
            for place, sent in _forms_of(address, page):
                kept.setdefault(place, sent)
                if adapter.test(place, method="POST"):
                    kept.setdefault(adapter.match(place, method="POST")[0], sent)
    return kept


def _forms_of(address: str, html: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The forms of a page, filled in as somebody would who has something to say."""
    for form in lxml.html.fromstring(html).iter("form"):
        if (form.get("method") or "").lower() != "post":
            continue
        sent: dict[str, list[str]] = {}
        for node in form.iter("input", "textarea", "select", "button"):
            name, kind = node.get("name"), node.get("type") or node.tag
            if not name or name == "csrf_token" or kind in ("file", "reset") or node.get("disabled") is not None:
                continue
            if kind == "select":
                value = ([o.get("value") or o.text or "" for o in node.iter("option")] or [""])[-1]
            elif kind == "textarea":
                value = (node.text or "").strip() or WORDS
            else:
                value = node.get("value") or ("on" if kind == "checkbox" else "1" if kind == "number" else WORDS)
            if kind in ("radio", "submit") and name in sent:
                continue
            sent.setdefault(name, []).append(value)
        yield urlsplit(urljoin(address, form.get("action") or "")).path, sent


def of_others(
    before: dict[str, set[tuple[Any, ...]]], after: dict[str, set[tuple[Any, ...]]], owner: int | None
) -> set[str]:
    """The tables in which a row came, went or changed that is not this member's own."""
    found = set()
    for name in before:
        columns = Base.metadata.tables[name].c.keys()
        place = columns.index("member_id") if "member_id" in columns else None
        for row in before[name] ^ after[name]:
            if place is None or owner is None or row[place] != owner:
                found.add(name)
    return found


def may_enter(movement: Movement, rule: Rule, who: str) -> bool:
    """Whether somebody may pass the guard that a route declares."""
    entry = guards.entry_of(movement.app, rule.endpoint)
    known = who not in ("visitor", "link")
    plain = {
        "public": True,
        "signed in": known,
        "voter": known or who == "link",
        "development": bool(movement.app.config["CONSULT_DEVELOPMENT"]),
    }
    if isinstance(entry, Permission):
        return known and policy.may(entry, movement.actors[who], at=NOW)
    return plain[entry]
