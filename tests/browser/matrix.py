"""The matrix of every page as every role: what has been looked at, how far it is, and going on where it was broken off.

Roles are tests of their own that may run side by side (`make test-all` gives each to one of the workers); which parts of pages
axe has seen they tell one another by empty files in a folder. With CONSULT_TEST_MATRIX_KEPT the folder is one that stays: what
was found right in it is not looked at a second time, so that a matrix that was broken off, or in which something was wrong,
goes on with what is left. What is kept counts for the same templates, styles, scripts and words alone.

`python -m tests.browser.matrix FOLDER` puts what such a folder came to into the accessibility statement.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consult import paths
from tests.browser import eyes
from tests.browser.gallery import Shown, Wall
from tests.conftest import CHROMIUM

WHOLE = bool(os.environ.get("CONSULT_TEST_MATRIX"))
KEPT = os.environ.get("CONSULT_TEST_MATRIX_KEPT", "")
ROOT = Path(__file__).parents[2]
#: After so many pages the matrix says how far it is.
OFTEN = 25
#: What the accessibility statement says of the last matrix.
RECORD = paths.templates() / "home/tested.json"


@functools.cache
def fingerprint() -> str:
    """Of everything that a page looks like: its templates, styles, scripts, pictures and words, and axe itself."""
    made = hashlib.sha256(eyes.AXE_SCRIPT.encode())
    folders = (paths.templates(), ROOT / "consult/static", ROOT / "consult/web", ROOT / "consult/translations")
    for folder in folders:
        for path in sorted(
            path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc" and path != RECORD
        ):
            made.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return made.hexdigest()[:16]


@dataclass
class Looked:
    """The parts of pages that axe has looked at, here or in another worker.

    A part that is looked at in this run is claimed in one folder, and stands in the other once it was found right.
    """

    claims: Path
    right: Path

    @classmethod
    def beside(cls, base: Path) -> Looked:
        """For a run whose workers have folders side by side in `base`."""
        claims = base / "looked-at"
        found = cls(claims, (Path(KEPT) / fingerprint()) if KEPT else claims)
        for folder in (found.claims, found.right):
            folder.mkdir(parents=True, exist_ok=True)
        return found

    def claim(self, page: Shown) -> bool:
        """Whether anything of the page is new, and left to whoever asks first; then it is theirs to look at."""
        new = [name for name in names(page) if not (self.right / name).exists() and taken(self.claims / name)]
        return bool(new)

    def found_right(self, page: Shown) -> None:
        """Nothing was wrong with it."""
        for name in names(page):
            (self.right / name).touch()

    def finished(self, who: str) -> bool:
        """Whether a kept matrix has had every page of this role looked at and found right."""
        return bool(KEPT) and (self.right / f"role-{who}.json").exists()

    def report(self, who: str, *, shown: int, looked: int, wrong: int, seconds: float) -> None:
        """Put on record what a role came to."""
        said = {"role": who, "pages shown": shown, "looked at": looked, "sights": len(eyes.MATRIX), "violations": wrong}
        said |= {"seconds": round(seconds), "axe": eyes.axe_version()}
        if not wrong:
            (self.right / f"role-{who}.json").write_text(json.dumps(said))
        tell(", ".join(f"{key} {value}" for key, value in said.items()))


def names(page: Shown) -> list[str]:
    """File names for the main part and the frame of a page."""
    return [hashlib.sha256(part.encode()).hexdigest()[:32] for part in page.skeleton]


def taken(path: Path) -> bool:
    """Whether the file was not there, and now is."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def tell(words: str, capture: pytest.CaptureFixture[str] | None = None) -> None:
    """A line on the terminal, past everything that catches output."""
    line = f"\nmatrix {time.strftime('%H:%M:%S')}: {words}"
    if capture:
        with capture.disabled():
            print(line, file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr, flush=True)


def look(
    wall: Wall, looked: Looked, who: str, shown: list[Shown], capture: pytest.CaptureFixture[str], *, since: float
) -> list[str]:
    """What is wrong with the pages that a role was shown and nobody has looked at yet, in all four sights."""
    tell(f"{who} was shown {len(shown)} pages", capture)
    wrong: list[str] = []
    new = 0
    for n, page in enumerate(shown, 1):
        if not looked.claim(page):
            continue
        new += 1
        said = wall.look(page, eyes.MATRIX)
        if said:
            tell("WRONG " + said[0][:600], capture)
            wrong += said
        else:
            looked.found_right(page)
        if not new % OFTEN:
            tell(f"{who}: {new} looked at; {n} of {len(shown)} passed", capture)
    with capture.disabled():
        spent = time.monotonic() - since
        looked.report(who, shown=len(shown), looked=new, wrong=len(wrong), seconds=spent)
    return wrong


def came_to(folder: Path, everybody: int) -> dict[str, object]:
    """What a kept matrix came to: of so many roles those that were looked at, their pages and the parts of these, and with what."""
    newest = max(folder.iterdir(), key=lambda each: each.stat().st_mtime)
    files = sorted(newest.glob("role-*.json"))
    roles = [json.loads(file.read_text()) for file in files]
    last = max(file.stat().st_mtime for file in files)
    browser = subprocess.run([CHROMIUM, "--version"], check=True, capture_output=True, text=True).stdout.split()
    return {
        "on": datetime.fromtimestamp(last, UTC).date().isoformat(),
        "axe": eyes.axe_version(),
        "browser": " ".join(browser[:2]),
        "roles": len(roles),
        "of": everybody,
        "pages": sum(role["pages shown"] for role in roles),
        "parts": sum(not each.suffix for each in newest.iterdir()),
    }


if __name__ == "__main__":
    from tests.browser.test_every_page import EVERYBODY

    RECORD.write_text(json.dumps(came_to(Path(sys.argv[1]), len(EVERYBODY)), indent=2) + "\n")
