"""The real application served by gunicorn on a loopback port, on a database that the test furnished."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from consult.app import create_app
from consult.model.store import db

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


class DidNotStart(RuntimeError):
    """The server ended, or did not answer in time; the sentence holds the end of its log."""


class Served:
    """A running server: `base` is its address, `database` its database's, `furnished` what the furnisher returned."""

    def __init__(self, database: str, folder: Path, settings: Mapping[str, str], furnished: Any = None) -> None:
        self.database = database
        self.furnished = furnished
        self.log = folder / "server.log"
        listening = socket.create_server(("127.0.0.1", 0))
        host = settings.get("CONSULT_TEST_HOST", "127.0.0.1")
        self.base = f"http://{host}:{listening.getsockname()[1]}"
        environment = os.environ | {
            "DATABASE_URL": database,
            "CONSULT_INSTANCE": str(folder),
            "CONSULT_URL": self.base,
            "CONSULT_MODE": "development",
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        handle = listening.fileno()
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{handle}", "--workers", "1", "--threads", "4"]
        command += ["--control-socket", str(folder / "gunicorn.ctl")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, settings.get("CONSULT_TEST_APP", "wsgi:app")],
                cwd=ROOT,
                env=environment,
                pass_fds=[handle],
                stdout=log,
                stderr=log,
            )
        listening.close()
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.base + "/no-such-page", timeout=PATIENCE):
                    return
            except urllib.error.HTTPError as answer:
                answer.close()
                if answer.code == 404:
                    return
                break
            except OSError:
                time.sleep(0.05)
        raise DidNotStart(f"The server did not begin to answer:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        """End the server and everything it started."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def furnish(database: str, folder: Path, furnisher: Callable[[], Any] | None) -> Any:
    """Run the furnisher inside an application on that database, and close the database again."""
    if furnisher is None:
        return None
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": database, "CONSULT_INSTANCE": str(folder)})
    with app.app_context():
        try:
            return furnisher()
        finally:
            db.session.remove()
            db.engine.dispose()
