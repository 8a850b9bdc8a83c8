"""The linter itself: a good page passes, and each kind of bad page is told apart."""

from __future__ import annotations

import pytest

from tests.web import lint

GOOD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Motions – consult</title></head>
<body><main><h1>Motions</h1><h2>New</h2><p id="here"><a href="#here">Here</a> <a href="/motions/1">One</a></p>
<form method="post" action="/motions"><input type="hidden" name="csrf_token" value="x">
<label for="t">Title</label><input id="t" name="t">
<fieldset><legend>Side</legend><input type="radio" name="s" id="s1" value="1"><label for="s1">For</label></fieldset>
<button type="submit">Send</button></form><img src="/a.png" alt=""></main></body></html>"""

BAD = [
    ('<p id="here">', '<p id="here"><div></p>', "not valid HTML"),
    ("<h1>Motions</h1>", "<h1>Other</h1>", "does not begin with the h1"),
    ("<h1>Motions</h1>", "", "one title and one h1"),
    ("<h1>Motions</h1>", "<h1>Motions</h1><h1>Motions</h1>", "one title and one h1"),
    ("<h2>New</h2>", "<h3>New</h3>", "a level is left out"),
    ("<h2>New</h2>", '<h2 id="here">New</h2>', "used 2 times"),
    ('lang="en"', "", "says no language"),
    ("<main>", "<main></main><main>", "exactly one main"),
    (' action="/motions"', "", "no action"),
    (' method="post"', "", "does not say its method"),
    ('<input type="hidden" name="csrf_token" value="x">', "", "tokens against forgery"),
    ('method="post"', 'method="get"', "shows its token"),
    ('<label for="t">Title</label>', "", "“t” has no label"),
    ('<label for="t">Title</label>', '<label for="t"></label>', "“t” has no label"),
    ('<label for="t">', '<label for="gone">', "names an id that is not there"),
    ("<legend>Side</legend>", "", "not in a fieldset with a legend"),
    ("<h2>New</h2>", "<script>1</script>", "script in the page itself"),
    ("<h2>New</h2>", '<h2 style="color:red">New</h2>', "style in the page itself"),
    ("</head>", "<style>p{}</style></head>", "style in the page itself"),
    ("<h2>New</h2>", '<h2 onclick="x()">New</h2>', "carries script"),
    ('href="#here"', 'href="javascript:x()"', "carries script"),
    (' alt=""', "", "no alt text"),
    (">Here</a>", "></a>", "has no words"),
    ('<button type="submit">Send</button>', '<button type="submit"></button>', "has no words"),
    ('href="#here"', 'href="#there"', "not on the page"),
    ('href="/motions/1"', 'href="/nowhere"', "leads nowhere (GET)"),
    ('action="/motions"', 'action="/nowhere"', "leads nowhere (POST)"),
    ('src="/a.png"', 'src="https://elsewhere.example/a.png"', "comes from elsewhere"),
    ("<h2>New</h2>", "<h2>GDS Transport</h2>", "which no page may"),
]


def resolves(path: str, method: str) -> bool:
    return (path, method) in {("/motions", "POST"), ("/motions/1", "GET"), ("/a.png", "GET")}


def test_passes_a_good_page() -> None:
    assert lint.faults(GOOD, resolves) == []


@pytest.mark.parametrize(("old", "new", "told"), BAD, ids=[told + "|" + new[:24] for _, new, told in BAD])
def test_tells_what_is_wrong(old: str, new: str, told: str) -> None:
    assert GOOD.count(old) == 1
    found = lint.faults(GOOD.replace(old, new), resolves)
    assert any(told in fault for fault in found), found


def test_names_follow_what_a_screen_reader_says() -> None:
    tree = lint.parse(GOOD.replace(">Send<", '><span aria-hidden="true">↑</span><span>Move up</span><'))
    button = next(tree.iter("button"))
    assert lint.name_of(button, {}) == "Move up"
