"""`consult sign` and `consult signing-key`: certify a result with a key of your own, offline, seeing what you sign."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consult.cli.word_lists import create
from consult.domain.errors import Refused
from consult.ledger import canonical, definition, manifest, shape, signatures
from consult.ledger.manifest import Manifest

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("manifest_file", metavar="MANIFEST", type=_FILE)
@click.option("--key", "key_file", required=True, type=_FILE, help="Your private key (PEM).")
@click.option(
    "--definition",
    "definition_file",
    type=_FILE,
    help="The ballot's definition.json, whose words are shown; one that lies beside MANIFEST is read by itself.",
)
@click.option("--out", type=_NEW, help="Where to write the signature; without it, it is printed.")
@click.option("--yes", is_flag=True, help="Do not ask, for use in scripts. You then sign what you have not been shown.")
def sign(manifest_file: Path, key_file: Path, definition_file: Path | None, out: Path | None, yes: bool) -> None:
    """Sign MANIFEST (manifest.json of a result) with your own key; nothing leaves this machine.

    It first shows in words what your signature will say. Exit status 0 signed, 1 you said no, 2 it could not be done.
    """
    try:
        data = manifest_file.read_bytes()
        result = manifest.loads(data, manifest_file.name)
        for line in _shown(result, data, _names(result, definition_file or manifest_file.with_name("definition.json"))):
            click.echo(line, err=True)
        if not yes and not click.confirm("Do you certify this?", err=True):
            click.echo("Nothing was signed.", err=True)
            sys.exit(1)
        key = _key(key_file)
        signature = signatures.sign(data, key)
        written = signatures.write(data, [signature])
        if out is None:
            click.echo(written.decode("ascii"))
        else:
            create(out, written, 0o644)
            click.echo(f"Signed. Give {out} to the committee's page; your key stays with you.", err=True)
    except (Refused, OSError) as refusal:
        _stop("sign", refusal)


@click.command("signing-key")
@click.argument("new_file", metavar="NEWFILE", type=_NEW)
@click.option("--no-passphrase", is_flag=True, help="Leave the key unlocked: only for a medium that you lock away.")
def signing_key(new_file: Path, no_passphrase: bool) -> None:
    """Make a key to certify results with: NEWFILE is private and yours alone; its public part is printed.

    The public part and its fingerprint go to the officer who sets up ballots. The file is an ordinary PEM key, which
    OpenSSL reads too. Exit status 0 made, 2 it could not be made.
    """
    try:
        if new_file.exists():
            raise Refused(f"{new_file} exists already; a key is never overwritten. Choose another name.")
        passphrase = "" if no_passphrase else _new_passphrase()
        key = signatures.generate_key()
        create(new_file, signatures.write_key(key, passphrase), 0o600)
    except (Refused, OSError) as refusal:
        _stop("signing-key", refusal)
    public = signatures.public_part(key)
    click.echo(f"Public key:   {public}")
    click.echo(f"Fingerprint:  {signatures.fingerprint(public)}")
    click.echo(f"Private key:  {new_file} (keep it off the server, with a copy in another place)", err=True)


#: Question → option → what it is called on the paper.
_Names = dict[str, dict[str, str]]


def _names(result: Manifest, file: Path) -> _Names:
    """The words of the paper, from the definition to which the manifest is bound; none where there is no such file.

    Raises:
        Refused: for the definition of another ballot.
    """
    if not file.exists():
        return {}
    kept = definition.loads(file.read_bytes())
    if kept.hash != result.definition:
        raise Refused(f"{file} is not the definition of this ballot: its hash is not the one in the manifest.")
    return {question.key: {option.key: option.name for option in question.options} for question in kept.questions}


def _shown(result: Manifest, data: bytes, names: _Names) -> list[str]:
    """What is about to be signed, in words, and the hash to compare with other signers."""
    unnamed = not names and any(question.withdrawn for question in result.questions)
    return [
        "You are about to certify:",
        "",
        *(f"  {shape.printable(line)}".rstrip() for line in manifest.in_words(result, names)),
        *(["", "Lay the ballot's definition.json beside the manifest to read who the options are."] if unnamed else ()),
        "",
        f"The ballot closed at {result.closed}. Counted by {shape.printable(result.software)}.",
        f"SHA-256 of the manifest: {canonical.sha256(data)}",
        "Other signers must see the same. Sign only if this is what you saw counted.",
        "",
    ]


def _key(path: Path) -> Ed25519PrivateKey:
    pem = path.read_bytes()
    passphrase = click.prompt("Passphrase", hide_input=True, err=True) if signatures.is_encrypted(pem) else ""
    return signatures.read_key(pem, passphrase)


def _new_passphrase() -> str:
    passphrase: str = click.prompt(
        "A passphrase for the new key (several words)", hide_input=True, confirmation_prompt=True, err=True
    )
    if len(passphrase) < 12:
        raise Refused("A passphrase has at least 12 characters; four or five unrelated words do well.")
    return passphrase


def _stop(command: str, refusal: Exception) -> None:
    click.echo(f"consult {command}: {refusal}", err=True)
    sys.exit(2)
