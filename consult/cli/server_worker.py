"""What the web server itself refuses, before any page is asked, as a page with a sentence; its own say two words."""

from __future__ import annotations

import contextlib
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from consult.cli.serve import LONGEST_LINE

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body><main><h1>{title}</h1>
<p>{english} <a href="/search">Search again</a> or go to the <a href="/">front page</a>.</p>
<p lang="cy">{welsh} <a href="/search">Chwiliwch eto</a> neu ewch i’r <a href="/">dudalen flaen</a>.</p>
</main></body></html>
"""
#: What was too large → its status and title, and what to do about it.
_SAID: dict[type[BaseException], tuple[int, str, str, str]] = {
    LimitRequestLine: (
        414, "The address is too long",
        f"What was typed makes an address of more than {LONGEST_LINE:,} characters, so nothing was looked for. Use fewer words.",
        f"Mae’r hyn a deipiwyd yn creu cyfeiriad hirach na {LONGEST_LINE:,} nod, felly ni chwiliwyd. Defnyddiwch lai o eiriau.",
    ),
    LimitRequestHeaders: (
        431, "Your browser sent too much at once",
        "Its cookies for this site are larger than it takes. Delete the cookies of this site, and sign in again.",
        "Mae ei gwcis ar gyfer y wefan hon yn rhy fawr. Dilëwch gwcis y wefan hon, a mewngofnodwch eto.",
    ),
}  # fmt: skip


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads; a request too large to be read is answered in words."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that could not be read."""
        said = _SAID.get(type(exc))
        if said is None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Invalid request: %s", type(exc).__name__)
        with contextlib.suppress(OSError):
            write_nonblock(client, answer(*said))


def answer(status: int, title: str, english: str, welsh: str) -> bytes:
    """The whole answer, after which the connection ends."""
    page = _PAGE.format(title=title, english=english, welsh=welsh).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(page)}", "Content-Security-Policy: default-src 'none'", "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff", "Connection: close",
    )  # fmt: skip
    return "\r\n".join([*head, "", ""]).encode("ascii") + page
