"""What the database itself refuses, whatever the program does: changing what is fixed, voting when a ballot is not open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, inspect

from consult.model import paper_fences, roll_fences, search_index
from consult.model.member_words import WORDS
from consult.model.store import Base

#: Table → (columns that may still change, the sentence of the refusal). Rows of these are never deleted.
FIXED: dict[str, tuple[tuple[str, ...], str]] = {
    "audit_event": ((), "The audit log is only ever added to."),
    "act_reason": ((), "Why something was done is never changed: it stands with its entry of the audit log."),
    "officer_proposal_terms": ((), "What was proposed is never changed."),
    "audit_head": ((), "Heads that were mailed out are never changed."),
    "rulebook": ((), "A rulebook is never changed; a new version follows it."),
    "rulebook_adoption": ((), "An adoption of a rulebook is never changed; a new version follows it."),
    "minute": ((), "A minute is never changed; a new one follows it."),
    "disposal": ((), "What was decided of a motion is never changed; a new decision follows it."),
    "leave": ((), "Whether a meeting gave leave is never changed; a new decision follows it."),
    "motion_version": ((), "A version of a motion is never changed; a new version follows it."),
    "agenda_issue": ((), "An issued agenda or report is never changed; a newer one follows it."),
    "composite_text": ((), "A text that branches were asked to sign is never changed; a new text follows it."),
    "composite_answer": ((), "What a branch said to a composite is never changed; a changed text is asked about anew."),
    "consequence": (
        ("ended_at", "ended_by_id", "ended_because"),
        "A consequence is never changed; it is ended, with a reason, and another follows it.",
    ),
    "policy_step": ((), "What became of a policy is never changed; another step follows it."),
    "action_report": ((), "A report is never changed; another follows it."),
    "model_motion": ((), "A model motion is never changed once it is made; another is made."),
    "sending_news": ((), "What was heard of a model motion is never changed; later news follows it."),
    "translation": (
        ("status", "approved_by_id", "approved_as", "approved_at"),
        "A translation is never changed; it is approved, or a newer one follows it.",
    ),
    "recommendation": ((), "A recommendation is never changed; a later one takes its place."),
    "vote_order": ((), "An order of votes is never changed; a new one follows it."),
    "order_challenge": (
        ("outcome", "answer", "new_order_id", "decided_by_id", "decided_at"),
        "A challenge to an order of votes is never changed; it is answered beside it.",
    ),
    "ruling_correction": ((), "A correction of a ruling is never changed; it can be corrected in turn."),
    "teller_count": ((), "What a teller reported is never changed; a teller who counts again reports again."),
    "card_vote": ((), "A card that has voted is never changed."),
    "set_aside": ((), "The record that a ballot was set aside is never changed."),
    "standing_version": ((), "A version of a standing text is never changed; a new version follows it."),
    "mandate": ((), "A mandate is never changed; a later one on the same matter replaces it."),
    "report_back": ((), "A report back is never changed; another one follows it."),
    "decision": ((), "An entry of the register is never changed; another one follows it."),
    "unit_change": ((), "What was done to a unit is never changed; what is done next follows it."),
    "countback": ((), "A countback is never changed."),
    "body_change": ((), "Why a body was set up, changed or dissolved is never changed."),
    "sitting_minute": ((), "The minutes of a sitting are only ever added to."),
    "moderation": ((), "What a moderator decided is never changed; another decision, or one on an appeal, follows it."),
    "earlier_text": ((), "How a contribution read before it was corrected is never changed."),
    "phase_move": ((), "That a phase was moved is never changed; another move follows it."),
    "paper_version": ((), "A version of a paper is never changed; a new version follows it."),
    "contribution_version": ((), "A submission that was sent is never changed; a revision follows it."),
    "attendance_correction": ((), "A correction of an attendance is never changed; another one follows it."),
    "gathering_minutes": ((), "Published minutes are never changed; a newer text follows them."),
    "vote_taken": ((), "A vote that was taken is never changed; the meeting can only decide something new."),
    "ruling": ((), "A ruling is never changed; an appeal is decided beside it."),
    "roll": (("size", "kept_out", "hash"), "A frozen roll is never changed."),
    "roll_seal": ((), "A frozen roll is never changed."),
    "roll_entry": (("email",), "The entries of a frozen roll are never changed."),
    "roll_change": ((), "A change beside a frozen roll is never changed; another follows it."),
    "roll_addition": ((), "Who came to a roll with which batch is never changed."),
    "roll_removal": (
        ("appeal", "appealed_at", "outcome", "answer", "decided_by_id", "decided_at", "restored_id"),
        "A removal from a roll is never changed; an appeal is decided beside it.",
    ),
    "roll_inspection": (
        ("outcome", "reason", "decided_by_id", "decided_at", "starts_at", "ends_at"),
        "A request to inspect a roll is never changed; it is decided beside it.",
    ),
    "inspection_view": ((), "What was shown of a roll, and when, is never changed."),
    "attestation": (("retired_at",), "A declared text is never changed; another takes its place."),
    "attested": (("ended_at",), "What was confirmed, and when it was taken back, stays as it was."),
    "opened_paper": ((), "Opened papers are never changed."),
    "challenge_batch": ((), "A decision on challenged ballots is never changed."),
    "signed_recount": ((), "A signed recount is never changed."),
    "signature": ((), "A signature is never changed."),
    "publication": ((), "A published result is never changed."),
    "board_leaf": ((), "The list of sealed votes is only ever added to."),
    "board_node": ((), "The tree over the list of sealed votes is only ever added to."),
    "board_head": (("mailed",), "Heads of the list of sealed votes are never changed."),
    "box_opening": ((), "The record of an opening is never changed."),
    "card": ((), "How many votes a card carries is fixed with the ballot."),
    "recorded_vote": ((), "A recorded vote is never changed."),
}


@dataclass(frozen=True)
class Fence:
    """A refusal that depends on more than the row: made once the table `of` is there.

    `when` is what SQLite asks and `asks` what PostgreSQL asks in a function, of the rows OLD and NEW.
    """

    name: str
    on: str
    verb: str
    sentence: str
    when: str
    asks: str
    of: str


_OPEN = "NOT IN ('scheduled', 'open')"
_STATE = "(SELECT state FROM ballot WHERE id = {row}.ballot_id)"
_REHEARSED = "EXISTS (SELECT 1 FROM key_ceremony WHERE ballot_id = NEW.id AND rehearsed_at IS NOT NULL)"
_UNREHEARSED = f"NEW.level = 'sealed' AND NEW.state IN ('scheduled', 'open') AND NOT {_REHEARSED}"


def _taken(table: str, sentence: str) -> Fence:
    """No vote of any kind is put into a ballot that is not open."""
    # FOR SHARE waits for a close that is under way, so that no envelope slips in behind it.
    asks = f"(SELECT state FROM ballot WHERE id = NEW.ballot_id FOR SHARE) {_OPEN}"
    when = f"{_STATE.format(row='NEW')} {_OPEN}"
    return Fence(f"{table}_open", table, "INSERT", sentence, when, asks, table)


def _settled(verb: str, row: str) -> Fence:
    changed = f"{_STATE.format(row=row)} <> 'preparing'"
    sentence = "The key ceremony of a ballot is never changed once the ballot is scheduled."
    return Fence(f"key_ceremony_{verb.lower()}", "key_ceremony", verb, sentence, changed, changed, "key_ceremony")


_DESTROYED = "EXISTS (SELECT 1 FROM destruction WHERE ballot_id = OLD.ballot_id AND agreed_at IS NOT NULL)"
_CLOSED = f"{_STATE.format(row='OLD')} {_OPEN}"


def _differs(*columns: str) -> str:
    """SQL that both databases read alike: one of the columns changes, from or to nothing included."""
    pair = "(NEW.{0} <> OLD.{0} OR (NEW.{0} IS NULL) <> (OLD.{0} IS NULL))"
    return "(" + " OR ".join(pair.format(column) for column in columns) + ")"


def _guard(name: str, on: str, verb: str, when: str, sentence: str) -> Fence:
    """A fence of the certification desk; where it asks of a destruction it waits for that table."""
    return Fence(name, on, verb, sentence, when, when, "destruction" if _DESTROYED in when else on)


_DESK: tuple[Fence, ...] = (
    _guard(
        "envelope_kept",
        "envelope",
        "DELETE",
        f"{_CLOSED} AND NOT {_DESTROYED}",
        "Envelopes are kept until their destruction is agreed on the record.",
    ),
    _guard(
        "envelope_unchanged",
        "envelope",
        "UPDATE",
        _CLOSED,
        "This ballot is not open: no envelope in the box is changed.",
    ),
    _guard(
        "ballot_key_kept",
        "ballot_key",
        "DELETE",
        f"NOT {_DESTROYED}",
        "The key of a ballot is kept until its destruction is agreed on the record.",
    ),
    _taken("challenged_ballot", "This ballot is not open: the challenged ballot was not taken."),
    _guard("challenged_kept", "challenged_ballot", "DELETE", "1 = 1", "A challenged ballot is never removed."),
    _guard(
        "challenged_sealed",
        "challenged_ballot",
        "UPDATE",
        f"{_differs('sealed', 'receipt', 'statement', 'refused_by')} AND NOT (NEW.sealed IS NULL AND {_DESTROYED})",
        "A challenged ballot is never changed.",
    ),
    _guard(
        "challenged_decided",
        "challenged_ballot",
        "UPDATE",
        f"{_differs('batch_id', 'admitted', 'reason')} AND (OLD.batch_id IS NOT NULL OR "
        f"{_STATE.format(row='OLD')} <> 'reconciled')",
        "Challenged ballots are decided once, after the close and before the one opening.",
    ),
    _guard(
        "complaint_decided",
        "complaint",
        "UPDATE",
        "OLD.decided_at IS NOT NULL",
        "A decision on a complaint is never changed.",
    ),
    _guard(
        "proposed_fall_decided",
        "proposed_fall",
        "UPDATE",
        "OLD.decided_at IS NOT NULL",
        "A decision on whether an amendment falls is never changed.",
    ),
    _guard(
        "moderation_appeal_decided",
        "moderation_appeal",
        "UPDATE",
        "OLD.decided_at IS NOT NULL",
        "A decision on an appeal is never changed.",
    ),
    _guard("moderation_appeal_kept", "moderation_appeal", "DELETE", "1 = 1", "An appeal is never removed."),
    _guard("proposed_fall_kept", "proposed_fall", "DELETE", "1 = 1", "A proposed fall is never removed."),
    _guard("complaint_kept", "complaint", "DELETE", "1 = 1", "A complaint is never removed."),
    _guard(
        "report_published",
        "consultation_report",
        "UPDATE",
        "OLD.published_at IS NOT NULL",
        "A published analysis or response is never changed; a newer one follows it.",
    ),
    _guard(
        "report_kept",
        "consultation_report",
        "DELETE",
        "OLD.published_at IS NOT NULL",
        "A published analysis or response is never removed.",
    ),
    _guard(
        "officer_proposal_ended",
        "officer_proposal",
        "UPDATE",
        "OLD.ended IS NOT NULL OR "
        + _differs("what", "subject_id", "title", "concerns_id", "reason", "proposed_by_id", "proposed_at"),
        "What was proposed is never changed, nor how it ended.",
    ),
    _guard("officer_proposal_kept", "officer_proposal", "DELETE", "1 = 1", "What was proposed stays on the record."),
    _guard("extension_agreed", "extension", "UPDATE", "OLD.agreed_at IS NOT NULL", "An extension is never changed."),
    _guard("recount_done", "recount", "UPDATE", "OLD.done_at IS NOT NULL", "What a recount came to is never changed."),
    _guard(
        "destruction_done",
        "destruction",
        "UPDATE",
        f"OLD.destroyed IS NOT NULL OR (NEW.agreed_at IS NOT NULL AND {_STATE.format(row='OLD')} "
        "NOT IN ('published', 'annulled'))",
        "Envelopes are destroyed only after publication or annulment, and once.",
    ),
    _guard(
        "destruction_kept",
        "destruction",
        "DELETE",
        "OLD.agreed_at IS NOT NULL",
        "The record of a destruction is never removed.",
    ),
)
_DECLARED = "A declared question is never changed; the meeting can only decide something new."

_SAME_SEAT = (
    "EXISTS (SELECT 1 FROM seat_holding WHERE body_id = NEW.body_id AND seat = NEW.seat AND id <> NEW.id "
    "AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at)"
)
_SEAT = "Somebody else holds this seat in that time."
_LONGER = "OLD.{0} IS NOT NULL AND (NEW.{0} IS NULL OR NEW.{0} > OLD.{0})"

#: Terms: of a seat, of interim officers, of a founding period.
_TERMS: tuple[Fence, ...] = (
    _guard("seat_taken", "seat_holding", "INSERT", _SAME_SEAT, _SEAT),
    _guard("seat_taken_later", "seat_holding", "UPDATE", _SAME_SEAT, _SEAT),
    _guard(
        "seat_longer",
        "seat_holding",
        "UPDATE OF ends_at",
        _LONGER.format("ends_at"),
        "A term in a seat can be cut short and is never made longer.",
    ),
    _guard("seat_kept", "seat_holding", "DELETE", "1 = 1", "Who held a seat stays on the record."),
    _guard(
        "founding_longer",
        "founding_period",
        "UPDATE",
        _LONGER.format("ends_at"),
        "A founding period can end sooner and never later.",
    ),
    _guard("founding_kept", "founding_period", "DELETE", "1 = 1", "A founding period stays on the record."),
    Fence(
        "interim_longer",
        "role_holding",
        "UPDATE",
        "An interim term can be cut short and is never made longer.",
        f"OLD.interim AND (NOT NEW.interim OR {_LONGER.format('ends_at')})",
        f"OLD.interim AND (NOT NEW.interim OR {_LONGER.format('ends_at')})",
        "founding_period",
    ),
)

FENCES: tuple[Fence, ...] = (
    Fence(
        "ballot_definition",
        "ballot",
        "UPDATE OF definition, definition_hash, public_key",
        "What a ballot asks is never changed once voters can have seen it.",
        "OLD.definition_hash IS NOT NULL AND (NEW.definition_hash IS NOT OLD.definition_hash OR "
        "NEW.definition IS NOT OLD.definition OR NEW.public_key IS NOT OLD.public_key)",
        "OLD.definition_hash IS NOT NULL AND (NEW.definition_hash IS DISTINCT FROM OLD.definition_hash OR "
        "NEW.definition IS DISTINCT FROM OLD.definition OR NEW.public_key IS DISTINCT FROM OLD.public_key)",
        "ballot",
    ),
    _taken("envelope", "This ballot is not open: the envelope was not taken."),
    _taken("recorded_vote", "This ballot is not open: the vote was not taken."),
    Fence(
        "ballot_rehearsed",
        "ballot",
        "UPDATE OF state",
        "A sealed ballot is put to the vote only after its key ceremony was rehearsed.",
        _UNREHEARSED,
        _UNREHEARSED,
        "key_ceremony",
    ),
    _settled("UPDATE", "NEW"),
    _settled("DELETE", "OLD"),
    *_DESK,
    *_TERMS,
    # on PostgreSQL those of one table fire in order of name, each seeing anew: `envelope_open` waits, `envelope_paper` looks
    *(
        Fence(name, on, verb, words, asks, asks, of)
        for name, on, verb, asks, words, of in (*paper_fences.FENCES, *roll_fences.FENCES)
    ),
    Fence(
        "division_declared",
        "division",
        "UPDATE",
        _DECLARED,
        "OLD.effects IS NOT NULL",
        "OLD.effects IS NOT NULL",
        "division",
    ),
    Fence(
        "division_kept",
        "division",
        "DELETE",
        _DECLARED,
        "OLD.effects IS NOT NULL",
        "OLD.effects IS NOT NULL",
        "division",
    ),
)


#: Table → its columns, as the database has them.
Present = Mapping[str, Collection[str]]


def _present(connection: Connection) -> Present:
    """The tables of ours that are there: an early migration knows fewer of them, and of their columns, than the model."""
    seen = inspect(connection)
    names = set(seen.get_table_names()) & set(Base.metadata.tables)
    return {name: [column["name"] for column in seen.get_columns(name)] for name in names}


def _chosen(tables: Collection[str] | None) -> tuple[list[str], list[Fence]]:
    """The tables of `FIXED` and the fences that a migration of these tables is about; None means all."""
    if tables is None:
        return list(FIXED), list(FENCES)
    return [table for table in FIXED if table in tables], [f for f in FENCES if f.of in tables or f.on in tables]


def statements(dialect: str, present: Present, tables: Collection[str] | None = None) -> list[str]:
    """The DDL for one dialect ("sqlite" or "postgresql"), one statement an item; run after the tables exist."""
    fixed, fences = _chosen(tables)
    made = [statement for table in fixed if table in present for statement in _fixed(dialect, table, present[table])]
    for fence in fences:
        if fence.of in present and fence.on in present:
            made += _fence(dialect, fence)
    if _about_words(tables) and "member_word" in present and "search_key" in present["member"]:
        made += [statement for ddl in WORDS[dialect].values() for statement in ddl]
    return made


def _about_words(tables: Collection[str] | None) -> bool:
    return tables is None or not {"member", "member_word"}.isdisjoint(tables)


def _fixed(dialect: str, table: str, columns: Collection[str]) -> Iterable[str]:
    open_columns, sentence = FIXED[table]
    names = ", ".join(f'"{name}"' for name in columns if name not in open_columns)
    for verb, of in (("update", f"UPDATE OF {names}"), ("delete", "DELETE")):
        made = f"CREATE TRIGGER fixed_{table}_{verb} BEFORE {of} ON {table} "
        if dialect == "sqlite":
            yield made + f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        else:
            yield made + f"FOR EACH ROW EXECUTE FUNCTION refuse_change('{sentence}')"


def _fence(dialect: str, fence: Fence) -> Iterable[str]:
    made = f"CREATE TRIGGER {fence.name} BEFORE {fence.verb} ON {fence.on} "
    if dialect == "sqlite":
        return [made + f"WHEN {fence.when} BEGIN SELECT RAISE(ABORT, '{fence.sentence}'); END"]
    back = "OLD" if fence.verb == "DELETE" else "NEW"
    function = (
        f"CREATE FUNCTION {fence.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {fence.asks} THEN "
        f"RAISE EXCEPTION '{fence.sentence}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {back}; END $$"
    )
    return [function, made + f"FOR EACH ROW EXECUTE FUNCTION {fence.name}()"]


_REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def drop_statements(dialect: str, tables: Collection[str] | None = None) -> list[str]:
    """The DDL that takes refusals away again, of all tables or of some, for going down a revision."""
    fixed, fences = _chosen(tables)
    pairs = [(f"fixed_{table}_{verb}", table) for table in fixed for verb in ("update", "delete")]
    pairs += [(fence.name, fence.on) for fence in fences]
    words = list(WORDS[dialect]) if _about_words(tables) else []
    pairs += [(name, "member") for name in words]
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in pairs]
    functions = [fence.name for fence in fences] + words + (["refuse_change"] if tables is None else [])
    drops = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in pairs]
    return [*drops, *(f"DROP FUNCTION IF EXISTS {name}()" for name in functions)]


def raise_fences(connection: Connection, tables: Collection[str] | None = None) -> None:
    """Create every refusal anew, for the tables and columns that the database has by now; or those of some tables.

    A revision that makes a fixed table, gives one a column, or alters any of them on SQLite (which copies the table and
    so loses its triggers) calls it at its end.
    """
    dialect = connection.dialect.name
    first = [_REFUSE_CHANGE] if dialect == "postgresql" else []
    made = statements(dialect, _present(connection), tables)
    _run(connection, [*drop_statements(dialect, tables), *first, *made])


def take_down_fences(connection: Connection, tables: Collection[str] | None = None) -> None:
    """Drop the refusals again, all or those of some tables."""
    _run(connection, drop_statements(connection.dialect.name, tables))


def _run(connection: Connection, ddl: list[str]) -> None:
    doubled = connection.dialect.name == "postgresql"  # psycopg reads % as the start of a placeholder
    for statement in ddl:
        connection.exec_driver_sql(statement.replace("%", "%%") if doubled else statement)


@event.listens_for(Base.metadata, "after_create")
def _after_create(target: Any, connection: Connection, **options: Any) -> None:
    """So that tables made without migrations (in quick tests) refuse the same things."""
    raise_fences(connection)
    search_index.make(connection)
