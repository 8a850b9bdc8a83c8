"""The list of guides, and a guide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from consult.web import languages, markdown
from consult.web.addresses import kept_url_for
from consult.web.guards import public
from consult.web.help import guides
from consult.web.kept import for_visitors

pages = Blueprint("help", __name__)


def _language() -> str:
    return languages.tag_of(str(get_locale()))


@pages.app_context_processor
def words() -> dict[str, Any]:
    """`help_link()`, which the frame of every page asks for."""
    return {"help_link": help_link}


def help_link() -> dict[str, str] | None:
    """The guide that helps with this page: its address and title; None on the pages of the guides themselves."""
    if request.blueprint == "help":
        return None
    slug = guides.HELPS_ON.get(request.endpoint or "") or guides.HELPS.get(request.blueprint or "")
    if slug is None:
        return {"href": kept_url_for("help.index"), "title": _("All guides")}
    return {"href": kept_url_for("help.show", slug=slug), "title": guides.guide(slug, _language()).title}


@pages.get("/help")
@public
@for_visitors
def index() -> str:
    """Every guide, by for whom it is."""
    groups = [(label, [guides.guide(slug, _language()) for slug in slugs]) for label, slugs in guides.GROUPS.values()]
    return render_template("help/index.html", groups=groups)


@pages.get("/help/<slug>")
@public
@for_visitors
def show(slug: str) -> str:
    """One guide."""
    if slug not in guides.SLUGS:
        abort(404)
    found = guides.guide(slug, _language())
    return render_template("help/show.html", guide=found, body=markdown.shown(found.body))
