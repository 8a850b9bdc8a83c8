"""How instants, numbers, states and hashes are written for people, in the language and the zone of the page."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import current_app
from flask_babel import get_locale, gettext, ngettext, pgettext
from markupsafe import Markup, escape

from consult.domain.bodies import WAYS
from consult.domain.mutations import counted

#: States by the colour of their tag; the words are the state's own, see `state_words`.
_STATES = {
    "grey": """
        not_begun draft not_accepted withdrawn withdrawn_by_leave lapsed superseded rescinded retired expired cancelled closed
        given_up drafting not_put not_prioritised remitted referred_back archived merged spoilt to_come not_done not_coming planned
        declined died called_again paused
    """,
    "blue": """
        submitted seeking_support scheduled frozen on_the_order_paper drafting_change composited prepared preparing
        announced proposed put_to_a_ballot received on_the_agenda published prioritised new pending put_to_the_vote question information
    """,
    "green": """
        in_order open carried carried_as_amended accepted accepted_by_mover certified incorporated in_force current
        agreed signed elected done sent for begun admitted coming held
        standing declared filled active delivered nominations_open
    """,
    "yellow": """
        queried counting reconciling reconciled opened counted drawn_up awaiting_certification appealed soon running hidden awaiting
        awaiting_signatures awaiting_screening waiting under_way not_quorate nominations_closed
    """,
    "red": """
        ruled_out set_aside not_admitted cannot_be_done ruled_out_for_good lost falls fallen rejected refused
        quarantined disputed failed revoked not_elected annulled against disabled
    """,
}
#: Where an address may break.
_JOINTS = re.compile(r"(?<=.)(?=[@.])")
STATE_COLOURS = {state: colour for colour, states in _STATES.items() for state in states.split()}


def zone() -> ZoneInfo:
    """The organisation's time zone (setting CONSULT_ZONE, Europe/London unless told)."""
    return ZoneInfo(current_app.config.get("CONSULT_ZONE") or "Europe/London")


def zone_words() -> str:
    """What the zone is called on a page (setting CONSULT_ZONE_NAME): "UK time" unless told."""
    return gettext(current_app.config.get("CONSULT_ZONE_NAME") or "UK time")


def local(at: datetime) -> datetime:
    """The instant on the organisation's clock; a naive one is a mistake of ours and is refused."""
    if at.tzinfo is None:
        raise ValueError("An instant without a zone cannot be shown.")
    return at.astimezone(zone())


def clock(at: datetime) -> str:
    """Time of day as people write it: 5pm, 5:30pm, 12 noon, midnight at the start of the day."""
    here = local(at)
    if (here.hour, here.minute, here.second) == (0, 0, 0):
        return gettext("midnight at the start of the day")
    if (here.hour, here.minute, here.second) == (12, 0, 0):
        return gettext("12 noon")
    half = pgettext("time of day", "am") if here.hour < 12 else pgettext("time of day", "pm")
    hour = (here.hour % 12) or 12
    if here.second:
        return f"{hour}:{here.minute:02}:{here.second:02}{half}"
    return f"{hour}:{here.minute:02}{half}" if here.minute else f"{hour}{half}"


def _time_element(at: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), words)


def long_date(day: date | datetime) -> str:
    """Friday 27 November 2026, as plain text."""
    there = local(day).date() if isinstance(day, datetime) else day
    return format_date(there, "EEEE d MMMM y", locale=get_locale() or "en")


def short_date(day: date | datetime | None) -> Markup:
    """27 Nov 2026, in a time element; nothing for no date."""
    if day is None:
        return Markup("")
    there = local(day).date() if isinstance(day, datetime) else day
    words = format_date(there, "d MMM y", locale=get_locale() or "en")
    return Markup('<time datetime="{}">{}</time>').format(there.isoformat(), words)


def last_day(until: datetime | None) -> Markup:
    """The day of the last instant before `until`, as `short_date`: a term until midnight ends on the day before."""
    return short_date(until - timedelta(microseconds=1) if until else None)


def instant(at: datetime | None) -> Markup:
    """Friday 27 November 2026, 12 noon (UK time), in a time element; nothing for no instant."""
    if at is None:
        return Markup("")
    return _time_element(at, instant_text(at))


def instant_text(at: datetime) -> str:
    """The same words without the element, for mail and for attributes."""
    return gettext("%(day)s, %(clock)s (%(zone)s)", day=long_date(at), clock=clock(at), zone=zone_words())


def moment(text: str) -> str:
    """The instant that a notice keeps (ISO 8601), on the organisation's clock; other words as they are."""
    try:
        return instant_text(datetime.fromisoformat(text))
    except ValueError:
        return text


def short_instant(at: datetime | None) -> Markup:
    """27 Nov 2026, 12 noon, in a time element, for tables and threads: to the minute, the element has the second."""
    return _short(at, clock(at.replace(second=0))) if at else Markup("")


def exact_instant(at: datetime | None) -> Markup:
    """27 Nov 2026, 12:00:31pm: the same to the second, for logs and for signatures."""
    return _short(at, clock(at)) if at else Markup("")


def ended(words: str) -> str:
    """What somebody wrote as a sentence that others follow: with a stop, where it has none at its end.

    >>> ended("Few are heard"), ended("Why? ")
    ('Few are heard.', 'Why?')
    """
    plain = words.rstrip()
    return plain if plain.rstrip("”’\"')").endswith((".", "!", "?", "…")) else f"{plain}."


def _short(at: datetime, time: str) -> Markup:
    return _time_element(at, f"{format_date(local(at).date(), 'd MMM y', locale=get_locale() or 'en')}, {time}")


def span(length: timedelta) -> str:
    """A length of time in its largest honest unit, rounded down: 3 days, 5 hours, 12 minutes, less than a minute."""
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    if days >= 2:
        return ngettext("%(num)s day", "%(num)s days", days)
    if hours >= 1:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    if minutes >= 1:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return gettext("less than a minute")


def time_left(until: datetime, now: datetime) -> str:
    """3 days left, or closed when the instant has come; `now` is the clock that decides, not the browser's."""
    if until <= now:
        return gettext("closed")
    return gettext("%(span)s left", span=span(until - now))


def ago(at: datetime, now: datetime) -> str:
    """3 days ago."""
    if at > now:
        return gettext("in %(span)s", span=span(at - now))
    return gettext("%(span)s ago", span=span(now - at))


def number(value: int | Fraction | None, places: int | None = None) -> str:
    """1,204, or with `places` decimal places cut off (never rounded up, so that no quota seems met when it is not)."""
    if value is None:
        return ""
    locale = get_locale() or "en"
    if places is None and (isinstance(value, int) or value.denominator == 1):
        return format_decimal(int(value), locale=locale)
    cut = places if places is not None else 2
    scaled = abs(Fraction(value)) * 10**cut
    whole, rest = divmod(int(scaled), 10**cut)
    sign = "-" if value < 0 else ""
    point = format_decimal(1.5, locale=locale)[1]
    return f"{sign}{format_decimal(whole, locale=locale)}" + (f"{point}{rest:0{cut}}" if cut else "")


def percent(part: int | Fraction, whole: int | Fraction, places: int = 1) -> str:
    """Part of whole as a percentage, cut off after `places`; a dash when there is no whole."""
    if not whole:
        return "–"
    return number(Fraction(part) * 100 / Fraction(whole), places) + "%"


def plural(count: int, one: str, many: str) -> str:
    """1 vote, 1,204 votes: for words that are not in the catalogue themselves; `one` and `many` come translated."""
    many = counted(count, many) if str(get_locale() or "").startswith("cy") else many
    return f"{number(count)} {one if count == 1 else many}"


def short_hash(value: str | bytes | None, keep: int = 12) -> Markup:
    """The first characters of a hash, with the whole of it for those who hover, copy or listen."""
    if not value:
        return Markup("")
    full = value.hex() if isinstance(value, bytes) else value
    if len(full) <= keep:
        return Markup('<code class="hash">{}</code>').format(full)
    return Markup('<code class="hash" title="{}">{}…</code>').format(full, full[:keep])


def state_words(state: object) -> str:
    """The readable name of a state: its own `label` if it has one, else its value with spaces."""
    label = getattr(state, "label", None)
    if label is not None and not callable(label):
        return str(label)
    key = state_key(state)
    return gettext(key) if key else ""


def state_key(state: object) -> str:
    """What the catalogue knows a state by: its words, with a capital.

    >>> state_key("in_force"), state_key("co-opted")
    ('In force', 'Co-opted')
    """
    plain = str(getattr(state, "value", state)).replace("_", " ").strip()
    plain = plain if plain in WAYS else plain.replace("-", " ")
    return plain[:1].upper() + plain[1:]


def state_colour(state: object) -> str:
    """The colour of a state's tag; grey when nobody gave it one."""
    key = str(getattr(state, "value", state)).lower().replace("-", "_").replace(" ", "_")
    return STATE_COLOURS.get(key, "grey")


class Translated(str):
    """Words of people in the language of the page, since somebody has translated them."""


def as_written() -> Markup:
    """The `lang` of what people of the organisation wrote, where the page is in another language; else nothing (WCAG 3.1.2).

    What they write is taken to be in the organisation's language, which is the one that binds (setting CONSULT_LANGUAGE).
    """
    tag = str(current_app.config["CONSULT_LANGUAGE"])
    page = str(get_locale() or "en").partition("_")[0]
    return Markup("") if page == tag.partition("-")[0] else Markup(' lang="{}"').format(tag)


def lines(text: str | None, marked: bool = True) -> Markup:
    """Plain text with its paragraphs and line ends kept, everything else escaped.

    Each paragraph is marked `as_written`, unless it is translated, or what stands around it says in what language it is.
    """
    tongue = as_written() if marked and not isinstance(text, Translated) else Markup("")
    blocks = [block for block in (text or "").replace("\r\n", "\n").split("\n\n") if block.strip()]
    made = Markup("")
    for block in blocks:
        rows = Markup("<br>").join(escape(row) for row in block.strip("\n").split("\n"))
        made += Markup('<p class="govuk-body"{}>{}</p>').format(tongue, rows)
    return made


def slug(text: object) -> str:
    """The text as an id: small letters, figures and hyphens."""
    plain = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or "part"


def mailbox(address: str) -> Markup:
    """An e-mail address that may break before its @ and its dots, rather than at whatever letter reaches the edge.

    >>> mailbox("ada.marsh@fen.example")
    Markup('ada<wbr>.marsh<wbr>@fen<wbr>.example')
    """
    return Markup("").join(Markup("<wbr>{}").format(one) if n else one for n, one in enumerate(_JOINTS.split(address)))


FILTERS = {
    "mailbox": mailbox,
    "instant": instant,
    "instant_text": instant_text,
    "moment": moment,
    "short_instant": short_instant,
    "exact_instant": exact_instant,
    "ended": ended,
    "short_date": short_date,
    "last_day": last_day,
    "long_date": long_date,
    "clock": clock,
    "span": span,
    "number": number,
    "percent": percent,
    "plural": plural,
    "short_hash": short_hash,
    "state_words": state_words,
    "state_colour": state_colour,
    "lines": lines,
    "slug": slug,
}
