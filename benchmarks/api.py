"""The read API against an empty route, and a page deep in a long list against its first; ratios measured in one run.

`python benchmarks/api.py [repetitions [rows]]` furnishes a new SQLite file with 100,000 published motions and 100,000
published submissions to one consultation, and asks as a visitor does. Every repetition interleaves the empty route with a
page of 50 made anew, the same page kept by its mark and answered "not modified", and pages made anew at the beginning and
nine tenths down the list. Ratios are of processor time, medians of all repetitions; the cursor is followed as a program does.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from lines import line
from pages import asked, cost
from sqlalchemy import text

from consult.app import create_app
from consult.model import schema
from consult.model.store import db, writing
from consult.web.api.cursors import Listing
from consult.web.guards import public

ROWS, A_PAGE, REQUESTS = 100_000, 50, 30
#: What is asked → (target, whether it is not to be passed); pages against the empty route are requests a second of it.
TARGETS = {
    "a page of 50 motions, made anew / empty route": (0.02, False),
    "a page of 50, kept / empty route": (0.25, False),
    "a page of 50, not modified / empty route": (0.30, False),
    "a page deep in the motions / their first page": (1.3, True),
    "a page deep in the submissions / their first page": (1.3, True),
}
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
#: So many motions like one, and submissions like another with a text each.
STEPS = (
    f"""{NUMBERS} INSERT INTO motion (consultation_id, number, title, topic, mover_id, unit_id, state, revision, version_id,
    created_at, submitted_at, meeting_note) SELECT m.consultation_id, 10 + n.i, m.title, m.topic, m.mover_id, m.unit_id, m.state,
    1, m.version_id, m.created_at, m.submitted_at, '' FROM n CROSS JOIN motion m WHERE m.id = :motion""",
    f"""{NUMBERS} INSERT INTO contribution (consultation_id, kind, speaker, unit_id, author_id, author_status, named, state, revision,
    version_id, created_at, submitted_at) SELECT c.consultation_id, 'person', 'bench:' || n.i, NULL, c.author_id, c.author_status, 0,
    c.state, 1, c.version_id, c.created_at, c.submitted_at FROM n CROSS JOIN contribution c WHERE c.id = :sent""",
)


def furnished(folder: Path, rows: int) -> tuple[Flask, dict[str, str]]:
    """The application on a new database with the rows, and the addresses of the two lists."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.consulting import forum
    from tests.factories import found
    from tests.motions import stage

    settings = {"CONSULT_INSTANCE": str(folder), "CONSULT_API_RATE": 0}
    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'api.db'}"} | settings)
    app.add_url_rule("/empty-for-the-benchmark", "empty", public(lambda: "empty"))
    with app.app_context():
        schema.upgrade(db.engine)
        cast = found()
        motion, scene = stage(cast).published(), forum(cast, at_once=True)
        sent = scene.sent("member")
        values = {"rows": rows, "motion": motion.id, "sent": sent.id}
        with writing() as session:
            for step in STEPS:
                session.execute(text(step), values)
            session.execute(text("ANALYZE"))
        return app, {
            "motions": f"/api/v1/motions?limit={A_PAGE}",
            "submissions": f"/api/v1/consultations/{scene.consultation.id}/submissions?limit={A_PAGE}",
        }


def deep(app: Flask, address: str, rows: int) -> str:
    """The address of the page nine tenths down a list: a cursor as the list itself makes them."""
    with app.test_request_context(address):
        return f"{address}&cursor={Listing(limit=A_PAGE).beyond(rows // 10)}"


def main(repetitions: int = 5, rows: int = ROWS) -> int:
    """Print the lines; 1 when a target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        app, lists = furnished(Path(folder), rows)
        client = app.test_client()

        def anew(address: str) -> Callable[[], object]:
            ask = asked(client, address, 200)

            def make() -> object:
                app.extensions.pop("consult-api-kept", None)
                return ask()

            return make

        first = {name: anew(address) for name, address in lists.items()}
        later = {name: anew(deep(app, address, rows)) for name, address in lists.items()}
        for name in lists:
            for page in (client.get(lists[name]), client.get(deep(app, lists[name], rows))):
                if page.status_code != 200 or len(page.json["data"]) != A_PAGE:
                    raise SystemExit(
                        f"The list of {name} does not give {A_PAGE} rows: {page.get_data(as_text=True)[:300]}"
                    )
        etag = client.get(lists["motions"]).headers["ETag"]
        empty, kept = asked(client, "/empty-for-the-benchmark", 200), asked(client, lists["motions"], 200)
        same = asked(client, lists["motions"], 304, **{"If-None-Match": etag})
        ways = {
            "a page of 50 motions, made anew / empty route": (empty, first["motions"], True),
            "a page of 50, kept / empty route": (empty, kept, True),
            "a page of 50, not modified / empty route": (empty, same, True),
            **{f"a page deep in the {name} / their first page": (first[name], later[name], False) for name in lists},
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        costs: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(repetitions):
            for name, (bare, real, inverse) in ways.items():
                one, other = cost(bare, REQUESTS), cost(real, REQUESTS)
                costs[name].append(other)
                found[name].append(one / other if inverse else other / one)
    for name, times in costs.items():
        print(f"  {name}: {statistics.median(times) * 1000:.2f} ms of processor time a request")
    met = [line(f"API: {name}", found[name], target, most=most) for name, (target, most) in TARGETS.items()]
    print(f"{repetitions} repetitions, load average {os.getloadavg()[0]:.2f}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
