"""Election files: what they say, where they are wrong, and that nothing else ever comes of them."""

from __future__ import annotations

import json as stdlib_json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.counting.contest import Paper, Reserve, as_paper
from consult.counting.count import count
from consult.counting.files import ElectionFile, FileError, guess, read, write
from consult.counting.files.election import Tally
from consult.domain.errors import Invalid
from tests.counting.elections import ROOT, real


def refused(data: bytes, format: str) -> FileError:
    with pytest.raises(FileError) as caught:
        read(data, format=format)
    return caught.value


def rankings(file: ElectionFile) -> dict[object, int]:
    return {as_paper(key).ranking: weight for key, weight in file.papers.items()}


# BLT

BLT = b"""# A small committee
4 2  # candidates and seats
-2
3 1 3 4 0
(paper 17) 4 1=2 - 3 0
2 0
1 1 3 4 0

0
"Ann ""Annie"" Archer" # a comment
"Bo # not a comment"
"Cy"
"Dee"
"The committee"
"""


def test_blt_with_everything_in_it() -> None:
    file = read(BLT, "small.blt")
    assert file.names == ('Ann "Annie" Archer', "Bo # not a comment", "Cy", "Dee")
    assert (file.title, file.seats, file.withdrawn) == ("The committee", 2, (1,))
    assert rankings(file) == {(0, 2, 3): 4, ((0, 1), (), 2): 4, (): 2}
    assert file.weight == 10
    assert file.contest(3).seats == 3


def test_blt_unquoted_title_and_windows_line_ends() -> None:
    file = read(b'2 1\r\n1 2 0\r\n0\r\n"Ann"\r\nBo Brown\r\nWard 5 - East', "x.blt")
    assert (file.names, file.title) == (("Ann", "Bo Brown"), "Ward 5 - East")


def test_blt_in_the_encodings_of_its_age() -> None:
    text = '1 1\n1 1 0\n0\n"Zoë"\n"Café"\n'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        file = read(text.encode(encoding), "x.blt")
        assert file.names == ("Zoë",)
        assert bool(file.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("", 1, 1, "two whole numbers"),
        ("4\n", 1, 2, "two whole numbers"),
        ("4 2 1\n", 1, 5, "two whole numbers"),
        ("four 2\n", 1, 1, "two whole numbers"),
        ("0 2\n", 1, 1, "at least 1"),
        ("2 0\n", 1, 3, "at least 1"),
        ("999999999999 1\n", 1, 1, "at most"),
        ("2 1\n-3\n", 2, 1, "withdrawn"),
        ("2 1\n-1 -1\n", 2, 4, "once"),
        ("2 1\n-1 2 0\n", 2, 4, "withdrawn"),
        ("2 1\n1 1 2\n0\n", 2, 6, "0 to end the paper"),
        ("2 1\n1 3 0\n0\n", 2, 3, "from 1 to 2"),
        ("2 1\n1 1 1 0\n0\n", 2, 5, "at most once"),
        ("2 1\n1 1=1 0\n0\n", 2, 5, "at most once"),
        ("2 1\n1 1= 0\n0\n", 2, 5, "from 1 to 2"),
        ("2 1\n1.5 1 0\n0\n", 2, 1, "weight"),
        ("2 1\n-1 1 0\n", 2, 4, "withdrawn"),
        ("2 1\n1 1 0\n-2\n0\n", 3, 1, "weight"),
        ("2 1\n00 1 0\n0\n", 2, 1, "weight"),
        ("2 1\nx 1 0\n0\n", 2, 1, "weight"),
        ("2 1\n٣ 1 0\n0\n", 2, 1, "weight"),
        ("2 1\n1 ² 0\n0\n", 2, 3, "from 1 to 2"),
        ("2 1\n1 1 0 2 2\n0\n", 2, 10, "0 to end the paper"),
        ("2 1\n1 1\n2 0\n0\n", 2, 4, "0 to end the paper"),
        ("2 1 1 1 0 2 2\n0\n", 1, 14, "0 to end the paper"),
        ("2 1 0\n", 1, 5, "two whole numbers"),
        ("2 1 -3\n0\n", 1, 5, "withdrawn"),
        ("2 1\n1 1 0 0 1 2 0\n0\n", 2, 7, "weight"),
        ('2 1\n1 1 0\n0\n1 2 0\n"Ann"\n"Bo"\n', 4, 1, "the 0 above ended the papers"),
        ("2 1\n() 1 0\n0\n", 2, 1, "id in parentheses"),
        ("2 1\n(17 1 0\n0\n", 2, 1, "id in parentheses"),
        ("2 1\n(17)\n0\n", 2, 5, "weight"),
        ("2 1\n1 1 0\n", 2, 6, "0 on a line of its own"),
        ('2 1\n1 1 0\n"Ann"\n"Bo"\n', 3, 1, "0 to end the papers before the names"),
        ('2 1\n0\n"Ann"\n', 3, 6, "candidate 2 of 2"),
        ('2 1\n0\n"Ann\n"Bo"\n"T"\n', 3, 5, "closing quotation mark"),
        ('2 1\n0\n"Ann"x\n"Bo"\n"T"\n', 3, 6, "space or the end"),
        ('2 1\n0\nAnn "A"\n"Bo"\n"T"\n', 3, 5, "quotation marks"),
        ('2 1\n0\n""\n"Bo"\n"T"\n', 3, 1, "candidate 1 of 2"),
        ('2 1\n0\n"Ann"\n"Bo"\n"Cy"\n"T"\n', 6, 1, "end of the file"),
        ('2 1\n0\n"Ann\x07"\n"Bo"\n"T"\n', 3, 1, "control characters"),
    ],
)  # fmt: skip
def test_blt_malformed(text: str, line: int, column: int, expected: str) -> None:
    error = refused(text.encode(), "blt")
    assert (error.line, error.column) == (line, column)
    assert expected in error.expected
    assert str(error).startswith(f"Line {line}, column {column}: expected ")


def test_blt_cut_short_anywhere_is_never_an_election() -> None:
    lines = BLT.rstrip(b"\n").split(b"\n")
    for length in range(len(lines) - 1):
        refused(b"\n".join(lines[:length]), "blt")
    assert "no title" in read(b"\n".join(lines[:-1]), "x.blt").notes[0]


def test_blt_says_when_there_is_no_title() -> None:
    file = read(b'2 1\n1 2 0\n0\n"Ann"\n"Bo"\n', "x.blt")
    assert (file.names, file.title) == (("Ann", "Bo"), "")
    assert "“Bo”, at its end, is the name of candidate 2" in file.notes[0]
    assert read(b'2 1\n1 2 0\n0\n"Ann"\n"Bo"\n""\n', "x.blt").notes == ()


@pytest.mark.parametrize(
    "text",
    [
        '4 2\n-2\n-3\n3 1 4 0 2 4 0\n(a b) 1 4=1 - 0 (c) 1 0\n0\n"A"\n"B"\n"C"\n"D"\n"T"\n',
        '4 2 -2 -3\n3 1 4 0 2 4 0 1 4=1 0 1 0\n0 "A" "B" "C" "D" "T"',
        '4 2 -2 -3 3 1 4 0 2 4 0 1 1=4 0 1 0 0 "A" "B" "C" "D" "T"',
        ' 4  2 # head\r\n\r\n -2 \t-3\r\n 3\t1  4 0 \r\n2 4 0\r\n1 1=4 0\r\n1 0\r\n 0 \r\nA\r\nB\r\nC\r\nD\r\n\r\nT',
    ],
)  # fmt: skip
def test_blt_written_freely(text: str) -> None:
    file = read(text.encode(), "x.blt")
    assert (file.names, file.title, file.seats, file.withdrawn) == (("A", "B", "C", "D"), "T", 2, (1, 2))
    assert rankings(file) == {(0, 3): 3, (3,): 2, ((0, 3),): 1, (): 1}
    assert guess(text.encode()) == "blt"


def test_blt_huge_weights_stay_exact() -> None:
    weight = 10**29 + 1
    assert read(f'1 1\n{weight} 1 0\n0\n"A"\n"T"\n'.encode(), "x.blt").weight == weight
    assert "digits" in refused(f'1 1\n1{weight * 10} 1 0\n0\n"A"\n"T"\n'.encode(), "blt").expected


# ABIF


def test_abif_with_everything_in_it() -> None:
    text = b"""#--- a comment
{version: "0.1"}
{"title": "Where to meet"}
{seats: 2}
{withdrawn: ["C"]}
12: A > B=C   # most of them
3*C/5>[Ann Archer]/2
2:"B","A"
=A:[Ann Archer]
=B:[Bo] # in brackets
=C:Cy Cooper
1:A/1,B/5.50,C/5.5
5:
"""
    file = read(text, "x.abif")
    assert file.names == ("Ann Archer", "Bo", "Cy Cooper")
    assert (file.title, file.seats, file.withdrawn) == ("Where to meet", 2, (2,))
    assert rankings(file) == {(0, (1, 2)): 12, (2, 0): 3, ((0, 1),): 2, ((1, 2), 0): 1, (): 5}


def test_abif_without_declarations_lists_candidates_as_they_come() -> None:
    file = read("2:Zo%C3%AB>[Bo Brown]\n1:[Zoë]/0>[50% Cy]/0\n".encode(), "x.abif")
    assert file.names == ("Zoë", "Bo Brown", "50% Cy")
    assert rankings(file) == {(0, 1): 2, (0, 2): 1}


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("", 1, 1, "at least one"),
        ("# only a comment\n", 2, 1, "at least one"),
        ("A>B\n", 1, 1, "a group of papers"),
        ("3 A>B\n", 1, 2, "after the number"),
        ("0:A\n", 1, 1, "at least 1"),
        ("3:A>\n", 1, 5, "a candidate"),
        ("3:A>>B\n", 1, 5, "a candidate"),
        ("3:A;B\n", 1, 4, "“>”"),
        ("3:A B\n", 1, 5, "“>”"),
        ("3:A>B>A\n", 1, 7, "at most once"),
        ("3:A>[B\n", 1, 7, "close the name"),
        ("3:A/x\n", 1, 5, "score"),
        ("3:A/5>B\n", 1, 7, "score"),
        ("3:A/2>B/5\n", 1, 7, "agree with the order"),
        ("3:A/5=B/4\n", 1, 7, "agree with the order"),
        ("=A:[Ann]\n3:A>B\n", 2, 5, "a declared candidate"),
        ("=A:[Ann]\n=A:[Bo]\n", 2, 2, "once"),
        ("=A[Ann]\n", 1, 3, "a colon"),
        ("=A:\n", 1, 4, "a candidate"),
        ("=A:[Ann] x\n", 1, 10, "the end of the line"),
        ("{title}\n1:A\n", 1, 1, "metadata"),
        ("{title: 1\n1:A\n", 1, 1, "metadata"),
        ("{seats: two}\n1:A\n", 1, 1, "seats"),
        ("{withdrawn: \"Z\"}\n1:A\n", 1, 1, "declared"),
        ("1:%FF%FE\n", 1, 3, "UTF-8"),
    ],
)  # fmt: skip
def test_abif_malformed(text: str, line: int, column: int, expected: str) -> None:
    error = refused(text.encode(), "abif")
    assert (error.line, error.column) == (line, column)
    assert expected in error.expected


def test_abif_mixes_declared_candidates_and_full_names_in_brackets() -> None:
    file = read("=D:[Doña Uno]\n=S:[Steven B.]\n27:D>S>[蘇業]\n3: [蘇業] > [Doña Uno]=S # a tie\n".encode(), "x.abif")
    assert file.names == ("Doña Uno", "Steven B.", "蘇業")
    assert rankings(file) == {(0, 1, 2): 27, (2, (0, 1)): 3}
    assert file.notes == ("“蘇業” stands on papers and is not declared.",)


def test_abif_written_freely() -> None:
    file = read(b"\xef\xbb\xbf  12 : O'Hara/5 , \"B b\"/5, C/4.50\r\n7*C/5>O'Hara/3>[B b]/3\r\n\r\n4:\r\n", "x.abif")
    assert file.names == ("O'Hara", "B b", "C")
    assert rankings(file) == {((0, 1), 2): 12, (2, 0, 1): 7, (): 4}


def test_abif_must_be_utf8() -> None:
    error = refused(b"1:Ann\n2:Zo\xeb\n", "abif")
    assert (error.line, error.column) == (2, 5)


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_csv_one_column_per_rank(delimiter: str, encoding: str, ending: str) -> None:
    rows = [["id", "1st choice", "Rank 2", "preference_3", "Weight"], ["a", "Zoë", "Bo", "", "2"],
            ["b", "Bo", "", "Zoë", "1"], ["c", "", "", "", "4"]]  # fmt: skip
    data = ending.join(delimiter.join(row) for row in rows).encode(encoding)
    file = read(data, "x.csv")
    assert file.names == ("Zoë", "Bo")
    assert rankings(file) == {(0, 1): 2, (1, (), 0): 1, (): 4}
    assert file.seats is None


def test_csv_one_column_per_candidate() -> None:
    file = read(b'"Archer, Ann",Bo,Cy\n1,2,\n2,2,1\n,1,3\nx,,x\n', "x.csv")
    assert file.names == ("Archer, Ann", "Bo", "Cy")
    assert rankings(file) == {(0, 1): 1, (2, (0, 1)): 1, (1, (), 2): 1, ((0, 2),): 1}


def test_csv_choices_of_a_motion_have_all_sides_standing() -> None:
    file = read(b'choice,unit\nFOR,north\nabstain,south\nfor,north\n"",south\n', "x.csv")
    assert file.names == ("For", "Against", "Abstain")
    assert file.papers == {
        Paper((0,), "", "north"): 2, Paper((2,), "", "south"): 1, Paper((), "", "south"): 1
    }  # fmt: skip


def test_csv_choices_of_people() -> None:
    assert rankings(read(b"vote\nAnn\nBo\nAnn\n\n\n", "x.csv")) == {(0,): 2, (1,): 1}


def test_csv_verdicts_and_withdrawn_and_names_like_columns() -> None:
    text = b"candidate: Weight,withdrawn: Bo,verdict: Weight,verdict: Bo\n1,2,for,against\n,,,\n"
    file = read(text, "x.csv")
    assert (file.names, file.withdrawn) == (("Weight", "Bo"), (1,))
    assert file.papers == {Paper((0, 1), "+-"): 1, Paper((), "00"): 1}


def test_csv_header_of_two_meanings_can_be_settled() -> None:
    text = b"vote,Ann\n1,2\n"
    assert "one kind" in refused(text, "csv").expected
    assert read(text, format="csv-candidates").names == ("vote", "Ann")
    file = read(b"Rank 1,Hair,Rank 2\nAnn,grey,Bo\n", format="csv-ranks")
    assert (rankings(file), file.notes) == ({(0, 1): 1}, ("Columns that were not used: “Hair”.",))


CAST_VOTES = """Cast Vote Record,Precinct,Ballot Style,1st Choice,2nd Choice,3rd Choice
1,East,A,Ann,Bo,Cy
2,East,A,Ann,Ann,Bo
3,East,A,Ann,undervote,Bo
4,West,B,Bo,overvote,Cy
5,West,B,overvote,Ann,Bo
6,West,B,skipped,Undervote,exhausted
7,West,B,UWI,Over-vote,Ann
8,West,B,Cy,Bo,overvote
"""


def test_csv_cast_vote_records_are_read_as_the_counters_read_papers() -> None:
    file = read(CAST_VOTES.encode(), "x.csv")
    assert file.names == ("Ann", "Bo", "Cy", "UWI")
    assert rankings(file) == {
        (0, 1, 2): 1, (0, 1): 1, (0, (), 1): 1, (1, (0, 2, 3)): 1, ((0, 1, 2, 3),): 1, (): 1, (3, (0, 1, 2)): 1,
        (2, 1, (0, 3)): 1,
    }  # fmt: skip
    assert file.notes == (
        "One paper names a candidate more than once: all but the first time was ignored.",
        "4 papers have an overvote: the ranking ends there.",
    )
    counted = count("irv", file.contest(), file.papers, "seed")
    assert counted.stages[0].votes == (3, 1, 1, 1)


@pytest.mark.parametrize(
    "header",
    ["rank1,rank2", "1st choice,2nd choice", "Choice 1,Choice 2", "First choice,Second choice", "1,2",
     "Rank #1,Rank #2", "RANK-1,RANK-2", "first,second", "Preference 1,Preference 2",
     "rank_1,rank_2", "Choice 1 of 2,Choice 2 of 2"],
)  # fmt: skip
def test_csv_ranks_by_many_names(header: str) -> None:
    assert rankings(read(f"{header}\nAnn,Bo\nBo,\n".encode(), "x.csv")) == {(0, 1): 1, (1,): 1}


def test_csv_from_a_spreadsheet() -> None:
    file = read("Zoë;Bo\r\n1.0;2.0\r\n2;1\r\n".encode("cp1252"), "x.csv")
    assert (file.names, rankings(file)) == (("Zoë", "Bo"), {(0, 1): 1, (1, 0): 1})
    assert "Windows-1252" in file.notes[0]


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("", 1, 1, "header"),
        ("\n\n", 1, 1, "header"),
        ("Ann,Bo;Cy\n1,2\n", 1, 7, "only commas"),
        ("Rank 1,Ann\nAnn,1\n", 1, 1, "one kind"),
        ("Rank 1,Rank 3\nAnn,Bo\n", 1, 8, "rank 2"),
        ("Rank 1,rank1\nAnn,Bo\n", 1, 8, "one column"),
        ("weight\n1\n", 1, 1, "columns of ranks"),
        ("Ann,weight,count\n1,1,1\n", 1, 12, "weight"),
        ("Ann,,Cy\n1,2,3\n", 1, 5, "a candidate's name"),
        ("Ann,Bo\n1\n", 2, 1, "2 cells"),
        ("Ann,Bo\n1,2,3\n", 2, 5, "2 cells"),
        ("Ann,Bo\n1,Bo\n", 2, 3, "a rank from 1 to 2"),
        ("Ann,Bo\n1,2\n\n0,1\n", 4, 1, "a rank from 1 to 2"),
        ("Ann,Bo\n1,3\n", 2, 3, "a rank from 1 to 2"),
        ("Ann,Bo\n1.5,2\n", 2, 1, "a rank from 1 to 2"),
        ("Ann,Bo\novervote,2\n", 2, 1, "a rank from 1 to 2"),
        ("Ann,Bo\n-1,2\n", 2, 1, "a rank from 1 to 2"),
        ("Ann,Bo\n1,x\n", 2, 3, "a rank from 1 to 2"),
        ("Ann,Bo\nx,1\n", 2, 3, "a rank from 1 to 2"),
        ("Ann,Bo,weight\n1,2,two\n", 2, 5, "a weight"),
        ("Ann,Bo,weight\n1,2,\n", 2, 5, "a weight"),
        ("Ann,Bo,weight\n1,2,0\n", 2, 5, "a weight"),
        ('"Ann\nArcher",Bo\n1,2\n', 1, 1, "control characters"),
        ('Ann,"Bo\n1,2\n', 2, 1, "CSV"),
        ('Ann,"Bo"x\n1,2\n', 1, 1, "CSV"),
        ("Rank 1,Rank 2\nAnn,Bo\nann,Bo\n", 3, 1, "“Ann”"),
        ("Rank 1,Rank 2,Hair\nAnn,Bo,grey\n", 1, 15, "one kind"),
        ("Rank 1,Rank 2\n,\n", 3, 1, "at least one paper"),
        ("choice\nAnn\n\nBo\n", 3, 1, "a blank one"),
        ("choice,vote\nAnn,Bo\n", 1, 8, "one kind"),
        ("verdict: Ann,Rank 1\nfor,Ann\n", 1, 1, "a column for each candidate"),
        ("Ann,Bo,verdict: Ann\n1,2,for\n", 1, 5, "verdict: Bo"),
        ("Ann,verdict: Ann,verdict: Cy\n1,for,for\n", 1, 18, "a verdict on"),
        ("Ann,verdict: Ann\n1,maybe\n", 2, 3, "for, against"),
    ],
)  # fmt: skip
def test_csv_malformed(text: str, line: int, column: int, expected: str) -> None:
    error = refused(text.encode(), "csv")
    assert (error.line, error.column) == (line, column)
    assert expected in error.expected


def test_csv_error_is_placed_behind_quoted_lines_too() -> None:
    error = refused(b'Ann,unit\n1,"north\nand south, too"\n9,x\n', "csv")
    assert (error.line, error.column) == (4, 1)


# JSON


def test_json_with_everything_in_it() -> None:
    body = {
        "title": "Committee", "seats": 2, "roll": 40, "ron": "Nobody", "settings": {"ron": "place"},
        "units": {"north": 30, "south": 10}, "reserves": {"women": {"min": 1, "max": 2}},
        "candidates": ["Sam", {"name": "Sam", "groups": ["women"]}, {"name": "Cy", "withdrawn": True}, "Nobody"],
        "ballots": [["Sam", "Sam #2"], [["Cy", "Sam"], None, "Nobody"], [],
                    {"ranking": ["Cy"], "weight": 7, "unit": "north", "verdicts": {"Sam": "for", "Cy": "against"}}],
    }  # fmt: skip
    file = read(stdlib_json.dumps(body, indent=2).encode(), "x.json")
    assert file.names == ("Sam", "Sam", "Cy", "Nobody")
    assert file.groups == ((), ("women",), (), ())
    assert file.reserves == (Reserve("women", 1, 2),)
    assert (file.withdrawn, file.ron, file.roll, file.seats) == ((2,), 3, 40, 2)
    assert file.contest().units == {"north": 30, "south": 10}
    assert file.papers == {b"\x00\x01": 1, ((0, 2), (), 3): 1, b"": 1, Paper((2,), "+0-0", "north"): 7}


def _json(**changes: object) -> bytes:
    body: dict[str, object] = {"candidates": ["Ann", "Bo"], "ballots": [["Ann"]]}
    return stdlib_json.dumps(body | changes).encode()


@pytest.mark.parametrize(
    ("data", "expected", "at"),
    [
        (b"", "JSON", b""),
        (b'{"candidates": ["Ann",]}', "JSON", b"]}"),
        (b"[1]", "an object", b"[1]"),
        (b"{}", "candidates", b"{}"),
        (b'{"candidates": ["Ann"]}', "ballots", b"{"),
        (_json(candidates=[]), "from 1 to", b"[]"),
        (_json(candidates=["Ann", ""]), "name", b'""'),
        (_json(candidates=["Ann", 7]), "name", b"7"),
        (_json(candidates=["Ann", {"name": "B", "x": 1}]), "name, groups", b"1}"),
        (_json(candidates=["Ann", {"name": "B", "withdrawn": 1}]), "true or false", b"1}"),
        (_json(candidates=["Ann", {"name": "B", "groups": "w"}]), "a list of groups", b'"w"'),
        (_json(ballots=[["Ann"], ["Bob"]]), "the name of a candidate", b'"Bob"'),
        (_json(ballots=[["Ann", "Bo", "Ann"]]), "at most once", b'"Ann"]]'),
        (_json(ballots=[[["Ann", ["Bo"]]]]), "the name of a candidate", b'["Bo"]'),
        (_json(ballots=["Ann"]), "a ranking", b'"Ann"]}'),
        (_json(ballots=[{"weight": 3}]), "ranking", b'{"weight'),
        (_json(ballots=[{"ranking": ["Ann"], "weight": 2.5}]), "whole number", b"2.5"),
        (_json(ballots=[{"ranking": ["Ann"], "weight": True}]), "whole number", b"true"),
        (_json(ballots=[{"ranking": ["Ann"], "weight": 0}]), "whole number", b"0}"),
        (_json(ballots=[{"ranking": "Ann"}]), "a list of candidates", b'"Ann"}'),
        (_json(ballots=[{"ranking": [], "verdicts": {"Ann": "yes"}}]), "abstain", b'"yes"'),
        (_json(ballots=[{"ranking": [], "verdicts": {"Cy": "for"}}]), "the name", b'"for"'),
        (_json(ballots=[{"ranking": [], "colour": 1}]), "verdicts or unit", b"1}"),
        (_json(seats=0), "whole number", b"0}"),
        (_json(seats="2"), "whole number", b'"2"'),
        (_json(title="a\x07"), "control characters", b'"a\\u0007"'),
        (_json(reserves={"w": {"least": 1}}), "min", b'{"least"'),
        (_json(reserves={"w": {"min": -1}}), "whole number", b"-1"),
        (_json(units={"n": "x"}), "whole number", b'"x"'),
        (_json(ron="Cy"), "the name", b'"Cy"'),
        (_json(settings=[1]), "settings", b"[1]"),
        (_json(colour="red"), "one of the keys", b'"red"'),
        (b'{"candidates": ["Ann"], "ballots": [], "ballots": []}', "once", b'"ballots": []}'),
        (b'{"candidates": ["Ann"], "ballots": [NaN]}', "numbers", b"{"),
    ],
)  # fmt: skip
def test_json_malformed(data: bytes, expected: str, at: bytes) -> None:
    error = refused(data, "json")
    assert expected in error.expected
    assert (error.line, error.column) == (1, data.index(at) + 1 if at else 1)


def test_json_places_are_found_on_their_line() -> None:
    data = b'{\n "candidates": ["Ann"],\n "ballots": [\n  ["Ann"],\n  ["Bo"]\n ]\n}\n'
    error = refused(data, "json")
    assert (error.line, error.column) == (5, 4)


def test_json_nested_far_too_deep() -> None:
    assert "nested" in refused(b"[" * 200_000, "json").expected


# Debian


def test_debian_tally_sheet() -> None:
    sheet = "  Option 1--->: Zoë\n/ Option 2-->: Bo\n|/Option 3->: Nobody\n"
    sheet += "V: 2-1 \t\t5de2d9bdec162e7ad7d475f7a3a912e0\nV: ---\nV: 115\n"
    for encoding in ("utf-8", "latin-1"):
        file = read(sheet.encode(encoding), "x.txt")
        assert (file.format, file.names) == ("debian", ("Zoë", "Bo", "Nobody"))
        assert rankings(file) == {(2, 0): 1, (): 1, ((0, 1), 2): 1}
    assert refused(b"Option 1->: A\nV: 12\n", "debian").line == 2
    assert refused(b"Option 2->: A\nV: 12\n", "debian").column == 8


# Real elections


@pytest.mark.parametrize(
    ("name", "candidates", "seats", "papers"),
    [
        ("linn-2007.blt", 11, 4, 9567),
        ("dundee-maryfield-2022.blt", 8, 3, 4213),
        ("ers97.blt", 11, 6, 753),
        ("burlington-2009.abif", 6, None, 8980),
        ("debian-leader-2007.tally.txt", 9, 1, 482),
    ],
)
def test_real_files(name: str, candidates: int, seats: int | None, papers: int) -> None:
    data = real(name).read_bytes()
    file = read(data, name)
    assert (len(file.names), file.seats, file.weight) == (candidates, seats, papers)
    for format in ("blt", "abif", "json"):
        again = read(write(file, format), format=format)
        assert (again.names, again.papers) == (file.names, file.papers)


def test_real_names_with_quotation_marks() -> None:
    file = read(real("dundee-maryfield-2022.blt").read_bytes(), "x.blt")
    assert file.names[4] == 'Ken LYNN "Scottish National Party (SNP)"'
    assert file.title == "Ward 5 - Maryfield"


# Guessing the format


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (BLT, None, "blt"),
        (b'{title: "x"}\n3:A>B\n', None, "abif"),
        (b'{"candidates": [], "ballots": []}', None, "json"),
        (b"3: A>B\n", "x.txt", "abif"),
        (b"=A:[Ann]\n", None, "abif"),
        (b"Rank 1,Rank 2\n", "-", "csv"),
        (b"choice\nfor\n", None, "csv"),
        (b"anything", "X.BLT", "blt"),
        (b"anything", "x.json", "json"),
        (b"Option 1->: A\nV: 1\n", "x.txt", "debian"),
    ],
)
def test_guess(data: bytes, name: str | None, format: str) -> None:
    assert guess(data, name) == format


def test_guess_says_when_it_cannot_tell() -> None:
    with pytest.raises(FileError, match="--format"):
        guess(b"Dear committee\n")
    with pytest.raises(Invalid, match="no election format"):
        read(b"", format="xls")


# Round trips and fuzz

NAMES = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)


@st.composite
def elections(draw: st.DrawFn, extras: bool = False, skips: bool = True) -> ElectionFile:
    """Elections with equal and skipped places, odd names and large weights."""
    names = tuple(draw(st.lists(NAMES, min_size=1, max_size=6)))
    tally = Tally(len(names))
    for _ in range(draw(st.integers(0, 6))):
        order = draw(st.permutations(range(len(names))))[: draw(st.integers(0, len(names)))]
        ranking: list[int | tuple[int, ...]] = []
        for index in order:
            if ranking and draw(st.integers(0, 3)) == 0 and ranking[-1] != ():
                last = ranking.pop()
                ranking.append(tuple(sorted([*((last,) if isinstance(last, int) else last), index])))
            else:
                if skips and draw(st.integers(0, 5)) == 0 and len(order) < len(names):
                    ranking.append(())
                ranking.append(index)
        places = len(ranking) <= len(names)
        verdicts = "".join(draw(st.sampled_from("+-0")) for _ in names) if extras and draw(st.booleans()) else ""
        unit = draw(NAMES) if extras and draw(st.booleans()) else ""
        tally.add(tuple(ranking) if places else (), draw(st.integers(1, 10**20)), verdicts, unit)
    withdrawn = tuple(sorted(draw(st.sets(st.integers(0, len(names) - 1)))))
    title = draw(st.one_of(st.just(""), NAMES))
    return ElectionFile("", names, tally.papers, title, draw(st.integers(1, 5)), withdrawn)


def same(one: ElectionFile, two: ElectionFile) -> bool:
    return (one.names, one.papers, one.title, one.seats, one.withdrawn) == (
        two.names, two.papers, two.title, two.seats, two.withdrawn
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(elections())
def test_blt_round_trip(file: ElectionFile) -> None:
    assert same(read(write(file, "blt"), format="blt"), file)


@settings(max_examples=60, deadline=None)
@given(elections(skips=False))
def test_abif_round_trip(file: ElectionFile) -> None:
    assert same(read(write(file, "abif"), format="abif"), file)


@settings(max_examples=60, deadline=None)
@given(elections(extras=True))
def test_json_round_trip(file: ElectionFile) -> None:
    assert same(read(write(file, "json"), format="json"), file)


@settings(max_examples=60, deadline=None)
@given(elections(extras=False))
def test_csv_round_trip(file: ElectionFile) -> None:
    again = read(write(file, "csv"), format="csv")
    assert (again.names, again.papers, again.withdrawn) == (file.names, file.papers, file.withdrawn)


def test_csv_round_trip_with_units_and_verdicts() -> None:
    papers: dict[object, int] = {Paper((0,), "+-", "north"): 2, Paper((), "00", "south"): 1}
    file = ElectionFile("", ("Ann", "choice"), papers)  # type: ignore[arg-type]
    assert read(write(file, "csv"), format="csv").papers == papers


def test_formats_that_cannot_hold_verdicts_say_so() -> None:
    file = ElectionFile("", ("Ann",), {Paper((0,), "+"): 1})
    for format in ("blt", "abif"):
        with pytest.raises(Invalid, match="write JSON"):
            write(file, format)
    with pytest.raises(Invalid, match="no election format"):
        write(file, "debian")


def parses_or_refuses(data: bytes, format: str | None) -> None:
    try:
        file = read(data, format=format)
    except FileError as error:
        assert error.line >= 1 and error.column >= 1
        assert error.expected and str(error).endswith(".")
        return
    assert file.names and len(file.sha256) == 64
    assert all(weight > 0 for weight in file.papers.values())
    for paper in file.papers:
        for level in as_paper(paper).ranking:
            assert all(0 <= i < len(file.names) for i in ((level,) if isinstance(level, int) else level))


FORMATS = [None, "blt", "abif", "csv", "csv-ranks", "csv-candidates", "csv-choice", "json", "debian"]


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=80))
def test_any_bytes_parse_or_are_refused(format: str | None, data: bytes) -> None:
    parses_or_refuses(data, format)


SEEDS: dict[str, bytes] = {
    "blt": BLT,
    "abif": b'{title: "t"}\n=A:[Ann]\n=B:[Bo]\n3:A>B\n2:B/5=A/5\n1:[Ann]/3,B/4 # x\n',
    "csv": b'weight,Ann,"Bo, B"\n1,1,2\n2,,1\n',
    "csv-ranks": b"Rank 1,Rank 2,unit\nAnn,Bo,n\nBo,,s\n",
    "json": _json(ballots=[["Ann", None, ["Bo"]], {"ranking": [], "weight": 2, "verdicts": {"Ann": "for"}}]),
    "debian": b"Option 1->: A\nOption 2->: B\nV: 12\nV: -1\n",
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with a few bytes cut, doubled or changed."""
    format = draw(st.sampled_from(sorted(SEEDS)))
    data = bytearray(SEEDS[format])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        piece = draw(
            st.sampled_from(
                [b"", b"0", b"-", b"=", b'"', b",", b"\n", b"\xff", b"[", b"{", b">", b"9" * 40, b" ", b":"]
            )
        )
        data[at : at + draw(st.integers(0, 3))] = piece
    return format, bytes(data)


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_damaged_files_parse_or_are_refused(damage: tuple[str, bytes]) -> None:
    parses_or_refuses(damage[1], damage[0])
    parses_or_refuses(damage[1], None)


def test_csv_large_weights_in_every_row_stay_linear() -> None:
    rows = 30_000
    file = read(b"Ann,weight\n" + b"1,100000000000000000000\n" * rows, "x.csv")
    assert file.weight == rows * 10**20


HOSTILE: list[tuple[str, Callable[[int], bytes]]] = [
    ("blt", lambda n: b"2 1\n" + b" " * n),
    ("blt", lambda n: b"2 1\n" + b"1 1 0\n" * (n // 6)),
    ("blt", lambda n: b"2 1\n1" + b" 1=2" * (n // 4) + b" 0\n"),
    ("blt", lambda n: b'2 1\n0\n"' + b'""' * (n // 2)),
    ("abif", lambda n: b"{a:" + b" " * n),
    ("abif", lambda n: b"{" + b" " * n),
    ("abif", lambda n: b"9" * n),
    ("abif", lambda n: b"1:" + b"A>" * (n // 2)),
    ("abif", lambda n: b"=" + b" " * n + b"x"),
    ("csv", lambda n: b'"' * n),
    ("csv", lambda n: b'Ann,Bo\n1,"' + b"\n" * n),
    ("csv", lambda n: b"," * n),
    ("json", lambda n: b'{"a":' * (n // 5)),
    ("json", lambda n: b" " * n),
    ("debian", lambda n: b"Option 1" + b"-" * n),
    ("debian", lambda n: b" /|" * (n // 3)),
    ("", lambda n: b" " * n + b"="),
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_files_cost_no_more_than_their_length(at: int) -> None:
    """Four hundred thousand bytes made to trip a careless parser: quadratic work here would not end today."""
    format, made = HOSTILE[at]
    parses_or_refuses(made(400_000), format or None)


def test_too_many_candidates_are_refused() -> None:
    assert "at most" in refused(b"=" + b"\n=".join(b"c%d:x%d" % (i, i) for i in range(5002)), "abif").expected
    assert "at most" in refused(b",".join(b"c%d" % i for i in range(5002)) + b"\n", "csv").expected
    assert "at most" in refused(b"Rank 1\n" + b"\n".join(b"c%d" % i for i in range(5002)), "csv").expected
    many = stdlib_json.dumps({"candidates": [f"c{i}" for i in range(5002)], "ballots": []}).encode()
    assert "5000" in refused(many, "json").expected


def test_the_examples_in_the_guide_are_read() -> None:
    """Every indented example of docs/election-files.md, as it stands there."""
    text = (ROOT / "docs" / "election-files.md").read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0]: part for part in text.split("\n## ")}
    for heading, format in (("BLT", "blt"), ("ABIF", "abif"), ("JSON", "json")):
        lines = [line[4:] for line in sections[heading].split("\n") if line.startswith("    ")]
        file = read("\n".join(lines).encode(), format=format)
        assert len(file.names) >= 2 and file.seats is not None
        assert file.papers
