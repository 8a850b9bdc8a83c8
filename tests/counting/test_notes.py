"""The method notes: there is one for every rule, and each worked example counts as the note says it does."""

from __future__ import annotations

import pytest

from consult.counting.count import count, recount
from consult.counting.methods import METHODS
from tests.counting.notes import NOTES, Example, examples, told

EXAMPLES = list(examples())


@pytest.mark.parametrize("counter", [count, recount], ids=["fast", "plain"])
@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e.note}-{n}" for n, e in enumerate(EXAMPLES)])
def test_the_worked_examples_count_as_written(example: Example, counter: object) -> None:
    done = counter(example.method, example.contest, example.papers, example.seed)  # type: ignore[operator]
    assert told(done) == example.shown


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_its_note(method: str) -> None:
    text = (NOTES / f"{method}.md").read_text()
    assert f"version {METHODS[method].version}" in text
    for heading in ("## Source", "## Papers", "## Ties", "## Re-open nominations", "## Worked example", "## Good for"):
        assert heading in text, heading
    assert any(example.method == method for example in EXAMPLES)
    assert f"({method}.md)" in (NOTES / "README.md").read_text()
