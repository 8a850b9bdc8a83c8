"""The page of a big motion against an empty route: cold, kept, and not modified; ratios measured in one run.

`python benchmarks/pages.py [repetitions [requests]]` furnishes a new SQLite file with a motion of 30 clauses, 100
amendments and 1,000 comments and asks for it as a visitor does. Every repetition interleaves the empty route with the
page made anew, kept by its mark, and answered "not modified". A ratio is requests a second of the page over those of the
empty route, by processor time; it prints the median, the spread, the processor time of a request, and the load average.

Cold is what the first reader meets after a change, in a process that runs already: a new comment, a new amendment, or a new
version of the text is written before each such request (and not measured), no page is kept, and of the pieces that pages
are put together from only those are there that say what they said before. "From nothing" is a process that has not shown
this motion since it began: neither page nor piece is kept; it is told, and has no target. How many pages a core gives in a
second is told too, also for a member who is signed in, whose pages are never kept.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lines import line
from sqlalchemy import delete, insert, select, update

from consult.app import create_app
from consult.model import schema
from consult.model.amendments import Amendment
from consult.model.debate import Comment
from consult.model.motions import Motion, MotionVersion
from consult.model.store import db, writing
from consult.service import motions
from consult.web.guards import public

CLAUSES, AMENDMENTS, COMMENTS = 30, 100, 1_000
COLD = 0.06
TARGETS = {
    "cold after a comment": COLD, "cold after an amendment": COLD, "cold after a version": COLD, "cold from nothing": None,
    "kept": 0.25, "not modified": 0.40,
}  # fmt: skip

#: What is also told as pages a second of one core, for the table of sizes.
READ = ("kept", "not modified", "by a member", "a member's home")


def furnished(folder: Path) -> tuple[Flask, str, FlaskClient]:
    """The application on a new database with the motion, the motion's address, and a member's browser, signed in."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.factories import found
    from tests.motions import stage
    from tests.web.signing_in import browser_of

    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'pages.db'}", "CONSULT_INSTANCE": str(folder)})
    app.add_url_rule("/empty-for-the-benchmark", "empty", public(lambda: "empty"))
    with app.app_context():
        schema.upgrade(db.engine)
        cast = found()
        scene = stage(cast)
        rng = random.Random(7)
        words = [f"word{number}" for number in range(400)]
        clauses = "\n".join(
            f"{n}. To do " + " ".join(rng.choices(words, k=24)) + f" by {n}." for n in range(1, CLAUSES + 1)
        )
        motion = scene.published(resolves=clauses, notes="", believes="")
        row = scene.amended(motion, ("by 7.", "well before 7."))
        clauses = [clause for clause in motion.version.document["clauses"] if " by " in clause["text"]]
        moved = [_moved(_copied(row), number, clauses) for number in range(2, AMENDMENTS + 1)]
        with writing() as session:
            session.execute(insert(Amendment), moved)
            session.execute(insert(Comment), [_comment(motions.get(motion.id), n, rng, words) for n in range(COMMENTS)])
        return app, f"/motions/{motion.id}", browser_of(app, cast.who["member"]).client


def _moved(kept: dict[str, Any], number: int, clauses: list[dict[str, Any]]) -> dict[str, Any]:
    """The amendment of clause 7 as one of another clause, in words of its own."""
    (operation,) = kept["operations"]
    place = number % len(clauses)
    named = {"clause": clauses[place]["id"], "new": ["well", f"{number}", "weeks", "before"]}
    words = json.dumps(kept["rubric"]).replace("7", f"{place + 1}").replace("well", f"well {number} weeks")
    return kept | {"number": number, "operations": [operation | named], "rubric": json.loads(words)}


def _comment(motion: object, number: int, rng: random.Random, words: list[str]) -> dict[str, object]:
    return {
        "motion_id": motion.id, "author_id": motion.mover_id, "author_status": "member",  # type: ignore[attr-defined]
        "stance": ("for", "against", "question")[number % 3], "body": " ".join(rng.choices(words, k=40)),
        "at": motion.created_at + timedelta(minutes=number),  # type: ignore[attr-defined]
    }  # fmt: skip


class Changes:
    """What may change before somebody reads; each takes away the pages that are kept, as an act does by the audit log."""

    def __init__(self, app: Flask, motion_id: int) -> None:
        self._app, self._motion_id, self._rng = app, motion_id, random.Random(8)
        self._number = 0

    def comment(self) -> None:
        """Somebody spoke."""
        self._number += 1
        words = [f"word{number}" for number in range(400)]
        with self._app.app_context():
            motion = motions.get(self._motion_id)
            self._write(Comment, _comment(motion, COMMENTS + self._number, self._rng, words))

    def amendment(self) -> None:
        """A branch moved an amendment that nobody moved before; the one before it of this kind is gone."""
        self._number += 1
        with self._app.app_context():
            with writing() as session:
                session.execute(delete(Amendment).where(Amendment.number > AMENDMENTS))
            kept = _copied(motions.get(self._motion_id).amendments[0])
            rubric = [f"In clause 7, replace “by 7.” with “in year {self._number}.”"]
            self._write(Amendment, kept | {"number": AMENDMENTS + self._number, "rubric": rubric})

    def version(self) -> None:
        """The text has a new version."""
        self._number += 1
        with self._app.app_context():
            kept = _copied(motions.get(self._motion_id).version) | {"search_text": "words"}
            document = json.loads(json.dumps(kept["document"]).replace("by 9.", f"by 9 in year {self._number}."))
            sequence = kept["sequence"] + 1
            values = {"sequence": sequence, "document": document, "hash": f"{self._number:064x}"}
            self._write(MotionVersion, kept | values)
            with writing() as session:
                newest = select(MotionVersion.id).filter_by(motion_id=self._motion_id, sequence=sequence)
                motion = update(Motion).where(Motion.id == self._motion_id)
                session.execute(motion.values(version_id=newest.scalar_subquery()))

    def nothing(self) -> None:
        """The process began a moment ago."""
        self._app.extensions.pop("consult-kept", None)
        self._app.extensions.pop("consult-pieces", None)

    def _write(self, table: Any, values: dict[str, Any]) -> None:
        with writing() as session:
            session.execute(insert(table).values(**values))
        self._app.extensions.pop("consult-kept", None)


def _copied(row: Any) -> dict[str, Any]:
    """The values of a row, but its id."""
    return {c.key: getattr(row, c.key) for c in row.__table__.columns if c.key not in ("id", "search_text")}


def cost(ask: Callable[[], object], requests: int, change: Callable[[], None] | None = None) -> float:
    """Seconds of processor time for one request; of a change before each only what follows it is measured."""
    spent = 0.0
    for _ in range(requests):
        if change is not None:
            change()
        begun = time.process_time()
        ask()
        spent += time.process_time() - begun
    return spent / requests


def asked(client: FlaskClient, address: str, expect: int, **headers: str) -> Callable[[], object]:
    """A request whose status is checked each time."""

    def ask() -> object:
        answer = client.get(address, headers=headers)
        if answer.status_code != expect:
            raise SystemExit(f"{address} answered {answer.status_code}, not {expect}.")
        return answer.get_data()

    return ask


def main(repetitions: int = 5, requests: int = 40) -> int:
    """Print the table; 1 when a target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        app, address, member = furnished(Path(folder))
        client = app.test_client()
        etag = client.get(address).headers["ETag"]
        empty = asked(client, "/empty-for-the-benchmark", 200)
        warm = asked(client, address, 200)
        same = asked(client, address, 304, **{"If-None-Match": etag})
        change = Changes(app, int(address.rpartition("/")[2]))
        few = max(2, requests // 8)
        ways: dict[str, tuple[Callable[[], object], int, Callable[[], None] | None]] = {
            "kept": (warm, requests, None), "not modified": (same, requests, None),
            "cold after a comment": (warm, few, change.comment), "cold after an amendment": (warm, few, change.amendment),
            "cold from nothing": (warm, few, change.nothing), "cold after a version": (warm, few, change.version),
            "by a member": (asked(member, address, 200), few, None), "a member's home": (asked(member, "/", 200), few, None),
        }  # fmt: skip
        found: dict[str, list[float]] = {name: [] for name in ways}
        costs: dict[str, list[float]] = {name: [] for name in ways}
        for name, (ask, many, before) in ways.items():
            for _ in range(repetitions):
                bare = cost(empty, requests)
                costs[name].append(cost(ask, many, before))
                found[name].append(bare / costs[name][-1])
    print({name: f"{statistics.median(times) * 1000:.2f} ms" for name, times in costs.items()})
    met = [line(f"big motion page, {name} / empty route", found[name], target) for name, target in TARGETS.items()]
    for name in READ:
        line(f"read in a second of a core: {name}", [1 / spent for spent in costs[name]], None)
    print(f"{repetitions} repetitions, load average {os.getloadavg()[0]:.2f}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
