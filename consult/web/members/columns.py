"""The step at which an officer says which column of a file holds what: its form, and what the page shows beside it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.roles import Status
from consult.model.imports import ImportFile
from consult.service import import_files, members, register_columns
from consult.service.register_columns import Mapping
from consult.web.fields import Form, SelectField, TextAreaField

#: What is asked for, in the order of the page.
ASKED = ("number", "name", "given", "family", "email", "joined", "status", "branch", "region", "nation",
         "phone", "other_phone", "address", "address_more", "town", "postcode", "paid", "contact")  # fmt: skip


class Columns(Form):
    """A choice of column for each thing that the register keeps."""

    number = SelectField(
        _l("Member number"), description=_l("By it a person is known again. It must never be given to somebody else.")
    )
    name = SelectField(_l("Name"), description=_l("The full name; or choose first and last name below instead."))
    given = SelectField(_l("First name"))
    family = SelectField(_l("Last name"))
    email = SelectField(
        _l("E-mail"), description=_l("An empty cell takes the address away: the person is then sent papers by post.")
    )
    joined = SelectField(
        _l("Joined"), description=_l("The day on which membership began, not the last renewal: cut-offs go by it.")
    )
    status = SelectField(_l("Status"))
    every_status = SelectField(
        _l("Or one status for everybody in the file"),
        choices=[("", _l("No, each row says it")), *((one.value, one.value.capitalize()) for one in Status)],
    )
    branch = SelectField(_l("Home branch"))
    every_branch = SelectField(_l("Or one branch for everybody in the file"))
    region = SelectField(_l("Region"), description=_l("Needed only where branches are to be created."))
    nation = SelectField(_l("Nation"))
    phone = SelectField(
        _l("Telephone"), description=_l("From here on all may be left out, and an empty cell changes nothing.")
    )
    other_phone = SelectField(_l("Other telephone"), description=_l("It is read where the first is empty."))
    address = SelectField(_l("Postal address"), description=_l("Papers go there: choose all its parts."))
    address_more = SelectField(_l("Second line of the address"))
    town = SelectField(_l("Town"))
    postcode = SelectField(_l("Postcode"))
    paid = SelectField(_l("Paid until"), description=_l("The last day for which the subscription is paid."))
    contact = SelectField(
        _l("Kind of contact"), description=_l("Where a system keeps organisations and households beside people.")
    )
    words = TextAreaField(
        _l("What the file’s words for a status mean"),
        [Length(max=5000)],
        description=_l("Only for words that are not understood by themselves; one on each line: pending = lapsed"),
        render_kw={"rows": 3, "spellcheck": "false"},
    )


def form_of(file: ImportFile) -> Columns:
    """The form for one file, filled in with the guess or with what was chosen the last time."""
    mapping = Mapping.from_json(file.mapping)
    given: dict[str, Any] = {name: str(mapping.places[name]) for name in ASKED if name in mapping.places}
    given |= {f"every_{name}": value for name, value in mapping.fixed.items()}
    given["words"] = "\n".join(f"{word} = {status}" for word, status in mapping.words.items())
    form = Columns(data=given)
    titles = [(str(place), _titled(file, place)) for place in range(len(file.heading))]
    for name in ASKED:
        form[name].choices = [("", _("Not in this file")), *titles]
    form.every_branch.choices = [("", _("No, each row says it")), *((u.name, u.name) for u in members.branches())]
    return form


def _titled(file: ImportFile, place: int) -> str:
    title = file.heading[place] or _("Column %(n)s", n=place + 1)
    example = next((row[place] for row in file.examples if place < len(row) and row[place]), "")
    return f"{title} ({example})" if example else title


def mapping_of(form: Columns) -> Mapping:
    """What was chosen.

    Raises:
        Invalid: for a line about words that cannot be read.
    """
    fixed = {name: form[f"every_{name}"].data for name in register_columns.FIXABLE if form[f"every_{name}"].data}
    places = {name: int(form[name].data) for name in ASKED if form[name].data and name not in fixed}
    if "name" in places and ("given" in places or "family" in places):
        places = {name: place for name, place in places.items() if name not in ("given", "family")}
    return Mapping(places, fixed, register_columns.words_of(form.words.data or ""))


def told(file: ImportFile) -> dict[str, Any]:
    """Where the guess comes from: the last file of this shape, a system that is known, or the titles alone."""
    known = import_files.remembered(file)
    preset = register_columns.preset_of(file.heading)
    return {"remembered": known, "preset": preset.name if preset else ""}
