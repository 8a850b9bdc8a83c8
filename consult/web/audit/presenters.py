"""What an entry of the log is about, and its details, in words: for people, where files keep them as they were hashed."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from consult.ledger.chain import WHY
from consult.web.phrases import written
from consult.web.words import instant_text

#: What people call the things that the log is about; whatever is not here is called as the log does, without underscores.
_THINGS = {
    "access_token": _l("token for programs"),
    "action_report": _l("report on a decision that was carried out"),
    "agenda_issue": _l("issued agenda"),
    "amendment": _l("amendment"),
    "appeal": _l("appeal"),
    "attestation": _l("attestation"),
    "ballot": _l("ballot"),
    "body": _l("body"),
    "circular": _l("circular"),
    "code": _l("code"),
    "comment": _l("contribution to a debate"),
    "complaint": _l("complaint"),
    "composite": _l("composite"),
    "consequence": _l("consequence"),
    "consultation": _l("consultation"),
    "consultation_question": _l("question of a consultation"),
    "consultation_report": _l("analysis or response"),
    "contribution": _l("submission"),
    "credential": _l("means of signing in"),
    "debate_rule": _l("rule of a debate"),
    "division": _l("question put to a meeting"),
    "gathering": _l("event"),
    "gathering_minutes": _l("minutes of an event"),
    "hustings": _l("hustings"),
    "mandate": _l("mandate"),
    "member": _l("member"),
    "model_motion": _l("model motion"),
    "moderation": _l("decision of a moderator"),
    "moderation_appeal": _l("appeal against a moderator"),
    "motion": _l("motion"),
    "nomination": _l("nomination"),
    "nomination_call": _l("call for nominations"),
    "officer_proposal": _l("proposal that takes two officers"),
    "option": _l("candidate or option"),
    "paragraph_comment": _l("comment on a paragraph"),
    "participation": _l("terms of taking part"),
    "policy": _l("policy"),
    "policy_action": _l("action on a policy"),
    "publication": _l("published result"),
    "recommendation": _l("recommendation"),
    "recount": _l("recount"),
    "report_back": _l("report back"),
    "reset_request": _l("reset of a way of signing in"),
    "role_holding": _l("role"),
    "roll": _l("electoral roll"),
    "roll_change": _l("change of an electoral roll"),
    "roll_inspection": _l("inspection of an electoral roll"),
    "roll_removal": _l("removal from an electoral roll"),
    "rulebook_adoption": _l("adoption of a rulebook"),
    "said_done": _l("row of “you said, we did”"),
    "seat_holding": _l("seat"),
    "sending": _l("model motion that was sent"),
    "side_summary": _l("summary of a side"),
    "signature": _l("signature"),
    "signing_key": _l("signing key"),
    "sitting": _l("sitting"),
    "statement": _l("statement"),
    "translation": _l("translation"),
    "unit": _l("unit"),
    "vote_taken": _l("vote of a meeting"),
    "waiting_post": _l("contribution that waits for a moderator"),
}
_KEYS = {
    "by": _l("by"),
    "closes": _l("closes"),
    "count": _l("how many"),
    "deleted": _l("how many were destroyed"),
    "did_not_reveal": _l("did not reveal their part"),
    "from": _l("before"),
    "k": _l("how many must come together"),
    "kept_out": _l("kept out"),
    "narrowed": _l("narrowed by"),
    "operator_key": _l("key kept by the server"),
    "outcome": _l("outcome"),
    "places": _l("places"),
    "seed": _l("seed of the lot"),
    "sha256": _l("hash of the file"),
    "step": _l("step"),
    "text": _l("text"),
    "to": _l("after"),
    "was": _l("before"),
}
_HASH = re.compile(r"[0-9a-f]{40,64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_REFERENCE = re.compile(r"[a-z_]{1,60}(:[\w.-]{1,60})+")
_NAMED = re.compile(r"\s*([^\W\d][^\d:]*?)\s*(?::|,? record|,? cofnod|\s)\s*(\d{1,12})\s*", re.IGNORECASE)


def thing(name: str) -> str:
    """What the log calls "role_holding", as people do: "role"."""
    return str(_THINGS.get(name) or name.replace("_", " "))


def about(subject: str) -> str:
    """What an entry is about: "ballot, record 3", which is not its number among people; nothing for nothing."""
    name, _colon, key = subject.partition(":")
    if not key:
        return subject
    if name == "organisation":
        return _("the organisation")
    return _("%(what)s, record %(key)s", what=thing(name), key=key.replace(":", ", "))


def looked_for(words: str) -> str:
    """What somebody looks for as the log names it: "motion:7", written so, as "motion 7" or as the page shows it."""
    found = _NAMED.fullmatch(words[:80])
    if words.strip().lower() in ("the organisation", _("the organisation").lower()):
        return "organisation:1"
    if found is None:
        return words.strip()
    called = " ".join(found[1].split()).lower()
    names = [name for name in _THINGS if called in (thing(name).lower(), name, name.replace("_", " "))]
    return f"{names[0] if names else called.replace(' ', '_')}:{found[2]}"


def can_be_looked_for(words: str) -> bool:
    """Whether this can be the name of something in the log, whether or not there is an entry about it."""
    return _REFERENCE.fullmatch(looked_for(words)) is not None


def details(data: str) -> list[tuple[Any, Any]]:
    """The details of an entry, each with what it is called; the commitment to the reason, which stands beside, left out."""
    found = json.loads(data) if data else {}
    return [(key_words(key), value(one)) for key, one in found.items() if key != WHY]


def key_words(key: str) -> Any:
    """What a detail is called; by its own name, which is English, where it has no other."""
    return _KEYS[key] if key in _KEYS else written(key.replace("_", " "))


def value(one: Any) -> Any:
    """A value of the log as people read it."""
    if isinstance(one, bool):
        return _("yes") if one else _("no")
    if one is None or one == "" or one == [] or one == {}:
        return _("none")
    if isinstance(one, list):
        return Markup(", ").join(value(each) for each in one)
    if isinstance(one, dict):
        return Markup("; ").join(Markup("{}: {}").format(key_words(key), value(each)) for key, each in one.items())
    words = str(one)
    if _HASH.fullmatch(words):
        return f"{words[:12]}…"
    if _INSTANT.fullmatch(words):
        return instant_text(datetime.fromisoformat(words))
    return written(words)
