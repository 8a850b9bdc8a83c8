"""Verification of what depends on the level: a sealed box opened twice to one hash, open votes that make the papers."""

from __future__ import annotations

from consult.ledger import bundle, canonical, papers, records, transcripts
from consult.ledger import votes as ledger_votes
from consult.ledger.report import Case, Report


def openings(case: Case, report: Report) -> None:
    """The box of a sealed ballot was opened twice, on two machines, to one hash; it was the box of the board."""
    said = [transcripts.read(data, f"openings/{name}") for name, data in case.found.under("openings").items()]
    if case.asked.level != "sealed":
        report.expect(not said, "opening", "There are openings of a ballot that was not sealed.")
        return
    board, hashes = case.found.manifest.board, [each.opened for each in said]
    on_paper = case.found.manifest.papers.on_paper
    agreed = [each for each in said if hashes.count(each.opened) > 1]
    machines = {each.machine for each in agreed}
    fine = report.expect(len(machines) > 1, "opening", "No two openings on two machines came to the same papers.")
    for each in agreed:
        if board is None:
            break
        in_box = each.envelopes - each.challenged - each.on_paper
        wanted = (case.asked.id, case.asked.hash, board.leaves - board.superseded)
        same = (each.ballot, each.definition, in_box) == wanted
        same &= 0 <= each.papers - board.opened - on_paper <= each.challenged
        fine &= report.expect(same, "opening", "An opening was of another box than the one that was signed.")
        words = f"An opening was of {each.on_paper:,} votes on paper, but {on_paper:,} are in the result."
        fine &= report.expect(each.on_paper == on_paper, "opening", words)
        if bundle.BOARD in case.found.files and not (board.superseded or each.challenged or each.on_paper):
            root = transcripts.root(sorted(records.read_board(case.found.files[bundle.BOARD])))
            fine &= report.expect(each.root == root, "opening", "An opening was of other envelopes than the board's.")
    if fine:
        words = (
            f"{len(agreed)} openings, on {len(machines)} machines, came to the same papers: {agreed[0].opened[:16]}…"
        )
        report.passed("opening", words)


def votes(case: Case, report: Report) -> None:
    """The open votes, by name, make the papers that were counted; a secret ballot names nobody."""
    listed = bundle.VOTES in case.found.files
    if case.asked.level != "recorded":
        report.expect(not listed, "votes", "Votes are listed by name although the ballot was secret.")
        return
    if not report.expect(listed, "votes", "The votes of a recorded vote are not listed."):
        return
    cast = ledger_votes.loads(case.found.files[bundle.VOTES], case.asked)
    made = [canonical.sha256(papers.dumps(each)) for each in ledger_votes.papers_of(case.asked, cast)]
    same = made == [question.papers for question in case.found.manifest.questions]
    plain = case.asked.weighting != "one" or all(vote.votes == 1 for vote in cast)
    fine = report.expect(plain, "votes", "A card counts for several votes, which was not declared.")
    if report.expect(same, "votes", "The votes listed by name do not make the papers that were counted.") and fine:
        report.passed("votes", f"The {len(cast):,} votes listed by name make the papers that were counted.")
