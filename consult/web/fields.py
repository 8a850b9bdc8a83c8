"""Form fields as pages show them: a whole component each, which keeps what was typed and says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField as _FlaskFileField
from wtforms import validators
from wtforms.fields.choices import SelectChoice

from consult.domain.errors import Refused
from consult.web import moments, phrases, widgets
from consult.web.moments import DateField, InstantField

__all__ = [
    "BooleanField",
    "CheckboxesField",
    "DateField",
    "EmailField",
    "FileField",
    "FilesField",
    "Form",
    "HiddenField",
    "InstantField",
    "IntegerField",
    "PasswordField",
    "RadioField",
    "Required",
    "SelectField",
    "StringField",
    "SubmitField",
    "TextAreaField",
    "WordLimit",
    "problems",
]


class Required:
    """The field must be filled in; unless told a sentence it makes one from the label."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: str | None = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise validators.StopValidation  # what was typed is wrong, which says more than that something is missing
        data = field.data
        if data is not None and data is not False and data != [] and not (isinstance(data, str) and not data.strip()):
            return
        raise validators.StopValidation(str(self.message) if self.message else self.sentence(field))

    @staticmethod
    def sentence(field: Any) -> str:
        """What to do, in the words of the label."""
        label = str(field.label.text).rstrip("?:. ")
        if isinstance(field, wtforms.BooleanField):
            return gettext("Tick the box “%(label)s” to go on.", label=label)
        if isinstance(field, wtforms.RadioField | wtforms.SelectField | wtforms.SelectMultipleField):
            return gettext("Choose an answer to “%(label)s”.", label=label)
        if isinstance(field, wtforms.FileField):
            return gettext("Choose a file for “%(label)s”.", label=label)
        return gettext("Fill in “%(label)s”.", label=label)


class WordLimit:
    """At most `most` words (runs of characters between spaces); the field shows how many are left while one types."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: Any, field: Any) -> None:
        count = len((field.data or "").split())
        if count > self.most:
            over = gettext(
                "This has %(count)s words and the limit is %(most)s: take out %(over)s.",
                count=count,
                most=self.most,
                over=count - self.most,
            )
            raise validators.ValidationError(over)


def _lines(value: str | None) -> str | None:
    return value.replace("\r\n", "\n") if value else value


class StringField(wtforms.StringField):
    """A line of text, without spaces at its ends."""

    widget = widgets.TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].strip()


class EmailField(StringField):
    """An e-mail address."""

    widget = widgets.EmailInput()


class PasswordField(wtforms.PasswordField):
    """A password, never sent back to the page."""

    widget = widgets.PasswordInput()


class TextAreaField(wtforms.TextAreaField):
    """Several lines, with line ends as the rest of the house has them."""

    widget = widgets.TextArea()

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = _lines(valuelist[0])


class IntegerField(wtforms.IntegerField):
    """A whole number; 1,204 and 1 204 are read too."""

    widget = widgets.NumberInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            self.data = None
            return
        try:
            self.data = int(typed.replace(",", "").replace(" ", ""))
        except ValueError:
            self.data = None
            raise ValueError(gettext("Write a whole number, like 12. “%(typed)s” is not one.", typed=typed)) from None


class _Choosing:
    """What fields with choices share: choices may be pairs (value, words), and a stale one is refused in a sentence."""

    def __init__(self, label: Any = None, validators: Any = None, *, choices: Any = None, **kwargs: Any) -> None:
        if isinstance(choices, list | tuple):
            choices = [SelectChoice(*choice) if isinstance(choice, tuple) else choice for choice in choices]
        told = lazy_gettext("Choose one of the answers on offer; the one sent is not among them any more.")
        kwargs = {"invalid_value_message": told, "invalid_choice_message": told} | kwargs
        super().__init__(label, validators, choices=choices, **kwargs)  # type: ignore[call-arg]

    def pre_validate(self, form: Any) -> None:
        """Whether nothing may be chosen is for `Required` to say; `choices` set by the view may be pairs too."""
        if self.data not in (None, ""):  # type: ignore[attr-defined]
            super().pre_validate(form)  # type: ignore[misc]


class RadioField(_Choosing, wtforms.RadioField):
    """One of several, all in view."""

    widget = widgets.Radios()


class SelectField(_Choosing, wtforms.SelectField):
    """One of many."""

    widget = widgets.Select()


class CheckboxesField(_Choosing, wtforms.SelectMultipleField):
    """Any of several, all in view."""

    widget = widgets.Checkboxes()
    option_widget = wtforms.widgets.CheckboxInput()


class BooleanField(wtforms.BooleanField):
    """One thing to tick."""

    widget = widgets.Checkbox()


class FileField(_FlaskFileField):
    """A file; `data` is werkzeug's FileStorage or None."""

    widget = widgets.Upload()


class FilesField(wtforms.MultipleFileField):
    """Several files."""

    widget = widgets.Uploads()


class SubmitField(wtforms.SubmitField):
    """A button; `data` says whether this one was pressed."""

    widget = widgets.Button()


HiddenField = wtforms.HiddenField


class Leading(str):
    """A sentence about a whole form, with the path of the page that it leads to, if any."""

    place: str

    def __new__(cls, words: str, place: str) -> Leading:
        made = super().__new__(cls, words)
        made.place = place
        return made


class Form(FlaskForm):
    """The base of every form: CSRF, plain sentences, and `refuse` for what a service said."""

    class Meta(FlaskForm.Meta):
        def render_field(self, field: Any, render_kw: Mapping[str, Any]) -> Any:
            return field.widget(field, **dict(render_kw))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; one that is too long is named in what is said of it, for an error summary stands apart from its field."""
        passed = bool(super().validate(extra_validators))
        for field in self:
            for one in field.validators:
                if isinstance(one, validators.Length) and not one.message and 0 < one.max < len(field.data or ""):
                    field.errors = [
                        gettext(
                            "“%(field)s” has %(n)s characters, and at most %(most)s fit: shorten it.",
                            field=field.label.text, n=f"{len(field.data):,}", most=f"{one.max:,}",
                        )
                    ]  # fmt: skip
        return passed

    def refuse(self, refusal: Refused | str, field: str = "") -> None:
        """Show a service's refusal at the fields it names (its `fields`, or `field`), else at the top of the form."""
        named = dict(getattr(refusal, "fields", None) or ({field: str(refusal)} if field else {}))
        placed = False
        for name, sentence in named.items():
            if name in self._fields:
                kept = self._fields[name]
                kept.errors = [*kept.errors, phrases.said(sentence)]
                placed = True
        if not placed:
            self.form_errors.append(Leading(phrases.said(str(refusal)), getattr(refusal, "place", "")))


def _anchor(field: Any) -> str:
    """The id of the first thing to type in or tick in this field."""
    if isinstance(field, moments.Parts):
        return f"{field.id}-{field.first_wrong()}"
    return str(field.id)


def problems(form: Any) -> list[dict[str, str]]:
    """What the error summary lists: text and href, in the order of the page; form-level ones first."""
    if form is None or not hasattr(form, "_fields"):
        return []
    listed = [
        {"text": str(error)} | ({"href": place} if (place := getattr(error, "place", "")) else {})
        for error in getattr(form, "form_errors", [])
    ]
    for name, field in form._fields.items():
        if not field.errors:
            continue
        if name == "csrf_token":
            listed.append(
                {
                    "text": gettext(
                        "This page had been open too long to be sent safely. Nothing was lost: send it again."
                    )
                }
            )
        else:
            listed += [{"text": str(error), "href": f"#{_anchor(field)}"} for error in _flat(field.errors)]
    return listed


def _flat(errors: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    if isinstance(errors, Mapping):
        return [leaf for value in errors.values() for leaf in _flat(value)]
    return [leaf for error in errors for leaf in (_flat(error) if isinstance(error, list | tuple | dict) else [error])][
        :1
    ]
