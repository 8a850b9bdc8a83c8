"""The record of processing and the impact assessment: read by members, written on by the officer, signed by the committee."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import HiddenField
from wtforms.validators import Length

from consult.domain.assessment import QUESTIONS
from consult.domain.policy import Permission
from consult.domain.protection import PAPERS
from consult.service import processing, protection_papers
from consult.web.fields import Form, TextAreaField
from consult.web.guards import actor, needs
from consult.web.protection.own import pages
from consult.web.trying import tried


def _form(kind: str, paper: Any) -> Any:
    """The form of a paper: a field for each question, with the answers there are, and the version that it was made from."""
    fields = {
        ask.key: TextAreaField(
            ask.words, [Length(max=protection_papers.MOST)], description=f"{ask.law}. {ask.help}", render_kw={"rows": 4}
        )
        for ask in QUESTIONS[kind]
    }
    made = type("Paper", (Form,), {**fields, "after": HiddenField()})
    said = paper.answers if paper else {}
    return made(data=said | {"after": str(paper.sequence if paper else 0)})


@pages.get("/data/papers/<kind>")
@needs(Permission.AUDIT_SEE)
def paper(kind: str) -> str:
    """A paper, for everybody who is signed in."""
    found = protection_papers.newest(kind)
    return render_template(
        "protection/paper.html",
        kind=kind,
        title_=PAPERS[kind],
        paper=found,
        questions=QUESTIONS[kind],
        activities=processing.activities(),
        risks=processing.risks() if kind == "assessment" else (),
        figures=processing.figures(),
        missing=protection_papers.missing(found, kind),
        stale=found is not None and found.facts_hash != processing.facts_hash(),
    )


@pages.get("/data/papers/<kind>.md")
@needs(Permission.AUDIT_SEE)
def paper_file(kind: str) -> Response:
    """The paper as Markdown, to be printed, carried into a meeting and signed by hand."""
    found = protection_papers.newest(kind)
    text = processing.markdown(kind, dict(found.answers) if found else None)
    return Response(text, mimetype="text/markdown")


@pages.route("/data/papers/<kind>/write", methods=["GET", "POST"])
@needs(Permission.DATA_PROTECT)
def write_paper(kind: str) -> Any:
    """Write on a paper."""
    form = _form(kind, protection_papers.newest(kind))
    after = form.after.data or "0"

    def do() -> Any:
        said = {ask.key: form[ask.key].data or "" for ask in QUESTIONS[kind]}
        return protection_papers.save(None, kind, said, int(after) if after.isdecimal() else 0, by=actor())

    done, status = tried(form, do)
    if done:
        flash(_("A new version is kept. Somebody else signs it."), "success")
        return redirect(url_for("protection.paper", kind=kind))
    return render_template("protection/write_paper.html", form=form, kind=kind, title_=PAPERS[kind]), status


@pages.post("/data/papers/<kind>/sign")
@needs(Permission.PROTECTION_SIGN)
def sign_paper(kind: str) -> Any:
    """Sign the newest version, if it is the one that was read."""
    found = protection_papers.newest(kind)
    if found is not None and str(found.sequence) == request.form.get("version"):
        protection_papers.sign(found, by=actor())
        flash(_("You have signed it."), "success")
    else:
        flash(_("It was written on since you opened it. Read it again before you sign."), "error")
    return redirect(url_for("protection.paper", kind=kind))
