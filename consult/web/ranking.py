"""A ranked paper as a form sends it: numbers typed beside names, moves asked for by buttons, and their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext

Ranks = dict[str, str]


def read(sent: Mapping[str, str], candidates: Sequence[str]) -> Ranks:
    """What was typed beside each candidate, spaces at the ends aside; nothing is lost, right or wrong."""
    return {candidate: sent.get(f"rank-{candidate}", "").strip() for candidate in candidates}


def of_order(order: Sequence[str], candidates: Sequence[str]) -> Ranks:
    """The numbers that show an order: first is 1; those not in it have none."""
    places = {candidate: str(place) for place, candidate in enumerate(order, start=1)}
    return {candidate: places.get(candidate, "") for candidate in candidates}


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 4 else None


def _order(ranks: Ranks) -> list[str]:
    """Those with a number, first to last; equal numbers keep the order of the page."""
    numbered = [(number, candidate) for candidate, typed in ranks.items() if (number := _number(typed)) is not None]
    return [candidate for _, candidate in sorted(numbered, key=lambda pair: pair[0])]


def moved(ranks: Ranks, button: str) -> Ranks:
    """The numbers after a button `up:ID`, `down:ID` or `order` was pressed.

    Every press closes gaps and separates equal numbers. Up on somebody without a number takes the next free one; down
    on the last takes the number away. A button that names nobody on the paper only puts the numbers in order.

    >>> moved({"a": "1", "b": "", "c": "2"}, "up:b")
    {'a': '1', 'b': '3', 'c': '2'}
    >>> moved({"a": "1", "b": "3", "c": "2"}, "up:b")
    {'a': '1', 'b': '2', 'c': '3'}
    >>> moved({"a": "5", "b": "5", "c": "9"}, "order")
    {'a': '1', 'b': '2', 'c': '3'}
    >>> moved({"a": "1", "b": "2"}, "down:b")
    {'a': '1', 'b': ''}
    """
    order = _order(ranks)
    way, _, candidate = button.partition(":")
    if candidate in order and way in ("up", "down"):
        place = order.index(candidate)
        other = place - 1 if way == "up" else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        elif way == "down":
            order.remove(candidate)
    elif candidate in ranks and way == "up":
        order.append(candidate)
    return of_order(order, list(ranks))


def checked(ranks: Ranks, names: Mapping[str, str], most: int | None = None) -> tuple[list[str], dict[str, str]]:
    """The order that the numbers make, and for each candidate whose number is wrong a sentence; either may be empty.

    A paper without a number makes an empty order and no sentence: whether that may be cast is the ballot's rule.
    `most` is the largest number of candidates that may be ranked.

    >>> checked({"a": "2", "b": "1", "c": ""}, {"a": "A", "b": "B", "c": "C"})
    (['b', 'a'], {})
    """
    errors: dict[str, str] = {}
    holders: dict[int, list[str]] = {}
    for candidate, typed in ranks.items():
        number = _number(typed)
        if number:
            holders.setdefault(number, []).append(candidate)
        elif typed:
            errors[candidate] = gettext("“%(typed)s” is not a number like 1, 2 or 3.", typed=typed[:20])
    order = [held[0] for _, held in sorted(holders.items())]
    errors |= _repeated(holders, names) or _gap(holders)
    if not errors and most is not None and len(order) > most:
        errors[order[-1]] = gettext("At most %(most)s may be ranked here. Take this number away.", most=most)
    return ([] if errors else order), errors


def _repeated(holders: Mapping[int, list[str]], names: Mapping[str, str]) -> dict[str, str]:
    """A sentence for everybody who shares a number."""
    return {
        candidate: gettext(
            "Number %(n)s is also beside %(others)s.",
            n=number,
            others=", ".join(names[each] for each in held if each != candidate),
        )
        for number, held in holders.items()
        if len(held) > 1
        for candidate in held
    }


def _gap(holders: Mapping[int, list[str]]) -> dict[str, str]:
    """A sentence for the first name after a number that nobody has."""
    for place, number in enumerate(sorted(holders), start=1):
        if number != place:
            words = gettext("This has number %(n)s, but nobody has number %(gap)s.", n=number, gap=place)
            return {holders[number][0]: words}
    return {}
