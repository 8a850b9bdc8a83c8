"""Looking at a page as people do: at a width, in light or dark, with axe counting what would shut somebody out."""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SHOTS = Path(__file__).parent / "shots"

#: WCAG 2.0, 2.1 and 2.2, levels A and AA.
AXE = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
}


def axe_version() -> str:
    """The version of axe-core that looks."""
    found = re.search(r"axe v([\d.]+)", AXE_SCRIPT[:400])
    return found[1] if found else "unknown"


@dataclass(frozen=True)
class Sight:
    """One way to look: width in CSS pixels and colour scheme."""

    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


MATRIX = tuple(Sight(width, scheme) for width in (320, 1280) for scheme in ("light", "dark"))


def sights(path: str) -> tuple[Sight, ...]:
    """The ways to look at a path: all four with CONSULT_TEST_MATRIX set, else one, which differs between paths."""
    if os.environ.get("CONSULT_TEST_MATRIX"):
        return MATRIX
    return (MATRIX[zlib.crc32(re.sub(r"\d+", "", path).encode()) % len(MATRIX)],)


def look(page: Page, sight: Sight, name: str = "") -> None:
    """Look at the page as it stands: no violation, nothing wider than the screen; keeps a picture when given a name.

    Raises:
        AssertionError: naming each violation, the element and what axe says about it.
    """
    page.wait_for_load_state()
    page.set_viewport_size({"width": sight.width, "height": 800})
    page.emulate_media(color_scheme="dark" if sight.scheme == "dark" else "light", reduced_motion="reduce")
    if name:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{sight}.png", full_page=True)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options)", AXE)
    wrong = [
        f"{violation['id']} ({violation['help']}) at {node['target']}: {node['failureSummary']}\n  {node['html'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not wrong, f"{page.url} at {sight}:\n" + "\n".join(wrong)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} at {sight} is {wide} px wider than the screen: " + ", ".join(page.evaluate(WIDE))


WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, .chart__drawing"))
  .slice(0, 6).map((e) => e.tagName + "." + e.getAttribute("class"))"""
