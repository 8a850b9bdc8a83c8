"""The `consult` command: its words, each loaded when used, so that offline ones import neither Flask nor database."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from consult import __version__

#: Word → where its command is and one line for the list. Offline commands need no database and no settings.
COMMANDS: dict[str, tuple[str, str]] = {
    "count": ("consult.cli.count:count", "Count an election file by any rule, offline."),
    "verify": ("consult.cli.verify:verify", "Check a published result, offline."),
    "recount": ("consult.cli.recount:recount", "Count a ballot's full papers again as its scrutineer, offline."),
    "sign": ("consult.cli.sign:sign", "Sign a result's manifest with your own key, offline."),
    "signing-key": ("consult.cli.sign:signing_key", "Make a signing key, offline."),
    "lot-commitment": ("consult.cli.lot:lot_commitment", "Make the hash of your value for a lot, offline."),
    "ceremony": ("consult.cli.ceremony:ceremony", "Make a sealed ballot's key and rehearse its opening, offline."),
    "open-envelopes": (
        "consult.cli.open_envelopes:open_envelopes",
        "Open a sealed ballot's box with k shares, offline.",
    ),
    "check-receipt": (
        "consult.cli.receipt:check_receipt",
        "Check that a receipt is on the list of sealed votes, offline.",
    ),
    "make-secret": ("consult.cli.setup:make_secret", "Make a secret for the settings."),
    "doctor": ("consult.cli.setup:doctor", "Show every setting, where it came from and what is wrong."),
    "init": ("consult.cli.setup:init", "Create an organisation and invite its first officers."),
    "demo": ("consult.cli.demo:demo", "Furnish a new database with the demonstration."),
    "db": ("consult.cli.database:db", "Bring the database's tables up to date."),
    "backup": ("consult.cli.backup:backup", "Copy the whole database to a file, while people vote."),
    "restore": ("consult.cli.backup:restore", "Put a backup in the place of the database, and check it."),
    "serve": ("consult.cli.serve:serve", "Serve the pages and run the worker."),
    "worker": ("consult.cli.serve:worker", "Run the worker: mail and the timetable."),
    "sweep": ("consult.cli.serve:sweep", "Do one round of the worker now."),
    "mail": ("consult.cli.mail:mail", "Read reports of mail that came back."),
    "audit": ("consult.cli.audit:audit", "Check the audit log."),
    "retention": ("consult.cli.retention:retention", "Remove what has been kept for its time; or say what is due."),
    "search": ("consult.cli.search:search", "Make what can be searched anew, or check it."),
    "invite": ("consult.cli.people:invite", "Invite somebody in the register to sign in."),
    "give-role": ("consult.cli.people:give_role", "Give a role where no officer is left who could."),
    "docs": ("consult.cli.docs:docs", ""),  # for developers, and not in the list
    "agenda": ("consult.cli.agenda:agenda", "Write an issued report or agenda to a file, in any of its forms."),
    "import-members": ("consult.cli.members:import_members", "Import members from a CSV file."),
}


class Words(click.Group):
    """A group that imports a command when it is used."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items() if line])


@click.group(cls=Words, help="Policy consultation and member voting.")
@click.version_option(__version__, prog_name="consult")
def main() -> None:
    """The group itself does nothing."""


def run() -> Any:
    """The console entry: refusals are sentences on standard error, with exit status 2."""
    from consult.domain.errors import Refused

    try:
        return main(standalone_mode=True)
    except Refused as refusal:
        click.echo(f"consult: {on_clock(str(refusal), _made[-1] if _made else None)}", err=True)
        sys.exit(2)


#: The application that the command made, which knows the organisation's clock.
_made: list[Any] = []


def on_clock(sentence: str, app: Any) -> str:
    """A refusal with its instants as pages show them; as it is, where it came before there was an application."""
    if app is None:
        return sentence
    with app.app_context():
        return str(app.jinja_env.filters["said"](sentence))


def application(settings: dict[str, Any] | None = None) -> Any:
    """The whole application, for commands that need its database. The roof is reached by name: imports point down."""
    _made[:] = [import_module("consult.app").create_app(settings)]
    return _made[-1]


def flask_commands(app: Any) -> None:
    """The same words under `flask --app consult`."""
    for name in COMMANDS:
        if name not in ("serve", "worker"):
            app.cli.add_command(_Later(name), name)


class _Later(click.Command):
    """A command under `flask` that is imported when it runs."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=COMMANDS[name][1])

    def invoke(self, context: click.Context) -> Any:
        return self._real().invoke(context)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return self._real().make_context(info_name, args, parent, **extra)

    def _real(self) -> click.Command:
        module, attribute = COMMANDS[str(self.name)][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command
