"""Form fields as pages show them: a whole component each, which keeps what was typed and says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField as _FlaskFileField
from govuk_frontend_wtf import wtforms_widgets as govuk
from wtforms import validators

from consult.domain.errors import Refused
from consult.web import moments
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


class _Labelled:
    """What our widgets share: `classes`, `label_size` and govuk `params` may be given in a field's `render_kw`."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        given = dict(getattr(field, "render_kw", None) or {})
        for key in given:
            kwargs.pop(key, None)
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        if not field.description:
            params.pop("hint", None)
        classes, extra, size = given.pop("classes", None), given.pop("params", None), given.pop("label_size", "s")
        for key in ("autocomplete", "inputmode", "rows", "spellcheck"):
            if key in given:
                params[key] = given.pop(key)
        if classes:
            params["classes"] = classes
        legend = params.get("fieldset", {}).get("legend")
        if legend is not None:
            legend.setdefault("classes", f"govuk-fieldset__legend--{size}")
        elif "label" in params:
            params["label"].setdefault("classes", f"govuk-label--{size}")
        if "items" not in params:
            params.setdefault("attributes", {}).update(
                {k: (k if v is True else v) for k, v in given.items() if v not in (False, None)}
            )
        params.update(extra or {})
        return params


class TextInput(_Labelled, govuk.GovTextInput):
    """A line of text."""


class NumberInput(_Labelled, govuk.GovTextInput):
    """A whole number in an ordinary text field with a number keyboard, which no wheel or arrow changes by accident."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        return {"inputmode": "numeric", "spellcheck": False} | super().map_gov_params(field, **kwargs)


class EmailInput(_Labelled, govuk.GovTextInput):
    """An e-mail address."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        return (
            {"autocomplete": "email", "spellcheck": False} | super().map_gov_params(field, **kwargs) | {"type": "email"}
        )


class PasswordInput(_Labelled, govuk.GovPasswordInput):
    """A password, which a script lets one show."""


class TextArea(_Labelled, govuk.GovTextArea):
    """Several lines; with a `WordLimit` it says how many words are left while one types."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        value = field._value()
        # A browser drops the first line end inside the element: give it one to drop.
        kwargs["value"] = "\n" + value if value.startswith(("\n", "\r")) else value
        return super().__call__(field, **kwargs)

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs)
        limit = next((v.most for v in field.validators if isinstance(v, WordLimit)), None)
        if limit:
            told = gettext("Up to %(most)s words.", most=limit)
            params["attributes"] |= {
                "data-limit": str(limit),
                "data-left": gettext("%s words left"),
                "data-over": gettext("%s words too many"),
            }
            params["hint"] = {"text": f"{field.description} {told}".strip()}
        return params


class Radios(_Labelled, govuk.GovRadioInput):
    """One of several; `hints` in render_kw maps a value to a line of help under it."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        return _with_hints(field, super().map_gov_params(field, **kwargs))


class Checkboxes(_Labelled, govuk.GovCheckboxesInput):
    """Any of several."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        return _with_hints(field, super().map_gov_params(field, **kwargs))


class Checkbox(_Labelled, govuk.GovCheckboxInput):
    """One thing to tick, with its label beside it."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs)
        params["items"][0]["value"] = "y"
        return params


class Select(_Labelled, govuk.GovSelect):
    """One of many in a list that drops down."""


class Upload(_Labelled, govuk.GovFileInput):
    """A file."""


class Uploads(Upload):
    """Several files."""

    multiple = True


class Button(_Labelled, govuk.GovSubmitInput):
    """A button that sends the form."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs) | {"type": "submit", "value": "y"}
        params.pop("label", None)
        params["attributes"].pop("type", None)
        return params


def _with_hints(field: Any, params: dict[str, Any]) -> dict[str, Any]:
    hints = (field.render_kw or {}).get("hints", {})
    params["idPrefix"] = field.id
    for item in params["items"]:
        if item["value"] in hints:
            item["hint"] = {"text": hints[item["value"]]}
    return params


class StringField(wtforms.StringField):
    """A line of text, without spaces at its ends."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].strip()


class EmailField(StringField):
    """An e-mail address."""

    widget = EmailInput()


class PasswordField(wtforms.PasswordField):
    """A password, never sent back to the page."""

    widget = PasswordInput()


class TextAreaField(wtforms.TextAreaField):
    """Several lines, with line ends as the rest of the house has them."""

    widget = TextArea()

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = _lines(valuelist[0])


class IntegerField(wtforms.IntegerField):
    """A whole number; 1,204 and 1 204 are read too."""

    widget = NumberInput()

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


class RadioField(wtforms.RadioField):
    """One of several, all in view."""

    widget = Radios()

    def pre_validate(self, form: Any) -> None:
        _one_of(self)


class SelectField(wtforms.SelectField):
    """One of many."""

    widget = Select()

    def pre_validate(self, form: Any) -> None:
        _one_of(self)


class CheckboxesField(wtforms.SelectMultipleField):
    """Any of several, all in view."""

    widget = Checkboxes()
    option_widget = wtforms.widgets.CheckboxInput()


class BooleanField(wtforms.BooleanField):
    """One thing to tick."""

    widget = Checkbox()


class FileField(_FlaskFileField):
    """A file; `data` is werkzeug's FileStorage or None."""

    widget = Upload()


class FilesField(wtforms.MultipleFileField):
    """Several files."""

    widget = Uploads()


class SubmitField(wtforms.SubmitField):
    """A button; `data` says whether this one was pressed."""

    widget = Button()


HiddenField = wtforms.HiddenField


def _one_of(field: Any) -> None:
    """Refuse a value that is not on offer; whether nothing may be chosen is for `Required` to say."""
    if field.data in (None, ""):
        return
    if not any(str(choice[0]) == str(field.data) for choice in field.iter_choices()):
        raise validators.ValidationError(
            gettext("Choose one of the answers on offer; the one sent is not among them any more.")
        )


class Form(FlaskForm):
    """The base of every form: CSRF, plain sentences, and `refuse` for what a service said."""

    class Meta(FlaskForm.Meta):
        def render_field(self, field: Any, render_kw: Mapping[str, Any]) -> Any:
            return field.widget(field, **dict(render_kw))

    def refuse(self, refusal: Refused | str, field: str = "") -> None:
        """Show a service's refusal at the fields it names (its `fields`, or `field`), else at the top of the form."""
        named = dict(getattr(refusal, "fields", None) or ({field: str(refusal)} if field else {}))
        placed = False
        for name, sentence in named.items():
            if name in self._fields:
                kept = self._fields[name]
                kept.errors = [*kept.errors, sentence]
                placed = True
        if not placed:
            self.form_errors.append(str(refusal))


def _anchor(field: Any) -> str:
    """The id of the first thing to type in or tick in this field."""
    if isinstance(field, moments.Parts):
        return f"{field.id}-{field.first_wrong()}"
    return str(field.id)


def problems(form: Any) -> list[dict[str, str]]:
    """What the error summary lists: text and href, in the order of the page; form-level ones first."""
    if form is None or not hasattr(form, "_fields"):
        return []
    listed = [{"text": str(error)} for error in getattr(form, "form_errors", [])]
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
