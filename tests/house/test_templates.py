"""House rules of templates: nothing inline, nothing undocumented, and everything translatable that a person reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from consult import paths
from tests.browser import gallery

ROOM = paths.templates()
PAGES = sorted(path.relative_to(ROOM).as_posix() for path in ROOM.rglob("*.html"))
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")
COMPONENTS = [name for name in PAGES if name.startswith("components/")]

#: The style page speaks to those who write pages, in English.
UNTRANSLATED = ("style/",)


def source(name: str) -> str:
    return (ROOM / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_compiles_and_its_relatives_exist(app: Flask, name: str) -> None:
    environment: Environment = app.jinja_env
    tree = environment.parse(source(name))
    environment.compile(source(name), name)
    for relative in tree.find_all((nodes.Extends, nodes.Import, nodes.FromImport, nodes.Include)):
        if isinstance(relative.template, nodes.Const):
            environment.get_template(relative.template.value)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline(name: str) -> None:
    text = source(name)
    assert not re.search(r"\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"<style\b", text), "a style element"
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text), "a script in the page"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "an event handler"
    assert not re.search(r"(src|href)=\"(https?:)?//", text), "something from elsewhere"


def test_only_the_frame_writes_a_first_heading() -> None:
    assert [name for name in PAGES if "<h1" in source(name)] == ["base.html"]


@pytest.mark.parametrize("name", PAGES)
def test_what_screen_readers_alone_are_told_is_parted_from_the_words_before_it(name: str) -> None:
    """A colon, a dash or a bracket stands between: “Change: Status” is right in every language, for whatever is named."""
    pressed = re.finditer(r"<(a|button|summary)\b.*?</\1>", source(name), flags=re.S)
    after = [
        found
        for each in pressed
        for found in re.findall(r'[^\s>]\s*<span class="govuk-visually-hidden"[^>]*>(.{0,40})', each[0], flags=re.S)
    ]
    assert [words for words in after if not re.match(r": | – |, | \(| \{\{ _\(\"\(", words)] == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_macro_is_documented_and_shown(name: str) -> None:
    shown = (
        source("style/index.html")
        + source("base.html")
        + "".join(source(other) for other in COMPONENTS if other != name)
    )
    shown += source(name)
    for macro in re.findall(r"{% macro ([a-z]\w*)\(", source(name)):
        assert re.search(rf"`[^`]*\b{macro}\(", DOCUMENTED), f"docs/pages.md does not tell of {macro}"
        assert len(re.findall(rf"\b{macro}[(,]", shown)) >= 2, f"nothing shows {macro}"


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith(UNTRANSLATED)])
def test_words_for_people_are_translatable(name: str) -> None:
    text = re.sub(r"{#.*?#}", "", source(name), flags=re.S)
    text = re.sub(r"{%-?\s*trans.*?endtrans\s*-?%}", "", text, flags=re.S)
    text = re.sub(r"{{.*?}}|{%.*?%}", "", text, flags=re.S)
    text = re.sub(r"<(code|svg)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"&\w+;|\s[a-z-]+=\"\"", " ", text)
    words = [w for part in re.findall(r">([^<>]*)<", text) for w in re.findall(r"[A-Za-z]{3,}", part)]
    assert not words, f"these words are not in _(…): {words[:10]}"


def test_every_page_is_hung_in_the_gallery_once() -> None:
    """axe looks at each page template; a new one needs a line in the list that says where it is seen."""
    hung = [each.template for each in gallery.exhibits("asked", "shown", "watched", "unseen")]
    assert sorted(hung) == sorted(gallery.PAGES), "tests/browser/gallery.txt: see tests/browser/gallery.py"
    assert {each.template for each in gallery.exhibits()} == gallery.PAGES, "these are no pages any more"
    assert len(gallery.exhibits("unseen")) < 10


def test_the_gallery_names_what_there_is(app: Flask) -> None:
    """A line whose test or endpoint is gone would look at nothing."""
    tests = Path(__file__).parents[1]
    for each in gallery.exhibits("asked", "shown", "refused", "watched"):
        if each.kind == "asked":
            assert each.where.split()[1] in app.view_functions, each
            continue
        file, _, name = each.where.partition("::")
        written = (tests / ("browser" if each.kind == "watched" else "web") / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {re.escape(name)}\(", written, re.M), each
        assert each.kind != "watched" or "look(" in written or "visit(" in written, each
