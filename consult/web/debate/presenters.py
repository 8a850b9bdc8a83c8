"""How a contribution is shown: who said it (to members), about which words, and whether those words still stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from consult.domain.debating import GROUNDS
from consult.model.ballots import Question
from consult.service.debate_reading import Overview, Said
from consult.text.anchors import Fate, followed
from consult.text.clauses import Document
from consult.web.debate.places import Place
from consult.web.guards import actor


def items(place: Place, texts: Mapping[int, Document]) -> Callable[[Said], dict[str, Any]]:
    """What makes a contribution into what components/debate.html `comment` wants; `texts` are earlier versions, by number."""
    return lambda one: _item(one, place, texts)


def _item(one: Said, place: Place, texts: Mapping[int, Document]) -> dict[str, Any]:
    anchor, href, notice = _anchor(one, place, texts)
    body = f"“{one.quote}”\n\n{one.body}" if one.quote else one.body
    return {
        "id": one.id,
        "author": _author(one),
        "side": one.stance,
        "at": one.at,
        "body": body,
        "anchor": anchor,
        "anchor_href": href,
        "notice": notice,
        "removed": removed(one.ground, one.hidden),
        "edited_at": one.edited_at,
        "edited_href": url_for("debate.earlier", comment_id=one.id) if one.edited_at else "",
    }


def asked(place: Place, election: Question) -> Callable[[Said], dict[str, Any]]:
    """The same of what is put to candidates: whom it is put to, and whose answer it is."""
    names = {option.id: option.name for option in election.options}
    standing = {option.member_id: option for option in election.options if option.member_id is not None}

    def item(one: Said) -> dict[str, Any]:
        made = _item(one, place, {})
        candidate = standing.get(one.author_id) if one.parent_id is not None else None
        if candidate is not None:
            return made | {
                "author": _("%(name)s, candidate", name=candidate.name),
                "side": "",
                "answers_as": "candidate",
            }
        to = names.get(one.option_id, "") if one.option_id is not None else _("all candidates")
        return made | {"about": _("to %(name)s", name=to)}

    return item


def removed(ground: str | None, reason: str | None) -> str | None:
    """The ground and the reason that stand in place of a contribution; None where it is shown."""
    if reason is None:
        return None
    return f"{_(GROUNDS[ground])} {reason}" if ground and ground != "rules" else reason


def balance(counts: Mapping[str, Mapping[str, int]]) -> Overview:
    """Counts by side and status as the macros for the balance want them."""
    voices: dict[str, dict[str, int]] = {}
    for side, by_status in counts.items():
        for status, many in by_status.items():
            voices.setdefault(status, {})[side] = many
    return Overview(balance={side: sum(counts.get(side, {}).values()) for side in ("for", "against")}, voices=voices)


def _author(one: Said) -> str:
    if actor().member_id is None:
        return _("A supporter") if one.status == "supporter" else _("A member")
    return f"{one.author} ({_('supporter')})" if one.status == "supporter" else one.author


def _anchor(one: Said, place: Place, texts: Mapping[int, Document]) -> tuple[str, str, str]:
    """What it is about, where that is, and what became of those words since."""
    if one.amendment_number is not None:
        words = _("on Amendment %(n)s", n=one.amendment_number)
        return words, url_for("amendments.show", amendment_id=one.amendment_id), ""
    if one.clause_id is None:
        return "", "", ""
    now, sequence = place.document, one.version or 1
    old = texts.get(sequence) or now
    then = f"{place.then(sequence)}#{one.clause_id}"
    sequence = place.number_of(sequence)
    if now is None or old is None:
        return _("on earlier wording (version %(n)s)", n=sequence), then, ""
    found = followed(one.clause_id, one.quote or "", old, now)
    here = f"{place.here}#{found.clause}"
    match found.fate:
        case Fate.STANDS:
            return _("on %(label)s", label=found.label), here, ""
        case Fate.MOVED:
            return _("on %(label)s, which was %(before)s", label=found.label, before=found.before), here, ""
        case Fate.CHANGED:
            notice = _(
                "These words have changed since. %(label)s reads there now: “%(now)s”", label=found.label, now=found.now
            )
            gone = _("These words are not in %(label)s any more.", label=found.label)
            return _("on earlier wording (version %(n)s)", n=sequence), then, notice if found.now else gone
        case _:
            words = one.quote or (old.clause(one.clause_id).text if one.clause_id in old else "")
            gone = _("What this is about is not in the text any more. It was: “%(words)s”", words=words)
            return _("on earlier wording (version %(n)s)", n=sequence), then, gone if words else ""
