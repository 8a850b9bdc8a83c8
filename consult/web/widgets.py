"""How each kind of field is drawn: a govuk component given our labels, hints, classes and limits."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from govuk_frontend_wtf import wtforms_widgets as govuk

from consult.web.phrases import listed


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
        for item in params.get("items", ()):  # the words of a table; what people wrote is in no catalogue
            item["text"] = listed(item.get("text"))
        params.update(extra or {})
        if "errorMessage" in params:
            params["errorMessage"]["visuallyHiddenText"] = gettext("Error:").removesuffix(":")
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

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            "showPasswordText": gettext("Show"),
            "hidePasswordText": gettext("Hide"),
            "showPasswordAriaLabelText": gettext("Show password"),
            "hidePasswordAriaLabelText": gettext("Hide password"),
            "passwordShownAnnouncementText": gettext("Your password is visible"),
            "passwordHiddenAnnouncementText": gettext("Your password is hidden"),
        } | super().map_gov_params(field, **kwargs)


class TextArea(_Labelled, govuk.GovTextArea):
    """Several lines; with a `WordLimit` it says how many words are left while one types."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        value = field._value()
        # A browser drops the first line end inside the element: give it one to drop.
        kwargs["value"] = "\n" + value if value.startswith(("\n", "\r")) else value
        return super().__call__(field, **kwargs)

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs)
        limit = next((v.most for v in field.validators if hasattr(v, "most")), None)
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
        if "hint" in params:  # beneath the label that it explains, and not above the box
            params["items"][0]["hint"] = params.pop("hint")
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
            item["hint"] = {"text": listed(hints[item["value"]])}
    return params
