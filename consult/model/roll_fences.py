"""What the database refuses about rolls: an entry that came with no batch, a vote of somebody taken off, a decision changed."""

from __future__ import annotations

_SEALED = "EXISTS (SELECT 1 FROM roll_seal WHERE roll_id = {0})"
_ADDED = "EXISTS (SELECT 1 FROM roll_addition WHERE roll_id = NEW.roll_id AND member_id = NEW.member_id)"
_REMOVED = (
    "EXISTS (SELECT 1 FROM roll_removal r JOIN ballot b ON b.roll_id = r.roll_id "
    "WHERE b.id = NEW.ballot_id AND r.member_id = NEW.member_id AND r.restored_id IS NULL)"
)
_ONCE = "(OLD.{0} IS NOT NULL AND (NEW.{0} IS NULL OR NEW.{0} <> OLD.{0}))"
_OFF = "You were taken off the electoral roll: no vote was taken."


def _once(*columns: str) -> str:
    """One of these columns is changed once it was set."""
    return " OR ".join(_ONCE.format(column) for column in columns)


#: (name, table, when it fires, what it refuses, the sentence, the table without which it cannot be), see `triggers.Fence`.
FENCES: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "roll_sealed", "roll", "UPDATE OF size, kept_out, hash", _SEALED.format("OLD.id"),
        "A frozen roll is never changed.", "roll_seal",
    ),
    (
        "roll_entry_batch", "roll_entry", "INSERT", f"{_SEALED.format('NEW.roll_id')} AND NOT {_ADDED}",
        "An entry comes to a frozen roll only with a supplementary batch.", "roll_addition",
    ),
    # on PostgreSQL `envelope_open` fires before this and waits for a removal that is under way
    ("envelope_removed", "envelope", "INSERT", _REMOVED, _OFF, "roll_removal"),
    ("envelope_removed_later", "envelope", "UPDATE OF sealed", _REMOVED, _OFF, "roll_removal"),
    ("recorded_vote_removed", "recorded_vote", "INSERT", _REMOVED, _OFF, "roll_removal"),
    (
        "roll_removal_decided", "roll_removal", "UPDATE",
        _once("appeal", "appealed_at", "outcome", "decided_by_id", "decided_at", "restored_id")
        + " OR (OLD.outcome IS NOT NULL AND NEW.answer <> OLD.answer)",
        "An appeal against a removal is made once and decided once.", "roll_removal",
    ),
    (
        "roll_inspection_decided", "roll_inspection", "UPDATE", _once("outcome", "decided_by_id", "decided_at", "starts_at")
        + " OR (OLD.outcome IS NOT NULL AND NEW.reason <> OLD.reason) OR (OLD.ends_at IS NOT NULL AND "
        "(NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at))",
        "A decision on an inspection is never changed; it can only be ended sooner.", "roll_inspection",
    ),
    (
        "attested_ended", "attested", "UPDATE", _once("ended_at"),
        "What was confirmed, and when it was taken back, stays as it was.", "attested",
    ),
    (
        "attestation_retired", "attestation", "UPDATE", _once("retired_at"),
        "A text that was retired is not brought back; another is declared.", "attestation",
    ),
)  # fmt: skip
