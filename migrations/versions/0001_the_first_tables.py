"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.model.store import Instant
from consult.model.triggers import raise_fences, take_down_fences

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_started_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt")),
    )
    op.create_table(
        "audit_event",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_event_previous")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_event"), ["event"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_subject"), ["subject"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "development_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_development_mail")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("encoding", sa.String(length=100), nullable=False),
        sa.Column("delimiter", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("samples", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("strapline", sa.String(length=300), nullable=False),
        sa.Column("founded_at", Instant(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "roll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("frozen_at", Instant(), nullable=False),
        sa.Column("frozen_by", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_out", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll")),
    )
    op.create_table(
        "rulebook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_rulebook_name_version")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind <> 'branch' OR parent_id IS NOT NULL", name=op.f("ck_unit_branch_has_parent")),
        sa.CheckConstraint(
            "kind IN ('nation', 'region', 'branch', 'network', 'organisation')", name=op.f("ck_unit_kind")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
        sa.UniqueConstraint("path", name=op.f("uq_unit_path")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=1000), nullable=False),
        sa.Column("paper", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("rulebook_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebook.id"], name=op.f("fk_consultation_rulebook_id_rulebook")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_consultation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_table(
        "import_row",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("joined_at", Instant(), nullable=True),
        sa.Column("joined_before", Instant(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("branch", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("nation", sa.String(length=200), nullable=True),
        sa.Column("fault", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["import_file.id"], name=op.f("fk_import_row_file_id_import_file")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_row_unit_id_unit")),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_import_row")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index("ix_import_row_email_key", ["file_id", "email_key"], unique=False)
        batch_op.create_index("ix_import_row_number", ["file_id", "number"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "status IN ('member', 'supporter', 'representative', 'lapsed', 'former')", name=op.f("ck_member_status")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_member_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("number", name=op.f("uq_member_number")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_email_key"), ["email_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_sealed", sa.String(length=400), nullable=True),
        sa.Column("totp_confirmed_at", Instant(), nullable=True),
        sa.Column("totp_new_sealed", sa.String(length=400), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_account_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_account")),
    )
    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=True),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("definition_hash", sa.String(length=64), nullable=True),
        sa.Column("public_key", sa.String(length=200), nullable=True),
        sa.Column("lot_rule", sa.String(length=20), nullable=False),
        sa.Column("lot_words", sa.String(length=500), nullable=False),
        sa.Column("lot_value", sa.String(length=200), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("signers_needed", sa.Integer(), nullable=False),
        sa.Column("publication", sa.String(length=20), nullable=False),
        sa.Column("marked", sa.Integer(), nullable=True),
        sa.Column("envelope_root", sa.String(length=64), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=True),
        sa.Column("sealed_by_server", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("level IN ('sealed', 'operator', 'recorded')", name=op.f("ck_ballot_level")),
        sa.CheckConstraint("lot_rule IN ('named', 'commit-and-reveal')", name=op.f("ck_ballot_lot_rule")),
        sa.CheckConstraint(
            "publication IN ('all-papers', 'ten-copies', 'tables-only')", name=op.f("ck_ballot_publication")
        ),
        sa.CheckConstraint(
            "state IN ('preparing', 'scheduled', 'open', 'closed', 'cancelled', 'reconciled', 'counted', 'certified', 'published', 'annulled')",
            name=op.f("ck_ballot_state"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_ballot_order")),
        sa.CheckConstraint("signers_needed >= 1", name=op.f("ck_ballot_signers")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_ballot_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_ballot_created_by_id_member")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_ballot_roll_id_roll")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ballot_state"), ["state"], unique=False)

    op.create_table(
        "login_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_login_token_member_id_member")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_token")),
    )
    with op.batch_alter_table("login_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_token_member_id"), ["member_id"], unique=False)

    op.create_table(
        "member_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("old", sa.String(length=200), nullable=False),
        sa.Column("new", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_change_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_change")),
    )
    with op.batch_alter_table("member_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_change_member_id"), ["member_id"], unique=False)

    op.create_table(
        "motion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("mover_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("meeting_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'seeking support', 'queried', 'submitted', 'in order', 'ruled out', 'ruled out for good', 'published', 'on the order paper', 'put to the vote', 'carried', 'carried as amended', 'lost', 'withdrawn')",
            name=op.f("ck_motion_state"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_motion_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["mover_id"], ["member.id"], name=op.f("fk_motion_mover_id_member")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["member.id"], name=op.f("fk_motion_submitted_by_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_motion_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_motion_version_id_motion_version"), use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_motion_consultation_id_number")),
    )
    with op.batch_alter_table("motion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_motion_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_motion_mover_id"), ["mover_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_motion_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_motion_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "network_membership",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_network_membership_member_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_network_membership_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", "member_id", name=op.f("pk_network_membership")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("context", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("send_after", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.Column("gave_up_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notice_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("once", name=op.f("uq_notice_once")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_due", ["sent_at", "send_after"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_member_id"), ["member_id"], unique=False)

    op.create_table(
        "phase",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('consulting', 'drafting', 'amendments', 'debating', 'compositing', 'prioritising', 'voting', 'certifying', 'following up')",
            name=op.f("ck_phase_kind"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_phase_order")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_phase_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("consultation_id", "kind", name=op.f("pk_phase")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recovery_code_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_member_id"), ["member_id"], unique=False)

    op.create_table(
        "reset_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name=op.f("ck_reset_request_two_officers")
        ),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["member.id"], name=op.f("fk_reset_request_agreed_by_id_member")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["member.id"], name=op.f("fk_reset_request_asked_by_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_reset_request_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_request")),
    )
    with op.batch_alter_table("reset_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reset_request_member_id"), ["member_id"], unique=False)

    op.create_table(
        "role_holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=1000), server_default=sa.text("('')"), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "role IN ('delegate', 'unit officer', 'moderator', 'standing orders committee', 'governance committee', 'returning officer', 'scrutineer', 'complaints panel', 'roll officer', 'data protection officer', 'system operator')",
            name=op.f("ck_role_holding_role"),
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_role_holding_term")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_role_holding_member_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_holding_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_holding")),
    )
    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_holding_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_role_holding_role", ["role"], unique=False)

    op.create_table(
        "roll_entry",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_roll_entry_member_id_member")),
        sa.ForeignKeyConstraint(["roll_id"], ["roll.id"], name=op.f("fk_roll_entry_roll_id_roll")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roll_entry_unit_id_unit")),
        sa.PrimaryKeyConstraint("roll_id", "member_id", name=op.f("pk_roll_entry")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("roll_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_entry_member_id"), ["member_id"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(length=20), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sign_in_session_member_id_member")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_session")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_member_id"), ["member_id"], unique=False)

    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_signing_key_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_signing_key_public_key")),
    )
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_key_member_id"), ["member_id"], unique=False)

    op.create_table(
        "annulment",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("length(reason) >= 20", name=op.f("ck_annulment_reason")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_annulment_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_annulment_by_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_annulment")),
    )
    op.create_table(
        "ballot_key",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_key_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_ballot_key")),
    )
    op.create_table(
        "envelope",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("retry_key", sa.String(length=64), nullable=False),
        sa.Column("sealed_by", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_envelope_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_envelope_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_envelope")),
        sa.UniqueConstraint("ballot_id", "receipt", name=op.f("uq_envelope_ballot_id_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "manifest",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("decisions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("certified_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_manifest_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_manifest")),
    )
    op.create_table(
        "motion_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_version_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_version")),
        sa.UniqueConstraint("motion_id", "sequence", name=op.f("uq_motion_version_motion_id_sequence")),
    )
    with op.batch_alter_table("motion_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_motion_version_hash"), ["hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_motion_version_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_publication_ballot_id_ballot")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_publication")),
    )
    op.create_table(
        "seed_share",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("salt", sa.String(length=200), nullable=True),
        sa.Column("revealed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_seed_share_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_seed_share_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_seed_share")),
        sa.UniqueConstraint("ballot_id", "commitment", name=op.f("uq_seed_share_ballot_id_commitment")),
    )
    op.create_table(
        "support",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_support_member_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_support_motion_id_motion")),
        sa.PrimaryKeyConstraint("motion_id", "member_id", name=op.f("pk_support")),
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("mover_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("base_version_id", sa.Integer(), nullable=False),
        sa.Column("operations", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rubric", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("marked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("words_added", sa.Integer(), nullable=False),
        sa.Column("words_deleted", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("falls_because", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'queried', 'submitted', 'in order', 'ruled out', 'ruled out for good', 'not accepted', 'accepted by mover', 'incorporated', 'on the order paper', 'carried', 'lost', 'falls', 'withdrawn')",
            name=op.f("ck_amendment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["motion_version.id"], name=op.f("fk_amendment_base_version_id_motion_version")
        ),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_amendment_motion_id_motion")),
        sa.ForeignKeyConstraint(["mover_id"], ["member.id"], name=op.f("fk_amendment_mover_id_member")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["member.id"], name=op.f("fk_amendment_submitted_by_id_member")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_amendment_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("motion_id", "number", name=op.f("uq_amendment_motion_id_number")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_motion_id"), ["motion_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_amendment_mover_id"), ["mover_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_amendment_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_amendment_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("adopted_at", Instant(), nullable=False),
        sa.Column("lapses_at", Instant(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("state IN ('in force', 'superseded', 'rescinded', 'lapsed')", name=op.f("ck_policy_state")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_policy_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_policy_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_policy_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("motion_id", name=op.f("uq_policy_motion_id")),
    )
    op.create_table(
        "signature",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["manifest.ballot_id"], name=op.f("fk_signature_ballot_id_manifest")),
        sa.ForeignKeyConstraint(["key_id"], ["signing_key.id"], name=op.f("fk_signature_key_id_signing_key")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_signature_member_id_member")),
        sa.PrimaryKeyConstraint("ballot_id", "member_id", name=op.f("pk_signature")),
    )
    op.create_table(
        "amendment_relation",
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("clause_id", sa.String(length=60), nullable=False),
        sa.CheckConstraint("amendment_id < other_id", name=op.f("ck_amendment_relation_once")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_amendment_relation_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["amendment.id"], name=op.f("fk_amendment_relation_other_id_amendment")),
        sa.PrimaryKeyConstraint("amendment_id", "other_id", name=op.f("pk_amendment_relation")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_status", sa.String(length=20), nullable=False),
        sa.Column("stance", sa.String(length=20), nullable=False),
        sa.Column("clause_id", sa.String(length=60), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("hidden_at", Instant(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=1000), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stance IN ('for', 'against', 'question', 'information')", name=op.f("ck_comment_stance")),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name=op.f("ck_comment_hidden_with_reason")),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_comment_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_comment_author_id_member")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["member.id"], name=op.f("fk_comment_hidden_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_comment_motion_id_motion")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_comment_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_comment_motion_page", ["motion_id", "parent_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=30), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reserves", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ron", sa.String(length=40), nullable=True),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "amendment_id IS NULL OR motion_id IS NOT NULL", name=op.f("ck_question_amendment_of_a_motion")
        ),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_question_seats")),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_question_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_question_ballot_id_ballot")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_question_motion_id_motion")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["motion_version.id"], name=op.f("fk_question_version_id_motion_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("ballot_id", "position", name=op.f("uq_question_ballot_id_position")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_ballot_id"), ["ballot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("decision IN ('in order', 'queried', 'ruled out')", name=op.f("ck_ruling_decision")),
        sa.CheckConstraint("(motion_id IS NULL) <> (amendment_id IS NULL)", name=op.f("ck_ruling_one_subject")),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_ruling_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_ruling_by_id_member")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_ruling_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ruling_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ruling_motion_id"), ["motion_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("outcome IS NULL OR outcome IN ('allowed', 'dismissed')", name=op.f("ck_appeal_outcome")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_appeal_by_id_member")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_appeal_decided_by_id_member")),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_appeal_ruling_id_ruling")),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_appeal")),
    )
    op.create_table(
        "comment_report",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_report_comment_id_comment")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_comment_report_member_id_member")),
        sa.PrimaryKeyConstraint("comment_id", "member_id", name=op.f("pk_comment_report")),
    )
    op.create_table(
        "opened_paper",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.CheckConstraint("copies >= 1", name=op.f("ck_opened_paper_copies")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_opened_paper_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "hash", name=op.f("pk_opened_paper")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("group", sa.String(length=100), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_option_member_id_member")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_option_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option")),
        sa.UniqueConstraint("question_id", "key", name=op.f("uq_option_question_id_key")),
        sa.UniqueConstraint("question_id", "position", name=op.f("uq_option_question_id_position")),
    )
    with op.batch_alter_table("option", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_option_question_id"), ["question_id"], unique=False)

    op.create_table(
        "question_result",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("second_hash", sa.String(length=64), nullable=False),
        sa.Column("package_verdict", sa.String(length=300), nullable=False),
        sa.Column("needed_lot", sa.Boolean(), nullable=False),
        sa.Column("lot_acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_acknowledged_by_id"], ["member.id"], name=op.f("fk_question_result_lot_acknowledged_by_id_member")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_result_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_result")),
    )
    # Motion and version name each other: SQLite takes the key with the table, PostgreSQL once both tables are there.
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key("fk_motion_version_id_motion_version", "motion", "motion_version", ["version_id"], ["id"])
    raise_fences(op.get_bind())


def downgrade() -> None:
    take_down_fences(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_motion_version_id_motion_version", "motion", type_="foreignkey")
    op.drop_table("question_result")
    with op.batch_alter_table("option", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_option_question_id"))

    op.drop_table("option")
    op.drop_table("opened_paper")
    op.drop_table("comment_report")
    op.drop_table("appeal")
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ruling_motion_id"))
        batch_op.drop_index(batch_op.f("ix_ruling_amendment_id"))

    op.drop_table("ruling")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_motion_id"))
        batch_op.drop_index(batch_op.f("ix_question_ballot_id"))
        batch_op.drop_index(batch_op.f("ix_question_amendment_id"))

    op.drop_table("question")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_parent_id"))
        batch_op.drop_index("ix_comment_motion_page")
        batch_op.drop_index(batch_op.f("ix_comment_author_id"))
        batch_op.drop_index(batch_op.f("ix_comment_amendment_id"))

    op.drop_table("comment")
    op.drop_table("amendment_relation")
    op.drop_table("signature")
    op.drop_table("policy")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_unit_id"))
        batch_op.drop_index(batch_op.f("ix_amendment_state"))
        batch_op.drop_index(batch_op.f("ix_amendment_mover_id"))
        batch_op.drop_index(batch_op.f("ix_amendment_motion_id"))

    op.drop_table("amendment")
    op.drop_table("support")
    op.drop_table("seed_share")
    op.drop_table("publication")
    with op.batch_alter_table("motion_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_motion_version_motion_id"))
        batch_op.drop_index(batch_op.f("ix_motion_version_hash"))

    op.drop_table("motion_version")
    op.drop_table("manifest")
    op.drop_table("envelope")
    op.drop_table("ballot_key")
    op.drop_table("annulment")
    with op.batch_alter_table("signing_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signing_key_member_id"))

    op.drop_table("signing_key")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_member_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("roll_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_entry_member_id"))

    op.drop_table("roll_entry")
    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.drop_index("ix_role_holding_role")
        batch_op.drop_index(batch_op.f("ix_role_holding_member_id"))

    op.drop_table("role_holding")
    with op.batch_alter_table("reset_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reset_request_member_id"))

    op.drop_table("reset_request")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_member_id"))

    op.drop_table("recovery_code")
    op.drop_table("phase")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_member_id"))
        batch_op.drop_index("ix_notice_due")

    op.drop_table("notice")
    op.drop_table("network_membership")
    with op.batch_alter_table("motion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_motion_unit_id"))
        batch_op.drop_index(batch_op.f("ix_motion_state"))
        batch_op.drop_index(batch_op.f("ix_motion_mover_id"))
        batch_op.drop_index(batch_op.f("ix_motion_consultation_id"))

    op.drop_table("motion")
    with op.batch_alter_table("member_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_change_member_id"))

    op.drop_table("member_change")
    with op.batch_alter_table("login_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_token_member_id"))

    op.drop_table("login_token")
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ballot_state"))
        batch_op.drop_index(batch_op.f("ix_ballot_consultation_id"))

    op.drop_table("ballot")
    op.drop_table("account")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_unit_id"))
        batch_op.drop_index(batch_op.f("ix_member_email_key"))

    op.drop_table("member")
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_import_row_number")
        batch_op.drop_index("ix_import_row_email_key")

    op.drop_table("import_row")
    op.drop_table("consultation")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    op.drop_table("rulebook")
    op.drop_table("roll")
    op.drop_table("organisation")
    op.drop_table("import_file")
    op.drop_table("heartbeat")
    op.drop_table("development_mail")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_subject"))
        batch_op.drop_index(batch_op.f("ix_audit_event_event"))
        batch_op.drop_index(batch_op.f("ix_audit_event_actor"))

    op.drop_table("audit_event")
    op.drop_table("attempt")
