"""The sheet of one holder of a share: the words in numbered columns, what they are, and what to do with them."""

from __future__ import annotations

from html import escape

from consult.ledger.ceremony import Ceremony

_STYLE = """
body { font: 12pt/1.5 Georgia, serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff }
h1 { font-size: 20pt; line-height: 1.2; margin: 0 0 .2em } .of { font-size: 13pt; margin: 0 0 1em }
ol { columns: 3; column-gap: 2em; padding: 1em 1em 1em 3em; border: 2px solid #111; font: 14pt/1.9 ui-monospace, monospace }
li::marker { color: #555; font-size: 10pt } dt { font-weight: bold } dd { margin: 0 0 .6em }
code { font-size: 11pt } .sign { margin-top: 2.5em; border-top: 1px solid #111; padding-top: .3em; width: 60% }
@media (max-width: 30em) { ol { columns: 2 } } @media print { body { margin: 0; max-width: none } }
"""

_KEEP = (
    "Write the words down or keep this sheet, alone, where only you can get at it: as you would a spare key.",
    "Show it, photograph it, type it or send it to nobody, until the holders come together.",
    "Bring it to the rehearsal before the ballot opens, and to the opening after it has closed.",
    "If it is lost or seen, tell the returning officer at once.",
    "After the challenge period it is destroyed, on the record.",
)


def html(key: Ceremony, place: int, words: str) -> str:
    """The sheet as one file that needs nothing else, to be printed or read on a screen."""
    holder = key.holders[place - 1]
    listed = "".join(f"<li>{escape(word)}</li>" for word in words.split())
    rules = "".join(f"<li>{escape(rule)}</li>" for rule in _KEEP)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>Share {place} of {key.n}: {escape(key.title)}</title><style>{_STYLE}</style></head><body><main>
<h1>Share {place} of {key.n}, for {escape(holder.name)}</h1>
<p class="of">of the key of the ballot “{escape(key.title)}” (ballot {escape(key.ballot)})</p>
<p>{_about(key)}</p>
<ol>{listed}</ol>
<ul>{rules}</ul>
<dl><dt>Fingerprint of the ballot’s public key</dt>
<dd><code>{key.fingerprint}</code><br>The same on every sheet and on the ballot’s page.</dd></dl>
<p class="sign">Received by {escape(holder.name)}, date</p>
</main></body></html>
"""


def text(key: Ceremony, place: int, words: str) -> str:
    """The same as plain text, for a printer without a browser."""
    numbered = [f"{number:2}. {word:<12}" for number, word in enumerate(words.split(), 1)]
    rows = ["  ".join(numbered[row::11]).rstrip() for row in range(11)]
    lines = [
        f"Share {place} of {key.n}, for {key.holders[place - 1].name}",
        f"of the key of the ballot “{key.title}” (ballot {key.ballot})",
        "",
        _about(key),
        "",
        *rows,
        "",
        *(f"- {rule}" for rule in _KEEP),
        "",
        f"Fingerprint of the ballot’s public key: {key.fingerprint}",
        "",
    ]
    return "\n".join(lines)


def _about(key: Ceremony) -> str:
    return (
        f"The votes are sealed. They can be opened only when {key.k} of the {key.n} holders of such sheets put their words "
        f"together. Fewer than {key.k} sheets open nothing at all; if more than {key.n - key.k} are lost, nobody can open the "
        "votes any more, and the ballot must be held again."
    )
