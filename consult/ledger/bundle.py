"""The result bundle `result-<ballot>.zip`: which files it holds, how it is written, how it is read without trust."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from consult.ledger import canonical, levels, manifest, packing, signing
from consult.ledger.manifest import Manifest
from consult.ledger.packing import BundleRefused, NotABundle
from consult.ledger.signing import Signature

__all__ = ["Bundle", "BundleRefused", "NotABundle", "hashes", "name_of", "read", "readme", "write"]

MANIFEST, SIGNATURES, DEFINITION, ROLL = "manifest.json", "signatures.json", "definition.json", "roll.json"
HEADS, BOARD, README = "heads.json", "board.json", "README.txt"
CHALLENGED, RECOUNTS, MATERIALITY = "challenged.json", "recounts.json", "materiality.json"
VERIFIER = "verify.py"
VOTES = "votes.json"

#: Files that every bundle has.
REQUIRED = (MANIFEST, SIGNATURES, DEFINITION, ROLL, HEADS, README)

_KEY = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"

#: Every name that a member may have; anything else, a path that climbs included, is an unknown member.
KNOWN = re.compile(
    rf"manifest\.json|signatures\.json|definition\.json|roll\.json|heads\.json|board\.json|votes\.json|README\.txt"
    rf"|challenged\.json|recounts\.json|materiality\.json|verify\.py|openings/{_KEY}\.json"
    rf"|statements/[0-9a-f]{{64}}\.txt|photographs/[0-9a-f]{{64}}\.jpg"
    rf"|text/[0-9a-f]{{64}}\.json|pairwise/{_KEY}\.json|replay/{_KEY}\.json|rounds/{_KEY}\.json"
    rf"|charts/{_KEY}\.svg|ballots/{_KEY}\.(?:json|csv|blt)"
)


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read: `files` by name, and what its manifest and signatures say. Nothing is verified yet."""

    files: dict[str, bytes]
    manifest: Manifest
    signed: str
    signatures: tuple[Signature, ...]

    def under(self, folder: str) -> dict[str, bytes]:
        """The files of one folder, by the name within it."""
        start = folder + "/"
        return {name.removeprefix(start): data for name, data in self.files.items() if name.startswith(start)}


def name_of(result: Manifest) -> str:
    """The name under which the bundle is offered."""
    return f"result-{result.ballot}.zip"


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """What the manifest says of `files`: name → SHA-256 of each but the manifest and the signatures themselves."""
    return {name: canonical.sha256(data) for name, data in sorted(files.items()) if name not in (MANIFEST, SIGNATURES)}


def write(signed: bytes, signed_by: Iterable[Signature], files: Mapping[str, bytes]) -> bytes:
    """The bundle of these manifest bytes, signatures and files; the same input gives the same bytes.

    Refuses (`BundleRefused`) a file that the manifest does not name or names otherwise, and one missing or unknown.
    """
    members = {**files, MANIFEST: signed, SIGNATURES: signing.write(signed, signed_by)}
    _check_names(members)
    _check_hashes(members, manifest.loads(signed))
    return packing.pack(members)


def read(data: bytes) -> Bundle:
    """Read a bundle: `NotABundle` if it is something else, `BundleRefused` naming what is wrong with its files.

    Raises `shape.UnknownFormat`, `canonical.NotCanonical` or `shape.Malformed` for a manifest or signatures that
    cannot be read. Whether the signatures hold is not asked here.
    """
    files = packing.unpack(data)
    _check_names(files)
    result = manifest.loads(files[MANIFEST])
    signed, signed_by = signing.read(files[SIGNATURES])
    _check_hashes(files, result)
    return Bundle(files, result, signed, signed_by)


def _check_names(files: Mapping[str, bytes]) -> None:
    for name in sorted(files):
        if not KNOWN.fullmatch(name):
            raise BundleRefused("unknown member", f"The bundle holds {name[:80]!r}, which has no place in one.")
    for name in REQUIRED:
        if name not in files:
            raise BundleRefused("missing member", f"The bundle lacks {name}.")


def _check_hashes(files: Mapping[str, bytes], result: Manifest) -> None:
    found = hashes(files)
    for name in sorted(result.files.keys() - found.keys()):
        raise BundleRefused("missing member", f"The bundle lacks {name[:80]}, which its manifest names.")
    for name in sorted(found.keys() - result.files.keys()):
        raise BundleRefused("added member", f"The bundle holds {name}, of which its manifest knows nothing.")
    for name, digest in found.items():
        if result.files[name] != digest:
            raise BundleRefused("altered member", f"The file {name} is not the one that the manifest names.")


def readme(result: Manifest, published: bool) -> bytes:
    """README.txt for somebody who has never heard of any of this; `published`: whether papers are in the bundle.

    It is named in the manifest, so `result` may not yet hold `files`.
    """
    lines = [
        f"{result.title}",
        "",
        "This file holds the certified result of a ballot and what is needed to check it.",
        "",
        *wrap(levels.sentence(result.level), 100),
        *(["", "Outcome"] + [f"  {q.title}: {q.outcome}" for q in result.questions]),
        "",
        "To check it, without trusting whoever gave it to you:",
        f"  1. Take verify.py out of this file and run: python3 verify.py {name_of(result)}",
        "     It needs Python 3.11 or newer and nothing else, no network either. It came from the same people as the",
        "     result: compare its SHA-256 with the one that consult publishes for this version, or read it.",
        f"  2. Or install consult, or ask somebody you trust who has it: consult verify {name_of(result)}",
        "  3. Compare the fingerprints of the signers' keys that it prints with those you know from elsewhere,",
        "     or give the keys you hold: --key FILE. Without that, anybody could have signed.",
        "",
        "The papers are in ballots/, without names and in no order: the count is done again by two programs."
        if published
        else "The papers are not public. Their file's hash is in the manifest; who holds it adds --ballots FILE.",
        "",
        "What is in it",
        "  manifest.json     the figures, the outcome, and the SHA-256 of every other file: this is what was signed",
        "  signatures.json   Ed25519 signatures over the exact bytes of manifest.json",
        "  definition.json   the ballot as it was opened: questions, options, rules, who may sign, how many must",
        "  roll.json         the roll's rule, hash and size, and how many were marked",
        "  heads.json        the board of sealed votes as mailed out, each with proof that it continues the last",
        "  board.json        if present: every receipt on the board; add --receipt CODE to look for yours",
        "  openings/         for sealed votes: what each opening off line said of itself, and the hash both came to",
        "  votes.json        for open votes alone: who voted how, by name",
        "  text/             the exact texts that were decided, named by their SHA-256",
        "  statements/       what candidates said for themselves, and photographs/ how they were shown, by their SHA-256",
        "  rounds/           each count with its whole working out; charts/ shows the same as pictures",
        "  ballots/          the papers, where they are public",
        "  pairwise/         where the papers are not public: how many preferred each option to each other",
        "  challenged.json   if present: the receipts of challenged ballots that were admitted before the opening",
        "  recounts.json     if present: recounts that scrutineers made from the full papers and signed",
        "  materiality.json  who could not vote and what was complained of, against every margin of the result",
        "  verify.py         the verifier, in one file",
        "",
        "Any unzip opens this file. Packing it again, even unchanged, makes another file, which will not verify.",
        "",
    ]
    return "\n".join(lines).encode("utf-8")
