"""Mandates and registers: the examples in the words of the modules."""

from __future__ import annotations

import doctest

from consult.domain import decisions, mandates


def test_the_examples_hold() -> None:
    assert doctest.testmod(mandates).failed == 0
    assert doctest.testmod(decisions).failed == 0
