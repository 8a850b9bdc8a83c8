"""The bare baselines of benchmarks/casting.py: a Flask view with the same durable statement, and an empty route."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask, redirect, request

from consult.service.box import STATEMENTS

app = Flask("bare")
address = os.environ["DATABASE_URL"]
sqlite = address.startswith("sqlite")
statement = STATEMENTS["sqlite" if sqlite else "postgresql"]
here = threading.local()


def connection() -> Any:
    """This thread's own connection, on which every statement commits by itself and is synced."""
    if not hasattr(here, "connection"):
        if sqlite:
            here.connection = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
                here.connection.execute(f"PRAGMA {pragma}")
        else:
            plain = address.replace("postgresql+psycopg://", "postgresql://")
            here.connection = psycopg.connect(plain, autocommit=True)
    return here.connection


@app.get("/no-such-page")
def missing() -> tuple[str, int]:
    """What the driver waits for."""
    return "", 404


@app.get("/empty")
def empty() -> str:
    """An empty route."""
    return ""


@app.post("/cast")
def cast() -> Any:
    """The same statement, durable, and the same kind of answer: nothing asked, checked, sealed or signed."""
    sealed = os.urandom(int(request.form["length"]))
    values = {
        "ballot_id": int(request.form["ballot"]),
        "member_id": int(request.form["member"]),
        "sealed": sealed,
        "receipt": hashlib.sha256(sealed).hexdigest(),
        "retry_key": request.form["key"],
        "sealed_by": request.form["by"],
        "definition": request.form["paper"],
        "at": None,
    }
    taken = connection().execute(statement, values).rowcount
    return redirect("/receipt", 303) if taken == 1 else ("", 409)
