"""`consult serve`: real processes on a free port – pages, a worker that is started again, and an orderly end."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import Sqlite

PATIENCE = 90


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def environment(tmp_path: Path, sqlite: Sqlite, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONSULT_", "DATABASE_"))}
    return kept | {
        "CONSULT_INSTANCE": str(tmp_path),
        "DATABASE_URL": sqlite.fresh(),
        "PORT": str(port),
        "CONSULT_WORKERS": "1",
        "PYTHONUNBUFFERED": "1",
    }


class Served:
    """A running `consult serve` and a browser for it."""

    def __init__(self, variables: dict[str, str], log: Path) -> None:
        self.address = f"http://127.0.0.1:{variables['PORT']}"
        self.database = variables["DATABASE_URL"]
        self.log = log
        with log.open("w") as kept:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "consult", "serve"], env=variables, stdout=kept, stderr=subprocess.STDOUT
            )
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str, data: dict[str, str] | None = None) -> str:
        sent = urllib.parse.urlencode(data).encode() if data else None
        request = urllib.request.Request(self.address + path, sent, {"Referer": self.address + path})
        with self.opener.open(request, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def children(self) -> dict[str, int]:
        """What this one started: "pages" and "worker" → process id."""
        listed = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="], capture_output=True, text=True, check=False
        ).stdout
        rows = [line.strip().split(None, 1) for line in listed.splitlines() if line.strip()]
        return {"worker" if args.endswith("worker") else "pages": int(pid) for pid, args in rows}


def wait(look: Callable[[], object], what: str) -> object:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            found = look()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"waited {PATIENCE} seconds in vain for {what}")


@pytest.fixture
def served(tmp_path: Path, sqlite: Sqlite) -> Iterator[Served]:
    variables = environment(tmp_path, sqlite, free_port())
    found = subprocess.run(
        [
            *(sys.executable, "-m", "consult", "init", "--yes", "--name", "The Fen Party", "--nation", "Fenland"),
            *("--founding-until", "2999-03-31", "--officer", "Ada Marsh <ada@fen.example>: governance committee"),
        ],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    served = Served(variables, tmp_path / "log")
    yield served
    if served.process.poll() is None:
        served.process.terminate()
        served.process.wait(40)


def test_pages_and_worker_live_and_end_together(served: Served) -> None:
    wait(lambda: "Sign in" in served.get("/sign-in"), "the pages")
    page = served.get("/sign-in/link")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    served.get("/sign-in/link", {"csrf_token": token[1], "identifier": "ada@fen.example"})
    wait(lambda: "Your link to sign in" in served.get("/development/mail"), "the mail")

    with socket.create_connection(("127.0.0.1", int(served.address.rpartition(":")[2])), 10) as raw:
        raw.sendall(b"GET / NONSENSE\r\n\r\n")
        assert b"400" in raw.recv(64)
    wait(lambda: "Invalid request: " in served.log.read_text(), "the log of what could not be read")

    assert "only the first 300 were used" in served.get(f"/search?q={'a' * 5000}")
    with pytest.raises(urllib.error.HTTPError) as long:
        served.get(f"/search?q={'a' * 9000}")
    assert long.value.code == 414 and "so nothing was looked for. Use fewer words." in long.value.read().decode()

    first = served.children()
    assert set(first) == {"pages", "worker"}
    os.kill(first["worker"], signal.SIGKILL)
    wait(lambda: served.children().get("worker", first["worker"]) != first["worker"], "another worker")
    assert "it is started again" in served.log.read_text()

    children = served.children()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(40) == 0
    for pid in children.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    log = served.log.read_text()
    assert served.address in log
    assert "ada@fen.example" not in log and "127.0.0.1 -" not in log and "ip=" not in log


def test_a_port_that_is_taken_is_one_clear_sentence(tmp_path: Path, sqlite: Sqlite) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        variables = environment(tmp_path, sqlite, taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "consult", "serve"], env=variables, capture_output=True, text=True, check=False
        )
    assert ended.returncode == 2
    assert re.fullmatch(r"consult: Port \d+ on 127\.0\.0\.1 cannot be used .*PORT=\d+ consult serve\n", ended.stderr)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_another_operators_key_starts_nothing(served: Served, tmp_path: Path, command: str) -> None:
    another = "another key of more than thirty-two letters"
    variables = os.environ | {
        "CONSULT_INSTANCE": str(tmp_path),
        "DATABASE_URL": served.database,
        "PORT": str(free_port()),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "consult", command],
        env=variables | {"CONSULT_OPERATOR_KEY": another},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "CONSULT_OPERATOR_KEY is not the key" in ended.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "sweep"])
def test_a_database_that_is_not_prepared_is_neither_served_nor_worked_on(
    tmp_path: Path, sqlite: Sqlite, command: str
) -> None:
    variables = environment(tmp_path, sqlite, free_port()) | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"}
    ended = subprocess.run(
        [sys.executable, "-m", "consult", command],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "consult db upgrade" in ended.stderr
