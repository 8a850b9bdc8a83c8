"""What people type into the search field: read without ever failing, asked of either database, and marked where it is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from consult.domain.names import folded

#: What can be found, in the order in which the filter offers it.
KINDS = (
    MOTION, AMENDMENT, COMMENT, POLICY, CONSULTATION, PARAGRAPH, SUBMISSION, REPORT, RESULT, DECISION, MINUTES, EVENT,
    UNIT, BODY, STANDING,
) = (
    "motion", "amendment", "comment", "policy", "consultation", "paragraph comment", "submission", "report", "result",
    "decision", "minutes", "event", "unit", "body", "standing text",
)  # fmt: skip
#: Who may find something: everyone; who is signed in; members, supporters and representatives; the members of its unit; its owner.
EVERYONE, SIGNED_IN, MEMBERS, OF_UNIT, OWNER = AUDIENCES = ("everyone", "signed in", "members", "unit", "owner")

#: Of what is typed: characters read, terms kept. Of a word: letters kept, in what is typed and in what is found alike.
LONGEST, MOST_TERMS, LONGEST_WORD = 300, 12, 40
#: A word of at least so many letters also finds longer ones that begin with it.
SHORTEST_BEGINNING = 3
#: How many characters of a text are shown around what was found, and how many of them before it.
EXCERPT, BEFORE = 260, 60

_PIECE = re.compile(r"[^\W_]+")
_TYPED = re.compile(r'[-−–]?"[^"]*"?|[^\s"]+')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_OR, _NOT, _AND = {"OR", "NEU"}, {"NOT", "NID"}, {"AND", "&"}


def words_of(text: str) -> list[str]:
    """The words of a text as they are kept for searching: small letters, no accents, letters and figures alone.

    >>> words_of("Siân’s bus-fares: £12.50")
    ['sian', 's', 'bus', 'fares', '12', '50']
    """
    return [word[:LONGEST_WORD] for word in _PIECE.findall(folded(text))]


@dataclass(frozen=True)
class Term:
    """One word, or several that follow one another; `begins` says that the last may go on."""

    words: tuple[str, ...]
    begins: bool = False

    def at(self, found: list[str], place: int) -> bool:
        """Whether it stands at a place of a text's words."""
        here = found[place : place + len(self.words)]
        if len(here) < len(self.words) or tuple(here[:-1]) != self.words[:-1]:
            return False
        return here[-1].startswith(self.words[-1]) if self.begins else here[-1] == self.words[-1]


@dataclass(frozen=True)
class Query:
    """What is looked for: of each group at least one term must occur, and of `without` none."""

    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every term that is wanted."""
        return tuple(term for group in self.groups for term in group)

    @property
    def heading_fts5(self) -> str:
        """The same for FTS5, where all of it stands in a heading.

        >>> parsed('fair bus -fares').heading_fts5
        '{heading_words} : ("fair"* AND "bus"*)'
        """
        return f"{{heading_words}} : ({' AND '.join(_any(map(_fts5, group), 'OR') for group in self.groups)})"

    @property
    def heading_tsquery(self) -> str:
        """The same for PostgreSQL, where all of it stands in a heading, which has the weight A.

        >>> parsed('fair "sunday bus" -fares').heading_tsquery
        "'fair':*A & ('sunday':A <-> 'bus':A)"
        """
        return " & ".join(_any((_tsquery(term, "A") for term in group), "|") for group in self.groups)

    @property
    def fts5(self) -> str:
        """The query as SQLite's FTS5 reads it; words are letters and figures alone, so nothing in it can be taken for syntax.

        >>> parsed('fair "sunday bus" -fares').fts5
        '("fair"* AND "sunday bus") NOT ("fares")'
        """
        wanted = " AND ".join(_any(map(_fts5, group), "OR") for group in self.groups)
        return f"({wanted}) NOT ({' OR '.join(map(_fts5, self.without))})" if self.without else wanted

    @property
    def tsquery(self) -> str:
        """The query as PostgreSQL's tsquery reads it.

        >>> parsed('fair "sunday bus" OR tram -fares').tsquery
        "'fair':* & (('sunday' <-> 'bus') | 'tram':*) & !'fares'"
        """
        wanted = [_any(map(_tsquery, group), "|") for group in self.groups]
        return " & ".join([*wanted, *(f"!{_tsquery(term)}" for term in self.without)])


def _any(terms: Iterable[str], between: str) -> str:
    some = list(terms)
    return some[0] if len(some) == 1 else "(" + f" {between} ".join(some) + ")"


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.begins else "")


def _tsquery(term: Term, weight: str = "") -> str:
    *first, last = (f"'{word}'" for word in term.words)
    marks = f"{'*' if term.begins else ''}{weight}"
    some = [f"{word}:{weight}" if weight else word for word in first] + [f"{last}:{marks}" if marks else last]
    return some[0] if len(some) == 1 else f"({' <-> '.join(some)})"


def parsed(text: str) -> Query:
    """What somebody typed, whatever it is: all words must occur, in any order.

    Words in quotation marks follow one another exactly; a word of three letters or more also finds longer ones that begin
    with it, as does any word before an asterisk; "-word" must not occur; "one OR other" wants either.

    >>> parsed('"Sunday buses" OR tram* -"')
    Query(groups=((Term(words=('sunday', 'buses'), begins=False), Term(words=('tram',), begins=True)),), without=())
    >>> parsed("***"), parsed('NEAR(a, b) OR')  # doctest: +ELLIPSIS
    (Query(groups=(), without=()), Query(groups=((Term(words=('near', 'a'), begins=False),), (Term(words=('b',), ...
    """
    groups: list[list[Term]] = []
    without: list[Term] = []
    either = never = False
    for typed in _pieces(text):
        if typed in _OR | _NOT | _AND:
            either, never = (either or typed in _OR), (never or typed in _NOT)
            continue
        term = _term(typed)
        if term is None or len(without) + sum(map(len, groups)) >= MOST_TERMS:
            continue
        if never or typed[0] in "-−–":
            without.append(Term(term.words, typed.endswith("*")))
        elif either and groups:
            groups[-1].append(term)
        else:
            groups.append([term])
        either = never = False
    return Query(tuple(map(tuple, groups)), tuple(without))


def left_out(text: str) -> bool:
    """Whether there are more words than are looked for.

    >>> left_out("bus " * 12), left_out("bus OR " * 13)
    (False, True)
    """
    counted = [len(words_of(typed)) for typed in _pieces(text) if typed not in _OR | _NOT | _AND]
    return sum(map(bool, counted)) > MOST_TERMS or max(counted, default=0) > MOST_TERMS


def _pieces(text: str) -> list[str]:
    return _TYPED.findall(text[:LONGEST].translate(_QUOTES))


def _term(typed: str) -> Term | None:
    words = tuple(words_of(typed)[:MOST_TERMS])
    if not words:
        return None
    exact = '"' in typed or words[-1].isdigit() or len(words[-1]) < SHORTEST_BEGINNING
    return Term(words, typed.endswith("*") or (not exact and typed[-1].isalnum()))


# -- what is called by its number ------------------------------------------------------------------------------------

#: What people call by its number, in the words they use.
_NUMBERED = {
    "motion": MOTION, "motions": MOTION, "cynnig": MOTION, "gynnig": MOTION, "chynnig": MOTION,
    "amendment": AMENDMENT, "amendments": AMENDMENT, "gwelliant": AMENDMENT, "welliant": AMENDMENT,
    "decision": DECISION, "penderfyniad": DECISION,
}  # fmt: skip
#: What may stand between: "amendment no. 3 to motion 12", "gwelliant 3 i gynnig 12".
_BETWEEN = {"no", "number", "rhif", "to", "of", "on", "i", "o"}
_LETTERS_OR_FIGURES = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Reference:
    """One thing called by its number; `kind` is "" where only a number was given, `motion` the motion of an amendment."""

    kind: str
    number: int
    motion: int | None = None

    @property
    def query(self) -> Query:
        """The words that its document has among its headings, whatever words it was called by."""
        words = [self.kind, str(self.number), *([MOTION, str(self.motion)] if self.motion is not None else [])]
        return Query(tuple((Term((word,)),) for word in words if word))


def reference(text: str) -> Reference | None:
    """What somebody typed as the number of a thing; None where it is anything else.

    >>> reference("Motion 12"), reference("amendment no. 3 to motion 12")
    (Reference(kind='motion', number=12, motion=None), Reference(kind='amendment', number=3, motion=12))
    >>> reference("#7"), reference("cynnig 7").kind, reference("motion 7 trams"), reference("-7")
    (Reference(kind='', number=7, motion=None), 'motion', None, None)
    """
    if len(text) > LONGEST or not re.fullmatch(r"[\w\s#.,:()]*", text):
        return None
    pieces = [piece for piece in _LETTERS_OR_FIGURES.findall(folded(text)) if piece not in _BETWEEN]
    if not any(piece.isdigit() for piece in pieces):
        return None
    kinds = [_NUMBERED.get(piece, "") for piece in (pieces[::2] if len(pieces) > 1 else [])]
    figures = pieces[1::2] if len(pieces) > 1 else pieces
    if not all(kinds) or not all(one.isascii() and one.isdigit() and len(one) < 7 for one in figures):
        return None
    numbers = [int(one) for one in figures]
    if len(pieces) < 3:
        return Reference(kinds[0] if kinds else "", numbers[0])
    both = dict(zip(kinds, numbers, strict=False))
    if len(pieces) == 4 and set(both) == {MOTION, AMENDMENT}:
        return Reference(AMENDMENT, both[AMENDMENT], both[MOTION])
    return None


# -- showing what was found ------------------------------------------------------------------------------------------

#: (words, whether they are what was looked for), one after the other.
Runs = list[tuple[str, bool]]


def marked(text: str, query: Query) -> Runs:
    """A text in runs, those that were looked for told apart.

    >>> marked("Fair fares for all", parsed("fare all"))
    [('Fair ', False), ('fares', True), (' for ', False), ('all', True)]
    """
    text = unicodedata.normalize("NFC", text)
    return list(_runs(text, _spans(text, query), 0, len(text)))


def excerpt(text: str, query: Query) -> Runs:
    """The part of a text where most of what was looked for stands together, in runs; the beginning where none of it does."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    spans = _spans(text, query)
    start = max(0, _best(spans) - BEFORE)
    if start:
        start = text.find(" ", start) + 1
    end = min(len(text), start + EXCERPT)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start) or end
        end = end if end > start else min(len(text), start + EXCERPT)
    runs = list(_runs(text, spans, start, end))
    return [*([("… ", False)] if start else []), *runs, *([(" …", False)] if end < len(text) else [])]


def _spans(text: str, query: Query) -> list[tuple[int, int, int]]:
    """(begin, end, which term) of everything in a text that was looked for."""
    places = list(_PIECE.finditer(text))
    found = [folded(place.group())[:LONGEST_WORD] for place in places]
    spans = []
    first = [
        (number, term, term.words[0], len(term.words) == 1 and term.begins) for number, term in enumerate(query.terms)
    ]
    for here, word in enumerate(found):
        for number, term, begin, open_ in first:
            if (word.startswith(begin) if open_ else word == begin) and term.at(found, here):
                spans.append((places[here].start(), places[here + len(term.words) - 1].end(), number))
    return spans


def _best(spans: list[tuple[int, int, int]]) -> int:
    """Where to begin, so that as many different terms as can be are shown."""
    best, at = 0, 0
    for number, (begin, _end, _term) in enumerate(spans[:200]):
        near = {term for start, end, term in spans[number : number + 60] if end <= begin + EXCERPT - BEFORE}
        if len(near) > best:
            best, at = len(near), begin
    return at


def _runs(text: str, spans: list[tuple[int, int, int]], start: int, end: int) -> Iterator[tuple[str, bool]]:
    here = start
    for begin, stop, _term in spans:
        if begin < here or stop > end:
            continue
        if begin > here:
            yield text[here:begin], False
        yield text[begin:stop], True
        here = stop
    if here < end:
        yield text[here:end], False
