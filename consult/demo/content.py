"""Reads the demo's content from its TOML files and refuses it if a reference, a count or a quoted word is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeVar

from consult.demo import shapes
from consult.demo.shapes import Amendment, Clause, Content, Edit, Motion, Relation
from consult.domain.errors import Refused

#: Where the files are, in a checkout and when installed.
CONTENT = Path(__file__).with_name("content")

#: A list in a file (named in the singular, as TOML's [[clause]] reads best) → field it fills, shape of one of it.
NESTED: dict[str, tuple[str, type]] = {
    "amendment": ("amendments", shapes.Amendment),
    "candidate": ("candidates", shapes.Candidate),
    "clause": ("clauses", shapes.Clause),
    "comment": ("comments", shapes.Comment),
    "edit": ("edits", shapes.Edit),
    "paper": ("papers", shapes.Paper),
    "paragraph": ("paragraphs", shapes.Paragraph),
    "relation": ("relations", shapes.Relation),
    "ruling": ("rulings", shapes.Ruling),
    "stage": ("timetable", shapes.Stage),
}

T = TypeVar("T")


class BadContent(Refused):
    """A demo file does not say what it should; the sentence names the file or motion and the fault."""


def load(folder: Path = CONTENT) -> Content:
    """Everything in `folder`, read and checked.

    Raises BadContent with one sentence for the first fault found.
    """
    try:
        content = _content(folder)
    except KeyError as missing:
        raise BadContent(f"A file of the demo lacks {missing}.") from None
    check(content)
    return content


def _content(folder: Path) -> Content:
    movement = _read(folder / "movement.toml")
    names = _read(folder / "names.toml")
    questions = _read(folder / "elections.toml")
    return Content(
        name=movement["name"],
        short=movement["short"],
        description=_flow(movement["description"]),
        regions=_all(shapes.Region, movement["region"], "movement.toml"),
        branches=_all(shapes.Branch, movement["branch"], "movement.toml"),
        networks=_all(shapes.Network, movement["network"], "movement.toml"),
        people=_all(shapes.Person, movement["person"], "movement.toml"),
        rules=_all(shapes.Rule, movement["rule"], "movement.toml"),
        first_names=tuple(names["first_names"]),
        surnames=tuple(names["surnames"]),
        consultation=_build(shapes.Consultation, _read(folder / "consultation.toml"), "consultation.toml"),
        motions=tuple(_motion(path) for path in sorted((folder / "motions").glob("*.toml"))),
        earlier=_motion(folder / "earlier.toml"),
        policies=tuple(_motion(path) for path in sorted((folder / "policies").glob("*.toml"))),
        elections=_all(shapes.Election, questions["election"], "elections.toml"),
    )


def check(content: Content) -> None:
    """Refuse `content` if any key is repeated, any reference leads nowhere or any quoted words do not stand."""
    for what in ("regions", "branches", "networks", "people", "rules", "elections"):
        _unique([each.key for each in getattr(content, what)], what)
    _unique(content.first_names, "first names")
    _unique(content.surnames, "surnames")
    _unique((person.name for person in content.people), "people's names")
    _unique((motion.slug for motion in (*content.motions, content.earlier, *content.policies)), "motions")
    branches = {branch.key for branch in content.branches}
    _known((b.region for b in content.branches), {r.key for r in content.regions}, "the list of branches")
    _known((p.branch for p in content.people), branches, "the list of people")
    _known((p.role for p in content.people), shapes.ROLES, "the list of people")
    for election in content.elections:
        where = f"the election “{election.key}”"
        keys = [candidate.key for candidate in election.candidates]
        _unique(keys, where)
        _known([election.method], shapes.METHODS, where)
        _known([election.electorate], _electorates(content), where)
        _known((c.branch for c in election.candidates if c.branch), branches, where)
        _known((key for paper in election.papers for key in paper.ranking), keys, where)
    for motion in (*content.motions, content.earlier, *content.policies):
        _check_motion(motion, content)


def _electorates(content: Content) -> set[str]:
    """Who may vote in an election: everybody ("all"), or a region, a branch or a network by its key."""
    units: tuple[Iterable[shapes.Region | shapes.Branch | shapes.Network], ...]
    units = (content.regions, content.branches, content.networks)
    return {"all"} | {unit.key for kind in units for unit in kind}


def words(text: str) -> int:
    """How many words, counted as people do: runs between spaces.

    >>> words("A rent of £12.50 a week")
    6
    """
    return len(text.split())


def motion_words(motion: Motion) -> int:
    """Words of a motion as the limit counts them: its heading and its clauses, without the rationale."""
    return words(motion.title) + sum(words(clause.text) for clause in motion.clauses)


def amended(clauses: tuple[Clause, ...], edits: Iterable[Edit]) -> tuple[Clause, ...]:
    """`clauses` with `edits` made one after another; each applies exactly or is refused.

    >>> before = (Clause("r1", "resolves", "To ask for £12."),)
    >>> amended(before, [Edit("replace_words", "r1", "£12", "£15")])[0].text
    'To ask for £15.'
    """
    text = list(clauses)
    for edit in edits:
        at = _place(text, edit.clause)
        clause = text[at]
        if edit.op == "insert_after":
            text.insert(at + 1, Clause(edit.new_id, edit.kind, edit.new))
        elif clause.text.count(edit.old) != 1:
            raise BadContent(f"The words “{edit.old}” do not stand exactly once in clause {clause.id}.")
        elif edit.op in ("replace_words", "replace_clause"):
            text[at] = replace(clause, text=clause.text.replace(edit.old, edit.new))
        else:
            text.pop(at)
            if edit.op == "move_after":
                text.insert(_place(text, edit.after) + 1, clause)
    return tuple(text)


def base_of(motion: Motion, amendment: Amendment) -> tuple[Clause, ...]:
    """The clauses that `amendment` edits: the motion's own, or those another amendment would leave."""
    if not amendment.amends:
        return motion.clauses
    parent = {each.key: each for each in motion.amendments}.get(amendment.amends)
    if parent is None or parent.amends:
        raise BadContent(f"Amendment {amendment.key} amends “{amendment.amends}”, which cannot be amended.")
    return amended(motion.clauses, parent.edits)


def _motion(path: Path) -> Motion:
    """A motion from its file, with the old words of whole-clause edits filled in."""
    motion = _build(Motion, _read(path), path.name)
    filled = tuple(replace(each, edits=_with_old_words(motion, each)) for each in motion.amendments)
    return replace(motion, amendments=filled)


def _with_old_words(motion: Motion, amendment: Amendment) -> tuple[Edit, ...]:
    try:
        texts = {clause.id: clause.text for clause in base_of(motion, amendment)}
        whole = ("delete", "replace_clause", "move_after")
        return tuple(replace(e, old=texts[e.clause]) if e.op in whole else e for e in amendment.edits)
    except KeyError as missing:
        raise BadContent(f"Amendment {amendment.key} of “{motion.slug}” edits a clause {missing}, not there.") from None


def _check_motion(motion: Motion, content: Content) -> None:
    where = f"the motion “{motion.slug}”"
    branches = {branch.key for branch in content.branches}
    people = {person.key for person in content.people}
    keys = [amendment.key for amendment in motion.amendments]
    texts = {clause.id: clause.text for clause in motion.clauses}
    _unique((clause.id for clause in motion.clauses), where)
    _unique(keys, where)
    _known((clause.kind for clause in motion.clauses), shapes.CLAUSE_KINDS, where)
    _known([motion.branch, *motion.supporters], branches, where)
    _known([motion.mover, *(ruling.by for ruling in motion.rulings)], people, where)
    _known([motion.stage], shapes.STAGES, where)
    _known(motion.networks, {network.key for network in content.networks}, where)
    for amendment in motion.amendments:
        _check_amendment(motion, amendment, branches)
    _check_comments(motion, texts, people, {rule.key for rule in content.rules})
    for ruling in motion.rulings:
        _known([ruling.of], ["motion", *keys], where)
        _known([ruling.ruling], shapes.RULINGS, where)
        _known([ruling.rule], {rule.key for rule in content.rules}, where)
        _known([ruling.appeal_by] if ruling.appeal else [], people, where)
    for relation in motion.relations:
        _known([relation.kind], shapes.RELATIONS, where)
        _known(relation.amendments, keys, where)
        if not _holds(motion, relation):
            raise BadContent(f"In {where}, {' and '.join(relation.amendments)} are not “{relation.kind}”.")


def _check_amendment(motion: Motion, amendment: Amendment, branches: Iterable[str]) -> None:
    where = f"amendment {amendment.key} of “{motion.slug}”"
    _known([amendment.branch], branches, where)
    _known([amendment.mover_response], shapes.RESPONSES, where)
    _known([amendment.character], shapes.CHARACTERS, where)
    _known((edit.op for edit in amendment.edits), shapes.EDIT_OPS, where)
    _known((e.kind for e in amendment.edits if e.op == "insert_after"), shapes.CLAUSE_KINDS, where)
    try:
        after = amended(base_of(motion, amendment), amendment.edits)
    except BadContent as fault:
        raise BadContent(f"In {where}: {fault}") from None
    _unique((clause.id for clause in after), where)
    if after == base_of(motion, amendment):
        raise BadContent(f"In {where}: it changes nothing.")


def _check_comments(motion: Motion, texts: Mapping[str, str], people: Iterable[str], rules: Iterable[str]) -> None:
    where = f"the debate on “{motion.slug}”"
    _unique((comment.key for comment in motion.comments), where)
    earlier: list[str] = []
    for comment in motion.comments:
        _known([comment.by], people, where)
        _known([comment.stance], shapes.STANCES, where)
        _known([comment.reply_to] if comment.reply_to else [], earlier, where)
        _known([comment.amendment] if comment.amendment else [], [a.key for a in motion.amendments], where)
        _known([comment.moderated_rule] if comment.moderated else [], rules, where)
        _known([comment.clause] if comment.clause else [], texts, where)
        if comment.quote and texts.get(comment.clause, "").count(comment.quote) != 1:
            raise BadContent(f"In {where}, comment {comment.key} quotes words that do not stand once in the clause.")
        earlier.append(comment.key)


def _holds(motion: Motion, relation: Relation) -> bool:
    """Whether the amendments named really stand in the relation named, by the words they touch."""
    by_key = {amendment.key: amendment for amendment in motion.amendments}
    first, *rest = (by_key[key] for key in relation.amendments)
    if not rest:
        return first.character == relation.kind
    second = rest[0]
    mine, theirs = _spans(motion, first), _spans(motion, second)
    overlap = any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a in mine for b in theirs)
    match relation.kind:
        case "identical":
            return first.edits == second.edits and first.branch != second.branch
        case "depends on":
            return second.amends == first.key or first.amends == second.key
        case "contains":
            inside = all(any(a[0] == b[0] and a[1] <= b[1] and b[2] <= a[2] for a in mine) for b in theirs)
            return overlap and inside and mine != theirs
        case "same point":
            places = [{e.clause for e in each.edits if e.op == "insert_after"} for each in (first, second)]
            return bool(places[0] & places[1])
        case _:
            return overlap and first.edits != second.edits


def _spans(motion: Motion, amendment: Amendment) -> list[tuple[str, int, int]]:
    """The existing words that an amendment changes or takes away: clause, first word, past-the-last word.

    Words that stand on both sides of an edit are not touched by it, however much of the clause it quotes.
    """
    texts = {clause.id: clause.text for clause in base_of(motion, amendment)}
    found = []
    for edit in amendment.edits:
        if not edit.old or edit.op == "move_after":
            continue
        before = texts[edit.clause]
        after = before.replace(edit.old, edit.new).split()
        blocks = SequenceMatcher(None, before.split(), after, autojunk=False).get_opcodes()
        found += [(edit.clause, start, end) for tag, start, end, _, _ in blocks if tag != "equal" and start < end]
    return found


def _place(clauses: list[Clause], wanted: str) -> int:
    for at, clause in enumerate(clauses):
        if clause.id == wanted:
            return at
    raise BadContent(f"There is no clause {wanted}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise BadContent(f"{path.name} cannot be read: {fault}.") from fault


def _all(shape: type[T], rows: Iterable[Mapping[str, Any]], where: str) -> tuple[T, ...]:
    return tuple(_build(shape, row, where) for row in rows)


def _build(shape: type[T], raw: Mapping[str, Any], where: str) -> T:
    """One `shape` from a TOML table; unknown or missing fields are refused, long strings are put on one line."""
    known = {field.name: field for field in fields(shape)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in NESTED and NESTED[key][0] in known and isinstance(value, list):
            field, inner = NESTED[key]
            values[field] = _all(inner, value, where)
        elif key in known:
            values[key] = _flow(value) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value
        else:
            raise BadContent(f"{where}: a {shape.__name__} has no “{key}”.")
    missing = [n for n, field in known.items() if n not in values and field.default is MISSING]
    if missing:
        raise BadContent(f"{where}: a {shape.__name__} lacks “{missing[0]}” ({raw.get('key') or raw.get('id')}).")
    return shape(**values)


def _flow(text: str) -> str:
    """Text as one run per paragraph: the line breaks of the file are spaces, its empty lines stay paragraph breaks."""
    return "\n\n".join(" ".join(block.split()) for block in text.strip().split("\n\n"))


def _unique(keys: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise BadContent(f"“{key}” stands twice in {where}.")
        seen.add(key)


def _known(keys: Iterable[str], known: Iterable[str], where: str) -> None:
    allowed = set(known)
    for key in keys:
        if key not in allowed:
            raise BadContent(f"“{key}” in {where} leads nowhere.")
