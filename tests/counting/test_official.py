"""Real elections: both counters against the councils' stage tables, the reference Meek table, Burlington and Debian."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any

import pytest

from consult.counting.count import count, recount
from consult.counting.files import ElectionFile, read
from consult.counting.result import Count
from tests.counting.elections import real

COUNTERS = pytest.mark.parametrize("counter", [count, recount], ids=["fast", "plain"])


def election(name: str) -> ElectionFile:
    return read(real(name).read_bytes(), name)


def counted(counter: Any, method: str, name: str, **more: Any) -> dict[str, Any]:
    file = election(name)
    finished: Count = counter(method, file.contest(**more), file.papers)
    return finished.as_json()


@COUNTERS
@pytest.mark.parametrize("ward", ["linn-2007", "dundee-maryfield-2022"])
def test_scottish_stv_equals_the_council_to_the_fifth_decimal(counter: Any, ward: str) -> None:
    official = json.loads(real(f"{ward}.stages.json").read_text())
    ours = counted(counter, "scottish-stv", f"{ward}.blt")
    assert ours["ballots"]["valid"] == official["valid_votes"]
    assert Decimal(ours["quota"]) == Decimal(official["quota"])
    assert len(ours["stages"]) == len(official["stages"])
    full = dict(zip(official["stages"][0]["votes"], ours["candidates"], strict=True))
    for mine, theirs in zip(ours["stages"], official["stages"], strict=True):
        for name, votes in theirs["votes"].items():
            assert full[name].startswith(name)
            assert mine["votes"][full[name]] == (votes or "0.00000")  # an excluded candidate is shown empty later on
        together = Decimal(mine["non_transferable"]) + Decimal(mine["loss"])
        assert together == Decimal(theirs["non_transferable"])
        assert sorted(mine["elected"]) == sorted(full[name] for name in theirs["elected"])
        assert mine["excluded"] == [full[name] for name in theirs["excluded"]]
        surplus = theirs["surplus"]
        assert (mine["action"] == "surplus") == (surplus is not None)
        if surplus:
            assert mine["subjects"] == [full[surplus]]


@COUNTERS
def test_linn_elects_in_the_councils_order(counter: Any) -> None:
    assert counted(counter, "scottish-stv", "linn-2007.blt")["winners"] == [
        "David Ritchie",
        "Sadie Docherty",
        "John McKenzie",
        "Margot Clark",
    ]


@COUNTERS
@pytest.mark.parametrize("stage", [1, 2, 4, 6, 9, 11])
def test_meek_equals_the_reference_table(counter: Any, stage: int) -> None:
    """Two decimals at every stage of the table, the last quota of 73 included."""
    rows = list(csv.reader(real("ers97.meek.csv").read_text().splitlines()))
    column = rows[0].index(str(stage))
    ours = counted(counter, "meek", "ers97.blt")["stages"][stage - 1]
    table = {row[0]: row for row in rows[2:]}
    for name, votes in ours["votes"].items():
        assert abs(Decimal(votes) - Decimal(table[name][column])) < Decimal("0.01")
    assert abs(Decimal(ours["quota"]) - Decimal(table["Quota"][column])) < Decimal("0.01")
    assert abs(Decimal(ours["non_transferable"]) - Decimal(table["Exhausted"][column])) < Decimal("0.01")


@COUNTERS
@pytest.mark.parametrize("method", ["meek", "meek-prf"])
def test_meek_elects_the_models_six(counter: Any, method: str) -> None:
    winners = counted(counter, method, "ers97.blt")["winners"]
    assert sorted(winners) == ["Carpenter", "Duke", "Freeman", "Prince", "Smith", "Vicar"]


@COUNTERS
def test_burlington_round_by_round(counter: Any) -> None:
    ours = counted(counter, "irv", "burlington-2009.abif")
    first = {name.split(" (")[0]: votes for name, votes in ours["stages"][0]["votes"].items()}
    assert first == {
        "Bob Kiss": "2585",
        "Andy Montroll": "2063",
        "James Simpson": "35",
        "Dan Smith": "1306",
        "Kurt Wright": "2951",
        "Write-in": "36",
    }
    last = ours["stages"][-1]
    votes = {name.split(" (")[0]: votes for name, votes in last["votes"].items()}
    assert (votes["Bob Kiss"], votes["Kurt Wright"]) == ("4313", "4060")
    assert [stage["non_transferable"] for stage in (ours["stages"][0], last)] == ["4", "607"]
    assert ours["ballots"] == {"valid": 8980, "blank": 0, "invalid": 0}
    assert [name.split(" (")[0] for name in ours["winners"]] == ["Bob Kiss"]


@COUNTERS
@pytest.mark.parametrize("method", ["schulze", "ranked-pairs"])
def test_burlingtons_condorcet_winner(counter: Any, method: str) -> None:
    assert counted(counter, method, "burlington-2009.abif")["winners"] == ["Andy Montroll (Democrat)"]


@COUNTERS
@pytest.mark.parametrize("method", ["schulze", "ranked-pairs"])
def test_debian_elects_its_leader(counter: Any, method: str) -> None:
    ours = counted(counter, method, "debian-leader-2007.tally.txt")
    assert ours["ballots"] == {"valid": 482, "blank": 0, "invalid": 0}
    assert ours["winners"] == ["Sam Hocevar"] == ours["ranking"][:1]


@pytest.mark.parametrize("name", ["linn-2007.blt", "dundee-maryfield-2022.blt", "ers97.blt", "burlington-2009.abif"])
@pytest.mark.parametrize(
    "method",
    [
        "irv",
        "scottish-stv",
        "meek",
        "meek-prf",
        "ers97",
        "schulze",
        "ranked-pairs",
        "points",
        "repeated-stv",
        "plurality",
    ],
)
def test_the_two_counters_agree_on_real_ballots(name: str, method: str) -> None:
    file = election(name)
    contest = file.contest(seats=1) if method == "irv" else file.contest()
    seed = "for whatever ties there are"
    assert count(method, contest, file.papers, seed).hash == recount(method, contest, file.papers, seed).hash
