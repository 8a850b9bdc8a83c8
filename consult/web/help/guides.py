"""The guides: for whom each is, where its words are kept, and which one helps with which page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from consult import paths
from consult.domain.languages import FIRST

#: For whom → the guides, in the order in which they are listed.
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "everybody": (_l("For everybody"), ("voting", "checking", "signing-in", "data", "words")),
    "policy": (_l("Making policy"), ("consultations", "motions", "amendments", "debate")),
    "offices": (
        _l("For those who hold an office"),
        ("delegates", "posts", "branches", "committee", "asking", "moderating", "register"),
    ),
    "programs": (_l("For programs"), ("programs",)),
}
SLUGS = tuple(slug for _label, slugs in GROUPS.values() for slug in slugs)

#: Blueprint → the guide that helps with its pages; those not named lead to the list of guides.
HELPS: dict[str, str] = {
    "accounts": "signing-in",
    "agenda": "committee",
    "amendments": "amendments",
    "audit": "checking",
    "api": "programs",
    "ballots": "voting",
    "board": "checking",
    "bodies": "posts",
    "calendars": "programs",
    "candidates": "posts",
    "casework": "checking",
    "ceremony": "committee",
    "challenges": "voting",
    "coding": "consultations",
    "composites": "delegates",
    "consultations": "consultations",
    "debate": "debate",
    "decisions": "branches",
    "desk": "committee",
    "gatherings": "branches",
    "hall": "delegates",
    "mandates": "delegates",
    "members": "register",
    "moderation": "moderating",
    "motions": "motions",
    "nominations": "posts",
    "papers": "voting",
    "paragraphs": "consultations",
    "participation": "asking",
    "policy": "words",
    "protection": "data",
    "requisitions": "branches",
    "results": "checking",
    "rolls": "voting",
    "rulebooks": "committee",
    "rulings": "committee",
    "scrutiny": "checking",
    "standing": "words",
    "statements": "consultations",
    "submissions": "consultations",
    "tokens": "programs",
    "units": "branches",
    "votes": "checking",
    "voting": "voting",
    "webhooks": "programs",
}

#: Pages for whoever asks people, among those for whoever answers; likewise for other work that has a guide of its own.
HELPS_ON: dict[str, str] = {
    "coding.change_row": "asking",
    "coding.code": "asking",
    "coding.index": "asking",
    "coding.link": "asking",
    "coding.new_row": "asking",
    "coding.publish": "asking",
    "coding.retire": "asking",
    "coding.write": "asking",
    "consultations.edit": "asking",
    "consultations.new": "asking",
    "consultations.timetable": "asking",
    "statements.refuse": "asking",
    "statements.screen": "asking",
}


@dataclass(frozen=True)
class Guide:
    """One guide in one language: its title, the sentence below it, and the rest in Markdown."""

    slug: str
    title: str
    lede: str
    body: str


@lru_cache
def guide(slug: str, language: str = FIRST) -> Guide:
    """A guide of `SLUGS`, read from `templates/help/<language>/<slug>.md`: a title, a sentence, then sections."""
    path = paths.templates() / "help" / language / f"{slug}.md"
    title, _line, rest = path.read_text(encoding="utf-8").partition("\n")
    lede, _blank, body = rest.strip().partition("\n\n")
    return Guide(slug, title.removeprefix("# ").strip(), lede.strip(), body.strip())
