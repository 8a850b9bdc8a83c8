"""A paper sent as a file, in whatever form was asked for; a form that cannot be made is refused before anything is sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.printing import Format
from consult.printing.blocks import Paper, Tongue
from consult.service import translations
from consult.web import phrases
from consult.web.languages import of_request, tag_of
from consult.web.look import page_language
from consult.web.translations.views import language_name

_PIECE = 1 << 16


def tongue() -> Tongue:
    """A paper in the language of the page; in another than the texts are in, it says which of the two binds."""
    original = translations.authoritative()
    binds = _("The %(language)s text is authoritative.", language=language_name(original))
    same = tag_of(of_request()) == original
    return Tongue(page_language(), phrases.worded, page_language() if same else original, "" if same else binds)


def sent(paper: Paper, form: Format, name: str) -> Response:
    """The answer with the paper as a file of this name."""
    made = _pieces(paper, form)
    next(made)
    answer = Response(made, content_type=form.media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(paper: Paper, form: Format) -> Iterator[bytes]:
    """Make the file, say so with an empty piece, then give it piece by piece."""
    with tempfile.TemporaryFile() as out:
        form.write(paper, out)
        out.seek(0)
        yield b""
        while piece := out.read(_PIECE):
            yield piece
