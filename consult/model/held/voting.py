"""Which columns of the tables of rolls, ballots, papers and results hold personal data, and what for."""

from __future__ import annotations

from consult.domain.purposes import Purpose as P
from consult.model.held.declared import Held

HELD: dict[str, Held] = {
    "annulment": Held(
        "annulments",
        {
            P.RECORD: "by_id at",
        },
        plain="ballot_id reason",
    ),
    "ballot": Held(
        "ballots",
        {
            P.RECORD: "created_at created_by_id",
        },
        plain=(
            "id consultation_id title explanation level state opens_at closes_at grace_minutes "
            "roll_id definition definition_hash public_key lot_rule lot_words lot_value seed "
            "candidate_order order_seed replacing paper_rule statement_words signers_needed "
            "publication complaint_hours recounts_needed rerun_of_id marked envelope_root opened "
            "refused superseded on_paper sealed_by_server weighting revision closed_at counted_at"
        ),
    ),
    "ballot_key": Held(plain="ballot_id sealed"),
    "ballot_reminder": Held(
        "reminders of a ballot",
        {
            P.RECORD: "asked_at asked_by_id",
        },
        plain="id ballot_id number",
    ),
    "attestation": Held(
        "texts that members can confirm",
        {
            P.RECORD: "made_at made_by_id retired_at",
        },
        plain="id title words",
    ),
    "attested": Held(
        "confirmations of a declared text",
        {
            P.ROLL: "member_id made_at ended_at",
        },
        plain="id attestation_id",
    ),
    "board_head": Held(plain="ballot_id size root at signature mailed final"),
    "board_key": Held(plain="id public_key sealed"),
    "board_leaf": Held(plain="ballot_id position receipt"),
    "board_node": Held(plain="ballot_id level index hash"),
    "box_opening": Held(
        "openings of a sealed box",
        {
            P.RECORD: "recorded_at recorded_by_id",
        },
        plain="ballot_id number machine opened_hash transcript",
    ),
    "card": Held(
        "cards of delegates with more than one vote",
        {
            P.ROLL: "member_id votes",
        },
        plain="ballot_id",
    ),
    "challenge_batch": Held(
        "decisions on challenged ballots",
        {
            P.RECORD: "decided_by_id decided_at",
        },
        plain="id ballot_id admitted refused hash salt",
    ),
    "challenged_ballot": Held(
        "challenged ballots",
        {
            P.CASE: "member_id unit_id refused_by statement admitted reason receipt",
            P.SECRET_VOTE: "sealed retry_key sealed_by",
        },
        plain="ballot_id batch_id",
        hidden="sealed retry_key sealed_by",
    ),
    "circular": Held(
        "candidates' circulars",
        {
            P.CANDIDACY: "text state reason",
            P.RECORD: "judged_by_id",
        },
        plain="option_id ballot_id revision",
    ),
    "circular_call": Held(
        "calls for circulars",
        {
            P.RECORD: "opened_at opened_by_id sent_at sent_by_id",
        },
        plain="ballot_id words until",
    ),
    "circular_consent": Held(
        "agreeing to candidates' circulars",
        {
            P.PREFERENCES: "member_id agreed at",
        },
    ),
    "complaint": Held(
        "complaints about a ballot",
        {
            P.CASE: "made_by_id made_at about text affected found_affected outcome reasons",
            P.RECORD: "decided_by_id decided_at",
        },
        plain="id ballot_id number",
    ),
    "delivery": Held(
        "what became of links to vote",
        {
            P.ROLL: "member_id state remark opened doubled",
        },
        plain="ballot_id",
    ),
    "destruction": Held(
        "destructions of envelopes",
        {
            P.RECORD: "proposed_by_id proposed_at agreed_by_id agreed_at",
        },
        plain="ballot_id shares backups destroyed",
    ),
    "envelope": Held(
        "sealed votes",
        {
            P.SECRET_VOTE: "member_id sealed receipt retry_key sealed_by",
        },
        plain="ballot_id",
        hidden="sealed retry_key sealed_by",
    ),
    "extension": Held(
        "extensions of a close",
        {
            P.RECORD: "proposed_by_id proposed_at agreed_by_id agreed_at",
        },
        plain="id ballot_id closed_before closes_at reason",
    ),
    "officer_proposal": Held(
        "proposals that take two officers",
        {
            P.RECORD: "concerns_id reason proposed_by_id proposed_at agreed_by_id ended ended_at",
        },
        plain="id what subject_id title",
    ),
    "officer_proposal_terms": Held(plain="proposal_id terms"),
    "inspection_view": Held(
        "pages of a roll shown in an inspection",
        {
            P.PROTECTION: "at",
        },
        plain="id inspection_id page",
    ),
    "key_ceremony": Held(plain="ballot_id plan planned_at public uploaded_at trial trial_hash rehearsal rehearsed_at"),
    "manifest": Held(plain="ballot_id content hash parts decisions created_at certified_at"),
    "opened_paper": Held(plain="question_id hash pattern copies"),
    "option": Held(
        "candidates and options",
        {
            P.CANDIDACY: "member_id name statement group withdrawn photograph_hash",
        },
        plain="id question_id position key",
    ),
    "paper_duty": Held(
        "duties for papers",
        {
            P.RECORD: "member_id duty",
        },
        plain="ballot_id",
    ),
    "paper_entry": Held(
        "papers entered by hand",
        {
            P.RECORD: "first_by_id second_by_id",
            P.SECRET_VOTE: "first_mark sealed",
        },
        plain="ballot_id serial status reason",
        hidden="first_mark sealed",
    ),
    "paper_issue": Held(
        "papers issued",
        {
            P.ROLL: "member_id number status reason",
            P.RECORD: "issued_by_id",
        },
        plain="ballot_id",
    ),
    "paper_request": Held(
        "requests for a paper",
        {
            P.ROLL: "member_id",
        },
        plain="ballot_id",
    ),
    "photograph": Held(
        "photographs of candidates",
        {
            P.CANDIDACY: "hash large small",
        },
    ),
    "countback": Held(
        plain="holding_id question_id without count hash package_verdict needed_lot outcome",
    ),
    "proposed_fall": Held(
        "proposed falls",
        {
            P.RECORD: "decided_by_id decided_at",
        },
        plain="id ballot_id amendment_id reason can_stand at outcome ruling",
    ),
    "publication": Held(plain="ballot_id bundle hash published_at sentence"),
    "question": Held(
        plain=(
            "id ballot_id position title explanation method seats settings reserves ron motion_id "
            "amendment_id version_id"
        )
    ),
    "question_result": Held(
        "results",
        {
            P.RECORD: "lot_acknowledged_by_id",
        },
        plain="question_id count hash second_hash package_verdict needed_lot outcome",
    ),
    "recorded_vote": Held(
        "votes by name",
        {
            P.OPEN_VOTE: "member_id paper retry_key",
        },
        plain="ballot_id",
        hidden="retry_key",
    ),
    "recount": Held(
        "recounts",
        {
            P.RECORD: "asked_by_id asked_at reason done_by_id done_at",
        },
        plain="id ballot_id agrees finding",
    ),
    "roll": Held(
        "electoral rolls",
        {
            P.RECORD: "frozen_at frozen_by",
        },
        plain="id title rule size kept_out hash salt",
    ),
    "roll_addition": Held(
        "entries that came to a frozen roll with a batch",
        {
            P.ROLL: "member_id",
        },
        plain="roll_id change_id",
    ),
    "roll_change": Held(
        "batches, removals and restorations beside a frozen roll",
        {
            P.RECORD: "at changed_by reason",
        },
        plain="id roll_id number kind people hash salt head undoes",
    ),
    "roll_entry": Held(
        "entries in electoral rolls",
        {
            P.ROLL: "member_id unit_id email",
        },
        plain="roll_id",
    ),
    "roll_inspection": Held(
        "requests to inspect a roll",
        {
            P.CASE: "member_id purpose asked_at outcome reason starts_at ends_at",
            P.RECORD: "decided_by_id decided_at",
        },
        plain="id roll_id",
    ),
    "roll_removal": Held(
        "removals from a frozen roll, and appeals",
        {
            P.CASE: "member_id appeal appealed_at outcome answer",
            P.RECORD: "removed_by_id decided_by_id decided_at",
        },
        plain="change_id roll_id restored_id",
    ),
    "roll_seal": Held(plain="roll_id"),
    "seed_share": Held(
        "values for the lot",
        {
            P.RECORD: "member_id committed_at revealed_at",
        },
        plain="ballot_id commitment value salt",
    ),
    "share_holder": Held(
        "holders of a share of a key",
        {
            P.OFFICE: "member_id place",
        },
        plain="ballot_id",
    ),
    "signature": Held(
        "signatures under results",
        {
            P.RECORD: "member_id signed_at",
        },
        plain="ballot_id key_id value",
    ),
    "signed_recount": Held(
        "recounts that were signed",
        {
            P.RECORD: "member_id at",
        },
        plain="ballot_id key_id content value agrees",
    ),
    "signing_key": Held(
        "signing keys",
        {
            P.OFFICE: "member_id public_key registered_at retired_at",
        },
        plain="id",
    ),
    "superseded": Held(
        "votes replaced by a later one",
        {
            P.SECRET_VOTE: "member_id receipt",
        },
        plain="ballot_id",
    ),
    "turned_away": Held(
        "people turned away from a ballot",
        {
            P.CASE: "member_id why",
        },
        plain="ballot_id",
    ),
    "voting_link": Held(
        "links to vote",
        {
            P.SECRET_VOTE: "member_id token_hash newer_hash",
        },
        plain="ballot_id",
        hidden="token_hash newer_hash",
    ),
}
