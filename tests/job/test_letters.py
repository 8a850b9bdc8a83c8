"""The HTML of a mail: the same words, this site's addresses as links, and nothing else that a mail client would fetch."""

from __future__ import annotations

import doctest
from email.message import EmailMessage

import pytest
from flask import Flask

from consult.domain.languages import LANGUAGES
from consult.domain.notices import KINDS
from consult.job import letters, mail
from consult.service.sending import Due
from tests.factories import Cast

SITE = "https://votes.example.org"


def kinds(found: list[letters.Block]) -> list[str]:
    return [block.kind for block in found]


def test_examples_hold() -> None:
    assert doctest.testmod(letters).failed == 0


def test_wrapped_lines_are_one_paragraph_and_lines_of_figures_stay_lines() -> None:
    text = f"Dear Ann,\n\nOne line\nthat goes on.\n\nRule: 4\nReason: late\n\n- one\n- two\n\n{SITE}/motions/1\n\n-- \nUs\n{SITE}\n"
    above, below = letters.blocks(text, SITE)
    assert kinds(above) == ["paragraph", "paragraph", "lines", "list", "paragraph"]
    assert above[1].lines == ["One line that goes on."]
    assert [str(line) for line in below[0].lines] == ["Us", f'<a href="{SITE}">{SITE}</a>']


@pytest.mark.parametrize(
    "other", ["https://evil.example/", f"{SITE}.evil.example/", f"{SITE}x/", "javascript:alert(1)"]
)
def test_only_this_sites_addresses_become_links(other: str) -> None:
    assert "<a" not in letters.linked(f"see {other} there", SITE)


def test_what_somebody_typed_is_no_markup() -> None:
    assert letters.linked("<img src=x> & “quoted”", SITE) == "&lt;img src=x&gt; &amp; “quoted”"


def composed(kind: str, language: str) -> EmailMessage:
    context = {
        "title": "<b>Buses</b>",
        "ballot": 1,
        "change": "Changed.",
        "said": "Carried.",
        "answer": "Dismissed.",
        "label": "Motion 1",
        "motion": 1,
        "sentence": "Carried.",
        "branch": "Fen",
    }
    context |= {"seconders": 2, "reason": "Late", "first": True, "submission": 1, "consultation": 1, "paragraph": "p1"}
    context |= {"many": 2, "offices": [{"who": "Bo Ash", "what": "moderator", "where": None}]}
    context |= {"decision": "remitted", "outcome": "carried"}
    context |= {"until": "2026-09-02T12:00:00+00:00", "as_member": True, "closes": "2026-03-09T12:00:00+00:00"}
    context |= {"done": "It is put right.", "since": "2026-03-02T12:00:00+00:00", "starts": "2026-03-02T12:00:00+00:00"}
    return mail.compose(
        Due(1, kind, "ann@example.org", context, 1, None, "Ann Ash", language), "https://x.example/link/T"
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_comes_as_text_and_as_html(
    app: Flask, cast: Cast, kind: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [{"name": "Ann Ash", "post": "Chair", "text": "I <b>shall</b> listen."}]
    monkeypatch.setattr(mail.circulars, "words_of", lambda ballot: {"circulars": told})
    message = composed(kind, language)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None and page is not None
    html = page.get_content()
    assert "<img" not in html and "<style" not in html and "<script" not in html and "<b>" not in html
    assert f'lang="{language}' in html
    assert message["Subject"].count("–") >= 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Wednesday 2 December 2026, midnight at the start of the day (UK time)"),
        ("cy", "dydd Mercher 2 Rhagfyr 2026"),
    ],
)
def test_instants_are_on_the_organisations_clock_and_in_the_language_of_the_message(
    app: Flask, cast: Cast, language: str, said: str
) -> None:
    context = {"title": "Who?", "ballot": 1, "closes": "2 December 2026, 00:00 UTC"}
    due = Due(1, "ballot-reminder", "ann@example.org", context, 1, None, "Ann Ash", language)
    message = mail.compose(due, "https://x.example/link/T")
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        words = " ".join(part.get_content().split())
        assert said.lower() in words.lower() and "UTC" not in words
    assert due.context == context


def test_what_candidates_wrote_is_sent_as_they_wrote_it(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [{"name": "Ann Ash", "post": "Chair", "text": "Hear me on 2 December 2026, 18:00 UTC."}]
    monkeypatch.setattr(mail.circulars, "words_of", lambda ballot: {"circulars": told})
    part = composed("candidates-circulars", "en").get_body(("plain",))
    assert part is not None and "2 December 2026, 18:00 UTC" in " ".join(part.get_content().split())
