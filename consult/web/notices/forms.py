"""The form of how somebody wants to hear of news: one question for each topic."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from consult.domain.notices import AT_ONCE, DAILY, NEVER, TOPICS, WEEKLY
from consult.web.fields import Form, RadioField, SubmitField

_WAYS = [
    (AT_ONCE, _l("at once")),
    (DAILY, _l("in a digest each morning at eight")),
    (WEEKLY, _l("in a digest on Mondays")),
    (NEVER, _l("not by e-mail: on the page of notices alone")),
]


class ChoicesForm(Form):
    """How to hear of each topic; its fields are named as the topics are."""


for _topic, _words in TOPICS.items():
    setattr(ChoicesForm, _topic, RadioField(_l(_words), choices=_WAYS))
ChoicesForm.send = SubmitField(_l("Save"))
