"""Importing members at the console: the same reading, report and rules as in the browser."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from consult.cli import application
from consult.domain.errors import Invalid
from consult.domain.roles import CONSOLE

#: Wrong rows that are shown; the rest are counted.
_SHOWN = 50

_MANY = (
    "{missing:,} of {standing:,} members and supporters are missing from the file, which may be a part of the register "
    "only. To record them all as lapsed, type their number"
)


@click.command("import-members")
@click.argument("file", type=click.File("rb"))
@click.option("--month-first", is_flag=True, help="Dates such as 03/04/2026 are 4 March; otherwise 3 April.")
@click.option("--encoding", type=click.Choice(["utf-8", "utf-16", "cp1252"]), help="Otherwise it is found out.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="WHAT=TITLE",
    help="Which column holds what, for example number=“Contact ID”.",
)
@click.option(
    "--every",
    multiple=True,
    metavar="WHAT=VALUE",
    help="One status or branch for everybody, for example status=member.",
)
@click.option(
    "--status",
    "words",
    multiple=True,
    metavar="WORD=STATUS",
    help="What a word of the file means, for example pending=lapsed.",
)
@click.option("--create-branches", is_flag=True, help="Set up branches that are not known, in the region of the row.")
@click.option("--shared-addresses", is_flag=True, help="People may share an e-mail address.")
@click.option("--lapse-missing", is_flag=True, help="Record as lapsed everybody who is missing from the file.")
@click.option("--lapsing", type=int, help="How many will lapse; asked for where they are more than a tenth.")
@click.option("--report", "written", type=click.File("wb"), help="Write the report, row by row, as CSV to this file.")
@click.option("--reason", help="Where the file comes from and why it is taken; asked for otherwise.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
def import_members(
    file: BinaryIO,
    month_first: bool,
    encoding: str | None,
    columns: tuple[str, ...],
    every: tuple[str, ...],
    words: tuple[str, ...],
    create_branches: bool,
    shared_addresses: bool,
    lapse_missing: bool,
    lapsing: int | None,
    written: BinaryIO | None,
    reason: str | None,
    yes: bool,
) -> None:
    """Import members from a CSV FILE: all of it or nothing. Shows what would change and asks before it writes."""
    app = application()
    with app.app_context():
        from consult.service import clock, import_reports, imports, register_dates

        if yes and not (reason or "").strip():
            raise Invalid("Say where the file comes from and why it is taken: --reason “…”.")
        options = imports.Options(
            shared_addresses=shared_addresses,
            create_branches=create_branches,
            dates=register_dates.MONTH_FIRST if month_first else register_dates.DAY_FIRST,
            encoding=encoding or "",
            zone=app.config["CONSULT_ZONE"],
        )
        report = _read(file, options, _chosen(file, options, columns, every, words))
        _show(report)
        try:
            if written is not None:
                written.writelines(import_reports.download(imports.get(report.file_id)))
                written.flush()
            if report.counts["wrong"]:
                raise Invalid(_wrong(report.counts["wrong"]))
            for one in imports.ending_of(report, clock.now(), lapse_missing).offices:
                where = one.where or "the whole organisation"
                click.echo(f"An office would end: {one.who}, {one.what}, {where}")
            if not yes:
                reason = reason or click.prompt("Where does the file come from, and why is it taken?")
                click.confirm("Import them?", abort=True)
                if lapse_missing and report.lapses_many and lapsing is None:
                    lapsing = click.prompt(_MANY.format(missing=report.missing, standing=report.standing), type=int)
            done = imports.apply(None, report, reason or "", lapse_missing=lapse_missing, lapsing=lapsing, by=CONSOLE)
        finally:
            imports.drop(report.file_id)
        click.echo("Imported: " + ", ".join(f"{count:,} {what}" for what, count in done.items()) + ".")


def _wrong(count: int) -> str:
    return f"{'1 row is' if count == 1 else f'{count:,} rows are'} wrong, so nothing was imported."


def _chosen(file: BinaryIO, options: Any, columns: Any, every: Any, words: Any) -> Any:
    """The mapping that was written on the command line, or else that of the last file with the same titles.

    None where there was no such file: then the titles are to say it.
    """
    from consult.service import csv_files, import_files, register_columns

    table = csv_files.read(file, register_columns.likeness, options.encoding)
    table.close()
    if not (columns or every or words):
        return import_files.remembered_mapping(table.heading)
    pairs = [tuple(part.strip() for part in one.partition("=")[::2]) for one in (*columns, *every)]
    named, fixed = pairs[: len(columns)], dict(pairs[len(columns) :])
    return register_columns.by_titles(table.heading, named, fixed, register_columns.words_of("\n".join(words)))


def _read(file: BinaryIO, options: Any, mapping: Any = None) -> Any:
    """The report, with a bar while the file is read if somebody is watching."""
    from consult.service import imports

    size = file.seek(0, 2)
    with click.progressbar(length=size, label="Reading") as bar:
        return imports.preview(file, options, mapping=mapping, progress=lambda position: bar.update(position - bar.pos))


def _show(report: Any) -> None:
    from consult.service import imports

    file = imports.get(report.file_id)
    click.echo(f"Read as {file.encoding}, columns parted by {file.delimiter}.")
    for outcome, count in report.counts.items():
        click.echo(f"  {count:>9,} {outcome}")
    click.echo(f"  {report.missing:>9,} in the register and not in the file")
    for branch, region, _ in report.new_branches:
        click.echo(f"  new branch: {branch} in {region}")
    for old, new in report.followed:
        click.echo(f"  {old} was merged into {new}, and its people come there")
    if report.bared:
        click.echo(f"  {report.bared:>9,} cells without the apostrophe that guards spreadsheets against formulas")
    for line, number, other in report.alike:
        click.echo(f"  line {line}: the new number {number} is like {other}; is it the same person?")
    for row in imports.rows_of(report, "wrong").rows[:_SHOWN]:
        click.echo(row.fault, err=True)
    if report.counts["wrong"] > _SHOWN:
        click.echo(f"… and {report.counts['wrong'] - _SHOWN:,} more.", err=True)
