"""The tables. Importing this package knows them all."""

from consult.model import (
    agenda,
    amendments,
    audit,
    ballots,
    boxes,
    consultations,
    debate,
    desk,
    imports,
    members,
    motions,
    notices,
    procedure,
    results,
    rolls,
    triggers,
    units,
)
from consult.model.store import Base, db

__all__ = [
    "Base",
    "agenda",
    "amendments",
    "audit",
    "ballots",
    "boxes",
    "consultations",
    "db",
    "debate",
    "desk",
    "imports",
    "members",
    "motions",
    "notices",
    "procedure",
    "results",
    "rolls",
    "triggers",
    "units",
]
