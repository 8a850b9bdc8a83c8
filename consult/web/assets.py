"""The stylesheet, scripts and pictures as a browser gets them: addressed by content and kept for a year."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from consult.web.addresses import kept_url_for
from consult.web.colour import ACCENT, accent_rules, is_colour
from consult.web.guards import public

#: The parts of the one stylesheet, in this order: the vendored anatomy, then our face.
PARTS = (
    "vendor/govuk-frontend@6.6.0/govuk-frontend.css",
    "theme/tokens.css",
    "theme/page.css",
    "theme/parts.css",
    "theme/motions.css",
    "theme/votes.css",
    "theme/print.css",
)
STYLESHEET = "consult.css"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}

doors = Blueprint("look", __name__)


@dataclass
class Shelf:
    """Every servable file under static/, and one version for them all, so that relative addresses among them hold."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)
    version: str = ""
    stamp: float = 0.0

    def load(self) -> None:
        """Read the folder and name its version after its content."""
        self.stamp = self.newest()
        self.files = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES
        }
        self.files[STYLESHEET] = b"".join(self.files[part] for part in PARTS)
        whole = hashlib.sha256()
        for name in sorted(self.files):
            whole.update(name.encode() + b"\0" + hashlib.sha256(self.files[name]).digest())
        self.version = whole.hexdigest()[:12]

    def newest(self) -> float:
        """When the folder last changed, for reloading in development."""
        return max(path.stat().st_mtime for path in self.folder.rglob("*"))


def shelf() -> Shelf:
    """The application's files; read again in development when one of them changed."""
    kept: Shelf = current_app.extensions["consult-shelf"]
    if current_app.debug and kept.newest() != kept.stamp:
        kept.load()
    return kept


def init_app(app: Flask) -> None:
    """Load the files and give them an address."""
    kept = Shelf(Path(__file__).resolve().parent.parent / "static")
    kept.load()
    app.extensions["consult-shelf"] = kept
    app.register_blueprint(doors)


def url(name: str, accent: str = "") -> str:
    """Address of a file, new whenever any file is; `accent` colours the stylesheet."""
    if name == STYLESHEET and accent and is_colour(accent) and accent.lower() != ACCENT:
        return kept_url_for("look.coloured", version=shelf().version, accent=accent[1:].lower())
    return kept_url_for("look.asset", version=shelf().version, name=name)


@lru_cache(maxsize=64)
def _pack(body: bytes) -> bytes:
    """The file as gzip sends it, made once per process."""
    return gzip.compress(body, 9, mtime=0)


def _answer(body: bytes, kind: str, version: str) -> Response:
    answer = Response(body, content_type=kind)
    if kind.startswith("text/") or kind.endswith("+xml"):
        answer.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip") > 0:
            answer.set_data(_pack(body))
            answer.content_encoding = "gzip"
    # A page from before an upgrade may ask for an older version: it gets today's file, but may not keep it.
    current = version == shelf().version
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return answer


@doors.get("/look/<version>/<path:name>")
@public
def asset(version: str, name: str) -> Response:
    """One file of static/ by name, or the whole stylesheet as consult.css."""
    body = shelf().files.get(name)
    if body is None:
        abort(404)
    return _answer(body, TYPES[Path(name).suffix], version)


@doors.get("/look/<version>/accent/<accent>.css")
@public
def coloured(version: str, accent: str) -> Response:
    """The whole stylesheet in an organisation's accent."""
    if not is_colour("#" + accent):
        abort(404)
    body = shelf().files[STYLESHEET] + accent_rules("#" + accent).encode()
    return _answer(body, TYPES[".css"], version)
