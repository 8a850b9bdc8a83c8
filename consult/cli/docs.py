"""The pages of the documentation that are made from tables, so that they say what the program does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from consult.cli.setup import settings_markdown
from consult.domain.lifecycle import LIFECYCLES, Lifecycle
from consult.domain.policy import POLICY
from consult.domain.roles import INCOMPATIBLE, OUTSIDE, ROLE_MEANINGS, SECOND_FACTOR_ROLES


def who_may_do_what() -> str:
    """docs/who-may-do-what.md."""
    outside = ", ".join(role.value for role in ROLE_MEANINGS if role in OUTSIDE)
    lines = [
        "# Who may do what",
        "",
        "Made from the tables in `consult/domain/policy.py` and `consult/domain/roles.py` by `consult docs`; do not",
        "edit it by hand.",
        "A role counts from the beginning of its term up to its end, and everywhere below the unit it is held for.",
        "Offices are for members, and end in the moment in which somebody stops being one; while a membership is suspended",
        f"they rest. From outside, by somebody recorded as representative, can be held: {outside}.",
        "Annulling a ballot, ending somebody else's role or term in a seat, and ending a founding period take two who may:",
        "one proposes it with a reason, another agrees (docs/units.md). So do extending a close, destroying envelopes,",
        "resetting a way of signing in, and an export of members' data.",
        "",
        "| to … | one must be |",
        "|---|---|",
        *(f"| {permission.value} | {rule.who} |" for permission, rule in POLICY.items()),
        "",
        "## The roles",
        "",
        "| role | what it is for | code from an authenticator |",
        "|---|---|---|",
        *(
            f"| {role.value} | {words} | {'always' if role in SECOND_FACTOR_ROLES else 'not asked for'} |"
            for role, words in ROLE_MEANINGS.items()
        ),
        "",
        "Nobody holds both of these at once: "
        + "; ".join(" and ".join(sorted(role.value for role in pair)) for pair in INCOMPATIBLE)
        + ".",
    ]
    return "\n".join(lines) + "\n"


def lifecycles() -> str:
    """docs/lifecycles.md."""
    lines = [
        "# Lifecycles",
        "",
        "Made from the tables in `consult/domain/lifecycle.py` by `consult docs`; do not edit it by hand.",
        "Nothing changes its state in any other way than by these steps.",
    ]
    for lifecycle in LIFECYCLES:
        lines += ["", f"## {lifecycle.noun.capitalize()}", "", *_table(lifecycle), "", *_diagram(lifecycle)]
    return "\n".join(lines) + "\n"


def _table(lifecycle: Lifecycle) -> list[str]:
    return [
        "| step | from | to | permission | event |",
        "|---|---|---|---|---|",
        *(
            f"| {step.name}{' (asks first)' if step.confirm else ''} | {', '.join(step.sources)} | {step.target} "
            f"| {step.permission.value} | `{step.event.value}` |"
            for step in lifecycle.steps
        ),
    ]


def _diagram(lifecycle: Lifecycle) -> list[str]:
    def name(state: str) -> str:
        return state.replace(" ", "_")

    return [
        "```mermaid",
        "stateDiagram-v2",
        *(f'    state "{state}" as {name(state)}' for state in lifecycle.states if " " in state),
        *(
            f"    {name(source)} --> {name(step.target)}: {step.name}"
            for step in lifecycle.steps
            for source in step.sources
        ),
        "```",
    ]


def _protection(kind: str) -> str:
    """docs/data-protection/: the half of each paper that the tables give."""
    from consult.service import processing

    return processing.markdown(kind)


#: File under docs/ → what makes it.
MADE: dict[str, Callable[[], str]] = {
    "who-may-do-what.md": who_may_do_what,
    "lifecycles.md": lifecycles,
    "operate/settings.md": settings_markdown,
    "data-protection/record-of-processing.md": partial(_protection, "record"),
    "data-protection/impact-assessment.md": partial(_protection, "assessment"),
}


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("docs"), help="Where the documentation is.")
def docs(folder: Path) -> None:
    """Write the pages of the documentation that are made from tables."""
    for name, make in MADE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(make())
        click.echo(folder / name)
