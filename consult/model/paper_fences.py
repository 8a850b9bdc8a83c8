"""What the database refuses about papers: two votes of one voter, a vote replaced undeclared, a statement changed once it is fixed."""

from __future__ import annotations

_OPEN = "(SELECT state FROM ballot WHERE id = NEW.ballot_id) NOT IN ('scheduled', 'open')"
_KEPT = "(SELECT state FROM ballot WHERE id = NEW.ballot_id) NOT IN ('scheduled', 'open', 'closed')"
_REPLACING = "NOT (SELECT replacing FROM ballot WHERE id = NEW.ballot_id)"
_ONLINE = "EXISTS (SELECT 1 FROM envelope WHERE ballot_id = NEW.ballot_id AND member_id = NEW.member_id)"
_PAPER = (
    "EXISTS (SELECT 1 FROM paper_issue WHERE ballot_id = NEW.ballot_id AND member_id = NEW.member_id "
    "AND status = 'returned')"
)
_DESTROYED = "EXISTS (SELECT 1 FROM destruction WHERE ballot_id = OLD.ballot_id AND agreed_at IS NOT NULL)"
_FIXED = (
    "(SELECT b.state FROM ballot b JOIN question q ON q.ballot_id = b.id WHERE q.id = NEW.question_id) <> 'preparing'"
)

#: (name, table, when it fires, what it refuses, the sentence, the table without which it cannot be), see `triggers.Fence`.
FENCES: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "envelope_paper", "envelope", "INSERT", _PAPER,
        "Your vote on paper was received: it counts, and nothing was cast online.", "paper_issue",
    ),
    (
        "envelope_replace", "envelope", "UPDATE OF ballot_id, member_id, sealed, receipt, retry_key",
        f"{_OPEN} OR {_REPLACING}", "A vote cannot be replaced in this ballot now.", "paper_issue",
    ),
    (
        "paper_issue_returned", "paper_issue", "UPDATE OF status", f"NEW.status = 'returned' AND ({_ONLINE} OR {_OPEN})",
        "This voter has voted online, or the ballot is not open: the envelope was not marked.", "paper_issue",
    ),
    (
        "paper_entry_new", "paper_entry", "INSERT", _KEPT,
        "Papers of this ballot are not entered now.", "paper_entry",
    ),
    (
        "paper_entry_late", "paper_entry", "UPDATE", _KEPT,
        "Papers of this ballot are not entered now.", "paper_entry",
    ),
    (
        "paper_entry_kept", "paper_entry", "DELETE", f"OLD.status = 'agreed' AND NOT {_DESTROYED}",
        "A sealed paper is kept until its destruction is agreed on the record.", "paper_entry",
    ),
    (
        "option_statement", "option", "UPDATE OF question_id, position, key, name, statement, photograph_hash", _FIXED,
        "What stands beside a choice is not changed once the ballot is scheduled.", "photograph",
    ),
    (
        "photograph_kept", "photograph", "UPDATE", "1 = 1",
        "A photograph is never changed; another is put in its place.", "photograph",
    ),
)  # fmt: skip
