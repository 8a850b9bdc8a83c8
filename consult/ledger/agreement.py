"""Where a manifest says something else than the definition of its ballot, or gives figures that cannot be."""

from __future__ import annotations

from consult.ledger import electorate
from consult.ledger.definition import Definition
from consult.ledger.manifest import FIRST, Manifest


def disagreements(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    """Where a manifest says something else than the definition of its ballot, or its own figures cannot be.

    Gives (name of the failure, sentence); the names are those of `verify`.
    """
    found: list[tuple[str, str]] = []

    def expect(true: bool, name: str, words: str) -> None:
        if not true:
            found.append((name, words))

    expect(manifest.definition == definition.hash, "definition", "The definition is not the one that was signed.")
    expect(manifest.ballot == definition.id, "definition", "The manifest names another ballot.")
    same = manifest.format == FIRST or manifest.level == definition.level
    expect(same, "definition", "The manifest gives the ballot another level of secrecy.")
    expect(manifest.title == definition.title, "definition", "The manifest gives the ballot another title.")
    asked = [(q.key, q.title, q.method, q.version) for q in definition.questions]
    answered = [(q.key, q.title, q.method, q.version) for q in manifest.questions]
    expect(asked == answered, "questions", "The questions or their methods are not those that were put to the vote.")
    texts = sorted({q.text for q in definition.questions if q.text})
    expect(list(manifest.texts) == texts, "text", "The texts are not those that were put to the vote.")
    roll = (definition.roll.hash, definition.roll.size)
    expect((manifest.roll, manifest.roll_size) == roll, "roll", "The roll is not the one that was frozen.")
    found += [("roll", words) for words in electorate.faults(manifest.changes, definition, manifest.closed)]
    expect(manifest.closed >= definition.closes, "time", "The ballot was closed before its time.")
    for question in definition.questions:
        options = {option.key for option in question.options}
        gone = {key for q in manifest.questions if q.key == question.key for key in q.withdrawn}
        expect(gone <= options, "options", f"“{question.title}” has a withdrawn option that it never had.")
    found += _impossible(manifest, definition)
    found += _papers_taken(manifest, definition)
    found += _wrong_lot(manifest, definition)
    found += _wrong_desk(manifest, definition)
    return found


def _impossible(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    papers, board, found = manifest.papers, manifest.board, []
    counted, marked, size = papers.counted, manifest.marked, manifest.electorate
    challenged = manifest.challenged
    if not counted <= marked + challenged.admitted <= size + challenged.admitted:
        words = f"{counted:,} papers, {marked:,} marked, {size:,} on the roll: each may not exceed the next."
        found.append(("turnout", words))
    if papers.votes != counted and definition.level != "recorded":
        found.append(("turnout", "A secret ballot has one vote for each paper."))
    if papers.votes < counted or papers.sealed_by_server + papers.on_paper > counted:
        found.append(("turnout", "The papers by the way in which they came are more than the papers counted."))
    if (board is None) != (definition.level == "recorded"):
        found.append(("board", "A secret ballot has a board of envelopes, and a recorded vote has none."))
    if board and board.leaves != board.opened + board.superseded + board.refused:
        found.append(("board", "Not every envelope on the board is counted, superseded or refused."))
    let_in = challenged.admitted - challenged.unreadable
    if board and board.opened + let_in + papers.on_paper != counted:
        beside = f", {let_in:,} challenged ballots" if let_in else ""
        words = f"{board.opened:,} envelopes{beside} and {papers.on_paper:,} on paper are not {counted:,} papers."
        found.append(("board", words))
    if challenged.cast != challenged.admitted + challenged.refused or let_in < 0:
        found.append(("challenged", "Not every challenged ballot was admitted or refused."))
    if (challenged.cast > 0) != bool(challenged.rolls):
        found.append(("challenged", "Challenged ballots were decided without a supplementary roll, or the reverse."))
    return found


def _papers_taken(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    """Papers where the ballot was to take none; the first format did not say whether it takes any."""
    if manifest.format == FIRST or definition.casting.papers != "none" or not manifest.papers.on_paper:
        return []
    return [("on paper", f"{manifest.papers.on_paper:,} papers came on paper, but this ballot was to take none.")]


def _wrong_desk(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    """A certificate that should not have been drawn up yet, or that says of which ballot it is otherwise."""
    desk, found = manifest.desk, []
    if manifest.rerun_of != definition.rerun_of:
        found.append(("definition", "The manifest and the definition name different annulled ballots."))
    if desk.undecided or desk.upheld > desk.complaints:
        found.append(("complaints", "The result was certified before every complaint was decided."))
    if desk.recounts_made != desk.recounts_asked:
        found.append(("recounts", "A recount was asked for and not made before the result was certified."))
    if list(desk.extended) != sorted(set(desk.extended)) or any(each <= definition.closes for each in desk.extended):
        found.append(("time", "The close was extended to an instant that is not later."))
    elif desk.extended and manifest.closed < desk.extended[-1]:
        found.append(("time", "The ballot was closed before the extended close."))
    return found


def _wrong_lot(manifest: Manifest, definition: Definition) -> list[tuple[str, str]]:
    lot, rule, found = manifest.lot, definition.lot, []
    if rule.value is not None and lot.value != rule.value:
        found.append(("lot", "The public value of the lot is not the one named before opening."))
    if rule.rule == "named" and (lot.commitments or lot.reveals):
        found.append(("lot", "The lot was to be drawn from the public value alone."))
    if not set(lot.reveals) <= set(lot.commitments):
        found.append(("lot", "A value was revealed to which nobody had committed."))
    return found
