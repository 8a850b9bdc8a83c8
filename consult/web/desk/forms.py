"""The desk's forms."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from consult.domain.errors import Invalid
from consult.ledger import shape
from consult.ledger.signatures import SIGNATURE
from consult.web.fields import BooleanField, FileField, Form, Required, StringField, SubmitField, TextAreaField


class ReconcileForm(Form):
    """The word that nobody is still entitled to vote."""

    sure = BooleanField(_l("Nobody is still entitled to vote"), [Required()])
    reconcile = SubmitField(_l("Reconcile the box with the roll"))


class OpenForm(Form):
    """The public value, and the word that the box may be opened."""

    lot_value = StringField(_l("The public value, as it has come out"), [Required(), Length(max=200)])
    sure = BooleanField(_l("The envelopes may be opened now; nothing more goes into the box"), [Required()])
    open = SubmitField(_l("Open the envelopes"))


class SignForm(Form):
    """A signature made off this server."""

    signature = TextAreaField(
        _l("Signature"),
        [Length(max=2000)],
        description=_l("Paste what `consult sign` printed or wrote, or let the key in this browser fill it in."),
        render_kw={"rows": 4, "spellcheck": False},
    )
    file = FileField(_l("Or the file that it wrote"))
    sign = SubmitField(_l("Add my signature"))


class CommitForm(Form):
    """A hash for the lot."""

    commitment = StringField(
        _l("Your commitment"),
        [Required()],
        description=_l("64 letters and digits, as `consult lot-commitment` prints them."),
        render_kw={"spellcheck": False},
    )
    commit = SubmitField(_l("Commit"))


class RevealForm(Form):
    """The value behind it."""

    value = StringField(_l("Your value"), [Required(), Length(max=200)], render_kw={"spellcheck": False})
    salt = StringField(_l("Your salt"), [Required(), Length(max=200)], render_kw={"spellcheck": False})
    reveal = SubmitField(_l("Reveal"))


class KeyForm(Form):
    """The public half of a signing key."""

    public_key = TextAreaField(
        _l("Public key"),
        [
            Required(_l("Paste the public key that `consult signing-key` printed, or make one in this browser.")),
            Length(max=1000),
        ],
        render_kw={"rows": 3, "spellcheck": False},
    )
    register = SubmitField(_l("Register this key"))


def signature(text: str, file: Any) -> tuple[str, str]:
    """The public key and the signature, from pasted text or a file: JSON as `consult sign` writes it.

    Raises:
        Invalid: if there is none, or it cannot be read.
    """
    if file is not None and file.filename:
        text = file.read(10_000).decode("utf-8", "replace")
    if not text.strip():
        words = gettext("Paste a signature or choose the file that holds it.")
        raise Invalid(words, {"signature": words})
    try:
        data = json.loads(text)
        if "signatures" in data:
            (data,) = data["signatures"]
        key, value = data["key"], data["signature"]
        shape.decode(value, SIGNATURE, "signature")
        return str(key), str(value)
    except (ValueError, KeyError, TypeError, shape.Malformed) as fault:
        words = gettext(
            "This is not a signature as `consult sign` writes it: it should begin with { and name a key and a signature."
        )
        raise Invalid(words, {"signature": words}) from fault
