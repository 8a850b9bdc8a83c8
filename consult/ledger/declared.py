"""What a ballot definition looks like: its formats, its words, and every check of a document that claims to be one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.ledger import shape
from consult.ledger.shape import Malformed

#: What this software writes, and the older formats that it still reads by the rules of their time.
FORMAT, SECOND, FIRST = "consult-ballot/3", "consult-ballot/2", "consult-ballot/1"

#: Every format that is read, the oldest first.
KNOWN_FORMATS = (FIRST, SECOND, FORMAT)

#: Members that the first format did not have; and those of an option that the second did not have.
SINCE_2 = ("complaint_hours", "recounts", "scrutineers", "rerun_of", "shares", "board_key", "weighting")
SINCE_3 = ("statement", "photograph")

#: The longest window for complaints, in hours: sixty days.
LONGEST_WINDOW = 1_440

#: Who could find out how somebody voted. sealed: k members of the committee who put their shares of a key together.
#: operator: whoever runs the server, which keeps the key. recorded: everybody, for votes are open.
LEVELS = ("sealed", "operator", "recorded")

#: What is published of the papers: all of them; those of a question only if every pattern on it was cast ten times;
#: none, only tables.
PUBLICATION = ("all-papers", "ten-copies", "tables-only")

#: The fewest identical papers that may be published under "ten-copies".
COPIES = 10

#: named: the public value alone is the seed. commit-and-reveal: members' revealed values are, if all reveal.
LOTS = ("named", "commit-and-reveal")

#: fixed: options as listed. random: the candidates of a question in an order of each voter's own, drawn from the seed.
ORDERS = ("fixed", "random")

#: none: votes are cast online only. first: of a vote online and one on paper, the first recorded counts. paper: the paper.
PAPER_RULES = ("none", "first", "paper")

#: Of a voter who is taken off the roll: a vote cast before that counts, or it is set aside unopened.
REMOVED = ("counts", "set aside")

#: one: each voter has one vote. members: a card counts for the members of the voter's branch (recorded votes only).
WEIGHTING = ("one", "members")

#: An uncompressed point of P-256 (RFC 9180 section 7.1.1) and an Ed25519 public key (RFC 8032 section 5.1.5), in bytes.
PUBLIC_KEY, SIGNING_KEY = 65, 32


#: How votes are cast where nothing else is said.
PLAIN_CASTING = {"order": "fixed", "seed": "", "replacing": False, "papers": "none", "removed": "counts"}


def read(value: Any, what: str = "the ballot definition") -> dict[str, Any]:
    """Check every field of plain data, and what must hold between them; give the fields with lists as tuples."""
    shape.known_format(value, what, *KNOWN_FORMATS)
    later: dict[str, shape.Check] = {
        "complaint_hours": shape.number(0, LONGEST_WINDOW),
        "recounts": shape.number(0, 100),
        "scrutineers": shape.listing(_read_signer, 100),
        "rerun_of": shape.optional(shape.key),
        "shares": shape.optional(_read_shares),
        "board_key": shape.optional(shape.key_bytes(SIGNING_KEY)),
        "weighting": shape.one_of(WEIGHTING),
    }
    more: dict[str, shape.Check] = {}
    if isinstance(value, Mapping) and "casting" in value:
        more["casting"] = _read_casting
    if isinstance(value, Mapping) and "translations" in value:
        more["translations"] = shape.listing(_read_translation, 20, 1)
    given = value.get("format") if isinstance(value, Mapping) else FORMAT
    found = shape.fields(
        value,
        what,
        **({} if given == FIRST else later),
        format=shape.one_of(KNOWN_FORMATS),
        id=shape.key,
        title=shape.text(500, 1),
        level=shape.one_of(LEVELS),
        questions=shape.listing(_read_question if given == FORMAT else _read_older_question, 200, 1),
        opens=shape.instant,
        closes=shape.instant,
        grace=shape.number(0, 86_400),
        roll=_read_roll,
        public_key=shape.optional(shape.key_bytes(PUBLIC_KEY)),
        publication=shape.one_of(PUBLICATION),
        lot=_read_lot,
        k=shape.number(1, 100),
        signers=shape.listing(_read_signer, 100, 1),
        **more,
    )
    shape.distinct([each["key"] for each in found["questions"]], f"{what}, questions")
    if found["opens"] >= found["closes"]:
        raise Malformed(f"In {what}: the ballot closes before it opens.")
    if found["k"] > len(found["signers"]):
        raise Malformed(f"In {what}: {found['k']} must sign, but only {len(found['signers'])} may.")
    if len({each["key"] for each in found["signers"]}) != len(found["signers"]):
        raise Malformed(f"In {what}: two signers have the same key.")
    everybody = [each["key"] for each in (*found["signers"], *found.get("scrutineers", ()))]
    if len(set(everybody)) != len(everybody):
        raise Malformed(f"In {what}: a scrutineer has the key of somebody else.")
    if found.get("recounts", 0) > len(found.get("scrutineers", ())):
        raise Malformed(f"In {what}: more scrutineers must recount than are named.")
    if (found["level"] == "recorded") != (found["public_key"] is None):
        raise Malformed(f"In {what}: a secret ballot needs a public key, and a recorded vote has none.")
    if "shares" in found:
        _level_fits(found, what)
    _translations_fit(found, what)
    return found


def _read_translation(value: Any, where: str) -> dict[str, Any]:
    return shape.fields(
        value,
        where,
        language=shape.text(10, 2),
        authoritative=shape.text(10, 2),
        words=shape.mapping(shape.text(20_000, 1), shape.text(200, 1), 5_000),
    )


def _translations_fit(found: Mapping[str, Any], what: str) -> None:
    """Each in a language of its own, and its words those of something on this paper."""
    translations = found.get("translations", ())
    shape.distinct([each["language"] for each in translations], f"{what}, translations")
    there = {"title", "explanation"}
    for question in found["questions"]:
        own = [question["key"], *(f"{question['key']}.{option['key']}" for option in question["options"])]
        there |= {*own, f"{question['key']}.explanation", *(f"{key}.statement" for key in own[1:])}
    for each in translations:
        if each["language"] == each["authoritative"]:
            raise Malformed(f"In {what}: a translation is in another language than what it translates.")
        if strange := sorted(each["words"].keys() - there):
            raise Malformed(f"In {what}: “{strange[0]}” is translated, but is not on the paper.")


def _read_older_question(value: Any, where: str) -> dict[str, Any]:
    return _read_question(value, where, _read_older_option)


def _read_question(value: Any, where: str, option: shape.Check | None = None) -> dict[str, Any]:
    found = shape.fields(
        value,
        where,
        key=shape.key,
        title=shape.text(500, 1),
        method=shape.key,
        version=shape.text(40, 1),
        settings=shape.mapping(shape.anything, shape.text(100, 1), 100),
        options=shape.listing(option or _read_option, 1_000, 1),
        seats=shape.number(1, 1_000),
        reserves=shape.listing(_read_reserve, 100),
        ron=shape.optional(shape.key),
        text=shape.optional(shape.digest),
    )
    keys = [each["key"] for each in found["options"]]
    shape.distinct(keys, f"{where}, options")
    if found["ron"] is not None and found["ron"] not in keys:
        raise Malformed(f"In {where}, ron: “{found['ron']}” is no option.")
    return found


def _read_option(value: Any, where: str) -> dict[str, Any]:
    said = shape.optional(shape.digest)
    return shape.fields(value, where, **_OPTION, statement=said, photograph=said)


def _read_older_option(value: Any, where: str) -> dict[str, Any]:
    return shape.fields(value, where, **_OPTION)


#: What an option has in every format.
_OPTION: dict[str, shape.Check] = {
    "key": shape.key,
    "name": shape.text(500, 1),
    "groups": shape.listing(shape.text(100, 1), 20),
}


def _read_reserve(value: Any, where: str) -> dict[str, Any]:
    most = shape.optional(shape.number(0, 1_000))
    return shape.fields(value, where, group=shape.text(100, 1), minimum=shape.number(0, 1_000), maximum=most)


def _read_roll(value: Any, where: str) -> dict[str, Any]:
    units = shape.mapping(shape.number(0), shape.text(100, 1), 100_000)
    return shape.fields(value, where, hash=shape.digest, size=shape.number(0), units=units)


def _read_lot(value: Any, where: str) -> dict[str, Any]:
    known = shape.optional(shape.text(1_000, 1))
    return shape.fields(value, where, rule=shape.one_of(LOTS), words=shape.text(2_000, 1), value=known)


def _read_casting(value: Any, where: str) -> dict[str, Any]:
    more = {"removed": shape.one_of(REMOVED[1:])} if isinstance(value, Mapping) and "removed" in value else {}
    found = shape.fields(
        value,
        where,
        **more,
        order=shape.one_of(ORDERS),
        seed=shape.text(64),
        replacing=shape.flag,
        papers=shape.one_of(PAPER_RULES),
    )
    found.setdefault("removed", REMOVED[0])
    if (found["order"] == "random") != bool(found["seed"]):
        raise Malformed(f"In {where}: a random order has a seed, and a fixed one has none.")
    if found == PLAIN_CASTING:
        raise Malformed(f"In {where}: what says nothing is left out.")
    return found


def _read_signer(value: Any, where: str) -> dict[str, Any]:
    return shape.fields(value, where, name=shape.text(200, 1), key=shape.key_bytes(SIGNING_KEY))


def _level_fits(found: Mapping[str, Any], what: str) -> None:
    """What must hold between the level and the members that the second format has for it."""
    if (found["level"] == "sealed") != (found["shares"] is not None):
        raise Malformed(f"In {what}: a sealed ballot names those who hold shares of its key, and no other has any.")
    if found["level"] != "recorded" and found["weighting"] != "one":
        raise Malformed(f"In {what}: only in a recorded vote may a card count for more than one vote.")
    if found["level"] == "recorded" and found["board_key"] is not None:
        raise Malformed(f"In {what}: a recorded vote has no list of sealed votes, so nothing signs one.")


def _read_shares(value: Any, where: str) -> dict[str, Any]:
    holders = shape.listing(shape.text(200, 1), 16, 2)
    found = shape.fields(value, where, k=shape.number(2, 16), holders=holders, ceremony=shape.digest)
    if found["k"] > len(found["holders"]):
        raise Malformed(f"In {where}: {found['k']} shares must come together, but there are fewer.")
    return found
