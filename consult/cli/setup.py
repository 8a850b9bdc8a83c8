"""Setting up: a secret, a look at the settings, and the first organisation with its officers."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from consult import config
from consult.cli import application
from consult.domain.errors import Invalid, OutOfOrder
from consult.domain.roles import CONSOLE, Role, Status

if TYPE_CHECKING:
    from consult.service.organisation import Founded, Officer


@click.command("make-secret")
def make_secret() -> None:
    """Print a fresh secret of 256 bits, for CONSULT_SECRET or CONSULT_OPERATOR_KEY."""
    click.echo(config.make_secret())


@click.command()
@click.option("--markdown", is_flag=True, help="Print the table of settings for the documentation instead.")
def doctor(markdown: bool) -> None:
    """Show every setting, where it came from and what is wrong; exit 1 if anything is."""
    if markdown:
        click.echo(settings_markdown(), nl=False)
        return
    readings = config.read_settings()
    for reading in readings:
        mark = "✗" if reading.fault else "·"
        click.echo(f"{mark} {reading.setting.name:<24} {shown(reading):<28} {reading.source}")
        if reading.fault:
            click.echo(f"    {reading.fault}")
    faults = [f"{r.setting.name}: {r.fault}" for r in readings if r.fault]
    if not faults:
        faults = _database_faults()
        for fault in faults:
            click.echo(f"✗ {fault}")
    for hint in _hints(readings):
        click.echo(f"! {hint}")
    click.echo(f"{len(faults)} wrong." if faults else "Nothing is wrong.")
    sys.exit(1 if faults else 0)


def shown(reading: config.Reading) -> str:
    """A setting's value for the screen: secrets are never shown."""
    if reading.setting.secret:
        return "(none)" if not reading.value else "(default)" if reading.source == "default" else "(given)"
    if reading.setting.name == "DATABASE_URL":
        return re.sub(r"://([^:/@]*):[^@]*@", r"://\1:…@", str(reading.value)) or "(empty)"
    if isinstance(reading.value, bool):
        return "yes" if reading.value else "no"
    return str(reading.value) or "(empty)"


def _database_faults() -> list[str]:
    """What is wrong with the database: not reached, not prepared, or made with another operator's key."""
    from sqlalchemy.exc import SQLAlchemyError

    from consult.model import schema
    from consult.model.store import db
    from consult.service import organisation

    try:
        with application().app_context():
            present = schema.current(db.engine)
            if present != schema.head():
                return [
                    f"the database is at revision {present or 'none'}, not {schema.head()}: run `consult db upgrade`"
                ]
            if not organisation.key_is_right():
                return ["CONSULT_OPERATOR_KEY is not the key that this organisation was founded with; restore that key"]
    except SQLAlchemyError as fault:
        return [f"the database cannot be used: {type(fault).__name__}"]
    return []


def _hints(readings: list[config.Reading]) -> list[str]:
    values = {reading.setting.name: reading.value for reading in readings}
    hints = []
    if values["CONSULT_MODE"] == "development":
        hints.append(
            "This is development: secrets are known to everybody and mail is readable by all. Never put members in it."
        )
    else:
        hints.append(
            "Back CONSULT_OPERATOR_KEY up apart from the database: without it no ballot kept here can be opened."
        )
        if not values["CONSULT_AUDIT_HEADS_TO"]:
            hints.append("CONSULT_AUDIT_HEADS_TO is empty: only scrutineers get the audit log's head.")
    return hints


def settings_markdown() -> str:
    """docs/operate/settings.md, made from the table of settings."""
    lines = [
        "# Settings",
        "",
        "Made from the table in `consult/config.py` by `consult doctor --markdown`; do not edit it by hand.",
        "",
        "Settings come from the environment. Each may also be kept in a file, which `NAME_FILE` then names: best for",
        "secrets. `consult doctor` prints each one, where it came from and what is wrong.",
        "",
        "| name | default | what it is for |",
        "|---|---|---|",
    ]
    for setting in config.SETTINGS:
        kind = " (secret)" if setting.secret else ""
        lines.append(f"| `{setting.name}` | {_default(setting)} | {setting.meaning}{kind} |")
    return "\n".join(lines) + "\n"


def _default(setting: config.Setting) -> str:
    if setting.default == config.DEVELOPMENT_SECRET:
        return "one that production refuses"
    return f"`{setting.default}`" if setting.default and " " not in setting.default else setting.default or "–"


@click.command()
@click.option("--name", help="What the organisation is called.")
@click.option("--strapline", default=None, help="One sentence under the name on the front page.")
@click.option("--nation", help="What the unit at the top of the tree is called.")
@click.option(
    "--officer",
    "officers",
    multiple=True,
    metavar="'NAME <EMAIL>: ROLE, ROLE'",
    help="A first officer, as often as needed. A role may be followed by “representative” for somebody from outside.",
)
@click.option(
    "--founding-until", metavar="YYYY-MM-DD", help="The last day of the founding period, which everybody sees."
)
@click.option("--yes", is_flag=True, help="Ask nothing; everything must be given as options.")
def init(
    name: str | None,
    strapline: str | None,
    nation: str | None,
    officers: tuple[str, ...],
    founding_until: str | None,
    yes: bool,
) -> None:
    """Create an empty organisation and invite its first officers; refuses where there is one already."""
    app = application()
    with app.app_context():
        _prepared()
        name = _given("--name", name, yes, "What is the organisation called?")
        strapline = strapline if strapline is not None else "" if yes else _ask("One sentence about it", default="")
        nation = _given("--nation", nation, yes, "What is the unit at the top called (the nation, for instance)?")
        invited = [read_officer(line) for line in officers] or ([] if yes else _ask_officers())
        last_day = _given("--founding-until", founding_until, yes, "Last day of the founding period (YYYY-MM-DD)")
        until = read_last_day(last_day, app.config["CONSULT_ZONE"])
        if not yes:
            _show(name, nation, invited, last_day)
            click.confirm("Is this right?", abort=True)
        _report(_found(name, strapline, nation, invited, until), last_day)


def _prepared() -> None:
    from consult.model import schema
    from consult.model.store import db
    from consult.service import organisation

    if schema.current(db.engine) != schema.head():
        raise OutOfOrder("The database is not prepared. Run `consult db upgrade` first.")
    if organisation.the() is not None:
        raise OutOfOrder("There is an organisation in this database already; it is founded once only.")


def _given(option: str, value: str | None, yes: bool, question: str) -> str:
    if value is None and yes:
        raise Invalid(f"{option} is missing.")
    return value if value is not None else _ask(question)


def _ask(question: str, default: str | None = None) -> str:
    answer: str = click.prompt(question, default=default, show_default=False)
    return answer


def _ask_officers() -> list[Officer]:
    click.echo("Who are the first officers? One a line, as  Name <address>: role, role  and an empty line at the end.")
    click.echo(f"Roles: {', '.join(role.value for role in Role)}.")
    found: list[Officer] = []
    while line := _ask("Officer", default="").strip():
        try:
            found.append(read_officer(line))
        except Invalid as refusal:
            click.echo(str(refusal))
    return found


def read_officer(line: str) -> Officer:
    """An officer from `Name <address>: role, role`, with "representative" among the roles for somebody from outside.

    Raises:
        Invalid: if the line is not of that shape, or names a role that does not exist.
    """
    from consult.service.organisation import Officer

    found = re.fullmatch(r"\s*([^<>:]+?)\s*<\s*([^<>\s@]+@[^<>\s@]+\.[^<>\s@]+)\s*>\s*:\s*(.+)", line)
    if found is None:
        raise Invalid(f"“{line}” is not an officer. Write it as  Name <address>: role, role")
    words = [word.strip().lower() for word in found[3].split(",") if word.strip()]
    status = Status.REPRESENTATIVE if Status.REPRESENTATIVE.value in words else Status.MEMBER
    roles = [word for word in words if word != Status.REPRESENTATIVE.value]
    unknown = [word for word in roles if word not in {role.value for role in Role}]
    if unknown or not roles:
        choices = ", ".join(role.value for role in Role)
        raise Invalid(f"{found[1]} needs at least one role. “{', '.join(unknown)}” is none of: {choices}.")
    return Officer(found[1], found[2], tuple(Role(word) for word in dict.fromkeys(roles)), status)


def read_last_day(text: str, zone: str) -> datetime:
    """The first instant after the day written as YYYY-MM-DD, on the organisation's clock.

    Raises:
        Invalid: if it is no such day.
    """
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise Invalid(f"“{text}” is not a day. Write it like 2027-03-31.") from None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def _show(name: str, nation: str, officers: list[Officer], last_day: str) -> None:
    click.echo(f"\n{name}, with {nation} at the top; founding period until {last_day}.")
    for officer in officers:
        roles = ", ".join(role.value for role in officer.roles)
        click.echo(f"  {officer.name} <{officer.email}> ({officer.status.value}): {roles}")


def _found(name: str, strapline: str, nation: str, officers: list[Officer], until: datetime) -> Founded:
    from flask import current_app

    from consult.service import links, organisation

    mail = bool(current_app.config["CONSULT_MAIL_HOST"])
    founded: Founded = organisation.found(
        None,
        name=name,
        strapline=strapline,
        nation=nation,
        officers=officers,
        founding_until=until,
        token=None if mail else links.new_token,
        by=CONSOLE,
    )
    return founded


def _report(founded: Founded, last_day: str) -> None:
    click.echo(f"{founded.organisation.name} is founded. Its first officers' terms end after {last_day}.")
    if any(link for _, link in founded.officers):
        click.echo("No mail server is named, so give each officer this link yourself. It works once, within 14 days,")
        click.echo("and is not shown again:")
    for member, link in founded.officers:
        click.echo(f"  {member.number}  {member.name}: {link or 'an invitation is on its way to ' + str(member.email)}")
    click.echo(
        "Next: `consult serve` (or your own WSGI server beside `consult worker`). See docs/operate/first-install.md."
    )
