"""The style page's two addresses: as it is, and with every field wrong."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.web import look
from consult.web.guards import development
from consult.web.style import samples

pages = Blueprint("style", __name__)


@pages.route("/style", methods=["GET", "POST"])
@development
def index() -> tuple[str, int] | Response:
    """Every component; sending the form shows what it says, or that all is well."""
    form = samples.SampleForm()
    if form.validate_on_submit():
        flash("The sample form was filled in right.", "success")
        return redirect(url_for("style.index"))
    return render_template("style/index.html", form=form, s=samples, now_shown=look.now_()), 422 if form.errors else 200


@pages.post("/style/nothing")
@development
def nothing() -> Response:
    """Where the sample buttons lead."""
    flash("That button does nothing but say this.")
    return redirect(url_for("style.index"))
