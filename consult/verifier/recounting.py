"""A scrutineer's recount, off line: the full papers of every question, counted twice, as the bytes to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consult import __version__
from consult.domain.errors import Refused
from consult.ledger import canonical, definition, electorate, papers
from consult.ledger.definition import contest_of
from consult.ledger.recounts import Question, Recounted
from consult.verifier.standalone import counters


def recount(
    asked: bytes,
    files: Sequence[bytes],
    seed: str | None,
    by: str,
    withdrawn: Mapping[str, Sequence[str]] | None = None,
    changes: bytes | None = None,
) -> Recounted:
    """Count every question of a definition (its canonical bytes) from the files of papers, by both counters.

    `seed` is that of the lot; `withdrawn` maps a question to the keys of options that withdrew during the poll, and `changes` are the
    canonical bytes of what was added to the roll and taken from it, if anything was.
    Raises `Refused` if a question has no file of papers, a file belongs to no question, or the two counters differ.
    """
    made = definition.loads(asked)
    left, roll = list(files), electorate.amended(made.roll, electorate.loads(changes) if changes else ())
    questions = []
    for question in made.questions:
        data, read = _file_of(made, question, left)
        left.remove(data)
        contest = contest_of(made, question, (withdrawn or {}).get(question.key, ()), roll)
        counts = [counter(question.method, contest, read.groups, seed) for counter in counters().values()]
        if any(count != counts[0] for count in counts):
            raise Refused(f"The two counters differ about “{question.title}”. Keep the files and report it.")
        questions.append(Question(question.key, canonical.sha256(data), counts[0]["hash"]))
    if left:
        raise Refused("A file of papers belongs to no question of this ballot, or one is there twice.")
    return Recounted(made.id, made.hash, by, f"consult {__version__}", tuple(questions))


def _file_of(
    made: definition.Definition, question: definition.Question, files: Sequence[bytes]
) -> tuple[bytes, papers.Papers]:
    for data in files:
        try:
            read = papers.loads(data, question)
        except Refused:
            continue
        if (read.ballot, read.question) == (made.id, question.key):
            return data, read
    raise Refused(f"The file of papers of “{question.title}” ({question.key}) is missing, or is of another ballot.")
