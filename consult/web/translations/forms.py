"""The form of a translation: a field for each part of the text."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from consult.domain.errors import Invalid, Refused
from consult.service.translations import Beside
from consult.web.fields import Form, HiddenField, SubmitField, TextAreaField


class TranslationForm(Form):
    """What every such form has; `form_of` adds the parts."""

    #: The hash of the parts that the form shows.
    made_of = HiddenField()
    send = SubmitField(_l("Save the translation"))


def name_of(place: int) -> str:
    """The name of the field of the part at this place.

    >>> name_of(0)
    'part-1'
    """
    return f"part-{place + 1}"


def form_of(shown: list[Beside], made_of: str) -> TranslationForm:
    """The form for a text, filled in with the translation that there is."""
    rows = {place: min(12, 2 + len(each.part.text) // 45) for place, each in enumerate(shown)}
    parts: dict[str, Any] = {
        name_of(place): TextAreaField(
            gettext("%(part)s, translated", part=each.part.label), default=each.words, render_kw={"rows": rows[place]}
        )
        for place, each in enumerate(shown)
    }
    form: TranslationForm = type("PartsForm", (TranslationForm,), parts)()
    form.made_of.data = form.made_of.data or made_of
    return form


def words_of(form: TranslationForm, shown: list[Beside]) -> dict[str, str]:
    """What was typed, by the keys of the parts."""
    return {each.part.key: form[name_of(place)].data or "" for place, each in enumerate(shown)}


def at_its_fields(refusal: Refused, shown: list[Beside]) -> Refused:
    """A refusal that names parts, naming their fields."""
    fields = getattr(refusal, "fields", None)
    if not fields:
        return refusal
    names = {each.part.key: name_of(place) for place, each in enumerate(shown)}
    return Invalid(str(refusal), {names[key]: sentence for key, sentence in fields.items() if key in names})
