"""Verification of one question: its count adds up, is the one signed, and comes out the same when counted again."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from consult.domain.errors import Refused
from consult.ledger import canonical, definition, electorate, pairs, papers, withholding
from consult.ledger.definition import Question
from consult.ledger.manifest import QuestionResult
from consult.ledger.report import Case, Report

#: Rules that move papers: at each stage votes, non-transferable and loss make up the valid votes.
CONSERVING = frozenset({"irv", "scottish-stv", "meek", "meek-prf", "ers97", "repeated-stv"})


def check(case: Case, report: Report, question: Question, result: QuestionResult) -> None:
    name = f"rounds/{question.key}.json"
    if not report.expect(name in case.found.files, "missing member", f"The bundle lacks {name}."):
        return
    count = canonical.loads(case.found.files[name], name)
    wrong = list(_disagreements(count, question, result, case.found.manifest.papers.votes))
    for failure, words in wrong:
        report.failed(failure, f"{question.title}: {words}")
    if case.found.manifest.lot.seed is None:
        words = f"{question.title}: a lot decided, but there is no seed from which it was drawn."
        report.expect(not _lot_drawn(count), "lot", words)
    if isinstance(count, dict) and (hidden := withholding.hidden(count)):
        words = (
            f"{question.title}: the figures of {len(hidden)} units are withheld; a recount from the papers finds them."
        )
        report.skipped("result", words)
    if not wrong:
        report.passed("arithmetic", f"{question.title}: the count is the one that was signed, and it adds up.")
    _publication(case, report, question)
    data = _papers_of(case, question, result)
    if data is None:
        words = f"{question.title}: the papers are not public, so arithmetic only. Who holds them adds --ballots FILE."
        report.skipped("count", words)
        return
    if _papers_fit(case, report, question, result, data):
        _pairs(case, report, question, result, data)
        if isinstance(count, dict):
            _recount(case, report, question, result, data, count)


def _pairs(case: Case, report: Report, question: Question, result: QuestionResult, data: bytes) -> None:
    """Where there is a pairwise table, it is the one that the papers make."""
    name = f"pairwise/{question.key}.json"
    if name not in case.found.files:
        return
    made = pairs.write(question, pairs.table(question, papers.loads(data, question), result.withdrawn))
    words = f"{question.title}: the pairwise table is not the one that the papers make."
    if report.expect(case.found.files[name] == made, "pairwise", words):
        report.passed("pairwise", f"{question.title}: the pairwise table is the one that the papers make.")


def _disagreements(count: Any, question: Question, result: QuestionResult, votes: int) -> list[tuple[str, str]]:
    """Where a count is not what the definition asked, the manifest says, or arithmetic allows."""
    if not isinstance(count, dict):
        return [("malformed", "the count is not an object.")]
    body = {name: value for name, value in count.items() if name != "hash"}
    found: list[tuple[str, str]] = []

    def expect(true: bool, name: str, words: str) -> None:
        if not true:
            found.append((name, words))

    made = result.result if withholding.hidden(count) else canonical.hash_of(body)  # then only a recount finds it
    expect(count.get("hash") == made == result.result, "result", "the count is not the one that was signed.")
    rule = (count.get("method"), count.get("version"), count.get("seats"))
    asked = (question.method, question.version, question.seats)
    expect(rule == asked, "result", "it was counted by another rule, or for another number of places.")
    names = labels(question)
    expect(count.get("candidates") == names, "options", "the options counted are not those on the ballot.")
    gone = [label for label, option in zip(names, question.options, strict=True) if option.key in result.withdrawn]
    expect(count.get("withdrawn", []) == gone, "options", "the count and the manifest differ about who withdrew.")
    winners = count.get("winners")
    expect(winners == list(result.winners), "result", "the count and the manifest name different winners.")
    named = [str(each) for each in winners] if isinstance(winners, list) else ["nobody"]
    possible = len(set(named)) == len(named) <= question.seats and set(named) <= set(names)
    expect(possible, "arithmetic", "there are winners that cannot be.")
    total = _whole_sum(count.get("ballots"))
    said = f"{total:,} papers counted and {result.spoiled:,} spoiled do not make {votes:,}."
    expect(total + result.spoiled == votes, "arithmetic", said)
    found += _stages(count)
    return found


def _stages(count: dict[str, Any]) -> list[tuple[str, str]]:
    """At each stage of a rule that moves papers, votes, non-transferable and loss make up the valid votes, exactly."""
    if count.get("method") not in CONSERVING:
        return []
    try:
        for stage in count["stages"]:
            parts = [*stage["votes"].values(), stage["non_transferable"], stage["loss"]]
            if sum(map(_exact, parts)) != count["ballots"]["valid"]:
                return [("arithmetic", f"at stage {stage['number']} votes were lost or made.")]
    except (KeyError, TypeError, ValueError, AttributeError):
        return [("malformed", "the stages of the count cannot be read.")]
    return []


def _lot_drawn(count: Any) -> bool:
    """Whether any tie of this count was broken by lot."""
    ties = count.get("ties") if isinstance(count, dict) else None
    return any(isinstance(tie, dict) and bool(tie.get("lot")) for tie in (ties if isinstance(ties, list) else ()))


def _publication(case: Case, report: Report, question: Question) -> None:
    """What is published of the papers is what was declared before opening."""
    rule, files = case.asked.publication, case.found.files
    stem = f"ballots/{question.key}"
    given = [f"{stem}.{kind}" for kind in ("json", "csv", "blt") if f"{stem}.{kind}" in files]
    if rule == "tables-only":
        report.expect(not given, "publication", f"{question.title}: papers are published, against what was declared.")
    elif rule == "all-papers":
        report.expect(f"{stem}.json" in given, "publication", f"{question.title}: papers are missing, though declared.")
    elif given:
        read = papers.loads(files[f"{stem}.json"], question) if f"{stem}.json" in files else None
        words = f"{question.title}: a pattern on fewer than {definition.COPIES} papers is published."
        report.expect(read is not None and read.safe, "publication", words)


def _papers_of(case: Case, question: Question, result: QuestionResult) -> bytes | None:
    """The file of this question's papers: from the bundle, else from what the sceptic holds."""
    inside = case.found.files.get(f"ballots/{question.key}.json")
    if inside is not None:
        return inside
    return next((data for data in case.held if canonical.sha256(data) == result.papers), None)


def _papers_fit(case: Case, report: Report, question: Question, result: QuestionResult, data: bytes) -> bool:
    """The papers are those that were signed, of this ballot, and as many as were counted."""
    title = question.title
    signed = canonical.sha256(data) == result.papers
    if not report.expect(signed, "papers", f"{title}: the papers are not those that were signed."):
        return False
    read, total = papers.loads(data, question, f"The papers of {title}"), case.found.manifest.papers
    fine = report.expect(read.ballot == case.asked.id, "papers", f"{title}: the papers are of another ballot.")
    whole = (read.counted, read.votes + read.spoiled, read.spoiled) == (total.counted, total.votes, result.spoiled)
    return report.expect(whole, "papers", f"{title}: there are not as many papers as were counted.") and fine


def _recount(
    case: Case, report: Report, question: Question, result: QuestionResult, data: bytes, count: dict[str, Any]
) -> None:
    """Every counter comes to the whole working out that was signed, not merely to the same winners."""
    read = papers.loads(data, question)
    roll = electorate.amended(case.asked.roll, case.found.manifest.changes)
    contest = definition.contest_of(case.asked, question, result.withdrawn, roll)
    agreed = bool(case.counters)
    for name, counter in case.counters.items():
        try:
            again = counter(question.method, contest, read.groups, case.found.manifest.lot.seed)
        except (Refused, ArithmeticError, LookupError, TypeError, ValueError) as error:  # hostile settings among them
            agreed = report.expect(False, "count", f"{question.title}: the {name} counter refuses: {error}")
            continue
        if again.get("version") != question.version:
            words = f"the {name} counter knows version {again.get('version')} of this rule, not {question.version}."
            agreed = report.expect(False, "rule version", f"{question.title}: {words}")
            continue
        words = f"{question.title}: the {name} counter comes to another result."
        same = again.get("hash") == result.result
        shown = withholding.redacted(again, withholding.hidden(count))
        agreed &= report.expect(same and canonical.dumps(shown) == canonical.dumps(count), "count", words)
    if agreed:
        report.recounted.append(question.key)
        report.passed("count", f"{question.title}: counted again ({', '.join(case.counters)}), with the same result.")


def labels(question: Question) -> list[str]:
    """The options' names as a count gives them: the second Sam in ballot order is "Sam #2"."""
    names = {option.name for option in question.options}
    used: list[str] = []
    for option in question.options:
        label, number = option.name, 1
        while label in used or (number > 1 and label in names):
            number += 1
            label = f"{option.name} #{number}"
        used.append(label)
    return used


def _whole_sum(ballots: Any) -> int:
    """Valid, blank and invalid together; -1 where they are not whole numbers."""
    total = 0
    for kind in ("valid", "blank", "invalid"):
        number = ballots.get(kind) if isinstance(ballots, dict) else None
        if type(number) is not int or number < 0:
            return -1
        total += number
    return total


def _exact(words: str) -> Fraction:
    """A decimal string as the exact number it is; short, so that nobody can make the sum take for ever."""
    if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", words):
        raise ValueError(words)
    return Fraction(words)
