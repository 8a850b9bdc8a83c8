"""Rulebooks that ship: how parties, unions and small branches in Britain run their motions, ready to adopt and change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from consult.domain.rulebook import BRANCH, CONFERENCE, HALL, BallotPreset, Lateness, Rulebook, StandingOrder


@dataclass(frozen=True)
class Preset:
    """A rulebook to begin from, by the name under which people know its kind."""

    key: str
    title: str
    summary: str
    rules: Rulebook


#: Months of the bar on coming back, as a standing order says them.
_WITHIN = {6: "six months", 12: "twelve months", 24: "two years", 36: "three years"}


def _made(key: str, title: str, summary: str, rules: Rulebook) -> Preset:
    orders = tuple(StandingOrder(order.number, _worded(order, rules)) for order in rules.standing_orders)
    return Preset(key, title, summary, replace(rules, name=title, standing_orders=orders))


def _worded(order: StandingOrder, rules: Rulebook) -> str:
    """A standing order in the words of the rules beside it, which it must not contradict."""
    if order.number == "SO 3" and "member" in rules.movers:
        return "A motion is moved by a member, or for a branch by its delegate after a quorate meeting of that branch."
    if order.number == "SO 4" and not rules.seconders:
        return "A motion is received before the closing date."
    if order.number == "SO 5" and rules.bar_months:
        return f"A motion that repeats one decided in the last {_WITHIN[rules.bar_months]} is out of order."
    if order.number == "SO 5":
        return "A motion that repeats another before the same conference is taken together with it."
    return order.text


_ORDINARY = tuple(word for word in HALL if word not in ("card vote", "proxies"))
_PRIORITIES = BallotPreset(
    "priorities", "Priorities: rank the motions in the order in which they should be taken (repeated STV)",
    "repeated-stv", seats=10,
)  # fmt: skip

PRESETS: tuple[Preset, ...] = (
    _made(
        "conference", "Policy conference",
        "Motions of up to 900 words and amendments of up to 250, moved by branches with two seconders.",
        replace(CONFERENCE, late=Lateness(), emergency=Lateness(words=300), bar_months=12, appeal_days=7),
    ),
    _made(
        "labour-clp", "Constituency party motion (Labour style)",
        "One motion of up to 250 words from each branch, agreed by a quorate meeting; composited by those who sent "
        "them; priorities decided by ballot.",
        replace(
            CONFERENCE, motion_words=250, amendment_words=75, seconders=1, motions_per_branch=1, amendments_per_branch=1,
            movers=("branch", "affiliate"), amenders=("branch", "affiliate"), minute_needed=True, selection="ballot",
            emergency=Lateness(words=250), bar_months=36, appeal_days=5, lapse_years=0,
            presets=(*CONFERENCE.presets, _PRIORITIES),
        ),
    ),
    _made(
        "ucu", "Union congress (UCU style)",
        "Motions of up to 150 words and amendments that add up to 75, from branches and networks, each with the minute of "
        "a quorate meeting; late motions by two thirds.",
        replace(
            CONFERENCE, motion_words=150, amendment_words=75, seconders=0, motions_per_branch=2,
            amendments_per_branch=2, movers=("branch", "network"), amenders=("branch", "network"), minute_needed=True,
            amendments_need_meeting=True, amend_amendments=False, late=Lateness(words=150), emergency=Lateness(words=150),
            order_of_votes="by clause", bar_months=12, appeal_days=14, lapse_years=5, hall=tuple(HALL),
        ),
    ),
    _made(
        "nus", "Students' union conference (NUS style)",
        "Each branch has 1,400 words to spend on motions and amendments as it likes; policy lapses after three years.",
        replace(
            CONFERENCE, motion_words=1400, amendment_words=1400, branch_words=1400, seconders=0, motions_per_branch=0,
            amendments_per_branch=0, movers=("branch",), amenders=("branch",), minute_needed=True, selection="ballot",
            emergency=Lateness(words=400), lapse_years=3, bar_months=12, appeal_days=3,
            presets=(*CONFERENCE.presets, _PRIORITIES),
        ),
    ),
    _made(
        "liberal-democrat", "Federal conference (Liberal Democrat style)",
        "Motions from branches, affiliated bodies or members with ten seconders; the committee selects and gives reasons; "
        "reference back and votes in parts are usual.",
        replace(
            CONFERENCE, motion_words=1000, amendment_words=300, seconders=10, seconding_branches=1,
            motions_per_branch=0, amendments_per_branch=0, movers=("branch", "affiliate", "member"),
            amenders=("branch", "affiliate", "member"), selection="committee", late=Lateness(leave="2/3"),
            emergency=Lateness(words=500), lapse_years=0, bar_months=24, appeal_days=7, hall=_ORDINARY,
        ),
    ),
    _made(
        "green", "Autumn conference (Green style)",
        "Motions from members with four seconders or from branches; members rank them, and as many are taken as the time "
        "allows.",
        replace(
            CONFERENCE, motion_words=800, amendment_words=300, seconders=4, motions_per_branch=0,
            amendments_per_branch=0, movers=("branch", "network", "member"), amenders=("branch", "network", "member"),
            selection="ballot", late=Lateness(leave="2/3"), emergency=Lateness(words=400), lapse_years=0, bar_months=24, appeal_days=7,
            presets=(*CONFERENCE.presets, _PRIORITIES), hall=_ORDINARY,
        ),
    ),
    _made(
        "policy-primary", "Policy primary (2021)",
        "Groups and affiliated organisations submit; the motions are composited and shortlisted to 33; meetings discuss "
        "them; every member votes for or against each and ranks them; the first eight that are carried are adopted. What a "
        "committee adds afterwards is shown apart.",
        replace(
            CONFERENCE, motion_words=250, amendment_words=75, seconders=0, motions_per_branch=1,
            amendments_per_branch=1, movers=("network", "affiliate", "branch"), amenders=("network", "affiliate", "branch"),
            minute_needed=True, selection="primary", shortlist=33, places=8, lapse_years=0, bar_months=0, appeal_days=5,
            presets=(
                BallotPreset(
                    "primary", "Policy primary: for or against each, then ranked; the first eight carried are adopted",
                    "policy-primary", seats=8, settings={"order": "schulze"},
                ),
                *CONFERENCE.presets,
            ),
            hall=("remit", "take in parts", "withdraw by leave"),
        ),
    ),
    _made(
        "branch", "Branch meeting",
        "A small branch: motions of up to 250 words, one seconder, decided at the meeting.",
        replace(
            BRANCH, movers=("member", "branch"), amenders=("member", "branch"), late=Lateness(leave="2/3"),
            emergency=Lateness(), bar_months=6, appeal_days=3,
            hall=("next business", "remit", "take in parts", "withdraw by leave"),
        ),
    ),
)  # fmt: skip

#: What a consultation goes by that only asks: nobody moves anything, and ballots choose among options.
QUESTIONS_ONLY = replace(
    CONFERENCE, name="Questions only, no motions", movers=(), amenders=(), standing_orders=(), hall=(), lapse_years=0,
    presets=tuple(preset for preset in CONFERENCE.presets if not preset.decides_motion),
)  # fmt: skip

BY_KEY: dict[str, Preset] = {preset.key: preset for preset in PRESETS}
