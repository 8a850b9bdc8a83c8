"""What stood beside the choices: candidates' statements and photographs, bound by their hashes into the definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from consult.ledger import canonical
from consult.ledger.definition import Definition
from consult.ledger.report import Case, Report

#: Member of an option in the definition → (folder in the bundle, how a file's name ends there).
FOLDERS = {"statement": ("statements", ".txt"), "photograph": ("photographs", ".jpg")}


def hash_of(said: str) -> str | None:
    """The hash by which a statement stands in the definition; None where nothing is said.

    >>> hash_of("I ride the bus.")[:8], hash_of("")
    ('e7a3691b', None)
    """
    return canonical.sha256(said.encode("utf-8")) if said else None


def files(statements: Mapping[str, bytes], photographs: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a bundle for statements (UTF-8) and photographs (JPEG), each by its hash."""
    named = {"statement": statements, "photograph": photographs}
    return {
        f"{folder}/{digest}{end}": data
        for kind, (folder, end) in FOLDERS.items()
        for digest, data in named[kind].items()
    }


def check(case: Case, report: Report) -> None:
    """Every statement and photograph that the definition names is there and is the very one; no other is there."""
    for kind, (folder, end) in FOLDERS.items():
        named = dict(_named(case.asked, kind))
        there, fine = case.found.under(folder), True
        for digest, who in sorted(named.items()):
            data = there.get(digest + end)
            words = f"The {kind} of {who} is missing, or is another than voters saw."
            fine &= report.expect(data is not None and canonical.sha256(data) == digest, kind, words)
        for name in sorted(there.keys() - {digest + end for digest in named}):
            fine = report.expect(False, kind, f"{folder}/{name} is of nobody on this ballot.")
        if named and fine:
            report.passed(kind, f"All {len(named)} {kind}s beside the choices are those that voters saw.")


def _named(asked: Definition, kind: str) -> Iterator[tuple[str, str]]:
    for question in asked.questions:
        for option in question.options:
            digest = getattr(option, kind)
            if digest is not None:
                yield digest, option.name
