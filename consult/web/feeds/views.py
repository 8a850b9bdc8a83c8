"""Atom feeds: motions, rulings, results, consultations, decisions, and everything of one unit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.wrappers import Response

from consult.printing import atom
from consult.service import clock, news, organisation, units
from consult.service.news import A_PAGE, News
from consult.web import open_files
from consult.web.guards import public
from consult.web.look import page_language
from consult.web.phrases import said

pages = Blueprint("feeds", __name__)

TITLES = {
    "motions": _l("New motions"),
    "rulings": _l("Rulings"),
    "results": _l("Published results"),
    "consultations": _l("Consultations"),
    "decisions": _l("Decisions"),
}


@pages.get("/feeds/<any(motions, rulings, results, consultations, decisions):name>.atom")
@public
def feed(name: str) -> Response:
    """One feed of the whole organisation."""
    place, found = news.FEEDS[name]
    page = _page()
    return _sent(name, str(TITLES[name]), place, found(page, clock.now()), page)


@pages.get("/units/<int:unit_id>/news.atom")
@public
def unit(unit_id: int) -> Response:
    """What is new of one unit."""
    found, page = units.get(unit_id), _page()
    return _sent(f"unit:{unit_id}", found.name, f"/units/{unit_id}", news.of_unit(found, page), page)


def _page() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _sent(name: str, title: str, place: str, rows: list[News], page: int) -> Response:
    """The feed, with its other pages: `rows` has one more than a page where there is a next one."""
    site, known = str(current_app.config["CONSULT_URL"]).rstrip("/"), organisation.the()
    founded = known.founded_at if known else clock.now()
    host = site.partition("://")[2].partition("/")[0]

    def tag(key: str) -> str:
        return atom.tag(host, founded.date(), key)

    def address(number: int) -> str:
        more: dict[str, Any] = {"page": number} if number > 1 else {}
        return site + url_for(request.endpoint or "", **(request.view_args or {}), **more, _external=False)

    others = {"first": address(1)} if page > 1 or len(rows) > A_PAGE else {}
    others |= {"previous": address(page - 1)} if page > 1 else {}
    others |= {"next": address(page + 1)} if len(rows) > A_PAGE else {}
    entries = [
        atom.Entry(
            tag(row.key), said(row.title), row.at, site + row.place, said(row.summary), row.published, row.author
        )
        for row in rows[:A_PAGE]
    ]
    made = atom.Feed(
        tag(f"feed:{name}"), f"{title} – {organisation.name()}", organisation.name(), address(page), site + place,
        entries, founded, others, page_language(),
    )  # fmt: skip
    return open_files.sent(atom.written(made), f"{atom.MEDIA}; charset=utf-8", anywhere=True)


@pages.app_template_global()
def feed_link(name: str, unit_id: int | None = None) -> Markup:
    """The link in the head of a page by which readers find its feed."""
    where = url_for("feeds.feed", name=name) if unit_id is None else url_for("feeds.unit", unit_id=unit_id)
    title = TITLES.get(name, _("What is new"))
    return Markup('<link rel="alternate" type="{}" title="{}" href="{}">').format(atom.MEDIA, title, where)
