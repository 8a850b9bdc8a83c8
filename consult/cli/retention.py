"""The retention clocks at the console: what they would remove, removing it now, and what they removed."""

from __future__ import annotations

import click

from consult.cli import application


@click.command()
@click.option("--dry-run", is_flag=True, help="Count what is due and remove nothing.")
@click.option("--reports", is_flag=True, help="Show what the last rounds removed instead.")
def retention(dry_run: bool, reports: bool) -> None:
    """Remove what has been kept for its time, as the worker does every hour, and say how much of what."""
    app = application()
    with app.app_context():
        from consult.service import clock, housekeeping

        at = clock.now()
        if reports:
            for report in reversed(housekeeping.reports()):
                _told(app.jinja_env.filters["instant_text"](report.at), report.removed)
            return
        due = housekeeping.due(at)
        if not dry_run:
            before = {report.id for report in housekeeping.reports(1)}
            housekeeping.forget(at)
            made = [report for report in housekeeping.reports(1) if report.id not in before]
            due = made[0].removed if made else {}
        _told("Due now" if dry_run else "Removed", {name: count for name, count in due.items() if count})


def _told(heading: str, counts: dict[str, int]) -> None:
    from consult.service.housekeeping import called

    click.echo(f"{heading}: {'' if counts else 'nothing'}".rstrip())
    for name, count in counts.items():
        click.echo(f"  {count:>9,}  {called(name)}")
