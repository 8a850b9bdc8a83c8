"""Every kind of notice has its words, and there are no words for a kind that does not exist."""

from __future__ import annotations

from consult import paths
from consult.domain.notices import KINDS


def test_every_kind_has_words() -> None:
    written = {place.stem for place in (paths.templates() / "mail").glob("*.txt")} - {"frame"}
    assert written == set(KINDS)
