"""The forms of the ceremony and of the box: whom, how many, and files that come back from off line."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, NumberRange

from consult.domain.errors import Invalid
from consult.web.fields import (
    BooleanField,
    CheckboxesField,
    FileField,
    Form,
    IntegerField,
    Required,
    StringField,
    SubmitField,
)
from consult.web.why import why

#: The largest file of opened papers that a page takes: half a million papers are about a hundred megabytes.
LARGEST = 512 << 20


class PlanForm(Form):
    """Who holds a share, and how many must come together."""

    holders = CheckboxesField(
        _l("Who holds a share of the key"),
        [Required(_l("Choose who holds a share."))],
        coerce=int,
        description=_l(
            "Five is usual. Nobody who stands in this ballot and nobody who keeps the server is offered here."
        ),
    )
    k = IntegerField(
        _l("How many of them must come together to open the votes"),
        [Required(), NumberRange(2, 16, _l("Between 2 and 16 must come together."))],
        default=3,
        description=_l("Three of five is usual: two may lose their share, and no two alone can open anything."),
        render_kw={"classes": "govuk-input--width-3"},
    )
    reason = why()
    plan = SubmitField(_l("Choose these holders"))


class PublicForm(Form):
    """The public part of the key."""

    file = FileField(_l("The public part of the key"), description=_l("The file public-key-….json. It is not secret."))
    upload = SubmitField(_l("Upload it"))


class RehearsalForm(Form):
    """What the rehearsal gave."""

    file = FileField(_l("The answer of the rehearsal"), description=_l("The file rehearsal-….json. It is not secret."))
    upload = SubmitField(_l("Upload it"))


class FreezeForm(Form):
    """The public value, and the word that the box may be frozen."""

    lot_value = StringField(_l("The public value, as it has come out"), [Required(), Length(max=200)])
    sure = BooleanField(_l("Nobody is still entitled to vote, and the box may be frozen now"), [Required()])
    freeze = SubmitField(_l("Freeze the box"))


class OpeningForm(Form):
    """The two files of one opening."""

    opened = FileField(_l("The opened papers"), description=_l("The file opened-….json"))
    transcript = FileField(_l("The transcript of the same opening"), description=_l("The file transcript-….json"))
    record = SubmitField(_l("Put this opening on the record"))


def contents(field: Any, name: str) -> bytes:
    """The bytes of an uploaded file.

    Raises:
        Invalid: if none was chosen, or it is larger than any honest one.
    """
    if not field.data or not field.data.filename:
        words = gettext("Choose the file that came back from the machine off line.")
        raise Invalid(words, {name: words})
    data: bytes = field.data.read(LARGEST + 1)
    if len(data) > LARGEST:
        words = gettext("This file is larger than any that comes out of an opening.")
        raise Invalid(words, {name: words})
    return data
