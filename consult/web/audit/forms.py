"""The forms of the audit log: what to look for, and a head to check against."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from consult.domain.events import SENTENCES
from consult.model.units import Unit
from consult.web.audit import presenters
from consult.web.fields import DateField, Form, SelectField, StringField


def _of_the_log(_form: Form, field: StringField) -> None:
    """What cannot be the name of anything in the log is said to be so, and does not just find nothing."""
    if field.data and not presenters.can_be_looked_for(field.data):
        raise ValidationError(
            _("Write what it is and the number of its record, such as “ballot, record 3” or “ballot:3”.")
        )


class Filter(Form):
    """Which events to show."""

    event = SelectField(
        _l("What happened"),
        choices=[("", _l("everything")), *((event.value, _l(words)) for event, words in SENTENCES.items())],
    )
    by = StringField(_l("By whom"), description=_l("A name; or “the timetable”."))
    about = StringField(
        _l("About"), [_of_the_log], description=_l("As the column “About” has it, such as “ballot, record 3”.")
    )
    unit = SelectField(_l("In which unit, or below it"))
    words = StringField(_l("Words in the reason"))
    since = DateField(_l("From this day"))
    until = DateField(_l("Up to this day"))

    def read(self) -> bool:
        """Whether what was typed can be read; a field that cannot then says why."""
        found = [field.validate(self) for field in (self.about, self.since, self.until)]
        return all(found)

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
