"""Reports of undeliverable mail, wherever a mail server puts them: a pipe, a file, a mailbox of many, or a watched Maildir."""

from __future__ import annotations

import logging
import mailbox
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app

from consult.domain.errors import Invalid
from consult.model.store import db
from consult.service import bounces
from consult.service.bounces import Outcome
from consult.service.delivery_reports import LARGEST

log = logging.getLogger("consult.job")

#: As many messages of a Maildir are read in one round.
MOST = 2_000


def of_stream(file: BinaryIO) -> Iterator[bytes]:
    """The one message that a mail server hands over in a pipe; what stands beyond the longest report is not read."""
    data = file.read(LARGEST + 1)
    while file.read(LARGEST):  # to the end, so that the mail server's pipe does not break
        pass
    yield data.split(b"\n", 1)[-1] if data.startswith(b"From ") else data


def of_place(place: Path) -> Iterator[bytes]:
    """The messages of a file with one, of an mbox with many, or of a Maildir; none of them is changed.

    Raises:
        Invalid: if there is nothing that can be read.
    """
    try:
        if (place / "new").is_dir():
            box: mailbox.Mailbox[Any] = mailbox.Maildir(place, create=False)
        elif place.is_dir():
            raise Invalid(f"{place} is a folder and no Maildir: it has no folder “new”.")
        else:
            with place.open("rb") as file:
                if file.read(5) != b"From ":
                    file.seek(0)
                    yield from of_stream(file)
                    return
            box = mailbox.mbox(place, create=False)
        with closing(box):
            yield from (box.get_bytes(key) for key in sorted(box.keys()))
    except OSError as fault:
        raise Invalid(f"{place} cannot be read: {fault.strerror}.") from fault


def take_stream(file: BinaryIO) -> Counter[Outcome]:
    """Read the one message of a pipe as a report; what it came to."""
    return Counter(bounces.take(data) for data in of_stream(file))


def take_place(place: Path) -> Counter[Outcome]:
    """Read the messages of a file or mailbox as reports; how many came to what.

    Raises:
        Invalid: as `of_place`.
    """
    return Counter(bounces.take(data) for data in of_place(place))


def watch() -> int:
    """Read what is new in the Maildir that the settings name, and lay it aside as seen; how many messages that were.

    A message is laid aside after what it says is written down: after a fault it is read again, which changes nothing.
    """
    named = current_app.config["CONSULT_MAIL_BOUNCES_MAILDIR"]
    new, seen = Path(named) / "new", Path(named) / "cur"
    if not named or not new.is_dir():
        return 0
    seen.mkdir(exist_ok=True)
    done = 0
    for place in sorted(new.iterdir())[:MOST]:
        try:
            with place.open("rb") as file:
                outcome = bounces.take(next(of_stream(file)))
            place.rename(seen / f"{place.name.partition(':')[0]}:2,S")
        except OSError as fault:
            log.warning("a report of undeliverable mail could not be read (%s)", type(fault).__name__)
            continue
        finally:
            db.session.rollback()
        log.info("a message that came back: %s", outcome.value)
        done += 1
    return done
