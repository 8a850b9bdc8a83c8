"""Translations: read beside the original, which alone binds; made part by part; approved by a second person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.domain import policy
from consult.domain.errors import NotFound, Refused
from consult.domain.languages import LANGUAGES
from consult.domain.policy import Permission
from consult.model.amendments import Amendment
from consult.model.attestations import Attestation
from consult.model.ballots import Ballot
from consult.model.motions import Motion
from consult.model.translations import Translation
from consult.service import amendments, motions, translations
from consult.service.translations import Subject
from consult.web import phrases
from consult.web.guards import actor, allowed, now, public, signed_in
from consult.web.look import page_language
from consult.web.translations import forms
from consult.web.words import Translated

pages = Blueprint("translations", __name__)

_KIND = "<any(motion, amendment, ballot, consultation, attestation):kind>"


def _subject(kind: str, subject_id: int, language: str) -> Subject:
    """The text, for somebody who may read it."""
    if language not in translations.languages():
        raise NotFound("There are no pages in that language.")
    found = translations.KINDS[kind](subject_id)
    if isinstance(found, Motion):
        motions.require_readable(actor(), found.state, found.mover_id, found.number)
    elif isinstance(found, Amendment):
        amendments.require_readable(actor(), found, now())
    elif isinstance(found, Ballot) and found.state == "preparing" and not allowed(Permission.TEXT_TRANSLATE, found):
        raise NotFound("There is no ballot of this number.")
    elif isinstance(found, Attestation) and actor().member_id is None:
        raise NotFound("There is no declared text of this number.")
    return found


def _about(subject: Subject) -> dict[str, str]:
    """Where a text stands, and what it is called."""
    kind = translations.kind_of(subject)
    page = {
        "ballot": "ballots.show",
        "motion": "motions.show",
        "amendment": "amendments.show",
        "consultation": "paragraphs.show",
        "attestation": "rolls.declared" if allowed(Permission.ATTESTATION_KEEP) else "rolls.confirmations",
    }[kind]
    place: dict[str, Any] = {} if kind == "attestation" else {f"{kind}_id": subject.id}
    label = phrases.label(getattr(subject, "label", ""))
    title = str(subject.motion.title if isinstance(subject, Amendment) else subject.title)
    return {
        "kind": kind,
        "title": f"{label}: {title}" if label else title,
        "href": url_for(page, **place),
    }


def language_name(tag: str) -> str:
    """What a language is called on this page."""
    return {"en": _("English"), "cy": _("Welsh")}.get(tag, LANGUAGES[tag].name)


def _shown(subject: Subject, language: str, row: Translation | None) -> dict[str, Any]:
    return {
        "about": _about(subject),
        "subject": subject,
        "language": language,
        "authoritative": row.authoritative if row else translations.authoritative(),
        "row": row,
        "shown": translations.beside(row, subject),
        "stale": row is not None and translations.is_stale(row, subject),
        "fixed": isinstance(subject, Ballot) and subject.state != "preparing",
    }


@pages.get(f"/translations/{_KIND}/<int:subject_id>/<language>")
@public
def show(kind: str, subject_id: int, language: str) -> str:
    """A text beside its translation, part by part."""
    subject = _subject(kind, subject_id, language)
    row = translations.latest(subject, language)
    return render_template("translations/show.html", **_shown(subject, language, row))


@pages.route(f"/translations/{_KIND}/<int:subject_id>/<language>/edit", methods=["GET", "POST"])
@signed_in
def edit(kind: str, subject_id: int, language: str) -> Any:
    """Make a translation, or bring it up to date."""
    subject = _subject(kind, subject_id, language)
    policy.require(Permission.TEXT_TRANSLATE, actor(), subject, at=now())
    row = translations.latest(subject, language)
    values = _shown(subject, language, row)
    form, status = forms.form_of(values["shown"], translations.hash_of(subject)), 200
    if request.method == "POST" and form.validate():
        words = forms.words_of(form, values["shown"])
        try:
            translations.translate(subject, language, words, made_of=form.made_of.data or "", by=actor())
        except Refused as refusal:
            form.refuse(forms.at_its_fields(refusal, values["shown"]))
            status = refusal.status
            form.made_of.data = translations.hash_of(subject)
        else:
            flash(_("The translation is saved. It awaits review by somebody else."), "success")
            return redirect(url_for("translations.show", kind=kind, subject_id=subject_id, language=language))
    return render_template("translations/edit.html", form=form, name_of=forms.name_of, **values), status


@pages.post(f"/translations/{_KIND}/<int:subject_id>/<language>/approve")
@signed_in
def approve(kind: str, subject_id: int, language: str) -> Response:
    """Approve the translation that was read; another one that came meanwhile is not approved with it."""
    subject = _subject(kind, subject_id, language)
    row = translations.latest(subject, language)
    if row is None or str(row.id) != request.form.get("read"):
        raise NotFound("The translation that you read is not the newest any more. Open the page again.")
    translations.approve(row, by=actor())
    flash(_("The translation is approved."), "success")
    return redirect(url_for("translations.show", kind=kind, subject_id=subject_id, language=language))


@pages.app_template_global("translated")
def translated(kind: str, subject_id: int) -> Translation | None:
    """The translation of a text into the page's language; none, and no question of the database, in the original's."""
    tag = page_language().partition("-")[0]
    if tag == translations.authoritative():
        return None
    return translations.newest(kind, subject_id, tag)


@pages.app_template_global("offered_in")
def offered_in(kind: str, subject: Any) -> list[str]:
    """The other languages in which somebody approved a translation of a text; a motion's row knows it already."""
    if hasattr(subject, "translated_into"):
        found = [subject.translated_into] if subject.translated_into else []
    else:
        found = translations.approved_languages(kind, subject.id)
    here = page_language().partition("-")[0]
    return [tag for tag in found if tag != here]


@pages.app_template_global("spoken")
def spoken(kind: str, rows: Iterable[Any]) -> dict[int, dict[str, str]]:
    """For each of these ballots or motions, by its number: its words, each with what it is in the page's language.

    One statement however many they are, and none on a page in the language that texts are written in.
    """
    tag = page_language().partition("-")[0]
    numbers = [] if tag == translations.authoritative() else [row.id for row in rows]
    found = translations.words(kind, numbers, tag) if numbers else {}
    return {number: {text: Translated(said) for text, said in words.items()} for number, words in found.items()}


@pages.app_template_global("titled")
def titled(kind: str, rows: Iterable[Any]) -> dict[int, str]:
    """The titles of these ballots or motions in the page's language, where they were translated, by their numbers."""
    rows = list(rows)
    found = spoken(kind, rows)
    return {row.id: found[row.id][row.title] for row in rows if row.title in found.get(row.id, ())}


@pages.app_template_global("translated_attestations")
def translated_attestations() -> dict[int, Any]:
    """What members confirm, in the page's language, by the number of the text: where that is not the original's."""
    tag = page_language().partition("-")[0]
    return {} if tag == translations.authoritative() else dict(translations.of_attestations(tag))


@pages.record_once
def _names(state: Any) -> None:
    state.app.jinja_env.globals.update(
        language_name=language_name,
        read_in=lambda tag: LANGUAGES[tag].read,
        translatable=translations.languages,
        original_language=translations.authoritative,
    )
