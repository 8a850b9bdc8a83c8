"""The page on where rules disagree is the one that its command writes."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.counting.elections import ROOT, real


@pytest.fixture(scope="module")
def command() -> ModuleType:
    spec = importlib.util.spec_from_file_location("disagreements", ROOT / "benchmarks" / "disagreements.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("one", "two", "seats"),
    [("pyrankvote STV", "scottish-stv", 2), ("scottish-stv", "ers97", 2), ("irv", "schulze", 1)],
)
def test_the_small_elections_on_the_page_are_the_ones_found(
    command: ModuleType, one: str, two: str, seats: int
) -> None:
    papers, first, second = command.parting(one, two, seats)
    assert f"| {seats} | {papers} | {one}: {first} | {two}: {second} |" in command.PAGE.read_text()
    assert set(first.split(", ")) != set(second.split(", "))


def test_the_real_elections_on_the_page_are_counted_so(command: ModuleType) -> None:
    for _, name, _, _ in command.REAL:
        real(name)
    assert command.real_section() in command.PAGE.read_text()
