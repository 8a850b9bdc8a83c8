"""The demonstration's elections that are open or to come, with candidates who are nobody, each with a statement."""

from __future__ import annotations

from consult.demo.shapes import Candidate, Election

_SAID = (
    (
        "Ottoline",
        "Ottoline Farrowby",
        "ossenbridge",
        14,
        "I have run the door at nine conferences and the agenda at two. Start on time, finish on time, and "
        "print the papers large enough to read.",
    ),
    (
        "Desmond",
        "Desmond Achterberg-Nwosu",
        "hallowreach-central",
        12,
        "Half of us cannot pay for three nights away. I want one conference in two held over a single day, "
        "with a crèche, and a fund for fares that nobody has to beg from.",
    ),
    (
        "Hesper",
        "Hesper Lindqvist-Rowe",
        "marlstrand-port",
        10,
        "I am deaf, and I have followed every debate of the last four years on a screen that somebody forgot "
        "to switch on. I would see to the screen first and everything else second.",
    ),
    (
        "Callow",
        "Wystan Callowhill",
        "cawderfell",
        7,
        "Fewer speeches from the platform and more from the floor. I would give the first hour of every "
        "morning to motions from branches that have never moved one.",
    ),
    (
        "Brannagh",
        "Siobhán Brannagh-Tull",
        "quillhaven",
        9,
        "I kept the books of a music festival for eleven years and it never lost money. Ours lost four "
        "thousand last spring, and I can show you where.",
    ),
)

ARRANGEMENTS = Election(
    key="arrangements",
    title="Election of two members of the conference arrangements committee",
    method="stv",
    seats=2,
    about=(
        "The committee books the hall, sets the times and looks after everybody who comes. It is elected for a year by "
        "all members. Number as many candidates as you like, in the order in which you prefer them."
    ),
    electorate="all",
    candidates=tuple(
        Candidate(key=key.lower(), name=name, branch=branch, weight=weight, statement=words)
        for key, name, branch, weight, words in _SAID
    ),
)

TREASURER = Election(
    key="treasurer",
    title="Election of the treasurer",
    method="irv",
    seats=1,
    about=(
        "The treasurer keeps the movement’s accounts, signs for its spending beside the secretary, and answers for both at "
        "every conference. The term is two years."
    ),
    electorate="all",
    candidates=(
        Candidate(
            key="penhallow",
            name="Idony Penhallow-Reyes",
            branch="drossmere",
            weight=9,
            statement="I audit charities for a living. Every branch would see what was spent, and on what, within the month.",
        ),
        Candidate(
            key="stannard",
            name="Auberon Stannardly",
            branch="tallowfield",
            weight=8,
            statement="We keep eleven months of money in the bank and ask pensioners to pay for the hall. I would keep six.",
        ),
        Candidate(
            key="mirza",
            name="Zubeida Mirzalloway",
            branch="ranscar",
            weight=7,
            statement="I collect subscriptions on foot in two villages. I would ask less of those who have less, and say how.",
        ),
    ),
)

#: Beside those of the content.
ELECTIONS = (ARRANGEMENTS, TREASURER)
