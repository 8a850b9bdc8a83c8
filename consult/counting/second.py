"""The second package: pyrankvote counts a preferential vote for one place independently, its known faults fenced.

Measured faults of pyrankvote 2.0.6, and the fence round each: ties fall to an unseeded random choice after a look at
second preferences (it is asked only where no tie arose at any stage); two candidates of one name merge (it is given
opaque ids); papers without preferences elect somebody (blank ones are left out); it raises "Illegal state" on some
input, and takes minutes where many are tied (it runs in a process of its own, which is ended at a time limit). It is
no second count for STV.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consult.counting.contest import Contest, Papers, as_paper, group_papers
from consult.counting.result import Count

AGREES, DIFFERS, NOT_APPLICABLE = "agrees", "differs", "not applicable"
#: Papers beyond which the package, one entry a paper, is not asked.
MOST_PAPERS = 5_000_000
#: Seconds it may take.
LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the second package said: "agrees", "differs" or "not applicable", and the sentence for the certificate."""

    status: str
    sentence: str

    @property
    def stands_in_the_way(self) -> bool:
        """Whether nothing may be certified."""
        return self.status == DIFFERS


def compare(contest: Contest, papers: Papers, count: Count, limit: float = LIMIT) -> Comparison:
    """Ask pyrankvote who wins and compare. Never raises for what the package does; `limit` is in seconds."""
    if count.method != "irv":
        return _not_applicable("it is asked only about the preferential vote for one place")
    if count.ties:
        return _not_applicable(f"tie at stage {count.ties[0].stage}")
    grouped = _preferences(contest, papers)
    total = sum(grouped.values())
    if not total:
        return _not_applicable("there are no valid papers")
    if total > MOST_PAPERS:
        return _not_applicable(f"more than {MOST_PAPERS} papers")
    answer = _ask({"candidates": list(contest.standing), "papers": [[list(r), w] for r, w in grouped.items()]}, limit)
    if "winner" not in answer:
        return _not_applicable(answer["failed"])
    ours = [index for stage in count.stages for index in stage.elected]
    theirs = answer["winner"]
    name = contest.labels[theirs]
    if ours == [theirs]:
        return Comparison(AGREES, f"The second package (pyrankvote {answer['version']}) agrees: {name}.")
    own = ", ".join(contest.labels[index] for index in ours) or "nobody"
    return Comparison(DIFFERS, f"The second package (pyrankvote {answer['version']}) differs: {name}, not {own}.")


def _not_applicable(why: str) -> Comparison:
    return Comparison(NOT_APPLICABLE, f"Second package not applicable: {why}.")


def _preferences(contest: Contest, papers: Papers) -> dict[tuple[int, ...], int]:
    """Papers as strict rankings of those standing, read as `contest` says; blank and invalid ones are left out."""
    grouped: dict[tuple[int, ...], int] = {}
    for paper, weight in group_papers(papers).items():
        read: list[int] = []
        for level in as_paper(paper).ranking:
            candidates = {level} if isinstance(level, int) else set(level)
            fresh = candidates - contest.withdrawn - set(read)
            if len(fresh) > 1:
                break
            read += fresh
        if read:
            grouped[tuple(read)] = grouped.get(tuple(read), 0) + weight
    return grouped


_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from consult.counting.second import answer; answer()"


def _ask(question: dict[str, Any], limit: float) -> dict[str, Any]:
    """Run the package in a process of its own; its answer, or why there is none."""
    root = str(Path(__file__).resolve().parents[2])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD, root],
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"it did not finish within {limit:g} seconds"}
    except OSError as error:
        return {"failed": f"it could not be started ({error})"}
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"failed": f"it ended with status {done.returncode} and no answer"}
    return said


def answer() -> None:
    """In the process of its own: question as JSON on standard input, answer as JSON on standard output."""
    question = json.load(sys.stdin)
    try:
        said = elect(question["candidates"], [(tuple(ranking), weight) for ranking, weight in question["papers"]])
    except ImportError:
        said = {"failed": "pyrankvote is not installed"}
    except Exception as error:  # whatever it raises is its fault and must not pass for an answer
        said = {"failed": f"it failed ({type(error).__name__}: {error})"}
    sys.stdout.write(json.dumps(said))


def elect(candidates: list[int], papers: list[tuple[tuple[int, ...], int]]) -> dict[str, Any]:
    """The package's winner among opaque candidates; call only in a process that may be ended."""
    from importlib.metadata import version

    import pyrankvote

    opaque = {index: pyrankvote.Candidate(f"candidate-{index}") for index in candidates}
    ballots: list[Any] = []
    for ranking, weight in papers:
        ballots += [pyrankvote.Ballot([opaque[index] for index in ranking])] * weight
    result = pyrankvote.instant_runoff_voting(list(opaque.values()), ballots)
    winners = [index for index in candidates if opaque[index] in result.get_winners()]
    if len(winners) != 1:
        return {"failed": f"it elected {len(winners)} candidates to one place"}
    return {"winner": winners[0], "version": version("pyrankvote")}
