"""Reading what the ballot editor's text areas hold: options, one a line, and reserved places."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext

from consult.domain.errors import Invalid
from consult.service.ballot_questions import OptionSpec


def options(text: str) -> tuple[OptionSpec, ...]:
    """Options from lines of "name | statement | group"; blank lines are passed over.

    >>> options("Ann Ash | For clean rivers.\\nBo Birch")[0]
    OptionSpec(name='Ann Ash', statement='For clean rivers.', group='', member_id=None)
    """
    made = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, statement, group = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
        made.append(OptionSpec(name, statement, group))
    return tuple(made)


def reserves(text: str) -> tuple[dict[str, Any], ...]:
    """Reserved places from lines of "group = 2" (at least two) or "group = 1..3".

    Raises:
        Invalid: naming the line that cannot be read.
    """
    made = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = re.fullmatch(r"\s*(.+?)\s*=\s*(\d+)(?:\s*\.\.\s*(\d+))?\s*", line)
        if found is None:
            words = gettext("Line %(n)s of the reserved places is not like “women = 2” or “north = 1..3”.", n=number)
            raise Invalid(words, {"reserves": words})
        group, least, most = found.groups()
        made.append({"group": group, "minimum": int(least), "maximum": int(most) if most else None})
    return tuple(made)
