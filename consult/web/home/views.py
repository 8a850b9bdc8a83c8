"""The front page for each kind of person, what is promised, and the accessibility statement."""

from __future__ import annotations

from flask import Blueprint, render_template

from consult.service import clock, home
from consult.web.guards import actor, public

pages = Blueprint("home", __name__)


@pages.get("/")
@public
def index() -> str:
    """What I must decide, what is open, and what was decided."""
    at = clock.now()
    return render_template("home/index.html", page_of=home.page_of(actor(), at))


@pages.get("/promises")
@public
def promises() -> str:
    """What is promised, and what is not."""
    return render_template("home/promises.html")


@pages.get("/accessibility")
@public
def accessibility() -> str:
    """What was done and tested so that everybody can use this."""
    return render_template("home/accessibility.html")
