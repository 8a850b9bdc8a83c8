"""What somebody says, checked: the side, and the length of the words."""

from __future__ import annotations

from consult.domain.errors import Invalid
from consult.model.debate import STANCES

#: The most characters of a comment.
LONGEST = 2_000


def checked_stance(stance: str) -> str:
    """The side that somebody speaks on, if there is such a side."""
    if stance not in STANCES:
        sentence = "Choose whether you speak for, against, ask a question or give information."
        raise Invalid(sentence, {"stance": sentence})
    return stance


def checked_body(body: str) -> str:
    """What somebody says, if it is neither empty nor too long."""
    text = body.strip()
    if not text:
        raise Invalid("Write something first.", {"body": "Write something first."})
    if len(text) > LONGEST:
        sentence = f"This has {len(text):,} characters and the most is {LONGEST:,}: take out {len(text) - LONGEST:,}."
        raise Invalid(sentence, {"body": sentence})
    return text
