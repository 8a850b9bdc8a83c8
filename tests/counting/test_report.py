"""Charts, tables and the page: strict HTML, everything escaped, nothing inline, nothing told by colour alone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.counting import report, svg, tables
from consult.counting.contest import Candidate, Contest, Paper
from consult.counting.count import count
from consult.counting.files import read
from consult.counting.methods import METHODS
from consult.counting.result import Count
from consult.counting.standing import standing
from tests.counting.elections import real

NASTY = ('<script>alert("1")</script>', "Bo & Co's", "Sam", "Sam")
SVG = "{http://www.w3.org/2000/svg}"


def counted(method: str, names: tuple[str, ...] = NASTY) -> Count:
    if method == "majority":
        names = ("For", "Against", "Abstain")
    papers: list[object] = [(0, 1), (0, 2), (1, 0), (0,), (2, 1), (3, 2)]
    if METHODS[method].form in ("choice", "one", "several"):
        papers = [(0,), (0,), (1,), (2,), (0,)]
    if method == "policy-primary":
        papers = [Paper((0, 1), "++-0"), Paper((1,), "+-0+"), Paper((0,), "+++-")]
    on = Contest("b", tuple(Candidate(str(i), name) for i, name in enumerate(names)), 1)
    return count(method, on, papers, "seed")  # type: ignore[arg-type]


def fragments(one: Count) -> list[str]:
    """Every fragment a page may embed."""
    made = [svg.stage_bars(one, stage) for stage in one.stages] + [svg.flow(one)]
    made += [tables.transfer_table(one, stage) for stage in one.stages]
    made += [tables.stage_table(one), tables.pairwise(one), tables.ties_table(one), tables.result_table(one)]
    return [*made, tables.tally_table(one), tables.facts_table(one, {"<b>": "<i>"})]


def strict(page: str) -> None:
    """Raises where a strict parser stumbles."""
    html5lib.HTMLParser(strict=True).parse(page)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_makes_a_strict_page(method: str) -> None:
    one = counted(method)
    page = report.page(one, "A title <b>", {"Seed": "<seed>"})
    strict(page)
    assert "<b>" not in page and "<seed>" not in page and "<script" not in page
    assert not re.search(r'(?:src|href|action|url)\s*[=(]\s*["\']?(?!#)[^"\'#]*(?:https?:|//|\.)', page), (
        "nothing is fetched"
    )
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("method", sorted(METHODS))
def test_fragments_stand_under_a_strict_policy(method: str) -> None:
    for fragment in fragments(counted(method)):
        assert " style=" not in fragment and "<style" not in fragment and "<script" not in fragment
        assert not re.search(r"\son\w+=", fragment)
        strict(f"<!DOCTYPE html><html><head><title>x</title></head><body>{fragment}</body></html>")


def test_charts_speak_to_screen_readers() -> None:
    one = counted("irv")
    for chart in (*(svg.stage_bars(one, stage) for stage in one.stages), svg.flow(one)):
        root = ElementTree.fromstring(chart)
        assert root.get("role") == "img"
        ids = {element.get("id") for element in root}
        assert set((root.get("aria-labelledby") or "").split()) <= ids
        described = "".join(root.find(f"{SVG}desc").itertext())  # type: ignore[union-attr]
        assert "Bo & Co's" in described


def test_bars_say_in_words_what_colours_say() -> None:
    one = counted("irv")
    last = one.stages[-1]
    root = ElementTree.fromstring(svg.stage_bars(one, last))
    words = [element.text or "" for element in root.iter(f"{SVG}text")]
    for index, state in enumerate(standing(one, last)):
        votes = str(last.votes[index])
        assert (votes if state == "continuing" else f"{votes} {state}") in words
    assert f"Majority {last.quota}" in words


def test_bars_are_in_proportion() -> None:
    file = read(real("linn-2007.blt").read_bytes(), "x.blt")
    one = count("scottish-stv", file.contest(), file.papers)
    most = max(votes for stage in one.stages for votes in stage.votes if votes is not None)
    for stage in one.stages:
        root = ElementTree.fromstring(svg.stage_bars(one, stage))
        bars = [e for e in root.iter(f"{SVG}rect") if (e.get("class") or "").startswith("bar")]
        shown = [votes for votes in stage.votes if votes]
        assert len(bars) == len(shown)
        for bar, votes in zip(bars, shown, strict=True):
            assert abs(float(bar.get("width") or 0) - float(votes * svg.BARS / most)) <= 0.1


def test_flow_moves_exactly_what_the_transfers_say() -> None:
    file = read(real("linn-2007.blt").read_bytes(), "x.blt")
    one = count("scottish-stv", file.contest(), file.papers)
    root = ElementTree.fromstring(svg.flow(one))
    titles = [t.text or "" for p in root.iter(f"{SVG}path") for t in p.iter(f"{SVG}title")]
    assert len(titles) == sum(len([t for t in stage.transfers if t.value]) for stage in one.stages)
    assert "Stage 10: 627.72074 from Alan Stewart to John McKenzie" in titles


def test_tables_have_captions_and_scopes() -> None:
    for method in ("irv", "schulze", "majority"):
        for table in fragments(counted(method)):
            for one in re.findall(r"<table.*?</table>", table, re.DOTALL):
                root = ElementTree.fromstring(one.replace("&nbsp;", " "))
                assert root[0].tag == "caption" and (root[0].text or "").strip()
                assert all(cell.get("scope") in ("col", "row") for cell in root.iter("th"))
                widths = {len(list(row)) for row in root.iter("tr")}
                assert len(widths) == 1, "every row is as wide as the head"


def test_stage_table_holds_every_number_of_the_count() -> None:
    file = read(real("dundee-maryfield-2022.blt").read_bytes(), "x.blt")
    one = count("scottish-stv", file.contest(), file.papers)
    table = tables.stage_table(one)
    for shown in one.as_json()["stages"]:
        for votes in shown["votes"].values():
            assert f"<td>{votes}" in table


def test_pairwise_says_who_wins() -> None:
    table = tables.pairwise(counted("schulze", ("A", "B", "C", "D")))
    assert table.count('class="wins"') == table.count('class="loses"')
    assert "wins</span>" in table and tables.pairwise(counted("irv")) == ""


def test_tallies_are_tables_not_heaps() -> None:
    on = Contest("b", tuple(Candidate(name, name) for name in "ABC"))
    circle = [(0, 1, 2)] * 4 + [(1, 2, 0)] * 3 + [(2, 0, 1)] * 2
    locked = tables.tally_table(count("ranked-pairs", on, circle, "seed"))
    assert "Wins locked in, the strongest first" in locked
    assert "Wins left out, because they close a circle" in locked
    paths = tables.tally_table(count("schulze", on, circle, "seed"))
    assert paths.count("<table") == 1 and "The strongest chain of wins" in paths
    motion = Contest("b", (Candidate("1", "For"), Candidate("2", "Against")), settings={"by_unit": True, "quorum": 2})
    votes = [Paper((0,), "", "north <b>"), Paper((1,), "", "south")]
    shown = tables.tally_table(count("majority", motion, votes))
    assert "The majority of units" in shown and "north &lt;b&gt;" in shown and "Quorum: needed" in shown
    strict(f"<!DOCTYPE html><html><head><title>x</title></head><body>{locked}{paths}{shown}</body></html>")


#: Printable names: any letter, mark, number, sign or symbol, and spaces between them.
PRINTED = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
NAMES = st.builds(" ".join, st.lists(st.text(PRINTED, min_size=1, max_size=10), min_size=1, max_size=3))


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=5), st.lists(st.permutations(range(2)), max_size=6))
def test_any_names_are_escaped(names: list[str], papers: list[list[int]]) -> None:
    on = Contest("b", tuple(Candidate(str(i), name) for i, name in enumerate(names)), 1)
    one = count("scottish-stv", on, [tuple(paper) for paper in papers], "seed")
    strict(report.page(one, names[0]))
    for stage in one.stages:
        ElementTree.fromstring(svg.stage_bars(one, stage))
    if len(one.stages) > 1:
        ElementTree.fromstring(svg.flow(one))


def test_a_hundred_candidates() -> None:
    on = Contest("b", tuple(Candidate(str(i), f"Candidate {i}") for i in range(100)), 10)
    one = count("scottish-stv", on, [tuple((i * 7 + j) % 100 for j in range(5)) for i in range(1, 400)], "seed")
    page = report.page(one, "Many")
    strict(page)
    assert svg.flow(one) == ""
    assert page.count("<h3>Stage") == len(one.stages)


def test_chains_of_wins_stand_in_ballot_order_both_ways() -> None:
    counted = count("schulze", Contest("b", tuple(Candidate(n, n) for n in ("Ann", "Bo", "Cy"))), [(0, 1, 2), (0, 2)])
    head = tables.tally_table(counted).partition("</thead>")[0]
    assert head.index("Ann") < head.index("Bo") < head.index("Cy")


def test_a_stage_chart_is_narrow_enough_for_a_telephone() -> None:
    """At 358 pixels, what a page leaves of 390, words of 14 units are still 11 pixels high."""
    assert 14 * 358 / svg.WIDTH >= 11
