"""Brings the catalogues under consult/translations up to date with the words of the code and the templates, and compiles them.

`python scripts/translations.py` writes; with `--check` it writes nothing, and exits 1 if it would have.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "consult" / "translations"

METHODS = [("consult/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
#: `Kind` is a notice's, whose subject stands in a table that knows of no translation.
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "Kind": (1,),
    "translatable": None,
}
#: A catalogue does not say when it was made: it would change with every run.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def extracted() -> Catalog:
    """Every message of the code and the templates, with the files that it stands in."""
    found = Catalog(project="consult", charset="utf-8")
    messages = extract_from_dir(str(ROOT), METHODS, OPTIONS, KEYWORDS)
    for name, _line, message, _comments, context in messages:
        found.add(message, locations=[(name, 0)], context=context)
    return found


def brought_up(language: str, template: Catalog) -> Catalog:
    """The catalogue of a language, with the messages that there are now and the translations that it had."""
    place = FOLDER / language / "LC_MESSAGES" / "messages.po"
    with place.open("rb") as file:
        catalogue = read_po(file, locale=language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = NEVER
    catalogue.project, catalogue.version, catalogue.fuzzy = "consult", "1", False
    catalogue.msgid_bugs_address, catalogue.last_translator = "", ""
    return catalogue


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """The two files of a catalogue: for translators, and for the program."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, sort_output=True, no_location=False, include_lineno=False)
    write_mo(mo, catalogue)
    return po.getvalue(), mo.getvalue()


def main(check: bool) -> int:
    """Bring every catalogue up to date; the exit status."""
    template, stale = extracted(), 0
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        catalogue = brought_up(folder.name, template)
        told = sum(1 for message in catalogue if message.id and all(_strings(message.string)))
        for name, data in zip(("messages.po", "messages.mo"), written(catalogue), strict=True):
            place = folder / "LC_MESSAGES" / name
            if not place.exists() or place.read_bytes() != data:
                stale = 1
                if not check:
                    place.write_bytes(data)
        sys.stdout.write(f"{folder.name}: {told} of {len(catalogue)} messages are translated\n")
    return stale if check else 0


def _strings(found: object) -> tuple[str, ...]:
    return tuple(found) if isinstance(found, list | tuple) else (str(found or ""),)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
