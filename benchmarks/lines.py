"""The lines of the benchmarks: one ratio beside its target, printed as it is measured and once more in the table at the end.

`python benchmarks/lines.py [options of each]` runs every benchmark in turn (`make bench`), each in a process of its own,
and ends with one table of what is met and what is missed; exit status 1 where something is.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

#: Where a line is written down for the table, as one JSON value a line.
FILE = "CONSULT_BENCHMARK_LINES"
BENCHMARKS = ("counting", "text", "pages", "casting", "turnout", "burst", "opening", "people", "searching", "api")
#: Those that know no `--full`.
PLAIN = ("text", "pages", "searching", "api")


def line(name: str, values: Sequence[float], target: float | None, *, most: bool = False, unit: str = "") -> bool:
    """Print the median of one figure with its spread beside its target, and whether it was met.

    `most` says that the target is not to be passed; None that there is none and the figure is only told.
    """
    middle = statistics.median(values)
    met = target is None or (middle <= target if most else middle >= target)
    value = {
        "name": name,
        "median": middle,
        "least": min(values),
        "most": max(values),
        "target": "" if target is None else f"{'<=' if most else '>='} {target:g}{unit}",
        "unit": unit,
        "said": "told" if target is None else "met" if met else "MISSED",
        "load": os.getloadavg()[0],
    }
    print(_spelt(value), flush=True)
    if file := os.environ.get(FILE):
        with Path(file).open("a", encoding="utf-8") as out:
            out.write(json.dumps(value) + "\n")
    return met


def _spelt(value: dict[str, object]) -> str:
    figures = "{median:9.2f}{unit} ({least:.2f} to {most:.2f})".format(**value)  # type: ignore[arg-type]
    return f"{value['name']:66} {figures:30} {value['target']:10} {value['said']:7} load {value['load']:.1f}"


def main() -> int:
    """Run them all and print the table."""
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as folder:
        file = Path(folder) / "lines"
        file.touch()
        failed = []
        for name in BENCHMARKS:
            print(f"== {name}", flush=True)
            command = [sys.executable, str(here / f"{name}.py"), *([] if name in PLAIN else sys.argv[1:])]
            if subprocess.run(command, env=os.environ | {FILE: str(file)}).returncode not in (0, 1):
                failed.append(name)
        values = [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines()]
    print("\n== every line")
    for value in values:
        print(_spelt(value))
    missed = [value["name"] for value in values if value["said"] == "MISSED"]
    print(
        f"\n{sum(value['said'] == 'met' for value in values)} met, {len(missed)} missed{': ' * bool(missed)}{'; '.join(missed)}"
    )
    for name in failed:
        print(f"{name} did not come to its end.")
    return 1 if missed or failed else 0


if __name__ == "__main__":
    sys.exit(main())
