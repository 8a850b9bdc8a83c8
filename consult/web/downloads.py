"""A paper sent as a file, in whatever form was asked for; a form that cannot be made is refused before anything is sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from werkzeug.wrappers import Response

from consult.printing import Format
from consult.printing.blocks import Paper

_PIECE = 1 << 16


def sent(paper: Paper, form: Format, name: str) -> Response:
    """The answer with the paper as a file of this name."""
    made = _pieces(paper, form)
    next(made)
    answer = Response(made, mimetype=form.media)
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
