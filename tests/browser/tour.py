"""The tour in docs/tour.md: ten pages of the demonstration, as a table from which the page and its pictures are made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
WIDTH, HEIGHT = 1280, 860


@dataclass(frozen=True)
class Stop:
    """One picture: its file, where it is taken and by whom ("" a visitor), its heading, and what is to be seen."""

    name: str
    address: str
    who: str
    heading: str
    words: str


STOPS = (
    Stop("home", "/", "", "The front page", "What is open, and what was decided. Nobody needs to sign in to read."),
    Stop(
        "consultation", "/consultations/{consultation}", "", "A consultation",
        "A paper, questions and meetings. It binds nobody, and says so.",
    ),
    Stop(
        "motion", "/motions/{motion}", "", "A motion",
        "Numbered clauses and lines, and the amendments beside the lines that they touch.",
    ),
    Stop(
        "amendment", "/amendments/{amendment}", "", "An amendment",
        "What it takes out and puts in, as marks in the text and in the words that are moved.",
    ),
    Stop(
        "composite", "/composites/{composite}", "voter", "A composite",
        "One text from the motions of several branches, with the source of every clause and every branch's signature.",
    ),
    Stop(
        "ballot", "/ballots/{open}", "", "A ballot",
        "What is asked, who may vote, until when, and who could find out how somebody voted.",
    ),
    Stop(
        "paper", "/ballots/{open}/vote", "voter", "The ballot paper",
        "The choice, sealed in the browser before it is sent, checked once more before it is cast.",
    ),
    Stop(
        "result", "/results/{stv}", "", "A result",
        "The outcome first, then every stage of the count, the certificate, and how to count it again.",
    ),
    Stop(
        "policy-book", "/policy", "", "The policy book",
        "What is carried enters it, with where it came from and when it ends.",
    ),
    Stop(
        "committee", "/", "committee", "The committee's home",
        "What waits for a decision, and how much of it.",
    ),
)  # fmt: skip


def told() -> str:
    """docs/tour.md."""
    lines = [
        "# A tour in ten pictures",
        "",
        "Of the demonstration that `make run` starts: a plainly fictional movement. The pictures are made by `make tour`.",
    ]
    for number, stop in enumerate(STOPS, 1):
        as_whom = {"": "", "voter": " Seen by a member.", "committee": " Seen by a member of the governance committee."}
        lines += ["", f"## {number}. {stop.heading}", f"{stop.words}{as_whom[stop.who]}", ""]
        lines += [f"![{stop.heading}: {stop.words}](tour/{stop.name}.png)"]
    return "\n".join(lines) + "\n"
