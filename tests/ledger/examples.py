"""A small ballot by a made-up society, its votes and its bundle, for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from consult.ledger import beside, bundle, canonical, envelopes, heads, materiality, merkle, papers, records, signatures
from consult.ledger import definition as definitions
from consult.ledger.definition import Definition, Lot, Option, Question, Roll, Signer, contest_of
from consult.ledger.envelopes import Answer
from consult.ledger.manifest import OF_BALLOT, Board, LotDrawn, Manifest, QuestionResult
from consult.ledger.manifest import Papers as PapersCounted
from consult.ledger.papers import Group, Pattern
from consult.ledger.report import Counter, Margin, Margins
from consult.ledger.signatures import Signature

TEXT = canonical.dumps({"clauses": [["r1", "This society resolves to plant forty trees."]]})

#: What Alex says, and a picture of Alex (that it is a JPEG is nobody's business here).
SAID, SHOWN = "I have pruned every tree.", b"\xff\xd8 Alex \xff\xd9"

#: Keys are made once; making them anew would make every test slow and no test better.
KEYS = envelopes.generate_keys()
SIGNING = [signatures.generate_key() for _ in range(5)]
STRANGER = signatures.generate_key()
BOARD_KEY = signatures.generate_key()

MOTION = Question(
    key="trees",
    title="Forty trees",
    method="majority",
    version="1",
    settings={"threshold": "1/2"},
    options=(Option("for", "For"), Option("against", "Against"), Option("abstain", "Abstain")),
    text=canonical.sha256(TEXT),
)
WARDEN = Question(
    key="warden",
    title="Warden of the orchard",
    method="plurality",
    version="1",
    settings={},
    options=(
        Option("1", "Sam Example"),
        Option("2", "Alex Sample", (), beside.hash_of(SAID), canonical.sha256(SHOWN)),
        Option("3", "Sam Example"),
    ),
)


def ballot(**changes: Any) -> Definition:
    """The definition of the example, with changes."""
    plain = Definition(
        id="orchard-2026",
        title="The orchard society's summer ballot",
        level="operator",
        questions=(MOTION, WARDEN),
        opens="2026-05-01T09:00:00Z",
        closes="2026-05-08T12:00:00Z",
        grace=120,
        roll=Roll(hash=canonical.sha256(b"the roll"), size=60),
        public_key=envelopes.shape.encode(KEYS.public),
        publication="all-papers",
        lot=Lot("named", "The first word of the society's founding charter.", "whereas"),
        k=3,
        signers=tuple(Signer(f"Teller {n}", signatures.public_part(key)) for n, key in enumerate(SIGNING, 1)),
        board_key=signatures.public_part(BOARD_KEY),
    )
    return replace(plain, **changes)


def votes() -> list[tuple[Answer, ...]]:
    """Thirty-five papers: 20 for the first Sam, 10 for Alex, 5 blank; the motion has 30 for and 5 against."""
    cast = [("trees", (0,), "warden", (0,))] * 20 + [("trees", (0,), "warden", (1,))] * 10
    cast += [("trees", (1,), "warden", ())] * 5
    return [(Answer(a, b), Answer(c, d)) for a, b, c, d in cast]


@cache
def box() -> tuple[bytes, ...]:
    """The papers, sealed."""
    return tuple(envelopes.seal(ballot(), paper) for paper in votes())


def tally(method: str, contest: dict[str, Any], groups: Sequence[Group], seed: str | None) -> dict[str, Any]:
    """A counter for the tests: most first preferences, in the form in which counts are published."""
    names = envelopes_labels(contest)
    totals = [sum(g.votes for g in groups if g.pattern.ranking[:1] == (i,)) for i in range(len(names))]
    blank = sum(g.votes for g in groups if not g.pattern.ranking)
    best = max(range(len(names)), key=lambda i: totals[i])
    body = {
        "method": method,
        "version": "1",
        "seats": contest["seats"],
        "quota": None,
        "candidates": names,
        "ballots": {"valid": sum(totals), "blank": blank, "invalid": 0},
        "winners": [names[best]],
        "stages": [{"number": 1, "votes": {n: str(t) for n, t in zip(names, totals, strict=True)}}],
        "ties": [],
    }
    return {**body, "hash": canonical.hash_of(body)}


def envelopes_labels(contest: Mapping[str, Any]) -> list[str]:
    """Names made distinct, good enough for the two Sams of the example."""
    names = [c["name"] for c in contest["candidates"]]
    return [n if n not in names[:i] else f"{n} #2" for i, n in enumerate(names)]


def margins(count: Mapping[str, Any]) -> list[Margin]:
    """How close a count of `tally` was: the most less the second most."""
    votes = count["stages"][0]["votes"]
    first, second = sorted(votes, key=lambda name: -int(votes[name]))[:2]
    apart = int(votes[first]) - int(votes[second])
    return [Margin(f"{first} elected before {second}", Fraction(apart), str(apart))]


COUNTERS = {"first": tally, "second": tally}


@dataclass
class Made:
    """A bundle's parts, which a test may spoil before they are put together."""

    asked: Definition
    result: Manifest
    files: dict[str, bytes]
    signers: Sequence[Any]

    def signed(self, data: bytes | None = None) -> list[Signature]:
        """Signatures by the chosen signers."""
        return [signatures.sign(data or self.result.dumps(), key) for key in self.signers]

    def again(self) -> Manifest:
        """The manifest with the hashes of the files as they are now."""
        self.result = replace(self.result, files=bundle.hashes(self.files))
        return self.result

    def data(self) -> bytes:
        """The bundle, with the manifest brought up to date and signed."""
        signed = self.again().dumps()
        return bundle.write(signed, self.signed(signed), self.files)

    def change(self, **changes: Any) -> Made:
        """The same with the manifest changed, to be signed as it then is."""
        self.result = replace(self.result, **changes)
        return self

    def question(self, place: int = 1, **changes: Any) -> Made:
        """The same with one question of the manifest changed."""
        questions = list(self.result.questions)
        questions[place] = replace(questions[place], **changes)
        return self.change(questions=tuple(questions))


def signed_head(asked: Definition, tree: merkle.Tree, at: str, size: int) -> tuple[str, int, str]:
    """A head of the board as heads.json takes it."""
    head = heads.sign(BOARD_KEY, asked.id, asked.hash, at, size, tree.root(size).hex())
    return at, size, head.signature


def made(
    publish: bool = True, counter: Counter = tally, seed: str | None = None, close: Margins = margins, **changes: Any
) -> Made:
    """The parts of an honest bundle of the example; `publish`: with its papers; `close`: how close `counter`'s counts are."""
    asked = ballot(**changes)
    opened = envelopes.open_all(ballot(), KEYS.private, box())
    files: dict[str, bytes] = {}
    results = []
    for place, question in enumerate(asked.questions):
        groups = [Group(Pattern(paper[place].ranking, paper[place].verdicts)) for paper in opened.papers]
        gathered = papers.gather(asked.id, question.key, groups)
        count = counter(question.method, contest_of(asked, question), gathered.groups, seed)
        files[f"rounds/{question.key}.json"] = canonical.dumps(count)
        if publish:
            files[f"ballots/{question.key}.json"] = papers.dumps(gathered)
        results.append(
            QuestionResult(
                key=question.key,
                title=question.title,
                method=question.method,
                version=question.version,
                papers=canonical.sha256(papers.dumps(gathered)),
                result=count["hash"],
                winners=tuple(count["winners"]),
                outcome=f"{(count['winners'] or ['Nobody'])[0]} it is.",
            )
        )
    tree = merkle.Tree(sorted(map(envelopes.leaf, box())))
    files["definition.json"] = asked.bytes
    summary = records.RollSummary("Joined by 1 April 2026.", asked.roll.hash, 60, 40, {"North": (30, 20)})
    files["roll.json"] = summary.dumps()
    moments = [("2026-05-02T09:00:00Z", 0), ("2026-05-04T09:00:00Z", 13), ("2026-05-08T12:02:00Z", 35)]
    files["heads.json"] = records.write_heads(tree, [signed_head(asked, tree, *moment) for moment in moments])
    files["board.json"] = records.write_board(sorted(map(envelopes.leaf, box())))
    files[f"text/{MOTION.text}.json"] = TEXT
    if asked.format == definitions.FORMAT:
        files |= beside.files({str(beside.hash_of(SAID)): SAID.encode()}, {canonical.sha256(SHOWN): SHOWN})
        counts = [(q.key, canonical.loads(files[f"rounds/{q.key}.json"])) for q in asked.questions]
        doubts = materiality.Doubts({}, 0, 0, 0, 0)
        files["materiality.json"] = materiality.dumps(doubts, [(key, close(count)) for key, count in counts])
    files["charts/warden.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg"><title>20, 10, 0</title></svg>'
    result = Manifest(
        ballot=asked.id,
        title=asked.title,
        level=asked.level,
        definition=asked.hash,
        texts=(str(MOTION.text),),
        roll=asked.roll.hash,
        roll_size=60,
        marked=40,
        closed="2026-05-08T12:02:00Z",
        papers=PapersCounted(counted=35, votes=35, sealed_by_server=35),
        board=Board(root=tree.root().hex(), leaves=35, opened=35),
        questions=tuple(results),
        lot=LotDrawn(seed=seed or "whereas", value="whereas"),
        files={},
        software="1.0",
        format=OF_BALLOT[asked.format],
    )
    files["README.txt"] = bundle.readme(result, publish)
    return Made(asked, result, files, SIGNING[:3])
