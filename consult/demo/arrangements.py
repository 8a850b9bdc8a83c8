"""The demonstration's open election: two places, five candidates who are nobody, each with a statement."""

from __future__ import annotations

from consult.demo.shapes import Candidate, Election

_SAID = (
    (
        "Ottoline",
        "Ottoline Farrowby",
        14,
        "I have run the door at nine conferences and the agenda at two. Start on time, finish on time, and "
        "print the papers large enough to read.",
    ),
    (
        "Desmond",
        "Desmond Achterberg-Nwosu",
        12,
        "Half of us cannot pay for three nights away. I want one conference in two held over a single day, "
        "with a crèche, and a fund for fares that nobody has to beg from.",
    ),
    (
        "Hesper",
        "Hesper Lindqvist-Rowe",
        10,
        "I am deaf, and I have followed every debate of the last four years on a screen that somebody forgot "
        "to switch on. I would see to the screen first and everything else second.",
    ),
    (
        "Callow",
        "Wystan Callowhill",
        7,
        "Fewer speeches from the platform and more from the floor. I would give the first hour of every "
        "morning to motions from branches that have never moved one.",
    ),
    (
        "Brannagh",
        "Siobhán Brannagh-Tull",
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
        Candidate(key=key.lower(), name=name, branch="", weight=weight, statement=words)
        for key, name, weight, words in _SAID
    ),
)
