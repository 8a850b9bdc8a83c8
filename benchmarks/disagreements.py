"""Where the rules disagree on the same ballots: writes docs/counting/where-rules-disagree.md.

    python benchmarks/disagreements.py            prints the page
    python benchmarks/disagreements.py --write    writes it

Real elections are read from the folder named by CONSULT_ELECTIONS (../shared/data); the small ones are found here, by
trying elections in a fixed order until two rules part without any tie.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pyrankvote

from consult.counting.contest import Candidate, Contest, Group, group_papers
from consult.counting.count import count
from consult.counting.files import read

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "counting" / "where-rules-disagree.md"
FOLDER = Path(os.environ.get("CONSULT_ELECTIONS", ROOT / ".." / "shared" / "data"))
PACKAGE = "pyrankvote STV"
STV = (PACKAGE, "scottish-stv", "ers97", "meek", "meek-prf")
ONE = ("plurality", "points", "irv", "schulze", "ranked-pairs")
REAL = (
    ("Linn, Glasgow, 2007 (4 places)", "linn-2007.blt", None, STV),
    ("Maryfield, Dundee, 2022 (3 places)", "dundee-maryfield-2022.blt", None, STV),
    ("ERS97 model election (6 places)", "ers97.blt", None, STV),
    ("Linn as if for one place", "linn-2007.blt", 1, ONE),
    ("Maryfield as if for one place", "dundee-maryfield-2022.blt", 1, ONE),
    ("ERS97 model election as if for one place", "ers97.blt", 1, ONE),
    ("Burlington, Vermont, 2009 (mayor)", "burlington-2009.abif", 1, ONE),
    ("Debian leader, 2007", "debian-leader-2007.tally.txt", 1, ONE),
)
PAIRS = (
    (PACKAGE, "scottish-stv", 2),
    (PACKAGE, "ers97", 2),
    (PACKAGE, "meek", 2),
    ("scottish-stv", "ers97", 2),
    ("scottish-stv", "meek", 2),
    ("ers97", "meek", 2),
    ("meek", "meek-prf", 2),
    ("block", "scottish-stv", 2),
    ("plurality", "irv", 1),
    ("irv", "schulze", 1),
    ("points", "schulze", 1),
    ("points", "irv", 1),
    ("schulze", "ranked-pairs", 1),
    ("schulze", "scottish-stv", 2),
)
TRIES = 6000
TIED = "tied"


def winners(rule: str, contest: Contest, papers: list[Group], tries: int = 1) -> tuple[str, ...] | str:
    """The winners' names in the order of election, or why there are none."""
    if rule == PACKAGE:
        found = {_package(contest, papers, start) for start in range(tries)}
        return found.pop() if len(found) == 1 else TIED
    done = count(rule, contest, papers, seed="where the rules disagree")
    if done.needed_lot and tries > 1:
        return TIED
    return tuple(contest.labels[i] for i in done.winners)


def _package(contest: Contest, papers: list[Group], start: int) -> tuple[str, ...] | str:
    """What the package elects; its ties fall by chance, so chance is started from a known place."""
    people = [pyrankvote.Candidate(str(i)) for i in range(len(contest.candidates))]
    ballots = [pyrankvote.Ballot([people[i] for i in g.paper]) for g in papers for _ in range(g.weight)]
    kept = random.getstate()
    random.seed(start)
    try:
        elected = pyrankvote.single_transferable_vote(people, ballots, contest.seats).get_winners()
    except RuntimeError as stuck:
        return f"stops: {stuck}"
    finally:
        random.setstate(kept)
    return tuple(contest.labels[int(person.name)] for person in elected)


def small_elections(seats: int) -> Iterator[tuple[Contest, list[Group]]]:
    """Small elections in a fixed order: four or five candidates, a few groups of like papers."""
    rng = random.Random(1997)
    for _ in range(TRIES):
        number = rng.randint(3 if seats == 1 else 4, 5)
        names = ["Ann", "Bo", "Cy", "Dee", "Eve"][:number]
        papers: dict[tuple[int, ...], int] = {}
        for _ in range(rng.randint(3, 6)):
            order = rng.sample(range(number), rng.randint(1, number))
            papers[tuple(order)] = rng.randint(2, 19)
        contest = Contest("small", tuple(Candidate(str(i), name) for i, name in enumerate(names)), seats)
        yield contest, [Group(paper, weight) for paper, weight in papers.items()]


def parting(one: str, two: str, seats: int) -> tuple[str, str, str] | None:
    """The first small election on which two rules elect different people, with what each elects; None if none does."""
    for contest, papers in small_elections(seats):
        marked = papers
        if "block" in (one, two):
            marked = [Group(group.paper[:seats], group.weight) for group in papers]  # type: ignore[index]
        a = winners(one, contest, marked if one == "block" else papers, 4)
        b = winners(two, contest, marked if two == "block" else papers, 4)
        if isinstance(a, tuple) and isinstance(b, tuple) and set(a) != set(b):
            shown = "; ".join(
                f"{g.weight} {' > '.join(contest.labels[i] for i in g.paper)}"  # type: ignore[misc]
                for g in papers
            )
            return shown, ", ".join(a), ", ".join(b)
    return None


def real_section() -> str:
    """Who is elected in each real election under each rule; the rules that part from the first are set in bold."""
    lines = ["| election | rule | elected, in that order |", "|---|---|---|"]
    for title, name, seats, rules in REAL:
        path = FOLDER / name
        if not path.exists():
            raise SystemExit(f"{path} is not there; CONSULT_ELECTIONS names the folder of real elections.")
        file = read(path.read_bytes(), name)
        contest = file.contest(seats=seats) if seats else file.contest()
        papers = [Group(paper, weight) for paper, weight in group_papers(file.papers).items()]
        first = None
        for rule in rules:
            elected = winners(rule, contest, papers)
            names = elected if isinstance(elected, str) else ", ".join(plain(name) for name in elected)
            first = set(elected) if first is None else first
            differs = set(elected) != first
            lines.append(f"| {title} | {rule} | {'**' + names + '**' if differs else names} |")
    return "\n".join(lines)


def plain(name: str) -> str:
    """A candidate's name without the party that a file puts behind it."""
    return name.split(" (")[0].split(' "')[0].strip()


def small_section() -> str:
    """One small election for each pair of rules."""
    lines = ["| places | papers | one rule | another |", "|---|---|---|---|"]
    for one, two, seats in PAIRS:
        found = parting(one, two, seats)
        if found is None:
            lines.append(f"| {seats} | none of {TRIES} tried | {one} | {two}: the same people each time |")
        else:
            lines.append(f"| {seats} | {found[0]} | {one}: {found[1]} | {two}: {found[2]} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    return f"""# Where the rules disagree

The same ballots, counted by different rules. None of these counts is wrong: the rules are different, and a committee
that chooses a rule chooses this. Written by `python benchmarks/disagreements.py --write`.

*{PACKAGE}* is the STV of the package pyrankvote {version()}: a surplus is shared equally per paper, an excluded
candidate's papers are averaged, arithmetic is in floating point, and ties fall by chance. It is shown here to compare
rules, never beside a result. When the package was looked at, it elected a different councillor from the official count
in 22 of 1,099 Scottish wards; those kept for the tests are below.

## Real elections

Bold: not the same people as under the first rule listed for that election.

{real_section()}

## Small elections

For each pair of rules the first of {TRIES} generated elections, tried in a fixed order, on which they elect different
people and no tie had to be broken. For `block` each paper's first preferences, as many as places, are its marks.

{small_section()}
"""


def version() -> str:
    return metadata.version("pyrankvote")


if __name__ == "__main__":
    text = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text)
        print(f"written: {PAGE.relative_to(ROOT)}")
    else:
        print(text)
