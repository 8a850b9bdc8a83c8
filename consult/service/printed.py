"""An issued paper in its printed forms: its texts are read a few at a time from the versions that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from consult.domain.agenda import ORDER_PAPER, CutLine, cut_line, verdict
from consult.model.agenda import Issue
from consult.model.motions import MotionVersion
from consult.model.store import db
from consult.model.units import Organisation
from consult.printing import Format, Progress
from consult.printing.blocks import (
    PLAIN,
    Block,
    Heading,
    Items,
    Paper,
    Paragraph,
    Table,
    Tongue,
    Written,
    sides,
    text_of,
)

#: Motions whose texts are held at one time.
_AT_ONCE = 10


def write(
    issue: Issue,
    form: Format,
    out: BinaryIO,
    *,
    written: Callable[[datetime], str],
    tongue: Tongue = PLAIN,
    progress: Progress | None = None,
) -> None:
    """Write an issued paper in one form; `written` says an instant in words.

    Raises:
        Unavailable: if that form cannot be made here.
    """
    form.write(paper_of(issue, written, tongue), out, progress)


def name_of(issue: Issue, form: Format) -> str:
    """The name of its file: "standing-orders-committee-report-2-large-print.pdf"."""
    return f"{issue.title.lower().replace(' ', '-')}{'-large-print' if form.large else ''}.{form.ending}"


def paper_of(issue: Issue, written: Callable[[datetime], str], tongue: Tongue = PLAIN) -> Paper:
    """An issued paper as blocks."""
    row, said = db.session.get(Organisation, 1), tongue.said
    return Paper(
        title=said(issue.title),
        organisation=row.name if row else "consult",
        facts=(
            (said("Made for"), Written(issue.consultation.title)),
            (said("Issued"), written(issue.issued_at)),
            (said("Fingerprint"), issue.hash),
        ),
        language=tongue.tag,
        count=len(issue.content["motions"]) + 1,
        parts=lambda: _parts(issue, written, tongue),
        original=tongue.original,
    )


def _parts(issue: Issue, written: Callable[[datetime], str], tongue: Tongue) -> Iterator[Sequence[Block]]:
    said = tongue.said
    yield [*tongue.opening(), *_opening(issue, written, said)]
    entries = issue.content["motions"]
    for first in range(0, len(entries), _AT_ONCE):
        some = entries[first : first + _AT_ONCE]
        texts = _texts([entry["version"] for entry in some if entry["version"]])
        for place, entry in enumerate(some, start=first):
            heading: list[Block] = [] if place else [Heading(1, said("Motions"))]
            yield [*heading, *_motion(entry, texts.get(entry["version"]), said)]


def _texts(versions: Iterable[int]) -> dict[int, Any]:
    query = select(MotionVersion.id, MotionVersion.document, MotionVersion.lines)
    return {row.id: row for row in db.session.execute(query.where(MotionVersion.id.in_(list(versions))))}


def _opening(issue: Issue, written: Callable[[datetime], str], said: Callable[[str], str]) -> Iterator[Block]:
    for paragraph in filter(None, issue.words.splitlines()):
        yield Paragraph(paragraph, written=True)
    if issue.number > 1:
        yield Heading(1, said("What has changed"))
        if issue.changes:
            yield Items(tuple(map(said, issue.changes)))
        else:
            yield Paragraph(said(f"Nothing has changed since number {issue.number - 1}."))
    if issue.kind == ORDER_PAPER:
        yield from _order(issue.content.get("sittings", ()), written, said)
    yield from _line(cut_line(issue.content["motions"]), said)
    yield Heading(1, said("Summary"))
    yield summary(issue.content, said)


def _line(line: CutLine, said: Callable[[str], str]) -> Iterator[Block]:
    if not line.below:
        return
    yield Heading(1, said("The cut line"))
    if line.drawn:
        yield Paragraph(said(line.drawn))
    for words, names in (
        ("Above the line, and taken:", line.above),
        ("Added by a committee or a meeting, not chosen in the ballot:", line.added),
        ("Below the line, not prioritised and not taken:", line.below),
    ):
        if names:
            yield Paragraph(said(words))
            yield Items(tuple(_named(name, said) for name in names))


def _titled(entry: Mapping[str, Any], said: Callable[[str], str]) -> str:
    return Written(entry["title"], f"{said(entry['label'])}: ")


def _named(name: str, said: Callable[[str], str]) -> str:
    """“Motion 3: Our buses”, or the title of an item: what it says besides the label is people's own."""
    label, colon, title = name.partition(": ")
    known = said(label)
    return Written(title, f"{known}: ") if colon and known != label else Written(name)


def summary(content: Mapping[str, Any], said: Callable[[str], str] = str) -> Table:
    """Every motion with what the paper says of it, and how many amendments it has."""
    rows = tuple(
        (
            _titled(entry, said), entry["branch"], said(verdict(entry)),
            str(len(entry["amendments"])),
        )
        for entry in content["motions"]
    )  # fmt: skip
    head = ("Motion", "Branch", "What becomes of it", "Amendments")
    return Table(said("Every motion in a line"), tuple(map(said, head)), rows)


def _order(
    sittings: Iterable[Mapping[str, Any]], written: Callable[[datetime], str], said: Callable[[str], str]
) -> Iterator[Block]:
    for sitting in sittings:
        begins, ends = datetime.fromisoformat(sitting["begins"]), datetime.fromisoformat(sitting["ends"])
        yield Heading(1, Written(sitting["title"]))
        yield Paragraph(f"{sitting['place']}: {written(begins)} – {written(ends)}.")
        for caption, over in (("Order of business", False), ("Taken only if time allows", True)):
            rows = tuple(
                (_named(item["title"], said), written(datetime.fromisoformat(item["begins"])), str(item["minutes"]))
                for item in sitting["items"]
                if item["over"] is over
            )
            if rows:
                yield Table(said(caption), (said("Item"), said("Begins"), said("Length in minutes")), rows)


def _motion(entry: Mapping[str, Any], text: Any, said: Callable[[str], str]) -> Iterator[Block]:
    yield Heading(2, _titled(entry, said))
    moved = said(f"Moved by {entry['branch']}.")
    yield Paragraph(Written(f"{entry['topic']}.", f"{moved} ") if entry["topic"] else moved)
    yield Paragraph(said(verdict(entry)), strong=True)
    if entry.get("reason"):
        yield Paragraph(Written(entry["reason"], f"{said('Reason')}: "))
    if text is not None:
        yield text_of(text.document, text.lines, said)
    yield from sides(entry.get("summaries", {}), said)
    for amendment in entry["amendments"]:
        yield Heading(3, f"{said(amendment['label'] + ' to ' + entry['label'])}: {amendment['branch']}")
        yield Paragraph(said(verdict(amendment)), strong=True)
        if amendment.get("reason"):
            yield Paragraph(Written(amendment["reason"], f"{said('Reason')}: "))
        yield Items(tuple(amendment["rubric"]), written=True)
