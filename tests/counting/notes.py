"""Reads the worked examples of the method notes, and writes a count down in the form in which the notes show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consult.counting.contest import Candidate, Contest, Group, Paper, Reserve
from consult.counting.result import Count
from tests.counting.elections import ROOT

NOTES = ROOT / "docs" / "counting"
_EXAMPLE = re.compile(r"```election (\S+)\n(.*?)```\n+```count\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One worked example: where it stands, what is counted, and the lines the note shows."""

    note: str
    method: str
    contest: Contest
    papers: tuple[Group, ...]
    seed: str | None
    shown: str


def examples(folder: Path = NOTES) -> Iterator[Example]:
    for note in sorted(folder.glob("*.md")):
        for method, asked, shown in _EXAMPLE.findall(note.read_text()):
            contest, papers, seed = parse(asked)
            yield Example(note.name, method, contest, papers, seed, shown.strip())


def parse(asked: str) -> tuple[Contest, tuple[Group, ...], str | None]:
    """Header lines "name: value", then "papers: Ann > Bo = Cy", with "| + - 0" for verdicts and "@ unit"."""
    header: dict[str, str] = {}
    lines = []
    for line in asked.strip().splitlines():
        name, value = (part.strip() for part in line.split(":", 1))
        if name.isdigit():
            lines.append((int(name), value))
        else:
            header[name] = value
    names = [name.strip() for name in header.pop("candidates").split(",")]
    at = {name: i for i, name in enumerate(names)}
    kept = dict(pair.split("=") for pair in header.pop("women", "").split() if "=" in pair)
    women = {name.strip() for name in header.pop("among women", "").split(",")}
    candidates = tuple(Candidate(str(i + 1), name, ("women",) if name in women else ()) for i, name in enumerate(names))
    reserves = (Reserve("women", int(kept["min"])),) if kept else ()
    ron = header.pop("re-open nominations", None)
    seed = header.pop("seed", None)
    roll = header.pop("roll", None)
    units = {key: int(size) for key, size in (unit.split("=") for unit in header.pop("units", "").split())}
    contest = Contest(
        "an example",
        candidates,
        int(header.pop("places", "1")),
        reserves=reserves,
        ron=None if ron is None else at[ron],
        roll=None if roll is None else int(roll),
        units=units,
        settings={name: value if value != "yes" else True for name, value in header.items()},
    )
    return contest, tuple(Group(_paper(text, at), number) for number, text in lines), seed


def _paper(text: str, at: dict[str, int]) -> Any:
    text, _, unit = (part.strip() for part in text.partition("@"))
    text, _, verdicts = (part.strip() for part in text.partition("|"))
    levels: list[Any] = []
    for level in filter(None, (part.strip() for part in text.split(">"))):
        here = tuple(at[name.strip()] for name in level.split("="))
        levels.append(here[0] if len(here) == 1 else here)
    if verdicts or unit:
        return Paper(tuple(levels), verdicts.replace(" ", ""), unit)
    return tuple(levels)


def told(count: Count) -> str:
    """The lines of a count: a line for each stage, one for each tie, and the winners."""
    shown = count.as_json()
    lines = []
    for stage in shown["stages"]:
        of = f" of {' and '.join(stage['subjects'])}" if "subjects" in stage else ""
        votes = ", ".join(f"{name} {short(value)}" for name, value in stage["votes"].items())
        more = [
            f"{word} {short(stage[key])}"
            for word, key in (("non-transferable", "non_transferable"), ("loss", "loss"))
            if short(stage[key]) != "0"
        ]
        more += [f"quota {short(stage['quota'])}"] if "quota" in stage else []
        more += [f"elected {', '.join(stage['elected'])}"] if stage["elected"] else []
        more += [f"excluded {', '.join(stage['excluded'])}"] if stage["excluded"] and not of else []
        lines.append(f"{stage['number']} {stage['action']}{of}: " + "; ".join([votes, *more]))
    for tie in shown["ties"]:
        how = "by lot" if tie["lot"] else "by stage " + ", ".join(str(stage) for stage in tie["looked"])
        lines.append(f"tie at {tie['stage']}: {', '.join(tie['tied'])}: {', '.join(tie['chosen'])} {how}")
    lines += [f"outcome: {shown['outcome']}"] if "outcome" in shown else []
    if "ranking" in shown:
        levels = [level if isinstance(level, str) else " = ".join(level) for level in shown["ranking"]]
        lines.append(f"order: {' > '.join(levels)}")
    lines.append(f"winners: {', '.join(shown['winners']) or 'nobody'}")
    return "\n".join(lines)


def short(value: str) -> str:
    return value.rstrip("0").rstrip(".") if "." in value else value
