"""Days and instants typed in parts: read on the organisation's clock, never guessed where clocks change."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext
from govuk_frontend_wtf.gov_form_base import GovFormBase

from consult.domain.errors import Invalid
from consult.web import phrases, words

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|noon)?")


def read_day(day: str, month: str, year: str) -> date:
    """A date from what was typed; the month may be a number or an English name. Invalid names the wrong part."""
    typed = {"day": day.strip(), "month": month.strip().lower(), "year": year.strip()}
    missing = [part for part, text in typed.items() if not text]
    if missing:
        names = {"day": gettext("a day"), "month": gettext("a month"), "year": gettext("a year")}
        raise Invalid(
            gettext("The date must include %(parts)s.", parts=_and([names[p] for p in missing])),
            dict.fromkeys(missing, ""),
        )
    number = _MONTHS.index(typed["month"][:3]) + 1 if typed["month"][:3] in _MONTHS else _whole(typed["month"])
    numbers = {"day": _whole(typed["day"]), "month": number, "year": _whole(typed["year"])}
    if not 1 <= numbers["month"] <= 12:
        raise Invalid(gettext("The month must be a number from 1 to 12."), {"month": ""})
    if not 1900 <= numbers["year"] <= 2999:
        raise Invalid(gettext("The year must have four figures, like 2027."), {"year": ""})
    try:
        return date(numbers["year"], numbers["month"], numbers["day"])
    except ValueError:
        raise Invalid(gettext("There is no such day in that month. Check the day."), {"day": ""}) from None


def read_clock(text: str) -> time:
    """A time of day from 17:30, 17.30, 5:30pm, 5 pm, noon; midnight is refused because it names two ends of a day."""
    typed = text.strip().lower().replace("a.m.", "am").replace("p.m.", "pm")
    if not typed:
        raise Invalid(gettext("Enter a time, like 17:30 or noon."), {"time": ""})
    if typed in ("noon", "midday"):
        return time(12)
    if "midnight" in typed:
        raise Invalid(
            gettext("“Midnight” could be either end of a day: write 00:00 for its start or 23:59 for its end."),
            {"time": ""},
        )
    found = _TIME.fullmatch(typed)
    wrong = Invalid(
        gettext("Write the time like 17:30, 5:30pm or noon. “%(typed)s” is not a time.", typed=text.strip()),
        {"time": ""},
    )
    if not found or (found[2] is None and found[3] is None):
        raise wrong
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12 or (half == "noon" and (hour, minute) != (12, 0)):
            raise wrong
        hour = hour % 12 + (0 if half == "am" else 12)
    if hour > 23 or minute > 59:
        raise wrong
    return time(hour, minute)


def on_clock(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the organisation's clock shows this; Invalid when it never does or does so twice."""
    naive = datetime.combine(day, at)
    early, late = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    shown = f"{at.hour:02}:{at.minute:02}"
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        after = (naive + timedelta(hours=1)).strftime("%H:%M")
        raise Invalid(
            gettext(
                "The clocks go forward then, so %(time)s never comes. Choose %(after)s or later.",
                time=shown,
                after=after,
            ),
            {"time": ""},
        )
    raise Invalid(
        gettext(
            "The clocks go back then, so %(time)s comes twice. Choose a time outside the repeated hour.", time=shown
        ),
        {"time": ""},
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else -1


def _and(parts: list[str]) -> str:
    return gettext(" and ").join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


class PartsInput(GovFormBase):
    """Several small fields in one group, each with its own label."""

    template = "govuk_frontend_wtf/date.html"

    def __call__(self, field: Parts, **kwargs: Any) -> Any:
        wide = {"day": "2", "month": "2", "year": "4", "time": "5"}
        labels = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year"), "time": gettext("Time")}
        wrong = field.wrong or field.parts
        items = [
            {
                "label": labels[part],
                "id": f"{field.id}-{part}",
                "name": f"{field.name}-{part}",
                "value": field.typed.get(part, ""),
                "inputmode": "text" if part == "time" else "numeric",
                "classes": f"govuk-input--width-{wide[part]}"
                + (" govuk-input--error" if field.errors and part in wrong else ""),
            }
            for part in field.parts
        ]
        params: dict[str, Any] = {
            "id": field.id,
            "items": items,
            "fieldset": {"legend": {"text": field.label.text, "classes": "govuk-fieldset__legend--s"}},
            "hint": {"text": field.description or field.example()},
        }
        if field.errors:
            said = gettext("Error:").removesuffix(":")
            params["errorMessage"] = {"text": field.errors[0], "visuallyHiddenText": said}
        return self.render(params)


class Parts(wtforms.Field):
    """What a day and an instant share: parts named FIELD-day and so on, typed words kept, the wrong part known."""

    widget = PartsInput()
    parts: tuple[str, ...] = ("day", "month", "year")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.typed: dict[str, str] = {}
        self.wrong: list[str] = []
        super().__init__(*args, **kwargs)

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        names = {part: f"{self.name}-{part}" for part in self.parts}
        if formdata is None or not any(name in formdata for name in names.values()):
            self.typed = self.shown()
            return
        self.typed = {part: formdata.get(name, "") for part, name in names.items()}
        self.data, self.raw_data = None, None
        if not any(text.strip() for text in self.typed.values()):
            return
        self.raw_data = list(self.typed.values())
        try:
            self.data = self.read()
        except Invalid as refusal:
            self.wrong = list(refusal.fields)
            self.process_errors = [phrases.said(str(refusal))]

    @property
    def given(self) -> bool:
        """Whether anything stands in its parts, right or wrong, or something is wrong with their being empty."""
        return bool(self.errors) or any(text.strip() for text in self.typed.values())

    def first_wrong(self) -> str:
        """The part an error summary should lead to."""
        return next((part for part in self.parts if part in self.wrong), self.parts[0])

    def shown(self) -> dict[str, str]:
        """The parts of the present value."""
        raise NotImplementedError

    def read(self) -> Any:
        """The value of what was typed; Invalid names the parts that are wrong."""
        raise NotImplementedError

    def example(self) -> str:
        """The hint when the form gives none."""
        raise NotImplementedError


class DateField(Parts):
    """A day in three fields; `data` is a date or None."""

    def shown(self) -> dict[str, str]:
        if self.data is None:
            return {}
        return {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}

    def read(self) -> date:
        return read_day(self.typed["day"], self.typed["month"], self.typed["year"])

    def example(self) -> str:
        return gettext("For example, 27 11 2027")


class InstantField(Parts):
    """A day and a time on the organisation's clock; `data` is an aware UTC datetime or None."""

    parts = ("day", "month", "year", "time")

    def shown(self) -> dict[str, str]:
        if self.data is None:
            return {}
        at = words.local(self.data)
        return {"day": str(at.day), "month": str(at.month), "year": str(at.year), "time": at.strftime("%H:%M")}

    def read(self) -> datetime:
        day = read_day(self.typed["day"], self.typed["month"], self.typed["year"])
        return on_clock(day, read_clock(self.typed["time"]), words.zone())

    def example(self) -> str:
        return gettext("For example, 27 11 2027 17:30 (%(zone)s)", zone=words.zone_words())
