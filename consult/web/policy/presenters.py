"""How a policy's provenance is shown: each clause as runs of words with who wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.model.motions import Policy
from consult.service.versions import document_of
from consult.text import provenance


def written_clauses(policy: Policy, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Clauses that amendments wrote in: label and runs (words, name of the writer, whether an amendment wrote them)."""
    document = document_of(policy.version)
    authors = provenance.from_data(policy.provenance)
    own = {clause.id: ("",) * len(clause.words) for clause in document.clauses}
    runs = provenance.provenance(document, own | authors)
    return [
        {
            "label": document.labels[clause.id],
            "runs": [(run.text, names.get(run.author, ""), bool(run.author)) for run in runs[clause.id]],
        }
        for clause in document.clauses
        if any(run.author for run in runs[clause.id])
    ]
