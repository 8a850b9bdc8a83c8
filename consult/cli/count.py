"""`consult count`: an election file counted by any rule, offline: no database, no server, no network."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from consult.cli.election import Options, amended
from consult.counting import second
from consult.counting.count import agree, recount
from consult.counting.count import count as fast_count
from consult.counting.files import FORMATS, ElectionFile, read
from consult.counting.lots import LotNeeded
from consult.counting.methods import METHODS
from consult.counting.result import Count
from consult.domain.errors import Refused

#: Exit statuses: counted; the two counters differ; bad input; a lot is needed and there is no seed.
COUNTED, DIFFER, BAD, LOT = 0, 1, 2, 3
#: Bytes from which work is long enough for a progress bar.
LONG = 1_000_000
_T = TypeVar("_T")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", required=False)
@click.option("--method", "method_id", metavar="ID", help="The counting rule; without it they are listed.")
@click.option("--seats", type=int, metavar="N", help="Places to fill, whatever the file says.")
@click.option("--seed", metavar="S", help="The seed of the lot, for ties that the rule leaves to one.")
@click.option("--reserve", "reserves", multiple=True, metavar="GROUP=MIN[..MAX]", help="Places kept for a group.")
@click.option("--group", "groups", multiple=True, metavar="NAME=GROUP", help="A candidate's group; may be repeated.")
@click.option("--groups", "group_file", metavar="FILE", help="A CSV file with the columns candidate and group.")
@click.option(
    "--withdraw", "withdrawn", multiple=True, metavar="NAME", help="A candidate who withdrew before the count."
)
@click.option("--ron", metavar="NAME", help="The candidate that is re-open nominations.")
@click.option("--roll", type=int, metavar="N", help="Members on the roll, where a base or a quorum needs it.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of the method; may be repeated.")
@click.option("--format", "format_id", type=click.Choice(FORMATS), help="The file's format, where it does not show.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole working out as one JSON object.")
@click.option("--stages", is_flag=True, help="Print what happened at each stage, and the votes.")
@click.option("--html", "html", metavar="FILE", help="Write a self-contained HTML report.")
@click.option("--check", is_flag=True, help="Count again by the plain counter (and pyrankvote for irv) and compare.")
def count(
    file: str | None, method_id: str | None, as_json: bool, stages: bool, html: str | None, check: bool,
    format_id: str | None, seed: str | None, **given: Any,
) -> None:  # fmt: skip
    """Count the election in FILE (BLT, ABIF, CSV or JSON; - is standard input).

    Exit status: 0 counted, 2 bad input (line, column and what was expected), 3 a lot is needed and no seed was given.
    """
    if method_id is None or file is None:
        _list_methods(file, method_id)
    try:
        _count(file, method_id, Options(**given), format_id, seed, as_json, stages, html, check)
    except LotNeeded as needed:
        _stop(LOT, str(needed))
    except Refused as refused:
        _stop(BAD, str(refused))
    except OSError as error:
        _stop(BAD, f"{error.filename or file}: {error.strerror or error}.")


def _count(
    file: str, method_id: str, options: Options, format_id: str | None, seed: str | None,
    as_json: bool, stages: bool, html: str | None, check: bool,
) -> None:  # fmt: skip
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    steps = _Steps(len(data), 3 if check else 2)
    election = amended(steps.do("reading", lambda: read(data, None if file == "-" else file, format_id)), options)
    contest = election.contest(options.seats)
    counted = steps.do("counting", lambda: fast_count(method_id, contest, election.papers, seed))
    if check:
        steps.do("checking", lambda: _check(counted, recount(method_id, contest, election.papers, seed)))
    steps.end()
    for note in (*election.notes, *_places_note(election, options, method_id)):
        click.echo(note, err=True)
    if check:
        click.echo("The plain recount agrees, byte for byte.", err=True)
        if method_id == "irv":
            _second(second.compare(contest, election.papers, counted))
    if html:
        _report(Path(html), counted, election, seed)
    _print(counted, election, as_json, stages)


def _places_note(election: ElectionFile, options: Options, method_id: str) -> tuple[str, ...]:
    """Where nothing says how many places there are, that one was filled."""
    if election.seats is not None or options.seats is not None or not METHODS[method_id].many_seats:
        return ()
    return ("Nothing says how many places there are, so one was filled; say --seats N for more.",)


def _check(counted: Count, again: Count) -> None:
    differences = agree(counted, again)
    if differences:
        _stop(DIFFER, "The two counters differ, so there is no result. " + " ".join(differences))


def _second(comparison: second.Comparison) -> None:
    if comparison.stands_in_the_way:
        _stop(DIFFER, f"{comparison.sentence} So there is no result.")
    click.echo(comparison.sentence, err=True)


def _report(path: Path, counted: Count, election: ElectionFile, seed: str | None) -> None:
    from consult.counting.report import page

    more = {"SHA-256 of the file": election.sha256} | ({"Seed of the lot": seed} if seed is not None else {})
    path.write_text(page(counted, election.title, more), encoding="utf-8", newline="\n")


def _print(counted: Count, election: ElectionFile, as_json: bool, stages: bool) -> None:
    """The result on standard output, in UTF-8 whatever the terminal's settings."""
    from consult.cli.result import as_text, json_text

    text = json_text(counted) if as_json else as_text(counted, election.title, stages)
    click.echo(text.encode(), nl=False)


def _list_methods(file: str | None, method_id: str | None) -> NoReturn:
    """The methods in words: asked for with neither file nor method, else what is missing."""
    lines = [f"  {each.id:<15} {each.title}. {each.about}" for each in METHODS.values()]
    text = "Counting methods, for --method:\n" + "\n".join(lines)
    if file is None and method_id is None:
        click.echo(text)
        raise SystemExit(COUNTED)
    missing = "Say which FILE to count." if file is None else f"Say how to count it with --method.\n{text}"
    _stop(BAD, missing)


def _stop(status: int, sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(status)


class _Steps:
    """A progress bar on standard error, shown only for long work and only when somebody is watching."""

    def __init__(self, size: int, steps: int) -> None:
        self.now = ""
        watched = size >= LONG and sys.stderr.isatty()
        self.bar: Any = None
        if watched:
            self.bar = click.progressbar(
                length=steps, file=sys.stderr, item_show_func=lambda _: self.now, show_eta=False, width=20
            ).__enter__()

    def do(self, name: str, work: Callable[[], _T]) -> _T:
        """Do one step under its name."""
        if self.bar is None:
            return work()
        self.now = name
        self.bar.update(0, name)
        self.bar.render_progress()
        try:
            done = work()
        except BaseException:
            self.end()
            raise
        self.bar.update(1, name)
        return done

    def end(self) -> None:
        """Finish the line."""
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
            self.bar = None
