"""Verification of a result bundle by somebody who trusts nobody: what is checked, in order, under which name.

`verify` takes the bytes of the file and the counters to count with, and returns a `Report`. It reads no clock, no
network, no disk and no database. To audit it, read this module from the top, then `recount` (one question), `packing`,
`canonical`, `signatures` and `merkle`, which it rests on; docs/bundle.md gives the format and the list of failures.

What it cannot know is whether the signers' keys in the bundle belong to the people named beside them: whoever can write
a bundle can write keys. Compare the fingerprints in the report with those you know, or pass the keys you hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from consult.domain.errors import Refused
from consult.ledger import (
    agreement,
    beside,
    bundle,
    canonical,
    definition,
    manifest,
    materiality,
    merkle,
    receipts,
    records,
    recount,
    recounts,
    secrecy,
    signing,
)
from consult.ledger.bundle import BundleRefused
from consult.ledger.chain import Head
from consult.ledger.heads import SignedHead
from consult.ledger.report import Case, Combine, Counter, Margins, Replay, Report


def verify(
    data: bytes,
    counters: Mapping[str, Counter],
    *,
    ballots: Sequence[bytes] = (),
    keys: Sequence[str] = (),
    receipts: Sequence[str] = (),
    heads: Sequence[Head] = (),
    combine: Combine | None = None,
    replay: Replay | None = None,
    margins: Margins | None = None,
) -> Report:
    """Check a result bundle; `counters` maps the name of each counter to the function that counts.

    `ballots` are files of papers that the caller holds, `keys` public keys (base64url) of signers that the caller
    knows, `receipts` codes to look for on the board, `heads` heads of the board that were mailed to the caller,
    `combine`, `replay` and `margins` the rules for the lot, for the text and for how close a count was.
    Raises `NotABundle` if the file is something else altogether; everything else is in the report.
    """
    report = Report()
    try:
        found = bundle.read(data)
        asked = definition.loads(found.files[bundle.DEFINITION])
    except bundle.NotABundle:
        raise
    except BundleRefused as error:
        report.failed(error.kind, str(error))
        return report
    except Refused as error:  # not canonical, malformed, or of another version: the sentence names file and place
        report.refused(error)
        return report
    if manifest.OF_BALLOT[asked.format] != found.manifest.format:
        words = f"A ballot of the format {asked.format} has a result of the format {manifest.OF_BALLOT[asked.format]}"
        report.failed(
            "downgraded", f"{words}, not {found.manifest.format}: somebody took away what the newer one checks."
        )
        return report
    report.title, report.questions = found.manifest.title, len(asked.questions)
    report.outcomes = [(question.title, question.outcome) for question in found.manifest.questions]
    report.passed("files", f"All {len(found.files)} files are there and are the ones that the manifest names.")
    case = Case(found, asked, counters, ballots, keys, receipts, heads, combine, replay, margins)
    for check in RULES[found.manifest.format]:
        try:
            check(case, report)
        except Refused as error:
            report.refused(error)
    return report


def _signatures(case: Case, report: Report) -> None:
    """k distinct signers, of those that the definition declares, signed exactly these bytes."""
    signed = case.found.files[bundle.MANIFEST]
    report.expect(case.found.signed == canonical.sha256(signed), "wrong manifest", "Another manifest was signed.")
    faults = signing.verify(signed, case.found.signatures, case.asked.signers, case.asked.k)
    for fault in faults:
        report.failed(fault.kind, fault.words)
    good = {each.key for each in case.found.signatures if signing.holds(signed, each)}
    for signer in case.asked.signers:
        report.signers.append((signer.name, signing.fingerprint(signer.key), signer.key in good))
    if not faults:
        count = f"{len(good)} of {case.asked.n} declared signers signed; {case.asked.k} had to."
        report.passed("signatures", count)


def _pinned(case: Case, report: Report) -> None:
    """Each key that the sceptic brought is a declared signer's, and that signer signed."""
    signed = case.found.files[bundle.MANIFEST]
    good = {each.key for each in case.found.signatures if signing.holds(signed, each)}
    declared = {signer.key for signer in case.asked.signers}
    known = set(case.keys)
    for key in sorted(known):
        name = signing.fingerprint(key)
        if report.expect(key in declared, "pinned key", f"Your key {name} is not among the declared signers'."):
            report.expect(key in good, "pinned key", f"The holder of your key {name} did not sign.")
    if not known:
        words = "No key was given: compare the signers' fingerprints with those you know from elsewhere."
        report.skipped("pinned key", words)
    elif known <= good & declared:
        report.passed("pinned key", f"{len(known)} of the signatures are by keys that you gave.")


def _definition(case: Case, report: Report) -> None:
    """The manifest is of this ballot, and its figures are possible: papers ≤ marked ≤ roll, and the board adds up."""
    found = agreement.disagreements(case.found.manifest, case.asked)
    for name, words in found:
        report.failed(name, words)
    if not found:
        result = case.found.manifest
        figures = f"{result.papers.counted:,} papers ≤ {result.marked:,} marked ≤ {result.electorate:,} on the roll."
        report.passed("definition", f"The ballot is the one that was opened. {figures}")


def _roll(case: Case, report: Report) -> None:
    """roll.json says of the roll what the manifest says."""
    summary, result = records.read_roll(case.found.files[bundle.ROLL]), case.found.manifest
    same = (summary.hash, summary.size, summary.marked) == (result.roll, result.electorate, result.marked)
    if report.expect(same, "roll", "roll.json and the manifest differ about the roll."):
        report.passed("roll", f"The roll was frozen by this rule: {summary.rule}")
        if result.changes:
            words = f"All {len(result.changes)} changes beside the frozen roll ({result.roll_size:,}) make one chain."
            report.passed("roll", words)


def _texts(case: Case, report: Report) -> None:
    """Each text has the hash that it is named by; a replay of decisions leads to the text that it claims."""
    texts = case.found.under("text")
    for name, data in texts.items():
        report.expect(canonical.sha256(data) == name.removesuffix(".json"), "text", f"text/{name} is another text.")
    for digest in case.found.manifest.texts:
        report.expect(f"{digest}.json" in texts, "text", f"The text {digest[:16]}…, which was decided, is not there.")
    for name, data in case.found.under("replay").items():
        _replay(case, report, name, canonical.loads(data, f"replay/{name}"))
    if texts and not any(check.name == "text" for check in report.failures):
        report.passed("text", f"All {len(case.found.manifest.texts)} texts put to the vote are those that were frozen.")


def _replay(case: Case, report: Report, name: str, value: Any) -> None:
    texts = case.found.under("text")
    shaped = isinstance(value, dict) and set(value) == {"base", "decisions", "result"}
    if not report.expect(shaped, "replay", f"replay/{name} does not say from what, by what, to what."):
        return
    base, end = (f"{value[part]}.json" for part in ("base", "result"))
    if not report.expect(base in texts and end in texts, "replay", f"replay/{name} names a text that is not there."):
        return
    if case.replay is None:
        report.skipped("replay", f"The decisions in replay/{name} were not replayed: no text engine was given.")
        return
    reached = case.replay(texts[base], value["decisions"])
    if report.expect(reached == value["result"], "replay", f"The decisions in replay/{name} lead to another text."):
        report.passed("replay", f"The decisions in replay/{name} lead to the text that they claim.")


def _board(case: Case, report: Report) -> None:
    """The heads mailed out are signed, and continue one another up to the root at the close, which the leaves make."""
    heads = records.read_heads(case.found.files[bundle.HEADS])
    board = case.found.manifest.board
    if board is None:
        report.expect(not heads and bundle.BOARD not in case.found.files, "board", "A recorded vote has no board.")
        return
    last = heads[-1] if heads else None
    same = last is not None and (last.size, last.root) == (board.leaves, board.root)
    fine = report.expect(same, "board", "The last head of the board is not the one that was signed.")
    for head in heads if case.asked.board_key is not None else ():
        said = SignedHead(case.asked.id, case.asked.hash, head.at, head.size, head.root, head.signature)
        words = f"The head of the board of {head.at} is not signed with the board key that the definition names."
        fine &= report.expect(said.holds(case.asked.board_key or ""), "board", words)
    broken = records.first_break(heads)
    if broken:
        fine = report.expect(False, "board", f"The board of {broken.at} does not continue the one before it.")
    if bundle.BOARD in case.found.files:
        leaves = records.read_board(case.found.files[bundle.BOARD])
        made = len(leaves) == board.leaves and merkle.root(leaves).hex() == board.root
        fine &= report.expect(made, "board", "The leaves in board.json do not make the root that was signed.")
    if fine:
        report.passed("board", f"The board of {board.leaves:,} envelopes continues all {len(heads)} heads mailed out.")


def _receipts(case: Case, report: Report) -> None:
    """Each receipt that the sceptic brought is on the board."""
    if not case.receipts:
        return
    if bundle.BOARD not in case.found.files:
        report.failed("receipt", "This bundle does not list the board, so no receipt can be looked for in it.")
        return
    leaves = {leaf for name in (bundle.BOARD, bundle.CHALLENGED) for leaf in _leaves(case, name)}
    for code in case.receipts:
        if report.expect(receipts.read_receipt(code) in leaves, "receipt", f"The receipt {code} is not on the board."):
            report.passed("receipt", f"The receipt {code} is on the board.")


def _leaves(case: Case, name: str) -> tuple[bytes, ...]:
    """The leaves in one of the bundle's lists of receipts; none where it has no such list."""
    return records.read_board(case.found.files[name], name) if name in case.found.files else ()


def _challenged(case: Case, report: Report) -> None:
    """The receipts of challenged ballots are those of the supplementary rolls' members: as many, and of the root signed."""
    said, leaves = case.found.manifest.challenged, _leaves(case, bundle.CHALLENGED)
    made = len(leaves) == said.admitted and merkle.root(leaves).hex() == said.root
    fine = report.expect(made, "challenged", "The receipts in challenged.json do not make the root that was signed.")
    words = "An envelope stands on the board and among the challenged ballots."
    fine &= report.expect(not set(leaves) & set(_leaves(case, bundle.BOARD)), "challenged", words)
    if fine and said.cast:
        words = f"{said.admitted:,} of {said.cast:,} challenged ballots were admitted, before the one opening."
        report.passed("challenged", words)


def _recounts(case: Case, report: Report) -> None:
    """Scrutineers named before the opening counted the papers again, came to the same, and signed that."""
    name, asked, result = bundle.RECOUNTS, case.asked, case.found.manifest
    found = recounts.read_all(case.found.files[name]) if name in case.found.files else ()
    named = {each.key: each.name for each in asked.scrutineers}
    wanted = [recounts.Question(q.key, q.papers, q.result) for q in result.questions]
    fine = True
    for each in found:
        who = named.get(each.key, signing.fingerprint(each.key))
        said = each.recounted
        fine &= report.expect(each.key in named, "recounts", f"{who} is no scrutineer named before the opening.")
        fine &= report.expect(each.holds, "recounts", f"The signature under the recount of {who} does not hold.")
        of_this = (said.ballot, said.definition) == (asked.id, asked.hash)
        fine &= report.expect(of_this, "recounts", f"The recount of {who} is of another ballot.")
        same = list(said.questions) == wanted
        fine &= report.expect(same, "recounts", f"The recount of {who} comes to something else than what was signed.")
    words = f"{len(found)} scrutineers signed a recount; {asked.recounts} must."
    if report.expect(len(found) >= asked.recounts, "recounts", words) and fine and found:
        report.by_scrutineers = len(found)
        who = ", ".join(named[each.key] for each in found)
        report.passed("recounts", f"Counted again from the full papers, with the same result, by {who}.")


def _heads(case: Case, report: Report) -> None:
    """Each head that was mailed to the sceptic is one that the board went through."""
    shown = {(head.size, head.root) for head in records.read_heads(case.found.files[bundle.HEADS])}
    listed = bundle.BOARD in case.found.files
    tree = merkle.Tree(records.read_board(case.found.files[bundle.BOARD]) if listed and case.heads else ())
    for size, root in case.heads:
        known = (size, root) in shown or (0 <= size <= len(tree) and tree.root(size).hex() == root)
        words = f"The board never stood at {size:,} envelopes with the root {root[:16]}…, as was mailed to you."
        if report.expect(known, "head", words):
            report.passed("head", f"The board continues the one of {size:,} envelopes that was mailed to you.")


def _lot(case: Case, report: Report) -> None:
    """The seed of the lot is what the declared rule makes of the values revealed and of the public value."""
    lot = case.found.manifest.lot
    if lot.seed is None:
        return
    if case.combine is None:
        report.skipped("lot", "Where the seed of the lot comes from was not checked: no rule for it was given.")
    elif report.expect(lot.value is not None, "lot", "A seed is given without the public value that was named for it."):
        seed = case.combine(lot.reveals, lot.commitments, lot.value or "")
        if report.expect(seed == lot.seed, "lot", "The seed of the lot is not what its parts make by the rule."):
            silent = f" Not revealed, though committed to, by member {', '.join(lot.silent)}." if lot.silent else ""
            report.passed(
                "lot", f"The seed of the lot follows from what was named and revealed: {lot.seed[:16]}…{silent}"
            )


def _questions(case: Case, report: Report) -> None:
    """Each count is the one that was signed, adds up, and, where the papers are there, comes out the same again."""
    of_none = set(case.found.under("pairwise")) - {f"{question.key}.json" for question in case.asked.questions}
    for name in sorted(of_none):
        report.failed("pairwise", f"pairwise/{name} is of no question of this ballot.")
    for question, result in zip(case.asked.questions, case.found.manifest.questions, strict=False):
        try:
            recount.check(case, report, question, result)
        except Refused as error:
            report.refused(error)


def _holder(case: Case, report: Report) -> None:
    """Each file of papers that the sceptic brought is the file of one of the questions."""
    wanted = {question.papers for question in case.found.manifest.questions}
    for place, data in enumerate(case.held, 1):
        words = f"File {place} of papers that you gave belongs to no question of this ballot, or was altered."
        report.expect(canonical.sha256(data) in wanted, "papers", words)


_FIRST = (_signatures, _pinned, _definition, _roll, _texts, _board)
_SECOND = (_challenged, _receipts, _heads, _lot, _questions, _recounts, _holder, secrecy.openings, secrecy.votes)

#: Which checks each known format is held to, in order; an older one by the rules of its time.
RULES = {
    manifest.FIRST: (*_FIRST, _receipts, _heads, _lot, _questions, _holder),
    manifest.SECOND: (*_FIRST, *_SECOND),
    manifest.FORMAT: (*_FIRST, beside.check, *_SECOND, materiality.check),
}
