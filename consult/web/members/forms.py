"""The forms of the register: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms.validators import Length, Optional

from consult.domain.roles import Status
from consult.model.units import Unit
from consult.service.contacts import Contact
from consult.service.csv_files import ENCODINGS
from consult.service.register_dates import DAY_FIRST, MONTH_FIRST
from consult.web.fields import (
    BooleanField,
    DateField,
    FileField,
    Form,
    HiddenField,
    InstantField,
    IntegerField,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
)
from consult.web.why import why

#: What a mark at the beginning of a file says by itself is not offered.
_OFFERED = ("utf-8", "utf-16", "cp1252")


class Upload(Form):
    """A file with members, and how it is to be read."""

    file = FileField(
        _l("CSV file"),
        [FileRequired(_l("Choose the CSV file with the members."))],
        description=_l(
            "As your membership system or spreadsheet saves it. Nothing is written before you have seen a report."
        ),
        render_kw={"accept": ".csv,.txt,.tsv,text/csv,text/plain"},
    )
    dates = RadioField(
        _l("How are dates such as 03/04/2026 written in it?"),
        [Required()],
        choices=[(DAY_FIRST, _l("Day first: 3 April 2026")), (MONTH_FIRST, _l("Month first: 4 March 2026"))],
        default=DAY_FIRST,
        description=_l("Dates such as 2026-04-03 are read as they stand."),
    )
    encoding = SelectField(
        _l("Encoding"),
        choices=[("", _l("Find out from the file")), *((name, ENCODINGS[name]) for name in _OFFERED)],
        description=_l("Leave it unless the report shows names with wrong letters."),
    )
    create_branches = BooleanField(
        _l("Create branches that are not known"),
        description=_l(
            "The file must have a column “region”. Otherwise an unknown branch is an error, so that a slip of the pen "
            "makes no new branch."
        ),
    )
    shared_addresses = BooleanField(
        _l("People may share an e-mail address"),
        description=_l(
            "Each of them still has a vote of their own. Otherwise an address that is used twice is an error."
        ),
    )


class Confirm(Form):
    """The officer's word, for the file and the report that were shown."""

    sha256 = HiddenField()
    fingerprint = HiddenField()
    reason = why(
        hint=_l(
            "Such as “The monthly file of the office, 1 June”. Those who see the register read it in the audit log."
        )
    )
    lapse = BooleanField(_l("Also record as lapsed everybody who is missing from the file"))
    lapsing = IntegerField(
        _l("How many people will lapse"),
        [Optional()],
        description=_l("Only if you ticked the box. Type the number, so that it is certain that you know it."),
    )


def _reason() -> TextAreaField:
    """Why an entry is put right."""
    return TextAreaField(
        _l("Reason"),
        [Required(_l("Say why, in a sentence.")), Length(max=1000)],
        description=_l("Kept with the entry; the person may ask to read it."),
        render_kw={"rows": 3},
    )


class ChangeStatus(Form):
    """Another status for somebody."""

    status = RadioField(
        _l("Status"),
        [Required(_l("Choose a status."))],
        choices=[(status.value, status.value.capitalize()) for status in Status],
    )
    reason = _reason()
    was = HiddenField()


class Move(Form):
    """Another home branch for somebody."""

    branch = SelectField(_l("Home branch"), [Required(_l("Choose a branch."))], coerce=int)
    reason = _reason()
    was = HiddenField()

    def offer(self, branches: list[Unit]) -> None:
        """Fill in the branches."""
        self.branch.choices = [(unit.id, unit.name) for unit in branches]


class Reach(Form):
    """How somebody is called and reached."""

    name = StringField(_l("Name"), [Required(), Length(max=200)], render_kw={"autocomplete": "off"})
    email = StringField(
        _l("E-mail"),
        [Length(max=254)],
        description=_l("Empty if there is none. The new and the old address are both told, and old links are void."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"},
    )
    shared = BooleanField(_l("Somebody else in the register may have the same e-mail address"))
    phone = StringField(_l("Telephone"), [Length(max=40)], render_kw={"autocomplete": "off"})
    address = StringField(
        _l("Postal address"), [Length(max=300)],
        description=_l("On one line, with the postcode."), render_kw={"autocomplete": "off"},
    )  # fmt: skip
    reason = _reason()
    was = HiddenField()

    def contact(self) -> Contact:
        """What was typed."""
        return Contact(*(field.data or "" for field in (self.name, self.email, self.phone, self.address)))


class ChangeDays(Form):
    """Since when somebody belongs, and until when they have paid."""

    joined = DateField(
        _l("Joined"), [Required(_l("Give the day."))],
        description=_l("The day on which membership began, not the last renewal: cut-offs go by it."),
    )  # fmt: skip
    paid = DateField(
        _l("Paid until"), [Optional()],
        description=_l("The last day for which the subscription is paid; empty if it is not known."),
    )  # fmt: skip
    reason = _reason()
    was = HiddenField()


class Suspend(Form):
    """A suspension of somebody's membership."""

    until = InstantField(_l("Until"), description=_l("Leave it empty if it holds until it is lifted."))
    reason = TextAreaField(
        _l("By which decision, and why"),
        [Required(_l("Say by which decision and why.")), Length(max=1000)],
        description=_l("The person is told at once and reads it. A roll that is frozen meanwhile can leave them out."),
        render_kw={"rows": 3},
    )


class Lift(Form):
    """The end of a suspension before its time."""

    reason = TextAreaField(
        _l("By which decision, and why"),
        [Required(_l("Say why it is lifted.")), Length(max=1000)],
        render_kw={"rows": 3},
    )
