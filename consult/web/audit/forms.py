"""The forms of the audit log: what to look for, and a head to check against."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from consult.domain.events import SENTENCES
from consult.model.units import Unit
from consult.web.fields import DateField, Form, SelectField, StringField


class Filter(Form):
    """Which events to show."""

    event = SelectField(
        _l("What happened"),
        choices=[("", _l("everything")), *((event.value, _l(words)) for event, words in SENTENCES.items())],
    )
    by = StringField(_l("By whom"), description=_l("A name; or “the timetable”."))
    about = StringField(_l("About"), description=_l("As the column “About” has it, such as “ballot, record 3”."))
    unit = SelectField(_l("In which unit, or below it"))
    words = StringField(_l("Words in the reason"))
    since = DateField(_l("From this day"))
    until = DateField(_l("Up to this day"))

    def offer(self, units: list[Unit]) -> None:
        """The units to choose from."""
        self.unit.choices = [("", _l("all")), *((str(unit.id), unit.name) for unit in units)]


class Check(Form):
    """A head to check the log against."""

    head = StringField(
        _l("A line from a mail of yours (if you have one)"),
        description=_l("A number, a colon and 64 letters and figures."),
        render_kw={"spellcheck": False, "autocomplete": "off"},
    )
