"""The worked examples in the docstrings of the text engine are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import consult.text

MODULES = [f"consult.text.{module.name}" for module in pkgutil.iter_modules(consult.text.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
