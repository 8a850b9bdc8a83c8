"""Fresh databases for tests: SQLite by copying a migrated file, PostgreSQL on a private socket by copying a template."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import sqlalchemy as sa

from consult.model import schema


class Sqlite:
    """SQLite databases, each a copy of one that was migrated once."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        engine = sa.create_engine(f"sqlite:///{self.template}")
        schema.upgrade(engine)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""
        path = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, address: str) -> None:
        """Remove it."""
        path = Path(address.removeprefix("sqlite:///"))
        for suffix in ("", "-wal", "-shm", "-next", "-turn"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def stop(self) -> None:
        """Nothing runs."""


def postgresql_programs() -> Path | None:
    """The folder of PostgreSQL's server programs, or None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("pg_ctl") else None


class Postgresql:
    """A private PostgreSQL server: its own data folder, a socket in it, no network port."""

    name = "postgresql"

    def __init__(self, *, durable: bool = False) -> None:
        programs = postgresql_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL's server programs are not installed")
        self.programs = programs
        self.root = Path(tempfile.mkdtemp(prefix="consult-pg-"))
        self.data = self.root / "data"
        if os.getuid() == 0:  # initdb refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self.root, owner.pw_uid, owner.pw_gid)
        self.user = "consult"
        self._run("initdb", "-D", self.data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-k {self.root} -h '' -c max_connections=200"
        if not durable:  # tests lose nothing when the machine stops
            options += " -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", self.data, "-o", options, "-l", self.root / "log", "-w", "start")
        self.admin = sa.create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with self.admin.connect() as connection:
            where = connection.exec_driver_sql("SHOW data_directory").scalar_one()
            if Path(where) != self.data:
                raise RuntimeError(f"This is not the tests' own server: its data is in {where}.")
            connection.exec_driver_sql("CREATE DATABASE template_consult")
        engine = sa.create_engine(self._address("template_consult"))
        schema.upgrade(engine)
        engine.dispose()

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.root}"

    def fresh(self) -> str:
        """The address of a new, migrated, empty database."""
        name = f"t{uuid.uuid4().hex}"
        with self.admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template_consult")
        return self._address(name)

    def drop(self, address: str) -> None:
        """Remove it, whoever is still connected."""
        name = sa.make_url(address).database
        with self.admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.admin.dispose()
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.root, ignore_errors=True)
