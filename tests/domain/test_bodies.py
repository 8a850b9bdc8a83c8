"""Bodies: the examples in the words of the module."""

from __future__ import annotations

import doctest

from consult.domain import bodies


def test_the_examples_hold() -> None:
    assert doctest.testmod(bodies).failed == 0
