"""How a contribution is shown: who said it (to members), about which words, and whether those words still stand."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.service.debate import Said
from consult.service.reading import MotionText
from consult.text.clauses import Kind, labelled
from consult.web.guards import actor


def item(one: Said, motion: MotionText) -> dict[str, Any]:
    """A contribution as components/debate.html `comment` wants it; visitors see no names."""
    anchor, href = _anchor(one, motion)
    body = f"“{one.quote}”\n\n{one.body}" if one.quote else one.body
    return {
        "id": one.id,
        "author": _author(one),
        "side": one.stance,
        "at": one.at,
        "body": body,
        "anchor": anchor,
        "anchor_href": href,
        "removed": one.hidden,
    }


def _author(one: Said) -> str:
    if actor().member_id is None:
        return _("A supporter") if one.status == "supporter" else _("A member")
    return f"{one.author} ({_('supporter')})" if one.status == "supporter" else one.author


def _anchor(one: Said, motion: MotionText) -> tuple[str, str]:
    """What it is about, and where that is."""
    if one.amendment_number is not None:
        words = _("on Amendment %(n)s", n=one.amendment_number)
        return words, url_for("amendments.show", amendment_id=one.amendment_id)
    if one.clause_id is None:
        return "", ""
    clauses = {clause["id"]: clause for clause in (motion.document or {}).get("clauses", ())}
    clause = clauses.get(one.clause_id)
    stands = clause is not None and (not one.quote or one.quote in clause["text"])
    if stands:
        label = labelled([(key, Kind(each["kind"])) for key, each in clauses.items()])[one.clause_id]
        return _("on %(label)s", label=label), url_for("motions.show", motion_id=motion.id) + f"#{one.clause_id}"
    sequence = one.version or 1
    where = url_for("motions.version", motion_id=motion.id, sequence=sequence) + f"#{one.clause_id}"
    return _("on earlier wording (version %(n)s)", n=sequence), where
