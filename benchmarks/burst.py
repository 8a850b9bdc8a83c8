"""The burst at the close of a poll, open loop: how many voters a second are served from link to receipt without an error.

`python benchmarks/burst.py [--full] [--only NAME]`. Voters come by one-time links at a steady rate, whether or not the
pages keep up: each opens the link, casts an envelope that the browser sealed, and is shown the receipt, on a connection
of their own. A rate is held if every vote was taken, every receipt shown, and 99 of 100 voters were done within five
seconds of the moment they came. Sign-ins by password, which cost a hash each, are driven apart. `--full` holds each rate
for a minute. The target is the large party of 800,000 on a machine of its own; nothing is failed by it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from driving import FORM, HANDS, Bench, Run, arrive, drive, spelt
from itsdangerous import URLSafeTimedSerializer
from lines import line
from sqlalchemy import insert

from consult.model.members import Account, Member
from consult.model.store import db, writing
from consult.service import passwords
from tests.databases import Postgresql, Sqlite

#: Voters a second in the last minute of a large party's poll; seconds within which 99 of 100 must be done.
TARGET, PATIENCE = 150, 5.0
WORKERS = 2
PASSWORD = "plough lantern ribbon otter"
STEPS = (200, 303, 200)


def visits(bench: Bench, count: int) -> list[list[bytes]]:
    """Link, cast, receipt of the next voters."""
    voters = bench.left[:count]
    made = []
    for voter, (method, path, headers, body) in zip(voters, bench.real(count), strict=True):
        link = ("GET", f"/vote/{voter.token}", {}, "")
        receipt = ("GET", path.replace("/cast", "/receipt"), {"Cookie": headers["Cookie"]}, "")
        made.append([spelt(link), spelt((method, path, headers, body)), spelt(receipt)])
    return made


def held(run: Run, count: int) -> bool:
    """Whether a rate was held."""
    return run.good == count and run.at(0.99) <= 1000 * PATIENCE


def burst(bench: Bench, name: str, seconds: int) -> None:
    """Look for the highest rate that is held: begin below what the pages can do at once, and go down until one is or up
    until one is not."""
    with bench.serving(threads=HANDS, workers=WORKERS) as pages:
        warm = arrive(pages, visits(bench, 60), 15, STEPS)
        most = arrive(pages, visits(bench, 300), 10_000, STEPS)
        bench.good += warm.good + most.good
        print(f"  {name}: all at once {most}", flush=True)
        best, rate = 0.0, 0.95 * most.rate
        while rate > 1 and (count := int(rate * seconds)) <= len(bench.left):
            run = arrive(pages, visits(bench, count), rate, STEPS)
            bench.good += run.good
            fine = held(run, count)
            print(
                f"  {rate:5.0f} voters a second for {seconds} s: {run} {run.told} {'held' if fine else 'not held'}",
                flush=True,
            )
            if best and not fine:
                break
            best, rate = (rate, 1.15 * rate) if fine else (best, 0.85 * rate)
    line(f"{name}: voters a second by link, held {seconds} s (large party: {TARGET})", [best], None)
    if bench.rows() < bench.good:
        raise SystemExit("The box does not hold what was acknowledged.")


def sign_ins(bench: Bench, name: str, count: int) -> None:
    """Sign-ins by password a second, closed loop."""
    voters, now, kept = bench.poll.voters[-count:], datetime.now(UTC), passwords.hashed(PASSWORD)
    with bench.app.app_context():
        with writing() as session:
            rows = [{"member_id": v.member_id, "created_at": now, "password_hash": kept} for v in voters]
            session.execute(insert(Account), rows)
        names = [db.session.get_one(Member, voter.member_id).number for voter in voters]
        sent = list(_forms(bench, names))
        db.session.remove()
    believed = {"CONSULT_PROXIES": "1"}  # each comes from a network of their own
    with bench.serving(threads=HANDS, workers=WORKERS, settings=believed) as pages:
        run = drive(pages, sent, 302)
    print(f"  {name}: {run} {run.told}")
    line(f"{name}: sign-ins by password a second", [run.rate], None)


def _forms(bench: Bench, names: list[str]) -> Iterator[tuple[str, str, dict[str, str], str]]:
    app = bench.app
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    for number, name in enumerate(names):
        raw = hashlib.sha1(name.encode()).hexdigest()
        token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(raw)
        headers = FORM | {"Cookie": f"consult={signer.dumps({'csrf_token': raw})}"}
        headers |= {"X-Forwarded-For": f"10.{number >> 8}.{number & 255}.1"}
        yield "POST", "/sign-in", headers, urlencode({"csrf_token": token, "identifier": name, "password": PASSWORD})


def main() -> int:
    """Print what was held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="hold each rate for a minute")
    parser.add_argument("--only", default="", choices=("", "SQLite", "PostgreSQL"))
    options = parser.parse_args()
    seconds, voters = (60, 20_000) if options.full else (5, 3_000)
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as place:
        folder = Path(place)
        databases = {"SQLite": lambda: Sqlite(folder), "PostgreSQL": lambda: Postgresql(durable=True)}
        for name, make in databases.items():
            if options.only in ("", name):
                server = make()
                try:
                    bench = Bench(server.fresh(), folder, voters, alike=False)
                    burst(bench, name, seconds)
                    sign_ins(bench, name, 200)
                finally:
                    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
