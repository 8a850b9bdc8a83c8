"""The form of how somebody wants to hear of news: one question for each topic."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from consult.domain.notices import AT_ONCE, DAILY, KINDS, KINDS_OF, NEVER, TOPICS, WEEKLY
from consult.web.fields import Form, RadioField, SelectField, SubmitField

_WAYS = [
    (AT_ONCE, _l("at once")),
    (DAILY, _l("in a digest each morning at eight")),
    (WEEKLY, _l("in a digest on Mondays")),
    (NEVER, _l("not by e-mail: on the page of notices alone")),
]


_OF_A_KIND = [("", _l("as chosen above")), *_WAYS]


def field_of(kind: str) -> str:
    """The name of the field for one kind."""
    return f"kind_{kind.replace('-', '_')}"


class ChoicesForm(Form):
    """How to hear of each topic, and of each kind of message in it; its fields are named as the topics and kinds are."""


for _topic, _words in TOPICS.items():
    setattr(ChoicesForm, _topic, RadioField(_l(_words), choices=_WAYS))
    for _kind in KINDS_OF[_topic]:
        setattr(ChoicesForm, field_of(_kind), SelectField(_l(KINDS[_kind].subject), choices=_OF_A_KIND))
ChoicesForm.send = SubmitField(_l("Save"))
