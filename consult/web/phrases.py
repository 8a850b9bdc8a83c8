"""What the storeys below say, in the language of the page.

They speak English only: a sentence of theirs is also kept, logged and hashed, and must not depend on who happens to read
it. A page that shows one looks it up here, finished as it is, by the phrase it was made of (catalogue `sentences`, brought
together by `scripts/translations.py`). One that is not in the catalogue stays English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from babel.support import Translations
from flask import current_app
from flask_babel import Domain, get_locale, gettext
from markupsafe import Markup, escape

from consult.domain.languages import FIRST
from consult.service.ballot_questions import AS_AMENDED
from consult.web.languages import of_page, tag_of
from consult.web.words import Translated, as_written, clock, instant_text, long_date, zone_words

DOMAIN = "sentences"
_HOLE = re.compile(r"%\((\w+)\)s")
#: The names of things that are spoken of by number; a template shows one by itself.
_LABEL = re.compile(r"(?:(?:Motion|Amendment|Composite) \d+|Draft (?:motion|amendment))(?: to Motion \d+)?").fullmatch
_BEGINS = frozenset("MACD")
#: What stands before a title where a text is spoken of with both: “Motion 3: ”.
_TITLED = re.compile(r"((?:Motion|Amendment|Composite) \d+)(: )(.+)", re.DOTALL).fullmatch
#: An instant as services write it, which know no zone but UTC: its day and time, or its time and day.
_INSTANT = re.compile(r"(\d{1,2} [A-Z][a-z]+ \d{4}), (\d\d:\d\d) UTC|(\d\d:\d\d) UTC on (\d{1,2} [A-Z][a-z]+ \d{4})")
#: What has words in it, and is no figure, day or name alone.
_WORDED = re.compile(r"\b[a-z]{2,}")
#: What fills a hole ends with the sentence, but for a hole that is one, or that stands last.
_WITHIN = r"(?:(?!\. [A-Z“]).)+?"
_FILLINGS = {"number": r"\d+", "figure": r"\d[\d.,]*", "names": _WITHIN.rstrip("?")}
_NEXT = re.compile(r"(?<=[.!?]) (?=[A-Z“\d])")


class Book:
    """Phrases and what each is in another language; `said` finds the one that a finished sentence was made of.

    >>> book = Book({"Open": "Ar agor", "%(what)s is %(state)s.": "Mae %(what)s %(state)s.", "open": "ar agor"})
    >>> book.said("Motion 3 is open.")
    'Mae Motion 3 ar agor.'
    >>> book.said("Open"), book.said("Nobody wrote this.")
    ('Ar agor', 'Nobody wrote this.')
    """

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self.whole = {phrase.replace("%%", "%"): words for phrase, words in _ended(phrases) if words}
        made = [_Pattern(phrase, words) for phrase, words in _ended(phrases) if words and _HOLE.search(phrase)]
        self.patterns = sorted(made, key=lambda pattern: -pattern.letters)

    def said(self, sentence: str, strange: Callable[[str], str] = str) -> str:
        """The sentence in the other language, or as it is; what fills a phrase is looked up as well.

        `strange` is what becomes of words that no phrase is known for.

        >>> Book({"It closes: %(title)s": "Mae'n cau: %(title)s"}).said("It closes: Our buses", "<{}>".format)
        "Mae'n cau: <Our buses>"
        """
        found = self._known(sentence, strange)
        if found is not None:
            return found
        parts = _NEXT.split(sentence)
        if len(parts) == 1:
            return strange(sentence)
        return " ".join(self._known(part, strange) or strange(part) for part in parts)

    def _known(self, sentence: str, strange: Callable[[str], str]) -> str | None:
        if sentence in self.whole:
            return self.whole[sentence].replace("%%", "%")
        for pattern in self.patterns:
            if pattern.longest in sentence and (match := pattern.matches(sentence)):
                return pattern.words % {name: self.said(value, strange) for name, value in match.groupdict().items()}
        return None


def _ended(phrases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The phrases, and those that end in a hole without that end too: what would have filled it may have been nothing."""
    for phrase, words in phrases.items():
        yield phrase, words
        if (end := re.search(r" %\(\w+\)s$", phrase)) and words.endswith(end[0]):
            yield phrase[: end.start()], words.removesuffix(end[0])


class _Pattern:
    """One phrase with holes: what it must contain, and how it is taken apart."""

    def __init__(self, phrase: str, words: str) -> None:
        self.words = words
        pieces = [piece.replace("%%", "%") for piece in _HOLE.split(phrase)]
        fixed, names = pieces[::2], pieces[1::2]
        self.longest = max(fixed, key=len)
        self.letters = sum(map(len, fixed))
        self.matches = re.compile(_expression(fixed, names), re.DOTALL).fullmatch


def _expression(fixed: list[str], names: list[str]) -> str:
    """The phrase as a regular expression; a hole that comes again must be filled alike.

    `number` holds a whole number, `figure` one that may have decimals; `names` reaches as far as it can, since what follows
    it is the last of a list.
    """
    seen: set[str] = set()
    made: list[str] = []
    for piece, name in zip(fixed, [*names, ""], strict=True):
        made.append(re.escape(piece))
        if name:
            filling = _FILLINGS.get(name.partition("_")[0], _WITHIN) if name not in seen else ""
            last = len(made) == 2 * len(names) - 1 and not fixed[-1]
            if name == "sentence" or (last and filling == _WITHIN):
                filling = ".+?"
            made.append(f"(?P={name})" if name in seen else f"(?P<{name}>{filling})")
            seen.add(name)
    return "".join(made)


@cache
def _book(folder: str, locale: str) -> Book:
    found = Translations.load(folder, [locale], DOMAIN)
    phrases: dict[Any, str] = getattr(found, "_catalog", {})
    return Book({phrase: words for phrase, words in phrases.items() if isinstance(phrase, str) and phrase})


def book() -> Book | None:
    """The phrases in the language of the page; None where that is the language they were written in."""
    locale = str(get_locale() or FIRST)
    if tag_of(locale) == FIRST:
        return None
    return _book(f"{current_app.root_path}/translations", locale)


def said(sentence: Any) -> Any:
    """A sentence of a service in the language of the page and on the organisation's clock.

    Text with marks in it was made for the page already.
    """
    if not isinstance(sentence, str) or isinstance(sentence, Markup):
        return sentence
    known = book()
    return on_clock(known.said(str(sentence)) if known else sentence)


def told(sentence: Any) -> Any:
    """As `said`, with what people wrote in it marked `as_written`: “Voting closes: *Our buses*”."""
    known, tongue = book(), as_written()
    if not known or not tongue or not isinstance(sentence, str) or isinstance(sentence, Markup):
        return said(sentence)
    begins, ends = "\ue000", "\ue001"
    found = known.said(str(sentence), lambda words: f"{begins}{words}{ends}" if _WORDED.search(words) else words)
    marked = str(escape(on_clock(found))).replace(begins, f"<span{tongue}>").replace(ends, "</span>")
    return Markup(marked)  # noqa: S704 (it is escaped)


def listed(words: Any) -> Any:
    """A row of a table in the language of the page, where the catalogue has it whole; what people wrote is left alone."""
    known = book() if isinstance(words, str) and not isinstance(words, Markup) else None
    return known.whole.get(words, words) if known else words


def written(words: Any) -> Any:
    """A title, a name or a reason that people of the organisation wrote, marked `as_written`; what has marks already stays.

    What the catalogue has whole (“For”, “Re-open nominations”), a label before a title and what a paper says after it are
    said in the language of the page. Not for the value of an attribute, an option of a list or the name of a page, in
    which nothing can be marked.
    """
    if not isinstance(words, str) or not words or isinstance(words, Markup | Translated):
        return words
    tongue = as_written()
    if not tongue:
        return words
    if (found := listed(words)) != words:
        return found
    if words.endswith(f" {AS_AMENDED}"):
        return Markup("{} {}").format(written(words.removesuffix(f" {AS_AMENDED}")), said(AS_AMENDED))
    if titled := _TITLED(words):
        return Markup("{}{}<span{}>{}</span>").format(label(titled[1]), titled[2], tongue, titled[3])
    return Markup("<span{}>{}</span>").format(tongue, words)


def worded(words: str) -> str:
    """What a paper says, in the language of the page: as pages have the word, else as a sentence of a service."""
    found = gettext(words) if words else words
    return found if found != words else str(said(words))


def on_clock(sentence: str) -> str:
    """The sentence with every instant that a service wrote in UTC as the organisation's clock shows it."""
    return _INSTANT.sub(_shown, sentence) if " UTC" in sentence else sentence


def _shown(found: re.Match[str]) -> str:
    """One instant as pages have it; what only looks like one stays."""
    try:
        at = datetime.strptime(f"{found[1] or found[4]} {found[2] or found[3]}", "%d %B %Y %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return found[0]
    if found[1]:
        return instant_text(at)
    return gettext("%(clock)s (%(zone)s) on %(day)s", clock=clock(at), zone=zone_words(), day=long_date(at))


def label(value: Any) -> Any:
    """“Motion 3” as the page's language has it; anything else as it is."""
    if type(value) is not str or value[:1] not in _BEGINS:  # asked of whatever a page shows
        return value
    return said(value) if _LABEL(value) else value


class Spoken(Domain):
    """The catalogue of pages; what fills a message is said in its language too where it is the label of a thing."""

    #: The locale last asked for with its catalogue: a page asks hundreds of times, mostly in the same language.
    _last: tuple[Any, Any] = (None, None)

    def get_translations(self) -> Any:
        here, (locale, found) = of_page(), self._last
        if here is None or here is not locale:
            found = super().get_translations()
            self._last = (here, found)
        return found

    def gettext(self, string: str, **variables: Any) -> str:
        return str(super().gettext(string, **_labelled(variables)))

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        return str(super().ngettext(singular, plural, num, **_labelled(variables)))

    def pgettext(self, context: str, string: str, **variables: Any) -> str:
        return str(super().pgettext(context, string, **_labelled(variables)))


def _labelled(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: label(value) for name, value in variables.items()}
