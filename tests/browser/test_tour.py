"""The tour is what its table says, and its pictures are there; `make tour` makes them."""

from __future__ import annotations

from PIL import Image

from tests.browser.tour import DOCS, HEIGHT, STOPS, WIDTH, told


def test_the_tour_is_what_its_table_says_and_its_pictures_are_there() -> None:
    assert (DOCS / "tour.md").read_text(encoding="utf-8") == told(), "run `make tour`"
    kept = {path.stem for path in (DOCS / "tour").iterdir()}
    assert kept == {stop.name for stop in STOPS} and len(STOPS) == 10
    for name in kept:
        with Image.open(DOCS / "tour" / f"{name}.png") as picture:
            assert picture.size == (WIDTH, HEIGHT), name
            assert len(picture.convert("RGB").getcolors(WIDTH * HEIGHT) or ()) > 20, f"{name} shows nothing"
    assert "docs/tour.md" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
