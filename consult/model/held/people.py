"""Which columns of the tables of accounts and the register hold personal data, and what for."""

from __future__ import annotations

from consult.domain.purposes import Purpose as P
from consult.model.held.declared import Held

HELD: dict[str, Held] = {
    "act_reason": Held(plain="sequence reason salt"),
    "access_token": Held(
        "tokens for programs",
        {
            P.SIGN_IN: "member_id name token_hash scopes made_at expires_at last_used_on revoked_at",
            P.RECORD: "revoked_by",
        },
        plain="id",
        hidden="token_hash",
    ),
    "account": Held(
        "ways of signing in",
        {
            P.SIGN_IN: (
                "member_id password_hash totp_sealed totp_confirmed_at totp_new_sealed totp_last_step created_at"
            ),
        },
        hidden="password_hash totp_sealed totp_new_sealed totp_last_step",
    ),
    "attempt": Held(
        "counts of attempts",
        {
            P.SIGN_IN: "key count window_started_at",
        },
        hidden="key",
    ),
    "audit_event": Held(
        "the audit log",
        {
            P.AUDIT: "at event actor subject data",
        },
        plain="sequence previous hash",
    ),
    "calendar_address": Held(
        "secret addresses of calendars",
        {
            P.SIGN_IN: "member_id secret_hash made_at",
        },
        hidden="secret_hash",
    ),
    "audit_head": Held(plain="sequence hash sent_at recipients"),
    "body": Held(plain="id unit_id name remit seats reserves term_months confers created_at dissolved_at revision"),
    "body_change": Held(
        "what was done to bodies",
        {
            P.RECORD: "changed_by at",
        },
        plain="id body_id what reason",
    ),
    "bounce": Held(
        "mail that came back",
        {
            P.NOTICES: "report member_id address at status words permanent settled_at",
        },
        plain="id",
        hidden="report",
    ),
    "claim_proposal": Held(
        "what another place says of members",
        {
            P.REGISTER: "member_id provider what old new made_at decided_at outcome",
            P.RECORD: "decided_by",
        },
        plain="id",
    ),
    "decision": Held(
        "entries in registers of decisions",
        {
            P.RECORD: "at entered_by",
        },
        plain="id unit_id number decided_on kind title words reason place search_text",
    ),
    "development_mail": Held(
        "mail while developing",
        {
            P.NOTICES: "address subject body sent_at",
        },
        plain="id",
    ),
    "follow": Held(
        "motions followed",
        {
            P.PREFERENCES: "member_id following",
        },
        plain="motion_id",
    ),
    "founding_period": Held(plain="unit_id starts_at ends_at reason"),
    "heartbeat": Held(plain="name at"),
    "identity": Held(
        "sign-ins at other places",
        {
            P.SIGN_IN: "member_id issuer subject how linked_at last_used_at",
        },
        plain="id",
    ),
    "identity_session": Held(
        "sessions begun at other places",
        {
            P.SIGN_IN: "token_hash identity_id sid",
        },
        hidden="token_hash",
    ),
    "import_change": Held(
        "what imports changed",
        {
            P.REGISTER: (
                "member_id at missing what old_status new_status old_unit_id new_unit_id old_joined_at new_joined_at"
            ),
            P.SUBSCRIPTION: "old_paid_until new_paid_until",
            P.RECORD: "changed_by",
        },
        plain="id",
    ),
    "import_chunk": Held(
        "pieces of a file that is read in",
        {
            P.IMPORT: "content",
        },
        plain="file_id place",
    ),
    "import_file": Held(
        "files that are read in",
        {
            P.IMPORT: "examples samples columns",
            P.RECORD: "sent_by read_at",
        },
        plain=(
            "id state sha256 touched_at size done encoding delimiter heading shape mapping options "
            "figures fingerprint refusal"
        ),
    ),
    "import_mapping": Held(
        "remembered columns of files",
        {
            P.RECORD: "chosen_by at",
        },
        plain="shape mapping options",
    ),
    "import_row": Held(
        "rows of a file that is read in",
        {
            P.IMPORT: (
                "number name email email_key status joined_at joined_before unit_id branch region "
                "nation phone phone_key address address_key paid_until search_key fault"
            ),
        },
        plain="file_id line",
    ),
    "language_choice": Held(
        "languages chosen",
        {
            P.PREFERENCES: "member_id tag",
        },
    ),
    "login_token": Held(
        "links to sign in",
        {
            P.SIGN_IN: "token_hash member_id purpose created_at expires_at used_at",
        },
        hidden="token_hash",
    ),
    "mandate": Held(
        "mandates",
        {
            P.RECORD: "by_id at",
        },
        plain=(
            "id unit_id holding_id motion_id ballot_id kind position words held_on present votes_for "
            "votes_against minute"
        ),
    ),
    "member": Held(
        "the register",
        {
            P.REGISTER: "number name status joined_at unit_id created_at erased_at search_key merged_into_id",
            P.CONTACT: "email email_key phone address phone_key address_key",
            P.SUBSCRIPTION: "paid_until",
        },
        plain="id",
    ),
    "member_change": Held(
        "corrections of entries",
        {
            P.REGISTER: "member_id at what old new reason",
            P.RECORD: "changed_by",
        },
        plain="id",
    ),
    "member_merge": Held(
        "merged entries",
        {
            P.REGISTER: "kept_id merged_id at reason before after undone_at undone_because",
            P.RECORD: "merged_by undone_by",
        },
        plain="id",
    ),
    "member_word": Held(
        "words by which people are found",
        {
            P.REGISTER: "word member_id",
        },
    ),
    "network_membership": Held(
        "networks",
        {
            P.REGISTER: "member_id unit_id joined_at",
        },
    ),
    "nomination": Held(
        "nominations",
        {
            P.CANDIDACY: "nominee_id state group statement photograph_hash at answered_at because",
            P.RECORD: "proposed_by_id",
        },
        plain="id call_id option_key",
    ),
    "nomination_call": Held(
        plain=(
            "id body_id title seats reserves rules opens_at closes_at consent_by withdraw_by "
            "term_starts_at term_until casual state outcome ballot_id question_id again_of_id created_at revision"
        )
    ),
    "nomination_support": Held(
        "support for nominations",
        {
            P.CANDIDACY: "member_id unit_id held_on votes_for votes_against at",
        },
        plain="id nomination_id",
    ),
    "notice": Held(
        "the outbox",
        {
            P.NOTICES: ("kind member_id address context once queued_at send_after attempts sent_at fault gave_up_at"),
        },
        plain="id",
    ),
    "notice_choice": Held(
        "how somebody wants to hear of a topic",
        {
            P.PREFERENCES: "member_id topic way",
        },
    ),
    "notice_kind_choice": Held(
        "how somebody wants to hear of a kind",
        {
            P.PREFERENCES: "member_id kind way",
        },
    ),
    "kept_notice": Held(
        "notices put by for a digest",
        {
            P.NOTICES: "member_id way due_at digested_at",
        },
        plain="notice_id",
    ),
    "notices_seen": Held(
        "until when notices were read",
        {
            P.PREFERENCES: "member_id at",
        },
    ),
    "place_follow": Held(
        "consultations and units followed",
        {
            P.PREFERENCES: "member_id",
        },
        plain="id consultation_id unit_id",
    ),
    "organisation": Held(plain="id name strapline founded_at demonstration"),
    "passkey": Held(
        "passkeys",
        {
            P.SIGN_IN: (
                "member_id credential_id user_handle public_key sign_count name transports synced made_at last_used_at "
                "doubted_at"
            ),
        },
        plain="id",
        hidden="credential_id user_handle public_key",
    ),
    "recovery_code": Held(
        "recovery codes",
        {
            P.SIGN_IN: "member_id code_hash used_at",
        },
        plain="id",
        hidden="code_hash",
    ),
    "report_back": Held(
        "reports of delegates",
        {
            P.RECORD: "by_id at words",
        },
        plain="id mandate_id deed",
    ),
    "representative": Held(
        "who speaks for an affiliated organisation",
        {
            P.OFFICE: "member_id unit_id starts_at ends_at reason",
            P.RECORD: "named_by",
        },
        plain="id",
    ),
    "reset_request": Held(
        "resets of a way of signing in",
        {
            P.SIGN_IN: "member_id reason asked_at agreed_at",
            P.RECORD: "asked_by_id agreed_by_id",
        },
        plain="id",
    ),
    "role_holding": Held(
        "offices",
        {
            P.OFFICE: "member_id role unit_id starts_at ends_at reason interim",
            P.RECORD: "given_by",
        },
        plain="id",
    ),
    "seat_holding": Held(
        "seats",
        {
            P.OFFICE: "member_id seat group way starts_at ends_at term_until reason left_because",
            P.RECORD: "filled_by",
        },
        plain="id body_id role_id",
    ),
    "sign_in_challenge": Held(
        "challenges to passkeys",
        {
            P.SIGN_IN: "challenge_hash purpose member_id expires_at",
        },
        hidden="challenge_hash",
    ),
    "sign_in_session": Held(
        "browsers signed in",
        {
            P.SIGN_IN: "token_hash member_id second_factor device created_at seen_at ended_at",
        },
        hidden="token_hash",
    ),
    "webhook": Held(
        "webhooks",
        {
            P.RECORD: "made_by_id made_at",
        },
        plain="id name address kinds secret old_secret old_until mark state failing_since disabled_because",
    ),
    "webhook_delivery": Held(plain="id webhook_id message kind body happened_at due_at attempts state"),
    "webhook_try": Held(plain="id delivery_id at status milliseconds words"),
    "unit": Held(plain="id name kind parent_id path workplace closed_at"),
    "unit_change": Held(
        "what was done to units",
        {
            P.RECORD: "changed_by at",
        },
        plain="id unit_id what old new other_id reason",
    ),
    "unit_profile": Held(plain="unit_id about readers"),
    "suspension": Held(
        "suspensions of a membership",
        {
            P.REGISTER: "member_id starts_at ends_at reason",
            P.RECORD: "suspended_by lifted_by lifted_because",
        },
        plain="id",
    ),
}
