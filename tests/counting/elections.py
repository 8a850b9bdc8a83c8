"""Where the real elections are, and what is said when they are not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def real(name: str) -> Path:
    """The path of a real election's file; the test is left out, loudly, where there is none."""
    folder = Path(os.environ.get("CONSULT_ELECTIONS", ROOT / ".." / "shared" / "data"))
    path = folder / name
    if not path.exists():
        if os.environ.get("CONSULT_TEST_EVERYTHING"):
            pytest.fail(f"{path} is missing, and nothing may be left out here.")
        pytest.skip(f"LEFT OUT: {path} is not there (CONSULT_ELECTIONS names the folder of real elections)")
    return path
