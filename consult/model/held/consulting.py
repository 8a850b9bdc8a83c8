"""Which columns of the tables of consultations, meetings and events hold personal data, and what for."""

from __future__ import annotations

from consult.domain.purposes import Purpose as P
from consult.model.held.declared import Held

HELD: dict[str, Held] = {
    "attendance_correction": Held(
        "corrections of attendances",
        {
            P.RECORD: "reason at by_id",
        },
        plain="id gathering_id before after",
    ),
    "code": Held(plain="id consultation_id name meaning retired"),
    "coding": Held(
        "coding of submissions",
        {
            P.RECORD: "coder_id",
        },
        plain="id version_id part code_id quote",
    ),
    "coding_done": Held(
        "finished codings",
        {
            P.RECORD: "coder_id at read",
        },
        plain="version_id",
    ),
    "consultation": Held(plain="id title summary paper unit_id rulebook_id created_at"),
    "consultation_question": Held(plain="id consultation_id position kind wording help options needed"),
    "consultation_report": Held(
        "analyses and responses",
        {
            P.RECORD: "by_id created_at published_at",
        },
        plain="id consultation_id kind sequence state body figures revision",
    ),
    "contribution": Held(
        "submissions",
        {
            P.CONSULTING: "author_id author_status speaker named draft created_at submitted_at aside_reason",
        },
        plain="id consultation_id kind unit_id state revision version_id",
    ),
    "contribution_version": Held(
        "versions of submissions",
        {
            P.CONSULTING: "document created_at created_by",
        },
        plain="id contribution_id sequence hash",
    ),
    "gathering": Held(
        "meetings and events",
        {
            P.RECORD: "organiser_id created_at changed_at",
        },
        plain=(
            "id unit_id consultation_id kind title about place access link starts_at ends_at open_to "
            "capacity quorum state cancelled_because revision reminded_at"
        ),
    ),
    "gathering_answer": Held(
        "answers to invitations",
        {
            P.EVENTS: "member_id answer status at",
            P.ACCESS_NEEDS: "access_needs",
        },
        plain="gathering_id",
    ),
    "gathering_attendance": Held(
        "attendance",
        {
            P.EVENTS: "member_id status how",
        },
        plain="gathering_id",
    ),
    "gathering_minutes": Held(
        "minutes of meetings",
        {
            P.RECORD: "by_id at",
        },
        plain="id gathering_id sequence body",
    ),
    "motion_source": Held(
        "what a motion grew out of",
        {
            P.RECORD: "by_id at",
        },
        plain="motion_id consultation_id why code_id",
    ),
    "opinion_result": Held(plain="consultation_id basis result computed_at"),
    "paper_version": Held(
        "versions of a consultation's paper",
        {
            P.RECORD: "created_at created_by",
        },
        plain="id consultation_id sequence paper hash",
    ),
    "paragraph_comment": Held(
        "comments on a paragraph",
        {
            P.CONSULTING: "author_id author_status stance body at hidden_at hidden_reason",
            P.RECORD: "hidden_by_id",
        },
        plain="id consultation_id paper_id paragraph parent_id",
    ),
    "participation": Held(
        plain=("consultation_id publishing taking_part at_once minimum_group words statements seed declared_at")
    ),
    "phase": Held(plain="consultation_id kind opens_at closes_at note"),
    "phase_move": Held(
        "moves of a timetable",
        {
            P.RECORD: "reason at by_id",
        },
        plain="id consultation_id kind edge before after",
    ),
    "rulebook": Held(plain="id name version rules hash created_at"),
    "said_done": Held(plain="id consultation_id said did state code_id motion_id updated_at"),
    "statement": Held(
        "statements",
        {
            P.CONSULTING: "author_id author_status text state reason created_at screened_at",
            P.RECORD: "screened_by_id",
        },
        plain="id consultation_id",
    ),
    "statement_vote": Held(
        "how statements were answered",
        {
            P.CONSULTING: "member_id status choice",
        },
        plain="statement_id",
    ),
    "vote_taken": Held(
        "votes taken at meetings",
        {
            P.RECORD: "by_id at",
        },
        plain=(
            "id gathering_id question votes_for votes_against abstained threshold comparison present quorum outcome"
        ),
    ),
}
