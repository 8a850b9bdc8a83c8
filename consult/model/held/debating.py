"""Which columns of the tables of debate and its moderation hold personal data, and what for."""

from __future__ import annotations

from consult.domain.purposes import Purpose as P
from consult.model.held.declared import Held

HELD: dict[str, Held] = {
    "debate_rule": Held(
        "slow mode and screening",
        {
            P.RECORD: "begun_by_id begun_at ended_by_id ended_at",
        },
        plain="id motion_id policy_id composite_id question_id consultation_id kind minutes reason",
    ),
    "earlier_text": Held(
        "earlier wordings of contributions",
        {
            P.DEBATE: "stance body replaced_at",
        },
        plain="id comment_id paragraph_comment_id",
    ),
    "hustings": Held(
        "questions to candidates",
        {
            P.RECORD: "declared_by_id declared_at",
        },
        plain="ballot_id until",
    ),
    "moderation": Held(
        "decisions of moderators",
        {
            P.RECORD: "by_id at",
            P.CASE: "ground reason",
        },
        plain="id comment_id paragraph_comment_id waiting_id decision",
    ),
    "moderation_appeal": Held(
        "appeals against moderators",
        {
            P.CASE: "words at outcome answer",
            P.RECORD: "decided_by_id decided_at",
        },
        plain="moderation_id",
    ),
    "paragraph_report": Held(
        "reports of comments on a paragraph",
        {
            P.CASE: "member_id reason at",
        },
        plain="comment_id",
    ),
    "side_summary": Held(
        "summaries of one side",
        {
            P.DEBATE: "drafted_by_id side body at",
        },
        plain="id motion_id policy_id composite_id needed approved_at replaced_at",
    ),
    "summary_approval": Held(
        "approvals of summaries",
        {
            P.DEBATE: "member_id at",
        },
        plain="summary_id",
    ),
    "waiting_post": Held(
        "contributions that wait for a moderator",
        {
            P.DEBATE: "author_id author_status stance quote body at",
        },
        plain=(
            "id motion_id policy_id composite_id question_id option_id amendment_id parent_id answers_id clause_id "
            "version_id composite_text_id consultation_id paragraph "
            "paragraph_parent_id paragraph_answers_id paper_id due_at state comment_id paragraph_comment_id"
        ),
    ),
}
