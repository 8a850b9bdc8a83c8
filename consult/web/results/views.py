"""Published results: outcome first, working out, certificate, and the bundle that anybody can check."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response

from consult.ledger import signatures
from consult.ledger.manifest import loads
from consult.service import ballots, certification, open_data, publication, reconciliation
from consult.web import open_files
from consult.web.guards import public
from consult.web.kept import for_visitors
from consult.web.results.presenters import named, worked_out

pages = Blueprint("results", __name__)


@pages.get("/results")
@public
@for_visitors
def index() -> str:
    """Every published result, newest first."""
    rows = publication.published()
    outcomes = publication.outcomes_of(row.ballot_id for row in rows)
    return render_template("results/index.html", published=rows, outcomes=outcomes)


@pages.get("/results/<int:ballot_id>")
@public
@for_visitors
def show(ballot_id: int) -> str:
    """One result."""
    found = publication.of(ballot_id)
    results = certification.results_of(found.ballot)
    signed = certification.signed(found.ballot)
    manifest = loads(publication.manifest_bytes(ballot_id))
    definition, certified = ballots.definition_of(found.ballot), certification.manifest_of(found.ballot)
    return render_template(
        "results/show.html",
        publication=found,
        ballot=found.ballot,
        named=named(definition, certified.parts),
        results=[(result, worked_out(result.question.key, result.count)) for result in results],
        signed=[(s, signatures.fingerprint(s.key.public_key)) for s in signed],
        definition=definition,
        silent=reconciliation.silent(found.ballot),
        manifest=manifest,
        manifest_hash=certified.hash,
        without_blt=open_data.without_blt(manifest),
    )


@pages.get("/results/<int:ballot_id>/result-<int:number>.zip")
@public
def bundle(ballot_id: int, number: int) -> Response:
    """The bundle, byte for byte as it was published."""
    found = publication.of(ballot_id if number == ballot_id else 0)
    tag = found.hash
    if request.if_none_match.contains(tag):
        return Response(status=304, headers={"ETag": quote_etag(tag)})
    headers = {"ETag": quote_etag(tag), "Content-Disposition": f'attachment; filename="result-{ballot_id}.zip"'}
    return Response(found.bundle, mimetype="application/zip", headers=headers)


# -- open data: docs/open-data.md -------------------------------------------------------------------------------------


@pages.get("/results/<int:ballot_id>/figures.json")
@public
def figures(ballot_id: int) -> Response:
    """The figures as JSON."""
    return open_files.sent(open_data.figures(publication.of(ballot_id)), "application/json", anywhere=True)


@pages.get("/results/<int:ballot_id>/figures.csv")
@public
def table(ballot_id: int) -> Response:
    """The figures as CSV."""
    return open_files.sent(open_data.table(publication.of(ballot_id)), "text/csv; charset=utf-8", anywhere=True)


@pages.get("/results/<int:ballot_id>/papers/<key>.blt")
@public
def papers(ballot_id: int, key: str) -> Response:
    """The papers of a question as BLT, where they are public."""
    body = open_data.ballots_file(publication.of(ballot_id), key)
    return open_files.sent(body, "text/plain; charset=utf-8", anywhere=True)
