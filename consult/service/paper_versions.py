"""Versions of a consultation's paper: paragraphs keep their ids through every version, so that comments keep their place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import select

from consult.model.consultations import Consultation
from consult.model.consulting import PaperVersion
from consult.model.store import db
from consult.service.act import Act

#: The least likeness (0 to 100, rapidfuzz's normalised indel similarity) at which a rewritten paragraph is the same one.
ALIKE = 60


def latest(consultation_id: int) -> PaperVersion | None:
    """The newest version of a consultation's paper, if it has one."""
    query = select(PaperVersion).where(PaperVersion.consultation_id == consultation_id)
    return db.session.scalars(query.order_by(PaperVersion.sequence.desc()).limit(1)).first()


def versions(consultation_id: int) -> list[PaperVersion]:
    """Every version, oldest first."""
    query = select(PaperVersion).where(PaperVersion.consultation_id == consultation_id)
    return list(db.session.scalars(query.order_by(PaperVersion.sequence)))


def texts(paper: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Paragraph id → its words, in their order.

    >>> texts([{"heading": "Why"}, {"id": "p1", "text": "Homes are dear."}])
    {'p1': 'Homes are dear.'}
    """
    return {part["id"]: part["text"] for part in paper if "text" in part}


def identified(paper: Sequence[dict[str, str]], before: Sequence[dict[str, Any]], used: int) -> list[dict[str, Any]]:
    """The paper with an id on each paragraph: the old one where its words stood or are much alike, else a new number.

    `used` is the highest number that any version has given.

    >>> identified([{"text": "New."}, {"text": "Homes are very dear."}], [{"id": "p1", "text": "Homes are dear."}], 1)
    [{'id': 'p2', 'text': 'New.'}, {'id': 'p1', 'text': 'Homes are very dear.'}]
    """
    left = texts(before)
    found: dict[int, str] = {}
    for exactly in (True, False):
        for place, part in enumerate(paper):
            if "text" not in part or place in found:
                continue
            scores = {
                key: 100.0 if words == part["text"] else fuzz.ratio(words, part["text"]) for key, words in left.items()
            }
            best = max(scores, key=lambda key: scores[key], default=None)
            if best is not None and scores[best] >= (100 if exactly else ALIKE):
                found[place] = best
                del left[best]
    made: list[dict[str, Any]] = []
    for place, part in enumerate(paper):
        if "text" in part and place not in found:
            used += 1
            found[place] = f"p{used}"
        made.append({"id": found[place], **part} if "text" in part else dict(part))
    return made


def keep(act: Act, consultation: Consultation) -> PaperVersion:
    """Inside an act: keep the paper as it stands as a version, unless it is the newest one already."""
    act.session.flush()
    kept = versions(consultation.id)
    before = kept[-1].paper if kept else []
    used = max((int(key[1:]) for version in kept for key in texts(version.paper)), default=0)
    paper = identified(consultation.paper, before, used)
    if kept and paper == before:
        return kept[-1]
    digest = hashlib.sha256(json.dumps(paper, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    made = PaperVersion(
        consultation_id=consultation.id, sequence=len(kept) + 1, paper=paper, hash=digest, created_at=act.at,
        created_by=act.by.reference,
    )  # fmt: skip
    act.session.add(made)
    act.note(paper=digest)
    return made
