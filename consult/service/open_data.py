"""Open data of a published result: its figures as JSON and CSV, and its papers as BLT, from the published bundle alone.

What the bundle withholds (figures of small units, papers that its declared rule keeps back) is withheld here as well,
because nothing else is read. The shapes are described in docs/open-data.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from consult.counting.files import blt
from consult.counting.files.election import ElectionFile
from consult.counting.methods import METHODS
from consult.domain.cells import guarded
from consult.domain.errors import NotFound
from consult.ledger import bundle, canonical, definition, papers
from consult.ledger.definition import Definition, Question
from consult.ledger.manifest import Manifest, QuestionResult
from consult.model.results import Annulment, Publication
from consult.model.store import db
from consult.service.audit import to_the_second

FORMAT = "consult-open-data/1"

#: The columns of the CSV file.
COLUMNS = ("question", "title", "method", "part", "stage", "action", "option", "votes", "status")

#: Forms of paper that BLT can hold: a mark for one, or a ranking.
_BLT_FORMS = ("one", "rank", "rank-ties")


def figures(found: Publication) -> bytes:
    """The figures as JSON (canonical: sorted keys, UTF-8)."""
    read = bundle.read(found.bundle)
    made, result = _definition(read), read.manifest
    annulled = db.session.get(Annulment, found.ballot_id)
    return canonical.dumps(
        {
            "format": FORMAT,
            "ballot": found.ballot_id,
            "title": result.title,
            "level": result.level,
            "publication": made.publication,
            "opened": made.opens,
            "closed": result.closed,
            "published": to_the_second(found.published_at),
            "annulled": to_the_second(annulled.at) if annulled else None,
            "roll": result.electorate,
            "marked": result.marked,
            "papers": asdict(result.papers),
            "bundle": found.hash,
            "questions": [_question(read.files, made, each) for each in result.questions],
        }
    )


def _definition(read: bundle.Bundle) -> Definition:
    return definition.loads(read.files[bundle.DEFINITION])


def _asked(made: Definition, key: str) -> Question:
    return next(question for question in made.questions if question.key == key)


def _question(files: Mapping[str, bytes], made: Definition, result: QuestionResult) -> dict[str, Any]:
    asked = _asked(made, result.key)
    return {
        "key": result.key,
        "title": result.title,
        "method": result.method,
        "version": result.version,
        "options": [option.name for option in asked.options],
        "seats": asked.seats,
        "winners": list(result.winners),
        "outcome": result.outcome,
        "spoiled": result.spoiled,
        "count": _count(files, result.key),
        "papers_published": f"ballots/{result.key}.json" in files,
    }


def _count(files: Mapping[str, bytes], key: str) -> Any:
    return canonical.loads(files[f"rounds/{key}.json"], "The count")


def table(found: Publication) -> bytes:
    """The figures as CSV (RFC 4180, UTF-8): one row for each option at each stage, and for the votes with no option."""
    read, out = bundle.read(found.bundle), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for result in read.manifest.questions:
        for row in _rows(_count(read.files, result.key)):
            writer.writerow([guarded(str(each)) for each in (result.key, result.title, result.method, *row)])
    return out.getvalue().encode()


def _rows(count: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Part, stage, action, option, votes, status: what each option has at the end of each stage."""
    rows: list[tuple[Any, ...]] = []
    elected: set[str] = set()
    excluded: set[str] = set()
    for stage in count["stages"]:
        at = (stage.get("part", 1), stage["number"], stage["action"])
        elected |= set(stage["elected"])
        excluded |= set(stage["excluded"])
        for name in count["candidates"]:
            if name in stage["votes"]:
                status = "elected" if name in elected else "excluded" if name in excluded else ""
                rows.append((*at, name, stage["votes"][name], status))
        rows.append((*at, "", stage["non_transferable"], "not transferable"))
        rows.append((*at, "", stage["loss"], "lost by rounding"))
    return rows


def blt_keys(result: Manifest) -> list[str]:
    """The questions whose papers are published and fit into BLT, by the manifest alone: the bundle may be large."""
    return [each.key for each in result.questions if _fits(result.files, each.key, each.method)]


def without_blt(result: Manifest) -> dict[str, str]:
    """The questions that have no papers as BLT, each with why: "rule" keeps the papers back, or "form" does not fit."""
    return {
        each.key: "form" if METHODS[each.method].form not in _BLT_FORMS else "rule"
        for each in result.questions
        if not _fits(result.files, each.key, each.method)
    }


def _fits(files: Collection[str], key: str, method: str) -> bool:
    return METHODS[method].form in _BLT_FORMS and f"ballots/{key}.json" in files


def ballots_file(found: Publication, key: str) -> bytes:
    """The papers of a question as BLT, like ones together; those that could not be read at all are not in it.

    Raises:
        NotFound: where there is no such question, its papers are not public, or BLT cannot hold them.
    """
    read = bundle.read(found.bundle)
    asked = {question.key: question for question in _definition(read).questions}.get(key)
    if asked is None:
        raise NotFound("There is no such question in this ballot.")
    if METHODS[asked.method].form not in _BLT_FORMS:
        raise NotFound(
            "BLT holds a mark or a ranking, and the papers of this question say more than that. Where they are published "
            "they are in the file of the result."
        )
    if not _fits(read.files, key, asked.method):
        raise NotFound(
            "The papers of this question are not published: the rule declared before the vote keeps them back."
        )
    given = papers.loads(read.files[f"ballots/{key}.json"], asked)
    weights: dict[Any, int] = {}
    for group in given.groups:
        ranking = group.pattern.ranking
        weights[ranking] = weights.get(ranking, 0) + group.votes
    return blt.write(
        ElectionFile(
            format="blt",
            names=tuple(option.name for option in asked.options),
            papers={**weights},
            title=asked.title,
            seats=asked.seats,
            withdrawn=_withdrawn(read.manifest, asked),
        )
    )


def _withdrawn(result: Manifest, asked: Question) -> tuple[int, ...]:
    gone = next(each.withdrawn for each in result.questions if each.key == asked.key)
    return tuple(place for place, option in enumerate(asked.options) if option.key in gone)
