"""Which columns of the tables of motions, amendments, composites and policies hold personal data, and what for."""

from __future__ import annotations

from consult.domain.purposes import Purpose as P
from consult.model.held.declared import Held

HELD: dict[str, Held] = {
    "action_report": Held(
        "reports on actions of a policy",
        {
            P.RECORD: "by_id at",
        },
        plain="id action_id progress body",
    ),
    "agenda_issue": Held(
        "issued agendas and reports",
        {
            P.RECORD: "issued_by_id issued_at",
        },
        plain="id consultation_id kind number words content changes hash",
    ),
    "amendment": Held(
        "amendments",
        {
            P.MOVING: "mover_id operations rubric reason response created_at submitted_at",
            P.RECORD: "submitted_by_id",
        },
        plain=(
            "id motion_id number unit_id state base_version_id parent_id marked words_added "
            "words_deleted falls_because order revision"
        ),
    ),
    "amendment_relation": Held(plain="amendment_id other_id relation clause_id matter"),
    "amendment_touch": Held(plain="amendment_id clause_id"),
    "appeal": Held(
        "appeals against rulings",
        {
            P.CASE: "by_id grounds at outcome reason",
            P.RECORD: "decided_by_id decided_at",
        },
        plain="ruling_id",
    ),
    "business_item": Held(
        plain=(
            "id sitting_id position kind title minutes motion_id issue_id state base_version_id parts "
            "closed reply outcome taken_at ended_at"
        )
    ),
    "card_vote": Held(
        "card votes at a sitting",
        {
            P.RECORD: "by_id at",
        },
        plain="division_id credential_id choice weight",
    ),
    "comment": Held(
        "comments in debate",
        {
            P.DEBATE: "author_id author_status stance quote body at hidden_at hidden_reason",
            P.RECORD: "hidden_by_id",
        },
        plain=(
            "id motion_id policy_id composite_id question_id option_id amendment_id parent_id clause_id version_id "
            "composite_text_id"
        ),
    ),
    "comment_report": Held(
        "reports of comments",
        {
            P.CASE: "member_id reason at",
        },
        plain="comment_id",
    ),
    "composite": Held(
        "composites",
        {
            P.RECORD: "created_at created_by_id",
        },
        plain=(
            "id consultation_id number title state unit_id document sources reasons revision seal "
            "motion_id ended_because"
        ),
    ),
    "composite_amendment": Held(plain="amendment_id composite_id outcome notes became_id answered_at"),
    "composite_answer": Held(
        "answers of branches to a composite",
        {
            P.RECORD: "by_id at",
        },
        plain="id text_id unit_id agrees reason",
    ),
    "composite_parent": Held(plain="composite_id motion_id version_id position live"),
    "composite_text": Held(
        "texts of composites",
        {
            P.RECORD: "by_id at",
        },
        plain="id composite_id hash document sources reasons",
    ),
    "translation": Held(
        "translations of texts",
        {
            P.RECORD: "made_by_id made_at approved_by_id approved_at",
        },
        plain=(
            "id motion_id amendment_id ballot_id consultation_id attestation_id language authoritative source source_hash "
            "words status made_as approved_as"
        ),
    ),
    "consequence": Held(
        "consequences",
        {
            P.RECORD: "by_id at ended_at ended_by_id",
        },
        plain=(
            "id consultation_id kind cause effect cause_motion_id cause_amendment_id effect_motion_id "
            "effect_amendment_id computed reason ended_because"
        ),
    ),
    "credential": Held(
        "credentials at a sitting",
        {
            P.EVENTS: "member_id card kind weight present made_at",
        },
        plain="id sitting_id unit_id replaces_id proxy_id",
    ),
    "disposal": Held(
        "what became of motions",
        {
            P.RECORD: "by_id at",
        },
        plain="id motion_id decision procedure source ballot_id place sent_to reason",
    ),
    "division": Held(
        "votes at a sitting",
        {
            P.RECORD: "put_by_id put_at declared_by_id declared_at",
        },
        plain=(
            "id sitting_id number item_id kind procedure amendment_id part parts words method "
            "threshold comparison votes_for votes_against abstained casting outcome effects"
        ),
    ),
    "leave": Held(
        "leave of a meeting",
        {
            P.RECORD: "by_id at",
        },
        plain="id motion_id given meeting division_id threshold method votes_for votes_against abstained",
    ),
    "minute": Held(
        "minutes behind motions",
        {
            P.RECORD: "by_id at",
        },
        plain=(
            "id motion_id amendment_id unit_id held_on present quorum votes_for votes_against text "
            "file_name file_type file file_hash"
        ),
    ),
    "model_motion": Held(
        "model motions",
        {
            P.RECORD: "by_id at",
        },
        plain="id policy_id party word_limit word_count document hash lines",
    ),
    "motion": Held(
        "motions",
        {
            P.MOVING: "mover_id draft created_at submitted_at",
            P.RECORD: "submitted_by_id",
        },
        plain="id consultation_id number title topic unit_id state revision version_id meeting_note",
    ),
    "motion_part": Held(
        "parts of motions",
        {
            P.RECORD: "decided_by_id decided_at",
        },
        plain="id motion_id version_id number clauses outcome votes_for votes_against",
    ),
    "motion_version": Held(
        "versions of motions",
        {
            P.RECORD: "created_at created_by",
        },
        plain="id motion_id sequence hash document lines word_count search_text cause provenance",
    ),
    "order_challenge": Held(
        "challenges to an order of votes",
        {
            P.CASE: "by_id reason proposed at outcome answer",
            P.RECORD: "decided_by_id decided_at",
        },
        plain="id motion_id order_id new_order_id",
    ),
    "policy": Held(plain="id motion_id version_id ballot_id division_id title adopted_at lapses_at state provenance"),
    "policy_action": Held(
        "actions of a policy",
        {
            P.RECORD: "by_id at holder",
        },
        plain="id policy_id clause_id due_on",
    ),
    "policy_step": Held(
        "what became of policies",
        {
            P.RECORD: "by_id at",
        },
        plain="id policy_id step reason successor_id lapses_at",
    ),
    "rebase": Held(
        plain=("id amendment_id from_version_id to_version_id status operations conflicts notes at answered_at")
    ),
    "recommendation": Held(
        "recommendations",
        {
            P.RECORD: "by_id at role",
        },
        plain="id motion_id amendment_id advice reason",
    ),
    "requisition": Held(
        "requisitions",
        {
            P.MOVING: "started_by_id started_at purpose",
        },
        plain="id unit_id kind title holding_id needed members state closes_at met_at hold_by sitting_id",
    ),
    "requisition_signature": Held(
        "signatures under requisitions",
        {
            P.MOVING: "member_id at",
        },
        plain="requisition_id",
    ),
    "resemblance": Held(
        "motions like earlier ones",
        {
            P.RECORD: "allowed_by_id allowed_at",
        },
        plain="motion_id other_id share barred_until allowed_because",
    ),
    "rule_change": Held(plain="motion_id text_id base_version_id operations rubric marked outcome because"),
    "rulebook_adoption": Held(
        "adoptions of rules",
        {
            P.RECORD: "by_id at",
        },
        plain="rulebook_id unit_id preset reason",
    ),
    "ruling": Held(
        "rulings",
        {
            P.RECORD: "by_id at",
        },
        plain="id motion_id amendment_id decision rule reason",
    ),
    "ruling_correction": Held(plain="ruling_id corrects_id"),
    "search_document": Held(
        "texts as they are found by searching",
        {
            P.MOVING: "owner_id heading body heading_words body_words vector",
        },
        plain="id kind subject_id number audience visible_from unit_id consultation_id motion_id state at",
        hidden="heading_words body_words vector",
    ),
    "sending": Held(
        "model motions sent",
        {
            P.RECORD: "by_id at sender",
        },
        plain="id model_motion_id body sent_on state revision",
    ),
    "sending_news": Held(
        "news of model motions",
        {
            P.RECORD: "by_id at",
        },
        plain="id sending_id state heard_on body",
    ),
    "set_aside": Held(
        "priorities set aside",
        {
            P.RECORD: "by_id at",
        },
        plain="ballot_id reason replaced_by_id",
    ),
    "sitting": Held(
        "sittings",
        {
            P.RECORD: "presiding_id",
        },
        plain=(
            "id consultation_id number title place starts_at ends_at state quorum quorate suspended "
            "by_card opened_at closed_at revision"
        ),
    ),
    "sitting_minute": Held(
        "minutes of sittings",
        {
            P.EVENTS: "words at",
        },
        plain="id sitting_id sequence item_id division_id",
    ),
    "sitting_office": Held(
        "offices at a sitting",
        {
            P.OFFICE: "member_id office",
        },
        plain="sitting_id",
    ),
    "standing_text": Held(plain="id unit_id title threshold"),
    "standing_version": Held(plain="id text_id sequence hash document lines motion_id created_at"),
    "submission": Held(
        "how motions were submitted",
        {
            P.MOVING: "moved_by reason at",
        },
        plain="motion_id kind arose_on rulebook_id",
    ),
    "support": Held(
        "seconders and supporters",
        {
            P.MOVING: "member_id status at",
        },
        plain="motion_id",
    ),
    "teller_count": Held(
        "tellers' counts",
        {
            P.RECORD: "teller_id at",
        },
        plain="division_id attempt votes_for votes_against abstained",
    ),
    "vote_order": Held(
        "orders of votes",
        {
            P.RECORD: "by_id at",
        },
        plain="id motion_id rule amendments sentences reason",
    ),
}
