"""Every refusal of the house: an exception whose text is a sentence a member can read."""

from __future__ import annotations


class Refused(Exception):
    """Something was asked that cannot be done; `str(error)` is the sentence shown to the person.

    >>> str(Refused("The ballot closed at noon."))
    'The ballot closed at noon.'
    """

    #: The HTTP status a door gives it.
    status = 400


class Invalid(Refused):
    """What was typed or sent is wrong; `fields` maps a field's name to the sentence for that field."""

    status = 422

    def __init__(self, sentence: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = fields or {}


class NotAllowed(Refused):
    """This person may not do this; the sentence says who may."""

    status = 403


class SecondFactorNeeded(NotAllowed):
    """This person may do it, once the code from the authenticator was given or a passkey was used in this session."""


class OutOfOrder(Refused):
    """The step is not possible in the present state or at this time."""

    status = 409


class Again(OutOfOrder):
    """The same was done a moment ago, as by a second press of the button; `place` is the path where it stands."""

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(sentence)
        self.place = place


class Stale(Refused):
    """Somebody else changed the thing in the meantime; the sentence says what changed."""

    status = 409


class NotFound(Refused):
    """There is no such thing, or it is not for this person to see."""

    status = 404


class TooOften(Refused):
    """It was tried too often; the sentence says when it may be tried again."""

    status = 429


class Unavailable(Refused):
    """The system cannot do it now; nothing was written and it may be tried again."""

    status = 503
