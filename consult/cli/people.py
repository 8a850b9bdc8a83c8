"""People at the console: inviting somebody, and giving a role where no officer is left who could."""

from __future__ import annotations

import click

from consult.cli import application
from consult.cli.setup import read_last_day
from consult.domain.errors import Invalid
from consult.domain.roles import CONSOLE, Role


@click.command()
@click.argument("who", metavar="NUMBER_OR_ADDRESS")
@click.option("--print", "show", is_flag=True, help="Print the link instead of mailing it; it is shown this once.")
def invite(who: str, show: bool) -> None:
    """Invite somebody in the register to choose a password and sign in."""
    with application().app_context():
        from flask import current_app

        from consult.service import accounts, links, roles

        member = roles.find_member(who)
        show = show or not current_app.config["CONSULT_MAIL_HOST"]
        link = accounts.invite(member, token=links.new_token() if show else None, by=CONSOLE)
        click.echo(link or f"An invitation to {member.name} is on its way to {member.email}.")


@click.command("give-role")
@click.argument("who", metavar="NUMBER_OR_ADDRESS")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--unit", help="The unit's name; the whole organisation if not given.")
@click.option("--until", metavar="YYYY-MM-DD", help="The last day of the term.")
@click.option("--reason", required=True, help="The election or decision; everybody can read it.")
def give_role(who: str, role: str, unit: str | None, until: str | None, reason: str) -> None:
    """Give somebody a role from the console; the audit log says that it was done here."""
    app = application()
    with app.app_context():
        from consult.service import roles, units

        member = roles.find_member(who)
        place = next((one for one in units.all_units() if one.name == unit), None)
        if unit and place is None:
            raise Invalid(f"There is no unit called “{unit}”.")
        ends_at = read_last_day(until, app.config["CONSULT_ZONE"]) if until else None
        roles.give(member, Role(role), unit=place, ends_at=ends_at, reason=reason, by=CONSOLE)
        click.echo(f"{member.name} is now {role}.")
