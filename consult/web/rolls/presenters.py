"""What the pages of rolls show in words, and what the confirming page carries along."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from consult.domain.eligibility import Condition
from consult.domain.errors import Invalid
from consult.model.members import Member
from consult.service import translations
from consult.service.roll_rules import Preview
from consult.web import words
from consult.web.look import page_language

#: Condition → the words for those whom it was the first to keep out.
CONDITIONS = {
    "status": _l("have another status"),
    "joined by": _l("joined too late"),
    "paid up": _l("are not paid up"),
    "unit": _l("have their home branch elsewhere"),
    "network": _l("are in no such network"),
    "attested": _l("have not confirmed what is asked"),
    "delegates": _l("are no delegates"),
    "suspended": _l("are suspended"),
    "conducting": _l("conduct or watch the ballot"),
    "excluded": _l("were left out by a decision"),
}


def against(condition: Condition, member: Member) -> str:
    """A condition that somebody does not meet, said of them to an officer; `condition.sentence` speaks to the person."""
    said = {
        "status": _("Recorded as %(status)s; this roll is for others.", status=words.state_words(member.status)),
        "joined by": _(
            "Joined on %(day)s, too late for this roll.", day=words.short_date(member.joined_at).striptags()
        ),
        "paid up": _("The register does not say that the subscription is paid for the day that counts."),
        "unit": _("The home branch, %(branch)s, is not one of this roll’s.", branch=member.unit.name),
        "network": _("Is in none of the networks that the roll is for."),
        "attested": _("Has not confirmed what the roll asks."),
        "delegates": _("Was no delegate in office at the instant that counts."),
        "suspended": _("Was suspended when the roll was frozen."),
        "conducting": _("Was a returning officer or scrutineer in office when the roll was frozen."),
        "excluded": _("Was left out by name, by a decision."),
    }
    return said[condition.name]


#: Condition → how it is called where its effect is shown.
NAMES = {
    "status": _l("Recorded as"),
    "joined by": _l("Joined by"),
    "paid up": _l("Paid up"),
    "unit": _l("Home branch"),
    "network": _l("Network"),
    "attested": _l("Has confirmed"),
    "delegates": _l("Delegate in office"),
    "suspended": _l("Not suspended"),
    "conducting": _l("Not conducting the ballot"),
    "excluded": _l("Not left out by name"),
}

#: Buttons and tokens are not part of what was typed.
_NOT_TYPED = ("csrf_token", "look", "freeze", "change", "seen", "count")


def effects(found: Preview) -> list[tuple[str, ...]]:
    """Each condition with whom it lets in and keeps out alone, and whom nothing else keeps out, as cells of a table."""
    return [
        (str(NAMES[each.name]), *map(words.number, (each.lets_in, each.keeps_out, each.only))) for each in found.effects
    ]


def attested_titles() -> dict[int, str]:
    """The titles of what members confirm, in the page's language: none where that is the original's."""
    tag = page_language().partition("-")[0]
    if tag == translations.authoritative():
        return {}
    return {number: str(words_["title"]) for number, words_ in translations.of_attestations(tag).items()}


def kept_out(figures: Mapping[str, int]) -> list[tuple[str, int]]:
    """What each condition keeps out, in the order in which they are asked."""
    return [(str(because), figures[name]) for name, because in CONDITIONS.items() if figures.get(name)]


def typed(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Everything that was typed, to be carried along as hidden fields."""
    return [(name, value) for name, value in form.items(multi=True) if name not in _NOT_TYPED]


def sealed(found: Preview) -> str:
    """A preview as the confirming form carries it."""
    return json.dumps({"size": found.size, "kept_out": found.kept_out}, sort_keys=True)


def opened(text: str) -> Preview:
    """The preview that a confirming form carried.

    Raises:
        Invalid: if it is not there or cannot be read; then nobody has looked.
    """
    try:
        data = json.loads(text)
        return Preview(int(data["size"]), {str(name): int(count) for name, count in data["kept_out"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid("Look at what the rule comes to before you freeze it.") from None
