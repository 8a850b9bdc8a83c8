"""The page of a big motion against an empty route: cold, kept, and not modified; ratios measured in one run.

`python benchmarks/pages.py [repetitions [requests]]` furnishes a new SQLite file with a motion of 30 clauses, 100
amendments and 1,000 comments and asks for it as a visitor does. Every repetition interleaves the empty route with the
page made anew, kept by its mark, and answered "not modified". A ratio is requests a second of the page over those of the
empty route, by processor time; it prints the median, the spread, the processor time of a request, and the load average.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from lines import line
from sqlalchemy import insert

from consult.app import create_app
from consult.model import schema
from consult.model.amendments import Amendment
from consult.model.debate import Comment
from consult.model.store import db, writing
from consult.service import motions
from consult.web.guards import public

CLAUSES, AMENDMENTS, COMMENTS = 30, 100, 1_000
TARGETS = {"cold": 0.06, "kept": 0.25, "not modified": 0.40}


def furnished(folder: Path) -> tuple[Flask, str]:
    """The application on a new database with the motion, and the motion's address."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.factories import found
    from tests.motions import stage

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
        kept = {column.key: getattr(row, column.key) for column in Amendment.__table__.columns if column.key != "id"}
        with writing() as session:
            session.execute(insert(Amendment), [kept | {"number": number} for number in range(2, AMENDMENTS + 1)])
            session.execute(insert(Comment), [_comment(motions.get(motion.id), n, rng, words) for n in range(COMMENTS)])
        return app, f"/motions/{motion.id}"


def _comment(motion: object, number: int, rng: random.Random, words: list[str]) -> dict[str, object]:
    return {
        "motion_id": motion.id, "author_id": motion.mover_id, "author_status": "member",  # type: ignore[attr-defined]
        "stance": ("for", "against", "question")[number % 3], "body": " ".join(rng.choices(words, k=40)),
        "at": motion.created_at + timedelta(minutes=number),  # type: ignore[attr-defined]
    }  # fmt: skip


def cost(ask: Callable[[], object], requests: int) -> float:
    """Seconds of processor time for one request."""
    begun = time.process_time()
    for _ in range(requests):
        ask()
    return (time.process_time() - begun) / requests


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
        app, address = furnished(Path(folder))
        client = app.test_client()
        etag = client.get(address).headers["ETag"]
        empty = asked(client, "/empty-for-the-benchmark", 200)
        warm = asked(client, address, 200)
        same = asked(client, address, 304, **{"If-None-Match": etag})

        def cold() -> object:
            app.extensions.pop("consult-kept", None)
            return warm()

        ways = {"cold": (cold, max(2, requests // 8)), "kept": (warm, requests), "not modified": (same, requests)}
        found: dict[str, list[float]] = {name: [] for name in ways}
        costs: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(repetitions):
            for name, (ask, many) in ways.items():
                bare = cost(empty, requests)
                costs[name].append(cost(ask, many))
                found[name].append(bare / costs[name][-1])
    print({name: f"{statistics.median(times) * 1000:.2f} ms" for name, times in costs.items()})
    met = [line(f"big motion page, {name} / empty route", found[name], target) for name, target in TARGETS.items()]
    print(f"{repetitions} repetitions, load average {os.getloadavg()[0]:.2f}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
