"""Sentences for a finished count: what happened at each stage and why, how ties fell, and what came of it all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consult.counting.result import Count, Number, Stage, Tie

#: Methods that make an order and elect nobody.
ORDERS = ("points", "repeated-stv")
#: How many of those who received votes a sentence names; the table holds the rest.
NAMED = 3


def listed(items: Sequence[str]) -> str:
    """Items as they are said.

    >>> listed(["Ann"]), listed(["Ann", "Bo", "Cy"])
    ('Ann', 'Ann, Bo and Cy')
    """
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def number(value: Number, places: int) -> str:
    """A number of votes without the zeros that say nothing.

    >>> from fractions import Fraction
    >>> number(Fraction(3, 2), 5), number(1914, 5)
    ('1.5', '1914')
    """
    from consult.counting.result import decimal

    text = decimal(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def stage_words(count: Count, stage: Stage) -> str:
    """What happened at this stage, in words; part of the certified working out."""
    ties = [tie for tie in count.ties if tie.stage == stage.number]
    said = [tie_words(count, tie) for tie in ties if tie.purpose in ("exclusion", "surplus")]
    said.append(_BEGINNINGS.get(stage.action, _other)(count, stage))
    said += [tie_words(count, tie) for tie in ties if tie.purpose not in ("exclusion", "surplus")]
    said += _elected(count, stage)
    return " ".join(sentence for sentence in said if sentence)


def before(count: Count, stage: Stage) -> Stage | None:
    """The stage before this one in the same part of the count."""
    at = stage.number - 2
    if not 0 <= at < len(count.stages) or count.stages[at].part != stage.part:
        return None
    return count.stages[at]


def measured(stage: Stage) -> str:
    """What the numbers of a stage are: votes, or under the rules that compare pairs how many each beats."""
    return "Candidates beaten" if stage.action in ("beatpaths", "locking") else "Votes"


def tie_words(count: Count, tie: Tie) -> str:
    """How one tie was broken, and by what."""
    names = count.labels
    tied, chosen = listed([names[i] for i in tie.tied]), listed([names[i] for i in tie.chosen])
    how = ""
    if tie.looked:
        stages = listed([str(n) for n in tie.looked])
        settled = "did not settle it" if tie.lot else "settled it"
        how = f" Their votes at stage{'s' if len(tie.looked) > 1 else ''} {stages} {settled}."
    elif tie.lot and tie.purpose in ("exclusion", "surplus"):
        how = " No earlier stage tells them apart."
    ending = _ENDINGS.get(tie.purpose, "it fell on {}").format(chosen)
    if tie.purpose == "order":
        ending = f"the order is {', '.join(names[i] for i in tie.chosen)}"
    elif tie.purpose == "place" and len(tie.chosen) > 1:
        ending = f"the places go to {chosen}"
    return f"{tied} were tied{TIED.get(tie.purpose, '')}.{how} {'By lot, ' + ending if tie.lot else _capital(ending)}."


def outcome_words(count: Count) -> str:
    """What came of the count, in one or two sentences."""
    if count.method == "majority":
        return _verdict(count)
    done = "Adopted" if count.method == "policy-primary" else "Elected"
    names = [count.labels[i] for i in count.winners]
    if count.method in ORDERS and count.ranking:
        said = [f"In order: {_places(count)}."]
    elif names:
        said = [f"{done}: {names[0]}." if len(names) == 1 else f"{done}, in this order: {listed(names)}."]
    else:
        said = ["Nothing is adopted." if count.method == "policy-primary" else "Nobody is elected."]
    if count.unfilled and count.method not in (*ORDERS, "policy-primary"):
        places = "One place stays" if count.unfilled == 1 else f"{count.unfilled} places stay"
        said.append(f"{places} unfilled.")
    if count.needed_lot:
        said.append("A lot had to be drawn.")
    return " ".join(said)


def _places(count: Count) -> str:
    """The order as it is said, equals together."""
    said, place = [], 1
    for level in count.ranking or ():
        said.append(f"{place} {listed([count.labels[i] for i in level])}{' equal' if len(level) > 1 else ''}")
        place += len(level)
    return ", ".join(said)


def _verdict(count: Count) -> str:
    """What became of a motion, with the votes of each kind and the comparison that decided it."""
    tallies = count.tallies
    ending = {"carried": "is carried", "inquorate": "is not decided, because the quorum was not reached"}
    said = [f"The motion {ending.get(count.outcome, 'is lost')}."]
    said.append(f"{tallies['for']} for, {tallies['against']} against, {tallies['abstain']} abstained.")
    needed = "more than" if tallies["comparison"] == ">" else "at least"
    base = _BASES[tallies["base"]]
    reached = "enough" if tallies["reached"] else "not enough"
    share = _capital(f"{needed} {tallies['threshold']}")
    said.append(f"{share} of {tallies['base_size']} {base} had to be for it: {reached}.")
    if "quorum" in tallies:
        quorum = tallies["quorum"]
        met = "reached" if quorum["reached"] else "not reached"
        said.append(f"The quorum of {quorum['needed']} was {met}, with {quorum['present']} {_BASES[quorum['base']]}.")
    if tallies["base"] != "for-against" or tallies["abstain"]:
        said.append(abstention_words(tallies["base"]))
    if "by_unit" in tallies:
        units = tallies["by_unit"]
        needed = "more than" if units["comparison"] == ">" else "at least"
        met = "enough" if units["reached"] else "not enough"
        need = f"where {needed} {units['threshold']} is needed"
        said.append(f"{units['carried']} of {units['of']} units carry it, {need}: {met}.")
    return " ".join(said)


def abstention_words(base: str) -> str:
    """What an abstention does under a base of the majority; the ballot page and the result say it.

    >>> abstention_words("for-against")
    'An abstention is not counted on either side.'
    """
    if base == "for-against":
        return "An abstention is not counted on either side."
    if base == "for-against-abstain":
        return "An abstention counts in the base, so it weighs against the motion as a vote against does."
    if base == "papers":
        return "An abstention and a blank paper count in the base, so they weigh as a vote against does."
    return "Whoever does not vote for the motion weighs against it, those who abstain or stay away too."


_BASES = {
    "for-against": "votes for and against",
    "for-against-abstain": "votes for, against and abstaining",
    "papers": "papers returned",
    "roll": "members on the roll",
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


TIED = {
    "exclusion": " for exclusion",
    "surplus": " for whose surplus moves first",
    "place": " for a place",
    "order": " for the order of places",
    "pair": " for which pair is locked first",
}
_ENDINGS = {
    "exclusion": "{} is excluded",
    "surplus": "the surplus of {} moves first",
    "place": "the place goes to {}",
    "pair": "{} comes first",
}


def _first(count: Count, stage: Stage) -> str:
    valid = count.ballots.valid
    if not valid:
        return "There are no valid papers, so nobody has a vote."
    papers = "One valid paper was" if valid == 1 else f"{valid} valid papers were"
    none = stage.non_transferable if count.method == "irv" else 0
    overvoted = f" {none} with an overvote at the first place {'counts' if none == 1 else 'count'} for nobody."
    return f"{papers} sorted by first preference.{overvoted if none else ''}{_quota(count, stage)}"


def _quota(count: Count, stage: Stage) -> str:
    if stage.quota is None:
        return ""
    shown = number(stage.quota, count.places)
    if count.method == "irv":
        return f" A majority of the papers in play is {shown}."
    return f" The quota is {shown}."


def _surplus(count: Count, stage: Stage) -> str:
    names = [f"{count.labels[i]}’s" for i in stage.subjects]
    what = "surplus was" if len(names) == 1 else "surpluses were"
    return f"{listed(names)} {what} transferred{_moved(count, stage)}"


def _exclusion(count: Count, stage: Stage) -> str:
    out = stage.excluded or stage.subjects
    names = listed([count.labels[i] for i in out])
    earlier = before(count, stage)
    were = "were" if len(out) > 1 else "was"
    if earlier is None:
        return f"{names} {were} excluded{_moved(count, stage)}"
    had = [earlier.votes[i] or 0 for i in out]
    votes = number(sum(had), count.places)
    if _somebody_lower(count, stage, max(had)):
        why = f"{names} ({votes} votes) {were} excluded, because the places kept for groups leave no other way"
    elif len(out) == 1:
        why = f"{names} was excluded with {votes}, the fewest votes"
    else:
        why = f"{names} were excluded together, with {votes} votes between them"
    return f"{why}{_moved(count, stage)}"


def _somebody_lower(count: Count, stage: Stage, most: Number) -> bool:
    """Whether a candidate who stays in had fewer votes than somebody excluded now."""
    earlier = before(count, stage)
    if earlier is None:
        return False
    settled = set(stage.excluded) | set(stage.subjects) | set(count.withdrawn)
    for other in count.stages:
        if other.part == stage.part and other.number < stage.number:
            settled |= {*other.elected, *other.excluded}
    return any(votes is not None and votes < most for i, votes in enumerate(earlier.votes) if i not in settled)


def _moved(count: Count, stage: Stage) -> str:
    """Where the votes went: the largest first, the rest counted."""
    totals: dict[int | None, Number] = {}
    for transfer in stage.transfers:
        totals[transfer.target] = totals.get(transfer.target, 0) + transfer.value
    earlier = before(count, stage)
    if not stage.transfers and earlier is not None:
        totals = _gained(earlier, stage)
    lost = totals.pop(None, 0)
    gained = sorted(((value, -i) for i, value in totals.items() if i is not None and value), reverse=True)
    said = [f"{number(value, count.places)} to {count.labels[-i]}" for value, i in gained[:NAMED]]
    if len(gained) > NAMED:
        rest = sum(value for value, _ in gained[NAMED:])
        others = len(gained) - NAMED
        said.append(f"{number(rest, count.places)} to {others} other{'s' if others > 1 else ''}")
    if lost:
        said.append(f"{number(lost, count.places)} not transferable")
    return f": {listed(said)}." if said else ": no votes moved."


def _gained(earlier: Stage, stage: Stage) -> dict[int | None, Number]:
    """What each gained since the stage before, where a rule shares votes out and moves no papers."""
    gains: dict[int | None, Number] = {None: max(stage.non_transferable - earlier.non_transferable, 0)}
    for index, (had, has) in enumerate(zip(earlier.votes, stage.votes, strict=True)):
        if had is not None and has is not None and has > had:
            gains[index] = has - had
    return gains


def _distribution(count: Count, stage: Stage) -> str:
    whose = listed([f"{count.labels[i]}’s" for i in stage.subjects])
    surplus = f"{whose} surplus was" if len(stage.subjects) == 1 else "Surpluses were"
    return f"{surplus} shared out by new keep values{_moved(count, stage)}{_quota(count, stage)}"


def _tally(count: Count, stage: Stage) -> str:
    what = {"points": "points", "policy-primary": "votes for each"}.get(count.method, "votes")
    shown = sorted(((-v, i) for i, v in enumerate(stage.votes) if v is not None))
    said = [f"{count.labels[i]} {number(-v, count.places)}" for v, i in shown]
    return f"The {what} were counted: {listed(said)}." if said else f"The {what} were counted."


def _beatpaths(count: Count, stage: Stage) -> str:
    return "Every pair of candidates was compared, and then the strongest chain of wins from each to each other."


def _locking(count: Count, stage: Stage) -> str:
    return "Every pair was compared; wins were locked in, the strongest first, unless they closed a circle."


def _other(count: Count, stage: Stage) -> str:
    return f"{_capital(stage.action.replace('-', ' '))}."


_BEGINNINGS = {
    "first-preferences": _first,
    "surplus": _surplus,
    "exclusion": _exclusion,
    "distribution": _distribution,
    "tally": _tally,
    "beatpaths": _beatpaths,
    "locking": _locking,
}


def _elected(count: Count, stage: Stage) -> list[str]:
    if count.method == "majority":
        return [f"The motion is {count.outcome}."]
    if count.method in ORDERS and stage.quota is None:
        return []
    reached = [i for i in stage.elected if i not in stage.deemed]
    said: list[str] = []
    for i in reached:
        votes = stage.votes[i]
        if stage.quota is None or votes is None:
            continue
        bound = "the quota"
        if count.method == "ers97" and votes < stage.quota:  # 5.6.2
            bound = "the total active vote divided by one more than the places left"
        if count.method == "irv":
            bound = f"a majority ({number(stage.quota, count.places)}) of the papers in play"
        said.append(f"{count.labels[i]} has {number(votes, count.places)}, reaches {bound} and is elected.")
    if stage.quota is None and reached:
        verb = "is" if len(reached) == 1 else "are"
        done = "adopted" if count.method == "policy-primary" else "elected"
        said.append(f"{listed([count.labels[i] for i in reached])} {verb} {done}.")
    if stage.deemed:
        names = listed([count.labels[i] for i in stage.deemed])
        fill = "fills the last place" if len(stage.deemed) == 1 else "fill the last places"
        said.append(f"{names} {fill}, as many candidates remaining as places.")
    if count.ron is not None and count.ron in stage.elected:
        said.append("Re-open nominations has won, so that place is filled by nobody here.")
    return said
