"""Writing an issued report or agenda to a file at the console, with a bar that shows how far it has come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from consult.cli import application
from consult.domain.roles import CONSOLE
from consult.printing import FORMATS, format_of
from consult.printing.blocks import Tongue


@click.command("agenda")
@click.argument("number", type=int, required=False)
@click.option(
    "--form", "key", type=click.Choice([form.key for form in FORMATS]), default="pdf", show_default=True,
    help="Which form it is written in; all have the same line numbers.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Otherwise a file of its own name, here.")
def agenda(number: int | None, key: str, out: Path | None) -> None:
    """Write the issued paper with that NUMBER (of its address, /papers/NUMBER); without one, list the papers."""
    app = application()
    with app.app_context():
        from consult.service import agenda as papers
        from consult.service import consultations

        if number is None:
            for consultation in consultations.listed():
                for issue in papers.listed(consultation.id, CONSOLE):
                    click.echo(f"{issue.id:>5}  {issue.title} – {consultation.title}")
            return
        _write(papers.get(number, CONSOLE), key, out, app.jinja_env.filters)


def _write(issue: Any, key: str, out: Path | None, filters: Any) -> None:
    from consult.service import printed

    form = format_of(key)
    path = out or Path(printed.name_of(issue, form))
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file, click.progressbar(length=1, label=form.name) as bar:

            def progress(done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            tongue = Tongue(said=filters["on_clock"])
            printed.write(issue, form, file, written=filters["instant_text"], tongue=tongue, progress=progress)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{issue.title} is in {path}.")
