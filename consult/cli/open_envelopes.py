"""`consult open-envelopes`: k holders put their words together and open the box, off line, on every core."""

from __future__ import annotations

import os
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import click

from consult import __version__
from consult.cli.word_lists import create, lists
from consult.domain.errors import Refused
from consult.ledger import canonical, envelopes, opening
from consult.ledger import ceremony as documents
from consult.ledger.opening import Header, Opened, Tally, Transcript

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)

#: Envelopes opened by one process at a time, and how many such pieces wait for each process: this bounds the memory.
PIECE, AHEAD = 1_000, 4

_open_chunk: Callable[[bytes], tuple[Tally, Counter[str]]]


@click.command("open-envelopes")
@click.argument("box", metavar="BOX", type=_FILE)
@click.option(
    "--words", multiple=True, type=_FILE, help="A file with one holder's words; repeatable. Else they type them."
)
@click.option("--out", type=_FOLDER, default=Path(), help="The folder for what comes out (default: here).")
@click.option("--processes", type=click.IntRange(1), help="How many processes open envelopes (default: one a core).")
def open_envelopes(box: Path, words: tuple[Path, ...], out: Path, processes: int | None) -> None:
    """Open the file of envelopes BOX (from the desk) with the words of as many holders as are needed, off line.

    It writes the opened papers, sorted and without names, and a transcript. Do it on two machines: both must give the same
    hash. Nothing leaves the machine. Exit status 0 opened, 2 it could not be done.
    """
    try:
        with box.open("rb") as file:
            header = opening.read_header(file, box.name)
            click.echo(f"{header.definition.title}: {header.envelopes:,} envelopes.", err=True)
            click.echo(f"Fingerprint of its key: {header.key.fingerprint}", err=True)
            private, places = documents.private_key(header.key, lists(header.key, words))
            opened = open_all(file, header, private, processes or os.cpu_count() or 1)
        transcript, papers = _transcript(header, opened, places), opened.dumps()
        out.mkdir(parents=True, exist_ok=True)
        name = f"{header.definition.id}-{transcript.machine[:8]}.json"
        create(out / f"opened-{name}", papers, 0o600)
        create(out / f"transcript-{name}", transcript.dumps())
    except (Refused, OSError, UnicodeDecodeError) as refusal:
        click.echo(f"consult open-envelopes: {refusal}", err=True)
        sys.exit(2)
    click.echo("\n".join(transcript.in_words()))
    click.echo(f"\nCarry both to the desk: {out / f'opened-{name}'} and {out / f'transcript-{name}'}")


def open_all(file: BinaryIO, header: Header, private: bytes, processes: int) -> Opened:
    """Open every envelope in the file, which stands after its header; the root is checked on the way."""
    receipts = Receipts(header)
    pieces = receipts.seen(opening.chunks(file, header, PIECE))
    with click.progressbar(length=header.envelopes, label="Opening", file=sys.stderr) as bar:
        if processes == 1:
            parts: Iterable[tuple[Tally, Counter[str]]] = map(opening.chunk_opener(header, private), pieces)
            opened = opening.gather(header, _told(parts, bar))
        else:
            context = get_context("spawn")
            with ProcessPoolExecutor(processes, context, _start, (header.dumps(), private)) as pool:
                opened = opening.gather(header, _told(_ahead(pool, pieces, processes * AHEAD), bar))
    opening.check_root(header, opening.root(receipts.found))
    return opened


class Receipts:
    """The hashes of the envelopes, taken as the pieces go by."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.found: list[bytes] = []

    def seen(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, once each of their envelopes is hashed."""
        for piece in pieces:
            self.found += [envelopes.leaf(envelope) for _, envelope in opening.split(self.header, piece)]
            yield piece


def _start(header: bytes, private: bytes) -> None:
    """In each process: read the header and the key once."""
    global _open_chunk
    from io import BytesIO

    _open_chunk = opening.chunk_opener(opening.read_header(BytesIO(header)), private)


def _one(piece: bytes) -> tuple[Tally, Counter[str]]:
    return _open_chunk(piece)


def _ahead(pool: ProcessPoolExecutor, pieces: Iterable[bytes], most: int) -> Iterator[tuple[Tally, Counter[str]]]:
    """Results in the order of the pieces, with at most so many pieces on their way."""
    waiting: list[Future[tuple[Tally, Counter[str]]]] = []
    for piece in pieces:
        waiting.append(pool.submit(_one, piece))
        if len(waiting) >= most:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _told(parts: Iterable[tuple[Tally, Counter[str]]], bar: Any) -> Iterator[tuple[Tally, Counter[str]]]:
    for found, refused in parts:
        papers = next(iter(found.values()))  # every question has every paper
        bar.update(papers.total() + refused.total())
        yield found, refused


def _transcript(header: Header, opened: Opened, places: tuple[int, ...]) -> Transcript:
    return Transcript(
        ballot=opened.ballot,
        definition=opened.definition,
        root=opened.root,
        envelopes=opened.envelopes,
        challenged=opened.challenged,
        papers=opened.papers,
        opened=canonical.sha256(opened.dumps()),
        holders=tuple(f"{place}. {header.key.holders[place - 1].name}" for place in places),
        machine=secrets.token_hex(32),
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        software=f"consult {__version__}",
        on_paper=opened.on_paper,
    )
