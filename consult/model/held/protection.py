"""Which columns of the tables of data protection itself hold personal data."""

from __future__ import annotations

from consult.domain.purposes import Purpose as P
from consult.model.held.declared import Held

HELD: dict[str, Held] = {
    "data_case": Held(
        "requests and complaints about data, and breaches",
        {
            P.PROTECTION: (
                "member_id kind received_at due_at about wanted outcome reason closed_at acknowledged_at "
                "extended_at people reported_at told_at settled_at"
            ),
            P.RECORD: "opened_by_id closed_by_id",
        },
        plain="id",
    ),
    "data_case_step": Held(
        "steps taken in a request, a complaint or a breach",
        {P.PROTECTION: "at done_at what words", P.RECORD: "by_id"},
        plain="id case_id",
    ),
    "member_export": Held(
        "exports of members' data",
        {P.RECORD: "asked_by_id asked_at agreed_by_id agreed_at taken_at refused_because"},
        plain="id purpose columns unit_id statuses reason expires_at count",
    ),
    "member_export_person": Held(
        "who was in an export",
        {P.PROTECTION: "member_id"},
        plain="export_id",
    ),
    "member_read": Held(
        "who read whose entry",
        {P.PROTECTION: "member_id day what", P.RECORD: "reader_id"},
    ),
    "protection_paper": Held(
        "impact assessments and records of processing",
        {P.RECORD: "saved_by_id saved_at signed_by_id signed_at"},
        plain="id kind sequence answers facts_hash",
    ),
    "retention_run": Held(plain="id at removed"),
}
