"""Files that are the same for everybody: answered with their ETag, and cached as pages of visitors are."""

from __future__ import annotations

import hashlib

from flask import request
from werkzeug.wrappers import Response

from consult.web.kept import SHARED


def sent(body: bytes, media: str, *, anywhere: bool = False) -> Response:
    """The file, or "not modified"; `anywhere`: pages of other sites may read it too."""
    etag = hashlib.sha256(body).hexdigest()[:32]
    same = request.if_none_match.contains(etag)
    answer = Response(status=304) if same else Response(body, content_type=media)
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache" if request.headers.get("Cookie") else SHARED
    if anywhere:
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
