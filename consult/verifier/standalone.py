"""The verifier as one file: `verify.py` in every bundle, which runs with Python 3.11 and nothing else installed.

It is made of the very sources of this package: each module that verification needs stands in it as text, line by line
behind `#|`, so that it can be read and compared (`sed -n 's/^#| \\{0,1\\}//p' verify.py`), and is loaded from there. What it
needs is said in its first lines.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from consult.counting import lots
from consult.counting.count import count, recount
from consult.counting.data import contest_from, papers_from
from consult.counting.margins import margins
from consult.counting.methods import METHODS
from consult.counting.reading import read_shown
from consult.domain.errors import Refused
from consult.ledger import said, shape
from consult.ledger.chain import parse_head
from consult.ledger.packing import LARGEST_FILE
from consult.ledger.papers import Group
from consult.ledger.report import Counter, Margin, Replay
from consult.ledger.verify import verify

#: What is loaded first, and the counters that are only imported by name when a ballot asks for their rule.
_ROOTS = ("consult.verifier.standalone", "consult.text.published")

_HEAD = '''"""Verifier for the result of a ballot, made from consult %(version)s. One file; nothing needs to be installed.

    python3 verify.py result-N.zip [--key KEY]... [--ballots FILE]... [--receipt CODE]... [--head SIZE:HASH]... [--json]

Needs Python 3.11 or newer. Signatures are checked by the package `cryptography` where it is installed, else in plain
Python (slower, the same answer). Texts that were amended are replayed only where `rapidfuzz` is installed; without it
that one check is left out, and said to be. No network, no database, nothing is written.

You have this file from the same people as the result: compare its SHA-256 with the one that consult publishes for version
%(version)s, or read it. Exit status: 0 everything holds, 1 something is wrong and is named, 2 not a bundle.
"""
import importlib.abc, importlib.util, sys

SOURCES = {}


class _Here(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules below from this very file."""

    def find_spec(self, name, path=None, target=None):
        if name in SOURCES:
            return importlib.util.spec_from_loader(name, self, is_package=SOURCES[name][0])

    def exec_module(self, module):
        package, lines = SOURCES[module.__name__]
        exec(compile("\\n".join(lines) + "\\n", "verify.py:" + module.__name__, "exec"), module.__dict__)


with open(__file__, encoding="utf-8") as own:
    for line in own:
        if line.startswith("#= "):
            _, name, kind = line.split()
            SOURCES[name] = (kind == "package", [])
        elif line.startswith("#|"):
            SOURCES[name][1].append(line[2:].removeprefix(" ").rstrip("\\n"))

sys.meta_path.insert(0, _Here())

if __name__ == "__main__":
    from consult.verifier.standalone import main

    sys.exit(main(sys.argv[1:]))

'''


@lru_cache(maxsize=1)
def source() -> bytes:
    """The bytes of verify.py; the same version of consult always makes the same."""
    from consult import __version__

    parts = [_HEAD % {"version": __version__}]
    for name in sorted(_needed()):
        package, text = _text(name)
        parts.append(f"#= {name} {'package' if package else 'module'}\n")
        parts += [f"#| {line}\n" if line else "#|\n" for line in text.split("\n")[:-1]]
    return "".join(parts).encode("utf-8")


def _text(name: str) -> tuple[bool, str]:
    """Whether a module of consult is a package, and its source."""
    *folders, last = name.split(".")[1:] or [""]
    place = files("consult").joinpath(*folders)
    package = place.joinpath(last, "__init__.py") if last else place.joinpath("__init__.py")
    if package.is_file():
        return True, package.read_text("utf-8")
    return False, place.joinpath(f"{last}.py").read_text("utf-8")


def _needed() -> set[str]:
    """Every module of consult that the verifier imports, anywhere in its text."""
    rules = [method.replace("-", "_") for method in METHODS]
    waiting = [*_ROOTS, *(f"consult.counting.{room}.{rule}" for room in ("fast", "plain") for rule in rules)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or not _exists(name):
            continue
        found.add(name)
        waiting += [name.rpartition(".")[0] or name, *_imports(_text(name)[1])]
    return found


def _exists(name: str) -> bool:
    parts = name.split(".")
    place = files("consult").joinpath(*parts[1:-1])
    return parts[0] == "consult" and (
        len(parts) == 1
        or place.joinpath(f"{parts[-1]}.py").is_file()
        or place.joinpath(parts[-1], "__init__.py").is_file()
    )


def _imports(text: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.startswith("consult")]


# -- running it ------------------------------------------------------------------------------------------------------


def counters() -> dict[str, Counter]:
    """The two counters, written apart, that every paper here is counted with."""
    return {"grouped": _counted(count), "plain": _counted(recount)}


def _counted(counter: Any) -> Counter:
    def counted(method: str, contest: dict[str, Any], groups: Sequence[Group], seed: str | None) -> dict[str, Any]:
        votes = papers_from((tuple(group.pattern), group.votes) for group in groups)  # type: ignore[misc]
        found: dict[str, Any] = counter(method, contest_from(contest), votes, seed).as_json()
        return found

    return counted


def margins_of(count: Mapping[str, Any]) -> list[Margin]:
    """How close a count was, from its JSON; figures of units may be withheld in it."""
    return [Margin(each.words, each.votes, each.written) for each in margins(read_shown(count))]


def replayer() -> Replay | None:
    """The rule by which amended texts are replayed; None where the package that it needs is not installed."""
    try:
        found: Replay = import_module("consult.text.published").replayed_hash
    except ImportError:
        return None
    return found


def main(words: Sequence[str]) -> int:
    """The verifier's command line, without any package; gives the exit status."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check a published result, trusting nobody.")
    parser.add_argument("file", type=Path, help="result-N.zip")
    parser.add_argument("--ballots", action="append", default=[], type=Path, help="a file of papers that you hold")
    parser.add_argument("--key", action="append", default=[], help="a signer's public key that you know (base64url)")
    parser.add_argument("--receipt", action="append", default=[], help="a receipt to look for")
    parser.add_argument("--head", action="append", default=[], help="a head mailed to you, SIZE:HASH")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    asked = parser.parse_args(words)
    try:
        report = verify(
            read_file(asked.file),
            counters(),
            ballots=[read_file(path) for path in asked.ballots],
            keys=[shape.encode(shape.decode(key.strip(), 32, "--key")) for key in asked.key],
            receipts=asked.receipt,
            heads=[parse_head(head) for head in asked.head],
            combine=lots.seed_of,
            replay=replayer(),
            margins=margins_of,
        )
    except (Refused, OSError) as refusal:
        print(f"verify.py: {refusal}", file=sys.stderr)
        return 2
    shown = json.dumps(report.as_json(), ensure_ascii=False, indent=2) if asked.json else "\n".join(said.lines(report))
    print(shown)
    return 0 if report.ok else 1


def read_file(path: Path) -> bytes:
    """A file's bytes, but never more than a bundle can have."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + (2 << 20))
